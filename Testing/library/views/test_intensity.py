"""Scanner units come out alike, whatever the scanner."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.views import normalise
from OrthoDiffusionLib.views.intensity import HIGHEST, LOWEST


def limb(*, air=20.0, marrow=60.0, muscle=140.0, fluid=600.0, noise=8.0, seed=0):
    """A round limb in air with dark marrow and a little bright fluid, (20, 96, 96); and its body."""
    rng = np.random.default_rng(seed)
    _, y, x = np.meshgrid(np.arange(20), np.arange(96), np.arange(96), indexing="ij")
    radius = np.hypot(y - 48, x - 48)
    image = np.full(radius.shape, air)
    image[radius < 38] = muscle
    image[radius < 20] = marrow
    image[(np.abs(y - 48) < 3) & (radius < 15)] = fluid
    return np.abs(image + rng.normal(0, noise, image.shape)).astype(np.float32), radius < 38


@pytest.mark.parametrize(
    "tissue",
    [
        {},  # fat-suppressed, fluid bright
        {"marrow": 500.0, "muscle": 180.0, "fluid": 300.0},  # bright fat
        {"air": 0.0, "noise": 0.0},  # zero background
        {"noise": 20.0},
    ],
)
def test_the_body_gets_mean_0_and_standard_deviation_a_half(tissue):
    image, body = limb(**tissue)
    result = normalise(image)
    assert result.dtype == np.float32
    assert result[body].mean() == pytest.approx(0.0, abs=0.15)
    assert result[body].std() == pytest.approx(0.5, abs=0.15)
    assert result.min() >= LOWEST and result.max() <= HIGHEST
    assert result[body].mean() > result[~body].mean()


@pytest.mark.parametrize(("scale", "offset"), [(1.0, 500.0), (37.5, 0.0), (0.01, -3.0), (4.0, -2000.0)])
def test_scale_and_offset_do_not_matter(scale, offset):
    image, _ = limb()
    np.testing.assert_allclose(normalise(scale * image + offset), normalise(image), atol=5e-3)


def test_an_8_bit_export_looks_like_the_original():
    image, body = limb()
    window = np.clip(image / 500.0 * 255.0, 0, 255).astype(np.uint8)
    difference = np.abs(normalise(window) - normalise(image))[body]
    assert np.median(difference) < 0.1


def test_coil_shading_changes_the_scale_little():
    image, body = limb()
    shading = np.linspace(0.6, 1.4, 96, dtype=np.float32)[None, :, None]
    shaded = normalise(image * shading)
    assert shaded[body].mean() == pytest.approx(0.0, abs=0.15)
    assert shaded[body].std() == pytest.approx(0.5, abs=0.15)


def test_one_hot_voxel_does_not_darken_everything():
    image, body = limb()
    hot = image.copy()
    hot[3, 40, 40] = 1e6
    assert np.abs(normalise(hot) - normalise(image))[body].max() < HIGHEST - LOWEST
    assert np.median(np.abs(normalise(hot) - normalise(image))[body]) < 0.01


def test_a_constant_image_becomes_zero_and_a_nearly_constant_one_stays_finite():
    assert not normalise(np.full((4, 5, 6), 7, np.int16)).any()
    speck = np.zeros((40, 40, 40), np.float32)
    speck[3, 3, 3] = 1.0
    assert np.isfinite(normalise(speck)).all()


def test_what_cannot_be_normalised_is_refused():
    with pytest.raises(ValueError, match="empty"):
        normalise(np.zeros((0, 3)))
    with pytest.raises(ValueError, match="finite"):
        normalise(np.full((5, 5), np.nan))
