"""Study: one joint in one exam; which volume serves which plane, on which side, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from OrthoDiffusionLib.anatomy import UNKNOWN_JOINT, Axes, Joint, Side
from OrthoDiffusionLib.anatomy import joint as joint_of_name
from OrthoDiffusionLib.errors import Notice, StudyError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.geometry import Geometry, direction_vectors
from OrthoDiffusionLib.volumes.plane import (
    Plane,
    degrees_from_next_plane,
    is_3d,
    plane_across,
    slice_axis,
    slice_step_mm,
)
from OrthoDiffusionLib.volumes.selection.belonging import stated_sides, that_belong_together
from OrthoDiffusionLib.volumes.selection.candidates import Candidate, candidates_of
from OrthoDiffusionLib.volumes.selection.frames import OneSpace, into_one_space
from OrthoDiffusionLib.volumes.selection.image_kind import (
    is_not_mr,
    kinds_of,
    looks_like_labels,
    says_arthrography,
)
from OrthoDiffusionLib.volumes.selection.plane_choice import (
    Ranking,
    can_serve,
    is_localizer,
    is_reformatted,
    other_named_plane,
    served_by,
    with_remarks,
)
from OrthoDiffusionLib.volumes.selection.side_from_slices import side_from_slices
from OrthoDiffusionLib.volumes.selection.stated_side import settle_side
from OrthoDiffusionLib.volumes.selection.two_joints import check_one_joint
from OrthoDiffusionLib.volumes.volume import Volume

MIN_SLICES = 3
"""Fewer slices than these are single images, not a volume (ours)."""

CLEAR_DEGREES = 10.0
"""A stack that is farther than this from standing half-way between two planes is clearly of one (ours)."""

_Forced = Mapping[Plane, Volume | str | Sequence[Volume | str]]
"""What the user wants for a plane: a volume, or the name of one. Several are refused."""

SIDE_SOURCES = ("user", "tag", "description", "anatomy", "unknown")


@dataclass(frozen=True)
class Study:
    """One joint of one person in one exam.

    Attributes:
        joint: its vocabulary.
        planes: which Volume serves each plane; at least one. One 3D Volume may serve several.
        side: right or left, None if not known.
        side_source: who said so: ``user``, ``tag``, ``description``, ``anatomy`` or ``unknown``.
        reasons: for each plane what serves it and why; also for planes nothing serves.
        notices: what was noticed while choosing, for the user.
        name: what to call the study; may be empty.
        not_used: name of each volume that was given and serves no plane -> why.
        candidates: for each plane all that could serve it, what serves it first.

    Raises:
        StudyError: if no plane is served or a volume cannot be cut in the plane it should serve.
        ValueError: for an unknown `side_source`.
    """

    joint: Joint
    planes: dict[Plane, Volume]
    side: Side | None = None
    side_source: str = "unknown"
    reasons: dict[Plane, Message] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    name: str = ""
    not_used: dict[str, Message] = field(default_factory=dict)
    candidates: dict[Plane, tuple[Candidate, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.side_source not in SIDE_SOURCES or (self.side is None) != (self.side_source == "unknown"):
            raise ValueError(f"side {self.side} cannot come from {self.side_source!r}")
        if not self.planes:
            raise StudyError(Message("study", "no_volume"))
        object.__setattr__(self, "joint", joint_of_name(self.joint))
        for plane, volume in self.planes.items():
            _check_plane(plane, volume, self.joint.axes_of(self.side))
        ordered = {plane: self.planes[plane] for plane in Plane if plane in self.planes}
        object.__setattr__(self, "planes", ordered)
        object.__setattr__(self, "notices", tuple(self.notices))

    @property
    def missing_planes(self) -> tuple[Plane, ...]:
        """Planes that nothing serves."""
        return tuple(plane for plane in Plane if plane not in self.planes)

    @property
    def volumes(self) -> tuple[Volume, ...]:
        """Every volume once, in the order of the planes."""
        return tuple({id(volume): volume for volume in self.planes.values()}.values())

    @property
    def is_oriented(self) -> bool:
        """Whether every volume says how it lies in the patient; without that, anatomy shows neither left nor right."""
        return all(volume.is_oriented for volume in self.volumes)

    def with_side(self, side: Side | None, source: str, *notices: Notice) -> Study:
        """The same study with its side settled, e.g. by the anatomy."""
        return replace(self, side=side, side_source=source, notices=(*self.notices, *notices))

    @classmethod
    def from_volumes(
        cls,
        volumes: Sequence[Volume],
        *,
        forced: _Forced | None = None,
        side: Side | str | None = None,
        joint: Joint | str | None = None,
        name: str = "",
        notices: Sequence[Notice] = (),
        register: bool = True,
    ) -> Study:
        """Choose one volume for each plane and settle the side as far as user, tags and words say.

        All come from one patient, exam and side (see `belonging`), and lie in one space: a plane of another frame of
        reference is registered or left out (see `frames`). Localizers are avoided, then fat and opposed-phase
        images and maps; fat-suppressed or fluid-sensitive series are preferred if their description says so, then
        the whole stack, the first echo, more slices, finer pixels (see `plane_choice`). A volume with a slice step of
        2 mm or less may serve every plane that has none of its own.

        Args:
            volumes: candidates, in any order.
            forced: what the user wants for a plane: a Volume, or the name of one of `volumes`.
            side: what the user says, or the word ``right`` or ``left``; it rules over tags and words.
            joint: what is imaged, or its name; None for the joint of the bundle that analyses it, then series of other
                parts of the body are not passed over.
            name: what to call the study.
            notices: what was noticed before, e.g. by `read_inputs`; kept in the study.
            register: False leaves planes of another frame of reference where they are and only says so; for callers
                whose volumes have no real voxels.

        Raises:
            StudyError: if there is nothing to choose from, a forced choice is impossible, or it is not clear which of
                several exams or sides is meant.
            ValueError: if the side is another word.
        """
        side = None if side is None else Side(side)
        joint = UNKNOWN_JOINT if joint is None else joint_of_name(joint)
        # Readers say that there are several studies; here it is known what comes of that.
        noticed = [notice for notice in notices if notice.code != "several_studies"]
        for volume in volumes:
            noticed += [notice for notice in volume.notices if notice not in noticed]
        axes, shown = _axes_of(joint, side, volumes, forced or {})
        by_hand, reasons = _forced_choices(volumes, forced or {}, axes, noticed)
        refused_from = len(noticed)
        candidates = _candidates(volumes, noticed)
        belonging = that_belong_together(candidates, list(by_hand.values()), side=side, joint=joint)
        noticed += belonging.notices
        ranking = _ranking(belonging.kept, by_hand, joint, axes)
        chosen = _best_of(ranking, by_hand, axes, reasons, noticed)
        if not chosen:
            raise _nothing_to_analyse(volumes, noticed[refused_from:])
        space = _into_one_space(ranking, chosen, by_hand, noticed, register=register)
        for plane, remark in space.remarks.items():
            reasons[plane] = _with_remark(reasons[plane], space.planes.get(plane), remark)
        not_used = _not_used(volumes, chosen, space.planes, [*belonging.left_out, *space.left_out], ranking, axes)
        about_side: list[Notice] = []
        settled, source = _settled(side, shown, space.planes, joint, about_side)
        noticed += [*_remarkable(space.planes, by_hand, joint, settled), *about_side]
        served = candidates_of(volumes, ranking, space.planes)
        return cls(joint, space.planes, settled, source, reasons, tuple(noticed), name, not_used, served)


def _settled(
    user: Side | None, shown: Side | None, planes: Mapping[Plane, Volume], joint: Joint, noticed: list[Notice]
) -> tuple[Side | None, str]:
    """As `settle_side`; where nobody says the side, the one that place and slices show."""
    settled, source = settle_side(user, planes.values(), noticed)
    if settled is not None or shown is None:
        return settled, source
    noticed.append(Notice("side_from_slices", values={"side": shown, "joint": joint.name}))
    return shown, "anatomy"


def _axes_of(joint: Joint, side: Side | None, volumes: Sequence[Volume], forced: _Forced) -> tuple[Axes, Side | None]:
    """The joint's axes, in RAS. Where they are oblique to the body, they depend on the side.

    Returns:
        The axes; and the side that place and slices show, where it is needed and nothing states it.

    Raises:
        StudyError: if the side is needed and not known; if that is because there are two exams or two joints, with
            their code.
    """
    if not joint.is_oblique:
        return joint.axes, None
    if side is not None:
        return joint.axes_of(side), None
    by_hand = [_find(one, volumes) for wanted in forced.values() for one in _several(wanted)]
    images = [*by_hand, *that_belong_together(_candidates(volumes, []), by_hand, side=None, joint=joint).kept]
    if not images:
        return joint.axes, None  # nothing can be analysed, whatever the side; why not is said below
    stated = stated_sides(images)
    if len(stated) == 1:
        return joint.axes_of(stated.pop()), None
    check_one_joint(images, joint)
    shown = None if stated else side_from_slices(images, joint)
    if shown is None:
        raise StudyError(Message("study", "side_needed", {"joint": joint.name}), code="side_unknown")
    return joint.axes_of(shown), shown


def _ranking(kept: Sequence[Volume], by_hand: Mapping[Plane, Volume], joint: Joint, axes: Axes) -> Ranking:
    """The candidates; what the user chose sets the frame of reference that the rest should share."""
    frames = [volume.origin.frame_of_reference for volume in by_hand.values()]
    return Ranking(kept, joint, axes, next((frame for frame in frames if frame), ""))


def _candidates(volumes: Sequence[Volume], noticed: list[Notice]) -> list[Volume]:
    """The volumes that can show a joint; what is passed over is noticed."""
    images = _images_rather_than_labels([volume for volume in volumes if _usable(volume, noticed)], noticed)
    return _mr_rather_than_others(images, noticed)


def _best_of(
    ranking: Ranking,
    by_hand: Mapping[Plane, Volume],
    axes: Axes,
    reasons: dict[Plane, Message],
    noticed: list[Notice],
) -> dict[Plane, Volume]:
    """The user's choice and the best candidate for every other plane, in the order of the planes."""
    chosen = dict(by_hand)
    for plane in Plane:
        if plane not in chosen:
            _choose(plane, ranking, axes, chosen, reasons, noticed)
    return {plane: chosen[plane] for plane in Plane if plane in chosen}


def _into_one_space(
    ranking: Ranking,
    chosen: Mapping[Plane, Volume],
    by_hand: Mapping[Plane, Volume],
    noticed: list[Notice],
    *,
    register: bool,
) -> OneSpace:
    """See `frames`; a plane that does not fit is served by the next best candidate that does."""

    def next_best(plane: Plane, frame: str) -> Volume | None:
        able = (v for v in ranking.best_first(plane) if v.origin.frame_of_reference == frame and not is_localizer(v))
        return next(able, None)

    space = into_one_space(chosen, by_hand=by_hand, next_best=next_best, register=register)
    noticed += space.notices
    return space


def _mr_rather_than_others(volumes: list[Volume], noticed: list[Notice]) -> list[Volume]:
    """Computed tomography and the like are no candidates where there is MR."""
    magnetic = [volume for volume in volumes if not is_not_mr(volume)]
    if not magnetic or len(magnetic) == len(volumes):
        return volumes
    for volume in volumes:
        if is_not_mr(volume):
            noticed.append(_not_mr(volume))
    return magnetic


def _not_mr(volume: Volume) -> Notice:
    if not volume.modality:
        return Notice("not_mr", "unmarked_not_used", where=volume.name)
    return Notice("not_mr", "not_used", where=volume.name, values={"modality": volume.modality})


def _with_remark(reason: Message, volume: Volume | None, remark: Message) -> Message:
    if volume is None:
        return Message("plane_not_served", "does_not_fit", {"remarks": [remark]})
    if remark.variant == "instead":
        return served_by(volume, remark)
    return with_remarks(reason, remark)


def _not_used(
    volumes: Sequence[Volume],
    chosen: Mapping[Plane, Volume],
    planes: Mapping[Plane, Volume],
    left_out: Sequence[tuple[Volume, Message]],
    ranking: Ranking,
    axes: Axes,
) -> dict[str, Message]:
    """Name -> reason for every image that serves no plane; what cannot be used at all has its notice."""
    used = {volume.name for volume in planes.values()}
    reasons = {volume.name: why for volume, why in left_out if volume.name not in used}
    for plane, best in chosen.items():
        for volume in ranking.best_first(plane):
            if volume.name in used or volume.name in reasons or is_reformatted(volume, plane, axes):
                continue
            by_hand = Message("left_out", "other_by_hand")
            why = ranking.why(best, volume, plane) if ranking.knows(best) else by_hand
            values = {"best": best.name, "plane": plane, "reason": why}
            reasons[volume.name] = Message("left_out", "served", values)
    for volume in volumes:
        if volume.name in used or volume.name in reasons:
            continue
        if ranking.knows(volume):
            localizer, worse = Message("left_out", "localizer"), Message("left_out", "better_in_each")
            reasons[volume.name] = localizer if is_localizer(volume) else worse
    return reasons


def _remarkable(
    planes: Mapping[Plane, Volume], by_hand: Mapping[Plane, Volume], joint: Joint, side: Side | None
) -> list[Notice]:
    """What is to be said of the volumes that were chosen."""
    return [*_unusual_images(planes), *_arthrography(planes), *_called_otherwise(planes, by_hand, joint, side)]


def _arthrography(planes: Mapping[Plane, Volume]) -> list[Notice]:
    names = dict.fromkeys(volume.name for volume in planes.values() if says_arthrography(volume))
    return [Notice("unlike_training", "arthrography", where=", ".join(names))] if names else []


def _unusual_images(planes: Mapping[Plane, Volume]) -> list[Notice]:
    """Said where nothing better was there, or where the user chose it."""
    notices = {}
    volumes = list(planes.values())
    for (plane, volume), kind in zip(planes.items(), kinds_of(volumes), strict=True):
        if kind.penalty > 0:
            values = {"plane": plane, "kind": kind}
            notices[id(volume)] = Notice("unlike_training", where=volume.name, values=values)
    return list(notices.values())


def _called_otherwise(
    planes: Mapping[Plane, Volume], by_hand: Mapping[Plane, Volume], joint: Joint, side: Side | None
) -> list[Notice]:
    """Where words and positions name different planes: a joint far out of its usual place, axes stored wrongly, or,
    where the joint's planes depend on it, the wrong side."""
    notices = []
    for plane, volume in planes.items():
        words = other_named_plane(volume, plane)
        if plane in by_hand or words is None:
            continue
        if side is not None and _is_of_other_side(volume, words, joint, side):
            values = {"plane": plane, "words": words, "side": side, "other": side.opposite}
            notices.append(Notice("plane_disagrees", "or_side", where=volume.name, values=values))
        else:
            values = {"plane": plane, "words": words}
            notices.append(Notice("plane_disagrees", where=volume.name, values=values))
    return notices


def _is_of_other_side(volume: Volume, plane: Plane, joint: Joint, side: Side) -> bool:
    """Whether a stack lies clearly as one of this plane lies in the joint of the other side."""
    geometry, axes = volume.geometry, joint.axes_of(side.opposite)
    axis = slice_axis(geometry)
    clear = degrees_from_next_plane(geometry, axis, axes) >= CLEAR_DEGREES
    return joint.is_oblique and clear and plane_across(geometry, axis, axes) is plane


def _nothing_to_analyse(volumes: Sequence[Volume], refusals: Sequence[Notice]) -> StudyError:
    if len(volumes) == 1 and refusals:
        refusal = refusals[0]
        return StudyError(refusal, where=f"‘{refusal.where}’", code=refusal.code)
    if not volumes:
        return StudyError(Message("study", "no_volume"))
    problems = [Message("problem", values={"where": f"‘{notice.where}’", "what": notice}) for notice in refusals]
    return StudyError(
        Message("study", "none_usable", {"count": len(volumes)}),
        where=Message("problems", values={"problems": problems}),
    )


def _check_plane(plane: Plane, volume: Volume, axes: Axes) -> None:
    geometry = volume.geometry
    if is_3d(geometry):
        return
    own = plane_across(geometry, slice_axis(geometry), axes)
    if own is not plane:
        raise StudyError(
            Message("study", "not_its_plane", {"name": volume.name, "plane": plane, "own": own}),
            where=Message("step", values={"step_mm": slice_step_mm(geometry)}),
        )


def _usable(volume: Volume, noticed: list[Notice]) -> bool:
    """Leave out what nothing can be seen in, and say so."""
    geometry = volume.geometry
    if not _varies(volume):
        noticed.append(Notice("constant", "not_used", where=volume.name))
        return False
    if geometry.shape[slice_axis(geometry)] < MIN_SLICES:
        noticed.append(Notice("few_slices", "not_used", where=volume.name, values={"least": MIN_SLICES}))
        return False
    return True


def _images_rather_than_labels(volumes: list[Volume], noticed: list[Notice]) -> list[Volume]:
    """Masks often lie beside the images they were drawn on, under any name."""
    images = [volume for volume in volumes if not looks_like_labels(volume.array)]
    if not images or len(images) == len(volumes):
        return volumes
    names = [volume.name for volume in volumes if volume not in images]
    noticed.append(Notice("label_map", "not_used", where=", ".join(names), values={"count": len(names)}))
    return images


def _varies(volume: Volume) -> bool:
    array = volume.array
    # A coarse look settles nearly all volumes at once.
    coarse = array[::8, ::8, ::8]
    return bool(coarse.min() != coarse.max() or array.min() != array.max())


def _forced_choices(
    volumes: Sequence[Volume], forced: _Forced, axes: Axes, noticed: list[Notice]
) -> tuple[dict[Plane, Volume], dict[Plane, Message]]:
    chosen, reasons = {}, {}
    for key, wanted in forced.items():
        plane = Plane.from_name(key)
        several = _several(wanted)
        if len(several) != 1:
            raise StudyError(
                Message("study", "several_for_plane", {"count": len(several), "plane": plane}),
                where=", ".join(_called(one) for one in several),
            )
        volume = _find(several[0], volumes)
        if not _varies(volume):
            raise StudyError(Message("study", "constant"), where=f"‘{volume.name}’")
        if _has_no_place(volume, plane, axes):
            volume = _assume_hanging(volume, plane, axes)
            values = {"plane": plane, "hanging": plane.hanging}
            noticed.append(Notice("orientation_assumed", where=volume.name, values=values))
        _check_plane(plane, volume, axes)
        slices = volume.geometry.shape[slice_axis(volume.geometry)]
        if slices < MIN_SLICES:
            raise StudyError(
                Message("study", "few_slices", {"slices": slices, "least": MIN_SLICES}), where=f"‘{volume.name}’"
            )
        chosen[plane] = volume
        reasons[plane] = served_by(volume, Message("remark", "by_hand"))
    return chosen, reasons


def _several(wanted: Volume | str | Sequence[Volume | str]) -> list[Volume | str]:
    return [wanted] if isinstance(wanted, (str, Volume)) else list(wanted)


def _called(volume: Volume | str) -> str:
    return f"‘{volume if isinstance(volume, str) else volume.name}’"


def _find(wanted: Volume | str, volumes: Sequence[Volume]) -> Volume:
    if isinstance(wanted, Volume):
        return wanted
    found = [volume for volume in volumes if volume.name == wanted]
    if len(found) != 1:
        values = {"count": len(found), "wanted": wanted, "names": [volume.name for volume in volumes]}
        raise StudyError(Message("study", "same_names", values))
    return found[0]


def _has_no_place(volume: Volume, plane: Plane, axes: Axes) -> bool:
    """Whether a file says nothing of how it lies, or axes of no patient that contradict the plane it shall serve."""
    codes = {notice.code for notice in volume.notices}
    return "no_orientation" in codes or ("orientation_unknown" in codes and not can_serve(volume, plane, axes))


def _assume_hanging(volume: Volume, plane: Plane, axes: Axes) -> Volume:
    """Files without orientation mostly hold (column, row, slice) as they hang in the reading room."""
    column, row, slice_ = plane.hanging[2], plane.hanging[1], plane.hanging[0]
    geometry = Geometry.from_axes(
        volume.geometry.shape,
        spacing_mm=tuple(volume.geometry.spacing_mm),
        directions=np.asarray(axes).T @ direction_vectors(column + row + slice_),
        centre_ras=(0.0, 0.0, 0.0),
    )
    return replace(volume, geometry=geometry)


def _choose(
    plane: Plane,
    ranking: Ranking,
    axes: Axes,
    chosen: dict[Plane, Volume],
    reasons: dict[Plane, Message],
    noticed: list[Notice],
) -> None:
    """Fill in the best candidate for `plane`, with the reason; or the reason why there is none."""
    able = ranking.best_first(plane)
    if able and all(is_localizer(volume) for volume in able):
        noticed.append(Notice("localizer", where=able[0].name, values={"plane": plane}))
        able = []
    if not able:
        reasons[plane] = Message("plane_not_served")
        return
    best = able[0]
    chosen[plane] = best
    remarks = []
    if is_reformatted(best, plane, axes):
        remarks.append(Message("remark", "reformatted"))
    if len(able) > 1:
        values = {"name": able[1].name, "reason": ranking.why(best, able[1], plane)}
        remarks.append(Message("remark", "preferred", values))
    reasons[plane] = served_by(best, *remarks)
