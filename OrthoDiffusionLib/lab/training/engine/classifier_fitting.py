"""Fit the classifiers of whole studies: which of a map's strongest places decide whether a finding is there.

A training sees crops. A whole study has many more places, so that the mean of its strongest 256, which tells a crop
with a lesion from one without, says little of a study with a small one. Three weights and an offset are little enough
to be fitted to whole studies of a calibration cohort.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from torch import Tensor, from_numpy

from OrthoDiffusionLib.lab.evaluation.cohorts.calibration_fitting import FUSED, LEAST_PATIENTS_A_CLASS
from OrthoDiffusionLib.lab.evaluation.scores.folds import folds_of
from OrthoDiffusionLib.lab.evaluation.scores.platt import fit_platt, log_loss, softened_regression
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import ScoredStudy
from OrthoDiffusionLib.volumes import Plane

RIDGE = 0.02
"""Weight of the pull of standardised weights to 0, as a share of the studies (ours; as in Platt scaling)."""

FOLDS = 5

# The weights' names in bundles keep an older word for the classifier.
CLASSIFIERS = {FUSED: "diagnosis.verdict", **{plane.value: f"diagnosis.plane_verdict.{plane.value}" for plane in Plane}}
"""Whose logits -> the names of its tensors in the heads' file, without ``.weight`` and ``.bias``."""


def fit_classifiers(
    heads: Mapping[str, Tensor], names: Sequence[str], records: Sequence[ScoredStudy]
) -> tuple[dict[str, Tensor], list[ScoredStudy]]:
    """The heads with classifiers fitted to whole studies, and the studies with the logits that these give.

    A finding's classifier is fitted anew where a logistic regression on the means of the strongest places foretells
    patients that it was not fitted to better (log loss, five folds) than the trained one does after Platt scaling.

    Args:
        heads: content of the heads' file.
        names: abnormalities in the manifest's order.
        records: studies of a calibration cohort, with ``strongest`` of each finding.
    """
    fitted = dict(heads)
    findings: list[dict[str, dict]] = [
        {name: dict(found) for name, found in record.findings.items()} for record in records
    ]
    for key, prefix in CLASSIFIERS.items():
        if f"{prefix}.weight" not in heads:
            continue
        weight, bias = (heads[f"{prefix}.{part}"].float().numpy().copy() for part in ("weight", "bias"))
        for place, name in enumerate(names):
            known = [n for n, found in enumerate(findings) if key in found.get(name, {}).get("strongest", {})]
            if not known:
                continue
            rows, patients = [findings[n][name] for n in known], np.array([records[n].patient for n in known])
            positive = np.array([row["positive"] for row in rows])
            strongest = np.array([row["strongest"][key] for row in rows])
            made = fit_classifier(strongest, positive, patients, weight[place], float(bias[place]))
            if made is None:
                continue
            # As they stand in the file, so that the logits are those that the bundle will give.
            weight[place], bias[place] = (np.asarray(part, dtype=np.float16) for part in made)
            for row, logit in zip(rows, strongest @ weight[place] + bias[place], strict=True):
                if key == FUSED:
                    row["logit"] = float(logit)
                else:
                    row["by_plane"] = {**row["by_plane"], key: float(logit)}
        for part, values in (("weight", weight), ("bias", bias)):
            fitted[f"{prefix}.{part}"] = from_numpy(values).to(heads[f"{prefix}.{part}"].dtype)
    return fitted, [replace(record, findings=found) for record, found in zip(records, findings, strict=True)]


def fit_classifier(
    strongest: np.ndarray, positive: np.ndarray, patients: np.ndarray, weight: np.ndarray, bias: float
) -> tuple[np.ndarray, float] | None:
    """Weights (C,) and offset of one finding, or None where the trained ones are to stay.

    Args:
        strongest: (N, C) means of the strongest places, a row a study.
        positive: (N,) bool, the truth.
        patients: (N,) who each row belongs to.
        weight, bias: the trained classifier, (C,) and a number.
    """
    if min(np.unique(patients[of_class]).size for of_class in (positive, ~positive)) < LEAST_PATIENTS_A_CLASS:
        return None
    trained = strongest @ weight + bias
    fold = folds_of(patients, FOLDS)
    new, old = np.zeros(len(positive)), np.zeros(len(positive))
    for number in range(FOLDS):
        learned, left = fold != number, fold == number
        weights, offset = _regression(strongest[learned], positive[learned])
        new[left] = strongest[left] @ weights + offset
        a, b = fit_platt(trained[learned], positive[learned])
        old[left] = a * trained[left] + b
    if log_loss(new, positive) >= log_loss(old, positive):
        return None
    return _regression(strongest, positive)


def _regression(strongest: np.ndarray, positive: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights (C,) and offset of a logistic regression on (N, C) means of the strongest places."""
    centre, scale = strongest.mean(axis=0), np.maximum(strongest.std(axis=0), 1e-6)
    slopes, offset = softened_regression((strongest - centre) / scale, positive, towards=0.0, ridge=RIDGE)
    weights = slopes / scale
    return weights, float(offset - centre @ weights)
