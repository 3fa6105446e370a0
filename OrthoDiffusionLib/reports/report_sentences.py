"""What a report says of one finding, one structure, one measurement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from OrthoDiffusionLib.findings import Finding, Measurement, StructureRecord
from OrthoDiffusionLib.findings.finding import DISAGREEMENT
from OrthoDiffusionLib.findings.review import NOT_CALLED, UNSURE, Review
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.reports.report_line import Line
from OrthoDiffusionLib.reports.wording import with_unit


def finding_line(finding: Finding) -> Line:
    """Its word, the reader's before the model's; then what a reader of it should know."""
    return Line(f"finding-{finding.name}", tuple(_finding(finding)))


def _finding(finding: Finding) -> Iterator[Message]:
    review = finding.review
    yield _by_model(finding) if review is None else _by_reader(finding, review)
    if review is not None and review.is_of_other(finding.word):
        yield Message("report", "earlier", {"model": review.model_word, "date": review.time[:10]})
    if review is not None and review.note:
        yield Message("report", "note", {"note": review.note})
    if finding.disagreement >= DISAGREEMENT:
        planes = [
            Message("report", "plane", {"plane": plane, "probability": value})
            for plane, value in finding.by_plane.items()
        ]
        yield Message("report", "planes_disagree", {"planes": planes})
    if finding.note:
        yield finding.note


def _by_model(finding: Finding) -> Message:
    if finding.probability is None:
        return Message("report", "not_assessed", {"finding": finding.name})
    if finding.operating_point is None:
        return Message("report", "not_called", {"finding": finding.name, "probability": finding.probability})
    threshold = finding.operating_point.threshold
    values = {"finding": finding.name, "probability": finding.probability, "threshold": threshold}
    return Message("report", "positive" if finding.positive else "negative", values)


def _by_reader(finding: Finding, review: Review) -> Message:
    name, model, probability = finding.name, finding.word, finding.probability
    word = review.word_beside(model)
    if probability is None:
        if word == UNSURE:
            return Message("report", "unsure_alone", {"finding": name})
        return Message("report", "added", {"finding": name, "word": word})
    if word == UNSURE:
        return Message("report", "unsure", {"finding": name, "model": model, "probability": probability})
    if model == NOT_CALLED:
        return Message("report", "ruled", {"finding": name, "word": word, "probability": probability})
    if word == model:
        return Message("report", "accepted", {"finding": name, "word": word, "probability": probability})
    values = {"finding": name, "word": word, "model": model, "probability": probability}
    return Message("report", "rejected", values)


def structure_lines(records: Sequence[StructureRecord]) -> tuple[Line, ...]:
    """One paragraph: each structure that was found with its volume, then those that were not."""
    lines = []
    for record in records:
        title, key = record.structure.title.lower(), f"structure-{record.structure.name}"
        values = {"structure": title, "volume": record.volume_ml}
        if record.volume_ml > 0 and record.complete:
            lines.append(Line(key, (Message("report", "structure", values),)))
        elif record.volume_ml > 0:
            lines.append(Line(key, (Message("report", "structure_cut_off", values),)))
    missing = [record.structure.title.lower() for record in records if record.volume_ml <= 0]
    if missing:
        lines.append(Line("", (Message("report", "structures_missing", {"structures": missing}),)))
    return tuple(lines)


def measurement_line(measurement: Measurement) -> Line:
    """Its value beside what is usual, or why there is none."""
    said = (_measured(measurement), *((measurement.note,) if measurement.note else ()))
    return Line(f"measurement-{measurement.name}", said)


def _measured(measurement: Measurement) -> Message:
    name, number, unit = measurement.name, measurement.value, measurement.unit
    if number is None:
        return Message("report", "not_measured", {"measurement": name})
    value = with_unit(number, unit)
    if measurement.range is None:
        return Message("report", "measured", {"measurement": name, "value": value})
    low, high = measurement.range
    values = {"measurement": name, "value": value, "low": with_unit(low, unit), "high": with_unit(high, unit)}
    if number < low:
        return Message("report", "measured_below", values)
    if number > high:
        return Message("report", "measured_above", values)
    return Message("report", "measured_usual", values)
