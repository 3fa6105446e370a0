"""The closing summary of one analysis, for a person at a terminal."""

from __future__ import annotations

from pathlib import Path

from OrthoDiffusionLib.anatomy import Joint, joint
from OrthoDiffusionLib.cli.console import table
from OrthoDiffusionLib.findings import Analysis, Finding
from OrthoDiffusionLib.volumes import Study

SIDE_SOURCES = {
    "user": "as you said",
    "tag": "from the DICOM tag",
    "anatomy": "from the anatomy",
    "unknown": "assumed, nothing shows it",
}
BAR_CELLS = 10


def summary(analysis: Analysis, study: Study, folder: Path) -> str:
    """What was seen, where it came from, what to beware of, and where the results lie.

    Args:
        analysis: one run's result.
        study: what was analysed; the reasons for the choice of volumes are its own.
        folder: the results folder that was written.
    """
    known = joint(analysis.study.joint)
    parts = [
        _study(analysis, study, known),
        _findings(analysis, known),
        _structures(analysis),
        _warnings(analysis),
        _folder(folder),
        analysis.intended_use,
    ]
    return "\n\n".join(part for part in parts if part)


def _study(analysis: Analysis, study: Study, known: Joint) -> str:
    record = analysis.study
    side = f"{record.side} {known.name}" if record.side else known.name
    lines = [f"{side.capitalize()} ({SIDE_SOURCES.get(record.side_source, record.side_source)})"]
    reasons = {plane.value: reason for plane, reason in study.reasons.items()}
    rows = [(plane, name, reasons.get(plane, "")) for plane, name in record.planes.items()]
    lines.append(table(rows))
    lines.append(f"  bundle {analysis.bundle.name} {analysis.bundle.version}")
    return "\n".join(lines)


def _findings(analysis: Analysis, known: Joint) -> str:
    titles = {abnormality.name: abnormality.title for abnormality in known.abnormalities}
    by_probability = sorted(analysis.findings, key=lambda finding: -(finding.probability or 0.0))
    assessed = [finding for finding in by_probability if finding.assessed]
    others = [finding for finding in by_probability if not finding.assessed]
    rows = [(titles.get(f.name, f.name), _bar(f.probability or 0.0), _opinions(f)) for f in assessed]
    rows += [(titles.get(f.name, f.name), "not assessed", f.note) for f in others]
    return "Findings (probabilities of the model, not a diagnosis)\n" + table(rows) if rows else ""


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


def _warnings(analysis: Analysis) -> str:
    return "\n".join(["Warnings", *(f"  - {notice}" for notice in analysis.notices)]) if analysis.notices else ""


def _folder(folder: Path) -> str:
    about = {
        "overview.png": "one picture of everything",
        "findings.csv": "the findings as a table",
        "findings.json": "everything as data",
        "segmentation.seg.nrrd": "the outlines, for 3D Slicer",
        "segmentation.nii.gz": "the outlines as label values",
        "evidence": "where each finding was seen",
    }
    rows = [(name, what) for name, what in about.items() if (folder / name).exists()]
    return f"Results in {folder}\n" + table(rows)
