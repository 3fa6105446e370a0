"""Two joints in one image: a bilateral coil shows both knees, and everything else here knows one.

Seen from the front, a pair of legs is two humps with a valley between them. The valley is looked for along the
patient's right-left axis of every volume, however it is stored or tilted. What lies between the front and the back
of the body counts as body, so that dark, fat-suppressed bone is no valley. Which joint is the right one is a matter
of place alone (RAS x grows to the patient's right), never of tags.

Between two shoulders lies the trunk. There the valley between arm and chest says nothing, and the breadth of the body
does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from OrthoDiffusionLib.anatomy import Joint, Side
from OrthoDiffusionLib.errors import Notice, StudyError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.body_threshold import body_threshold
from OrthoDiffusionLib.volumes.plane import Plane, plane_of
from OrthoDiffusionLib.volumes.selection.two_places import NEAREST_MIDDLES_MM
from OrthoDiffusionLib.volumes.volume import Volume

if TYPE_CHECKING:
    from OrthoDiffusionLib.volumes.study import Study

CODE = "two_joints"

# The limits below are ours (assumed sizes of legs); Testing/library/volumes/selection/test_two_joints.py holds them.

NARROWEST_PAIR_MM = 145.0
"""Two knees of a small child side by side are wider than this; most pictures of one knee are not."""

NARROWEST_JOINT_MM = 42.0
SMALLER_SHARE = 0.45
"""A second leg that is narrower, in mm or beside the first, is a strip at the border, no second joint. Widths are at
half of the height, which an oblique view does not change."""

CLEAR_VALLEY, SHALLOW_VALLEY = 0.5, 0.93
"""Body in the valley beside body in the lower hump: one leg has no valley below the first number; thighs that touch
leave one below the second."""

CLEAR_CORONAL_VALLEY, SHALLOW_CORONAL_VALLEY = 0.1, 0.5
"""The same of coronal stacks, which seldom reach from skin to skin: dark bone that is not enclosed looks like air."""

BROADEST_SHOULDER_MM = 250.0
"""A picture of one shoulder shows less of the body from side to side, and no air beyond the trunk; a child of five is
broader already (assumed)."""

COVERED_MM = 40.0
"""A volume that reaches this far to both sides of a gap would show it."""

AIR_KEPT_MM = 12.0
"""Of the air between two legs this much stays in the picture of one."""

_CELL_MM = 4.0
_SLOPES = np.linspace(-0.36, 0.36, 13)


@dataclass(frozen=True)
class Split:
    """The gap between two joints in one volume.

    Attributes:
        normal: (3,) right-left, front-back and up-down parts of a vector; `normal @ ras` grows to the patient's right.
        left_end, right_end: `normal @ ras`, mm, of the planes where the picture of the left joint ends and that of the
            right one begins; the same where the legs touch.
        valley: body in the gap beside body in the lower hump, 0 for air.
        clear: whether the valley distinguishes two joints from one whatever the other volumes show.
    """

    normal: np.ndarray
    left_end: float
    right_end: float
    valley: float
    clear: bool

    @property
    def middle(self) -> float:
        """`normal @ ras` half-way between the two joints, mm."""
        return (self.left_end + self.right_end) / 2.0


def one_joint(study: Study) -> Study:
    """The study without the other joint, where volumes show two; the study itself where they show one.

    Each volume that shows two is cut between them, so that nothing of the other joint goes on to views, networks,
    evidence or pictures. A volume of the other joint alone serves no plane any more.

    Args:
        study: its side says which of the two is meant.

    Raises:
        StudyError: with the code ``two_joints``, if two joints are shown and no side is known, or if no volume shows
            the one that is meant.
    """
    if study.side is None:
        check_one_joint(study.volumes, study.joint)
        return study
    splits = _splits(study.volumes, study.joint)
    if not splits:
        return study
    names = _names(splits)
    title = study.joint.title.lower()
    cut = {id(volume): side_of(volume, split, study.side) for volume, split in splits}
    apart = [volume for volume in study.volumes if id(volume) not in cut and _is_other_joint(volume, splits, study)]
    planes, reasons = dict(study.planes), dict(study.reasons)
    for plane, volume in study.planes.items():
        planes[plane] = cut.get(id(volume), volume)
        if volume in apart:
            del planes[plane]
            served = {"name": volume.name, "joint": study.joint.name}
            reasons[plane] = Message("plane_not_served", "other_joint", served)
    other = study.side.opposite.value
    if not planes:
        raise StudyError(
            Message("study", "no_such_side", {"side": study.side.value, "joint": title}), where=names, code=CODE
        )
    values = {"joint": study.joint.name, "side": study.side, "other": other}
    notices = [
        Notice("two_joints", where=names, values=values),
        *(
            Notice("two_joints", "not_used", where=volume.name, values={"joint": study.joint.name, "side": other})
            for volume in apart
        ),
    ]
    return replace(study, planes=planes, reasons=reasons, notices=(*study.notices, *notices))


def check_one_joint(volumes: Iterable[Volume], joint: Joint) -> None:
    """Refuse volumes that show two joints, of which nobody said which is meant.

    Raises:
        StudyError: with the code ``two_joints``.
    """
    if splits := _splits(volumes, joint):
        title = joint.title.lower()
        raise StudyError(Message("study", "two_joints", {"joint": title}), where=_names(splits), code=CODE)


def _splits(volumes: Iterable[Volume], joint: Joint) -> list[tuple[Volume, Split]]:
    """The volumes that show two joints, each once."""
    return _agreed({id(volume): (volume, split_of(volume, joint)) for volume in volumes}.values())


def _names(splits: Iterable[tuple[Volume, Split]]) -> str:
    return ", ".join(f"‘{volume.name}’" for volume, _ in splits)


def split_of(volume: Volume, joint: Joint) -> Split | None:
    """Where two joints of one volume part; None if it shows one, or one and a strip of the other."""
    if joint.beside_trunk:
        return _through_trunk(volume)
    extent = volume.geometry.extent_mm[_axes(volume)[0]]
    if extent < NARROWEST_PAIR_MM:
        return None
    signal, body, step = _body(volume)
    best = None
    third = max(1, body.shape[2] // 3)
    # Thighs may touch above a gap between the calves, or knees between two gaps.
    for part in (slice(None), slice(0, third), slice(-third, None)):
        found = _valley(_sheared(body[:, :, part].sum(axis=1), step[2] / step[0]), step)
        if found is not None and (best is None or found.depth < best[0].depth - 0.02):
            best = found, part
    if best is None:
        return None
    valley, part = best
    coronal = plane_of(volume.geometry) is Plane.CORONAL
    clear = valley.depth <= (CLEAR_CORONAL_VALLEY if coronal else CLEAR_VALLEY)
    if valley.depth > (SHALLOW_CORONAL_VALLEY if coronal else SHALLOW_VALLEY):
        return None
    if coronal and not _is_dark(_sheared(signal[:, :, part].mean(axis=1), step[2] / step[0])[valley.slope], valley):
        return None
    return _in_patient(volume, body, step, valley, part, clear)


def _through_trunk(volume: Volume) -> Split | None:
    """The middle of a body that is shown from one side to the other; None if it is not."""
    if volume.geometry.extent_mm[_axes(volume)[0]] < BROADEST_SHOULDER_MM:
        return None
    _, body, step = _body(volume)
    profile = body.sum(axis=(1, 2))
    shown = np.flatnonzero(profile > 0.05 * profile.max())
    if len(shown) == 0 or len(shown) * step[0] < BROADEST_SHOULDER_MM:
        return None
    first, last = int(shown[0]), int(shown[-1])
    if (first == 0) != (last == len(profile) - 1):
        return None  # the skin of one side alone: a large picture of one shoulder
    middle = (first + last + 1) / 2.0 * step[0] - volume.geometry.spacing_mm[_axes(volume)[0]] / 2.0
    return _split(volume, np.array([1.0, 0.0, 0.0]), [middle, middle], valley=1.0, clear=True)


def side_of(volume: Volume, split: Split, side: Side) -> Volume:
    """The part of a volume that shows the joint of one side.

    The box is cut along one array axis; what an oblique gap leaves of the other joint in it becomes air.
    """
    geometry = volume.geometry
    wanted = 1.0 if side is Side.RIGHT else -1.0
    end = split.right_end if side is Side.RIGHT else split.left_end
    gradient = split.normal @ geometry.affine[:3, :3]  # per voxel
    start = float(split.normal @ geometry.affine[:3, 3]) - end
    grids = np.ogrid[tuple(slice(0, n) for n in geometry.shape)]
    inside = wanted * (start + sum(g * part for g, part in zip(gradient, grids, strict=True))) >= 0
    axis = _axes(volume)[0]
    kept = np.flatnonzero(inside.any(axis=tuple({0, 1, 2} - {axis})))
    begin, stop = [0, 0, 0], list(geometry.shape)
    begin[axis], stop[axis] = int(kept[0]), int(kept[-1]) + 1
    box = tuple(slice(a, b) for a, b in zip(begin, stop, strict=True))
    array, inside = volume.array[box], inside[box]
    if not inside.all():
        air = np.percentile(volume.array[::4, ::4, ::2], 0.5).astype(array.dtype)
        array = np.where(inside, array, air)
    return replace(volume, array=array, geometry=geometry.cropped(begin, stop))


def _axes(volume: Volume) -> list[int]:
    """Array axes nearest to right-left, front-back and up-down."""
    codes = volume.geometry.axis_codes
    return [next(n for n in range(3) if codes[n] in pair) for pair in ("RL", "AP", "SI")]


def _body(volume: Volume) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Signal on a coarse grid (X, Y, Z) with axes as `_axes`; the body, filled from front to back; the steps in mm."""
    order = _axes(volume)
    spacing = volume.geometry.spacing_mm[order].copy()
    array = volume.array.transpose(order)
    for axis in range(3):
        skip = max(1, int(_CELL_MM / (2.0 * spacing[axis]) + 0.25))  # every voxel need not be read
        array = array[tuple(slice(None, None, skip if n == axis else 1) for n in range(3))]
        spacing[axis] *= skip
    array = array.astype(np.float32)
    for axis in range(3):  # means of two, against noise
        pairs = array.shape[axis] // 2
        if 2.0 * spacing[axis] <= 1.5 * _CELL_MM and pairs > 1:
            array = np.moveaxis(array, axis, 0)
            array = np.moveaxis(array[0 : 2 * pairs : 2] + array[1 : 2 * pairs : 2], 0, axis) * 0.5
            spacing[axis] *= 2.0
    mask = array > _threshold(array)
    front, back = np.maximum.accumulate(mask, axis=1), np.maximum.accumulate(mask[:, ::-1], axis=1)[:, ::-1]
    return array, front & back, spacing


def _threshold(array: np.ndarray) -> float:
    """The value that best parts air from body."""
    low, high = np.percentile(array, (0.5, 99.5))
    unit = np.clip((array - low) / max(float(high - low), 1e-12), 0.0, 1.0)
    return float(low + body_threshold(unit) * (high - low))


@dataclass(frozen=True)
class _Valley:
    """Between two humps of a profile; places are cells along x, at the middle of the other axis."""

    depth: float
    slope: float
    low: float
    high: float


def _sheared(view: np.ndarray, ratio: float) -> dict[float, np.ndarray]:
    """Profiles along x of a (X, N) view, seen along lines of several slopes (mm of x per mm of the other axis)."""
    cells = np.arange(view.shape[0], dtype=float)
    along = (np.arange(view.shape[1]) - (view.shape[1] - 1) / 2.0) * ratio
    profiles = {}
    for slope in _SLOPES:
        rows = [np.interp(cells + slope * z, cells, view[:, n], left=0.0, right=0.0) for n, z in enumerate(along)]
        profiles[float(slope)] = np.mean(rows, axis=0)
    return profiles


def _valley(profiles: dict[float, np.ndarray], step: np.ndarray) -> _Valley | None:
    """The deepest valley that parts two humps as large as joints; upright ones are preferred."""
    found = [valley for slope, profile in profiles.items() if (valley := _valley_of(profile, slope, step[0]))]
    return min(found, key=lambda valley: valley.depth + 0.3 * abs(valley.slope), default=None)


def _valley_of(profile: np.ndarray, slope: float, step: float) -> _Valley | None:
    left, right = np.maximum.accumulate(profile), np.maximum.accumulate(profile[::-1])[::-1]
    lower = np.minimum(left, right)
    with np.errstate(divide="ignore", invalid="ignore"):
        depth = np.where(lower > 0, profile / lower, 1.0)
    # A strip at the border makes a valley, too; so every place of the profile is tried, the deepest first.
    for at in np.argsort(depth, kind="stable"):
        if depth[at] > SHALLOW_VALLEY:
            return None
        if at in (0, len(profile) - 1):
            continue
        between = profile[int(profile[:at].argmax()) : at + 1 + int(profile[at + 1 :].argmax()) + 1]
        if profile[at] > between.min():
            continue  # the flank of a hump
        if _are_joints(_hump(profile[:at], 0), _hump(profile[at + 1 :], at + 1), step):
            floor = profile <= max(profile[at] * 1.05, 0.1 * lower[at])
            begin, stop = at, at
            while begin > 0 and floor[begin - 1]:
                begin -= 1
            while stop < len(profile) - 1 and floor[stop + 1]:
                stop += 1
            return _Valley(float(depth[at]), slope, float(begin), float(stop))
    return None


def _is_dark(profile: np.ndarray, valley: _Valley) -> bool:
    """Whether a valley is as dark as the air beside the legs: suppressed marrow is dark, but not so dark."""
    low, high = int(valley.low), int(valley.high)
    between = profile[low : high + 1].mean()
    air = min(profile[:low].min(), profile[high + 1 :].min(), between)
    flesh = min(profile[:low].max(), profile[high + 1 :].max())
    return bool(between - air <= 0.1 * (flesh - air))


def _hump(profile: np.ndarray, first: int) -> tuple[int, float, float]:
    """Cells of a hump, its middle and its body."""
    if len(profile) == 0 or profile.max() <= 0:
        return 0, 0.0, 0.0
    own = np.where(profile > 0.5 * profile.max(), profile, 0.0)
    return int(np.count_nonzero(own)), first + float((np.arange(len(own)) * own).sum() / own.sum()), float(own.sum())


def _are_joints(left: tuple[int, float, float], right: tuple[int, float, float], step: float) -> bool:
    widths, bodies = sorted((left[0], right[0])), sorted((left[2], right[2]))
    return (
        widths[0] * step >= NARROWEST_JOINT_MM
        and widths[0] >= SMALLER_SHARE * widths[1]
        and bodies[0] >= 0.3 * bodies[1]
        and (right[1] - left[1]) * step >= NEAREST_MIDDLES_MM
    )


def _in_patient(volume: Volume, body: np.ndarray, step: np.ndarray, valley: _Valley, part: slice, clear: bool) -> Split:
    """A valley on the coarse grid as planes in the patient."""
    levels = np.arange(body.shape[2])[part]
    middle_z = float(levels.mean())
    # What the slope up and down has straightened may still be aslant from front to back.
    straight = np.stack(
        [
            np.roll(body[:, :, z], -round(valley.slope * (z - middle_z) * step[2] / step[0]), axis=0)
            for z in levels
        ],
        axis=2,
    )  # fmt: skip
    refined = _valley(_sheared(straight.sum(axis=2).astype(float), step[1] / step[0]), step)
    aslant = refined.slope if refined is not None and refined.depth < valley.depth else 0.0
    if refined is not None and aslant:
        valley = replace(valley, low=refined.low, high=refined.high)
    spacing = volume.geometry.spacing_mm[_axes(volume)]
    # mm along the three axes from the first voxel's centre
    normal = np.array([1.0, -aslant, -valley.slope])
    through = (np.array([0.0, (body.shape[1] - 1) / 2.0, middle_z]) + 0.5) * step - spacing / 2.0
    through[0] = 0.0
    ends = [(cell + 0.5) * step[0] - spacing[0] / 2.0 + float(normal @ through) for cell in (valley.low, valley.high)]
    keep = min(AIR_KEPT_MM, (ends[1] - ends[0]) / 2.0)
    return _split(volume, normal, [ends[0] + keep, ends[1] - keep], valley=valley.depth, clear=clear)


def _split(volume: Volume, normal: np.ndarray, ends: list[float], *, valley: float, clear: bool) -> Split:
    """A gap whose normal and ends are given along the axes of `_axes`, in mm from the first voxel's centre."""
    in_ras = np.linalg.inv(volume.geometry.directions[:, _axes(volume)]).T @ normal
    ends = [end + float(in_ras @ volume.geometry.origin_ras) for end in ends]
    if in_ras[0] < 0:
        in_ras, ends = -in_ras, [-ends[1], -ends[0]]
    return Split(in_ras, ends[0], ends[1], valley, clear)


def _agreed(looked: Iterable[tuple[Volume, Split | None]]) -> list[tuple[Volume, Split]]:
    """The volumes that show two joints.

    A valley that is not clear counts beside a clear one, or where no volume contradicts it that shows the same place.
    Beside a clear one, a volume that shows the place without a valley of its own is cut where the clear one is.
    """
    looked = list(looked)
    splits = [(volume, split) for volume, split in looked if split is not None]
    whole = [volume for volume, split in looked if split is None]
    clear = next((split for _, split in splits if split.clear), None)
    if clear is not None:
        return splits + [(volume, clear) for volume in whole if _covers(volume, clear)]
    return [pair for pair in splits if not any(_covers(volume, pair[1]) for volume in whole)]


def _covers(volume: Volume, split: Split) -> bool:
    places = volume.geometry.corners_ras @ split.normal - split.middle
    return bool(places.min() < -COVERED_MM and places.max() > COVERED_MM)


def _is_other_joint(volume: Volume, splits: list[tuple[Volume, Split]], study: Study) -> bool:
    """Whether a volume that shows one joint lies on the other side of the gap."""
    split = splits[0][1]
    _, body, step = _body(volume)
    places = np.argwhere(body)
    if len(places) == 0:
        return False
    order = _axes(volume)
    ijk = np.zeros(3)
    ijk[order] = ((places.mean(axis=0) + 0.5) * step) / volume.geometry.spacing_mm[order] - 0.5
    side = float(split.normal @ volume.geometry.to_ras(ijk)) - split.middle
    return side < 0 if study.side is Side.RIGHT else side > 0
