"""From the records of single studies to the scores of a bundle: means, intervals, strata."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from OrthoDiffusionLib.lab.evaluation.scores.diagnosis_scores import (
    REPEATS,
    Estimate,
    auroc,
    bootstrap_weights,
    equal_patients,
    estimate_from_draws,
    mean_with_interval,
    score_finding,
    weighted_auroc,
)
from OrthoDiffusionLib.lab.evaluation.scores.perfect_scores import perfect_other
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import ScoredStudy
from OrthoDiffusionLib.lab.evaluation.scores.segmentation_scores import ABSENT, FALSE, MISSED, WORST_DISTANCE_MM

SCORES_SCHEMA = 1

POINT_WITHIN_MM = 10.0
"""A point at most this far from the lesion counts as having found it."""

PERFECT = "Clopper-Pearson for sensitivity and specificity, Newcombe's method 5 for AUROC"
"""Methods of intervals where all bootstrap draws give 0 or 1. Older scores name none: theirs have no width there."""

STRUCTURE_NUMBERS = ("dice", "nsd_1mm", "nsd_2mm", "hd95_mm", "assd_mm", "volume_error_percent")


def summarise(
    records: Sequence[ScoredStudy],
    *,
    structures: Iterable,
    abnormalities: Iterable,
    thresholds: Mapping[str, float] = MappingProxyType({}),
    repeats: int = REPEATS,
    seed: int = 0,
) -> dict:
    """Scores of a cohort as plain numbers, ready for JSON.

    Args:
        records: one a study; those with an error count their structures as missed and have no findings.
        structures: what was to be outlined, in order (name, label, title, auxiliary).
        abnormalities: what was looked for, in order (name, title).
        thresholds: locked operating points by finding; one without has no sensitivity and no specificity.
        repeats, seed: of the bootstrap over patients.

    Returns:
        {"structures": ..., "segmentation": ..., "abnormalities": ..., "diagnosis": ..., "strata": ...,
        "failures": [...]}: the keys of the Scores JSON that come from the records.
    """
    if not records:
        raise ValueError("there must be at least one study to summarise, got none")
    structures, abnormalities = tuple(structures), tuple(abnormalities)
    primary = [s.name for s in structures if not s.auxiliary]
    patients = np.array([record.patient for record in records])
    out: dict = {
        "worst_distance_mm": WORST_DISTANCE_MM,
        "bootstrap": {
            "repeats": repeats,
            "seed": seed,
            "unit": "patient",
            "level": 0.95,
            "perfect": PERFECT,
            **_patients(records),
        },
        "structures": {},
        "abnormalities": {},
    }
    for structure in structures:
        out["structures"][structure.name] = {
            "label": structure.label,
            "title": structure.title,
            "auxiliary": structure.auxiliary,
            **_structure_numbers(records, structure.name, patients, repeats, seed),
        }
    out["segmentation"] = _spread("dice_mean", _macro_dice(records, primary, repeats, seed))
    for abnormality in abnormalities:
        out["abnormalities"][abnormality.name] = {
            "title": abnormality.title,
            **_finding_numbers(records, abnormality.name, thresholds.get(abnormality.name), repeats, seed),
        }
    names = [abnormality.name for abnormality in abnormalities]
    out["diagnosis"] = _spread("auroc_mean", _macro_auroc(records, names, repeats, seed))
    out["strata"] = _strata(records, primary, names, repeats, seed)
    out["failures"] = [{"study": r.study, **r.error} for r in records if r.error is not None]
    out["seconds_per_study"] = float(np.median([r.seconds for r in records]))
    return out


def _patients(records: Sequence[ScoredStudy]) -> dict:
    """How many patients the studies are of, how many studies one of them has at most, and what they weigh."""
    patients = [record.patient for record in records]
    return {
        "patients": len(set(patients)),
        "most_studies_of_a_patient": max(Counter(patients).values()),
        "equal_patients": round(equal_patients(np.array(patients)), 1),
    }


def finding_rows(records: Iterable[ScoredStudy], name: str) -> dict[str, np.ndarray]:
    """Logits, probabilities, truth and patients of one finding, over the studies that have it.

    Returns:
        "logit" (N,), "probability" (N,), "positive" (N,) bool, "patient" (N,); rows without a number for
        either are left out.
    """
    rows = [
        (finding["logit"], finding["probability"], finding["positive"], record.patient)
        for record in records
        if (finding := record.findings.get(name)) is not None
        and finding["logit"] is not None
        and finding["probability"] is not None
    ]
    logit, probability, positive, patient = zip(*rows, strict=True) if rows else ((), (), (), ())
    return {
        "logit": np.array(logit, dtype=float),
        "probability": np.array(probability, dtype=float),
        "positive": np.array(positive, dtype=bool),
        "patient": np.array(patient, dtype=object).astype(str),
    }


def _structure_numbers(
    records: Sequence[ScoredStudy], name: str, patients: np.ndarray, repeats: int, seed: int
) -> dict:
    presence = [record.structures.get(name, {}).get("presence", ABSENT) for record in records]
    out: dict = {
        "studies": sum(p != ABSENT for p in presence),
        "missed": presence.count(MISSED),
        "false": presence.count(FALSE),
    }
    for number in (*STRUCTURE_NUMBERS, "thickness_error_mm"):
        values = _column(records, name, number)
        if number == "thickness_error_mm" and not np.isfinite(values).any():
            continue
        out |= _spread(number, mean_with_interval(values, patients=patients, repeats=repeats, seed=seed))
        if number.endswith(("error_percent", "error_mm")):
            # The signed mean is the bias; how far off one study is shows in the mean of the sizes.
            absolute = mean_with_interval(np.abs(values), patients=patients, repeats=repeats, seed=seed)
            out |= _spread(number.replace("error", "error_absolute"), absolute)
    return out


def _finding_numbers(
    records: Sequence[ScoredStudy], name: str, threshold: float | None, repeats: int, seed: int
) -> dict:
    rows = finding_rows(records, name)
    looked_at = [record.findings[name] for record in records if name in record.findings]
    if not rows["logit"].size:
        numbers: dict = {"studies": 0, "positives": 0, "auroc": None, "auroc_low": None, "auroc_high": None}
        numbers |= {"auprc": None, "note": "no study has a number for this finding"}
        return numbers
    out = score_finding(
        rows["probability"],
        rows["positive"],
        ranking=rows["logit"],
        threshold=threshold,
        patients=rows["patient"],
        repeats=repeats,
        seed=seed,
    ).as_dict()
    out["assessed"] = sum(bool(finding["assessed"]) for finding in looked_at)
    out["auroc_by_plane"] = _auroc_by_plane(looked_at)
    distances = np.array(
        [f["point_distance_mm"] for f in looked_at if f["positive"] and f["point_distance_mm"] is not None]
    )
    out["points"] = int(distances.size)
    out["point_distance_mm"] = float(np.median(distances)) if distances.size else None
    out["point_within_10mm"] = float((distances <= POINT_WITHIN_MM).mean()) if distances.size else None
    return out


def _auroc_by_plane(findings: Sequence[Mapping]) -> dict[str, float | None]:
    planes = sorted({plane for finding in findings for plane in finding["by_plane"]})
    out = {}
    for plane in planes:
        seen = [(f["by_plane"][plane], f["positive"]) for f in findings if plane in f["by_plane"]]
        probability, positive = zip(*seen, strict=True)
        out[plane] = auroc(np.array(probability), np.array(positive))
    return out


def _strata(
    records: Sequence[ScoredStudy], primary: Sequence[str], names: Sequence[str], repeats: int, seed: int
) -> dict:
    keys = sorted({key for record in records for key in record.strata})
    out: dict = {}
    for key in keys:
        out[key] = {}
        for value in sorted({record.strata[key] for record in records if key in record.strata}):
            part = [record for record in records if record.strata.get(key) == value]
            out[key][value] = {
                "studies": len(part),
                "patients": len({record.patient for record in part}),
                **_spread("dice_mean", _macro_dice(part, primary, repeats, seed)),
                **_spread("auroc_mean", _macro_auroc(part, names, repeats, seed)),
                "dice": {name: _mean(_column(part, name, "dice")) for name in primary},
                "auroc": {name: _auroc_of(part, name) for name in names},
            }
    return out


def _macro_dice(records: Sequence[ScoredStudy], names: Sequence[str], repeats: int, seed: int) -> Estimate:
    """Mean over structures of the mean over studies."""
    if not names:
        return Estimate(None, note="there is no structure to outline")
    values = np.stack([_column(records, name, "dice") for name in names], axis=1)
    valid = np.isfinite(values)
    filled = np.where(valid, values, 0.0)

    def statistic(weights: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore", divide="ignore"):
            return mean_of_known((weights @ filled) / (weights @ valid))

    return _over_patients(records, statistic, repeats, seed)


def _macro_auroc(records: Sequence[ScoredStudy], names: Sequence[str], repeats: int, seed: int) -> Estimate:
    """Mean of the findings' AUROCs, of those that have one in this cohort."""
    columns = []
    for name in names:
        rows = [record.findings.get(name, {}) for record in records]
        known = np.array([row.get("logit") is not None for row in rows])
        positive = np.array([bool(row.get("positive", False)) for row in rows])
        if (positive & known).any() and (~positive & known).any():
            logit = np.array([row["logit"] if k else 0.0 for row, k in zip(rows, known, strict=True)])
            columns.append((logit, positive, known))
    if not columns:
        return Estimate(None, note="no finding has studies of both classes")

    def statistic(weights: np.ndarray) -> np.ndarray:
        areas = [weighted_auroc(weights[:, k], x[k], y[k]) for x, y, k in columns]
        return mean_of_known(np.stack(areas, axis=1))

    return perfect_other(_over_patients(records, statistic, repeats, seed))


def _over_patients(
    records: Sequence[ScoredStudy], statistic: Callable[[np.ndarray], np.ndarray], repeats: int, seed: int
) -> Estimate:
    patients = np.array([record.patient for record in records])
    once = float(statistic(np.ones((1, len(records))))[0])
    return estimate_from_draws(once, statistic(bootstrap_weights(patients, repeats=repeats, seed=seed)))


def mean_of_known(values: np.ndarray) -> np.ndarray:
    """Mean along the second axis of what is not NaN; NaN where nothing is known."""
    known = np.isfinite(values)
    count = known.sum(axis=1)
    return np.where(count > 0, np.where(known, values, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)


def _column(records: Iterable[ScoredStudy], name: str, number: str) -> np.ndarray:
    values = [record.structures.get(name, {}).get(number) for record in records]
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def _mean(values: np.ndarray) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else None


def _auroc_of(records: Sequence[ScoredStudy], name: str) -> float | None:
    rows = finding_rows(records, name)
    return auroc(rows["logit"], rows["positive"]) if rows["logit"].size else None


def _spread(name: str, estimate: Estimate) -> dict:
    out = {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    return out if not estimate.note else out | {f"{name}_note": estimate.note}
