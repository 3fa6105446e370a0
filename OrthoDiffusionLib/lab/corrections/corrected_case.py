"""CorrectedCase: one study with its outlines as the bundle drew them and as a person left them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.annotation.one_lattice import grid_around, mask_on
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.findings.records import BundleRecord
from OrthoDiffusionLib.lab.corrections.comparison import StructureChange, compare
from OrthoDiffusionLib.volumes import Geometry, Plane, Volume

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True, eq=False)
class CorrectedStructure:
    """One structure of a corrected study.

    Attributes:
        name: its key, as the bundle names it.
        label: its value in label maps.
        before: the prediction's voxels, (I, J, K), not 0 inside; None if the bundle found nothing.
        after: those that a person left; None if nothing is left.
        reviewed: whether a person says that it is right as it is, edited or not.
    """

    name: str
    label: int
    before: Volume | None
    after: Volume | None
    reviewed: bool = False

    @cached_property
    def change(self) -> StructureChange:
        """How far the correction is from the prediction."""
        return compare(self.before, self.after)

    @property
    def vouched(self) -> bool:
        """Whether a person stands for its outline: who edits a structure has looked at it."""
        return self.reviewed or self.change.changed


@dataclass(frozen=True, eq=False)
class CorrectedCase:
    """One study with its prediction and its correction.

    Attributes:
        name: of the case, for tables and folders; letters, digits, dots, dashes and underlines.
        patient: a key that is the same for all cases of a patient, and names none.
        joint: its key, "knee".
        side: of the patient; None if it is not known.
        volumes: plane -> the volume that served it; one 3D volume may serve several.
        structures: all that the bundle looked for.
        grid: of the prediction.
        bundle: which one predicted.
        predicted: when, ISO 8601.
        reader: who corrected; may be empty.

    Raises:
        TrainingError: for a name that cannot be a folder's, no patient, no volume, or labels given twice.
    """

    name: str
    patient: str
    joint: str
    side: Side | None
    volumes: Mapping[Plane, Volume]
    structures: tuple[CorrectedStructure, ...]
    grid: Geometry
    bundle: BundleRecord
    predicted: str
    reader: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise TrainingError(
                f"A case cannot be named {self.name!r}",
                remedy="Take letters, digits, dots, dashes and underlines, beginning with a letter or a digit.",
            )
        if not self.patient.strip():
            raise TrainingError("The case names no patient", remedy="Give a key that is the same for all his cases.")
        if not self.volumes:
            raise TrainingError("The case has no images", where=self.name, remedy="Load its volumes.")
        for values in ([s.name for s in self.structures], [s.label for s in self.structures]):
            if len(set(values)) < len(values):
                raise TrainingError("Two structures share a name or a label", where=self.name)

    @property
    def edited(self) -> tuple[str, ...]:
        """Names of the structures of which a voxel is another than predicted."""
        return tuple(structure.name for structure in self.structures if structure.change.changed)

    @property
    def vouched(self) -> tuple[str, ...]:
        """Names of the structures that teach: those a person has edited or reviewed."""
        return tuple(structure.name for structure in self.structures if structure.vouched)

    def before(self) -> Volume:
        """uint8 labels of the prediction, on a grid that holds all that was drawn."""
        return self._labels((structure, structure.before) for structure in self.structures)

    def after(self) -> Volume:
        """uint8 labels as they were left; where outlines overlap, what a person has edited or reviewed lies on top."""
        ordered = sorted(self.structures, key=lambda structure: structure.vouched)
        return self._labels((structure, structure.after) for structure in ordered)

    @cached_property
    def _whole_grid(self) -> Geometry:
        drawn = [v.geometry for s in self.structures for v in (s.before, s.after) if v is not None]
        return grid_around(self.grid, drawn)

    def _labels(self, drawn: Iterable[tuple[CorrectedStructure, Volume | None]]) -> Volume:
        labels = np.zeros(self._whole_grid.shape, np.uint8)
        for structure, volume in drawn:
            if volume is not None:
                labels[mask_on(volume, self._whole_grid)] = structure.label
        return Volume(labels, self._whole_grid)


def structures_of_maps(
    before: Volume, after: Volume, labels: Mapping[str, int], *, reviewed: Iterable[str] = ()
) -> tuple[CorrectedStructure, ...]:
    """The structures of two label maps.

    Args:
        before, after: (I, J, K) labels; they may lie on different grids.
        labels: name -> value in both.
        reviewed: names of those that a person says are right.

    Raises:
        TrainingError: if a map holds a value that has no name.
    """
    names = set(labels.values()) | {0}
    for volume in (before, after):
        unknown = sorted(set(np.unique(volume.array).tolist()) - names)
        if unknown:
            raise TrainingError(
                f"The label map holds values without a name: {', '.join(f'{value:g}' for value in unknown[:12])}",
                where=volume.name,
                remedy="Known are " + ", ".join(f"{value} {name}" for name, value in labels.items()) + ".",
            )
    said = set(reviewed)
    return tuple(
        CorrectedStructure(name, value, voxels_of(before, value), voxels_of(after, value), name in said)
        for name, value in labels.items()
    )


def voxels_of(labels: Volume, value: int = 1) -> Volume | None:
    """The voxels of one label in the smallest box around them; None if there are none."""
    inside = labels.array == value
    if not inside.any():
        return None
    start, stop = [], []
    for axis in range(3):
        found = np.flatnonzero(inside.any(axis=tuple(other for other in range(3) if other != axis)))
        start.append(int(found[0]))
        stop.append(int(found[-1]) + 1)
    part = tuple(slice(low, high) for low, high in zip(start, stop, strict=True))
    return Volume(inside[part].astype(np.uint8), labels.geometry.cropped(start, stop))
