"""The files that hold the voxels of a text header, and whether compressed voxels come out whole.

ITK neither compares the checksum of a compressed NRRD nor heeds that a compressed MetaImage cannot be unpacked: it
returns what happens to be in memory. It prints to the console where one of several files is missing.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from pathlib import Path

from OrthoDiffusionLib.errors import VolumeFileError
from OrthoDiffusionLib.messages import Message

_MOST_FILES = 10_000
_ZLIB_OR_GZIP = 47
"""Window bits by which zlib finds out which of the two it is; it compares the checksums of both."""
_STEP = 1 << 16
"""Packed bytes at once; what comes out of them is a thousand times as many at most."""
_GZIP = b"\x1f\x8b"
_MOST_KEPT = 1 << 31
"""Bytes of unpacked voxels that are kept, so that they need not be unpacked again."""


def data_files(path: Path, named: str | None, following: str = "") -> list[Path]:
    """The files beside a header that hold its voxels; none if they stand in the header's own file.

    Args:
        path: of the header.
        named: what it says: one name, ``LIST``, or a pattern such as ``slice%03d.raw 1 30 1``.
        following: what stands after that line: the names of a list, one a line.

    Raises:
        VolumeFileError: naming the first that is missing.
    """
    if not named or named.upper() == "LOCAL":
        return []
    files = [path.parent / name for name in _names(named, following)]
    for file in files:
        if not os.path.isfile(file):  # False, not an error, for a name that no file can have
            raise VolumeFileError(Message("file", "data_missing", {"file": file.name}), where=str(path))
    return files


def _names(named: str, following: str) -> list[str]:
    if named.upper().split()[0] == "LIST":
        return [line.strip() for line in following.splitlines() if line.strip()]
    if "%" not in named:
        return [named]
    try:
        pattern, first, last, step = (*named.split()[:3], (*named.split(), "1")[3])
        numbers = range(int(first), int(last) + 1, int(step))
        return [pattern % number for number in numbers[:_MOST_FILES]]
    except (TypeError, ValueError):  # ITK says what is wrong with it
        return []


def check_size(header: Path, file: Path, *, start: int, size: int) -> None:
    """Make sure that a file holds no more than the voxels that its header describes.

    What is longer begins with a header of its own, or its numbers are wider than is said: it would be read as noise.
    Behind a header in the same file a few bytes more do no harm.

    Args:
        header: for the message.
        file: that holds the voxels.
        start: where in it they begin.
        size: bytes that they take; 0 where that is not known.

    Raises:
        VolumeFileError: naming both sizes.
    """
    available = file.stat().st_size - start
    if size > 0 and (available >= 2 * size or (file != header and available > size)):
        values = {"file": file.name, "available": available, "described": size}
        raise VolumeFileError(Message("file", "data_too_long", values), where=str(header))


def unpacked(
    header: Path, file: Path, *, start: int = 0, length: int | None = None, size: int = 0, least: int = 0
) -> bytearray | None:
    """Unpack compressed voxels (zlib or gzip), and make sure that they come out whole.

    Args:
        header: for the message.
        file: that holds them.
        start: where in it they begin.
        length: how many bytes they take there, if that is said.
        size: bytes that they take unpacked, as far as that is known, else 0.
        least: bytes that must come out.

    Returns:
        The bytes if they are just `size`, and not so many that the header may be lying; else None.

    Raises:
        VolumeFileError: if they are damaged or too few.
    """
    kept = bytearray(size) if 0 < size <= _MOST_KEPT else None
    count = 0
    try:
        for part in _unpacked(file, start, length):
            if kept is not None and count + len(part) <= size:
                kept[count : count + len(part)] = part
            count += len(part)
        whole = count >= least
    except (EOFError, zlib.error):
        whole = False
    except OSError as error:
        raise VolumeFileError(
            Message("file", "unreadable", {"error": error.strerror or error}), where=str(header)
        ) from error
    if not whole:
        raise VolumeFileError(Message("file", "ends_early"), where=str(header))
    return kept if count == size else None


def _unpacked(path: Path, start: int, length: int | None) -> Iterator[bytes]:
    """What comes out, step by step; several gzip streams may follow each other.

    Raises:
        EOFError, zlib.error: if they end too early, or are damaged.
    """
    with path.open("rb") as file:
        file.seek(start)
        left = length if length is not None else path.stat().st_size - start
        stream, packed = zlib.decompressobj(_ZLIB_OR_GZIP), b""
        while not stream.eof:
            if not packed:
                packed = file.read(min(_STEP, left))
                left -= len(packed)
                if not packed:
                    raise EOFError
            yield stream.decompress(packed)
            packed = b""
            if stream.eof and stream.unused_data.startswith(_GZIP):
                packed, stream = stream.unused_data, zlib.decompressobj(_ZLIB_OR_GZIP)
