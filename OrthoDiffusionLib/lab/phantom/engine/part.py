"""Part: what one voxel value of a phantom is, belongs to and shows; PartList: all those of a joint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

TISSUES = (
    "air", "skin", "subcutaneous_fat", "muscle", "fascia", "bone_marrow", "red_marrow", "cortical_bone",
    "cartilage", "synovial_fluid", "meniscus", "ligament", "tendon", "fat_pad", "synovium", "vessel", "nerve",
    "marrow_oedema", "torn_ligament", "torn_meniscus", "soft_tissue_oedema", "ligament_mucoid", "physeal_scar",
    "metal", "loose_fat", "thin_fascia", "thin_cortex", "vein",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One voxel value of a phantom.

    Attributes:
        name: what it is, unique.
        tissue: what it looks like to the scanner, one of `TISSUES`.
        structure: label of the structure of its joint that it belongs to, 0 for none.
        lesion: bit mask of the abnormalities it shows; bit n is the joint's n-th.
    """

    name: str
    tissue: str
    structure: int = 0
    lesion: int = 0

    def __post_init__(self) -> None:
        if self.tissue not in TISSUES:
            raise ValueError(f"{self.name}: tissue must be one of {', '.join(TISSUES)}, got {self.tissue!r} instead")


class PartList:
    """The parts of one joint by name, and look-up tables of 256 entries: TABLE[parts] gives a volume of that shape.

    Args:
        parts: in the order of their numbers. Stored phantoms and training sets hold these: append only, never reorder.

    Attributes:
        structure_of_part: (256,) uint8, read-only.
        lesion_of_part: (256,) bit masks, read-only; uint8 up to 8 abnormalities, else int32.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self._count = len(parts)
        self._numbers = {part.name: number for number, part in enumerate(parts)}
        lesions = max(part.lesion for part in parts)
        self.structure_of_part = _table([part.structure for part in parts])
        self.lesion_of_part = _table([part.lesion for part in parts], np.uint8 if lesions < 256 else np.int32)

    def number(self, name: str) -> int:
        """The voxel value of a part; KeyError for a name that no part has."""
        return self._numbers[name]

    def numbers(self, *names: str) -> np.ndarray:
        """Voxel values of several parts, (N,) uint8."""
        return np.array([self._numbers[name] for name in names], dtype=np.uint8)

    def members(self, *names: str) -> np.ndarray:
        """Look-up table (256,) bool that is true for the named parts."""
        table = np.zeros(256, dtype=bool)
        table[[self._numbers[name] for name in names]] = True
        return table

    def members_of_structure(self, *labels: int) -> np.ndarray:
        """Look-up table (256,) bool that is true for every part of the given structure labels."""
        table = np.isin(self.structure_of_part, labels)
        table[self._count :] = False
        return table


def _table(values: list[int], dtype: type = np.uint8) -> np.ndarray:
    table: np.ndarray = np.zeros(256, dtype=dtype)
    table[: len(values)] = values
    table.setflags(write=False)
    return table
