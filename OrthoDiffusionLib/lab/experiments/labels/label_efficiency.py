"""How many labels a pretrained encoder saves: the same task from all labels and from a tenth, arm by arm."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult, ScoreTable
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import (
    dice_by_label,
    read_evaluation_study,
    write_evaluation_study,
)
from OrthoDiffusionLib.lab.experiments.common.experiment import Arm, Cell, Experiment
from OrthoDiffusionLib.lab.experiments.common.runner import to_standard_error
from OrthoDiffusionLib.lab.experiments.variants.variants import as_json
from OrthoDiffusionLib.lab.phantom.datasets.cohort import FROZEN, Cohort, cohort_named
from OrthoDiffusionLib.lab.phantom.datasets.shards import ShardReader, write_shards
from OrthoDiffusionLib.lab.phantom.engine.seeds import FROZEN_SEEDS
from OrthoDiffusionLib.lab.phantom.knee.builder import KNEE_VERSION
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
from OrthoDiffusionLib.lab.training.engine.record import data_record, pretraining_record
from OrthoDiffusionLib.lab.training.pretraining.pretrain import load_pretrained, pretrained_file
from OrthoDiffusionLib.volumes import Plane

FEW, ALL = 0.1, 1.0
"""Shares of the archive's studies that have labels."""


def percent(share: float) -> str:
    """0.1 as it is written."""
    return f"{100 * share:.3g} %"


_SEEDS = {FEW: (0, 1, 2), ALL: (0,)}
_CHARGED_SEEDS = (0,)  # cells that train as long as pretraining and training together take minutes

# Title, and how the network starts and learns.
_KINDS: dict[str, tuple[str, dict[str, object]]] = {
    "finetuned": ("Ours, pretrained and fine-tuned", {"network": "ours", "start": "pretrained", "frozen": False}),
    "frozen": ("Ours, pretrained and frozen", {"network": "ours", "start": "pretrained", "frozen": True}),
    "scratch": ("The same network from scratch", {"network": "ours", "start": "fresh", "frozen": False}),
    "random": ("Its features of chance, frozen", {"network": "ours", "start": "chance", "frozen": True}),
    "dynunet": ("MONAI DynUNet (outlines)", {"network": "dynunet"}),
    "densenet": ("MONAI DenseNet (findings)", {"network": "densenet"}),
    "published": ("The original's recipe in small", {"network": "published"}),
}
_CHARGED = ("charged", "From scratch, with pretraining's steps on top")


def _arms() -> tuple[Arm, ...]:
    plain = [
        Arm(f"{name}-{100 * share:g}", title, {"kind": name, "labels": share, **settings}, _SEEDS[share])
        for share in (FEW, ALL)
        for name, (title, settings) in _KINDS.items()
    ]
    name, title = _CHARGED
    charged = {"kind": name, **_KINDS["scratch"][1], "charged": True}
    return (
        *plain,
        *(Arm(f"{name}-{100 * share:g}", title, {**charged, "labels": share}, _CHARGED_SEEDS) for share in (FEW, ALL)),
    )


EXPERIMENT = Experiment(
    "labels",
    "How many labels pretraining saves",
    "A diffusion model has seen an archive without labels. Does a network that starts from it need fewer labelled"
    " studies than one that doesn't, and than others of its size?",
    _arms(),
)

_FIRST_SEED = FROZEN_SEEDS[600_000]

LOGITS, TRUTH = "Logits of the findings", "Findings that the views show"


def dice_title(plane: Plane) -> str:
    """Title of the table with the outlines of one plane."""
    return f"Dice, {plane.value} view"


def evaluation_cohort(count: int) -> Cohort:
    """Studies as the frozen cohort has them: its anatomies and its imaging sites in turn, held-out ones among them.

    Other seeds than the frozen cohort's own: what is chosen here must not be chosen on what is later measured. All
    planes are there, and every finding in three of ten studies, so that few studies say as much as they can.
    """
    seeds = range(_FIRST_SEED, _FIRST_SEED + count)
    return replace(
        cohort_named(f"{KNEE.name}-{FROZEN}"), name=f"{KNEE.name}-labels-v{KNEE_VERSION}", seeds=seeds, prevalence=0.3,
        missing_plane=0.0,
    )  # fmt: skip


@dataclass(frozen=True)
class LabelsWork:
    """What a cell of this experiment does.

    Attributes:
        out: the experiment's folder.
        recipe: network, crops, rates and steps of every arm.
        studies: how many studies of the archive may have labels.
        evaluated: studies of the evaluation cohort.
        planes: views of each study; each is outlined by itself, findings are predicted from all.
        pretrained: folder of `orthodiffusion pretrain`.
        archive: folder of phantom shards; None makes `studies` of them here.
    """

    out: Path
    recipe: Recipe
    studies: int
    evaluated: int
    planes: tuple[Plane, ...]
    pretrained: Path | None
    archive: Path | None = None

    @property
    def settings(self) -> dict:
        """All that the numbers depend on beside arm and seed.

        Raises:
            TrainingError: if the pretrained weights are missing.
        """
        recipe = self.recipe.as_dict()
        kept = {key: recipe[key] for key in ("in_plane_mm", "network", "data", "pretrain", "finetune")}
        weights = {p.value: hashlib.sha256(path.read_bytes()).hexdigest() for p, path in self.pretrained_files.items()}
        return {
            "engine": KNEE_VERSION,
            "studies": self.studies,
            "evaluated": self.evaluated,
            "planes": [plane.value for plane in self.planes],
            "pretrained": weights,
            "pretraining": as_json(asdict(self.pretraining)),
            "archive": self.archive_record,
            **as_json(kept),
        }

    @property
    def archive_folder(self) -> Path:
        """Where the shards lie."""
        return self.archive or self.out / "studies"

    @property
    def archive_record(self) -> dict:
        """How many studies the archive has, and their first and last seed."""
        if self.archive is None:
            return {"studies": self.studies, "first_seed": 0, "last_seed": self.studies - 1}
        return data_record(self.archive)

    @property
    def pretrained_folder(self) -> Path:
        """`pretrained`, which the arms of our encoders need.

        Raises:
            TrainingError: if there is none.
        """
        if self.pretrained is None:
            raise TrainingError(
                "The experiment on labels needs the folder with pretrained encoders", remedy=self._pretraining_first
            )
        return self.pretrained

    @property
    def _pretraining_first(self) -> str:
        return (
            f"Run `orthodiffusion pretrain --data DIR --out PRE --recipe {self.recipe.name}` first, and give"
            " --pretrained PRE."
        )

    @property
    def pretrained_files(self) -> dict[Plane, Path]:
        """Plane -> weights of its pretrained encoder.

        Raises:
            TrainingError: if there is no such folder, or a plane has no weights in it.
        """
        files = {plane: pretrained_file(self.pretrained_folder, plane) for plane in self.planes}
        for plane, path in files.items():
            if not path.is_file():
                raise TrainingError(
                    f"There are no pretrained weights of the {plane.value} plane",
                    where=str(path),
                    remedy=self._pretraining_first,
                )
        return files

    @property
    def pretraining(self) -> Pretraining:
        """How our encoders were pretrained, from their own files."""
        return pretraining_of(self.pretrained_files)

    @property
    def extra_steps(self) -> int:
        """Supervised steps that cost what our pretraining did."""
        return self.pretraining.equal_steps(self.recipe.data.crop)

    def steps_of(self, cell: Cell) -> int:
        """Training steps of a cell."""
        return self.recipe.finetune.steps + (self.extra_steps if cell.arm.settings.get("charged") else 0)

    def check(self) -> None:
        """Refuse before minutes of work what cannot work.

        Raises:
            TrainingError: if pretrained weights are missing or of another network or pixel, or the archive is too
                small or of another pixel.
        """
        from OrthoDiffusionLib.encoders import build_view_encoder

        for plane in self.pretrained_files:
            load_pretrained(build_view_encoder(plane, self.recipe.network), self.pretrained_folder)
        pixel = self.pretraining.pixel_mm
        if pixel is not None and not math.isclose(pixel, self.recipe.encoder_pixel_mm, rel_tol=0.01):
            raise TrainingError(
                f"The encoders were pretrained on pixels of {pixel:g} mm, the recipe has"
                f" {self.recipe.encoder_pixel_mm:g} mm",
                where=str(self.pretrained),
                remedy="Pretrain with the experiment's recipe, or give a recipe with their pixel.",
            )
        if self.archive is not None:
            self._check_archive(ShardReader(self.archive))

    def _check_archive(self, archive: ShardReader) -> None:
        from OrthoDiffusionLib.lab.training.samples.crops import at_encoder_pixels

        if len(archive) < self.studies:
            raise TrainingError(
                f"The archive has {len(archive)} studies, {self.studies} were to have labels",
                where=str(self.archive),
                remedy="Ask for fewer with --studies.",
            )
        pixel = at_encoder_pixels(archive.view(0, self.planes[0]), self.recipe).geometry.spacing_mm[1]
        if not math.isclose(pixel, self.recipe.encoder_pixel_mm, rel_tol=0.01):
            raise TrainingError(
                f"The archive's pixel of {pixel:g} mm is neither the encoders' {self.recipe.encoder_pixel_mm:g} mm nor"
                " half of it",
                where=str(self.archive),
                remedy="Give the folder that the encoders were pretrained on, or leave --data out.",
            )

    def preparations(self, cells: Sequence[Cell], parts: int) -> list[Callable[[], object]]:
        """The archive, the evaluation studies, and the original's pretraining, as far as the cells need them."""
        cohort = evaluation_cohort(self.evaluated)
        tasks: list[Callable[[], object]] = []
        if self.archive is None:
            tasks += [partial(self.write_archive, part, parts) for part in range(1, parts + 1)]
        for number, seed in enumerate(cohort.seeds):
            anatomy, site = cohort.setting(number)
            tasks.append(
                partial(
                    write_evaluation_study, self.evaluation_file(number), seed, anatomy=anatomy, site=site,
                    pixel_mm=self.recipe.encoder_pixel_mm, prevalence=cohort.prevalence,
                )
            )  # fmt: skip
        if any(cell.arm.settings["network"] == "published" for cell in cells):
            side_by_side = min(parts, len(self.planes))
            tasks += [partial(self.pretrain_published, plane, side_by_side) for plane in self.planes]
        return tasks

    def write_archive(self, part: int = 1, parts: int = 1) -> None:
        """Make this experiment's own archive, or a part of it."""
        write_shards(
            self.archive_folder,
            self.studies,
            0,
            part=part,
            parts=parts,
            joint=KNEE.name,
            pixel_mm=self.recipe.encoder_pixel_mm,
        )

    def pretrain_published(self, plane: Plane, side_by_side: int) -> None:
        """Pretrain the original's small network of one plane, on as many crops as ours saw."""
        from OrthoDiffusionLib.lab.experiments.labels.published_recipe import pretrain_published
        from OrthoDiffusionLib.lab.training.engine.engine import use_all_cores

        if self.archive is None:
            self.write_archive()  # whatever another process has not made yet
        use_all_cores(side_by_side)
        settings = replace(self.recipe.pretrain, steps=self.pretraining.crops, batch=1, accumulate=1)
        pretrain_published(
            self.archive_folder,
            self.published,
            plane,
            replace(self.recipe, pretrain=settings),
            report=lambda line: to_standard_error(f"the original's pretraining, {plane.value}: {line}"),
        )

    @property
    def published(self) -> Path:
        """Folder of the original's pretrained small networks."""
        return self.out / "published"

    def evaluation_file(self, number: int) -> Path:
        """Views and truth of one evaluation study."""
        return self.out / "evaluation" / f"{number:03d}.npz"

    def run(self, cell: Cell, folder: Path, report: Callable[[str], None]) -> CellResult:
        """Train on the labelled studies, and read the evaluation studies."""
        import time

        from OrthoDiffusionLib.lab.experiments.labels.label_crops import LabelCrops, labelled_studies
        from OrthoDiffusionLib.lab.experiments.labels.label_training import build_network, train_network

        recipe = replace(
            self.recipe,
            seed=cell.seed,
            finetune=replace(self.recipe.finetune, steps=self.steps_of(cell)),
        )
        archive = ShardReader(self.archive_folder).paths[: self.studies]
        labelled = labelled_studies(archive, float(cell.arm.settings["labels"]), cell.seed)
        network = build_network(self, cell)
        began = time.monotonic()
        train_network(network, LabelCrops(labelled, self.planes, recipe), folder, recipe, report=report)
        trained = time.monotonic()
        report("reading the evaluation studies")
        tables = self._tables(network)
        facts = {
            "parameters": network.in_use() // len(self.planes),
            "steps": recipe.finetune.steps,
            "labelled": len(labelled),
            "training_seconds": round(trained - began, 1),
            "reading_seconds": round(time.monotonic() - trained, 1),
        }
        return CellResult(cell.arm.name, cell.seed, self.settings, tables, facts)

    def _tables(self, network) -> tuple[ScoreTable, ...]:
        cohort = evaluation_cohort(self.evaluated)
        dice: dict[Plane, dict[str, dict[str, float]]] = {}
        logits: dict[str, dict[str, float]] = {}
        truth: dict[str, dict[str, float]] = {}
        for number in range(len(cohort)):
            study = cohort.study_name(number)
            found = read_evaluation_study(self.evaluation_file(number))
            views = {plane: found[plane] for plane in self.planes}
            reading = network.read(views)
            for plane, labels in reading.labels.items():
                of_label = dice_by_label([(labels, views[plane].labels)])
                rows = dice.setdefault(plane, {})
                for structure in KNEE.primary_structures:
                    if structure.label in of_label:
                        rows.setdefault(structure.title, {})[study] = of_label[structure.label]
            if reading.logits is None:
                continue
            shown = np.logical_or.reduce([view.findings for view in views.values()])
            for abnormality, logit, present in zip(KNEE.abnormalities, reading.logits, shown, strict=True):
                logits.setdefault(abnormality.title, {})[study] = float(logit)
                truth.setdefault(abnormality.title, {})[study] = float(present)
        found_tables = [ScoreTable(dice_title(plane), rows) for plane, rows in dice.items()]
        if logits:
            found_tables += [ScoreTable(LOGITS, logits, interval=False), ScoreTable(TRUTH, truth, interval=False)]
        return tuple(found_tables)


@dataclass(frozen=True)
class Pretraining:
    """What our encoders' own files say of their pretraining.

    Attributes:
        crops: that went through the network, of each plane.
        crop: (S, H, W) of one.
        pixel_mm: of the crops; None where an older file does not say.
        data: what they learned from, as recorded.
    """

    crops: int
    crop: tuple[int, int, int]
    pixel_mm: float | None
    data: Mapping[str, object]

    def equal_steps(self, crop: Sequence[int]) -> int:
        """Supervised steps on one crop of a size that send as many voxels through the network, and cost as much."""
        return round(self.crops * math.prod(self.crop) / math.prod(crop))


def pretraining_of(files: Mapping[Plane, Path]) -> Pretraining:
    """Read the record of the first plane's weights.

    Raises:
        TrainingError: if it has none.
    """
    from safetensors import safe_open

    from OrthoDiffusionLib.encoders import DETAIL_RATIO

    plane, path = next(iter(files.items()))
    with safe_open(path, framework="numpy") as weights:
        recipe = json.loads((weights.metadata() or {}).get("recipe", "{}"))
    try:
        steps = recipe["pretrain"]
        crops = steps["steps"] * steps.get("batch", 1) * steps.get("accumulate", 1)
        crop = tuple(recipe["data"]["crop"])
    except KeyError as error:
        raise TrainingError(
            f"The pretrained weights do not say how they were trained ({error} is missing)",
            where=str(path),
            remedy="Pretrain again with this version.",
        ) from error
    pixel = recipe.get("in_plane_mm")
    if pixel is not None and recipe.get("network", {}).get("detail"):
        pixel *= DETAIL_RATIO
    return Pretraining(crops, crop, pixel, pretraining_record({plane: path})[plane.value].get("data", {}))
