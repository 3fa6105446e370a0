"""Which phantoms teach: anatomy of label maps, parameters or both; pictures by physics, of random contrast or both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult, ScoreTable, as_json
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import (
    StudySetting,
    dice_by_label,
    read_evaluation_study,
    write_evaluation_study,
)
from OrthoDiffusionLib.lab.experiments.common.experiment import Arm, Cell, Experiment
from OrthoDiffusionLib.lab.phantom.datasets.shards import write_shards
from OrthoDiffusionLib.lab.phantom.engine.seeds import FROZEN_SEEDS
from OrthoDiffusionLib.lab.phantom.knee.atlas import HELD_OUT_ANATOMIES
from OrthoDiffusionLib.lab.phantom.knee.builder import KNEE_VERSION
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.views import ViewGrid
from OrthoDiffusionLib.volumes import Plane

EXPERIMENT = Experiment(
    "variants",
    "Which phantoms are best for training",
    "A small network learns outlines from digital knees alone. Which digital knees are best: bones from label maps of"
    " real knees or from parameters, images from physics or with random contrast?",
    (
        Arm("mixed", "Both mixed", {"anatomy": "mixed", "centre": "training"}),
        Arm("atlas", "Label maps only", {"anatomy": "atlas", "centre": "training"}),
        Arm("parametric", "Parametric only", {"anatomy": "procedural", "centre": "training"}),
        Arm("physics", "Physics only", {"anatomy": "mixed", "centre": "physics"}),
        Arm("randomised", "Randomised only", {"anatomy": "mixed", "centre": "randomised"}),
    ),
)

# Far from the frozen cohort's own seeds: what is chosen here must not be chosen on what is later measured.
_FIRST_SEED = FROZEN_SEEDS[500_000]
_SEEN = ("clinic_15t_a", "clinic_3t_a", "clinic_15t_b", "low_field_03t")
_HELD_OUT = ("held_out_15t", "held_out_3t", "held_out_03t")

BONES_AND_CARTILAGE = tuple(range(1, 8))
MENISCI_AND_CRUCIATES = tuple(range(8, 12))
EXTENSOR_TENDONS = (13, 14)

STUDIES, EVALUATED = 80, 10
"""Of each arm, and of each family that it is asked about, unless the user says otherwise."""

_EXAMS = ("knee_exam", "dicom_echo")
_PANEL_PX = 220


@dataclass(frozen=True)
class EvaluationStudy:
    """Which study it is: its family, its number there, and what it is made from."""

    family: str
    number: int
    anatomy: str
    site: str

    @property
    def name(self) -> str:
        """Name of its file."""
        return f"{self.family}-{self.number:02d}-{self.site}"


def evaluation_studies(count: int) -> tuple[EvaluationStudy, ...]:
    """`count` studies of the label map that no training sees, and as many procedural ones; imaging sites in turn."""
    pairs = [(_SEEN[n % len(_SEEN)], _HELD_OUT[n % len(_HELD_OUT)]) for n in range(count)]
    sites = [site for pair in pairs for site in pair][:count]
    families = (("heldout", HELD_OUT_ANATOMIES[0]), ("procedural", "procedural"))
    return tuple(
        EvaluationStudy(family, number, anatomy, site)
        for family, anatomy in families
        for number, site in enumerate(sites)
    )


@dataclass(frozen=True)
class VariantsWork:
    """What a cell of this experiment does.

    Attributes:
        out: the experiment's folder.
        recipe: of the training, all but anatomy, imaging site and seed.
        studies: how many phantom studies each anatomy is trained on.
        evaluated: how many studies each of the two families has.
    """

    out: Path
    recipe: Recipe
    studies: int
    evaluated: int

    @property
    def settings(self) -> dict:
        """All that the numbers depend on beside arm and seed."""
        recipe = self.recipe.as_dict()
        kept = {key: recipe[key] for key in ("in_plane_mm", "network", "data", "finetune")}
        return {"engine": KNEE_VERSION, "studies": self.studies, "evaluated": self.evaluated, **as_json(kept)}

    def preparations(self, cells: Sequence[Cell], parts: int) -> list[list[Callable[[], object]]]:
        """Training studies of each anatomy, shared among `parts` processes, and the evaluation studies."""
        anatomies = dict.fromkeys(str(cell.arm.settings["anatomy"]) for cell in cells)
        tasks: list[Callable[[], object]] = [
            *(
                partial(
                    write_shards, self._shards(anatomy), self.studies, 0, joint=KNEE.name,
                    part=part, parts=parts, anatomy=anatomy, pixel_mm=self.recipe.in_plane_mm,
                )
                for anatomy in anatomies
                for part in range(1, parts + 1)
            ),
            *(
                partial(
                    write_evaluation_study, self._evaluation_file(study),
                    StudySetting(KNEE.name, _FIRST_SEED + number, study.anatomy, study.site),
                    {plane: ViewGrid(plane, in_plane_mm=self.recipe.in_plane_mm) for plane in Plane},
                )
                for number, study in enumerate(evaluation_studies(self.evaluated))
            ),
        ]  # fmt: skip
        return [tasks]

    def run(self, cell: Cell, folder: Path, report: Callable[[str], None]) -> CellResult:
        """Train, score the evaluation studies, and draw the real exams."""
        from OrthoDiffusionLib.lab.experiments.common import real_exams
        from OrthoDiffusionLib.lab.experiments.planes.plane_outlines import outline_view, train_plane_outlines

        data = replace(self.recipe.data, centre=str(cell.arm.settings["centre"]))
        recipe = replace(self.recipe, seed=cell.seed, data=data)
        shards = self._shards(str(cell.arm.settings["anatomy"]))
        model = train_plane_outlines(shards, folder, recipe, report=report)
        report("scoring the evaluation studies")
        dice = {
            study: dice_by_label(
                (outline_view(model, view.image, view.geometry, plane), view.labels)
                for plane, view in read_evaluation_study(self._evaluation_file(study)).items()
            )
            for study in evaluation_studies(self.evaluated)
        }
        report("drawing the real exams")
        exams = []
        for name in _EXAMS:
            exam = real_exams.read_right_knee(resource_path("SampleData", name))
            exams.append((exam, real_exams.outline_exam(exam, partial(outline_view, model), recipe.in_plane_mm)))
        real_exams.write_picture(strip_file(folder), real_exams.exam_strip(exams, side_px=_PANEL_PX))
        primary = [s for s in KNEE.structures if s.label in BONES_AND_CARTILAGE + MENISCI_AND_CRUCIATES]
        agreement = real_exams.plane_agreement(exams[0][1], primary)
        tables = (
            *_tables(dice),
            ScoreTable("Real exam, Dice between planes each alone: agreement, not accuracy", agreement, interval=False),
        )
        held_out = {study.name: study.anatomy for study in dice if study.anatomy in HELD_OUT_ANATOMIES}
        return CellResult(cell.arm.name, cell.seed, self.settings, tables, patients=held_out)

    def _shards(self, anatomy: str) -> Path:
        return self.out / "studies" / anatomy

    def _evaluation_file(self, study: EvaluationStudy) -> Path:
        return self.out / "evaluation" / f"{study.name}.npz"


def strip_file(folder: Path) -> Path:
    """The overlays of a cell."""
    return folder / "exams.jpg"


def _tables(dice: Mapping[EvaluationStudy, Mapping[int, float]]) -> tuple[ScoreTable, ...]:
    """Dice of the evaluation studies, grouped in three ways.

    Of the held-out label map only the bones and cartilages are its own; the rest of such a knee is procedural, and
    is scored on procedural knees alone.
    """
    families = {
        "held-out label map": [study for study in dice if study.family == "heldout"],
        "procedural knees": [study for study in dice if study.family == "procedural"],
    }
    both, procedural = list(dice), families["procedural knees"]
    seen = [study for study in both if study.site in _SEEN]
    unseen = [study for study in both if study.site in _HELD_OUT]

    def means(studies: Sequence[EvaluationStudy], labels: Sequence[int]) -> dict[str, float]:
        shown = {study: [dice[study][label] for label in labels if label in dice[study]] for study in studies}
        return {study.name: float(np.mean(values)) for study, values in shown.items() if values}

    main = {
        "bones and cartilages, held-out label map": means(families["held-out label map"], BONES_AND_CARTILAGE),
        "bones and cartilages, procedural knees": means(procedural, BONES_AND_CARTILAGE),
        "menisci and cruciate ligaments, procedural knees": means(procedural, MENISCI_AND_CRUCIATES),
        "extensor tendons, procedural knees": means(procedural, EXTENSOR_TENDONS),
    }
    # Titles and rows are looked up in the results of older cells, which say centre for an imaging site.
    sites = {
        "bones and cartilages, clinics that “mixed” pictures include": means(seen, BONES_AND_CARTILAGE),
        "bones and cartilages, held-out centres": means(unseen, BONES_AND_CARTILAGE),
    }
    structures = {
        structure.title: means(both if structure.label in BONES_AND_CARTILAGE else procedural, (structure.label,))
        for structure in KNEE.structures
        if structure.label in BONES_AND_CARTILAGE + MENISCI_AND_CRUCIATES + EXTENSOR_TENDONS
    }
    return (
        ScoreTable("Mean Dice, phantom numbers", main),
        ScoreTable("By centre, mean Dice, phantom numbers", sites),
        ScoreTable("By structure, Dice, phantom numbers", structures),
    )
