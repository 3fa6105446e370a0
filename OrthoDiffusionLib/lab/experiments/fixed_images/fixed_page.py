"""What the pages of all experiments on fixed images say of their set-up."""

from __future__ import annotations

from collections.abc import Mapping

from OrthoDiffusionLib.lab.experiments.fixed_images.augmentation import SCALE, SHIFT_PIXELS
from OrthoDiffusionLib.lab.experiments.fixed_images.budget import PATIENT_ROUNDS
from OrthoDiffusionLib.lab.experiments.fixed_images.labelled_views import VALIDATION_SHARE
from OrthoDiffusionLib.lab.experiments.fixed_images.share_figures import percent
from OrthoDiffusionLib.lab.experiments.fixed_images.study_plan import (
    EVALUATION_PREVALENCE,
    SEEN,
    UNSEEN,
    evaluation_settings,
    sites_of,
)


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
    size, pixel = " x ".join(str(n) for n in settings["size"]), settings["in_plane_mm"]
    last = settings["first_seed"] + studies - 1
    return f"""```
{command} \\
    --planes {plane} --studies {studies} --evaluated {evaluated} --steps {settings["finetune"]["steps"]} \\
    --minutes {settings["minutes"]:g}
```

A stopped run goes on when the command is given again, and `--only` runs some arms.

- **Archive**: {studies} right joints ({joint}, simulator version {settings["engine"]}) of the training seeds
  {settings["first_seed"]} to {last}, each rendered once at one of the imaging sites {", ".join(sites[SEEN])}, with the
  prevalences of a clinic. An image is the same in every epoch and for every arm.
- **Labels**: outlines of all structures in the {plane} view, and which findings the study has; no map of any lesion.
- **Views**: {size} voxels of {pixel:g} mm in plane about the view's middle, so that the whole joint is inside.
- **Augmentation** by MONAI: turned by up to 10 degrees, scaled by up to {percent(SCALE)} and shifted by up to
  {SHIFT_PIXELS * pixel:.0f} mm in plane, blur, bias field, gamma, brightness, noise; never mirrored.
- **Training**: one view a step, until neither task's validation has improved for {PATIENT_ROUNDS} rounds;
  {percent(VALIDATION_SHARE)} of the labelled studies validate (outlines by 1 - Dice, findings by a smooth form of
  1 - AUROC). A task is read with the weights that were best for it.
  At most as many steps as fit into {settings["minutes"]:g} minutes of one idle core, from costs that were measured: the
  same on any computer.
- **Evaluation**: {evaluated} studies of other seeds with the anatomies of the frozen cohort, those held out among them,
  and each finding in {percent(EVALUATION_PREVALENCE)}: {evaluated - unseen} from imaging sites of the archive,
  {unseen} from sites that no training sees ({", ".join(sites[UNSEEN])}).
{arms}"""
