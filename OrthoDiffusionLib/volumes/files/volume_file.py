"""Read and write 3D image files: NIfTI, NRRD, MetaImage; every refusal says what to do."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.errors import (
    GeometryError,
    Notice,
    OrthoDiffusionError,
    OutputError,
    VolumeFileError,
)
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes import itk as sitk
from OrthoDiffusionLib.volumes.files.atomic import atomic_path
from OrthoDiffusionLib.volumes.files.itk_headers import Unpacked, check_voxels, header_place
from OrthoDiffusionLib.volumes.files.nifti import check_image_kind, read_nifti, write_nifti
from OrthoDiffusionLib.volumes.files.padding import padding_notice, without_padding
from OrthoDiffusionLib.volumes.geometry import Geometry
from OrthoDiffusionLib.volumes.itk_border import (
    array_from_sitk,
    check_perpendicular,
    geometry_from_sitk,
    sitk_from_volume,
)
from OrthoDiffusionLib.volumes.volume import Volume

NIFTI_ENDINGS = (".nii.gz", ".nii")
ITK_ENDINGS = (".nrrd", ".nhdr", ".mha", ".mhd")

Reader = Callable[[Path], tuple[np.ndarray, Geometry, tuple[Notice, ...]]]
"""Array (I, J, K), geometry in RAS millimetres and notices of one file."""


def volume_ending(path: str | Path) -> str | None:
    """Which of `VOLUME_ENDINGS` a file name has, in any case; None for another."""
    name = Path(path).name.lower()
    return next((ending for ending in VOLUME_ENDINGS if name.endswith(ending)), None)


def read_volume(path: str | Path) -> Volume:
    """Read one 3D grey or label image.

    Args:
        path: a NIfTI, NRRD or MetaImage file. DICOM: see `OrthoDiffusionLib.volumes.dicom.series.read_dicom_folder`.

    Returns:
        A Volume named after the file, array (I, J, K), geometry in RAS millimetres exactly as in the
        file, oblique and left-handed ones included. A 4D file with one time point counts as 3D. Padding
        has the lowest value of the signal. What was noticed on the way is in its `notices`.

    Raises:
        VolumeFileError: if the file is missing, empty, damaged or foreign, or holds a 2D, 4D, colour,
            complex or huge image, does not state its spacing, or its axes are not perpendicular.
        StudyError: if it holds NaN or infinite values within the body.
    """
    path = Path(path)
    ending = _checked_ending(path)
    try:
        array, geometry, notices = _READERS[ending](path)
    except GeometryError as error:
        raise VolumeFileError(error.said, where=str(path), remedy=error.ready_remedy) from error
    check_perpendicular(geometry, str(path))
    array, padding = without_padding(array)
    if padding:
        notices = (*notices, padding_notice(padding, array.size, path.name))
    return Volume(array, geometry, name=path.name[: -len(ending)], notices=notices)


def write_volume(volume: Volume, path: str | Path) -> None:
    """Write a Volume; the file appears only when it is complete.

    Args:
        volume: its array is written as it is (float16 as float32, bool as uint8).
        path: the ending says the format; ``.nii.gz``, ``.nrrd`` and ``.mha`` are compressed.

    Raises:
        OutputError: if the file cannot be written, e.g. because the disk is full.
        ValueError: for an unknown ending, and for ``.mhd`` and ``.nhdr``, which are two files.
    """
    path = Path(path)
    ending = volume_ending(path)
    if ending in NIFTI_ENDINGS:
        write_nifti(volume.array, volume.geometry, path)
    elif ending in (".nrrd", ".mha"):
        _check_name(path, OutputError)
        with atomic_path(path) as temporary, quiet_itk():
            image = sitk_from_volume(volume)
            try:
                sitk.WriteImage(image, str(temporary), True)
            except RuntimeError as error:
                raise OutputError(Message("file", "volume_not_written"), where=str(path)) from error
    else:
        raise ValueError(f"the file name must end in .nii.gz, .nii, .nrrd or .mha, got {path.name!r}")


def _checked_ending(path: Path) -> str:
    """Which of `VOLUME_ENDINGS` a file has that is worth reading."""
    if not path.is_file():
        raise VolumeFileError(Message("file", "is_folder" if path.is_dir() else "missing"), where=str(path))
    ending = volume_ending(path)
    if ending is None:
        raise VolumeFileError(Message("file", "unknown_ending", {"endings": VOLUME_ENDINGS}), where=str(path))
    if path.stat().st_size == 0:
        raise VolumeFileError(Message("file", "empty"), where=str(path))
    return ending


def _check_name(path: Path, error: type[OrthoDiffusionError]) -> None:
    """Refuse a name that is no text; ITK would end the process."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError as cause:
        raise error(Message("file", "name_unreadable"), where=str(path)) from cause


def _read_by_itk(path: Path) -> tuple[np.ndarray, Geometry, tuple[Notice, ...]]:
    _check_name(path, VolumeFileError)
    unpacked = check_voxels(path)
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    with quiet_itk():
        try:
            reader.ReadImageInformation()
        except RuntimeError as error:
            raise _unreadable(path) from error
        size = reader.GetSize()
        check_image_kind(
            (*size, 1, 1)[: max(3, len(size))],
            path,
            colour=reader.GetNumberOfComponents() > 1,
            complex_numbers="complex" in sitk.GetPixelIDValueAsString(reader.GetPixelID()),
        )
        place = header_place(path)
        if len(size) > 3:
            reader.SetExtractSize([*size[:3], *([0] * (len(size) - 3))])
        array = None if unpacked is None or len(size) > 3 else _array_of(unpacked, reader)
        if array is not None:
            geometry = geometry_from_sitk(reader)
        else:
            try:
                image = reader.Execute()
            except RuntimeError as error:
                raise _unreadable(path) from error
            array, geometry = array_from_sitk(image), geometry_from_sitk(image)
    affine = place.affine
    if affine is None:
        affine = np.diag((*[place.scale] * 3, 1.0)) @ geometry.affine
    return _compact(array), Geometry(array.shape, affine), place.notices


def _array_of(unpacked: Unpacked, reader: sitk.ImageFileReader) -> np.ndarray | None:
    """(I, J, K) voxels that need not be unpacked again; None if they are not as many as ITK expects."""
    kind = np.dtype(_NUMBERS.get(sitk.GetPixelIDValueAsString(reader.GetPixelID()), "V0")).newbyteorder(unpacked.order)
    size = tuple(int(count) for count in reader.GetSize())
    if kind.itemsize == 0 or math.prod(size) * kind.itemsize != len(unpacked.content):
        return None
    array = np.frombuffer(unpacked.content, kind).reshape(size, order="F")
    return array.astype(kind.newbyteorder("="), copy=False)


_NUMBERS = {
    f"{bits}-bit {sign}signed integer": f"{letter}{bits // 8}"
    for bits in (8, 16, 32, 64)
    for sign, letter in (("", "i"), ("un", "u"))
} | {"32-bit float": "f4", "64-bit float": "f8"}
"""SimpleITK's words for a number type -> numpy's."""

_READERS: dict[str, Reader] = {**dict.fromkeys(NIFTI_ENDINGS, read_nifti), **dict.fromkeys(ITK_ENDINGS, _read_by_itk)}
"""Ending of the file name, in lower case -> who reads such a file."""

VOLUME_ENDINGS = tuple(_READERS)
"""File name endings `read_volume` knows, in lower case."""


def _compact(array: np.ndarray) -> np.ndarray:
    """Double precision halves to single: no scanner measures more than that."""
    if array.dtype == np.float64:
        with np.errstate(over="ignore"):  # an overflow becomes infinite, and Volume says so
            return array.astype(np.float32)
    return array


def _unreadable(path: Path) -> VolumeFileError:
    return VolumeFileError(Message("file", "damaged"), where=str(path))


@contextlib.contextmanager
def quiet_itk() -> Iterator[None]:
    """Keep ITK's own warnings off the console: what matters is said in our words."""
    before = sitk.ProcessObject.GetGlobalWarningDisplay()
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    try:
        yield
    finally:
        sitk.ProcessObject.SetGlobalWarningDisplay(before)
