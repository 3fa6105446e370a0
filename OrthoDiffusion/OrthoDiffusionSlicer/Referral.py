"""What the referral tells beside the images: asked only where the chosen bundle learned from it."""

from slicer.i18n import tr as _

SEX = ("", "female", "male")
TRAUMA = ("", "yes", "no")


class Referral:
    """Fields for age, sex and trauma. They live in the panel alone: neither the scene nor a file remembers them.

    Args:
        ui: the panel's widgets: referralLabel, ageSpinBox, sexSelector, traumaSelector.
    """

    def __init__(self, ui):
        self._label = ui.referralLabel
        self._fields = {"age": ui.ageSpinBox, "sex": ui.sexSelector, "trauma": ui.traumaSelector}
        ui.sexSelector.addItems([_("Sex not told"), _("Female"), _("Male")])
        ui.traumaSelector.addItems([_("Trauma not told"), _("After trauma"), _("No trauma")])
        self.offer(())
        self.clear()

    def offer(self, columns, enabled=True):
        """Show the fields that a bundle takes, and only these."""
        self._label.visible = bool(columns)
        for column, field in self._fields.items():
            field.visible = column in columns
            field.enabled = enabled

    def clear(self):
        """Forget everything: it was told of another patient."""
        age = self._fields["age"]
        age.value = age.minimum  # shown as ‘Age not told’
        for column in ("sex", "trauma"):
            self._fields[column].currentIndex = 0

    def values(self, columns):
        """Column → what was told, of the columns a bundle takes; what was not told is left out."""
        age = self._fields["age"]
        told = {
            "age": age.value if age.value > age.minimum else "",
            "sex": SEX[self._fields["sex"].currentIndex],
            "trauma": TRAUMA[self._fields["trauma"].currentIndex],
        }
        return {column: value for column, value in told.items() if column in columns and value != ""}
