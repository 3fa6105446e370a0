"""Digital ankles that several tests measure."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import ANKLE
from OrthoDiffusionLib.lab.phantom.ankle import parts as p
from OrthoDiffusionLib.lab.phantom.ankle.ankle import BuiltAnkle, build_ankle

LABELS = {part.name: part.label for part in ANKLE.structures}


class Painted(NamedTuple):
    """An ankle with what a test asks of it.

    Attributes:
        built: what the builder handed over.
        structures: (I, J, K) uint8 labels.
    """

    built: BuiltAnkle
    structures: np.ndarray

    def mm(self, mask: np.ndarray) -> np.ndarray:
        """(N, 3) canonical RAS mm of the voxels of a mask."""
        frame = self.built.canvas.frame
        return np.array(frame.lo_mm) + frame.spacing_mm * (np.argwhere(mask) + 0.5)

    def points(self, name: str) -> np.ndarray:
        """(N, 3) of a structure."""
        return self.mm(self.structures == LABELS[name])

    def part(self, *names: str) -> np.ndarray:
        """Mask of some parts."""
        return p.members(*names)[self.built.canvas.parts]

    def lesion(self, bit: int) -> np.ndarray:
        """Mask of an abnormality."""
        return (p.LESION_OF_PART[self.built.canvas.parts] & bit) > 0


@lru_cache(maxsize=6)
def painted(seed: int, anatomy: str = "mixed", **grades: int) -> Painted:
    """An ankle with some abnormalities, the others absent."""
    wanted = dict.fromkeys(p.LESIONS, 0) | grades
    built = build_ankle(seed, anatomy=anatomy, grades=wanted)
    return Painted(built, p.STRUCTURE_OF_PART[built.canvas.parts])


@pytest.fixture(scope="session", params=[("mixed", 11), ("standing_r02", 12)], ids=["mixed", "the largest"])
def healthy(request):
    """Two ankles without any of the four abnormalities, one of them held out."""
    anatomy, seed = request.param
    return painted(seed, anatomy)
