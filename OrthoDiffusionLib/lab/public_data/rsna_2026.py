"""RSNA 2026 knee challenge: DICOM studies of many sites, a few of them with labels of experts."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

from OrthoDiffusionLib.lab.public_data.data_set import Contents, DataSet, NewFinding, Report
from OrthoDiffusionLib.lab.public_data.findings import ACL, EFFUSION, LATERAL_MENISCUS, MCL, MEDIAL_MENISCUS

_ALL = ("sagittal", "coronal", "axial")
NEW = {
    "Medial OA": NewFinding(
        "medial_osteoarthritis", "Osteoarthritis of the medial compartment", ("coronal", "sagittal")
    ),
    "Lateral OA": NewFinding(
        "lateral_osteoarthritis", "Osteoarthritis of the lateral compartment", ("coronal", "sagittal")
    ),
    "PF OA": NewFinding("patellofemoral_osteoarthritis", "Patellofemoral osteoarthritis", ("axial", "sagittal")),
    "Synovitis": NewFinding("synovitis", "Synovitis", _ALL),
    "Baker's": NewFinding("bakers_cyst", "Baker's cyst", ("axial", "sagittal")),
    "Contusion": NewFinding("bone_contusion", "Bone contusion", ("sagittal", "coronal")),
    "Fracture": NewFinding("fracture", "Fracture", _ALL),
}
COLUMNS = {
    "ACL": ACL,
    "MCL": MCL,
    "Medial Meniscus": MEDIAL_MENISCUS,
    "Lateral Meniscus": LATERAL_MENISCUS,
    "Effusion": EFFUSION,
    **{column: finding.name for column, finding in NEW.items()},
}


def _read(folder: Path, images: Path, report: Report) -> Contents:
    del images, report  # used where they are
    path = folder / "train.csv"
    if not path.exists():
        raise RSNA_2026.wrong_folder(folder, "there is no train.csv")
    # The reports in it are of many languages, and not all of it is UTF-8.
    reader = csv.DictReader(io.StringIO(path.read_bytes().removeprefix(codecs.BOM_UTF8).decode("latin-1")))
    lacking = [column for column in ("StudyInstanceUID", *COLUMNS) if column not in (reader.fieldnames or ())]
    if lacking:
        raise RSNA_2026.wrong_folder(folder, f"train.csv lacks the columns {', '.join(lacking)}")
    series = _series(folder)
    contents, unlabelled, absent = Contents(), 0, 0
    for row in reader:
        study = (row["StudyInstanceUID"] or "").strip()
        known = {name: value for column, name in COLUMNS.items() if (value := _value(row[column]))}
        if not known:
            unlabelled += 1
            continue
        place = folder / "train_series" / study
        held = {path.name for path in place.iterdir() if path.is_dir()} if place.is_dir() else set()
        if not held:
            contents.skip(study, "there is no such folder in train_series, or it is empty")
            continue
        absent += len(series.get(study, set()) - held)
        contents.rows.append({"case": study, "patient": study, "folder": str(place.resolve()), **known})
    if unlabelled:
        contents.notices.append(
            f"studies with a report and without labels, not used: {unlabelled}; their images can be pretrained on, "
            "with `orthodiffusion pretrain --data`"
        )
    if absent:
        contents.notices.append(f"series that train_series.csv lists and the folder lacks: {absent}")
    contents.notices.append(
        "the side is missing in the headers of about half the studies: words of the series and the anatomy tell it, "
        "and cases where nothing does are left out. Two knees in one study are left out"
    )
    return contents


def _value(text: str | None) -> str:
    """1, 0, or nothing where it is not known."""
    try:
        number = float(text or "nan")
    except ValueError:
        return ""
    return str(int(number)) if number in (0.0, 1.0) else ""


def _series(folder: Path) -> dict[str, set[str]]:
    path = folder / "train_series.csv"
    if not path.exists():
        return {}
    found: dict[str, set[str]] = {}
    for row in csv.DictReader(io.StringIO(path.read_bytes().removeprefix(codecs.BOM_UTF8).decode("latin-1"))):
        found.setdefault(row.get("StudyInstanceUID", ""), set()).add(row.get("SeriesInstanceUID", ""))
    return found


RSNA_2026 = DataSet(
    key="rsna-2026",
    title="RSNA 2026 Knee Abnormality Detection",
    layout="train.csv, train_series.csv and train_series",
    licence="RSNA MIRA licence, academic and commercial use",
    access="a Kaggle account, and the rules of the competition accepted; whether it is open after its end: see there",
    size="4,407 studies, 570 GB; 58 of them have labels of experts",
    address="https://www.kaggle.com/competitions/rsna-knee-abnormality-detection",
    site="",
    geometry="complete: DICOM. The side is missing in about half the headers",
    facts="licence, size, columns and labels: a guide compiled from the competition's pages on 29 September 2026",
    read=_read,
    new_findings=tuple(NEW.values()),
)
