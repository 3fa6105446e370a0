"""One row a study, for tables of many: the same columns whatever was found, missed or went wrong."""

from __future__ import annotations

from collections.abc import Sequence

from OrthoDiffusionLib.anatomy import Structure
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.findings.calibration import PROBABILITY_DIGITS
from OrthoDiffusionLib.findings.measurement_context import VALUE_DIGITS
from OrthoDiffusionLib.findings.plausibility import NOT_TO_BE_USED
from OrthoDiffusionLib.volumes import Plane

THICKNESS = "_thickness"
"""How the names of the thicknesses among the measurements end."""

_FORMULA_STARTS = ("=", "+", "-", "@")


def study_columns(
    structures: Sequence[Structure], abnormalities: Sequence[str], measurements: Sequence[str] = ()
) -> tuple[str, ...]:
    """Names of the columns, which depend on the bundle's joint and vocabulary alone.

    Args:
        structures: in the bundle's order.
        abnormalities: names of the abnormalities, in the bundle's order.
        measurements: names of the joint's measurements beside the thicknesses.

    Returns:
        "study", "status" ("done" or "failed"), what was analysed by what, a probability for each abnormality (empty if
        not assessed), "volume_ml_…" for each structure and "mean_thickness_mm_…" for each cartilage (empty if cut off
        or not found), each measurement in its unit (empty if there is none), why the result must not be used under
        "implausible" (no joint has such outlines, or the pictures show another one; empty if it can), how unlike the
        model's training the study is (1 and above warns; empty where the bundle cannot tell), the codes of the
        warnings, and of a failed study the stage at which it failed, the error's code and words.
    """
    return (
        "study", "status", "joint", "side", "side_source",
        *(f"volume_{plane.value}" for plane in Plane),
        "bundle", "bundle_version",
        *abnormalities,
        *(f"volume_ml_{structure.name}" for structure in structures),
        *(f"mean_thickness_mm_{structure.name}" for structure in structures if structure.is_cartilage),
        *measurements,
        "implausible", "unlike_training", "warnings", "stage", "error_code", "error", "remedy",
    )  # fmt: skip


def study_row(study: str, analysis: Analysis) -> dict[str, str]:
    """The row of a study that was analysed; column -> text, without those that stay empty.

    Args:
        study: what to call it.
        analysis: what was found.
    """
    row = {
        "study": study,
        "status": "done",
        "joint": analysis.study.joint,
        "side": analysis.study.side.value if analysis.study.side else "",
        "side_source": analysis.study.side_source,
        "bundle": analysis.bundle.name,
        "bundle_version": analysis.bundle.version,
        "implausible": " ".join(notice.what for notice in analysis.notices if notice.code in NOT_TO_BE_USED),
        "warnings": " ".join(notice.code for notice in analysis.notices),
    }
    if analysis.unlike_training is not None:
        row["unlike_training"] = _digits(analysis.unlike_training.score)
    row |= {f"volume_{plane}": name for plane, name in analysis.study.planes.items()}
    row |= {f.name: f"{f.probability:.{PROBABILITY_DIGITS}f}" for f in analysis.findings if f.assessed}
    segmentation = analysis.segmentation
    for structure in segmentation.structures:
        if segmentation.complete(structure.name):
            row[f"volume_ml_{structure.name}"] = _digits(segmentation.volume_ml(structure.name))
    for measurement in analysis.sizes:
        if measurement.name == "mean_thickness" and segmentation.complete(measurement.structure):
            row[f"mean_thickness_mm_{measurement.structure}"] = _digits(measurement.value)
    for measured in analysis.measurements:
        if measured.value is not None and not measured.name.endswith(THICKNESS):  # which have their columns
            row[measured.name] = _digits(measured.value)
    return {column: safe_cell(text) for column, text in row.items()}


def failure_row(study: str, error: Exception) -> dict[str, str]:
    """The row of a study that could not be analysed: a failure is a row, not an end."""
    row = {"study": study, "status": "failed", "error": str(error) or type(error).__name__}
    if isinstance(error, OrthoDiffusionError):
        row |= {"error": error.what, "remedy": error.remedy}
        row |= {"error_code": error.code} if error.code else {}
    return {column: safe_cell(text) for column, text in row.items()}


def safe_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula: names come from files of others."""
    if text.startswith(_FORMULA_STARTS) and not _is_number(text):
        return "'" + text
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _digits(value: float) -> str:
    return f"{value:z.{VALUE_DIGITS}f}"  # what rounds to zero has no sign
