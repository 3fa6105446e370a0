"""Write one page about a results folder, to be read without 3D Slicer: findings, structures, warnings, overview."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("results", type=Path, metavar="RESULTS", help="a results folder of `analyze` or `batch`")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="the page to write; else RESULTS.html beside the folder"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a page that is there already")


def run(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.errors import OutputError
    from OrthoDiffusionLib.findings import Analysis
    from OrthoDiffusionLib.reports.html_report import html_report
    from OrthoDiffusionLib.volumes.files.atomic import write_text

    folder = arguments.results.resolve()
    page = arguments.out or folder.with_name(f"{folder.name}.html")
    if page.exists() and not arguments.overwrite:
        raise OutputError(
            "The page is there already", where=str(page), remedy="Choose another name, or add --overwrite."
        )
    analysis = Analysis.load(folder)
    write_text(page, html_report(analysis, picture=_overview(folder / "overview.png")))
    print(page)
    return 0


def _overview(path: Path) -> Image.Image | None:
    """The picture of a results folder, None if it was made without."""
    from PIL import Image

    from OrthoDiffusionLib.errors import OutputError

    if not path.is_file():
        return None
    try:
        return Image.open(path).convert("RGB")
    except OSError as error:
        raise OutputError("The overview cannot be read", where=str(path), remedy="Analyse the study again.") from error
