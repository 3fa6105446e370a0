"""Measurements of a cohort: against what the phantoms know of themselves, and predicted outlines against true ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from OrthoDiffusionLib.anatomy import Joint, MeasurementDefinition
from OrthoDiffusionLib.findings import Analysis, Measurement, Segmentation
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import ScoredStudy
from OrthoDiffusionLib.lab.evaluation.scores.segmentation_scores import imaged_region
from OrthoDiffusionLib.measurements import definitions, measure, value_from_points
from OrthoDiffusionLib.volumes import Geometry, Volume

if TYPE_CHECKING:
    from OrthoDiffusionLib.lab.phantom.datasets.cohort import PhantomStudy

MEASUREMENTS_VERSION = 3
"""Raised when measurements are scored otherwise: studies that were finished before are then measured again."""

AIMS: Mapping[str, float] = {"1": 0.05, "deg": 3.0, "mm": 1.5}
"""Unit -> median absolute error that a measurement should not exceed against the phantom's own landmarks."""

AIMS_BY_METHOD: Mapping[str, float] = {"meniscal_extrusion": 0.8, "cartilage_thickness": 0.25}

VOLUME_AIM_PERCENT = 10.0


def known_values(phantom: PhantomStudy, wanted: Iterable[MeasurementDefinition]) -> dict[str, float]:
    """Name of a measurement -> what the phantom's construction says; those that it says nothing of are left out."""
    points_of, found = phantom.known_points(), phantom.known_values()
    for definition in wanted:
        points = points_of.get(definition.name)
        if points is not None:
            found[definition.name] = value_from_points(definition, [points[role] for role in definition.points])
    return found


def score_measurements(
    analysis: Analysis, phantom: PhantomStudy, truth: Volume, joint: Joint, imaged: Sequence[Geometry]
) -> dict[str, dict[str, Any]]:
    """Each measurement of one study, three times.

    Args:
        analysis: of the study.
        phantom: what was analysed.
        truth: true labels on the grid of the analysis.
        joint: whose measurements.
        imaged: geometries of the volumes that were analysed.

    Returns:
        name -> {"known": by construction, "on_truth": on the true labels, "predicted": of the analysis, "note": why
        nothing was predicted}; None where there is no number.
    """
    seen = imaged_region(truth.geometry, imaged)
    known_labels = np.zeros(256, dtype=np.uint8)
    for structure in analysis.segmentation.structures:
        known_labels[structure.label] = structure.label
    labels = truth.with_array(known_labels[truth.array] * seen)
    true = Segmentation(labels, analysis.segmentation.structures, imaged=seen)
    wanted = definitions(joint)
    known = known_values(phantom, wanted)
    on_truth = {one.name: one for one in measure(true, joint, phantom.side)}
    predicted = {one.name: one for one in analysis.measurements}
    return {
        definition.name: {
            "known": known.get(definition.name),
            "on_truth": _value(on_truth.get(definition.name)),
            "predicted": _value(predicted.get(definition.name)),
            "note": predicted[definition.name].note.key if definition.name in predicted else "",
        }
        for definition in wanted
    }


def _value(measured: Measurement | None) -> float | None:
    return None if measured is None else measured.value


def summarise_measurements(
    records: Sequence[ScoredStudy], wanted: Iterable[MeasurementDefinition]
) -> dict[str, dict[str, Any]]:
    """Name of a measurement -> its errors over a cohort.

    Returns:
        "n" and "n_truth": studies behind the two errors; "median_abs_error_truth": on true labels against the
        phantom's construction; "median_abs_error_predicted": on predicted outlines against the same function on true
        ones; "bias" and "limits_of_agreement": mean and 95 % limits (Bland and Altman) of the latter; "not_measured":
        studies without a number though the true outlines give one; "not_measured_truth": studies whose true outlines
        give none; "aim": in the unit, or in percent of a volume; None where there is nothing.
    """
    return {
        definition.name: _summary(
            [row for record in records if (row := record.measurements.get(definition.name)) is not None], definition
        )
        for definition in wanted
    }


def _summary(rows: Sequence[Mapping[str, Any]], definition: MeasurementDefinition) -> dict[str, Any]:
    against_known = _differences(rows, "on_truth", "known", relative=definition.unit == "mL")
    against_truth = _differences(rows, "predicted", "on_truth", relative=definition.unit == "mL")
    spread = 1.96 * float(against_truth.std(ddof=1)) if len(against_truth) > 1 else None
    bias = float(against_truth.mean()) if len(against_truth) else None
    return {
        "title": definition.title,
        "unit": "%" if definition.unit == "mL" else definition.unit,
        "n": len(against_truth),
        "n_truth": len(against_known),
        "median_abs_error_truth": _median(np.abs(against_known)),
        "median_abs_error_predicted": _median(np.abs(against_truth)),
        "bias": bias,
        "limits_of_agreement": None if spread is None or bias is None else [bias - spread, bias + spread],
        "not_measured": sum(row["predicted"] is None and row["on_truth"] is not None for row in rows),
        "not_measured_truth": sum(row["on_truth"] is None for row in rows),
        "aim": aim_of(definition),
    }


def aim_of(definition: MeasurementDefinition) -> float:
    """The median absolute error that is aimed at, in the unit of the summary."""
    if definition.unit == "mL":
        return VOLUME_AIM_PERCENT
    return AIMS_BY_METHOD.get(definition.method, AIMS[definition.unit])


def _differences(rows: Sequence[Mapping[str, Any]], one: str, other: str, *, relative: bool) -> np.ndarray:
    """(N,) one - other of the studies that have both; in percent of the other if relative."""
    pairs = np.array([(row[one], row[other]) for row in rows if row[one] is not None and row[other] is not None])
    if len(pairs) == 0:
        return np.zeros(0)
    difference = pairs[:, 0] - pairs[:, 1]
    return 100.0 * difference[pairs[:, 1] > 0] / pairs[pairs[:, 1] > 0, 1] if relative else difference


def _median(values: np.ndarray) -> float | None:
    return float(np.median(values)) if len(values) else None
