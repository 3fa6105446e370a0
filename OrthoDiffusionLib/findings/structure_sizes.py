"""Measurements: volumes in mL and cartilage thickness in mm, with the method said."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from OrthoDiffusionLib.findings.label_boxes import padded
from OrthoDiffusionLib.findings.segmentation import Segmentation

_THICKEST_MM = 12.0  # assumed: no cartilage is thicker; ends the search


@dataclass(frozen=True)
class StructureSize:
    """One number about one structure.

    Attributes:
        structure: its name.
        name: "volume", "mean_thickness" or "thickness_95th_percentile".
        value: finite.
        unit: UCUM, "mL" or "mm".
    """

    structure: str
    name: str
    value: float
    unit: str


def structure_sizes(segmentation: Segmentation) -> tuple[StructureSize, ...]:
    """Volume of every structure that was found, and thickness of the cartilages among them.

    The volume of a structure that is not `complete` is that of its imaged part.
    """
    found: list[StructureSize] = []
    for structure in segmentation.structures:
        if not segmentation.is_found(structure.name):
            continue
        found.append(StructureSize(structure.name, "volume", segmentation.volume_ml(structure.name), "mL"))
        thickness = cartilage_thickness_mm(segmentation, structure.name)
        if thickness is not None and len(thickness):
            high = float(np.percentile(thickness, 95))
            found.append(StructureSize(structure.name, "mean_thickness", float(thickness.mean()), "mm"))
            found.append(StructureSize(structure.name, "thickness_95th_percentile", high, "mm"))
    return tuple(found)


_THICKNESSES: WeakKeyDictionary[Segmentation, dict[str, np.ndarray | None]] = WeakKeyDictionary()
"""Report, summary and table ask for the same; a segmentation does not change."""


def cartilage_thickness_mm(segmentation: Segmentation, name: str) -> np.ndarray | None:
    """Thickness of a cartilage at each voxel that touches its bone.

    For every cartilage voxel with a face on the bone: the distance from its centre to the nearest centre of
    a voxel that is neither this cartilage nor its bone. On a flat plate this is exactly the plate's
    thickness, whichever axis it is normal to; on an oblique one it is right to a fraction of a voxel. Voxels
    whose nearest such neighbour lies on the bone are the cartilage's rim, where that distance is not a
    thickness; they are left out.

    Args:
        segmentation: on a grid with perpendicular axes; finer than the cartilage is thick.
        name: a structure's name.

    Returns:
        (N,) mm, in no particular order; empty if the cartilage touches its bone nowhere; None if `name` is
        no cartilage with a known bone, or one of the two was not found. Worked out once a segmentation.
    """
    known = _THICKNESSES.setdefault(segmentation, {})
    if name not in known:
        known[name] = _thickness_mm(segmentation, name)
    return known[name]


def _thickness_mm(segmentation: Segmentation, name: str) -> np.ndarray | None:
    by_name = {structure.name: structure for structure in segmentation.structures}
    bone_name = by_name[name].bone if name in by_name else ""
    if bone_name not in by_name or not segmentation.is_found(bone_name):
        return None
    found = segmentation.box(name)
    if found is None:
        return None
    spacing = segmentation.labels.geometry.spacing_mm
    reach = np.ceil(_THICKEST_MM / spacing).astype(int)
    # A margin as wide as the search, so that no look-up leaves the array.
    box = padded(found, int(reach.max()), segmentation.labels.array.shape)
    part = np.pad(segmentation.labels.array[box], [(int(n), int(n)) for n in reach])
    cartilage = part == segmentation.structure(name).label
    bone = part == segmentation.structure(bone_name).label
    near_bone = _beside(bone)
    starts = np.flatnonzero(cartilage & near_bone)
    if len(starts) == 0:
        return np.zeros(0)
    outside = ~(cartilage | bone)
    return _distances_to_articular_side(starts, outside, outside & near_bone, spacing, reach)


def _beside(mask: np.ndarray) -> np.ndarray:
    """Voxels that share a face with the mask, the mask's own among them."""
    grown = mask.copy()
    for axis in range(3):
        first, rest = [slice(None)] * 3, [slice(None)] * 3
        first[axis], rest[axis] = slice(None, -1), slice(1, None)
        grown[tuple(first)] |= mask[tuple(rest)]
        grown[tuple(rest)] |= mask[tuple(first)]
    return grown


def _distances_to_articular_side(
    starts: np.ndarray, outside: np.ndarray, rim: np.ndarray, spacing: np.ndarray, reach: np.ndarray
) -> np.ndarray:
    """Shortest distances, mm, from voxels to `outside`, without those that end on the `rim`.

    Cartilage is thin: looking at ever more distant neighbours of a few thousand voxels is many times faster
    than a distance map of the whole box.
    """
    grid = np.stack(np.meshgrid(*(np.arange(-n, n + 1) for n in reach), indexing="ij"), -1).reshape(-1, 3)
    distance = np.linalg.norm(grid * spacing, axis=1)
    near = distance <= _THICKEST_MM
    grid, distance = grid[near], distance[near]
    order = np.argsort(distance, kind="stable")
    grid, distance = grid[order], distance[order]
    offsets = grid @ np.array([outside.shape[1] * outside.shape[2], outside.shape[2], 1])
    shells = np.flatnonzero(np.diff(distance, prepend=-1.0) > 1e-6)  # neighbours of the same distance
    ends = np.append(shells[1:], len(distance))
    outside, rim = outside.ravel(), rim.ravel()

    found = []
    for start, end in zip(shells, ends, strict=True):
        if len(starts) == 0:
            break
        there = starts[:, None] + offsets[start:end]
        hit = outside[there]
        arrived = hit.any(axis=1)
        if arrived.any():
            on_rim = (hit & rim[there])[arrived].any(axis=1)
            found.append(np.full(int((~on_rim).sum()), distance[start]))
            starts = starts[~arrived]
    return np.concatenate(found) if found else np.zeros(0)
