"""What a cell does: learn from the labelled studies of an archive, then read studies of seen and unseen sites."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import torch

from OrthoDiffusionLib.anatomy import Joint
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult, ScoreTable, as_json, read_result
from OrthoDiffusionLib.lab.experiments.common.cpu_clock import cpu_seconds
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import dice_by_label, write_evaluation_study
from OrthoDiffusionLib.lab.experiments.common.experiment import Cell
from OrthoDiffusionLib.lab.experiments.common.runner import to_standard_error
from OrthoDiffusionLib.lab.experiments.fixed_images.augmentation import augmentation_settings
from OrthoDiffusionLib.lab.experiments.fixed_images.budget import (
    budget_settings,
    patience_of,
    seconds_of,
    width_of,
)
from OrthoDiffusionLib.lab.experiments.fixed_images.cell_training import (
    COST_FILE,
    Training,
    build_network,
    read_with_best,
    train_network,
)
from OrthoDiffusionLib.lab.experiments.fixed_images.encoder_source import EncoderSource
from OrthoDiffusionLib.lab.experiments.fixed_images.label_network import OUTLINES, TASKS, LabelNetwork, Rates, Reading
from OrthoDiffusionLib.lab.experiments.fixed_images.labelled_views import (
    VALIDATION_SHARE,
    Size,
    fixed_view,
    labelled_studies,
)
from OrthoDiffusionLib.lab.experiments.fixed_images.rate_tuning import (
    CANDIDATES,
    TUNING_MINUTES,
    TUNING_SEED,
    TUNING_SHARE,
    Tried,
    chosen_rates,
    read_tried,
    tuning_folder,
    write_tried,
)
from OrthoDiffusionLib.lab.experiments.fixed_images.self_pretraining import KINDS, cost_file, pretrain_on
from OrthoDiffusionLib.lab.experiments.fixed_images.study_plan import (
    ARCHIVE_SEED,
    archive_settings,
    evaluation_name,
    evaluation_patients,
    evaluation_settings,
)
from OrthoDiffusionLib.lab.phantom.phantom import builder_named
from OrthoDiffusionLib.lab.training.engine.checkpoint import load_checkpoint
from OrthoDiffusionLib.lab.training.engine.early_stopping import best_file
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
from OrthoDiffusionLib.lab.training.pretraining.pretrain import pretrained_file
from OrthoDiffusionLib.views import ViewGrid
from OrthoDiffusionLib.volumes import Plane

DICE, LOGITS, TRUTH = "Dice", "Logits of the findings", "Findings of the study"

FRESH, GIVEN = "fresh", "given"
"""Starts of a network that no pretraining of this experiment makes; the others are the kinds of `self_pretraining`."""

MULTIPLE = (8, 16, 16)
"""Sides of a view are multiples of these, so that no network of any arm has to pad it."""

_DIGITS = 5  # of Dice and logits in a result

LEAST_SLICES = 24
"""Of fewer, the original's bottleneck sees two, where gradients in bfloat16 are wrong (`precision.sound_gradients`)."""


@dataclass(frozen=True)
class FixedImagesWork:
    """What a cell of an experiment on fixed images does.

    Attributes:
        out: the experiment's folder.
        joint: name of the digital joint.
        recipe: network, pretraining crops, rates of our network; `finetune.steps` are the most of a cell.
        studies: of the archive.
        evaluated: studies of the evaluation cohort.
        plane: view of each study.
        size: (S, H, W) voxels of it.
        minutes: of one idle core that a cell may train.
        source: an encoder that was pretrained elsewhere; None where no arm starts from one.
    """

    out: Path
    joint: str
    recipe: Recipe
    studies: int
    evaluated: int
    plane: Plane
    size: Size = (32, 112, 112)
    minutes: float = 25.0
    source: EncoderSource | None = None

    def __post_init__(self) -> None:
        if min(self.studies - 1, self.evaluated, self.recipe.finetune.steps) < 1:
            raise TrainingError("Steps and evaluated studies must be 1 or more, studies 2 or more")
        if self.size[0] < LEAST_SLICES or any(n % step for n, step in zip(self.size, MULTIPLE, strict=True)):
            raise TrainingError(
                f"The size of a view must be multiples of {MULTIPLE} and {LEAST_SLICES} slices or more,"
                f" got {self.size} instead"
            )

    @property
    def settings(self) -> dict:
        """All that the numbers depend on beside arm and seed."""
        recipe = self.recipe.as_dict()
        kept = {key: recipe[key] for key in ("in_plane_mm", "network", "data", "pretrain", "finetune")}
        source = None if self.source is None else {"title": self.source.title, "sha256": self.source.sha256}
        return as_json(
            {
                "joint": self.joint,
                "engine": builder_named(self.joint).version,
                "studies": self.studies,
                "first_seed": ARCHIVE_SEED,
                "evaluated": self.evaluated,
                "plane": self.plane.value,
                "size": self.size,
                "minutes": self.minutes,
                **budget_settings(width_of(self.recipe.network)),
                "augmentation": augmentation_settings(),
                "validation_share": VALIDATION_SHARE,
                "tuning": {"seed": TUNING_SEED, "share": TUNING_SHARE, "minutes": self._tuning_minutes, "by": TASKS},
                "tuned": {kind: [asdict(rates) for rates in tried] for kind, tried in CANDIDATES.items()},
                "recipe": self.recipe.name,
                "seed": self.recipe.seed,
                "source": source,
                **kept,
            }
        )

    @property
    def vocabulary(self) -> Joint:
        """The joint's structures and findings."""
        return builder_named(self.joint).joint

    @property
    def archive(self) -> tuple[Path, ...]:
        """Files of the archive's studies, in the order of their seeds."""
        return tuple(self.out / "archive" / f"{ARCHIVE_SEED + n}.npz" for n in range(self.studies))

    def evaluation(self) -> dict[str, Path]:
        """Name of an evaluation study -> its file."""
        names = [evaluation_name(setting) for setting in evaluation_settings(self.joint, self.evaluated)]
        return {name: self.out / "evaluation" / f"{name}.npz" for name in names}

    def pretrained(self, kind: str) -> Path:
        """Folder of what a pretraining of this experiment makes."""
        return self.out / "pretrained" / kind

    def check(self, cells: Sequence[Cell]) -> None:
        """Refuse before minutes of work what cannot work.

        Raises:
            TrainingError: if MONAI is not installed; if an encoder was to be given and is not, or does not fit.
        """
        if find_spec("monai") is None:
            raise TrainingError(
                "Experiments on few labels need the Python package MONAI, which is not installed",
                remedy="Install it with: pip install 'orthodiffusion[monai]'",
            )
        for settings in {cell.arm.name: cell.arm.settings for cell in cells if _start(cell) == GIVEN}.values():
            build_network(settings, self.vocabulary, self.plane, self.recipe.network, start=self._file(GIVEN), seed=0)

    def preparations(self, cells: Sequence[Cell], parts: int) -> list[list[Callable[[], object]]]:
        """First the studies, each rendered once; then the pretrainings, and then the tuning that the cells need."""
        # More slices than the view holds would fall off its ends, and lesions with them.
        grids = {
            self.plane: ViewGrid(self.plane, in_plane_mm=self.recipe.encoder_pixel_mm, max_slices=min(48, self.size[0]))
        }
        files = [
            *zip(self.archive, archive_settings(self.joint, self.studies), strict=True),
            *zip(self.evaluation().values(), evaluation_settings(self.joint, self.evaluated), strict=True),
        ]
        rendered = [partial(write_evaluation_study, path, one, grids) for path, one in files if not path.exists()]
        starts = dict.fromkeys(_start(cell) for cell in cells)
        tuned = {
            kind: {**cell.arm.settings, "kind": kind}
            for cell in cells
            if (kind := _tuned_as(cell.arm.settings)) is not None
        }
        return [
            list(rendered),
            [partial(self.pretrain, kind) for kind in starts if kind in KINDS],
            [partial(self.tune, one, number) for kind, one in tuned.items() for number in range(len(CANDIDATES[kind]))],
        ]

    def pretrain(self, kind: str) -> None:
        """Pretrain on the archive's images."""
        _one_thread_each()
        said = partial(_say, f"pretraining, {kind}")
        pretrain_on(self.archive, kind, self.plane, self.recipe, self.pretrained(kind), report=said)

    def tune(self, settings: Mapping, number: int) -> None:
        """Try one candidate of an arm's rates, on few labels."""
        kind = str(settings["kind"])
        folder = tuning_folder(self.out, kind, number)
        if read_tried(folder) is not None:
            return
        _one_thread_each()
        rates, few = CANDIDATES[kind][number], {**settings, "labels": TUNING_SHARE, "tasks": TASKS}
        start = self._file(str(settings.get("start", FRESH)))
        network = build_network(few, self.vocabulary, self.plane, self.recipe.network, start=start, seed=TUNING_SEED)
        training = self._training(few, TUNING_SEED, self._tuning_minutes, rates)
        best = train_network(network, training, folder, report=partial(_say, f"tuning, {folder.name}"))
        decides = best.best[next(task for task in TASKS if task in best.best)]
        write_tried(folder, Tried(kind, rates, decides.score, decides.step, best.last_step))

    def run(self, cell: Cell, folder: Path, report: Callable[[str], None]) -> CellResult:
        """Train on the labelled studies until validation gains nothing more, and read the evaluation studies."""
        settings = cell.arm.settings
        network = build_network(
            settings, self.vocabulary, self.plane, self.recipe.network, start=self._file(_start(cell)), seed=cell.seed
        )
        minutes = self.minutes + (self.pretraining_minutes if settings.get("long") else 0.0)
        training = self._training(settings, cell.seed, minutes, self._rates(settings))
        teacher = self._teacher(cell, folder)
        if teacher is not None:
            training = replace(training, taught=training.studies.without(self.archive))
            network.load_state_dict(teacher.state_dict())
        stopped = train_network(network, training, folder, teacher=teacher, report=report)
        if not stopped.early:
            report(f"reached its budget of {training.patience.steps} steps")
        report("predicting the evaluation studies")
        begun, files = time.process_time(), self.evaluation()
        readings = read_with_best(
            network, stopped, [partial(fixed_view, path, self.plane, self.size) for path in files.values()]
        )
        facts = {
            "parameters": network.in_use(),
            "labelled": training.studies.count,
            "validated": len(training.studies.validation),
            "steps": stopped.last_step,
            "most_steps": training.patience.steps,
            "best_steps": {task: best.step for task, best in stopped.best.items()},
            "validation": {task: best.score for task, best in stopped.best.items()},
            "reached_budget": not stopped.early,
            "training_cpu_seconds": cpu_seconds(folder / COST_FILE),
            "pretraining_cpu_seconds": self._seconds_before(cell, folder),
            "reading_cpu_seconds": round(time.process_time() - begun, 1),
            "rates": asdict(training.rates),
        }
        tables = self._tables(dict(zip(files, readings, strict=True)))
        patients = evaluation_patients(self.joint, self.evaluated)
        return CellResult(cell.arm.name, cell.seed, self.settings, tables, facts, patients)

    def _teacher(self, cell: Cell, folder: Path) -> LabelNetwork | None:
        """The network of another arm with the same labels, as it outlines best; None of an arm that has no teacher.

        Raises:
            TrainingError: if that arm has not been trained.
        """
        taught = _teacher_folder(cell, folder)
        if taught is None:
            return None
        best = load_checkpoint(best_file(taught, OUTLINES))
        if best is None or read_result(taught) is None:
            raise TrainingError(
                f"The arm {cell.arm.name} needs the network of the arm {cell.arm.settings['teacher']}",
                where=str(taught),
                remedy="Run that arm first, on this machine: its weights do not travel with its results.",
            )
        teacher = build_network(
            cell.arm.settings, self.vocabulary, self.plane, self.recipe.network,
            start=self._file(_start(cell)), seed=cell.seed,
        )  # fmt: skip
        teacher.load_state_dict(best["weights"])
        return teacher

    def _training(self, settings: Mapping, seed: int, minutes: float, rates: Rates) -> Training:
        """What a training of an arm is given."""
        studies = labelled_studies(self.archive, float(settings["labels"]), seed)
        cost, width = "frozen" if settings.get("frozen") else str(settings["network"]), width_of(self.recipe.network)
        minutes -= seconds_of(rates.reading_steps, "frozen", width=width, size=self.size) / 60
        patience = patience_of(
            cost, width=width, minutes=minutes, size=self.size, training=len(studies.training),
            validation=len(studies.validation), most=self.recipe.finetune.steps,
        )  # fmt: skip
        return Training(studies, self.plane, self.size, patience, rates, self.recipe.finetune.ema, seed)

    @property
    def _tuning_minutes(self) -> float:
        """Of an idle core, for a candidate of the tuning."""
        return min(TUNING_MINUTES, self.minutes / 2)

    @property
    def pretraining_minutes(self) -> float:
        """Of an idle core, for a pretraining of our network; reckoned, so that it is the same on every computer."""
        steps = self.recipe.pretrain.steps * self.recipe.pretrain.batch
        return seconds_of(steps, "ours", width=width_of(self.recipe.network), size=self.recipe.data.crop) / 60

    def _rates(self, settings: Mapping) -> Rates:
        kind = _tuned_as(settings)
        if kind is not None:
            rates = chosen_rates(self.out, kind)
            # Who has a teacher goes on with a network whose readings have learned.
            return replace(rates, reading_steps=0) if "teacher" in settings else rates
        own = self.recipe.finetune
        return Rates(own.learning_rate, own.filter_rate, own.encoder_rate)

    def _file(self, start: str) -> Path | None:
        """Weights that a network starts from."""
        if start == FRESH:
            return None
        if start != GIVEN:
            return pretrained_file(self.pretrained(start), self.plane)
        if self.source is None:
            raise TrainingError(
                "This experiment needs an encoder that was pretrained on another joint",
                remedy="Give --pretrained DIR (a folder written by `orthodiffusion pretrain`) or --bundle NAME.",
            )
        return self.source.path

    def _seconds_before(self, cell: Cell, folder: Path) -> float | None:
        """What the pretraining of a cell's start cost, and its teacher; None where it is not known."""
        start, taught = _start(cell), _teacher_folder(cell, folder)
        if start == GIVEN:
            return None
        parts = [] if start == FRESH else [cpu_seconds(cost_file(self.pretrained(start)))]
        parts += [] if taught is None else [cpu_seconds(taught / COST_FILE)]
        return None if None in parts else float(sum(part for part in parts if part is not None))

    def _tables(self, readings: Mapping[str, Reading]) -> tuple[ScoreTable, ...]:
        """Scores of every evaluation study."""
        dice: dict[str, dict[str, float]] = {}
        logits: dict[str, dict[str, float]] = {}
        truth: dict[str, dict[str, float]] = {}
        for name, path in self.evaluation().items():
            view, reading = fixed_view(path, self.plane, self.size), readings[name]
            if reading.labels is not None:
                of_label = dice_by_label([(reading.labels, view.labels)])
                for structure in self.vocabulary.primary_structures:
                    if structure.label in of_label:
                        dice.setdefault(structure.title, {})[name] = round(of_label[structure.label], _DIGITS)
            if reading.logits is not None:
                for one, logit, there in zip(self.vocabulary.abnormalities, reading.logits, view.findings, strict=True):
                    logits.setdefault(one.title, {})[name] = round(float(logit), _DIGITS)
                    truth.setdefault(one.title, {})[name] = float(there)
        tables = ((DICE, dice), (LOGITS, logits), (TRUTH, truth))
        return tuple(ScoreTable(title, rows, interval=title == DICE) for title, rows in tables if rows)


def recipe_of_source(recipe: Recipe, source: EncoderSource) -> Recipe:
    """The recipe with the network and the pixel of an encoder that was pretrained elsewhere."""
    network = {key: value for key, value in source.network.items() if key != "detail"}
    return replace(recipe, network=network, in_plane_mm=source.pixel_mm)


def _teacher_folder(cell: Cell, folder: Path) -> Path | None:
    """Folder of the cell that teaches this one, beside its own; None where none does."""
    teacher = cell.arm.settings.get("teacher")
    if teacher is None:
        return None
    return folder.parent / Cell(replace(cell.arm, name=str(teacher)), cell.seed).name


def _tuned_as(settings: Mapping) -> str | None:
    """The kind of arm whose tuned rates an arm takes; None if it has the recipe's."""
    if "rates_of" in settings:
        return str(settings["rates_of"])
    return str(settings["kind"]) if settings.get("tuned") else None


def _start(cell: Cell) -> str:
    return str(cell.arm.settings.get("start", FRESH))


def _say(what: str, line: str) -> None:
    to_standard_error(f"{what}: {line}")


def _one_thread_each() -> None:
    """Preparations run side by side, and threads that wait for each other are slower than one."""
    torch.set_num_threads(1)
