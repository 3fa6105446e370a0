"""Features keep their place in the patient, at every level and for every size of view."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from OrthoDiffusionLib.diffusion import Denoiser
from OrthoDiffusionLib.encoders import NETWORKS, ViewEncoder, build_view_encoder, level_affine
from OrthoDiffusionLib.precision import autocast
from OrthoDiffusionLib.volumes import Geometry, Plane
from OrthoDiffusionLib.volumes.geometry import direction_vectors

NETWORK = {"channels": [8, 8, 16, 16], "stem_channels": 8, "embedding": 16, "sigma": 0.1, "sigma_data": 0.5}


def sagittal(shape):
    return Geometry.from_axes(
        shape, spacing_mm=(3.0, 0.8, 0.8), directions=direction_vectors("LIP"), centre_ras=(5.0, -3.0, 10.0)
    )


def test_a_coarse_voxel_lies_in_the_middle_of_the_fine_ones_it_covers():
    view = sagittal((8, 32, 32))
    affine = level_affine(view, (2, 4, 4))
    covered = view.to_ras(np.stack(np.meshgrid([2, 3], [4, 5, 6, 7], [8, 9, 10, 11], indexing="ij"), -1).reshape(-1, 3))
    place = affine[:3, :3] @ [1, 1, 2] + affine[:3, 3]
    assert place == pytest.approx(covered.mean(axis=0), abs=1e-9)


@pytest.mark.parametrize("shape", [(20, 100, 90), (5, 33, 47), (24, 96, 96)])
def test_the_finest_features_cover_the_view_whatever_its_size(shape):
    encoder = build_view_encoder(Plane.SAGITTAL, NETWORK).eval()
    with torch.inference_mode():
        features = encoder(torch.zeros(1, 1, *shape))
    assert tuple(features[0].shape) == (1, 8, *shape)
    pyramid = encoder.pyramid(features, sagittal(shape))
    assert pyramid.levels[0].affine == pytest.approx(sagittal(shape).affine)


def test_what_stands_out_in_the_view_stands_out_at_the_same_place_in_the_features():
    torch.manual_seed(0)
    encoder = build_view_encoder(Plane.SAGITTAL, NETWORK).eval()
    quiet = torch.zeros(1, 1, 16, 64, 64)
    loud = quiet.clone()
    loud[0, 0, 9, 40, 21] = 3.0
    with torch.inference_mode():
        pyramid = encoder.pyramid(
            [a - b for a, b in zip(encoder(loud), encoder(quiet), strict=True)], sagittal((16, 64, 64))
        )
    wanted = sagittal((16, 64, 64)).to_ras(np.array([9.0, 40.0, 21.0]))
    for level in pyramid.levels[:3]:
        change = level.features.abs().sum(dim=0)
        index = np.array(np.unravel_index(int(change.argmax()), change.shape), float)
        found = level.affine[:3, :3] @ index + level.affine[:3, 3]
        spacing = np.linalg.norm(level.affine[:3, :3], axis=0)
        assert np.abs(found - wanted).max() <= spacing.max() + 1e-6


def test_the_same_view_always_gives_the_same_features():
    encoder = build_view_encoder(Plane.AXIAL, NETWORK).eval()
    view = torch.randn(1, 1, 8, 32, 32)
    with torch.inference_mode():
        assert torch.equal(encoder(view)[0], encoder(view)[0])


@pytest.mark.parametrize("slices", [3, 4, 5, 8, 12])
def test_a_view_of_few_slices_teaches_what_it_teaches_in_full_precision(slices):
    """torch 2.13 gives wrong bfloat16 gradients where a map is two slices deep."""
    torch.manual_seed(0)
    encoder = build_view_encoder(Plane.SAGITTAL, NETWORK)
    for parameter in encoder.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    view = torch.randn(1, 1, slices, 32, 48)

    def gradients(precision):
        encoder.zero_grad()
        with autocast("cpu", precision):
            loss = sum(level.float().square().mean() for level in encoder(view))
        loss.backward()
        return {name: p.grad.clone() for name, p in encoder.named_parameters() if p.ndim == 5 and p.grad is not None}

    exact = gradients("float32")
    for name, value in gradients("bfloat16").items():
        assert (value - exact[name]).norm() < 0.15 * exact[name].norm() + 1e-4, name


class _Pooling(torch.nn.Module):
    """Another network: the view itself, and averages of it; no U-Net."""

    tap_channels = (1, 1, 1)
    tap_strides = ((1, 1, 1), (1, 2, 2), (1, 4, 4))
    multiple = (1, 4, 4)

    def __init__(self, network):
        super().__init__()
        self.gain = torch.nn.Parameter(torch.tensor(float(network["gain"])))

    def taps(self, x, c_noise):
        return [torch.nn.functional.avg_pool3d(self.gain * x, stride, stride) for stride in self.tap_strides]

    def forward(self, x, c_noise):
        return self.gain * x


def test_another_network_is_one_line_and_its_features_keep_their_place(monkeypatch):
    monkeypatch.setitem(NETWORKS, "pooling", _Pooling)
    network = {"kind": "pooling", "gain": 1.0, "sigma": 0.1, "sigma_data": 0.5}
    encoder = build_view_encoder(Plane.SAGITTAL, network)
    view = torch.zeros(1, 1, 6, 30, 34)
    view[0, 0, 2, 20, 9] = 1.0
    quiet = encoder(torch.zeros_like(view))
    pyramid = encoder.pyramid([a - b for a, b in zip(encoder(view), quiet, strict=True)], sagittal((6, 30, 34)))
    wanted = sagittal((6, 30, 34)).to_ras(np.array([2.0, 20.0, 9.0]))
    for level in pyramid.levels:
        index = np.array(np.unravel_index(int(level.features[0].argmax()), level.features[0].shape), float)
        spacing = np.linalg.norm(level.affine[:3, :3], axis=0)
        assert np.abs(level.affine[:3, :3] @ index + level.affine[:3, 3] - wanted).max() <= spacing.max() / 2


def test_a_network_without_taps_is_refused():
    with pytest.raises(ValueError, match="network with taps, got Conv3d"):
        ViewEncoder(Plane.AXIAL, Denoiser(torch.nn.Conv3d(1, 1, 1)), sigma=0.1)
