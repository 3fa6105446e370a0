"""The closing summary of one analysis, for a person at a terminal."""

from __future__ import annotations

from pathlib import Path

from OrthoDiffusionLib.cli.console import table
from OrthoDiffusionLib.findings import Analysis, Finding
from OrthoDiffusionLib.findings.analysis import on_input_name
from OrthoDiffusionLib.findings.plausibility import CODE as IMPLAUSIBLE
from OrthoDiffusionLib.reports.wording import finding_title, joint_title, side_source, sorted_findings
from OrthoDiffusionLib.volumes import Plane, Study

BAR_CELLS = 10


def summary(analysis: Analysis, study: Study, folder: Path) -> str:
    """What was seen, where it came from, what to beware of, and where the results lie.

    A result that cannot be opens with the words that it must not be used.

    Args:
        analysis: one run's result.
        study: what was analysed; the reasons for the choice of volumes are its own.
        folder: the results folder that was written.
    """
    parts = [
        _impossible(analysis),
        _study(analysis, study),
        _findings(analysis),
        _structures(analysis),
        _warnings(analysis),
        _folder(folder),
        analysis.intended_use,
    ]
    return "\n\n".join(part for part in parts if part)


def _study(analysis: Analysis, study: Study) -> str:
    reasons = {plane.value: reason for plane, reason in study.reasons.items()}
    rows = [
        # The reason opens with the plane's name, which stands in the first column already.
        (plane, (reasons.get(plane) or analysis.study.planes[plane]).removeprefix(f"{plane.capitalize()}: "))
        for plane in {**analysis.study.planes, **reasons}  # those that nothing serves have their reason, too
    ]
    rows += [("not used", f"‘{name}’: {why}") for name, why in study.not_used.items()]
    rows.append(("bundle", f"{analysis.bundle.name} {analysis.bundle.version}"))
    return f"{joint_title(analysis)} ({side_source(analysis)})\n{table(rows)}"


def _findings(analysis: Analysis) -> str:
    findings = sorted_findings(analysis)
    rows = [(finding_title(f.name), _bar(f.probability), _opinions(f)) for f in findings if f.assessed]
    lines = ["Findings (probabilities of the model, not a diagnosis)", *([table(rows)] if rows else [])]
    untold: dict[str, list[str]] = {}
    for finding in findings:
        if not finding.assessed:
            untold.setdefault(finding.note.removeprefix("Not assessed: "), []).append(finding_title(finding.name))
    for note, titles in untold.items():
        lines += [f"  not assessed: {', '.join(titles)}", f"    {note}"]
    return "\n".join(lines)


def _bar(probability: float) -> str:
    full = round(BAR_CELLS * probability)
    return f"{'█' * full}{'·' * (BAR_CELLS - full)} {100 * probability:3.0f} %"


def _opinions(finding: Finding) -> str:
    planes = ", ".join(f"{plane} {100 * value:.0f} %" for plane, value in finding.by_plane.items())
    return "; ".join(part for part in (planes, finding.note) if part)


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


def _impossible(analysis: Analysis) -> str:
    """What stands above everything else: a result that must not be used."""
    return "\n".join(
        f"!!! {notice.what}.\n    {notice.remedy}" for notice in analysis.notices if notice.code == IMPLAUSIBLE
    )


def _warnings(analysis: Analysis) -> str:
    notices = [notice for notice in analysis.notices if notice.code != IMPLAUSIBLE]  # which stands at the top
    return "\n".join(["Warnings", *(f"  - {notice}" for notice in notices)]) if notices else ""


def _folder(folder: Path) -> str:
    about = {
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
