"""Planes of several frames of reference: registered to one space, or left out; never fused as if they shared one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.plane import Plane
from OrthoDiffusionLib.volumes.registration import Motion, find_motion
from OrthoDiffusionLib.volumes.volume import Volume


@dataclass
class OneSpace:
    """Planes that share a space.

    Attributes:
        planes: which volume serves each; those that were moved have a new geometry and keep the old one as
            `header_geometry`.
        remarks: a clause for the reason of each plane that was moved, replaced or left out.
        left_out: (volume, why).
        notices: for the user, code ``frame_of_reference``.
    """

    planes: dict[Plane, Volume]
    remarks: dict[Plane, Message] = field(default_factory=dict)
    left_out: list[tuple[Volume, Message]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


def into_one_space(
    planes: Mapping[Plane, Volume],
    *,
    by_hand: Mapping[Plane, Volume],
    next_best: Callable[[Plane, str], Volume | None],
    register: bool = True,
) -> OneSpace:
    """Bring the planes of other frames of reference into that of most planes, or of those chosen by hand.

    Args:
        planes: what was chosen.
        by_hand: those of them that the user chose; they are never left out.
        next_best: the best volume for a plane that lies in a frame of reference, if there is one.
        register: False only says that it will have to be done, as where volumes stand without their voxels.

    Returns:
        The planes, with what was done.
    """
    found = OneSpace(dict(planes))
    frames = {plane: volume.origin.frame_of_reference for plane, volume in planes.items()}
    reference = _reference(frames, by_hand)
    elsewhere = {plane for plane, frame in frames.items() if frame and frame != reference}
    fixed = list({id(v): v for plane, v in planes.items() if frames[plane] == reference}.values())
    motions: dict[int, Motion | None] = {}
    for plane in (plane for plane in Plane if plane in elsewhere):
        volume = planes[plane]
        if not register:
            found.notices.append(
                Notice("frame_of_reference", "to_register", where=volume.name, values={"plane": plane})
            )
            continue
        if id(volume) not in motions:
            motions[id(volume)] = find_motion(volume, fixed)
        motion = motions[id(volume)]
        if motion is not None:
            _move(found, plane, volume, motion)
        elif plane in by_hand:
            found.notices.append(Notice("frame_of_reference", "by_hand", where=volume.name, values={"plane": plane}))
        else:
            _replace(found, plane, volume, next_best(plane, reference))
    return found


def _reference(frames: Mapping[Plane, str], by_hand: Mapping[Plane, Volume]) -> str:
    """The frame of most planes; those chosen by hand come first, and of equals the first plane's."""
    known = [frame for frame in frames.values() if frame]
    chosen = [frames[plane] for plane in by_hand if frames.get(plane)]
    return max(known, key=lambda frame: (frame in chosen, known.count(frame)), default="")


def _move(found: OneSpace, plane: Plane, volume: Volume, motion: Motion) -> None:
    if motion.is_none:
        found.notices.append(Notice("frame_of_reference", "unmoved", where=volume.name, values={"plane": plane}))
        found.remarks[plane] = Message("remark", "unmoved")
        return
    moved = motion.applied_to(volume.geometry)
    served = next((v for v in found.planes.values() if v.header_geometry is volume.geometry), None)
    found.planes[plane] = served or replace(volume, geometry=moved, header_geometry=volume.geometry)
    by = {"shift_mm": motion.shift_mm, "degrees": motion.degrees}
    found.remarks[plane] = Message("remark", "registered", by)
    values = {"plane": plane, "shift_mm": motion.shift_mm, "degrees": motion.degrees}
    found.notices.append(Notice("frame_of_reference", "registered", where=volume.name, values=values))


def _replace(found: OneSpace, plane: Plane, volume: Volume, other: Volume | None) -> None:
    why = Message("left_out", "frame")
    found.left_out.append((volume, why))
    if other is None:
        del found.planes[plane]
        found.remarks[plane] = Message("remark", "not_used", {"name": volume.name, "reason": why})
        found.notices.append(Notice("frame_of_reference", "not_used", where=volume.name, values={"plane": plane}))
        return
    found.planes[plane] = other
    found.remarks[plane] = Message("remark", "instead", {"name": volume.name})
    values = {"plane": plane, "other": other.name}
    found.notices.append(Notice("frame_of_reference", "replaced", where=volume.name, values=values))
