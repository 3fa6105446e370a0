"""Tendons of an ankle on their courses, and the plantar fascia. Points lie beside the mean ankle's bones.

Sizes name their source; the courses are assumed, drawn after textbook pictures and the bones they run along.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.ankle import parts as p
from OrthoDiffusionLib.lab.phantom.engine.cords import Course, course, distance_to, paint_course, pieces
from OrthoDiffusionLib.lab.phantom.engine.draws import size_factor
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Canvas, noise, points_box
from OrthoDiffusionLib.lab.phantom.engine.skeleton.body import Body

ALONG_X, ALONG_Y = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
ACHILLES_INSERTION = (11.5, -53.4, -47.5)


@dataclass(frozen=True)
class Tendon:
    """A tendon of a typical ankle.

    Attributes:
        part: what it is painted as.
        rows: (x, y, z) of its middle line from above.
        thick, wide: half of its cross-section, mm.
        across: direction of its width.
        sheathed: whether it runs in a sheath that may hold fluid.
    """

    part: str
    rows: tuple[tuple[float, float, float], ...]
    thick: float
    wide: float
    across: tuple[float, float, float]
    sheathed: bool = True


# Peroneus longus 6.7 ± 1.4 mm wide 15 mm above the tip (PMC3751327); brevis a crescent in front of it and medial;
# tibialis posterior at most 7.5 by 3.9 mm (jcpsp 2022.09.1110), flexor digitorum about half of it; the rest assumed.
TENDONS: dict[str, Tendon] = {
    "peroneus_brevis": Tendon(
        "peroneal_tendon",
        (
            (30.5, -17.0, 44), (30.0, -16.8, 20), (29.0, -16.6, -4), (30.6, -15.0, -18), (32.4, -9.5, -31),
            (29.0, 8.0, -44), (25.0, 26.0, -57), (21.5, 40.0, -66),
        ),
        1.6, 3.2, (1.0, 0.2, 0.2),
    ),
    "peroneus_longus": Tendon(
        "peroneal_tendon",
        (
            (36.5, -14.5, 85), (34.5, -18.5, 44), (32.5, -20.5, 15), (31.0, -20.4, -8), (33.5, -15.5, -28),
            (31.0, -1.0, -46), (25.5, 14.0, -59), (17.5, 31.0, -68), (5.0, 41.0, -67), (-14.0, 52.0, -60),
        ),
        2.1, 3.3, (1.0, -0.4, 0.0),
    ),
    "tibialis_posterior": Tendon(
        "posterior_tibial_tendon",
        (
            (-8.0, -14.5, 60), (-14.5, -17.0, 30), (-18.8, -17.2, 8), (-22.5, -13.0, -6), (-26.5, -3.5, -19),
            (-29.5, 9.0, -28), (-33.0, 22.0, -37),
        ),
        2.0, 3.5, (0.35, 1.0, 0.4),
    ),
    "flexor_digitorum": Tendon(
        "flexor_tendon",
        (
            (-12.0, -18.5, 60), (-16.0, -20.8, 30), (-18.6, -20.8, 8), (-21.8, -17.0, -8), (-25.0, -8.0, -24),
            (-24.8, 3.0, -35), (-20.0, 20.0, -53), (-14.0, 45.0, -66), (-8.0, 70.0, -73),
        ),
        1.6, 2.1, (0.35, 1.0, 0.4),
    ),
    "flexor_hallucis": Tendon(
        "flexor_tendon",
        (
            (10.0, -22.0, 36), (3.0, -24.5, 12), (-3.8, -25.2, -12), (-9.5, -21.0, -27), (-13.5, -9.0, -39),
            (-15.5, 6.0, -47), (-19.0, 28.0, -58), (-28.0, 60.0, -66), (-34.0, 104.0, -78),
        ),
        1.9, 2.4, (1.0, 0.3, 0.0),
    ),
    "tibialis_anterior": Tendon(
        "extensor_tendon",
        (
            (-2.0, 23.0, 60), (-6.0, 23.5, 25), (-10.5, 23.8, 4), (-18.0, 28.5, -13), (-29.0, 40.0, -30),
            (-36.5, 52.0, -45),
        ),
        1.9, 3.5, (1.0, 0.35, 0.0),
    ),
    "extensor_hallucis": Tendon(
        "extensor_tendon",
        ((5.0, 23.5, 45), (3.0, 24.5, 18), (-1.0, 25.8, 2), (-8.0, 34.0, -13), (-20.0, 60.0, -24), (-31.0, 104.0, -48)),
        1.3, 2.1, ALONG_X,
    ),
    "extensor_digitorum": Tendon(
        "extensor_tendon",
        ((12.0, 20.0, 45), (10.5, 22.0, 18), (8.5, 24.5, 2), (4.0, 35.0, -16), (-4.0, 60.0, -28), (-14.0, 104.0, -55)),
        1.3, 4.0, ALONG_X,
    ),
    "extensor_lateral_slip": Tendon(
        "extensor_tendon",
        ((13.0, 22.0, 10), (12.0, 25.5, -2), (9.5, 38.0, -24), (6.0, 62.0, -38), (1.0, 104.0, -63)),
        1.1, 2.0, ALONG_X,
    ),
    "peroneus_tertius": Tendon(
        "extensor_tendon",
        ((17.5, 20.0, 14), (17.0, 22.5, -3), (17.5, 36.0, -29), (15.0, 56.0, -50)),
        0.9, 1.8, ALONG_X,
    ),
}  # fmt: skip


def tendon_course(name: str, body: Body, rng: np.random.Generator) -> Course:
    """The course of one of `TENDONS` in this person."""
    tendon = TENDONS[name]
    points = body.place(tendon.rows, ("tibia", "fibula", "talus", "calcaneus", "navicular", "cuboid"))
    points += rng.normal(0, 0.35, points.shape)
    size = body.size * size_factor(rng, 0.08)
    return course(points, tendon.thick * size * size_factor(rng, 0.06), tendon.wide * size, tendon.across)


def achilles_course(body: Body, rng: np.random.Generator) -> Course:
    """The Achilles tendon from the soleus to the calcaneus.

    4.9 ± 0.5 mm thick and 14.7 ± 1.8 wide in the middle, 25.7 ± 3.0 wide at the insertion (controls, n = 81, Szaro);
    a flat aponeurosis above (assumed).
    """
    foot = body.at("calcaneus", ACHILLES_INSERTION)
    moved = foot - ACHILLES_INSERTION
    rows = np.array(
        [
            (6.0, -39.0, 85.0), (7.0, -40.0, 50.0), (8.4, -42.5, 18.0), (9.3, -46.2, -8.0), (10.2, -51.4, -30.0),
            (11.0, -55.0, -42.0), (11.4, -55.9, -50.0), (11.4, -54.6, -60.0),
        ]
    )  # fmt: skip
    share = np.interp(rows[:, 2], [-42.0, 85.0], [1.0, 0.25])[:, None]
    points = rows + moved * share + [0.0, float(rng.normal(0, 1.0)), 0.0] * (1 - share)
    thick = 2.45 * size_factor(rng, 0.09) * np.array([0.55, 0.75, 1.0, 1.02, 1.0, 0.9, 0.75, 0.35])
    wide = np.array([13.0, 10.5, 7.6, 7.4, 8.6, 11.2, 12.6, 11.5]) * size_factor(rng, 0.1)
    return course(points, thick, wide, ALONG_X)


@dataclass(frozen=True, eq=False)
class PaintedTendons:
    """Where the tendons of one ankle run.

    Attributes:
        achilles: its course.
        courses: of the others by name.
        ill: which of the others hold fluid in their sheaths.
    """

    achilles: Course
    courses: dict[str, Course]


def paint_tendons(canvas: Canvas, body: Body, rng: np.random.Generator) -> PaintedTendons:
    """All tendons, the plantar fascia and the synovium round what runs in a sheath."""
    achilles = achilles_course(body, rng)
    paint_achilles(canvas, achilles)
    courses = {name: tendon_course(name, body, rng) for name in TENDONS}
    for name, line in courses.items():
        paint_course(canvas, line, p.part_number(TENDONS[name].part), p.FREE)
    rows = [(4.0, -38.0, -74.5), (2.0, -15.0, -77.0), (-3.0, 15.0, -78.0), (-9.0, 50.0, -80.0), (-14.0, 100.0, -87.0)]
    fascia = course(
        body.place(rows),
        np.array([1.7, 1.4, 1.0, 0.8, 0.5]) * size_factor(rng, 0.15),
        [8.0, 8.0, 10.0, 14.0, 20.0],
        ALONG_X,
    )
    paint_course(canvas, fascia, p.part_number("plantar_fascia"), p.FREE)
    return PaintedTendons(achilles, courses)


def paint_achilles(canvas: Canvas, line: Course) -> None:
    """The tendon with its flat or hollow front: what bulges forward of its middle is cut away."""
    number = p.part_number("achilles_tendon")
    for box, distance, first in pieces(canvas, line):
        middle = line.points[min(first + 1, len(line.points) - 1)]
        thick = float(line.thick[min(first + 1, len(line.thick) - 1)])
        across = (box.x - FLOAT(middle[0])) / FLOAT(line.wide[min(first + 1, len(line.wide) - 1)])
        y = np.interp(box.z.ravel(), line.points[::-1, 2], line.points[::-1, 1]).astype(FLOAT)
        front = box.y - y < FLOAT(0.78 * thick) * (0.75 + 0.25 * across**2)
        canvas.paint(box, (distance < 0) & front, number, onto=p.FREE)


def wet_sheath(canvas: Canvas, line: Course, share: tuple[float, float], mm: float, rng: np.random.Generator) -> None:
    """Fluid round a tendon along a part of its course."""
    first, last = (int(s * (len(line.points) - 1)) for s in share)
    part = Course(line.points[first : last + 1], line.thick[first : last + 1], line.wide[first : last + 1], line.across)
    box = points_box(canvas, part.points, float(part.wide.max()) + mm + 2)
    grown = Course(part.points, part.thick + mm, part.wide + mm * 0.8, part.across)
    wet = distance_to(box, grown) + FLOAT(0.6) * noise(box, rng, 3.0) < 0
    canvas.paint(box, wet, p.part_number("sheath_fluid"), onto=p.LOOSE | p.EMPTY | p.MUSCLE)
