"""One, two, three planes: what a bundle makes of each set of views, fused in the world or averaged afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from OrthoDiffusionLib.analysis.inference import FusedStudy, encode_views, fuse_and_diagnose
from OrthoDiffusionLib.analysis.model import OrthoModel, load_model
from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.fusion.world_grid import inside_grid
from OrthoDiffusionLib.lab.evaluation.scores.segmentation_scores import imaged_region
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult, ScoreTable
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import dice_by_label
from OrthoDiffusionLib.lab.experiments.common.experiment import Arm, Cell, Experiment
from OrthoDiffusionLib.lab.phantom.datasets.cohort import PhantomStudy, cohort_named
from OrthoDiffusionLib.precision import autocast
from OrthoDiffusionLib.views.preparation import prepare_views
from OrthoDiffusionLib.volumes import Geometry, Plane, Study
from OrthoDiffusionLib.volumes.files.atomic import make_folder, write_text

FUSED, AVERAGED = "fused", "averaged"
DICE, LOGITS, TRUTH = "Dice", "Logits of the findings", "Findings that any view shows"

GRID_MM = 1.4
MARGIN_MM = 6.0
_CHUNK = 1 << 17
_STUDY_SECONDS = 12.0  # of one core with bfloat16 units

Subset = tuple[Plane, ...]


def subsets() -> tuple[Subset, ...]:
    """All sets of planes, the largest first."""
    return tuple(subset for size in (3, 2, 1) for subset in combinations(Plane, size))


def _arm(subset: Subset, how: str) -> Arm:
    words = " + ".join(plane.value for plane in subset)
    title = words if len(subset) == 1 else f"{words}, {how}"
    settings = {"planes": [plane.value for plane in subset], "how": how}
    return Arm("-".join([*(plane.value for plane in subset), *([how] if len(subset) > 1 else [])]), title, settings)


EXPERIMENT = Experiment(
    "planes",
    "One, two or three planes, fused or averaged",
    "What does each additional plane add? And is it better to fuse the views' features in world space than to let every"
    " plane answer on its own and average the answers?",
    tuple(
        _arm(subset, how) for subset in subsets() for how in ((FUSED, AVERAGED) if len(subset) > 1 else (FUSED,))
    ),
)  # fmt: skip


@dataclass(frozen=True)
class PlanesWork:
    """What a cell of this experiment does: collect one arm's share of studies that are scored for all arms at once.

    Attributes:
        out: the experiment's folder.
        bundle: folder of the bundle.
        cohort: name of the cohort.
        evaluated: how many of its studies, from the first on; those without all planes are left out.
    """

    out: Path
    bundle: Path
    cohort: str
    evaluated: int

    @property
    def settings(self) -> dict:
        """All that the numbers depend on."""
        cohort = cohort_named(self.cohort)
        return {
            "bundle": self._bundle.identity,
            "cohort": cohort.name,
            "evaluated": self.evaluated,
            "grid_mm": GRID_MM,
        }

    @property
    def _bundle(self) -> Bundle:
        return Bundle.open(self.bundle)

    def check(self) -> None:
        """Refuse before minutes of work what cannot work.

        Raises:
            BundleError: if the bundle cannot be used.
            TrainingError: if it lacks a plane, or the cohort has fewer studies.
        """
        missing = [plane.value for plane in Plane if plane not in self._bundle.manifest.views]
        if missing:
            raise TrainingError(
                f"The bundle has no {' and no '.join(missing)} plane", where=str(self.bundle),
                remedy="Use a bundle with all three planes.",
            )  # fmt: skip
        size = len(cohort_named(self.cohort))
        if not 1 <= self.evaluated <= size:
            raise TrainingError(
                f"The cohort {self.cohort} has {size} studies, {self.evaluated} were asked for",
                remedy=f"Ask for 1 to {size} with --evaluated.",
            )

    def preparations(self, cells: Sequence[Cell], parts: int) -> list[list[Callable[[], object]]]:
        """The studies that are not scored yet, shared among `parts` processes."""
        still = [number for number in range(self.evaluated) if not self.study_file(number).exists()]
        return [[partial(self.score, still[part::parts]) for part in range(parts) if still[part::parts]]]

    def expected_minutes(self, jobs: int) -> str:
        """What is ahead, in words."""
        still = sum(not self.study_file(number).exists() for number in range(self.evaluated))
        minutes = still * _STUDY_SECONDS / jobs / 60
        return f"{still} studies to score, about {minutes:.0f} minutes if each of {jobs} jobs has its own core"

    def score(self, numbers: Sequence[int]) -> None:
        """Score some studies for all arms, a file each."""
        model, bundle = load_model(self._bundle), self._bundle
        cohort = cohort_named(self.cohort)
        make_folder(self.study_file(0).parent)
        for number in numbers:
            scores = score_study(model, bundle, cohort.study(number))
            write_text(self.study_file(number), json.dumps(scores, allow_nan=False) + "\n")

    def study_file(self, number: int) -> Path:
        """Scores of one study."""
        return self.out / "studies" / f"{number:04d}.json"

    def run(self, cell: Cell, folder: Path, report: Callable[[str], None]) -> CellResult:
        """Collect an arm's scores."""
        cohort = cohort_named(self.cohort)
        dice: dict[str, dict[str, float]] = {}
        logits: dict[str, dict[str, float]] = {}
        truth: dict[str, dict[str, float]] = {}
        skipped = 0
        for number in range(self.evaluated):
            scores = json.loads(self.study_file(number).read_text(encoding="utf-8"))
            if scores is None:
                skipped += 1
                continue
            name = cohort.study_name(number)
            for rows, values in (
                (dice, scores["arms"][cell.arm.name]["dice"]),
                (logits, scores["arms"][cell.arm.name]["logits"]),
                (truth, scores["truth"]),
            ):
                for measure, value in values.items():
                    rows.setdefault(measure, {})[name] = value
        tables = (ScoreTable(DICE, dice), ScoreTable(LOGITS, logits, False), ScoreTable(TRUTH, truth, False))
        people = {cohort.study_name(number): cohort.patient(number) for number in range(self.evaluated)}
        patients = {name: patient for name, patient in people.items() if patient != name}
        facts = {"studies": self.evaluated - skipped, "without_all_planes": skipped}
        return CellResult(cell.arm.name, cell.seed, self.settings, tables, facts, patients)


def score_study(model: OrthoModel, bundle: Bundle, phantom: PhantomStudy) -> dict | None:
    """All arms on one study; None if it lacks a plane.

    Every arm is asked at the same points: where all its planes looked, on a grid around the joint's structures, by the
    networks alone, without the cleaning up that follows in an analysis.

    Returns:
        {"truth": {finding: 0 or 1}, "arms": {arm: {"dice": {structure: value}, "logits": {finding: value}}}}
    """
    study = Study.from_volumes(phantom.volumes, joint=phantom.joint)
    if study.missing_planes:
        return None
    mirror = phantom.side is Side.LEFT
    grid = _grid(phantom)
    truth = phantom.truth_on(grid).array
    counted = np.logical_and.reduce([imaged_region(grid, [study.planes[plane].geometry]) for plane in Plane])
    points = _points(grid.mirrored() if mirror else grid, counted)
    labels, manifest = truth[counted], bundle.manifest
    timings: dict[str, float] = {}
    views = prepare_views(study, manifest.grids, mirror=mirror)
    pyramids = encode_views(model, views, device="cpu", precision="auto", timings=timings)
    arms: dict[str, dict] = {}
    alone: dict[Plane, tuple[Tensor, Tensor]] = {}
    for subset in reversed(subsets()):
        fused = fuse_and_diagnose(
            model, {p: views[p] for p in subset}, {p: pyramids[p] for p in subset},
            fine_spacing_mm=manifest.fusion_spacing_mm, device="cpu", precision="auto", timings=timings,
        )  # fmt: skip
        answer = (probabilities(model, fused, points), fused.diagnosis.logits.float().cpu())
        if len(subset) == 1:
            alone[subset[0]] = answer
        else:
            chances, logits = (
                torch.stack(parts).mean(dim=0) for parts in zip(*(alone[p] for p in subset), strict=True)
            )
            arms[_arm(subset, AVERAGED).name] = _scores((chances, logits), labels, bundle)
        arms[_arm(subset, FUSED).name] = _scores(answer, labels, bundle)
    shown = {a.title: float(bool(phantom.abnormalities[a.name])) for a in manifest.abnormalities}
    return {"truth": shown, "arms": arms}


@torch.inference_mode()
def probabilities(model: OrthoModel, fused: FusedStudy, points: Tensor) -> Tensor:
    """(N, K) probabilities of the structures at points; background where the fused grid does not reach.

    Args:
        points: (N, 3) RAS mm of the networks' world.
    """
    parts = []
    geometry = fused.grid.geometry
    for chunk in points.split(_CHUNK):
        with autocast():
            found = model.fine_logits(fused.pyramids, fused.grid, chunk).float().softmax(dim=1)
        outside = ~inside_grid(geometry.shape, geometry.affine, chunk)
        found[outside] = 0.0
        found[outside, 0] = 1.0
        parts.append(found)
    return torch.cat(parts)


def _scores(answer: tuple[Tensor, Tensor], labels: np.ndarray, bundle: Bundle) -> dict:
    found = answer[0].argmax(dim=1).to(torch.uint8).numpy()
    dice = dice_by_label([(found, labels)])
    manifest = bundle.manifest
    structures = [s for s in manifest.structures if not s.auxiliary and s.label in dice]
    logits = zip(manifest.abnormalities, answer[1].tolist(), strict=True)
    return {
        "dice": {structure.title: dice[structure.label] for structure in structures},
        "logits": {abnormality.title: value for abnormality, value in logits},
    }


def _grid(phantom: PhantomStudy) -> Geometry:
    """Patient grid around whatever of the structures a volume shows."""
    found = [labels.geometry.to_ras(np.argwhere(labels.array).astype(float)) for labels in phantom.labels]
    places = np.concatenate(found)
    return Geometry.from_box(tuple(places.min(axis=0) - MARGIN_MM), tuple(places.max(axis=0) + MARGIN_MM), GRID_MM)


def _points(geometry: Geometry, counted: np.ndarray) -> Tensor:
    return torch.from_numpy(geometry.to_ras(np.argwhere(counted).astype(float)).astype(np.float32))


def differences(arms: Mapping[str, Arm]) -> tuple[tuple[str, str, str], ...]:
    """What is worth comparing: (caption, arm, reference)."""
    three = _arm(tuple(Plane), FUSED).name
    fewer = [(f"{arm.title} − three fused", name, three) for name, arm in arms.items() if name != three]
    pairs = [
        (f"{' + '.join(p.value for p in s)}: fused − averaged", _arm(s, FUSED).name, _arm(s, AVERAGED).name)
        for s in subsets()
        if len(s) > 1
    ]
    return (*pairs, *(row for row in fewer if arms[row[1]].settings["how"] == FUSED))
