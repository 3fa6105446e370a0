"""ViewEncoder: the diffusion model of one plane, read for its features."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast, runtime_checkable

import torch
from torch import Tensor, nn
from torch.nn import functional

from OrthoDiffusionLib.diffusion import EDM, Denoiser
from OrthoDiffusionLib.encoders.feature_pyramid import FeatureLevel, FeaturePyramid, level_affine
from OrthoDiffusionLib.encoders.memory_order import of_batch
from OrthoDiffusionLib.encoders.published_unet import PublishedUNet
from OrthoDiffusionLib.encoders.published_view import PublishedViewNetwork
from OrthoDiffusionLib.encoders.unet3d import Triple, UNet3D
from OrthoDiffusionLib.volumes import Geometry, Plane

EMPTY = -1.0  # what a normalised view shows where nothing was imaged


@runtime_checkable
class ViewNetwork(Protocol):
    """What the network inside a denoiser offers, so that its features can be read.

    Attributes:
        tap_channels: channels of the taps, finest first.
        tap_strides: each tap's stride on the view, (slice, row, column); the finest has (1, 1, 1).
        multiple: views are padded to multiples of this, (slice, row, column).
    """

    tap_channels: tuple[int, ...]
    tap_strides: tuple[Triple, ...]
    multiple: Triple

    def taps(self, x: Tensor, c_noise: Tensor) -> list[Tensor]:
        """(B, 1, S, H, W) and (B,) to the features of every level, finest first."""
        ...


def _unet3d(network: Mapping[str, Any]) -> nn.Module:
    return UNet3D(
        channels=tuple(network["channels"]),
        stem_channels=network["stem_channels"],
        embedding=network["embedding"],
    )


def _published(network: Mapping[str, Any]) -> nn.Module:
    base, channels = network["stem_channels"], network["channels"]
    if network["embedding"] != 4 * base or any(width % base for width in channels):
        raise ValueError(f"{PUBLISHED_KIND} must have an embedding of {4 * base} and multiples of {base} as channels")
    unet = PublishedUNet(
        base=base, multipliers=tuple(width // base for width in channels), attention_levels=(len(channels) - 1,)
    )
    return PublishedViewNetwork(unet, sigma_data=network["sigma_data"])


DEFAULT_KIND = "orthodiffusion-1"
PUBLISHED_KIND = "published-1"
NETWORKS: dict[str, Callable[[Mapping[str, Any]], nn.Module]] = {DEFAULT_KIND: _unet3d, PUBLISHED_KIND: _published}
"""Kind of network -> what builds it, a `ViewNetwork`, from the manifest's `network` entry. A new kind is one line."""

NOISE_CONVENTIONS = {
    PUBLISHED_KIND: "cosine schedule of 1000 steps, Nichol and Dhariwal 2021 (arXiv 2102.09672), Eq. 17; sigma_data of "
    "the denoiser brings our views to theirs"
}
"""Kind of network -> the words of a bundle's manifest on its noise, where it is not EDM's preconditioning."""


class ViewEncoder(nn.Module):
    """Turns a view of its plane into a FeaturePyramid.

    The features are those of the denoiser's decoder at one low noise level, for the clean view in one pass:
    no noise is drawn, so that the same view always gives the same features. (Our choice; the original
    draws noise at step 100 of 1000 and reads the bottleneck.)

    Args:
        plane: whose views it was pretrained on.
        denoiser: D(x; sigma) around a `ViewNetwork`.
        sigma: the noise level whose features are read.
    """

    def __init__(self, plane: Plane, denoiser: Denoiser, *, sigma: float) -> None:
        super().__init__()
        if not isinstance(denoiser.network, ViewNetwork):
            kind = type(denoiser.network).__name__
            raise ValueError(f"the denoiser must be built around a network with taps, got {kind} instead")
        if not sigma > 0:
            raise ValueError(f"sigma must be above 0, got {sigma} instead")
        self.plane = plane
        self.denoiser = denoiser
        self.sigma = sigma

    @property
    def network(self) -> ViewNetwork:
        """The denoiser's network."""
        return cast(ViewNetwork, self.denoiser.network)  # the constructor made sure

    @property
    def tap_channels(self) -> tuple[int, ...]:
        """Channels of the levels, finest first."""
        return self.network.tap_channels

    def forward(self, views: Tensor) -> list[Tensor]:
        """Features at every level, finest first.

        Args:
            views: (B, 1, S, H, W) normalised views, any size.

        Returns:
            (B, C, S', H', W') a level; the finest has the views' own size.
        """
        size = views.shape[2:]
        multiple = self.network.multiple
        pad = [(-length) % step for length, step in zip(size, multiple, strict=True)]
        if any(pad):  # only behind the end: indices, and with them places, stay what they were
            views = functional.pad(views, (0, pad[2], 0, pad[1], 0, pad[0]), value=EMPTY)
        sigma = torch.full((len(views),), self.sigma, device=views.device)
        taps = self.network.taps(*self.denoiser.network_input(views, sigma))
        # a part that is the whole would still cost a gradient of its own
        finest = taps[0][:, :, : size[0], : size[1], : size[2]] if any(pad) else taps[0]
        return [finest, *taps[1:]]

    def pyramid(self, features: list[Tensor], geometry: Geometry) -> FeaturePyramid:
        """The features of one view (batch of one), each level with its place in the world."""
        strides = self.network.tap_strides
        return FeaturePyramid(
            tuple(
                FeatureLevel(of_batch(level), level_affine(geometry, stride))
                for level, stride in zip(features, strides, strict=True)
            )
        )


def build_view_encoder(plane: Plane, network: Mapping[str, Any]) -> ViewEncoder:
    """A ViewEncoder with fresh weights, from the manifest's `network` entry.

    Raises:
        KeyError: for a kind that is not in `NETWORKS`.
    """
    inside = NETWORKS[network.get("kind", DEFAULT_KIND)](network)
    denoiser = Denoiser(inside, sigma_data=network["sigma_data"], target=network.get("target", EDM))
    return ViewEncoder(plane, denoiser, sigma=network["sigma"])
