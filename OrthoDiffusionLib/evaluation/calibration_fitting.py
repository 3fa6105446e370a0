"""From the raw logits of a cohort to the Calibration of each finding that a bundle carries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from OrthoDiffusionLib.findings.calibration import Calibration, fit_platt

from .diagnosis_scores import REPEATS, score_finding
from .scored_study import ScoredStudy
from .scores import finding_rows


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
        area = score_finding(
            rows["probability"],
            rows["positive"],
            ranking=rows["logit"],
            patients=rows["patient"],
            repeats=repeats,
            seed=seed,
        ).auroc
        if area.value is None or area.low is None or area.high is None:
            calibrations[name] = Calibration(a, b, 0.5 if area.value is None else area.value, 0.0, 1.0)
        else:
            low, high = min(area.low, area.value), max(area.high, area.value)
            calibrations[name] = Calibration(a, b, area.value, low, high)
    return calibrations
