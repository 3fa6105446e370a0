"""What a study lacks, as notices: missing planes, few slices, wrong kind of image, wrong part."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.volumes.plane import Plane, is_3d, slice_axis, slice_step_mm
from OrthoDiffusionLib.volumes.registration import find_displaced
from OrthoDiffusionLib.volumes.resampling import grids_overlap
from OrthoDiffusionLib.volumes.selection.image_kind import is_not_mr, looks_like_labels
from OrthoDiffusionLib.volumes.selection.plane_choice import FEW_SLICES, is_other_body_part
from OrthoDiffusionLib.volumes.study import Study
from OrthoDiffusionLib.volumes.volume import Volume

SMALL_FIELD_MM = 80.0
"""Less than this in the plane of a slice does not show a joint with its surroundings."""

SHORT_STACK_MM = 45.0
"""A stack shorter than this leaves a part of the joint out."""

COARSE_PIXEL_MM = 1.2
"""Menisci and ligaments are 1 to 5 mm thick; larger pixels blur them away."""


THICK_SLICE_MM = 5.75
"""Slices that are, rounded, 6 mm thick or apart. On the sample exam, every second slice left out (5.8 to 6.6 mm apart):
the probability of its anterior cruciate injury falls from 62 to 12 %."""


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
    remedy = "Findings that these planes show best are less certain or not assessed."
    if len(study.planes) == 1:
        only = next(iter(study.planes)).value
        return [
            Notice(
                "single_plane",
                f"Only the {only} plane is there; {' and '.join(missing)} are missing. No view can check another",
                remedy=remedy,
            )
        ]
    return [Notice("missing_plane", f"The {plane} plane is missing", remedy=remedy) for plane in missing]


def _check_grid(volume: Volume) -> list[Notice]:
    geometry = volume.geometry
    axis = slice_axis(geometry)
    in_plane = [n for n in range(3) if n != axis]
    extent, spacing = geometry.extent_mm, geometry.spacing_mm
    notices = []
    if geometry.shape[axis] < FEW_SLICES:
        notices.append(
            Notice("few_slices", f"The volume has only {geometry.shape[axis]} slices",
                   where=volume.name, remedy="Choose the full series; this one looks like a localizer.")
        )  # fmt: skip
    elif extent[axis] < SHORT_STACK_MM:
        notices.append(
            Notice("short_stack", f"The slices cover only {extent[axis]:.0f} mm of the joint",
                   where=volume.name, remedy="What lies outside is not assessed.")
        )  # fmt: skip
    if min(extent[n] for n in in_plane) < SMALL_FIELD_MM:
        sizes = " × ".join(f"{extent[n]:.0f}" for n in in_plane)
        notices.append(
            Notice("small_field_of_view", f"A slice shows only {sizes} mm",
                   where=volume.name, remedy="Structures at its border are not measured in full.")
        )  # fmt: skip
    if max(spacing[n] for n in in_plane) > COARSE_PIXEL_MM and not is_3d(geometry):
        notices.append(
            Notice("coarse_pixels", f"Pixels are as large as {max(spacing[n] for n in in_plane):.1f} mm",
                   where=volume.name, remedy="Small tears cannot be seen at this resolution.")
        )  # fmt: skip
    return notices


def _check_thickness(volume: Volume) -> list[Notice]:
    """Thick or far apart: both hide what is small. Overlapping thick slices are near, yet each blurs as much."""
    if is_3d(volume.geometry):
        return []
    step = slice_step_mm(volume.geometry)
    thickness = volume.thickness_mm or 0.0
    if max(step, thickness) < THICK_SLICE_MM:
        return []
    how = f"{step:.1f} mm apart" if step >= thickness - 0.05 else f"{thickness:.1f} mm thick"
    return [
        Notice("thick_slices",
               f"The slices are {how}: ligaments, menisci and small tears cannot be judged on them",
               where=volume.name,
               remedy="An unremarkable result does not rule out an injury; use a series of 4 mm or less.")
    ]  # fmt: skip


def _check_values(volume: Volume) -> list[Notice]:
    axis = slice_axis(volume.geometry)
    array = np.moveaxis(volume.array, axis, 0)
    coarse = array[:, ::2, ::2].reshape(array.shape[0], -1)
    low, high = float(coarse.min()), float(coarse.max())
    if low == high:
        return [Notice("constant", "All voxels have the same value", where=volume.name)]
    notices = []
    flat = np.flatnonzero(coarse.max(axis=1) == coarse.min(axis=1))
    if flat.size:
        notices.append(
            Notice("empty_slices", f"{flat.size} of {array.shape[0]} slices are empty",
                   where=volume.name, remedy="Nothing is assessed there.")
        )  # fmt: skip
    # Many voxels at the very top, against hardly any just below: the scale ended too early.
    top = np.count_nonzero(coarse >= high) / coarse.size
    if top > 0.01:
        notices.append(
            Notice("saturated", f"{top:.0%} of the voxels have the highest value: bright parts are cut off",
                   where=volume.name, remedy="Use the original images, not a windowed export.")
        )  # fmt: skip
    return notices


def _check_origin(volume: Volume, study: Study) -> list[Notice]:
    notices = []
    if is_not_mr(volume):
        kind = f"is marked {volume.modality}" if volume.modality else "looks like computed tomography"
        notices.append(
            Notice("not_mr", f"The volume {kind}; the models know magnetic resonance images only",
                   where=volume.name, remedy="Do not rely on the result.")
        )  # fmt: skip
    if looks_like_labels(volume.array):
        notices.append(
            Notice("label_map", "The volume looks like a label map, not an image",
                   where=volume.name, remedy="Choose the series it was drawn on.")
        )  # fmt: skip
    if is_other_body_part(volume, study.joint):
        part = volume.body_part.strip()
        notices.append(
            Notice("other_body_part", f"The volume is marked as {part.lower()}, not {study.joint.name}",
                   where=volume.name, remedy="Check that the right series was chosen.")
        )  # fmt: skip
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
    return [
        Notice("views_apart",
               f"The {_name(one)} and the {_name(other)} volume do not overlap in the patient",
               remedy="Check that both belong to one joint and one visit.")
        for one, other in apart
    ]  # fmt: skip


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
    return [
        Notice("views_apart",
               f"The joint lies {motion.shift_mm:.0f} mm and {motion.degrees:.0f}° off in this series, as if the "
               "patient had moved between the series",
               where=volume.name,
               remedy="Do not rely on the outlines; analyse the other planes without this one.")
    ]  # fmt: skip


def _name(plane: Plane) -> str:
    return plane.value
