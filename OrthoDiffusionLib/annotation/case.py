"""One case of a worklist: its images, and what each reader did with it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

PLANES = ("sagittal", "coronal", "axial")


class CaseState(Enum):
    """How far a reader is with a case; the values stand in the file."""

    NOT_STARTED = "not started"
    IN_PROGRESS = "in progress"
    COMPLETED = "completed"
    FLAGGED = "flagged"


@dataclass
class ReaderWork:
    """What one reader did with one case.

    Attributes:
        state: how far the reader is.
        note: the reader's own words.
        seconds: how long the case was open.
        changed: when anything of this was changed last, ISO 8601; empty before.
    """

    state: CaseState = CaseState.NOT_STARTED
    note: str = ""
    seconds: float = 0.0
    changed: str = ""

    def as_dict(self) -> dict[str, object]:
        """Its entry in the file."""
        seconds = round(self.seconds, 1)
        return {"state": self.state.value, "note": self.note, "seconds": seconds, "changed": self.changed}

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> ReaderWork:
        """Read an entry of the file.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: if it is none.
        """
        seconds = float(entry.get("seconds", 0.0))
        if not math.isfinite(seconds) or seconds < 0:
            raise ValueError(f"seconds must be 0 or more, got {seconds}")
        return cls(CaseState(entry["state"]), str(entry.get("note", "")), seconds, str(entry.get("changed", "")))


@dataclass(frozen=True)
class FinalVersion:
    """Which label map of a case counts.

    Attributes:
        reader: who chose it.
        time: when, ISO 8601.
        version: number of the folder below ‘final’.
        sources: structure's key -> reader whose outline was taken.
    """

    reader: str
    time: str
    version: int
    sources: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """Its entry in the file."""
        return {"reader": self.reader, "time": self.time, "version": self.version, "sources": dict(self.sources)}

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> FinalVersion:
        """Read an entry of the file.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: if it is none.
        """
        sources = {str(key): str(reader) for key, reader in entry.get("sources", {}).items()}
        return cls(str(entry["reader"]), str(entry["time"]), int(entry["version"]), sources)


@dataclass
class Case:
    """One study to be outlined.

    Attributes:
        name: unique in the worklist, and the name of the case's folder.
        images: files and folders of the study; relative ones belong to the worklist's folder.
        planes: plane's name -> the image that must serve it, for tables that say so.
        label_map: a label map to start from; empty for none.
        side: "right" or "left" if the table says it; else empty.
        uncertainty: 0 (sure) to 1, once the case was analysed; see `uncertainty`. None before.
        problem: why the last analysis of the case came to nothing; empty for none.
        readers: reader -> what that reader did.
        final: the version that counts, None before somebody chose it.
    """

    name: str
    images: tuple[str, ...] = ()
    planes: dict[str, str] = field(default_factory=dict)
    label_map: str = ""
    side: str = ""
    uncertainty: float | None = None
    problem: str = ""
    readers: dict[str, ReaderWork] = field(default_factory=dict)
    final: FinalVersion | None = None

    def work(self, reader: str) -> ReaderWork:
        """What one reader did; made if there is nothing yet."""
        return self.readers.setdefault(reader, ReaderWork())

    def state(self, reader: str) -> CaseState:
        """How far one reader is."""
        return self.readers[reader].state if reader in self.readers else CaseState.NOT_STARTED

    @property
    def files(self) -> tuple[str, ...]:
        """All images, those of a plane included, in order."""
        return (*self.images, *(path for path in self.planes.values() if path not in self.images))

    def as_dict(self) -> dict[str, object]:
        """Its entry in the file; what is empty is left out."""
        entry: dict[str, object] = {"name": self.name, "images": list(self.images)}
        optional: dict[str, object] = {"planes": dict(self.planes), "label_map": self.label_map, "side": self.side}
        optional |= {"uncertainty": self.uncertainty, "problem": self.problem}
        entry |= {key: value for key, value in optional.items() if value not in ("", None, {})}
        entry["readers"] = {reader: work.as_dict() for reader, work in self.readers.items()}
        if self.final is not None:
            entry["final"] = self.final.as_dict()
        return entry

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> Case:
        """Read an entry of the file.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: if it is none.
        """
        uncertainty = entry.get("uncertainty")
        final = entry.get("final")
        planes = {str(plane): str(path) for plane, path in entry.get("planes", {}).items()}
        if set(planes) - set(PLANES):
            raise ValueError(f"a plane must be one of {', '.join(PLANES)}")
        return cls(
            name=str(entry["name"]),
            images=tuple(map(str, entry["images"])),
            planes=planes,
            label_map=str(entry.get("label_map", "")),
            side=str(entry.get("side", "")),
            uncertainty=None if uncertainty is None else float(uncertainty),
            problem=str(entry.get("problem", "")),
            readers={str(reader): ReaderWork.from_dict(work) for reader, work in entry.get("readers", {}).items()},
            final=None if final is None else FinalVersion.from_dict(final),
        )
