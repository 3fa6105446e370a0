"""A cohort study by study: which ones, what is finished already, and a line on disk for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import RunKey, ScoredStudy, VersionedName, read_records
from OrthoDiffusionLib.progress import Progress, ProgressCallback, part_of, report
from OrthoDiffusionLib.volumes.files.atomic import make_folder

Scored = TypeVar("Scored")
Made = TypeVar("Made", covariant=True)
"""What a cohort gives of one study: a phantom, or a case of a table with its study."""

ScoreOne = Callable[[Scored, str, "ProgressCallback | None"], ScoredStudy]


class StudiesByNumber(VersionedName, Protocol[Made]):
    """A cohort: its name and version, and its studies by number."""

    def __len__(self) -> int: ...

    def study_name(self, number: int) -> str: ...

    def study(self, number: int) -> Made: ...


def score_each(
    score_one: ScoreOne[Scored],
    cohort: StudiesByNumber[Scored],
    key: RunKey,
    *,
    count: int | None = None,
    seed: int | None = None,
    lines: Path | None = None,
    progress: ProgressCallback | None = None,
) -> list[ScoredStudy]:
    """Score studies of a cohort one by one; the ones that `lines` holds under this key are read from there.

    Args:
        score_one: what the cohort gives of a study, its name, progress → its record.
        cohort: makes a study when it is asked for.
        key: what a record depends on.
        count, seed: see `choose_studies`.
        lines: a file that grows by one line a study; None keeps nothing.
        progress: gets every step; may raise `Cancelled`, finished studies stay finished.
    """
    numbers = choose_studies(len(cohort), count, seed, where=cohort.name)
    finished = {record.study: record for record in _read_lines(lines, key)}
    records = []
    for i, number in enumerate(numbers):
        name = cohort.study_name(number)
        if name not in finished:
            words = _with_words(progress, f"Study {i + 1} of {len(numbers)}")
            step = part_of(words, i / len(numbers), (i + 1) / len(numbers))
            report(step, "study", 0.0, "Getting the study ready")
            finished[name] = score_one(cohort.study(number), name, step)
            _append(lines, finished[name].to_json_line(key))
        records.append(finished[name])
    return records


def choose_studies(size: int, count: int | None, seed: int | None, *, where: str = "") -> list[int]:
    """Which studies of a cohort of `size`: `count` in a row, the first after the last.

    In a row, because a cohort takes its imaging sites in turn: every choice has all of them.

    Args:
        count: None takes all.
        seed: number of the study to begin with; None begins with the first.

    Raises:
        OrthoDiffusionError: if there are not that many, or none was asked for.
    """
    count = size if count is None else count
    if not 1 <= count <= size:
        raise OrthoDiffusionError(
            f"The cohort has {size} studies, {count} were asked for", where=where, remedy=f"Ask for 1 to {size}."
        )
    if seed is not None and seed < 0:
        raise OrthoDiffusionError(f"The seed must be 0 or more, got {seed} instead", where=where)
    return [((seed or 0) + i) % size for i in range(count)]


def _read_lines(path: Path | None, key: RunKey) -> Sequence[ScoredStudy]:
    if path is None:
        return ()
    make_folder(path.parent)  # said now, not after an hour of work
    try:
        return read_records(path.read_text(encoding="utf-8"), key) if path.exists() else ()
    except OSError as error:
        raise _unwritable(path, error) from error


def _append(path: Path | None, line: str) -> None:
    if path is None:
        return
    try:
        with path.open("ab+") as file:
            # A run that was killed may have left half a line: it must not swallow this one.
            torn = file.tell() > 0 and not _ends_with_newline(file)
            file.write(("\n" if torn else "").encode() + line.encode("utf-8") + b"\n")
    except OSError as error:
        raise _unwritable(path, error) from error


def _ends_with_newline(file) -> bool:
    file.seek(-1, 2)
    return file.read(1) == b"\n"


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"The file of finished studies cannot be used: {error.strerror}",
        where=str(path),
        remedy="Choose another place for the scores, with space left on its disk.",
    )


def _with_words(progress: ProgressCallback | None, words: str) -> ProgressCallback | None:
    if progress is None:
        return None
    return lambda step: progress(Progress(step.stage, step.fraction, f"{words}: {step.message}"))
