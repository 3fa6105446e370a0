"""How well the recogniser tells each joint, and none of them, from the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.lab.evaluation.drawing.markdown_tables import markdown_table
from OrthoDiffusionLib.lab.evaluation.scores.diagnosis_scores import (
    Estimate,
    auroc,
    bootstrap_weights,
    weighted_auroc,
)
from OrthoDiffusionLib.lab.evaluation.scores.perfect_scores import perfect_area
from OrthoDiffusionLib.lab.phantom.datasets.cohort import Cohort
from OrthoDiffusionLib.lab.recognition.looks import MIRRORED, SHUFFLED, WHOLE, KeptLooks, Pictures, made_up, mirrored
from OrthoDiffusionLib.lab.recognition.other_scenes import HELD_OUT, TRAINED
from OrthoDiffusionLib.progress import ProgressCallback, report
from OrthoDiffusionLib.recognition import NONE, JointPicture, joint_picture
from OrthoDiffusionLib.recognition.joint_picture import of_pictures
from OrthoDiffusionLib.recognition.network import Network
from OrthoDiffusionLib.volumes.inputs import read_inputs

ONE_PLANE = "one plane"


@dataclass(frozen=True)
class Recognised:
    """What the recogniser says of one study, volume or scene.

    Attributes:
        truth: the joint it shows, or `NONE`; empty for images of the user.
        kind: what was done to it.
        name: which; rows of one study have the same.
        probabilities: class -> probability.
        sure: what it names; empty if it does not recognise it.
    """

    truth: str
    kind: str
    name: str
    probabilities: Mapping[str, float]
    sure: str

    def as_dict(self) -> dict[str, object]:
        """As it stands in a file."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Measuring:
    """What is shown to the recogniser, and the network that looks.

    Attributes:
        network: whose answers are measured.
        kept: where the pictures of digital studies lie.
        progress: gets every study.
    """

    network: Network
    kept: KeptLooks
    progress: ProgressCallback | None = None

    def cohort(self, cohort: Cohort, count: int) -> Iterator[Recognised]:
        """The first studies of a cohort: whole, one plane alone, mirrored, in small fields of view, altered."""
        for number in range(count):
            report(self.progress, "recognition", number / count, f"{cohort.name}, study {number + 1} of {count}")
            kinds = dict(self.kept.of_study(cohort, number))
            kinds[MIRRORED] = [mirrored(picture) for picture in kinds[WHOLE]]
            name = cohort.study_name(number)
            for kind, pictures in kinds.items():
                truth = NONE if kind == SHUFFLED else cohort.joint
                yield self._row(truth, kind, name, pictures)
            yield from self._planes(cohort.joint, name, kinds)

    def _planes(self, joint: str, name: str, kinds: Pictures) -> Iterator[Recognised]:
        for picture in kinds[WHOLE]:
            yield self._row(joint, ONE_PLANE, name, [picture])

    def scenes(self, count: int, seed: int) -> Iterator[Recognised]:
        """Made-up scenes of every family, those that the network has learned from and those it has not."""
        for family in (*TRAINED, *HELD_OUT):
            report(self.progress, "recognition", 0.9, f"made-up scenes: {family}")
            for number, picture in enumerate(made_up(family, count, seed)):
                yield self._row(NONE, family, f"{family} {number}", [picture])

    def images(self, name: str, path: Path) -> Iterator[Recognised]:
        """Images of the user: all volumes together, and each alone."""
        volumes, _ = read_inputs([path])
        if len(volumes) > 1:
            yield _row_of("", name, "all volumes", joint_picture(volumes, self.network))
        for volume in volumes:
            yield _row_of("", name, volume.name, joint_picture([volume], self.network))

    def _row(self, truth: str, kind: str, name: str, pictures: Sequence[np.ndarray]) -> Recognised:
        return _row_of(truth, kind, name, of_pictures(pictures, self.network))


def _row_of(truth: str, kind: str, name: str, found: JointPicture) -> Recognised:
    return Recognised(truth, kind, name, dict(found.probabilities), found.sure or "")


@dataclass(frozen=True)
class ClassAuroc:
    """How well one class is told from the rest.

    Attributes:
        looked_at: whole studies, or single volumes.
        name: of the class.
        positives, negatives: how many.
        value, low, high: AUROC, and its percentile bootstrap over studies, 95 %.
    """

    looked_at: str
    name: str
    positives: int
    negatives: int
    value: float
    low: float
    high: float


def class_aurocs(rows: Sequence[Recognised], classes: Sequence[str]) -> list[ClassAuroc]:
    """Each class against the rest: of whole studies, of single volumes; the rest has shuffled studies and scenes."""
    found = []
    for what, kind in (("studies", WHOLE), ("one plane alone", ONE_PLANE)):
        chosen = [row for row in rows if row.truth == NONE or (row.truth and row.kind == kind)]
        names = np.array([row.name for row in chosen])
        weights = bootstrap_weights(names)
        for name in classes:
            positives = np.array([row.truth == name for row in chosen])
            scores = np.array([row.probabilities[name] for row in chosen])
            value = auroc(scores, positives)
            if value is None:
                continue
            low, high = np.nanpercentile(weighted_auroc(weights, scores, positives), (2.5, 97.5))
            having, lacking = (np.unique(names[of_class]).size for of_class in (positives, ~positives))
            area = perfect_area(Estimate(value, float(low), float(high)), having, lacking)
            assert area.low is not None and area.high is not None  # both were given
            count = int(positives.sum())
            found.append(ClassAuroc(what, name, count, len(chosen) - count, value, area.low, area.high))
    return found


def auroc_table(rows: Sequence[Recognised], classes: Sequence[str]) -> str:
    """Markdown of `class_aurocs`."""
    lines = [
        (one.looked_at, one.name, str(one.positives), str(one.negatives),
         f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f})")
        for one in class_aurocs(rows, classes)
    ]  # fmt: skip
    return markdown_table(("looked at", "class against the rest", "n", "rest", "AUROC (95 % interval)"), lines)


def kinds_table(rows: Sequence[Recognised]) -> str:
    """Markdown: of each kind how many are named as what they are, as something else, and not recognised."""
    lines = []
    for truth, kind in dict.fromkeys((row.truth, row.kind) for row in rows if row.truth):
        own = [row for row in rows if (row.truth, row.kind) == (truth, kind)]
        right = sum(row.sure == truth for row in own)
        other = sum(row.sure not in (truth, "", NONE) for row in own)
        none = sum(row.sure == NONE != truth for row in own)
        unsure = sum(row.sure == "" for row in own)
        cells = (f"{right / len(own):.0%}", *(str(one) for one in (other, none, unsure)))
        lines.append((truth, kind.replace("_", " "), str(len(own)), *cells))
    return markdown_table(
        ("shows", "how", "n", "named so", "named another joint", "named none", "not recognised"), lines
    )


def images_table(rows: Sequence[Recognised], classes: Sequence[str]) -> str:
    """Markdown: what is said of the user's images."""
    lines = [
        (row.kind, row.name, *(f"{row.probabilities[name]:.3f}" if row.probabilities else "–" for name in classes),
         row.sure or "not recognised")
        for row in rows
        if not row.truth
    ]  # fmt: skip
    return markdown_table(("images", "volume", *classes, "named"), lines)
