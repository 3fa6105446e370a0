"""The closing summary of one analysis, for a person at a terminal."""

from __future__ import annotations

from pathlib import Path

from OrthoDiffusionLib.cli.console import table
from OrthoDiffusionLib.findings import Analysis, Finding
from OrthoDiffusionLib.findings.analysis import on_input_name
from OrthoDiffusionLib.findings.unlikeness import ALARMS
from OrthoDiffusionLib.messages import ENGLISH, Language, Message
from OrthoDiffusionLib.reports.report import never_looked_for
from OrthoDiffusionLib.reports.wording import (
    finding_title,
    joint_title,
    measurement_title,
    side_source,
    sorted_findings,
    usual_words,
    with_unit,
)
from OrthoDiffusionLib.volumes import Plane, Study

BAR_CELLS = 10


def summary(analysis: Analysis, study: Study, folder: Path, *, language: Language = ENGLISH) -> str:
    """What was seen, where it came from, the warnings, and where the results lie.

    A result that must not be used or relied on opens with these words.

    Args:
        analysis: one run's result.
        study: what was analysed; the reasons for the choice of volumes are its own.
        folder: the results folder that was written.
        language: of notices, notes and reasons.
    """
    parts = [
        _impossible(analysis, language),
        _study(analysis, study, language),
        _findings(analysis, language),
        _structures(analysis),
        _measurements(analysis, language),
        _warnings(analysis, language),
        _not_looked_for(analysis, language),
        _folder(folder),
        f"{Message('report', 'research_use').words(language).what}. {analysis.intended_use}",
    ]
    return "\n\n".join(part for part in parts if part)


def _study(analysis: Analysis, study: Study, language: Language) -> str:
    reasons = {plane.value: reason.words(language).what for plane, reason in study.reasons.items()}
    rows = [(plane, reasons.get(plane) or name) for plane, name in analysis.study.planes.items()]
    rows += [(plane, reason) for plane, reason in reasons.items() if plane not in analysis.study.planes]
    rows += [("not used", f"‘{name}’: {why.words(language).what}") for name, why in study.not_used.items()]
    rows.append(("bundle", f"{analysis.bundle.name} {analysis.bundle.version}"))
    return f"{joint_title(analysis)} ({side_source(analysis)})\n{table(rows)}"


def _findings(analysis: Analysis, language: Language) -> str:
    findings = sorted_findings(analysis)
    rows = [
        (finding_title(f.name), _bar(f.probability), _called(f), _planes(f, language))
        for f in findings
        if f.probability is not None
    ]
    lines = ["Findings (probabilities of the model, not a diagnosis)", *([table(rows)] if rows else [])]
    not_assessed: dict[str, list[str]] = {}
    for finding in findings:
        if not finding.assessed:
            not_assessed.setdefault(finding.note.words(language).what, []).append(finding_title(finding.name))
    for note, titles in not_assessed.items():
        lines += [f"  not assessed: {', '.join(titles)}", f"    {note}"]
    return "\n".join(lines)


def _bar(probability: float) -> str:
    full = round(BAR_CELLS * probability)
    return f"{'█' * full}{'·' * (BAR_CELLS - full)} {100 * probability:5.1f} %"


def _called(finding: Finding) -> str:
    """On which side of the operating point the probability lies."""
    if finding.operating_point is None:
        return ""
    called, sign = ("positive", "≥") if finding.positive else ("negative", "<")
    return f"{called} ({sign} {100 * finding.operating_point.threshold:.1f} %)"


def _planes(finding: Finding, language: Language) -> str:
    """What each plane alone says, and the note."""
    planes = ", ".join(f"{plane} {100 * value:.0f} %" for plane, value in finding.by_plane.items())
    return "; ".join(part for part in (planes, finding.note.words(language).what) if part)


def _structures(analysis: Analysis) -> str:
    segmentation = analysis.segmentation
    rows = []
    for structure in segmentation.structures:
        volume_ml = segmentation.volume_ml(structure.name)
        if volume_ml == 0:
            note = "not found"
        else:
            note = "" if segmentation.complete(structure.name) else "cut off by the field of view"
        rows.append((structure.title, f"{volume_ml:8.1f} mL", note))
    return "Structures\n" + table(rows) if rows else ""


def _measurements(analysis: Analysis, language: Language) -> str:
    rows = []
    for measured in analysis.measurements:
        usual = usual_words(measured)
        value = "not measured" if measured.value is None else with_unit(measured.value, measured.unit)
        note = measured.note.words(language).what or (f"usual {usual}" if usual else "")
        rows.append((measurement_title(analysis.study.joint, measured.name), value, note))
    return "Measurements\n" + table(rows) if rows else ""


def _impossible(analysis: Analysis, language: Language) -> str:
    """What stands above everything else: a result that must not be used."""
    said = [notice.words(language) for notice in analysis.notices if notice.code in ALARMS]
    return "\n".join(f"!!! {words.what}.\n    {words.remedy}" for words in said)


def _warnings(analysis: Analysis, language: Language) -> str:
    notices = [notice for notice in analysis.notices if notice.code not in ALARMS]  # which stand at the top
    return "\n".join(["Warnings", *(f"  - {notice.in_full(language)}" for notice in notices)]) if notices else ""


def _not_looked_for(analysis: Analysis, language: Language) -> str:
    return "Not looked for\n  " + never_looked_for(analysis.record).text(language)


def _folder(folder: Path) -> str:
    about = {
        "report.html": "the report, to be read in a browser",
        "overview.png": "one picture of everything",
        "findings.csv": "the findings as a table",
        "findings.json": "everything as data",
        "segmentation.seg.nrrd": "the outlines, for 3D Slicer",
        "segmentation.nii.gz": "the outlines as label values",
        **{on_input_name(plane): f"the same on the {plane.value} volume's own grid" for plane in Plane},
        "evidence": "where each finding was seen",
    }
    rows = [(name, what) for name, what in about.items() if (folder / name).exists()]
    return f"Results in {folder}\n" + table(rows)
