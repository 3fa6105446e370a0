"""Page, tables and plot of the experiment on adaptation, and the experiment ready to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from OrthoDiffusionLib.bundles import bundle_path
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import bundle_in_words
from OrthoDiffusionLib.lab.experiments.adaptation.site_adaptation import (
    EXPERIMENT,
    SITES,
    AdaptationWork,
    facts_as_text,
)
from OrthoDiffusionLib.lab.experiments.common.experiment import Experiment
from OrthoDiffusionLib.lab.experiments.common.page import update_page
from OrthoDiffusionLib.lab.experiments.common.plot import write_plot
from OrthoDiffusionLib.lab.experiments.common.runner import finished_results, run_experiment
from OrthoDiffusionLib.lab.experiments.common.tables import tables_as_markdown
from OrthoDiffusionLib.lab.training.adaptation.site_archive import LEAST_PATIENTS

UNLABELLED, EVALUATED, STEPS = 12, 8, 120

_CAVEATS = """- Phantom numbers. Here an imaging site is a list of protocols and artefacts; real hospitals differ in
  more than that. The real exam has no ground truth: its planes may agree and still be wrong together.
- Here the bundle is written even if the planes of held-out studies agree less than before, to find out whether their
  agreement predicts the accuracy of the outlines. The command `adapt` does not write such a bundle.
- The intervals cover the evaluated studies only, not another set of studies to adapt to.
- About half of the digital knees have bones from one of three label maps. The bundle was trained on these, and the
  evaluated studies share them with those that it learns from here: on other anatomies the effect may be smaller.
- With so few studies, AUROC moves in steps as large as the expected effects; only a loss of most findings would show.
- All knees are right knees, and the side is given: detecting the side is tested elsewhere."""


@dataclass(frozen=True)
class PreparedAdaptation:
    """The experiment with its work and folder."""

    experiment: Experiment
    work: AdaptationWork
    out: Path

    def run(self, *, only: Sequence[str] = (), jobs: int = 1) -> None:
        """Run the cells that are not finished; see `run_experiment`."""
        run_experiment(self.experiment, self.work, self.out, only=only, jobs=jobs)

    def publish(self, page: Path) -> str:
        """Write page and plot of what is done so far; returns the tables."""
        results = finished_results(self.experiment, self.out)
        tables = tables_as_markdown(self.experiment, results)
        if not results:
            return tables
        picture = page.with_suffix(".png")
        write_plot(picture, self.experiment, results)
        settings, bundle = results[0].settings, results[0].settings["bundle"]
        arms = " ".join(dict.fromkeys(result.arm for result in results))
        titles = {arm.name: arm.title for arm in self.experiment.arms}
        became = [
            f"- {titles[result.arm]}, seed {result.seed}: {facts_as_text(result.facts)}."
            for result in results
            if "gain" in result.facts
        ]
        parts = [
            "## Set-up",
            f"```\northodiffusion experiment adapt --only {arms} --site {settings['site']}"
            f" --studies {settings['unlabelled']} --evaluated {settings['evaluated']} --steps {settings['steps']}"
            " --out runs/adapt\n```",
            f"Bundle {bundle_in_words(bundle)}."
            f" Site: {SITES[settings['site']].title}, which is not used in any training. The bundle was adapted to"
            f" {settings['unlabelled']} studies without labels for at most {settings['steps']} steps;"
            f" {settings['evaluated']} other studies were evaluated.",
            *(["\n".join(became)] if became else []),
            "## Results, phantom numbers",
            tables,
            f"![Results of each arm]({picture.name})",
            "## Caveats",
            _CAVEATS,
        ]
        update_page(page, self.experiment, "\n\n".join(parts))
        return tables


def prepared_adaptation(
    out: Path,
    *,
    bundle: Path | str | None = None,
    site: str | None = None,
    steps: int | None = None,
    studies: int | None = None,
    evaluated: int | None = None,
    seeds: Sequence[int] | None = None,
) -> PreparedAdaptation:
    """The experiment on a bundle.

    Args:
        site: name of an imaging site that no training draws; None for the one where the bundle is weak.
        steps: the most of the adaptation; None for 120.
        studies: how many it is adapted to; None for 12.
        evaluated: how many others are measured; None for 8.

    Raises:
        BundleError: if there is no such bundle.
        TrainingError: for another site, or fewer studies than can be split.
    """
    site = site or next(iter(SITES))
    if site not in SITES:
        raise TrainingError(
            f"The imaging site {site!r} is unknown, or it is used in training",
            remedy=f"Choose one of: {', '.join(SITES)}.",
        )
    numbers = {"unlabelled": studies or UNLABELLED, "evaluated": evaluated or EVALUATED, "steps": steps or STEPS}
    if numbers["unlabelled"] < LEAST_PATIENTS:
        raise TrainingError(f"At least {LEAST_PATIENTS} studies are needed", remedy="Ask for more with --studies.")
    experiment = replace(EXPERIMENT, seeds=tuple(seeds)) if seeds else EXPERIMENT
    work = AdaptationWork(out, bundle_path(bundle), site, **numbers)
    return PreparedAdaptation(experiment, work, out)
