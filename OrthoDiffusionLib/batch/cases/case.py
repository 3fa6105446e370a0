"""Case: one study to analyse, by the files it is made of; and what was found that is no part of any."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.messages import Message

_NO_SIGN = re.compile(r"[\x00-\x1f\x7f/\\\ud800-\udfff]")
"""Control characters, separators, and bytes of another character set as Python keeps them."""


@dataclass(frozen=True)
class Case:
    """One study of a batch.

    Attributes:
        name: of its results folder and row; holds no patient's name, differs from all others and stays the same
            from run to run. Signs that no folder's name or table can hold become "_".
        inputs: files or folders that are read together.
        by_plane: "sagittal", "coronal" or "axial" -> the file or folder that must serve it.
        side: as the user or a file's name says it; None for what header and anatomy say.
        clinical: what the referral says; empty for nothing.
        series, files: how many DICOM series and files were counted; 0 if they were not.
        source: digest of which images these are, wherever they lie, so that another study of the same name is not taken
            for this one; empty if it is not known.
        patient, date, joint, stated_side: for the order alone, as far as known; never shown.
        words: what headers say of the part of the body, to tell the joint; never shown.
    """

    name: str
    inputs: tuple[Path, ...] = ()
    by_plane: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    side: Side | None = None
    clinical: Mapping[str, str] = field(default_factory=dict)
    series: int = 0
    files: int = 0
    source: str = ""
    patient: str = ""
    date: str = ""
    joint: str = ""
    stated_side: str = ""
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.inputs and not self.by_plane:
            raise ValueError("a case must have inputs, got none instead")
        object.__setattr__(self, "name", _NO_SIGN.sub("_", self.name))
        if not self.name or self.name.startswith("."):
            raise ValueError(f"a case's name must be a folder's name, got {self.name!r} instead")

    @property
    def place(self) -> tuple[object, ...]:
        """What cases are sorted by: patient, date, joint, side, name."""
        return natural(self.patient), self.date, self.joint, self.stated_side, natural(self.name)


@dataclass(frozen=True)
class Unused:
    """A file or folder that is no part of any case, and why.

    Attributes:
        path: what is not used; a folder stands for all that lies in it.
        reason: a Message of the catalogue, code ``unused``.
    """

    path: Path
    reason: Message


@dataclass(frozen=True)
class Plan:
    """What a batch will do.

    Attributes:
        cases: in their order; no two names are the same, whatever their capitals.
        unused: what was found and belongs to no case.
        home: paths are shown relative to it.
        loose: of the unused, image files that lie beside the folders of the studies.
    """

    cases: tuple[Case, ...]
    unused: tuple[Unused, ...] = ()
    home: Path = Path()
    loose: tuple[Path, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(case.name for case in self.cases)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Orders 2 before 10. Signs such as ① and ² are digits and no numbers."""
    parts = re.split(r"(\d+)", text.casefold())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def in_order(cases: Sequence[Case]) -> tuple[Case, ...]:
    """By patient, date, joint, side and name."""
    return tuple(sorted(cases, key=lambda case: case.place))
