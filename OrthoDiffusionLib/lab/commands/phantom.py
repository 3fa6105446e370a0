"""Make digital joints with known ground truth: studies as a clinic stores them, or compact files for training."""

from __future__ import annotations

import argparse
from pathlib import Path

from OrthoDiffusionLib.cli.console import ProgressLine
from OrthoDiffusionLib.errors import OrthoDiffusionError, TrainingError

PREVALENCE = 0.3


# What each kind of output does not use, so that nothing that was asked for is passed over in silence.
_CLINIC: dict[str, object] = {
    "centre": "clinic_15t_a",
    "side": None,
    "prevalence": [],
    "missing_plane": 0.0,
    "field_of_view": None,
    "dicom": False,
}
_TRAINING: dict[str, object] = {"pixel_mm": 0.8, "part": None}
_GALLERY_TAKES_NOT: dict[str, object] = {"count": 1, "anatomy": None, **_CLINIC, **_TRAINING}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="output folder; later runs can add more studies"
    )
    parser.add_argument("--count", type=int, default=1, metavar="N", help="number of studies (default: 1)")
    parser.add_argument(
        "--seed",
        type=int,
        default=0,
        metavar="S",
        help="random seed of the first study; the others follow (default: 0)",
    )
    parser.add_argument("--joint", metavar="NAME", help="the joint (default: that of the default bundle)")
    parser.add_argument("--anatomy", metavar="NAME", help="mixed, procedural, atlas, or the name of a label map")
    clinic = parser.add_argument_group("studies as a clinic stores them, with labels, truth.json and findings.csv")
    clinic.add_argument(
        "--centre",
        default=_CLINIC["centre"],
        metavar="NAME",
        help="imaging site of the studies (default: clinic_15t_a)",
    )
    clinic.add_argument("--side", choices=("right", "left"), help="side of the joint (default: random for each study)")
    clinic.add_argument(
        "--prevalence",
        action="append",
        default=[],
        metavar="[NAME=]P",
        help=f"probability of each abnormality (default: {PREVALENCE}), or of one; can be repeated",
    )
    clinic.add_argument(
        "--missing-plane", type=float, default=0.0, metavar="P", help="probability that a plane is missing (default: 0)"
    )
    clinic.add_argument(
        "--field-of-view", type=float, metavar="MM", help="field of view of every slice (default: random)"
    )
    clinic.add_argument("--dicom", action="store_true", help="write the images as DICOM instead of NIfTI")
    parser.add_argument("--gallery", action="store_true", help="write only DIR/gallery.html, a page of pictures")
    training = parser.add_argument_group("training studies")
    training.add_argument("--for-training", action="store_true", help="write compact files for training")
    training.add_argument(
        "--pixel-mm",
        type=float,
        default=_TRAINING["pixel_mm"],
        metavar="MM",
        help="in-plane pixel size of their views (default: 0.8)",
    )
    training.add_argument("--part", metavar="K/N", help="make only part K of N of the studies, to share the work")


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.bundles.catalogue import default_joint

    arguments.joint = arguments.joint or default_joint()
    _check(arguments)
    if arguments.gallery:
        from OrthoDiffusionLib.lab.phantom.datasets.gallery import GALLERY_FILE, write_gallery

        with ProgressLine() as progress:
            page = write_gallery(
                arguments.out / GALLERY_FILE, joint=arguments.joint, seed=arguments.seed, progress=progress
            )
        print(f"The gallery is in {page}")
        return 0
    if arguments.for_training:
        from OrthoDiffusionLib.lab.phantom.datasets.shards import write_shards

        part, parts = _part(arguments.part or "1/1")
        written = write_shards(
            arguments.out,
            arguments.count,
            arguments.seed,
            part=part,
            parts=parts,
            anatomy=arguments.anatomy,
            joint=arguments.joint,
            pixel_mm=arguments.pixel_mm,
        )
        print(f"{written} training studies were written to {arguments.out}")
        return 0

    from OrthoDiffusionLib.anatomy import Side
    from OrthoDiffusionLib.lab.phantom.datasets.study_files import TABLE_FILE, write_studies

    with ProgressLine() as progress:
        folders = write_studies(
            arguments.out,
            arguments.count,
            seed=arguments.seed,
            site=arguments.centre,
            joint=arguments.joint,
            side=Side(arguments.side) if arguments.side else None,
            anatomy=arguments.anatomy,
            prevalence=_prevalence(arguments.prevalence, arguments.joint),
            missing_plane=arguments.missing_plane,
            field_of_view_mm=arguments.field_of_view,
            dicom=arguments.dicom,
            progress=progress,
        )
    print(f"Studies: {len(folders)}, in {arguments.out}; the ground truth is in {TABLE_FILE} and in each truth.json")
    return 0


def _check(arguments: argparse.Namespace) -> None:
    if arguments.count < 1:
        raise OrthoDiffusionError(f"--count must be 1 or more, got {arguments.count} instead", remedy="Give 1 or more.")
    if arguments.gallery and arguments.for_training:
        raise OrthoDiffusionError("--gallery and --for-training cannot be combined", remedy="Choose one of them.")
    if arguments.gallery:
        _refuse(arguments, _GALLERY_TAKES_NOT, "a gallery", "Leave it out.")
    elif arguments.for_training:
        _refuse(arguments, _CLINIC, "training studies", "Leave it out, or leave out --for-training.")
        _part(arguments.part or "1/1")
        return
    else:
        _refuse(arguments, _TRAINING, "studies as a clinic stores them", "Add --for-training, or leave it out.")
    if any(arguments.out.glob("study_*.npz")):
        raise TrainingError(
            "The folder contains training studies",
            where=str(arguments.out),
            remedy="Add --for-training to make more of them, or choose another folder.",
        )


def _refuse(arguments: argparse.Namespace, unused: dict[str, object], what: str, remedy: str) -> None:
    """Refuse options that the kind of output does not use, unless they stand at their defaults."""
    given = [f"--{name.replace('_', '-')}" for name, default in unused.items() if getattr(arguments, name) != default]
    if given:
        raise OrthoDiffusionError(f"{', '.join(given)}: not used for {what}", remedy=remedy)


def _prevalence(given: list[str], joint: str) -> float | dict[str, float]:
    """A chance for all, or one for every abnormality of the joint where some were named."""
    everywhere, named = PREVALENCE, {}
    for text in given:
        name, equals, number = text.rpartition("=")
        try:
            chance = float(number)
        except ValueError:
            raise OrthoDiffusionError(
                f"--prevalence must be P or NAME=P, got {text} instead", remedy="For example joint_effusion=0.5."
            ) from None
        if equals:
            named[name] = chance
        else:
            everywhere = chance
    if not named:
        return everywhere
    from OrthoDiffusionLib.lab.phantom.phantom import builder_named

    return dict.fromkeys(builder_named(joint).abnormalities, everywhere) | named


def _part(text: str) -> tuple[int, int]:
    part, slash, parts = text.partition("/")
    if slash and part.isdigit() and parts.isdigit() and 1 <= int(part) <= int(parts):
        return int(part), int(parts)
    raise TrainingError(f"--part must be K/N with K from 1 to N, got {text} instead", remedy="For example --part 1/2.")
