"""The fields of the referral: asked only where the chosen bundle learned from it."""

from slicer.i18n import tr as _

SEX = ("", "female", "male")
TRAUMA = ("", "yes", "no")


class ReferralFields:
    """Fields for age, sex and trauma, of which a bundle may take any.

    Args:
        ui: referralLabel, ageSpinBox, sexSelector, traumaSelector.
        referral: Referral.
    """

    def __init__(self, ui, referral):
        self._referral, self._label = referral, ui.referralLabel
        self._age, self._sex, self._trauma = ui.ageSpinBox, ui.sexSelector, ui.traumaSelector
        self._sex.addItems([_("Sex not told"), _("Female"), _("Male")])
        self._trauma.addItems([_("Trauma not told"), _("After trauma"), _("No trauma")])
        self._age.connect("valueChanged(int)", self._onAge)
        self._sex.connect("currentIndexChanged(int)", lambda index: referral.tell("sex", SEX[index]))
        self._trauma.connect("currentIndexChanged(int)", lambda index: referral.tell("trauma", TRAUMA[index]))

    def show(self, columns, enabled):
        """Show what was told, in the fields that a bundle takes.

        Args:
            columns: any of age, sex and trauma.
            enabled: whether they can be changed.
        """
        self._label.visible = bool(columns)
        for column, field in (("age", self._age), ("sex", self._sex), ("trauma", self._trauma)):
            field.visible = column in columns
            field.enabled = enabled
        told = self._referral.told
        age = told.get("age", self._age.minimum)  # the minimum is shown as ‘Age not told’
        if age != self._age.value:  # else what the user is typing would be overwritten
            self._age.value = age
        self._sex.currentIndex = SEX.index(told.get("sex", ""))
        self._trauma.currentIndex = TRAUMA.index(told.get("trauma", ""))

    def _onAge(self, value):
        self._referral.tell("age", value if value > self._age.minimum else "")
