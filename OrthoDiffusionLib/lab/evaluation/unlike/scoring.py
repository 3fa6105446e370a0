"""Scores of unlikeness of many studies, and how well they part what is unlike from what is honest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

import numpy as np

from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.analysis.training_likeness import TrainingLikeness, ViewObservation
from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.evaluation.cohorts.cohort_run import choose_studies
from OrthoDiffusionLib.lab.evaluation.cohorts.kept_observations import KeptObservations
from OrthoDiffusionLib.lab.evaluation.drawing.markdown_tables import markdown_table, number
from OrthoDiffusionLib.lab.evaluation.scores.diagnosis_scores import (
    auroc,
    bootstrap_weights,
    estimate_from_draws,
    weighted_auroc,
)
from OrthoDiffusionLib.lab.evaluation.scores.perfect_scores import perfect_area
from OrthoDiffusionLib.lab.evaluation.unlike.alterations import altered
from OrthoDiffusionLib.lab.phantom.datasets.cohort import Cohort, PhantomStudy
from OrthoDiffusionLib.progress import ProgressCallback, report
from OrthoDiffusionLib.unlikeness import LIMIT
from OrthoDiffusionLib.volumes import Plane, Study, Volume

HONEST = "honest"


@dataclass(frozen=True, eq=False)
class ObservedImages:
    """What was looked at in one study or volume.

    Attributes:
        kind: what it is one of.
        name: which.
        views: of each plane.
        patient: who it is of; of a digital study see `Cohort.patient`. Empty for one of its own.
    """

    kind: str
    name: str
    views: Mapping[Plane, ViewObservation]
    patient: str = ""


@dataclass(frozen=True)
class ScoredImages:
    """The score of one study or volume.

    Attributes:
        kind: what it is one of.
        name: which.
        score: of the plane that is farthest out.
        by_plane: plane key -> score.
        reason: the first that is given, empty below the limit.
        patient: who it is of; empty for one of its own.
    """

    kind: str
    name: str
    score: float
    by_plane: Mapping[str, float]
    reason: str = ""
    patient: str = ""

    def as_dict(self) -> dict[str, object]:
        """As it stands in a file."""
        return asdict(self)


def scored(images: ObservedImages, likeness: TrainingLikeness) -> ScoredImages:
    """What a training reference says of one study or volume."""
    planes = likeness.of(images.views)
    farthest = max(planes.values(), key=lambda plane: plane.score)
    reason = farthest.reasons[0].variant if farthest.reasons else ""
    by_plane = {key: plane.score for key, plane in planes.items()}
    return ScoredImages(images.kind, images.name, farthest.score, by_plane, reason, images.patient)


@dataclass(eq=False)
class ImagesToScore:
    """Looks at studies and volumes, each once.

    Attributes:
        analyzer: of the bundle.
        kept: what was looked at before.
        progress: gets every study.
    """

    analyzer: Analyzer
    kept: KeptObservations
    progress: ProgressCallback | None = None

    def cohort(self, cohort: Cohort, *, count: int, kinds: Sequence[str]) -> Iterator[ObservedImages]:
        """The first studies of a cohort of the bundle's joint, as they are and altered.

        Of an altered study the series that suffered is looked at; the others are as they were.
        """
        for done, index in enumerate(choose_studies(len(cohort), count, None, where=cohort.name)):
            report(self.progress, "unlike", done / count, f"{cohort.name}, study {done + 1} of {count}")
            name = cohort.study_name(index)
            patient = cohort.patient(index)
            phantom = None
            for kind in (HONEST, *kinds):
                if f"{name} {kind}" not in self.kept:
                    phantom = phantom or cohort.study(index)
                    self.kept.add(f"{name} {kind}", self._views(phantom, kind, index))
                views = {**self.kept[f"{name} {HONEST}"], **self.kept[f"{name} {kind}"]}
                yield ObservedImages(kind, name, views, patient)

    def _views(self, phantom: PhantomStudy, kind: str, number: int) -> Mapping[Plane, ViewObservation]:
        study = Study.from_volumes(phantom.volumes, side=phantom.side, joint=self.analyzer.joint)
        if kind != HONEST:
            changed = {phantom.volumes[index].name: new for index, new in altered(phantom, kind, number).items()}
            planes = {plane: changed[old.name] for plane, old in study.planes.items() if old.name in changed}
            study = replace(study, planes=planes)
        return self.analyzer.observed(study)

    def other_joint(self, cohort: Cohort, *, count: int) -> Iterator[ObservedImages]:
        """The first studies of another joint's cohort, as if they were of this one."""
        for done, index in enumerate(choose_studies(len(cohort), count, None, where=cohort.name)):
            report(self.progress, "unlike", done / count, f"{cohort.name}, study {done + 1} of {count}")
            name = cohort.study_name(index)
            if name not in self.kept:
                phantom = cohort.study(index)
                volumes = [replace(volume, body_part="") for volume in phantom.volumes]  # as if the tag were missing
                study = Study.from_volumes(volumes, side=phantom.side, joint=self.analyzer.joint)
                self.kept.add(name, self.analyzer.observed(study))
            patient = cohort.patient(index)
            yield ObservedImages(f"{cohort.joint} phantoms", name, self.kept[name], patient)

    def volumes(self, kind: str, volumes: Sequence[Volume], *, side: Side) -> Iterator[ObservedImages]:
        """Each volume alone, whatever else it may belong to; what can be no study of one joint is left out."""
        for volume in volumes:
            try:
                study = Study.from_volumes([volume], side=side, joint=self.analyzer.joint, register=False)
            except OrthoDiffusionError:
                continue
            yield ObservedImages(kind, volume.name, self.analyzer.observed(study))


@dataclass(frozen=True)
class KindSummary:
    """How well the scores of one kind are parted from those of honest studies.

    Attributes:
        kind: which.
        count: how many.
        warned: share at or above the limit.
        median: of the scores.
        auroc: against the honest studies; None for those themselves.
        low, high: percentile bootstrap, 95 %.
        reasons: how often each was the first.
    """

    kind: str
    count: int
    warned: float
    median: float
    auroc: float | None = None
    low: float | None = None
    high: float | None = None
    reasons: Mapping[str, int] = field(default_factory=dict)


def summarise(rows: Sequence[ScoredImages]) -> list[KindSummary]:
    """One summary a kind, honest studies first."""
    kinds = list(dict.fromkeys(row.kind for row in rows))
    honest = [row for row in rows if row.kind == HONEST]
    return [_summary(kind, [row for row in rows if row.kind == kind], honest) for kind in kinds]


def _summary(kind: str, rows: Sequence[ScoredImages], honest: Sequence[ScoredImages]) -> KindSummary:
    scores = np.array([row.score for row in rows])
    reasons = dict(Counter(row.reason for row in rows if row.reason).most_common())
    plain = KindSummary(kind, len(rows), float((scores >= LIMIT).mean()), float(np.median(scores)), reasons=reasons)
    if kind == HONEST or not honest:
        return plain
    both = np.array([row.score for row in (*honest, *rows)])
    unlike = np.arange(len(both)) >= len(honest)
    # An altered study and the same one as it was are of one patient, and so are studies of one stored shape.
    patients = np.array([row.patient or row.name for row in (*honest, *rows)])
    having, lacking = (np.unique(patients[of_class]).size for of_class in (unlike, ~unlike))
    value = auroc(both, unlike)
    assert value is not None  # there are images of both kinds
    found = estimate_from_draws(value, weighted_auroc(bootstrap_weights(patients), both, unlike))
    area = perfect_area(found, having, lacking)
    return KindSummary(kind, plain.count, plain.warned, plain.median, value, area.low, area.high, reasons)


def summary_table(summaries: Sequence[KindSummary]) -> str:
    """Markdown: what was shown, how many, AUROC with interval, share with a warning, median score, first reasons."""
    rows = []
    for one in summaries:
        interval = "–" if one.auroc is None else number(one.auroc, 3)
        if one.low is not None and one.high is not None:
            interval += f" ({number(one.low, 3)} to {number(one.high, 3)})"
        reasons = ", ".join(f"{name} {count}" for name, count in one.reasons.items())
        kind = one.kind.replace("_", " ")
        rows.append((kind, str(one.count), interval, f"{one.warned:.0%}", f"{one.median:.2f}", reasons))
    return markdown_table(("images", "n", "AUROC against honest", "warned", "median score", "first reason"), rows)
