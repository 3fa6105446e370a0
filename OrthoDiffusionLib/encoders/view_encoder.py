"""ViewEncoder: the diffusion model of one plane, read for its features."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from OrthoDiffusionLib.diffusion import EDM, Denoiser
from OrthoDiffusionLib.encoders.feature_pyramid import FeatureLevel, FeaturePyramid, level_affine
from OrthoDiffusionLib.encoders.unet3d import UNet3D
from OrthoDiffusionLib.volumes import Geometry, Plane

EMPTY = -1.0  # what a normalised view shows where nothing was imaged


class ViewEncoder(nn.Module):
    """Turns a view of its plane into a FeaturePyramid.

    The features are those of the denoiser's decoder at one low noise level, for the clean view in one pass:
    no noise is drawn, so that the same view always gives the same features. (Our choice; the original
    draws noise at step 100 of 1000 and reads the bottleneck.)

    Args:
        plane: whose views it was pretrained on.
        denoiser: D(x; sigma) around a `UNet3D`.
        sigma: the noise level whose features are read.
    """

    def __init__(self, plane: Plane, denoiser: Denoiser, *, sigma: float) -> None:
        super().__init__()
        if not isinstance(denoiser.network, UNet3D):
            kind = type(denoiser.network).__name__
            raise ValueError(f"the denoiser must be built around a UNet3D, got {kind} instead")
        if not sigma > 0:
            raise ValueError(f"sigma must be above 0, got {sigma} instead")
        self.plane = plane
        self.denoiser = denoiser
        self.sigma = sigma

    @property
    def unet(self) -> UNet3D:
        """The denoiser's network."""
        network = self.denoiser.network
        assert isinstance(network, UNet3D)  # the constructor made sure
        return network

    @property
    def tap_channels(self) -> tuple[int, ...]:
        """Channels of the levels, finest first."""
        return self.unet.tap_channels

    def forward(self, views: Tensor) -> list[Tensor]:
        """Features at every level, finest first.

        Args:
            views: (B, 1, S, H, W) normalised views, any size.

        Returns:
            (B, C, S', H', W') a level; the finest has the views' own size.
        """
        size = views.shape[2:]
        multiple = self.unet.multiple
        pad = [(-length) % step for length, step in zip(size, multiple, strict=True)]
        if any(pad):  # only behind the end: indices, and with them places, stay what they were
            views = functional.pad(views, (0, pad[2], 0, pad[1], 0, pad[0]), value=EMPTY)
        sigma = torch.full((len(views),), self.sigma, device=views.device)
        taps = self.unet.taps(*self.denoiser.network_input(views, sigma))
        return [taps[0][:, :, : size[0], : size[1], : size[2]], *taps[1:]]

    def pyramid(self, features: list[Tensor], geometry: Geometry) -> FeaturePyramid:
        """The features of one view (batch of one), each level with its place in the world."""
        strides = self.unet.tap_strides
        return FeaturePyramid(
            tuple(
                FeatureLevel(level[0], level_affine(geometry, stride))
                for level, stride in zip(features, strides, strict=True)
            )
        )


def build_view_encoder(plane: Plane, network: dict) -> ViewEncoder:
    """A ViewEncoder with fresh weights, from the manifest's `network` entry."""
    unet = UNet3D(
        channels=tuple(network["channels"]),
        stem_channels=network["stem_channels"],
        embedding=network["embedding"],
    )
    denoiser = Denoiser(unet, sigma_data=network["sigma_data"], target=network.get("target", EDM))
    return ViewEncoder(plane, denoiser, sigma=network["sigma"])
