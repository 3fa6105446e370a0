"""Scores on disk: written whole or not at all, and refused with the reason when they cannot be read."""

from __future__ import annotations

from json import dumps, loads
from pathlib import Path

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.evaluation.scores.scores import SCORES_SCHEMA
from OrthoDiffusionLib.volumes.files.atomic import write_text


def write_scores(path: Path, scores: dict) -> None:
    """Write a Scores JSON; a reader sees the old file or the new one, never half of it.

    Raises:
        OutputError: if the file cannot be written.
    """
    write_text(path, dumps(scores, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def lines_path(path: Path) -> Path:
    """Where the single studies behind some scores lie: `scores.json` has `scores.studies.jsonl` beside it."""
    return path.with_suffix(".studies.jsonl")


def read_scores(path: Path) -> dict:
    """Read what `write_scores` wrote.

    Raises:
        OrthoDiffusionError: if there is no such file, or it is no Scores JSON of this version.
    """
    try:
        scores = loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise OrthoDiffusionError(
            f"The scores cannot be read: {error.strerror}", where=str(path), remedy="Check the path."
        ) from error
    except ValueError as error:
        raise OrthoDiffusionError(
            "The file is not JSON", where=str(path), remedy="Give the file that `evaluate --json` wrote."
        ) from error
    version = scores.get("schema_version") if isinstance(scores, dict) else None
    if version != SCORES_SCHEMA:
        raise OrthoDiffusionError(
            f"The file holds scores of schema version {version}; this version reads {SCORES_SCHEMA}",
            where=str(path),
            remedy="Run `evaluate` again.",
        )
    return scores
