"""NIfTI-1 and NIfTI-2 files, read and written with nibabel; nothing passes in silence.

nibabel takes headers as they are and does not compare the checksum of a compressed file; here every refusal
says what is wrong, in words. The fields are those of the header files nifti1.h and nifti2.h.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import math
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from OrthoDiffusionLib.errors import Notice, VolumeFileError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.files.atomic import atomic_path
from OrthoDiffusionLib.volumes.files.nifti_orientation import read_orientation
from OrthoDiffusionLib.volumes.geometry import Geometry

if TYPE_CHECKING:
    from nibabel.nifti1 import Nifti1Header

MAX_VOXELS = 1_000_000_000
"""More than any joint series; refused before a byte of it is read."""

_GZIP = b"\x1f\x8b"
_FARTHEST_OFFSET = 2**31
_COLOUR, _COMPLEX = (128, 2304), (32, 1792, 2048)
_VOXELS_AT_ONCE = 1 << 22


def read_nifti(path: str | Path) -> tuple[np.ndarray, Geometry, tuple[Notice, ...]]:
    """Read a 3D grey image; one with a single time point counts as 3D.

    Args:
        path: ``.nii`` or ``.nii.gz``; whether it is compressed, once or twice, shows in the file itself.

    Returns:
        The array (I, J, K), its geometry in RAS millimetres, and what was noticed: see `read_orientation`.
        The file's own scaling is applied; a slope that is 0, NaN or infinite means none, as for nibabel.
        Scaled values and double precision become float32.

    Raises:
        VolumeFileError: for 2D, 4D, colour, complex, huge, truncated and foreign files, where the spacing
            is missing, and for an orientation that contradicts itself.
        GeometryError: if the axes do not span three dimensions.
    """
    path = Path(path)
    try:
        with _unzipped(path) as (file, zipped):
            header = _read_header(file.read(540), path)
            shape, dtype = _spatial_shape(header, path), header.get_data_dtype()
            scaling = _scaling(header, path)
            array = _read_voxels(file, shape, dtype, _offset(header, path), scaling)
            while zipped and file.read(1 << 20):
                pass  # gzip compares its checksum at the very end only
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _damaged(path) from error
    except OSError as error:
        raise VolumeFileError(
            Message("file", "unreadable", {"error": error.strerror or error}), where=str(path)
        ) from error
    affine, notices = read_orientation(header, shape, path)
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
    from nibabel.nifti1 import Nifti1Header

    array = np.asarray(array)
    if array.dtype == bool:
        array = array.astype(np.uint8)
    if array.dtype == np.float16:
        array = array.astype(np.float32)
    array = array.astype(array.dtype.newbyteorder("<"), copy=False)
    header = Nifti1Header(endianness="<")
    header.set_data_dtype(array.dtype)
    header.set_data_shape(array.shape)
    header.set_xyzt_units("mm")
    header.set_qform(geometry.affine, 1)
    header.set_sform(geometry.affine, 1)
    header["scl_slope"], header["scl_inter"], header["vox_offset"] = 1.0, 0.0, 352
    with atomic_path(path) as temporary, contextlib.ExitStack() as stack:
        file: io.BufferedIOBase = stack.enter_context(temporary.open("wb"))
        if str(path).lower().endswith(".gz"):
            # No name and no time in the gzip header: the same volume gives the same bytes.
            file = stack.enter_context(gzip.GzipFile("", "wb", 4, file, mtime=0))
        header.write_to(file)
        file.write(array.tobytes(order="F"))


@contextlib.contextmanager
def _unzipped(path: Path) -> Iterator[tuple[io.BufferedIOBase, bool]]:
    """The file's content, and whether it was compressed. Some archives compress ``.nii.gz`` once more."""
    with contextlib.ExitStack() as stack:
        file: io.BufferedIOBase = stack.enter_context(path.open("rb"))
        zipped = 0
        while zipped < 2 and _starts_with(file, _GZIP):
            file = stack.enter_context(gzip.GzipFile(mode="rb", fileobj=file))
            zipped += 1
        yield file, zipped > 0


def _starts_with(file: io.BufferedIOBase, mark: bytes) -> bool:
    found = file.read(len(mark)) == mark
    file.seek(0)
    return found


def _read_voxels(
    file: io.BufferedIOBase,
    shape: tuple[int, int, int],
    dtype: np.dtype,
    offset: int,
    scaling: tuple[float, float] | None,
) -> np.ndarray:
    """The scaled array in native byte order, a few slices at a time, so that it is in memory once only.

    Raises:
        EOFError: if the file ends before its last voxel.
    """
    from nibabel.arrayproxy import ArrayProxy

    voxels = ArrayProxy(file, (shape, dtype, offset), mmap=False)
    to_float = scaling is not None or (dtype.kind, dtype.itemsize) == ("f", 8)
    array = np.empty(shape, np.float32 if to_float else dtype.newbyteorder("="), order="F")
    step = max(1, _VOXELS_AT_ONCE // (shape[0] * shape[1]))
    for first in range(0, shape[2], step):
        try:
            slices = np.asanyarray(voxels[:, :, first : first + step])
        except ValueError as error:  # nibabel's word for too few bytes
            raise EOFError from error
        if scaling is not None:
            slices = slices.astype(np.float64) * scaling[0] + scaling[1]
        with np.errstate(over="ignore"):  # an overflow becomes infinite, and that is noticed later
            array[:, :, first : first + step] = slices
    return array


def _damaged(path: Path) -> VolumeFileError:
    return VolumeFileError(Message("file", "ends_early"), where=str(path))


def _read_header(raw: bytes, path: Path) -> Nifti1Header:
    """nibabel's header of the file's first bytes, unchecked: what is wrong is reported later, in our words."""
    from nibabel.nifti1 import Nifti1Header
    from nibabel.nifti2 import Nifti2Header

    sizes: dict[int, type[Nifti1Header]] = {348: Nifti1Header, 540: Nifti2Header}
    sizes_by_order = {"<": int.from_bytes(raw[:4], "little"), ">": int.from_bytes(raw[:4], "big")}
    size, order = next(((size, order) for order, size in sizes_by_order.items() if size in sizes), (0, ""))
    if not size:
        raise VolumeFileError(Message("file", "no_nifti"), where=str(path))
    if len(raw) < size:
        raise _damaged(path)
    if size == 348 and raw[344:347] != b"n+1":
        raise VolumeFileError(Message("file", "no_voxels"), where=str(path))
    return sizes[size](raw[:size], endianness=order, check=False)


def _offset(header: Nifti1Header, path: Path) -> int:
    """Where the voxels begin; some writers leave 0, and before the header's end they cannot (nifti1.h)."""
    offset = float(header["vox_offset"])
    if not 0 <= offset < _FARTHEST_OFFSET:  # also refuses NaN
        raise _damaged(path)
    return max(int(header["sizeof_hdr"]) + 4, int(offset))


def _scaling(header: Nifti1Header, path: Path) -> tuple[float, float] | None:
    """Slope and intercept, as nibabel's `get_slope_inter` takes them; None where the values are what they are."""
    from nibabel.spatialimages import HeaderDataError

    try:
        slope, intercept = header.get_slope_inter()
    except HeaderDataError as error:
        raise VolumeFileError(Message("file", "scaling"), where=str(path)) from error
    return None if slope is None or (slope, intercept) == (1.0, 0.0) else (slope, intercept)


def _spatial_shape(header: Nifti1Header, path: Path) -> tuple[int, int, int]:
    dim = [int(n) for n in header["dim"]]
    code, count = int(header["datatype"]), dim[0]
    if not 1 <= count <= 7 or min(dim[1 : count + 1], default=0) < 1:
        raise _damaged(path)
    shape = (*dim[1 : count + 1], 1, 1)[: max(3, count)]
    check_image_kind(
        shape,
        path,
        # The fifth axis is that of vectors, such as colours (nifti1.h).
        colour=code in _COLOUR or math.prod(shape[4:]) > 1,
        complex_numbers=code in _COMPLEX,
    )
    if not _is_number_type(header):
        raise VolumeFileError(Message("file", "number_type", {"nifti_type": code}), where=str(path))
    return shape[0], shape[1], shape[2]


def _is_number_type(header: Nifti1Header) -> bool:
    from nibabel.spatialimages import HeaderDataError

    try:
        dtype = header.get_data_dtype()
    except (HeaderDataError, KeyError):
        return False
    return dtype.kind in "iuf" and 1 <= dtype.itemsize <= 8


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
        raise VolumeFileError(Message("file", "colour"), where=where)
    if complex_numbers:
        raise VolumeFileError(Message("file", "complex"), where=where)
    volumes = math.prod(shape[3:])
    if volumes > 1:
        raise VolumeFileError(Message("file", "four_dimensions", {"volumes": volumes}), where=where)
    if min(shape[:3]) < 2:
        raise VolumeFileError(Message("file", "two_dimensions", {"shape": shape[:3]}), where=where)
    if math.prod(shape[:3]) > MAX_VOXELS:
        raise VolumeFileError(
            Message("file", "too_many_voxels", {"count": math.prod(shape[:3]), "most": MAX_VOXELS}), where=where
        )
