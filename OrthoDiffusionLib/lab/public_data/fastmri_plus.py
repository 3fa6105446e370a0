"""fastMRI with the labels of fastMRI+: coronal series in HDF5, and boxes around what a radiologist marked."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.public_data.assumed_geometry import placed, write_once
from OrthoDiffusionLib.lab.public_data.data_set import Contents, DataSet, NewFinding, Report, array_fault
from OrthoDiffusionLib.lab.public_data.findings import ACL, CARTILAGE_DEFECT, EFFUSION, MENISCAL_TEAR, PCL
from OrthoDiffusionLib.lab.public_data.hdf5 import open_hdf5
from OrthoDiffusionLib.lab.training.tables.case_splits import TEST
from OrthoDiffusionLib.table_file import read_table
from OrthoDiffusionLib.volumes import Plane

IMAGE = "reconstruction_rss"
CONTUSION = NewFinding("bone_contusion_or_fracture", "Bone contusion or fracture", ("sagittal", "coronal"))

_WORDS = (
    ("ligament - acl", ACL),
    ("ligament - pcl", PCL),
    ("meniscus tear", MENISCAL_TEAR.name),
    ("displaced meniscal tissue", MENISCAL_TEAR.name),
    ("cartilage - ", CARTILAGE_DEFECT.name),
    ("joint effusion", EFFUSION),
    ("bone-fracture", CONTUSION.name),
)
"""How a label of knee.csv begins -> finding. The collateral ligaments are left out: without the side no reader of the
images can tell medial from lateral."""

FINDINGS = tuple(dict.fromkeys(name for _, name in _WORDS))


def _read(folder: Path, images: Path, report: Report) -> Contents:
    labels, listed = _labels(folder), _listed(folder)
    files = {path.stem: path for path in sorted(folder.rglob("file*.h5"))}
    if not files:
        raise FASTMRI_PLUS.wrong_folder(folder, "there is no file*.h5 of fastMRI's knees")
    contents, makers = Contents(), Counter[str]()
    split_of: dict[str, str] = {}
    for number, name in enumerate(sorted(listed)):
        if name not in files:
            contents.skip(name, "there is no such .h5 file")
            continue
        array, facts, fault = _series(files[name])
        marks = labels.get(name, [])
        fault = fault or _box_fault(marks, array.shape)
        if not fault and any(mark["label"].lower() == "artifact" for mark in marks):
            fault = "the whole study is marked as an artefact"
        if fault:
            contents.skip(name, fault)
            continue
        volume = placed(array[:, ::-1], Plane.CORONAL, pixel_mm=facts["pixel"], step_mm=facts["step"])
        target = write_once(images / name / "coronal.nii.gz", volume)
        present = {finding for mark in marks for word, finding in _WORDS if mark["label"].lower().startswith(word)}
        patient = facts["patient"] or name
        split = TEST if _is_of_validation(files[name], folder) else ""
        split_of[patient] = split if split_of.get(patient, split) == split else "mixed"
        makers[facts["maker"]] += 1
        row = {"case": name, "patient": patient, "side": "right", "split": split, "coronal": str(target)}
        contents.rows.append(row | {finding: str(int(finding in present)) for finding in FINDINGS})
        if (number + 1) % 100 == 0:
            report(f"{number + 1} series converted")
    mixed = [patient for patient, split in split_of.items() if split == "mixed"]
    for row in contents.rows:
        if row["patient"] in mixed:
            row["split"] = "train"
    if mixed:
        contents.notices.append(f"patients of both folders, all of whose series teach: {len(mixed)}")
    if len(makers) == 1:
        contents.notices.append(f"all series are of scanners of one maker: {next(iter(makers)) or 'not named'}")
    contents.notices.append(
        "a finding that is not marked counts as absent; the authors warn that their marks of a single radiologist are "
        "no complete list. The collateral ligaments are left out, since the side is not known"
    )
    return contents


def _labels(folder: Path) -> dict[str, list[dict[str, str]]]:
    path = _annotation(folder, "knee.csv")
    rows, columns = read_table(path, error=TrainingError)
    if not {"file", "slice", "label"} <= set(columns):
        raise FASTMRI_PLUS.wrong_folder(folder, "knee.csv lacks the columns file, slice and label")
    found: dict[str, list[dict[str, str]]] = {}
    for _, row in rows:
        found.setdefault(row["file"], []).append(row)
    return found


def _listed(folder: Path) -> list[str]:
    """Those that a radiologist has looked at."""
    text = _annotation(folder, "knee_file_list.csv").read_text(encoding="utf-8-sig")
    return [line.strip() for line in text.splitlines() if line.strip().startswith("file") and line.strip() != "file"]


def _annotation(folder: Path, name: str) -> Path:
    path = next(iter(sorted(folder.rglob(name))), None)
    if path is None:
        raise FASTMRI_PLUS.wrong_folder(folder, f"there is no {name} of fastMRI+; put its folder Annotations there")
    return path


def _series(path: Path) -> tuple[np.ndarray, dict, str]:
    """(slice, row, column) as it is stored, upside down; what its header says; why it cannot be used."""
    empty = np.zeros((0, 0, 0))
    try:
        with open_hdf5(path) as file:
            if IMAGE not in file or "ismrmrd_header" not in file:
                return empty, {}, f"it has no {IMAGE}; files of the test folder have none"
            array = np.asarray(file[IMAGE], np.float32)
            header, patient = file["ismrmrd_header"][()], str(file.attrs.get("patient_id", ""))
    except OSError:
        return empty, {}, "the file is damaged or ends too early"
    facts = _facts(header)
    if facts is None:
        return empty, {}, "its header names no field of view"
    return array, {**facts, "patient": patient}, array_fault(array)


def _facts(header: bytes) -> dict | None:
    text = header.decode("utf-8", "replace") if isinstance(header, bytes) else str(header)
    try:
        if "<!DOCTYPE" in text or "<!ENTITY" in text:  # entities of entities grow without end
            return None
        root = ElementTree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
        place = root.find(".//{*}encoding/{*}reconSpace")
        numbers = {
            f"{part}_{axis}": float(place.findtext(f"{{*}}{part}/{{*}}{axis}", "0") or 0) if place is not None else 0.0
            for part in ("matrixSize", "fieldOfView_mm")
            for axis in "xyz"
        }
    except (ElementTree.ParseError, ValueError):
        return None
    if min(numbers.values()) <= 0:
        return None
    maker = root.findtext(".//{*}acquisitionSystemInformation/{*}systemVendor", "")
    pixel = numbers["fieldOfView_mm_x"] / numbers["matrixSize_x"]
    return {"pixel": pixel, "step": numbers["fieldOfView_mm_z"], "maker": maker}


def _box_fault(marks: list[dict[str, str]], shape: tuple[int, ...]) -> str:
    if len(shape) != 3:
        return ""
    for mark in marks:
        values = [mark.get(name, "") for name in ("slice", "x", "y", "width", "height")]
        if not all(value.isdigit() for value in values):
            continue  # of the study, not of a place
        place, x, y, width, height = map(int, values)
        if place >= shape[0] or x + width > shape[2] or y + height > shape[1]:
            return f"a mark lies outside the image of {shape}: labels and image are not of one series"
    return ""


def _is_of_validation(path: Path, folder: Path) -> bool:
    """Whether a file lies in a folder such as `multicoil_val`."""
    return any("val" in part.lower().split("_") for part in path.relative_to(folder).parts[:-1])


FASTMRI_PLUS = DataSet(
    key="fastmri+",
    title="fastMRI knees with the labels of fastMRI+",
    layout="fastMRI's .h5 files of knees (train and val) and the folder Annotations of fastMRI+",
    licence="images: a data sharing agreement of NYU, for research and teaching, not to be passed on; labels: MIT",
    access="images: an application at fastmri.med.nyu.edu; labels: https://github.com/microsoft/fastmri-plus",
    size="1,172 labelled series; the size of the archives was not verified",
    address="https://fastmri.med.nyu.edu/",
    site="NYU Langone Health",
    geometry=(
        "the header names pixel and slice step, and neither orientation nor side. Read as coronal, turned upside down "
        "as the authors of the labels did, and as if every knee were a right one"
    ),
    facts="columns, counts, flip: microsoft/fastmri-plus; agreement: its README; patient_id of the files: assumed",
    read=_read,
    new_findings=(MENISCAL_TEAR, CARTILAGE_DEFECT, CONTUSION),
)
