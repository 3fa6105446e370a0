"""What a DICOM object shows: an MR image or something else; water, fat, a phase or a computed map."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence

MR = "MR"
CAPTURE = "capture"
RAW_DATA = "raw_data"

_STORAGE = "1.2.840.10008.5.1.4.1.1."

DIRECTORY_CLASS = "1.2.840.10008.1.3.10"
"""Media Storage Directory: the DICOMDIR, whatever its file is called."""

CLASSIC_MR_CLASS = f"{_STORAGE}4"
"""MR Image Storage: one slice a file."""

_MR_IMAGES = {CLASSIC_MR_CLASS, *(f"{_STORAGE}{end}" for end in ("4.1", "4.3", "4.4"))}

_NO_IMAGES = (
    ("66.4", "segmentation"),
    ("66.7", "segmentation"),
    ("66.5", "surface_segmentation"),
    ("66.6", "tractography"),
    ("66", RAW_DATA),
    ("67", "value_map"),
    ("68", "surface_scan"),
    ("30", "parametric_map"),
    ("4.2", "spectrum"),
    ("11", "presentation_state"),
    ("88", "structured_report"),
    ("104", "document"),
    ("9", "waveform"),
    ("481", "radiotherapy"),
)
"""Ends of SOP class UIDs (PS3.4, annex B.5) that are no images of the patient, the longer one first."""

_CAPTURES = (f"{_STORAGE}7",)

_MODALITIES_WITHOUT_IMAGES = {
    "SEG": "segmentation",
    "SR": "structured_report",
    "PR": "presentation_state",
    "KO": "key_images",
    "REG": "registration",
    "DOC": "document",
    "RTSTRUCT": "radiotherapy",
    "RTDOSE": "radiotherapy",
    "RTPLAN": "radiotherapy",
}

MODALITIES = ("CT", "PT", "NM", "US", "CR", "DX", "XA", "RF", "OT", "SC")
"""Other modalities than MR, by their DICOM codes, that the catalogue of sentences has words for."""


def not_an_image(sop_class: str, modality: str) -> str | None:
    """What an object is, as a word of the catalogue, if it is no picture of the patient; None for a picture.

    Args:
        sop_class: SOP class UID, empty if not known.
        modality: as in the file, capitals.
    """
    if sop_class.startswith(_STORAGE):
        end = sop_class[len(_STORAGE) :]
        for start, what in _NO_IMAGES:
            if end == start or end.startswith(f"{start}."):
                return what
    return _MODALITIES_WITHOUT_IMAGES.get(modality)


def modality_of(sop_class: str, modality: str) -> str:
    """`MR` for an MR image, `CAPTURE`, or the code of another modality; "" for one that is not named.

    A capture of the screen is one whatever modality it names: what it shows was not measured.
    """
    if any(sop_class == one or sop_class.startswith(f"{one}.") for one in _CAPTURES):
        return CAPTURE
    if modality == MR or (not modality and (not sop_class or sop_class in _MR_IMAGES)):
        return MR
    return modality


class Picture(enum.Enum):
    """What the values of an MR image show. The members stand in the order in which a reader of joints wants them."""

    WATER = "water"
    MAGNITUDE = "magnitude"
    IN_PHASE = "in phase"
    OPPOSED_PHASE = "opposed phase"
    FAT = "fat"
    DIFFUSION = "diffusion"
    REAL = "real part"
    IMAGINARY = "imaginary part"
    PHASE = "phase"
    SUBTRACTION = "subtraction"
    REFORMATTED = "reformatted"
    PROJECTION = "projection"
    PARAMETER_MAP = "parameter map"
    SCREEN_CAPTURE = "screen capture"

    @property
    def rank(self) -> int:
        """0 is the best to read a joint from."""
        return list(Picture).index(self)


_MAPS = re.compile(
    r"\b((?<!PHASE )MAPS?|T[12]\*?MAP|E?ADC|FA|FRACTION|FF|PDFF|WF|B[01](MAP)?|FIELDMAP|QUANT\w*|TEMPERATURE|"
    r"R[12] ?(STAR|\*)?|T1RHO|PERCENTAGE|MTR)(?!\w)"
)

# The first that fits counts, so that MAGNITUDE, which goes with many, comes late.
# Siemens writes DIXON\WATER, OUT_PHASE, P, CSA MPR; GE WATER, FAT, PROJECTION IMAGE; Philips W, F, IP, OP, M_FFE.
_WORDS = (
    (Picture.SCREEN_CAPTURE, re.compile(r"\b(SCREEN ?SAVE|SCREEN|SECONDARY CAPTURE)\b")),
    (Picture.PROJECTION, re.compile(r"\b(MIP|MINIP|MNIP|(MAX|MIN) IP|PROJECTION|(VOLUME|SURFACE) RENDER)\b")),
    (Picture.REFORMATTED, re.compile(r"\b(MPR|CPR|REFORMAT\w*|RESAMPLED)\b")),
    (Picture.SUBTRACTION, re.compile(r"\b(SUB|SUBTRACT\w*)\b")),
    (Picture.PARAMETER_MAP, _MAPS),
    (Picture.WATER, re.compile(r"\b(W|WATER|WATERONLY)\b")),
    (Picture.OPPOSED_PHASE, re.compile(r"\b(OP|OOP|OPP|OUT|OPPOSED|(OUT|OPP|OPPOSED)( OF)? ?PHASE)\b")),
    (Picture.IN_PHASE, re.compile(r"\b(IP|IN|IN ?PHASE)\b")),
    (Picture.FAT, re.compile(r"\b(F|FAT|FATONLY)\b(?! ?(SAT|SUP))")),
    (Picture.DIFFUSION, re.compile(r"\b(DIFFUSION|TRACEW?|ISOTROPIC)\b")),
    (Picture.IMAGINARY, re.compile(r"\b(I|IMAGINARY)\b")),
    (Picture.REAL, re.compile(r"\b(R|REAL)\b")),
    (Picture.PHASE, re.compile(r"\b(P|PHASE|VELOCITY)\b")),
)

_RELAXATION = {"T1", "T2", "T2*", "T2 STAR", "R1", "R2", "RHO"}


def pictures_in(image_type: Sequence[str]) -> list[Picture]:
    """All that Image Type or Frame Type says of what an image shows, the most telling first; empty if it says nothing.

    Args:
        image_type: all values, in the order of the file; the first two (ORIGINAL, PRIMARY) say nothing of it.
    """
    values = [re.sub(r"[^A-Z0-9*]+", " ", str(value).upper()).strip() for value in image_type]
    words = values[2:]
    said = {next((picture for picture, pattern in _WORDS if pattern.search(value)), None) for value in words}
    found = [picture for picture, _ in _WORDS if picture in said]
    if values[:1] == ["DERIVED"] and _RELAXATION & set(words):
        found.append(Picture.PARAMETER_MAP)
    return found


def picture_of(image_type: Sequence[str], component: str = "") -> Picture:
    """What an image shows, by its Image Type or Frame Type and by Complex Image Component.

    Args:
        image_type: all values, in the order of the file.
        component: ``"MAGNITUDE"``, ``"PHASE"``, ``"REAL"``, ``"IMAGINARY"`` or empty.
    """
    found = pictures_in(image_type)
    if found:
        return found[0]
    by_component = {"PHASE": Picture.PHASE, "REAL": Picture.REAL, "IMAGINARY": Picture.IMAGINARY}
    return by_component.get(component.upper(), Picture.MAGNITUDE)
