"""What the referral tells beside the images: age, sex, trauma. Neither the scene nor a file remembers it."""


class Referral:
    """What was told belongs to the volumes it was told of and is forgotten with them.

    An age must not follow the panel to the next patient.

    Attributes:
        told: column (age, sex, trauma) → value; what was not told is not in it.
    """

    def __init__(self):
        self.told = {}
        self._volumes = set()  # IDs of the volumes that are shown
        self._toldOf = None  # of those that were, when something was told first

    def tell(self, column, value):
        """Remember one value; an empty text takes it back."""
        if self.told.get(column, "") == value:
            return
        self.told[column] = value
        if value == "":
            del self.told[column]
        if self._toldOf is None:
            self._toldOf = set(self._volumes)

    def keepFor(self, volumeIds):
        """These volumes are shown now: forget what was told of others, with none of them among these."""
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
        self.told, self._toldOf = {}, None

    def values(self, columns):
        """Column → what was told, of the columns a bundle takes."""
        return {column: value for column, value in self.told.items() if column in columns}
