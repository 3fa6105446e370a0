"""NRRD headers, read before ITK reads the voxels: which space they speak of, and in which unit.

ITK takes a space that names no patient axes for LPS, and one with a time axis too, whatever it names; it knows no
units and evens out axes that are not perpendicular. The fields are those of the NRRD format's definition (teem).
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.errors import Notice, VolumeFileError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.files.header_place import HeaderPlace, no_position, numbers_in
from OrthoDiffusionLib.volumes.files.nifti import check_image_kind
from OrthoDiffusionLib.volumes.files.nifti_orientation import no_orientation
from OrthoDiffusionLib.volumes.files.voxel_size import millimetres, no_spacing
from OrthoDiffusionLib.volumes.geometry import Geometry
from OrthoDiffusionLib.volumes.plane import plane_across

_TO_RAS = {
    "right-anterior-superior": (1, 1, 1), "ras": (1, 1, 1),
    "left-anterior-superior": (-1, 1, 1), "las": (-1, 1, 1),
    "left-posterior-superior": (-1, -1, 1), "lps": (-1, -1, 1),
}  # fmt: skip
_TIME = ("-time", "t")
GZIP = ("gz", "gzip")
_ENCODINGS = ("raw", "txt", "text", "ascii", "hex", *GZIP)
_BYTES = {
    "char": 1, "int8": 1, "short": 2, "int16": 2, "int": 4, "int32": 4, "float": 4,
    "longlong": 8, "long long": 8, "int64": 8, "double": 8,
}  # fmt: skip
_BZIP2 = ("bz2", "bzip2")
_UNITS = {"mm": "mm", "millimeter": "mm", "millimetre": "mm", "cm": "cm", "m": "m", "um": "um", "µm": "um"}
_OVER_TIME = ("time", "list", "point", "none", "???", "")


def check_encoding(keys: dict[str, str], path: Path) -> None:
    """Refuse voxels that are stored in a way ITK cannot read.

    Raises:
        VolumeFileError: naming the encoding.
    """
    encoding = keys.get("encoding", "raw").lower()
    if encoding in _ENCODINGS:
        return
    name = "bzip2" if encoding in _BZIP2 else f"the encoding ‘{encoding}’"
    raise VolumeFileError(Message("file", "encoding", {"name": name}), where=str(path))


def raw_size(keys: dict[str, str]) -> int:
    """Bytes of all voxels, unpacked; 0 where that is not known."""
    kind = keys.get("type", "").lower().removeprefix("unsigned ").removeprefix("signed ")
    kind = kind.removesuffix("_t").removeprefix("u")
    each = _BYTES.get(kind, 0) or _BYTES.get(kind.removesuffix(" int"), 0)
    sizes = [int(word) for word in keys.get("sizes", "").split() if word.isdecimal()]
    return math.prod(sizes) * each if sizes else 0


def check_axes(keys: dict[str, str], path: Path) -> None:
    """Refuse what is no 3D grey image, in words: ITK calls lists and vectors damaged.

    Raises:
        VolumeFileError: for 4D and for several values a voxel.
    """
    sizes = numbers_in(keys.get("sizes", ""))
    vectors = _vectors(keys.get("space directions", ""))
    kinds = [kind.lower() for kind in keys.get("kinds", "").split()]
    if len(sizes) <= 3 or len(vectors) not in (0, len(sizes)) or len(kinds) not in (0, len(sizes)):
        return
    outside = [
        axis
        for axis in range(len(sizes))
        if (vectors and vectors[axis] is None) or (kinds and kinds[axis] not in ("domain", "space"))
    ]
    if len(sizes) - len(outside) != 3:
        return
    inside = tuple(int(sizes[axis]) for axis in range(len(sizes)) if axis not in outside)
    over_time = [axis for axis in outside if not kinds or kinds[axis] in _OVER_TIME]
    others = [axis for axis in outside if axis not in over_time]
    colour = math.prod(int(sizes[axis]) for axis in others) > 1
    check_image_kind((*inside, *(int(sizes[axis]) for axis in over_time)), path, colour=colour)


def read_place(keys: dict[str, str], path: Path) -> HeaderPlace:
    """Where the voxels lie.

    Args:
        keys: fields of the header, names in lower case.
        path: for messages.

    Raises:
        VolumeFileError: if the spacing is missing, or its unit is unknown.
        GeometryError: if the axes do not span three dimensions.
    """
    vectors = [vector for vector in _vectors(keys.get("space directions", "")) if vector is not None]
    spatial = [vector for vector in vectors if np.any(vector[:3])]
    if not spatial:
        return _place_by_spacings(keys, path)
    if len(spatial) != 3 or not np.isfinite(spatial).all():
        raise no_spacing(path)
    affine = np.eye(4)
    affine[:3, :3] = np.array([vector[:3] for vector in spatial]).T
    origin = next(iter(_vectors(keys.get("space origin", ""))), None)
    notices: list[Notice] = []
    if origin is not None and len(origin) >= 3 and np.isfinite(origin[:3]).all():
        affine[:3, 3] = origin[:3]
    else:
        notices.append(no_position(path))
    Geometry((1, 1, 1), affine)  # says what is wrong with axes that coincide
    scale, noticed = millimetres(np.linalg.norm(affine[:3, :3], axis=0), _unit(keys), path)
    affine[:3] *= scale
    space = keys.get("space", "").strip().lower()
    signs = _TO_RAS.get(_without_time(space))
    if signs is None:
        notices.append(_orientation_unknown(space, path))
        signs = _signs_as_hung(affine)
    affine[:3] *= np.array(signs, dtype=np.float64)[:, None]
    return HeaderPlace(affine, scale, (*noticed, *notices))


def _orientation_unknown(space: str, path: Path) -> Notice:
    if not space:
        return Notice("orientation_unknown", "no_nrrd_space", where=path.name)
    return Notice("orientation_unknown", "nrrd_space", where=path.name, values={"space": space})


def _place_by_spacings(keys: dict[str, str], path: Path) -> HeaderPlace:
    spacings = [number for number in numbers_in(keys.get("spacings", "")) if math.isfinite(number)]
    if len(spacings) < 3 or min(np.abs(spacings)) <= 0:
        raise no_spacing(path)
    scale, noticed = millimetres(np.abs(spacings[:3]), _unit(keys), path)
    return HeaderPlace(None, scale, (*noticed, no_orientation(path)))


def _signs_as_hung(affine: np.ndarray) -> tuple[int, int, int]:
    """LPS, as ITK and 3D Slicer take a space without names; or RAS where only that shows slices hung as usual."""
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    across = int(np.argmax(spacing))
    lps, ras = (-1, -1, 1), (1, 1, 1)
    if spacing[across] <= 1.1 * np.delete(spacing, across).max():
        return lps

    def usual_axes(signs: tuple[int, int, int]) -> int:
        geometry = Geometry((1, 1, 1), np.diag((*signs, 1.0)) @ affine)
        hanging = plane_across(geometry, across).hanging[1:]
        return sum(code in hanging for axis, code in enumerate(geometry.axis_codes) if axis != across)

    return max((lps, ras), key=usual_axes)


def _without_time(space: str) -> str:
    for ending in _TIME:
        if space.endswith(ending) and space.removesuffix(ending) in _TO_RAS:
            return space.removesuffix(ending)
    return space


def _unit(keys: dict[str, str]) -> str:
    words = keys.get("space units", keys.get("units", "")).replace('"', " ").split()
    units = {_UNITS.get(word.lower(), "") for word in words if word.lower() not in ("s", "ms", "none")}
    return units.pop() if len(units) == 1 else ""


def _vectors(text: str) -> list[np.ndarray | None]:
    """``(1,0,0) none (0,0,1)`` → one entry an axis; empty if it cannot be read."""
    vectors: list[np.ndarray | None] = []
    rest = text.strip()
    try:
        while rest:
            if rest[0] == "(":
                inside, _, rest = rest[1:].partition(")")
                vectors.append(np.array([float(word) for word in inside.split(",")]))
            else:
                word, _, rest = rest.partition(" ")
                if word.lower() != "none":
                    return []
                vectors.append(None)
            rest = rest.strip()
    except ValueError:
        return []
    return vectors
