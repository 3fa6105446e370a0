"""Add to a bundle what it needs to detect studies that are unlike its training; its weights stay unchanged."""

from __future__ import annotations

import argparse
from pathlib import Path

from OrthoDiffusionLib.cli.analyze import DEVICES
from OrthoDiffusionLib.cli.console import ProgressLine
from OrthoDiffusionLib.cli.numbers import whole_number


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="the bundle, published or not")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder of the new bundle; an existing one is replaced"
    )
    parser.add_argument(
        "--cohort", metavar="NAME", help="cohort of unaltered studies (default: the calibration cohort of its joint)"
    )
    parser.add_argument(
        "--count", type=whole_number(8), default=100, metavar="N", help="use the first N studies (default: 100)"
    )
    parser.add_argument("--version", metavar="WORDS", help="version of the new bundle (default: that of BUNDLE)")
    parser.add_argument("--device", choices=DEVICES, default="auto", help="where the encoders run")


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.bundles import Bundle
    from OrthoDiffusionLib.lab.evaluation.cohorts.reference_fitting import fit_reference, observe_cohort
    from OrthoDiffusionLib.lab.phantom.datasets.cohort import CALIBRATION, cohort_named
    from OrthoDiffusionLib.lab.training.engine.packaging import with_reference
    from OrthoDiffusionLib.lab.training.engine.record import this_command

    bundle = Bundle.open(arguments.bundle)
    cohort = cohort_named(arguments.cohort or f"{bundle.manifest.joint}-{CALIBRATION}")
    # Run again, it goes on with the study it was stopped at.
    lines = arguments.out.with_name(f"{arguments.out.name}.reference.jsonl")
    lines.parent.mkdir(parents=True, exist_ok=True)
    with ProgressLine() as progress:
        observations = observe_cohort(
            bundle, cohort, count=arguments.count, lines=lines, device=arguments.device, progress=progress
        )
    patients = [cohort.patient(number) for number in range(len(observations))]
    reference, tensors = fit_reference(observations, cohort=cohort.name, patients=patients)
    made = with_reference(bundle, arguments.out, reference, tensors, version=arguments.version, command=this_command())
    print(f"{made.manifest.name} {made.manifest.version} in {arguments.out}")
    print(f"It can now detect studies that are unlike the {len(observations)} studies of {cohort.name}.")
    return 0
