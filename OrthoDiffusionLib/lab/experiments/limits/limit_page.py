"""Page and tables of the experiment on limits, and the experiment ready to run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.bundles import Bundle, bundle_path
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.evaluation.drawing.markdown_tables import NOTHING, markdown_table
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import bundle_in_words
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult, patients_of
from OrthoDiffusionLib.lab.experiments.common.experiment import Arm, Experiment
from OrthoDiffusionLib.lab.experiments.common.page import update_page
from OrthoDiffusionLib.lab.experiments.common.runner import finished_results, run_experiment
from OrthoDiffusionLib.lab.experiments.common.study_statistics import Bootstrap, Rows, as_text
from OrthoDiffusionLib.lab.experiments.common.tables import cells_done, interval_words
from OrthoDiffusionLib.lab.experiments.limits.limits import DICE, EXPERIMENT, SEEN, STUDIES, LimitsWork
from OrthoDiffusionLib.volumes import Plane

_CAVEATS = """- Phantom numbers of few studies: an interval shows how much other studies of the same kind may differ.
  With only three studies, the interval itself is uncertain.
- Studies are made in the same way as in training, with newly drawn images; training also draws new images each time.
- “Without artefacts”: noise, shading, ghosting, motion, failed fat suppression, display window and compression are
  off; blur, resolution and sharpening stay as drawn. Where a pixel size is given, these three are off as well.
- Here Dice is computed per study over the structures that a view shows. The figures of `evaluate` come from other
  studies."""


@dataclass(frozen=True)
class PreparedLimits:
    """The experiment with its work and folder."""

    experiment: Experiment
    work: LimitsWork
    out: Path

    def run(self, *, only: Sequence[str] = (), jobs: int = 1) -> None:
        """Score what is not scored; see `run_experiment`."""
        run_experiment(self.experiment, self.work, self.out, only=only, jobs=jobs)

    def publish(self, page: Path) -> str:
        """Write the page of what is done so far; returns the tables."""
        results = finished_results(self.experiment, self.out)
        tables = limit_tables(self.experiment, results)
        if not results:
            return tables
        settings = results[0].settings
        bundle = settings["bundle"]
        parts = [
            "## Set-up",
            "```\northodiffusion experiment limits --bundle BUNDLE --data STUDIES --out runs/limits\n```",
            f"Bundle {bundle_in_words(bundle)}. STUDIES is the"
            f" folder that was used for `finetune --data`. Fresh studies use the seeds from {settings['fresh_seed']}"
            f" upwards. Their anatomies ({settings['anatomy']}) and in-plane pixel size"
            f" ({settings['pixel_mm']:g} mm) are those of the training.",
            "## Results",
            tables,
            "## Caveats",
            _CAVEATS,
        ]
        update_page(page, self.experiment, "\n\n".join(parts))
        return tables


def prepared_limits(
    out: Path, *, bundle: Path | str | None, data: Path | None = None, evaluated: int | None = None
) -> PreparedLimits:
    """The experiment on a bundle.

    Args:
        out: folder of scores and results.
        bundle: a folder, a name, or None for the default bundle.
        data: folder of the studies that it was trained on; None leaves the arm of these out.
        evaluated: how many studies; None for `STUDIES`.

    Raises:
        BundleError: if there is no such bundle.
        TrainingError: if the folder holds no studies of a training, or the bundle lacks a plane.
    """
    work = LimitsWork(out, bundle_path(bundle), data, STUDIES if evaluated is None else evaluated)
    missing = [plane.value for plane in Plane if plane not in Bundle.open(work.bundle).manifest.views]
    if missing:
        raise TrainingError(
            f"The bundle has no {' and no '.join(missing)} plane", where=str(work.bundle),
            remedy="Use a bundle with all three planes.",
        )  # fmt: skip
    if data is None:
        arms = tuple(arm for arm in EXPERIMENT.arms if arm.name != SEEN)
        return PreparedLimits(replace(EXPERIMENT, arms=arms), work, out)
    work.seeds(SEEN), work.settings  # says now what cannot be read
    return PreparedLimits(EXPERIMENT, work, out)


def limit_tables(experiment: Experiment, results: Sequence[CellResult]) -> str:
    """All tables as Markdown."""
    rows = {result.arm: next(table.rows for table in result.tables if table.title == DICE) for result in results}
    arms = [arm for arm in experiment.arms if arm.name in rows]
    titles, patients = {arm.name: arm.title for arm in experiment.arms}, patients_of(results)
    parts = [
        cells_done(experiment, results),
        "**Mean Dice over the primary structures, phantom numbers**",
        markdown_table(
            ["", "studies", "mean Dice", "difference on the same studies"],
            [[arm.title, str(len(_studies(rows[arm.name]))), _mean(rows[arm.name], patients),
              _difference(arm, rows, titles, patients)]
             for arm in arms],
        ),
        "**By structure, Dice, phantom numbers**",
        _by_structure(arms, rows),
        interval_words(results),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part)


def _studies(rows: Rows) -> list[str]:
    return sorted({study for row in rows.values() for study in row})


def _mean(rows: Rows, patients: Mapping[str, str]) -> str:
    return as_text(Bootstrap(_studies(rows), patients).mean(rows))


def _difference(arm: Arm, rows: Mapping[str, Rows], titles: Mapping[str, str], patients: Mapping[str, str]) -> str:
    against = str(arm.settings.get("against", ""))
    if against not in rows:
        return NOTHING
    shared = sorted(set(_studies(rows[arm.name])) & set(_studies(rows[against])))
    bootstrap = Bootstrap(shared, patients)
    difference = bootstrap.mean(rows[arm.name]).minus(bootstrap.mean(rows[against]))
    return f"{as_text(difference, signed=True)} to “{titles[against]}”"


def _by_structure(arms: Sequence[Arm], rows: Mapping[str, Rows]) -> str:
    """Structures as rows, arms as columns."""
    names = dict.fromkeys(name for arm in arms for name in rows[arm.name])
    lines = [
        [
            name,
            *(
                f"{np.mean(list(found.values())):.3f}" if (found := rows[arm.name].get(name)) else NOTHING
                for arm in arms
            ),
        ]
        for name in names
    ]
    return markdown_table(["", *(arm.title for arm in arms)], lines)
