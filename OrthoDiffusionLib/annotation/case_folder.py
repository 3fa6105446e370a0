"""Where the label maps of a case lie on the disk.

    worklist.json
    cases/<case>/analysis/                    results of the analysis, a usual results folder
    cases/<case>/<reader>/v001/               what the reader left behind, the first time
        segmentation.seg.nrrd
        reading.json                          decisions on the findings, the text of the report
    cases/<case>/<reader>/autosave/           the same two files, while the case is open
    cases/<case>/<reader>/slices/             the same, of a correction in slices that was not applied yet
    cases/<case>/final/v001/segmentation.seg.nrrd

Nothing that stands in a version is ever changed: the next time is the next version.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path

from OrthoDiffusionLib.annotation.names import CASES, FINAL, reader_name

SEGMENTATION, READING = "segmentation.seg.nrrd", "reading.json"
AUTOSAVE, SLICES = "autosave", "slices"

_VERSION = re.compile(r"v(\d{3,})")


@dataclass(frozen=True)
class SavedState:
    """A label map that was saved.

    Attributes:
        folder: that holds it.
        version: its number; 0 for what was saved by itself while the case was open.
        time: when it was written, seconds since 1970.
    """

    folder: Path
    version: int
    time: float

    @property
    def segmentation(self) -> Path:
        return self.folder / SEGMENTATION

    @property
    def reading(self) -> Path:
        return self.folder / READING


@dataclass(frozen=True)
class CaseFolder:
    """The folder of one case of one worklist.

    Attributes:
        home: the folder of the worklist's file.
        name: of the case.
    """

    home: Path
    name: str

    @property
    def path(self) -> Path:
        return self.home / CASES / self.name

    @property
    def analysis(self) -> Path:
        """The results folder of the case."""
        return self.path / "analysis"

    def of(self, reader: str) -> Path:
        """The folder of one reader."""
        return self.path / reader_name(reader)

    def autosave(self, reader: str) -> Path:
        """The folder that is written while the reader has the case open."""
        return self.of(reader) / AUTOSAVE

    def slices(self, reader: str) -> Path:
        """The folder of a correction that is being drawn in a view's slices."""
        return self.of(reader) / SLICES

    def versions(self, reader: str) -> list[SavedState]:
        """The versions of a reader, the oldest first."""
        return _versions(self.of(reader))

    def finals(self) -> list[SavedState]:
        """The versions that were made final, the oldest first."""
        return _versions(self.path / FINAL)

    def latest(self, reader: str) -> SavedState | None:
        """The newest version, or what was saved by itself after it; None if there is neither."""
        versions = self.versions(reader)
        saved = _state(self.autosave(reader), 0)
        newest = versions[-1] if versions else None
        if saved is not None and (newest is None or saved.time > newest.time):
            return saved
        return newest

    def next_version(self, reader: str) -> Path:
        """The folder of the next version of a reader; it is not made."""
        return _next(self.of(reader))

    def next_final(self) -> Path:
        """The folder of the next final version; it is not made."""
        return _next(self.path / FINAL)

    def readers(self) -> list[str]:
        """The readers that have left a version, by the names of their folders."""
        with contextlib.suppress(OSError):
            folders = [entry.name for entry in self.path.iterdir() if entry.is_dir()]
            return sorted(name for name in folders if name != FINAL and self.latest(name) is not None)
        return []


def _versions(folder: Path) -> list[SavedState]:
    found = []
    with contextlib.suppress(OSError):
        for entry in folder.iterdir():
            number = _VERSION.fullmatch(entry.name)
            state = _state(entry, int(number[1])) if number else None
            if state is not None:
                found.append(state)
    return sorted(found, key=lambda state: state.version)


def _state(folder: Path, version: int) -> SavedState | None:
    try:
        return SavedState(folder, version, (folder / SEGMENTATION).stat().st_mtime)
    except OSError:
        return None


def _next(folder: Path) -> Path:
    """One more than the highest number there, whether that folder is complete or not."""
    numbers = [0]
    with contextlib.suppress(OSError):
        numbers += [int(match[1]) for entry in folder.iterdir() if (match := _VERSION.fullmatch(entry.name))]
    return folder / f"v{max(numbers) + 1:03d}"
