"""Which joint some images show and how that is known; and the bundle that is to analyse them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from OrthoDiffusionLib.analysis.named_joint import joint_in_words, named_joint
from OrthoDiffusionLib.analysis.study_inputs import open_bundle
from OrthoDiffusionLib.anatomy import Joint, find_joint, known_joints
from OrthoDiffusionLib.bundles import Bundle, Manifest, available_bundles
from OrthoDiffusionLib.errors import BundleError, Notice
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes import Volume


@dataclass(frozen=True)
class ShownJoint:
    """What images say of their joint.

    Attributes:
        joint: None if it is not known.
        notice: how it is known; None where it is not.
    """

    joint: Joint | None = None
    notice: Notice | None = None


def shown_joint(volumes: Sequence[Volume], joints: Sequence[Joint], *, paths: Iterable[Path] = ()) -> ShownJoint:
    """The one of some joints that images show.

    Args:
        volumes: the images, with their headers.
        joints: those that may be meant.
        paths: what the user called them; the last part of each counts where the headers say nothing.
    """
    named = named_joint(volumes, joints)
    if named is not None:
        return ShownJoint(named, Notice("joint_not_said", "descriptions", values={"joint": named.name}))
    named = joint_in_words((Path(path).name for path in paths), joints)
    if named is not None:
        return ShownJoint(named, Notice("joint_not_said", "path", values={"joint": named.name}))
    return ShownJoint()


def other_joint(volumes: Iterable[Volume], joint: Joint) -> Notice | None:
    """A notice if headers name another joint than the one that is analysed, and not this one.

    Args:
        joint: which the bundle knows.
    """
    others = [one for one in known_joints() if one.name != joint.name]
    named = named_joint(volumes, (joint, *others))
    if named is None or named.name == joint.name:
        return None
    return Notice("other_joint", values={"named": named.name, "joint": joint.name})


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
    """The bundle for the joint that images show, and how the joint is known.

    Args:
        paths: as in `shown_joint`.

    Raises:
        BundleError: if the images do not say which joint they show (code ``joint_unknown``), or if there is no bundle
            of it.
    """
    with_bundle = joints_of_bundles()
    names = {joint.name for joint in with_bundle}
    # Others are looked for, too: a shoulder is not to be taken for the one of two joints that is left.
    others = (joint for joint in known_joints() if joint.name not in names)
    shown = shown_joint(volumes, (*with_bundle, *others), paths=paths)
    if shown.joint is None or shown.notice is None:
        raise joint_unknown(sorted(names), where=os.pathsep.join(str(path) for path in paths))
    return open_bundle(None, joint=shown.joint.name), (shown.notice,)


def joint_unknown(joints: Sequence[str], *, where: str) -> BundleError:
    """That there are bundles of several joints, and nothing says which of these is shown."""
    return BundleError(Message("bundle", "joint_unknown", {"joints": joints}), where=where, code="joint_unknown")
