"""The original's recipe in small: a U-Net that predicts the noise, read at its bottleneck.

After arXiv 2602.20752 and its public code: cosine schedule of 1000 steps, the noise as the target; features of the
block `mid_2` at step 100; attention pooling beside average pooling, planes concatenated; a segmentation head on the
bottleneck alone; the decoder left aside, encoder and middle opened at 0.05 of the heads' rate.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn
from torch.nn import functional

from OrthoDiffusionLib.diffusion import STEPS, signal_share
from OrthoDiffusionLib.encoders import ByPlane
from OrthoDiffusionLib.encoders.published_unet import PublishedUNet
from OrthoDiffusionLib.lab.experiments.labels.label_crops import Crop
from OrthoDiffusionLib.lab.experiments.labels.label_networks import (
    CLASSES,
    FINDINGS,
    LEAST_PIXELS,
    LabelNetwork,
    Reading,
    Views,
    as_batch,
    bits_of,
    cut,
    padded,
)
from OrthoDiffusionLib.lab.training.engine.checkpoint import restore
from OrthoDiffusionLib.lab.training.engine.engine import Schedule, train
from OrthoDiffusionLib.lab.training.engine.losses import added, classifier_loss, segmentation_loss
from OrthoDiffusionLib.lab.training.engine.recipe import FinetuneRecipe, Recipe
from OrthoDiffusionLib.lab.training.pretraining.pretrain import pretrained_file
from OrthoDiffusionLib.lab.training.pretraining.unlabelled import PlaneViews
from OrthoDiffusionLib.precision import autocast
from OrthoDiffusionLib.volumes import Plane
from OrthoDiffusionLib.volumes.files.atomic import atomic_path

FEATURE_STEP = 100
ENCODER_SHARE = 0.05
_READING_SEED = 100


def small_unet() -> PublishedUNet:
    """The published architecture with half the channels and four levels instead of five: 2.4 million parameters.

    At our pixel of 1.2 mm three halvings give its bottleneck the same 10 mm that four give the original's at about
    0.6 mm.
    """
    return PublishedUNet(base=32, multipliers=(1, 1, 1, 2), attention_levels=(3,))


MULTIPLE = (8, 8, 8)
"""Sides of what the small network is given."""


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


def pretrain_published(
    archive: Path, out: Path, plane: Plane, recipe: Recipe, *, report: Callable[[str], None]
) -> Path:
    """Pretrain the small network of one plane, unless that is done; call again to resume.

    Args:
        archive: folder of phantom shards.
        out: gets the weights and a folder with checkpoint and log.
        plane: whose views to learn.
        recipe: crop, pixel, and of the pretraining steps, batch, rates and average.
        report: gets a line now and then.
    """
    path = pretrained_file(out, plane)
    if path.exists():
        return path
    torch.manual_seed(recipe.seed)
    unet = small_unet()
    unet.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]  # torch's stubs do not know it
    crops = PlaneViews(archive, recipe, plane)
    settings = recipe.pretrain
    weights = train(
        unet,
        [{"params": list(unet.parameters()), "lr": settings.learning_rate, "filter_lr": settings.filter_rate}],
        Schedule(settings.steps, settings.warmup),
        lambda start: (crops[step] for step in range(start, settings.steps)),
        lambda views, step: {"loss": noise_loss(unet, views.contiguous(memory_format=torch.channels_last_3d))},
        out / f"pretrain_{plane.value}",
        ema=settings.ema,
        seed=recipe.seed,
        report=report,
    )
    with atomic_path(path) as temporary:
        temporary.write_bytes(save({name: value.contiguous() for name, value in weights.items()}))
    return path


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

    def __init__(self, channels: int) -> None:
        super().__init__()
        widths = (channels, 48, 32, 16)
        self.steps = nn.ModuleList(
            nn.Sequential(nn.Conv3d(a, b, 3, padding=1), nn.GroupNorm(8, b), nn.SiLU())
            for a, b in itertools.pairwise(widths)
        )
        self.last = nn.Conv3d(widths[-1], CLASSES, 1)

    def forward(self, features: Tensor) -> Tensor:
        for step in self.steps:
            features = step(functional.interpolate(features, scale_factor=2, mode="trilinear"))
        return self.last(features)


class PublishedRecipe(LabelNetwork):
    """The small network's encoder and middle, opened a little, and the two heads."""

    def __init__(self, planes: Sequence[Plane]) -> None:
        super().__init__()
        self.encoders = ByPlane({plane: small_unet() for plane in planes})
        for _, unet in self.encoders.each():
            for unused in (unet.expanding, unet.output_norm, unet.output_convolution):
                unused.requires_grad_(False)
        channels = 64
        self.outlines = ByPlane({plane: BottleneckOutlines(channels) for plane in planes})
        self.pooling = ByPlane({plane: AttentionPooling(channels) for plane in planes})
        self.findings = nn.Linear(2 * channels * len(planes), FINDINGS)

    def load(self, folder: Path) -> None:
        """Take the pretrained weights of every plane."""
        for plane, unet in self.encoders.each():
            path = pretrained_file(folder, plane)
            restore(unet, load_file(path), str(path), kind="pretrained weights are")

    def loss(self, crop: Crop) -> dict[str, Tensor]:
        outlines, findings = self._answers({p: as_batch(view.image) for p, view in crop.items()}, None)
        number = int(torch.randint(4, ()))
        rows = (..., slice(number // 2, None, 2), slice(number % 2, None, 2))
        terms = []
        for plane, view in crop.items():
            labels = torch.from_numpy(view.labels)[rows].flatten()
            terms.append(segmentation_loss(outlines[plane][rows].flatten(1), labels) / len(crop))
        total, found = added(terms), classifier_loss(findings, bits_of(crop), least=LEAST_PIXELS)
        return {"outlines": total, "verdict": found, "loss": total + found}

    @torch.inference_mode()
    def read(self, views: Views) -> Reading:
        batches = {plane: padded(as_batch(view.image), MULTIPLE) for plane, view in views.items()}
        # The same noise for a study, whenever it is read.
        outlines, findings = self._answers(batches, torch.Generator().manual_seed(_READING_SEED))
        labels = {
            plane: cut(outlines[plane], view.image.shape).argmax(dim=0).to(torch.uint8).numpy()
            for plane, view in views.items()
        }
        return Reading(labels, findings.numpy())

    def groups(self, settings: FinetuneRecipe) -> list[dict]:
        share, last = ENCODER_SHARE, [*self.findings.parameters(), *self.pooling.parameters()]
        last += [p for _, head in self.outlines.each() for p in head.last.parameters()]
        rates = {"lr": settings.learning_rate, "filter_lr": settings.filter_rate}
        return [
            {
                "params": [p for p in self.encoders.parameters() if p.requires_grad],
                **{name: share * rate for name, rate in rates.items()},
            },
            {"params": [p for _, head in self.outlines.each() for p in head.steps.parameters()], **rates},
            {"params": last, "lr": settings.learning_rate},
        ]

    def in_use(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters() if parameter.requires_grad)

    def _answers(self, views: dict[Plane, Tensor], generator: torch.Generator | None) -> tuple[dict, Tensor]:
        step = torch.tensor([FEATURE_STEP])
        outlines, pooled = {}, []
        for plane, clean in views.items():
            noise = torch.randn(clean.shape, generator=generator)
            with autocast():
                features = self.encoders.of(plane).to_bottleneck(noised(clean, step, noise), step)
                outlines[plane] = self.outlines.of(plane)(features)[0]
                pooled.append(self.pooling.of(plane)(features))
        return outlines, self.findings(torch.cat(pooled, dim=1).float())[0]
