"""Two bundles on the same studies: is one better, or is it chance?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.evaluation.scores.diagnosis_scores import (
    REPEATS,
    Estimate,
    PairedComparison,
    bootstrap_weights,
    delong_comparison,
    estimate_from_draws,
    mean_with_interval,
    weighted_auroc,
)
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import ScoredStudy, read_runs
from OrthoDiffusionLib.lab.evaluation.scores.scores_file import lines_path, read_scores


def compare_scores(first: Path, second: Path, *, repeats: int = REPEATS, seed: int = 0) -> dict:
    """Compare two files of `evaluate --json`, study by study, by what lies beside each of them.

    Args:
        first, second: Scores of two bundles on one cohort; structures and findings that both have are compared.
        repeats, seed: of the bootstrap.

    Returns:
        What `compare_records` returns, with titles, the cohort's name, and `first` and `second`: names of the bundles.

    Raises:
        OrthoDiffusionError: if a file cannot be read, they are of different cohorts or have no study in common, or the
            studies beside one of them were scored by several bundles.
    """
    scores, records = zip(*((read_scores(path), _records_beside(path)) for path in (first, second)), strict=True)
    cohorts = [f"{one['cohort']['name']}, version {one['cohort']['version']}" for one in scores]
    if cohorts[0] != cohorts[1]:
        raise OrthoDiffusionError(
            f"The scores are of different cohorts: {cohorts[0]}, and {cohorts[1]}",
            where=str(second),
            remedy="Measure both bundles on the same cohort.",
        )
    both = {
        kind: {name: row for name, row in scores[0][kind].items() if name in scores[1][kind]}
        for kind in ("structures", "abnormalities")
    }
    primary = [name for name, row in both["structures"].items() if not row["auxiliary"]]
    try:
        found = compare_records(
            *records, structures=primary, findings=both["abnormalities"], repeats=repeats, seed=seed
        )
    except ValueError as error:
        raise OrthoDiffusionError(
            "The two scores have no study in common",
            where=str(second),
            remedy="Measure both bundles on the same studies of the cohort.",
        ) from error
    for kind, rows in both.items():
        found[kind] = {name: {"title": rows[name].get("title", name), **row} for name, row in found[kind].items()}
    names = [f"{one['bundle']['name']} {one['bundle']['version']}" for one in scores]
    return {"first": names[0], "second": names[1], "cohort": scores[0]["cohort"]["name"], **found}


def _records_beside(path: Path) -> list[ScoredStudy]:
    """The studies of one run that lie beside its Scores; those that could not be analysed are among them."""
    lines = lines_path(path)
    try:
        text = lines.read_text(encoding="utf-8")
    except OSError as error:
        raise OrthoDiffusionError(
            f"The studies behind the scores cannot be read: {error.strerror}",
            where=str(lines),
            remedy="Keep the file that `evaluate --json` writes beside its scores.",
        ) from error
    runs = read_runs(text)
    if len(runs) != 1:
        raise OrthoDiffusionError(
            f"The file holds studies of {len(runs)} runs; which of them the scores belong to is unknown",
            where=str(lines),
            remedy="Run `evaluate --json` into a new file for each bundle.",
        )
    return runs[0]


def compare_records(
    first: Sequence[ScoredStudy],
    second: Sequence[ScoredStudy],
    *,
    structures: Iterable[str],
    findings: Iterable[str],
    repeats: int = REPEATS,
    seed: int = 0,
) -> dict:
    """Differences first − second, study by study.

    Dice: bootstrap over patients of the paired differences. AUROC: DeLong's test; where a patient has several studies,
    which it would take for several patients, the same bootstrap, without a p.

    Args:
        first, second: records of the same cohort; studies that only one of them has are left out.
        structures, findings: names of what is compared; for `dice_mean` the structures are averaged in each study.
        repeats, seed: of the bootstrap.

    Returns:
        {"studies": n, "dice_mean": {"difference", "low", "high"}, "structures": {name: the same},
        "abnormalities": {name: {"first", "second", "difference", "low", "high", "p_value", "note"}}}

    Raises:
        ValueError: if they have no study in common.
    """
    of_second = {record.study: record for record in second}
    pairs = [(record, of_second[record.study]) for record in first if record.study in of_second]
    if not pairs:
        raise ValueError("the two sets of records must have studies in common, got none")
    patients = np.array([record.patient for record, _ in pairs])
    names = tuple(structures)
    dice = np.array([[[_dice(record, name) for name in names] for record in pair] for pair in pairs])
    difference = dice[:, 0] - dice[:, 1]  # (studies, structures), NaN where a structure is absent

    def spread(values: np.ndarray) -> dict:
        return _as_dict(mean_with_interval(values, patients=patients, repeats=repeats, seed=seed))

    known = np.isfinite(difference)
    in_study = np.where(known, difference, 0.0).sum(axis=1) / np.where(known.any(axis=1), known.sum(axis=1), np.nan)
    return {
        "studies": len(pairs),
        "dice_mean": spread(in_study),
        "structures": {name: spread(difference[:, i]) for i, name in enumerate(names)},
        "abnormalities": {name: _compare_finding(pairs, name, repeats, seed) for name in findings},
    }


def _compare_finding(pairs: Sequence[tuple[ScoredStudy, ScoredStudy]], name: str, repeats: int, seed: int) -> dict:
    found = [(a.findings.get(name, {}), b.findings.get(name, {}), a.patient) for a, b in pairs]
    rows = [row for row in found if row[0].get("logit") is not None and row[1].get("logit") is not None]
    if not rows:
        return {"first": None, "second": None, "p_value": None, "note": "no study has both logits"}
    logits = np.array([(a["logit"], b["logit"]) for a, b, _ in rows])
    positives = np.array([a["positive"] for a, *_ in rows], dtype=bool)
    patients = np.array([patient for *_, patient in rows])
    comparison = delong_comparison(logits[:, 0], logits[:, 1], positives)
    if np.unique(patients).size < patients.size and comparison.difference.value is not None:
        comparison = _by_patients(
            comparison, logits, positives, bootstrap_weights(patients, repeats=repeats, seed=seed)
        )
    return {
        "first": comparison.auroc_a,
        "second": comparison.auroc_b,
        **_as_dict(comparison.difference),
        "p_value": comparison.p_value,
        "note": comparison.note,
    }


def _by_patients(
    comparison: PairedComparison, logits: np.ndarray, positives: np.ndarray, weights: np.ndarray
) -> PairedComparison:
    """The comparison with the interval of bootstrap draws of patients (B, N), of whom some have several studies."""
    first, second = (weighted_auroc(weights, column, positives) for column in logits.T)
    value = comparison.difference.value
    assert value is not None  # asked for before
    interval = estimate_from_draws(value, first - second)
    note = interval.note or "some patients have several studies: bootstrap over patients, no p"
    return replace(comparison, difference=interval, p_value=None, note=note)


def _as_dict(estimate: Estimate) -> dict:
    return {"difference": estimate.value, "low": estimate.low, "high": estimate.high}


def _dice(record: ScoredStudy, name: str) -> float:
    value = record.structures.get(name, {}).get("dice")
    return float("nan") if value is None else float(value)
