"""Small pieces of the sample data as files, and damaged or hostile versions of them, the same for the same number."""

from __future__ import annotations

import gzip
import re
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.volumes import Volume, read_volume, write_volume
from OrthoDiffusionLib.volumes.geometry import Geometry

SLICES = 5
NASTY = (float("nan"), float("inf"), -float("inf"), 0.0, -1.0, 1e-300, 1e38, -1e38, 2.0**31, 0.5)
WORDS = (b"", b"nan", b"inf", b"-inf", b"0", b"-1", b"1e999", b"99999999999999999999", b"65536", b"1e-320", b"text",
         b"\xff\xfe", b"%n%s", b"../../secret", b"(1,0,0)", b"1 1 1 1 1 1 1 1 1 1 1 1")  # fmt: skip


def samples(folder: Path) -> list[Path]:
    """A piece of the sample exam in every file format, and some slices of the DICOM series; all readable."""
    whole = read_volume(resource_path("SampleData", "knee_exam", "S09_sag_fs.nii.gz"))
    array = np.ascontiguousarray(whole.array[100:140, 100:148, 4:12])
    affine = whole.geometry.affine.copy()
    affine[:3, 3] = whole.geometry.to_ras(np.array([100, 100, 4]))
    piece = Volume(array, Geometry(array.shape, affine), name="piece")
    paths = [folder / f"piece{ending}" for ending in (".nii", ".nii.gz", ".nrrd", ".mha")]
    for path in paths:
        write_volume(piece, path)
    series = folder / "piece.dcm"
    series.mkdir()
    for path in sorted(resource_path("SampleData", "dicom_echo").glob("*.dcm"))[:SLICES]:
        shutil.copy(path, series)
    return [*paths, series]


def mutant(original: Path, number: int, folder: Path) -> Path:
    """A changed copy of a file under its own ending; of a DICOM series, every slice is changed alike, or one alone.

    Args:
        original: one of `samples`.
        number: says which; the same number makes the same file.
        folder: where it is written.
    """
    seed = [number, sum(original.name.encode())]
    ending = original.name.removeprefix("piece")
    if not original.is_dir():
        path = folder / f"mutant{ending}"
        path.write_bytes(_changed(original.read_bytes(), ending, np.random.default_rng(seed)))
        return path
    series = folder / f"mutant{ending}"
    series.mkdir(exist_ok=True)
    for place, slice_file in enumerate(sorted(original.iterdir())):
        data = slice_file.read_bytes()
        alike, alone = number % 3 > 0, place == number % SLICES
        if alike or alone:
            data = _changed(data, ending, np.random.default_rng(seed))
        (series / slice_file.name).write_bytes(data)
    return series


def _changed(data: bytes, ending: str, draw: np.random.Generator) -> bytes:
    changes = BY_ENDING[ending]
    for _ in range(int(draw.integers(1, 4))):
        data = changes[int(draw.integers(len(changes)))](data, draw)
    return data


def scatter(data: bytes, draw: np.random.Generator) -> bytes:
    """Some bytes, mostly of the header, become others."""
    changed = bytearray(data)
    reach = len(data) if draw.random() < 0.3 else min(len(data), 1500)
    for at in draw.integers(0, max(1, reach), size=int(draw.integers(1, 12))):
        if at < len(changed):
            changed[at] = int(draw.choice((0, 1, 0x7F, 0x80, 0xFF, int(draw.integers(256)))))
    return bytes(changed)


def cut(data: bytes, draw: np.random.Generator) -> bytes:
    """The end is missing."""
    return data[: int(draw.integers(0, max(1, len(data) if draw.random() < 0.5 else min(len(data), 700))))]


def insert(data: bytes, draw: np.random.Generator) -> bytes:
    """Something stands in between."""
    at = int(draw.integers(0, max(1, min(len(data), 2000))))
    return data[:at] + draw.bytes(int(draw.integers(1, 64))) + data[at:]


def pad(data: bytes, draw: np.random.Generator) -> bytes:
    """Something follows."""
    return data + bytes(int(draw.integers(1, 5000)))


def nifti_field(data: bytes, draw: np.random.Generator) -> bytes:
    """A field of a NIfTI-1 header gets a value that no scanner writes."""
    kind, at = (("<h", 40 + 2 * int(draw.integers(8))), ("<f", 76 + 4 * int(draw.integers(8))),
                ("<f", 108), ("<f", 112 + 4 * int(draw.integers(2))), ("<h", 70 + 2 * int(draw.integers(2))),
                ("<h", 252 + 2 * int(draw.integers(2))), ("<f", 256 + 4 * int(draw.integers(18))),
                ("<i", 0), ("<b", 123))[int(draw.integers(9))]  # fmt: skip
    if kind == "<f":
        value = float(draw.choice(NASTY))
    else:
        limit = {"<h": 2**15, "<i": 2**31, "<b": 2**7}[kind]
        value = int(draw.choice((0, -1, 1, 2, 7, 16, 128, 1792, limit - 1, -limit))) % (2 * limit)
        value = value - 2 * limit if value >= limit else value
    with np.errstate(over="ignore"):
        packed = np.float32(value).tobytes() if kind == "<f" else struct.pack(kind, value)
    return data[:at] + packed + data[at + len(packed) :]


def inside_gzip(data: bytes, draw: np.random.Generator) -> bytes:
    """What is compressed is changed, so that the file itself is sound."""
    try:
        plain = gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return data
    change: Callable = (scatter, cut, nifti_field, nifti_field, nifti_field)[int(draw.integers(5))]
    return gzip.compress(change(plain, draw), 1, mtime=0)


def text_field(data: bytes, draw: np.random.Generator) -> bytes:
    """A number or word of an NRRD or MetaImage header becomes another, or a line is gone or stands twice."""
    end = max(data.find(b"\n\n"), data.find(b"ElementDataFile")) + 1 or len(data)
    lines = data[:end].split(b"\n")
    at = int(draw.integers(len(lines)))
    how = draw.random()
    if how < 0.15:
        del lines[at]
    elif how < 0.25:
        lines.insert(at, lines[at])
    else:
        found = list(re.finditer(rb"[^\s(),:=]+", lines[at]))
        if found:
            one = found[int(draw.integers(len(found)))]
            lines[at] = lines[at][: one.start()] + WORDS[int(draw.integers(len(WORDS)))] + lines[at][one.end() :]
    return b"\n".join(lines) + data[end:]


def dicom_element(data: bytes, draw: np.random.Generator) -> bytes:
    """The value of one element of the file becomes another of the same length, or its length is not true."""
    found = [match.start() for match in re.finditer(rb"[\x08\x18\x20\x28]\x00..[A-Z]{2}", data[:6000], re.DOTALL)]
    if not found:
        return scatter(data, draw)
    at = found[int(draw.integers(len(found)))]
    length = int.from_bytes(data[at + 6 : at + 8], "little")
    if draw.random() < 0.2:
        return data[: at + 6] + struct.pack("<H", int(draw.integers(65536))) + data[at + 8 :]
    if draw.random() < 0.2:
        return data[:at] + data[at + 8 + length :]
    word = WORDS[int(draw.integers(len(WORDS)))] if draw.random() < 0.7 else draw.bytes(length)
    return data[: at + 8] + (word * (length // max(1, len(word)) + 1))[:length] + data[at + 8 + length :]


def dicom_pixels(data: bytes, draw: np.random.Generator) -> bytes:
    """The picture is said to be of another size."""
    for tag in (b"\x28\x00\x10\x00US", b"\x28\x00\x11\x00US", b"\x28\x00\x00\x01US", b"\x28\x00\x02\x00US"):
        at = data.find(tag)
        if at > 0 and draw.random() < 0.5:
            value = int(draw.choice((0, 1, 3, 12, 32, 64, 255, 32767, 65535)))
            data = data[: at + 8] + struct.pack("<H", value) + data[at + 10 :]
    return data


BY_ENDING: dict[str, tuple[Callable[[bytes, np.random.Generator], bytes], ...]] = {
    ".nii": (scatter, cut, insert, pad, nifti_field, nifti_field, nifti_field),
    ".nii.gz": (scatter, cut, inside_gzip, inside_gzip, inside_gzip),
    ".nrrd": (scatter, cut, insert, text_field, text_field, text_field),
    ".mha": (scatter, cut, insert, text_field, text_field, text_field),
    ".dcm": (scatter, cut, insert, dicom_element, dicom_element, dicom_element, dicom_pixels),
}
