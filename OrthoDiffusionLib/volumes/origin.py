"""Origin: what a file's header says of where a volume comes from, for telling volumes apart; never shown."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Origin:
    """Which patient, study, series and frame of reference a volume belongs to. Empty where the file does not say.

    UIDs and the patient's key are compared and handed on to DICOM objects; they are no text for users or logs.

    Attributes:
        patient: a digest of the patient's ID and name, so that two patients are distinguished without naming either.
        study: Study Instance UID.
        series: Series Instance UID.
        frame_of_reference: Frame of Reference UID: volumes that share it share one space.
        series_number: Series Number.
        image_type: every value of Image Type, upper case, e.g. ``("DERIVED", "PRIMARY", "M", "W")``.
        acquired: date and time of acquisition as ``YYYYMMDDhhmmss``, as far as known; for order only.
    """

    patient: str = ""
    study: str = ""
    series: str = ""
    frame_of_reference: str = ""
    series_number: int | None = None
    image_type: tuple[str, ...] = ()
    acquired: str = ""


@dataclass(frozen=True)
class SourceImage:
    """The DICOM image that a slice was read from, kept so that DICOM objects can refer to it.

    Attributes:
        path: of its file; the header is read again when it is needed, which costs less than to keep it.
        uid: SOP Instance UID; empty if the file states none.
        frame: index of the frame of an enhanced image, 0 for a classic one.
    """

    path: Path
    uid: str
    frame: int = 0


def patient_digest(patient_id: object, patient_name: object) -> str:
    """A key that distinguishes patients and names none; "" if the header names none."""
    words = [re.sub(r"[\W_]+", " ", str(text or "")).strip().casefold() for text in (patient_id, patient_name)]
    return hashlib.sha256("|".join(words).encode()).hexdigest()[:16] if any(words) else ""
