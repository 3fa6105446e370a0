"""Analyse the MR series of one joint: outlines, volumes and the probability of each finding, in one results folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from OrthoDiffusionLib.cli.console import ProgressLine
from OrthoDiffusionLib.cli.language import add_page_language, page_language
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.progress import part_of, report
from OrthoDiffusionLib.service.protocol import DEVICES

PLANES = ("sagittal", "coronal", "axial")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "inputs",
        nargs="*",
        type=Path,
        metavar="FILES_OR_FOLDERS",
        help="NIfTI, NRRD or MetaImage files, DICOM files, or folders of them; planes are recognised",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the results folder to make")
    for plane in PLANES:
        parser.add_argument(
            f"--{plane}", type=Path, metavar="F", action="append", help=f"the file or series to use as the {plane} one"
        )
    add_side(parser)
    referral = parser.add_argument_group(
        "what the referral says, for bundles that learned from it; all may be left out"
    )
    referral.add_argument("--age", metavar="YEARS", help="age in years")
    referral.add_argument("--sex", metavar="SEX", help="female or male")
    referral.add_argument("--trauma", metavar="YES_OR_NO", help="whether an injury came before")
    add_network(parser)
    add_joint(parser, otherwise="that of the bundle; of several, the one that the images show")
    add_page_language(parser)
    parser.add_argument("--overwrite", action="store_true", help="replace a results folder that is there already")
    parser.add_argument(
        "--on-inputs", action="store_true", help="write the labels on the grid of every input volume as well"
    )
    add_dicom(parser)
    parser.add_argument("--json", action="store_true", help="print findings.json on standard output")


def add_side(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--side",
        choices=("right", "left"),
        type=str.lower,
        help="which side (default: from the DICOM tag or the anatomy)",
    )


def add_dicom(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dicom",
        action="store_true",
        help="write DICOM objects as well (segmentations, report, picture), for series that come from DICOM files",
    )


def add_network(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--bundle", metavar="B", help="a bundle's folder or name (default: the default bundle of the joint)"
    )
    parser.add_argument("--device", choices=DEVICES, default="auto", help="where the networks run")


def add_joint(parser: argparse.ArgumentParser, *, otherwise: str) -> None:
    parser.add_argument(
        "--joint", metavar="NAME", type=str.lower, help=f"which joint, e.g. ankle (default: {otherwise})"
    )


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.analysis.shown_joint import bundle_before_reading, bundle_of_images
    from OrthoDiffusionLib.analysis.study_inputs import StudyFiles
    from OrthoDiffusionLib.findings.analysis import REPORT_PAGE, check_results_folder

    check_results_folder(arguments.out, overwrite=arguments.overwrite)
    by_plane = {plane: paths for plane in PLANES if (paths := getattr(arguments, plane))}
    language = page_language(arguments, arguments.out / REPORT_PAGE)
    with ProgressLine(language=language) as progress:
        report(progress, "read", 0.0, Message("progress", "read"))
        bundle = bundle_before_reading(arguments.bundle, arguments.joint)
        noticed: tuple = ()  # how the joint is known, where the images say it
        files = StudyFiles.read(arguments.inputs, by_plane=by_plane)
        if bundle is None:
            bundle, noticed = bundle_of_images(files.everything, paths=files.paths)
        study = files.study(side=arguments.side, joint=bundle.manifest.as_joint(), noticed=noticed)
        if arguments.dicom:
            from OrthoDiffusionLib.dicom_objects import DicomObjects

            DicomObjects.of(study)  # refused now, not after the networks are loaded
        report(progress, "load", 0.03, Message("progress", "load_bundle", {"bundle": bundle.manifest.name}))
        from OrthoDiffusionLib.analysis.analysis_run import Outputs, analyze_to_folder, open_analyzer
        from OrthoDiffusionLib.heads.clinical import COLUMNS

        analyzer = open_analyzer(bundle, device=arguments.device)
        analysis = analyze_to_folder(
            study,
            arguments.out,
            analyzer=analyzer,
            outputs=Outputs(
                overwrite=arguments.overwrite,
                on_inputs=arguments.on_inputs,
                dicom=arguments.dicom,
                language=language,
            ),
            clinical={name: value for name in COLUMNS if (value := getattr(arguments, name)) is not None},
            progress=part_of(progress, 0.1, 1.0),
        )
    if arguments.json:
        sys.stdout.write((arguments.out / "findings.json").read_text(encoding="utf-8"))
    else:
        from OrthoDiffusionLib.cli.summary import summary
        from OrthoDiffusionLib.volumes.selection.two_joints import one_joint

        print(summary(analysis, one_joint(study), arguments.out, language=language))
    return 0
