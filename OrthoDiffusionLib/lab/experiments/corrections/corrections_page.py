"""Page, tables and plot of the experiment on corrections, and the experiment ready to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from OrthoDiffusionLib.bundles import bundle_path
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import bundle_in_words
from OrthoDiffusionLib.lab.experiments.common.experiment import Experiment
from OrthoDiffusionLib.lab.experiments.common.page import update_page
from OrthoDiffusionLib.lab.experiments.common.plot import write_plot
from OrthoDiffusionLib.lab.experiments.common.runner import finished_results, run_experiment
from OrthoDiffusionLib.lab.experiments.common.tables import tables_as_markdown
from OrthoDiffusionLib.lab.experiments.corrections.ten_corrections import EXPERIMENT, SITE, CorrectionsWork

CORRECTED, EVALUATED, STEPS = 10, 10, 120

_CAVEATS = """- Phantom numbers. The clinic is simulated, and so is the reader: every corrected outline is the true one,
  which no human reader draws. The effect of ten cases from a real clinic has not been measured.
- One split of the ten cases and one random seed. The intervals cover the evaluated cases only, not another set of ten
  training cases.
- About half of the digital knees have bones from one of three label maps. The bundle was trained on these, and the
  evaluated cases share them with those that it learns from here: on other anatomies the effect may be smaller.
- A shipped bundle contains offsets, fitted after its training, that correct the volume of its outlines. Fine-tuning
  starts with these offsets and may change them; they are not fitted again on so few cases.
- The contrast was chosen because the bundle is weak on it. Where a bundle is already good, there is less to gain."""


@dataclass(frozen=True)
class PreparedCorrections:
    """The experiment with its work and folder."""

    experiment: Experiment
    work: CorrectionsWork
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
        learned = next((result.facts for result in results if "cases" in result.facts), None)
        arms = " ".join(dict.fromkeys(result.arm for result in results))
        splits = ", ".join(f"{count} {split}" for split, count in learned["cases"].items()) if learned else ""
        parts = [
            "## Set-up",
            f"```\northodiffusion experiment corrections --only {arms} --studies {settings['corrected']}"
            f" --evaluated {settings['evaluated']} --steps {settings['steps']} --out runs/corrections\n```",
            f"Bundle {bundle_in_words(bundle)}."
            f" Site: {SITE.title}."
            f" {settings['corrected']} cases were corrected and exported, and the bundle was fine-tuned on them for"
            f" {settings['steps']} steps"
            + (f" ({splits})" if splits else "")
            + f". {settings['evaluated']} other cases, used for neither correction nor training, were evaluated.",
            "## Results, phantom numbers",
            tables,
            f"![Results of each arm]({picture.name})",
            "## Caveats",
            _CAVEATS,
        ]
        update_page(page, self.experiment, "\n\n".join(parts))
        return tables


def prepared_corrections(
    out: Path,
    *,
    bundle: Path | str | None = None,
    steps: int | None = None,
    studies: int | None = None,
    evaluated: int | None = None,
    seeds: Sequence[int] | None = None,
) -> PreparedCorrections:
    """The experiment on a bundle.

    Args:
        steps: of the fine-tuning; None for 120.
        studies: how many cases are corrected; None for 10.
        evaluated: how many others are measured; None for 10.

    Raises:
        BundleError: if there is no such bundle.
        TrainingError: for fewer than four cases, which cannot be split.
    """
    numbers = {"studies": studies or CORRECTED, "evaluated": evaluated or EVALUATED, "steps": steps or STEPS}
    if numbers["studies"] < 4:
        raise TrainingError("At least four corrected cases are needed", remedy="Ask for more with --studies.")
    experiment = replace(EXPERIMENT, seeds=tuple(seeds)) if seeds else EXPERIMENT
    work = CorrectionsWork(out, bundle_path(bundle), numbers["studies"], numbers["evaluated"], numbers["steps"])
    return PreparedCorrections(experiment, work, out)
