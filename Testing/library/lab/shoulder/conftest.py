"""Digital shoulders that several tests measure."""

from __future__ import annotations

from functools import cached_property, lru_cache

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from OrthoDiffusionLib.anatomy import SHOULDER
from OrthoDiffusionLib.lab.phantom.shoulder import parts as p
from OrthoDiffusionLib.lab.phantom.shoulder.shoulder import BuiltShoulder, build_shoulder

LABELS = {part.name: part.label for part in SHOULDER.structures}


class Painted:
    """A shoulder with what a test asks of it.

    Attributes:
        built: what the builder handed over.
        structures: (I, J, K) uint8 labels.
    """

    def __init__(self, built: BuiltShoulder) -> None:
        self.built = built
        self.structures = p.STRUCTURE_OF_PART[built.canvas.parts]

    @property
    def voxel_mm(self) -> float:
        return self.built.canvas.frame.spacing_mm

    def mm(self, mask: np.ndarray) -> np.ndarray:
        """(N, 3) canonical RAS mm of the voxels of a mask."""
        return np.array(self.built.canvas.frame.lo_mm) + self.voxel_mm * (np.argwhere(mask) + 0.5)

    def is_(self, name: str) -> np.ndarray:
        """Mask of a structure."""
        return self.structures == LABELS[name]

    def points(self, name: str) -> np.ndarray:
        """(N, 3) of a structure."""
        return self.mm(self.is_(name))

    def part(self, *names: str) -> np.ndarray:
        """Mask of some parts."""
        return p.members(*names)[self.built.canvas.parts]

    def lesion(self, bit: int) -> np.ndarray:
        """Mask of an abnormality."""
        return (p.LESION_OF_PART[self.built.canvas.parts] & bit) > 0

    @cached_property
    def from_humerus(self) -> np.ndarray:
        """(I, J, K) mm to the nearest voxel of the humerus."""
        return distance_transform_edt(~self.is_("humerus")) * self.voxel_mm

    def at(self, point: np.ndarray) -> tuple[int, ...]:
        """The voxel at a canonical place."""
        return tuple(self.built.canvas.frame.index(n, float(point[n])) for n in range(3))


@lru_cache(maxsize=3)
def painted(seed: int, anatomy: str = "procedural", **grades: int) -> Painted:
    """A shoulder with some abnormalities, the others absent."""
    return Painted(build_shoulder(seed, anatomy=anatomy, grades=dict.fromkeys(p.LESIONS, 0) | grades))


@pytest.fixture(scope="session", params=[("procedural", 11), ("wide", 12)], ids=["procedural", "wide"])
def healthy(request):
    """Two shoulders without any of the seven diseases, one of them from ranges that are held out."""
    anatomy, seed = request.param
    return painted(seed, anatomy)
