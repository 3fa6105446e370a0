"""The page of a results folder as its findings.json is now, with the picture that lies beside it."""

from __future__ import annotations

from pathlib import Path

from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.findings import ResultsRecord
from OrthoDiffusionLib.messages import ENGLISH, Language, Message
from OrthoDiffusionLib.reports.html_report import Picture, html_report, jpeg


def results_page(
    folder: Path, record: ResultsRecord, *, prior: ResultsRecord | None = None, language: Language = ENGLISH
) -> str:
    """The page's HTML.

    Args:
        folder: of the results, for the picture.
        record: what its findings.json says.
        prior: of an earlier exam, to compare with.

    Raises:
        OutputError: if the picture is there and cannot be read.
    """
    pictures = _pictures(folder / "overview.png", language)
    return html_report(record, pictures=pictures, prior=prior, language=language)


def _pictures(path: Path, language: Language) -> list[Picture]:
    """The picture of a results folder; none if it was made without."""
    from PIL import Image

    if not path.is_file():
        return []
    try:
        return [jpeg(Image.open(path).convert("RGB"), language)]
    except OSError as error:
        raise OutputError(Message("results", "overview_unreadable"), where=str(path)) from error
