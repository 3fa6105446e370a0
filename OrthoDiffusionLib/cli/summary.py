"""The closing summary of one analysis, for a person at a terminal."""

from __future__ import annotations

from pathlib import Path

from OrthoDiffusionLib.cli.console import table
from OrthoDiffusionLib.findings import Analysis, Finding
from OrthoDiffusionLib.findings.analysis import DICOM_FOLDER, on_input_name
from OrthoDiffusionLib.findings.plausibility import ALARMS, is_usable
from OrthoDiffusionLib.messages import ENGLISH, Language, Message, number_of, text_of, title_of, word_of
from OrthoDiffusionLib.reports.report import never_looked_for
from OrthoDiffusionLib.reports.wording import (
    decimals_of_finding,
    finding_title,
    joint_title,
    judged_outside,
    measurement_title,
    named,
    reader_words,
    side_source,
    sorted_findings,
    usual_words,
    value_words,
    with_unit,
)
from OrthoDiffusionLib.volumes import Plane, Study

BAR_CELLS = 10

_OUTSIDE = {-1: "  ▼", 0: "", 1: "  ▲"}
"""The panel's sign for a value below or above the usual range; nothing within it."""


def summary(analysis: Analysis, study: Study, folder: Path, *, language: Language = ENGLISH) -> str:
    """What was seen, where it came from, the warnings, and where the results lie.

    A result that must not be used or relied on opens with these words.

    Args:
        analysis: one run's result.
        study: what was analysed; the reasons for the choice of volumes are its own.
        folder: the results folder that was written.
        language: of all words.
    """
    parts = [
        _impossible(analysis, language),
        _study(analysis, study, language),
        _findings(analysis, language),
        _structures(analysis, language),
        _measurements(analysis, language),
        _warnings(analysis, language),
        _not_looked_for(analysis, language),
        _folder(folder, language),
        f"{Message('report', 'research_use').words(language).what}. " + text_of(analysis.intended_use, language),
    ]
    return "\n\n".join(part for part in parts if part)


def _study(analysis: Analysis, study: Study, language: Language) -> str:
    reasons = {plane.value: reason.words(language).what for plane, reason in study.reasons.items()}
    rows = [(word_of(plane, language), reasons.get(plane) or name) for plane, name in analysis.study.planes.items()]
    rows += [
        (word_of(plane, language), reason) for plane, reason in reasons.items() if plane not in analysis.study.planes
    ]
    before, after = language.quotes
    for name, why in study.not_used.items():
        rows.append((word_of("not_used", language), f"{before}{name}{after}: {why.words(language).what}"))
    rows.append((word_of("bundle", language), f"{analysis.bundle.name} {analysis.bundle.version}"))
    return f"{joint_title(analysis, language)} ({side_source(analysis, language)})\n{table(rows)}"


def _findings(analysis: Analysis, language: Language) -> str:
    findings = sorted_findings(analysis)
    usable = is_usable(analysis.notices)  # else neither positive nor negative
    rows = [
        (
            finding_title(f.name, language),
            _bar(f, language),
            _called(f, language) if usable else "",
            _planes(f, language),
        )
        for f in findings
        if f.probability is not None
    ]
    lines = [title_of("summary_findings", language), *([table(rows)] if rows else [])]
    not_assessed: dict[str, list[str]] = {}
    for finding in findings:
        if not finding.assessed:
            title = finding_title(finding.name, language)
            not_assessed.setdefault(finding.note.words(language).what, []).append(title)
    for note, titles in not_assessed.items():
        lines += [f"  {word_of('not_assessed', language)}: {', '.join(titles)}", f"    {note}"]
    return "\n".join(lines)


def _bar(finding: Finding, language: Language) -> str:
    probability = finding.probability or 0.0
    full = round(BAR_CELLS * probability)
    percent = number_of(100 * probability, f"5.{decimals_of_finding(finding, 3) - 2}f", language)
    return f"{'█' * full}{'·' * (BAR_CELLS - full)} {percent} %"


def _called(finding: Finding, language: Language) -> str:
    """On which side of the operating point the probability lies."""
    if finding.operating_point is None:
        return ""
    called, sign = ("positive", "≥") if finding.positive else ("negative", "<")
    digits = decimals_of_finding(finding, 3) - 2  # in percent
    threshold = number_of(100 * finding.operating_point.threshold, f".{digits}f", language)
    return f"{word_of(called, language)} ({sign} {threshold} %)"


def _planes(finding: Finding, language: Language) -> str:
    """What each plane alone says, and the note."""
    planes = ", ".join(f"{word_of(plane, language)} {100 * value:.0f} %" for plane, value in finding.by_plane.items())
    return "; ".join(part for part in (planes, finding.note.words(language).what) if part)


def _structures(analysis: Analysis, language: Language) -> str:
    segmentation = analysis.segmentation
    rows = []
    for structure in segmentation.structures:
        volume_ml = segmentation.volume_ml(structure.name)
        if structure.name in analysis.unreliable:
            note = word_of("not_outlined_reliably", language)
        elif volume_ml == 0:
            note = word_of("not_found", language)
        else:
            note = "" if segmentation.complete(structure.name) else word_of("cut_off", language)
        title = named(structure.name, structure.title, language)
        rows.append((title, f"{with_unit(volume_ml, 'mL', language):>11}", note))
    return f"{title_of('page_structures', language)}\n{table(rows)}" if rows else ""


def _measurements(analysis: Analysis, language: Language) -> str:
    rows, usable = [], is_usable(analysis.notices)
    for measured in analysis.measurements:
        usual = usual_words(measured, language)
        value = value_words(measured, language) or word_of("not_measured", language)
        note = reader_words(measured, language) or measured.ruling_note.words(language).what
        if not note and usual:
            note = f"{word_of('page_usual', language)} {usual}{_OUTSIDE[judged_outside(measured, usable=usable)]}"
        rows.append((measurement_title(analysis.study.joint, measured.name, language), value, note))
    return f"{title_of('page_measurements', language)}\n{table(rows)}" if rows else ""


def _impossible(analysis: Analysis, language: Language) -> str:
    """What stands above everything else: a result that must not be used."""
    said = [notice.words(language) for notice in analysis.notices if notice.code in ALARMS]
    return "\n".join(f"!!! {words.what}.\n    {words.remedy}" for words in said)


def _warnings(analysis: Analysis, language: Language) -> str:
    notices = [notice for notice in analysis.notices if notice.code not in ALARMS]  # which stand at the top
    if not notices:
        return ""
    return "\n".join([title_of("warnings", language), *(f"  - {notice.in_full(language)}" for notice in notices)])


def _not_looked_for(analysis: Analysis, language: Language) -> str:
    return f"{title_of('not_looked_for', language)}\n  {never_looked_for(analysis.record).text(language)}"


def _folder(folder: Path, language: Language) -> str:
    about = {
        "report.html": word_of("file_report", language),
        "overview.png": word_of("file_overview", language),
        "findings.csv": word_of("file_table", language),
        "findings.json": word_of("file_data", language),
        "segmentation.seg.nrrd": word_of("file_outlines", language),
        "segmentation.nii.gz": word_of("file_labels", language),
        **{
            on_input_name(plane): Message("file_on_input", values={"plane": plane}).words(language).what
            for plane in Plane
        },
        "evidence": word_of("file_evidence", language),
        DICOM_FOLDER: word_of("file_dicom", language),
    }
    rows = [(name, what) for name, what in about.items() if (folder / name).exists()]
    return f"{Message('results_in', values={'folder': str(folder)}).words(language).what}\n{table(rows)}"
