"""What the pictures of some volumes say of the joint, and whether that contradicts what they are taken for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np

from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.recognition.coarse_picture import coarse_picture
from OrthoDiffusionLib.recognition.network import Network, shipped_network
from OrthoDiffusionLib.volumes import Volume
from OrthoDiffusionLib.volumes.selection.plane_choice import is_localizer

NONE = "none"
"""The class of pictures that show none of the joints."""

MOST_VOLUMES = 9
"""So many of a study are looked at; more of the same joint say nothing new (ours)."""

LEAST_SLICES, LEAST_EXTENT_MM, LEAST_FIELD_MM = 4, 20.0, 60.0
"""Fewer slices, or less along the shortest side and across the slices, are no picture of a joint (ours)."""

MOST_SAID = 0.99
"""No picture is said to be surer than this."""

_LOOKED_AT: WeakKeyDictionary[Volume, dict[Network, np.ndarray]] = WeakKeyDictionary()
"""Logits of volumes that still exist: an analysis asks twice, which bundle to take and whether the pictures agree."""


@dataclass(frozen=True)
class JointPicture:
    """What pictures say.

    Attributes:
        probabilities: class -> probability; joints by name and `NONE`. Empty if no volume could be looked at.
        sure: the class that they show for certain; None if they are not recognised.
    """

    probabilities: Mapping[str, float] = field(default_factory=dict)
    sure: str | None = None

    @property
    def joint(self) -> str | None:
        """Name of the joint that they show for certain, if they do and it is one."""
        return None if self.sure == NONE else self.sure

    @property
    def likelihood(self) -> float:
        """Probability of the most likely class, as it is said to a user; 0 if nothing could be looked at."""
        return min(max(self.probabilities.values(), default=0.0), MOST_SAID)


def joint_picture(volumes: Sequence[Volume], network: Network | None = None) -> JointPicture:
    """What the pictures show, whatever their headers say.

    Volumes that do not say how they lie in the patient, localizers and single slices are not looked at. The others
    are taken together, as each is a look at the same joint; where two of them are sure of different things, nothing is
    for certain.

    Args:
        volumes: of one joint, in any plane and contrast.
        network: another than the program's own.
    """
    network = shipped_network() if network is None else network
    return _of_logits([_logits(volume, network) for volume in _worth_a_look(volumes)], network)


def of_pictures(pictures: Sequence[np.ndarray], network: Network) -> JointPicture:
    """The same of coarse pictures, each of one volume."""
    return _of_logits([network.logits(picture) for picture in pictures], network)


def _logits(volume: Volume, network: Network) -> np.ndarray:
    """(C,) of one volume; it is looked at once."""
    known = _LOOKED_AT.setdefault(volume, {})
    if network not in known:
        known[network] = network.logits(coarse_picture(volume))
    return known[network]


def _of_logits(logits: Sequence[np.ndarray], network: Network) -> JointPicture:
    if not logits:
        return JointPicture()
    alone = [_softmax(row) for row in logits]
    together = _softmax(np.mean(logits, axis=0))
    named = {int(one.argmax()) for one in [*alone, together] if one.max() >= network.sure}
    best = int(together.argmax())
    sure = network.classes[best] if named == {best} and together[best] >= network.sure else None
    return JointPicture({name: float(p) for name, p in zip(network.classes, together, strict=True)}, sure)


def contradiction(picture: JointPicture, joint: str) -> Notice | None:
    """That the pictures show for certain something else than the joint they are taken for; None if they do not.

    Nothing is said of joints that the recogniser does not know.
    """
    if picture.sure in (None, joint) or joint not in picture.probabilities:
        return None
    if picture.sure == NONE:
        known = [name for name in picture.probabilities if name != NONE]
        values = {"joint": joint, "known": known, "probability": picture.likelihood}
        return Notice("other_joint_pictured", "none", values=values)
    values = {"joint": joint, "pictured": picture.sure, "probability": picture.likelihood}
    return Notice("other_joint_pictured", values=values)


def _worth_a_look(volumes: Sequence[Volume]) -> list[Volume]:
    seen = [volume for volume in volumes if _has_a_picture(volume)]
    return ([volume for volume in seen if not is_localizer(volume)] or seen)[:MOST_VOLUMES]


def _has_a_picture(volume: Volume) -> bool:
    shortest, other, _ = sorted(volume.geometry.extent_mm.tolist())
    if (
        not volume.is_oriented
        or min(volume.array.shape) < LEAST_SLICES
        or shortest < LEAST_EXTENT_MM
        or other < LEAST_FIELD_MM
    ):
        return False
    return bool(volume.array.min() != volume.array.max())


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()
