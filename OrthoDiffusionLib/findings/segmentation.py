"""Segmentation: the outlined structures of one study on one grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from OrthoDiffusionLib.anatomy import Structure
from OrthoDiffusionLib.findings.label_boxes import Box, label_boxes, padded
from OrthoDiffusionLib.findings.label_resampling import labels_on
from OrthoDiffusionLib.volumes import Geometry, Volume
from OrthoDiffusionLib.volumes.face_neighbours import with_face_neighbours


@dataclass(frozen=True, eq=False)
class Segmentation:
    """Which voxel belongs to which structure.

    Attributes:
        labels: (I, J, K) uint8, 0 is background; any geometry, the fused grid of the Analyzer is isotropic.
        structures: what was looked for; their labels are the values in `labels`.
        imaged: (I, J, K) bool on the same grid, True where at least one volume of the study has signal; None
            if the whole grid was imaged.
        completeness: structure name -> complete, as read from a results folder; else it is computed.

    Raises:
        ValueError: if labels are not uint8, two structures share a label or name, a label has no structure,
            or `imaged` has another shape.
    """

    labels: Volume
    structures: tuple[Structure, ...]
    imaged: np.ndarray | None = field(default=None, repr=False)
    completeness: Mapping[str, bool] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        array = self.labels.array
        if array.dtype != np.uint8:
            raise ValueError(f"labels must be uint8, got {array.dtype} instead")
        object.__setattr__(self, "structures", tuple(self.structures))
        names = [structure.name for structure in self.structures]
        values = [structure.label for structure in self.structures]
        if len(set(names)) < len(names) or len(set(values)) < len(values):
            raise ValueError("structures must have different names and labels")
        if not array.flags.c_contiguous:
            object.__setattr__(self, "labels", self.labels.with_array(np.ascontiguousarray(array)))
        unknown = sorted(set(self._boxes) - set(values))
        if unknown:
            raise ValueError(f"every label must belong to a structure, got {unknown} as well")
        if self.imaged is not None and self.imaged.shape != array.shape:
            raise ValueError(f"imaged must have the shape {array.shape}, got {self.imaged.shape} instead")

    @cached_property
    def _boxes(self) -> dict[int, Box]:
        return label_boxes(self.labels.array)

    @cached_property
    def _summaries(self) -> dict[int, tuple[int, np.ndarray]]:
        """label -> (voxels, mean voxel index)."""
        summaries = {}
        for label, box in self._boxes.items():
            mask = self.labels.array[box] == label
            counts = mask.sum(axis=2)
            voxels = int(counts.sum())
            marginals = (counts.sum(axis=1), counts.sum(axis=0), mask.sum(axis=(0, 1)))
            centre = [
                float((np.arange(side.start, side.stop) * marginal).sum()) / voxels
                for side, marginal in zip(box, marginals, strict=True)
            ]
            summaries[label] = voxels, np.array(centre)
        return summaries

    def structure(self, name: str) -> Structure:
        """The structure of that name.

        Raises:
            ValueError: naming the structures there are.
        """
        for structure in self.structures:
            if structure.name == name:
                return structure
        known = ", ".join(structure.name for structure in self.structures)
        raise ValueError(f"structure must be one of {known}, got {name!r} instead")

    def is_found(self, name: str) -> bool:
        """Whether the structure has any voxel."""
        return self.structure(name).label in self._boxes

    def mask(self, name: str) -> np.ndarray:
        """(I, J, K) bool, True inside the structure."""
        return self.labels.array == self.structure(name).label

    def box(self, name: str) -> Box | None:
        """Slices that hold the structure's voxels; None if it was not found."""
        return self._boxes.get(self.structure(name).label)

    def volume_ml(self, name: str) -> float:
        """Volume in millilitres; 0 if the structure was not found."""
        voxels, _ = self._summaries.get(self.structure(name).label, (0, None))
        return voxels * self.labels.geometry.voxel_volume_mm3 / 1000.0

    def centroid_ras(self, name: str) -> tuple[float, float, float] | None:
        """Centre of mass (x, y, z) in RAS mm; None if the structure was not found."""
        summary = self._summaries.get(self.structure(name).label)
        if summary is None:
            return None
        x, y, z = self.labels.geometry.to_ras(summary[1]).tolist()
        return x, y, z

    def complete(self, name: str) -> bool:
        """False if the structure was not found, or reaches the border of what was imaged.

        A femur is cut off by nearly every field of view: its volume is then not the bone's volume.
        """
        if self.completeness is not None and name in self.completeness:
            return self.completeness[name]
        label = self.structure(name).label
        box = self._boxes.get(label)
        if box is None:
            return False
        shape = self.labels.array.shape
        if any(side.start == 0 or side.stop == size for side, size in zip(box, shape, strict=True)):
            return False
        if self.imaged is None:
            return True
        around = padded(box, 1, shape)
        outside = ~self.imaged[around]
        if not outside.any():
            return True
        mask = self.labels.array[around] == label
        return not bool((with_face_neighbours(mask) & outside).any())

    def on(self, geometry: Geometry) -> Volume:
        """The labels on another grid, for example an input volume's own.

        Returns:
            uint8; the structure that fills most of a voxel, see `labels_on`. 0 outside this segmentation's grid.
        """
        return labels_on(self.labels, geometry)
