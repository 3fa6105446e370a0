"""What findings.json says, as values: the study, the bundle, findings, structures, measurements, notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from OrthoDiffusionLib.anatomy import Side, Structure
from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.findings.calibration import OperatingPoint
from OrthoDiffusionLib.findings.field_of_view import FieldOfView
from OrthoDiffusionLib.findings.finding import Finding
from OrthoDiffusionLib.findings.measurement import Measurement
from OrthoDiffusionLib.findings.results_json import contradictions_in, read_findings_json, structure_of, text_of
from OrthoDiffusionLib.findings.review import Review
from OrthoDiffusionLib.messages.bundle_reasons import note_of_finding
from OrthoDiffusionLib.unlikeness import Unlikeness
from OrthoDiffusionLib.volumes import Plane


@dataclass(frozen=True)
class StudyRecord:
    """What was analysed.

    Attributes:
        joint: its key, "knee".
        side: of the patient; None if it stayed unknown.
        side_source: "user", "tag", "description", "anatomy" or "unknown".
        planes: plane key -> name of the volume that served it.
        uids: DICOM's identifiers as far as the files state them: ``study``, ``frame_of_reference``, and
            ``series_<plane>`` for each plane.
        field_of_view: which part of the patient the networks were shown; None if that was not noted.
    """

    joint: str
    side: Side | None
    side_source: str
    planes: Mapping[str, str]
    uids: Mapping[str, str] = field(default_factory=dict)
    field_of_view: FieldOfView | None = None


@dataclass(frozen=True)
class BundleRecord:
    """Which bundle analysed it; `sha256` is that of its manifest, which holds those of its files."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True)
class StructureRecord:
    """One structure.

    Attributes:
        structure: which.
        volume_ml: 0 if it was not found.
        complete: whether it lies in the images as a whole.
        reliable: False where the bundle, by its own evaluation, does not outline it reliably: that it was not found
            says nothing then.
    """

    structure: Structure
    volume_ml: float
    complete: bool
    reliable: bool = True


@dataclass(frozen=True)
class ResultsRecord:
    """Everything one run says about one study, without outlines and heat maps; quick to read.

    Attributes: as of `Analysis`; the findings have no evidence. `outlines_corrected` says that outlines were changed
    after the numbers were measured, also after those that were measured again.
    """

    study: StudyRecord
    bundle: BundleRecord
    findings: tuple[Finding, ...]
    structures: tuple[StructureRecord, ...]
    measurements: tuple[Measurement, ...]
    notices: tuple[Notice, ...]
    intended_use: str
    created: str
    unlike_training: Unlikeness | None = None
    outlines_corrected: bool = False

    @classmethod
    def from_dict(cls, content: Mapping) -> ResultsRecord:
        """Read the content of findings.json, as `read_findings_json` gives it.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: if it contradicts itself.
        """
        study, bundle = content["study"], content["bundle"]
        joint = text_of(study, "joint")
        shown = study.get("field_of_view")
        return cls(
            study=StudyRecord(
                joint=joint,
                side=Side(study["side"]) if study["side"] is not None else None,
                side_source=text_of(study, "side_source"),
                planes={Plane(plane).value: str(name) for plane, name in study["planes"].items()},
                uids={str(key): str(uid) for key, uid in study.get("uids", {}).items()},
                field_of_view=None if shown is None else FieldOfView.from_dict(shown),
            ),
            bundle=BundleRecord(*(text_of(bundle, key) for key in ("name", "version", "sha256"))),
            findings=tuple(_finding_of(entry) for entry in content["findings"]),
            structures=tuple(
                StructureRecord(
                    structure_of(entry, joint),
                    float(entry["volume_ml"]),
                    bool(entry["complete"]),
                    bool(entry.get("reliable", True)),
                )
                for entry in content["structures"]
            ),
            measurements=tuple(Measurement.from_dict(entry) for entry in content["measurements"]),
            notices=tuple(Notice.from_dict(entry) for entry in content["warnings"]),
            intended_use=text_of(content, "intended_use"),
            created=text_of(content, "created"),
            unlike_training=Unlikeness.from_dict(content["unlike_training"]) if "unlike_training" in content else None,
            outlines_corrected=bool(content.get("outlines_corrected", False)),
        )


def _finding_of(entry: Mapping) -> Finding:
    point, point_of, review = entry["point_ras"], entry["operating_point"], entry["review"]
    return Finding(
        name=entry["name"],
        assessed=bool(entry["assessed"]),
        probability=entry["probability"],
        by_plane=entry["by_plane"],
        point_ras=None if point is None else tuple(point),
        note=note_of_finding(entry),
        operating_point=None if point_of is None else OperatingPoint(**point_of),
        review=None if review is None else Review.from_dict(review),
    )


def read_record(folder: str | Path) -> ResultsRecord:
    """What findings.json of a results folder says.

    Raises:
        OutputError: if it is no results folder, is of another schema version, or contradicts itself.
    """
    path = Path(folder) / "findings.json"
    content = read_findings_json(path)
    with contradictions_in(path):
        return ResultsRecord.from_dict(content)
