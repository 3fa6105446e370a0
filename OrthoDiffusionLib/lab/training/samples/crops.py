"""Crops: from a sampled phantom study to what one training step sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from OrthoDiffusionLib.analysis.inference import FUSION_RATIO
from OrthoDiffusionLib.analysis.model import WINDOW_STEP, Window
from OrthoDiffusionLib.encoders import DETAIL_RATIO, level_affine
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.phantom.engine.placing import Focus
from OrthoDiffusionLib.lab.phantom.engine.view_parts import SampledStudy, ViewParts, WorldParts
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import site_named
from OrthoDiffusionLib.lab.phantom.imaging.scanner import render_crop
from OrthoDiffusionLib.lab.training.engine.recipe import DataRecipe, Recipe
from OrthoDiffusionLib.lab.training.samples.points import Points, box_of, points_of_view, points_of_world, window_of
from OrthoDiffusionLib.views.intensity import apply_scale, body_scale
from OrthoDiffusionLib.volumes import Geometry, Plane


@dataclass(frozen=True)
class DetailCrop:
    """The pixels of a view's crop as fine as the view has them, and the truth in a window of it.

    Attributes:
        image: (S, 2 H, 2 W) float32, normalised; averaged over 2 x 2 pixels it is the crop's.
        geometry: index of `image` to RAS mm.
        window: the part of `image` that the network looks at in detail.
        labels: (S', H', W') uint8 structure labels in the window.
        lesions: (S', H' / 2, W' / 2) bit mask in the window, set where any of 2 x 2 pixels shows them.
    """

    image: np.ndarray
    geometry: Geometry
    window: Window
    labels: np.ndarray
    lesions: np.ndarray


@dataclass(frozen=True)
class ViewCrop:
    """One view's window, at the encoder's pixels.

    Attributes:
        image: (S, H, W) float32, normalised.
        labels: (S, H, W) uint8 structure labels.
        lesions: (S, H / 2, W / 2) bit mask of abnormalities, set where any of 2 x 2 pixels shows them:
            the resolution at which the diagnosis head marks lesions.
        geometry: index to RAS mm of the right-knee world.
        detail: the same in the view's own pixels, if the encoder's are coarser and the finer look is taught.
    """

    image: np.ndarray
    labels: np.ndarray
    lesions: np.ndarray
    geometry: Geometry
    detail: DetailCrop | None = None


@dataclass(frozen=True)
class CropAim:
    """What crops of one joint look at.

    Attributes:
        focus: where the joint lies.
        fine_labels: structures whose inside is drawn as often as what lies where structures meet; all but bones.
    """

    focus: Focus
    fine_labels: Sequence[int]


@dataclass(frozen=True)
class StudyCrop:
    """Windows of the views around one place, and the truth where they meet.

    Attributes:
        views: those that are shown.
        coarse: grid of the fusion.
        coarse_labels: (I, J, K) uint8.
        coarse_lesions: (I, J, K) bit mask; a bit is set if any of the lesion lies in the voxel.
        points: where the fine outlines are taught.
    """

    views: dict[Plane, ViewCrop]
    coarse: Geometry
    coarse_labels: np.ndarray
    coarse_lesions: np.ndarray
    points: Points


def crop_view(view: ViewParts, focus_ras: np.ndarray, recipe: DataRecipe, rng: np.random.Generator) -> ViewCrop:
    """Cut a window around a place, give it a contrast and normalise it.

    The window stays inside the view where the view is large enough, since empty borders teach nothing.
    """
    window = view.cropped(_window_start(view, focus_ras, recipe.crop), recipe.crop)
    image = _picture(window, view, recipe, rng)
    return ViewCrop(image, window.labels, _halved(window.lesions), window.geometry)


def crop_view_with_detail(
    view: ViewParts, focus_ras: np.ndarray, recipe: DataRecipe, rng: np.random.Generator
) -> ViewCrop:
    """As `crop_view`, from a view whose pixels are half as large as the encoder's, with the finer look kept."""
    slices, rows, columns = recipe.crop
    size = (slices, DETAIL_RATIO * rows, DETAIL_RATIO * columns)
    fine = view.cropped(_window_start(view, focus_ras, size), size)
    image = _picture(fine, at_half_the_pixels(view), recipe, rng)
    # the window moves about, so that the network sees its border everywhere
    top, left = (WINDOW_STEP * int(rng.integers((n - recipe.detail_crop) // WINDOW_STEP + 1)) for n in size[1:])
    window = (slice(0, slices), slice(top, top + recipe.detail_crop), slice(left, left + recipe.detail_crop))
    coarse = at_half_the_pixels(fine)
    return ViewCrop(
        image.reshape(slices, rows, DETAIL_RATIO, columns, DETAIL_RATIO).mean(axis=(2, 4)),
        coarse.labels,
        _halved(coarse.lesions),
        coarse.geometry,
        DetailCrop(image, fine.geometry, window, fine.labels[window], _halved(fine.lesions[window])),
    )


def at_half_the_pixels(view: ViewParts) -> ViewParts:
    """A view whose pixels are twice as large; what fills each is taken from the four that it stands for."""
    rows, columns = (n // 2 * 2 for n in view.centre.shape[1:])
    quarters = [(slice(None), slice(a, rows, 2), slice(b, columns, 2)) for a, b in ((0, 0), (1, 1), (0, 1), (1, 0))]
    # the places of a pixel already lie at different depths; each is taken from another of the four
    parts = np.stack([view.parts[(place, *quarters[place % 4])] for place in range(len(view.parts))])
    # where three or four agree, that part; where two stand against two, either
    centre = _second_of_four(*(view.centre[quarter] for quarter in quarters))
    geometry = Geometry(centre.shape, level_affine(view.geometry, (1, 2, 2)))
    return replace(view, parts=parts, centre=centre, geometry=geometry)


def _second_of_four(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> np.ndarray:
    """The second smallest of four numbers each; to sort them would take a hundred times as long."""
    lower = np.maximum(np.minimum(a, b), np.minimum(c, d))
    return np.minimum(lower, np.minimum(np.maximum(a, b), np.maximum(c, d)))


def at_encoder_pixels(view: ViewParts, recipe: Recipe) -> ViewParts:
    """A view at the pixels that the encoders are shown."""
    finer = recipe.encoder_pixel_mm / view.geometry.spacing_mm[1]
    return at_half_the_pixels(view) if abs(finer - 2.0) < 0.1 else view


def check_pixels(view: ViewParts, recipe: Recipe, *, detail: bool = False) -> None:
    """Refuse studies whose pixels the recipe's networks would take for others.

    Args:
        detail: the view's own pixels are looked at, and the encoders' alone do not do.

    Raises:
        TrainingError: if the pixels are neither the recipe's nor, without detail, its encoders'.
    """
    found = view.geometry.spacing_mm[1]
    wanted = {recipe.in_plane_mm} if detail else {recipe.in_plane_mm, recipe.encoder_pixel_mm}
    if not any(abs(found / pixel - 1.0) < 0.05 for pixel in wanted):
        raise TrainingError(
            f"The training studies have pixels of {found:.2g} mm, the recipe wants {recipe.in_plane_mm:g} mm",
            remedy=f"Make them with `orthodiffusion phantom --for-training --pixel-mm {recipe.in_plane_mm:g}`.",
        )


def _window_start(view: ViewParts, focus_ras: np.ndarray, size: tuple[int, int, int]) -> tuple[int, int, int]:
    index = np.rint(view.geometry.to_ijk(focus_ras)).astype(int)
    s, h, w = (
        int(np.clip(i - n // 2, min(0, length - n), max(0, length - n)))
        for i, n, length in zip(index, size, view.geometry.shape, strict=True)
    )
    return s, h, w


def _picture(window: ViewParts, whole: ViewParts, recipe: DataRecipe, rng: np.random.Generator) -> np.ndarray:
    """(S, H, W) float32, normalised by what the whole view would show."""
    image, thumbnail = render_crop(window, whole, site_named(recipe.centre, training=True), rng)
    image = apply_scale(image, body_scale(thumbnail))
    # the same view is never scaled to quite the same values: bright fat and fluid pull at its statistics
    return (image * rng.uniform(0.9, 1.1) + rng.normal(0.0, 0.05)).astype(np.float32)


def _halved(bits: np.ndarray) -> np.ndarray:
    """Bits set in any of 2 x 2 pixels of a slice."""
    return bits[:, ::2, ::2] | bits[:, 1::2, ::2] | bits[:, ::2, 1::2] | bits[:, 1::2, 1::2]


def crop_study(
    study: SampledStudy,
    planes: tuple[Plane, ...],
    recipe: Recipe,
    rng: np.random.Generator,
    *,
    aim: CropAim,
    detail: bool = False,
) -> StudyCrop:
    """One training sample.

    Args:
        study: with its world grid of parts.
        planes: the views to show.
        recipe: sizes, and the imaging site that takes the pictures.
        rng: the only source of chance.
        aim: what to look at.
        detail: keep the views' own pixels, for the finer look.

    Raises:
        TrainingError: if the study was sampled with other pixels than the recipe's, or without its world grid.
    """
    if study.world is None:
        raise TrainingError(
            f"The training study of seed {study.seed} holds no truth between its views",
            remedy="Make the studies anew with `orthodiffusion phantom --for-training`.",
        )
    for plane in planes:
        check_pixels(study.views[plane], recipe, detail=detail)
    world = study.world
    focus = draw_focus(world.lesions, world.geometry, aim.focus, rng)
    data = recipe.data
    views = {
        plane: crop_view_with_detail(study.views[plane], focus, data, rng)
        if detail
        else crop_view(at_encoder_pixels(study.views[plane], recipe), focus, data, rng)
        for plane in planes
    }
    spacing = FUSION_RATIO * recipe.fine_spacing_mm
    # the grid's place against the joint is random, as it is in use
    middle = focus + rng.uniform(-spacing / 2, spacing / 2, 3)
    coarse = Geometry.from_axes(
        (data.fusion_size,) * 3, spacing_mm=(spacing,) * 3, directions=np.eye(3), centre_ras=tuple(middle)
    )
    labels = world.labels
    inside = _gather(labels, world.geometry, coarse)
    lesions = _pool_bits(world.lesions, world.geometry, coarse)
    points = _points(views, world, coarse, data.fine_points, aim.fine_labels, rng)
    return StudyCrop(views, coarse, inside, lesions, points)


def draw_focus(lesions: np.ndarray, geometry: Geometry, focus: Focus, rng: np.random.Generator) -> np.ndarray:
    """A place to look at, RAS mm: mostly the joint, at times a lesion, what lies farther off too.

    Args:
        lesions: bit masks on any grid of the right joint's world.
        geometry: of `lesions`.
        focus: where the joint lies.
    """
    kind = rng.random()
    if kind < 0.3:
        there = int(np.bitwise_or.reduce(lesions, axis=None))
        kinds = [bit for bit in range(8 * lesions.itemsize) if there >> bit & 1]
        if kinds:
            # the kind first: an effusion has a thousand times the voxels of a meniscal tear
            where = np.flatnonzero(lesions.ravel() & (1 << int(rng.choice(kinds))))
            ijk = np.unravel_index(rng.choice(where), lesions.shape)
            return geometry.to_ras(np.array(ijk, float)) + rng.normal(0, 10, 3)
    spread = focus.joint_mm if kind < 0.75 else focus.far_mm
    return np.array(focus.middle_ras) + rng.normal(0, spread)


def _gather(array: np.ndarray, geometry: Geometry, grid: Geometry) -> np.ndarray:
    """Nearest values of `array` on another axis-aligned grid; 255 outside, which losses ignore."""
    index = [
        np.rint(
            (grid.origin_ras[a] - geometry.origin_ras[a] + grid.spacing_mm[a] * np.arange(grid.shape[a]))
            / geometry.spacing_mm[a]
        ).astype(int)
        for a in range(3)
    ]
    valid = [(i >= 0) & (i < n) for i, n in zip(index, array.shape, strict=True)]
    clipped = [np.clip(i, 0, n - 1) for i, n in zip(index, array.shape, strict=True)]
    values = array[np.ix_(*clipped)].copy()
    for axis, inside in enumerate(valid):
        values[tuple(slice(None) if a != axis else ~inside for a in range(3))] = 255
    return values


def _pool_bits(bits: np.ndarray, geometry: Geometry, grid: Geometry) -> np.ndarray:
    """Bits set anywhere inside each voxel of a coarser axis-aligned grid."""
    result = np.zeros(grid.shape, bits.dtype)
    where = np.argwhere(bits)
    if len(where):
        index = np.rint(grid.to_ijk(geometry.to_ras(where.astype(float)))).astype(int)
        inside = ((index >= 0) & (index < grid.shape)).all(axis=1)
        index, values = index[inside], bits[tuple(where[inside].T)]
        np.bitwise_or.at(result, tuple(index.T), values)
    return result


def _points(
    views: Mapping[Plane, ViewCrop],
    world: WorldParts,
    coarse: Geometry,
    count: int,
    fine_labels: Sequence[int],
    rng: np.random.Generator,
) -> Points:
    """Voxel centres of the world grid and pixel centres of the views inside the window, half and half."""
    small = np.isin(np.arange(256), fine_labels)
    low, high = box_of(coarse)
    from_world = count // 2
    each = (count - from_world) // len(views)
    return Points.joined(
        [
            points_of_world(world, window_of(world.geometry, low, high), small, from_world, rng),
            *(points_of_view(view.labels, view.geometry, low, high, small, each, rng) for view in views.values()),
        ]
    )
