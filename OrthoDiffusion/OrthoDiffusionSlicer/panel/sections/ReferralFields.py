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
        self._sex.addItems([_("Sex not given"), _("Female"), _("Male")])
        self._trauma.addItems([_("Trauma not given"), _("After trauma"), _("No trauma")])
        self._age.connect("valueChanged(int)", self._onAge)
        self._sex.connect("currentIndexChanged(int)", lambda index: referral.give("sex", SEX[index]))
        self._trauma.connect("currentIndexChanged(int)", lambda index: referral.give("trauma", TRAUMA[index]))

    def show(self, columns, enabled):
        """Show what was given, in the fields that a bundle takes.

        Args:
            columns: any of age, sex and trauma.
            enabled: whether they can be changed.
        """
        self._label.visible = bool(columns)
        for column, field in (("age", self._age), ("sex", self._sex), ("trauma", self._trauma)):
            field.visible = column in columns
            field.enabled = enabled
        given = self._referral.given
        age = given.get("age", self._age.minimum)  # the minimum is shown as ‘Age not given’
        if age != self._age.value:  # else what the user is typing would be overwritten
            self._age.value = age
        self._sex.currentIndex = SEX.index(given.get("sex", ""))
        self._trauma.currentIndex = TRAUMA.index(given.get("trauma", ""))

    def _onAge(self, value):
        self._referral.give("age", value if value > self._age.minimum else "")
