"""One folder holds one run: what is in it was made from the same things, or the run is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.volumes.files.atomic import write_text

CLAIM_FILE = "run.json"


def claim(folder: Path, content: Mapping, *, begun: bool = True) -> None:
    """Note what a run is made from, or find that the folder's run is made from the same.

    Args:
        folder: of the run; made if need be.
        content: what must not change between two calls that go on with each other; JSON.
        begun: whether work is there that cannot serve another run. If not, another run takes the folder over.

    Raises:
        TrainingError: naming what differs, or if the note cannot be read.
        OutputError: if it cannot be written.
    """
    wanted = json.loads(json.dumps(content))
    path = folder / CLAIM_FILE
    found = read_claim(folder)
    if found is not None and found != wanted and begun:
        differing = ", ".join(key for key in {**wanted, **found} if found.get(key) != wanted.get(key))
        raise TrainingError(
            f"The folder holds another run; it differs in: {differing}",
            where=str(folder),
            remedy="Choose another folder, or delete this one to start again.",
        )
    if found != wanted:
        write_text(path, json.dumps(wanted, indent=1) + "\n")


def withdraw_claim(folder: Path) -> None:
    """Take the note back, and the folder with it, where nothing else came of the run; else both stay."""
    if [path.name for path in folder.iterdir()] == [CLAIM_FILE]:
        (folder / CLAIM_FILE).unlink()
        folder.rmdir()


def read_claim(folder: Path) -> dict | None:
    """What the folder's run is made from, None if nothing is noted.

    Raises:
        TrainingError: if the note cannot be read.
    """
    path = folder / CLAIM_FILE
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            raise ValueError("no object")
    except (OSError, ValueError) as error:
        raise TrainingError(f"{CLAIM_FILE} cannot be read", where=str(path), remedy="Choose another folder.") from error
    return found
