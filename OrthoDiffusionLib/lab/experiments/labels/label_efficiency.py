"""How many labels pretraining saves: 700 studies as a hospital has them, few of them with labels, arm by arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.diffusion import EDM
from OrthoDiffusionLib.encoders.published_unet import FEATURE_STEP
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.experiments.common.experiment import Arm, Experiment
from OrthoDiffusionLib.lab.experiments.fixed_images.fixed_page import COMMON_CAVEATS, set_up_words
from OrthoDiffusionLib.lab.experiments.fixed_images.fixed_work import FRESH
from OrthoDiffusionLib.lab.experiments.fixed_images.label_network import OUTLINES
from OrthoDiffusionLib.lab.experiments.fixed_images.prepared_fixed import (
    FixedOptions,
    PageWords,
    PreparedFixed,
    Usual,
    with_seeds,
)
from OrthoDiffusionLib.lab.experiments.fixed_images.published_recipe import ENCODER_SHARE, published_crop
from OrthoDiffusionLib.lab.experiments.fixed_images.self_pretraining import DIFFUSION, MASKED, MASKED_SHARE, PUBLISHED
from OrthoDiffusionLib.lab.experiments.fixed_images.self_training import SURE
from OrthoDiffusionLib.lab.experiments.fixed_images.share_figures import ShareFigures, percent
from OrthoDiffusionLib.lab.experiments.fixed_images.share_words import AIM_KEPT, aim_lines, comparisons
from OrthoDiffusionLib.volumes import Plane

RECIPE, STUDIES, EVALUATED, MINUTES = "labels", 700, 160, 25.0

FEWEST, FEW, ALL = 0.01, 0.1, 1.0
"""Shares of the archive's studies that have labels."""

_SEEDS = {FEW: (0, 1, 2), ALL: (0,), FEWEST: (0,)}

OURS = "ours"

# Title, and how the network starts and learns; in the order of what is to be known first.
_KINDS: dict[str, tuple[str, dict[str, object]]] = {
    OURS: ("Ours, pretrained by denoising and fine-tuned", {"network": "ours", "start": DIFFUSION, "tuned": True}),
    "scratch": ("The same network from scratch", {"network": "ours", "start": FRESH, "tuned": True}),
    "dynunet": ("MONAI DynUNet (outlines)", {"network": "dynunet", "tuned": True}),
    "densenet": ("MONAI DenseNet (findings)", {"network": "densenet", "tuned": True}),
    "masked": (
        "The same network, pretrained as a masked autoencoder",
        {"network": "ours", "start": MASKED, "tuned": True},
    ),
    "frozen": ("Ours, pretrained by denoising and frozen", {"network": "ours", "start": DIFFUSION, "frozen": True}),
    "published": ("The original method, scaled down", {"network": "published", "start": PUBLISHED}),
}
_FEWEST_KINDS = (OURS, "scratch", "dynunet", "masked")  # the first four that outline

LONG, TAUGHT, SCRATCH_TAUGHT = "scratch-long", "taught", "scratch-taught"

# Arms with more time than the others, at few labels alone: what the time of the pretraining is worth without it, and a
# second training with the images that have no labels.
_LONGER_KINDS: dict[str, tuple[str, dict[str, object]]] = {
    LONG: (
        "The same network from scratch, for as long as pretraining and training of ours",
        {"network": "ours", "start": FRESH, "long": True, "rates_of": "scratch"},
    ),
    TAUGHT: (
        "Ours, then self-trained on the images without labels",
        {"network": "ours", "start": DIFFUSION, "teacher": f"{OURS}-{100 * FEW:g}", "rates_of": OURS},
    ),
    SCRATCH_TAUGHT: (
        "From scratch, then self-trained on the images without labels",
        {"network": "ours", "start": FRESH, "teacher": f"scratch-{100 * FEW:g}", "rates_of": "scratch"},
    ),
}


def _arms() -> tuple[Arm, ...]:
    arms = []
    for share, seeds in _SEEDS.items():
        for name, (title, settings) in _KINDS.items():
            if share == FEWEST and name not in _FEWEST_KINDS:
                continue
            # Of seven studies a finding has one or none: outlines only.
            tasks = {"tasks": [OUTLINES]} if share == FEWEST else {}
            arms.append(
                Arm(f"{name}-{100 * share:g}", title, {"kind": name, "labels": share, **settings, **tasks}, seeds)
            )
    arms += [
        Arm(f"{name}-{100 * FEW:g}", title, {"kind": name, "labels": FEW, **settings}, _SEEDS[FEW])
        for name, (title, settings) in _LONGER_KINDS.items()
    ]
    return tuple(arms)


EXPERIMENT = Experiment(
    "labels",
    "How many labels pretraining saves",
    "A hospital has 700 studies, each with one set of images, and labels for only a few of them. Does a network that"
    " was pretrained by denoising on all of them need fewer labels than the same network trained from scratch, and than"
    " other networks of its size?",
    _arms(),
)

_CAVEATS = f"""- Phantom numbers: training and evaluation use digital joints. The best arm on them need not be the
  best on patients, and no figure here says anything about patients.
- Learning rates were tuned as shown. The frozen arm and the original method use the rates that were found earlier for
  our network on other phantoms; the encoder of the original method uses a fraction of them.
- The original method was rebuilt at a small scale from its paper and public code, with our optimiser and pixel size.
  It does not measure the authors' own weights.
{COMMON_CAVEATS}"""


def prepared_labels(out: Path, options: FixedOptions | None = None) -> PreparedFixed:
    """The experiment, ready to run.

    Args:
        out: folder of data, cells and results.
        options: what a user set.

    Raises:
        TrainingError: for impossible numbers or an unknown recipe.
    """
    options = options or FixedOptions()
    work = options.work(out, KNEE.name, Usual(RECIPE, STUDIES, EVALUATED, MINUTES))
    words = PageWords(_set_up, _conclusions, _CAVEATS, FEW)
    return PreparedFixed(with_seeds(EXPERIMENT, options.seeds), work, words)


def one_plane(planes: Sequence[Plane]) -> Plane:
    """The plane of an experiment that looks at one.

    Raises:
        TrainingError: if there are several.
    """
    if len(planes) != 1:
        raise TrainingError("This experiment uses one plane", remedy="Give exactly one with --planes.")
    return planes[0]


def _set_up(settings: Mapping) -> str:
    pre, (slices, rows, columns) = settings["pretrain"], settings["data"]["crop"]
    crops = pre["steps"] * pre["batch"] * pre["accumulate"]
    own = f"{slices} x {rows} x {columns}"
    published = " x ".join(str(n) for n in published_crop((slices, rows, columns)))
    target = settings["network"].get("target", EDM)
    arms = f"""- **Pretraining**, without labels, on the archive's images: our network by denoising (target: {target})
  and, for comparison, as a masked autoencoder ({percent(MASKED_SHARE)} of the blocks masked), each on {crops} crops of
  {own} voxels; the original method on as many crops of {published} voxels.
- **Arms**, in the order in which they are run: our diffusion network, pretrained and fine-tuned; the same network
  from scratch; MONAI's DynUNet and DenseNet; our network pretrained as a masked autoencoder; our network frozen, with
  linear readouts; the original method: a small U-Net of its architecture that predicts the noise, with features from
  its bottleneck at step {FEATURE_STEP}, attention pooling, and an encoder trained at {ENCODER_SHARE:g} times the
  learning rate of the heads.
- **More time**, at {percent(FEW)} of the labels: the network from scratch for as long as pretraining and training of
  ours take together (reckoned in steps).
- **Self-training**, a second training of as many minutes at {percent(FEW)} of the labels: the best network of an arm
  outlines the archive's images without labels and goes on with both kinds in turn. Where its likeliest structure has a
  probability below {SURE:g}, it teaches nothing. Findings are learned from labels alone."""
    return set_up_words(settings, "orthodiffusion experiment labels --out runs/labels --jobs 2", arms)


def _conclusions(figures: ShareFigures) -> list[str]:
    aims = aim_lines(figures, OURS, few=FEW, full=ALL, beside=tuple(_LONGER_KINDS))
    return [
        f"**Aims** for our fine-tuned network, for outlines and for findings: with {percent(FEW)} of the labels it is"
        f" better than every other arm (the 95 % interval excludes 0), and it keeps {percent(AIM_KEPT)} or more of its"
        f" own result with {percent(ALL)}. The arms with more time than the others are left out of the aims",
        "\n".join(aims),
        *comparisons(figures, OURS, FEW),
        *comparisons(figures, TAUGHT, FEW),
    ]
