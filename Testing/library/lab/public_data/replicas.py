"""Tiny folders in the layouts of public data sets, of made-up images; nothing of the sets themselves."""

from __future__ import annotations

import csv
import json
import pickle
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.lab.public_data.assumed_geometry import placed
from OrthoDiffusionLib.volumes import Geometry, Plane, Volume, write_volume
from OrthoDiffusionLib.volumes.dicom.writing import write_dicom_series

UIDS = ("1.2.840.1.1", "1.2.840.1.2", "1.2.840.1.3")
RSNA_COLUMNS = (
    "ACL", "MCL", "Medial Meniscus", "Lateral Meniscus", "Medial OA", "Lateral OA", "PF OA", "Effusion", "Synovitis",
    "Baker's", "Contusion", "Fracture",
)  # fmt: skip


def stack(seed: int, shape: tuple[int, int, int] = (8, 32, 32), largest: int = 255) -> np.ndarray:
    """A smooth blob with noise, as grey as an image."""
    rng = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(*(np.linspace(-1, 1, n) for n in shape), indexing="ij"))
    blob = np.exp(-((grid - rng.uniform(-0.3, 0.3, (3, 1, 1, 1))) ** 2).sum(axis=0) * 3)
    return np.clip((blob + rng.normal(0, 0.05, shape)) * largest, 0, largest)


def write_rows(path: Path, rows: Sequence[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def mrnet(folder: Path, exams: int = 6) -> Path:
    """`train` and `valid` with three planes each; every exam is abnormal and has one of the two tears."""
    for part, count in (("train", exams), ("valid", 2)):
        for number in range(count):
            for place, plane in enumerate(("axial", "coronal", "sagittal")):
                path = folder / part / plane / f"{number:04d}.npy"
                path.parent.mkdir(parents=True, exist_ok=True)
                np.save(path, stack(10 * number + place).astype(np.uint8))
        for name in ("abnormal", "acl", "meniscus"):
            values = [1 if name == "abnormal" else (number + (name == "acl")) % 2 for number in range(count)]
            write_rows(folder / f"{part}-{name}.csv", [(f"{n:04d}", value) for n, value in enumerate(values)])
    return folder


KNEE_COLUMNS = (
    "examId", "seriesNo", "aclDiagnosis", "kneeLR", "roiX", "roiY", "roiZ", "roiHeight", "roiWidth", "roiDepth",
    "volumeFilename",
)  # fmt: skip


def knee_mri(folder: Path) -> Path:
    """Four series of three exams: right healthy, left partial, left complete, right healthy."""
    rows: list[Sequence[object]] = [KNEE_COLUMNS]
    for number, (exam, acl, left) in enumerate(((1, 0, 0), (2, 1, 1), (2, 2, 1), (3, 0, 0))):
        name = f"{exam}-{number}.pck"
        path = folder / f"vol{number % 2 + 1:02d}" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(stack(number, (8, 64, 64)).astype(np.int16), protocol=2))
        rows.append((exam, number, acl, left, 4, 5, 1, 10, 12, 4, name))
    write_rows(folder / "metadata.csv", rows)
    return folder


HEADER = """<?xml version="1.0"?><ismrmrdHeader xmlns="http://www.ismrm.org/ISMRMRD">
<acquisitionSystemInformation><systemVendor>SIEMENS</systemVendor></acquisitionSystemInformation>
<encoding><reconSpace><matrixSize><x>32</x><y>32</y><z>1</z></matrixSize>
<fieldOfView_mm><x>16</x><y>16</y><z>4.5</z></fieldOfView_mm></reconSpace></encoding></ismrmrdHeader>"""


def fastmri_file(path: Path, seed: int, patient: str, header: str = HEADER) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        file["reconstruction_rss"] = (stack(seed) * 1e-6).astype(np.float32)
        file["ismrmrd_header"] = header
        file.attrs["patient_id"] = patient


def fastmri_plus(folder: Path) -> Path:
    """Five listed series, the last two of them of the folder val; file1000002 is marked as an artefact."""
    for number in range(5):
        part = "singlecoil_train" if number < 3 else "singlecoil_val"
        fastmri_file(folder / part / f"file100000{number}.h5", number, f"patient{number}")
    marks = [
        ("file", "slice", "study_level", "x", "y", "width", "height", "label"),
        ("file1000000", 2, "No", 3, 4, 5, 6, "Ligament - ACL High Grade Sprain"),
        ("file1000000", 3, "No", 3, 4, 5, 6, "Ligament - MCL High Grade sprain"),
        ("file1000001", 3, "No", 3, 4, 5, 6, "Meniscus Tear"),
        ("file1000001", 3, "No", 3, 4, 5, 6, "Joint Effusion "),
        ("file1000002", 0, "Yes", "", "", "", "", "artifact"),
    ]
    write_rows(folder / "Annotations" / "knee.csv", marks)
    write_rows(folder / "Annotations" / "knee_file_list.csv", [(f"file100000{number}",) for number in range(5)])
    return folder


def skm_tea(folder: Path) -> Path:
    """Three exams: a right knee with a lateral tear and an effusion, a left one, and one that nobody looked at."""
    images = {"train": [], "val": [], "test": []}
    for number, (part, slices) in enumerate((("train", "LR"), ("val", "LR"), ("test", "RL"))):
        shape = (40, 40, 16)
        path = folder / "image_files" / f"MTR_00{number}.h5"
        path.parent.mkdir(parents=True, exist_ok=True)
        seg = np.zeros((*shape, 6), np.uint8)
        # Slices grow to the patient's right for LR; the lateral parts of a right knee lie there.
        lateral_last = (number != 1) == (slices == "LR")
        for medial in (2, 4):
            seg[10:20, 10:30, 2:6, medial if lateral_last else medial + 1] = 1
            seg[10:20, 10:30, 10:14, medial + 1 if lateral_last else medial] = 1
        with h5py.File(path, "w") as file:
            for echo in (1, 2):
                file[f"echo{echo}"] = stack(number + echo, shape, 2000).astype(np.int16)
            file["seg"] = seg
        images[part].append(
            {
                "id": 1, "file_name": path.name, "scan_id": path.stem, "subject_id": 70 + number,
                "voxel_spacing": [0.5, 0.5, 1.6], "orientation": ["SI", "AP", slices], "inspected": number != 2,
            }
        )  # fmt: skip
    categories = [
        {"supercategory": "Meniscal Tear", "id": 1, "name": "Meniscal Tear (Radial)"},
        {"supercategory": "Effusion", "id": 16, "name": "Effusion"},
    ]
    tear = {"image_id": 1, "category_id": 1, "tissue_id": 1, "bbox": [10.0, 10.0, 11.0, 5.0, 5.0, 2.0]}
    marks = {"train": [tear, {"image_id": 1, "category_id": 16, "bbox": []}], "val": [], "test": []}
    for part, listed in images.items():
        content = {"images": listed, "annotations": marks[part], "categories": categories}
        content["tissues"] = [{"id": 1, "name": "Meniscus"}]
        path = folder / "annotations" / "v1.0.0" / f"{part}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    return folder


def oaizib_case(folder: Path, part: str, number: int, *, right: bool = True) -> None:
    shape = (16, 40, 40)
    geometry = Geometry.from_axes(
        shape, spacing_mm=(1.4, 0.6, 0.6), directions=np.eye(3), centre_ras=(20.0, 30.0, 40.0)
    )
    labels = np.zeros(shape, np.uint8)
    labels[2:14, 10:30, 24:36] = 1
    labels[2:14, 10:30, 22:24] = 2
    labels[2:14, 10:30, 4:18] = 3
    labels[2:7, 10:30, 18:20] = 4 if right else 5  # the first slices lie to the patient's left: medial of a right knee
    labels[9:14, 10:30, 18:20] = 5 if right else 4
    name = f"oaizib_{number:03d}"
    for kind in ("images", "labels"):
        (folder / f"{kind}{part}").mkdir(parents=True, exist_ok=True)
    write_volume(
        Volume(stack(number, shape).astype(np.int16), geometry), folder / f"images{part}" / f"{name}_0000.nii.gz"
    )
    write_volume(Volume(labels, geometry), folder / f"labels{part}" / f"{name}.nii.gz")


def oaizib_cm(folder: Path) -> Path:
    """Three right knees that teach, one left one held out, and the list of sides."""
    for number in (1, 2, 3):
        oaizib_case(folder, "Tr", number)
    oaizib_case(folder, "Ts", 4, right=False)
    sides = [(f"oaizib_{number:03d}.nii.gz", "left" if number == 4 else "right") for number in (1, 2, 3, 4)]
    write_rows(folder / "info" / "kneeSideInfo.csv", sides)
    return folder


def rsna_2026(folder: Path) -> Path:
    """Three studies, two of them labelled, one of these without its folder; a report that is no UTF-8.

    The study that is there has three series of a left knee, and a fourth is listed.
    """
    lines = [",".join(("StudyInstanceUID", "Report", *RSNA_COLUMNS))]
    lines += [f"{UIDS[0]},riñón,{','.join(['1.0', '0.0'] * 6)}", f"{UIDS[1]},,{','.join(['0'] * 12)}"]
    lines.append(f"{UIDS[2]},Knie links,{','.join([''] * 12)}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train.csv").write_bytes("\n".join(lines).encode("latin-1"))
    series = [("StudyInstanceUID", "SeriesInstanceUID", "Fluid_Sensitive", "Fat_Suppression", "Anatomical_Plane")]
    series += [(UIDS[0], f"{UIDS[0]}.{number}", 1, 1, "Sagittal") for number in range(4)]
    write_rows(folder / "train_series.csv", series)
    for number, plane in enumerate(Plane):
        volume = placed(stack(number, (10, 48, 48)).astype(np.int16), plane, pixel_mm=3.0, step_mm=5.0)
        described = replace(volume, description=f"PD {plane.value}", side=Side.LEFT, body_part="KNEE")
        place = folder / "train_series" / UIDS[0] / f"{UIDS[0]}.{number}"
        write_dicom_series(described, place, patient="rsna", series_number=number + 1)
    return folder
