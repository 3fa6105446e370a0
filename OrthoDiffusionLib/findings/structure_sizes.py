"""Sizes of structures: volumes in mL, and cartilage thickness in mm with bare bone as 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.findings.cartilage_thickness import cartilage_thickness_mm
from OrthoDiffusionLib.findings.segmentation import Segmentation
from OrthoDiffusionLib.volumes.face_neighbours import with_face_neighbours

<<<<<<< HEAD
=======
_THICKEST_MM = 12.0  # assumed: no cartilage is thicker; ends the search

>>>>>>> main

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
<<<<<<< HEAD
=======


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
    reach = int(np.ceil(_THICKEST_MM / spacing.min()))
    part = np.pad(segmentation.labels.array[padded(found, reach, segmentation.labels.array.shape)], 1)
    cartilage = part == segmentation.structure(name).label
    bone = part == segmentation.structure(bone_name).label
    inside, near_bone = cartilage | bone, with_face_neighbours(bone)
    # The nearest voxel outside always shares a face with one inside.
    around = with_face_neighbours(inside) & ~inside
    return _distances_to_articular_side(cartilage & near_bone, around, around & near_bone, spacing)


def _distances_to_articular_side(
    starts: np.ndarray, around: np.ndarray, rim: np.ndarray, spacing: np.ndarray
) -> np.ndarray:
    """Shortest distances, mm, from the voxels `starts` to those `around`, without those that end on the `rim`."""
    from scipy.spatial import KDTree

    # A few thousand voxels: a tree of them is many times faster than a distance map of the whole box.
    places = np.argwhere(starts) * spacing
    distance, to_rim = (
        KDTree(np.argwhere(mask) * spacing).query(places, distance_upper_bound=_THICKEST_MM + 1e-6)[0]
        for mask in (around, rim)
    )
    return distance[(distance < to_rim - 1e-6) & np.isfinite(distance)]
>>>>>>> main
