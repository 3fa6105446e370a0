"""Short trainings of one plane's encoder without labels: by a prediction target, or as a student of another encoder."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn import functional

from OrthoDiffusionLib.diffusion import training_sigmas
from OrthoDiffusionLib.encoders import ViewEncoder, build_view_encoder
from OrthoDiffusionLib.encoders.unet3d import NoiseEmbedding
from OrthoDiffusionLib.lab.experiments.representation.diffusion_targets import TARGETS
from OrthoDiffusionLib.lab.training.engine.engine import Schedule, train
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
from OrthoDiffusionLib.lab.training.pretraining.pretrain import pretrained_file
from OrthoDiffusionLib.lab.training.pretraining.unlabelled import PlaneViews
from OrthoDiffusionLib.lab.training.samples.datasets import stream
from OrthoDiffusionLib.precision import autocast
from OrthoDiffusionLib.volumes import Plane
from OrthoDiffusionLib.volumes.files.atomic import atomic_path

Report = Callable[[str], None]


def fresh_encoder(plane: Plane, recipe: Recipe) -> ViewEncoder:
    """An encoder whose weights are a matter of the recipe's seed alone."""
    torch.manual_seed(recipe.seed)
    return build_view_encoder(plane, recipe.network)


def untrained_encoder(plane: Plane, recipe: Recipe) -> ViewEncoder:
    """A control: weights of chance everywhere, also in the layers that a training starts at zero."""
    encoder = fresh_encoder(plane, recipe)
    for module in encoder.modules():
        if isinstance(module, nn.Conv3d) and not module.weight.any():
            module.reset_parameters()
    return encoder.eval()


def pretrain_target(target: str, data: Path, folder: Path, plane: Plane, recipe: Recipe, report: Report) -> ViewEncoder:
    """Train a fresh encoder for the recipe's pretraining steps; call again to resume.

    Args:
        target: a key of `TARGETS`.
        data: folder of phantom shards.
        folder: gets checkpoint and log.
    """
    asked, loss_of = TARGETS[target]
    recipe = replace(recipe, network={**recipe.network, "target": asked})
    encoder = fresh_encoder(plane, recipe)

    def loss(views: Tensor, step: int) -> dict[str, Tensor]:
        with autocast():
            return {"loss": loss_of(encoder.denoiser, views)}

    encoder.load_state_dict(_train(encoder, loss, data, folder, plane, recipe, report))
    return encoder.eval()


def distil_student(teacher: ViewEncoder, data: Path, folder: Path, recipe: Recipe, report: Report) -> ViewEncoder:
    """Teach a copy of an encoder to say of the clean view, in one pass, what the encoder says at all noise levels.

    After CleanDIFT (Stracke et al. 2024, arXiv 2412.03439): the student sees the clean view, the frozen teacher the
    noisy one; small heads, given the noise level and thrown away afterwards, turn the student's features at every tap
    into the teacher's. Call again to resume.

    Returns:
        The student; its weights are also written to the folder, in the form in which `finetune --pretrained` reads
        them.
    """
    student = copy.deepcopy(teacher).requires_grad_(True)
    torch.manual_seed(recipe.seed)
    heads = nn.ModuleList(_Head(channels) for channels in teacher.tap_channels)
    both = nn.ModuleDict({"student": student, "heads": heads})

    def loss(views: Tensor, step: int) -> dict[str, Tensor]:
        sigma = training_sigmas(len(views))
        noisy = views + sigma.reshape(-1, 1, 1, 1, 1) * torch.randn(views.shape)
        with autocast():
            with torch.no_grad():
                wanted = teacher.network.taps(*teacher.denoiser.network_input(noisy, sigma))
            given = [head(tap, sigma) for head, tap in zip(heads, student(views), strict=True)]
        similar = [
            functional.cosine_similarity(one.float(), other.float(), dim=1).mean()
            for one, other in zip(given, wanted, strict=True)
        ]
        return {"loss": 1 - torch.stack(similar).mean()}

    both.load_state_dict(_train(both, loss, data, folder, teacher.plane, recipe, report))
    weights = {name: value.half().contiguous() for name, value in student.state_dict().items()}
    with atomic_path(pretrained_file(folder, teacher.plane)) as temporary:
        temporary.write_bytes(save(weights, metadata={"plane": teacher.plane.value}))
    return student.eval()


class _Head(nn.Module):
    """Point-wise layers on one tap, scaled and shifted by the noise level; begins as the identity."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.embed = NoiseEmbedding(32)
        self.modulation = nn.Linear(32, 2 * channels)
        self.enter, self.leave = nn.Conv3d(channels, channels, 1), nn.Conv3d(channels, channels, 1)
        for parameter in self.leave.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x: Tensor, sigma: Tensor) -> Tensor:
        scale, shift = self.modulation(self.embed(sigma.log() / 4))[:, :, None, None, None].chunk(2, dim=1)
        return x + self.leave(functional.silu(self.enter(x) * (1 + scale) + shift))


def _train(
    module: nn.Module,
    loss: Callable[[Tensor, int], dict[str, Tensor]],
    data: Path,
    folder: Path,
    plane: Plane,
    recipe: Recipe,
    report: Report,
) -> dict[str, Tensor]:
    """The recipe's pretraining with another loss, on as many threads as there are now."""
    settings = recipe.pretrain
    dataset = PlaneViews(data, recipe, plane)
    threads = torch.get_num_threads()

    def samples(start: int) -> Iterator[Tensor]:
        torch.set_num_threads(threads)  # the loop takes every core there is; here others work beside it
        return stream(dataset, start * settings.accumulate, settings.steps * settings.accumulate)

    groups = [{"params": list(module.parameters()), "lr": settings.learning_rate, "filter_lr": settings.filter_rate}]
    weights = train(
        module,
        groups,
        Schedule(settings.steps, settings.warmup),
        samples,
        loss,
        folder,
        ema=settings.ema,
        seed=recipe.seed,
        share=settings.accumulate,
        report=report,
    )
    torch.set_num_threads(threads)
    return weights
