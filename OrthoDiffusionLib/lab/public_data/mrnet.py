"""MRNet: exams of three planes as arrays without geometry, and three labels an exam."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.lab.public_data.assumed_geometry import placed, write_once
from OrthoDiffusionLib.lab.public_data.data_set import Contents, DataSet, NewFinding, Report, array_fault
from OrthoDiffusionLib.lab.public_data.findings import ACL, MENISCAL_TEAR
from OrthoDiffusionLib.lab.training.tables.case_splits import TEST, TRAIN, VALIDATION
from OrthoDiffusionLib.volumes import Plane

PIXEL_MM, STEP_MM = 0.625, 4.0
"""Assumed: a field of view of 160 mm, and the usual step of a knee's series."""

ABNORMAL = NewFinding("abnormal_exam", "Abnormal exam", ("sagittal", "coronal", "axial"))
VALIDATION_PERCENT = 15


def _read(folder: Path, images: Path, report: Report) -> Contents:
    contents = Contents()
    labels = {name: _labels(folder, name, contents) for name in ("abnormal", "acl", "meniscus")}
    for number, case in enumerate(sorted(set().union(*labels.values()))):
        part, name = case
        known = {label: values[case] for label, values in labels.items() if case in values}
        files = {plane: folder / part / plane.value / f"{name}.npy" for plane in Plane}
        there = {plane: path for plane, path in files.items() if path.exists()}
        row = {"case": f"{part}_{name}", "patient": f"{part}_{name}", "side": "right", "split": _split(part, name)}
        faults = []
        for plane, path in there.items():
            array, fault = _array(path)
            if fault:
                faults.append(f"{plane.value}: {fault}")
                continue
            target = images / row["case"] / f"{plane.value}.nii.gz"
            row[plane.value] = str(write_once(target, placed(array, plane, pixel_mm=PIXEL_MM, step_mm=STEP_MM)))
        if not any(plane.value in row for plane in Plane):
            contents.skip(row["case"], "; ".join(faults) or "none of its three arrays is there")
            continue
        missing = [plane.value for plane in Plane if plane.value not in row]
        if missing:
            contents.notices.append(f"{row['case']}: used without {', '.join(missing)}{_because(faults)}")
        if known.get("abnormal") == "0" and "1" in (known.get("acl"), known.get("meniscus")):
            contents.skip(row["case"], "its labels contradict each other: a tear in an exam that is called normal")
            continue
        words = {"abnormal": ABNORMAL.name, "acl": ACL, "meniscus": MENISCAL_TEAR.name}
        contents.rows.append({**row, **{words[label]: value for label, value in known.items()}})
        if (number + 1) % 100 == 0:
            report(f"{number + 1} exams converted")
    unlabelled = [
        path.stem
        for part in ("train", "valid")
        for path in (folder / part / "sagittal").glob("*.npy")
        if (part, path.stem) not in labels["acl"]
    ]
    if unlabelled:
        contents.notices.append(f"arrays without a label, not used: {len(unlabelled)}")
    contents.notices.append(
        "patients are not named: 1,130 training exams are of 1,088 patients, so that a few patients may both teach and "
        "say when to stop; the folder valid, kept apart by patient, is held out for the figures"
    )
    return contents


def _because(faults: list[str]) -> str:
    return f" ({'; '.join(faults)})" if faults else ""


def _array(path: Path) -> tuple[np.ndarray, str]:
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError):
        return np.zeros((0, 0, 0)), "the array cannot be read"
    return array, array_fault(array)


def _labels(folder: Path, name: str, contents: Contents) -> dict[tuple[str, str], str]:
    """(train or valid, case) -> 0 or 1."""
    found: dict[tuple[str, str], str] = {}
    for part in ("train", "valid"):
        path = folder / f"{part}-{name}.csv"
        if not path.exists():
            raise MRNET.wrong_folder(folder, f"there is no {path.name}")
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if row]
        used = [row for row in rows if len(row) == 2 and row[1].strip() in ("0", "1")]
        found |= {(part, row[0].strip().zfill(4)): row[1].strip() for row in used}
        if len(used) < len(rows):
            contents.notices.append(
                f"rows of {path.name} that are not a number and 0 or 1, not used: {len(rows) - len(used)}"
            )
    return found


def _split(part: str, name: str) -> str:
    if part == "valid":
        return TEST
    return VALIDATION if hashlib.sha256(name.encode()).digest()[0] * 100 < VALIDATION_PERCENT * 256 else TRAIN


MRNET = DataSet(
    key="mrnet",
    title="MRNet",
    layout="the folders train and valid and train-acl.csv, valid-acl.csv and the like",
    licence="of Stanford University, for research, not to be passed on (assumed; read it when you register)",
    access="a form with your name; the link comes by mail",
    size="1,250 exams, about 6 GB",
    address="https://stanfordmlgroup.github.io/competitions/mrnet/",
    site="Stanford University Medical Center, GE scanners of 1.5 and 3 T",
    geometry=(
        "spacing, place and side are not in the files. Read with pixels of 0.625 mm, slices 4 mm apart, the three "
        "planes centred on one point, and as if every knee were a right one: study-level findings can be learned, "
        "places, outlines and measurements cannot be trusted"
    ),
    facts="numbers, scanners and splits: the address above; layout: MisaOgura/MRNet; size: a forum of fast.ai",
    read=_read,
    new_findings=(MENISCAL_TEAR, ABNORMAL),
)
