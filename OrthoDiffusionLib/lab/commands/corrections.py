"""Corrected outlines: compare them with the prediction, export them for `finetune --table`, and fine-tune on them.

compare   how far a corrected label map is from the prediction in a results folder
export    corrected results folders → a table of cases, with label maps on the grid of each image, before and after
estimate  how long fine-tuning on such a table takes on this computer
learn     fine-tune a bundle on such a table; a run that fails or is stopped leaves nothing behind
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from OrthoDiffusionLib.cli.analyze import DEVICES, add_side
from OrthoDiffusionLib.cli.console import ProgressLine, table
from OrthoDiffusionLib.cli.numbers import whole_number
from OrthoDiffusionLib.errors import OrthoDiffusionError, TrainingError
from OrthoDiffusionLib.progress import ProgressCallback
from OrthoDiffusionLib.service.one_job import do_and_tell

if TYPE_CHECKING:
    from OrthoDiffusionLib.lab.corrections.comparison import StructureChange
    from OrthoDiffusionLib.lab.corrections.corrected_case import CorrectedCase
    from OrthoDiffusionLib.lab.training.tables.short_run import ShortRun

Log = Callable[[str], None]
_SHOWN_CASES = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    compare = actions.add_parser("compare", help="compare a corrected label map with the prediction")
    _add_results(compare)
    export = actions.add_parser("export", help="export corrected results folders as a table of cases")
    _add_results(export)
    export.add_argument("--to", type=Path, required=True, metavar="DIR", help="output folder for the table")
    export.add_argument(
        "--studies",
        type=Path,
        metavar="DIR",
        help="the images: the exam of one results folder, or a folder with one subfolder per case",
    )
    export.add_argument(
        "--reviewed", nargs="+", default=(), metavar="NAME",
        help="structures that are correct as predicted, or all; edited structures are always used for training",
    )  # fmt: skip
    export.add_argument(
        "--worklist", type=Path, metavar="FILE",
        help="instead of RESULTS: the cases of a worklist that have a final version or were completed by a reader",
    )  # fmt: skip
    export.add_argument(
        "--patient",
        metavar="KEY",
        default="",
        help="patient of a single case (default: the DICOM tag or the name of the case)",
    )
    export.add_argument(
        "--reader", metavar="NAME", default="", help="who made the corrections; for a worklist, whose versions to use"
    )
    add_side(export)
    for name, words in (
        ("estimate", "estimate how long fine-tuning takes"),
        ("learn", "fine-tune on a table of cases"),
    ):
        _add_learning(actions.add_parser(name, help=words), name)
    for action in actions.choices.values():
        action.add_argument("--events", action="store_true", help="report every step as JSON lines, for programs")


def _add_results(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "results", nargs="*", type=Path, metavar="RESULTS", help="results folders, each with a corrected.nii.gz"
    )
    parser.add_argument("--corrected", type=Path, metavar="FILE", help="the label map, if it is in another place")
    parser.add_argument(
        "--handed", type=Path, metavar="DIR", help="instead of RESULTS: a folder handed over by the panel"
    )


def _add_learning(parser: argparse.ArgumentParser, name: str) -> None:
    parser.add_argument(
        "table", type=Path, metavar="CSV", help="table written by `corrections export`, or any table of cases"
    )
    parser.add_argument("--bundle", metavar="B", help="the bundle to start from (default: the default bundle)")
    parser.add_argument(
        "--train", choices=("segmentation", "heads", "all"), default="segmentation",
        help="segmentation head; fusion and both heads; all weights (default: segmentation)",
    )  # fmt: skip
    parser.add_argument(
        "--steps", type=whole_number(1), default=120, metavar="N", help="maximum number of steps (default: 120)"
    )
    parser.add_argument("--device", choices=DEVICES, default="auto", help="where the networks run")
    if name == "learn":
        parser.add_argument("--name", required=True, metavar="NAME", help="name of the new bundle")
        parser.add_argument(
            "--keep-in", type=Path, metavar="DIR", help="also copy the bundle into this folder of bundles"
        )


def run(arguments: argparse.Namespace) -> int:
    work, show = {
        "compare": (_compare, _show_comparison),
        "export": (_export, _show_export),
        "estimate": (_estimate, _show_estimate),
        "learn": (_learn, _show_learned),
    }[arguments.action]

    def job(progress: ProgressCallback, log: Log) -> dict[str, Any]:
        return work(arguments, progress, log)

    if arguments.events:
        return do_and_tell(job)
    with ProgressLine() as progress:
        result = job(progress, lambda line: print(line, file=sys.stderr))
    show(result)
    return 0


# -- what is done; every function returns plain data


def _compare(arguments: argparse.Namespace, progress: ProgressCallback, log: Log) -> dict[str, Any]:
    if arguments.handed is not None:
        from OrthoDiffusionLib.lab.corrections.comparison import compare
        from OrthoDiffusionLib.service.handed_correction import read_correction

        handed = read_correction(arguments.handed)
        changes = {s.name: compare(s.before, s.after).as_dict() for s in handed.structures}
        return {"structures": changes}
    from OrthoDiffusionLib.findings import Analysis
    from OrthoDiffusionLib.lab.corrections.results_case import corrected_file, corrected_structures

    (results,) = _named(arguments, just_one=True)
    analysis = Analysis.load(results)
    path = arguments.corrected or corrected_file(results)
    if path is None:
        raise TrainingError("There is no corrected label map", where=str(results), remedy="Give it with --corrected.")
    found = corrected_structures(analysis, path)
    return {"structures": {structure.name: structure.change.as_dict() for structure in found}}


def _export(arguments: argparse.Namespace, progress: ProgressCallback, log: Log) -> dict[str, Any]:
    from OrthoDiffusionLib.lab.corrections.export import export_case

    if arguments.handed is not None:
        return export_case(_handed_case(arguments.handed), arguments.to, progress=progress).as_dict()
    if arguments.worklist is not None:
        return _export_worklist(arguments, progress, log)
    cases = _named(arguments, just_one=bool(arguments.corrected or arguments.patient))
    if arguments.studies is None:
        raise TrainingError("--studies is missing", remedy="Give the folder of the images.")
    done = [export_case(_case(arguments, path, len(cases) == 1), arguments.to, progress=progress) for path in cases]
    return {"table": str(done[0].table), "cases": [one.as_dict() for one in done]}


def _export_worklist(arguments: argparse.Namespace, progress: ProgressCallback, log: Log) -> dict[str, Any]:
    """Every finished case; one that cannot be used is named, and the others go on."""
    from OrthoDiffusionLib.lab.corrections.export import export_case
    from OrthoDiffusionLib.lab.corrections.worklist_cases import cases_of_worklist

    done, left_out = [], {}
    for name, case in cases_of_worklist(arguments.worklist, reader=arguments.reader):
        try:
            if isinstance(case, OrthoDiffusionError):
                raise case
            done.append(export_case(case, arguments.to, progress=progress))
        except OrthoDiffusionError as error:
            left_out[name] = str(error)
            log(f"{name} is left out: {error}")
    if not done:
        raise TrainingError(
            "No case of the worklist can be exported"
            + (f"; the first: {next(iter(left_out.values()))}" if left_out else ""),
            where=str(arguments.worklist),
            remedy="Complete a case, or choose its final version." if not left_out else "",
        )
    return {"table": str(done[0].table), "cases": [one.as_dict() for one in done], "left_out": left_out}


def _named(arguments: argparse.Namespace, *, just_one: bool) -> list[Path]:
    """The results folders that were named; of a folder of them, those with a corrected label map."""
    from OrthoDiffusionLib.lab.corrections.results_case import CORRECTED_FILES, corrected_file

    found: list[Path] = []
    for path in arguments.results:
        if (path / "findings.json").is_file():
            found.append(path)
        elif path.is_dir():
            found += sorted(inner for inner in path.iterdir() if corrected_file(inner) is not None)
    if not found:
        raise TrainingError(
            "No results folder with a corrected label map was given",
            where=", ".join(str(path) for path in arguments.results),
            remedy=f"Save the label map as {CORRECTED_FILES[0]} in its results folder.",
        )
    if just_one and len(found) > 1:
        raise TrainingError(f"Expected one results folder, got {len(found)}", remedy="Give one.")
    return found


def _case(arguments: argparse.Namespace, results: Path, alone: bool) -> CorrectedCase:
    from OrthoDiffusionLib.analysis.study_inputs import read_study
    from OrthoDiffusionLib.findings.records import read_record
    from OrthoDiffusionLib.lab.corrections.results_case import case_of_results

    record = read_record(results)
    images = arguments.studies / results.name
    if alone and not images.exists():
        images = arguments.studies
    study = read_study([images], side=arguments.side or record.study.side, joint=record.study.joint)
    names = [entry.structure.name for entry in record.structures]
    return case_of_results(
        results, study, corrected=arguments.corrected, patient=arguments.patient, reader=arguments.reader,
        reviewed=names if "all" in arguments.reviewed else arguments.reviewed,
    )  # fmt: skip


def _handed_case(folder: Path) -> CorrectedCase:
    """The case that the panel has handed over."""
    from OrthoDiffusionLib.anatomy import Side, joint
    from OrthoDiffusionLib.findings.records import BundleRecord
    from OrthoDiffusionLib.lab.corrections.corrected_case import CorrectedCase, CorrectedStructure
    from OrthoDiffusionLib.service.handed_correction import STUDY_FOLDER, read_correction
    from OrthoDiffusionLib.volumes.files.study_folder import read_study_folder

    handed = read_correction(folder)
    facts = handed.facts
    study = read_study_folder(folder / STUDY_FOLDER, joint=joint(facts["joint"]))
    if handed.grid is None:
        raise TrainingError("The grid of the prediction is missing", where=str(folder), remedy="Export again.")
    return CorrectedCase(
        name=facts["name"],
        patient=facts["patient"],
        joint=facts["joint"],
        side=Side.from_text(facts["side"]),
        volumes=study.planes,
        structures=tuple(CorrectedStructure(s.name, s.label, s.before, s.after, s.reviewed) for s in handed.structures),
        grid=handed.grid,
        bundle=BundleRecord(**facts["bundle"]),
        predicted=facts["predicted"],
        reader=facts["reader"],
    )


def _run_of(arguments: argparse.Namespace) -> ShortRun:
    from OrthoDiffusionLib.analysis.study_inputs import open_bundle
    from OrthoDiffusionLib.lab.training.tables.short_run import ShortRun

    name = getattr(arguments, "name", "estimate")
    start = open_bundle(arguments.bundle)
    return ShortRun(arguments.table, start, name, arguments.train, arguments.steps, arguments.device)


def _estimate(arguments: argparse.Namespace, progress: ProgressCallback, log: Log) -> dict[str, Any]:
    from OrthoDiffusionLib.lab.training.tables.run_time import run_time

    return run_time(_run_of(arguments), progress=progress).as_dict()


def _learn(arguments: argparse.Namespace, progress: ProgressCallback, log: Log) -> dict[str, Any]:
    from OrthoDiffusionLib.lab.training.engine.record import this_command
    from OrthoDiffusionLib.lab.training.tables.short_run import learn

    run = _run_of(arguments)
    return learn(run, keep_in=arguments.keep_in, command=this_command(), progress=progress, log=log).as_dict()


# -- what a person reads


def _show_comparison(result: dict[str, Any]) -> None:
    from OrthoDiffusionLib.lab.corrections.comparison import StructureChange

    rows = [("", "edited", "Dice", "mean mm", "95 % mm", "before mL", "after mL")]
    for name, content in result["structures"].items():
        rows.append((name, *_cells(StructureChange.from_dict(content))))
    print(table(rows, indent=""))


def _cells(change: StructureChange) -> tuple[str, ...]:
    numbers = (change.dice, change.mean_mm, change.hd95_mm, change.before_ml, change.after_ml)
    digits = (3, 2, 2, 2, 2)
    shown = ("–" if value is None else f"{value:.{n}f}" for value, n in zip(numbers, digits, strict=True))
    return ("yes" if change.changed else "no", *shown)


def _show_export(result: dict[str, Any]) -> None:
    for one in result.get("cases", [result]):
        word = "updated" if one["updated"] else "added"
        edited = len(one["edited"])
        structures = "structure" if edited == 1 else "structures"
        print(f"{one['case']} {word}: {edited} {structures} edited, {len(one['covered'])} used for training")
    for name, why in result.get("left_out", {}).items():
        print(f"{name} is left out: {why}")
    print(f"Table for `orthodiffusion finetune --table`: {result['table']}")


def _show_estimate(result: dict[str, Any]) -> None:
    print(
        f"At most {_minutes(result['seconds_this_table'])} for the {result['cases']} cases of this table,"
        f" {_minutes(result['seconds_ten_cases'])} for {_SHOWN_CASES} cases, with {result['steps']} steps on"
        f" {result['device']}. Measured on this computer just now: {result['step']:.1f} s per step,"
        f" {result['prepare']:.1f} s to prepare a case, {result['analyze']:.1f} s to evaluate one."
    )


def _minutes(seconds: float) -> str:
    return f"{max(1, round(seconds / 60))} min"


def _show_learned(result: dict[str, Any]) -> None:
    print(f"{result['name']} {result['version']} in {result['bundle']}")
    if result["best_step"] == 0:
        print("Validation never improved: the new bundle has the same weights as the one it started from.")
    for name, value in result["dice"].items():
        earlier = result["dice_before"].get(name)
        before = f" (before {earlier:.3f})" if earlier is not None else ""
        print(f"  {name}: Dice {value:.3f}{before} on the held-out cases of the table")
    if result["skipped"]:
        print(f"{len(result['skipped'])} cases were left out; {result['folder']}/skipped.csv gives the reasons.")
