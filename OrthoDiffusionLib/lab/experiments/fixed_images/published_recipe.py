"""The original's recipe in small: a U-Net that predicts the noise, read at its bottleneck.

After arXiv 2602.20752 and its public code: cosine schedule of 1000 steps, the noise as the target; features of the
block `mid_2` at step 100; attention pooling beside average pooling; a segmentation head on the
bottleneck alone; the decoder left aside, encoder and middle opened at 0.05 of the heads' rate.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from OrthoDiffusionLib.anatomy import Joint
from OrthoDiffusionLib.diffusion import STEPS, signal_share
from OrthoDiffusionLib.encoders.published_unet import FEATURE_STEP, PublishedUNet
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import EvaluationView
from OrthoDiffusionLib.lab.experiments.fixed_images.label_network import (
    FINDINGS,
    OUTLINES,
    Answers,
    LabelNetwork,
    Rates,
    Rows,
    as_batch,
    at_rows,
)
from OrthoDiffusionLib.precision import autocast

ENCODER_SHARE = 0.05


def published_crop(crop: tuple[int, int, int]) -> tuple[int, int, int]:
    """(S, H, W) voxels that it is pretrained on, where ours is on `crop`: two thirds of the rows and columns.

    Without a cheap top level a crop costs it several times what it costs ours. Whole multiples of its three halvings.
    """
    slices, rows, columns = crop
    return max(8, slices // 8 * 8), max(8, 2 * rows // 3 // 8 * 8), max(8, 2 * columns // 3 // 8 * 8)


def small_unet(width: int = 32) -> PublishedUNet:
    """The published architecture with half the channels or fewer and four levels instead of five.

    With 32 channels at the finest level it has 2.4 million parameters, with 16 a fourth of that.

    At our pixel of 1.2 mm three halvings give its bottleneck the same 10 mm that four give the original's at about
    0.6 mm.
    """
    return PublishedUNet(base=width, multipliers=(1, 1, 1, 2), attention_levels=(3,), groups=min(32, width))


def noised(clean: Tensor, step: Tensor, noise: Tensor) -> Tensor:
    """x_t of Ho et al. 2020 (arXiv 2006.11239), Eq. 4."""
    share = signal_share(step).to(clean).reshape(-1, 1, 1, 1, 1)
    return share.sqrt() * clean + (1 - share).sqrt() * noise


def noise_loss(unet: PublishedUNet, clean: Tensor) -> Tensor:
    """Mean squared error of the predicted noise at uniformly drawn steps (ibid., Eq. 14)."""
    step = torch.randint(STEPS, (len(clean),))
    noise = torch.randn(clean.shape)
    with autocast():
        predicted = unet(noised(clean, step, noise), step)
    return functional.mse_loss(predicted.float(), noise)


class AttentionPooling(nn.Module):
    """(B, C, S, H, W) to (B, 2 C): places weighed by a learned score, beside their plain average."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.score = nn.Conv3d(channels, 1, 1)

    def forward(self, features: Tensor) -> Tensor:
        places = features.flatten(2)
        weight = self.score(features).flatten(2).softmax(dim=2)
        return torch.cat([(places * weight).sum(dim=2), places.mean(dim=2)], dim=1)


class BottleneckOutlines(nn.Module):
    """Outlines from the bottleneck alone: three doublings, and no skip from what is finer."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        widths = (channels, 48, 32, 16)
        self.steps = nn.ModuleList(
            nn.Sequential(nn.Conv3d(a, b, 3, padding=1), nn.GroupNorm(8, b), nn.SiLU())
            for a, b in itertools.pairwise(widths)
        )
        self.last = nn.Conv3d(widths[-1], classes, 1)

    def forward(self, features: Tensor) -> Tensor:
        for step in self.steps:
            features = step(functional.interpolate(features, scale_factor=2, mode="trilinear"))
        return self.last(features)


class PublishedRecipe(LabelNetwork):
    """The small network's encoder and middle, opened a little, and the two heads.

    Args:
        width: channels of the finest level.
    """

    def __init__(self, joint: Joint, tasks: Sequence[str], width: int = 32) -> None:
        super().__init__(joint, tasks)
        self.encoder = small_unet(width)
        for unused in (self.encoder.expanding, self.encoder.output_norm, self.encoder.output_convolution):
            unused.requires_grad_(False)
        channels = self.encoder.channels[-1]
        if OUTLINES in tasks:
            self.outlines = BottleneckOutlines(channels, self.classes)
        if FINDINGS in tasks:
            self.pooling = AttentionPooling(channels)
            self.findings = nn.Linear(2 * channels, self.abnormalities)

    def answers(self, view: EvaluationView, step: int, start: Rows, generator: torch.Generator | None) -> Answers:
        clean, outlines, findings = as_batch(view.image), None, None
        at = torch.tensor([FEATURE_STEP])
        noise = torch.randn(clean.shape, generator=generator)
        with autocast():
            features = self.encoder.to_bottleneck(noised(clean, at, noise), at)
            if OUTLINES in self.tasks:
                outlines = at_rows(self.outlines(features)[0], step, start)
            pooled = self.pooling(features) if FINDINGS in self.tasks else None
        if pooled is not None:
            findings = self.findings(pooled.float())[0]
        return Answers(outlines, findings)

    def groups(self, rates: Rates) -> list[dict]:
        groups = [rates.group([p for p in self.encoder.parameters() if p.requires_grad], ENCODER_SHARE)]
        last: list[nn.Parameter] = []
        if OUTLINES in self.tasks:
            groups.append(rates.group(list(self.outlines.steps.parameters())))
            last += self.outlines.last.parameters()
        if FINDINGS in self.tasks:
            last += [*self.pooling.parameters(), *self.findings.parameters()]
        return [*groups, rates.last(last)]

    def in_use(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters() if parameter.requires_grad)
