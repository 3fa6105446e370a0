"""Skeleton: where the bones of one shoulder lie, before anything is painted.

The canonical right shoulder hangs from the scapula: the origin lies in the middle of the bony glenoid, x runs to
lateral along the plane of the scapula (from the root of its spine to the glenoid), y to the front square to that plane,
z up along the glenoid's long axis. The arm is turned first, so that tendons are laid over the turned head.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.anatomy.joints.shoulder import SCAPULAR_PLANE_DEGREES
from OrthoDiffusionLib.lab.phantom.engine.shapes import Box
from OrthoDiffusionLib.lab.phantom.engine.turned import turned
from OrthoDiffusionLib.lab.phantom.shoulder.proportions import Proportions

# Neck inclination 137.7° (CT, n = 80, JOSR 2023 03504): the axis of the head rises by as much above the horizontal.
HEAD_AXIS = np.array([np.cos(np.deg2rad(47.7)), 0.0, np.sin(np.deg2rad(47.7))])
"""Axis of the humeral head in the arm's own axes."""


@dataclass(frozen=True, eq=False)
class Skeleton:
    """The bones' places in one person.

    Attributes:
        sizes: of the person.
        head_centre: (3,) of the humeral head, canonical mm.
        arm: (3, 3) rows are the arm's own axes: u towards the head's side (medial), v to the front, w up the shaft.
        glenoid: (3, 3) rows are the glenoid's axes: out of its face, along its face to the front, up.
    """

    sizes: Proportions
    head_centre: np.ndarray
    arm: np.ndarray
    glenoid: np.ndarray

    @property
    def head_top_mm(self) -> float:
        """Height of the humeral head's highest point, canonical z."""
        return float(self.head_centre[2] + self.sizes.head_radius_mm)

    def in_arm(self, box: Box) -> Box:
        """The voxels of a box in the arm's axes, the origin in the middle of the head."""
        return turned(box, self.head_centre, self.arm)

    def in_glenoid(self, box: Box) -> Box:
        """The voxels of a box in the glenoid's axes."""
        return turned(box, np.zeros(3), self.glenoid)

    def from_arm(self, points) -> np.ndarray:
        """(N, 3) canonical mm of places in the arm's axes."""
        return np.atleast_2d(np.asarray(points, dtype=float)) @ self.arm + self.head_centre

    def to_arm(self, points) -> np.ndarray:
        """(N, 3) in the arm's axes of canonical places."""
        return (np.atleast_2d(np.asarray(points, dtype=float)) - self.head_centre) @ self.arm.T

    def from_glenoid(self, points) -> np.ndarray:
        """(N, 3) canonical mm of places in the glenoid's axes."""
        return np.atleast_2d(np.asarray(points, dtype=float)) @ self.glenoid

    def glenoid_half_mm(self, z):
        """Half of the glenoid's breadth as its outline's ellipse has it in the middle, so that at 7 mm below the middle
        and 9 above it is as broad as this person's: pear-shaped."""
        sizes, half = self.sizes, self.sizes.glenoid_height_mm / 2
        lower = sizes.glenoid_lower_mm / 2 / np.sqrt(1 - (7 / half) ** 2)
        upper = sizes.glenoid_upper_mm / 2 / np.sqrt(1 - (9 / half) ** 2)
        return lower + (upper - lower) * (z + 7.0) / 16.0


def make_skeleton(sizes: Proportions) -> Skeleton:
    """Hang the arm from the glenoid: turned, abducted, with room for the plates of cartilage."""
    # Seen from the scapula, which faces 45° to the front, a head that faces backward by its retroversion faces forward.
    forward = np.deg2rad(np.clip(SCAPULAR_PLANE_DEGREES - sizes.retroversion_deg + sizes.rotation_deg, -18.0, 58.0))
    lift, version = np.deg2rad(sizes.abduction_deg), np.deg2rad(sizes.version_deg)
    flat = np.array(
        [[-np.cos(forward), np.sin(forward), 0.0], [np.sin(forward), np.cos(forward), 0.0], [0.0, 0.0, 1.0]]
    )
    raise_arm = np.array([[np.cos(lift), 0.0, -np.sin(lift)], [0.0, 1.0, 0.0], [np.sin(lift), 0.0, np.cos(lift)]])
    glenoid = np.array(
        [[np.cos(version), -np.sin(version), 0.0], [np.sin(version), np.cos(version), 0.0], [0.0, 0.0, 1.0]]
    )
    arm = flat @ raise_arm.T
    radii = np.array([sizes.head_radius_mm, sizes.head_axial_mm, sizes.head_radius_mm])
    reach = float(np.linalg.norm(radii * (arm @ glenoid[0])))
    space = sizes.glenoid_cartilage_mm + sizes.film_mm + sizes.humeral_cartilage_mm
    centre = np.array([space + reach, 0.0, 0.6]) @ glenoid
    return Skeleton(sizes, centre, arm, glenoid)
