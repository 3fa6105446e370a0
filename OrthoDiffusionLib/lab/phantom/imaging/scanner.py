"""Scanner: from a phantom to the three views of a study, and from the parts of a view to its picture."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.hardware import with_hardware
from OrthoDiffusionLib.lab.phantom.engine.pose import Pose, draw_pose
from OrthoDiffusionLib.lab.phantom.engine.sampling import CENTRE, sample_parts, sub_positions
from OrthoDiffusionLib.lab.phantom.engine.texture import texture_fields
from OrthoDiffusionLib.lab.phantom.engine.view_parts import SampledStudy, ViewParts, WorldParts, visible_abnormalities
from OrthoDiffusionLib.lab.phantom.imaging import artefacts
from OrthoDiffusionLib.lab.phantom.imaging.acquisition import PIXEL_MM, Acquisition, draw_acquisitions
from OrthoDiffusionLib.lab.phantom.imaging.contrast import TissueValues
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import (
    ImagingSite,
    SeriesSetting,
    draw_setting,
    draw_subject,
    site_named,
)
from OrthoDiffusionLib.lab.phantom.phantom import Phantom
from OrthoDiffusionLib.volumes.face_neighbours import with_face_neighbours
from OrthoDiffusionLib.volumes.geometry import Geometry
from OrthoDiffusionLib.volumes.plane import Plane

_WORLD_SPACING_MM = 1.0
_THUMBNAIL_STEP = 4
# Parts are voxels of about a millimetre; without this what is left of their corners would show in fine pixels.
_PARTS_BLUR_MM = 0.16
# Four places stand for a voxel, a scanner takes all of it: standard deviation in pixels that hides the difference.
_PIXEL_BLUR = 0.25
# Signal of the brightest tissues of a fat-suppressed series, as a share of the proton density of water (ours).
_USUAL_BRIGHT = 0.4


def sample_study(
    phantom: Phantom, seed: int, *, style: str = "mixed", pixel_mm: float | None = PIXEL_MM
) -> SampledStudy:
    """Place a phantom in the scanner and cut the three views of a study.

    Args:
        phantom: canonical right joint; a few get screws of an operation.
        seed: of pose, warp, slices and field of view; the same seed gives the same study.
        style: "slices", "isotropic" or "mixed" (one study in ten is isotropic).
        pixel_mm: in-plane pixel; None draws one a clinic would store.

    Returns:
        Three views in one right-knee world, RAS millimetres. An abnormality is positive only if its lesion is
        visible in one of the views.
    """
    phantom, pose, acquisitions = draw_scan(phantom, seed, style=style, pixel_mm=pixel_mm)
    return assemble_study(phantom, seed, pose, acquisitions)


def draw_scan(
    phantom: Phantom, seed: int, *, style: str = "mixed", pixel_mm: float | None = PIXEL_MM
) -> tuple[Phantom, Pose, dict[Plane, Acquisition]]:
    """What `sample_study` draws of a seed: the phantom, with screws in a few, its pose, and the stacks of slices."""
    rng = np.random.default_rng([int(seed), 1])
    phantom = with_hardware(phantom, seed)
    pose = draw_pose(rng, phantom.placing.hinge)
    return phantom, pose, draw_acquisitions(rng, phantom.placing, style=style, pixel_mm=pixel_mm)


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
    spread = 0.25 * acquisition.thickness_fraction
    parts = sample_parts(phantom.blocks, phantom.geometry, pose, acquisition.geometry, offsets, spread)
    return ViewParts(
        plane=acquisition.plane,
        parts=parts[:-1],
        centre=parts[-1],
        geometry=acquisition.geometry,
        tables=phantom.tables,
        blur_mm=acquisition.blur_mm,
        texture_seed=phantom.seed,
    )


def sample_world(phantom: Phantom, pose: Pose) -> WorldParts:
    """The parts around the joint on a 1 mm grid of the world the views share."""
    geometry = Geometry.from_box(*phantom.placing.reach_ras, _WORLD_SPACING_MM)
    return WorldParts(sample_parts(phantom.blocks, phantom.geometry, pose, geometry)[0], geometry, phantom.tables)


def render_study(study: SampledStudy, site: str | ImagingSite, rng: np.random.Generator) -> dict[Plane, np.ndarray]:
    """Pictures of all views of a study at one imaging site, of one and the same person; see `render_view`."""
    subject = draw_subject(study.tables.tissue_names, rng)
    return {plane: render_view(view, site, rng, subject=subject) for plane, view in study.views.items()}


def render_view(
    view: ViewParts,
    site: str | ImagingSite | SeriesSetting,
    rng: np.random.Generator,
    *,
    subject: TissueValues | None = None,
) -> np.ndarray:
    """The picture an imaging site would take of a view.

    Args:
        view: parts of a view or of any crop of one.
        site: name or ImagingSite, for which a setting is drawn, or a setting from `draw_setting`.
        rng: the only source of chance: the same generator state gives the same picture.
        subject: values of one person, so that his views agree; drawn if None.

    Returns:
        (S, H, W) float32, 0 or more, about 1 for the brightest tissues; not normalised.

    Raises:
        OrthoDiffusionError: if there is no imaging site of that name.
    """
    names = view.tables.tissue_names
    setting = (
        site if isinstance(site, SeriesSetting) else draw_setting(site_named(site), view.plane, names, rng, subject)
    )
    strengths = setting.strengths
    image = _acquired(view, setting, rng, _bright_level(view, setting))
    windowed = rng.random() < strengths["windowed"]
    levels = artefacts.display_levels(image, rng)
    image = artefacts.display_window(image, levels, gamma=strengths["gamma"], windowed=windowed)
    if windowed and rng.random() < strengths["compressed"]:
        image = artefacts.compressed(image, rng.uniform(0.75, 1.0))
    return artefacts.darken_border(image, rng) if rng.random() < strengths["dark_border"] else image


def render_crop(
    crop: ViewParts, whole: ViewParts, site: str | ImagingSite, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A crop's picture as it would be in the picture of the whole view, at little more than the crop's cost.

    Brightness and display window come from the whole view, not from what the crop happens to show; else a
    network would learn intensities that it never meets in use.

    Args:
        crop: a window of `whole`.
        whole: the view.
        site: name or ImagingSite.
        rng: the only source of chance.

    Returns:
        The crop's picture (S, H, W) float32, and a thumbnail of the whole view's in the same units, whose
        intensity statistics are the view's.
    """
    setting = draw_setting(site_named(site), whole.plane, whole.tables.tissue_names, rng, None)
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
    if windowed and rng.random() < strengths["compressed"]:
        image = artefacts.compressed(image, rng.uniform(0.75, 1.0))
    return (artefacts.darken_border(image, rng) if rng.random() < strengths["dark_border"] else image), thumbnail


def _acquired(view: ViewParts, setting: SeriesSetting, rng: np.random.Generator, bright: float) -> np.ndarray:
    """What the scanner measures: (S, H, W) float32, about 1 where the signal is `bright`."""
    strengths = setting.strengths
    spacing = tuple(float(mm) for mm in view.geometry.spacing_mm)
    phase_axis = int(rng.integers(1, 3))
    water, fat = _tissue_images(view, setting)
    metal = _share_of(view, "metal")
    image = water + _fat_image(fat, setting, rng, spacing, 3 - phase_axis, metal)
    before, after = artefacts.coil(
        rng, view.geometry, strengths["bias"], strengths["noise_spread"], strengths["normalised"]
    )
    image *= before
    if strengths["slice_jitter"] > 0:
        jitter = rng.normal(0.0, strengths["slice_jitter"], image.shape[0])
        image *= np.exp(jitter).astype(np.float32)[:, None, None]
    if metal is not None:
        image = artefacts.piled_up(image, metal, spacing, 3 - phase_axis, strengths["metal_shift_mm"])
    if strengths["flow_ghost"] > 0.03:
        vessels = _share_of(view, "vessel")
        if vessels is not None:
            # Blood pulses with its full signal, even where the flow through a slice takes it away.
            vessels *= np.float32(0.6 * setting.water.max())
            image += artefacts.flow_ghosts(vessels, rng, strengths["flow_ghost"], phase_axis)
    image *= np.float32(1.0 / max(bright, 1e-3))
    blurs = (strengths["blur_mm"], view.blur_mm, _PARTS_BLUR_MM, _PIXEL_BLUR * spacing[1])
    blurred = dict(strengths, blur_mm=float(np.linalg.norm(blurs)))
    image = artefacts.through_k_space(
        image,
        rng,
        pixel_mm=spacing[1],
        noise_sd=strengths["noise"] * _noise_share(setting, bright),
        phase_axis=phase_axis,
        strengths=blurred,
        moved=rng.random() < strengths["motion"],
    )
    image *= after
    return image


def _noise_share(setting: SeriesSetting, bright: float) -> float:
    """Noise against the brightest tissues, as a share of what it is in a fat-suppressed series.

    A magnet and a coil make one and the same noise, however bright the tissues are in a contrast.
    """
    return 1.0 if setting.protocol is None else float(np.clip(_USUAL_BRIGHT / max(bright, 1e-3), 0.4, 1.6))


def _tissue_images(view: ViewParts, setting: SeriesSetting) -> tuple[np.ndarray, np.ndarray]:
    """Water and fat signal (S, H, W) of a view, with texture, averaged over each voxel."""
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
        image[mixed] = np.add.reduce(row[inside]) * np.float32(1.0 / len(inside))
        images.append(image.reshape(shape))
    water, fat, grain, patch, fibre, septa, mottle = images
    fields = texture_fields(view.geometry, view.texture_seed)
    specks, patches, strands, walls = fields
    # Specks and patches change the signal, and the share of it that is water.
    grain *= specks
    patch *= patches
    specks += np.float32(0.5) * patches
    mottle *= specks
    septa *= walls
    mottle += septa
    mottle *= water + fat
    modulation = grain
    modulation += patch
    modulation += 1.0
    fat *= modulation
    fat -= mottle
    strands *= fibre
    modulation -= np.float32(0.4) * strands
    water *= modulation
    water += mottle
    # Gaps between fibres are thin: only the upper tail of the strands becomes fat.
    fibre *= 1.2
    strands -= fibre
    np.maximum(strands, 0.0, out=strands)
    strands *= np.float32(3.8 * _fat_level(setting, view.tables.tissue_names))
    fat += strands
    np.maximum(fat, 0.0, out=fat)
    np.maximum(water, 0.0, out=water)
    deep = setting.strengths["cartilage_layers"]
    if deep > 0.02:
        for layer, share in zip(_cartilage_layers(view), (1.0, 0.5), strict=True):
            water[layer] *= np.float32(1.0 - share * deep)
    return water, fat


def _share_of(view: ViewParts, tissue: str) -> np.ndarray | None:
    """(S, H, W) float32 1 where the voxel centre holds a tissue, or None where the view has none of it."""
    names = view.tables.tissue_names
    if tissue not in names:
        return None
    numbers = np.flatnonzero(view.tables.tissue == names.index(tissue))
    where = view.centre == numbers[0] if len(numbers) == 1 else np.isin(view.centre, numbers)
    return where.astype(np.float32) if where.any() else None


def _cartilage_layers(view: ViewParts) -> tuple[np.ndarray, np.ndarray]:
    """(S, H, W) bool each: cartilage within a millimetre of bone, where T2 is shortest, and that next to it."""
    names = view.tables.tissue_names
    kinds = view.tables.tissue[view.centre]
    cartilage = kinds == names.index("cartilage")
    near = np.isin(kinds, [n for n, name in enumerate(names) if name in ("cortical_bone", "thin_cortex")])
    layers = []
    for _ in range(2):
        for _ in range(max(1, round(0.8 / float(view.geometry.spacing_mm[1])))):
            near = with_face_neighbours(near, axes=(1, 2))
        layers.append(cartilage & near)
    return layers[0], layers[1] & ~layers[0]


def _fat_level(setting: SeriesSetting, names: tuple[str, ...]) -> float:
    return float(setting.fat[names.index("subcutaneous_fat")]) if "subcutaneous_fat" in names else 0.0


def _fat_image(
    fat: np.ndarray,
    setting: SeriesSetting,
    rng: np.random.Generator,
    spacing: tuple[float, ...],
    frequency_axis: int,
    metal: np.ndarray | None,
) -> np.ndarray:
    """What is left of fat, moved along the frequency direction by its chemical shift."""
    strengths = setting.strengths
    pixels = strengths["fat_shift_mm"] / spacing[frequency_axis] * (1 if rng.random() < 0.5 else -1)
    if abs(pixels) > 0.1:
        fat = artefacts.shifted(fat, pixels, frequency_axis)
    if setting.fat_left >= 1.0:
        return fat
    left = np.asarray(setting.fat_left, np.float32)
    if rng.random() < strengths["fat_failure"]:
        left = left + (1 - left) * np.float32(rng.uniform(0.4, 1.0)) * artefacts.failure_of_fat_suppression(
            rng, fat.shape
        )
    if metal is not None:
        # Around metal the field is off by more than fat suppression reaches.
        left = np.maximum(left, np.minimum(4.0 * artefacts.halo(metal, spacing, 12.0), 1.0))
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
