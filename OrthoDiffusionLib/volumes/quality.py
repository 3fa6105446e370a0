"""What a study lacks, as notices: missing planes, few slices, wrong kind of image, wrong part."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.volumes.plane import is_3d, slice_axis, slice_step_mm
from OrthoDiffusionLib.volumes.registration import find_displaced
from OrthoDiffusionLib.volumes.resampling import grids_overlap
from OrthoDiffusionLib.volumes.selection.image_kind import is_not_mr, looks_like_labels
from OrthoDiffusionLib.volumes.selection.plane_choice import FEW_SLICES, is_other_body_part
from OrthoDiffusionLib.volumes.study import Study
from OrthoDiffusionLib.volumes.volume import Volume

# The limits below are ours; where one was chosen on images, that is said beside it.

SMALL_FIELD_MM = 80.0
"""Less than this in the plane of a slice does not show a joint with its surroundings."""

SHORT_STACK_MM = 45.0
"""A stack shorter than this leaves a part of the joint out."""

COARSE_PIXEL_MM = 1.2
"""Menisci and ligaments are 1 to 5 mm thick; larger pixels blur them away."""


THICK_SLICE_MM = 5.75
"""Slices that are, rounded, 6 mm thick or apart. On the sample exam, every second slice left out (5.8 to 6.6 mm apart):
the probability of its anterior cruciate injury falls from 62 to 12 %."""


CLIPPED_SHARE, CLIPPED_BAND = 0.015, 0.05
"""More voxels than this share have the highest value, and more than the band of the scale below holds. A display's
window clips up to 1.1 % (so does that of the digital joints, which the networks learn from), which costs nothing."""


def check_study(study: Study) -> list[Notice]:
    """Look for what lowers confidence in an analysis.

    Returns:
        Notices with the codes ``single_plane``, ``missing_plane``, ``few_slices``, ``short_stack``,
        ``small_field_of_view``, ``coarse_pixels``, ``thick_slices``, ``empty_slices``, ``constant``, ``saturated``,
        ``label_map``, ``not_mr``, ``other_body_part`` and ``views_apart`` (for volumes that share no space; for those
        that do, see `check_movement`). What the study already noticed when it was
        put together (`study.notices`) is not said again.
    """
    notices = _missing_planes(study)
    for volume in study.volumes:
        notices += [
            *_check_grid(volume),
            *_check_thickness(volume),
            *_check_values(volume),
            *_check_origin(volume, study),
        ]
    return [*notices, *_check_places(study)]


def _missing_planes(study: Study) -> list[Notice]:
    missing = [plane.value for plane in study.missing_planes]
    if not missing:
        return []
    if len(study.planes) == 1:
        only = next(iter(study.planes)).value
        return [Notice("single_plane", values={"only": only, "missing": missing})]
    return [Notice("missing_plane", values={"plane": plane}) for plane in missing]


def _check_grid(volume: Volume) -> list[Notice]:
    geometry = volume.geometry
    axis = slice_axis(geometry)
    in_plane = [n for n in range(3) if n != axis]
    extent, spacing = geometry.extent_mm, geometry.spacing_mm
    pixel_mm = max(spacing[n] for n in in_plane)
    notices = []
    if geometry.shape[axis] < FEW_SLICES:
        notices.append(Notice("few_slices", where=volume.name, values={"slices": geometry.shape[axis]}))
    elif extent[axis] < SHORT_STACK_MM:
        notices.append(Notice("short_stack", where=volume.name, values={"covered_mm": extent[axis]}))
    if min(extent[n] for n in in_plane) < SMALL_FIELD_MM:
        sizes = [extent[n] for n in in_plane]
        notices.append(Notice("small_field_of_view", where=volume.name, values={"sizes_mm": sizes}))
    if pixel_mm > COARSE_PIXEL_MM:
        notices.append(Notice("coarse_pixels", where=volume.name, values={"pixel_mm": pixel_mm}))
    return notices


def _check_thickness(volume: Volume) -> list[Notice]:
    """Thick or far apart: both hide what is small. Overlapping thick slices are near, yet each blurs as much."""
    if is_3d(volume.geometry):
        return []
    step = slice_step_mm(volume.geometry)
    thickness = volume.thickness_mm or 0.0
    if max(step, thickness) < THICK_SLICE_MM:
        return []
    if step >= thickness - 0.05:
        return [Notice("thick_slices", "apart", where=volume.name, values={"step_mm": step})]
    return [Notice("thick_slices", "thick", where=volume.name, values={"thickness_mm": thickness})]


def _check_values(volume: Volume) -> list[Notice]:
    axis = slice_axis(volume.geometry)
    array = np.moveaxis(volume.array, axis, 0)
    coarse = array[:, ::2, ::2].reshape(array.shape[0], -1)
    low, high = float(coarse.min()), float(coarse.max())
    if low == high:
        return [Notice("constant", where=volume.name)]
    notices = []
    flat = np.flatnonzero(coarse.max(axis=1) == coarse.min(axis=1))
    if flat.size:
        values = {"empty": flat.size, "slices": array.shape[0]}
        notices.append(Notice("empty_slices", where=volume.name, values=values))
    # Many voxels at the very top, against hardly any just below: the scale ended too early.
    top = np.count_nonzero(coarse >= high) / coarse.size
    below = np.count_nonzero(coarse >= high - CLIPPED_BAND * (high - low)) / coarse.size - top
    if top > CLIPPED_SHARE and top > below:
        notices.append(Notice("saturated", where=volume.name, values={"share": top}))
    return notices


def _check_origin(volume: Volume, study: Study) -> list[Notice]:
    notices = []
    if is_not_mr(volume) and volume.modality:
        notices.append(Notice("not_mr", "marked", where=volume.name, values={"modality": volume.modality}))
    elif is_not_mr(volume):
        notices.append(Notice("not_mr", "unmarked", where=volume.name))
    if looks_like_labels(volume.array):
        notices.append(Notice("label_map", where=volume.name))
    if volume.body_part and is_other_body_part(volume, study.joint):
        values = {"part": volume.body_part.strip().lower(), "joint": study.joint.name}
        notices.append(Notice("other_body_part", where=volume.name, values=values))
    return notices


def _check_places(study: Study) -> list[Notice]:
    """Views that share no space cannot be fused: two visits, two joints, or lost positions."""
    planes = list(study.planes)
    apart = [
        (one, other)
        for number, one in enumerate(planes)
        for other in planes[number + 1 :]
        if not grids_overlap(study.planes[one].geometry, study.planes[other].geometry)
    ]
    return [Notice("views_apart", values={"one": one, "other": other}) for one, other in apart]


def check_movement(study: Study) -> list[Notice]:
    """Look for a series in which the joint lies elsewhere than in the others: the patient moved between them.

    Compares the pictures themselves, which takes about a second.

    Returns:
        A notice with the code ``views_apart``, or nothing.
    """
    volumes = list(study.volumes)
    if len(volumes) < 2 or _check_places(study) or any(volume.array.min() == volume.array.max() for volume in volumes):
        return []
    found = find_displaced(volumes)
    if found is None:
        return []
    volume, motion = found
    values = {"shift_mm": motion.shift_mm, "degrees": motion.degrees}
    return [Notice("views_apart", "moved", where=volume.name, values=values)]
