"""The page of the experiment on labels: set-up, tables, plot and caveats, as the command writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult
from OrthoDiffusionLib.lab.experiments.common.experiment import Experiment
from OrthoDiffusionLib.lab.experiments.common.page import update_page
from OrthoDiffusionLib.lab.experiments.common.tables import cells_done
from OrthoDiffusionLib.lab.experiments.labels.label_efficiency import ALL, FEW, evaluation_cohort, percent
from OrthoDiffusionLib.lab.experiments.labels.label_networks import READING_RATE
from OrthoDiffusionLib.lab.experiments.labels.label_plot import write_label_plot
from OrthoDiffusionLib.lab.experiments.labels.label_tables import figures_of, label_tables
from OrthoDiffusionLib.lab.experiments.labels.published_recipe import ENCODER_SHARE, FEATURE_STEP
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import HELD_OUT_SITES

_CAVEATS = """- Phantom numbers: digital knees teach and digital knees ask. Which arm is ahead on them need not be ahead
  on patients, and no figure here says anything about one.
- Trainings are short and networks small, so that the whole fits into about an hour on two cores. What is behind after
  so few steps may catch up after many; the table with pretraining charged shows some of that.
- Rates, schedule and optimiser are those that were found for our own network; no arm was tuned, the others included.
- Our diagnosis head, whatever it starts from, is taught with maps of the lesions. The DenseNet and the original's
  recipe have no map to be taught: they learn whether a crop shows a finding. That difference is one of heads and
  labels, not of pretraining; pretraining is what sets our first arm apart from the same network from scratch.
- The original's recipe is rebuilt in small after its paper and public code, with our crops, optimiser and pixel. It is
  no measurement of the authors' own weights.
- The same step costs differently in different networks; the table of cost has the seconds.
- Seeds draw the labelled studies, the crops and the fresh weights. Intervals are over the evaluation studies alone."""


def publish_labels(experiment: Experiment, results: Sequence[CellResult], page: Path) -> str:
    """Write page and plot of what is done so far; the page's other words are kept.

    Returns:
        The tables.
    """
    tables = label_tables(experiment, results)
    if not results:
        return tables
    picture = page.with_suffix(".png")
    caption = f"{experiment.title}: {cells_done(experiment, results)} Phantom numbers."
    write_label_plot(picture, figures_of(experiment, results), caption)
    parts = [
        "## Set-up",
        _set_up(results[0].settings),
        "## Results",
        tables,
        f"![What each arm reached with few and with all labels]({picture.name})",
        "## Caveats",
        _CAVEATS,
    ]
    update_page(page, experiment, "\n\n".join(parts))
    return tables


def command_of(settings: Mapping) -> str:
    """The command that makes cells of these settings, in the words of its options."""
    options = f"--planes {' '.join(settings['planes'])} --studies {settings['studies']}"
    return (
        "orthodiffusion experiment labels --pretrained PRE --data ARCHIVE --out runs/labels --jobs 2 \\\n"
        f"    {options} --evaluated {settings['evaluated']} --steps {settings['finetune']['steps']}"
    )


def _set_up(settings: Mapping) -> str:
    archive, crop, steps = settings["archive"], settings["data"]["crop"], settings["finetune"]["steps"]
    pre = settings["pretraining"]
    few = max(1, round(FEW * settings["studies"]))
    cohort = evaluation_cohort(settings["evaluated"])
    unseen = sum(cohort.setting(number)[1] in HELD_OUT_SITES for number in range(len(cohort)))
    shape, planes = " x ".join(str(n) for n in crop), ", ".join(settings["planes"])
    pixel = settings["in_plane_mm"] * (2 if settings["network"].get("detail") else 1)
    return f"""```
{command_of(settings)}
```

`PRE` is a folder of `orthodiffusion pretrain`, `ARCHIVE` the phantom shards it learned from; without `--data` the
command makes {settings["studies"]} studies of its own. A stopped run goes on when the command is given again, and
`--only` runs some arms.

- **Archive**: {archive["studies"]} phantom studies of the training seeds {archive["first_seed"]} to
  {archive["last_seed"]}. Of the first {settings["studies"]} either all have labels ({percent(ALL)}) or {few}
  ({percent(FEW)}, others with every seed).
- **Pretraining**, without labels: ours on {pre["crops"]} crops of {" x ".join(str(n) for n in pre["crop"])} voxels from
  {pre["data"].get("studies", "an unrecorded number of")} studies; the original's on as many crops, of the size below,
  from the archive.
- **Task**: outlines of all structures, view by view ({planes}), and whether the views show each of the 8 findings; both
  in one training where the arm can do both.
- **Training**: {steps} steps of one crop of {shape} voxels at {pixel:g} mm, for every arm alike: the same studies,
  crops and appearances (drawn anew for each crop), the same optimiser and schedule.
- **Evaluation**: {len(cohort)} studies of {cohort.name}: the anatomies and imaging sites of the frozen cohort with
  other seeds (a label map that no training sees, and procedural knees; {unseen} of them from sites held out whole). Of
  the label map the bones and cartilages are its own; what else such a knee has is procedural.
- **Arms**: our diffusion network, pretrained and then fine-tuned or frozen under linear readings; the same from fresh
  weights; frozen with weights of chance (frozen features are scaled to mean 0 and deviation 1 and their readings learn
  at {READING_RATE:g} times the rate, all else at the same); MONAI's DynUNet and DenseNet; and the original's recipe: a
  small U-Net of its architecture that predicts the noise, pretrained on as many crops as ours, read at its bottleneck
  at step {FEATURE_STEP}, attention pooling, planes concatenated, encoder opened at {ENCODER_SHARE:g} of the heads'
  rate."""
