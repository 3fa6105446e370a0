"""Pretraining on the archive's images without labels: by denoising, by filling what is masked, as the original does."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn
from torch.nn import functional

from OrthoDiffusionLib.diffusion import denoising_loss
from OrthoDiffusionLib.encoders import ViewEncoder, build_view_encoder
from OrthoDiffusionLib.lab.experiments.common.cpu_clock import CpuClock
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import read_evaluation_study
from OrthoDiffusionLib.lab.experiments.fixed_images.budget import width_of
from OrthoDiffusionLib.lab.experiments.fixed_images.published_recipe import noise_loss, published_crop, small_unet
from OrthoDiffusionLib.lab.training.engine.checkpoint import restore
from OrthoDiffusionLib.lab.training.engine.engine import Schedule, train
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
from OrthoDiffusionLib.lab.training.pretraining.pretrain import pretrained_file
from OrthoDiffusionLib.lab.training.pretraining.unlabelled import archive_crop
from OrthoDiffusionLib.precision import autocast
from OrthoDiffusionLib.volumes import Plane
from OrthoDiffusionLib.volumes.files.atomic import atomic_path

DIFFUSION, MASKED, PUBLISHED = KINDS = ("diffusion", "masked", "published")

MASKED_SHARE = 0.6
"""Of a crop's blocks: what SimMIM found best with blocks of 32 pixels (Xie et al. 2022, arXiv 2111.09886)."""

MASKED_BLOCK = (4, 16, 16)
"""Voxels: two of the network's deepest, about 14 x 19 x 19 mm."""

_ORDER, _CROPS = 7, 1  # streams of chance
_KEEP_EVERY = 50


class ArchiveCrops:
    """(batch, 1, S, H, W) crops of the archive's images; sample k is a function of seed and k alone.

    Args:
        paths: of the studies, in a fixed order.
        plane: which view.
        size: (S, H, W) of a crop.
        recipe: batch, draws per study, seed.
    """

    def __init__(self, paths: Sequence[Path], plane: Plane, size: tuple[int, int, int], recipe: Recipe) -> None:
        self.paths, self.size, self.recipe = tuple(paths), size, recipe
        self._image = cache(lambda index: read_evaluation_study(self.paths[index])[plane].image.astype(np.float16))

    def __getitem__(self, step: int) -> Tensor:
        batch = self.recipe.pretrain.batch
        return torch.from_numpy(np.stack([self._crop(n) for n in range(step * batch, (step + 1) * batch)])[:, None])

    def _crop(self, draw: int) -> np.ndarray:
        epoch, place = divmod(draw // self.recipe.data.draws_per_study, len(self.paths))
        order = np.random.default_rng([self.recipe.seed, _ORDER, epoch]).permutation(len(self.paths))
        rng = np.random.default_rng([self.recipe.seed, _CROPS, draw])
        return archive_crop(self._image(int(order[place])), self.size, rng)


def pretrain_on(
    paths: Sequence[Path], kind: str, plane: Plane, recipe: Recipe, out: Path, *, report: Callable[[str], None]
) -> Path:
    """Pretrain a network on the archive's images, unless that is done; call again to resume.

    Args:
        paths: of the studies.
        kind: one of `KINDS`.
        plane: whose views to learn.
        recipe: network, crop, and of the pretraining steps, batch, rates and average.
        out: gets the weights, a folder with checkpoint and log, and what it cost.
        report: gets a line now and then.
    """
    path = pretrained_file(out, plane)
    if path.exists():
        return path
    torch.manual_seed(recipe.seed)
    network, loss, size = _task(kind, plane, recipe)
    network.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]  # torch's stubs do not know it
    crops, settings, clock = ArchiveCrops(paths, plane, size, recipe), recipe.pretrain, CpuClock(cost_file(out))

    def watch(step: int, _average: dict[str, Tensor]) -> None:
        if step % _KEEP_EVERY == 0 or step == settings.steps:
            clock.keep()

    weights = train(
        network,
        [{"params": list(network.parameters()), "lr": settings.learning_rate, "filter_lr": settings.filter_rate}],
        Schedule(settings.steps, settings.warmup),
        lambda start: (crops[step] for step in range(start, settings.steps)),
        lambda views, step: {"loss": loss(views.contiguous(memory_format=torch.channels_last_3d))},
        out / f"pretrain_{plane.value}",
        ema=settings.ema,
        seed=recipe.seed,
        watch=watch,
        report=report,
    )
    content = save(
        {name: value.half().contiguous() for name, value in weights.items()},
        metadata={"plane": plane.value, "recipe": json.dumps(recipe.as_dict())},
    )
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)
    return path


def load_into(network: nn.Module, path: Path) -> None:
    """Give a network its pretrained weights.

    Raises:
        TrainingError: if they are of another architecture.
    """
    weights = {name: value.float() for name, value in load_file(path).items()}
    restore(network, weights, str(path), kind="pretrained weights are", remedy="Use the recipe they were trained with.")


def cost_file(out: Path) -> Path:
    """Where a pretraining says what it cost."""
    return out / "cost.json"


def masked_loss(encoder: ViewEncoder, views: Tensor) -> Tensor:
    """Mean absolute error of what is masked, predicted from the rest.

    A masked autoencoder (He et al. 2022, arXiv 2111.06377) for a network of convolutions, in the simple form of SimMIM:
    the masked blocks are shown as the body's mean, and the whole network fills them. It is asked at the noise level at
    which the features are read later.
    """
    blocks = [-(-n // block) for n, block in zip(views.shape[2:], MASKED_BLOCK, strict=True)]
    hidden = (torch.rand(len(views), 1, *blocks) < MASKED_SHARE).float()
    mask = functional.interpolate(hidden, scale_factor=[float(n) for n in MASKED_BLOCK], mode="nearest")
    mask = mask[:, :, : views.shape[2], : views.shape[3], : views.shape[4]]
    sigma = torch.full((len(views),), encoder.sigma)
    with autocast():
        predicted = encoder.denoiser.network(*encoder.denoiser.network_input(views * (1 - mask), sigma))
    return ((predicted.float() - views).abs() * mask).sum() / mask.sum().clamp(min=1.0)


def _task(
    kind: str, plane: Plane, recipe: Recipe
) -> tuple[nn.Module, Callable[[Tensor], Tensor], tuple[int, int, int]]:
    """A fresh network, the loss of some crops, and their size."""
    if kind == PUBLISHED:
        unet = small_unet(width_of(recipe.network))
        return unet, lambda views: noise_loss(unet, views), published_crop(recipe.data.crop)
    encoder = build_view_encoder(plane, recipe.network)
    if kind == MASKED:
        return encoder, lambda views: masked_loss(encoder, views), recipe.data.crop
    if kind != DIFFUSION:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind!r} instead")
    denoiser = encoder.denoiser

    def denoise(x: Tensor, sigma: Tensor) -> Tensor:
        with autocast():
            return denoiser(x, sigma).float()

    return (
        encoder,
        lambda views: denoising_loss(denoise, views, sigma_data=denoiser.sigma_data, target=denoiser.target),
        recipe.data.crop,
    )
