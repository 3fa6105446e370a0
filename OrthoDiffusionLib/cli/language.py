"""The option --language, and the language of a page that is written anew: it stays, unless another is asked for."""

from __future__ import annotations

import argparse
from pathlib import Path

from OrthoDiffusionLib.messages import ENGLISH, LANGUAGES, Language, language_of


def add_language(parser: argparse.ArgumentParser) -> None:
    """For commands that only print."""
    parser.add_argument(
        "--language", choices=LANGUAGES, default=ENGLISH.code, help="of what is printed; data stay English"
    )


def add_page_language(parser: argparse.ArgumentParser) -> None:
    """For commands that write a page; see `page_language`."""
    parser.add_argument(
        "--language", choices=LANGUAGES,
        help="of what is printed and of the page; data stay English (default: that of the page that is written anew, "
        "else English)",
    )  # fmt: skip


def page_language(arguments: argparse.Namespace, page: Path | None = None) -> Language:
    """The language that is asked for; else that of the page which is there and is written anew; else English."""
    if arguments.language is not None:
        return language_of(arguments.language)
    from OrthoDiffusionLib.reports.page_language import language_of_page

    return ENGLISH if page is None else language_of_page(page)
