"""Two-sample test: how well a simple classifier separates real from digital slices that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.evaluation.scores.diagnosis_scores import (
    Estimate,
    auroc,
    bootstrap_weights,
    estimate_from_draws,
    weighted_auroc,
)
from OrthoDiffusionLib.lab.evaluation.scores.learning import linear_models

_RIDGE = 1.0


@dataclass(frozen=True, eq=False)
class Slices:
    """Features of slices, with where each comes from.

    Attributes:
        features: (N, F).
        real: (N,) bool.
        series: (N,) which series a slice belongs to or was matched to; one is tested while the others train.
        source: (N,) which volume a slice is of; slices of one volume are drawn together in the interval.
        training: (N,) bool, phantoms that may be trained on; the others are only tested. Of no meaning for real slices.
        half: (N,) 0 or 1 for the first and the last slices of a volume, -1 for those in between.
    """

    features: np.ndarray
    real: np.ndarray
    series: np.ndarray
    source: np.ndarray
    training: np.ndarray
    half: np.ndarray

    def __post_init__(self) -> None:
        columns = (self.features, self.real, self.series, self.source, self.training, self.half)
        if len({len(column) for column in columns}) != 1:
            raise ValueError("features, real, series, source, training and half must have one row a slice")


@dataclass(frozen=True)
class Separation:
    """How far apart two kinds of slices are.

    Attributes:
        value, auroc: 0.5 if they cannot be separated, 1 if always; over all held-out slices, and with its interval.
        by_series: the same within each series that was tested.
        features: feature to its own AUROC, folded to 0.5 or more, and whether real slices have more of it; the
            strongest first.
    """

    value: float
    auroc: Estimate
    by_series: dict[str, float]
    features: tuple[tuple[str, float, bool], ...]


def two_sample_test(slices: Slices, names: tuple[str, ...], *, within: bool = False) -> Separation:
    """Train on one part, test on another; no slice is on both sides, and no phantom.

    Features of a series are first centred and scaled by the training phantoms matched to it, so that what is learned
    in one contrast can be asked in another; who is real is not used for that.

    Args:
        slices: of both kinds.
        names: of the features.
        within: train on one half of a real series and test on its other half, in turn; else train on all series but
            one and test on that one.

    Raises:
        OrthoDiffusionError: if there is nothing to train on and something else to test on.
    """
    own = ~slices.real & slices.training
    tried = slices.real | ~slices.training
    features = np.array(slices.features, np.float64)
    usable = [str(name) for name in np.unique(slices.series) if _has_all(slices, slices.series == name)]
    if len(usable) < (1 if within else 2):
        raise OrthoDiffusionError(
            "The two-sample test needs two series or more, one to train on and one to test on",
            remedy="Leave --series out, or name two or more; give more seeds.",
        )
    for name in usable:
        here = slices.series == name
        reference = features[here & own]
        features[here] = (features[here] - np.median(reference, axis=0)) / (reference.std(axis=0) + 1e-9)
    scores = np.full(len(slices.real), np.nan)
    by_series = {}
    for name in usable:
        here = slices.series == name
        if within:
            parts = [(here & (slices.half == 1 - half), here & (slices.half == half)) for half in (0, 1)]
        else:
            parts = [(~here & np.isin(slices.series, usable), here)]
        for train, test in ((train & (slices.real | own), test & tried) for train, test in parts):
            raw = _logistic(features[train], slices.real[train], features[test])
            # Each part has a classifier of its own: ranks within it make the scores one scale.
            scores[test] = _ranks(raw)
        seen = here & np.isfinite(scores)
        by_series[name] = _area(scores[seen], slices.real[seen])
    tested = np.isfinite(scores)
    value = _area(scores[tested], slices.real[tested])
    draws = weighted_auroc(bootstrap_weights(slices.source[tested], repeats=500), scores[tested], slices.real[tested])
    return Separation(value, estimate_from_draws(value, draws), by_series, _one_by_one(slices, names, usable, tried))


def _has_all(slices: Slices, here: np.ndarray) -> bool:
    """Whether a series has phantoms to train on and to test on, and real slices."""
    phantoms = here & ~slices.real
    return bool(
        (phantoms & slices.training).sum() > 1 and (phantoms & ~slices.training).any() and (here & slices.real).any()
    )


def _area(scores: np.ndarray, real: np.ndarray) -> float:
    area = auroc(scores, real) if len(scores) else None
    if area is None:
        raise OrthoDiffusionError(
            "The slices that the two-sample test can test are all real, or all of phantoms",
            remedy="Give more seeds, or other --series: those with more slices.",
        )
    return area


def _ranks(values: np.ndarray) -> np.ndarray:
    """0 to 1; equal values share their mean rank, since in the order of the rows the real ones would come first."""
    from scipy.stats import rankdata

    return (rankdata(values) - 1) / max(1, len(values) - 1)


def _logistic(train: np.ndarray, real: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Scores of ridge logistic regression with both kinds weighted alike."""
    model = linear_models("the two-sample test").LogisticRegression(
        C=1 / _RIDGE, class_weight="balanced", solver="newton-cholesky", tol=1e-8
    )
    return model.fit(_tamed(train), real).decision_function(_tamed(test))


def _tamed(features: np.ndarray) -> np.ndarray:
    """Features with extremes pulled in, so that one wild feature of a foreign contrast does not decide alone."""
    return np.tanh(features / 4.0) * 4.0


def _one_by_one(
    slices: Slices, names: tuple[str, ...], series: list[str], tried: np.ndarray
) -> tuple[tuple[str, float, bool], ...]:
    """The mean over series of each feature's own AUROC: differences that point the same way in every series lead."""
    areas = np.array(
        [
            [_area(slices.features[here, n], slices.real[here]) for n in range(len(names))]
            for here in (tried & (slices.series == name) for name in series)
        ]
    ).mean(axis=0)
    rows = [(name, float(max(area, 1 - area)), bool(area > 0.5)) for name, area in zip(names, areas, strict=True)]
    return tuple(sorted(rows, key=lambda row: -row[1]))
