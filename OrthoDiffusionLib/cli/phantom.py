"""Make digital knees with known truth: to train on, to open as ordinary studies, or as a page to look at."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "make digital joints with known truth, to train on or to look at"

FORMATS = ("training", "nifti", "dicom")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder; it can grow by later runs")
    parser.add_argument("--count", type=int, default=1, metavar="N", help="how many studies")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the first study; the others follow")
    parser.add_argument("--anatomy", default="mixed", help="mixed, procedural, or the name of an atlas")
    parser.add_argument("--joint", default="knee", choices=("knee",))
    parser.add_argument(
        "--format",
        default="training",
        choices=FORMATS,
        help="training: compact files for pretrain and finetune; nifti, dicom: pictures with their truth",
    )
    parser.add_argument(
        "--part", default="1/1", metavar="K/N", help="training: make every N-th study, the K-th of them"
    )
    pictures = parser.add_argument_group("pictures (--format nifti or dicom)")
    pictures.add_argument("--centre", default="clinic_15t_a", help="where they are taken; a wrong name lists them all")
    pictures.add_argument("--side", choices=("right", "left"), help="drawn for each study if not given")
    pictures.add_argument("--prevalence", type=float, default=0.3, metavar="P", help="chance of each abnormality")
    pictures.add_argument(
        "--missing-plane", type=float, default=0.0, metavar="P", help="chance that a study lacks one plane"
    )
    parser.add_argument("--gallery", action="store_true", help="write only DIR/gallery.html, a page of pictures")


def run(arguments: argparse.Namespace) -> int:
    part, parts = _part(arguments.part)
    if arguments.gallery:
        return _gallery(arguments)
    if arguments.format != "training":
        return _pictures(arguments)
    from OrthoDiffusionLib.phantom.shards import write_shards

    written = write_shards(
        arguments.out,
        arguments.count,
        arguments.seed,
        part=part,
        parts=parts,
        anatomy=arguments.anatomy,
        joint=arguments.joint,
    )
    print(f"{written} studies written to {arguments.out}")
    return 0


def _gallery(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.phantom.gallery import write_gallery

    arguments.out.mkdir(parents=True, exist_ok=True)
    print(f"Gallery written to {write_gallery(arguments.out / 'gallery.html', seed=arguments.seed)}")
    return 0


def _pictures(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.anatomy import Side
    from OrthoDiffusionLib.phantom.study_files import write_studies

    folders = write_studies(
        arguments.out,
        arguments.count,
        seed=arguments.seed,
        centre=arguments.centre,
        joint=arguments.joint,
        side=Side(arguments.side) if arguments.side else None,
        anatomy=arguments.anatomy,
        prevalence=arguments.prevalence,
        missing_plane=arguments.missing_plane,
        dicom=arguments.format == "dicom",
    )
    print(f"{len(folders)} studies and findings.csv are in {arguments.out}")
    return 0


def _part(text: str) -> tuple[int, int]:
    from OrthoDiffusionLib.errors import TrainingError

    part, slash, parts = text.partition("/")
    if slash and part.isdigit() and parts.isdigit() and 1 <= int(part) <= int(parts):
        return int(part), int(parts)
    raise TrainingError(f"--part must be K/N with K from 1 to N, got {text} instead", remedy="For example --part 1/2.")
