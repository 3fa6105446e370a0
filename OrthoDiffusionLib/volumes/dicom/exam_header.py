"""What a DICOM file's header says of the exam that it belongs to, without its place and its pixels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.volumes.dicom.element_text import text_of
from OrthoDiffusionLib.volumes.dicom.kinds import CAPTURE, DIRECTORY_CLASS, modality_of, not_an_image
from OrthoDiffusionLib.volumes.dicom.laterality import EXAM_KEYWORDS, coded_side, exam_description, tagged_sides
from OrthoDiffusionLib.volumes.dicom.person_name import name_words, names_person
from OrthoDiffusionLib.volumes.dicom.quiet import quiet_pydicom
from OrthoDiffusionLib.volumes.dicom.slices import import_pydicom, looks_like_dicom
from OrthoDiffusionLib.volumes.origin import patient_digest

_TAGS = (
    "SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "PatientID", "PatientName", "StudyDate",
    "AcquisitionDate", "SeriesDate", "Modality", "BodyPartExamined", "Laterality", "ImageLaterality", "Rows",
    "SeriesDescription", "ProtocolName", "AnatomicRegionSequence", *EXAM_KEYWORDS,
)  # fmt: skip


@dataclass(frozen=True)
class ExamHeader:
    """Which patient, exam and series a file belongs to; compared and used for order, never shown.

    Attributes:
        path: the file.
        patient: digest of who it is; patient_id: as the header has it, for order alone.
        name_words: parts of the patient's name; empty where the name only repeats the ID.
        study, series, sop: UIDs, empty if not stated.
        date: of the exam, YYYYMMDD, empty if not stated.
        shows: ``"MR"``, ``"capture"``, another modality's code, or ``""`` if it is not stated.
        is_image: whether volumes may be built from files of its kind.
        side: as tags state it; None where they contradict each other.
        body_part: capitals; words: descriptions of series, protocol and study.
    """

    path: Path
    patient: str
    patient_id: str
    name_words: frozenset[str]
    study: str
    series: str
    sop: str
    date: str
    shows: str
    is_image: bool
    side: Side | None
    body_part: str
    words: tuple[str, ...]

    def names_patient(self, text: str) -> bool:
        """Whether a part of the patient's name stands in a text."""
        return names_person(self.name_words, text)


def exam_headers(
    files: Iterable[Path], *, check_cancelled: Callable[[], None] | None = None
) -> Iterator[tuple[Path, ExamHeader | None]]:
    """The header of each file that looks like DICOM, in order; None for one that cannot be read.

    Args:
        files: those that do not look like DICOM, and lists of files (DICOMDIR), are left out.
        check_cancelled: called now and then; may raise to stop.

    Raises:
        DicomError: if pydicom is missing and one of the files needs it.
    """
    for number, path in enumerate(files):
        if check_cancelled is not None and number % 50 == 0:
            check_cancelled()
        if not looks_like_dicom(path):
            continue
        import_pydicom()
        header, is_damaged = None, False
        with quiet_pydicom():  # no longer than this: who takes the headers may stop in between
            try:
                header = _header(path)
            except Exception:  # pydicom raises a dozen kinds for damaged files; all mean the same
                is_damaged = True
        if header is not None or is_damaged:
            yield path, header


def _header(path: Path) -> ExamHeader | None:
    """None for a list of files.

    Raises:
        Exception: of many kinds, if the file is damaged.
    """
    pydicom = import_pydicom()
    dataset = pydicom.dcmread(path, stop_before_pixels=True, force=True, specific_tags=list(_TAGS))
    sop_class = str(dataset.get("SOPClassUID") or dataset.file_meta.get("MediaStorageSOPClassUID") or "")
    if sop_class == DIRECTORY_CLASS:
        return None
    if "Rows" not in dataset and not sop_class:
        raise ValueError("no DICOM elements")

    def text(keyword: str) -> str:
        return text_of(dataset.get(keyword))

    modality = text("Modality").upper()
    shows = modality_of(sop_class, modality)
    sides = tagged_sides((dataset.get("ImageLaterality"), dataset.get("Laterality"), coded_side(dataset)))
    dates = (re.sub(r"\D", "", text(keyword))[:8] for keyword in ("StudyDate", "SeriesDate", "AcquisitionDate"))
    return ExamHeader(
        path=path,
        patient=patient_digest(dataset.get("PatientID"), dataset.get("PatientName")),
        patient_id=text("PatientID"),
        name_words=name_words(text("PatientName"), text("PatientID")),
        study=text("StudyInstanceUID"),
        series=text("SeriesInstanceUID"),
        sop=text("SOPInstanceUID"),
        date=next((date for date in dates if date), ""),
        shows=shows,
        is_image="Rows" in dataset and shows != CAPTURE and not_an_image(sop_class, modality) is None,
        side=next(iter(sides)) if len(sides) == 1 else None,
        body_part=text("BodyPartExamined").upper(),
        words=tuple(filter(None, (text("SeriesDescription"), text("ProtocolName"), exam_description(dataset)))),
    )
