"""Time every stage on the real exam of the sample data, and the networks alone and the original encoders."""

from __future__ import annotations

import argparse
from pathlib import Path

from OrthoDiffusionLib.cli.analyze import add_network, add_side
from OrthoDiffusionLib.cli.numbers import whole_number
from OrthoDiffusionLib.errors import OrthoDiffusionError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "exam",
        nargs="*",
        type=Path,
        metavar="FILES_OR_FOLDERS",
        help="the exam to analyse (default: the one in the sample data)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers to this file")
    parser.add_argument(
        "--repeat",
        type=whole_number(1),
        default=3,
        metavar="N",
        help="number of warm runs; the fastest is shown (default: 3)",
    )
    parser.add_argument(
        "--long-run", type=whole_number(0), metavar="N",
        help="measure memory over N analyses of varied size (with --training: N steps; with --batch: N studies);"
        " 0 for none",
    )  # fmt: skip
    parser.add_argument(
        "--no-original", action="store_true", help="leave out the encoders of the original method, which take long"
    )
    parser.add_argument(
        "--phantom", action="store_true", help="time the generation of digital joints instead, on one core"
    )
    parser.add_argument("--training", action="store_true", help="time training steps instead")
    parser.add_argument(
        "--joint", metavar="NAME", help="joint for --phantom and --training (default: that of the default bundle)"
    )
    parser.add_argument(
        "--batch", action="store_true", help="time batches of copies of the exam and their worker processes"
    )
    parser.add_argument("--panel", action="store_true", help="time the panel of 3D Slicer on its test host instead")
    parser.add_argument("--precision", choices=("auto", "bfloat16", "float32"), default="auto")
    add_side(parser)
    add_network(parser)


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.bundles.catalogue import default_joint

    if arguments.exam and (arguments.panel or arguments.phantom or arguments.training):
        raise OrthoDiffusionError(
            "An exam cannot be combined with --panel, --phantom or --training", remedy="Leave one of them out."
        )
    if arguments.joint and not (arguments.phantom or arguments.training):
        raise OrthoDiffusionError("--joint needs --phantom or --training", remedy="Leave it out, or add one of them.")
    if arguments.panel:
        return _panel()
    if arguments.batch:
        from OrthoDiffusionLib.batch.benchmark import STUDIES, batch_benchmark, batch_table

        numbers = batch_benchmark(
            arguments.exam,
            bundle=arguments.bundle,
            side=arguments.side,
            count=STUDIES * arguments.repeat // 3 or 1,
            long_run=arguments.long_run or 0,
        )
        _write(arguments.json, numbers)
        print(batch_table(numbers))
        return 0
    if arguments.phantom:
        from OrthoDiffusionLib.lab.phantom.datasets.speed import measure_speed, speed_table

        numbers = measure_speed(arguments.joint or default_joint(), repeat=2 * max(1, arguments.repeat))
        _write(arguments.json, numbers)
        print(speed_table(numbers))
        return 0
    if arguments.training:
        from OrthoDiffusionLib.lab.training.engine.recipe import load_recipe
        from OrthoDiffusionLib.lab.training.phantoms.cost import cost_table, training_cost

        watched = {} if arguments.long_run is None else {"long_run": arguments.long_run}
        joint = arguments.joint or default_joint()
        steps = 4 * max(1, arguments.repeat)
        numbers = training_cost(load_recipe(joint), joint=joint, steps=steps, **watched)
        _write(arguments.json, numbers)
        print(cost_table(numbers))
        return 0
    from OrthoDiffusionLib.analysis.benchmark import ANALYSES, benchmark, benchmark_table

    numbers = benchmark(
        arguments.exam,
        bundle=arguments.bundle,
        device=arguments.device,
        precision=arguments.precision,
        side=arguments.side,
        repeat=max(1, arguments.repeat),
        original=not arguments.no_original,
        long_run=ANALYSES if arguments.long_run is None else arguments.long_run,
    )
    _write(arguments.json, numbers)
    print(benchmark_table(numbers))
    return 0


def _write(path: Path | None, numbers: dict) -> None:
    if path is not None:
        import json

        path.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")


def _panel() -> int:
    """The panel's own measurement, which needs the test host of a source tree."""
    import subprocess
    import sys

    from OrthoDiffusionLib.errors import OrthoDiffusionError
    from OrthoDiffusionLib.resources import resource_path

    script = resource_path().parent / "Testing" / "panel" / "benchmark.py"
    if not script.exists():
        raise OrthoDiffusionError(
            "The panel can only be timed from a source tree",
            where=str(script),
            remedy="Clone the repository, run `make test` once, and time it there.",
        )
    return subprocess.run([sys.executable, str(script)], check=False).returncode
