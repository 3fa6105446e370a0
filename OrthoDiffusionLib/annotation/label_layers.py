"""What a segmentation of the scene holds: label maps in layers, and which value of which layer is which segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from OrthoDiffusionLib.volumes import Geometry, Volume

STRUCTURE_TAG = "OrthoDiffusion.Structure"
"""Tag of a segment that names the structure; the same in scene and files."""

LABEL_TAG = "OrthoDiffusion.Label"
CREATED_TAG = "OrthoDiffusion.Created"  # when the prediction was made that a segment began as; Provenance writes it
"""Tag of a segment of the user's own: the label value that it keeps in every file."""


@dataclass(frozen=True)
class SegmentRecord:
    """One segment.

    Attributes:
        id: unique in the segmentation.
        name: as people see it.
        colour: red, green, blue in [0, 1].
        layer: number of the label map that it lies in.
        label: its value there, 1 or more.
        tags: further facts, the status of the review among them.
    """

    id: str
    name: str
    colour: tuple[float, float, float]
    layer: int
    label: int
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What two readers' segments are compared by: the structure, or else the name."""
        return self.tags.get(STRUCTURE_TAG) or self.name


@dataclass(frozen=True)
class LabelLayers:
    """A segmentation on one grid.

    Attributes:
        arrays: label maps (I, J, K) of whole numbers, all of one shape; segments of one layer do not overlap.
        geometry: their grid.
        segments: what the values mean, in the order that people see.

    Raises:
        ValueError: if a layer has another shape, or a segment lies in a layer that is not there.
    """

    arrays: tuple[np.ndarray, ...]
    geometry: Geometry
    segments: tuple[SegmentRecord, ...]

    def __post_init__(self) -> None:
        if any(array.shape != self.geometry.shape for array in self.arrays):
            raise ValueError(f"every layer must have the shape {self.geometry.shape}")
        if any(array.dtype.kind not in "iu" for array in self.arrays):
            raise ValueError("layers must hold whole numbers")
        if any(not 0 <= one.layer < len(self.arrays) or one.label < 1 for one in self.segments):
            raise ValueError("every segment must lie in a layer, with a value of 1 or more")

    @property
    def names_nothing(self) -> bool:
        """Whether there are voxels and no segment: another program's label map, whose values say what they are."""
        return not self.segments and any(array.any() for array in self.arrays)

    def mask(self, segment: SegmentRecord) -> np.ndarray:
        """(I, J, K) bool, True inside the segment."""
        return self.arrays[segment.layer] == segment.label

    def segment(self, key: str) -> SegmentRecord | None:
        """The segment of a structure or name; None if there is none."""
        return next(iter(self.segments_of(key)), None)

    def segments_of(self, key: str) -> tuple[SegmentRecord, ...]:
        """All segments of a structure or name: a user may give several one name.

        Where one is the structure by its ID, it comes alone: a new prediction may lie beside what was edited.
        """
        found = tuple(one for one in self.segments if one.key == key)
        return tuple(one for one in found if one.id == key)[:1] or found


def settled(layers: LabelLayers, wanted: Mapping[str, int]) -> LabelLayers:
    """The same segments with the label values that are asked for, in as few layers as they need.

    The Segment Editor moves a segment that grows over another one into a layer of its own, where its value becomes 1.
    In a file each structure shall have its own value again.

    Args:
        layers: at most 255 segments.
        wanted: segment's key -> label value; a tag `LABEL_TAG` says it for the user's own. Others get what is free.

    Returns:
        uint8 layers; one alone unless segments overlap.
    """
    values = _values(layers.segments, wanted)
    arrays: list[np.ndarray] = []
    segments = []
    for segment in layers.segments:
        mask, label = layers.mask(segment), values[segment.id]
        place = next((n for n, array in enumerate(arrays) if not (array[mask] != 0).any()), len(arrays))
        if place == len(arrays):
            arrays.append(np.zeros(layers.geometry.shape, np.uint8, order="F"))
        arrays[place][mask] = label
        segments.append(replace(segment, layer=place, label=label))
    if not arrays:
        arrays = [np.zeros(layers.geometry.shape, np.uint8, order="F")]
    return LabelLayers(tuple(arrays), layers.geometry, tuple(segments))


def _values(segments: Sequence[SegmentRecord], wanted: Mapping[str, int]) -> dict[str, int]:
    """Segment's id -> its value; no two the same."""
    taken: set[int] = set()
    values: dict[str, int] = {}
    # Of several segments of a structure the one with its ID gets its value, wherever it stands.
    for segment in sorted(segments, key=lambda one: one.id != one.key):
        label = wanted.get(segment.key) or _number(segment.tags.get(LABEL_TAG, ""))
        if label and 1 <= label <= 255 and label not in taken:
            values[segment.id] = label
            taken.add(label)
    reserved = taken | {label for label in wanted.values() if label}
    free = iter([*(n for n in range(200, 256) if n not in reserved), *(n for n in range(1, 200) if n not in reserved)])
    for segment in segments:
        if segment.id not in values:
            if segment.label not in reserved and segment.label <= 255 and segment.label > 1:
                values[segment.id] = segment.label
                reserved.add(segment.label)
            else:
                values[segment.id] = next(label for label in free if label not in reserved)
                reserved.add(values[segment.id])
    return values


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


@dataclass(frozen=True)
class KnownStructure:
    """What a label value of other people's label maps means.

    Attributes:
        name: for machines.
        title: for people.
        label: its value.
        colour: red, green, blue in [0, 1].
    """

    name: str
    title: str
    label: int
    colour: tuple[float, float, float]


def layers_of_labels(labels: Volume, known: Sequence[KnownStructure]) -> LabelLayers:
    """A label map of anybody's as segments: values that are known get their names, others a number.

    Args:
        labels: (I, J, K), whole numbers from 0 to 255, also as floats.
        known: the structures of the joint, and those of the worklist.

    Raises:
        ValueError: if it holds other numbers; it is an image then.
    """
    array = labels.array
    values = np.unique(array)
    if values.size > 256 or not np.isfinite(values).all() or (values != np.round(values)).any():
        raise ValueError("it does not hold whole numbers")
    if values.size and (values[0] < 0 or values[-1] > 255):
        raise ValueError("its values are not between 0 and 255")
    named = {structure.label: structure for structure in known}
    segments = []
    for label in (int(value) for value in values if value):
        structure = named.get(label)
        if structure is not None:
            tags = {STRUCTURE_TAG: structure.name}
            segments.append(SegmentRecord(structure.name, structure.title, structure.colour, 0, label, tags))
        else:
            red, green, blue = (((label * step) % 97) / 96 for step in (37, 59, 83))
            tags = {LABEL_TAG: str(label)}
            segments.append(SegmentRecord(f"label_{label}", f"Label {label}", (red, green, blue), 0, label, tags))
    return LabelLayers((np.asfortranarray(array.astype(np.uint8)),), labels.geometry, tuple(segments))
