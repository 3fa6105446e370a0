"""One DICOM image, or one frame of an enhanced one, as the facts that stacking needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.errors import DicomError
from OrthoDiffusionLib.messages import NOTHING, Message
from OrthoDiffusionLib.volumes.dicom.element_text import text_of
from OrthoDiffusionLib.volumes.dicom.kinds import CAPTURE, Picture, modality_of, not_an_image, picture_of
from OrthoDiffusionLib.volumes.dicom.laterality import coded_side, exam_description, tagged_sides
from OrthoDiffusionLib.volumes.dicom.quiet import quiet_pydicom
from OrthoDiffusionLib.volumes.origin import patient_digest

if TYPE_CHECKING:
    from pydicom.dataset import Dataset, FileDataset

DICOM_ENDINGS = (".dcm", ".dicom", ".ima")

Element = Any
"""The value of a DICOM element as pydicom gives it, which damaged files make of any type."""

Fact = float | str | None
"""What may distinguish two slices at one position; None where it is not stated."""

_BIG_ENDIAN_START = re.compile(rb"\x00[\x02\x08]..[A-Z]{2}", re.DOTALL)


def import_pydicom() -> ModuleType:
    """The optional package pydicom.

    Raises:
        DicomError: naming what wanted it and how to get it.
    """
    try:
        import pydicom
    except ImportError as error:
        raise DicomError(Message("file", "no_pydicom")) from error
    return pydicom


def looks_like_dicom(path: Path) -> bool:
    """Whether a file is worth a try, by its magic word, its first element, or its name's ending.

    One that cannot be opened is, too: what then goes wrong is said, and a slice that is missing is missed.
    """
    if not path.is_file():  # reading from a pipe would wait for ever
        return False
    try:
        with path.open("rb") as file:
            head = file.read(132)
    except OSError:
        return True
    # Without a preamble a data set begins with group 0002 or 0008; one that is big-endian names the type behind it.
    bare = head[:2] in (b"\x02\x00", b"\x08\x00") or _BIG_ENDIAN_START.match(head) is not None
    return head[128:] == b"DICM" or bare or path.suffix.lower() in DICOM_ENDINGS


@dataclass(frozen=True, eq=False)
class DicomSlice:
    """Where one slice lies and what distinguishes it from others of its series.

    Attributes:
        path: its file.
        frame: index in the file, 0 for a classic image.
        size: (columns, rows).
        position: centre of the first pixel, LPS millimetres, (3,).
        orientation: (3, 2) unit columns in LPS: the way column numbers grow, the way row numbers grow.
        pixel_mm: (2,) distance of columns, distance of rows.
        thickness_mm, step_mm: slice thickness and the distance of neighbours as stated; None if not.
        sop: SOP instance UID; patient: digest of who it is; study, series, frame_of_reference: UIDs. Only compared.
        image_type: all values of Image Type or Frame Type, capitals; and other words of its kind, see `_image_type`.
        picture: what it shows: water, magnitude, a map.
        shows: ``"MR"``, ``"capture"``, or the DICOM code of another modality; empty for one that is not named.
        facts: what may distinguish slices that lie at one position, by name; None where not stated.
        instance: instance number, for a stable order.
        slope, intercept: stored value → value.
        inverted: whether low values are bright (MONOCHROME1).
        padding: lowest and highest stored value that mark padding; None if not stated.
        sides: that its tags state; two if they contradict each other.
        modality, body_part, series_number: from the header, if stated.
        title: series description; description: that and further words on the sequence.
        study_description: what the exam is called.
        twin: number of the series among those that share its identifier, see `shared_identifiers`.
    """

    path: Path
    frame: int
    size: tuple[int, int]
    position: np.ndarray
    orientation: np.ndarray
    pixel_mm: tuple[float, float]
    thickness_mm: float | None
    step_mm: float | None
    sop: str
    patient: str
    study: str
    series: str
    frame_of_reference: str
    image_type: tuple[str, ...]
    picture: Picture
    shows: str
    facts: Mapping[str, Fact]
    instance: int
    slope: float
    intercept: float
    inverted: bool
    padding: tuple[int, int] | None
    sides: frozenset[Side]
    modality: str | None
    body_part: str | None
    series_number: int | None
    title: str
    description: str
    study_description: str = ""
    twin: int = 0

    @property
    def own_series(self) -> tuple[str, int]:
        """The same in all slices of a series, and in no other one."""
        return self.series, self.twin

    @property
    def echo_ms(self) -> float | None:
        """Echo time, if stated."""
        echo = self.facts["echo"]
        return None if isinstance(echo, str) else echo

    @property
    def acquired(self) -> str:
        """Date and time of acquisition, YYYYMMDDhhmmss with fractions, or the time alone, as far as stated."""
        return str(self.facts["acquired"] or "")

    @property
    def normal(self) -> np.ndarray:
        """(3,) unit vector across the slice, LPS."""
        return np.cross(self.orientation[:, 0], self.orientation[:, 1])


class NotAVolumeSlice(Exception):
    """A readable DICOM file that no volume can be built from.

    Args:
        kind: what it is, a word of the catalogue; or one of `RAW_DATA`, `NO_IMAGE` and `FRAMES`.
        advice: what to do about it; `NOTHING` if nothing is to be done.
    """

    def __init__(self, kind: str, advice: Message = NOTHING) -> None:
        super().__init__(kind)
        self.kind, self.advice = kind, advice


NOT_QUITE_SQUARE, SKEWED = 1e-5, 1e-2
"""Cosine between rows and columns. Direction cosines that were rounded to two decimals are as much as 0.01 off; what
stands askew by that little is made square, since no results could be written on its grid."""

NO_IMAGE, FRAMES = "no_image", "frames"

_ORIGINALS = Message("advice", "originals")


def _no_place() -> NotAVolumeSlice:
    return NotAVolumeSlice("no_place", _ORIGINALS)


def read_header(path: Path) -> FileDataset:
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
        raise DicomError(Message("file", "no_dicom"), where=str(path)) from error


def same_pixels(one: Path, other: Path) -> bool:
    """Whether two files hold the same picture, bit for bit."""
    pydicom = import_pydicom()
    try:
        with quiet_pydicom():
            first, second = (pydicom.dcmread(path, force=True).get("PixelData") for path in (one, other))
    except Exception:  # a damaged file is no copy
        return False
    return first is not None and first == second


def slices_of(dataset: Dataset, path: Path) -> list[DicomSlice]:
    """The slices of one file, one for a classic image, one a frame for an enhanced one.

    Frames without a place of their own are left out; `DicomSlice.frame` says which ones are there.

    Raises:
        NotAVolumeSlice: if it is no grey image, or none of its frames has a place in the patient.
        DicomError: if an element that is needed cannot be decoded.
    """
    with quiet_pydicom():
        try:
            what = not_an_image(str(dataset.get("SOPClassUID") or ""), _text(dataset.get("Modality")))
            if what is not None:
                raise NotAVolumeSlice(what)
            if not dataset.get("Rows") or not dataset.get("Columns"):
                raise NotAVolumeSlice(NO_IMAGE)
            if int(dataset.get("SamplesPerPixel", 1) or 1) != 1:
                raise NotAVolumeSlice("colour_picture")
            if str(dataset.get("PhotometricInterpretation", "")).startswith("PALETTE"):
                raise NotAVolumeSlice("colour_picture")
            if "MOSAIC" in _values(dataset.get("ImageType")):
                raise NotAVolumeSlice("mosaic", Message("advice", "own_images"))
            frames = frames_of(dataset)
            enhanced = "PerFrameFunctionalGroupsSequence" in dataset
            if frames > 1 and not enhanced:
                raise NotAVolumeSlice(FRAMES, _ORIGINALS)
            if enhanced and frames > len(dataset.PerFrameFunctionalGroupsSequence):
                raise ValueError("fewer descriptions than frames")
            return _with_a_place(dataset, path, frames, enhanced=enhanced)
        except NotAVolumeSlice:
            raise
        except Exception as error:  # elements are decoded on first use, and each kind fails in its own way
            raise DicomError(Message("file", "bad_element"), where=str(path)) from error


def frames_of(dataset: Dataset) -> int:
    """How many pictures a file holds."""
    return int(dataset.get("NumberOfFrames", 1) or 1)


def _with_a_place(dataset: Dataset, path: Path, frames: int, *, enhanced: bool) -> list[DicomSlice]:
    found: list[DicomSlice] = []
    lost: NotAVolumeSlice | None = None
    for frame in range(frames):
        try:
            found.append(_slice(_Header(dataset, frame if enhanced else None), path, frame))
        except NotAVolumeSlice as reason:
            lost = reason
    if lost is not None and not found:
        raise lost
    return found


class _Header:
    """One frame's elements: its functional group, the shared one, or the plain data set.

    Args:
        dataset: of the whole file.
        frame: index of the frame of an enhanced image, None for a classic one.
    """

    def __init__(self, dataset: Dataset, frame: int | None) -> None:
        self.dataset = dataset
        self.groups: list[Dataset] = []
        if frame is not None:
            self.groups = [dataset.PerFrameFunctionalGroupsSequence[frame]]
            self.groups += list(dataset.get("SharedFunctionalGroupsSequence", []))

    def find(self, sequence: str, *keywords: str) -> Element:
        """The first of `keywords` that has a value, in the macro `sequence` or in the plain data set; else None."""
        for group in self.groups:
            for item in group.get(sequence, []) or []:
                found = _first_value(item, keywords)
                if found is not None:
                    return found
        return self.plain(*keywords)

    def plain(self, *keywords: str) -> Element:
        """The first of `keywords` that has a value in the plain data set; else None."""
        return _first_value(self.dataset, keywords)


def _first_value(dataset: Dataset, keywords: tuple[str, ...]) -> Element:
    for keyword in keywords:
        value = dataset.get(keyword)
        if value not in (None, ""):
            return value
    return None


def _slice(header: _Header, path: Path, frame: int) -> DicomSlice:
    dataset, find, plain = header.dataset, header.find, header.plain
    position, orientation, spacing = _place(header)
    sop_class, modality = str(dataset.get("SOPClassUID") or ""), _text(dataset.get("Modality"))
    image_type = _image_type(header)
    picture = picture_of(image_type, _component(header))
    series_number = _number(plain("SeriesNumber"))
    words = [text_of(dataset.get(k)) for k in ("SeriesDescription", "ProtocolName", "ScanOptions")]
    lateralities = (
        find("FrameAnatomySequence", "FrameLaterality"),
        dataset.get("ImageLaterality"),
        dataset.get("Laterality"),
        coded_side(dataset),
    )
    return DicomSlice(
        path=path,
        frame=frame,
        size=(int(dataset.Columns), int(dataset.Rows)),
        position=position,
        orientation=orientation,
        pixel_mm=(float(spacing[1]), float(spacing[0])),
        thickness_mm=_number(find("PixelMeasuresSequence", "SliceThickness")),
        step_mm=_number(find("PixelMeasuresSequence", "SpacingBetweenSlices")),
        sop=str(dataset.get("SOPInstanceUID") or ""),
        patient=patient_digest(dataset.get("PatientID"), dataset.get("PatientName")),
        study=str(dataset.get("StudyInstanceUID") or ""),
        series=str(dataset.get("SeriesInstanceUID") or ""),
        frame_of_reference=str(dataset.get("FrameOfReferenceUID") or ""),
        image_type=image_type,
        picture=picture,
        shows=CAPTURE if picture is Picture.SCREEN_CAPTURE else modality_of(sop_class, modality),
        facts=_facts(header, picture, image_type, path),
        instance=int(_number(dataset.get("InstanceNumber")) or 0),
        slope=_readable(find("PixelValueTransformationSequence", "RescaleSlope")) or 1.0,
        intercept=_readable(find("PixelValueTransformationSequence", "RescaleIntercept")) or 0.0,
        inverted=str(dataset.get("PhotometricInterpretation", "")).strip() == "MONOCHROME1",
        padding=_padding(dataset),
        sides=tagged_sides(lateralities),
        modality=modality or None,
        body_part=_text(dataset.get("BodyPartExamined")) or None,
        series_number=None if series_number is None else int(series_number),
        title=words[0],
        description=" ".join(filter(None, words)),
        study_description=exam_description(dataset),
    )


def _image_type(header: _Header) -> tuple[str, ...]:
    """Image Type or Frame Type, and behind its values what other elements say of the kind of picture.

    A volume keeps no more of these elements than this.
    """
    values = _values(header.find("MRImageFrameTypeSequence", "FrameType") or header.plain("ImageType"))
    others = (
        _component(header),
        _text(header.find("MRImageFrameTypeSequence", "VolumeBasedCalculationTechnique")),
    )
    more = [value for value in others if value in _TELLING and value not in values]
    return (*values, *[""] * (2 - len(values)), *more) if more else values


def _place(header: _Header) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Position (3,), unit directions of row and column (3, 2), both LPS, and pixel spacing (2,).

    Raises:
        NotAVolumeSlice: if it is not stated, or impossible.
    """
    try:
        position = _numbers(header.find("PlanePositionSequence", "ImagePositionPatient"))
        cosines = _numbers(header.find("PlaneOrientationSequence", "ImageOrientationPatient"))
        spacing = _numbers(header.find("PixelMeasuresSequence", "PixelSpacing"))
        orientation = np.stack([cosines[:3], cosines[3:]], axis=1)
        lengths = np.linalg.norm(orientation, axis=0)
    except (TypeError, ValueError, IndexError) as error:
        raise _no_place() from error
    fine = position.shape == (3,) and spacing.shape == (2,) and np.isfinite(position).all()
    if not fine or not (spacing > 0).all() or not (np.abs(lengths - 1.0) < 0.01).all():
        raise _no_place()
    skew = abs(float(orientation[:, 0] @ orientation[:, 1]))
    if skew > SKEWED:
        raise NotAVolumeSlice("skewed_pixels")
    if skew > NOT_QUITE_SQUARE:
        left, _, right = np.linalg.svd(orientation, full_matrices=False)
        return position, left @ right, spacing  # the nearest two that are perpendicular
    return position, orientation / lengths, spacing


def _facts(header: _Header, picture: Picture, image_type: tuple[str, ...], path: Path) -> dict[str, Fact]:
    """What may distinguish slices at one position. Which of them does is found out by `dicom_stacks`."""
    find, plain = header.find, header.plain
    facts: dict[str, Fact] = {
        "picture": picture.value,
        "echo": _number(find("MREchoSequence", "EffectiveEchoTime", "EchoTime")),
        "echo_number": _number(plain("EchoNumbers")),
        "b_value": _number(find("MRDiffusionSequence", "DiffusionBValue")),
        "gradient": _vector(plain("DiffusionGradientOrientation")),
        "inversion": _number(find("MRModifierSequence", "InversionTime")),
        "flip": _number(find("MRTimingAndRelatedParametersSequence", "FlipAngle")),
        "repetition_time": _number(find("MRTimingAndRelatedParametersSequence", "RepetitionTime")),
        "image_type": "\\".join((*image_type, _component(header))),
        "series_number": _number(plain("SeriesNumber")),
        "description": _text(plain("SeriesDescription")),
        "protocol": _text(plain("ProtocolName")),
        "sequence": _text(plain("SequenceName", "PulseSequenceName")),
        "coil": _text(plain("ReceiveCoilName")),
        "temporal": _number(find("FrameContentSequence", "TemporalPositionIndex", "TemporalPositionIdentifier")),
        "acquisition": _number(find("FrameContentSequence", "FrameAcquisitionNumber", "AcquisitionNumber")),
        "trigger": _number(find("CardiacSynchronizationSequence", "NominalCardiacTriggerDelayTime", "TriggerTime")),
        "acquired": _moment(header) or None,
        "content": _digits(plain("ContentDate")) + _digits(plain("ContentTime")) or None,
        "stack": _text(find("FrameContentSequence", "StackID")) or None,
        "sop_class": str(plain("SOPClassUID") or ""),
        "patient": patient_digest(header.dataset.get("PatientID"), header.dataset.get("PatientName")),
        "folder": str(path.parent),
    }
    dimensions = find("FrameContentSequence", "DimensionIndexValues") or []
    for number, value in enumerate([dimensions] if isinstance(dimensions, int) else dimensions):
        facts[f"dimension_{number}"] = _number(value)
    return facts


_TELLING = ("PHASE", "REAL", "IMAGINARY", "MAX_IP", "MIN_IP", "VOLUME_RENDER", "SURFACE_RENDER")
"""Values of Complex Image Component and Volume Based Calculation Technique of what is no usual image."""

_GE_COMPONENTS = {0: "MAGNITUDE", 1: "PHASE", 2: "REAL", 3: "IMAGINARY"}


def _component(header: _Header) -> str:
    """Magnitude, phase, real or imaginary part, where an element says so; GE keeps it in one of its own."""
    component = header.find("MRImageFrameTypeSequence", "ComplexImageComponent")
    if component is not None:
        return _text(component)
    dataset = header.dataset
    if (0x0043, 0x102F) not in dataset or "GEMS_PARM" not in _text(
        dataset.get((0x0043, 0x0010)) and dataset[0x0043, 0x0010].value
    ):
        return ""
    value = dataset[0x0043, 0x102F].value
    if isinstance(value, bytes):
        value = int.from_bytes(value[:2], "little")
    return _GE_COMPONENTS.get(value, "") if isinstance(value, int) else ""


def _moment(header: _Header) -> str:
    """When the image was acquired, as digits."""
    whole = header.find("FrameContentSequence", "FrameAcquisitionDateTime", "AcquisitionDateTime")
    if whole is not None:
        return _digits(whole)
    time = _digits(header.plain("AcquisitionTime"))
    if not time:
        return ""
    return _digits(header.plain("AcquisitionDate", "SeriesDate", "ContentDate", "StudyDate")) + time


def _digits(value: Element) -> str:
    """Only the figures of a date or time, with the fraction but without a shift from Greenwich."""
    if value is None or isinstance(value, (list, tuple)):
        return ""
    return re.sub(r"[^0-9.]", "", re.split(r"[+\-]\d{4}$", str(value))[0])


def _padding(dataset: Dataset) -> tuple[int, int] | None:
    """Lowest and highest stored value of padding (PS3.3, C.7.5.1.1.2).

    Writers give the value as US or SS whatever the pixels are, so its bits are read anew as the pixels are.
    """
    value, limit = (
        _as_stored(_number(dataset.get(key)), dataset) for key in ("PixelPaddingValue", "PixelPaddingRangeLimit")
    )
    if value is None:
        return None
    return (value, value) if limit is None else (min(value, limit), max(value, limit))


def _as_stored(value: float | None, dataset: Dataset) -> int | None:
    if value is None:
        return None
    span = 1 << max(16, int(dataset.get("BitsAllocated") or 16))
    whole = int(value) % span
    signed = int(dataset.get("PixelRepresentation") or 0) == 1
    return whole - span if signed and whole >= span // 2 else whole


def _values(value: Element) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(_text(one) for one in ([value] if isinstance(value, str) else value))


def _text(value: Element) -> str:
    return str(value or "").strip().upper()


def _vector(value: Element) -> str | None:
    try:
        return None if value is None else " ".join(f"{float(one):.2f}" for one in value)
    except (TypeError, ValueError):
        return None


_DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*,\d+(?:[Ee][+-]?\d+)?\s*")


def _with_decimal_point(value: Element) -> Element:
    """A number that its writer, against the standard, spelled as in his language: "0,5" is 0.5."""
    is_one = isinstance(value, str) and _DECIMAL_COMMA.fullmatch(value)
    return value.replace(",", ".") if is_one else value


def _numbers(values: Element) -> np.ndarray:
    """(N,) numbers of an element.

    Raises:
        TypeError, ValueError: if it holds none.
    """
    return np.asarray([_with_decimal_point(value) for value in values], dtype=np.float64)


def _readable(value: Element) -> float | None:
    """A number that the voxels depend on.

    Raises:
        ValueError: if there is something that is no number.
    """
    number = _number(value)
    if number is None and isinstance(value, str) and value.strip():
        raise ValueError("no number")
    return number


def _number(value: Element) -> float | None:
    """A number, or the first of several; None if there is none or it is not finite."""
    if value is None or value == "":
        return None
    if isinstance(value, bytes):  # an element whose type the file does not state
        return float(int.from_bytes(value[:2], "little")) if value else None
    try:
        number = float(_with_decimal_point(value))
    except TypeError:
        number = float(value[0]) if len(value) else float("nan")
    except ValueError:
        return None
    return number if np.isfinite(number) else None
