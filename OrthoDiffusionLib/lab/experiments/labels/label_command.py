"""The experiment on labels, ready to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.experiments.common.cell_result import read_result
from OrthoDiffusionLib.lab.experiments.common.experiment import Experiment
from OrthoDiffusionLib.lab.experiments.common.runner import (
    Report,
    cell_folder,
    finished_results,
    run_experiment,
    to_standard_error,
)
from OrthoDiffusionLib.lab.experiments.labels.label_cost import expected_minutes
from OrthoDiffusionLib.lab.experiments.labels.label_efficiency import EXPERIMENT, LabelsWork
from OrthoDiffusionLib.lab.experiments.labels.label_page import publish_labels
from OrthoDiffusionLib.lab.training.engine.recipe import load_recipe
from OrthoDiffusionLib.volumes import Plane

STUDIES, EVALUATED = 80, 54


@dataclass(frozen=True)
class PreparedLabels:
    """The experiment with its work and folder."""

    experiment: Experiment
    work: LabelsWork
    out: Path

    def run(self, *, only: Sequence[str] = (), jobs: int = 1, report: Report = to_standard_error) -> None:
        """Say how long it will take, and do the cells that are not done; see `run_experiment`.

        Args:
            only: names of arms, or of what they compare at every share of labels (`finetuned`, `scratch`, ...).

        Raises:
            TrainingError: for an unknown arm, or pretrained weights or an archive that do not serve.
        """
        only = [name for wanted in only for name in _names_of(self.experiment, wanted)]
        cells = self.experiment.cells(only)
        self.work.check()
        still = [cell for cell in cells if read_result(cell_folder(self.out, cell)) is None]
        if still:
            report(expected_minutes(self.work, still, jobs))
        run_experiment(self.experiment, self.work, self.out, only=only, jobs=jobs, report=report)

    def publish(self, page: Path) -> str:
        """Write page and plot of what is done so far; see `publish_labels`."""
        return publish_labels(self.experiment, finished_results(self.experiment, self.out), page)


def prepared_labels(
    out: Path,
    *,
    pretrained: Path | None,
    data: Path | None = None,
    planes: Sequence[Plane] = (Plane.SAGITTAL,),
    recipe: str | None = None,
    steps: int | None = None,
    studies: int | None = None,
    evaluated: int | None = None,
    seeds: Sequence[int] | None = None,
) -> PreparedLabels:
    """Check the numbers; the folders are checked when it runs, so that results can be shown without them.

    Args:
        out: folder of data, cells and results.
        pretrained: folder of the pretrained encoders.
        data: phantom shards they learned from; None makes some.
        planes: views of each study.
        recipe: name or file.
        steps: of each training.
        studies: of the archive that may have labels.
        evaluated: studies of the evaluation cohort.
        seeds: of every arm, instead of its own.

    Raises:
        TrainingError: for impossible numbers or an unknown recipe.
    """
    studies = STUDIES if studies is None else studies
    evaluated = EVALUATED if evaluated is None else evaluated
    if min(studies, evaluated, steps or 1) < 1:
        raise TrainingError("Steps, studies and evaluated studies must each be 1 or more")
    settings = load_recipe(recipe or EXPERIMENT.name)
    if steps is not None:
        settings = replace(settings, finetune=replace(settings.finetune, steps=steps))
    ordered = tuple(plane for plane in Plane if plane in planes)
    work = LabelsWork(out, settings, studies, evaluated, ordered, pretrained, data)
    experiment = EXPERIMENT
    if seeds:
        experiment = replace(experiment, arms=tuple(replace(arm, seeds=tuple(seeds)) for arm in experiment.arms))
    return PreparedLabels(experiment, work, out)


def _names_of(experiment: Experiment, wanted: str) -> list[str]:
    """The arms of a kind; else what was asked for, be it an arm or not."""
    return [arm.name for arm in experiment.arms if arm.settings["kind"] == wanted] or [wanted]
