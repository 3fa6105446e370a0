"""Whether the planes of studies without labels agree, before and after; and whether outlines have collapsed.

Agreement is no accuracy: planes may be wrong together, and planes that outline nothing never differ. So a structure
that was there before and is lost, or has shrunk or grown out of reason, counts as one that nobody agrees on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations

import numpy as np

from OrthoDiffusionLib.anatomy import Structure
from OrthoDiffusionLib.lab.training.adaptation.study_outlines import Outlines, StudyOutlines

ALL = "all"
"""Stands for the outline of all planes together in the name of a pair."""

LEAST_ML = 0.05
"""Less of a structure than this was not found (ours)."""

MOST_CHANGE = 2.0
"""A structure that is larger or smaller than before by more than this factor is another one (ours): a site's scanner
does not change the size of anatomy, and outlines of one bundle at two sites differ by a few tenths."""


@dataclass(frozen=True)
class StudyAgreement:
    """How the outlines of one study agree.

    Attributes:
        dice: structure -> "sagittal-all" or "sagittal-coronal" and so on -> Dice where both looked; pairs of which
            neither shows the structure are left out.
        volumes_ml: structure -> volume by all planes together.
    """

    dice: Mapping[str, Mapping[str, float]]
    volumes_ml: Mapping[str, float]

    def as_dict(self) -> dict:
        """For JSON."""
        return asdict(self)


def agreement_of_study(found: StudyOutlines, structures: Sequence[Structure]) -> StudyAgreement:
    """Dice of each plane alone with all together, and of each pair of planes.

    Args:
        found: with its planes asked alone.
        structures: that count.
    """
    sources = {**{plane.value: outlines for plane, outlines in found.alone.items()}, ALL: found.fused}
    dice: dict[str, dict[str, float]] = {structure.name: {} for structure in structures}
    for one, other in combinations(sources, 2):
        values = _dice(sources[one], sources[other])
        for structure in structures:
            if structure.label in values:
                dice[structure.name][f"{one}-{other}"] = values[structure.label]
    voxel_ml = found.geometry.voxel_volume_mm3 / 1000.0
    counts = np.bincount(found.fused.labels[found.fused.imaged], minlength=256)
    return StudyAgreement(dice, {s.name: float(counts[s.label] * voxel_ml) for s in structures})


def _dice(one: Outlines, other: Outlines) -> dict[int, float]:
    """Label -> Dice at the voxels that both looked at, for labels in either."""
    both = one.imaged & other.imaged
    first, second = one.labels[both], other.labels[both]
    total = np.bincount(first, minlength=256) + np.bincount(second, minlength=256)
    same = np.bincount(first[first == second], minlength=256)
    return {int(label): float(2 * same[label] / total[label]) for label in np.flatnonzero(total)}


def structure_agreement(now: StudyAgreement, before: StudyAgreement, name: str) -> float | None:
    """Mean Dice of a structure over the pairs that showed it before; None if it was not there before.

    0 if it is lost, or larger or smaller than before by more than `MOST_CHANGE`.
    """
    pairs = before.dice.get(name, {})
    if not pairs or before.volumes_ml[name] < LEAST_ML:
        return None
    if not _kept(now.volumes_ml.get(name, 0.0), before.volumes_ml[name]):
        return 0.0
    return float(np.mean([now.dice.get(name, {}).get(pair, 0.0) for pair in pairs]))


def _kept(now_ml: float, before_ml: float) -> bool:
    return before_ml / MOST_CHANGE <= now_ml <= before_ml * MOST_CHANGE


def mean_agreement(now: Mapping[str, StudyAgreement], before: Mapping[str, StudyAgreement]) -> float:
    """Mean over structures, then over studies, of what was there before; 0 if nothing was.

    Args:
        now, before: study -> its agreement, of the same studies.
    """
    studies = []
    for name, earlier in before.items():
        values = [structure_agreement(now[name], earlier, structure) for structure in earlier.dice]
        known = [value for value in values if value is not None]
        if known:
            studies.append(float(np.mean(known)))
    return float(np.mean(studies)) if studies else 0.0


@dataclass(frozen=True)
class Comparison:
    """The planes' agreement on held-out studies before an adaptation and after it.

    Attributes:
        before, after: study -> its agreement.
    """

    before: Mapping[str, StudyAgreement]
    after: Mapping[str, StudyAgreement]

    @property
    def means(self) -> tuple[float, float]:
        """Mean agreement before and after."""
        return mean_agreement(self.before, self.before), mean_agreement(self.after, self.before)

    @property
    def by_structure(self) -> dict[str, tuple[float, float]]:
        """Structure -> mean Dice of its pairs before and after, over the studies that showed it before."""
        names = dict.fromkeys(name for one in self.before.values() for name in one.dice)
        found = {}
        for name in names:
            pairs = [
                (was, structure_agreement(self.after[study], earlier, name))
                for study, earlier in self.before.items()
                if (was := structure_agreement(earlier, earlier, name)) is not None
            ]
            if pairs:
                found[name] = (
                    float(np.mean([a for a, _ in pairs])),
                    float(np.mean([b for _, b in pairs if b is not None])),
                )
        return found

    @property
    def collapsed(self) -> tuple[str, ...]:
        """Structures that are lost, or out of reason larger or smaller, in most of the studies that showed them."""
        names = dict.fromkeys(name for one in self.before.values() for name in one.volumes_ml)
        found = []
        for name in names:
            kept = [
                _kept(self.after[study].volumes_ml.get(name, 0.0), earlier.volumes_ml[name])
                for study, earlier in self.before.items()
                if earlier.volumes_ml[name] >= LEAST_ML
            ]
            if kept and 2 * sum(kept) < len(kept):
                found.append(name)
        return tuple(found)


def agreements_as_text(found: Mapping[str, StudyAgreement]) -> str:
    """As a file keeps them."""
    return json.dumps({name: one.as_dict() for name, one in found.items()}, indent=1) + "\n"


def agreements_of_text(text: str) -> dict[str, StudyAgreement]:
    """What `agreements_as_text` gave.

    Raises:
        ValueError, TypeError, KeyError: if it is none.
    """
    return {name: StudyAgreement(**one) for name, one in json.loads(text).items()}


def primary(structures: Iterable[Structure]) -> tuple[Structure, ...]:
    """Those that count: auxiliary ones are outlined to help the others."""
    chosen = tuple(structures)
    return tuple(structure for structure in chosen if not structure.auxiliary) or chosen
