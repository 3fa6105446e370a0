"""Thickness of a cartilage at every place of its bone, bare bone within the plate as 0 mm: numbers for a map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from weakref import WeakKeyDictionary

import numpy as np

from OrthoDiffusionLib.findings.label_boxes import padded
from OrthoDiffusionLib.findings.segmentation import Segmentation
from OrthoDiffusionLib.volumes.face_neighbours import with_face_neighbours

_THICKEST_MM = 12.0  # assumed: no cartilage is thicker; ends the search

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
    on the bone are the cartilage's rim, where that distance is not a thickness; they are left out. So are those whose
    nearest such neighbour was not imaged: there the picture ends, and not the cartilage.

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
    if bone_name not in by_name or not segmentation.is_found(bone_name):
        return None
    found = segmentation.box(name)
    if found is None:
        return None
    geometry = segmentation.labels.geometry
    spacing = geometry.spacing_mm
    # Beyond the grid lies nothing, but the search goes on there.
    reach = _reach_of(spacing) + 1
    box = padded(found, reach, segmentation.labels.array.shape)
    first = np.array([own.start - reach for own in found])
    part = np.zeros([own.stop - own.start + 2 * reach for own in found], dtype=np.uint8)
    within = tuple(slice(side.start - start, side.stop - start) for side, start in zip(box, first, strict=True))
    part[within] = segmentation.labels.array[box]
    unseen = np.ones(part.shape, dtype=bool)
    unseen[within] = False if segmentation.imaged is None else ~segmentation.imaged[box]
    cartilage = part == segmentation.structure(name).label
    bone = part == segmentation.structure(bone_name).label
    inside, near_bone = cartilage | bone, with_face_neighbours(bone)
    starts = cartilage & near_bone
    # The nearest voxel outside always shares a face with one inside.
    around = with_face_neighbours(inside) & ~inside
    where, thickness = _distances_to_articular_side(starts, around, around & (near_bone | unseen), spacing)
    # Near the cartilage is enough: what is enclosed lies in its box.
    margin = _BREAK_VOXELS + 2
    inner = tuple(
        slice(max(0, own.start - start - margin), own.stop - start + margin)
        for own, start in zip(found, first, strict=True)
    )
    bare = _bare_within(starts[inner], (near_bone & ~bone)[inner], float(spacing.min()))
    bare = bare + [side.start for side in inner]
    places = geometry.to_ras(np.concatenate([where, bare]) + first)
    everything = np.concatenate([thickness, np.zeros(len(bare))])
    covered = int(starts.sum())
    share = len(bare) / (covered + len(bare)) if covered else 0.0
    return ThicknessMap(places.astype(np.float32), everything.astype(np.float32), share)


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
        ring = with_face_neighbours(ring)
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
        bare = with_face_neighbours(bare) & shell & ~covered
    return np.argwhere(bare)


def _distances_to_articular_side(
    starts: np.ndarray, around: np.ndarray, rim: np.ndarray, spacing: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """From the voxels `starts` to those `around`, without those that end on the `rim`.

    Args:
        starts: (I, J, K) bool, none of them nearer to the array's border than `_reach_of` the spacing.
        around: same shape.
        rim: same shape, a part of `around`.
        spacing: (3,) mm.

    Returns:
        (N, 3) their indices and (N,) shortest distances, mm.
    """
    where = np.argwhere(starts)
    ends = (around.view(np.uint8) + rim.view(np.uint8)).reshape(-1)
    strides = np.array([starts.shape[1] * starts.shape[2], starts.shape[2], 1])
    place = where @ strides
    distance = np.full(len(where), np.inf)
    left = np.arange(len(where))
    # Farther and farther out until each has met its end: plates are thin, so that few voxels are looked at. A tree or a
    # distance map takes many times as long.
    for far, offsets in _shells(tuple(spacing.tolist())):
        met = ends[place[left, None] + offsets @ strides].max(axis=1)
        distance[left[met == 1]] = far
        left = left[met == 0]
        if len(left) == 0:
            break
    kept = np.isfinite(distance)
    return where[kept], distance[kept]


def _reach_of(spacing: np.ndarray) -> int:
    """Voxels that the thickest cartilage takes, along any axis."""
    return int(np.ceil(_THICKEST_MM / spacing.min()))


@lru_cache(maxsize=4)
def _shells(spacing: tuple[float, float, float]) -> list[tuple[float, np.ndarray]]:
    """Distances in mm up to `_THICKEST_MM`, ascending, and the (N, 3) steps from voxel to voxel that are as long."""
    reach = _reach_of(np.array(spacing))
    steps = np.indices((2 * reach + 1,) * 3).reshape(3, -1).T - reach
    length = np.linalg.norm(steps * spacing, axis=1)
    order = np.argsort(length, kind="stable")
    order = order[length[order] <= _THICKEST_MM + 1e-6]
    length, steps = length[order], steps[order]
    borders = np.flatnonzero(np.diff(length) > 1e-6) + 1
    return [
        (float(own[0]), part) for own, part in zip(np.split(length, borders), np.split(steps, borders), strict=True)
    ]
