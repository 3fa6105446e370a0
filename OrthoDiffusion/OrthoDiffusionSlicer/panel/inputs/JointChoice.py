"""Which joint the panel analyzes, and how that is known; what the user said is never overruled by a guess."""

from dataclasses import dataclass
from enum import Enum

from OrthoDiffusionLib.anatomy import UNKNOWN_JOINT, Joint, known_joints


class Source(Enum):
    """How a joint is known.

    HAND, the user chose it; BUNDLE, the user chose a bundle of it; ONLY, there are bundles of no other; WORDS, the
    headers of the volumes name it; PICTURE, their voxels show it for certain; LAST, the user chose it last, for other
    volumes; UNSAID, nothing says it; NONE, there is no bundle.
    """

    HAND = "hand"
    BUNDLE = "bundle"
    ONLY = "only"
    WORDS = "words"
    PICTURE = "picture"
    LAST = "last"
    UNSAID = "unsaid"
    NONE = "none"


@dataclass(frozen=True)
class JointChoice:
    """A joint and its source.

    Attributes:
        joint: one of which nothing is known without a bundle.
        source: how it is known.
    """

    joint: Joint = UNKNOWN_JOINT
    source: Source = Source.NONE

    @property
    def holdsForOthers(self):
        """Whether it holds for other volumes than those that are shown."""
        return self.source in (Source.HAND, Source.BUNDLE, Source.ONLY)


def jointsOf(bundles):
    """The joints of the BundleChoices that can be used, each once: those that are known by name first."""
    found = {bundle.joint.name: bundle.joint for bundle in bundles if bundle.usable}
    known = [joint.name for joint in known_joints() if joint.name in found]
    return [found[name] for name in (*known, *(name for name in found if name not in known))]


def chooseJoint(bundles, *, byHand="", bundle=None, named="", pictured="", last=""):
    """The JointChoice for some volumes.

    Args:
        bundles: BundleChoices of this computer.
        byHand: name of the joint that the user chose, empty for automatic.
        bundle: the BundleChoice that the user chose, None for automatic.
        named: name of the joint that the headers of the volumes name, empty for none.
        pictured: name of the joint that their voxels show for certain, empty for none.
        last: name of the joint that the user chose last.
    """
    joints = {joint.name: joint for joint in jointsOf(bundles)}
    if bundle is not None:
        return JointChoice(bundle.joint, Source.BUNDLE)
    if byHand in joints:
        return JointChoice(joints[byHand], Source.HAND)
    if len(joints) == 1:
        return JointChoice(*joints.values(), Source.ONLY)
    for name, source in ((named, Source.WORDS), (pictured, Source.PICTURE), (last, Source.LAST)):
        if name in joints:
            return JointChoice(joints[name], source)
    return JointChoice(next(iter(joints.values())), Source.UNSAID) if joints else JointChoice()
