"""Pictures, pages, texts and rows made of an analysis. What draws is imported only when it draws: a text needs none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.messages import ENGLISH, Language
from OrthoDiffusionLib.volumes import Plane, Study, Volume

if TYPE_CHECKING:
    from PIL.Image import Image


def overview(analysis: Analysis, volumes: Study | Mapping[Plane, Volume], language: Language = ENGLISH) -> Image:
    """One picture of an analysis; see `overview_picture.overview`."""
    from OrthoDiffusionLib.reports import overview_picture

    return overview_picture.overview(analysis, volumes, language)
