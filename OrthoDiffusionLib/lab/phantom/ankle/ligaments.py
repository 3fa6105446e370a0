"""Ligaments of an ankle from attachment to attachment. Points are those of the mean ankle's bones.

Attachments after the sources named below; what has none is assumed.
"""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.lab.phantom.ankle import parts as p
from OrthoDiffusionLib.lab.phantom.engine.cords import Course, course, course_box, distance_to, paint_course
from OrthoDiffusionLib.lab.phantom.engine.draws import size_factor
from OrthoDiffusionLib.lab.phantom.engine.shapes import Canvas, noise
from OrthoDiffusionLib.lab.phantom.engine.skeleton.body import Body

# How much thicknesses differ from person to person (assumed).
_SPREAD = 0.12

# Points on bones of the mean ankle. The fibular centres of the two lateral ligaments lie 8.6 mm apart on the front edge
# of the malleolus (3.7 mm above and 4.9 mm below the obscure tubercle, discovery.researcher.life c1919c6e), 13.8 and
# 5.3 mm from its tip (assumed); the talar one 60 % up the front edge of the talar body; the calcaneal one 17 mm below
# the subtalar joint (same source).
ATFL_FIBULA, ATFL_TALUS = (25.6, 6.9, -19.1), (13.2, 17.2, -12.3)
CFL_FIBULA, CFL_CALCANEUS = (29.4, 0.1, -24.9), (24.2, -16.0, -44.5)
PTFL_FIBULA, PTFL_TALUS = (23.6, -9.2, -16.5), (7.0, -20.8, -20.2)
# Anterior: from the tibia 9.3 mm above the corner of the plafond to the fibula 30.5 mm above its tip (PubMed 25361858);
# 35 and 20 degrees to the plafond (Surg Radiol Anat 2006); 10.1 and 11.7 mm long between centres.
AITFL_TIBIA, AITFL_FIBULA = (17.3, 12.6, 8.6), (25.6, 7.2, 3.6)
PITFL_TIBIA, PITFL_FIBULA = (14.0, -17.6, 7.5), (24.6, -12.6, 3.1)
SUSTENTACULUM, NAVICULAR_TUBEROSITY = (-20.0, -3.0, -31.5), (-31.5, 25.0, -37.0)


def _between(body: Body, first: tuple[str, tuple], last: tuple[str, tuple], over=(), out=(0.0, 0.0, 0.0)):
    """Points from one attachment over places beside the bones to another; the ends lie a little outside the bones."""
    ends = [body.at(*first) + out, body.at(*last) + out]
    middle = list(body.place(over)) if len(over) else []
    return np.array([ends[0], *middle, ends[1]])


def atfl_course(body: Body, rng: np.random.Generator) -> Course:
    """Anterior talofibular: 17 ± 3 mm long, 7.6 wide and 2.2 thick (MRI, n = 251, JEO 2021, s40634-021-00406-2)."""
    points = _between(
        body, ("fibula", ATFL_FIBULA), ("talus", ATFL_TALUS), [(20.6, 13.4, -16.0)], np.array([0.5, 0.7, 0.0])
    )
    thick, wide = 1.1 * size_factor(rng, _SPREAD), 3.7 * size_factor(rng, 0.1)
    return course(points, [thick * 1.15, thick, thick * 1.15], [wide * 1.05, wide, wide * 1.1], (0.0, 0.25, 1.0))


def cfl_course(body: Body, rng: np.random.Generator) -> Course:
    """Calcaneofibular: 27 ± 3 mm long, 5.6 wide and 2.1 thick (same source), a cord under the peroneal tendons."""
    points = _between(
        body, ("fibula", CFL_FIBULA), ("calcaneus", CFL_CALCANEUS), [(26.8, -7.4, -34.0)], np.array([0.8, 0.0, -0.4])
    )
    thick, wide = 1.15 * size_factor(rng, _SPREAD), 2.7 * size_factor(rng, 0.1)
    return course(points, [thick, thick * 0.95, thick], [wide, wide, wide * 1.25], (0.0, 1.0, -0.4))


def paint_ligaments(canvas: Canvas, body: Body, rng: np.random.Generator) -> dict[str, Course]:
    """All ligaments; returns the courses of those that may be torn."""
    courses = {
        "anterior_talofibular_ligament": atfl_course(body, rng),
        "calcaneofibular_ligament": cfl_course(body, rng),
    }
    for name, line in courses.items():
        paint_course(canvas, line, p.part_number(name), p.FREE)
    _paint_ptfl(canvas, body, rng)
    _paint_syndesmosis(canvas, body, rng)
    _paint_deltoid(canvas, body, rng)
    _paint_tarsal(canvas, body, rng)
    return courses


def _paint_ptfl(canvas: Canvas, body: Body, rng: np.random.Generator) -> None:
    """Posterior talofibular: a fan of 20 to 25 mm from the malleolar fossa to the lateral tubercle, with fat in it."""
    points = _between(body, ("fibula", PTFL_FIBULA), ("talus", PTFL_TALUS), [(15.5, -15.8, -18.4)])
    line = course(points, 2.2 * size_factor(rng, _SPREAD), [3.0, 2.8, 2.2], (0.0, 0.2, 1.0))
    _paint_striped(canvas, line, "posterior_talofibular_ligament", "posterior_talofibular_fat", 0.9, rng)


def _paint_striped(canvas: Canvas, line: Course, fibre: str, fat: str, above: float, rng: np.random.Generator) -> None:
    """A ligament of bundles with fat between them."""
    box = course_box(canvas, line, 2.0)
    inside = distance_to(box, line) < 0
    stripes = noise(box, rng, 1.6, above=above)
    canvas.paint(box, inside & stripes, p.part_number(fat), onto=p.FREE)
    canvas.paint(box, inside & ~stripes, p.part_number(fibre), onto=p.FREE)


def _paint_syndesmosis(canvas: Canvas, body: Body, rng: np.random.Generator) -> None:
    number = p.part_number("tibiofibular_syndesmosis")
    anterior = _between(body, ("tibia", AITFL_TIBIA), ("fibula", AITFL_FIBULA), (), np.array([0.0, 1.2, 0.0]))
    posterior = _between(body, ("tibia", PITFL_TIBIA), ("fibula", PITFL_FIBULA), (), np.array([0.0, -1.3, 0.0]))
    paint_course(canvas, course(anterior, 1.4 * size_factor(rng, _SPREAD), [4.6, 4.2], (0.3, 0.0, 1.0)), number, p.FREE)
    paint_course(
        canvas, course(posterior, 2.0 * size_factor(rng, _SPREAD), [6.0, 5.0], (0.2, 0.0, 1.0)), number, p.FREE
    )
    # Between the two bones short fibres in fat, above them the membrane.
    for z in np.arange(7.0, 30.0, 2.1):
        row = np.array([_facing(body, "tibia", z, 3.0, 16.0), _facing(body, "fibula", z + 2.0, -3.0, 28.0)])
        if rng.random() < 0.8:
            paint_course(canvas, course(row, 0.7, 4.5, (0.0, 1.0, 0.0)), number, p.FREE)
    top = canvas.frame.hi_mm[2]
    sheet = np.array([(21.0, -0.5, 28.0), (21.0, -2.0, 50.0), (17.0, -2.5, top)])
    for n in range(len(sheet) - 1):
        low, high = body.place(sheet[n : n + 2])
        for share in np.linspace(0, 1, 6)[:-1]:
            middle = low + (high - low) * share
            row = middle + np.array([[-8.0, 1.5, 1.5], [8.0, -1.5, -1.5]])
            paint_course(canvas, course(row, 0.45, 3.0, (0.0, 0.1, 1.0)), p.part_number("other_ligament"), p.FREE)


def _facing(body: Body, bone: str, z: float, y: float, x: float) -> np.ndarray:
    return body.at(bone, (x, y, z))


def _paint_deltoid(canvas: Canvas, body: Body, rng: np.random.Generator) -> None:
    """Deep bundles to the talus, the posterior one the largest and striped; superficial ones fanned out to the foot.

    The superficial part is a trapezoid 22.6 mm wide above and 50.5 below (IJM 30:162).
    """
    deep = (
        ((-21.5, -2.6, -7.2), ("talus", (-17.2, -7.0, -18.2)), 3.2, 5.0),
        ((-20.6, 6.8, -7.6), ("talus", (-19.2, 6.0, -17.0)), 1.8, 3.2),
    )
    for top, foot, thick, wide in deep:
        line = course(_between(body, ("tibia", top), foot), thick * size_factor(rng, _SPREAD), wide, (0.0, 1.0, 0.0))
        _paint_striped(canvas, line, "deltoid_ligament", "deltoid_fat", 0.75, rng)
    number = p.part_number("deltoid_ligament")
    superficial = (
        ((-25.5, 1.5, -8.8), ("calcaneus", SUSTENTACULUM), [(-25.5, -0.5, -20.0)], 4.5),
        ((-24.5, 5.5, -8.4), ("navicular", NAVICULAR_TUBEROSITY), [(-28.5, 15.0, -22.0)], 4.0),
        ((-25.0, 3.5, -8.8), ("calcaneus", (-17.5, 3.5, -35.0)), [(-27.0, 6.5, -22.0)], 4.0),
        ((-24.2, -3.5, -5.5), ("talus", (-12.5, -18.0, -22.0)), [(-20.5, -11.5, -14.0)], 3.2),
    )
    for top, foot, over, wide in superficial:
        points = _between(body, ("tibia", top), foot, over, np.array([-0.6, 0.0, 0.0]))
        paint_course(canvas, course(points, 0.9 * size_factor(rng, _SPREAD), wide, (0.0, 1.0, 0.0)), number, p.FREE)


def _paint_tarsal(canvas: Canvas, body: Body, rng: np.random.Generator) -> None:
    """Interosseous and cervical ligaments in the sinus tarsi, spring ligament, long plantar ligament."""
    number = p.part_number("other_ligament")
    for points, thick, wide in (
        ([(-4.0, 0.5, -27.5), (-2.5, 0.5, -33.0)], 1.3, 3.5),
        ([(9.5, 8.5, -29.5), (8.0, 13.0, -36.0)], 1.5, 2.6),
        ([(-19.0, 3.0, -35.5), (-24.0, 12.0, -39.5), (-27.0, 22.0, -41.0)], 1.6, 4.0),
        ([(7.0, -10.0, -62.5), (8.0, 8.0, -63.5), (8.0, 30.0, -66.5)], 1.5, 5.5),
    ):
        line = course(
            body.place(points),
            thick * size_factor(rng, _SPREAD),
            wide,
            (0.3, 1.0, 0.2) if wide < 4 else (1.0, 0.0, 0.0),
        )
        paint_course(canvas, line, number, p.FREE)
