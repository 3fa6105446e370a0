"""Show what a bundle predicts for an exam without ground truth: slices, agreement of the planes, sizes.

Without ground truth, this does not measure accuracy.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from OrthoDiffusionLib.cli.analyze import add_network, add_side
from OrthoDiffusionLib.cli.console import ProgressLine
from OrthoDiffusionLib.progress import part_of, report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("inputs", nargs="+", type=Path, metavar="FILES_OR_FOLDERS", help="the exam, as for analyze")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="output folder for pictures and tables")
    parser.add_argument("--every", type=int, default=2, metavar="N", help="show every N-th slice (default: 2)")
    add_side(parser)
    add_network(parser)


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.analysis.bundle_of_inputs import bundle_for
    from OrthoDiffusionLib.analysis.study_inputs import read_study

    bundle = bundle_for(arguments.inputs, arguments.bundle)
    study = read_study(arguments.inputs, side=arguments.side, joint=bundle.manifest.as_joint())
    from OrthoDiffusionLib.analysis.analyzer import Analyzer
    from OrthoDiffusionLib.lab.evaluation.real_exams.agreement import real_exam_proxies
    from OrthoDiffusionLib.reports.contact_sheet import contact_sheet

    analyzer = Analyzer(bundle, device=arguments.device)
    arguments.out.mkdir(parents=True, exist_ok=True)
    with ProgressLine() as progress:
        analysis = analyzer.analyze(study, progress=part_of(progress, 0.0, 0.3))
        if study.side is None and analysis.study.side is not None:
            study = study.with_side(analysis.study.side, "anatomy")
        axes = study.joint.axes_of(study.side)
        for plane, volume in study.planes.items():
            report(progress, "draw", 0.35, f"Drawing the {plane.value} slices")
            sheet = contact_sheet(volume, plane, analysis.segmentation, every=arguments.every, axes=axes)
            sheet.save(arguments.out / f"{plane.value}.jpg", quality=88)
        proxies = real_exam_proxies(analyzer, study, progress=part_of(progress, 0.4, 1.0))
    (arguments.out / "proxies.md").write_text(proxies.markdown() + "\n", encoding="utf-8")
    (arguments.out / "proxies.json").write_text(json.dumps(proxies.as_dict(), indent=1) + "\n", encoding="utf-8")
    print(proxies.markdown())
    return 0
