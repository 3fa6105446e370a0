"""The findings as a table of bars: probability, each plane's own probability, and what was not assessed."""

from __future__ import annotations

from collections.abc import Mapping

from PIL import ImageDraw

from OrthoDiffusionLib.findings import Analysis, Finding
from OrthoDiffusionLib.findings.finding import DISAGREEMENT
from OrthoDiffusionLib.messages import ENGLISH, Language, Message, number_of, title_of, word_of
from OrthoDiffusionLib.reports.slice_panel import marked_findings, number_badge
from OrthoDiffusionLib.reports.theme import (
    ACCENT,
    BAR,
    FAINT,
    LINE,
    QUIET,
    TEXT,
    Colour,
    fitted,
    shortened,
    text_width,
    wrapped,
    write,
)
from OrthoDiffusionLib.reports.wording import (
    finding_title,
    not_assessed,
    sorted_findings,
    thickness_words,
)
from OrthoDiffusionLib.volumes import Plane

_HEAD = 58
_LARGEST_ROW = 42
_FOOT_LINES = 4
_FOOT_LINE = 24
_MOST_NAMED = 8

_PLANE_SHORT = {Plane.SAGITTAL: "short_sagittal", Plane.CORONAL: "short_coronal", Plane.AXIAL: "short_axial"}


def draw_findings(
    draw: ImageDraw.ImageDraw,
    box: tuple[int, int, int, int],
    analysis: Analysis,
    numbers: Mapping[str, int],
    language: Language = ENGLISH,
    quote_notices: bool = True,
) -> None:
    """Draws the table into a box.

    Args:
        draw: onto the picture.
        box: (left, top, right, bottom).
        analysis: whose findings.
        numbers: finding's name -> number, as in the panels.
        language: of the words.
        quote_notices: whether notices are quoted, which may name a series; else they are counted.
    """
    left, top, right, bottom = box
    title_at = left + 34
    planes_at = [right - 46 * (len(Plane) - 1 - n) for n in range(len(Plane))]
    number_at = planes_at[0] - 70
    bar = (left + 370, number_at - 66)
    write(draw, (left, top + 24), title_of("findings", language), 20)
    write(draw, (bar[0], top + 24), word_of("probability", language), 15, QUIET)
    _key(draw, (bar[0] + text_width(word_of("probability", language), 15) + 18, top + 24), language)
    write(draw, (number_at, top + 24), word_of("fused", language), 15, QUIET, anchor="rs")
    for plane, x in zip(Plane, planes_at, strict=True):
        write(draw, (x, top + 24), word_of(_PLANE_SHORT[plane], language), 15, QUIET, anchor="rs")

    findings = sorted_findings(analysis)
    marked = {finding.name for finding in marked_findings(analysis)}
    height = bottom - top - _HEAD - _FOOT_LINES * _FOOT_LINE - 10
    row = min(_LARGEST_ROW, height // max(1, len(findings)))
    y = top + _HEAD
    for finding in findings:
        colour = TEXT if finding.assessed else FAINT
        filled = ACCENT if finding.name in marked else BAR
        if finding.name in numbers:
            number_badge(draw, (left + 11, y - 6), numbers[finding.name], filled)
        title, size = fitted(finding_title(finding.name, language), (18, 16), bar[0] - title_at - 14)
        write(draw, (title_at, y), title, size, colour)
        if finding.probability is not None:
            _bar(draw, bar, y, finding, finding.probability, filled)
            write(draw, (number_at, y), number_of(finding.probability, ".2f", language), 18, colour, anchor="rs")
            _planes(draw, planes_at, y, finding, language)
        else:
            write(draw, (bar[0], y), shortened(not_assessed(finding, language), 15, right - bar[0]), 15, FAINT)
        y += row
    foot = bottom - _FOOT_LINES * _FOOT_LINE
    draw.line([(left, foot - 14), (right, foot - 14)], fill=LINE, width=1)
    _foot(draw, (left, foot + 10, right), analysis, language, quote_notices)


def _bar(
    draw: ImageDraw.ImageDraw, span: tuple[int, int], y: float, finding: Finding, probability: float, colour: Colour
) -> None:
    """The fused probability as a bar, each plane's own as a tick, the operating point as a dotted line."""
    left, right = span
    width = right - left
    top, bottom = y - 13, y - 1
    draw.rounded_rectangle([left, top, right, bottom], 4, fill=LINE)
    end = left + max(4.0, width * probability)
    draw.rounded_rectangle([left, top, end, bottom], 4, fill=colour)
    if finding.operating_point is not None:
        _dotted(draw, left + width * finding.operating_point.threshold, (int(top) - 3, int(bottom) + 4))
    for value in finding.by_plane.values():
        x = left + width * value
        draw.line([(x, top - 3), (x, bottom + 3)], fill=TEXT, width=2)


def _planes(draw: ImageDraw.ImageDraw, at: list[int], y: float, finding: Finding, language: Language) -> None:
    """Each plane's own probability, in another colour where they disagree."""
    tone = ACCENT if finding.disagreement >= DISAGREEMENT else QUIET
    for plane, x in zip(Plane, at, strict=True):
        value = finding.by_plane.get(plane.value)
        words = "-" if value is None else number_of(value, ".2f", language)
        write(draw, (x, y), words, 15, FAINT if value is None else tone, anchor="rs")


def _dotted(draw: ImageDraw.ImageDraw, x: float, span: tuple[int, int]) -> None:
    for step in range(*span, 4):
        draw.line([(x, step), (x, step + 1)], fill=FAINT, width=1)


def _key(draw: ImageDraw.ImageDraw, at: tuple[float, float], language: Language) -> None:
    """What the lines across the bars are."""
    x, y = at
    draw.line([(x, y - 12), (x, y + 1)], fill=TEXT, width=2)
    plane = word_of("picture_plane", language)
    write(draw, (x + 8, y), plane, 13, FAINT)
    x += 8 + text_width(plane, 13) + 14
    _dotted(draw, x, (int(y) - 13, int(y) + 3))
    write(draw, (x + 8, y), word_of("picture_threshold", language), 13, FAINT)


def _foot(
    draw: ImageDraw.ImageDraw, at: tuple[int, int, int], analysis: Analysis, language: Language, quote_notices: bool
) -> None:
    left, y, right = at
    count = len(analysis.notices)
    missing = [
        structure.name
        for structure in analysis.segmentation.structures
        if not structure.auxiliary
        and structure.name not in analysis.unreliable
        and not analysis.segmentation.is_found(structure.name)
    ]
    thickness = thickness_words(analysis, language)
    if thickness:
        words = Message("picture", "thickness", {"thicknesses": thickness}).words(language).what
        others = bool(missing) + (2 if quote_notices and count > 1 else 1)
        for line in wrapped(words, 15, right - left, lines=_FOOT_LINES - others):
            write(draw, (left, y), line, 15, QUIET)
            y += _FOOT_LINE
    if missing:
        if len(missing) < _MOST_NAMED:
            said = Message("report", "structures_missing", {"structures": missing})
        else:
            said = Message("picture", "many_missing", {"count": len(missing)})
        words = said.words(language).what
        write(draw, (left, y), shortened(words, 15, right - left), 15, QUIET)
        y += _FOOT_LINE
    if not count:
        write(draw, (left, y), title_of("no_warnings", language), 15, QUIET)
        return
    head = Message("picture", "warnings", {"count": count}).words(language).what
    write(draw, (left, y), head, 15, ACCENT)
    start = left + text_width(head + " ", 15)
    if not quote_notices:
        write(draw, (start, y), title_of("picture_in_report", language), 15, QUIET)
        return
    write(draw, (start, y), shortened(analysis.notices[0].words(language).what, 15, right - start), 15, QUIET)
    if count > 1:
        y += _FOOT_LINE
        more = f" {Message('picture', 'more', {'count': count - 2}).words(language).what}" if count > 2 else ""
        width = right - left - text_width(more, 15)
        write(draw, (left, y), shortened(analysis.notices[1].words(language).what, 15, width) + more, 15, QUIET)
