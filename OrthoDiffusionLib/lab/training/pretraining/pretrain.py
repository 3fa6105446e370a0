"""Pretraining: one diffusion model a plane, from views without labels."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file, save
from torch import Tensor

from OrthoDiffusionLib.analysis.model import encoder_file
from OrthoDiffusionLib.anatomy import Joint
from OrthoDiffusionLib.anatomy import joint as joint_named
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.diffusion import EDM, denoising_loss
from OrthoDiffusionLib.encoders import ViewEncoder, build_view_encoder
from OrthoDiffusionLib.errors import BundleError, TrainingError
from OrthoDiffusionLib.lab.training.engine.checkpoint import restore
from OrthoDiffusionLib.lab.training.engine.claim import claim
from OrthoDiffusionLib.lab.training.engine.engine import Schedule, train, use_all_cores
from OrthoDiffusionLib.lab.training.engine.fabric import launch, processes_here, share_of, wait_for_all
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
from OrthoDiffusionLib.lab.training.engine.record import COMMAND, DATA, data_record
from OrthoDiffusionLib.lab.training.pretraining.learning_curves import CROPS, LearningCurves
from OrthoDiffusionLib.lab.training.pretraining.sample_pictures import write_pictures
from OrthoDiffusionLib.lab.training.pretraining.unlabelled import (
    HELD_BACK_PERCENT,
    ArchiveViews,
    PlaneViews,
    UnlabelledViews,
    is_phantom_folder,
)
from OrthoDiffusionLib.lab.training.pretraining.view_cache import ViewCache, prepare_archive
from OrthoDiffusionLib.lab.training.samples.datasets import stream
from OrthoDiffusionLib.precision import autocast
from OrthoDiffusionLib.views import ViewGrid
from OrthoDiffusionLib.volumes import Plane
from OrthoDiffusionLib.volumes.files.atomic import atomic_path

if TYPE_CHECKING:
    from lightning_fabric import Fabric

GPU_LOADERS = 4
"""Processes that make samples ahead for each GPU; a CPU is fed by one."""


@dataclass(frozen=True)
class Monitoring:
    """What is measured and drawn while a training runs.

    Attributes:
        curves_every: steps between two measurements by noise level; 0 for none.
        pictures_every: steps between two sheets of pictures; 0 for none.
        held_back_percent: share of the patients that validate.
    """

    curves_every: int = 200
    pictures_every: int = 1000
    held_back_percent: int = HELD_BACK_PERCENT

    def __post_init__(self) -> None:
        for name in ("curves_every", "pictures_every"):
            if getattr(self, name) < 0:
                raise TrainingError(f"{name} must be 0 or more steps, got {getattr(self, name)} instead")
        if not 0 <= self.held_back_percent < 100:
            raise TrainingError(f"The share held back must be 0 to 99 %, got {self.held_back_percent} instead")


def pretrained_file(folder: Path, plane: Plane) -> Path:
    """Where a plane's pretrained weights lie."""
    return folder / f"pretrained_{plane.value}.safetensors"


def prepare_data(
    data: Path | Sequence[Path],
    cache: Path,
    recipe: Recipe,
    *,
    joint: Joint | str,
    workers: int = 1,
    report: Callable[[str], None] = print,
) -> Path | ViewCache:
    """Recognise what the folders hold and make it ready to learn from.

    Returns:
        The folder, if it holds phantom shards; else an archive's prepared views.

    Raises:
        TrainingError: if phantom shards and other folders are mixed.
        OrthoDiffusionError: as `prepare_archive`.
    """
    folders = [Path(data)] if isinstance(data, (str, Path)) else [Path(one) for one in data]
    phantoms = [folder for folder in folders if is_phantom_folder(folder)]
    if phantoms and len(folders) > 1:
        raise TrainingError(
            "A folder of phantom shards stands beside another folder",
            where=str(phantoms[0]),
            remedy="Give the phantom's folder alone, or a clinic's folders without it.",
        )
    if phantoms:
        return phantoms[0]
    grids = {plane: ViewGrid(plane, in_plane_mm=recipe.encoder_pixel_mm) for plane in Plane}
    return prepare_archive(folders, cache, grids, joint_named(joint), workers=workers, report=report)


def pretrain(
    data: Path | ViewCache,
    out: Path,
    plane: Plane,
    recipe: Recipe,
    *,
    start: Bundle | None = None,
    fabric: Fabric | None = None,
    monitoring: Monitoring | None = None,
    command: str = "",
    report: Callable[[str], None] = print,
) -> Path:
    """Train the diffusion model of one plane; run the same command again to resume.

    Args:
        data: folder of phantom shards, or an archive's prepared views.
        out: gets the weights, and a folder with checkpoint, log, learning curves and pictures.
        plane: whose views to learn.
        recipe: settings.
        start: begin with the encoder of this bundle instead of chance.
        fabric: the processes that share the work; None trains in this one on the CPU.
        monitoring: what is measured and drawn meanwhile.
        command: what to keep beside the weights as the command that made them.
        report: gets a line now and then.

    Returns:
        The safetensors file with the averaged weights, half precision.

    Raises:
        TrainingError: if no view of the plane is there, weights do not fit the recipe's network, or the folder
            holds a run that was begun otherwise.
    """
    fabric, monitoring = fabric or launch(), monitoring or Monitoring()
    use_all_cores(processes_here(fabric))
    encoder = _encoder(plane, recipe, start)
    dataset = _dataset(data, recipe, plane, monitoring.held_back_percent)
    settings, share = recipe.pretrain, share_of(recipe.pretrain.accumulate, fabric, report, "batches")
    folder, path = out / f"pretrain_{plane.value}", pretrained_file(out, plane)
    if fabric.is_global_zero:
        claim(folder, _made_from(data, recipe, start, monitoring))
    weights = train(
        encoder,
        [{"params": list(encoder.parameters()), "lr": settings.learning_rate, "filter_lr": settings.filter_rate}],
        Schedule(settings.steps, settings.warmup),
        _samples(dataset, settings.steps, share, fabric),
        _loss(encoder, fabric),
        folder,
        ema=settings.ema,
        seed=recipe.seed,
        share=share,
        fabric=fabric,
        watch=_Watch(folder, dataset, encoder, monitoring, settings.steps, report) if fabric.is_global_zero else None,
        report=report,
    )
    if fabric.is_global_zero:
        facts = {"plane": plane.value, "recipe": json.dumps(recipe.as_dict())}
        facts |= {DATA: json.dumps(_data_record(data, dataset)), **_origin(command, start)}
        _write_weights(path, weights, facts)
    wait_for_all(fabric, folder)
    return path


def _origin(command: str, start: Bundle | None) -> dict[str, str]:
    """What the weights' file says of the command and the bundle they come from."""
    metadata = {COMMAND: command} if command else {}
    return metadata | ({"from": f"{start.manifest.name} {start.manifest.version}"} if start is not None else {})


def _write_weights(path: Path, weights: Mapping[str, Tensor], facts: dict[str, str]) -> None:
    content = save({name: value.half().contiguous() for name, value in weights.items()}, metadata=facts)
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)


def _encoder(plane: Plane, recipe: Recipe, start: Bundle | None) -> ViewEncoder:
    """The encoder to train: a bundle's, or one of chance."""
    torch.manual_seed(recipe.seed)
    encoder = build_view_encoder(plane, recipe.network)
    if start is not None:
        _begin_with(encoder, start)
    encoder.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]  # torch's stubs do not know it
    _check_crop(recipe, encoder)
    return encoder


def _samples(dataset: UnlabelledViews, steps: int, share: int, fabric: Fabric) -> Callable[[int], Iterator[Tensor]]:
    """This process's batches from a step on, made ahead by as many loaders as the device needs."""
    processes = fabric.world_size
    workers = 1 if fabric.device.type == "cpu" else GPU_LOADERS

    def samples(step: int) -> Iterator[Tensor]:
        first = step * share * processes + fabric.global_rank
        return stream(dataset, first, steps * share * processes, step=processes, workers=workers)

    return samples


def _loss(encoder: ViewEncoder, fabric: Fabric) -> Callable[[Tensor, int], dict[str, Tensor]]:
    def loss(views: Tensor, step: int) -> dict[str, Tensor]:
        views = views.to(fabric.device).contiguous(memory_format=torch.channels_last_3d)
        denoise = _denoiser(encoder, fabric.device.type)
        denoiser = encoder.denoiser
        return {"loss": denoising_loss(denoise, views, sigma_data=denoiser.sigma_data, target=denoiser.target)}

    return loss


def _made_from(data: Path | ViewCache, recipe: Recipe, start: Bundle | None, monitoring: Monitoring) -> dict:
    """What two calls must share to go on with each other; steps and rates may change, and an archive may grow.

    Whether the network is another one, the checkpoint itself says, weight by weight.
    """
    return {
        "from": None if start is None else start.sha256,
        "kind of data": "an archive" if isinstance(data, ViewCache) else "phantoms",
        "seed": recipe.seed,
        "pixel": recipe.in_plane_mm,
        "crop": list(recipe.data.crop),
        "target": recipe.network.get("target", EDM),
        "held back": monitoring.held_back_percent,
    }


class _Watch:
    """Measures and draws in between, with the averaged weights in a network of its own."""

    def __init__(
        self,
        folder: Path,
        dataset: UnlabelledViews,
        encoder: ViewEncoder,
        monitoring: Monitoring,
        steps: int,
        report: Callable[[str], None],
    ) -> None:
        self.folder, self.dataset, self.encoder = folder, dataset, encoder
        self.monitoring, self.steps, self.report = monitoring, steps, report
        self._copy: ViewEncoder | None = None
        self._curves: LearningCurves | None = None
        self._view: Tensor | None = None

    def __call__(self, step: int, average: dict[str, Tensor]) -> None:
        measured, drawn = (
            every > 0 and (step % every == 0 or step == self.steps)
            for every in (self.monitoring.curves_every, self.monitoring.pictures_every)
        )
        if not measured and not drawn:
            return
        denoise = self._averaged(average)
        if measured:
            if self._curves is None:
                crops = {part: self.dataset.fixed_crops(part, CROPS) for part in ("training", "validation")}
                sigma_data = self.encoder.denoiser.sigma_data
                self._curves = LearningCurves(self.folder, crops, sigma_data=sigma_data, start=step - 1)
            record = self._curves.measure(step, denoise)
            self.report(f"by noise level: {json.dumps({k: v for k, v in record.items() if k != 'step'})}")
        if drawn:
            if self._view is None:
                view = self.dataset.fixed_crops("validation", 1)
                self._view = self.dataset.fixed_crops("training", 1) if view is None else view
            if self._view is None:
                raise ValueError("the training views gave no crop to draw")
            write_pictures(self.folder, step, denoise, self._view)

    def _averaged(self, average: dict[str, Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
        if self._copy is None:
            self._copy = copy.deepcopy(self.encoder).eval()
        self._copy.load_state_dict(average)
        device = next(self._copy.parameters()).device
        denoise = _denoiser(self._copy, device.type)

        def on_device(x: Tensor, sigma: Tensor) -> Tensor:
            moved = x.to(device).contiguous(memory_format=torch.channels_last_3d)
            return denoise(moved, sigma.to(device)).cpu()

        return on_device


def _denoiser(encoder: ViewEncoder, device: str) -> Callable[[Tensor, Tensor], Tensor]:
    def denoise(x: Tensor, sigma: Tensor) -> Tensor:
        with autocast(device):
            return encoder.denoiser(x, sigma).float()

    return denoise


def _dataset(data: Path | ViewCache, recipe: Recipe, plane: Plane, percent: int) -> UnlabelledViews:
    if isinstance(data, ViewCache):
        dataset: UnlabelledViews = ArchiveViews(data, recipe, plane, percent)
        if not dataset.training:
            raise TrainingError(
                f"The studies have no {plane.value} view to learn from",
                where=str(data.folder),
                remedy="Train the other planes only, with --plane.",
            )
        return dataset
    return PlaneViews(data, recipe, plane, percent)


def _check_crop(recipe: Recipe, encoder: ViewEncoder) -> None:
    """Refuse crops that are two slices deep at one of the network's levels.

    Such a level is trained in float32 (`precision.sound_gradients`), several times slower; in a recipe that is a
    mistake.
    """
    network = encoder.network
    slices = recipe.data.crop[0]
    if 2 in [slices // stride[0] for stride in network.tap_strides]:
        raise TrainingError(
            f"A crop of {slices} slices is two slices deep at one of the network's levels, "
            "where gradients in bfloat16 are wrong",
            remedy=f"Set data.crop in the recipe to {3 * network.multiple[0]} slices or more.",
        )


def _data_record(data: Path | ViewCache, dataset: UnlabelledViews) -> dict:
    """What the weights learned from, without a word about whom."""
    if not isinstance(data, ViewCache):
        return data_record(data)
    counts = {"training_views": len(dataset.training), "validation_views": len(dataset.validation)}
    return {"kind": "archive", "studies": len({view.study for view in data.views}), **counts}


def _begin_with(encoder: ViewEncoder, bundle: Bundle) -> None:
    path = bundle.weight_paths.get(encoder_file(encoder.plane))
    if path is None:
        raise BundleError(f"The bundle has no encoder of the {encoder.plane.value} plane", where=str(bundle.folder))
    weights = {name: value.float() for name, value in load_file(path).items()}
    restore(
        encoder, weights, str(path), kind="bundle's encoder is",
        remedy="Leave --recipe out, so that the bundle's own network is used, or give the recipe it was trained with.",
    )  # fmt: skip


def recipe_of_bundle(recipe: Recipe, bundle: Bundle) -> Recipe:
    """The recipe with the network and the view grids of a bundle, so that its encoders fit."""
    grids = {view.grid.in_plane_mm for view in bundle.manifest.views.values()}
    if len(grids) != 1:
        raise TrainingError("The bundle's planes have different pixel sizes", where=str(bundle.folder))
    return replace(recipe, network=dict(bundle.manifest.network), in_plane_mm=grids.pop())


def load_pretrained(encoder: ViewEncoder, folder: Path) -> None:
    """Give an encoder its pretrained weights.

    Raises:
        TrainingError: if they are missing or of another architecture.
    """
    path = pretrained_file(folder, encoder.plane)
    if not path.exists():
        raise TrainingError(
            f"There are no pretrained weights of the {encoder.plane.value} plane",
            where=str(path),
            remedy="Run `orthodiffusion pretrain` for each plane first, or fine-tune with --from-scratch.",
        )
    weights = {name: value.float() for name, value in load_file(path).items()}
    restore(encoder, weights, str(path), kind="pretrained weights are", remedy="Use the recipe they were trained with.")
