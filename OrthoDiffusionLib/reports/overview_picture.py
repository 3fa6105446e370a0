"""The overview: one picture of an analysis, made to be looked at."""

from __future__ import annotations

from collections.abc import Mapping

from PIL import Image, ImageDraw

from OrthoDiffusionLib.findings import Analysis
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
_LEGEND_HEIGHT = 62
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
    _legend(draw, (_MARGIN, y, SIZE[0] - _MARGIN), analysis, language)

    y += _LEGEND_HEIGHT
    size = (_SURFACE_WIDTH, SIZE[1] - y - _FOOT)
    points = surface_points(analysis.segmentation)
    x = _MARGIN
    for viewpoint in (ANTEROLATERAL, POSTEROMEDIAL):
        picture = surface_picture(analysis.segmentation, viewpoint, size, side=analysis.study.side, points=points)
        image.paste(picture, (x, y))
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
    left, top = _MARGIN + 2 * (_SURFACE_WIDTH + _GAP), _HEAD + _SLICES_HEIGHT + _LEGEND_HEIGHT
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


def _legend(draw: ImageDraw.ImageDraw, span: tuple[int, int, int], analysis: Analysis, language: Language) -> None:
    """Colours of the structures that were found; volumes of those that are complete; auxiliary ones last."""
    left, top, right = span
    segmentation = analysis.segmentation
    x: float = left
    y: float = top + 26
    found = [s for s in segmentation.structures if segmentation.is_found(s.name)]
    said, auxiliary = False, f"{word_of('auxiliary', language)}:"
    for structure in sorted(found, key=lambda s: s.auxiliary):
        words = named(structure.name, structure.title, language)
        if structure.auxiliary and not said:
            said = True
            if x + text_width(auxiliary, 14) + 14 + legend_width(words, 14) > right:
                x, y = left, y + 24
            write(draw, (x, y), auxiliary, 14, FAINT)
            x += text_width(auxiliary, 14) + 14
        if segmentation.complete(structure.name):
            words += f" {with_unit(segmentation.volume_ml(structure.name), 'mL', language)}"
        colour = FAINT if structure.auxiliary else QUIET
        if x + legend_width(words, 14) - 22 > right:
            x, y = left, y + 24
        draw.rounded_rectangle([x, y - 12, x + 13, y + 1], 3, fill=structure.colour)
        write(draw, (x + 20, y), words, 14, colour)
        x += legend_width(words, 14)


def _footer(draw: ImageDraw.ImageDraw, language: Language) -> None:
    y = SIZE[1] - 16
    draw.line([(_MARGIN, y - 22), (SIZE[0] - _MARGIN, y - 22)], fill=LINE, width=1)
    write(draw, (_MARGIN, y), title_of("picture_footer", language), 16, TEXT)
    words = title_of("picture_estimates", language)
    write(draw, (SIZE[0] - _MARGIN, y), words, 15, FAINT, anchor="rs")
