"""What is known of a public data set, and what reading one gives: rows of a table of cases, skipped cases, notices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from OrthoDiffusionLib.errors import TrainingError

Report = Callable[[str], None]


class Skip(NamedTuple):
    """A case that is left out."""

    case: str
    why: str


class NewFinding(NamedTuple):
    """A finding that a data set labels and the joint's own list lacks."""

    name: str
    title: str
    best_planes: tuple[str, ...]


@dataclass
class Contents:
    """What a folder holds.

    Attributes:
        rows: of a table of cases: column -> value; paths absolute.
        skipped: cases that are left out, and why.
        notices: what a user has to know of these cases.
    """

    rows: list[dict[str, str]] = field(default_factory=list)
    skipped: list[Skip] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def skip(self, case: str, why: str) -> None:
        """Leave a case out."""
        self.skipped.append(Skip(case, why))


@dataclass(frozen=True)
class DataSet:
    """One public data set.

    Attributes:
        key: word for the command line.
        title: its name.
        layout: the files that a folder of it has, as its owners distribute them.
        licence, access, size: what a user must accept, whom he must ask, and how much he downloads.
        address: where it is to be had.
        site: where all its exams come from, if that is one place; empty for several.
        geometry: what its files do not say of spacing, place and side, and how they are read.
        facts: where these words are from; "assumed" marks what was read nowhere.
        new_findings: that the joint's own list lacks.
        label_values: structure -> value in its label maps; empty without such.
        read: the folder, and one for images that have to be converted, to its contents.
    """

    key: str
    title: str
    layout: str
    licence: str
    access: str
    size: str
    address: str
    site: str
    geometry: str
    facts: str
    read: Callable[[Path, Path, Report], Contents]
    new_findings: tuple[NewFinding, ...] = ()
    label_values: Mapping[str, int] = field(default_factory=dict)

    def wrong_folder(self, folder: Path, missing: str) -> TrainingError:
        """The folder is not this data set."""
        return TrainingError(
            f"The folder is not {self.title} as it is downloaded: {missing}",
            where=str(folder),
            remedy=f"Give the folder that holds {self.layout}. It is to be had at {self.address}.",
        )


def array_fault(array: np.ndarray, least_slices: int = 5) -> str:
    """Why an array is no series of slices; empty if it is one.

    Args:
        array: (S, H, W).
        least_slices: that a series has.
    """
    if array.ndim != 3 or min(array.shape[1:]) < 16:
        return f"the array has the shape {tuple(array.shape)} and is no stack of slices"
    if array.shape[0] < least_slices:
        return f"the series has {array.shape[0]} slices"
    if not np.issubdtype(array.dtype, np.number) or np.iscomplexobj(array):
        return f"the array holds {array.dtype} and no grey values"
    if not np.isfinite(array).all() or array.max() <= array.min():
        return "the image is empty or holds values that are no numbers"
    return ""
