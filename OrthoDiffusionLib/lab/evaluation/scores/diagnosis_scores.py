"""How well probabilities separate present findings from absent ones, with intervals over patients.

The curves are our own and not scikit-learn's, which takes one set of weights a call: an interval here is 2000 of them
at once, and `evaluate` works without optional packages. A test holds both against each other.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field

import numpy as np

from OrthoDiffusionLib.findings.calibration import counts_as_positive
from OrthoDiffusionLib.lab.evaluation.scores.perfect_scores import perfect_area, perfect_other, perfect_share

LEVEL = 0.95
REPEATS = 2000
RELIABILITY_BINS = 10


@dataclass(frozen=True)
class Estimate:
    """A number with its interval; all three are None where it is not defined, and `note` says why."""

    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""


@dataclass(frozen=True)
class ReliabilityBin:
    """Studies whose probability falls in one tenth of [0, 1]."""

    low: float
    high: float
    count: int
    mean_probability: float | None
    observed: float | None


@dataclass(frozen=True)
class DiagnosisScores:
    """Everything about one finding over a cohort."""

    studies: int
    positives: int
    prevalence: float | None
    auroc: Estimate
    auprc: Estimate
    threshold: float | None
    sensitivity: Estimate
    specificity: Estimate
    brier: Estimate
    ece: Estimate
    reliability: tuple[ReliabilityBin, ...] = ()
    roc: tuple[tuple[float, float], ...] = field(default=(), repr=False)
    note: str = ""

    def as_dict(self) -> dict:
        """Flat keys: auroc, auroc_low, auroc_high, ...; `roc` is a list of [1 − specificity, sensitivity]."""
        out: dict = {"studies": self.studies, "positives": self.positives, "prevalence": self.prevalence}
        for name in ("auroc", "auprc", "sensitivity", "specificity", "brier", "ece"):
            estimate: Estimate = getattr(self, name)
            out |= {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
        out["threshold"] = self.threshold
        out["reliability"] = [asdict(b) for b in self.reliability]
        out["roc"] = [list(point) for point in self.roc]
        out["note"] = self.note
        return out


@dataclass(frozen=True)
class PairedComparison:
    """Two AUROCs of the same studies. `difference` is a − b with its interval; `p_value` is two-sided."""

    auroc_a: float | None
    auroc_b: float | None
    difference: Estimate
    p_value: float | None
    note: str = ""


def auroc(scores: np.ndarray, positives: np.ndarray) -> float | None:
    """Chance that a positive scores above a negative, ties counted half. None with one class only."""
    scores, positives = _checked(scores, positives)
    if _one_class(positives):
        return None
    return float(weighted_auroc(np.ones((1, scores.size)), scores, positives)[0])


def roc_curve(scores: np.ndarray, positives: np.ndarray) -> np.ndarray:
    """(G + 1, 2) points (1 − specificity, sensitivity) from (0, 0) to (1, 1); (0, 2) with one class only.

    G is the number of distinct scores.
    """
    scores, positives = _checked(scores, positives)
    if _one_class(positives):
        return np.zeros((0, 2))
    order, starts = _ties(-scores)
    true = np.add.reduceat(positives[order].astype(float), starts).cumsum()
    false = np.add.reduceat((~positives[order]).astype(float), starts).cumsum()
    points = np.stack((false / false[-1], true / true[-1]), axis=1)
    return np.concatenate((np.zeros((1, 2)), points))


def reliability_curve(
    probabilities: np.ndarray, positives: np.ndarray, bins: int = RELIABILITY_BINS
) -> tuple[ReliabilityBin, ...]:
    """Mean probability against observed share in `bins` equal parts of [0, 1]; empty parts say None."""
    probabilities, positives = _checked(probabilities, positives, unit=True)
    where = _bin_of(probabilities, bins)
    curve = []
    for i in range(bins):
        inside = where == i
        count = int(inside.sum())
        curve.append(
            ReliabilityBin(
                i / bins,
                (i + 1) / bins,
                count,
                float(probabilities[inside].mean()) if count else None,
                float(positives[inside].mean()) if count else None,
            )
        )
    return tuple(curve)


def bootstrap_weights(patients: np.ndarray, *, repeats: int = REPEATS, seed: int = 0) -> np.ndarray:
    """(repeats, N): how often each row is drawn when whole patients are drawn with replacement.

    Args:
        patients: (N,) any values; rows of one patient stay together.

    Returns:
        Of a single patient (0, N): he says nothing of others, and all draws would be alike.
    """
    _, index = np.unique(np.asarray(patients), return_inverse=True)
    count = int(index.max()) + 1 if index.size else 0
    if count == 0:
        raise ValueError("a bootstrap needs at least one patient, got none")
    repeats = 0 if count == 1 else repeats
    draws = np.random.default_rng(seed).multinomial(count, np.full(count, 1.0 / count), size=repeats)
    return draws[:, index].astype(np.float64)


def equal_patients(patients: np.ndarray) -> float:
    """How many patients with one study each would weigh as much as these: n² / Σ n_i² (Kish, Survey Sampling, 1965).

    Args:
        patients: (N,) who each study belongs to.
    """
    _, counts = np.unique(np.asarray(patients), return_counts=True)
    return float(counts.sum() ** 2 / np.square(counts).sum())


def mean_with_interval(
    values: np.ndarray, *, patients: np.ndarray | None = None, repeats: int = REPEATS, seed: int = 0
) -> Estimate:
    """Mean of the values that are there (NaN: not there) with a percentile interval over patients."""
    values = np.asarray(values, dtype=float)
    valid = np.isfinite(values)
    if not valid.any():
        return Estimate(None, note="no study has a value")
    weights = bootstrap_weights(np.arange(values.size) if patients is None else patients, repeats=repeats, seed=seed)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = weights @ np.where(valid, values, 0.0) / (weights @ valid)
    return estimate_from_draws(float(values[valid].mean()), means)


def score_finding(
    probabilities: np.ndarray,
    positives: np.ndarray,
    *,
    ranking: np.ndarray | None = None,
    threshold: float | None = None,
    patients: np.ndarray | None = None,
    repeats: int = REPEATS,
    seed: int = 0,
) -> DiagnosisScores:
    """Score one finding over a cohort, intervals by a percentile bootstrap over patients; see `perfect_scores` as well.

    Args:
        probabilities: (N,) calibrated, in [0, 1]; for Brier, ECE, sensitivity and specificity.
        positives: (N,) bool truth.
        ranking: (N,) what AUROC and AUPRC rank by; the raw logits, if given, else the probabilities.
        threshold: locked before this cohort was seen; at or above it counts as positive. None where there is no
            operating point: then there is no sensitivity and no specificity.
        patients: (N,) who each row belongs to; by default each row is another patient.
        repeats, seed: of the bootstrap.
    """
    probabilities, positives = _checked(probabilities, positives, unit=True)
    ranking = probabilities if ranking is None else _checked(ranking, positives)[0]
    n = probabilities.size
    patients = np.arange(n) if patients is None else np.asarray(patients)
    weights = bootstrap_weights(patients, repeats=repeats, seed=seed)
    once = np.ones((1, n))
    having, lacking = (np.unique(patients[of_class]).size for of_class in (positives, ~positives))
    note = _note_on_classes(positives)

    def estimate(statistic) -> Estimate:
        return estimate_from_draws(float(statistic(once)[0]), statistic(weights), note)

    if threshold is None:
        sensitivity = specificity = Estimate(None, note="no operating point")
    else:
        called = np.array([counts_as_positive(float(value), threshold) for value in probabilities], dtype=bool)
        sensitivity = perfect_share(estimate(lambda w: _ratio(w @ (called & positives), w @ positives)), having)
        specificity = perfect_share(estimate(lambda w: _ratio(w @ (~called & ~positives), w @ ~positives)), lacking)
    return DiagnosisScores(
        studies=n,
        positives=int(positives.sum()),
        prevalence=float(positives.mean()),
        auroc=perfect_area(estimate(lambda w: weighted_auroc(w, ranking, positives)), having, lacking),
        auprc=perfect_other(estimate(lambda w: weighted_average_precision(w, ranking, positives))),
        threshold=threshold,
        sensitivity=sensitivity,
        specificity=specificity,
        brier=estimate(lambda w: _ratio(w @ np.square(probabilities - positives), w.sum(axis=1))),
        ece=estimate(lambda w: _weighted_ece(w, probabilities, positives)),
        reliability=reliability_curve(probabilities, positives),
        roc=tuple((float(x), float(y)) for x, y in roc_curve(ranking, positives)),
        note=note,
    )


def delong_comparison(scores_a: np.ndarray, scores_b: np.ndarray, positives: np.ndarray) -> PairedComparison:
    """Are two AUROCs of the same studies different? DeLong, DeLong and Clarke-Pearson, Biometrics 1988.

    The structural components come from midranks (Sun and Xu, IEEE Signal Processing Letters 2014).
    """
    scores_a, positives = _checked(scores_a, positives)
    scores_b, _ = _checked(scores_b, positives)
    if _one_class(positives):
        note = _note_on_classes(positives)
        return PairedComparison(None, None, Estimate(None, note=note), None, note)
    of_positives, of_negatives = zip(
        *(_structural_components(scores, positives) for scores in (scores_a, scores_b)), strict=True
    )
    area_a, area_b = (float(components.mean()) for components in of_positives)
    difference = area_a - area_b
    positive_count, negative_count = int(positives.sum()), int((~positives).sum())
    if positive_count < 2 or negative_count < 2:
        note = "fewer than two studies of one class; no variance"
        return PairedComparison(area_a, area_b, Estimate(difference, note=note), None, note)
    variance = (
        np.var(of_positives[0] - of_positives[1], ddof=1) / positive_count
        + np.var(of_negatives[0] - of_negatives[1], ddof=1) / negative_count
    )
    deviation = math.sqrt(max(float(variance), 0.0))
    if deviation < 1e-12:
        same = abs(difference) < 1e-12
        note = "" if same else "the difference has no variance in these studies"
        return PairedComparison(
            area_a, area_b, Estimate(difference, difference, difference, note), 1.0 if same else None, note
        )
    z = difference / deviation
    interval = Estimate(difference, difference - 1.959964 * deviation, difference + 1.959964 * deviation)
    return PairedComparison(area_a, area_b, interval, math.erfc(abs(z) / math.sqrt(2.0)))


def _checked(scores: np.ndarray, positives: np.ndarray, *, unit: bool = False) -> tuple[np.ndarray, np.ndarray]:
    scores, truth = np.asarray(scores, dtype=float), np.asarray(positives)
    if scores.ndim != 1 or scores.shape != truth.shape or scores.size == 0:
        raise ValueError(f"scores and truth must be two equally long rows, got {scores.shape} and {truth.shape}")
    if not np.all(np.isfinite(scores)):
        raise ValueError(f"{int((~np.isfinite(scores)).sum())} of {scores.size} scores are not finite")
    if not np.all((truth == 0) | (truth == 1)):
        raise ValueError("truth must be 0 or 1 (bool) everywhere")
    if unit and (scores.min() < 0.0 or scores.max() > 1.0):
        raise ValueError(f"probabilities must be in [0, 1], got {scores.min():g} to {scores.max():g}")
    return scores, truth.astype(bool)


def _one_class(positives: np.ndarray) -> bool:
    return bool(positives.all() or not positives.any())


def _note_on_classes(positives: np.ndarray) -> str:
    if not _one_class(positives):
        return ""
    return f"all studies are {'positive' if positives.all() else 'negative'}; nothing to distinguish"


def _ties(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sorting order and where each run of equal keys starts."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    return order, np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(below > 0, above / below, np.nan)


def weighted_auroc(weights: np.ndarray, scores: np.ndarray, positives: np.ndarray) -> np.ndarray:
    """(B,) AUROC of each draw: weights (B, N) how often each row is drawn; NaN for a draw of one class."""
    order, starts = _ties(scores)
    up = np.add.reduceat(weights[:, order] * positives[order], starts, axis=1)
    down = np.add.reduceat(weights[:, order] * ~positives[order], starts, axis=1)
    below = down.cumsum(axis=1) - down
    return _ratio((up * (below + 0.5 * down)).sum(axis=1), up.sum(axis=1) * down.sum(axis=1))


def weighted_average_precision(weights: np.ndarray, scores: np.ndarray, positives: np.ndarray) -> np.ndarray:
    order, starts = _ties(-scores)
    gained = np.add.reduceat(weights[:, order] * positives[order], starts, axis=1)
    called = np.add.reduceat(weights[:, order], starts, axis=1).cumsum(axis=1)
    precision = np.where(called > 0, gained.cumsum(axis=1) / np.maximum(called, 1e-12), 0.0)
    return _ratio((gained * precision).sum(axis=1), gained.sum(axis=1))


def _bin_of(probabilities: np.ndarray, bins: int) -> np.ndarray:
    return np.minimum((probabilities * bins).astype(int), bins - 1)


def _weighted_ece(weights: np.ndarray, probabilities: np.ndarray, positives: np.ndarray) -> np.ndarray:
    inside = np.eye(RELIABILITY_BINS)[_bin_of(probabilities, RELIABILITY_BINS)]
    gap = weights @ (inside * (probabilities - positives)[:, None])
    return _ratio(np.abs(gap).sum(axis=1), weights.sum(axis=1))


def estimate_from_draws(value: float, resampled: np.ndarray, note: str = "") -> Estimate:
    """A value with the percentile interval of its bootstrap draws, NaN where a draw has no value."""
    if not math.isfinite(value):
        return Estimate(None, note=note or "not defined for these studies")
    if not resampled.size:
        return Estimate(value, note=note or "one patient alone; no interval")
    usable = resampled[np.isfinite(resampled)]
    # Draws of one class only have no AUROC. With many of them the rest no longer stands for the cohort.
    if usable.size < 0.9 * resampled.size:
        return Estimate(value, note=note or "too few studies of one class for an interval")
    tail = 50.0 * (1.0 - LEVEL)
    low, high = (_unless_rounding(float(end), value) for end in np.percentile(usable, (tail, 100.0 - tail)))
    return Estimate(value, low, high, note)


def _unless_rounding(end: float, value: float) -> float:
    """The end of an interval; the value itself where the two differ by rounding alone.

    The mean of equal numbers and the means of their draws differ in the last digit, which way depends on the
    processor and on how its library adds up.
    """
    return value if math.isclose(end, value, rel_tol=1e-9, abs_tol=1e-12) else end


def _structural_components(scores: np.ndarray, positives: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from scipy.stats import rankdata  # tied scores share the mean of their ranks

    up, down = scores[positives], scores[~positives]
    ranks = rankdata(scores)
    of_up = (ranks[positives] - rankdata(up)) / down.size
    of_down = 1.0 - (ranks[~positives] - rankdata(down)) / up.size
    return of_up, of_down
