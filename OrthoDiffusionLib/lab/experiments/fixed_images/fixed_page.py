"""What the pages of all experiments on fixed images say of their set-up, and of what limits their figures."""

from __future__ import annotations

from collections.abc import Mapping

from OrthoDiffusionLib.lab.experiments.fixed_images.augmentation import SCALE, SHIFT_PIXELS
from OrthoDiffusionLib.lab.experiments.fixed_images.budget import PATIENT_ROUNDS, costs_of, width_of
from OrthoDiffusionLib.lab.experiments.fixed_images.labelled_views import VALIDATION_SHARE
from OrthoDiffusionLib.lab.experiments.fixed_images.share_figures import percent
from OrthoDiffusionLib.lab.experiments.fixed_images.study_plan import (
    EVALUATION_PREVALENCE,
    SEEN,
    UNSEEN,
    evaluation_settings,
    sites_of,
)

COMMON_CAVEATS = """- A run that reached its budget might have improved with more time; the table of how each run
  ended shows which did.
- With all labels there are more validation studies, which take their time from the same minutes: these runs have
  somewhat fewer steps, so that the share kept with few labels looks better than with equal steps.
- Evaluation studies that are made from the same anatomy are more alike than patients are. The intervals draw those
  together whose bones come from one stored shape, and take all others as independent.
- The random seed determines the labelled studies, their order, the augmentation and the initial weights. Intervals
  cover the evaluation studies only."""


def set_up_words(settings: Mapping, command: str, arms: str) -> str:
    """The set-up of a cell's settings, in words.

    Args:
        settings: as a cell keeps them.
        command: without the numbers.
        arms: a list of the experiment's own.
    """
    joint, plane, studies, evaluated = (settings[key] for key in ("joint", "plane", "studies", "evaluated"))
    sites = sites_of(joint)
    cohort = evaluation_settings(joint, evaluated)
    unseen = sum(setting.site in sites[UNSEEN] for setting in cohort)
    sides = [str(n) for n in settings["size"]]
    size, pixel = " x ".join(sides), settings["in_plane_mm"]
    last = settings["first_seed"] + studies - 1
    return f"""```
{command} \\
    --planes {plane} --studies {studies} --evaluated {evaluated} --steps {settings["finetune"]["steps"]} \\
    --minutes {settings["minutes"]:g} --recipe {settings["recipe"]} --view-size {" ".join(sides)}
```

A stopped experiment continues when you run the same command again; `--only` selects arms.

- **Archive**: {studies} right joints ({joint}, simulator version {settings["engine"]}), training seeds
  {settings["first_seed"]} to {last}, each rendered once at one of the imaging sites {", ".join(sites[SEEN])}, with the
  prevalences of a clinic. Every image is the same in all epochs and for all arms.
- **Labels**: outlines of all structures in the {plane} view, and the list of the study's findings; no lesion maps.
- **Views**: {size} voxels with {pixel:g} mm in plane around the centre of the view, so that the whole joint is inside.
- **Augmentation** with MONAI: rotation by up to 10 degrees, scaling by up to {percent(SCALE)} and shifts of up to
  {SHIFT_PIXELS * pixel:.0f} mm in plane; blur, bias field, gamma, brightness, noise; no mirroring.
- **Training**: one view per step, until the validation of no task has improved for {PATIENT_ROUNDS} rounds.
  {percent(VALIDATION_SHARE)} of the labelled studies are used for validation (1 - Dice for outlines, a smooth form of
  1 - AUROC for findings). Each task is evaluated with the weights that were best for it.
  The number of steps is limited to what fits into {settings["minutes"]:g} minutes on one idle core
  ({costs_of(width_of(settings["network"])).core}). It is computed from measured costs, so it is the same on every
  computer.
- **Evaluation**: {evaluated} studies of other seeds with the anatomies of the frozen cohort (including those held out
  from training): {evaluated - unseen} from imaging sites of the archive, {unseen} from sites that are not used in
  training ({", ".join(sites[UNSEEN])}). Each finding is drawn with a chance of {percent(EVALUATION_PREVALENCE)}; it
  counts as present if an image of any plane shows it, though networks see the {plane} view alone.
{arms}"""
