"""Which joint some volumes are of: as the user says, as their headers say, as their pictures say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from OrthoDiffusionLib.analysis.named_joint import named_joint
from OrthoDiffusionLib.anatomy import Joint
from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.recognition import NONE, JointPicture, contradiction, joint_picture
from OrthoDiffusionLib.volumes import Volume

GIVEN, WORDS, PICTURE, UNKNOWN = "given", "words", "picture", "unknown"


@dataclass(frozen=True)
class RecognisedJoint:
    """The joint of some volumes, and how it is known.

    Attributes:
        joint: its name; None if it is not known which of the joints it is.
        known_by: ``given`` by the user, ``words`` of headers and names, ``picture``, or ``unknown``.
        picture: what the pictures alone say, with a probability for each joint and for none of them.
        notices: what to tell the user: that it was the pictures that said it, or what they contradict.
        why_unknown: why it is not known, for a refusal; None if it is.
    """

    joint: str | None
    known_by: str
    picture: JointPicture = field(default_factory=JointPicture)
    notices: tuple[Notice, ...] = ()
    why_unknown: Message | None = None


def recognised_joint(
    volumes: Sequence[Volume], joints: Sequence[Joint], *, given: str | None = None
) -> RecognisedJoint:
    """Which of some joints some volumes are of; a tenth of a second, without torch.

    What the user gives rules, then the words, then the pictures where they are sure. A picture that surely shows
    another joint than the one that was given is a notice; where the words say another one and there is a choice,
    nothing is chosen.

    Args:
        volumes: of one study, as `read_inputs` gives them.
        joints: those that can be analysed; a single one leaves no choice, and the pictures can only warn.
        given: name of the joint that the user says it is.
    """
    picture = joint_picture(volumes)
    words = named_joint(volumes, joints)
    if given is not None:
        return RecognisedJoint(given, GIVEN, picture, _warnings(picture, given))
    if words is not None:
        return _by_words(words, picture, joints)
    if picture.joint in {joint.name for joint in joints}:
        values = {"joint": picture.joint, "percent": picture.percent}
        return RecognisedJoint(picture.joint, PICTURE, picture, (Notice("joint_from_picture", values=values),))
    return RecognisedJoint(None, UNKNOWN, picture, why_unknown=_why_unknown(picture))


def _by_words(words: Joint, picture: JointPicture, joints: Sequence[Joint]) -> RecognisedJoint:
    others = {joint.name for joint in joints} - {words.name}
    if picture.joint in others:
        values = {"joint": words.name, "pictured": picture.joint, "percent": picture.percent}
        return RecognisedJoint(None, UNKNOWN, picture, why_unknown=Message("joint_unknown", "contradicted", values))
    return RecognisedJoint(words.name, WORDS, picture, _warnings(picture, words.name))


def _warnings(picture: JointPicture, joint: str) -> tuple[Notice, ...]:
    notice = contradiction(picture, joint)
    return () if notice is None else (notice,)


def _why_unknown(picture: JointPicture) -> Message:
    if picture.joint is not None:
        return Message("joint_unknown", "no_bundle", {"pictured": picture.joint, "percent": picture.percent})
    if picture.sure == NONE:
        joints = [name for name in picture.probabilities if name != NONE]
        return Message("joint_unknown", "none", {"joints": joints, "percent": picture.percent})
    return Message("joint_unknown")
