"""Studies from an archive into folders that `analyze` and `batch` read: complete, or not there under that name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.archive.archive import Archive
from OrthoDiffusionLib.archive.instance_file import Damaged, kept_instances, write_instance
from OrthoDiffusionLib.archive.query import SeriesRecord, check_uid
from OrthoDiffusionLib.errors import ArchiveError, OutputError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.progress import ProgressCallback, report
from OrthoDiffusionLib.volumes.files.atomic import make_folder

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

MR_ONLY = ("MR",)


@dataclass(frozen=True)
class FetchedStudy:
    """A study that is complete on this computer.

    Attributes:
        folder: it holds a folder for each series.
        instances: how many it holds.
        new: how many of them were fetched now.
        other_modalities: of series that were left out.
    """

    folder: Path
    instances: int
    new: int
    other_modalities: Sequence[str] = field(default_factory=tuple)


def study_folder(out: Path, study_uid: str) -> Path:
    """Where a study goes: named after its UID, which names no person and is no other study's."""
    return out / check_uid(study_uid)


def unfinished_folder(folder: Path) -> Path:
    """Where a study grows; hidden, so that no batch takes half a study for a whole one."""
    return folder.with_name(f".{folder.name}.partial")


def fetch_study(
    archive: Archive,
    study_uid: str,
    out: Path,
    *,
    modalities: Sequence[str] | None = MR_ONLY,
    progress: ProgressCallback | None = None,
) -> FetchedStudy:
    """Fetch a study; called again after it was interrupted, it fetches what is missing.

    Args:
        archive: open.
        study_uid: Study Instance UID.
        out: the study becomes `out/<study_uid>`. One that lies there is compared with the archive, and completed.
        modalities: the series to fetch; None for all.
        progress: gets every instance; may raise `Cancelled`. What has been fetched stays for the next call.

    Raises:
        ArchiveError: if the archive has no such study, or goes away; with the code `archive_incomplete` if it has
            not sent all that it lists.
        OutputError: if the disk is full or `out` cannot be written.
    """
    folder = study_folder(out, study_uid)
    every = archive.find_series(study_uid)
    wanted = [one for one in every if modalities is None or one.modality in modalities]
    left_out = tuple(sorted({one.modality or "?" for one in every} - {one.modality for one in wanted}))
    if not wanted:
        raise _nothing_wanted(study_uid, left_out)
    expected = {one.series_uid: archive.find_instances(study_uid, one.series_uid) for one in wanted}
    fetching = _Fetching(archive, folder, wanted, expected, progress)
    before = fetching.count(folder)
    if fetching.is_complete(folder):
        return FetchedStudy(folder, before, 0, left_out)
    growing = unfinished_folder(folder)
    before = fetching.begin(growing)
    fetching.run(growing)
    fetching.check(growing)
    _replace(growing, folder)
    return FetchedStudy(folder, count := fetching.count(folder), count - before, left_out)


def _nothing_wanted(study_uid: str, left_out: Sequence[str]) -> ArchiveError:
    if left_out:
        values = {"modalities": list(left_out)}
        return ArchiveError(Message("archive", "no_such_series", values), where=study_uid, code="archive_empty")
    return ArchiveError(Message("archive", "no_such_study"), where=study_uid, code="archive_empty")


def _replace(growing: Path, folder: Path) -> None:
    try:
        os.replace(growing, folder)
    except OSError as error:
        values = {"error": error.strerror or error}
        raise OutputError(Message("file", "not_written", values), where=str(folder)) from error


class _Fetching:
    """One study on its way: what is wanted of each series, and what has come."""

    def __init__(
        self,
        archive: Archive,
        folder: Path,
        series: Sequence[SeriesRecord],
        expected: dict[str, Sequence[str] | None],
        progress: ProgressCallback | None,
    ) -> None:
        self._archive, self._folder, self._series, self._expected = archive, folder, series, expected
        self._progress = progress
        self._damaged = 0
        self._came = 0

    def begin(self, growing: Path) -> int:
        """Take up what an interrupted call, or an older state of the study, has left; how many instances."""
        if self._folder.is_dir() and not growing.exists():
            # The archive has more now: until all of it is here, this is no complete study.
            _replace(self._folder, growing)
        make_folder(growing)
        self._came = self.count(growing)
        return self._came

    def run(self, growing: Path) -> None:
        for one in self._series:
            target = growing / one.series_uid
            make_folder(target)
            missing = self._missing(one, target)
            if not kept_instances(target):
                self._ask(one, None, target)  # the whole series in one go
                missing = self._missing(one, target)
            if missing is None or missing:
                self._ask(one, missing, target)  # what went lost on the way, or before an interruption

    def _ask(self, one: SeriesRecord, missing: Sequence[str] | None, target: Path) -> None:
        self._archive.fetch(one.study_uid, one.series_uid, missing, lambda dataset: self._keep(dataset, target))

    def _keep(self, dataset: Dataset, target: Path) -> None:
        try:
            told = tuple(str(dataset.get(f"{level}InstanceUID", "")) for level in ("Study", "Series"))
            if told != (self._folder.name, target.name):  # of another exam, perhaps of another patient
                raise Damaged
            write_instance(dataset, target)
        except Damaged:
            self._damaged += 1
            return
        self._came += 1
        total = self._total
        done = {"number": self._came, "count": max(total, self._came)}
        report(self._progress, "fetch", self._came / max(total, self._came, 1), Message("progress", "fetch", done))

    @property
    def _total(self) -> int:
        return sum(self._how_many(one) or 0 for one in self._series)

    def _how_many(self, one: SeriesRecord) -> int | None:
        uids = self._expected[one.series_uid]
        return one.instances if uids is None else len(uids)

    def _missing(self, one: SeriesRecord, target: Path) -> list[str] | None:
        """UIDs; None if the archive does not list them and not all have come."""
        kept, uids = kept_instances(target), self._expected[one.series_uid]
        if uids is not None:
            return [uid for uid in uids if uid not in kept]
        return [] if one.instances is not None and len(kept) >= one.instances else None

    def count(self, folder: Path) -> int:
        return sum(len(kept_instances(folder / one.series_uid)) for one in self._series)

    def is_complete(self, folder: Path) -> bool:
        return all(self._missing(one, folder / one.series_uid) == [] for one in self._series)

    def check(self, growing: Path) -> None:
        """Compare with what the archive lists.

        Raises:
            ArchiveError: if something is missing.
        """
        missing = 0
        for one in self._series:
            kept, lacking = kept_instances(growing / one.series_uid), self._missing(one, growing / one.series_uid)
            if lacking is not None:
                missing += len(lacking)
            else:  # the archive says at best how many there are
                missing += max(0 if kept else 1, (one.instances or 0) - len(kept))
        if missing:
            values = {"count": missing, "total": self._total, "damaged": self._damaged}
            raise ArchiveError(
                Message("archive", "incomplete", values), where=self._folder.name, code="archive_incomplete"
            )
