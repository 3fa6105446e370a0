"""FieldOfView: which part of a grid a study shows, so that corrected outlines can be measured again without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from OrthoDiffusionLib.volumes import Geometry


@dataclass(frozen=True)
class FieldOfView:
    """What the networks were shown.

    Attributes:
        views: plane key -> grid of what was looked at of its volume, in the patient's RAS mm.
        slice_steps_mm: plane key -> distance of the slices that show it; a 3D volume shows all planes.
        ratio: what was imaged was decided for blocks of so many voxels a side, by their centres.
    """

    views: Mapping[str, Geometry]
    slice_steps_mm: Mapping[str, float] = field(default_factory=dict)
    ratio: int = 1

    def imaged(self, geometry: Geometry) -> np.ndarray:
        """(I, J, K) bool on a grid: inside at least one of the views, borders of voxels included.

        Args:
            geometry: whose blocks of `ratio` voxels begin with its first voxel, as on the grid of the results.
        """
        ratio = self.ratio
        counts = [-(-size // ratio) for size in geometry.shape]
        middles = [(np.arange(count) * ratio + (ratio - 1) / 2)[:, None] for count in counts]
        inside = np.zeros(counts, dtype=bool)
        for view in self.views.values():
            to_view = np.linalg.inv(view.affine) @ geometry.affine
            seen = np.ones(counts, dtype=bool)
            for axis, size in enumerate(view.shape):
                x, y, z = (to_view[axis, i] * middles[i].ravel() for i in range(3))
                index = x[:, None, None] + y[:, None] + z + to_view[axis, 3]
                seen &= (index >= -0.5) & (index <= size - 0.5)
            inside |= seen
        for axis in range(3):
            inside = inside.repeat(ratio, axis)
        i, j, k = geometry.shape
        return np.ascontiguousarray(inside[:i, :j, :k])

    def as_dict(self) -> dict:
        """Its entry in findings.json."""
        views = {
            plane: {"shape": list(map(int, view.shape)), "affine": view.affine.tolist()}
            for plane, view in self.views.items()
        }
        return {"views": views, "slice_steps_mm": dict(self.slice_steps_mm), "ratio": self.ratio}

    @classmethod
    def from_dict(cls, entry: Mapping) -> FieldOfView:
        """Read an entry of findings.json.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: if it is none.
        """
        views = {}
        for plane, view in entry["views"].items():
            i, j, k = (int(size) for size in view["shape"])
            views[str(plane)] = Geometry((i, j, k), np.array(view["affine"], dtype=float))
        steps = {str(plane): float(step) for plane, step in entry["slice_steps_mm"].items()}
        return cls(views, steps, int(entry["ratio"]))
