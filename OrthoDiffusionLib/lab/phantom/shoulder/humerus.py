"""The humerus of a digital shoulder: head, tuberosities, groove and shaft, in the arm's own axes.

Sizes are shares of the head's radius, drawn so that the top lies 8 to 10 mm above the greater tuberosity (eorif.com);
what has no source is assumed.
"""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.shapes import Box, capsule, cord, ellipsoid, smooth_max, smooth_min
from OrthoDiffusionLib.lab.phantom.engine.turned import places
from OrthoDiffusionLib.lab.phantom.shoulder.proportions import Proportions
from OrthoDiffusionLib.lab.phantom.shoulder.skeleton import HEAD_AXIS, Skeleton

# Cap height 17.6 of a radius of 23.4 (CT, n = 80, JOSR 2023 03504): the cap reaches 75.6° from its axis.
CAP_DEG = 75.6

# The groove between the tuberosities, from its entry down, in head radii; 4 to 6 mm deep (assumed).
GROOVE = ((-0.44, 0.88, 0.30), (-0.42, 0.93, 0.0), (-0.39, 0.88, -0.40), (-0.36, 0.77, -1.0), (-0.33, 0.66, -1.8))
_SHAFT_END_MM = -150.0


def groove_line(sizes: Proportions) -> np.ndarray:
    """(N, 3) the middle of the groove, in the arm's axes, mm."""
    return np.array(GROOVE) * sizes.head_radius_mm


def head_distance(box: Box, sizes: Proportions) -> np.ndarray:
    """Distance to the head, whose cap carries cartilage, over a box in the arm's axes."""
    return ellipsoid(box, (0, 0, 0), (sizes.head_radius_mm, sizes.head_axial_mm, sizes.head_radius_mm))


def humerus_distance(box: Box, sizes: Proportions) -> np.ndarray:
    """Distance to the humerus over a box in the arm's axes, mm, negative inside."""
    r = sizes.head_radius_mm
    neck = capsule(box, (-0.18 * r, 0.02 * r, -0.12 * r), (-7.3, 0.08 * r, -2.0 * r), 0.80 * r, 0.50 * r)
    shaft = capsule(box, (-7.3, 0.08 * r, -1.7 * r), (-7.3, 0.08 * r, _SHAFT_END_MM), 0.52 * r, 0.44 * r)
    greater = ellipsoid(box, (-0.66 * r, -0.10 * r, 0.13 * r), (0.50 * r, 0.76 * r, 0.54 * r))
    flank = ellipsoid(box, (-0.52 * r, -0.08 * r, -0.5 * r), (0.5 * r, 0.62 * r, 0.75 * r))
    lesser = ellipsoid(box, (-0.02 * r, 0.62 * r, -0.22 * r), (0.36 * r, 0.42 * r, 0.52 * r))
    # The crest that walls the groove off at the side.
    crest = ellipsoid(box, (-0.74 * r, 0.46 * r, -0.15 * r), (0.26 * r, 0.40 * r, 0.52 * r))
    greater = smooth_min(smooth_min(greater, flank, 4.0), crest, 3.0)
    tuberosities = smooth_min(greater, lesser, 3.0)
    lower = smooth_min(smooth_min(neck, shaft, 6.0), tuberosities, 5.0)
    whole = smooth_min(head_distance(box, sizes), lower, 2.5)
    furrow = cord(box, groove_line(sizes), [0.19 * r, 0.20 * r, 0.20 * r, 0.18 * r, 0.12 * r])
    return smooth_max(whole, -furrow, 1.6)


def off_axis_deg(box: Box) -> np.ndarray:
    """Angle from the head's axis at places of a box in the arm's axes, degrees."""
    length = np.sqrt(box.x * box.x + box.y * box.y + box.z * box.z) + 1e-3
    along = (box.x * HEAD_AXIS[0] + box.z * HEAD_AXIS[2]) / length
    return np.rad2deg(np.arccos(np.clip(along, -1, 1)))


def obstacle(skeleton: Skeleton):
    """What tendons are laid over: canonical places (N, 3) -> mm outside humerus and the cartilage of its head."""
    sizes = skeleton.sizes

    def distance(points: np.ndarray) -> np.ndarray:
        box = places(skeleton.to_arm(points))
        bare = humerus_distance(box, sizes)
        covered = head_distance(box, sizes) - sizes.humeral_cartilage_mm
        on_cap = off_axis_deg(box) < CAP_DEG
        return np.where(on_cap, np.minimum(bare, covered), bare).ravel()

    return distance
