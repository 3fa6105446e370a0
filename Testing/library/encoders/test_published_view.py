"""The authors' network behind our denoiser: their noise levels, their features, however many slices a view has."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from OrthoDiffusionLib.diffusion import EPSILON, denoising_loss, sigma_of_step, signal_share
from OrthoDiffusionLib.encoders import PUBLISHED_KIND, build_view_encoder
from OrthoDiffusionLib.encoders.published_view import nearest_windows, window_starts
from OrthoDiffusionLib.volumes import Geometry, Plane

WINDOW = 4
NETWORK = {
    "kind": PUBLISHED_KIND, "channels": [32, 32, 64], "stem_channels": 32, "embedding": 128,
    "sigma": 0.342087, "sigma_data": 2.0, "target": EPSILON, "width": 8,
}  # fmt: skip


@pytest.fixture(scope="module")
def encoder():
    torch.manual_seed(4)
    return build_view_encoder(Plane.SAGITTAL, NETWORK).eval().requires_grad_(False)


def views(slices: int, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(0, 0.5, (1, 1, slices, 12, 20)).astype(np.float32))


def test_its_features_are_the_networks_at_step_100_of_the_view_from_minus_one_to_one(encoder):
    view = views(WINDOW)
    step = torch.tensor([100])
    shown = signal_share(step).float().sqrt() * (view - 1) / 2
    theirs = encoder.denoiser.network.unet.levels(shown, step)
    for ours, level in zip(encoder(view), theirs, strict=True):
        assert torch.allclose(ours, level.repeat_interleave(WINDOW // level.shape[2], dim=2), atol=1e-4)


def test_the_denoiser_takes_away_the_noise_that_the_network_names(encoder):
    clean, noise, step = views(WINDOW), views(WINDOW, 1), torch.tensor([437])
    share = signal_share(step).float()
    named = encoder.denoiser.network.unet(share.sqrt() * (clean - 1) / 2 + (1 - share).sqrt() * noise, step)
    sigma = 2 * sigma_of_step(step).float()
    denoised = encoder.denoiser(clean + sigma * noise, sigma)
    assert torch.allclose(denoised, clean + sigma * (noise - named), atol=1e-3)


def test_its_loss_is_the_squared_error_of_the_noise_at_the_authors_levels(encoder):
    torch.manual_seed(0)
    loss = denoising_loss(encoder.denoiser, views(WINDOW), sigma_data=2.0, target=EPSILON)
    assert 0.2 < float(loss) < 20  # of the order of the noise's variance, 1, for a network that knows nothing


@pytest.mark.parametrize("slices", [1, 3, 4, 5, 9, 12])
def test_a_view_of_any_depth_gives_features_of_every_slice_in_their_place(encoder, slices):
    geometry = Geometry.from_axes(
        (slices, 12, 20), spacing_mm=(4.0, 0.6, 0.6), directions=np.eye(3), centre_ras=(1.0, 2.0, 3.0)
    )
    pyramid = encoder.pyramid(encoder(views(slices)), geometry)
    assert [tuple(level.features.shape) for level in pyramid.levels] == [
        (32, slices, 12, 20), (32, slices, 6, 10), (64, slices, 3, 5),
    ]  # fmt: skip
    for level in pyramid.levels:
        grid = Geometry(level.features.shape[1:], level.affine)
        assert np.allclose(grid.centre_ras, (1.0, 2.0, 3.0))


def test_of_a_deep_view_each_slice_is_read_in_the_window_that_has_it_nearest_to_its_middle(encoder):
    view = views(9)
    starts = window_starts(9, WINDOW)
    assert starts == [0, 2, 5] and nearest_windows(9, starts, WINDOW) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    whole = encoder(view)[0]
    first, last = encoder(view[:, :, :4])[0], encoder(view[:, :, 5:])[0]
    assert torch.allclose(whole[:, :, :3], first[:, :, :3], atol=1e-5)
    assert torch.allclose(whole[:, :, 6:], last[:, :, 1:], atol=1e-5)


@pytest.mark.parametrize("slices", [16, 17, 24, 33, 48, 60])
def test_windows_cover_every_slice_and_stay_inside_the_view(slices):
    starts = window_starts(slices, 16)
    assert starts[0] == 0 and starts[-1] == slices - 16
    assert all(0 < after - before <= 16 for before, after in itertools.pairwise(starts))
    for place, number in enumerate(nearest_windows(slices, starts, 16)):
        assert 0 <= place - starts[number] < 16


def test_settings_that_would_change_its_noise_levels_are_refused():
    with pytest.raises(ValueError, match=r"sigma_data must be 2.0"):
        build_view_encoder(Plane.AXIAL, {**NETWORK, "sigma_data": 0.5})
    with pytest.raises(ValueError, match="embedding of 128"):
        build_view_encoder(Plane.AXIAL, {**NETWORK, "embedding": 64})
