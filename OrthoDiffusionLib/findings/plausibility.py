"""Whether outlines can be those of a joint at all: sizes, places, sides, and what the planes say of each other.

A network outlines whatever it is shown: another joint, a knee upside down, a file with the wrong spacing. Each rule
here is one that no joint breaks, ill, operated on, young or old; what breaks one is no result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from OrthoDiffusionLib.anatomy import Joint, Layout, Side, SideRule, SizeRange, Structure
from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.findings.segmentation import Segmentation
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.unlikeness import CODE as UNLIKE

CODE = "implausible_result"

NOT_TO_BE_USED = (CODE, "joint_not_found", "other_joint_pictured")
"""Codes of notices that say not to use a result."""

ALARMS = (*NOT_TO_BE_USED, UNLIKE)
"""Codes of notices that say not to use a result or not to rely on it; they come before everything else."""


def is_usable(notices: Iterable[Notice]) -> bool:
    """Whether none of the notices of a result says not to use it."""
    return not any(notice.code in ALARMS for notice in notices)


# The limits below are ours, not a publication's; what each was chosen on stands beside it, else it is assumed.

LEAST_BONE_ML = 5.0
"""Any stack through a joint shows more of its two main bones than this."""

LEAST_SIDE_ML = 1.0
"""A smaller piece of the structure that shows the side, cut off or misplaced, does not show it."""

LEAST_PIECE_ML = 0.2
"""Of a small structure less is not judged by its place."""

LEAST_AGREEMENT = 0.82
"""Dice of the primary bones between the outlines of two planes alone, where both looked. Studies in order have
0.91 and more, whatever the scanner; upside down, in shuffled slices or with axes exchanged they have 0.1 to 0.8."""

DISPLACED_AGREEMENT = 0.89
"""Below this a plane may lie elsewhere: the patient may have moved. The sample exam's pairs have 0.90 to 0.93; moved by
4 mm or turned by 8°, a plane agrees less than this with one of the others, whichever way."""

FLAT_BONES = ("scapula", "clavicle")
"""Thin beside the distance of slices, so that two planes alone outline them differently in honest studies, too."""

LEAST_SHARED_VOXELS = 100
"""Fewer voxels of bone in what both planes imaged, and their agreement says nothing (assumed)."""


@dataclass(frozen=True, eq=False)
class PlaneOutlines:
    """What one plane alone says of the structures, on a coarse grid of its own.

    Attributes:
        labels: (S, H, W) uint8, 0 is background.
        affine: (4, 4) voxel index to RAS mm.
        certainty: mean probability of the winning structure over the voxels that are not background; 0 without any.
    """

    labels: np.ndarray
    affine: np.ndarray
    certainty: float = 0.0


def implausible(
    segmentation: Segmentation,
    *,
    side: Side | None,
    joint: Joint,
    agreements: Mapping[tuple[str, str], float] | None = None,
    further: Iterable[Message] = (),
) -> Notice | None:
    """One notice that says not to use a result, with all reasons; None for a result that can be.

    Args:
        segmentation: of the whole study, in the patient's RAS mm.
        side: of the joint as user or file say it; None where only the outlines show it.
        joint: whose sizes, layout and side rule hold.
        agreements: of each pair of planes, by `plane_agreements`; planes that see the same place differently
            contradict each other.
        further: reasons that were found before.
    """
    exchanged = [*further, *_wrong_side(segmentation, side, joint.side_rule)]
    layout = _layout_of(joint, segmentation)
    reasons = [
        *_missing(segmentation, layout, joint.name),
        *_sizes(segmentation, joint.sizes),
        *_places(segmentation, layout),
        *exchanged,
        *_contradictions(agreements or {}),
    ]
    if not reasons:
        return None
    if exchanged and side is not None:
        values = {"joint": joint.name, "reasons": reasons, "other_side": side.opposite}
        return Notice("implausible_result", "or_other_side", values=values)
    return Notice("implausible_result", values={"joint": joint.name, "reasons": reasons})


def _known(segmentation: Segmentation, *names: str) -> bool:
    """Whether the bundle has structures of these names: its vocabulary rules, not ours."""
    return {structure.name for structure in segmentation.structures}.issuperset(names)


def _found(segmentation: Segmentation, *names: str, least_ml: float = 0.0) -> bool:
    return _known(segmentation, *names) and all(
        segmentation.is_found(name) and segmentation.volume_ml(name) >= least_ml for name in names
    )


def _title(segmentation: Segmentation, name: str) -> str:
    return segmentation.structure(name).title.lower()


def _centre(segmentation: Segmentation, name: str) -> tuple[float, float, float]:
    """Centre of mass, RAS mm, of a structure that was found."""
    centre = segmentation.centroid_ras(name)
    if centre is None:
        raise ValueError(f"{name} was not found and has no place")
    return centre


def _corners(segmentation: Segmentation, name: str) -> np.ndarray:
    """(8, 3) RAS mm, the corner voxels of the box around a structure that was found."""
    box = segmentation.box(name)
    if box is None:
        raise ValueError(f"{name} was not found and has no box")
    ends = [(float(side.start), float(side.stop - 1)) for side in box]
    ijk = np.stack(np.meshgrid(*ends, indexing="ij"), axis=-1).reshape(-1, 3)
    return segmentation.labels.geometry.to_ras(ijk)


def _layout_of(joint: Joint, segmentation: Segmentation) -> Layout | None:
    """The joint's layout, if the bundle outlines its two main bones."""
    layout = joint.layout
    return layout if layout is not None and _known(segmentation, layout.upper, layout.lower) else None


def _missing(segmentation: Segmentation, layout: Layout | None, joint: str) -> Iterator[Message]:
    if not segmentation.structures:
        return  # a bundle of findings alone outlines nothing that could be missing
    bones = (layout.upper, layout.lower) if layout is not None else ()
    lost = [name for name in bones if not _found(segmentation, name, least_ml=LEAST_BONE_ML)]
    if len(lost) == 2 or not segmentation.labels.array.any():
        yield Message("implausible", "no_joint", {"joint": joint})
    elif lost:
        yield Message("implausible", "not_found", {"structure": _title(segmentation, lost[0])})
    elif layout is not None and _misses_the_front(segmentation, layout):
        yield Message("implausible", "not_found", {"structure": _title(segmentation, layout.in_front)})


def _misses_the_front(segmentation: Segmentation, layout: Layout) -> bool:
    """Whether a bone that lies in front was not found though its place was imaged."""
    wanted = bool(layout.in_front) and _known(segmentation, layout.in_front)
    return wanted and not segmentation.is_found(layout.in_front) and _sees_the_front(segmentation, layout.upper)


def _sees_the_front(segmentation: Segmentation, bone: str) -> bool:
    """Whether the place in front of a bone was imaged, 5 to 25 mm from it."""
    geometry = segmentation.labels.geometry
    foremost = _corners(segmentation, bone)[:, 1].max()
    x, _, z = _centre(segmentation, bone)
    steps = np.arange(-10.0, 11.0, 5.0)
    front = np.stack(np.meshgrid(x + steps, foremost + 15.0 + steps, z + steps, indexing="ij"), -1).reshape(-1, 3)
    index = np.rint(geometry.to_ijk(front)).astype(int)
    inside = ((index >= 0) & (index < geometry.shape)).all(axis=1)
    if not inside.all():
        return False
    return segmentation.imaged is None or bool(segmentation.imaged[tuple(index.T)].all())


def _sizes(segmentation: Segmentation, sizes: Iterable[SizeRange]) -> Iterator[Message]:
    for size in sizes:
        least_ml = LEAST_BONE_ML if size.quantity == "width" else 0.0  # a bone that is missing has no width
        if (size.least is None and size.most is None) or not _found(segmentation, size.structure, least_ml=least_ml):
            continue
        if size.quantity == "width":
            yield from _width(segmentation, size)
        elif size.quantity == "volume" and segmentation.complete(size.structure):
            yield from _volume(segmentation, size)


def _width(segmentation: Segmentation, size: SizeRange) -> Iterator[Message]:
    value, title = width_mm(segmentation, size.structure), _title(segmentation, size.structure)
    if value is None:
        return
    if size.most is not None and value > size.most:
        yield Message("implausible", "too_wide", {"structure": title, "value": value, "most": size.most})
    elif size.least is not None and value < size.least:
        yield Message("implausible", "too_narrow", {"structure": title, "value": value, "least": size.least})


def _volume(segmentation: Segmentation, size: SizeRange) -> Iterator[Message]:
    value, title = segmentation.volume_ml(size.structure), _title(segmentation, size.structure)
    if size.most is not None and value > size.most:
        yield Message("implausible", "too_large", {"structure": title, "value": value, "most": size.most})
    elif size.least is not None and value < size.least:
        yield Message("implausible", "too_small", {"structure": title, "value": value, "least": size.least})


def width_mm(segmentation: Segmentation, name: str) -> float | None:
    """From left to right, mm, without spurs of a few voxels; None if the structure is cut off at one side."""
    geometry = segmentation.labels.geometry
    axis = next(n for n, code in enumerate(geometry.axis_codes) if code in "RL")
    mask = np.moveaxis(segmentation.mask(name), axis, 0)
    counts = np.count_nonzero(mask.reshape(len(mask), -1), axis=1)
    solid = np.flatnonzero(counts >= 0.05 * counts.max())
    first, last = int(solid[0]), int(solid[-1])
    imaged = None if segmentation.imaged is None else np.moveaxis(segmentation.imaged, axis, 0)
    for end, beyond in ((first, -3), (last, 3)):
        place = end + beyond
        if not 0 <= place < len(mask):
            return None
        if imaged is not None and not imaged[place][mask[end]].all():
            return None
    return float((last - first + 1) * geometry.spacing_mm[axis])


def _places(segmentation: Segmentation, layout: Layout | None) -> Iterator[Message]:
    """Structures in impossible places; places are centres of mass in RAS mm."""
    if layout is None or not _found(segmentation, layout.upper, layout.lower, least_ml=LEAST_BONE_ML):
        return
    upper, lower = _centre(segmentation, layout.upper), _centre(segmentation, layout.lower)
    titles = {name: _title(segmentation, name) for name in (layout.upper, layout.lower)}
    if upper[2] <= lower[2]:
        values = {"upper": titles[layout.upper], "lower": titles[layout.lower]}
        yield Message("implausible", "upside_down", values)
        return
    if layout.in_front and _found(segmentation, layout.in_front):
        front, title = _centre(segmentation, layout.in_front), _title(segmentation, layout.in_front)
        if front[1] <= upper[1]:
            yield Message("implausible", "behind", {"structure": title, "bone": titles[layout.upper]})
        elif front[2] <= lower[2]:
            yield Message("implausible", "below_joint", {"structure": title})
    misplaced = []
    for name in layout.between:
        if not _found(segmentation, name, least_ml=LEAST_PIECE_ML):
            continue
        x, _, z = _centre(segmentation, name)
        aside = name in layout.in_notch and not _within(segmentation, layout.upper, x)
        if not lower[2] < z < upper[2] or aside:
            misplaced.append(_title(segmentation, name))
    if misplaced:
        between = {"upper": titles[layout.upper], "lower": titles[layout.lower], "structures": misplaced}
        yield Message("implausible", "not_between", between)


def _within(segmentation: Segmentation, bone: str, x: float) -> bool:
    """Whether a place lies between the outer sides of a bone."""
    span = _corners(segmentation, bone)[:, 0]
    return bool(span.min() < x < span.max())


def _wrong_side(segmentation: Segmentation, side: Side | None, rule: SideRule | None) -> Iterator[Message]:
    if side is None or rule is None or not _found(segmentation, rule.lateral, rule.of):
        return
    if segmentation.volume_ml(rule.lateral) < LEAST_SIDE_ML:
        return
    offset = _centre(segmentation, rule.lateral)[0] - _centre(segmentation, rule.of)[0]
    if (offset if side is Side.RIGHT else -offset) <= 0:
        values = {"structure": _title(segmentation, rule.lateral), "side": side}
        yield Message("implausible", "medial_side", values)


def _contradictions(agreements: Mapping[tuple[str, str], float]) -> Iterator[Message]:
    for (one, other), agreement in agreements.items():
        if agreement < LEAST_AGREEMENT:
            values = {"one": one, "other": other, "percent": 100 * agreement}
            yield Message("implausible", "contradiction", values)


def plane_agreements(
    planes: Mapping[str, PlaneOutlines], structures: Iterable[Structure]
) -> dict[tuple[str, str], float]:
    """How well the planes, each analysed alone, agree on where the bones lie.

    Args:
        planes: plane key -> its own outlines.
        structures: the vocabulary of the outlines.

    Returns:
        (plane key, plane key) -> Dice of the bones in 0 … 1; pairs that share next to nothing are left out. Flat bones
        do not count.
    """
    bones = [s.label for s in structures if s.is_bone and not s.auxiliary and s.name not in FLAT_BONES]
    pairs = {(one, other): agreement_of(planes[one], planes[other], bones) for one, other in combinations(planes, 2)}
    return {pair: agreement for pair, agreement in pairs.items() if agreement is not None}


def may_be_displaced(agreements: Mapping[tuple[str, str], float]) -> bool:
    """Whether two planes disagree so far that one of them may not lie where its header puts it."""
    return any(agreement < DISPLACED_AGREEMENT for agreement in agreements.values())


def agreement_of(one: PlaneOutlines, other: PlaneOutlines, labels: Iterable[int]) -> float | None:
    """Dice of some labels together, at the voxels of `other` that `one` shows, too; None if that is next to nothing."""
    index = np.indices(other.labels.shape).reshape(3, -1)
    to_one = np.linalg.inv(one.affine) @ other.affine
    there = np.rint(to_one[:3, :3] @ index + to_one[:3, 3:]).astype(np.int32)
    shown = ((there >= 0) & (there < np.array(one.labels.shape)[:, None])).all(axis=0)
    first, second = one.labels[tuple(there[:, shown])], other.labels.reshape(-1)[shown]
    wanted = np.array(list(labels), dtype=np.uint8)
    counted = np.count_nonzero(np.isin(first, wanted)) + np.count_nonzero(np.isin(second, wanted))
    if counted < LEAST_SHARED_VOXELS:
        return None
    return 2.0 * np.count_nonzero((first == second) & np.isin(first, wanted)) / counted
