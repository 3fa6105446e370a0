"""LimbBuild: how a limb is built around its bones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


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


def draw_wild(rng: np.random.Generator, usual: float, least: float, most: float) -> float:
    """How far a person's muscles are thrown about: not at all in most.

    Args:
        usual: share of people in whom they lie as in a textbook.
        least, most: bounds in the others.
    """
    return 0.0 if rng.random() < usual else float(rng.uniform(least, most))
