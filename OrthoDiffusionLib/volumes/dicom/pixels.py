"""The pixels of DICOM slices: decoded, rescaled, dark where there is no signal, and without padding."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from OrthoDiffusionLib.volumes import itk as sitk
from OrthoDiffusionLib.volumes.dicom.quiet import quiet_pydicom
from OrthoDiffusionLib.volumes.dicom.slices import DicomSlice, import_pydicom
from OrthoDiffusionLib.volumes.files.padding import without_padding

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_LARGEST_STORED = 2.0**32  # of the widest pixels that DICOM knows

_PADDED = float(np.float32(-3.0e38))
"""Stands for padding while slices of different scale are put together; no scanner measures that."""

FAR_FROM_SIGNAL = 0.01
"""Padding nearer to the lowest signal than this share of the signal's range changes nothing visible (ours)."""

_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")

_JPEG_LOSSLESS = ("1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70")
_OF_ITK = (*_JPEG_LOSSLESS, "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81", "1.2.840.10008.1.2.4.90",
           "1.2.840.10008.1.2.4.91")  # fmt: skip
"""Transfer syntaxes that SimpleITK decodes: JPEG Lossless, JPEG-LS, JPEG 2000."""

_RLE = "1.2.840.10008.1.2.5"

_OF_ALL_BITS = (*_JPEG_LOSSLESS, _RLE)
"""Compressions, RLE among them, that keep all allocated bits, whatever Bits Stored says."""

NEAR_THE_LIMIT, ROUGHER = 0.9, 1.2
"""Values that go on beyond their bits also lie just below the limit, and do not make a picture rougher (ours)."""


class NoDecoder(Exception):
    """The pixels are compressed in a way that nothing installed can read; the text names it."""


@dataclass(frozen=True, eq=False)
class _Decoded:
    """The pixels of one file.

    Attributes:
        values: (rows, columns) or (frames, rows, columns) as decoded.
        whole: the same with all stored bits, where some were cut off; else None.
        table: from decoded values to those that are meant, of a file that has one in place of a slope.
    """

    values: np.ndarray
    whole: np.ndarray | None
    table: Callable[[np.ndarray], np.ndarray] | None = None


@dataclass(frozen=True, eq=False)
class Pixels:
    """What could be read of a stack.

    Attributes:
        kept: the slices that could be decoded, in their order.
        array: (columns, rows, slices) values, not yet stored for any grid.
        damaged: the files that could not.
        padded: how many voxels were padding.
        padding_matters: whether padding lay far from the lowest signal, so that it would have been taken for some.
    """

    kept: tuple[DicomSlice, ...]
    array: np.ndarray
    damaged: tuple[Path, ...] = ()
    padded: int = 0
    padding_matters: bool = False


def read_pixels(stack: Sequence[DicomSlice]) -> Pixels:
    """Decode slices and bring them to one scale.

    Rescale slope and intercept, or the Modality LUT, are each slice's own. MONOCHROME1 is inverted for the whole stack
    at once, so that slices keep their brightness to each other. Padding becomes the lowest value of the signal.

    Raises:
        NoDecoder: if a slice is compressed in a way that cannot be read here.
    """
    found: dict[int, tuple[np.ndarray, np.ndarray | None]] = {}
    damaged: list[Path] = []
    by_file: dict[Path, list[int]] = {}  # slices of two files may lie between each other; each is decoded once
    for number, one in enumerate(stack):
        by_file.setdefault(one.path, []).append(number)
    for path, numbers in by_file.items():
        try:
            decoded = _decode(path)
        except NoDecoder:
            raise
        except Exception:  # pydicom raises many kinds for damaged pixels; all mean the same here
            damaged.append(path)
            continue
        for number in numbers:
            try:
                found[number] = _picture(stack[number], decoded)
            except (ValueError, IndexError):
                damaged.append(path)
    kept = [one for number, one in enumerate(stack) if number in found]
    pictures = [found[number][0] for number in sorted(found)]
    masks = [found[number][1] for number in sorted(found)]
    if not kept:
        return Pixels((), np.zeros((0, 0, 0)), tuple(dict.fromkeys(damaged)))
    if any(one.slope != 1.0 or one.intercept != 0.0 for one in kept):
        pictures = [
            picture.astype(np.float32) * np.float32(one.slope) + np.float32(one.intercept)
            for one, picture in zip(kept, pictures, strict=True)
        ]
    array = np.stack(pictures, axis=-1)
    padding = None
    if any(mask is not None and mask.any() for mask in masks):
        nothing = np.zeros(pictures[0].shape, bool)
        padding = np.stack([nothing if mask is None else mask for mask in masks], axis=-1)
    array = _dark_where_there_is_no_signal(array, padding, kept)
    array, padded, matters = _without_padding(array, padding)
    return Pixels(tuple(kept), array, tuple(dict.fromkeys(damaged)), padded, matters)


def _picture(one: DicomSlice, decoded: _Decoded) -> tuple[np.ndarray, np.ndarray | None]:
    """(columns, rows) values of a slice before rescaling, and where they are padding, as far as that is said.

    Raises:
        ValueError: if they are not those that its header speaks of.
    """
    picture = _frame(decoded.values, one.frame)
    raw = None if decoded.whole is None else _frame(decoded.whole, one.frame)
    if picture.shape != one.size[::-1]:
        raise ValueError("unexpected size")
    if not abs(one.slope) * _LARGEST_STORED + abs(one.intercept) < float(np.finfo(np.float32).max):
        raise ValueError("values beyond any number that could be meant")
    mask = None if one.padding is None else _is_padding(picture, raw, one.padding).T
    if decoded.table is not None:
        picture = _looked_up(picture, decoded.table)
    return picture.astype(picture.dtype.newbyteorder("="), copy=False).T, mask


def _looked_up(picture: np.ndarray, table: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """The values that a Modality LUT gives (PS3.3, C.11.1).

    Raises:
        ValueError: if the table is damaged.
    """
    try:
        return table(picture)
    except Exception as error:  # pydicom raises many kinds for a table that is not as its descriptor says
        raise ValueError("damaged Modality LUT") from error


def _frame(frames: np.ndarray, number: int) -> np.ndarray:
    return frames if frames.ndim == 2 else frames[number]


def _dark_where_there_is_no_signal(
    array: np.ndarray, padding: np.ndarray | None, kept: Sequence[DicomSlice]
) -> np.ndarray:
    """MONOCHROME1 turned round about the highest signal of all its slices."""
    inverted = np.array([one.inverted for one in kept])
    if not inverted.any():
        return array
    if array.dtype.kind in "iu" and array.dtype.itemsize < 4:
        array = array.astype(np.int32)  # the difference of two 16-bit numbers needs 17
    signal = array[..., inverted] if padding is None else array[..., inverted][~padding[..., inverted]]
    top = signal.max() if signal.size else 0
    return np.where(inverted, top - array, array)


def _without_padding(array: np.ndarray, padding: np.ndarray | None) -> tuple[np.ndarray, int, bool]:
    """The array without padding, how many voxels were, and whether they lay away from the lowest signal."""
    if padding is None or padding.all():
        filled, padded = without_padding(array)
        return filled, padded, padded > 0
    # A padding value is meant before rescaling, which may be each slice's own: one mark stands for all of them.
    marked = np.where(padding, np.float32(_PADDED), array.astype(np.float32))
    filled, padded = without_padding(marked, declared=(_PADDED, _PADDED))
    values, stored = filled[~padding], array[padding]
    lowest, highest = float(values.min()), float(values.max())
    far = np.abs(stored.astype(np.float64) - lowest).max() > FAR_FROM_SIGNAL * (highest - lowest)
    more = padded > np.count_nonzero(padding)
    if array.dtype.kind in "iu":
        filled = np.rint(filled).astype(array.dtype)
    return filled, padded, bool(far or more)


def _is_padding(picture: np.ndarray, raw: np.ndarray | None, padding: tuple[int, int]) -> np.ndarray:
    """Where a picture holds padding.

    A value that does not fit into the bits that are stored was cut off when the pixels were decoded; it is looked for
    in the numbers as the file holds them.
    """
    found = (picture >= padding[0]) & (picture <= padding[1])
    return found if raw is None else found | (raw >= padding[0]) & (raw <= padding[1])


def _decode(path: Path) -> _Decoded:
    """The pixels of a file, and what is needed to understand them."""
    pydicom = import_pydicom()
    with quiet_pydicom():
        dataset = pydicom.dcmread(path, force=True)
        meta = getattr(dataset, "file_meta", None)
        if meta is None or "TransferSyntaxUID" not in meta:
            dataset.ensure_file_meta()
            _, is_little_endian = dataset.original_encoding
            big = pydicom.uid.ExplicitVRBigEndian
            dataset.file_meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian if is_little_endian else big
        syntax = dataset.file_meta.TransferSyntaxUID
        if not syntax.is_transfer_syntax:  # a vendor's own, or none at all
            raise NoDecoder(syntax.name)
        if not syntax.is_compressed:
            _check_length(dataset)
        elif syntax == _RLE:
            _check_runs(dataset)
        stored = int(dataset.get("BitsStored") or dataset.BitsAllocated)
        is_cut = int(dataset.BitsAllocated) == 16 and stored < 16 and "PixelData" in dataset
        if not is_cut or (syntax.is_compressed and syntax not in _OF_ALL_BITS):
            return _Decoded(_decompressed(dataset), None, _table_of(dataset))
        high_bit = dataset.get("HighBit")
        dataset.BitsStored, dataset.HighBit = 16, 15
        whole = _decompressed(dataset)
        dataset.BitsStored, dataset.HighBit = stored, high_bit
        if _bits_below(dataset, whole):
            return _Decoded(_moved_down(dataset, whole), whole, _table_of(dataset))
        decoded = _without_bits_above(whole, stored)
        if _run_over(dataset, decoded, whole):
            return _Decoded(whole, None, _table_of(dataset))
        return _Decoded(decoded, whole, _table_of(dataset))


def _table_of(dataset: Dataset) -> Callable[[np.ndarray], np.ndarray] | None:
    """The Modality LUT of a file that has one; pydicom applies it."""
    if not dataset.get("ModalityLUTSequence"):
        return None
    from pydicom.pixels import apply_modality_lut

    return partial(apply_modality_lut, ds=dataset)


def _check_length(dataset: Dataset) -> None:
    """Refuse pixels that are not as many as the header says: with another width they would be noise.

    Raises:
        ValueError: if there are too few, or a row or more too many. Zeros behind them are filling.
    """
    element = next(dataset[name] for name in _PIXELS if name in dataset)
    row = int(dataset.Columns) * (int(dataset.BitsAllocated) // 8)
    expected = row * int(dataset.Rows) * int(dataset.get("NumberOfFrames", 1) or 1)
    beyond = element.value[expected:]
    if len(element.value) < expected or (len(beyond) > row and any(beyond)):
        raise ValueError("the pixels are not as many as the header says")


def _check_runs(dataset: Dataset) -> None:
    """As `_check_length`, of RLE: pydicom drops what is too much, so that narrower rows would be noise.

    Raises:
        ValueError: if a frame has a row or more too many. (Too few are pydicom's own error.)
    """
    from pydicom.encaps import generate_frames

    row, rows = int(dataset.Columns), int(dataset.Rows)
    for frame in generate_frames(dataset.PixelData, number_of_frames=int(dataset.get("NumberOfFrames", 1) or 1)):
        count, first, second = np.frombuffer(frame[:12], "<u4")  # how many segments there are, and where they begin
        segment = frame[first : second if count > 1 else None]
        if _length_of_runs(segment) >= row * rows + row:
            raise ValueError("the pixels are not as many as the header says")


def _length_of_runs(segment: bytes) -> int:
    """Bytes that an RLE segment (PS3.5, G.3) stands for."""
    place = length = 0
    while place < len(segment):
        head = segment[place]
        if head < 128:  # so many other bytes and one more, as they are
            length += head + 1
            place += head + 2
        else:  # one byte, repeated; 128 says nothing
            length += 257 - head if head > 128 else 0
            place += 2 if head > 128 else 1
    return length


def _decompressed(dataset: Dataset) -> np.ndarray:
    """The pixels as they are stored.

    Raises:
        NoDecoder: if they are compressed in a way that cannot be read here.
        Exception: of many kinds, if they are damaged.
    """
    syntax = dataset.file_meta.TransferSyntaxUID
    try:
        return dataset.pixel_array
    except (RuntimeError, NotImplementedError) as error:
        lacking = (syntax.is_compressed and "depend" in str(error)) or isinstance(error, NotImplementedError)
        if not lacking:
            raise
        try:
            return _decode_by_itk(dataset)
        except RuntimeError:
            if syntax in _OF_ITK:  # it can read those that are sound
                raise
            raise NoDecoder(syntax.name) from error


def _without_bits_above(whole: np.ndarray, stored: int) -> np.ndarray:
    above = 16 - stored
    return np.right_shift(np.left_shift(whole, above, dtype=whole.dtype), above, dtype=whole.dtype)


def _bits_below(dataset: Dataset, whole: np.ndarray) -> int:
    """How many bits lie below those of the values: High Bit need not be the highest of Bits Stored, as it is today.

    0 where the values stand at the lower end all the same, and High Bit alone is wrong.
    """
    stored = int(dataset.BitsStored)
    below = min(int(dataset.get("HighBit") or 0) + 1, int(dataset.BitsAllocated)) - stored
    if below <= 0:
        return 0
    is_used = (whole & ((1 << below) - 1)).any()
    fits = whole.min() >= -(1 << (stored - 1)) and whole.max() < 1 << stored
    return 0 if is_used and fits and not _has_overlay_within(dataset) else below


def _moved_down(dataset: Dataset, whole: np.ndarray) -> np.ndarray:
    """The values without the bits below and above them."""
    below, stored = _bits_below(dataset, whole), int(dataset.BitsStored)
    above = int(dataset.BitsAllocated) - stored - below
    moved = np.left_shift(whole, above, dtype=whole.dtype)  # numpy keeps the sign when it shifts back
    return np.right_shift(moved, above + below, dtype=whole.dtype)


def _run_over(dataset: Dataset, decoded: np.ndarray, whole: np.ndarray) -> bool:
    """Whether values go on beyond the bits that are said to be stored: cut off, the brightest would become dark.

    Else the bits above hold no values: padding, a sign, or an overlay, as old files have them.
    """
    beyond = whole != decoded
    if not beyond.any() or beyond.all() or _has_overlay_within(dataset):
        return False
    limit = 1 << (int(dataset.BitsStored) - int(dataset.get("PixelRepresentation") == 1))
    return bool(decoded[~beyond].max() >= NEAR_THE_LIMIT * limit and _unrest(whole) <= ROUGHER * _unrest(decoded))


def _has_overlay_within(dataset: Dataset) -> bool:
    """Whether an Overlay Bit Position says that a bit of the pixels is a drawing (retired, PS3.3, C.9.2)."""
    positions = (dataset.get((0x6000 + 2 * number, 0x0102)) for number in range(16))
    return any(position is not None and position.value for position in positions)


def _unrest(picture: np.ndarray) -> float:
    """Sum of the differences between neighbours in the plane."""
    values = picture.astype(np.int32)
    return float(sum(np.abs(np.diff(values, axis=axis)).sum(dtype=np.float64) for axis in (-1, -2)))


_PIXEL_ELEMENTS = (
    "SamplesPerPixel", "PhotometricInterpretation", "NumberOfFrames", "Rows", "Columns", "BitsAllocated", "BitsStored",
    "HighBit", "PixelRepresentation", "PixelData",
)  # fmt: skip


def _decode_by_itk(dataset: Dataset) -> np.ndarray:
    """Decode with SimpleITK's own decoders, which know JPEG Lossless, JPEG-LS and JPEG 2000.

    Raises:
        RuntimeError: if it cannot.
    """
    pydicom = import_pydicom()
    bare = pydicom.Dataset()  # neither the patient nor a rescale slope, which ITK would apply
    for keyword in _PIXEL_ELEMENTS:
        if keyword in dataset:
            bare[keyword] = dataset[keyword]
    bare.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7" + (".3" if "NumberOfFrames" in bare else "")
    bare.SOPInstanceUID = pydicom.uid.generate_uid()
    bare.file_meta = pydicom.dataset.FileMetaDataset()
    bare.file_meta.TransferSyntaxUID = dataset.file_meta.TransferSyntaxUID
    bare.file_meta.MediaStorageSOPClassUID = bare.SOPClassUID
    bare.file_meta.MediaStorageSOPInstanceUID = bare.SOPInstanceUID
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pixels.dcm")
        bare.save_as(path, enforce_file_format=True)
        before = sitk.ProcessObject.GetGlobalWarningDisplay()
        sitk.ProcessObject.SetGlobalWarningDisplay(False)
        try:
            reader = sitk.ImageFileReader()
            reader.SetImageIO("GDCMImageIO")
            reader.SetFileName(str(path))
            decoded = sitk.GetArrayFromImage(reader.Execute())
        finally:
            sitk.ProcessObject.SetGlobalWarningDisplay(before)
    return decoded[0] if int(dataset.get("NumberOfFrames", 1) or 1) == 1 else decoded
