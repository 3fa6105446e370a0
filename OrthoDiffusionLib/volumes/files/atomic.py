"""A file is either whole or not there: write beside it, then rename."""

from __future__ import annotations

import contextlib
import csv
import itertools
import os
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.messages import Message


@contextlib.contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """A temporary name beside `path`, with the same endings; renamed to `path` if the block succeeds.

    Raises:
        OutputError: if the folder is missing or not writable, or the disk is full. The temporary file
            is removed in every case, an older file at `path` is untouched unless all went well.
    """
    path = Path(path)
    temporary = path.with_name(f".{uuid.uuid4().hex[:8]}.partial.{path.name}")
    try:
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        raise OutputError(
            Message("file", "not_written", {"error": error.strerror or error}), where=str(path)
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all; its folder is made if need be.

    Raises:
        OutputError: if the folder or the file cannot be written, or the disk is full.
    """
    make_folder(path.parent)
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a CSV table whole or not at all.

    Raises:
        OutputError: if the file cannot be written, or the disk is full.
    """
    with atomic_path(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it.

    Raises:
        OutputError: if that is not allowed.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(Message("file", "folder_not_made", {"error": error.strerror}), where=str(folder)) from error


def new_folder(parent: Path, name: str) -> Path:
    """Make a folder of that name, with a number behind it where there is one; those above it are made as needed.

    Each call gets a folder of its own, also where another program asks for the same name at the same moment.

    Raises:
        OutputError: if it cannot be made.
    """
    make_folder(parent)
    for number in itertools.count(1):
        folder = parent / (name if number == 1 else f"{name}_{number}")
        try:
            folder.mkdir()
            break
        except FileExistsError:
            continue
        except OSError as error:
            what = Message("file", "folder_not_made", {"error": error.strerror})
            raise OutputError(what, where=str(folder)) from error
    return folder
