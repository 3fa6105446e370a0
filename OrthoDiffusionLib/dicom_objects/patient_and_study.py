"""Whose images these are and of which exam: what every object takes over from its source, as far as it is valid."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_REQUIRED = (
    "PatientName", "PatientID", "PatientBirthDate", "PatientSex",
    "StudyInstanceUID", "StudyDate", "StudyTime", "ReferringPhysicianName", "StudyID", "AccessionNumber",
)  # fmt: skip
"""Stand in every object, empty where the source does not say (type 2 of PS3.3, C.7.1.1 and C.7.2.1)."""

_OPTIONAL = (
    "IssuerOfPatientID", "PatientAge", "PatientSize", "PatientWeight", "StudyDescription",
    "PatientIdentityRemoved", "DeidentificationMethod",
)  # fmt: skip

_FORMS = {
    "PatientSex": r"[MFO]",
    "PatientAge": r"\d{3}[DWMY]",
    "PatientIdentityRemoved": r"YES|NO",
}

_FIRST_YEAR = 1000
"""Earlier ones are placeholders of software that removes names, such as 00010101; validators refuse them."""

UNKNOWN_DATE, UNKNOWN_TIME = "19000101", "000000"
"""For attributes that must have a value where the source names no valid one."""


def patient_and_study(header: Dataset) -> Dataset:
    """The attributes of patient and study of a source image.

    Text is taken over as it is, so that the object is filed with its source; what is empty stays empty. Dates, times
    and coded values that are not valid are left empty.
    """
    from pydicom.dataset import Dataset

    kept = Dataset()
    for keyword in _REQUIRED:
        setattr(kept, keyword, _valid(header, keyword))
    for keyword in _OPTIONAL:
        value = _valid(header, keyword)
        if value:
            setattr(kept, keyword, value)
    if kept.get("PatientIdentityRemoved") == "YES" and "DeidentificationMethod" not in kept:
        kept.DeidentificationMethod = "not stated by the source"  # one of two must be there (C.7.1.1)
    return kept


def lossy_compression(header: Dataset) -> Dataset:
    """That the pixels were compressed with loss, by how much and how, as far as it is validly said (C.7.6.1.1.5)."""
    from pydicom.dataset import Dataset

    kept = Dataset()
    said = _text(header, "LossyImageCompression")
    if said in ("00", "01"):
        kept.LossyImageCompression = said
    if said == "01":
        # One value for each compression. 10:1 and 3,5 occur as well, and are no ratios.
        for what, form in (("Ratio", r"\d{1,8}(\.\d{1,7})?"), ("Method", r"[A-Z0-9_ ]{1,16}")):
            values = _texts(header, f"LossyImageCompression{what}")
            if values and all(re.fullmatch(form, value) for value in values):
                setattr(kept, f"LossyImageCompression{what}", values)
    return kept


def moment_of(header: Dataset) -> tuple[str, str]:
    """Date and time that stand for the content of our objects: those of the series, else of the study.

    The time of the analysis would make each run's objects different ones. It stands in findings.json.
    """
    for name in ("Series", "Acquisition", "Study"):
        date = _date(_text(header, f"{name}Date"))
        if date:
            return date, _time(_text(header, f"{name}Time")) or UNKNOWN_TIME
    return UNKNOWN_DATE, UNKNOWN_TIME


def _text(header: Dataset, keyword: str) -> str:
    return next(iter(_texts(header, keyword)), "")


def _texts(header: Dataset, keyword: str) -> list[str]:
    """All values of an attribute; none where it is not there or cannot be decoded."""
    try:
        value = header.get(keyword)
    except Exception:  # elements are decoded on first use, and each kind fails in its own way
        return []
    if value is None:
        return []
    several = not isinstance(value, str) and hasattr(value, "__iter__") and not hasattr(value, "components")
    return [str(one).strip("\0 ") for one in (value if several else [value])]


def _valid(header: Dataset, keyword: str) -> str:
    text = _text(header, keyword)
    if keyword.endswith("Date"):
        return _date(text)
    if keyword.endswith("Time"):
        return _time(text)
    if keyword in ("PatientSize", "PatientWeight"):
        return text if re.fullmatch(r"\d{1,8}(\.\d{1,7})?", text) else ""
    if keyword in _FORMS and not re.fullmatch(_FORMS[keyword], text):
        return ""
    return text


def _date(text: str) -> str:
    digits = text.replace(".", "").replace("-", "")
    try:
        year = datetime.datetime.strptime(digits, "%Y%m%d").year
    except ValueError:
        return ""
    return digits if year >= _FIRST_YEAR and len(digits) == 8 else ""  # 2026.1.5 is read, and is none


def _time(text: str) -> str:
    plain = text.replace(":", "")
    form = re.fullmatch(r"([01]\d|2[0-3])([0-5]\d([0-5]\d(\.\d{1,6})?)?)?", plain)
    return plain if form else ""
