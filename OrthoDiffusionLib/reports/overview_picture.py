"""The overview: one picture of an analysis, made to be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image, ImageDraw

from OrthoDiffusionLib.anatomy import Structure
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.findings.plausibility import is_usable
from OrthoDiffusionLib.messages import ENGLISH, Language, Message, title_of, word_of
from OrthoDiffusionLib.reports.findings_chart import draw_findings
from OrthoDiffusionLib.reports.slice_panel import legend_width, slice_panel
from OrthoDiffusionLib.reports.surface import (
    ANTEROLATERAL,
    POSTEROMEDIAL,
    surface_picture,
    surface_points,
)
from OrthoDiffusionLib.reports.theme import (
    ACCENT,
    BACKGROUND,
    FAINT,
    LINE,
    PANEL,
    QUIET,
    TEXT,
    shortened,
    text_width,
    write,
)
from OrthoDiffusionLib.reports.wording import joint_title, named, side_source, sorted_findings, with_unit
from OrthoDiffusionLib.volumes import Plane, Study, Volume

SIZE = (1800, 1256)
_MARGIN, _GAP = 24, 12
_HEAD = 84
_SLICES_HEIGHT = 560
_LEGEND_HEIGHT, _LEGEND_ROW, _LEGEND_SIZE = 62, 24, 14
_CAPTION_HEIGHT = 36
_FOOT = 44
_SURFACE_WIDTH = 384


def overview(analysis: Analysis, volumes: Study | Mapping[Plane, Volume], language: Language = ENGLISH) -> Image.Image:
    """Draws slices of the three planes with outlines, the structures in 3D, and the findings.

    Args:
        analysis: what to show.
        volumes: the study that was analysed, or its volumes by plane.
        language: of the words.

    Returns:
        RGB, 1800 × 1256 pixels.
    """
    planes = volumes.planes if isinstance(volumes, Study) else volumes
    image = Image.new("RGB", SIZE, BACKGROUND)
    draw = ImageDraw.Draw(image)
    numbers = _numbers(analysis)
    width = SIZE[0] - 2 * _MARGIN
    _header(draw, analysis, language)

    panel = ((width - 2 * _GAP) // 3, _SLICES_HEIGHT)
    for n, plane in enumerate(Plane):
        picture = slice_panel(analysis, planes.get(plane), plane, panel, numbers, language)
        image.paste(picture, (_MARGIN + n * (panel[0] + _GAP), _HEAD))
    y = _HEAD + _SLICES_HEIGHT
    _legend(draw, analysis, language)

    y += _legend_height(analysis, language)
    size = (_SURFACE_WIDTH, SIZE[1] - y - _FOOT)
    points = surface_points(analysis.segmentation)
    x = _MARGIN
    for viewpoint in (ANTEROLATERAL, POSTEROMEDIAL):
        draw.rectangle([x, y, x + size[0] - 1, y + size[1] - 1], fill=PANEL)
        below = (size[0], size[1] - _CAPTION_HEIGHT)
        picture = surface_picture(analysis.segmentation, viewpoint, below, side=analysis.study.side, points=points)
        image.paste(picture, (x, y + _CAPTION_HEIGHT))
        write(draw, (x + 14, y + 26), title_of(viewpoint.name, language), 15, QUIET)
        if len(points.ras) == 0:
            write(draw, (x + size[0] / 2, y + size[1] / 2), title_of("no_structures", language), 18, FAINT, anchor="mm")
        x += _SURFACE_WIDTH + _GAP
    _table(draw, analysis, language, quote_notices=True)
    _footer(draw, language)
    return image


def without_names(picture: Image.Image, analysis: Analysis, language: Language = ENGLISH) -> Image.Image:
    """A copy of an overview that names no series and no time, for others than who has the exam.

    A series' description is free text, and what is drawn into a picture can no longer be removed from it. It stands in
    the heading, and notices may quote it.
    """
    copy = picture.copy()
    draw = ImageDraw.Draw(copy)
    draw.rectangle([0, 0, SIZE[0], _HEAD - 1], fill=BACKGROUND)
    _heading(draw, analysis, language)
    _table(draw, analysis, language, quote_notices=False)
    return copy


def _numbers(analysis: Analysis) -> dict[str, int]:
    """Name of each assessed finding -> its number in panels and table."""
    assessed = [finding for finding in sorted_findings(analysis) if finding.assessed]
    return {finding.name: number for number, finding in enumerate(assessed, 1)}


def _table(draw: ImageDraw.ImageDraw, analysis: Analysis, language: Language, *, quote_notices: bool) -> None:
    left = _MARGIN + 2 * (_SURFACE_WIDTH + _GAP)
    top = _HEAD + _SLICES_HEIGHT + _legend_height(analysis, language)
    right, bottom = SIZE[0] - _MARGIN, SIZE[1] - _FOOT
    draw.rectangle([left, top, right, bottom - 1], fill=PANEL)
    box = (left + 16, top + 8, right - 18, bottom - 8)
    draw_findings(draw, box, analysis, _numbers(analysis), language, quote_notices)


def _header(draw: ImageDraw.ImageDraw, analysis: Analysis, language: Language) -> None:
    _heading(draw, analysis, language)
    right = SIZE[0] - _MARGIN
    write(draw, (right, 64), analysis.created.replace("T", " "), 15, FAINT, anchor="rs")
    used = " · ".join(f"{word_of(plane, language)} {name}" for plane, name in analysis.study.planes.items())
    missing = [plane.value for plane in Plane if plane.value not in analysis.study.planes]
    words = Message("picture", "planes", {"planes": used}).words(language).what
    if missing:
        words += f" · {Message('picture', 'without', {'planes': missing}).words(language).what}"
    write(draw, (_MARGIN, 70), shortened(words, 16, right - 260 - _MARGIN), 16, QUIET)


def _heading(draw: ImageDraw.ImageDraw, analysis: Analysis, language: Language) -> None:
    right = SIZE[0] - _MARGIN
    title = joint_title(analysis, language)
    write(draw, (_MARGIN, 42), title, 32, TEXT)
    write(draw, (_MARGIN + text_width(title, 32) + 16, 42), side_source(analysis, language), 18, QUIET)
    about = f"OrthoDiffusion · {word_of('bundle', language)} {analysis.bundle.name} {analysis.bundle.version}"
    write(draw, (right, 36), about, 18, QUIET, anchor="rs")
    if not is_usable(analysis.notices):
        words = title_of("picture_do_not_rely", language)
        write(draw, (SIZE[0] / 2, 44), words, 22, ACCENT, anchor="ms")


@dataclass(frozen=True)
class _LegendEntry:
    """One word of the legend: where it begins, in which row, and of which structure; of none: a heading."""

    x: float
    row: int
    words: str
    structure: Structure | None = None


def _legend_entries(analysis: Analysis, language: Language) -> list[_LegendEntry]:
    """The structures that were found, with volumes of those that are complete; auxiliary ones last."""
    segmentation = analysis.segmentation
    x, row, right = float(_MARGIN), 0, SIZE[0] - _MARGIN
    entries: list[_LegendEntry] = []
    found = [s for s in segmentation.structures if segmentation.is_found(s.name)]
    heading = f"{word_of('auxiliary_ones', language)}:"
    for structure in sorted(found, key=lambda s: s.auxiliary):
        words = named(structure.name, structure.title, language)
        if segmentation.complete(structure.name):
            words += f" {with_unit(segmentation.volume_ml(structure.name), 'mL', language)}"
        width = legend_width(words, _LEGEND_SIZE)
        is_first = structure.auxiliary and not any(entry.structure is None for entry in entries)
        before = text_width(heading, _LEGEND_SIZE) + 14 if is_first else 0.0
        if x + before + width - 22 > right:
            x, row = float(_MARGIN), row + 1
        if is_first:
            entries.append(_LegendEntry(x, row, heading))
        entries.append(_LegendEntry(x + before, row, words, structure))
        x += before + width
    return entries


def _legend_height(analysis: Analysis, language: Language) -> int:
    """Pixels; two rows at least. What lies below is lower by every further one, so that no structure goes unnamed."""
    rows = max((entry.row for entry in _legend_entries(analysis, language)), default=0) + 1
    return _LEGEND_HEIGHT + max(rows - 2, 0) * _LEGEND_ROW


def _legend(draw: ImageDraw.ImageDraw, analysis: Analysis, language: Language) -> None:
    for entry in _legend_entries(analysis, language):
        x, y = entry.x, _HEAD + _SLICES_HEIGHT + 26 + entry.row * _LEGEND_ROW
        if entry.structure is None:
            write(draw, (x, y), entry.words, _LEGEND_SIZE, FAINT)
            continue
        draw.rounded_rectangle([x, y - 12, x + 13, y + 1], 3, fill=entry.structure.colour)
        write(draw, (x + 20, y), entry.words, _LEGEND_SIZE, FAINT if entry.structure.auxiliary else QUIET)


def _footer(draw: ImageDraw.ImageDraw, language: Language) -> None:
    y = SIZE[1] - 16
    draw.line([(_MARGIN, y - 22), (SIZE[0] - _MARGIN, y - 22)], fill=LINE, width=1)
    write(draw, (_MARGIN, y), title_of("picture_footer", language), 16, TEXT)
    words = title_of("picture_estimates", language)
    write(draw, (SIZE[0] - _MARGIN, y), words, 15, FAINT, anchor="rs")
