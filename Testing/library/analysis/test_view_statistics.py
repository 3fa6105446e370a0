"""What a view looks like in numbers: each fault of an image moves its own number, whatever the picture shows."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.analysis import view_statistics as view_statistics_module
from OrthoDiffusionLib.analysis.ghosting import ghosting
from OrthoDiffusionLib.analysis.view_statistics import view_statistics
from OrthoDiffusionLib.views import View
from OrthoDiffusionLib.views.intensity import normalise
from OrthoDiffusionLib.volumes import Geometry, Plane
from OrthoDiffusionLib.volumes.geometry import direction_vectors

SHAPE = (20, 110, 100)


def limb() -> np.ndarray:
    """(S, H, W) a limb in air with a bone that wanders from slice to slice, with texture and noise."""
    rng = np.random.default_rng(0)
    s, h, w = np.meshgrid(*(np.arange(n, dtype=float) for n in SHAPE), indexing="ij")
    across = np.hypot((h - 55) / 40, (w - 50) / 36)
    body = np.clip(8 * (1.0 - across), 0, 1)
    bone = np.clip(6 * (1.0 - np.hypot((h - 40 - 1.6 * s) / 16, (w - 62 + s) / 13)), 0, 1)
    texture = 1.0 + 0.15 * np.sin(w / 3.0 + s / 4) * np.cos(h / 4.0)
    return body * texture * (90.0 - 45.0 * bone) + np.abs(rng.normal(0.0, 3.0, SHAPE))


def statistics_of(array: np.ndarray) -> dict[str, float]:
    grid = Geometry.from_axes(
        array.shape, spacing_mm=(3.5, 1.2, 1.2), directions=direction_vectors(Plane.SAGITTAL.hanging),
        centre_ras=(0.0, 0.0, 0.0),
    )  # fmt: skip
    return view_statistics(View(Plane.SAGITTAL, normalise(array), grid))


@pytest.fixture(scope="module")
def honest() -> dict[str, float]:
    return statistics_of(limb())


def test_slices_out_of_order_do_not_continue_each_other(honest):
    shuffled = statistics_of(limb()[np.random.default_rng(1).permutation(SHAPE[0])])
    assert honest["slice_order"] < 0.75
    assert shuffled["slice_order"] > honest["slice_order"] + 0.3
    assert shuffled["detail"] == pytest.approx(honest["detail"], rel=0.05)  # each slice is as it was


def test_an_inverted_image_has_no_dark_air(honest):
    inverted = statistics_of(limb().max() - limb())
    assert honest["background"] < -0.6
    assert inverted["background"] > honest["background"] + 0.5


def test_a_hole_counts_by_its_bright_rim_alone(honest):
    s, h, w = np.meshgrid(*(np.arange(n, dtype=float) for n in SHAPE), indexing="ij")
    away = np.sqrt(((s - 10) * 3.5 / 1.2) ** 2 + (h - 60) ** 2 + (w - 45) ** 2)
    hole = np.where(away < 9, 0.0, limb())
    with_rim = np.where((away >= 9) & (away < 14) & (h > 60), 170.0, hole)
    assert honest["void_rim"] == 0.0
    assert statistics_of(with_rim)["void_rim"] > statistics_of(hole)["void_rim"] + 0.5


@pytest.mark.parametrize("axis", [1, 2])
def test_ghosts_of_a_moving_patient_repeat_the_image_along_one_axis(honest, axis):
    size = SHAPE[axis]
    moved_mm = 3.0 * np.sin(2 * np.pi * 8.0 * np.linspace(0.0, 1.0, size))  # to and fro, 8 times a scan
    lines = np.exp(-2j * np.pi * np.fft.fftshift(np.fft.fftfreq(size, 1.2)) * moved_mm)
    lines = np.fft.ifftshift(lines).reshape([-1 if n == axis else 1 for n in range(3)])
    ghosted = np.abs(np.fft.ifft(np.fft.fft(limb(), axis=axis) * lines, axis=axis))
    still = statistics_of(limb() + 8.0 * np.random.default_rng(4).normal(size=SHAPE))
    assert statistics_of(ghosted)["ghosting"] > 3.0 * honest["ghosting"]
    assert still["ghosting"] < 1.5 * honest["ghosting"]  # noise alone does not look like it


def test_flat_areas_with_hard_edges_have_rare_and_strong_detail(honest):
    s, h, w = np.meshgrid(*(np.arange(n, dtype=float) for n in SHAPE), indexing="ij")
    drawn = np.where(np.hypot(h - 55, w - 50) < 36, 50.0, -1000.0)
    drawn = np.where(np.abs(np.hypot(h - 40 - 1.6 * s, w - 62 + s) - 14) < 1.5, 1200.0, drawn)
    drawn += np.random.default_rng(2).normal(0.0, 4.0, SHAPE)
    assert statistics_of(drawn)["detail"] > 2.0 * honest["detail"]


@pytest.mark.parametrize("shape", [(1, 40, 40), (3, 3, 90), (8, 12, 12)])
def test_a_small_view_lacks_what_it_cannot_tell(shape):
    found = statistics_of(np.random.default_rng(3).normal(100.0, 10.0, shape))
    assert found["slice_distance"] == 3.5 and all(np.isfinite(list(found.values())))
    assert ("slice_order" in found) == (shape[0] >= 6)


def test_an_image_of_one_value_says_next_to_nothing():
    assert {"slice_distance"} <= set(statistics_of(np.zeros((8, 30, 30))))


def test_a_view_repeats_itself_as_much_when_rows_and_columns_change_places():
    array = normalise(limb())
    assert ghosting(array, 1.0) == pytest.approx(ghosting(array.transpose(0, 2, 1), 1.0), rel=1e-5)


@pytest.mark.parametrize("width", [1, 3, 5, 9])
def test_masks_shrink_and_grow_as_with_scipys_filters(width):
    from scipy import ndimage

    mask = np.random.default_rng(width).random((3, 21, 30)) > 0.2
    window = {"size": (1, width, width), "mode": "constant", "cval": 0}
    assert (view_statistics_module._eroded(mask, width) == ndimage.minimum_filter(mask, **window)).all()
    assert (view_statistics_module._dilated(~mask, width) == ndimage.maximum_filter(~mask, **window)).all()


def test_between_body_on_both_sides_lies_what_is_filled():
    mask = np.zeros((1, 5, 6), dtype=bool)
    mask[0, 1, 1:5] = mask[0, 3, 1:5] = True
    mask[0, 2, [1, 4]] = True
    expected = mask.copy()
    expected[0, 2, 1:5] = True
    assert (view_statistics_module._filled(mask) == expected).all()
