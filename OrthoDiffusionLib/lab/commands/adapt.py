"""Adapt a bundle to a site with the site's own studies, without labels; run the same command again to continue.

Where the bundle is certain about the outlines from all planes together, each single plane is trained on these outlines,
and pretraining on the site's images continues in parallel. Held-out studies show whether the planes agree better than
before; if they do not, no bundle is written. See Docs/adaptation.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.cli.analyze import DEVICES, add_joint, add_side
from OrthoDiffusionLib.cli.language import add_language
from OrthoDiffusionLib.cli.numbers import whole_number
from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.messages import Message, language_of

if TYPE_CHECKING:
    from OrthoDiffusionLib.lab.training.adaptation.adapt import SiteRun
    from OrthoDiffusionLib.lab.training.adaptation.settings import AdaptSettings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR",
        help="the site's studies with two or three planes each, in any layout that `batch` accepts; no labels are read",
    )  # fmt: skip
    parser.add_argument(
        "--from",
        dest="start",
        metavar="BUNDLE",
        help="the bundle to start from (default: that of the joint that the studies name or show)",
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="output folder for bundle, agreement, checkpoint and log"
    )
    parser.add_argument("--name", metavar="NAME", default="", help="name of the new bundle")
    parser.add_argument(
        "--train", choices=("all", "segmentation"),
        help="all weights, or the segmentation head only, which keeps the calibration of the findings (default: all)",
    )  # fmt: skip
    parser.add_argument("--steps", type=whole_number(1), metavar="N", help="maximum number of steps (default: 200)")
    parser.add_argument(
        "--validate-every",
        type=whole_number(1),
        metavar="N",
        help="steps between two checks of the agreement (default: 50)",
    )
    parser.add_argument(
        "--patience", type=whole_number(1), metavar="N", help="stop after N checks without improvement (default: 2)"
    )
    parser.add_argument("--learning-rate", type=float, metavar="R", help="learning rate (default: 0.0001)")
    parser.add_argument("--seed", type=int, metavar="N", help="random seed of splits, order and crops (default: 0)")
    add_side(parser)
    add_joint(parser, otherwise="that of --from, or the one that the studies name or show")
    parser.add_argument(
        "--unlike-too", action="store_true", help="also use studies that are unlike those the bundle was trained on"
    )
    parser.add_argument(
        "--even-if-worse", action="store_true", help="write the bundle even if the planes agree less than before"
    )
    parser.add_argument("--check", action="store_true", help="read the studies, list which can be used, and stop")
    parser.add_argument("--device", choices=DEVICES, default="auto", help="where the networks run")
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    if not arguments.data.exists():
        raise StudyError(Message("batch", "no_folder"), where=str(arguments.data))

    from OrthoDiffusionLib.lab.training.adaptation.adapt import AGREEMENT, adapt, site_of
    from OrthoDiffusionLib.lab.training.adaptation.site_archive import SKIPPED

    language = language_of(arguments.language)

    def tell(message: Message, indent: str = "") -> None:
        print(f"{indent}{message.words(language).what}")

    asked = _run_of(arguments)
    if arguments.check:
        archive = site_of(asked)
        for split, studies in archive.by_split.items():
            values = {"split": split, "studies": len(studies), "patients": archive.patients(split)}
            tell(Message("adapted", "split", values))
        for notice in archive.notices(asked.out / SKIPPED):
            tell(notice)
        return 0
    done = adapt(asked)
    manifest, (was, now) = done.bundle.manifest, done.comparison.means
    written = {"name": manifest.name, "version": manifest.version, "folder": str(done.bundle.folder)}
    tell(Message("adapted", "bundle", written))
    steps = {"last": done.stopped.last_step, "best": done.stopped.best_step}
    tell(Message("adapted", "ended_early", steps) if done.stopped.early else Message("adapted", "ended", steps))
    tell(Message("adapted", "agreement", {"count": len(done.comparison.after), "before": was, "after": now}))
    for structure, (one, other) in done.comparison.by_structure.items():
        tell(Message("adapted", "structure", {"structure": structure, "before": one, "after": other}), "  ")
    tell(Message("adapted", "table", {"path": str(asked.out / AGREEMENT)}))
    for notice in done.notices:
        tell(notice)
    tell(Message("adapted", "no_accuracy"))
    if not manifest.calibration:
        tell(Message("adapted", "uncalibrated"))
    return 0


def _run_of(arguments: argparse.Namespace) -> SiteRun:
    from OrthoDiffusionLib.anatomy import Side
    from OrthoDiffusionLib.batch.bundle_of_batch import bundle_of_batch
    from OrthoDiffusionLib.lab.training.adaptation.adapt import SiteRun
    from OrthoDiffusionLib.lab.training.engine.record import this_command

    return SiteRun(
        start=bundle_of_batch(arguments.data, arguments.out, bundle=arguments.start, joint=arguments.joint),
        data=arguments.data,
        out=arguments.out,
        settings=_settings(arguments),
        name=arguments.name,
        side=None if arguments.side is None else Side(arguments.side),
        unlike_too=arguments.unlike_too,
        even_if_worse=arguments.even_if_worse,
        device=arguments.device,
        command=this_command(),
    )


def _settings(arguments: argparse.Namespace) -> AdaptSettings:
    """What was asked for; the rest as the help says."""
    from dataclasses import replace

    from OrthoDiffusionLib.lab.training.adaptation.settings import AdaptSettings

    def chosen(**values: object) -> dict:
        return {name: value for name, value in values.items() if value is not None}

    usual = AdaptSettings()
    patience = replace(
        usual.patience,
        **chosen(steps=arguments.steps, round_steps=arguments.validate_every, rounds=arguments.patience),
    )
    return replace(
        usual,
        patience=patience,
        **chosen(trained=arguments.train, learning_rate=arguments.learning_rate, seed=arguments.seed),
    )
