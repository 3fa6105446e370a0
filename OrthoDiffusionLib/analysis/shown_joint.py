"""Which joint some images show and how that is known; and the bundle that is to analyse them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from OrthoDiffusionLib.analysis.named_joint import joint_in_words, named_joint
from OrthoDiffusionLib.analysis.study_inputs import open_bundle
from OrthoDiffusionLib.anatomy import USUAL_JOINT, Joint, find_joint, known_joints
from OrthoDiffusionLib.bundles import Bundle, Manifest, available_bundles
from OrthoDiffusionLib.errors import BundleError, Notice
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.recognition import NONE, JointPicture, contradiction, joint_picture
from OrthoDiffusionLib.volumes import Volume

LIKELY = 0.5
"""From this probability on, a joint that the pictures show without certainty is a better guess than the usual one."""


@dataclass(frozen=True)
class ShownJoint:
    """What images say of their joint.

    Attributes:
        joint: None if it is not known.
        notice: how it is known; None where it is not.
        picture: what the pictures alone say, with a probability for each joint and for none of them.
        doubt: why it is not known although words name it: the pictures surely show another one; None elsewhere.
    """

    joint: Joint | None = None
    notice: Notice | None = None
    picture: JointPicture = field(default_factory=JointPicture)
    doubt: Message | None = None


def shown_joint(volumes: Sequence[Volume], joints: Sequence[Joint], *, paths: Iterable[Path] = ()) -> ShownJoint:
    """The one of some joints that images show: by the words of their headers, their files' names, or the pictures.

    Where the pictures surely show another joint than the words name, nothing is chosen. A tenth of a second, without
    torch.

    Args:
        volumes: the images, with their headers.
        joints: those that may be meant.
        paths: what the user called them; the last part of each counts where the headers say nothing.
    """
    picture = joint_picture(volumes)
    pictured = next((joint for joint in joints if joint.name == picture.joint), None)
    by_header = named_joint(volumes, joints)
    named = by_header or joint_in_words((Path(path).name for path in paths), joints)
    if named is None:
        if pictured is None:
            return ShownJoint(picture=picture)
        values = {"joint": pictured.name, "probability": picture.likelihood}
        return ShownJoint(pictured, Notice("joint_not_said", "picture", values=values), picture)
    if contradiction(picture, named.name) is not None and pictured is not None:
        values = {"named": named.name, "pictured": pictured.name, "probability": picture.likelihood}
        return ShownJoint(picture=picture, doubt=Message("bundle", "joint_contradicted", values))
    if by_header is not None:
        return ShownJoint(named, Notice("joint_not_said", "descriptions", values={"joint": named.name}), picture)
    return ShownJoint(named, Notice("joint_not_said", "path", values={"joint": named.name}), picture)


def other_joint(volumes: Iterable[Volume], joint: Joint, *, name: str = "") -> Notice | None:
    """A notice if headers name another joint than the one that is analysed, and not this one.

    Args:
        joint: which the bundle knows.
        name: what the study is called; it counts where the headers say nothing.
    """
    named = _named_among_all(volumes, joint) or joint_in_words([name], _with_all_others(joint))
    if named is None or named.name == joint.name:
        return None
    return Notice("other_joint", values={"named": named.name, "joint": joint.name})


def _named_among_all(volumes: Iterable[Volume], joint: Joint) -> Joint | None:
    """The one of all known joints that headers name, with a bundle's own in the place of the known one of its name."""
    return named_joint(volumes, _with_all_others(joint))


def _with_all_others(joint: Joint) -> tuple[Joint, ...]:
    return (joint, *(one for one in known_joints() if one.name != joint.name))


def doubt_of_pictures(volumes: Sequence[Volume], joint: Joint) -> Notice | None:
    """A notice if the pictures surely show something else than a joint, or do not show it and no header names it.

    Args:
        joint: which the bundle knows.
    """
    picture = joint_picture(volumes)
    notice = contradiction(picture, joint.name)
    if notice is not None or picture.sure is not None or joint.name not in picture.probabilities:
        return notice
    if _named_among_all(volumes, joint) is not None:
        return None
    probability = picture.probabilities[joint.name]
    likeliest = max(picture.probabilities, key=picture.probabilities.__getitem__)
    if likeliest in (joint.name, NONE):
        return Notice("joint_not_recognised", values={"joint": joint.name, "probability": probability})
    values = {"joint": joint.name, "probability": probability, "pictured": likeliest, "likeliest": picture.likelihood}
    return Notice("joint_not_recognised", "rather", values=values)


def joints_of_bundles() -> tuple[Joint, ...]:
    """The joints that there are usable bundles of, by name."""
    found: dict[str, Joint] = {}
    for entry in available_bundles():
        if not entry.problem and entry.joint not in found:
            found[entry.joint] = find_joint(entry.joint) or _joint_in(entry.folder)
    return tuple(found[name] for name in sorted(found))


def _joint_in(folder: Path) -> Joint:
    path = folder / "manifest.json"
    return Manifest.from_json(path.read_text(encoding="utf-8"), where=str(path)).as_joint()


def joint_is_open(bundle: str | Path | None, joint: str | None) -> bool:
    """Whether the images must say which joint they show: there are bundles of several, and none was named."""
    return bundle is None and joint is None and len(joints_of_bundles()) > 1


def bundle_before_reading(bundle: str | Path | None, joint: str | None) -> Bundle | None:
    """The bundle that is named, that of the joint, or that of the one joint there are bundles of.

    Returns:
        None where the images must say it.

    Raises:
        BundleError: as `open_bundle`.
    """
    return None if joint_is_open(bundle, joint) else open_bundle(bundle, joint=joint)


def bundle_of_images(volumes: Sequence[Volume], *, paths: Sequence[Path] = ()) -> tuple[Bundle, tuple[Notice, ...]]:
    """The bundle for the joint that images show, and how the joint is known, unless words and pictures agree on it.

    Where nothing says it, the joint that the pictures show more likely than not is taken, else `USUAL_JOINT`, and a
    notice says so; an analysis marks a result that the pictures surely contradict as not to be used.

    Args:
        paths: as in `shown_joint`.

    Raises:
        BundleError: if words and pictures say different joints, or nothing says it and there is no bundle of
            `USUAL_JOINT` (code ``joint_unknown``), or if there is no bundle of the joint.
    """
    with_bundle = joints_of_bundles()
    names = {joint.name for joint in with_bundle}
    # Others are looked for, too: a shoulder is not to be taken for the one of two joints that is left.
    others = (joint for joint in known_joints() if joint.name not in names)
    shown = shown_joint(volumes, (*with_bundle, *others), paths=paths)
    where = os.pathsep.join(str(path) for path in paths)
    if shown.doubt is not None:
        raise BundleError(shown.doubt, where=where, code="joint_unknown")
    if shown.joint is not None and shown.notice is not None:
        bundle = open_bundle(None, joint=shown.joint.name)
        agreed = shown.notice.variant != "picture" and shown.picture.joint == shown.joint.name
        return bundle, () if agreed else (shown.notice,)  # words and pictures that agree need no word
    likely = next((name for name in sorted(names) if shown.picture.probabilities.get(name, 0.0) >= LIKELY), None)
    if likely is not None:
        values = {"joint": likely, "probability": shown.picture.likelihood}
        return open_bundle(None, joint=likely), (Notice("joint_not_said", "likely", values=values),)
    if USUAL_JOINT not in names:
        raise joint_unknown(sorted(names), where=where, pictured_none=shown.picture.sure == NONE)
    return open_bundle(None, joint=USUAL_JOINT), (Notice("joint_not_said", "usual", values={"joint": USUAL_JOINT}),)


def joint_unknown(joints: Sequence[str], *, where: str, pictured_none: bool = False) -> BundleError:
    """That there are bundles of several joints, and nothing says which of these is shown.

    Args:
        pictured_none: whether the pictures look like none of those that are known.
    """
    if pictured_none:
        return BundleError(Message("bundle", "joint_unlike_all", {"joints": joints}), where=where, code="joint_unknown")
    return BundleError(Message("bundle", "joint_unknown", {"joints": joints}), where=where, code="joint_unknown")
