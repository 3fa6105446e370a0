"""An experiment on fixed images, ready to run, and its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from OrthoDiffusionLib.lab.experiments.common.cell_result import read_result
from OrthoDiffusionLib.lab.experiments.common.experiment import Experiment
from OrthoDiffusionLib.lab.experiments.common.page import update_page
from OrthoDiffusionLib.lab.experiments.common.runner import (
    Report,
    cell_folder,
    finished_results,
    run_experiment,
    to_standard_error,
)
from OrthoDiffusionLib.lab.experiments.common.tables import cells_done
from OrthoDiffusionLib.lab.experiments.fixed_images.encoder_source import EncoderSource
from OrthoDiffusionLib.lab.experiments.fixed_images.fixed_work import FixedImagesWork, recipe_of_source
from OrthoDiffusionLib.lab.experiments.fixed_images.labelled_views import Size
from OrthoDiffusionLib.lab.experiments.fixed_images.rate_tuning import tried_so_far
from OrthoDiffusionLib.lab.experiments.fixed_images.share_figures import ShareFigures, kind_of, share_figures
from OrthoDiffusionLib.lab.experiments.fixed_images.share_plot import write_share_plot
from OrthoDiffusionLib.lab.experiments.fixed_images.share_tables import share_tables
from OrthoDiffusionLib.lab.training.engine.recipe import load_recipe
from OrthoDiffusionLib.volumes import Plane


@dataclass(frozen=True)
class Usual:
    """An experiment's own recipe; studies of its archive and evaluation, and minutes of an idle core a cell."""

    recipe: str
    studies: int
    evaluated: int
    minutes: float


@dataclass(frozen=True)
class FixedOptions:
    """What a user may set of every experiment on fixed images; None keeps the experiment's own.

    Attributes:
        plane: view of each study.
        recipe: name or file.
        steps: the most of a cell, beside its minutes.
        studies: of the archive.
        evaluated: studies of the evaluation cohort.
        seeds: of every arm.
        minutes: of one idle core that a cell may train.
        size: (S, H, W) voxels of a view.
    """

    plane: Plane = Plane.SAGITTAL
    recipe: str | None = None
    steps: int | None = None
    studies: int | None = None
    evaluated: int | None = None
    seeds: Sequence[int] | None = None
    minutes: float | None = None
    size: Size | None = None

    def work(self, out: Path, joint: str, usual: Usual, source: EncoderSource | None = None) -> FixedImagesWork:
        """What a cell does.

        Args:
            out: folder of data, cells and results.
            joint: name of the digital joint.
            usual: what counts where nothing was set.
            source: an encoder from elsewhere, whose network and pixel then count.

        Raises:
            TrainingError: for impossible numbers or an unknown recipe.
        """
        settings = load_recipe(self.recipe or usual.recipe)
        if self.steps is not None:
            settings = replace(settings, finetune=replace(settings.finetune, steps=self.steps))
        if source is not None:
            settings = recipe_of_source(settings, source)
        studies = usual.studies if self.studies is None else self.studies
        evaluated = usual.evaluated if self.evaluated is None else self.evaluated
        minutes = usual.minutes if self.minutes is None else self.minutes
        size = {} if self.size is None else {"size": self.size}
        return FixedImagesWork(
            out, joint, settings, studies, evaluated, self.plane, minutes=minutes, source=source, **size
        )


@dataclass(frozen=True)
class PageWords:
    """What the page of one experiment says beside its tables.

    Attributes:
        set_up: from a cell's settings.
        conclusions: from the figures.
        caveats: for all results.
        few: share of labels that is looked at closely.
    """

    set_up: Callable[[Mapping], str]
    conclusions: Callable[[ShareFigures], list[str]]
    caveats: str
    few: float


@dataclass(frozen=True)
class PreparedFixed:
    """The experiment with its work, its folder and its words."""

    experiment: Experiment
    work: FixedImagesWork
    words: PageWords

    def run(self, *, only: Sequence[str] = (), jobs: int = 1, report: Report = to_standard_error) -> None:
        """Say how long it may take, and run the cells that are not finished; see `run_experiment`.

        Args:
            only: names of arms, or of what they compare at every share of labels (`ours`, `scratch`, ...).

        Raises:
            TrainingError: for an unknown arm, or an encoder that is missing or does not fit.
        """
        only = [name for wanted in only for name in _names_of(self.experiment, wanted)]
        cells = self.experiment.cells(only)
        self.work.check(cells)
        still = sum(read_result(cell_folder(self.work.out, cell)) is None for cell in cells)
        if still:
            minutes = self.work.minutes
            report(
                f"{still} runs left, {jobs} in parallel: at most {minutes:g} minutes each on an idle core, about"
                f" {still * minutes / jobs / 60:.1f} hours, plus the shared preparations before them"
            )
        run_experiment(self.experiment, self.work, self.work.out, only=only, jobs=jobs, report=report)

    @property
    def out(self) -> Path:
        """The experiment's folder."""
        return self.work.out

    def publish(self, page: Path) -> str:
        """Write page and plot of what is done so far; the page's other words are kept.

        Returns:
            The tables.
        """
        results = finished_results(self.experiment, self.work.out)
        figures = share_figures(self.experiment, results)
        tables = share_tables(
            self.experiment, results, few=self.words.few, conclusions=self.words.conclusions(figures),
            tried=tried_so_far(self.work.out),
        )  # fmt: skip
        if not results:
            return tables
        picture = page.with_suffix(".png")
        caption = f"{self.experiment.title}: {cells_done(self.experiment, results)} Phantom numbers."
        write_share_plot(picture, figures, caption)
        parts = [
            "## Set-up",
            self.words.set_up(results[0].settings),
            "## Results",
            tables,
            f"![Results of each arm]({picture.name})",
            "## Caveats",
            self.words.caveats,
        ]
        update_page(page, self.experiment, "\n\n".join(parts))
        return tables


def with_seeds(experiment: Experiment, seeds: Sequence[int] | None) -> Experiment:
    """The experiment with other seeds of every arm; None leaves them."""
    if not seeds:
        return experiment
    return replace(experiment, arms=tuple(replace(arm, seeds=tuple(seeds)) for arm in experiment.arms))


def _names_of(experiment: Experiment, wanted: str) -> list[str]:
    """The arms of a kind; else what was asked for, be it an arm or not."""
    return [arm.name for arm in experiment.arms if kind_of(arm) == wanted] or [wanted]
