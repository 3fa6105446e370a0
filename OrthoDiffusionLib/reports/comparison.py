"""An exam beside a prior one: findings, measurements and volumes with their differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from OrthoDiffusionLib.errors import Notice, OutputError
from OrthoDiffusionLib.findings import Finding, ResultsRecord
from OrthoDiffusionLib.findings.measurement import IN_PART
from OrthoDiffusionLib.findings.plausibility import ALARMS, is_usable
from OrthoDiffusionLib.findings.review import UNSURE
from OrthoDiffusionLib.messages import Message, usual_decimals
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
    """Paragraphs: what was compared and what limits it, then each finding, measurement and volume.

    Where one of the two results is not to be used, the reason stands for them; what readers said of both stays.
    """
    about = Line("", tuple(_about(record, prior)))
    usable = is_usable(record.notices) and is_usable(prior.notices)
    values = (*_measurements(record, prior), *_volumes(record, prior)) if usable else ()
    return tuple((line,) for line in (about, *_findings(record, prior, usable), *values))


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
    if reasons := _alarms(record):
        yield Message("report", "this_left_out", {"reasons": reasons})
    if reasons := _alarms(prior):
        yield Message("report", "prior_left_out", {"reasons": reasons})


def _alarms(record: ResultsRecord) -> list[Notice]:
    return [notice for notice in record.notices if notice.code in ALARMS]


def _findings(record: ResultsRecord, prior: ResultsRecord, usable: bool) -> Iterator[Line]:
    """Those of both; the model's word only if both results are to be used."""
    now, before = ({one.name: one for one in said.findings} for said in (record, prior))
    for name in {**now, **before}:
        one, other = now.get(name), before.get(name)
        if not usable and not (_decided(one) and _decided(other)):
            continue
        if one is not None:
            yield _finding(one, other, numbers=usable)
        elif other is not None:
            values = {"finding": name, "before": other.ruling}
            yield Line(f"finding-{name}", (Message("report", "finding_only_before", values),))


def _decided(finding: Finding | None) -> bool:
    """Whether a reader has said that it is there, or not there."""
    return finding is not None and finding.review is not None and finding.review.word_beside(finding.word) != UNSURE


def _finding(now: Finding, before: Finding | None, *, numbers: bool) -> Line:
    key = f"finding-{now.name}"
    if before is None:
        return Line(key, (Message("report", "finding_new", {"finding": now.name, "word": now.ruling}),))
    if before.ruling == now.ruling:
        said = Message("report", "finding_same", {"finding": now.name, "word": now.ruling})
    else:
        values = {"finding": now.name, "word": now.ruling, "before": before.ruling}
        said = Message("report", "finding_changed", values)
    if not numbers or now.probability is None or before.probability is None:
        return Line(key, (said,))
    both = {"probability": now.probability, "before": before.probability}
    return Line(key, (said, Message("report", "probabilities", both)))


def _measurements(record: ResultsRecord, prior: ResultsRecord) -> Iterator[Line]:
    """Without means of what the field of view cuts off: another part of it is another mean."""
    now, before = (
        {one.name: one.ruling_value for one in said.measurements if one.ruling_note.code != IN_PART}
        for said in (record, prior)
    )
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
        digits, difference = _difference(now, before, usual_decimals(unit))
        values = {
            "name": name,
            "value": now,
            "before": before,
            "difference": difference,
            "unit": unit,
            "digits": digits,
        }
        return Line(key, (Message("report", "value_changed", values),))
    if now is not None:
        return Line(key, (Message("report", "value_only_now", {"name": name, "value": now, "unit": unit}),))
    assert before is not None
    return Line(key, (Message("report", "value_only_before", {"name": name, "before": before, "unit": unit}),))


def _difference(now: float, before: float, digits: int) -> tuple[int, float]:
    """With how many decimals both values are written, and their difference as it follows from what is written.

    10.4° and 9.6° would be 10° and 10° with a difference of 1°: there one decimal more says it.
    """

    def written(decimals: int) -> float:
        return round(round(now, decimals) - round(before, decimals), decimals)

    if written(digits) != round(now - before, digits):
        digits += 1
    return digits, written(digits)
