"""Small DICOM exams with known outlines, and the programs of others that judge what is made of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import Side, joint
from OrthoDiffusionLib.dicom_objects import DicomObjects
from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.findings import (
    Analysis,
    BundleRecord,
    Finding,
    Measurement,
    OperatingPoint,
    Segmentation,
    StudyRecord,
)
from OrthoDiffusionLib.volumes import Geometry, Study, Volume, read_inputs, read_volume
from OrthoDiffusionLib.volumes.dicom.writing import write_dicom_series

KNEE = joint("knee")
CENTRE = (31.0, -12.0, 44.0)

LABELS = {"femur": 1, "medial_tibial_cartilage": 5, "lateral_meniscus": 9, "fibula": 12, "joint_fluid": 18}
"""A bone with a side of its own, a plate with a modifier and a region, and others; our labels."""


def outlines(centre=CENTRE) -> Segmentation:
    """Boxes that no flip, exchange of axes or shift maps onto themselves, on a fused grid of 1.1 mm."""
    grid = Geometry.from_axes((36, 40, 44), spacing_mm=(1.1, 1.1, 1.1), directions=np.eye(3), centre_ras=centre)
    labels = np.zeros(grid.shape, np.uint8)
    labels[3:20, 5:30, 24:40] = LABELS["femur"]
    labels[3:9, 5:12, 8:24] = LABELS["femur"]
    labels[22:33, 4:21, 19:23] = LABELS["medial_tibial_cartilage"]
    labels[10:21, 14:33, 14:19] = LABELS["lateral_meniscus"]
    labels[25:32, 28:37, 3:17] = LABELS["fibula"]
    labels[12:15, 31:38, 30:41] = LABELS["joint_fluid"]
    return Segmentation(Volume(labels, grid), KNEE.structures)


@pytest.fixture
def exam(tmp_path):
    """Writes a series of an exam as DICOM files; `change` may alter each data set (number, data set)."""

    def write(
        name: str, directions, spacing_mm, shape, *, side=Side.RIGHT, change=None, patient="Exam", number=1
    ) -> Path:
        import pydicom

        geometry = Geometry.from_axes(shape, spacing_mm=spacing_mm, directions=directions, centre_ras=CENTRE)
        values = np.random.default_rng(3).integers(20, 400, shape).astype(np.int16)
        volume = Volume(values, geometry, side=side, description=f"PD FS {name}", body_part="KNEE")
        folder = tmp_path / "exam" / name
        paths = write_dicom_series(volume, folder, patient=patient, series_number=number, tags={"EchoTime": "30"})
        for index, path in enumerate(paths if change else ()):
            dataset = pydicom.dcmread(path)
            change(index, dataset)
            dataset.save_as(path)
        return folder

    return write


@pytest.fixture
def sagittal_exam(exam) -> Path:
    """One sagittal series of twelve slices, 3.3 mm apart."""
    return exam("sagittal", np.eye(3), (3.3, 0.9, 0.8), (12, 48, 54))


def study_of(*folders: Path, side: Side | None = None, forced=None) -> Study:
    volumes, notices = read_inputs(list(folders))
    return Study.from_volumes(volumes, joint=KNEE, side=side, notices=notices, forced=forced)


def analysis_of(
    study: Study, segmentation: Segmentation | None = None, record: StudyRecord | None = None, **changed
) -> Analysis:
    """What an analysis of a study might say."""
    content = {
        "study": record
        or StudyRecord(
            "knee",
            study.side,
            study.side_source,
            {plane.value: v.name for plane, v in study.planes.items()},
            {f"series_{plane.value}": v.origin.series for plane, v in study.planes.items()}
            | {"study": next(iter(study.planes.values())).origin.study},
        ),
        "bundle": BundleRecord("made-up", "1.2", "ab" * 32),
        "findings": (
            Finding(
                "joint_effusion",
                assessed=True,
                probability=0.91,
                point_ras=(12.5, 30.25, -8.0),
                operating_point=OperatingPoint(0.4, 0.8, 0.9),
            ),
            Finding.not_assessed("anterior_cruciate_ligament_injury", "Cannot be distinguished from chance"),
        ),
        "segmentation": segmentation or outlines(),
        "measurements": (
            Measurement("tt_tg_distance", 11.5, "mm", (2.0, 17.0), "a paper", ((1.0, 2.0, 3.0), (4.0, 5.0, 6.5))),
            Measurement("insall_salvati_ratio", None, "1", note="The patella is cut off."),
        ),
        "notices": (Notice.stored_as("Said of a series", code="thick_slices", where="PD FS"),),
    }
    return Analysis(**{**content, **changed})


def write_objects(study: Study, folder: Path, analysis: Analysis | None = None, **options) -> dict[str, Path]:
    """The objects' files by their names."""
    folder.mkdir(parents=True, exist_ok=True)
    files = DicomObjects.of(study).write(analysis or analysis_of(study), folder, **options)
    return {path.stem: path for path in files}


def program(name: str, package: str) -> str:
    """The path of somebody else's program. Where CI is set, a skip is a failure."""
    found = shutil.which(name) or shutil.which(name, path=sysconfig.get_path("scripts"))
    if found is None:
        pytest.skip(f"{name} is missing; it comes with {package}")
    return found


def faults(path: Path) -> list[str]:
    """What dciodvfy finds wrong with a file; its only warnings may be of private schemes and of empty identifiers."""
    run = subprocess.run(
        [program("dciodvfy", "Debian's package dicom3tools"), "-new", str(path)],
        capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    said = [line for line in (run.stderr + run.stdout).splitlines() if line.startswith(("Error", "Warning"))]
    expected = ("<99ORTHODIFFUSION>", "would be needed to build DICOMDIR")
    return [line for line in said if not line.endswith(expected)]


def read_by_dcmqi(path: Path, folder: Path) -> dict[str, np.ndarray]:
    """Label of a segment -> (N, 3) RAS mm of the centres of its voxels, as dcmqi reads them from a segmentation."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [program("segimage2itkimage", "the Python package dcmqi"), "--inputDICOM", str(path),
         "--outputDirectory", str(folder), "--outputType", "nii", "--mergeSegments"],
        check=True, capture_output=True, env={**os.environ, "LC_ALL": "C"},
    )  # fmt: skip
    (image,) = folder.glob("*.nii.gz")
    volume = read_volume(image)
    described = json.loads((folder / "meta.json").read_text(encoding="utf-8"))["segmentAttributes"]
    names = {entry["labelID"]: entry["SegmentLabel"] for group in described for entry in group}
    return {name: volume.geometry.to_ras(np.argwhere(volume.array == label)) for label, name in names.items()}


def voxels_at(places_ras: np.ndarray, grid: Geometry) -> set[tuple[int, ...]]:
    """The voxels of a grid whose centres lie at these places, RAS mm, to a hundredth of a millimetre."""
    voxels = np.rint(grid.to_ijk(places_ras)).astype(int)
    assert np.abs(grid.to_ras(voxels) - places_ras).max() < 0.01
    return {tuple(voxel) for voxel in voxels.tolist()}


def voxels_of(labels: Volume, label: int) -> set[tuple[int, ...]]:
    """The voxels that hold a label."""
    return {tuple(voxel) for voxel in np.argwhere(labels.array == label).tolist()}
