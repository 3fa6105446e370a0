"""One panel of the overview: a slice, what it shows, its directions, a scale and the findings seen in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image, ImageDraw

from OrthoDiffusionLib.anatomy import BODY_AXES, Axes, Display, abnormality, find_joint
from OrthoDiffusionLib.findings import Analysis, Finding
from OrthoDiffusionLib.findings.plausibility import is_usable
from OrthoDiffusionLib.messages import ENGLISH, NOTHING, Language, Message, title_of
from OrthoDiffusionLib.reports.overlay import SlicePicture, slice_picture
from OrthoDiffusionLib.reports.theme import (
    ACCENT,
    BLACK,
    FAINT,
    PANEL,
    QUIET,
    TEXT,
    Colour,
    fitted,
    text_width,
    write,
)
from OrthoDiffusionLib.volumes import Plane, Volume
from OrthoDiffusionLib.volumes.resampling import along_joint

CAPTION_HEIGHT = 34
_CAPTION_SIZES = (15, 14, 13)
_LEAST_PIXELS_PER_MM = 4.2


def slice_panel(
    analysis: Analysis,
    volume: Volume | None,
    plane: Plane,
    size: tuple[int, int],
    numbers: Mapping[str, int],
    language: Language = ENGLISH,
) -> Image.Image:
    """Draws the most telling slice of a plane.

    Args:
        analysis: whose segmentation and findings are drawn.
        volume: what serves the plane; None if nothing does.
        plane: which.
        size: (width, height) in pixels.
        numbers: finding's name -> its number in the table.
        language: of the words.

    Returns:
        RGB.
    """
    if volume is None:
        return _empty_panel(plane, size, language)
    panel = Image.new("RGB", size, PANEL)
    size = (size[0], size[1] - CAPTION_HEIGHT)
    axes = _axes_of(analysis)
    volume = along_joint(volume, axes)
    hung = volume.reoriented(plane.hanging, axes)
    target, reason = slice_target(analysis, plane, hung.geometry.directions[:, 0])
    fit = min(np.array(size) / hung.geometry.extent_mm[[2, 1]])
    picture = slice_picture(
        volume,
        plane,
        size,
        through_ras=target,
        segmentation=analysis.segmentation,
        pixels_per_mm=max(_LEAST_PIXELS_PER_MM, float(fit)),
        axes=axes,
    )
    image = picture.image
    draw = ImageDraw.Draw(image)
    _directions(draw, size, hung.geometry.in_axes(axes).axis_codes)
    _scale_bar(draw, size, picture.pixels_per_mm)
    for finding in marked_findings(analysis):
        if finding.name in numbers:
            _mark(draw, size, picture, finding, numbers[finding.name])
    panel.paste(image, (0, CAPTION_HEIGHT))
    _caption(ImageDraw.Draw(panel), size[0], picture, reason, language)
    return panel


def marked_findings(analysis: Analysis) -> list[Finding]:
    """Those whose place pictures show; none of a result that is not to be used, as its report calls none positive."""
    return [finding for finding in analysis.findings if finding.marked] if is_usable(analysis.notices) else []


def _axes_of(analysis: Analysis) -> Axes:
    """The axes of the joint that was analysed: a shoulder's planes are oblique to the body's."""
    joint = find_joint(analysis.study.joint)
    return BODY_AXES if joint is None else joint.axes_of(analysis.study.side)


def slice_target(analysis: Analysis, plane: Plane, normal: ArrayLike) -> tuple[np.ndarray | None, Message]:
    """The RAS point a plane's slice should pass through, and why; (None, NOTHING) for the middle.

    The place of the most probable finding this plane shows best, if there is a positive one; else the
    first structure of the plane's list that was found. The point lies in the slice of that place, before or
    behind the middle of the joint.

    Args:
        analysis: whose findings and structures are looked for.
        plane: which.
        normal: unit vector across its slices as they lie, RAS; those of a shoulder are far from the body's axes.
    """
    segmentation, display = analysis.segmentation, _display_of(analysis)
    centre = joint_centre_ras(analysis)
    through = _finding_to_show(marked_findings(analysis), plane, display)
    if through is not None:
        point = np.array(through.point_ras)
        reason = Message("picture", "at_finding", {"finding": through.name})
    else:
        names = {structure.name for structure in segmentation.structures}
        shown = display.shown_through.get(plane.value, ())
        found = [n for n in shown if n in names and segmentation.is_found(n)]
        if not found:
            return centre, NOTHING
        point = np.array(segmentation.centroid_ras(found[0]))
        reason = Message("picture", "through", {"structure": found[0]})
    if centre is None:
        return point, reason
    across = np.asarray(normal)
    return centre + ((point - centre) @ across) * across, reason


def _display_of(analysis: Analysis) -> Display:
    """How the joint is shown best; nothing is preferred in a joint that only its bundle knows."""
    known = find_joint(analysis.study.joint)
    return known.display if known is not None else Display()


def _finding_to_show(findings: Sequence[Finding], plane: Plane, display: Display) -> Finding | None:
    shown, most = None, 0.0
    for finding in findings:
        if finding.point_ras is None or finding.probability is None:
            continue
        try:
            known = abnormality(finding.name)
        except ValueError:  # a bundle's own finding: no plane is known to show it best
            continue
        # Fluid is seen in any slice; it should not take the picture away from the ligaments.
        if known.structures and known.structures[0] in display.everywhere:
            continue
        if known.best_planes[:1] == (plane.value,) and (shown is None or finding.probability > most):
            shown, most = finding, finding.probability
    return shown


def joint_centre_ras(analysis: Analysis) -> np.ndarray | None:
    """Middle of the structures along the joint line, or of whatever was found; None if nothing was."""
    segmentation, joint_line = analysis.segmentation, _display_of(analysis).joint_line
    centroids = {s.name: segmentation.centroid_ras(s.name) for s in segmentation.structures}
    found = {name: place for name, place in centroids.items() if place is not None}
    chosen = [place for name, place in found.items() if name in joint_line] or list(found.values())
    return np.mean(chosen, axis=0) if chosen else None


def _empty_panel(plane: Plane, size: tuple[int, int], language: Language) -> Image.Image:
    image = Image.new("RGB", size, PANEL)
    draw = ImageDraw.Draw(image)
    words = Message("picture", "no_volume", {"plane": plane}).words(language).what
    write(draw, (14, 23), title_of(plane.value, language), 19, QUIET)
    write(draw, (size[0] / 2, size[1] / 2), words, 22, FAINT, anchor="mm")
    return image


def _caption(draw: ImageDraw.ImageDraw, width: int, picture: SlicePicture, reason: Message, language: Language) -> None:
    title = title_of(picture.plane.value, language)
    write(draw, (14, 23), title, 19, TEXT)
    start = 14 + text_width(title, 19) + 14
    place = {"number": picture.index + 1, "count": picture.count}
    words = Message("picture", "slice", place).words(language).what
    if reason:
        words += f", {reason.words(language).what}"
    words, size = fitted(words, _CAPTION_SIZES, width - start - 14)
    write(draw, (start, 23), words, size, QUIET)


def _directions(draw: ImageDraw.ImageDraw, size: tuple[int, int], codes: str) -> None:
    """The patient's directions at the four edges, as the volume lies, nearest if oblique."""
    opposite = dict(zip("RLAPSI", "LRPAIS", strict=True))
    width, height = size
    down, right = codes[1], codes[2]
    _write_on_image(draw, (width - 12, height / 2), right, 18, TEXT, anchor="rm")
    _write_on_image(draw, (12, height / 2), opposite[right], 18, TEXT, anchor="lm")
    _write_on_image(draw, (width / 2, height - 10), down, 18, TEXT, anchor="mb")
    _write_on_image(draw, (width / 2, 12), opposite[down], 18, TEXT, anchor="mt")


def _scale_bar(draw: ImageDraw.ImageDraw, size: tuple[int, int], pixels_per_mm: float) -> None:
    width, height = size
    length = 20.0 * pixels_per_mm
    y, right = height - 16, width - 16
    draw.line([(right - length, y), (right, y)], fill=QUIET, width=2)
    for x in (right - length, right):
        draw.line([(x, y - 4), (x, y + 4)], fill=QUIET, width=2)
    _write_on_image(draw, (right - length / 2, y - 8), "2 cm", 14, QUIET, anchor="ms")


def _mark(
    draw: ImageDraw.ImageDraw, size: tuple[int, int], picture: SlicePicture, finding: Finding, number: int
) -> None:
    """A ring at the finding's point and its number beside, if the point lies in or next to this slice."""
    if finding.point_ras is None or picture.distance_mm(finding.point_ras) > max(4.0, picture.step_mm):
        return
    x, y = picture.position(finding.point_ras)
    if not (10 < x < size[0] - 10 and 10 < y < size[1] - 10):
        return
    draw.ellipse([x - 10, y - 10, x + 10, y + 10], outline=BLACK, width=4)
    draw.ellipse([x - 9, y - 9, x + 9, y + 9], outline=ACCENT, width=2)
    beside = x + 22 if x < size[0] - 60 else x - 22
    number_badge(draw, (beside, y - 16), number)


def number_badge(draw: ImageDraw.ImageDraw, at: tuple[float, float], number: int, colour: Colour = ACCENT) -> None:
    """A filled disc with a finding's number."""
    x, y = at
    draw.ellipse([x - 11, y - 11, x + 11, y + 11], fill=colour)
    write(draw, (x, y + 0.5), str(number), 15, BLACK, anchor="mm")


def _write_on_image(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, colour: Colour, *, anchor: str = "ls"
) -> None:
    """Text with a dark edge, to be read on bright fluid too."""
    for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1), (1, 1), (-1, -1)):
        write(draw, (at[0] + dx, at[1] + dy), text, size, BLACK, anchor=anchor)
    write(draw, at, text, size, colour, anchor=anchor)


def legend_width(text: str, size: int) -> float:
    """Width of a legend's entry: swatch, gap, words, gap."""
    return 20 + text_width(text, size) + 22
