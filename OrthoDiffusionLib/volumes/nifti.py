"""NIfTI-1 and NIfTI-2 files, read and written here because nothing may pass in silence.

ITK's reader returns zeros for the missing end of a truncated file and a spacing of 1 mm where the file has
none, and its writer reports no full disk. The layout is that of the header files nifti1.h and nifti2.h.
"""

from __future__ import annotations

import gzip
import math
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import Notice, VolumeFileError
from .atomic import atomic_path
from .geometry import Geometry

MAX_VOXELS = 1_000_000_000
"""More than any joint series; refused before a byte of it is read."""

_DTYPES = {
    2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8",
    256: "i1", 512: "u2", 768: "u4", 1024: "i8", 1280: "u8",
}  # fmt: skip
_CODES = {np.dtype(text): code for code, text in _DTYPES.items()}
_FARTHEST_OFFSET = 2**31
_COLOUR, _COMPLEX = (128, 2304), (32, 1792, 2048)
_MILLIMETRES = {1: 1000.0, 2: 1.0, 3: 0.001}


@dataclass(frozen=True)
class _Header:
    dim: tuple[int, ...]
    datatype: int
    order: str
    pixdim: tuple[float, ...]
    offset: int
    slope: float
    intercept: float
    units: int
    qform_code: int
    sform_code: int
    quaternion: tuple[float, ...]
    srow: np.ndarray


def read_nifti(path: str | Path) -> tuple[np.ndarray, Geometry, tuple[Notice, ...]]:
    """Read a 3D grey image; one with a single time point counts as 3D.

    Args:
        path: ``.nii`` or ``.nii.gz``.

    Returns:
        The array (I, J, K) with the file's own scaling applied, its geometry in RAS millimetres (sform
        if the file has one, else qform, exactly as written), and what was noticed: ``no_orientation`` if
        the file has neither.

    Raises:
        VolumeFileError: for 2D, 4D, colour, complex, huge, truncated and foreign files, and where the
            spacing is missing.
    """
    path = Path(path)
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            with gzip.GzipFile(fileobj=raw) if zipped else raw as file:
                header = _read_header(file.read(540), path)
                shape = _spatial_shape(header, path)
                dtype = np.dtype(_DTYPES[header.datatype]).newbyteorder(header.order)
                file.seek(header.offset)
                wanted = math.prod(shape) * dtype.itemsize
                data = file.read(wanted)
                while zipped and len(data) == wanted and file.read(1 << 20):
                    pass  # gzip compares its checksum at the very end only
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _damaged(path) from error
    except OSError as error:
        raise VolumeFileError(f"Cannot read the file: {error.strerror or error}", where=str(path)) from error
    if len(data) < wanted:
        raise _damaged(path)
    array = np.frombuffer(data, dtype).reshape(shape, order="F").astype(dtype.newbyteorder("="))
    if header.slope not in (0.0, 1.0) or (header.slope != 0.0 and header.intercept != 0.0):
        with np.errstate(over="ignore", invalid="ignore"):  # Volume says that values are not finite
            array = array.astype(np.float32) * np.float32(header.slope) + np.float32(header.intercept)
    affine, notices = _affine(header, path)
    return array, Geometry(shape, affine), notices


def write_nifti(array: np.ndarray, geometry: Geometry, path: str | Path) -> None:
    """Write a 3D array (I, J, K) with its place as sform and qform (code 1, scanner).

    Args:
        array: bool and float16 are widened, as NIfTI has neither.
        geometry: its grid; NIfTI keeps single precision, that is well under 0.001 mm.
        path: ``.nii.gz`` is compressed, ``.nii`` is not.

    Raises:
        OutputError: if the file cannot be written completely.
    """
    array = np.asarray(array)
    if array.dtype == bool:
        array = array.astype(np.uint8)
    if array.dtype == np.float16:
        array = array.astype(np.float32)
    array = array.astype(array.dtype.newbyteorder("<"), copy=False)
    header = _header_bytes(array, geometry)
    with atomic_path(path) as temporary, temporary.open("wb") as raw:
        body = array.tobytes(order="F")
        if str(path).lower().endswith(".gz"):
            # No name and no time in the gzip header: the same volume gives the same bytes.
            with gzip.GzipFile("", "wb", 4, raw, mtime=0) as file:
                file.write(header)
                file.write(body)
        else:
            raw.write(header)
            raw.write(body)


def _damaged(path: Path) -> VolumeFileError:
    return VolumeFileError(
        "The file ends too early or is damaged",
        where=str(path),
        remedy="Copy or export it again.",
    )


def _read_header(raw: bytes, path: Path) -> _Header:
    for order in "<>":
        size = int.from_bytes(raw[:4], "little" if order == "<" else "big")
        if size in (348, 540):
            break
    else:
        raise VolumeFileError("This is not a NIfTI file", where=str(path), remedy="Check what the file really is.")
    if len(raw) < size:
        raise _damaged(path)

    def field(kind: str, at: int, count: int = 1):
        values = np.frombuffer(raw, np.dtype(kind).newbyteorder(order), count, at)
        return values[0] if count == 1 else values

    if size == 348:
        if raw[344:347] != b"n+1":
            raise VolumeFileError(
                "The file has no voxels in itself (Analyze or a NIfTI pair)",
                where=str(path),
                remedy="Convert it to one .nii or .nii.gz file.",
            )
        return _Header(
            dim=tuple(int(n) for n in field("i2", 40, 8)),
            datatype=int(field("i2", 70)),
            order=order,
            pixdim=tuple(float(mm) for mm in field("f4", 76, 8)),
            offset=_offset(float(field("f4", 108)), 352, path),
            slope=float(field("f4", 112)),
            intercept=float(field("f4", 116)),
            units=int(raw[123]) & 7,
            qform_code=int(field("i2", 252)),
            sform_code=int(field("i2", 254)),
            quaternion=tuple(float(x) for x in field("f4", 256, 6)),
            srow=field("f4", 280, 12).astype(np.float64).reshape(3, 4),
        )
    return _Header(
        dim=tuple(int(n) for n in field("i8", 16, 8)),
        datatype=int(field("i2", 12)),
        order=order,
        pixdim=tuple(float(mm) for mm in field("f8", 104, 8)),
        offset=_offset(float(field("i8", 168)), 544, path),
        slope=float(field("f8", 176)),
        intercept=float(field("f8", 184)),
        units=int(field("i4", 500)) & 7,
        qform_code=int(field("i4", 344)),
        sform_code=int(field("i4", 348)),
        quaternion=tuple(float(x) for x in field("f8", 352, 6)),
        srow=field("f8", 400, 12).astype(np.float64).reshape(3, 4),
    )


def _offset(told: float, least: int, path: Path) -> int:
    """Where the voxels begin; some writers leave 0, and before `least` there is the header (nifti1.h)."""
    if not 0 <= told < _FARTHEST_OFFSET:  # also refuses NaN
        raise _damaged(path)
    return max(least, int(told))


def _spatial_shape(header: _Header, path: Path) -> tuple[int, int, int]:
    count = header.dim[0]
    if not 1 <= count <= 7 or min(header.dim[1 : count + 1], default=0) < 1:
        raise _damaged(path)
    shape = (*header.dim[1 : count + 1], 1, 1)[: max(3, count)]
    check_image_kind(
        shape,
        path,
        # The fifth axis is that of vectors, such as colours (nifti1.h).
        colour=header.datatype in _COLOUR or math.prod(shape[4:]) > 1,
        complex_numbers=header.datatype in _COMPLEX,
    )
    if header.datatype not in _DTYPES:
        raise VolumeFileError(
            f"The file's number type (code {header.datatype}) is not supported",
            where=str(path),
            remedy="Convert the voxels to 16-bit integers or 32-bit numbers.",
        )
    return shape[:3]


def check_image_kind(
    shape: tuple[int, ...], path: str | Path, *, colour: bool = False, complex_numbers: bool = False
) -> None:
    """Refuse what is no 3D grey image, before its voxels are read; for every file format.

    Args:
        shape: all axes of the file, the three in space first.
        path: for the message.
        colour: several values a voxel.
        complex_numbers: voxels with an imaginary part.

    Raises:
        VolumeFileError: saying what it is instead.
    """
    where = str(path)
    if colour:
        raise VolumeFileError(
            "This is a colour image or has several values in each voxel",
            where=where,
            remedy="Choose the grey series as the scanner made it.",
        )
    if complex_numbers:
        raise VolumeFileError("The voxels are complex numbers", where=where, remedy="Choose the magnitude images.")
    volumes = math.prod(shape[3:])
    if volumes > 1:
        raise VolumeFileError(
            f"This is a 4D image: {volumes} volumes in one file",
            where=where,
            remedy="Save the one you want as a file of its own.",
        )
    if min(shape[:3]) < 2:
        raise VolumeFileError(
            f"This is a 2D image ({' × '.join(str(n) for n in shape[:3])} voxels)",
            where=where,
            remedy="Choose the whole series, not one slice of it.",
        )
    if math.prod(shape[:3]) > MAX_VOXELS:
        raise VolumeFileError(
            f"The image has {math.prod(shape[:3]):,} voxels; up to {MAX_VOXELS:,} can be read",
            where=where,
            remedy="Crop it to the joint or resample it to a coarser grid.",
        )


def _affine(header: _Header, path: Path) -> tuple[np.ndarray, tuple[Notice, ...]]:
    scale = _MILLIMETRES.get(header.units, 1.0)
    affine = np.eye(4)
    if header.sform_code > 0:
        affine[:3] = header.srow * scale
        return affine, ()
    spacing = np.abs(np.asarray(header.pixdim[1:4], dtype=np.float64)) * scale
    if not np.isfinite(spacing).all() or spacing.min() <= 0:
        raise no_spacing(path)
    if header.qform_code > 0:
        qfac = -1.0 if header.pixdim[0] < 0 else 1.0
        affine[:3, :3] = _rotation(*header.quaternion[:3]) * (spacing * (1.0, 1.0, qfac))
        affine[:3, 3] = np.asarray(header.quaternion[3:6]) * scale
        return affine, ()
    affine[:3, :3] = np.diag(spacing)
    return affine, (no_orientation(path),)


def no_spacing(path: str | Path) -> VolumeFileError:
    """The error of a file that does not tell its voxel size."""
    return VolumeFileError(
        "The file does not say how large its voxels are",
        where=str(path),
        remedy="Export it again with spacing and orientation, best from the DICOM series.",
    )


def no_orientation(path: str | Path) -> Notice:
    """The notice of a file that tells its voxel size but not how it lies in the patient."""
    return Notice(
        "no_orientation",
        "The file does not say how it lies in the patient; planes, left and right may be wrong",
        where=Path(path).name,
        remedy="Export it again with its orientation, best from the DICOM series.",
    )


def _rotation(b: float, c: float, d: float) -> np.ndarray:
    """Rotation matrix of a unit quaternion (a, b, c, d) of which a >= 0 is implied (nifti1.h)."""
    a = math.sqrt(max(0.0, 1.0 - (b * b + c * c + d * d)))
    return np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - c * c - b * b],
        ]
    )


def _quaternion(rotation: np.ndarray) -> tuple[float, float, float]:
    """(b, c, d) of a proper rotation matrix; the inverse of `_rotation`."""
    # The eigenvector of the largest eigenvalue: stable where the usual formula divides by zero.
    r = rotation
    k = np.array(
        [
            [r[0, 0] - r[1, 1] - r[2, 2], 0, 0, 0],
            [r[1, 0] + r[0, 1], r[1, 1] - r[0, 0] - r[2, 2], 0, 0],
            [r[2, 0] + r[0, 2], r[2, 1] + r[1, 2], r[2, 2] - r[0, 0] - r[1, 1], 0],
            [r[2, 1] - r[1, 2], r[0, 2] - r[2, 0], r[1, 0] - r[0, 1], r[0, 0] + r[1, 1] + r[2, 2]],
        ]
    )
    _, vectors = np.linalg.eigh(k / 3.0)  # eigh reads the lower triangle
    b, c, d, a = vectors[:, -1]
    return (-b, -c, -d) if a < 0 else (b, c, d)


def _header_bytes(array: np.ndarray, geometry: Geometry) -> bytes:
    header = bytearray(352)  # 348 and four zero bytes: no extensions

    def put(kind: str, at: int, values) -> None:
        raw = np.atleast_1d(np.asarray(values)).astype(np.dtype(kind).newbyteorder("<")).tobytes()
        header[at : at + len(raw)] = raw

    qfac = 1.0 if geometry.is_right_handed else -1.0
    rotation = geometry.directions * (1.0, 1.0, qfac)
    put("i4", 0, 348)
    put("i2", 40, (3, *array.shape, 1, 1, 1, 1))
    put("i2", 70, _CODES[array.dtype.newbyteorder("=")])
    put("i2", 72, array.dtype.itemsize * 8)
    put("f4", 76, (qfac, *geometry.spacing_mm, 1, 1, 1, 1))
    put("f4", 108, 352)
    put("f4", 112, 1.0)
    header[123] = 2  # millimetres
    put("i2", 252, (1, 1))
    put("f4", 256, (*_quaternion(rotation), *geometry.origin_ras))
    put("f4", 280, geometry.affine[:3].ravel())
    header[344:348] = b"n+1\0"
    return bytes(header)
