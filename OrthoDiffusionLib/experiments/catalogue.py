"""The experiments by name, ready to run: what the command line calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.experiments import real_exams, variants
from OrthoDiffusionLib.experiments.experiment import Experiment
from OrthoDiffusionLib.experiments.page import update_page
from OrthoDiffusionLib.experiments.plot import write_plot
from OrthoDiffusionLib.experiments.runner import Work, cell_folder, finished_results, run_experiment
from OrthoDiffusionLib.experiments.tables import tables_as_markdown
from OrthoDiffusionLib.training.recipe import load_recipe


@dataclass(frozen=True)
class Options:
    """What a user may set for any experiment; None keeps the experiment's own.

    Attributes:
        out: folder of data, cells and results.
        recipe: name or file.
        steps: of each training.
        studies: phantom studies an arm is trained on.
        evaluated: evaluation studies of each family.
    """

    out: Path
    recipe: str | None = None
    steps: int | None = None
    studies: int = 120
    evaluated: int = 10


@dataclass(frozen=True)
class PreparedExperiment:
    """An experiment with its work and folder."""

    experiment: Experiment
    work: Work
    out: Path

    def run(self, *, only: Sequence[str] = (), jobs: int = 1) -> None:
        """Do the cells that are not done; see `run_experiment`."""
        run_experiment(self.experiment, self.work, self.out, only=only, jobs=jobs)

    def publish(self, page: Path) -> str:
        """Write tables, plot and overlays of what is done so far.

        Args:
            page: a Markdown file, whose other words are kept; pictures lie beside it, named after the experiment.

        Returns:
            The tables.
        """
        results = finished_results(self.experiment, self.out)
        tables = tables_as_markdown(self.experiment, results)
        if not results:
            return tables
        name = self.experiment.name
        write_plot(page.parent / f"{name}.png", self.experiment, results)
        pictures = [f"![What each arm reached]({name}.png)"]
        strips = {
            f"{cell.arm.title}, seed {cell.seed}": strip
            for cell in self.experiment.cells()
            if (strip := variants.strip_file(cell_folder(self.out, cell))).exists()
        }
        if strips:
            real_exams.write_picture(page.parent / f"{name}_exams.jpg", real_exams.montage(strips))
            pictures.append(f"![What each arm draws on real exams]({name}_exams.jpg)")
        update_page(page, self.experiment, "\n\n".join([tables, *pictures]))
        return tables


def prepared_experiment(name: str, options: Options, *, seeds: Sequence[int] | None = None) -> PreparedExperiment:
    """The experiment of a name.

    Args:
        options: what the user set.
        seeds: of every arm; None keeps the experiment's.

    Raises:
        TrainingError: for an unknown experiment or recipe, or impossible numbers.
    """
    if name != variants.EXPERIMENT.name:
        raise TrainingError(f"There is no experiment {name!r}", remedy=f"Choose {variants.EXPERIMENT.name}.")
    if min(options.studies, options.evaluated, options.steps or 1) < 1:
        raise TrainingError("Steps, studies and evaluated studies must each be 1 or more")
    recipe = load_recipe(options.recipe or name)
    if options.steps is not None:
        recipe = replace(recipe, finetune=replace(recipe.finetune, steps=options.steps))
    experiment = replace(variants.EXPERIMENT, seeds=tuple(seeds)) if seeds else variants.EXPERIMENT
    work = variants.VariantsWork(options.out, recipe, options.studies, options.evaluated)
    return PreparedExperiment(experiment, work, options.out)
