"""What a report says of one finding, one structure, one measurement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from OrthoDiffusionLib.findings import Finding, Measurement, StructureRecord
from OrthoDiffusionLib.findings.finding import DISAGREEMENT
from OrthoDiffusionLib.findings.measurement_context import POINTS
from OrthoDiffusionLib.findings.review import NOT_CALLED, UNSURE, Review
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.reports.report_line import Line
from OrthoDiffusionLib.reports.wording import decimals_of, decimals_of_finding, judged_outside


def finding_line(finding: Finding, *, brief: bool = False) -> Line:
    """Its word, the reader's before the model's; then what a reader of it should know.

    Args:
        finding: which.
        brief: leave out the finding's own note, as an impression does.
    """
    said = tuple(_finding(finding))
    note = (finding.note,) if finding.note and not brief else ()
    return Line(f"finding-{finding.name}", (*said, *note))


def _finding(finding: Finding) -> Iterator[Message]:
    review = finding.review
    yield _by_model(finding) if review is None else _by_reader(finding, review)
    if review is not None and review.is_of_other(finding.word):
        yield Message("report", "earlier", {"model": review.model_word, "date": review.time[:10]})
    if review is not None and review.reader:
        yield Message("report", "reader", {"reader": review.reader})
    if review is not None and review.note:
        yield Message("report", "note", {"note": review.note})
    if finding.disagreement >= DISAGREEMENT:
        planes = [
            Message("report", "plane", {"plane": plane, "probability": value})
            for plane, value in finding.by_plane.items()
        ]
        yield Message("report", "planes_disagree", {"planes": planes})


def _by_model(finding: Finding) -> Message:
    if finding.probability is None:
        return Message("report", "not_assessed", {"finding": finding.name})
    if finding.operating_point is None:
        return Message("report", "not_called", {"finding": finding.name, "probability": finding.probability})
    threshold = finding.operating_point.threshold
    if finding.positive:
        values = {"finding": finding.name, "probability": finding.probability, "threshold": threshold}
        return Message("report", "positive", values)
    digits = decimals_of_finding(finding)
    beside = {"finding": finding.name, "probability": finding.probability, "threshold": threshold, "digits": digits}
    return Message("report", "negative", beside)


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
    """One paragraph: each structure with its volume, the bones that any stack cuts off, then what was not found,
    and of what the bundle tells nothing."""
    lines = []
    bones = [one for one in records if one.structure.is_bone and one.volume_ml > 0 and not one.complete]
    for record in records:
        key = f"structure-{record.structure.name}"
        values = {"structure": record.structure.name, "volume": record.volume_ml}
        if record.volume_ml > 0 and record.complete:
            lines.append(Line(key, (Message("report", "structure", values),)))
        elif record.volume_ml > 0 and record not in bones:
            lines.append(Line(key, (Message("report", "structure_cut_off", values),)))
    if bones:
        names = [one.structure.name for one in bones]
        lines.append(Line("", (Message("report", "bones_cut_off", {"structures": names}),)))
    missing = [record.structure.name for record in records if record.volume_ml <= 0 and record.reliable]
    if missing:
        lines.append(Line("", (Message("report", "structures_missing", {"structures": missing}),)))
    unreliable = [record.structure.name for record in records if not record.reliable]
    if unreliable:
        lines.append(Line("", (Message("report", "structures_unreliable", {"structures": unreliable}),)))
    return tuple(lines)


def measurement_line(measurement: Measurement, *, usable: bool) -> Line:
    """Its value beside what is usual, or why there is none.

    Args:
        measurement: of the record.
        usable: whether no warning says not to use the result, see `judged_outside`.
    """
    note, outside = measurement.ruling_note, judged_outside(measurement, usable=usable)
    said = (_measured(measurement, outside), *((note,) if note else ()), *_beside(measurement))
    return Line(f"measurement-{measurement.name}", said)


def _beside(measurement: Measurement) -> tuple[Message, ...]:
    """That the number is of the reader's work, and what the model's was."""
    if measurement.reader is None:
        return ()
    moved = measurement.reader.basis == POINTS
    basis = Message("report", "changed_points") if moved else Message("report", "changed_outlines")
    if measurement.value is None:
        return (Message("report", "reader_alone", {"basis": basis}),)
    values = {"basis": basis, "value": measurement.value, "unit": measurement.unit}
    return (Message("report", "reader_beside", values),)


def _measured(measurement: Measurement, outside: int) -> Message:
    name, number, unit = measurement.name, measurement.ruling_value, measurement.unit
    if number is None:
        return Message("report", "not_measured", {"measurement": name})
    if measurement.range is None:
        return Message("report", "measured", {"measurement": name, "value": number, "unit": unit})
    low, high = measurement.range
    if not outside:
        usual = {"measurement": name, "value": number, "low": low, "high": high, "unit": unit}
        return Message("report", "measured_usual", usual)
    digits = decimals_of(measurement)
    values = {"measurement": name, "value": number, "low": low, "high": high, "unit": unit, "digits": digits}
    return Message("report", "measured_above" if outside > 0 else "measured_below", values)
