"""Turn a trained bundle into one to ship: calibrate its findings on separate digital joints and add its figures."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.cli.analyze import DEVICES
from OrthoDiffusionLib.cli.console import ProgressLine
from OrthoDiffusionLib.cli.numbers import whole_number
from OrthoDiffusionLib.errors import OrthoDiffusionError

if TYPE_CHECKING:
    from OrthoDiffusionLib.bundles import Bundle


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", type=Path, metavar="TRAINED", help="the bundle written by `orthodiffusion finetune`")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder of the new bundle; an existing one is replaced"
    )
    parser.add_argument(
        "--cohort", metavar="NAME", help="cohort for fitting (default: the calibration cohort of the bundle's joint)"
    )
    parser.add_argument(
        "--count",
        type=whole_number(1),
        default=150,
        metavar="N",
        help="number of studies for fitting the probabilities (default: 150)",
    )
    parser.add_argument(
        "--adjust",
        type=whole_number(0),
        default=32,
        metavar="N",
        help="number of studies for fitting the volume correction; 0 for none (default: 32)",
    )
    parser.add_argument(
        "--refit",
        action="store_true",
        help="if TRAINED is already published: fit the whole-study classifiers again as well",
    )
    parser.add_argument("--version", metavar="WORDS", help="version of the new bundle (default: that of TRAINED)")
    parser.add_argument(
        "--figures",
        type=Path,
        metavar="FILE",
        help="scores of the bundle that an earlier `publish` of TRAINED wrote, from `orthodiffusion evaluate --json`",
    )
    parser.add_argument(
        "--figures-only",
        action="store_true",
        help="if TRAINED is already published: only add the figures, and keep all that was fitted",
    )
    parser.add_argument("--device", choices=DEVICES, default="auto", help="where the networks run")


def run(arguments: argparse.Namespace) -> int:
    if arguments.figures_only:
        return _note_figures(arguments)
    from OrthoDiffusionLib.analysis.analyzer import Analyzer
    from OrthoDiffusionLib.bundles import Bundle
    from OrthoDiffusionLib.lab.evaluation.cohorts.adjustment_fitting import adjusted_for_volume
    from OrthoDiffusionLib.lab.evaluation.cohorts.calibration_fitting import score_for_calibration
    from OrthoDiffusionLib.lab.evaluation.cohorts.cohort_run import choose_studies
    from OrthoDiffusionLib.lab.phantom.datasets.cohort import CALIBRATION, cohort_named
    from OrthoDiffusionLib.lab.training.engine.packaging import publish
    from OrthoDiffusionLib.lab.training.engine.published_figures import read_figures
    from OrthoDiffusionLib.lab.training.engine.record import this_command

    bundle = Bundle.open(arguments.bundle)
    cohort = cohort_named(arguments.cohort or f"{bundle.manifest.joint}-{CALIBRATION}")
    # Refused now, not after hours of work.
    for asked in filter(None, (arguments.adjust, arguments.count)):
        choose_studies(len(cohort), asked, None, where=cohort.name)
    read_figures(arguments.figures, bundle.manifest, calibration_cohort=cohort.name)
    # Run again, it takes the adjustment from here and goes on with the study it was stopped at.
    kept, lines = (
        arguments.bundle.with_name(f"{arguments.bundle.name}.{name}")
        for name in ("adjustment.json", "calibration.jsonl")
    )
    with ProgressLine() as progress:
        if arguments.adjust:
            bundle = adjusted_for_volume(
                bundle, cohort, count=arguments.adjust, kept=kept, device=arguments.device, progress=progress
            )
        analyzer = Analyzer(bundle, device=arguments.device)
        scored = score_for_calibration(
            analyzer.study_evidence, bundle, cohort, count=arguments.count, lines=lines, progress=progress
        )
    published = publish(
        bundle,
        arguments.out,
        calibration=scored,
        calibration_cohort=cohort.name,
        figures=arguments.figures,
        refit=arguments.refit,
        version=arguments.version,
        command=this_command(),
    )
    _say(published, arguments.out)
    return 0


def _note_figures(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.bundles import Bundle
    from OrthoDiffusionLib.lab.training.engine.packaging import with_figures
    from OrthoDiffusionLib.lab.training.engine.record import this_command

    if arguments.figures is None:
        raise OrthoDiffusionError("--figures-only needs --figures", remedy="Name the file with --figures.")
    bundle = Bundle.open(arguments.bundle)
    made = with_figures(bundle, arguments.out, arguments.figures, version=arguments.version, command=this_command())
    _say(made, arguments.out)
    return 0


def _say(published: Bundle, out: Path) -> None:
    calibrations = published.manifest.calibration
    assessed = [name for name, calibration in calibrations.items() if calibration.assessable]
    evaluated = any(calibration.evaluated for calibration in calibrations.values())
    why = "none can be distinguished from chance" if evaluated else "none was evaluated"
    print(f"{published.manifest.name} {published.manifest.version} in {out}")
    print(f"It assesses {', '.join(assessed) or f'no finding: {why}'}.")
    reference = published.manifest.training_reference
    if reference is None:
        print("It cannot yet detect studies that are unlike its training: `orthodiffusion reference` adds that.")
