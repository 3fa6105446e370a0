"""Names and short sentences that several reports share."""

from __future__ import annotations

from OrthoDiffusionLib.anatomy import MeasurementDefinition, abnormality, find_joint
from OrthoDiffusionLib.findings import Analysis, Finding, Measurement, ResultsRecord
from OrthoDiffusionLib.findings.measurement_context import OUTLINES, POINTS

_SIDE_SOURCES = {
    "user": "side given by the user",
    "tag": "side from the DICOM tag",
    "description": "side from the series descriptions",
    "anatomy": "side from the anatomy",
    "unknown": "side unknown",
}


def finding_title(name: str) -> str:
    """Words for people; made of the key where our anatomy does not know it."""
    try:
        return abnormality(name).title
    except ValueError:
        return name.replace("_", " ").capitalize()


def joint_title(analysis: Analysis) -> str:
    """For example "Right knee"."""
    side = analysis.study.side
    words = f"{side.value} {analysis.study.joint}" if side else analysis.study.joint
    return words.capitalize()


def side_source(analysis: Analysis) -> str:
    """Who said which side it is."""
    return _SIDE_SOURCES.get(analysis.study.side_source, analysis.study.side_source)


def sorted_findings(analysis: Analysis | ResultsRecord) -> list[Finding]:
    """Positive ones first, then negative ones, the most probable first; last those that were not assessed."""
    return sorted(
        analysis.findings,
        key=lambda finding: (not finding.assessed, finding.positive is not True, -(finding.probability or 0.0)),
    )


def operating_point_words(finding: Finding) -> str:
    """For example "positive from 0.22 on (sensitivity 0.84, specificity 0.90)"; empty if the bundle names no point."""
    point = finding.operating_point
    if point is None:
        return ""
    return (
        f"positive from {point.threshold:.2f} on (sensitivity {point.sensitivity:.2f}, "
        f"specificity {point.specificity:.2f})"
    )


def not_assessed(finding: Finding) -> str:
    """For example "not assessed: the axial view is missing"."""
    note = finding.note.text
    return f"not assessed: {note[:1].lower()}{note[1:]}" if note else "not assessed"


def measurement_definition(joint_name: str, name: str) -> MeasurementDefinition | None:
    """What our anatomy says of a measurement; None of thicknesses, and where it does not know the joint."""
    joint = find_joint(joint_name)
    return next((one for one in joint.measurements if one.name == name), None) if joint is not None else None


def measurement_title(joint_name: str, name: str) -> str:
    """Words for people; made of the key where our anatomy does not know it."""
    known = measurement_definition(joint_name, name)
    return known.title if known is not None else name.replace("_", " ").capitalize()


def with_unit(value: float, unit: str) -> str:
    """For example "8.3 mm", "132°" or "1.05"."""
    return in_unit(value, unit) + {"1": "", "deg": "°"}.get(unit, f" {unit}")


def in_unit(value: float, unit: str) -> str:
    """The number alone, with the digits that are usual in its unit."""
    return f"{value:.{({'1': 2, 'deg': 0}).get(unit, 1)}f}"


def in_figures(value: float, unit: str) -> str:
    """An error of a measurement, one digit finer than its value: "0.62 mm", "3.1°", "0.048" or "8.0 %"."""
    return f"{value:.{({'1': 3, 'deg': 1, '%': 1}).get(unit, 2)}f}" + {"1": "", "deg": "°"}.get(unit, f" {unit}")


def reader_words(measurement: Measurement) -> str:
    """That a number is of a reader's work, with the model's beside it; empty if it is the model's."""
    if measurement.reader is None:
        return ""
    how = {POINTS: "points moved by the reader", OUTLINES: "from corrected outlines"}[measurement.reader.basis]
    model = "no value" if measurement.value is None else with_unit(measurement.value, measurement.unit)
    return f"{how}; model: {model}"


def usual_words(measurement: Measurement) -> str:
    """For example "2.0 to 17.0 mm"; empty where nothing is known."""
    if measurement.range is None:
        return ""
    low, high = measurement.range
    return f"{in_unit(low, measurement.unit)} to {with_unit(high, measurement.unit)}"


def thickness_words(analysis: Analysis) -> list[str]:
    """For example "femoral cartilage 2.1 mm", for each cartilage that could be measured."""
    titles = {structure.name: structure.title for structure in analysis.segmentation.structures}
    return [f"{titles[m.structure].lower()} {m.value:.1f} mm" for m in analysis.sizes if m.name == "mean_thickness"]
