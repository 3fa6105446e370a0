"""Names and short sentences that several reports share, each in any language."""

from __future__ import annotations

from OrthoDiffusionLib.anatomy import MeasurementDefinition, abnormality, find_joint
from OrthoDiffusionLib.findings import Analysis, Finding, Measurement, ResultsRecord
from OrthoDiffusionLib.findings.calibration import counts_as_positive
from OrthoDiffusionLib.findings.measurement_context import OUTLINES, POINTS
from OrthoDiffusionLib.messages import (
    ENGLISH,
    Language,
    Message,
    decimals_beyond,
    number_of,
    title_of,
    usual_decimals,
    word_of,
)


def named(key: str, english: str, language: Language = ENGLISH) -> str:
    """What the catalogue of a language calls something; the English title where it has no word for it."""
    if language is ENGLISH or f"word.{key}" not in language.sentences:
        return english
    return title_of(key, language)


def finding_title(name: str, language: Language = ENGLISH) -> str:
    """Words for people; made of the key where our anatomy does not know it."""
    try:
        english = abnormality(name).title
    except ValueError:
        english = name.replace("_", " ").capitalize()
    return named(name, english, language)


def joint_title(analysis: Analysis, language: Language = ENGLISH) -> str:
    """For example "Right knee"."""
    side, joint = analysis.study.side, analysis.study.joint
    if side is None:
        return title_of(joint, language)
    return Message("joint_of_side", values={"side": side, "joint": joint}).words(language).what


def side_source(analysis: Analysis, language: Language = ENGLISH) -> str:
    """Who said which side it is."""
    return word_of(f"side_by_{analysis.study.side_source}", language)


def sorted_findings(analysis: Analysis | ResultsRecord) -> list[Finding]:
    """Positive ones first, then negative ones, the most probable first; last those that were not assessed."""
    return sorted(
        analysis.findings,
        key=lambda finding: (not finding.assessed, finding.positive is not True, -(finding.probability or 0.0)),
    )


def operating_point_words(finding: Finding, language: Language = ENGLISH) -> str:
    """For example "positive from 0.22 on (sensitivity 0.84, specificity 0.90)"; empty if the bundle names no point."""
    point = finding.operating_point
    if point is None:
        return ""
    values = {
        "threshold": point.threshold,
        "sensitivity": point.sensitivity,
        "specificity": point.specificity,
        "digits": decimals_of_finding(finding),
    }
    return Message("operating_point", values=values).words(language).what


def not_assessed(finding: Finding, language: Language = ENGLISH) -> str:
    """For example "not assessed: the axial view is missing"."""
    words, note = word_of("not_assessed", language), finding.note.words(language).what
    if language is ENGLISH:
        note = note[:1].lower() + note[1:]
    return f"{words}: {note}" if note else words


def measurement_definition(joint_name: str, name: str) -> MeasurementDefinition | None:
    """What our anatomy says of a measurement; None of thicknesses, and where it does not know the joint."""
    joint = find_joint(joint_name)
    return next((one for one in joint.measurements if one.name == name), None) if joint is not None else None


def measurement_title(joint_name: str, name: str, language: Language = ENGLISH) -> str:
    """Words for people; made of the key where our anatomy does not know it."""
    known = measurement_definition(joint_name, name)
    return named(name, known.title if known is not None else name.replace("_", " ").capitalize(), language)


def with_unit(value: float, unit: str, language: Language = ENGLISH) -> str:
    """For example "8.3 mm", "132°" or "1.05"."""
    return number_of(value, f"in {unit}", language)


def value_words(measurement: Measurement, language: Language = ENGLISH) -> str:
    """The number that counts with its unit; empty if there is none. It reads as no limit that it lies beyond."""
    if (value := measurement.ruling_value) is None:
        return ""
    return number_of(value, f"in {measurement.unit} {decimals_of(measurement)}", language)


def decimals_of(measurement: Measurement) -> int:
    """With how many decimals the number that counts is written: as usual, or as many as tell it from its limit."""
    value, least = measurement.ruling_value, usual_decimals(measurement.unit)
    if value is None or measurement.range is None or not measurement.outside:
        return least
    return decimals_beyond(value, measurement.range[measurement.outside > 0], least)


def judged_outside(measurement: Measurement, *, usable: bool) -> int:
    """−1 or 1 where a measurement is said to be below or above what is usual, else 0.

    Below a warning not to use the result the model's numbers are judged as little as its findings; what a reader has
    set the points of is the reader's number.
    """
    own = measurement.reader is not None and measurement.reader.basis == POINTS
    return measurement.outside if usable or own else 0


def decimals_of_probability(probability: float | None, threshold: float | None, least: int = 2) -> int:
    """With how many decimals both are written: 0.496 is not 0.50, where positive begins."""
    if probability is None or threshold is None or counts_as_positive(probability, threshold):
        return least
    return decimals_beyond(probability, threshold, least)


def decimals_of_finding(finding: Finding, least: int = 2) -> int:
    """With how many decimals its probability and its threshold are written."""
    point = finding.operating_point
    return decimals_of_probability(finding.probability, None if point is None else point.threshold, least)


def unit_sign(unit: str, language: Language = ENGLISH) -> str:
    """What stands behind a number of a unit: "°", " mm" or, in German, " ml"."""
    return with_unit(0.0, unit, language).removeprefix(in_unit(0.0, unit, language))


def in_unit(value: float, unit: str, language: Language = ENGLISH) -> str:
    """The number alone, with the digits that are usual in its unit."""
    return number_of(value, f"number {unit}", language)


def in_figures(value: float, unit: str, language: Language = ENGLISH) -> str:
    """An error of a measurement, one digit finer than its value: "0.62 mm", "3.1°", "0.048" or "8.0 %"."""
    return number_of(value, f"finer {unit}", language)


def reader_words(measurement: Measurement, language: Language = ENGLISH) -> str:
    """That a number is of a reader's work, with the model's beside it; empty if it is the model's."""
    if measurement.reader is None:
        return ""
    how = {POINTS: "reader_points", OUTLINES: "reader_outlines"}[measurement.reader.basis]
    if measurement.value is None:
        return Message("readers_value", "alone", {"how": how}).words(language).what
    values = {"how": how, "model": measurement.value, "unit": measurement.unit}
    return Message("readers_value", values=values).words(language).what


def usual_words(measurement: Measurement, language: Language = ENGLISH) -> str:
    """For example "2.0 to 17.0 mm"; empty where nothing is known."""
    if measurement.range is None:
        return ""
    low, high = measurement.range
    return Message("usual_range", values={"low": low, "high": high, "unit": measurement.unit}).words(language).what


def thickness_words(analysis: Analysis, language: Language = ENGLISH) -> list[str]:
    """For example "femoral cartilage 2.1 mm", for each cartilage that could be measured."""
    return [
        f"{word_of(m.structure, language)} {with_unit(m.value, 'mm', language)}"
        for m in analysis.sizes
        if m.name == "mean_thickness"
    ]
