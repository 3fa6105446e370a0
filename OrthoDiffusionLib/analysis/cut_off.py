"""Structures that a picture of a joint should show in full, and that the field of view cuts off or leaves out."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.anatomy import Joint
from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.findings.segmentation import Segmentation
from OrthoDiffusionLib.volumes.geometry import OPPOSITE

LEAST_CUT_MM2 = 25.0
"""Of a border that a structure meets less is a few stray voxels (ours)."""

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
