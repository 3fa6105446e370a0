"""What the knee's encoders are worth on another joint: fine-tuned, frozen, beside fresh ones and the joint's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from OrthoDiffusionLib.analysis.study_inputs import open_bundle
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.experiments.common.experiment import Arm, Experiment
from OrthoDiffusionLib.lab.experiments.fixed_images.encoder_source import (
    EncoderSource,
    encoder_of_bundle,
    encoder_of_folder,
)
from OrthoDiffusionLib.lab.experiments.fixed_images.fixed_page import COMMON_CAVEATS, set_up_words
from OrthoDiffusionLib.lab.experiments.fixed_images.fixed_work import FRESH, GIVEN
from OrthoDiffusionLib.lab.experiments.fixed_images.prepared_fixed import (
    FixedOptions,
    PageWords,
    PreparedFixed,
    Usual,
    with_seeds,
)
from OrthoDiffusionLib.lab.experiments.fixed_images.self_pretraining import DIFFUSION
from OrthoDiffusionLib.lab.experiments.fixed_images.share_figures import ShareFigures
from OrthoDiffusionLib.lab.experiments.fixed_images.share_words import comparisons
from OrthoDiffusionLib.lab.phantom.phantom import builder_named
from OrthoDiffusionLib.volumes import Plane

RECIPE, STUDIES, EVALUATED, MINUTES = "transfer", 400, 120, 20.0

FEW, ALL = 0.1, 1.0
_SEEDS = {FEW: (0, 1, 2), ALL: (0,)}

FINETUNED = "finetuned"

_KINDS: dict[str, tuple[str, dict[str, object]]] = {
    FINETUNED: ("Knee encoder, fine-tuned", {"network": "ours", "start": GIVEN}),
    "frozen": ("Knee encoder, frozen", {"network": "ours", "start": GIVEN, "frozen": True}),
    "scratch": ("The same network from scratch", {"network": "ours", "start": FRESH}),
    "own": ("Pretrained on the new joint, fine-tuned", {"network": "ours", "start": DIFFUSION}),
}


def experiment_of(joint: str) -> Experiment:
    """The experiment on one joint; its name is `transfer-JOINT`.

    Raises:
        OrthoDiffusionError: for an unknown joint; it names those there are.
    """
    title = builder_named(joint).joint.title
    arms = tuple(
        Arm(f"{name}-{100 * share:g}", arm_title, {"kind": name, "labels": share, **settings}, seeds)
        for share, seeds in _SEEDS.items()
        for name, (arm_title, settings) in _KINDS.items()
    )
    return Experiment(
        f"{NAME}-{joint}",
        f"Transfer of the knee encoder: {title.lower()}",
        "An encoder was trained on knees. Does a network for another joint need fewer labels if it starts from this"
        " encoder instead of from scratch? And is this start as good as pretraining on the new joint?",
        arms,
    )


NAME = "transfer"

_CAVEATS = f"""- Phantom numbers: training and evaluation use digital joints, and the same simulator makes the images of
  all of them. What transfers between digital joints need not transfer between joints of patients.
- Learning rates are not tuned here, unlike in the experiment `labels`: every arm uses those of the recipe. With rates
  tuned for each arm, their order may change.
- A bundle's knee encoder is the one that users get. It was trained longer and on more studies than the new joint's
  archive has, and with labels of knees; this cost is not counted where its file does not state it.
{COMMON_CAVEATS}"""


def prepared_transfer(
    out: Path,
    options: FixedOptions | None = None,
    *,
    joint: str | None,
    pretrained: Path | None = None,
    bundle: str | None = None,
) -> PreparedFixed:
    """The experiment, ready to run; results can be shown without the knee's encoder.

    Args:
        out: folder of data, cells and results.
        options: what a user set; network and pixel are the encoder's.
        joint: the new joint's name.
        pretrained: folder of `orthodiffusion pretrain` with the knee's encoder.
        bundle: folder or name of a bundle with it; one of the two is given.

    Raises:
        TrainingError: for no joint, both sources, an encoder of the new joint itself, or impossible numbers.
    """
    if joint is None:
        raise TrainingError("The transfer experiment needs the new joint", remedy="Give its name with --joint.")
    if pretrained is not None and bundle is not None:
        raise TrainingError("The knee encoder was given twice", remedy="Give --pretrained or --bundle, not both.")
    options = options or FixedOptions()
    experiment = experiment_of(joint)
    source = _source(pretrained, bundle, options.plane)
    if source is not None and source.joint == joint:
        raise TrainingError(
            f"The encoder of {source.title} was trained on the {joint} itself",
            remedy="Give an encoder of another joint, or choose another joint.",
        )
    work = options.work(out, joint, Usual(RECIPE, STUDIES, EVALUATED, MINUTES), source)
    return PreparedFixed(with_seeds(experiment, options.seeds), work, PageWords(_set_up, _conclusions, _CAVEATS, FEW))


def _source(pretrained: Path | None, bundle: str | None, plane: Plane) -> EncoderSource | None:
    if pretrained is not None:
        return encoder_of_folder(pretrained, plane)
    return None if bundle is None else encoder_of_bundle(open_bundle(bundle), plane)


def _set_up(settings: Mapping) -> str:
    pre, source = settings["pretrain"], settings["source"]
    crops = pre["steps"] * pre["batch"] * pre["accumulate"]
    rates = settings["finetune"]
    size = " x ".join(str(n) for n in settings["data"]["crop"])
    given = "none" if source is None else source["title"]
    arms = f"""- **Knee encoder**: {given}. Every arm uses its network and its pixel size.
  The encoder of a bundle was first pretrained without labels and then trained on labelled knees: what transfers may
  come from either.
- **Learning rates**, not tuned, the same for all arms: AdamW {rates["learning_rate"]:g}, Muon {rates["filter_rate"]:g};
  for a pretrained encoder {rates["encoder_rate"]:g} times these.
- **Pretraining on the new joint**, without labels: by denoising, on {crops} crops of {size} voxels from the archive."""
    command = (
        f"orthodiffusion experiment transfer --joint {settings['joint']} --bundle BUNDLE --out runs/transfer --jobs 2"
    )
    return set_up_words(settings, command, arms)


def _conclusions(figures: ShareFigures) -> list[str]:
    return [line for share in figures.shares for line in comparisons(figures, FINETUNED, share)]
