"""Identifiers that follow from what they identify, so that the same input gives the same bytes."""

from __future__ import annotations

import hashlib
import re
import uuid
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

NOT_YET = "2.25.2" + 38 * "0"
"""Stands for an instance's own identifier until all the rest of it is known; of the length of any of `uid_from`."""

_WHEN_IT_WAS_MADE = (
    "InstanceCreationDate", "InstanceCreationTime", "DateOfSecondaryCapture", "TimeOfSecondaryCapture",
)  # fmt: skip


def uid_from(*words: str | bytes) -> str:
    """A UID below 2.25 (PS3.5, B.2), made from words: the same words give the same UID.

    It is the number of a UUID of version 8 (RFC 9562, 5.8), that is, of bits of the words' SHA-256. The highest bit is
    set, so that each has 39 digits.
    """
    digest = hashlib.sha256()
    for word in words:
        data = word.encode() if isinstance(word, str) else word
        digest.update(len(data).to_bytes(8, "big") + data)
    bits = bytearray(digest.digest()[:16])
    bits[0] |= 0x80
    bits[6] = (bits[6] & 0x0F) | 0x80
    bits[8] = (bits[8] & 0x3F) | 0x80
    return f"2.25.{uuid.UUID(bytes=bytes(bits)).int}"


def can_be_named(uid: str) -> bool:
    """Whether an object may refer to this identifier of its source.

    Zeros in front of a part, as old scanners wrote them, are wrong (PS3.5, 9.1) but name the source in every archive.
    Letters, or more than 64 characters, make an object that others refuse.
    """
    return len(uid) <= 64 and re.fullmatch(r"\d+(\.\d+)+", uid) is not None


def is_valid_uid(uid: str) -> bool:
    """Whether an identifier is as the standard wants it (PS3.5, 9.1)."""
    return can_be_named(uid) and re.fullmatch(r"[0-2](\.(0|[1-9]\d*))+", uid) is not None


def frame_of_reference_from(stated: str, series: str) -> str:
    """The Frame of Reference UID that objects name: the source's if it is valid, else one of ours.

    Args:
        stated: by the source; series with the same invalid text share a frame all the same.
        series: Series Instance UID, for a source that states none: nothing else is known to share its space.
    """
    if is_valid_uid(stated):
        return stated
    return uid_from("frame of reference", stated or series)


def named_by_content(dataset: Dataset) -> bytes:
    """Give an object the SOP Instance UID that follows from everything else in it.

    So two objects have one identifier exactly if they are the same, whichever computer made them and whenever. An
    archive that gets an analysis twice keeps one; of an analysis whose numbers changed it keeps both.

    Args:
        dataset: whose identifier is `NOT_YET`; it gets the new one.

    Returns:
        The content of its file. An object is encoded once: that takes half of all the time.
    """
    from pydicom.uid import UID

    _leave_out_the_time(dataset)
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    content = stream.getvalue()
    uid = uid_from("instance", content)
    if content.count(NOT_YET.encode()) != 2:
        raise ValueError("an object must hold its own identifier twice, in the header of the file and in the data set")
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = UID(uid)
    return content.replace(NOT_YET.encode(), uid.encode())


def _leave_out_the_time(dataset: Dataset) -> None:
    """highdicom states when the object was made. All of that is optional, and no run would repeat it."""
    for keyword in _WHEN_IT_WAS_MADE:
        if keyword in dataset:
            delattr(dataset, keyword)
    for equipment in dataset.get("ContributingEquipmentSequence", ()):
        if "ContributionDateTime" in equipment:
            del equipment.ContributionDateTime
