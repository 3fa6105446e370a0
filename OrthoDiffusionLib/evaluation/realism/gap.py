"""Gap: what real series and digital knees matched to them look like in numbers, and to a classifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...errors import OrthoDiffusionError
from ...phantom.phantom import Phantom
from ...progress import ProgressCallback, report
from ...volumes.geometry import Geometry
from .matching import matched_phantom, matched_view
from .measures import Measure, measure
from .regions import RealSeries, series_named
from .slice_features import FEATURE_NAMES, slice_features
from .two_sample import Separation, Slices, two_sample_test

DEFAULT_SEEDS = 12
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
        return self.low <= self.real <= self.high

    @property
    def off(self) -> float:
        """How far real lies from the phantoms' median, in half widths of their 5-95 % range; signed, 1 is its end."""
        half = max((self.high - self.low) / 2.0, 0.02 * max(abs(self.median), abs(self.real)), 1e-6)
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
        progress: told after every knee.

    Raises:
        OrthoDiffusionError: for an unknown series, or too few seeds.
    """
    if len(seeds) < 4 or len(set(seeds)) != len(seeds) or min(seeds) < 0:
        raise OrthoDiffusionError(
            "The comparison needs at least 4 different seeds, none negative", remedy="Give --count 4 or more."
        )
    chosen = series_named(names)
    volumes = {series.name: series.volume() for series in chosen}
    real: dict[str, dict[Measure, float]] = {}
    phantoms: dict[str, list[dict[Measure, float]]] = {series.name: [] for series in chosen}
    pictures: dict[str, list[np.ndarray]] = {}
    pieces: list[_Piece] = []
    for series in chosen:
        volume = volumes[series.name]
        real[series.name] = measure(volume.array, volume.geometry.spacing_mm, series.discs(volume.geometry))
        pictures[series.name] = [_middle(volume.array)]
        pieces.append(_piece(volume.array, volume.geometry, series, None))
    for number, seed in enumerate(seeds):
        knees: dict[str, Phantom] = {}
        for series in chosen:
            # Series of one contrast show one and the same knee.
            knee = knees.get(series.contrast) or matched_phantom(series, seed)
            knees[series.contrast] = knee
            view = matched_view(series, volumes[series.name].geometry, knee, seed)
            phantoms[series.name].append(measure(view.image, view.geometry.spacing_mm, view.discs))
            pieces.append(_piece(view.image, view.geometry, series, number))
            if number < PICTURED:
                pictures[series.name].append(_middle(view.image))
        report(progress, "phantom", (number + 1) / len(seeds), f"Digital knee {number + 1} of {len(seeds)}")
    rows = tuple(row for name in real for row in compare(name, real[name], phantoms[name]))
    slices, several = _slices(pieces), len(chosen) > 1
    played = [_slices(_played_by(pieces, number)) for number in range(len(seeds)) if not _trains(number)]
    return Gap(
        tuple(seeds),
        chosen,
        rows,
        two_sample_test(slices, FEATURE_NAMES) if several else None,
        two_sample_test(slices, FEATURE_NAMES, within=True),
        tuple(two_sample_test(one, FEATURE_NAMES).auroc.value for one in played) if several else (),
        tuple(two_sample_test(one, FEATURE_NAMES, within=True).auroc.value for one in played),
        {name: tuple(found) for name, found in pictures.items()},
    )


def compare(series: str, real: Mapping[Measure, float], phantoms: Sequence[Mapping[Measure, float]]) -> list[Row]:
    """One row for each measure that the real series and at least half of the phantoms have."""
    rows = []
    for what, value in real.items():
        values = [found[what] for found in phantoms if np.isfinite(found.get(what, np.nan))]
        if len(values) * 2 >= len(phantoms):
            low, median, high = np.percentile(values, (5, 50, 95))
            rows.append(Row(series, what, value, float(median), float(low), float(high), len(values)))
    return rows


@dataclass(frozen=True, eq=False)
class _Piece:
    """Slices of one volume: features (N, F) and places (N,), the series they match, which seed in turn (None: real)."""

    features: np.ndarray
    places: np.ndarray
    series: str
    seed_number: int | None


def _piece(array: np.ndarray, geometry: Geometry, series: RealSeries, seed_number: int | None) -> _Piece:
    return _Piece(*slice_features(array, float(geometry.spacing_mm[1])), series.name, seed_number)


def _middle(array: np.ndarray) -> np.ndarray:
    return array[len(array) // 2].astype(np.float32)


def _trains(seed_number: int) -> bool:
    """Two seeds train, two test, and so on; centres take turns with every seed, so both have both."""
    return seed_number // 2 % 2 == 0


def _played_by(pieces: Sequence[_Piece], number: int) -> list[_Piece]:
    """Phantoms alone, with one of them in the place of the real knee."""
    phantoms = [piece for piece in pieces if piece.seed_number is not None]
    return [replace(piece, seed_number=None) if piece.seed_number == number else piece for piece in phantoms]


def _slices(pieces: Sequence[_Piece]) -> Slices:
    counts = [len(piece.places) for piece in pieces]
    places = np.concatenate([piece.places for piece in pieces])
    return Slices(
        features=np.concatenate([piece.features for piece in pieces]),
        real=np.repeat([piece.seed_number is None for piece in pieces], counts),
        series=np.repeat([piece.series for piece in pieces], counts),
        source=np.repeat(np.arange(len(pieces)), counts),
        training=np.repeat([piece.seed_number is not None and _trains(piece.seed_number) for piece in pieces], counts),
        half=np.select([places < 0.5 - _BETWEEN, places > 0.5 + _BETWEEN], [0, 1], -1),
    )
