"""An exam beside a prior one: findings, measurements and volumes with their differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.findings import Finding, ResultsRecord
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.reports.report_line import Line


def check_prior(record: ResultsRecord, prior: ResultsRecord, *, where: str = "") -> None:
    """Make sure that two exams may be compared.

    Args:
        record: this exam.
        prior: the one before.
        where: the prior exam's folder or table, for the message.

    Raises:
        OutputError: if they are of different joints or of different sides.
    """
    if prior.study.joint != record.study.joint:
        joints = {"prior": prior.study.joint, "joint": record.study.joint}
        raise OutputError(Message("results", "prior_of_other_joint", joints), where=where)
    now, before = record.study.side, prior.study.side
    if now is not None and before is not None and now is not before:
        raise OutputError(Message("results", "prior_of_other_side", {"prior": before, "side": now}), where=where)


def comparison_lines(record: ResultsRecord, prior: ResultsRecord) -> tuple[tuple[Line, ...], ...]:
    """Paragraphs: what was compared and what limits it, then each finding, measurement and volume."""
    about = Line("", tuple(_about(record, prior)))
    before = {finding.name: finding for finding in prior.findings}
    findings = [_finding(finding, before.get(finding.name)) for finding in record.findings]
    values = [*_measurements(record, prior), *_volumes(record, prior)]
    return tuple((line,) for line in (about, *findings, *values))


def _about(record: ResultsRecord, prior: ResultsRecord) -> Iterator[Message]:
    if prior.created and record.created:
        yield Message("report", "prior", {"date": prior.created[:10], "now": record.created[:10]})
    else:  # of a batch, whose results hold no date
        yield Message("report", "prior_undated")
    if prior.bundle.sha256 != record.bundle.sha256:
        before, now = (f"{one.name} {one.version}" for one in (prior.bundle, record.bundle))
        yield Message("report", "prior_bundle", {"before": before, "now": now})
    study = record.study.uids.get("study")
    if study and study == prior.study.uids.get("study"):
        yield Message("report", "prior_same_study")
    elif record.created and prior.created > record.created:
        yield Message("report", "prior_later")
    if record.study.side is None or prior.study.side is None:
        yield Message("report", "prior_side")


def _finding(now: Finding, before: Finding | None) -> Line:
    key = f"finding-{now.name}"
    if before is None:
        return Line(key, (Message("report", "finding_new", {"finding": now.name, "word": now.ruling}),))
    if before.ruling == now.ruling:
        said = Message("report", "finding_same", {"finding": now.name, "word": now.ruling})
    else:
        values = {"finding": now.name, "word": now.ruling, "before": before.ruling}
        said = Message("report", "finding_changed", values)
    if now.probability is None or before.probability is None:
        return Line(key, (said,))
    numbers = {"probability": now.probability, "before": before.probability}
    return Line(key, (said, Message("report", "probabilities", numbers)))


def _measurements(record: ResultsRecord, prior: ResultsRecord) -> Iterator[Line]:
    now = {one.name: one.ruling_value for one in record.measurements}
    before = {one.name: one.ruling_value for one in prior.measurements}
    units = {one.name: one.unit for one in (*prior.measurements, *record.measurements)}
    for name, unit in units.items():
        if now.get(name) is not None or before.get(name) is not None:
            yield _change(f"measurement-{name}", name, unit, now.get(name), before.get(name))


def _volumes(record: ResultsRecord, prior: ResultsRecord) -> Iterator[Line]:
    """Of structures that lie in the images as a whole, now or before."""
    now, before = (_whole(one) for one in (record, prior))
    names = dict.fromkeys(one.structure.name for one in (*prior.structures, *record.structures))
    for name in names:
        if name in now or name in before:
            yield _change(f"structure-{name}", name, "mL", now.get(name), before.get(name))


def _whole(record: ResultsRecord) -> Mapping[str, float]:
    return {one.structure.name: one.volume_ml for one in record.structures if one.complete and one.volume_ml > 0}


def _change(key: str, name: str, unit: str, now: float | None, before: float | None) -> Line:
    if now is not None and before is not None:
        values = {"name": name, "value": now, "before": before, "difference": now - before, "unit": unit}
        return Line(key, (Message("report", "value_changed", values),))
    if now is not None:
        return Line(key, (Message("report", "value_only_now", {"name": name, "value": now, "unit": unit}),))
    assert before is not None
    return Line(key, (Message("report", "value_only_before", {"name": name, "before": before, "unit": unit}),))
