"""Slices of DICOM images → stacks, one for each volume.

A series is split by orientation, matrix, pixel size and frame of reference. By echo, b-value, time, acquisition or
image type it is split only where two slices lie at the same position, and by whatever distinguishes these two. So a tag
that wanders from slice to slice cannot tear a stack to pieces. Positions and directions are LPS millimetres.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from OrthoDiffusionLib.volumes.dicom.slices import DicomSlice, Fact

# The limits below are ours; the cases of Testing/library/volumes/dicom hold them in place.

SAME_DIRECTION = 2e-3
"""Largest difference of a direction cosine within one stack; scanners round to about 1e-6."""

SAME_PIXEL = 0.005
"""Largest difference of pixel sizes within one stack, as a share: less than a pixel at the border of the picture."""

SAME_POSITION_MM = 0.01
"""Slices nearer to each other than this lie at one position, whatever their thickness."""

SAME_POSITION_SHARE = 0.05
"""So do slices nearer than this share of their thickness, as far as it is that of a slice: `THICKEST_MM`."""

THICKEST_MM = 6.0
"""A larger thickness may be that of the slab of a 3D acquisition; it says nothing of the distance of slices."""

SAME_COLUMN_MM = 2.0
"""Slices further than this out of line do not lie above each other."""

LIKE_COVER = 2 / 3
"""Parts are whole stacks if each covers at least this share of the positions."""

WHOLE_COVER = 0.75
"""A repeated stack is whole, and the others are incomplete, from this share of the positions on."""

ALL_COVER = 0.95
"""Where slices are distinguished by something weak, one part must cover this share of the positions."""

EVEN_STEP = 0.05
"""Share of the step by which a slice may be off before it counts as out of its place."""

# Number facts and how far two values of one meaning may lie apart: (absolute, share of the value).
_TOLERANCES = {
    "echo": (0.02, 0.01),
    "b_value": (0.5, 0.01),
    "inversion": (1.0, 0.005),
    "flip": (0.5, 0.01),
    "repetition_time": (1.0, 0.005),
}

# What may distinguish slices at one position, the most reliable first.
_FACTS = (
    "patient", "picture", "echo", "echo_number", "b_value", "gradient", "inversion", "flip", "temporal", "stack",
    "acquisition", "series_number", "trigger", "acquired", "image_type", "description", "protocol", "sequence",
    "repetition_time", "coil", "sop_class", "content", "folder",
)  # fmt: skip

_RELIABLE = _FACTS[: _FACTS.index("image_type")]

REPETITIONS = ("temporal", "stack", "acquisition", "series_number", "trigger", "acquired", "content", "folder", "run")
"""Facts that distinguish one repetition from another of the same kind of picture."""


_Part = tuple[list[DicomSlice], dict[str, Fact]]
"""Slices, and what distinguishes them from the others of their group."""


@dataclass(frozen=True, eq=False)
class Stack:
    """Slices of one volume, sorted along their normal.

    Attributes:
        slices: at least one.
        traits: what distinguishes this stack from others of its series at the same place: fact → its value.
        family: number of the group of stacks that share place and matrix.
        positions: how many positions the fullest stack of the family has.
        dropped: how many slices lie where another one of this stack already lies, and were left out.
    """

    slices: tuple[DicomSlice, ...]
    traits: dict[str, Fact] = field(default_factory=dict)
    family: int = 0
    positions: int = 0
    dropped: int = 0

    @property
    def first(self) -> DicomSlice:
        """The slice at the beginning of the normal."""
        return self.slices[0]

    @property
    def is_incomplete(self) -> bool:
        """Whether another stack of the family has far more slices: this one was aborted."""
        return len(self.slices) < WHOLE_COVER * self.positions


def stacks_of(slices: Sequence[DicomSlice]) -> list[Stack]:
    """Sort slices into stacks.

    Returns:
        The stacks in the order of their series numbers; within a family the one to read a joint from first:
        complete before aborted, water and magnitude before other pictures, normalised before raw, early before late
        echoes.
    """
    stacks: list[Stack] = []
    for number, group in enumerate(_families(slices)):
        found = [_without_doubles(part, traits) for part, traits in _split(group)]
        positions = max(len(stack.slices) for stack in found)
        # One slice that was taken again is no stack of its own.
        large = [stack for stack in found if len(stack.slices) >= min(3, positions)]
        extra = sum(len(stack.slices) for stack in found if stack not in large)
        if extra:
            large[0] = replace(large[0], dropped=large[0].dropped + extra)
        stacks += sorted((replace(stack, family=number, positions=positions) for stack in large), key=_order_in_family)
    return stacks


def _order_in_family(stack: Stack) -> tuple[object, ...]:
    first = stack.first
    numbers = [stack.traits.get(name) for name in ("b_value", "inversion", "flip")]
    return (
        stack.is_incomplete,
        first.picture.rank,
        "NORM" not in first.image_type,  # Siemens: evened out, where the same picture is there as it was measured
        first.echo_ms or 0.0,
        *(value if isinstance(value, float) else 0.0 for value in numbers),
        -len(stack.slices),
        *(
            (value is None, value if isinstance(value, (int, float)) else 0)
            for value in (stack.traits.get(name) for name in ("temporal", "acquisition", "trigger", "run"))
        ),
        min(one.acquired for one in stack.slices),
        min(one.instance for one in stack.slices),
    )


def _families(slices: Sequence[DicomSlice]) -> list[list[DicomSlice]]:
    """Slices of one series, matrix, pixel size, orientation, frame of reference and, as far as can be, one column."""
    groups: dict[tuple[tuple[str, int], tuple[int, int]], list[list[DicomSlice]]] = {}
    for one in slices:
        found = groups.setdefault((one.own_series, one.size), [])
        for group in found:
            if _fits(one, group[0]):
                group.append(one)
                break
        else:
            found.append([one])
    parted = [
        column for found in groups.values() for group in found for part in _frames(group) for column in _columns(part)
    ]
    return sorted(
        parted,
        key=lambda group: (
            min(1 << 30 if one.series_number is None else one.series_number for one in group),
            group[0].own_series,
            min((one.instance, one.frame) for one in group),
        ),
    )


def _fits(one: DicomSlice, other: DicomSlice) -> bool:
    apart = np.abs(np.divide(one.pixel_mm, other.pixel_mm) - 1.0).max()
    return bool(apart <= SAME_PIXEL and np.abs(one.orientation - other.orientation).max() <= SAME_DIRECTION)


def _frames(group: list[DicomSlice]) -> list[list[DicomSlice]]:
    """By frame of reference; one that is missing, or differs in each slice, says nothing."""
    frames = {one.frame_of_reference for one in group} - {""}
    if len(frames) < 2 or (len(group) > 2 and len(frames) >= len(group)):
        return [group]
    return list(_by(group, lambda one: one.frame_of_reference).values())


def _by(group: Iterable[DicomSlice], key: Callable[[DicomSlice], Hashable]) -> dict[Hashable, list[DicomSlice]]:
    parts: dict[Hashable, list[DicomSlice]] = {}
    for one in group:
        parts.setdefault(key(one), []).append(one)
    return parts


def _columns(group: list[DicomSlice]) -> list[list[DicomSlice]]:
    """Part stacks that stand side by side, such as two knees in one series; one skew stack stays as it is."""
    depths, beside = depths_of(group), beside_of(group)
    if len(group) < 4 or _out_of_line(depths, beside) <= SAME_COLUMN_MM:
        return [group]
    labels = [""] * len(group)
    for axis in range(2):
        labels = [f"{a} {b}" for a, b in zip(labels, clusters(beside[:, axis], SAME_COLUMN_MM), strict=True)]
    parts: dict[str, list[int]] = {}
    for index, label in enumerate(labels):
        parts.setdefault(label, []).append(index)
    if len(parts) < 2 or min(len(part) for part in parts.values()) < 3:
        return [group]
    return [[group[index] for index in part] for part in parts.values()]


def beside_of(group: Sequence[DicomSlice]) -> np.ndarray:
    """(N, 2) place of the first pixels along rows and columns, millimetres."""
    return np.array([one.position for one in group]) @ group[0].orientation


def _out_of_line(depths: np.ndarray, beside: np.ndarray) -> float:
    """Largest distance of a first pixel from the straight line through all of them, millimetres."""
    if np.ptp(depths) < SAME_POSITION_MM:
        return float(np.ptp(beside, axis=0).max())
    design = np.stack([depths, np.ones_like(depths)], axis=1)
    line, *_ = np.linalg.lstsq(design, beside, rcond=None)
    return float(np.abs(beside - design @ line).max())


def out_of_line_mm(group: Sequence[DicomSlice]) -> float:
    """How far slices are out of the straight line of their stack, however skew that is."""
    return _out_of_line(depths_of(group), beside_of(group))


def depths_of(group: Sequence[DicomSlice]) -> np.ndarray:
    """(N,) places of slices along the normal of the first, millimetres."""
    return np.array([one.position for one in group]) @ group[0].normal


def clusters(values: ArrayLike, tolerance: float | Callable[[float], float]) -> np.ndarray:
    """(N,) number of the cluster of each of (N,) values: neighbours nearer than the tolerance belong together."""
    numbers = np.asarray(values, dtype=np.float64)
    order = np.argsort(numbers, kind="stable")
    gaps = np.diff(numbers[order])
    limits = [tolerance(value) for value in numbers[order][1:]] if callable(tolerance) else tolerance
    labels = np.empty(len(numbers), int)
    labels[order] = np.concatenate([[0], np.cumsum(gaps > limits)])
    return labels


def positions_of(group: Sequence[DicomSlice]) -> np.ndarray:
    """(N,) number of the position of each slice along the normal; slices at one position share it."""
    thickness = [mm for one in group for mm in (one.thickness_mm,) if mm is not None and mm > 0]
    share = SAME_POSITION_SHARE * min(float(np.median(thickness)), THICKEST_MM) if thickness else 0.0
    return clusters(depths_of(group), max(SAME_POSITION_MM, share))


def _most_at_one_position(positions: np.ndarray) -> int:
    return int(np.bincount(positions).max())


def _split(group: list[DicomSlice]) -> list[_Part]:
    """Where positions are taken several times, part the group by what distinguishes the slices there."""
    positions = positions_of(group)
    most, count = _most_at_one_position(positions), len(set(positions))
    if most > 1 and count > 1:
        for whole in (True, False):
            for name, parts in _ways_to_part(group, positions):
                covered = [len(set(positions[part])) / count for part in parts.values()]
                if max(_most_at_one_position(positions[part]) for part in parts.values()) >= most:
                    continue
                # What is unreliable must leave nothing out: a mere order, or a text that changes, parts by chance.
                enough = WHOLE_COVER if name in _RELIABLE else ALL_COVER
                if max(covered) >= enough and (min(covered) >= LIKE_COVER if whole else len(parts) <= most):
                    return _split_on(group, name, parts)
    if _lies_between(group):
        for name, parts in _ways_to_part(group, positions):
            if all(len(part) > 2 and _is_even(group, part) for part in parts.values()) and _mixed(group, parts):
                return _split_on(group, name, parts)
    return [(group, {})]


def _split_on(group: list[DicomSlice], name: str, parts: dict[Fact, list[int]]) -> list[_Part]:
    found: list[_Part] = []
    for value, part in parts.items():
        found += [(slices, {name: value, **traits}) for slices, traits in _split([group[index] for index in part])]
    return found


def _ways_to_part(group: list[DicomSlice], positions: np.ndarray) -> Iterable[tuple[str, dict[Fact, list[int]]]]:
    """(name of a fact, its value → indices), the most telling first; at last the order of acquisition."""
    dimensions = sorted({name for one in group for name in one.facts if name.startswith("dimension_")})
    for name in (*_FACTS, *dimensions):
        parts = _parts_by_fact(group, name)
        if len(parts) > 1:
            yield name, parts
    for key in _ORDERS:
        parts = _runs(group, positions, key)
        if len(parts) > 1:
            yield "run", parts


def fact_values(group: Sequence[DicomSlice], name: str) -> list[Fact]:
    """The value of a fact for each slice; numbers that differ by less than the tolerance of the fact are made one."""
    values: list[Fact] = [one.facts.get(name) for one in group]
    absolute, share = _TOLERANCES.get(name, (1e-6, 0.0))
    numbers = {index: value for index, value in enumerate(values) if isinstance(value, float)}
    if not numbers:
        return values
    labels = clusters(list(numbers.values()), lambda value: absolute + share * abs(value))
    lowest: dict[int, float] = {}
    for value, label in zip(numbers.values(), labels, strict=True):
        lowest[label] = min(lowest.get(label, np.inf), value)
    for index, label in zip(numbers, labels, strict=True):
        values[index] = lowest[label]
    return values


def _parts_by_fact(group: list[DicomSlice], name: str) -> dict[Fact, list[int]]:
    parts: dict[Fact, list[int]] = {}
    for index, value in enumerate(fact_values(group, name)):
        parts.setdefault(value, []).append(index)
    return parts


def _natural(text: str) -> tuple[object, ...]:
    """For an order in which 10 comes after 9."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", text) if part)


_Order = float | str | tuple[object, ...]
"""A place in an order of slices; all places of one order are of one kind."""

_ORDERS: tuple[Callable[[DicomSlice], _Order | None], ...] = (
    lambda one: one.facts["acquisition"],
    lambda one: one.facts["acquired"],
    lambda one: one.facts["content"],
    lambda one: one.instance or None,
    lambda one: (_natural(one.sop), one.frame),
    lambda one: (_natural(str(one.path)), one.frame),
)


def _runs(
    group: list[DicomSlice], positions: np.ndarray, key: Callable[[DicomSlice], _Order | None]
) -> dict[Fact, list[int]]:
    """In the order of `key`, begin a new run whenever a position comes again; none if that fails."""
    keys = [place for one in group if (place := key(one)) is not None]
    if len(keys) < len(group):
        return {}
    blocks: dict[_Order, list[int]] = {}
    for index in sorted(range(len(group)), key=lambda index: keys[index]):
        blocks.setdefault(keys[index], []).append(index)
    runs: list[list[int]] = [[]]
    for block in blocks.values():
        taken = Counter(positions[block])
        if max(taken.values()) > 1:
            return {}
        if taken.keys() & set(positions[runs[-1]]):
            runs.append([])
        runs[-1] += block
    return dict(enumerate(runs))


def _lies_between(group: list[DicomSlice]) -> bool:
    """Whether some slices lie between the others: on no even grid, or far denser than the header says."""
    depths = np.sort(depths_of(group))
    gaps = np.diff(depths)
    if len(gaps) < 4:
        return False
    step = float(np.median(gaps))
    if step < SAME_POSITION_MM:  # most slices lie where another one lies
        return False
    steps = gaps / step
    stated_mm = [abs(mm) for one in group if (mm := one.step_mm or one.thickness_mm)]
    crowded = bool(stated_mm) and step < 0.6 * float(np.median(stated_mm))
    return crowded or bool((np.abs(steps - np.rint(steps)) > 2 * EVEN_STEP).any())


def _is_even(group: list[DicomSlice], part: list[int]) -> bool:
    gaps = np.diff(np.sort(depths_of(group)[part]))
    return bool(np.abs(gaps - np.median(gaps)).max() <= EVEN_STEP * np.median(gaps))


def _mixed(group: list[DicomSlice], parts: dict[Fact, list[int]]) -> bool:
    """Whether every part shares most of its extent with another one: slices of one lie between those of the other."""
    depths = depths_of(group)
    ranges = [(depths[part].min(), depths[part].max()) for part in parts.values()]
    for number, (low, high) in enumerate(ranges):
        others = ranges[:number] + ranges[number + 1 :]
        if max(min(high, b) - max(low, a) for a, b in others) < 0.5 * (high - low):
            return False
    return True


def _without_doubles(group: list[DicomSlice], traits: dict[str, Fact]) -> Stack:
    """Sort along the normal; where positions are still taken twice, keep the first by instance number."""
    positions = positions_of(group)
    depths = depths_of(group)
    order = sorted(
        range(len(group)), key=lambda n: (positions[n], group[n].instance, group[n].frame, str(group[n].path))
    )
    kept: list[int] = []
    for index in order:
        if not kept or positions[index] != positions[kept[-1]]:
            kept.append(index)
    kept.sort(key=lambda index: depths[index])
    return Stack(tuple(group[index] for index in kept), traits, dropped=len(group) - len(kept))
