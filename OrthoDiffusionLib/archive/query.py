"""What is asked of an archive, and what it answers: studies and series, matched again on our side."""

from __future__ import annotations

import datetime
import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from OrthoDiffusionLib.errors import ArchiveError
from OrthoDiffusionLib.messages import Message

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_UID = re.compile(r"[0-9]+(\.[0-9]+)+")
_LONGEST_UID = 64  # PS3.5, 9.1

STUDY_KEYS = (
    *("StudyInstanceUID", "PatientID", "AccessionNumber", "StudyDate", "StudyTime", "StudyDescription"),
    *("ModalitiesInStudy", "NumberOfStudyRelatedSeries", "NumberOfStudyRelatedInstances"),
)
SERIES_KEYS = (
    *("StudyInstanceUID", "SeriesInstanceUID", "SeriesNumber", "SeriesDescription", "Modality"),
    *("BodyPartExamined", "NumberOfSeriesRelatedInstances"),
)


def is_uid(text: str) -> bool:
    """Whether a text is a UID and nothing that a path or an address could be made of: digits and dots.

    Zeros at the head of a part are against the standard and common; they do no harm here.
    """
    return len(text) <= _LONGEST_UID and _UID.fullmatch(text) is not None


def check_uid(text: str) -> str:
    """A UID that a user gives.

    Raises:
        ArchiveError: if it is none.
    """
    if not is_uid(text):
        raise ArchiveError(Message("archive", "no_uid"), where=text)
    return text


@dataclass(frozen=True)
class DateRange:
    """Days from `first` to `last`, both included, as YYYYMMDD; empty where open."""

    first: str = ""
    last: str = ""

    @classmethod
    def parse(cls, text: str) -> DateRange:
        """``20260131``, ``20260101-20260131``, ``20260101-`` or ``-20260131``; ``2026-01-31`` for a day as well,
        with ``..`` between two such.

        Raises:
            ArchiveError: if it is none of these, or the first day comes after the last.
        """
        plain = re.sub(r"(\d{4})-(\d\d)-(\d\d)", r"\1\2\3", text.strip()).replace("..", "-")
        first, dash, last = plain.partition("-")
        days = cls(first, last if dash else first)
        if not (first or last) or any(day and not _is_day(day) for day in (first, last)):
            raise ArchiveError(Message("archive", "no_date"), where=text)
        if days.first and days.last and days.first > days.last:
            raise ArchiveError(Message("archive", "dates_turned_round"), where=text)
        return days

    @property
    def as_dicom(self) -> str:
        """As a key of a query, PS3.4, C.2.2.2.5."""
        return self.first if self.first == self.last else f"{self.first}-{self.last}"

    def holds(self, day: str) -> bool:
        """Whether a day lies in it; dates of old files have dots."""
        day = day.replace(".", "")[:8]
        return bool(day) and (not self.first or self.first <= day) and (not self.last or day <= self.last)


def _is_day(text: str) -> bool:
    try:
        return bool(datetime.datetime.strptime(text, "%Y%m%d")) and len(text) == 8
    except ValueError:
        return False


@dataclass(frozen=True)
class StudyQuery:
    """Which studies are wanted; what is empty is not asked for.

    Attributes:
        patient_id, accession_number: exactly, or with ``*`` and ``?``.
        dates: of the study.
        description: of the study; without ``*`` and ``?`` it is looked for anywhere in it.
        modality: the study holds a series of it.
        study_uid: Study Instance UID.
    """

    patient_id: str = ""
    accession_number: str = ""
    dates: DateRange | None = None
    description: str = ""
    modality: str = ""
    study_uid: str = ""

    def __post_init__(self) -> None:
        if self.study_uid:
            check_uid(self.study_uid)
        for text in (self.patient_id, self.accession_number, self.description, self.modality):
            if "\\" in text or any(ord(sign) < 32 for sign in text):
                raise ArchiveError(Message("archive", "no_key"), where=text)

    @property
    def ways_to_ask(self) -> list[dict[str, str]]:
        """Keyword -> value, for the archive; a query each, whose answers together are wanted.

        Archives match descriptions with regard to capitals (PS3.4, C.2.2.2.4), people write them in several ways.
        """
        text = _anywhere(self.description)
        return [self._keys(way) for way in dict.fromkeys((text, text.lower(), text.upper(), text.title()))]

    def _keys(self, description: str) -> dict[str, str]:
        keys = {
            "StudyInstanceUID": self.study_uid,
            "PatientID": self.patient_id,
            "AccessionNumber": self.accession_number,
            "StudyDate": self.dates.as_dicom if self.dates else "",
            "StudyDescription": description,
            "ModalitiesInStudy": self.modality.upper(),
        }
        return {name: value for name, value in keys.items() if value}

    def fits(self, study: StudyRecord) -> bool:
        """Whether an answer is one that was asked for.

        An archive may leave out keys that it does not support, and then answers with more than was asked
        (PS3.4, C.2.2.1.1). Modalities that an answer does not state cannot exclude it; a number, a description or a
        day that was asked for and is not stated does.
        """
        pairs = (
            (self.study_uid, study.study_uid),
            (self.patient_id, study.patient_id),
            (self.accession_number, study.accession_number),
            (_anywhere(self.description), study.description),
        )
        if not all(_alike(value, wanted) for wanted, value in pairs):
            return False
        if self.modality and study.modalities and self.modality.upper() not in study.modalities:
            return False
        return self.dates is None or self.dates.holds(study.date)


def _anywhere(text: str) -> str:
    return text if not text or "*" in text or "?" in text else f"*{text}*"


def _alike(value: str, wanted: str) -> bool:
    if not wanted:
        return True
    pattern = wanted.replace("[", "[[]")  # no wildcard in DICOM
    return fnmatch.fnmatchcase(value.casefold(), pattern.casefold())


@dataclass(frozen=True)
class StudyRecord:
    """A study as the archive describes it; the patient's name is not asked for.

    Attributes:
        study_uid: Study Instance UID.
        patient_id, accession_number, date, time, description: as the archive says.
        modalities: codes.
        series, instances: how many; None where the archive does not say.
    """

    study_uid: str
    patient_id: str = ""
    accession_number: str = ""
    date: str = ""
    time: str = ""
    description: str = ""
    modalities: tuple[str, ...] = ()
    series: int | None = None
    instances: int | None = None

    @classmethod
    def of(cls, answer: Dataset) -> StudyRecord:
        return cls(
            study_uid=_text(answer, "StudyInstanceUID"),
            patient_id=_text(answer, "PatientID"),
            accession_number=_text(answer, "AccessionNumber"),
            date=_text(answer, "StudyDate"),
            time=_text(answer, "StudyTime"),
            description=_text(answer, "StudyDescription"),
            modalities=_texts(answer, "ModalitiesInStudy"),
            series=_count(answer, "NumberOfStudyRelatedSeries"),
            instances=_count(answer, "NumberOfStudyRelatedInstances"),
        )

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class SeriesRecord:
    """A series as the archive describes it; attributes as in `StudyRecord`."""

    study_uid: str
    series_uid: str
    number: str = ""
    description: str = ""
    modality: str = ""
    body_part: str = ""
    instances: int | None = None

    @classmethod
    def of(cls, answer: Dataset, study_uid: str) -> SeriesRecord:
        return cls(
            study_uid=study_uid,
            series_uid=_text(answer, "SeriesInstanceUID"),
            number=_text(answer, "SeriesNumber"),
            description=_text(answer, "SeriesDescription"),
            modality=_text(answer, "Modality").upper(),
            body_part=_text(answer, "BodyPartExamined"),
            instances=_count(answer, "NumberOfSeriesRelatedInstances"),
        )

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Found:
    """Answers of a query.

    Attributes:
        studies: in the order of their dates.
        cut_off: whether there are more than were asked for at most.
    """

    studies: Sequence[StudyRecord] = field(default_factory=tuple)
    cut_off: bool = False


def found(answers: Sequence[StudyRecord], query: StudyQuery, limit: int) -> Found:
    """The answers that fit, each study once, at most `limit`."""
    by_uid = {study.study_uid: study for study in answers if is_uid(study.study_uid) and query.fits(study)}
    studies = sorted(by_uid.values(), key=lambda study: (study.date, study.time, study.study_uid))
    return Found(tuple(studies[:limit]), cut_off=len(studies) > limit)


def series_in(answers: Iterable[Dataset], study_uid: str) -> list[SeriesRecord]:
    """Answers at the level of series as records, each series once.

    What has no UID, and what an archive adds of other studies, is left out.
    """
    own = (answer for answer in answers if _text(answer, "StudyInstanceUID") in ("", study_uid))
    records = {one.series_uid: one for one in (SeriesRecord.of(answer, study_uid) for answer in own)}
    return [one for one in records.values() if is_uid(one.series_uid)]


def instances_in(answers: Iterable[Dataset]) -> list[str]:
    """The SOP Instance UIDs of answers at the level of instances, each once."""
    return [uid for uid in dict.fromkeys(_text(answer, "SOPInstanceUID") for answer in answers) if is_uid(uid)]


def _text(answer: Dataset, keyword: str) -> str:
    value = answer.get(keyword)
    return "" if value is None else str(value).strip().strip("\0")


def _texts(answer: Dataset, keyword: str) -> tuple[str, ...]:
    value = answer.get(keyword)
    if value is None or value == "":
        return ()
    return tuple(str(one).strip() for one in ([value] if isinstance(value, str) else value))


def _count(answer: Dataset, keyword: str) -> int | None:
    try:
        return int(str(answer.get(keyword)))
    except ValueError:
        return None
