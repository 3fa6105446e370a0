"""The joints that are known by name. Others may be added, and a bundle brings its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from OrthoDiffusionLib.anatomy.abnormality import Abnormality
from OrthoDiffusionLib.anatomy.joint import Joint
from OrthoDiffusionLib.anatomy.joints.ankle import ANKLE
from OrthoDiffusionLib.anatomy.joints.knee import KNEE
from OrthoDiffusionLib.anatomy.joints.shoulder import LONG_HEAD_OF_BICEPS_EFFUSION, SHOULDER
from OrthoDiffusionLib.anatomy.structure import Structure

_JOINTS: dict[str, Joint] = {one.name: one for one in (KNEE, ANKLE, SHOULDER)}
_OPTIONAL = (LONG_HEAD_OF_BICEPS_EFFUSION,)

USUAL_JOINT = KNEE.name
"""Meant where there are bundles of several joints and nothing says which: what the program was made for first."""


def known_joints() -> tuple[Joint, ...]:
    """Every joint that is known by name; the first is meant where nothing says which."""
    return tuple(_JOINTS.values())


@contextmanager
def registered(new: Joint) -> Iterator[Joint]:
    """Know a further joint by name, inside a ``with`` block.

    Raises:
        ValueError: if there is one of that name.
    """
    if new.name in _JOINTS:
        raise ValueError(f"there is a joint named {new.name} already")
    _JOINTS[new.name] = new
    try:
        yield new
    finally:
        del _JOINTS[new.name]


def find_joint(name: str) -> Joint | None:
    """The joint of that name, in any case; None if there is none."""
    return _JOINTS.get(name.strip().lower())


def joint(name: str | Joint) -> Joint:
    """The joint of that name, in any case.

    Raises:
        ValueError: naming those there are.
    """
    if isinstance(name, Joint):
        return name
    found = find_joint(str(name))
    if found is None:
        raise ValueError(f"joint must be one of {', '.join(_JOINTS)}, got {name!r} instead")
    return found


def find_structure(name: str, joint: str = "") -> Structure | None:
    """The structure of that name; None if no joint has it.

    Args:
        joint: name of the joint that it belongs to. Joints share names, and a knee's fluid is coded otherwise than an
            ankle's. Empty, or where that joint does not have it: of the first joint that has.
    """
    joints = sorted(_JOINTS.values(), key=lambda one: one.name != joint)
    return next((part for one in joints for part in one.structures if part.name == name), None)


def abnormality(name: str) -> Abnormality:
    """The abnormality of that name, of any joint.

    Raises:
        ValueError: naming those there are.
    """
    known = {one.name: one for joint in _JOINTS.values() for one in joint.abnormalities}
    known |= {one.name: one for one in _OPTIONAL}
    try:
        return known[name]
    except KeyError:
        raise ValueError(f"abnormality must be one of {', '.join(known)}, got {name!r}") from None
