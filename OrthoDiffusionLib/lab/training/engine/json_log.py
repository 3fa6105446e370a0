"""A log of one JSON object a line that a resumed run takes up where its checkpoint stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.volumes.files.atomic import atomic_path


class JsonLog:
    """Appends records; what was logged after the checkpoint is forgotten, since it will be done again.

    Args:
        path: the file; made if missing.
        start: the checkpoint's step; records of later steps are dropped.
    """

    def __init__(self, path: Path, start: int) -> None:
        self.path = path
        kept = [record for record in read_records(path) if record.get("step", 0) <= start]
        with atomic_path(path) as temporary:
            temporary.write_text("".join(json.dumps(record) + "\n" for record in kept), encoding="utf-8")

    def write(self, record: Mapping) -> None:
        """Append one record.

        Raises:
            TrainingError: if the disk is full.
        """
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n")
        except OSError as error:
            raise TrainingError(
                f"The log could not be written: {error.strerror or error}",
                where=str(self.path),
                remedy="Free some space and run the same command again; it resumes.",
            ) from error


def read_records(path: Path) -> list[dict]:
    """The records of a log; half a line, as a kill may leave at the end, is left out."""
    records = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    for line in lines:
        try:
            records.append(json.loads(line))
        except ValueError:
            continue
    return records
