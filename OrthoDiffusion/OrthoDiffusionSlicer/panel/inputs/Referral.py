"""What the referral says beside the images: age, sex, trauma. Neither the scene nor a file remembers it."""


class Referral:
    """What was given belongs to the volumes it was given for and is forgotten with them.

    An age must not follow the panel to the next patient.

    Attributes:
        given: column (age, sex, trauma) → value; what was not given is not in it.
    """

    def __init__(self):
        self.given = {}
        self._volumes = set()  # IDs of the volumes that are shown
        self._givenFor = None  # of those that were, when something was given first

    def give(self, column, value):
        """Remember one value; an empty text takes it back."""
        if self.given.get(column, "") == value:
            return
        self.given[column] = value
        if value == "":
            del self.given[column]
        if self._givenFor is None:
            self._givenFor = set(self._volumes)

    def keepFor(self, volumeIds):
        """These volumes are shown now: forget what was given for others, with none of them among these."""
        self._volumes = set(volumeIds)
        if self._givenFor is not None and not self._givenFor & self._volumes:
            self.clear()

    def forget(self, volumeId):
        """A volume has gone from the scene; its ID may be given to another one."""
        if self._givenFor is not None:
            self._givenFor.discard(volumeId)
            if not self._givenFor:
                self.clear()

    def clear(self):
        """Forget everything."""
        self.given, self._givenFor = {}, None

    def values(self, columns):
        """Column → what was given, of the columns a bundle takes."""
        return {column: value for column, value in self.given.items() if column in columns}
