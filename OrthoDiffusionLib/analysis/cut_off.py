"""Structures that a picture of a joint should show in full, and that the field of view cuts off or leaves out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from OrthoDiffusionLib.anatomy import Joint, Kind
from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.findings.segmentation import Segmentation
from OrthoDiffusionLib.volumes.geometry import OPPOSITE, Geometry

LEAST_CUT_MM2 = 25.0
"""Of a border that a structure meets less is a few stray voxels (ours)."""

FADE_MM = 4.0
"""So far before the end of a view an outline fades, where no other view shows the structure well (ours; on digital
ankles the Achilles tendon loses its cross-section over the last 4 mm of the sagittal view)."""

_GOES_ON = 0.1
_ALONG = 0.7

_ENDS = {"R": "end_right", "L": "end_left", "A": "end_front", "P": "end_back", "S": "end_above", "I": "end_below"}


def cut_off(segmentation: Segmentation, joint: Joint) -> list[Notice]:
    """What the field of view cuts off, and where; what is not found at all though the joint is.

    Args:
        segmentation: of the whole study, in the patient's RAS mm.
        joint: whose `whole` structures are looked at, as far as they were looked for.
    """
    known = {structure.name for structure in segmentation.structures}
    wanted = [name for name in joint.whole if name in known]
    layout = joint.layout
    if layout is None or not all(
        name in known and segmentation.is_found(name) for name in (layout.upper, layout.lower)
    ):
        return []  # without the joint itself there is more to say, and it is said elsewhere
    ends = {name: ends_of(segmentation, name) for name in wanted if segmentation.is_found(name)}
    cut = [name for name, found in ends.items() if found]
    missing = [name for name in wanted if name not in ends]
    notices = []
    if cut:
        places = list(dict.fromkeys(end for name in cut for end in ends[name]))
        values = {"structures": cut, "count": len(cut), "ends": places}
        notices.append(Notice("field_of_view_cut", values=values))
    if missing:
        values = {"structures": missing, "joint": joint.name}
        notices.append(Notice("field_of_view_cut", "not_shown", values=values))
    return notices


def tendons_cut_by_a_view(segmentation: Segmentation, views: Mapping[str, Geometry]) -> dict[str, bool]:
    """Tendons whose outline ends, lengthwise, where a view ends: name -> False, as in `Segmentation.completeness`.

    A tendon goes on as a muscle. Where a view that shows it ends, it may lie in another view that hardly shows it, and
    its outline ends there although something was imaged beyond.

    Args:
        segmentation: of the whole study, in RAS mm.
        views: name -> grid of what was looked at, in the same RAS mm.
    """
    geometry = segmentation.labels.geometry
    cut = {}
    for structure in segmentation.structures:
        if structure.kind is not Kind.TENDON or not segmentation.is_found(structure.name):
            continue
        places = geometry.to_ras(np.argwhere(segmentation.mask(structure.name)))
        along = np.linalg.eigh(np.cov(places.T))[1][:, -1] if len(places) > 2 else np.zeros(3)
        if any(_ends_with(places, along, view, geometry.voxel_volume_mm3) for view in views.values()):
            cut[structure.name] = False
    return cut


def _ends_with(places: np.ndarray, along: np.ndarray, view: Geometry, voxel_mm3: float) -> bool:
    """Whether what lies at some places (N, 3) and runs along a direction (3,) ends at one of the faces of a view."""
    index = (places - view.origin_ras) @ np.linalg.inv(view.affine[:3, :3]).T
    size, spacing = np.array(view.shape), view.spacing_mm
    within = (index >= -0.5) & (index <= size - 0.5)
    for axis in range(3):
        if abs(along @ view.affine[:3, axis]) / spacing[axis] < _ALONG:
            continue
        others = within[:, [one for one in range(3) if one != axis]].all(axis=1)
        for depth in ((index[:, axis] + 0.5), (size[axis] - 0.5 - index[:, axis])):
            mm = depth[others] * spacing[axis]
            before = np.count_nonzero((mm >= FADE_MM) & (mm < 2 * FADE_MM)) * voxel_mm3 / FADE_MM
            beyond = np.count_nonzero((mm < 0.0) & (mm >= -FADE_MM)) * voxel_mm3 / FADE_MM
            if before >= LEAST_CUT_MM2 and beyond < _GOES_ON * before:
                return True
    return False


def ends_of(segmentation: Segmentation, name: str) -> tuple[str, ...]:
    """Where a structure meets the end of what was imaged: ``end_front``, ``end_below`` …, the largest border first.

    Directions are those of the body, by the nearest axes of the grid.
    """
    if segmentation.complete(name):
        return ()
    geometry = segmentation.labels.geometry
    mask = segmentation.mask(name)
    imaged = np.ones(mask.shape, dtype=bool) if segmentation.imaged is None else segmentation.imaged
    mask = np.pad(mask & imaged, 1)
    beyond = ~np.pad(imaged, 1)
    areas: dict[str, float] = {}
    for axis, code in enumerate(geometry.axis_codes):
        area = geometry.voxel_volume_mm3 / float(geometry.spacing_mm[axis])
        for step in (-1, 1):
            towards = code if step == 1 else OPPOSITE[code]
            met = int(np.count_nonzero(mask & np.roll(beyond, -step, axis=axis)))
            areas[_ENDS[towards]] = met * area
    return tuple(sorted((end for end in areas if areas[end] >= LEAST_CUT_MM2), key=lambda end: -areas[end]))
