"""Cords: ligaments and tendons as bent bars of elliptic cross-section, painted piece by piece along their course."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.shapes import Box, Canvas, points_box, ribbon


@dataclass(frozen=True, eq=False)
class Course:
    """Where a cord runs and how thick it is.

    Attributes:
        points: (N, 3) its middle line, canonical RAS mm.
        thick, wide: (N,) half of its cross-section, mm.
        across: direction of its width, one or (N, 3); only what is square to the line counts.
    """

    points: np.ndarray
    thick: np.ndarray
    wide: np.ndarray
    across: tuple[float, float, float] | np.ndarray

    @property
    def length_mm(self) -> float:
        """Along its middle line."""
        return float(np.linalg.norm(np.diff(self.points, axis=0), axis=1).sum())

    def at(self, share: float) -> np.ndarray:
        """(3,) the place at a share of its length."""
        steps = np.linalg.norm(np.diff(self.points, axis=0), axis=1)
        along = np.concatenate([[0.0], np.cumsum(steps)]) / steps.sum()
        return np.array([np.interp(share, along, self.points[:, n]) for n in range(3)])


def rounded(rows: np.ndarray, rounds: int = 2) -> np.ndarray:
    """(M, D) a polyline through (N, D) rows with its corners cut (Chaikin), its ends kept."""
    for _ in range(rounds):
        cut = np.empty((2 * len(rows) - 2, rows.shape[1]))
        cut[0::2] = 0.75 * rows[:-1] + 0.25 * rows[1:]
        cut[1::2] = 0.25 * rows[:-1] + 0.75 * rows[1:]
        rows = np.concatenate([rows[:1], cut[1:-1], rows[-1:]])
    return rows


def course(points, thick, wide, across, *, rounds: int = 2) -> Course:
    """A course through some points with its corners rounded; thickness and width are given at the points."""
    rows = np.column_stack(
        [np.asarray(points, dtype=float), np.broadcast_to(thick, len(points)), np.broadcast_to(wide, len(points))]
    )
    rows = rounded(rows, rounds)
    return Course(rows[:, :3], rows[:, 3], rows[:, 4], across)


def pieces(canvas: Canvas, line: Course, margin_mm: float = 0.0, together: int = 3):
    """Boxes along a course with the distance to it, mm: (box, distance, index of the piece's first point)."""
    last = len(line.points) - 1
    for first in range(0, last, together):
        stop = min(first + together, last) + 1
        part = slice(first, stop)
        reach = float(max(line.wide[part].max(), line.thick[part].max())) + 1.0 + margin_mm
        box = points_box(canvas, line.points[part], reach)
        across = line.across[part] if np.ndim(line.across) == 2 else line.across
        yield box, ribbon(box, line.points[part], line.thick[part], line.wide[part], across), first


def paint_course(canvas: Canvas, line: Course, number: int, onto: np.ndarray) -> None:
    """Paint a cord."""
    for box, distance, _ in pieces(canvas, line):
        canvas.paint(box, distance < 0, number, onto=onto)


def course_box(canvas: Canvas, line: Course, margin_mm: float) -> Box:
    """The smallest box that holds a course with a margin."""
    return points_box(canvas, line.points, float(line.wide.max()) + margin_mm)


def distance_to(box: Box, line: Course, *, thicker: float = 1.0, wider: float = 1.0) -> np.ndarray:
    """Distance over a box to a cord, mm, negative inside."""
    return ribbon(box, line.points, line.thick * thicker, line.wide * wider, line.across)
