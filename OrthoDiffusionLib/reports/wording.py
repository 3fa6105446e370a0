"""Names and short sentences that several reports share."""

from __future__ import annotations

from OrthoDiffusionLib.anatomy import abnormality
from OrthoDiffusionLib.findings import Analysis, Finding

_SIDE_SOURCES = {
    "user": "side given by the user",
    "tag": "side from the DICOM tag",
    "description": "side from the series descriptions",
    "anatomy": "side from the anatomy",
    "unknown": "side unknown",
}


def finding_title(name: str) -> str:
    """Words for people; made of the key where our anatomy does not know it."""
    try:
        return abnormality(name).title
    except ValueError:
        return name.replace("_", " ").capitalize()


def joint_title(analysis: Analysis) -> str:
    """For example "Right knee"."""
    side = analysis.study.side
    words = f"{side.value} {analysis.study.joint}" if side else analysis.study.joint
    return words.capitalize()


def side_source(analysis: Analysis) -> str:
    """Who said which side it is."""
    return _SIDE_SOURCES.get(analysis.study.side_source, analysis.study.side_source)


def sorted_findings(analysis: Analysis) -> list[Finding]:
    """The most probable first, then those not assessed, each group otherwise in the bundle's order."""
    return sorted(analysis.findings, key=_place)


def _place(finding: Finding) -> float:
    return -1.0 if finding.probability is None else -finding.probability - 2.0


def not_assessed(finding: Finding) -> str:
    """For example "not assessed: the axial view is missing"."""
    note = finding.note.text
    return f"not assessed: {note[:1].lower()}{note[1:]}" if note else "not assessed"


def thickness_words(analysis: Analysis) -> list[str]:
    """For example "femoral cartilage 2.1 mm", for each cartilage that could be measured."""
    titles = {structure.name: structure.title for structure in analysis.segmentation.structures}
    return [f"{titles[m.structure].lower()} {m.value:.1f} mm" for m in analysis.sizes if m.name == "mean_thickness"]
