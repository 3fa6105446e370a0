"""Gap: what real series and digital knees matched to them look like in numbers, and to a classifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.evaluation.realism.matching import matched_phantom, matched_view
from OrthoDiffusionLib.lab.evaluation.realism.measures import Measure, measure
from OrthoDiffusionLib.lab.evaluation.realism.regions import Disc, RealSeries, series_named
from OrthoDiffusionLib.lab.evaluation.realism.slice_features import FEATURE_NAMES, slice_features
from OrthoDiffusionLib.lab.evaluation.realism.two_sample import Separation, Slices, two_sample_test
from OrthoDiffusionLib.lab.phantom.phantom import Phantom
from OrthoDiffusionLib.progress import ProgressCallback, report
from OrthoDiffusionLib.volumes.geometry import Geometry
from OrthoDiffusionLib.volumes.volume import Volume

DEFAULT_SEEDS = 12
REAL = -1
"""In the place of a digital knee's seed."""

PICTURED = 2
"""How many digital knees are shown beside each real series."""

# Share of a stack on either side of its middle that neither half holds, as neighbouring slices look alike.
_BETWEEN = 0.05


@dataclass(frozen=True)
class Row:
    """One measure of one series: the real value, and the phantoms'.

    Attributes:
        series, measure: what it is.
        real: of the real series; a single knee.
        median, low, high: 50, 5 and 95 % of the phantoms that have it.
        count: how many those are.
    """

    series: str
    measure: Measure
    real: float
    median: float
    low: float
    high: float
    count: int

    @property
    def inside(self) -> bool:
        """Whether the real value lies between the phantoms' 5 and 95 %."""
        return bool(self.low <= self.real <= self.high)

    @property
    def off(self) -> float:
        """How far real lies from the phantoms' median; signed, ±1 is the end of their 5-95 % range on that side."""
        end = self.high if self.real >= self.median else self.low
        # A range of no width would make every difference endless.
        half = max(abs(end - self.median), 0.02 * max(abs(self.median), abs(self.real)), 1e-6)
        return (self.real - self.median) / half


@dataclass(frozen=True, eq=False)
class Gap:
    """Everything one run found.

    Attributes:
        seeds: of the digital knees.
        series: the real series.
        rows: all measures of all series.
        across, within: two-sample tests trained on the other series, and on the other half of the same one; the first
            is None with one series only.
        across_by_chance, within_by_chance: AUROCs of the same tests where one digital knee after another plays the
            real one: what the tests say of a single knee where there is no gap.
        pictures: series name to (real middle slice, phantom middle slices), (H, W) float each.
    """

    seeds: tuple[int, ...]
    series: tuple[RealSeries, ...]
    rows: tuple[Row, ...]
    across: Separation | None
    within: Separation
    across_by_chance: tuple[float, ...]
    within_by_chance: tuple[float, ...]
    pictures: dict[str, tuple[np.ndarray, ...]]


def measure_gap(
    seeds: Sequence[int] = tuple(range(DEFAULT_SEEDS)),
    *,
    names: tuple[str, ...] | None = None,
    progress: ProgressCallback | None = None,
) -> Gap:
    """Measure real series and as many digital knees as there are seeds, taken as each of them was.

    Args:
        seeds: of the digital knees, four or more; half of them train the classifier, the others test it.
        names: of the real series; all if None.
        progress: called after every knee.

    Raises:
        OrthoDiffusionError: for an unknown series, or too few seeds.
    """
    if len(seeds) < 4 or len(set(seeds)) != len(seeds) or min(seeds) < 0:
        raise OrthoDiffusionError(
            "The comparison needs at least 4 different seeds, none negative",
            remedy="Give --count 4 or more, and a --seed of 0 or more.",
        )
    chosen = series_named(names)
    volumes = {series.name: series.volume() for series in chosen}
    knees = []
    for number, seed in enumerate(seeds):
        knees.append(digital_knee(chosen, volumes, seed))
        report(progress, "phantom", (number + 1) / len(seeds), f"Digital knee {number + 1} of {len(seeds)}")
    return summarise(chosen, real_knee(chosen, volumes), knees)


@dataclass(frozen=True, eq=False)
class Knee:
    """What one knee, real or digital, shows in each series.

    Attributes:
        seed: of a digital one; `REAL` for the real series.
        measures: series name to its measures.
        features: series name to features (N, F) and places (N,) of its slices.
        pictures: series name to its middle slice, (H, W) float32.
    """

    seed: int
    measures: dict[str, dict[Measure, float]] = field(default_factory=dict)
    features: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    pictures: dict[str, np.ndarray] = field(default_factory=dict)

    def add(
        self, series: RealSeries, image: np.ndarray, geometry: Geometry, discs: Mapping[str, Sequence[Disc]]
    ) -> None:
        """Measure one series, (S, H, W) on its hung grid."""
        self.measures[series.name] = measure(image, geometry.spacing_mm, discs)
        self.features[series.name] = slice_features(image, float(geometry.spacing_mm[1]))
        self.pictures[series.name] = image[len(image) // 2].astype(np.float32)


def real_knee(chosen: Sequence[RealSeries], volumes: Mapping[str, Volume]) -> Knee:
    """The real series as they are: the exam is of one person, the DICOM series of another."""
    knee = Knee(REAL)
    for series in chosen:
        volume = volumes[series.name]
        knee.add(series, volume.array, volume.geometry, series.discs(volume.geometry))
    return knee


def digital_knee(chosen: Sequence[RealSeries], volumes: Mapping[str, Volume], seed: int) -> Knee:
    """One digital knee taken as each series was; series of one contrast show one and the same phantom."""
    knee = Knee(seed)
    phantoms: dict[str, Phantom] = {}
    for series in chosen:
        if series.contrast not in phantoms:
            phantoms[series.contrast] = matched_phantom(series, seed)
        view = matched_view(series, volumes[series.name].geometry, phantoms[series.contrast], seed)
        knee.add(series, view.image, view.geometry, view.discs)
    return knee


def summarise(chosen: tuple[RealSeries, ...], real: Knee, knees: Sequence[Knee]) -> Gap:
    """Rows, two-sample tests and pictures of knees that were measured."""
    rows = [
        row
        for series in chosen
        for row in compare(series.name, real.measures[series.name], [knee.measures[series.name] for knee in knees])
    ]
    across, within = _tests(chosen, real, knees)
    # One digital knee after another plays the real one, among those that nothing was trained on.
    played = [
        _tests(chosen, knee, [*knees[:number], None, *knees[number + 1 :]])
        for number, knee in enumerate(knees)
        if not _trains(number)
    ]
    return Gap(
        seeds=tuple(knee.seed for knee in knees),
        series=chosen,
        rows=tuple(rows),
        across=across,
        within=within,
        across_by_chance=tuple(test.value for test, _ in played if test),
        within_by_chance=tuple(test.value for _, test in played),
        pictures={s.name: tuple(k.pictures[s.name] for k in (real, *knees[:PICTURED])) for s in chosen},
    )


def compare(series: str, real: Mapping[Measure, float], phantoms: Sequence[Mapping[Measure, float]]) -> list[Row]:
    """One row for each measure that the real series and at least half of the phantoms have."""
    rows = []
    for what, value in real.items():
        values = [found[what] for found in phantoms if np.isfinite(found.get(what, np.nan))]
        if len(values) * 2 >= len(phantoms):
            low, median, high = np.percentile(values, (5, 50, 95))
            rows.append(Row(series, what, float(value), float(median), float(low), float(high), len(values)))
    return rows


def _tests(
    chosen: Sequence[RealSeries], real: Knee, knees: Sequence[Knee | None]
) -> tuple[Separation | None, Separation]:
    """Both two-sample tests; the first only where there are several series. None among the knees: one left out."""
    parts = [(real, False, True), *((knee, _trains(number), False) for number, knee in enumerate(knees) if knee)]
    columns: dict[str, list] = {"features": [], "real": [], "series": [], "source": [], "training": [], "half": []}
    for number, (knee, trains, is_real) in enumerate(parts):
        for name, (features, places) in knee.features.items():
            columns["features"].append(features)
            columns["real"].append(np.full(len(places), is_real))
            columns["series"].append(np.full(len(places), name))
            columns["source"].append(np.full(len(places), f"{number} {name}"))
            columns["training"].append(np.full(len(places), trains))
            columns["half"].append(np.select([places < 0.5 - _BETWEEN, places > 0.5 + _BETWEEN], [0, 1], -1))
    slices = Slices(**{name: np.concatenate(column) for name, column in columns.items()})
    across = two_sample_test(slices, FEATURE_NAMES) if len(chosen) > 1 else None
    return across, two_sample_test(slices, FEATURE_NAMES, within=True)


def _trains(number: int) -> bool:
    """Two knees train, two test, and so on; imaging sites take turns with every seed, so both have both."""
    return number // 2 % 2 == 0
