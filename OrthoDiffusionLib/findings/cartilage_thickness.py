"""Thickness of a cartilage at every place of its bone, bare bone within the plate as 0 mm: numbers for a map."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from OrthoDiffusionLib.findings.label_boxes import padded
from OrthoDiffusionLib.findings.segmentation import Segmentation

_THICKEST_MM = 12.0  # no cartilage is thicker; ends the search

_BREAK_VOXELS = 2
"""A ring of cartilage round bare bone may be open over so many voxels and twice as much."""

_LEAST_BARE_MM2 = 4.0
"""A smaller gap in a plate is the outline's, not the cartilage's."""


@dataclass(frozen=True, eq=False)
class ThicknessMap:
    """One cartilage plate, place by place.

    Attributes:
        points_ras: (N, 3) float32 places on the bone's surface, RAS mm of the patient.
        thickness_mm: (N,) float32; 0 where the bone is bare.
        bare_share: of the plate's area, 0 to 1.
    """

    points_ras: np.ndarray
    thickness_mm: np.ndarray
    bare_share: float


_MAPS: WeakKeyDictionary[Segmentation, dict[str, ThicknessMap | None]] = WeakKeyDictionary()
"""Report, summary and table ask for the same; a segmentation does not change."""


def thickness_map(segmentation: Segmentation, name: str) -> ThicknessMap | None:
    """Thickness of a cartilage at each voxel that touches its bone, and 0 where bare bone lies within the plate.

    For every cartilage voxel with a face on the bone: the distance from its centre to the nearest centre of a voxel
    that is neither this cartilage nor its bone. On a flat plate this is exactly the plate's thickness, whichever axis
    it is normal to; on an oblique one it is right to a fraction of a voxel. Voxels whose nearest such neighbour lies
    on the bone are the cartilage's rim, where that distance is not a thickness; they are left out.

    Bone is bare within the plate where it is uncovered and cartilage lies all round it, on the bone's surface; a break
    in that ring of some millimetres is overlooked. Worn bone at the rim of a plate cannot be told from bone that never
    was covered: it is not counted. That is mean thickness over the total area (ThCtAB, OARSI 18:677), of the area
    that outlines can show.

    Args:
        segmentation: on a grid with perpendicular axes; finer than the cartilage is thick.
        name: a structure's name.

    Returns:
        None if `name` is no cartilage with a known bone, or one of the two was not found; without points if the
        cartilage touches its bone nowhere. Worked out once a segmentation.
    """
    known = _MAPS.setdefault(segmentation, {})
    if name not in known:
        known[name] = _map_of(segmentation, name)
    return known[name]


def cartilage_thickness_mm(segmentation: Segmentation, name: str) -> np.ndarray | None:
    """(N,) mm of `thickness_map`, in no particular order; None where that is None."""
    found = thickness_map(segmentation, name)
    return None if found is None else found.thickness_mm


def _map_of(segmentation: Segmentation, name: str) -> ThicknessMap | None:
    by_name = {structure.name: structure for structure in segmentation.structures}
    bone_name = by_name[name].bone if name in by_name else ""
    if bone_name not in by_name or not segmentation.is_found(name) or not segmentation.is_found(bone_name):
        return None
    geometry = segmentation.labels.geometry
    spacing = geometry.spacing_mm
    reach = np.ceil(_THICKEST_MM / spacing).astype(int)
    # A margin as wide as the search, so that no look-up leaves the array.
    found = segmentation.box(name)
    assert found is not None
    box = padded(found, int(reach.max()), segmentation.labels.array.shape)
    part = np.pad(segmentation.labels.array[box], [(int(n), int(n)) for n in reach])
    cartilage = part == segmentation.structure(name).label
    bone = part == segmentation.structure(bone_name).label
    near_bone = _beside(bone)
    starts = np.flatnonzero(cartilage & near_bone)
    if len(starts) == 0:
        return ThicknessMap(np.zeros((0, 3), np.float32), np.zeros(0, np.float32), 0.0)
    outside = ~(cartilage | bone)
    measured, thickness = _distances_to_articular_side(starts, outside, outside & near_bone, spacing, reach)
    # Near the cartilage is enough: what is enclosed lies in its box.
    inner = tuple(
        slice(
            own.start - around.start + int(n) - _BREAK_VOXELS - 2, own.stop - around.start + int(n) + _BREAK_VOXELS + 2
        )
        for own, around, n in zip(found, box, reach, strict=True)
    )
    covered, shell = cartilage[inner] & near_bone[inner], near_bone[inner] & ~bone[inner]
    bare = np.ravel_multi_index(
        tuple((_bare_within(covered, shell, float(spacing.min())) + [side.start for side in inner]).T), part.shape
    )
    flat = np.concatenate([measured, bare])
    where = np.stack(np.unravel_index(flat, part.shape), axis=1) - reach + [side.start for side in box]
    everything = np.concatenate([thickness, np.zeros(len(bare))]).astype(np.float32)
    share = len(bare) / (len(starts) + len(bare))
    return ThicknessMap(geometry.to_ras(where).astype(np.float32), everything, share)


def _beside(mask: np.ndarray) -> np.ndarray:
    """Voxels that share a face with the mask, the mask's own among them."""
    grown = mask.copy()
    for axis in range(3):
        first, rest = [slice(None)] * 3, [slice(None)] * 3
        first[axis], rest[axis] = slice(None, -1), slice(1, None)
        grown[tuple(first)] |= mask[tuple(rest)]
        grown[tuple(rest)] |= mask[tuple(first)]
    return grown


def _bare_within(covered: np.ndarray, shell: np.ndarray, spacing_mm: float) -> np.ndarray:
    """(N, 3) indices of the shell round a bone that is bare and enclosed by what is covered.

    Args:
        covered: (I, J, K) bool, the part of the shell that is cartilage.
        shell: (I, J, K) bool, the layer of voxels that touches the bone from outside; the array's border is outside.
        spacing_mm: of the grid.
    """
    from OrthoDiffusionLib.volumes import itk as sitk

    ring = covered
    for _ in range(_BREAK_VOXELS):
        ring = _beside(ring)
    open_shell = (shell & ~ring).view(np.uint8)
    numbers = sitk.GetArrayFromImage(sitk.ConnectedComponent(sitk.GetImageFromArray(open_shell), True))
    enclosed = np.bincount(numbers.ravel()) * spacing_mm**2 >= _LEAST_BARE_MM2
    enclosed[0] = False
    for axis in range(3):
        for border in (0, -1):
            enclosed[np.take(numbers, border, axis=axis)] = False
    if not enclosed.any():
        return np.zeros((0, 3), dtype=np.intp)
    bare = enclosed[numbers]
    for _ in range(_BREAK_VOXELS + 1):  # what the ring had grown over
        bare = _beside(bare) & shell & ~covered
    return np.argwhere(bare)


def _distances_to_articular_side(
    starts: np.ndarray, outside: np.ndarray, rim: np.ndarray, spacing: np.ndarray, reach: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Shortest distances, mm, from voxels to `outside`, without those that end on the `rim`: voxels and distances.

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

    places, found = [np.zeros(0, dtype=np.intp)], [np.zeros(0)]
    for start, end in zip(shells, ends, strict=True):
        if len(starts) == 0:
            break
        there = starts[:, None] + offsets[start:end]
        hit = outside[there]
        arrived = hit.any(axis=1)
        if arrived.any():
            kept = ~(hit & rim[there])[arrived].any(axis=1)
            places.append(starts[arrived][kept])
            found.append(np.full(int(kept.sum()), distance[start]))
            starts = starts[~arrived]
    return np.concatenate(places), np.concatenate(found)
