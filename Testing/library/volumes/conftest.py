"""Small volumes and DICOM series with a known place in the patient."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from OrthoDiffusionLib.volumes import Geometry, Volume


def rotation(axis: int, degrees: float) -> np.ndarray:
    angle = np.deg2rad(degrees)
    matrix = np.eye(3)
    one, two = [n for n in range(3) if n != axis]
    matrix[[one, one, two, two], [one, two, one, two]] = (
        np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle),
    )  # fmt: skip
    return matrix


@pytest.fixture
def oblique_geometry() -> Geometry:
    """Anisotropic, oblique and left-handed: whatever can go wrong with axes goes wrong here."""
    directions = rotation(0, 20) @ rotation(2, -35)
    directions[:, 1] *= -1
    return Geometry.from_axes(
        (9, 12, 7), spacing_mm=(0.5, 0.75, 3.0), directions=directions, origin_ras=(12.0, -40.0, 88.5)
    )


@pytest.fixture
def make_volume():
    """A volume whose value is a smooth function of RAS, so that places can be checked by values."""

    def make(codes="LPS", shape=(40, 36, 20), spacing=(1.0, 1.0, 3.5), *, tilt=0.0, centre=(5.0, -3.0, 2.0), **fields):
        from OrthoDiffusionLib.volumes.geometry import direction_vectors

        directions = rotation(1, tilt) @ direction_vectors(codes)
        geometry = Geometry.from_axes(shape, spacing_mm=spacing, directions=directions, centre_ras=centre)
        ijk = np.stack(np.meshgrid(*[np.arange(n) for n in shape], indexing="ij"), axis=-1)
        ras = geometry.to_ras(ijk)
        array = (500.0 + 4.0 * ras[..., 0] - 3.0 * ras[..., 1] + 2.0 * ras[..., 2]).astype(np.float32)
        return Volume(array, geometry, **{"name": "ramp", **fields})

    return make


def value_at(ras) -> np.ndarray:
    ras = np.asarray(ras)
    return 500.0 + 4.0 * ras[..., 0] - 3.0 * ras[..., 1] + 2.0 * ras[..., 2]


@pytest.fixture
def ramp_at():
    """The value that `make_volume` has at a place in RAS millimetres."""
    return value_at


@dataclass(frozen=True)
class SliceTags:
    """What the classic DICOM slices of one made-up series share.

    Attributes:
        orientation: of rows and columns, LPS.
        first: centre of the first pixel of slice 0, LPS mm.
        step: mm from slice to slice.
    """

    series: str
    study: str
    orientation: tuple[float, ...]
    step: float
    first: tuple[float, ...]
    big_endian: bool

    def dataset(self, number: int, stored: np.ndarray):
        """Slice `number` with its pixels."""
        from pydicom import Dataset
        from pydicom.dataset import FileMetaDataset
        from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, generate_uid

        dataset = Dataset()
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRBigEndian if self.big_endian else ExplicitVRLittleEndian
        dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.4"
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = generate_uid()
        dataset.SeriesInstanceUID, dataset.StudyInstanceUID = self.series, self.study
        dataset.PatientName, dataset.PatientID = "Secret^Person", "4711"
        dataset.Modality, dataset.InstanceNumber = "MR", number + 1
        dataset.Rows, dataset.Columns = stored.shape
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
        dataset.PixelRepresentation = int(stored.dtype.kind == "i")
        dataset.PixelSpacing = [0.7, 0.5]  # rows 0.7 mm apart, columns 0.5 mm
        row, column = np.array(self.orientation[:3]), np.array(self.orientation[3:])
        dataset.ImageOrientationPatient = list(self.orientation)
        position = np.array(self.first) + number * self.step * np.cross(row, column)
        dataset.ImagePositionPatient = [float(x) for x in position]
        return dataset


@pytest.fixture
def write_series():
    """Writes classic DICOM slices of a sagittal series; a tag may be a function of the slice number."""
    from pydicom.uid import generate_uid

    def write(
        folder: Path,
        *,
        slices: int = 6,
        series: str | None = None,
        study: str = "1.2.3",
        orientation=(0.0, 1.0, 0.0, 0.0, 0.0, -1.0),
        step: float = 4.0,
        first=(-30.0, -20.0, 15.0),
        skip=(),
        big_endian: bool = False,
        seed: int = 0,
        prefix: str = "",
        picture=None,
        **tags,
    ) -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        shared = SliceTags(series or generate_uid(), study, tuple(orientation), step, tuple(first), big_endian)
        rng = np.random.default_rng(seed)
        paths = []
        for number in range(slices):
            stored = rng.integers(0, 800, (10, 8)).astype(np.uint16)
            stored[0, 0] = 100 + number
            if picture is not None:
                stored = np.asarray(picture(number))  # of 16-bit numbers
            if number in skip:
                continue
            dataset = shared.dataset(number, stored)
            for key, value in tags.items():
                setattr(dataset, key, value(number) if callable(value) else value)
            dataset.PixelData = stored.astype(stored.dtype.newbyteorder(">" if big_endian else "<")).tobytes()
            dataset["PixelData"].VR = "OW"
            path = folder / f"{prefix}{number:03d}.dcm"
            dataset.save_as(path, enforce_file_format=True)
            paths.append(path)
        return paths

    return write
