"""The long head of the biceps: from the upper labrum over the head into its groove and down the arm.

4.3 to 4.7 ± 1.4 mm wide (Folia Morphol 79:359); flat over the head, round in the groove (assumed).
"""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.cords import Course, paint_course, rounded
from OrthoDiffusionLib.lab.phantom.engine.shapes import Canvas
from OrthoDiffusionLib.lab.phantom.engine.taut import taut
from OrthoDiffusionLib.lab.phantom.shoulder import parts as p
from OrthoDiffusionLib.lab.phantom.shoulder.humerus import groove_line, obstacle
from OrthoDiffusionLib.lab.phantom.shoulder.skeleton import Skeleton


def biceps_origin(skeleton: Skeleton) -> np.ndarray:
    """(3,) the supraglenoid tubercle behind the upper labrum, canonical mm."""
    half = skeleton.sizes.glenoid_height_mm / 2
    return skeleton.from_glenoid([(2.0, 0.5, half + 1.8)])[0]


def biceps_course(skeleton: Skeleton) -> Course:
    """The tendon from its origin to the end of its groove and on in front of the shaft.

    For lesions: `groove_entry` is the share of its length at which it enters the groove.
    """
    sizes = skeleton.sizes
    half = sizes.biceps_mm / 2
    own = groove_line(sizes)
    inside = skeleton.from_arm(own + np.array([0.0, 0.3, 0.0]))
    over = taut(biceps_origin(skeleton), inside[0], skeleton.head_centre, obstacle(skeleton), 0.72 * half + 0.4)
    down = skeleton.from_arm(
        [
            own[-1] + np.array([0.5, 1.8, -22.0]),
            own[-1] + np.array([1.0, 5.5, -60.0]),
            own[-1] + np.array([1.0, 8.0, -110.0]),
        ]
    )
    lines = np.vstack([over, inside[1:], down])
    flat = np.concatenate([np.full(len(over), 0.72), np.full(len(lines) - len(over), 0.85)])
    flat[0] = 0.6
    rows = rounded(np.column_stack([lines, half * flat, half * np.ones(len(lines))]), 1)
    return Course(rows[:, :3], rows[:, 3], rows[:, 4], tuple(skeleton.arm[1] * 0.2 + skeleton.glenoid[1]))


def groove_entry(skeleton: Skeleton, line: Course) -> float:
    """The share of its length at which the tendon enters its groove."""
    entry = skeleton.from_arm(groove_line(skeleton.sizes)[:1])[0]
    steps = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line.points, axis=0), axis=1))])
    return float(steps[((line.points - entry) ** 2).sum(axis=1).argmin()] / steps[-1])


def paint_biceps(canvas: Canvas, skeleton: Skeleton) -> Course:
    """Paint the tendon; returns its course."""
    line = biceps_course(skeleton)
    paint_course(canvas, line, p.part_number("long_head_of_biceps"), p.FREE)
    return line
