"""What the referral tells beside the images: asked only where the chosen bundle learned from it."""

from slicer.i18n import tr as _

SEX = ("", "female", "male")
TRAUMA = ("", "yes", "no")


class Referral:
    """Fields for age, sex and trauma. They live in the panel alone: neither the scene nor a file remembers them.

    What was told belongs to the volumes it was told of, and is forgotten with them: an age must not follow the
    panel to the next patient.

    Args:
        ui: the panel's widgets: referralLabel, ageSpinBox, sexSelector, traumaSelector.
    """

    def __init__(self, ui):
        self._label = ui.referralLabel
        self._fields = {"age": ui.ageSpinBox, "sex": ui.sexSelector, "trauma": ui.traumaSelector}
        self._volumes = set()  # IDs of the volumes that are shown
        self._toldOf = None  # of those that were, when something was told first
        ui.sexSelector.addItems([_("Sex not told"), _("Female"), _("Male")])
        ui.traumaSelector.addItems([_("Trauma not told"), _("After trauma"), _("No trauma")])
        self.offer(())
        self.clear()
        ui.ageSpinBox.connect("valueChanged(int)", self._told)
        ui.sexSelector.connect("currentIndexChanged(int)", self._told)
        ui.traumaSelector.connect("currentIndexChanged(int)", self._told)

    def offer(self, columns, enabled=True):
        """Show the fields that a bundle takes, and only these."""
        self._label.visible = bool(columns)
        for column, field in self._fields.items():
            field.visible = column in columns
            field.enabled = enabled

    def keepFor(self, volumeIds):
        """The panel shows these volumes now: forget what was told of others, with none of them among these."""
        self._volumes = set(volumeIds)
        if self._toldOf is not None and not self._toldOf & self._volumes:
            self.clear()

    def forget(self, volumeId):
        """A volume has gone from the scene; its ID may be given to another one."""
        if self._toldOf is not None:
            self._toldOf.discard(volumeId)
            if not self._toldOf:
                self.clear()

    def clear(self):
        """Forget everything."""
        age = self._fields["age"]
        age.value = age.minimum  # shown as ‘Age not told’
        for column in ("sex", "trauma"):
            self._fields[column].currentIndex = 0
        self._toldOf = None

    def values(self, columns):
        """Column → what was told, of the columns a bundle takes; what was not told is left out."""
        age = self._fields["age"]
        told = {
            "age": age.value if age.value > age.minimum else "",
            "sex": SEX[self._fields["sex"].currentIndex],
            "trauma": TRAUMA[self._fields["trauma"].currentIndex],
        }
        return {column: value for column, value in told.items() if column in columns and value != ""}

    def _told(self, value):
        if self._toldOf is None:
            self._toldOf = set(self._volumes)
