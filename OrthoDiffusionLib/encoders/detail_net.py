"""DetailNet: an encoder's finest features once more, at twice the resolution, in a window around the joint."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from OrthoDiffusionLib.encoders.joined import of_joined
from OrthoDiffusionLib.encoders.memory_order import enlarged
from OrthoDiffusionLib.encoders.unet3d import IN_PLANE, bare, convolution, start_at_zero

DETAIL_RATIO = 2
"""A view's pixels are this many times as fine as its encoder's, where a bundle has detail."""


class DetailNet(nn.Module):
    """Adds to an encoder's features what only the finer pixels show.

    The anatomy is known at the encoder's resolution; a meniscal tear or a cartilage's surface is thinner than
    its pixels. So only the last step is done finely, and only where small structures lie: the result is the
    encoder's own features, doubled, and a correction that starts at nothing. Whatever reads the encoder's
    finest level reads this too. Nothing here depends on how large the window is.

    Args:
        channels: of the encoder's finest level.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.look = convolution(1, channels // 2, IN_PLANE)
        self.join = convolution(channels + channels // 2, channels, IN_PLANE)
        self.correct = convolution(channels, channels, IN_PLANE)
        start_at_zero(self.correct)

    def forward(self, image: Tensor, features: Tensor) -> Tensor:
        """Features of a window.

        Args:
            image: (B, 1, S, 2 H, 2 W) the view's own pixels.
            features: (B, C, S, H, W) the encoder's finest level in the same window.

        Returns:
            (B, C, S, 2 H, 2 W).
        """
        # a window cut out of a map has lost its memory order, and everything after it would be slower
        features = features.contiguous(memory_format=torch.channels_last_3d)
        doubled = enlarged(features, image.shape[2:])
        seen = functional.silu(self.look(image))
        joined = functional.silu(of_joined(bare(self.join), features, seen.to(features.dtype)))
        return doubled + self.correct(joined)
