"""Studies on disk, small and quick: what lies where is tested here, not what networks know."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy.joints.knee import KNEE
from OrthoDiffusionLib.volumes import Geometry, Volume, write_volume
from OrthoDiffusionLib.volumes.dicom.writing import write_dicom_series

_DIRECTIONS = {"sagittal": ((0, 1, 0), (0, 0, 1), (1, 0, 0)), "coronal": ((1, 0, 0), (0, 0, 1), (0, 1, 0)),
               "axial": ((1, 0, 0), (0, 1, 0), (0, 0, 1))}  # fmt: skip


def plane_volume(plane: str, slices: int = 5) -> Volume:
    """A few slices of noise, 24 mm wide, lying as a plane lies."""
    geometry = Geometry.from_axes(
        (12, 12, slices),
        spacing_mm=(2.0, 2.0, 4.0),
        directions=np.array(_DIRECTIONS[plane], dtype=float).T,
        centre_ras=(0.0, 0.0, 0.0),
    )
    array = np.random.default_rng(0).integers(0, 900, geometry.shape).astype(np.int16)
    return Volume(array, geometry, name=plane)


@pytest.fixture
def write_exam():
    """Writes a DICOM exam, one series a plane."""

    def write(folder: Path, patient: str, study: str, planes=("sagittal", "coronal"), slices=5, **tags) -> list[Path]:
        files = []
        for number, plane in enumerate(planes, 1):
            kept = {"PatientID": patient, "StudyInstanceUID": f"1.2.{study}", "StudyDate": "20200102",
                    "BodyPartExamined": "KNEE", "SeriesInstanceUID": f"1.2.{study}.{plane[0].encode().hex()}",
                    **tags}  # fmt: skip
            place = folder / f"{study}_{plane}"
            files += write_dicom_series(
                plane_volume(plane, slices), place, patient=patient, series_number=number, tags=kept
            )
        return files

    return write


@pytest.fixture
def write_image():
    """Writes an image file."""

    def write(path: Path, plane: str = "sagittal", slices: int = 5) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_volume(plane_volume(plane, slices), path)
        return path

    return write


@pytest.fixture(scope="session")
def knee():
    return KNEE
