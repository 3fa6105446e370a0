"""Study files: digital studies as NIfTI or DICOM, with their truth beside them and a table of findings."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from ..anatomy import Side
from ..errors import OutputError
from ..findings.complete_folder import complete_folder
from ..progress import ProgressCallback, report
from ..volumes.atomic import atomic_path
from ..volumes.dicom_writing import write_dicom_series
from ..volumes.files import write_volume
from .cohort import PhantomStudy, phantom_study
from .seeds import check_request

TRUTH_FILE = "truth.json"
TABLE_FILE = "findings.csv"
SCHEMA_VERSION = 1


def write_studies(
    folder: Path | str,
    count: int,
    *,
    seed: int = 0,
    centre: str = "clinic_15t_a",
    joint: str = "knee",
    side: Side | None = None,
    anatomy: str = "mixed",
    prevalence: float = 0.3,
    missing_plane: float = 0.0,
    dicom: bool = False,
    progress: ProgressCallback | None = None,
) -> list[Path]:
    """Write digital studies as a clinic would store them, and `findings.csv`, one row a study.

    Each study is a folder with one picture a plane (`sagittal.nii.gz`, or a folder `sagittal/` of DICOM files), its
    structure labels (`sagittal_labels.nii.gz`), its lesions (`sagittal_lesions.nii.gz`, bit n for the n-th
    abnormality) and `truth.json`. The same settings give the same bytes. Studies that are there already are kept, so
    that an interrupted run goes on where it stopped.

    Args:
        folder: made if missing.
        count: how many studies.
        seed: of the first; the others follow.
        centre: where they are taken; see `centres.CENTRES`.
        joint: which joint.
        side: left or right; drawn for each study if None.
        anatomy: "mixed", "procedural" or the name of a label map.
        prevalence: chance of each abnormality.
        missing_plane: chance that one of the planes was not taken.
        dicom: write the pictures as DICOM; needs the extra `dicom`.
        progress: told after every study.

    Returns:
        The studies' folders.

    Raises:
        OrthoDiffusionError: for an unknown joint, centre or anatomy, an impossible prevalence, or where a study of
            the same name was made with other settings.
    """
    check_request(count, seed)
    folder = Path(folder)
    settings = {
        "centre": centre,
        "joint": joint,
        "side": side.value if side else None,
        "anatomy": anatomy,
        "prevalence": prevalence,
        "missing_plane": missing_plane,
        "dicom": dicom,
    }
    truths, folders = [], []
    for number in range(seed, seed + count):
        name = f"{joint}_{number:07d}"
        target = folder / name
        truth = _finished(target, settings)
        if truth is None:
            study = phantom_study(
                number, centre=centre, anatomy=anatomy, side=side, prevalence=prevalence,
                missing_plane=missing_plane, joint=joint, name=name,
            )  # fmt: skip
            truth = truth_of(study) | {"settings": settings}
            _write_study(target, study, truth, dicom=dicom)
        truths.append(truth)
        folders.append(target)
        report(progress, "phantom", len(folders) / count, f"Study {len(folders)} of {count}")
    _write_table(folder / TABLE_FILE, truths)
    return folders


def truth_of(study: PhantomStudy) -> dict:
    """What is true of a study, in words and numbers for `truth.json`."""
    return {
        "schema_version": SCHEMA_VERSION,
        "name": study.name,
        "seed": study.seed,
        "side": study.side.value,
        "centre": study.centre,
        "field_strength_t": study.field_strength_t,
        "anatomy": study.anatomy,
        "volumes": {plane.value: volume.description for plane, volume in zip(study.planes, study.volumes, strict=True)},
        "abnormalities": {name: bool(value) for name, value in study.abnormalities.items()},
        "grades": {name: float(value) for name, value in study.grades.items()},
        "synthetic": "A digital phantom. It shows no person.",
    }


def _finished(folder: Path, settings: dict) -> dict | None:
    """The truth of a study that is there already, None if there is none."""
    if not folder.exists():
        return None
    try:
        truth = json.loads((folder / TRUTH_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OutputError(
            "The folder exists and is not a digital study", where=str(folder), remedy="Choose another folder."
        ) from error
    if truth.get("settings") != settings:
        raise OutputError(
            "The folder holds a study of this seed that was made with other settings",
            where=str(folder),
            remedy="Choose another folder, or delete this one.",
        )
    return truth


def _write_study(folder: Path, study: PhantomStudy, truth: dict, *, dicom: bool) -> None:
    with complete_folder(
        folder, overwrite=False, ours=lambda name: True, marker=TRUTH_FILE, kind="study folder"
    ) as unfinished:
        stacks = zip(study.planes, study.volumes, study.labels, study.lesions, study.protocols, strict=True)
        for number, (plane, picture, labels, lesions, protocol) in enumerate(stacks, start=1):
            if dicom:
                write_dicom_series(
                    picture,
                    unfinished / plane.value,
                    patient=study.name,
                    series_number=number,
                    tags={
                        "MagneticFieldStrength": study.field_strength_t,
                        "InstitutionName": f"Digital phantom, {study.centre}",
                        **(protocol.dicom_tags() if protocol else {}),
                    },
                )
            else:
                write_volume(picture, unfinished / f"{plane.value}.nii.gz")
            write_volume(labels, unfinished / f"{plane.value}_labels.nii.gz")
            write_volume(lesions, unfinished / f"{plane.value}_lesions.nii.gz")
        (unfinished / TRUTH_FILE).write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")


def _write_table(path: Path, truths: list[dict]) -> None:
    """One row a study: its facts, then each abnormality as 1 or 0, then its grade."""
    facts = ("name", "seed", "side", "centre", "field_strength_t", "anatomy")
    abnormalities = list(truths[0]["abnormalities"])
    with atomic_path(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*facts, "planes", *abnormalities, *(f"{name}_grade" for name in abnormalities)])
        for truth in truths:
            writer.writerow(
                [
                    *(truth[fact] for fact in facts),
                    " ".join(truth["volumes"]),
                    *(int(truth["abnormalities"][name]) for name in abnormalities),
                    *(f"{truth['grades'].get(name, 0):g}" for name in abnormalities),
                ]
            )
