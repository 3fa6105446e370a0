"""Where muscles, vessels and nerves run in a usual right shoulder; assumed, drawn after pictures in three planes.

x is lateral along the scapula, y in front of it, z up from the middle of the glenoid, mm.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MusclePlan:
    """A muscle along its own course.

    Attributes:
        part: name of its part; empty for a muscle without a structure.
        rows: (x, y, z, half thickness, half width) from its origin on.
        across: direction of its width.
    """

    part: str
    rows: tuple[tuple[float, float, float, float, float], ...]
    across: tuple[float, float, float]


MUSCLES: dict[str, MusclePlan] = {
    "supraspinatus": MusclePlan(
        "supraspinatus_muscle",
        ((-84, -13, 31, 9, 11), (-55, -13, 32, 9.5, 11), (-35, -7, 29, 9, 10.5), (-18, -3, 29, 7, 10),
         (-6, -2, 30, 3.2, 9)),
        (0.0, 1.0, 0.2),
    ),
    "infraspinatus": MusclePlan(
        "infraspinatus_muscle",
        ((-84, -13, -16, 8, 28), (-55, -17, -10, 10, 25), (-35, -18, -5, 10, 19), (-20, -20, 0, 7, 14),
         (-9, -22, 2, 3, 11)),
        (0.0, 0.0, 1.0),
    ),
    "teres_minor": MusclePlan(
        "teres_minor_muscle",
        ((-64, -11, -64, 5, 6), (-40, -15, -46, 6.5, 7.5), (-22, -18, -33, 6, 7), (-11, -20, -27, 3.2, 6.5)),
        (-0.66, 0.0, 0.72),
    ),
    "subscapularis": MusclePlan(
        "subscapularis_muscle",
        ((-84, 6, -12, 9, 38), (-58, 7, -9, 11, 34), (-38, 9, -6, 11.5, 27), (-22, 14, -3, 8.5, 20),
         (-11, 19, -2, 3.5, 17)),
        (0.0, 0.0, 1.0),
    ),
    "teres_major": MusclePlan(
        "", ((-78, -8, -84, 7, 10), (-45, -8, -72, 8, 11), (-15, 4, -68, 7, 12), (8, 14, -72, 4, 12)), (0.0, 0.2, 1.0)
    ),
    "trapezius": MusclePlan(
        "",
        ((-84, -6, 57, 5.5, 36), (-60, -8, 50, 5.5, 31), (-35, -9, 45, 5, 25), (-12, -10, 43.5, 3.5, 18),
         (2, -12, 42, 1.8, 10)),
        (0.0, 1.0, 0.0),
    ),
    "pectoralis_minor": MusclePlan(
        "", ((11, 42, 2, 3, 5), (8, 58, -15, 3.5, 9), (2, 74, -38, 4, 13), (-2, 92, -60, 4, 16)), (0.8, -0.2, -0.4)
    ),
    "coracobrachialis": MusclePlan(
        "", ((12, 41, 1, 3, 4), (17, 38, -25, 5, 6.5), (21, 33, -55, 7, 9), (25, 30, -100, 9.5, 11)), (1.0, 0.0, 0.0)
    ),
    "pectoralis_major": MusclePlan(
        "", ((23, 22, -68, 3, 13), (31, 46, -52, 5, 20), (29, 68, -40, 6.5, 26), (18, 92, -32, 7, 31)), (0.0, 0.0, 1.0)
    ),
    "pectoralis_clavicular": MusclePlan(
        "", ((27, 26, -60, 3, 8), (33, 50, -32, 5, 16), (26, 66, -8, 6.5, 21), (6, 84, 8, 7, 25), (-10, 98, 16, 7, 26)),
        (0.0, 0.0, 1.0),
    ),
    "latissimus": MusclePlan(
        "",
        ((-84, -20, -66, 5, 22), (-60, -19, -78, 5, 18), (-30, -9, -82, 6, 14), (2, 8, -82, 4.5, 12)),
        (0.0, 0.0, 1.0),
    ),
    "triceps_long": MusclePlan(
        "", ((-3, -6, -23, 3, 3), (6, -13, -45, 5, 6), (16, -21, -75, 7.5, 9), (18, -23, -105, 9, 11)), (1.0, 0.3, 0.0)
    ),
    "triceps_lateral": MusclePlan(
        "", ((31, -14, -55, 3, 7), (31, -19, -80, 7, 12), (31, -20, -105, 9, 14)), (1.0, 0.3, 0.0)
    ),
    "biceps": MusclePlan("", ((27, 21, -72, 4, 5), (28, 24, -105, 8, 9)), (1.0, 0.0, 0.0)),
}  # fmt: skip

# The deltoid: height, middle x against the arm's axis there, middle y, radii of its inner and of its outer surface.
DELTOID: tuple[tuple[float, ...], ...] = (
    (37, -3, -6, 3, 16, 9, 23),
    (29, 0, -2, 12, 24, 25, 33),
    (16, 1, 4, 25, 35, 40, 46),
    (0, 1, 5, 30, 36, 45, 49),
    (-25, 1, 3, 18, 22, 36, 38),
    (-55, 0, 1, 12.5, 13, 28, 28),
    (-92, 0, 0, 11, 9.5, 21, 19),
)
# How far round the arm it reaches to the front and to the back, degrees from lateral.
DELTOID_ARC = (112.0, 145.0)

# Vessels and nerves: what they are, (x, y, z) and radius.
CORDS: dict[str, tuple[str, tuple[tuple[float, float, float, float], ...]]] = {
    "axillary_artery": ("artery", ((-40, 56, 22, 3.2), (-14, 47, 0, 3.0), (2, 37, -26, 2.8), (10, 26, -60, 2.5),
                                   (14, 20, -100, 2.2))),
    "axillary_vein": ("vein", ((-42, 62, 16, 3.6), (-18, 52, -8, 3.4), (-2, 38, -36, 3.0), (7, 24, -66, 2.6),
                               (10, 17, -100, 2.2))),
    "medial_cord": ("nerve", ((-42, 52, 26, 2.2), (-16, 44, 4, 2.2), (-1, 33, -24, 2.0), (7, 22, -60, 1.8),
                              (12, 14, -100, 1.6))),
    "lateral_cord": ("nerve", ((-38, 54, 28, 2.0), (-11, 44, 6, 2.0), (5, 40, -24, 1.8), (13, 29, -60, 1.6),
                               (17, 22, -100, 1.5))),
    "axillary_nerve": ("nerve", ((2, 30, -30, 1.3), (8, 8, -36, 1.3), (14, -18, -36, 1.2), (34, -31, -34, 1.0))),
    "posterior_circumflex": ("artery", ((4, 30, -34, 1.4), (10, 8, -39, 1.4), (18, -20, -39, 1.3),
                                        (42, -26, -36, 1.0))),
    "suprascapular_nerve": ("nerve", ((-34, 4, 22, 1.1), (-26, -8, 17, 1.1), (-17, -14, 9, 1.0), (-22, -17, -6, 0.9))),
    "cephalic_vein": ("vein", ((2, 58, 24, 1.4), (20, 62, 0, 1.5), (36, 50, -40, 1.4), (44, 34, -100, 1.4))),
}  # fmt: skip
