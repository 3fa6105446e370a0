"""What the recogniser learns from: digital joints, and what shows none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.anatomy import joint as joint_of_name
from OrthoDiffusionLib.lab.phantom.datasets.shards import ShardReader, joint_of_shards
from OrthoDiffusionLib.lab.recognition.coarse_tissues import CoarseTissues, coarse_tissues
from OrthoDiffusionLib.lab.recognition.other_scenes import TRAINED, made_up_scene
from OrthoDiffusionLib.lab.recognition.pictures import picture_of
from OrthoDiffusionLib.recognition import NONE

NONE_SHARE = 0.34
"""Of the pictures that show none of the joints."""

SHUFFLED, SHAFTS = 0.2, 0.2
"""Of those: slices of a joint out of order, and the end of a joint's view drawn out to a shaft. The rest is made up."""

SCENES_A_FAMILY = 20
HELD_BACK = 8
"""The last studies of each joint are not learned from: the temperature is fitted to them."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Joints and other scenes as shares of tissues.

    Attributes:
        joints: name -> views.
        others: made-up scenes and shafts.
    """

    joints: Mapping[str, Sequence[CoarseTissues]]
    others: Sequence[CoarseTissues]

    @property
    def classes(self) -> tuple[str, ...]:
        """Joints in the order of their names, then `NONE`."""
        return (*sorted(self.joints), NONE)

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, int]:
        """A picture and the place of its class."""
        names = sorted(self.joints)
        if rng.random() >= NONE_SHARE:
            place = int(rng.integers(len(names)))
            views = self.joints[names[place]]
            return picture_of(views[int(rng.integers(len(views)))], rng), place
        kind = rng.random()
        if kind < SHUFFLED + SHAFTS:
            views = self.joints[names[int(rng.integers(len(names)))]]
            view = views[int(rng.integers(len(views)))]
            picture = picture_of(view, rng, shuffled=True) if kind < SHUFFLED else picture_of(shaft(view, rng), rng)
            return picture, len(names)
        return picture_of(self.others[int(rng.integers(len(self.others)))], rng), len(names)


def shaft(view: CoarseTissues, rng: np.random.Generator) -> CoarseTissues:
    """The uppermost cross-section of a view, drawn out along the limb; the lowermost where the limb goes on there."""
    height = view.shares.shape[3]
    lowest = _goes_on_below(view.kind) and rng.random() < 0.5
    place = 1 if lowest else height - 2
    drawn = np.repeat(view.shares[..., place : place + 1], max(height, 24), axis=3)
    return replace(view, shares=drawn, kind="shaft")


def _goes_on_below(joint: str) -> bool:
    """Whether a field of view cuts the lower bone of a joint: a tibia's, but not a calcaneus."""
    known = joint_of_name(joint)
    return known.layout is not None and known.layout.lower not in known.whole


def examples_of(
    folders: Sequence[Path], *, most: int, seed: int, report: Callable[[str], None] = print
) -> tuple[Examples, Examples]:
    """What is learned from, and what is held back, of folders of training studies, one folder a joint or more.

    Args:
        folders: made by `orthodiffusion phantom --for-training`.
        most: studies of a folder that are read.
        seed: of the made-up scenes.
    """
    learned: dict[str, list[CoarseTissues]] = {}
    held: dict[str, list[CoarseTissues]] = {}
    for folder in folders:
        joint, reader = joint_of_shards(folder).name, ShardReader(folder)
        count = min(most, len(reader))
        report(f"reading {count} studies of the {joint}")
        for index in range(count):
            chosen = held if index >= count - HELD_BACK else learned
            views = [coarse_tissues(view, joint) for view in reader[index].views.values()]
            chosen.setdefault(joint, []).extend(views)
    report("making scenes of none of them")
    scenes = [made_up_scene(family, seed + n) for family in TRAINED for n in range(SCENES_A_FAMILY)]
    other = [made_up_scene(family, seed + SCENES_A_FAMILY + n) for family in TRAINED for n in range(HELD_BACK)]
    return Examples(learned, scenes), Examples(held, other)
