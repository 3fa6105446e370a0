"""The page of the experiment on the representation: set-up, tables, plot and caveats, as the command writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.lab.evaluation.drawing.markdown_tables import markdown_table
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult
from OrthoDiffusionLib.lab.experiments.common.experiment import Experiment
from OrthoDiffusionLib.lab.experiments.common.page import update_page
from OrthoDiffusionLib.lab.experiments.common.study_statistics import Draws, as_text
from OrthoDiffusionLib.lab.experiments.common.tables import cells_done
from OrthoDiffusionLib.lab.experiments.representation.representation import (
    OUTLINES_ASK,
    OUTLINES_LEARN,
    SHIPPED,
    RepresentationWork,
)
from OrthoDiffusionLib.lab.experiments.representation.representation_figures import (
    ALL,
    ReadingFigures,
    auroc,
    dice,
    reading_figures,
)
from OrthoDiffusionLib.lab.experiments.representation.representation_plot import write_representation_plot

_CAVEATS = """- Phantom numbers: how features of phantom views speak of phantoms. They promise nothing on patients.
- A linear probe is no head. What a network with skips and a decoder makes of the same features may rank otherwise, and
  what fine-tuning makes of them is another experiment (`orthodiffusion experiment labels`).
- The studies are none that pretraining begins at, but knees of the same make: the anatomies are those of training.
- Findings are looked for in a box of a fixed size around the true place of their structure. A whole system has to find
  the place first.
- The best row is chosen on the numbers shown, so that the best of many looks a little better than it is.
- v-prediction and EDM ask for the same target up to its sign: between those two arms only the levels drawn differ.
- The short trainings are compared with one another; the pretrained weights may have seen more steps."""


def publish_representation(
    experiment: Experiment, work: RepresentationWork, results: Sequence[CellResult], page: Path
) -> str:
    """Write page and plot of what is done so far.

    Returns:
        The tables.
    """
    if not results:
        return cells_done(experiment, results)
    figures = reading_figures(results)
    tables = representation_tables(experiment, results)
    picture = page.with_suffix(".png")
    write_representation_plot(picture, figures, title=f"{experiment.title}: {cells_done(experiment, results)}")
    parts = [
        "## Set-up",
        _set_up(work),
        "## Results",
        tables,
        f"![Dice and AUROC by noise level and block]({picture.name})",
        "## Caveats",
        _CAVEATS,
    ]
    update_page(page, experiment, "\n\n".join(parts))
    return tables


def representation_tables(experiment: Experiment, results: Sequence[CellResult]) -> str:
    """All tables of what is done so far."""
    figures = reading_figures(results)
    blocks = list(dict.fromkeys(block for one in figures for block in one.blocks))
    parts = [cells_done(experiment, results)]
    parts += ["**Outlines: mean Dice of 11 structures, by block**", _table(figures, blocks, dice)]
    parts += ["**Findings: mean AUROC, by block**", _table(figures, blocks, auroc)]
    reference = next((one for one in figures if one.sigma == SHIPPED and one.arm.startswith("clean")), None)
    if reference is not None:
        rows = [
            [
                one.title,
                str(one.passes),
                as_text(_difference(dice, one, reference), signed=True),
                as_text(_difference(auroc, one, reference), signed=True),
            ]
            for one in figures
            if one is not reference
        ]
        header = ["all blocks", "passes a view", "Dice", "AUROC"]
        parts += [f"Difference to “{reference.title}” on the same studies", markdown_table(header, rows)]
        structures = list(dict.fromkeys(name for items in reference.dice.values() for name in items))
        parts += [f"**By structure, Dice, {reference.title}**", _items(reference, blocks, structures, dice)]
        findings = list(dict.fromkeys(name for items in reference.scores.values() for name in items))
        parts += [f"**By finding, AUROC, {reference.title}**", _items(reference, blocks, findings, auroc)]
        parts.append(_counts(reference, findings))
    parts.append("In brackets: 95 % intervals by bootstrap over studies; they say nothing about other seeds.")
    return "\n\n".join(part for part in parts if part)


def _set_up(work: RepresentationWork) -> str:
    size = " × ".join(map(str, work.recipe.data.crop))
    steps = work.recipe.pretrain.steps
    learn, ask = (min(count, work.studies) for count in (OUTLINES_LEARN, OUTLINES_ASK))
    command = f"--pretrained DIR --out DIR --planes {work.plane.value} --studies {work.studies} --steps {steps}"
    return f"""The {work.plane.value} encoder is frozen. Of each of {2 * work.studies} phantom studies that no
training draws, one crop is rendered once: {size} voxels around the joint, {work.recipe.encoder_pixel_mm:g} mm in plane.

- **Reading.** “Clean view”: the view without noise in one pass, the network being given σ. “Draws”: noise of that σ is
  added, and the features of the draws are averaged. Blocks are the taps of the decoder, named by their in-plane size;
  the coarsest is the bottleneck.
- **Outlines.** Multinomial logistic regression of single pixels, on features enlarged to the view, learned from
  {learn} studies and asked of {ask} others. Dice of each of 11 structures, averaged over those that a crop shows.
- **Findings.** Mean, standard deviation and maximum of the features in a box around the structure that a finding speaks
  of; ridge regression learned from {work.studies} studies and asked of {work.studies} others. A finding counts
  as present where the crop shows its lesion.
- **Untrained**: the same network with weights of chance. **Short**: trained from scratch for {steps} steps with each
  prediction target. **One-pass student**: {steps} steps in which a copy of the encoder learns to say of the clean view
  what the encoder says of noisy ones at all levels.

Command: `orthodiffusion experiment representation {command}`
(`--jobs 2` does two cells side by side). Stop it whenever you like; the same command goes on. `--only clean` does one
group of arms; the groups are clean, noisy, control, levels, targets and student."""


Figure = Callable[..., Draws | None]


def _table(figures: Sequence[ReadingFigures], blocks: Sequence[str], figure: Figure) -> str:
    rows = [[one.title, *(as_text(figure(one, block)) for block in blocks)] for one in figures]
    return markdown_table(["", *blocks], rows)


def _items(one: ReadingFigures, blocks: Sequence[str], items: Sequence[str], figure: Figure) -> str:
    titles = {abnormality.name: abnormality.title for abnormality in KNEE.abnormalities}
    rows = [[titles.get(item, item), *(as_text(figure(one, block, item)) for block in blocks)] for item in items]
    return markdown_table(["", *blocks], rows)


def _counts(one: ReadingFigures, probed: Sequence[str]) -> str:
    titles = {abnormality.name: abnormality.title for abnormality in KNEE.abnormalities}
    counts = [
        f"{titles[name]} {sum(values.values()):.0f}{'' if name in probed else ' (too few or too many, not probed)'}"
        for name, values in one.present.items()
    ]
    asked = max(len(values) for values in one.present.values())
    return f"Of the {asked} studies asked about, the crop shows: {', '.join(counts)}."


def _difference(figure: Figure, one: ReadingFigures, other: ReadingFigures) -> Draws | None:
    """How much better than another from all blocks, draw by draw."""
    mine, theirs = figure(one, ALL), figure(other, ALL)
    return None if mine is None or theirs is None else mine.minus(theirs)
