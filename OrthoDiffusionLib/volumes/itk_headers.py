"""The text headers of NRRD and MetaImage files, looked at before ITK reads the voxels.

ITK fills in 1 mm and upright axes where they say nothing, and its MetaImage library prints to the console by
itself when voxels are missing.
"""

from __future__ import annotations

import math
import os
import re
from pathlib import Path

from ..errors import Notice, VolumeFileError
from .nifti import no_orientation, no_spacing

_LONGEST_HEADER = 65536
_DATA_KEY = b"ElementDataFile"
_SIGN = re.compile(r"[:=]")
_METAIMAGE_BYTES = {
    "met_char": 1, "met_uchar": 1, "met_short": 2, "met_ushort": 2, "met_int": 4, "met_uint": 4,
    "met_long_long": 8, "met_ulong_long": 8, "met_float": 4, "met_double": 8,
}  # fmt: skip
_METAIMAGE_COUNTS = ("ndims", "elementnumberofchannels")
_METAIMAGE_NUMBERS = (
    *("transformmatrix", "orientation", "rotation", "offset", "position", "origin", "centerofrotation"),
    *("elementspacing", "elementsize"),
)


def check_voxels(path: Path) -> None:
    """Make sure that the voxels a header speaks of are there. A foreign file passes; ITK refuses it.

    Args:
        path: ``.nrrd``, ``.nhdr``, ``.mha`` or ``.mhd``.

    Raises:
        VolumeFileError: if the voxels are missing or end too early.
    """
    head = _head(path)
    if _is_nrrd(path):
        keys = _fields(head)
        _data_file(path, keys.get("data file") or keys.get("datafile"))
        return
    # The name of the data ends the header; after LOCAL the voxels follow at once.
    before, _, rest = head.partition(_DATA_KEY)
    line, _, voxels = rest.partition(b"\n")
    _check_metaimage_numbers(_fields(before), path)
    named = line.strip(b" =\r\t").decode("utf-8", "replace")
    if named.upper() == "LOCAL":
        available = path.stat().st_size - (len(head) - len(voxels))
    else:
        data = _data_file(path, named)
        if data is None:
            return
        available = data.stat().st_size
    if available < _metaimage_size(_fields(before)):
        raise VolumeFileError(
            "The file ends too early or is damaged", where=str(path), remedy="Copy or export it again."
        )


def header_notices(path: Path) -> tuple[Notice, ...]:
    """Ask a header for its spacing and orientation.

    Returns:
        ``no_orientation`` if the file does not say how it lies in the patient.

    Raises:
        VolumeFileError: if it tells no spacing.
    """
    keys = _fields(_head(path))
    if _is_nrrd(path):
        has_spacing = keys.keys() & {"space directions", "spacings"}
        has_orientation = "space directions" in keys and keys.keys() & {"space", "space dimension"}
    else:
        has_spacing = keys.keys() & {"elementspacing", "elementsize"}
        has_orientation = keys.keys() & {"transformmatrix", "orientation", "rotation"}
    if not has_spacing:
        raise no_spacing(path)
    return () if has_orientation else (no_orientation(path),)


def _is_nrrd(path: Path) -> bool:
    return path.name.lower().endswith((".nrrd", ".nhdr"))


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_LONGEST_HEADER)


def _fields(head: bytes) -> dict[str, str]:
    """Key in lower case -> value; ``key: value`` in NRRD, ``key = value`` in MetaImage."""
    text = head.replace(b"\r\n", b"\n").split(b"\n\n")[0].split(_DATA_KEY)[0].decode("utf-8", "replace")
    pairs = (_SIGN.split(line, maxsplit=1) for line in text.splitlines() if _SIGN.search(line))
    return {key.strip().lower(): value.strip() for key, value in pairs}


def _data_file(path: Path, named: str | None) -> Path | None:
    """The one file beside the header that holds the voxels; None if the header names none, or several."""
    if not named or named.upper().startswith("LIST") or "%" in named:
        return None
    data = path.parent / named
    if not os.path.isfile(data):  # False, not an error, for a name that no file can have
        raise VolumeFileError(
            f"The file {Path(named).name}, which holds the voxels, is missing",
            where=str(path),
            remedy="Keep both files in the same folder, under the names they were given.",
        )
    return data


def _check_metaimage_numbers(keys: dict[str, str], path: Path) -> None:
    """Refuse numbers that ITK's MetaImage library believes: a wrong NDims ends the process inside it."""
    wrong = [key for key in _METAIMAGE_COUNTS if key in keys and keys[key] not in map(str, range(1, 11))]
    for key in _METAIMAGE_NUMBERS:
        try:
            numbers = [float(word) for word in keys.get(key, "").split()]
        except ValueError:
            numbers = [math.nan]
        if not all(math.isfinite(number) for number in numbers):
            wrong.append(key)
    if wrong:
        raise VolumeFileError(
            f"The header is damaged: {wrong[0]} is {keys[wrong[0]][:40] or 'empty'}",
            where=str(path),
            remedy="Copy or export it again.",
        )


def _metaimage_size(keys: dict[str, str]) -> int:
    """Bytes the voxels take in the file; 0 where that cannot be told."""
    if keys.get("binarydata", "true").lower() != "true":
        return 0
    try:
        if keys.get("compresseddata", "").lower() == "true":
            return int(keys.get("compresseddatasize", 0))
        voxels = math.prod(int(size) for size in keys["dimsize"].split())
        bytes_each = _METAIMAGE_BYTES.get(keys.get("elementtype", "").lower(), 0)
        return voxels * bytes_each * int(keys.get("elementnumberofchannels", 1))
    except (KeyError, ValueError):
        return 0
