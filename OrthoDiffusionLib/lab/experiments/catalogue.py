"""The experiments by name, ready to run: what the command line calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.experiments.adaptation.adaptation_page import prepared_adaptation
from OrthoDiffusionLib.lab.experiments.adaptation.site_adaptation import EXPERIMENT as ADAPTATION
from OrthoDiffusionLib.lab.experiments.common import real_exams
from OrthoDiffusionLib.lab.experiments.common.cells_file import export_cells, keep_cells, read_cells
from OrthoDiffusionLib.lab.experiments.common.experiment import Experiment
from OrthoDiffusionLib.lab.experiments.common.page import update_page
from OrthoDiffusionLib.lab.experiments.common.plot import write_plot
from OrthoDiffusionLib.lab.experiments.common.runner import Work, cell_folder, finished_results, run_experiment
from OrthoDiffusionLib.lab.experiments.common.tables import tables_as_markdown
from OrthoDiffusionLib.lab.experiments.corrections.corrections_page import prepared_corrections
from OrthoDiffusionLib.lab.experiments.corrections.ten_corrections import EXPERIMENT as CORRECTIONS
from OrthoDiffusionLib.lab.experiments.fixed_images.prepared_fixed import FixedOptions, PreparedFixed
from OrthoDiffusionLib.lab.experiments.fixed_images.rate_tuning import keep_tried, tried_of, tried_so_far
from OrthoDiffusionLib.lab.experiments.imaging_sites import site_strata
from OrthoDiffusionLib.lab.experiments.imaging_sites.site_strata import prepared_sites
from OrthoDiffusionLib.lab.experiments.labels import label_efficiency as labels
from OrthoDiffusionLib.lab.experiments.limits.limit_page import prepared_limits
from OrthoDiffusionLib.lab.experiments.limits.limits import EXPERIMENT as LIMITS
from OrthoDiffusionLib.lab.experiments.planes import plane_subsets
from OrthoDiffusionLib.lab.experiments.planes.plane_page import prepared_planes
from OrthoDiffusionLib.lab.experiments.representation.representation import EXPERIMENT as REPRESENTATION
from OrthoDiffusionLib.lab.experiments.representation.representation_command import prepared_representation
from OrthoDiffusionLib.lab.experiments.transfer import joint_transfer as transfer
from OrthoDiffusionLib.lab.experiments.variants import variants
from OrthoDiffusionLib.lab.training.engine.recipe import load_recipe
from OrthoDiffusionLib.volumes import Plane


@dataclass(frozen=True)
class Options:
    """What a user may set for any experiment; None keeps the experiment's own.

    Attributes:
        out: folder of data, cells and results.
        recipe: name or file.
        steps: of each training.
        studies: phantom studies an arm is trained on; of `corrections`, how many are corrected; of `adapt`, how many
            without labels it is adapted to.
        evaluated: evaluation studies; of `variants`, of each family.
        pretrained: folder of `orthodiffusion pretrain`.
        data: folder of phantom shards; of `limits`, of those that the bundle was trained on.
        planes: which views.
        bundle: folder or name of the bundle that is evaluated; None takes the default bundle.
        scores: file of `orthodiffusion evaluate`.
        joint: of `transfer`, the new joint.
        minutes: of one idle core that a cell of `labels` or `transfer` may train.
        site: of `adapt`, the imaging site, which no training may draw.
        size: (S, H, W) voxels of a view of `labels` or `transfer`.
    """

    out: Path
    recipe: str | None = None
    steps: int | None = None
    studies: int | None = None
    evaluated: int | None = None
    pretrained: Path | None = None
    data: Path | None = None
    planes: tuple[Plane, ...] = (Plane.SAGITTAL,)
    bundle: str | None = None
    scores: Path | None = None
    joint: str | None = None
    minutes: float | None = None
    site: str | None = None
    size: tuple[int, int, int] | None = None


@dataclass(frozen=True)
class PreparedExperiment:
    """An experiment with its work and folder."""

    experiment: Experiment
    work: Work
    out: Path

    def run(self, *, only: Sequence[str] = (), jobs: int = 1) -> None:
        """Run the cells that are not finished; see `run_experiment`."""
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
        pictures = [f"![Results of each arm]({name}.png)"]
        strips = {
            f"{cell.arm.title}, seed {cell.seed}": strip
            for cell in self.experiment.cells()
            if (strip := variants.strip_file(cell_folder(self.out, cell))).exists()
        }
        if strips:
            real_exams.write_picture(page.parent / f"{name}_exams.jpg", real_exams.montage(strips))
            pictures.append(f"![Outlines of each arm on real exams]({name}_exams.jpg)")
        update_page(page, self.experiment, "\n\n".join([tables, *pictures]))
        return tables


class Prepared(Protocol):
    """An experiment that is ready to run."""

    def run(self, *, only: Sequence[str] = (), jobs: int = 1) -> None:
        """Run the cells that are not finished."""
        ...

    def publish(self, page: Path) -> str:
        """Write page and pictures of what is done so far; returns the tables."""
        ...


NAMES = (
    variants.EXPERIMENT.name,
    REPRESENTATION.name,
    labels.EXPERIMENT.name,
    transfer.NAME,
    plane_subsets.EXPERIMENT.name,
    site_strata.EXPERIMENT.name,
    CORRECTIONS.name,
    LIMITS.name,
    ADAPTATION.name,
)


def export_runs(prepared: Prepared, path: Path) -> int:
    """Write the finished runs of an experiment into one small text file; see `export_cells`.

    Raises:
        TrainingError: if there is none, or the experiment has no runs of its own.
    """
    ready = _with_runs(prepared)
    tuned = [asdict(one) for one in tried_so_far(ready.out)] if isinstance(ready, PreparedFixed) else []
    return export_cells(path, ready.experiment, ready.out, tuned)


def import_runs(prepared: Prepared, path: Path) -> int:
    """Take over finished runs from such a file, and what was tuned for those that follow; what is there stays.

    Returns:
        How many runs are new here.

    Raises:
        TrainingError: if the file cannot be read or was made with other settings, or the experiment has no runs.
    """
    ready = _with_runs(prepared)
    found = read_cells(path, ready.experiment, ready.work.settings)
    new = keep_cells(found, ready.experiment, ready.out)
    for one in found.tuned:
        keep_tried(ready.out, tried_of(one))
    return new


def _with_runs(prepared: Prepared) -> PreparedExperiment | PreparedFixed:
    if isinstance(prepared, site_strata.PreparedSites):
        raise TrainingError(
            "The experiment on imaging sites has no runs to export or import",
            remedy="Copy the scores, which `orthodiffusion evaluate --json` writes.",
        )
    return prepared  # type: ignore[return-value]  # all others have an experiment, its work and its folder


def prepared_experiment(name: str, options: Options, *, seeds: Sequence[int] | None = None) -> Prepared:
    """The experiment of a name.

    Args:
        options: what the user set.
        seeds: of every arm; None keeps the experiment's.

    Raises:
        TrainingError: for an unknown experiment or recipe, or impossible numbers.
    """
    if name not in NAMES:
        raise TrainingError(f"There is no experiment {name!r}", remedy=f"Choose one of: {', '.join(NAMES)}.")
    if name in (labels.EXPERIMENT.name, transfer.NAME):
        fixed = FixedOptions(
            labels.one_plane(options.planes), options.recipe, options.steps, options.studies, options.evaluated,
            seeds, options.minutes, options.size,
        )  # fmt: skip
        if name == labels.EXPERIMENT.name:
            return labels.prepared_labels(options.out, fixed)
        return transfer.prepared_transfer(
            options.out, fixed, joint=options.joint, pretrained=options.pretrained, bundle=options.bundle
        )
    if name == REPRESENTATION.name:
        return prepared_representation(
            options.out, pretrained=options.pretrained, data=options.data, planes=options.planes,
            recipe=options.recipe, steps=options.steps, studies=options.studies, seeds=seeds,
        )  # fmt: skip
    if name == plane_subsets.EXPERIMENT.name:
        return prepared_planes(options.out, bundle=options.bundle, evaluated=options.evaluated)
    if name == LIMITS.name:
        return prepared_limits(
            options.out, bundle=options.bundle, data=options.data, evaluated=options.evaluated
        )  # fmt: skip
    if name == CORRECTIONS.name:
        return prepared_corrections(
            options.out, bundle=options.bundle, steps=options.steps, studies=options.studies,
            evaluated=options.evaluated, seeds=seeds,
        )  # fmt: skip
    if name == ADAPTATION.name:
        return prepared_adaptation(
            options.out, bundle=options.bundle, site=options.site, steps=options.steps, studies=options.studies,
            evaluated=options.evaluated, seeds=seeds,
        )  # fmt: skip
    if name == site_strata.EXPERIMENT.name:
        return prepared_sites(
            options.out, scores=options.scores, bundle=options.bundle, evaluated=options.evaluated
        )  # fmt: skip
    studies = variants.STUDIES if options.studies is None else options.studies
    evaluated = variants.EVALUATED if options.evaluated is None else options.evaluated
    if min(studies, evaluated, 1 if options.steps is None else options.steps) < 1:
        raise TrainingError("Steps, studies and evaluated studies must each be 1 or more")
    recipe = load_recipe(options.recipe or name)
    if options.steps is not None:
        recipe = replace(recipe, finetune=replace(recipe.finetune, steps=options.steps))
    experiment = replace(variants.EXPERIMENT, seeds=tuple(seeds)) if seeds else variants.EXPERIMENT
    work = variants.VariantsWork(options.out, recipe, studies, evaluated)
    return PreparedExperiment(experiment, work, options.out)
