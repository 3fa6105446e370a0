"""The networks of the arms, and the training that is the same for all of them: until validation gains nothing more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from OrthoDiffusionLib.anatomy import Joint
from OrthoDiffusionLib.lab.experiments.common.cpu_clock import CpuClock
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import EvaluationView, dice_by_label
from OrthoDiffusionLib.lab.experiments.fixed_images.budget import width_of
from OrthoDiffusionLib.lab.experiments.fixed_images.label_network import (
    FINDINGS,
    OUTLINES,
    TASKS,
    DenoiserReadout,
    LabelNetwork,
    Rates,
    Reading,
)
from OrthoDiffusionLib.lab.experiments.fixed_images.labelled_views import (
    LabelledStudies,
    LabelledViews,
    Size,
    fixed_view,
)
from OrthoDiffusionLib.lab.experiments.fixed_images.monai_networks import Classifier, Outliner
from OrthoDiffusionLib.lab.experiments.fixed_images.published_recipe import PublishedRecipe
from OrthoDiffusionLib.lab.experiments.fixed_images.self_pretraining import load_into
from OrthoDiffusionLib.lab.experiments.fixed_images.self_training import MixedViews, TaughtViews
from OrthoDiffusionLib.lab.training.engine.early_stopping import Patience, Stopped, train_with_patience
from OrthoDiffusionLib.lab.training.engine.engine import Schedule, train
from OrthoDiffusionLib.volumes import Plane

MEASURED_VIEWS = 8
"""From which a network may measure what it needs before its first step."""

COST_FILE = "cost.json"

READINGS_FOLDER = "readings"

_READINGS_WARMUP = 10


@dataclass(frozen=True)
class Training:
    """What a training is given.

    Attributes:
        studies: whose labels it may see.
        plane, size: of the views.
        patience, rates, ema: of the training.
        seed: of order and augmentation.
        taught: studies without labels that a teacher outlines; none as a rule.
    """

    studies: LabelledStudies
    plane: Plane
    size: Size
    patience: Patience
    rates: Rates
    ema: float
    seed: int
    taught: tuple[Path, ...] = ()


def tasks_of(settings: Mapping) -> tuple[str, ...]:
    """What an arm learns, from its settings."""
    alone = {"dynunet": (OUTLINES,), "densenet": (FINDINGS,)}.get(str(settings["network"]), TASKS)
    return tuple(task for task in alone if task in settings.get("tasks", TASKS))


def build_network(
    settings: Mapping, joint: Joint, plane: Plane, network: Mapping, *, start: Path | None, seed: int
) -> LabelNetwork:
    """An arm's network at its start; the seed draws whatever is not pretrained.

    Args:
        settings: of the arm.
        network: a recipe's `network`; networks of others are as wide as ours.
        start: pretrained weights, or None.
    """
    torch.manual_seed(seed)
    kind, tasks, width = settings["network"], tasks_of(settings), width_of(network)
    if kind == "dynunet":
        built: LabelNetwork = Outliner(joint, width)
    elif kind == "densenet":
        built = Classifier(joint, width)
    elif kind == "published":
        published = PublishedRecipe(joint, tasks, width)
        if start is not None:
            load_into(published.encoder, start)
        built = published
    elif kind == "ours":
        frozen = bool(settings.get("frozen", False))
        ours = DenoiserReadout(joint, tasks, plane, network, frozen=frozen, pretrained=start is not None)
        if start is not None:
            load_into(ours.encoder, start)
        built = ours
    else:
        raise ValueError(f"network must be ours, dynunet, densenet or published, got {kind!r} instead")
    built.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]  # torch's stubs do not know it
    return built


def train_network(
    network: LabelNetwork,
    training: Training,
    folder: Path,
    *,
    teacher: LabelNetwork | None = None,
    report: Callable[[str], None],
) -> Stopped:
    """Train until validation gains nothing more; call again to resume. Each task has its own best weights.

    Args:
        teacher: outlines the studies without labels, where the training has any.
    """
    studies = training.studies
    views: LabelledViews | MixedViews
    views = labelled = LabelledViews(studies.training, training.plane, training.size, seed=training.seed)
    if teacher is not None and training.taught:
        taught = TaughtViews(training.taught, training.plane, training.size, seed=training.seed, teacher=teacher)
        views = MixedViews(labelled, taught)
    validation = [fixed_view(path, training.plane, training.size) for path in studies.validation]
    clock = CpuClock(folder / COST_FILE)
    first = [labelled[step] for step in range(MEASURED_VIEWS)]
    if training.rates.reading_steps and isinstance(network, DenoiserReadout):
        _train_readings(network, training, first, labelled, folder / READINGS_FOLDER, report=report)
    else:
        network.prepare(first)

    def score(module: LabelNetwork) -> dict[str, float]:
        module.eval()
        found = validation_scores(module, validation)
        module.train()
        clock.keep()
        return found

    return train_with_patience(
        network,
        lambda: network.groups(training.rates),
        views.stream,
        lambda view, step: network.loss(view),
        score,
        folder,
        patience=training.patience,
        ema=training.ema,
        seed=training.seed,
        report=report,
    )


def _train_readings(
    network: DenoiserReadout,
    training: Training,
    first: Sequence[EvaluationView],
    views: LabelledViews,
    folder: Path,
    *,
    report: Callable[[str], None],
) -> None:
    """Train what reads an encoder, while that stays as it is."""
    steps = training.rates.reading_steps
    network.freeze(True)
    network.prepare(first)
    weights = train(
        network,
        network.groups(training.rates),
        Schedule(steps, min(_READINGS_WARMUP, steps)),
        lambda start: views.stream(start, steps),
        lambda view, step: network.loss(view),
        folder,
        ema=training.ema,
        seed=training.seed,
        report=report,
    )
    network.load_state_dict(weights)
    network.freeze(False)


def validation_scores(network: LabelNetwork, views: Sequence[EvaluationView]) -> dict[str, float]:
    """Task -> how wrong the network is on views it does not learn from, lower is better.

    Outlines: 1 - mean Dice of the structures that the views have, each over all views together. Findings: the ranking
    loss.
    """
    readings = [network.read(view) for view in views]
    scores = {}
    if OUTLINES in network.tasks:
        pairs = [(r.labels, view.labels) for r, view in zip(readings, views, strict=True) if r.labels is not None]
        there = np.unique(np.concatenate([np.unique(view.labels) for view in views]))
        dice = dice_by_label(pairs)
        scores[OUTLINES] = 1.0 - float(np.mean([dice[int(label)] for label in there if label]))
    if FINDINGS in network.tasks:
        logits = np.stack([r.logits for r in readings if r.logits is not None])
        scores[FINDINGS] = ranking_loss(logits, np.stack([view.findings for view in views]))
    return scores


def ranking_loss(logits: np.ndarray, present: np.ndarray) -> float:
    """How far studies with a finding are from standing above those without it; ln 2 where all stand alike.

    Cross entropy would not do: of a few studies, a network that says the same of all scores better by it than one that
    ranks them well and is too sure. So each finding's logits are brought to mean 0 and standard deviation 1, and the
    logistic loss of all pairs is taken (RankNet, Burges et al. 2005), a smooth form of 1 - AUROC.

    Args:
        logits: (N, A).
        present: (N, A) bool.

    Returns:
        Mean over the findings that some studies have and some have not; cross entropy where there is none.
    """
    losses = []
    for scores, there in zip(logits.T.astype(float), present.T, strict=True):
        if there.all() or not there.any():
            continue
        standard = (scores - scores.mean()) / max(float(scores.std()), 1e-6)
        losses.append(float(np.logaddexp(0.0, standard[~there][None] - standard[there][:, None]).mean()))
    if losses:
        return float(np.mean(losses))
    cross = functional.binary_cross_entropy_with_logits(
        torch.from_numpy(logits), torch.from_numpy(present.astype(np.float32))
    )
    return float(cross)


def read_with_best(
    network: LabelNetwork, stopped: Stopped, views: Sequence[Callable[[], EvaluationView]]
) -> list[Reading]:
    """What the best weights of each task say of some views."""
    tasks = network.tasks
    found = []
    network.eval()
    try:
        for task in tasks:
            network.load_state_dict(stopped.best[task].weights)
            network.tasks = (task,)
            found.append([network.read(view()) for view in views])
    finally:
        network.tasks = tasks
    by_task = dict(zip(tasks, found, strict=True))
    return [
        Reading(
            by_task[OUTLINES][n].labels if OUTLINES in tasks else None,
            by_task[FINDINGS][n].logits if FINDINGS in tasks else None,
        )
        for n in range(len(views))
    ]
