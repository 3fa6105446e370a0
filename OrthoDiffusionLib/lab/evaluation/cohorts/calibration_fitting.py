"""From the raw logits of a cohort to the Calibration of each finding that a bundle carries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from OrthoDiffusionLib.bundles import Bundle, Manifest
from OrthoDiffusionLib.findings.calibration import (
    PROBABILITY_DIGITS,
    Calibration,
    OperatingPoint,
    counts_as_positive,
    sigmoid,
)
from OrthoDiffusionLib.lab.evaluation.cohorts.cohort_run import score_each
from OrthoDiffusionLib.lab.evaluation.scores.diagnosis_scores import REPEATS, score_finding
from OrthoDiffusionLib.lab.evaluation.scores.platt import fit_platt
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import ScoredStudy, run_key
from OrthoDiffusionLib.lab.evaluation.scores.scores import finding_rows
from OrthoDiffusionLib.progress import ProgressCallback, report
from OrthoDiffusionLib.volumes import Study

if TYPE_CHECKING:
    from OrthoDiffusionLib.analysis.analyzer import StudyEvidence
    from OrthoDiffusionLib.lab.phantom.datasets.cohort import Cohort, PhantomStudy

FUSED = "fused"

LEAST_PATIENTS_A_CLASS = 5
"""With and without a finding, for an operating point: with fewer its sensitivity and specificity mean nothing. Our own
choice."""


def score_for_calibration(
    evidence: Callable[[Study], Mapping[str, StudyEvidence]],
    bundle: Bundle,
    cohort: Cohort,
    *,
    count: int | None = None,
    seed: int | None = None,
    lines: Path | None = None,
    progress: ProgressCallback | None = None,
) -> list[ScoredStudy]:
    """The evidence of a calibration cohort, without outlines: what `fit_classifiers` and `fit_calibrations` need.

    Args:
        evidence: `Analyzer.study_evidence`: "fused" and plane → what is known in the manifest's order.
        bundle: of that Analyzer.
        cohort: one that no figure is printed for.
        count, seed, lines, progress: as in `score_each`; the same file goes on where it was stopped.
    """
    names = [abnormality.name for abnormality in bundle.manifest.abnormalities]

    def score_one(phantom: PhantomStudy, name: str, step: ProgressCallback | None) -> ScoredStudy:
        report(step, "analyze", 0.3, "Asking the networks")
        study = Study.from_volumes(phantom.volumes, side=phantom.side, name=name, joint=bundle.manifest.as_joint())
        found = evidence(study)
        findings = {
            abnormality: {
                "positive": bool(phantom.abnormalities[abnormality]),
                "logit": float(found[FUSED].logits[i]),
                "probability": float(sigmoid(found[FUSED].logits[i])),
                "by_plane": {plane: float(one.logits[i]) for plane, one in found.items() if plane != FUSED},
                "strongest": {key: [float(value) for value in one.strongest[i]] for key, one in found.items()},
                "assessed": False,
                "point_distance_mm": None,
            }
            for i, abnormality in enumerate(names)
            if abnormality in phantom.abnormalities
        }
        return ScoredStudy(name, phantom.patient, {"centre": phantom.site}, findings=findings)

    key = run_key(bundle, cohort, kind="evidence")
    return score_each(score_one, cohort, key, count=count, seed=seed, lines=lines, progress=progress)


def fit_calibrations(
    records: Sequence[ScoredStudy], names: Iterable[str], *, repeats: int = REPEATS, seed: int = 0
) -> dict[str, Calibration]:
    """Platt scaling and AUROC with its interval for each finding.

    Fit on a cohort that no figure is printed for: a calibration looks perfect on the studies it was fitted to.

    Args:
        records: of a calibration cohort; whatever calibration the bundle had does not matter, only logits do.
        names: the findings. One that has no AUROC interval here (one class only, too few) gets the interval
            0 to 1, so that it is not assessed.
    """
    calibrations = {}
    for name in names:
        rows = finding_rows(records, name)
        if not rows["logit"].size:
            calibrations[name] = Calibration()
            continue
        a, b = fit_platt(rows["logit"], rows["positive"])
        point = fit_operating_point(Calibration(a, b).probability(rows["logit"]), rows["positive"], rows["patient"])
        area = score_finding(
            rows["probability"],
            rows["positive"],
            ranking=rows["logit"],
            patients=rows["patient"],
            repeats=repeats,
            seed=seed,
        ).auroc
        if area.value is None or area.low is None or area.high is None:
            calibrations[name] = Calibration(a, b, 0.5 if area.value is None else area.value, 0.0, 1.0, point)
        else:
            low, high = min(area.low, area.value), max(area.high, area.value)
            calibrations[name] = Calibration(a, b, area.value, low, high, point)
    return calibrations


def fit_operating_point(
    probabilities: np.ndarray, positive: np.ndarray, patients: np.ndarray | None = None
) -> OperatingPoint | None:
    """Where a calibrated probability counts as positive: at the prevalence of the cohort it was calibrated on.

    There positives and negatives are equally likely to show such a probability (likelihood ratio 1), and the sum of
    sensitivity and specificity is largest (Youden's index, Cancer 1950). Its empirical maximum would be the same point
    with more chance in it: with a few positives it jumps from one to the next.

    Args:
        probabilities: (N,) calibrated.
        positive: (N,) bool, the truth.
        patients: (N,) who each row belongs to; by default each row is another patient.

    Returns:
        The threshold with sensitivity and specificity as counted on these very studies; None with fewer than
        `LEAST_PATIENTS_A_CLASS` patients with or without the finding.
    """
    positive = np.asarray(positive, dtype=bool)
    patients = np.arange(positive.size) if patients is None else np.asarray(patients)
    if min(np.unique(patients[of_class]).size for of_class in (positive, ~positive)) < LEAST_PATIENTS_A_CLASS:
        return None
    threshold = round(float(positive.mean()), PROBABILITY_DIGITS)
    called = np.array([counts_as_positive(float(probability), threshold) for probability in probabilities])
    return OperatingPoint(threshold, float(called[positive].mean()), float((~called[~positive]).mean()))


def thresholds_of(manifest: Manifest) -> dict[str, float]:
    """Where each finding's probability counts as positive, of those that the bundle names such a point for."""
    points = {name: calibration.operating_point for name, calibration in manifest.calibration.items()}
    return {name: point.threshold for name, point in points.items() if point is not None}
