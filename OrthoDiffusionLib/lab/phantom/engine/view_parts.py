"""ViewParts: one view of a phantom before it has a contrast, and SampledStudy: all of one study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.part import TISSUES, Part
from OrthoDiffusionLib.volumes.geometry import Geometry
from OrthoDiffusionLib.volumes.plane import Plane

MIN_LESION_VOXELS = 6
"""A lesion counts as visible in a view if it covers at least this many voxel centres (ours)."""


MOST_ABNORMALITIES = 31
"""Lesions are bits of a number, and torch has no unsigned number of more than 8 bits that it can shift."""


def lesion_type(abnormalities: int) -> np.dtype:
    """The type of lesion bit masks for so many abnormalities: uint8 up to 8, else int32."""
    return np.dtype(np.uint8 if abnormalities <= 8 else np.int32)


@dataclass(frozen=True, eq=False)
class PartTables:
    """What a part number means; travels with every sampled study, so that files explain themselves.

    Attributes:
        tissue: (P,) uint8, index into `tissue_names`.
        structure: (P,) uint8, label value of the structure, 0 for none.
        lesion: (P,) of `lesion_type`, bit n set if the part shows the n-th of `abnormality_names`.
        tissue_names: names that `contrast.TISSUES` knows.
        abnormality_names: in the order of the bits.
    """

    tissue: np.ndarray
    structure: np.ndarray
    lesion: np.ndarray
    tissue_names: tuple[str, ...]
    abnormality_names: tuple[str, ...]

    def __post_init__(self) -> None:
        if not len(self.tissue) == len(self.structure) == len(self.lesion) <= 256:
            raise ValueError("the tables of tissue, structure and lesion must have one entry a part, 256 at most")
        if len(self.abnormality_names) > MOST_ABNORMALITIES:
            raise ValueError(
                f"a joint has {MOST_ABNORMALITIES} abnormalities at most, one a bit, got {len(self.abnormality_names)}"
            )

    @classmethod
    def of(cls, parts: Sequence[Part], abnormality_names: Sequence[str]) -> PartTables:
        """The tables of a joint's parts; part 0 must be air.

        Raises:
            ValueError: if part 0 is not air, or a part shows an abnormality that has no name.
        """
        if parts[0].tissue != "air":
            raise ValueError(f"part 0 must be air, got {parts[0].name!r} instead")
        for part in parts:
            if part.lesion >> len(abnormality_names):
                raise ValueError(f"{part.name}: lesion {part.lesion} has bits beyond {', '.join(abnormality_names)}")
        tissue, structure = np.zeros((2, 256), np.uint8)
        lesion = np.zeros(256, lesion_type(len(abnormality_names)))
        for number, part in enumerate(parts):
            tissue[number], structure[number], lesion[number] = TISSUES.index(part.tissue), part.structure, part.lesion
        for table in (tissue, structure, lesion):
            table.setflags(write=False)
        return cls(tissue, structure, lesion, TISSUES, tuple(abnormality_names))


@dataclass(frozen=True, eq=False)
class ViewParts:
    """Which parts fill each voxel of one view.

    Attributes:
        plane: what the view shows.
        parts: (4, S, H, W) uint8, the part at four places in each voxel; their signals average to the voxel's.
        centre: (S, H, W) uint8, the part at the voxel centre, which decides the labels.
        geometry: voxel index to RAS millimetres of the right-knee world, hung as `plane.hanging`.
        tables: what the parts mean.
        blur_mm: in-plane blur the acquisition adds, standard deviation.
        texture_seed: of the person's texture; the views of a study have the same.
    """

    plane: Plane
    parts: np.ndarray
    centre: np.ndarray
    geometry: Geometry
    tables: PartTables
    blur_mm: float = 0.0
    texture_seed: int = 0

    @property
    def labels(self) -> np.ndarray:
        """(S, H, W) uint8 structure labels."""
        return self.tables.structure[self.centre]

    @property
    def lesions(self) -> np.ndarray:
        """(S, H, W) bit mask of `lesion_type`, bit n for the n-th abnormality."""
        return self.tables.lesion[self.centre]

    def lesion_voxels(self) -> dict[str, int]:
        """Number of voxel centres each abnormality covers."""
        counts = np.bincount(self.centre.ravel(), minlength=len(self.tables.lesion))
        return {
            name: int(counts[(self.tables.lesion >> bit) & 1 == 1].sum())
            for bit, name in enumerate(self.tables.abnormality_names)
        }

    def cropped(self, start: tuple[int, int, int], size: tuple[int, int, int]) -> ViewParts:
        """The window that begins at voxel `start`; what lies outside the view is air (part 0).

        The geometry follows, so a crop keeps its place in RAS. `start` may be negative.
        """
        stop = (start[0] + size[0], start[1] + size[1], start[2] + size[2])
        geometry = self.geometry.cropped(start, stop)
        return replace(
            self,
            parts=_window(self.parts, start, size),
            centre=_window(self.centre, start, size),
            geometry=geometry,
        )

    def thinned(self, step: int) -> ViewParts:
        """Every `step`-th row and column, with a pixel as much larger."""
        thin = (..., slice(None, None, step), slice(None, None, step))
        affine = self.geometry.affine @ np.diag([1.0, step, step, 1.0])
        centre = self.centre[thin]
        return replace(self, parts=self.parts[thin], centre=centre, geometry=Geometry(centre.shape, affine))


@dataclass(frozen=True, eq=False)
class WorldParts:
    """Which part lies at every point of a regular grid in the world the views share: the truth of their fusion.

    Attributes:
        centre: (I, J, K) uint8, the part at each voxel centre.
        geometry: axis-aligned RAS grid of the right-knee world, millimetres.
        tables: what the parts mean.
    """

    centre: np.ndarray
    geometry: Geometry
    tables: PartTables

    @cached_property
    def labels(self) -> np.ndarray:
        """(I, J, K) uint8 structure labels."""
        return self.tables.structure[self.centre]

    @cached_property
    def lesions(self) -> np.ndarray:
        """(I, J, K) bit mask of `lesion_type`, bit n for the n-th abnormality."""
        return self.tables.lesion[self.centre]


@dataclass(frozen=True, eq=False)
class SampledStudy:
    """Three views of one phantom, canonical right knee, ready to be given any contrast.

    Attributes:
        seed: of pose, geometry and anatomy.
        anatomy: what the shape comes from, e.g. "procedural" or an atlas name.
        style: "slices" or "isotropic".
        views: one for each plane.
        abnormalities: true only where the lesion is visible in one view or more.
        grades: how severe each abnormality is, 0 where it is absent or no view shows it.
        world: the parts on a grid of the shared world, if it was asked for.
    """

    seed: int
    anatomy: str
    style: str
    views: Mapping[Plane, ViewParts]
    abnormalities: Mapping[str, bool]
    grades: Mapping[str, int] = field(default_factory=dict)
    world: WorldParts | None = None

    @property
    def tables(self) -> PartTables:
        """What the parts mean."""
        return next(iter(self.views.values())).tables


def visible_in(views: Mapping[Plane, ViewParts]) -> dict[str, tuple[Plane, ...]]:
    """The planes in which each abnormality covers enough voxels to be seen."""
    counts = {plane: view.lesion_voxels() for plane, view in views.items()}
    names = next(iter(counts.values()))
    return {name: tuple(plane for plane in counts if counts[plane][name] >= MIN_LESION_VOXELS) for name in names}


def visible_abnormalities(views: Mapping[Plane, ViewParts]) -> dict[str, bool]:
    """Which abnormalities at least one view shows."""
    return {name: bool(planes) for name, planes in visible_in(views).items()}


def _window(array: np.ndarray, start: tuple[int, ...], size: tuple[int, ...]) -> np.ndarray:
    shape = array.shape[-3:]
    inside = [slice(max(a, 0), max(min(a + n, extent), 0)) for a, n, extent in zip(start, size, shape, strict=True)]
    window = array[..., inside[0], inside[1], inside[2]]
    if window.shape[-3:] == tuple(size):
        return window
    result = np.zeros((*array.shape[:-3], *size), array.dtype)
    target = [slice(s.start - a, s.start - a + n) for s, a, n in zip(inside, start, window.shape[-3:], strict=True)]
    result[..., target[0], target[1], target[2]] = window
    return result
