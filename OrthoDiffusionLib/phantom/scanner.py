"""Scanner: from a phantom to the three views of a study, and from the parts of a view to its picture."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..volumes.geometry import Geometry
from ..volumes.plane import Plane
from . import artefacts
from .acquisition import PIXEL_MM, Acquisition, draw_acquisitions
from .centres import Centre, SeriesSetting, centre_named, draw_setting, draw_subject
from .contrast import TissueValues
from .phantom import Phantom
from .pose import Pose, draw_pose
from .sampling import CENTRE, sample_parts, sub_positions
from .view_parts import SampledStudy, ViewParts, WorldParts, visible_abnormalities

_WORLD_SPACING_MM = 1.0
_THUMBNAIL_STEP = 4


def sample_study(
    phantom: Phantom, seed: int, *, style: str = "mixed", pixel_mm: float | None = PIXEL_MM
) -> SampledStudy:
    """Place a phantom in the scanner and cut the three views of a study.

    Args:
        phantom: canonical right joint.
        seed: of pose, warp, slices and field of view; the same seed gives the same study.
        style: "slices", "isotropic" or "mixed" (one study in ten is isotropic).
        pixel_mm: in-plane pixel; None draws one a clinic would store.

    Returns:
        Three views in one right-knee world, RAS millimetres. An abnormality is positive only if its lesion is
        visible in one of the views.
    """
    rng = np.random.default_rng([int(seed), 1])
    pose = draw_pose(rng, phantom.placing.hinge)
    acquisitions = draw_acquisitions(rng, phantom.placing, style=style, pixel_mm=pixel_mm)
    return assemble_study(phantom, seed, pose, acquisitions)


def assemble_study(phantom: Phantom, seed: int, pose: Pose, acquisitions: Mapping[Plane, Acquisition]) -> SampledStudy:
    """Cut given stacks from a phantom in a given pose; `sample_study` draws both."""
    views = {plane: sample_view(phantom, pose, acquisition) for plane, acquisition in acquisitions.items()}
    visible = visible_abnormalities(views)
    isotropic = any(acquisition.blur_mm > 0 for acquisition in acquisitions.values())
    return SampledStudy(
        seed=int(seed),
        anatomy=phantom.anatomy,
        style="isotropic" if isotropic else "slices",
        views=views,
        abnormalities=visible,
        grades={name: grade if visible[name] else 0 for name, grade in phantom.grades.items()},
        world=sample_world(phantom, pose),
    )


def sample_view(phantom: Phantom, pose: Pose, acquisition: Acquisition) -> ViewParts:
    """Cut one stack from a phantom in a pose."""
    offsets = (*sub_positions(acquisition.thickness_fraction), *CENTRE)
    parts = sample_parts(phantom.parts, phantom.geometry, pose, acquisition.geometry, offsets)
    return ViewParts(
        plane=acquisition.plane,
        parts=parts[:-1],
        centre=parts[-1],
        geometry=acquisition.geometry,
        tables=phantom.tables,
        blur_mm=acquisition.blur_mm,
    )


def sample_world(phantom: Phantom, pose: Pose) -> WorldParts:
    """The parts around the joint on a 1 mm grid of the world the views share."""
    geometry = Geometry.from_box(*phantom.placing.reach_ras, _WORLD_SPACING_MM)
    return WorldParts(sample_parts(phantom.parts, phantom.geometry, pose, geometry)[0], geometry, phantom.tables)


def render_study(study: SampledStudy, centre: str | Centre, rng: np.random.Generator) -> dict[Plane, np.ndarray]:
    """Pictures of all views of a study at one centre, of one and the same person; see `render_view`."""
    subject = draw_subject(study.tables.tissue_names, rng)
    return {plane: render_view(view, centre, rng, subject=subject) for plane, view in study.views.items()}


def render_view(
    view: ViewParts,
    centre: str | Centre | SeriesSetting,
    rng: np.random.Generator,
    *,
    subject: TissueValues | None = None,
) -> np.ndarray:
    """The picture a centre would take of a view.

    Args:
        view: parts of a view or of any crop of one.
        centre: name or Centre, for which a setting is drawn, or a setting from `draw_setting`.
        rng: the only source of chance: the same generator state gives the same picture.
        subject: values of one person, so that his views agree; drawn if None.

    Returns:
        (S, H, W) float32, 0 or more, about 1 for the brightest tissues; not normalised.

    Raises:
        OrthoDiffusionError: if there is no centre of that name.
    """
    names = view.tables.tissue_names
    setting = (
        centre
        if isinstance(centre, SeriesSetting)
        else draw_setting(centre_named(centre), view.plane, names, rng, subject)
    )
    strengths = setting.strengths
    image = _acquired(view, setting, rng, _bright_level(view, setting))
    windowed = rng.random() < strengths["windowed"]
    levels = artefacts.display_levels(image, rng)
    image = artefacts.display_window(image, levels, gamma=strengths["gamma"], windowed=windowed)
    return artefacts.darken_border(image, rng) if rng.random() < strengths["dark_border"] else image


def render_crop(
    crop: ViewParts, whole: ViewParts, centre: str | Centre, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A crop's picture as it would be in the picture of the whole view, at little more than the crop's cost.

    Brightness and display window come from the whole view, not from what the crop happens to show; else a
    network would learn intensities that it never meets in use.

    Args:
        crop: a window of `whole`.
        whole: the view.
        centre: name or Centre.
        rng: the only source of chance.

    Returns:
        The crop's picture (S, H, W) float32, and a thumbnail of the whole view's in the same units, whose
        intensity statistics are the view's.
    """
    setting = draw_setting(centre_named(centre), whole.plane, whole.tables.tissue_names, rng, None)
    strengths = setting.strengths
    reference = _bright_level(whole, setting)
    thumbnail = _acquired(whole.thinned(_THUMBNAIL_STEP), setting, rng, reference)
    image = _acquired(crop, setting, rng, reference)
    windowed = rng.random() < strengths["windowed"]
    levels = artefacts.display_levels(thumbnail, rng)
    image, thumbnail = (
        artefacts.display_window(part, levels, gamma=strengths["gamma"], windowed=windowed)
        for part in (image, thumbnail)
    )
    return (artefacts.darken_border(image, rng) if rng.random() < strengths["dark_border"] else image), thumbnail


def _acquired(view: ViewParts, setting: SeriesSetting, rng: np.random.Generator, bright: float) -> np.ndarray:
    """What the scanner measures: (S, H, W) float32, about 1 where the signal is `bright`."""
    strengths = setting.strengths
    spacing = tuple(float(mm) for mm in view.geometry.spacing_mm)
    phase_axis = int(rng.integers(1, 3))
    water, fat, vessel = _tissue_images(view, setting, rng, spacing)
    image = water + _fat_image(fat, setting, rng, spacing, 3 - phase_axis)
    image *= artefacts.shading(rng, view.geometry, strengths["bias"])
    if strengths["slice_jitter"] > 0:
        jitter = rng.normal(0.0, strengths["slice_jitter"], image.shape[0])
        image *= np.exp(jitter).astype(np.float32)[:, None, None]
    if strengths["flow_ghost"] > 0.03 and vessel is not None:
        image += artefacts.flow_ghosts(vessel, rng, strengths["flow_ghost"], phase_axis)
    image *= np.float32(1.0 / max(bright, 1e-3))
    blurred = dict(strengths, blur_mm=float(np.hypot(strengths["blur_mm"], view.blur_mm)))
    return artefacts.through_k_space(
        image,
        rng,
        pixel_mm=spacing[1],
        noise_sd=strengths["noise"],
        phase_axis=phase_axis,
        strengths=blurred,
        moved=rng.random() < strengths["motion"],
    )


def _tissue_images(
    view: ViewParts, setting: SeriesSetting, rng: np.random.Generator, spacing: tuple[float, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Water, fat and vessel signal (S, H, W) of a view, with texture, averaged over each voxel."""
    tissue = view.tables.tissue
    columns = np.concatenate([setting.water[:, None], setting.fat[:, None], setting.texture], axis=1)
    table = columns[tissue].T.astype(np.float32)
    # Most voxels hold one part only; the four places are worth averaging just where they differ.
    mixed = np.flatnonzero((view.parts != view.centre).any(axis=0))
    centre = view.centre.ravel().astype(np.intp)
    inside = view.parts.reshape(len(view.parts), -1)[:, mixed].astype(np.intp)
    shape = view.centre.shape
    images = []
    for row in table:
        image = row[centre]
        image[mixed] = row[inside].mean(axis=0)
        images.append(image.reshape(shape))
    water, fat, grain, patch, fibre = images
    pixel = spacing[1]
    modulation = grain * artefacts.smooth_noise(rng, shape, spacing, (spacing[0], max(1.1, pixel), max(1.1, pixel)))
    modulation += patch * artefacts.smooth_noise(rng, shape, spacing, (8.0, 6.0, 6.0))
    # Muscle fibres and the septa of fat between them run along the limb: down the rows, or through axial slices.
    along = (14.0, 2.2, 2.2) if view.plane is Plane.AXIAL else (spacing[0], 16.0, 2.2)
    strands = artefacts.smooth_noise(rng, shape, spacing, along)
    strands *= fibre
    modulation += 1.0
    water *= np.maximum(modulation - strands, 0.0)
    # Septa are thin and bright: only the upper tail of the strands becomes fat.
    septa = np.maximum(strands - 0.8 * fibre, 0.0)
    fat *= np.maximum(modulation, 0.0)
    fat += septa * np.float32(_fat_level(setting, view.tables.tissue_names))
    vessels = [n for n, name in enumerate(view.tables.tissue_names) if name == "vessel"]
    vessel = water * (tissue[view.centre] == vessels[0]) if vessels and setting.strengths["flow_ghost"] > 0.03 else None
    return water, fat, vessel


def _fat_level(setting: SeriesSetting, names: tuple[str, ...]) -> float:
    return float(setting.fat[names.index("subcutaneous_fat")]) if "subcutaneous_fat" in names else 0.0


def _fat_image(
    fat: np.ndarray, setting: SeriesSetting, rng: np.random.Generator, spacing: tuple[float, ...], frequency_axis: int
) -> np.ndarray:
    """What is left of fat, moved along the frequency direction by its chemical shift."""
    strengths = setting.strengths
    pixels = strengths["fat_shift_mm"] / spacing[frequency_axis] * (1 if rng.random() < 0.5 else -1)
    if abs(pixels) > 0.1:
        fat = artefacts.shifted(fat, pixels, frequency_axis)
    if setting.fat_left >= 1.0:
        return fat
    left = np.float32(setting.fat_left)
    if rng.random() < strengths["fat_failure"]:
        left = left + (1 - left) * np.float32(rng.uniform(0.4, 1.0)) * artefacts.failure_of_fat_suppression(
            rng, fat.shape
        )
    return fat * left


def _bright_level(view: ViewParts, setting: SeriesSetting) -> float:
    """Signal that 95 % of the voxels with tissue stay below, before noise and shading."""
    counts = np.bincount(view.centre[:, ::2, ::2].ravel(), minlength=len(view.tables.tissue)).astype(np.float64)
    signal = (setting.water + setting.fat * setting.fat_left)[view.tables.tissue]
    counts[signal <= 0.02 * signal.max()] = 0.0
    if counts.sum() == 0:
        return float(signal.max())
    order = np.argsort(signal)
    share = np.cumsum(counts[order]) / counts.sum()
    return float(signal[order][np.searchsorted(share, 0.95)])
