"""Side: which of the two joints of a person it is."""

from __future__ import annotations

import enum

from OrthoDiffusionLib.anatomy.coding import Code


class Side(enum.Enum):
    """The patient's right or left."""

    RIGHT = "right"
    LEFT = "left"

    @property
    def opposite(self) -> Side:
        return Side.LEFT if self is Side.RIGHT else Side.RIGHT

    @property
    def code(self) -> Code:
        """Its SNOMED CT code (pydicom: SCT Right, Left, context group 244)."""
        return RIGHT_CODE if self is Side.RIGHT else LEFT_CODE

    @classmethod
    def from_text(cls, text: object) -> Side | None:
        """Read ``right``, ``R``, ``left``, ``L`` in any case.

        Returns:
            None for nothing, unknown or both sides (DICOM's U and B).
        """
        word = str(text).strip().lower() if text is not None else ""
        return {"r": cls.RIGHT, "right": cls.RIGHT, "l": cls.LEFT, "left": cls.LEFT}.get(word)


RIGHT_CODE = Code("SCT", "24028007", "Right")
LEFT_CODE = Code("SCT", "7771000", "Left")
