"""LimbBuild: how a limb is built around its bones."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class LimbBuild:
    """How a limb is built around its bones; a joint may say more.

    Attributes:
        fat_mm: typical thickness of the subcutaneous fat.
        muscle_bulk: factor on every muscle's radii.
        plane_mm: thickness of the fat planes between muscles.
        wild: how far muscles are thrown about, 0 for a textbook and 1 for nonsense.
    """

    fat_mm: float
    muscle_bulk: float
    plane_mm: float
    wild: float
