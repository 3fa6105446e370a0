"""What limits the outlines: studies that training has seen, clear pictures, contrasts, pixels, and the true labels."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.bundles import Bundle, bundle_path
from OrthoDiffusionLib.errors import OrthoDiffusionError, TrainingError
from OrthoDiffusionLib.findings.label_resampling import labels_on
from OrthoDiffusionLib.lab.evaluation.scores.segmentation_scores import imaged_region
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult, ScoreTable
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import dice_by_label
from OrthoDiffusionLib.lab.experiments.common.experiment import Arm, Cell, Experiment
from OrthoDiffusionLib.lab.experiments.limits.pictures import PROTOCOLS, How, ScannedKnee
from OrthoDiffusionLib.lab.phantom.datasets.shards import SETTINGS_FILE, ShardReader
from OrthoDiffusionLib.lab.phantom.engine.view_parts import ViewParts
from OrthoDiffusionLib.lab.phantom.imaging.scanner import draw_scan
from OrthoDiffusionLib.lab.phantom.phantom import builder_named, make_phantom
from OrthoDiffusionLib.volumes import Geometry, Plane, Volume
from OrthoDiffusionLib.volumes.files.atomic import make_folder, write_text

FRESH_SEED = 7_500_000
"""First of the fresh studies: of the seeds of training, from a stretch that no training of ours has drawn."""

STUDIES, COMPARED = 8, 4
"""How many studies are scored, and how many of them in each picture that a study is compared in."""

MEAN, DICE = "Mean Dice", "Dice by structure"
SEEN, FRESH, SLICES = "seen", "fresh", "labels-slices"
_FINE_MM = 0.35  # of the grid that true labels of the output grid are compared on
_PIXELS_MM = (0.4, 0.6, 0.8)
_STUDY_MINUTES = (0.6, 2.0)  # of one core: a study in one picture, and one in all of them


def _arms() -> Iterator[Arm]:
    yield Arm(FRESH, "fresh", {"how": {}, "compared": False})
    yield Arm(SEEN, "seen in training", {"how": {}, "compared": False})
    yield Arm("clear", "fresh, without faults", {"how": {"clear": True}, "compared": True})
    for name, protocol in PROTOCOLS.items():
        yield Arm(name, protocol.name, {"how": {"contrast": name}, "compared": True})
    for pixel in _PIXELS_MM:
        how = {"contrast": "pd-fs", "clear": True, "pixel_mm": pixel}
        yield Arm(
            f"pixel-{pixel:g}", f"PD FSE fat-suppressed without faults, {pixel:g} mm", {"how": how, "compared": True}
        )
    yield Arm(SLICES, "true labels of the slices", {"compared": True})
    yield Arm("labels-grid", "true labels of the output grid", {"compared": True})


EXPERIMENT = Experiment(
    "limits",
    "What limits the outlines",
    "Is it training (studies that it has seen are outlined better), the picture (a clear one is outlined better), or"
    " the grid (true labels do not survive it)?",
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
            known = json.loads((self.data / SETTINGS_FILE).read_text(encoding="utf-8"))
            return {key: known[key] for key in ("anatomy", "style", "pixel_mm")}
        grid = self._opened.manifest.grids[Plane.SAGITTAL]
        anatomy = builder_named(self._opened.manifest.joint).anatomies[0]
        return {"anatomy": anatomy, "style": "mixed", "pixel_mm": float(grid.in_plane_mm)}

    @property
    def settings(self) -> dict:
        """All that the numbers depend on."""
        manifest = self._opened.manifest
        return {
            "bundle": {"name": manifest.name, "version": manifest.version, "sha256": self._opened.sha256},
            "engine": builder_named(manifest.joint).version,
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
        count = min(self.evaluated, COMPARED) if settings["compared"] else self.evaluated
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
            for arm, dice in _scores(analyzer, knee, views, arms):
                make_folder(self.file(arm, seed).parent)
                write_text(self.file(arm, seed), json.dumps(dice, allow_nan=False) + "\n")

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
                    f"Study {seed} of the training cannot be made again: this simulator is another one",
                    where=str(self.data),
                    remedy="Run the experiment with the version of the program that made the studies.",
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
        return CellResult(cell.arm.name, cell.seed, self.settings, tables, {"studies": len(mean)})


def _scores(
    analyzer: Analyzer, knee: ScannedKnee, views: Mapping[Plane, ViewParts], arms: Sequence[str]
) -> Iterator[tuple[str, dict[str, float]]]:
    """(arm, structure -> Dice) of a study, primary structures alone, where a view shows something."""
    titles = {s.label: s.title for s in analyzer.bundle.manifest.structures if not s.auxiliary}
    imaged = [view.geometry for view in views.values()]
    truths: dict[bytes, tuple[np.ndarray, np.ndarray]] = {}
    by_name = {arm.name: arm for arm in EXPERIMENT.arms}
    output: Geometry | None = None

    def dice(found: np.ndarray, geometry: Geometry) -> dict[str, float]:
        key = geometry.affine.tobytes() + bytes(str(geometry.shape), "ascii")
        if key not in truths:
            truths[key] = knee.labels_on(geometry), imaged_region(geometry, imaged)
        truth, counted = truths[key]
        values = dice_by_label([(found[counted], truth[counted])])
        # What is in neither has no score, as in `evaluate`.
        return {titles[label]: value for label, value in values.items() if label in titles}

    for name in sorted(arms, key=list(by_name).index):
        settings = by_name[name].settings
        if "how" in settings:
            how = How(**settings["how"])
            shown = views if how.pixel_mm is None else knee.views(how.pixel_mm)
            labels = analyzer.analyze(knee.study(shown, how)).segmentation.labels
            output = labels.geometry if how.pixel_mm is None else output
            yield name, dice(labels.array, labels.geometry)
            continue
        grid = output or analyzer.analyze(knee.study(views, How())).segmentation.labels.geometry
        output = grid
        if name == SLICES:
            yield name, dice(_majority(views, grid), grid)
        else:
            fine = _around_the_joint_line(knee, grid)
            true = Volume(knee.labels_on(grid), grid)
            yield name, dice(labels_on(true, fine).array, fine)


def _majority(views: Mapping[Plane, ViewParts], grid: Geometry) -> np.ndarray:
    """True labels of every slice, carried to a grid: what two views agree on there, else what the nearer slice says."""
    carried = [
        labels_on(Volume(view.tables.structure[view.centre], view.geometry), grid).array for view in views.values()
    ]
    first, *others = carried
    result = first.copy()
    for number, one in enumerate(others):
        for other in others[number + 1 :]:
            np.copyto(result, one, where=one == other)
    return result


def _around_the_joint_line(knee: ScannedKnee, grid: Geometry) -> Geometry:
    """A fine grid over the cartilages, menisci and cruciate ligaments of a study."""
    labels = knee.labels_on(Geometry.from_box(*_corners(grid), 2.0))
    coarse = Geometry.from_box(*_corners(grid), 2.0)
    places = coarse.to_ras(np.argwhere((labels >= 4) & (labels <= 11)).astype(float))
    return Geometry.from_box(tuple(places.min(axis=0) - 2.0), tuple(places.max(axis=0) + 2.0), _FINE_MM)


def _corners(grid: Geometry) -> tuple[tuple[float, ...], tuple[float, ...]]:
    ends = grid.to_ras(np.array([[0, 0, 0], [n - 1 for n in grid.shape]], dtype=float))
    return tuple(ends.min(axis=0)), tuple(ends.max(axis=0))


@dataclass(frozen=True)
class LimitsArguments:
    """What a user may set; None keeps the experiment's own."""

    bundle: Path | str | None = None
    data: Path | None = None
    evaluated: int | None = None


def limits_of(out: Path, arguments: LimitsArguments) -> tuple[Experiment, LimitsWork]:
    """The experiment on a bundle, and its work.

    Raises:
        BundleError: if there is no such bundle.
        TrainingError: if the folder holds no studies of a training, or the bundle lacks a plane.
    """
    work = LimitsWork(out, bundle_path(arguments.bundle), arguments.data, arguments.evaluated or STUDIES)
    manifest = Bundle.open(work.bundle).manifest
    missing = [plane.value for plane in Plane if plane not in manifest.views]
    if missing:
        raise TrainingError(
            f"The bundle has no {' and no '.join(missing)} plane", where=str(work.bundle),
            remedy="Give a bundle of three planes.",
        )  # fmt: skip
    arms = EXPERIMENT.arms
    if arguments.data is None:
        return replace(EXPERIMENT, arms=tuple(arm for arm in arms if arm.name != SEEN)), work
    try:
        work.seeds(SEEN), work.settings
    except OrthoDiffusionError:
        raise
    except (OSError, ValueError, KeyError) as error:
        raise TrainingError(
            "What the training's studies were made with cannot be read", where=str(arguments.data),
            remedy="Give the folder that `finetune --data` was given.",
        ) from error  # fmt: skip
    return EXPERIMENT, work
