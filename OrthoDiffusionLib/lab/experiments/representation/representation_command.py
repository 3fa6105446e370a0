"""The experiment on the representation, ready to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.experiments.common.experiment import Experiment
from OrthoDiffusionLib.lab.experiments.common.runner import finished_results, run_experiment
from OrthoDiffusionLib.lab.experiments.representation.representation import EXPERIMENT, RepresentationWork, arm_names
from OrthoDiffusionLib.lab.experiments.representation.representation_page import publish_representation
from OrthoDiffusionLib.lab.training.engine.recipe import load_recipe
from OrthoDiffusionLib.volumes import Plane

STEPS, STUDIES = 300, 120
"""Of each short training, and that the findings' readout learns from, unless the user says otherwise."""


@dataclass(frozen=True)
class PreparedRepresentation:
    """The experiment with its work and folder."""

    experiment: Experiment
    work: RepresentationWork
    out: Path

    def run(self, *, only: Sequence[str] = (), jobs: int = 1) -> None:
        """Run the cells that are not finished; see `run_experiment`.

        Args:
            only: names of arms or of their groups.
        """
        run_experiment(self.experiment, self.work, self.out, only=arm_names(only), jobs=jobs)

    def publish(self, page: Path) -> str:
        """Write page and plot of what is done so far; see `publish_representation`."""
        return publish_representation(self.experiment, self.work, finished_results(self.experiment, self.out), page)


def prepared_representation(
    out: Path,
    *,
    pretrained: Path | None,
    planes: Sequence[Plane] = (Plane.SAGITTAL,),
    recipe: str | None = None,
    steps: int | None = None,
    studies: int | None = None,
    data: Path | None = None,
    seeds: Sequence[int] | None = None,
) -> PreparedRepresentation:
    """Check what the experiment needs, before anything is computed.

    Args:
        out: folder of crops, cells and results.
        pretrained: folder of the pretrained weights.
        planes: the one whose encoder is read.
        recipe: that the weights were trained with; name or file.
        steps: of each short training.
        studies: that the findings' readout learns from; as many others are asked about.
        data: phantom shards for the short trainings.
        seeds: of every arm.

    Raises:
        TrainingError: for impossible numbers or planes, weights that are missing or do not fit, or an unknown recipe.
    """
    if pretrained is None:
        raise TrainingError(
            "The representation experiment needs pretrained weights, but none were given",
            remedy="Give the output folder of `orthodiffusion pretrain` with --pretrained.",
        )
    if len(planes) != 1:
        raise TrainingError(
            f"The representation experiment uses one encoder, got {len(planes)} planes instead",
            remedy="Give one plane, and a separate output folder for each.",
        )
    steps = STEPS if steps is None else steps
    studies = STUDIES if studies is None else studies
    if min(studies, steps) < 1:
        raise TrainingError("Steps and studies must each be 1 or more")
    settings = load_recipe(recipe or KNEE.name)
    settings = replace(settings, pretrain=replace(settings.pretrain, steps=steps))
    work = RepresentationWork(out, pretrained, planes[0], settings, studies, data)
    work.encoder()
    experiment = replace(EXPERIMENT, seeds=tuple(seeds)) if seeds else EXPERIMENT
    return PreparedRepresentation(experiment, work, out)
