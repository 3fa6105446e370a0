"""The page of the experiment on the representation: set-up, tables, plot and caveats, as the command writes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.lab.evaluation.drawing.markdown_tables import markdown_table
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult
from OrthoDiffusionLib.lab.experiments.common.experiment import Experiment
from OrthoDiffusionLib.lab.experiments.common.page import update_page
from OrthoDiffusionLib.lab.experiments.common.study_statistics import as_text
from OrthoDiffusionLib.lab.experiments.common.tables import cells_done, interval_words
from OrthoDiffusionLib.lab.experiments.representation.representation import (
    OUTLINES_ASK,
    OUTLINES_LEARN,
    SHIPPED,
    RepresentationWork,
)
from OrthoDiffusionLib.lab.experiments.representation.representation_figures import (
    Figure,
    ReadingFigures,
    auroc,
    dice,
    difference,
    reading_figures,
)
from OrthoDiffusionLib.lab.experiments.representation.representation_plot import write_representation_plot

_CAVEATS = """- Phantom numbers: features of phantom images, tested on phantoms. The results may not hold for patients.
- A linear probe is not a full head. A network with skip connections and a decoder may rank the same features
  differently. The effect of fine-tuning is another experiment (`orthodiffusion experiment labels`).
- The seeds of these studies are far from the first ones, with which pretraining starts, but the knees are of the same
  kind: the anatomies are those of training.
- Each finding is searched for in a box of fixed size around the true position of its structure. A complete system has
  to find this position first.
- The best row is chosen from the numbers shown here, so the best of many looks a little better than it is.
- v-prediction and EDM predict the same target up to its sign: these two arms differ only in the noise levels drawn.
- The short trainings can be compared with one another; the pretrained weights may have been trained for more steps."""


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
                as_text(difference(dice, one, reference), signed=True),
                as_text(difference(auroc, one, reference), signed=True),
            ]
            for one in figures
            if one is not reference
        ]
        header = ["all blocks", "passes per view", "Dice", "AUROC"]
        parts += [f"Difference to “{reference.title}” on the same studies and seeds", markdown_table(header, rows)]
        structures = list(dict.fromkeys(name for items in reference.dice.values() for name in items))
        parts += [f"**By structure, Dice, {reference.title}**", _items(reference, blocks, structures, dice)]
        findings = list(dict.fromkeys(name for items in reference.scores.values() for name in items))
        parts += [f"**By finding, AUROC, {reference.title}**", _items(reference, blocks, findings, auroc)]
        parts.append(_counts(reference, findings))
    parts.append(f"{interval_words(results)} They do not cover other random seeds.")
    return "\n\n".join(part for part in parts if part)


def _set_up(work: RepresentationWork) -> str:
    size = " × ".join(map(str, work.recipe.data.crop))
    steps = work.recipe.pretrain.steps
    learn, ask = (min(count, work.studies) for count in (OUTLINES_LEARN, OUTLINES_ASK))
    command = f"--pretrained DIR --out DIR --planes {work.plane.value} --studies {work.studies} --steps {steps}"
    return f"""The {work.plane.value} encoder is frozen. For each of {2 * work.studies} phantom studies that are
not used in training, one crop is rendered once: {size} voxels around the joint, {work.recipe.encoder_pixel_mm:g} mm in
plane.

- **Reading the features.** “Clean view”: one pass over the view without noise; the network is told σ. “Draws”: noise
  with this σ is added, and the features of the draws are averaged. Blocks are the outputs of the decoder's stages,
  named by their in-plane resolution; the coarsest is the bottleneck.
- **Outlines.** Multinomial logistic regression of single pixels, on features upsampled to the view, fitted on
  {learn} studies and evaluated on {ask} others. Dice of each of 11 structures, averaged over those that a crop shows.
- **Findings.** Mean, standard deviation and maximum of the features in a box around the structure that the finding
  concerns; ridge regression, fitted on {work.studies} studies and evaluated on {work.studies} others. A finding counts
  as present if the crop shows its lesion.
- **Untrained**: the same network with random weights. **Short**: trained from scratch for {steps} steps with each
  prediction target. **One-pass student**: for {steps} steps, a copy of the encoder learns to give for the clean view
  the features that the encoder gives for noisy views at all levels.

Command: `orthodiffusion experiment representation {command}`
(`--jobs 2` runs two arms in parallel). You can stop it at any time; the same command continues. `--only clean` runs one
group of arms; the groups are clean, noisy, control, levels, targets and student."""


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
    return f"Number of the {asked} evaluated crops that show each finding: {', '.join(counts)}."
