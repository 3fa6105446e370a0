"""The representation: at which noise level, from which blocks and how to read a diffusion encoder's features."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.encoders import ViewEncoder, build_view_encoder
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult, ScoreTable
from OrthoDiffusionLib.lab.experiments.common.experiment import Arm, Cell, Experiment
from OrthoDiffusionLib.lab.experiments.representation.feature_probe import blocks_of, probe
from OrthoDiffusionLib.lab.experiments.representation.feature_reading import Reading, read_features
from OrthoDiffusionLib.lab.experiments.representation.probe_crops import (
    ANATOMY,
    FINDINGS,
    ProbeCrop,
    read_probe_crop,
    write_probe_crop,
)
from OrthoDiffusionLib.lab.experiments.representation.short_pretraining import (
    distil_student,
    pretrain_target,
    untrained_encoder,
)
from OrthoDiffusionLib.lab.phantom.datasets.shards import write_shards
from OrthoDiffusionLib.lab.phantom.engine.seeds import TRAINING_SEEDS
from OrthoDiffusionLib.lab.phantom.knee.builder import KNEE_VERSION
from OrthoDiffusionLib.lab.phantom.phantom import stored_shapes
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
from OrthoDiffusionLib.lab.training.engine.record import data_record
from OrthoDiffusionLib.lab.training.pretraining.pretrain import load_pretrained, pretrained_file
from OrthoDiffusionLib.volumes import Plane

SIGMAS = (0.02, 0.06, 0.1, 0.17, 0.42, 1.0, 2.0)
SHIPPED = 0.1
"""The noise level that the first bundle reads at."""

_SEVERAL = (0.06, 0.17, 0.42)
_SOME = (0.1, 0.17, 0.42, 1.0)  # where four passes a study are spent

OUTLINES_LEARN = 10
OUTLINES_ASK = 40

DICE, SCORES, PRESENT = "outlines", "findings", "truth"
"""Titles of the three tables of a cell: Dice, scores of findings, and which findings the crops show."""

# Training's seeds, but far from those that a training begins at.
_FIRST_SEED = TRAINING_SEEDS[-1_000_000]


def _arms() -> tuple[Arm, ...]:
    def arm(name: str, title: str, source: str, group: str, *readings: Reading) -> Arm:
        read = [{"sigmas": list(reading.sigmas), "draws": reading.draws} for reading in readings]
        return Arm(name, title, {"source": source, "group": group, "readings": read})

    levels = sorted(SIGMAS, key=lambda sigma: sigma != SHIPPED)  # what the others are held against comes first
    clean = [arm(f"clean-{s:g}", f"clean view, σ {s:g}", "pretrained", "clean", Reading((s,))) for s in levels]
    one = [arm(f"one-draw-{s:g}", f"one draw, σ {s:g}", "pretrained", "noisy", Reading((s,), 1)) for s in SIGMAS]
    four = [arm(f"four-draws-{s:g}", f"four draws, σ {s:g}", "pretrained", "noisy", Reading((s,), 4)) for s in _SOME]
    side_by_side = " + ".join(f"{s:g}" for s in _SEVERAL)
    short = [Reading((s,)) for s in _SOME]
    return (
        *clean,
        arm("untrained", "untrained network", "untrained", "control", Reading((SHIPPED,))),
        arm("levels-clean", f"clean view, σ {side_by_side}", "pretrained", "levels", Reading(_SEVERAL)),
        arm("levels-one-draw", f"one draw, σ {side_by_side}", "pretrained", "levels", Reading(_SEVERAL, 1)),
        *one,
        *four,
        arm("target-edm", "short, EDM", "edm", "targets", *short),
        arm("target-v", "short, v", "v", "targets", *short),
        arm("target-epsilon", "short, ε", "epsilon", "targets", *short),
        arm("student", "one-pass student", "student", "student", Reading((SHIPPED,))),
    )


EXPERIMENT = Experiment(
    "representation",
    "Which features of the diffusion model to read",
    "A pretrained encoder is frozen, and a linear readout is trained on its features. Which features are best: at which"
    " noise level, from which blocks, from the clean view or from a noisy one, after training with which prediction"
    " target?",
    _arms(),
)


def arm_names(wanted: Sequence[str]) -> list[str]:
    """Names of arms with the names of their groups (clean, noisy, control, levels, targets, student) resolved."""
    groups: dict[str, list[str]] = {}
    for arm in EXPERIMENT.arms:
        groups.setdefault(str(arm.settings["group"]), []).append(arm.name)
    return [name for one in wanted for name in groups.get(one, [one])]


def row_name(reading: Reading, block: str, item: str) -> str:
    """Key of a row in a cell's tables; `row_parts` takes it apart."""
    return f"{reading.name} | {block} | {item}"


def row_parts(name: str) -> tuple[str, str, str]:
    """(reading, block, structure or finding) of a row's key."""
    reading, block, item = name.split(" | ")
    return reading, block, item


@dataclass(frozen=True)
class RepresentationWork:
    """What a cell of this experiment does.

    Attributes:
        out: the experiment's folder.
        pretrained: folder of the pretrained weights.
        plane: whose encoder is read.
        recipe: network and crops of the weights; its pretraining is that of the short trainings.
        studies: how many studies the findings' readout learns from, and how many it is asked about.
        data: phantom shards for the short trainings; None makes `studies` of them.
    """

    out: Path
    pretrained: Path
    plane: Plane
    recipe: Recipe
    studies: int
    data: Path | None = None

    def encoder(self) -> ViewEncoder:
        """The pretrained encoder.

        Raises:
            TrainingError: if its weights are missing or of another architecture.
        """
        encoder = build_view_encoder(self.plane, self.recipe.network)
        load_pretrained(encoder, self.pretrained)
        return encoder.eval().requires_grad_(False)

    @property
    def settings(self) -> dict:
        """All that the numbers depend on beside arm and seed."""
        weights = pretrained_file(self.pretrained, self.plane).read_bytes()
        recipe = self.recipe.as_dict()
        settings = {
            "engine": KNEE_VERSION,
            "plane": self.plane.value,
            "weights": hashlib.sha256(weights).hexdigest(),
            "studies": self.studies,
            "pretraining studies": "its own" if self.data is None else data_record(self.data),
            **{key: recipe[key] for key in ("in_plane_mm", "network", "data", "pretrain")},
        }
        return json.loads(json.dumps(settings))

    def preparations(self, cells: Sequence[Cell], parts: int) -> list[list[Callable[[], object]]]:
        """The crops, in as many parts as there are processes, and studies for the short trainings."""
        numbers = range(2 * self.studies)
        tasks: list[Callable[[], object]] = [partial(self._write_crops, numbers[part::parts]) for part in range(parts)]
        trained = {str(cell.arm.settings["source"]) for cell in cells} - {"pretrained", "untrained"}
        if trained and self.data is None:
            tasks += [
                partial(
                    write_shards, self._shards(), self.studies, 0, joint=KNEE.name,
                    part=part, parts=parts, pixel_mm=self.recipe.in_plane_mm,
                )
                for part in range(1, parts + 1)
            ]  # fmt: skip
        return [tasks]

    def run(self, cell: Cell, folder: Path, report: Callable[[str], None]) -> CellResult:
        """Get the encoder of a cell, by a short training if need be, and probe its readings."""
        encoder = self._encoder_of(str(cell.arm.settings["source"]), folder, cell.seed, report)
        blocks = blocks_of(encoder.network.tap_strides)
        learn, ask = range(self.studies), range(self.studies, 2 * self.studies)
        dice: dict[str, dict[str, float]] = {}
        scores: dict[str, dict[str, float]] = {}
        for entry in cell.arm.settings["readings"]:
            reading = Reading(tuple(entry["sigmas"]), entry["draws"])
            report(f"reading at σ {reading.name}")
            found = probe(
                partial(self._features, encoder, reading, cell.seed),
                self._crop,
                blocks,
                learn=learn,
                ask=ask,
                outlines_learn=OUTLINES_LEARN,
                outlines_ask=OUTLINES_ASK,
            )
            for rows, measured in ((dice, found.dice), (scores, found.scores)):
                for block, items in measured.items():
                    for item, values in items.items():
                        named = {f"study-{number:04d}": round(value, 6) for number, value in values.items()}
                        rows[row_name(reading, block, item)] = named
        shown = np.stack([self._crop(number).present for number in ask])
        truth = {
            finding: {f"study-{number:04d}": float(value) for number, value in zip(ask, shown[:, place], strict=True)}
            for place, finding in enumerate(FINDINGS)
        }
        tables = (ScoreTable(DICE, dice), ScoreTable(SCORES, scores), ScoreTable(PRESENT, truth))
        asked = {f"study-{number:04d}": (_FIRST_SEED + number, ANATOMY) for number in ask}
        patients = stored_shapes(KNEE.name, asked)
        return CellResult(cell.arm.name, cell.seed, self.settings, tables, patients=patients)

    def _encoder_of(self, source: str, folder: Path, seed: int, report: Callable[[str], None]) -> ViewEncoder:
        recipe = replace(self.recipe, seed=self.recipe.seed + seed)
        if source == "pretrained":
            return self.encoder()
        if source == "untrained":
            return untrained_encoder(self.plane, recipe)
        data = self.data or self._shards()
        if source == "student":
            return distil_student(self.encoder(), data, folder, recipe, report)
        return pretrain_target(source, data, folder, self.plane, recipe, report)

    def _features(self, encoder: ViewEncoder, reading: Reading, seed: int, number: int) -> list[torch.Tensor]:
        view = torch.from_numpy(self._crop(number).image)
        return read_features(encoder, view, reading, seed=1_000_003 * seed + number)

    def _crop(self, number: int) -> ProbeCrop:
        return read_probe_crop(self._crop_file(number))

    def _write_crops(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            write_probe_crop(self._crop_file(number), _FIRST_SEED + number, self.plane, self.recipe)

    def _crop_file(self, number: int) -> Path:
        return self.out / "crops" / f"{self.plane.value}-{number:04d}.npz"

    def _shards(self) -> Path:
        return self.out / "studies"
