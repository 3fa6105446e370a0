"""The report on one study as sentences under headings; text, page and panel show the same ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from OrthoDiffusionLib.anatomy import Compartment, Joint, find_joint
from OrthoDiffusionLib.findings import Finding, ResultsRecord
from OrthoDiffusionLib.findings.measurement_context import OUTLINES, POINTS
from OrthoDiffusionLib.findings.plausibility import ALARMS, is_usable
from OrthoDiffusionLib.findings.review import NEGATIVE, NOT_ASSESSED, NOT_CALLED, POSITIVE, UNSURE
from OrthoDiffusionLib.messages import ENGLISH, Language, Message, title_of
from OrthoDiffusionLib.reports.comparison import comparison_lines
from OrthoDiffusionLib.reports.report_line import Line
from OrthoDiffusionLib.reports.report_sentences import finding_line, measurement_line, structure_lines
from OrthoDiffusionLib.reports.wording import decimals_of

_ELSEWHERE = "other_findings"


@dataclass(frozen=True)
class Section:
    """What stands under one heading.

    Attributes:
        name: key of the heading, whose words are in the catalogue.
        paragraphs: lines that belong together; each line leads to one row.
    """

    name: str
    paragraphs: tuple[tuple[Line, ...], ...]

    def title(self, language: Language = ENGLISH) -> str:
        """The heading in words, with a capital letter."""
        return title_of(self.name, language)


@dataclass(frozen=True)
class Report:
    """A report.

    Attributes:
        title: which joint.
        research_use: that it is for research only; stands on top and at the end.
        facts: when, by what, from which volumes, whether reviewed.
        sections: impression, compartments, comparison, limits, what was not looked for.
        intended_use: in the bundle's words.
    """

    title: Line
    research_use: Line
    facts: tuple[Line, ...]
    sections: tuple[Section, ...]
    intended_use: str


def report_of(record: ResultsRecord, *, prior: ResultsRecord | None = None) -> Report:
    """The report on one study.

    Args:
        record: what one run says, with reviews.
        prior: what was said of an earlier exam of the same joint; see `check_prior`.
    """
    joint = find_joint(record.study.joint)
    outside = _outside(record) if is_usable(record.notices) else ()
    sections = [Section("impression", (*_impression(record, joint), *outside))]
    sections += _compartments(record, joint)
    if prior is not None:
        sections.append(Section("comparison", comparison_lines(record, prior)))
    limits: list[Message] = [notice for notice in record.notices if notice.code not in ALARMS]
    told = (*(limits or [Message("report", "no_warnings")]), *_outlined(record), *_missed_aims(record))
    sections.append(Section("limits", tuple((Line("", (message,)),) for message in told)))
    sections.append(Section("not_looked_for", ((never_looked_for(record),),)))
    return Report(
        _title(record),
        Line("", (Message("report", "research_use"),)),
        tuple(Line("", (message,)) for message in _facts(record)),
        tuple(sections),
        record.intended_use,
    )


def not_looked_for(record: ResultsRecord) -> tuple[str, ...]:
    """Keys of what a reader would look for in this joint, and this analysis did not."""
    joint = find_joint(record.study.joint)
    return joint.missed_by(finding.name for finding in record.findings) if joint is not None else ()


def _title(record: ResultsRecord) -> Line:
    joint, side = record.study.joint, record.study.side
    if side is None:
        return Line("", (Message("report", "title_without_side", {"joint": joint}),))
    return Line("", (Message("report", "title", {"side": side, "joint": joint}),))


def _facts(record: ResultsRecord) -> Iterator[Message]:
    bundle, study = record.bundle, record.study
    name, version = bundle.name, bundle.version
    if record.created:
        yield Message("report", "analysed", {"date": record.created[:10], "bundle": name, "version": version})
    else:  # a batch's results hold no time
        yield Message("report", "analysed_undated", {"bundle": name, "version": version})
    yield Message("report", "side", {"source": f"side_{study.side_source}"})
    volumes = [Message("report", "volume", {"plane": plane, "name": name}) for plane, name in study.planes.items()]
    yield Message("report", "volumes", {"volumes": volumes})
    reviewed = sum(finding.review is not None for finding in record.findings)
    if reviewed:
        yield Message("report", "reviewed", {"count": reviewed, "total": len(record.findings)})
    else:
        yield Message("report", "unreviewed")


def _told_findings(record: ResultsRecord) -> list[Finding]:
    """Below a warning not to use the result only those that a reader has decided on.

    The model's word would clear a joint, or name a lesion, beside the sentence that says not to believe it.
    """
    usable = is_usable(record.notices)
    return [one for one in record.findings if usable or one.review is not None]


def _impression(record: ResultsRecord, joint: Joint | None) -> Iterator[tuple[Line, ...]]:
    """Alarms, positive findings by urgency, what the reader is unsure of; then what is negative or not assessed."""
    for notice in record.notices:
        if notice.code in ALARMS:
            yield (Line("", (notice,)),)
    order = joint.urgency if joint is not None else ()
    urgent = {name: place for place, name in enumerate(order)}

    def by_urgency(finding: Finding) -> tuple[int, float]:
        return urgent.get(finding.name, len(order)), -(finding.probability or 0.0)

    usable = is_usable(record.notices)
    if not usable:
        yield (Line("", (Message("report", "model_left_out"),)),)
    findings = sorted(_told_findings(record), key=by_urgency)
    unsure = [one for one in findings if one.review is not None and one.review.word_beside(one.word) == UNSURE]
    positive = [one for one in findings if one.ruling == POSITIVE and one not in unsure]
    for finding in (*positive, *unsure):
        yield (finding_line(finding, brief=True),)
    if usable and not positive and any(one.ruling == NEGATIVE for one in findings):
        yield (Line("", (Message("report", "nothing_positive"),)),)
    rest = [one for one in findings if one not in positive and one not in unsure]
    negative = [one.name for one in rest if one.ruling == NEGATIVE]
    if negative:
        yield (Line("", (Message("report", "negatives", {"findings": negative}),)),)
    called = [
        Message("report", "probability", {"finding": one.name, "probability": one.probability})
        for one in sorted(rest, key=lambda one: -(one.probability or 0.0))
        if one.ruling == NOT_CALLED
    ]
    if called:
        yield (Line("", (Message("report", "only_probabilities", {"findings": called}),)),)
    none = [one.name for one in rest if one.ruling == NOT_ASSESSED]
    if none:
        yield (Line("", (Message("report", "none_assessed", {"findings": none}),)),)


def _outside(record: ResultsRecord) -> Iterator[tuple[Line, ...]]:
    """The measurements that are not in their usual range, in one line."""
    outside = [
        Message("report", "outside_one", {
            "measurement": one.name, "value": one.ruling_value, "unit": one.unit, "digits": decimals_of(one),
        })
        for one in record.measurements
        if one.outside
    ]  # fmt: skip
    if outside:
        yield (Line("", (Message("report", "outside", {"measurements": outside}),)),)


def _outlined(record: ResultsRecord) -> Iterator[Message]:
    """Which outlines the numbers are of."""
    again = [one for one in record.measurements if one.reader is not None and one.reader.basis == OUTLINES]
    yield Message("report", "as_outlined_but_for", {"count": len(again)}) if again else Message("report", "as_outlined")
    if record.outlines_corrected:
        yield Message("report", "outlines_changed_since")


def _missed_aims(record: ResultsRecord) -> Iterator[Message]:
    """The measurements that were farther off on phantoms than they should be, unless a reader set their points."""
    missed = [
        Message("report", "aim_missed_one", {
            "measurement": one.name, "error": one.accuracy.median_abs_error, "aim": one.accuracy.aim,
            "unit": one.accuracy.unit,
        })
        for one in record.measurements
        if one.accuracy is not None and not one.accuracy.met and one.ruling_value is not None
        if one.reader is None or one.reader.basis != POINTS
    ]  # fmt: skip
    if missed:
        yield Message("report", "aims_missed", {"measurements": missed})


def _compartments(record: ResultsRecord, joint: Joint | None) -> Iterator[Section]:
    """Those of the joint, and one more for what belongs to none of them."""
    known = joint.compartments if joint is not None else ()
    told = {name for one in known for name in (*one.findings, *one.structures, *one.measurements)}
    left = Compartment(
        _ELSEWHERE,
        findings=tuple(one.name for one in record.findings if one.name not in told),
        structures=tuple(one.structure.name for one in record.structures if one.structure.name not in told),
        measurements=tuple(one.name for one in record.measurements if one.name not in told),
    )
    missed = set(not_looked_for(record))
    for compartment in (*known, left):
        paragraphs = tuple(_paragraphs(record, compartment, missed))
        if paragraphs:
            yield Section(compartment.name, paragraphs)


def _paragraphs(record: ResultsRecord, of: Compartment, missed: set[str]) -> Iterator[tuple[Line, ...]]:
    findings = {finding.name: finding for finding in _told_findings(record)}
    for name in of.findings:
        if name in findings:
            yield (finding_line(findings[name]),)
    measurements, usable = {one.name: one for one in record.measurements}, is_usable(record.notices)
    for name in of.measurements:
        if name in measurements:
            yield (measurement_line(measurements[name], usable=usable),)
    known = {one.structure.name: one for one in record.structures}
    structures = structure_lines([known[name] for name in of.structures if name in known])
    if structures:
        yield structures
    names = [name for name in (*of.findings, *of.not_looked_for) if name in missed]
    if names:
        yield (Line("", (Message("report", "not_looked_for", {"names": names}),)),)


def never_looked_for(record: ResultsRecord) -> Line:
    """That its silence says nothing about these."""
    names = not_looked_for(record)
    if not names:
        return Line("", (Message("report", "nothing_else"),))
    return Line("", (Message("report", "never_looked_for", {"names": names}),))
