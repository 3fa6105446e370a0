"""Figures for a bundle's manifest: of its very weights, on studies that its calibration was not fitted to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from OrthoDiffusionLib.bundles import Manifest
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.findings import Calibration
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import weights_of
from OrthoDiffusionLib.lab.evaluation.scores.scores_file import read_scores

_MEASURE = "Publish without --figures, measure that bundle with `orthodiffusion evaluate --json`, and publish again."


def read_figures(path: Path | None, manifest: Manifest, *, calibration_cohort: str) -> dict:
    """The scores in a file, as far as they may be a bundle's: of its joint and of another cohort.

    Args:
        path: what `evaluate --json` wrote; None for no figures, which gives {}.
        manifest: of the bundle.
        calibration_cohort: name of the cohort that the probabilities are fitted on.

    Raises:
        OrthoDiffusionError: if the file cannot be read, or the scores are of another joint or of that very cohort.
    """
    if path is None:
        return {}
    figures = read_scores(path)
    cohort = figures.get("cohort", {})
    if cohort.get("joint", manifest.joint) != manifest.joint:
        raise OrthoDiffusionError(
            f"The figures are of the {cohort['joint']}, the bundle knows the {manifest.joint}",
            where=str(path),
            remedy=_MEASURE,
        )
    if cohort.get("name") == calibration_cohort:
        raise OrthoDiffusionError(
            f"The figures are of {calibration_cohort}, which the probabilities are fitted on: there they look better "
            "than they are",
            where=str(path),
            remedy="Measure the bundle on the frozen cohort, which `orthodiffusion evaluate` takes by itself.",
        )
    return {name: _rounded(value) for name, value in figures.items()}


def _rounded(value: Any) -> Any:
    """Numbers with six decimals: thousands of them, of ROC curves and the like, travel with every bundle."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, Mapping):
        return {name: _rounded(inner) for name, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list) else value


def check_same_weights(figures: Mapping, manifest: Manifest, path: Path) -> None:
    """That figures were measured with the weights and the logit adjustment of a manifest.

    Args:
        figures: from `read_figures`. Those of version 0.2.0 do not name the weights; their bundle's name and version
            are compared.
        manifest: of the bundle to be written, with its files.
        path: of the figures, for the message.

    Raises:
        OrthoDiffusionError: if they were measured with others.
    """
    bundle = figures.get("bundle", {})
    if "weights" in bundle:
        if bundle["weights"] == weights_of(manifest):
            return
        what = "The figures were measured with other weights or another volume correction than the bundle will have"
    else:
        own, measured = (manifest.name, manifest.version), (bundle.get("name"), bundle.get("version"))
        if measured == own:
            return
        what = f"The figures are of {' '.join(map(str, measured))}, the bundle to be made is {' '.join(own)}"
    raise OrthoDiffusionError(what, where=str(path), remedy=_MEASURE)


def judged_by(figures: Mapping, name: str, calibration: Calibration) -> Calibration:
    """The calibration with the frozen cohort's AUROC, where that was measured.

    Whether a finding can be distinguished from chance is decided on studies that its calibration was not fitted to.
    """
    measured = figures.get("abnormalities", {}).get(name, {})
    numbers = [measured.get(key) for key in ("auroc", "auroc_low", "auroc_high")]
    if None in numbers:
        return calibration
    auroc, low, high = numbers
    return replace(calibration, auroc=auroc, auroc_low=min(low, auroc), auroc_high=max(high, auroc))
