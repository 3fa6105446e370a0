"""The text headers of NRRD and MetaImage files, looked at before ITK reads the voxels.

ITK fills in 1 mm and upright axes where they say nothing, and its MetaImage library prints to the console by
itself when voxels are missing.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from OrthoDiffusionLib.errors import Notice, VolumeFileError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.files.header_place import HeaderPlace, no_position, numbers_in
from OrthoDiffusionLib.volumes.files.nifti_orientation import no_orientation
from OrthoDiffusionLib.volumes.files.nrrd_header import GZIP, check_axes, check_encoding, raw_size, read_place
from OrthoDiffusionLib.volumes.files.voxel_files import check_size, data_files, unpacked
from OrthoDiffusionLib.volumes.files.voxel_size import millimetres, no_spacing
from OrthoDiffusionLib.volumes.geometry import OPPOSITE, Geometry

_LONGEST_HEADER = 65536
_DATA_KEY = b"ElementDataFile"
_NRRD_MAGIC = b"NRRD"
_NRRD_DATA_KEY = re.compile(rb"^data ?file:[^\n]*\n", re.IGNORECASE | re.MULTILINE)
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_SIGN = re.compile(r"[:=]")
_METAIMAGE_BYTES = {
    "met_char": 1, "met_uchar": 1, "met_short": 2, "met_ushort": 2, "met_int": 4, "met_uint": 4,
    "met_long_long": 8, "met_ulong_long": 8, "met_float": 4, "met_double": 8,
}  # fmt: skip
_METAIMAGE_KEYS = (
    *("ObjectType", "NDims", "BinaryData", "BinaryDataByteOrderMSB", "ElementByteOrderMSB", "CompressedData"),
    *("CompressedDataSize", "TransformMatrix", "Orientation", "Rotation", "Offset", "Position", "Origin"),
    *("CenterOfRotation", "AnatomicalOrientation", "ElementSpacing", "ElementSize", "DimSize", "HeaderSize"),
    *("ElementNumberOfChannels", "ElementType", "DistanceUnits"),
)
_UNIT_LENGTH = 0.01  # by which the length of an axis in a matrix may be off 1; ours, above what rounding does
_METAIMAGE_COUNTS = ("ndims", "elementnumberofchannels")
_METAIMAGE_NUMBERS = (
    *("transformmatrix", "orientation", "rotation", "offset", "position", "origin", "centerofrotation"),
    *("elementspacing", "elementsize"),
)


@dataclass(frozen=True)
class Unpacked:
    """Compressed voxels that were unpacked to see whether they are whole.

    Attributes:
        content: all of them, the first axis changing fastest.
        order: of their bytes, ``"<"`` or ``">"``.
    """

    content: bytearray
    order: Literal["<", ">"]


def check_voxels(path: Path) -> Unpacked | None:
    """Make sure that the voxels a header speaks of are there. A foreign file passes; ITK refuses it.

    Args:
        path: ``.nrrd``, ``.nhdr``, ``.mha`` or ``.mhd``.

    Returns:
        The voxels, if they had to be unpacked for that; else None.

    Raises:
        VolumeFileError: if the voxels are missing, end too early, or are stored in a way that ITK cannot read or
            that is no 3D image.
    """
    head = _head(path)
    return _check_nrrd_voxels(head, path) if _is_nrrd(path) else _check_metaimage_voxels(head, path)


def _check_nrrd_voxels(head: bytes, path: Path) -> Unpacked | None:
    keys = _fields(head)
    if head.startswith(_NRRD_MAGIC):
        check_encoding(keys, path)
        check_axes(keys, path)
    files = data_files(path, keys.get("data file") or keys.get("datafile"), _after(head, _NRRD_DATA_KEY))
    end, encoding = _HEADER_END.search(head), keys.get("encoding", "raw").lower()
    places = [(file, 0) for file in files] or ([(path, end.end())] if end is not None else [])
    skips = _int_of(keys, "line skip", "lineskip"), _int_of(keys, "byte skip", "byteskip")
    if encoding == "raw" and len(places) == 1 and not any(skips):
        check_size(path, places[0][0], start=places[0][1], size=raw_size(keys))
    if encoding not in GZIP or skips[0]:
        return None
    size = raw_size(keys) if len(places) == 1 and not skips[1] else 0
    contents = [unpacked(path, file, start=start, size=size) for file, start in places]
    return _kept(contents[0] if contents else None, keys.get("endian", ""))


_ORDERS: dict[str, Literal["<", ">"]] = {"little": "<", "false": "<", "big": ">", "true": ">"}
"""What NRRD says of the order of bytes, and what MetaImage says of the most significant one being first."""


def _kept(content: bytearray | None, said: str) -> Unpacked | None:
    order = _ORDERS.get(said.strip().lower())
    return None if content is None or order is None else Unpacked(content, order)


def _check_metaimage_voxels(head: bytes, path: Path) -> Unpacked | None:
    # The name of the data ends the header; after LOCAL the voxels follow at once.
    before, _, rest = head.partition(_DATA_KEY)
    line, _, following = rest.partition(b"\n")
    keys = _fields(before)
    _check_metaimage_names(before, path)
    _check_metaimage_numbers(keys, path)
    named = line.strip(b" =\r\t").decode("utf-8", "replace")
    is_local = named.upper() == "LOCAL"
    files = data_files(path, named, following.decode("utf-8", "replace"))
    if len(files) != 1 and not is_local:
        return None  # none is named, or each slice has a file of its own
    start, file = (len(head) - len(following), path) if is_local else (0, files[0])
    size, is_compressed = _metaimage_size(keys), keys.get("compresseddata", "").lower() == "true"
    stored = _int_of(keys, "compresseddatasize") if is_compressed else size
    if file.stat().st_size - start < stored:
        raise VolumeFileError(Message("file", "ends_early"), where=str(path))
    if _int_of(keys, "headersize"):
        return None
    if not is_compressed:
        check_size(path, file, start=start, size=size)
        return None
    if is_local and stored <= 0:  # ITK believes that there are none
        raise _damaged_field("compresseddatasize", keys.get("compresseddatasize", ""), path)
    content = unpacked(path, file, start=start, length=stored if stored > 0 else None, size=size, least=size)
    orders = {keys[key].lower() for key in ("binarydatabyteordermsb", "elementbyteordermsb") if key in keys}
    return _kept(content, orders.pop() if len(orders) == 1 else "")


def header_place(path: Path) -> HeaderPlace:
    """Ask a header for the place of its voxels.

    Raises:
        VolumeFileError: if it states no spacing, or an impossible one.
        GeometryError: if the axes do not span three dimensions.
    """
    keys = _fields(_head(path))
    return read_place(keys, path) if _is_nrrd(path) else _metaimage_place(keys, path)


def _metaimage_place(keys: dict[str, str], path: Path) -> HeaderPlace:
    text = _first(keys, "elementspacing", "elementsize")
    if text is None:
        raise no_spacing(path)
    spacing = np.abs(numbers_in(text)[:3])
    if len(spacing) < 3 or not np.isfinite(spacing).all() or spacing.min() <= 0:
        raise no_spacing(path)
    scale, noticed = millimetres(spacing, keys.get("distanceunits", ""), path)
    matrix = _first(keys, "transformmatrix", "orientation", "rotation")
    if matrix is None:
        return HeaderPlace(None, scale, (*noticed, no_orientation(path)))
    notices = [*noticed, *_contradiction(keys.get("anatomicalorientation", ""), numbers_in(matrix), path)]
    if _first(keys, "offset", "position", "origin") is None:
        notices.append(no_position(path))
    return HeaderPlace(None, scale, tuple(notices))


def _contradiction(letters: str, matrix: list[float], path: Path) -> tuple[Notice, ...]:
    """AnatomicalOrientation names the axes once more; ITK reads the matrix alone, and most writers are careless."""
    letters = letters.strip().upper()
    if len(matrix) != 9 or {OPPOSITE.get(letter) for letter in letters} & {None} or len(letters) != 3:
        return ()
    affine = np.eye(4)
    affine[:3, :3] = np.diag((-1.0, -1.0, 1.0)) @ np.reshape(matrix, (3, 3)).T
    towards = Geometry((1, 1, 1), affine).axis_codes
    # The letters say where an axis comes from in ITK ("RAI" for an upright one), where it goes to elsewhere.
    if letters in (towards, "".join(OPPOSITE[letter] for letter in towards)):
        return ()
    return (Notice("orientation_disagrees", where=path.name, values={"letters": letters}),)


def _first(keys: dict[str, str], *names: str) -> str | None:
    return next((keys[name] for name in names if name in keys), None)


def _is_nrrd(path: Path) -> bool:
    return path.name.lower().endswith((".nrrd", ".nhdr"))


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_LONGEST_HEADER)


def _fields(head: bytes) -> dict[str, str]:
    """Key in lower case -> value: ``key: value`` in NRRD, without comments and pairs; ``key = value`` in MetaImage."""
    text = head.replace(b"\r\n", b"\n").split(b"\n\n")[0].split(_DATA_KEY)[0].decode("utf-8", "replace")
    lines = (line for line in text.splitlines() if ":=" not in line and not line.startswith("#"))
    pairs = (_SIGN.split(line, maxsplit=1) for line in lines if _SIGN.search(line))
    return {key.strip().lower(): value.strip() for key, value in pairs}


def _after(head: bytes, key: re.Pattern[bytes]) -> str:
    """The lines that follow the one that begins with a key."""
    found = key.search(head)
    return head[found.end() :].decode("utf-8", "replace") if found else ""


def _int_of(keys: dict[str, str], *names: str) -> int:
    """The whole number of a field; 0 where there is none."""
    try:
        return int(_first(keys, *names) or 0)
    except ValueError:
        return 0


def _check_metaimage_names(head: bytes, path: Path) -> None:
    """Refuse a field whose name differs in its capitals: ITK passes it over, and takes 1 mm instead."""
    known = {key.lower(): key for key in _METAIMAGE_KEYS}
    for line in head.decode("utf-8", "replace").splitlines():
        name, _, value = (part.strip() for part in line.partition("="))
        if known.get(name.lower(), name) != name:
            raise _damaged_field(name, value, path)


def _damaged_field(field: str, value: str, path: Path) -> VolumeFileError:
    return VolumeFileError(
        Message("file", "header_damaged", {"field": field, "value": value[:40] or "–"}), where=str(path)
    )


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
    matrix = next((key for key in ("transformmatrix", "orientation", "rotation") if key in keys), "")
    if matrix and not wrong and not _has_unit_axes(numbers_in(keys[matrix])):
        wrong.append(matrix)
    if wrong:
        raise _damaged_field(wrong[0], keys[wrong[0]], path)


def _has_unit_axes(matrix: list[float]) -> bool:
    """Whether the axes of a matrix of three have length 1; other lengths would change the spacing in silence."""
    if len(matrix) != 9:
        return True  # of another number of axes; ITK says what is wrong with it
    products = np.reshape(matrix, (3, 3)) @ np.reshape(matrix, (3, 3)).T
    is_sheared = np.abs(products - np.diag(np.diag(products))).max() > _UNIT_LENGTH  # refused later, in its own words
    return is_sheared or bool((np.abs(np.sqrt(np.diag(products)) - 1.0) <= _UNIT_LENGTH).all())


def _metaimage_size(keys: dict[str, str]) -> int:
    """Bytes of all voxels, unpacked; 0 where that is not known."""
    if keys.get("binarydata", "true").lower() != "true":
        return 0
    try:
        voxels = math.prod(int(size) for size in keys["dimsize"].split())
        bytes_each = _METAIMAGE_BYTES.get(keys.get("elementtype", "").lower(), 0)
        return voxels * bytes_each * int(keys.get("elementnumberofchannels", 1))
    except (KeyError, ValueError):
        return 0
