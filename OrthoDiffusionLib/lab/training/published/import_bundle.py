"""From the authors' checkpoints to a bundle of encoders, their pretrained files and a recipe that goes on with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save

from OrthoDiffusionLib.analysis.inference import FUSION_RATIO
from OrthoDiffusionLib.analysis.model import OrthoModel, weights_by_file
from OrthoDiffusionLib.anatomy import joint as joint_named
from OrthoDiffusionLib.bundles import Bundle, write_bundle
from OrthoDiffusionLib.bundles.manifest import ViewSpecification
from OrthoDiffusionLib.diffusion import EPSILON, sigma_of_step
from OrthoDiffusionLib.encoders import NOISE_CONVENTIONS, PUBLISHED_KIND
from OrthoDiffusionLib.encoders.published_unet import FEATURE_STEP
from OrthoDiffusionLib.encoders.published_view import CENTRE, SCALE
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.engine.record import COMMAND, SOURCE
from OrthoDiffusionLib.lab.training.pretraining.pretrain import pretrained_file
from OrthoDiffusionLib.lab.training.published.checkpoint_reading import PublishedWeights, read_published
from OrthoDiffusionLib.lab.training.published.plane_files import plane_files
from OrthoDiffusionLib.views import ViewGrid
from OrthoDiffusionLib.views.intensity import RULE
from OrthoDiffusionLib.volumes import Plane
from OrthoDiffusionLib.volumes.files.atomic import atomic_path, make_folder, write_text

PIXEL_MM = 0.6
"""The authors resize every slice to 256 x 256 pixels whatever its spacing; 0.6 mm makes 256 pixels of 154 mm (ours)."""

FUSED_MM = 0.7
WIDTH = 32
RECIPE = "recipe.toml"

ORIGIN = {
    "name": "The encoders of OrthoDiffusion by T. Lan et al. (arXiv 2602.20752), imported",
    "licence": "MIT License, Copyright (c) 2026 Lan Tian",
    "origin": "https://github.com/lt-0123/OrthoDiffusion",
}

INTENDED_USE = (
    "Research and teaching only. Not a medical device, not for diagnosis or treatment. Encoders of other authors, "
    "imported: this bundle outlines nothing and looks for nothing before it is fine-tuned, and this project has "
    "measured nothing with it."
)


@dataclass(frozen=True)
class Imported:
    """What an import wrote.

    Attributes:
        bundle: of the encoders.
        pretrained: plane -> file that `finetune --data --pretrained` and experiments read.
        recipe: the settings that go with them.
        notices: what is worth to know of the files.
    """

    bundle: Bundle
    pretrained: Mapping[Plane, Path]
    recipe: Path
    notices: tuple[str, ...]


def import_published(
    words: Sequence[str], out: Path, *, joint: str, command: str = "", report: Callable[[str], None] = print
) -> Imported:
    """Import one checkpoint or more, one a plane.

    Args:
        words: FILE or PLANE=FILE; see `plane_files`.
        out: gets `bundle`, the pretrained files and the recipe; must not hold a bundle yet.
        joint: whose views the bundle is for; the authors' encoders are of knees.
        command: for the training record.
        report: gets a line for each file and notice.

    Raises:
        TrainingError: for a file that cannot be used, saying why, and for the same weights given for two planes.
        OutputError: if something cannot be written.
    """
    known = joint_named(joint)
    files, notices = plane_files(words)
    weights, more = _read_all(files, out, report)
    for notice in (notices := [*notices, *more]):
        report(f"Notice: {notice}.")
    network = _network_entry(next(iter(weights.values())))
    planes = tuple(plane for plane in Plane if plane in weights)
    model = _model(network, planes, weights)
    record = {
        "imported": {
            plane.value: {"file": path.name, "sha256_of_tensors": weights[plane].sha256, "steps": weights[plane].step}
            for plane, path in files.items()
        },
        "commands": [command] if command else [],
    }
    fields = {
        "name": f"published-{known.name}",
        "version": "1.0.0",
        "joint": known.name,
        "structures": (),
        "abnormalities": (),
        "views": {plane.value: _view_of(plane, network) for plane in planes},
        "mirror": {"networks_see": "right", "rule": "left joints are reflected at x = 0 before and after"},
        "fusion_grid": {"spacing_mm": FUSED_MM, "axes": "RAS", "coarse_spacing_mm": FUSION_RATIO * FUSED_MM},
        "network": network,
        "calibration": {},
        "training": record,
        "licence": "MIT",
        "sources": [ORIGIN],
        "intended_use": INTENDED_USE,
    }
    make_folder(out)
    bundle = write_bundle(out / "bundle", fields, weights_by_file(model))
    recipe = out / RECIPE
    write_text(recipe, recipe_text(network))
    pretrained = {plane: _write_pretrained(model, plane, out, record, command) for plane in planes}
    return Imported(bundle, pretrained, recipe, tuple(notices))


def _read_all(
    files: Mapping[Plane, Path], out: Path, report: Callable[[str], None]
) -> tuple[dict[Plane, PublishedWeights], list[str]]:
    """The weights of every plane, and notices."""
    weights: dict[Plane, PublishedWeights] = {}
    notices = []
    for plane, path in files.items():
        weights[plane] = found = read_published(path, out)
        trained = "" if found.step is None else f", after {found.step} steps of training"
        report(f"{plane.value}: {path}: {len(found.weights)} tensors fit{trained}")
        notices += [f"{plane.value}: {notice}" for notice in found.notices]
    _check_set(weights, files)
    missing = [plane.value for plane in Plane if plane not in weights]
    if missing:
        notices.append(f"without a checkpoint, and left out of the bundle: {', '.join(missing)}")
    return weights, notices


def _check_set(weights: Mapping[Plane, PublishedWeights], files: Mapping[Plane, Path]) -> None:
    seen: dict[str, Plane] = {}
    for plane, found in weights.items():
        other = seen.setdefault(found.sha256, plane)
        if other is not plane:
            raise TrainingError(
                f"The files for the {other.value} and the {plane.value} plane hold the same weights",
                where=f"{files[other]}, {files[plane]}",
                remedy="Give the checkpoint of each plane; each plane has an encoder of its own.",
            )
    sizes = {(found.base, found.channels) for found in weights.values()}
    if len(sizes) > 1:
        raise TrainingError(
            "The checkpoints have networks of different sizes: "
            + "; ".join(f"{plane.value} {list(found.channels)}" for plane, found in weights.items()),
            remedy="Import those of one size together.",
        )


def _network_entry(weights: PublishedWeights) -> dict:
    """The manifest's `network` entry."""
    return {
        "kind": PUBLISHED_KIND,
        "channels": list(weights.channels),
        "stem_channels": weights.base,
        "embedding": 4 * weights.base,
        "sigma": round(SCALE * float(sigma_of_step(torch.tensor([FEATURE_STEP]))), 6),
        "sigma_data": SCALE,
        "target": EPSILON,
        "width": WIDTH,
    }


def _model(network: Mapping, planes: tuple[Plane, ...], weights: Mapping[Plane, PublishedWeights]) -> OrthoModel:
    """A model without words, whose encoders have the published weights."""
    torch.manual_seed(0)  # the fusion is new, and the same in every import
    model = OrthoModel(network, planes=planes, classes=1, abnormalities=0)
    for plane in planes:
        inside = {f"denoiser.network.unet.{name}": value for name, value in weights[plane].weights.items()}
        model.encoders.of(plane).load_state_dict(inside)
    return model.eval()


def _view_of(plane: Plane, network: Mapping) -> ViewSpecification:
    noise = {
        "convention": NOISE_CONVENTIONS[PUBLISHED_KIND],
        "target": network["target"],
        "sigma_data": network["sigma_data"],
        "feature_sigma": network["sigma"],
        "feature_step": FEATURE_STEP,
        "draws": 0,
    }
    intensity = {"rule": RULE, "shown_to_the_network": f"(value - {CENTRE:g}) / {SCALE:g}"}
    levels = len(network["channels"])
    taps = (f"out_{2 * levels - 1}", *(f"level_{level}" for level in range(1, levels - 1)), "mid_2")
    return ViewSpecification(
        ViewGrid(plane, in_plane_mm=PIXEL_MM), plane.hanging, intensity=intensity, noise=noise, taps=taps
    )


def _write_pretrained(model: OrthoModel, plane: Plane, out: Path, record: Mapping, command: str) -> Path:
    path = pretrained_file(out, plane)
    facts = {"plane": plane.value, "imported": json.dumps(record["imported"][plane.value]), SOURCE: json.dumps(ORIGIN)}
    facts |= {COMMAND: command} if command else {}
    weights = model.encoders.of(plane).state_dict()
    content = save({name: value.half().contiguous() for name, value in weights.items()}, metadata=facts)
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)
    return path


def recipe_text(network: Mapping) -> str:
    """The recipe that goes with an imported network, as TOML."""
    entry = "\n".join(f"{key} = {json.dumps(value)}" for key, value in network.items())
    window = 2 ** (len(network["channels"]) - 1)
    return f"""# Settings that fit imported encoders: orthodiffusion import-published wrote them.
# Rates are ours and were tried on no real data: AdamW alone, small, so that what was learned is kept.
# A GPU is advised; Docs/published_encoders.md says what a view costs on a CPU.

name = "published"
version = "0.1.0"
in_plane_mm = {PIXEL_MM}
fine_spacing_mm = {FUSED_MM}

[network]
{entry}

[data]
crop = [{window}, 128, 128]

[pretrain]
steps = 2000
batch = 1
learning_rate = 1e-5
filter_rate = 0.0

[finetune]
learning_rate = 5e-4
filter_rate = 0.0
encoder_rate = 0.05
"""
