"""A Volume as a series of MR DICOM files, for data that was made and not taken from a patient.

Patient coordinates in DICOM are LPS (PS3.3, C.7.6.2.1.1); they begin in `_positions`.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.volumes.dicom.kinds import CLASSIC_MR_CLASS
from OrthoDiffusionLib.volumes.dicom.slices import import_pydicom
from OrthoDiffusionLib.volumes.geometry import OPPOSITE
from OrthoDiffusionLib.volumes.itk_border import LPS_TO_RAS
from OrthoDiffusionLib.volumes.plane import plane_across, slice_axis
from OrthoDiffusionLib.volumes.volume import Volume

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

# No moment at all, so that the same volume gives the same bytes; readers of DICOM insist on a date.
_DATE = datetime.date(2000, 1, 1).strftime("%Y%m%d")
_EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"


def write_dicom_series(
    volume: Volume,
    folder: Path | str,
    *,
    patient: str,
    series_number: int = 1,
    tags: Mapping[str, object] | None = None,
) -> list[Path]:
    """Write one file a slice, `IM0001.dcm` and on.

    Args:
        volume: whole numbers, 0 to 32767, of any orientation; slices are stacked along the largest spacing.
        folder: made if missing.
        patient: name of the made-up patient; it also makes the identifiers, so that series of one patient belong to
            one study and the same call gives the same bytes.
        series_number: of the series.
        tags: further DICOM keywords and values, such as `EchoTime`.

    Returns:
        The files, in the order of their slices.

    Raises:
        DicomError: if pydicom is not installed.
        ValueError: if the values do not fit.
    """
    import_pydicom()
    if volume.array.min() < 0 or volume.array.max() > 32767:
        raise ValueError("values must be 0 to 32767 to be written as DICOM")
    stack = _as_slices(volume)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    series = _Series(patient, series_number, volume)
    paths = []
    for number in range(stack.geometry.shape[0]):
        image = series.image(number)
        _positions(image, stack, number)
        _pixels(image, stack.array[number])
        for keyword, value in (tags or {}).items():
            setattr(image, keyword, value)
        paths.append(folder / f"IM{number + 1:04d}.dcm")
        image.save_as(paths[-1], enforce_file_format=True)
    return paths


@dataclass(frozen=True, eq=False)
class _Series:
    """What the images of one made-up series share; its identifiers are made from its words."""

    patient: str
    number: int
    volume: Volume

    def image(self, number: int) -> Dataset:
        """A data set that says whose and what the image of slice `number` is, without place and pixels."""
        from pydicom.dataset import Dataset

        image = Dataset()
        self._identify(image, number)
        self._describe(image)
        image.InstanceNumber = number + 1
        return image

    def _identify(self, image: Dataset, number: int) -> None:
        from pydicom.dataset import FileMetaDataset
        from pydicom.uid import UID, generate_uid

        words = f"{self.patient}/{self.number}/{self.volume.description}"
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = UID(CLASSIC_MR_CLASS)
        meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[words, str(number)])
        meta.TransferSyntaxUID = UID(_EXPLICIT_LITTLE_ENDIAN)
        image.file_meta = meta
        image.SOPClassUID = CLASSIC_MR_CLASS
        image.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
        image.StudyInstanceUID = generate_uid(entropy_srcs=[self.patient])
        image.SeriesInstanceUID = generate_uid(entropy_srcs=[words])
        image.FrameOfReferenceUID = generate_uid(entropy_srcs=[self.patient, "frame"])

    def _describe(self, image: Dataset) -> None:
        image.PatientName, image.PatientID = f"PHANTOM^{self.patient}", self.patient
        image.PatientBirthDate = image.PatientSex = image.ReferringPhysicianName = image.AccessionNumber = ""
        image.StudyDate = image.SeriesDate = _DATE
        image.StudyTime = "000000"
        image.StudyID = "1"
        image.Modality, image.Manufacturer = "MR", "OrthoDiffusion digital phantom"
        image.ImageType = ["DERIVED", "SECONDARY", "OTHER"]
        image.SeriesDescription = image.ProtocolName = self.volume.description[:64]
        image.BodyPartExamined = self.volume.body_part or ""
        if self.volume.side is not None:
            image.Laterality = "R" if self.volume.side is Side.RIGHT else "L"
        image.SeriesNumber = self.number
        image.PatientPosition = "FFS"


def _as_slices(volume: Volume) -> Volume:
    """The volume with axes (slice, row, column) hung as its plane, slices stacked so that the frame is right-handed."""
    plane = plane_across(volume.geometry, slice_axis(volume.geometry))
    hung = volume.reoriented(plane.hanging)
    # Column × row × slice direction must be right-handed, which is (slice, row, column) left-handed.
    if hung.geometry.is_right_handed:
        hung = volume.reoriented(OPPOSITE[plane.hanging[0]] + plane.hanging[1:])
    return hung


def _positions(image: Dataset, stack: Volume, number: int) -> None:
    geometry = stack.geometry
    to_lps = LPS_TO_RAS[:3, :3]
    step, row, column = (float(mm) for mm in geometry.spacing_mm)
    directions = to_lps @ geometry.directions
    position = to_lps @ geometry.to_ras((number, 0, 0))
    image.ImagePositionPatient = [f"{mm:.6f}" for mm in position]
    # First along a row (towards growing columns), then down a column.
    image.ImageOrientationPatient = [f"{c:.10f}" for c in (*directions[:, 2], *directions[:, 1])]
    image.PixelSpacing = [f"{row:.6f}", f"{column:.6f}"]
    image.SliceThickness = image.SpacingBetweenSlices = f"{step:.6f}"
    image.SliceLocation = f"{number * step:.6f}"


def _pixels(image: Dataset, pixels: np.ndarray) -> None:
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.Rows, image.Columns = pixels.shape
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 15, 14, 0
    image.WindowCenter = f"{float(pixels.max()) / 2:.1f}"
    image.WindowWidth = f"{max(float(pixels.max()), 1.0):.1f}"
    image.PixelData = np.ascontiguousarray(pixels).astype("<u2").tobytes()
