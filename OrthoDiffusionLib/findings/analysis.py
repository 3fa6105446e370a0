"""Analysis: everything one run says about one study, and the folder it is kept in."""

from __future__ import annotations

import contextlib
import csv
import json
import shutil
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.anatomy import Structure
from OrthoDiffusionLib.errors import Notice, OrthoDiffusionError, OutputError
from OrthoDiffusionLib.findings.calibration import PROBABILITY_DIGITS, OperatingPoint
from OrthoDiffusionLib.findings.complete_folder import check_free, complete_folder
from OrthoDiffusionLib.findings.finding import Finding
from OrthoDiffusionLib.findings.measurement import Measurement
from OrthoDiffusionLib.findings.measurement_context import rounded
from OrthoDiffusionLib.findings.postprocessing import structures_of_a_side
from OrthoDiffusionLib.findings.records import BundleRecord, ResultsRecord, StudyRecord
from OrthoDiffusionLib.findings.results_json import SCHEMA_VERSION, contradictions_in, read_findings_json
from OrthoDiffusionLib.findings.segmentation import Segmentation
from OrthoDiffusionLib.findings.structure_sizes import StructureSize, structure_sizes
from OrthoDiffusionLib.messages import Message, entry_of
from OrthoDiffusionLib.moment import now
from OrthoDiffusionLib.unlikeness import Unlikeness
from OrthoDiffusionLib.volumes import Geometry, Plane, Volume
from OrthoDiffusionLib.volumes.files.segmentation_file import write_segmentation_nrrd
from OrthoDiffusionLib.volumes.files.volume_file import read_volume, write_volume

if TYPE_CHECKING:
    from PIL.Image import Image

INTENDED_USE = (
    "Research use only. Not a medical device, not for diagnosis or treatment. "
    "The probabilities are a network's estimates, not a radiologist's report."
)

REPORT_PAGE = "report.html"

FILES = (
    "findings.json",
    "findings.csv",
    "segmentation.seg.nrrd",
    "segmentation.nii.gz",
    "evidence",
    "overview.png",
    REPORT_PAGE,
)
"""What a results folder holds; overview.png and report.html if they were made, and `on_input_name` files on request."""

_LEAST_FREE_BYTES = 10_000_000
"""The results of one knee take some megabytes."""

_ADDED_LATER = ("scene.mrb", "scene.png")

DICOM_FOLDER, DICOM_REPORT = "dicom", "report.dcm"
"""Of the DICOM objects, which are written on request; see `dicom_objects`."""


def _is_ours(name: str) -> bool:
    """Whether it may be replaced with the results: their files, and what is made of them afterwards."""
    return name in (*FILES, *_ADDED_LATER, DICOM_FOLDER, *map(on_input_name, Plane)) or name.endswith(".png")


def on_input_name(plane: Plane) -> str:
    """Name of the file with the labels on the grid of the volume that served a plane."""
    return f"segmentation_{plane.value}.nii.gz"


def new_results_folder(folder: str | Path, *, overwrite: bool) -> contextlib.AbstractContextManager[Path]:
    """A temporary folder that becomes the results folder when its block ends well; see `complete_folder`."""
    return complete_folder(Path(folder), overwrite=overwrite, ours=_is_ours, marker="findings.json")


def check_only_results(folder: Path) -> None:
    """Make sure that a folder may be deleted or replaced: it is not there, is empty, or holds results alone.

    Raises:
        OutputError: naming what else lies there, such as outlines that somebody has corrected; or if a reader has
            decided on a finding, which `orthodiffusion decide` stores among the results.
    """
    check_free(folder, True, _is_ours, "findings.json", "results folder")
    _check_undecided(folder)


def _check_undecided(folder: Path, kept: Collection[str] = ()) -> None:
    """Nothing that a reader decided is lost; it is stored among the results, see `orthodiffusion decide`.

    Args:
        folder: of results that are to be replaced.
        kept: names of findings of which the new results hold a decision.
    """
    try:
        findings = json.loads((folder / "findings.json").read_text(encoding="utf-8"))["findings"]
        decided = next((str(one["name"]) for one in findings if one.get("review") and one["name"] not in kept), None)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return  # nothing that could be kept
    if decided is not None:
        raise OutputError(Message("folder", "decisions", {"finding": decided}), where=str(folder))


class _Rehearsed(Exception):
    pass


def check_results_folder(folder: str | Path, *, overwrite: bool) -> None:
    """Make sure that results of a new analysis can be written there, before minutes of work.

    Raises:
        OutputError: if the folder exists and must not be replaced, holds a reader's decisions, or cannot be written, or
            the disk is full.
    """
    with contextlib.suppress(_Rehearsed), new_results_folder(folder, overwrite=overwrite) as temporary:
        free = shutil.disk_usage(temporary).free
        if free < _LEAST_FREE_BYTES:
            raise OutputError(Message("results", "disk_nearly_full", {"free_mb": free / 1000000.0}), where=str(folder))
        raise _Rehearsed
    _check_undecided(Path(folder))


@dataclass(frozen=True, eq=False)
class Analysis:
    """Everything one run says about one study.

    Attributes:
        study: what was analysed.
        bundle: which weights analysed it.
        findings: one for each abnormality of the bundle, assessed or not.
        segmentation: labels on the fused grid, RAS.
        measurements: what the report names, with value or with the reason why there is none.
        notices: warnings about the study and about this run.
        intended_use: one sentence for people.
        created: local time with its offset, ISO 8601; empty in a batch, whose journal has it: the same study and
            bundle give the same bytes.
        timings: stage -> seconds; not kept in the folder.
        unlike_training: how unlike the training the study is; None where the bundle cannot tell.
        unreliable: structures that the bundle does not outline reliably, by its own evaluation.
    """

    study: StudyRecord
    bundle: BundleRecord
    findings: tuple[Finding, ...]
    segmentation: Segmentation
    measurements: tuple[Measurement, ...] = ()
    notices: tuple[Notice, ...] = ()
    intended_use: str = INTENDED_USE
    created: str = field(default_factory=now)
    timings: Mapping[str, float] = field(default_factory=dict)
    unlike_training: Unlikeness | None = None
    unreliable: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "findings", tuple(self.findings))
        object.__setattr__(self, "measurements", tuple(self.measurements))
        object.__setattr__(self, "notices", tuple(self.notices))
        names = [finding.name for finding in self.findings]
        if len(set(names)) < len(names):
            raise ValueError("findings must have different names")

    def finding(self, name: str) -> Finding:
        """The finding of that name.

        Raises:
            ValueError: naming the findings there are.
        """
        for finding in self.findings:
            if finding.name == name:
                return finding
        known = ", ".join(finding.name for finding in self.findings)
        raise ValueError(f"finding must be one of {known}, got {name!r} instead")

    @cached_property
    def sizes(self) -> tuple[StructureSize, ...]:
        """Volumes in mL and cartilage thicknesses in mm of all structures, measured when first asked for.

        Without thicknesses of medial and lateral plates where the side is not known: they cannot be told apart.
        """
        sizes = structure_sizes(self.segmentation)
        if self.study.side is not None:
            return sizes
        unclear = structures_of_a_side(self.segmentation.structures)
        return tuple(one for one in sizes if one.name == "volume" or one.structure not in unclear)

    @property
    def record(self) -> ResultsRecord:
        """The same without outlines and heat maps: what findings.json says, in its digits."""
        return ResultsRecord.from_dict(self.as_dict())

    def as_dict(self) -> dict:
        """The content of findings.json."""
        planes = {str(plane): str(name) for plane, name in self.study.planes.items()}
        return {
            "schema_version": SCHEMA_VERSION,
            "study": {
                "joint": self.study.joint,
                "side": self.study.side.value if self.study.side else None,
                "side_source": self.study.side_source,
                "planes": planes,
                "uids": dict(self.study.uids),
                **({} if self.study.field_of_view is None else {"field_of_view": self.study.field_of_view.as_dict()}),
            },
            "bundle": {
                "name": self.bundle.name,
                "version": self.bundle.version,
                "sha256": self.bundle.sha256,
            },
            "findings": [_finding_dict(finding) for finding in self.findings],
            "structures": [self._structure_dict(structure) for structure in self.segmentation.structures],
            "measurements": [measurement.as_dict() for measurement in self.measurements],
            "warnings": [notice.as_dict() for notice in self.notices],
            **({"unlike_training": self.unlike_training.as_dict()} if self.unlike_training is not None else {}),
            "intended_use": self.intended_use,
            "created": self.created,
        }

    def _structure_dict(self, structure: Structure) -> dict:
        return {
            "name": structure.name,
            "label": structure.label,
            "volume_ml": rounded(self.segmentation.volume_ml(structure.name)),
            "complete": self.segmentation.complete(structure.name),
            **({"reliable": False} if structure.name in self.unreliable else {}),
        }

    def save(
        self,
        folder: str | Path,
        *,
        overview: Image | None = None,
        page: str = "",
        overwrite: bool = False,
        on_inputs: Mapping[Plane, Geometry] | None = None,
        in_headers: Mapping[Plane, Geometry] | None = None,
    ) -> Path:
        """Writes the results folder of the contract.

        The folder appears complete or not at all: it is written beside, flushed to the disk and renamed.

        Args:
            folder: to be made; parents too. An empty folder is taken.
            overview: PIL image for overview.png; None leaves it out.
            page: the content of report.html; an empty one leaves it out.
            overwrite: replace an older results folder, once the new one is complete.
            on_inputs: plane -> geometry of the volume that served it; the labels are written on each of these
                grids too, as segmentation_<plane>.nii.gz.
            in_headers: plane -> where the volume's own header puts it, if registration moved it: the labels are
                written there, so that they lie on the input file.

        Returns:
            The folder.

        Raises:
            OutputError: if the folder exists, holds decisions of a reader that this analysis lacks, cannot be written,
                or the disk is full; nothing is left behind.
        """
        if overwrite:
            _check_undecided(Path(folder), {finding.name for finding in self.findings if finding.review is not None})
        with new_results_folder(folder, overwrite=overwrite) as temporary:
            self.write_into(temporary, overview=overview, page=page, on_inputs=on_inputs, in_headers=in_headers)
        return Path(folder)

    def write_into(
        self,
        folder: Path,
        *,
        overview: Image | None = None,
        page: str = "",
        on_inputs: Mapping[Plane, Geometry] | None = None,
        in_headers: Mapping[Plane, Geometry] | None = None,
    ) -> None:
        """Write the files of `save` into a folder of `new_results_folder`, beside which a caller may write others."""
        content = write_findings_json(self, folder)
        write_findings_csv(folder / "findings.csv", content["findings"])
        write_volume(self.segmentation.labels, folder / "segmentation.nii.gz")
        write_segmentation_nrrd(
            self.segmentation.labels,
            self.segmentation.structures,
            folder / "segmentation.seg.nrrd",
            side=self.study.side,
            tags={
                "OrthoDiffusion.Bundle": f"{self.bundle.name} {self.bundle.version}",
                "OrthoDiffusion.Created": self.created,
            },
        )
        # One 3D volume may have served several planes: its labels are worked out once.
        carried = {geometry: self.segmentation.on(geometry) for geometry in set((on_inputs or {}).values())}
        for plane, geometry in (on_inputs or {}).items():
            header = (in_headers or {}).get(plane, geometry)
            write_volume(replace(carried[geometry], geometry=header), folder / on_input_name(plane))
        (folder / "evidence").mkdir()
        for finding in self.findings:
            if finding.evidence is not None:
                write_volume(finding.evidence, folder / _evidence_name(finding))
        if overview is not None:
            # Level 1: a tenth of the time of the default for a few per cent of size.
            overview.save(folder / "overview.png", compress_level=1)
        if page:
            (folder / REPORT_PAGE).write_text(page, encoding="utf-8")

    @classmethod
    def load(cls, folder: str | Path) -> Analysis:
        """Reads a results folder back.

        Raises:
            OutputError: if it is no results folder, is of another schema version, or contradicts itself.
        """
        folder = Path(folder)
        content = read_findings_json(folder / "findings.json")
        labels = _read_labels(folder / "segmentation.nii.gz")
        with contradictions_in(folder / "findings.json"):
            record = ResultsRecord.from_dict(content)
            complete = {entry.structure.name: entry.complete for entry in record.structures}
            structures = tuple(entry.structure for entry in record.structures)
            pairs = zip(record.findings, content["findings"], strict=True)
            return cls(
                study=record.study,
                bundle=record.bundle,
                findings=tuple(replace(finding, evidence=_read_evidence(folder, entry)) for finding, entry in pairs),
                segmentation=Segmentation(labels, structures, completeness=complete),
                measurements=record.measurements,
                notices=record.notices,
                intended_use=record.intended_use,
                created=record.created,
                unlike_training=record.unlike_training,
                unreliable=tuple(entry.structure.name for entry in record.structures if not entry.reliable),
            )


def write_findings_json(analysis: Analysis, folder: Path) -> dict:
    """Write findings.json into a folder, and give its content."""
    content = analysis.as_dict()
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    (folder / "findings.json").write_text(text + "\n", encoding="utf-8")
    return content


def _evidence_name(finding: Finding) -> str:
    return f"evidence/{finding.name}.nii.gz"


def _finding_dict(finding: Finding) -> dict:
    return {
        "name": finding.name,
        "assessed": finding.assessed,
        "probability": None if finding.probability is None else round(finding.probability, PROBABILITY_DIGITS),
        "by_plane": {plane: round(value, PROBABILITY_DIGITS) for plane, value in finding.by_plane.items()},
        "point_ras": None if finding.point_ras is None else [round(mm, 2) for mm in finding.point_ras],
        "evidence": None if finding.evidence is None else _evidence_name(finding),
        **entry_of(finding.note),
        "operating_point": _operating_point_dict(finding.operating_point),
        "review": None if finding.review is None else finding.review.as_dict(),
    }


def _operating_point_dict(point: OperatingPoint | None) -> dict | None:
    """With as many digits as the probability that is compared with it."""
    if point is None:
        return None
    return {name: round(value, PROBABILITY_DIGITS) for name, value in asdict(point).items()}


def _read_evidence(folder: Path, entry: dict) -> Volume | None:
    if entry["evidence"] is None:
        return None
    # The name is checked, not followed: a results folder from elsewhere must not point out of itself.
    if entry["evidence"] != f"evidence/{entry['name']}.nii.gz" or not str(entry["name"]).isidentifier():
        raise ValueError(f"the evidence of {entry['name']} is not in the evidence folder")
    return read_volume(folder / entry["evidence"])


def _read_labels(path: Path) -> Volume:
    try:
        return read_volume(path)
    except OrthoDiffusionError as error:
        raise OutputError(Message("results", "no_segmentation"), where=str(path)) from error


CSV_COLUMNS = (
    "name", "assessed", "probability",
    *(f"by_plane_{plane.value}" for plane in Plane),
    "point_ras_x", "point_ras_y", "point_ras_z", "evidence", "note",
    "threshold", "sensitivity", "specificity",
    "review_decision", "review_word", "review_note", "review_time", "review_model_word", "review_reader",
)  # fmt: skip


def write_findings_csv(path: Path, findings: list[dict]) -> None:
    """One row a finding, in the words of findings.json; an empty field is its null."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(CSV_COLUMNS)
        for finding in findings:
            point = finding["point_ras"] or ("", "", "")
            operating_point = finding["operating_point"] or {}
            review = finding["review"] or {}
            rows.writerow(
                [
                    finding["name"],
                    str(finding["assessed"]).lower(),
                    *_blank([finding["probability"]]),
                    *_blank([finding["by_plane"].get(plane.value) for plane in Plane]),
                    *point,
                    *_blank([finding["evidence"]]),
                    finding["note"],
                    *_blank([operating_point.get(name) for name in ("threshold", "sensitivity", "specificity")]),
                    *(review.get(name, "") for name in ("decision", "word", "note", "time", "model_word", "reader")),
                ]
            )


def _blank(values: list) -> list:
    return ["" if value is None else value for value in values]
