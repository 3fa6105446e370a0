"""Study files: digital studies as NIfTI or DICOM, with their truth beside them and a table of findings."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.findings.complete_folder import SYSTEM_FILES, complete_folder
from OrthoDiffusionLib.lab.phantom.datasets.cohort import Lesion, PhantomStudy, phantom_study
from OrthoDiffusionLib.lab.phantom.datasets.gallery import GALLERY_FILE
from OrthoDiffusionLib.lab.phantom.engine.seeds import check_request
from OrthoDiffusionLib.lab.phantom.phantom import builder_named
from OrthoDiffusionLib.progress import ProgressCallback, report
from OrthoDiffusionLib.volumes.dicom.writing import write_dicom_series
from OrthoDiffusionLib.volumes.files.atomic import atomic_path
from OrthoDiffusionLib.volumes.files.volume_file import write_volume

TRUTH_FILE = "truth.json"
TABLE_FILE = "findings.csv"
SCHEMA_VERSION = 2


def write_studies(
    folder: Path | str,
    count: int,
    *,
    seed: int = 0,
    site: str = "clinic_15t_a",
    joint: str,
    side: Side | None = None,
    anatomy: str | None = None,
    prevalence: float | Mapping[str, float] = 0.3,
    missing_plane: float = 0.0,
    field_of_view_mm: float | None = None,
    dicom: bool = False,
    progress: ProgressCallback | None = None,
) -> list[Path]:
    """Write digital studies as a clinic would store them, and `findings.csv`, one row a study of the whole folder.

    Each study is a folder with one picture a plane (`sagittal.nii.gz`, or a folder `sagittal/` of DICOM files), its
    structure labels (`sagittal_labels.nii.gz`), its lesions (`sagittal_lesions.nii.gz`, bit n for the n-th
    abnormality) and `truth.json`, which says of every abnormality its grade, place and extent. The same settings give
    the same bytes. Studies that are there already are kept, so that an interrupted run goes on where it stopped.

    Args:
        folder: made if missing.
        count: how many studies.
        seed: of the first; the others follow.
        site: where they are taken; see `imaging_sites.IMAGING_SITES`.
        joint: which joint.
        side: left or right; drawn for each study if None.
        anatomy: one of the joint's, of the knee "mixed", "procedural" or the name of a label map.
        prevalence: chance of each abnormality, or one chance a name (0 for names left out).
        missing_plane: chance that one of the planes was not taken.
        field_of_view_mm: side of every slice; drawn as technicians choose it if None.
        dicom: write the pictures as DICOM; needs the extra `dicom`.
        progress: called after every study.

    Returns:
        The studies' folders.

    Raises:
        OrthoDiffusionError: for an unknown joint, site, anatomy or abnormality, an impossible prevalence or field of
            view, a folder that cannot be written or holds other things, or where a study of the same name was
            made with other settings.
    """
    check_request(count, seed)
    folder = Path(folder)
    asked = _Asked(site, joint, side, anatomy, prevalence, missing_plane, field_of_view_mm, dicom)
    _check_folder(folder)
    folders = []
    for number in range(seed, seed + count):
        target = folder / f"{joint}_{number:07d}"
        if not _is_finished(target, asked.settings):
            study = asked.study(number, target.name)
            _write_study(target, study, truth_of(study) | {"settings": asked.settings}, dicom=dicom)
        folders.append(target)
        report(progress, "phantom", len(folders) / count, f"Study {len(folders)} of {count}")
    _write_table(folder / TABLE_FILE, [_read_truth(other) for other in _studies_in(folder)])
    return folders


@dataclass(frozen=True)
class _Asked:
    """What `write_studies` is asked to make of each seed; see there."""

    site: str
    joint: str
    side: Side | None
    anatomy: str | None
    prevalence: float | Mapping[str, float]
    missing_plane: float
    field_of_view_mm: float | None
    dicom: bool

    @property
    def settings(self) -> dict:
        """All that a study's files depend on beside its seed, as `truth.json` keeps it."""
        prevalence = self.prevalence
        return {
            "engine": builder_named(self.joint).version,
            "centre": self.site,
            "joint": self.joint,
            "side": self.side.value if self.side else None,
            "anatomy": self.anatomy,
            "prevalence": dict(sorted(prevalence.items())) if isinstance(prevalence, Mapping) else prevalence,
            "missing_plane": self.missing_plane,
            "field_of_view_mm": self.field_of_view_mm,
            "dicom": self.dicom,
        }

    def study(self, seed: int, name: str) -> PhantomStudy:
        """The study of a seed."""
        return phantom_study(
            seed, site=self.site, anatomy=self.anatomy, side=self.side, prevalence=self.prevalence,
            missing_plane=self.missing_plane, field_of_view_mm=self.field_of_view_mm, joint=self.joint, name=name,
        )  # fmt: skip


def truth_of(study: PhantomStudy) -> dict:
    """What is true of a study, in words and numbers for `truth.json`."""
    lesions = study.lesion_records()
    return {
        "schema_version": SCHEMA_VERSION,
        "engine": builder_named(study.joint).version,
        "name": study.name,
        "joint": study.joint,
        "seed": study.seed,
        "side": study.side.value,
        "centre": study.site,
        "field_strength_t": study.field_strength_t,
        "anatomy": study.anatomy,
        "volumes": {
            plane.value: {"description": volume.description, "slice_thickness_mm": round(thickness, 2)}
            for plane, volume, thickness in zip(study.planes, study.volumes, study.slice_thickness_mm, strict=True)
        },
        "findings": [_finding(name, lesions.get(name)) for name in study.abnormalities],
        "synthetic": "A digital phantom. It shows no person.",
    }


def _finding(name: str, lesion: Lesion | None) -> dict:
    """One abnormality of `truth.json`; places in patient RAS millimetres."""
    if lesion is None:
        return {"name": name, "present": False, "grade": 0, "centre_ras": None, "extent_mm": None, "volume_ml": 0.0,
                "seen_in": []}  # fmt: skip
    return {
        "name": name,
        "present": True,
        "grade": lesion.grade,
        "centre_ras": [round(mm, 1) for mm in lesion.centre_ras],
        "extent_mm": [round(mm, 1) for mm in lesion.extent_mm],
        "volume_ml": round(lesion.volume_ml, 3),
        "seen_in": [plane.value for plane in lesion.seen_in],
    }


def _studies_in(folder: Path) -> list[Path]:
    """Folders of finished studies; one that begins with a dot was left behind by a run that was killed."""
    return sorted(path.parent for path in folder.glob(f"*/{TRUTH_FILE}") if not path.parent.name.startswith("."))


def _check_folder(folder: Path) -> None:
    """Refuse a folder that cannot take studies, before the first of them is made; a missing one is made.

    The table covers all studies of the folder, so each must be one that this program can read.

    Raises:
        OutputError: saying what is there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        names = sorted(os.listdir(folder))
    except OSError as error:
        what = "The folder is a file" if folder.is_file() else f"The folder cannot be used: {error.strerror or error}"
        raise OutputError(what, where=str(folder), remedy="Choose a folder you may write to.") from error
    if not os.access(folder, os.W_OK):
        raise OutputError(
            "The folder may not be written to", where=str(folder), remedy="Choose a folder you may write to."
        )
    ours = {TABLE_FILE, GALLERY_FILE} | SYSTEM_FILES | {path.name for path in _studies_in(folder)}
    unknown = [name for name in names if name not in ours and not name.startswith(".")]
    if unknown:
        raise OutputError(
            f"The folder holds other things than digital studies, such as {unknown[0]}",
            where=str(folder),
            remedy="Choose a new folder, or one that holds digital studies only.",
        )
    for study in _studies_in(folder):
        _read_truth(study)


def _read_truth(folder: Path) -> dict:
    path = folder / TRUTH_FILE
    try:
        truth = json.loads(path.read_text(encoding="utf-8"))
        version = truth.get("schema_version")
    except (OSError, ValueError, AttributeError) as error:
        raise OutputError(
            "A study's truth cannot be read", where=str(path), remedy="Delete the study's folder."
        ) from error
    if version != SCHEMA_VERSION:
        raise OutputError(
            f"A study's truth has schema version {version}, this program reads and writes {SCHEMA_VERSION}",
            where=str(path),
            remedy="Choose another folder, or delete the study's.",
        )
    return truth


def _is_finished(folder: Path, settings: dict) -> bool:
    """Whether a study is there already; refused if it was made otherwise."""
    if not folder.exists():
        return False
    if _read_truth(folder).get("settings") != settings:
        raise OutputError(
            "The folder holds a study of this seed that was made with other settings or by another version",
            where=str(folder),
            remedy="Choose another folder, or delete this one.",
        )
    return True


def _write_study(folder: Path, study: PhantomStudy, truth: dict, *, dicom: bool) -> None:
    with complete_folder(
        folder, overwrite=False, ours=lambda name: True, marker=TRUTH_FILE, kind="study folder"
    ) as unfinished:
        stacks = zip(
            study.planes, study.volumes, study.labels, study.lesions, study.protocols, study.slice_thickness_mm,
            strict=True,
        )  # fmt: skip
        for number, (plane, picture, labels, lesions, protocol, thickness) in enumerate(stacks, start=1):
            if dicom:
                write_dicom_series(
                    picture,
                    unfinished / plane.value,
                    patient=study.name,
                    series_number=number,
                    tags={
                        "MagneticFieldStrength": study.field_strength_t,
                        "InstitutionName": f"Digital phantom, {study.site}",
                        "SliceThickness": f"{thickness:.2f}",
                        **(protocol.dicom_tags() if protocol else {}),
                    },
                )
            else:
                write_volume(picture, unfinished / f"{plane.value}.nii.gz")
            write_volume(labels, unfinished / f"{plane.value}_labels.nii.gz")
            write_volume(lesions, unfinished / f"{plane.value}_lesions.nii.gz")
        (unfinished / TRUTH_FILE).write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")


def _write_table(path: Path, truths: list[dict]) -> None:
    """One row a study: its facts, then of each abnormality 1 or 0, its grade, volume and centre in RAS mm."""
    facts = ("name", "joint", "seed", "side", "centre", "field_strength_t", "anatomy")
    names = list(dict.fromkeys(finding["name"] for truth in truths for finding in truth["findings"]))
    columns = [f"{name}{ending}" for name in names for ending in ("", "_grade", "_volume_ml", "_centre_ras")]
    with atomic_path(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*facts, "planes", *columns], restval="", lineterminator="\n")
        writer.writeheader()
        for truth in truths:
            row = {fact: truth[fact] for fact in facts} | {"planes": " ".join(truth["volumes"])}
            for finding in truth["findings"]:
                name = finding["name"]
                row[name] = int(finding["present"])
                row[f"{name}_grade"] = finding["grade"]
                row[f"{name}_volume_ml"] = finding["volume_ml"]
                row[f"{name}_centre_ras"] = " ".join(f"{mm:g}" for mm in finding["centre_ras"] or ())
            writer.writerow(row)
