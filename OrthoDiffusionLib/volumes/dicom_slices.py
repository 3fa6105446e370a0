"""One DICOM image, or one frame of an enhanced one, as the facts that stacking needs."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..anatomy import Side
from ..errors import DicomError
from .origin import Origin, patient_digest

DICOM_ENDINGS = (".dcm", ".dicom", ".ima")


def import_pydicom():
    """The optional package pydicom.

    Raises:
        DicomError: naming what wanted it and how to get it.
    """
    try:
        import pydicom
    except ImportError as error:
        raise DicomError(
            "Reading DICOM needs the Python package pydicom, which is not installed",
            remedy="Install it with: pip install pydicom. NIfTI, NRRD and MetaImage work without it.",
        ) from error
    return pydicom


@contextlib.contextmanager
def quiet_pydicom() -> Iterator[None]:
    """Silence pydicom's warnings: they quote the odd value, which may be a person's name."""
    logger = logging.getLogger("pydicom")
    before = logger.disabled
    logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.disabled = before


def looks_like_dicom(path: Path) -> bool:
    """Whether a file is worth a try, by its magic word, its first element, or its name's ending."""
    if not path.is_file():  # reading from a pipe would wait for ever
        return False
    try:
        with path.open("rb") as file:
            head = file.read(132)
    except OSError:
        return False
    # Without a preamble a data set begins with group 0002 or 0008, little-endian.
    bare = head[:2] in (b"\x02\x00", b"\x08\x00")
    return head[128:] == b"DICM" or bare or path.suffix.lower() in DICOM_ENDINGS


@dataclass(frozen=True, eq=False)
class DicomSlice:
    """Where one slice lies and what tells it from others of its series.

    Attributes:
        path: its file.
        frame: index in the file, 0 for a classic image.
        size: (columns, rows).
        position: centre of the first pixel, LPS millimetres, (3,).
        orientation: (3, 2) unit columns in LPS: the way column numbers grow, the way row numbers grow.
        pixel_mm: (2,) distance of columns, distance of rows.
        series: series instance UID; only compared.
        study: study instance UID; only compared.
        kind: what makes a picture of its own: magnitude or phase, water or fat.
        echo_ms, b_value: None if not told.
        times: what may tell repetitions apart, the most reliable first; None where not told.
        instance: instance number, for a stable order.
        slope, intercept: stored value → value.
        inverted: whether low values are bright (MONOCHROME1).
        side, modality, body_part, series_number: from the header, if told.
        title: series description; description: that and further words on the sequence.
        origin: patient, study, series and frame of reference.
        study_description: what the exam is called.
        thickness_mm: slice thickness, if told.
    """

    path: Path
    frame: int
    size: tuple[int, int]
    position: np.ndarray
    orientation: np.ndarray
    pixel_mm: tuple[float, float]
    series: str
    study: str
    kind: tuple[str, ...]
    echo_ms: float | None
    b_value: float | None
    times: tuple
    instance: int
    slope: float
    intercept: float
    inverted: bool
    side: Side | None
    modality: str | None
    body_part: str | None
    series_number: int | None
    title: str
    description: str
    origin: Origin = field(default_factory=Origin)
    study_description: str = ""
    thickness_mm: float | None = None

    @property
    def normal(self) -> np.ndarray:
        """(3,) unit vector across the slice, LPS."""
        return np.cross(self.orientation[:, 0], self.orientation[:, 1])


class NotAVolumeSlice(Exception):
    """A readable DICOM file that no volume can be built from; the text says why, in a few words."""


def read_header(path: Path):
    """The data set of a file without its pixels.

    Raises:
        DicomError: if it cannot be read.
    """
    pydicom = import_pydicom()
    try:
        with quiet_pydicom():
            dataset = pydicom.dcmread(path, stop_before_pixels=True, force=True)
            if "Rows" not in dataset and "SOPClassUID" not in dataset:
                raise ValueError("no DICOM elements")
            kind = dataset.file_meta.get("MediaStorageSOPClassUID") or dataset.get("SOPClassUID")
            if "Rows" not in dataset and kind is not None and kind.name.endswith("Image Storage"):
                raise ValueError("an image without a size: the file ends in its header")
            return dataset
    except Exception as error:  # pydicom raises a dozen kinds for damaged files; all mean the same
        raise DicomError("Not a readable DICOM file", where=str(path)) from error


def slices_of(dataset, path: Path) -> list[DicomSlice]:
    """The slices of one file, one for a classic image, one a frame for an enhanced one.

    Raises:
        NotAVolumeSlice: if it is no grey image with a place in the patient.
        DicomError: if an element that is needed cannot be decoded.
    """
    with quiet_pydicom():
        try:
            if not dataset.get("Rows") or not dataset.get("Columns"):
                raise NotAVolumeSlice("not an image")
            if int(dataset.get("SamplesPerPixel", 1)) != 1:
                raise NotAVolumeSlice("a colour picture")
            frames = int(dataset.get("NumberOfFrames", 1) or 1)
            enhanced = "PerFrameFunctionalGroupsSequence" in dataset
            if frames > 1 and not enhanced:
                raise NotAVolumeSlice("several frames without positions")
            return [_slice(dataset, path, frame, enhanced) for frame in range(frames)]
        except NotAVolumeSlice:
            raise
        except Exception as error:  # elements are decoded on first use, and each kind fails in its own way
            raise DicomError("A header element cannot be read", where=str(path)) from error


def _slice(dataset, path: Path, frame: int, enhanced: bool) -> DicomSlice:
    def find(sequence: str, keyword: str, default=None):
        """From the frame's functional group, the shared one, or the plain data set."""
        if enhanced:
            groups = [dataset.PerFrameFunctionalGroupsSequence[frame]]
            groups += list(dataset.get("SharedFunctionalGroupsSequence", []))
            for group in groups:
                for item in group.get(sequence, []) or []:
                    if keyword in item and item.get(keyword) not in (None, ""):
                        return item.get(keyword)
        value = dataset.get(keyword)
        return default if value in (None, "") else value

    try:
        position = np.asarray(find("PlanePositionSequence", "ImagePositionPatient"), dtype=np.float64)
        cosines = np.asarray(find("PlaneOrientationSequence", "ImageOrientationPatient"), np.float64)
        spacing = np.asarray(find("PixelMeasuresSequence", "PixelSpacing"), dtype=np.float64)
        orientation = np.stack([cosines[:3], cosines[3:]], axis=1)
        lengths = np.linalg.norm(orientation, axis=0)
    except (TypeError, ValueError, IndexError) as error:
        raise NotAVolumeSlice("an image without position or spacing") from error
    fine = position.shape == (3,) and spacing.shape == (2,) and np.isfinite(position).all()
    if not fine or not (spacing > 0).all() or not (np.abs(lengths - 1.0) < 0.01).all():
        raise NotAVolumeSlice("an image without position or spacing")
    if abs(float(orientation[:, 0] @ orientation[:, 1])) > 1e-2:
        raise NotAVolumeSlice("an image whose rows and columns are not perpendicular")

    words = [str(dataset.get(k) or "") for k in ("SeriesDescription", "ProtocolName", "ScanOptions")]
    side = next(
        (
            found
            for found in (
                Side.from_text(find("FrameAnatomySequence", "FrameLaterality")),
                Side.from_text(dataset.get("ImageLaterality")),
                Side.from_text(dataset.get("Laterality")),
            )
            if found is not None
        ),
        None,
    )
    return DicomSlice(
        path=path,
        frame=frame,
        size=(int(dataset.Columns), int(dataset.Rows)),
        position=position,
        orientation=orientation / lengths,
        pixel_mm=(float(spacing[1]), float(spacing[0])),
        series=str(dataset.get("SeriesInstanceUID", "")),
        study=str(dataset.get("StudyInstanceUID", "")),
        kind=_kind(find("MRImageFrameTypeSequence", "FrameType", dataset.get("ImageType"))),
        echo_ms=_number(find("MREchoSequence", "EffectiveEchoTime", dataset.get("EchoTime"))),
        b_value=_number(find("MRDiffusionSequence", "DiffusionBValue")),
        times=(
            _number(find("FrameContentSequence", "TemporalPositionIndex")),
            _number(dataset.get("TemporalPositionIdentifier")),
            _number(dataset.get("AcquisitionNumber")),
            _number(dataset.get("TriggerTime")),
            _number(dataset.get("EchoNumbers")),
        ),
        instance=int(_number(dataset.get("InstanceNumber")) or 0),
        slope=_number(find("PixelValueTransformationSequence", "RescaleSlope")) or 1.0,
        intercept=_number(find("PixelValueTransformationSequence", "RescaleIntercept")) or 0.0,
        inverted=str(dataset.get("PhotometricInterpretation", "")).strip() == "MONOCHROME1",
        side=side,
        modality=str(dataset.get("Modality") or "").strip().upper() or None,
        body_part=str(dataset.get("BodyPartExamined") or "").strip().upper() or None,
        series_number=None if dataset.get("SeriesNumber") is None else int(dataset.SeriesNumber),
        title=words[0].strip(),
        description=" ".join(word.strip() for word in words if word.strip()),
        origin=_origin(dataset, find("MRImageFrameTypeSequence", "FrameType", dataset.get("ImageType"))),
        study_description=str(dataset.get("StudyDescription") or "").strip(),
        thickness_mm=_number(find("PixelMeasuresSequence", "SliceThickness")),
    )


def _origin(dataset, image_type) -> Origin:
    """Where an image belongs; the patient as a digest, which tells two apart and names neither."""
    number = dataset.get("SeriesNumber")
    values = [] if image_type is None else [image_type] if isinstance(image_type, str) else list(image_type)
    day = str(dataset.get("AcquisitionDate") or dataset.get("SeriesDate") or dataset.get("StudyDate") or "")
    time = str(dataset.get("AcquisitionTime") or dataset.get("SeriesTime") or "")
    return Origin(
        patient=patient_digest(dataset.get("PatientID"), dataset.get("PatientName")),
        study=str(dataset.get("StudyInstanceUID") or ""),
        series=str(dataset.get("SeriesInstanceUID") or ""),
        frame_of_reference=str(dataset.get("FrameOfReferenceUID") or ""),
        series_number=None if number is None else int(number),
        image_type=tuple(str(value).strip().upper() for value in values),
        acquired=day + time.partition(".")[0] if day else "",
    )


def _kind(image_type) -> tuple[str, ...]:
    """The values of Image Type after ORIGINAL\\PRIMARY: M, P, W, F, IN_PHASE and the like."""
    if image_type is None:
        return ()
    values = [image_type] if isinstance(image_type, str) else list(image_type)
    return tuple(str(value) for value in values[2:])


def _number(value) -> float | None:
    """A number, or the first of several; None if there is none or it is not finite."""
    if value is None or value == "":
        return None
    try:
        number = float(value)
    except TypeError:
        number = float(value[0]) if len(value) else float("nan")
    except ValueError:
        return None
    return number if np.isfinite(number) else None
