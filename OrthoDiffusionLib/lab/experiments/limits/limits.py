"""What limits the outlines: studies that training has seen, clear pictures, contrasts, pixels, and the true labels."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.anatomy.structure import Kind
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.findings.label_resampling import labels_on
from OrthoDiffusionLib.lab.evaluation.scores.segmentation_scores import imaged_region
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult, ScoreTable
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import dice_by_label
from OrthoDiffusionLib.lab.experiments.common.experiment import Arm, Cell, Experiment
from OrthoDiffusionLib.lab.experiments.limits.pictures import PROTOCOLS, How, ScannedKnee
from OrthoDiffusionLib.lab.phantom.datasets.shards import SETTINGS_FILE, ShardReader
from OrthoDiffusionLib.lab.phantom.engine.view_parts import ViewParts
from OrthoDiffusionLib.lab.phantom.imaging.scanner import draw_scan
from OrthoDiffusionLib.lab.phantom.phantom import builder_named, make_phantom, stored_shapes
from OrthoDiffusionLib.volumes import Geometry, Plane, Volume
from OrthoDiffusionLib.volumes.files.atomic import make_folder, write_text

FRESH_SEED = 7_500_000
"""First of the fresh studies: of the seeds of training, from a stretch that no training of ours has drawn."""

STUDIES, COMPARED = 8, 3
"""How many studies are scored, and how many of them in each picture that a study is compared in."""

MEAN, DICE = "Mean Dice", "Dice by structure"
SEEN, FRESH, SLICES = "seen", "fresh", "labels-slices"
_USUAL = "pd-fs"  # the contrast that clinics use most
_FINE_MM = 0.35  # of the grid that true labels of the output grid are compared on
_PIXELS_MM = (0.4, 0.6, 0.8)


def _arms() -> Iterator[Arm]:
    """Each with how its pictures are made, if it has any, and which arm it is compared with on the same studies."""
    yield Arm(FRESH, "fresh studies", {"how": {}, "all": True})
    yield Arm(SEEN, "training studies", {"how": {}, "all": True})
    yield Arm("clear", "fresh studies, without artefacts", {"how": {"clear": True}, "against": FRESH})
    for name, protocol in PROTOCOLS.items():
        yield Arm(name, protocol.name, {"how": {"contrast": name}, **({"against": _USUAL} if name != _USUAL else {})})
    for pixel in _PIXELS_MM:
        how = {"contrast": _USUAL, "clear": True, "pixel_mm": pixel}
        title = f"{PROTOCOLS[_USUAL].name} without artefacts, {pixel:g} mm"
        yield Arm(f"pixel-{pixel:g}", title, {"how": how, "against": _USUAL})
    yield Arm(SLICES, "true labels on the slices", {})
    yield Arm("labels-grid", "true labels on the output grid", {})


EXPERIMENT = Experiment(
    "limits",
    "What limits the outlines",
    "Is the limit the training (then studies seen in training are outlined better), the image (then images without"
    " artefacts are outlined better), or the output grid (then even the true labels lose detail on it)?",
    tuple(_arms()),
)


@dataclass(frozen=True)
class LimitsWork:
    """What a cell of this experiment does: collect an arm's scores of studies that are scored for all arms at once.

    Attributes:
        out: the experiment's folder.
        bundle: folder of the bundle.
        data: folder of the studies that the bundle was trained on; None leaves the arm of these out.
        evaluated: how many studies are scored; see `STUDIES`.
    """

    out: Path
    bundle: Path
    data: Path | None
    evaluated: int

    @cached_property
    def _opened(self) -> Bundle:
        return Bundle.open(self.bundle)

    @cached_property
    def _style(self) -> dict:
        """anatomy, style and pixel_mm of the training's studies, or what is usual."""
        if self.data is not None:
            return _style_of(self.data)
        grid = self._opened.manifest.grids[Plane.SAGITTAL]
        anatomy = builder_named(self._opened.manifest.joint).anatomies[0]
        return {"anatomy": anatomy, "style": "mixed", "pixel_mm": float(grid.in_plane_mm)}

    @property
    def settings(self) -> dict:
        """All that the numbers depend on."""
        return {
            "bundle": self._opened.identity,
            "engine": builder_named(self._opened.manifest.joint).version,
            "fresh_seed": FRESH_SEED,
            "evaluated": self.evaluated,
            **self._style,
        }

    def seeds(self, arm: str) -> list[int]:
        """The studies of an arm."""
        if arm == SEEN:
            return [
                int(path.stem.rpartition("_")[2]) for path in ShardReader(self.data or Path()).paths[: self.evaluated]
            ]
        settings = next(one.settings for one in EXPERIMENT.arms if one.name == arm)
        count = self.evaluated if settings.get("all") else min(self.evaluated, COMPARED)
        return list(range(FRESH_SEED, FRESH_SEED + count))

    def preparations(self, cells: Sequence[Cell], parts: int) -> list[list[Callable[[], object]]]:
        """Studies that are not scored yet, each for all the arms that ask for it, shared among `parts` processes."""
        asked: dict[int, list[str]] = {}
        for cell in cells:
            for seed in self.seeds(cell.arm.name):
                if not self.file(cell.arm.name, seed).exists():
                    asked.setdefault(seed, []).append(cell.arm.name)
        shares = [dict(list(asked.items())[part::parts]) for part in range(parts)]
        return [[partial(self.score, share) for share in shares if share]]

    def file(self, arm: str, seed: int) -> Path:
        """Dice of one study in one arm."""
        return self.out / "studies" / arm / f"{seed:07d}.json"

    def score(self, asked: Mapping[int, Sequence[str]]) -> None:
        """Score studies, a file an arm.

        Raises:
            TrainingError: if a study of the training cannot be made again, because the simulator has changed.
        """
        analyzer = Analyzer(self._opened, device="cpu")
        for seed, arms in asked.items():
            knee = self._scanned(seed)
            views = knee.views()
            if SEEN in arms:
                self._check_seen(seed, views)
            scorer = _Scorer(analyzer, knee, views)
            for arm in (one for one in EXPERIMENT.arms if one.name in arms):
                path = self.file(arm.name, seed)
                make_folder(path.parent)
                write_text(path, json.dumps(scorer.dice(arm), allow_nan=False) + "\n")

    def _scanned(self, seed: int) -> ScannedKnee:
        style = self._style
        phantom = make_phantom(self._opened.manifest.joint, seed, anatomy=style["anatomy"])
        return ScannedKnee(*draw_scan(phantom, seed, style=style["style"], pixel_mm=style["pixel_mm"]), seed)

    def _check_seen(self, seed: int, views: Mapping[Plane, ViewParts]) -> None:
        reader = ShardReader(self.data or Path())
        number = [path.stem for path in reader.paths].index(f"study_{seed:07d}")
        for plane, view in views.items():
            if not np.array_equal(reader.view(number, plane).centre, view.centre):
                raise TrainingError(
                    f"Training study {seed} cannot be reproduced: this simulator differs from the one that made it",
                    where=str(self.data),
                    remedy="Run the experiment with the program version that made the studies.",
                )

    def run(self, cell: Cell, folder: Path, report: Callable[[str], None]) -> CellResult:
        """Collect an arm's scores."""
        mean: dict[str, float] = {}
        rows: dict[str, dict[str, float]] = {}
        for seed in self.seeds(cell.arm.name):
            dice = json.loads(self.file(cell.arm.name, seed).read_text(encoding="utf-8"))
            mean[str(seed)] = float(np.mean(list(dice.values())))
            for structure, value in dice.items():
                rows.setdefault(structure, {})[str(seed)] = value
        tables = (ScoreTable(MEAN, {"Primary structures": mean}), ScoreTable(DICE, rows))
        anatomy = self._style["anatomy"]
        patients = stored_shapes(self._opened.manifest.joint, {seed: (int(seed), anatomy) for seed in mean})
        return CellResult(cell.arm.name, cell.seed, self.settings, tables, {"studies": len(mean)}, patients)


class _Scorer:
    """Dice of one study in many pictures: primary structures alone, where a view shows something."""

    def __init__(self, analyzer: Analyzer, knee: ScannedKnee, views: Mapping[Plane, ViewParts]) -> None:
        self._analyzer, self._knee, self._views = analyzer, knee, views
        self._primary = {s.label: s for s in analyzer.bundle.manifest.structures if not s.auxiliary}
        self._imaged = [view.geometry for view in views.values()]
        self._truths: dict[Geometry, tuple[np.ndarray, np.ndarray]] = {}
        self._output: Geometry | None = None

    def dice(self, arm: Arm) -> dict[str, float]:
        """Title of a structure -> Dice in an arm; what is neither there nor outlined has none, as in `evaluate`."""
        if "how" in arm.settings:
            return self._of_picture(How(**arm.settings["how"]))
        if self._output is None:
            self._of_picture(How())
        grid = self._output
        assert grid is not None  # the analysis has set it
        if arm.name == SLICES:
            return self._scored(_carried(self._views, grid), grid)
        small = [label for label, structure in self._primary.items() if structure.kind is not Kind.BONE]
        fine = _around_the_joint_line(self._knee, grid, small)
        return self._scored(labels_on(Volume(self._knee.labels_on(grid), grid), fine).array, fine)

    def _of_picture(self, how: How) -> dict[str, float]:
        views = self._views if how.pixel_mm is None else self._knee.views(how.pixel_mm)
        labels = self._analyzer.analyze(self._knee.study(views, how)).segmentation.labels
        if how.pixel_mm is None:
            self._output = labels.geometry
        return self._scored(labels.array, labels.geometry)

    def _scored(self, found: np.ndarray, grid: Geometry) -> dict[str, float]:
        if grid not in self._truths:
            self._truths[grid] = self._knee.labels_on(grid), imaged_region(grid, self._imaged)
        truth, counted = self._truths[grid]
        values = dice_by_label([(found[counted], truth[counted])])
        return {self._primary[label].title: value for label, value in values.items() if label in self._primary}


def _carried(views: Mapping[Plane, ViewParts], grid: Geometry) -> np.ndarray:
    """True labels of every slice, carried to a grid: what two views agree on there, else what the first view says."""
    first, *others = (
        labels_on(Volume(view.tables.structure[view.centre], view.geometry), grid).array for view in views.values()
    )
    result = first.copy()
    for number, one in enumerate(others):
        for other in others[number + 1 :]:
            np.copyto(result, one, where=one == other)
    return result


def _around_the_joint_line(knee: ScannedKnee, grid: Geometry, small: Sequence[int]) -> Geometry:
    """A fine grid over the labels of `small`, of all if the joint has none of them."""
    coarse = Geometry.from_box(*_corners(grid), 2.0)
    labels = knee.labels_on(coarse)
    wanted = np.isin(labels, small)
    places = coarse.to_ras(np.argwhere(wanted if wanted.any() else labels > 0).astype(float))
    return Geometry.from_box(tuple(places.min(axis=0) - 2.0), tuple(places.max(axis=0) + 2.0), _FINE_MM)


def _style_of(data: Path) -> dict:
    """anatomy, style and pixel_mm that the studies of a training were made with.

    Raises:
        TrainingError: if the folder does not say.
    """
    path = data / SETTINGS_FILE
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        return {key: known[key] for key in ("anatomy", "style", "pixel_mm")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(
            "The settings of the training studies cannot be read", where=str(path),
            remedy="Give the folder that was used for `finetune --data`.",
        ) from error  # fmt: skip


def _corners(grid: Geometry) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    low, high = grid.corners_ras.min(axis=0), grid.corners_ras.max(axis=0)
    return (low[0], low[1], low[2]), (high[0], high[1], high[2])
