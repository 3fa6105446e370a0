"""Inside and beside the joint: fat pads, bursa, capsule, recesses with fluid, synovium; all sizes are assumed."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.lab.phantom.ankle import parts as p
from OrthoDiffusionLib.lab.phantom.engine.cords import Course
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Canvas, ellipsoid, grow, noise
from OrthoDiffusionLib.lab.phantom.engine.skeleton.body import Body

_ANKLE_PLATES = p.CARTILAGE & ~p.members("other_cartilage")


def paint_kager(canvas: Canvas, achilles: Course, rng: np.random.Generator) -> None:
    """Kager's fat pad: the triangle between Achilles tendon, flexor hallucis and calcaneus, with thin sheets in it."""
    box = canvas.box((-26, -62, -48), (40, -16, 62))
    z = box.z.ravel()
    order = np.argsort(achilles.points[:, 2])
    back = np.interp(z, achilles.points[order, 2], achilles.points[order, 1]).astype(FLOAT)
    middle = np.interp(z, achilles.points[order, 2], achilles.points[order, 0]).astype(FLOAT)
    # Wide at the calcaneus, narrow where the soleus comes down.
    half = np.interp(z, [-48, -20, 10, 60], [11.0, 13.0, 11.5, 5.0]).astype(FLOAT)
    front = np.interp(z, [-48, -26, -8, 20, 60], [-44.0, -24.0, -23.5, -26.0, -33.0]).astype(FLOAT)
    wavy = FLOAT(1.2) * noise(box, rng, 6.0)
    inside = (box.y > back - 1.5 + 0.02 * (box.x - middle) ** 2) & (box.y < front + wavy)
    inside &= np.abs(box.x - middle + 2.0) < half + wavy
    sheets = noise(box, rng, float(rng.uniform(3.0, 6.0)), sheets=float(rng.uniform(0.02, 0.08)))
    canvas.paint(box, inside & sheets, p.part_number("kager_septum"), onto=p.EMPTY)
    canvas.paint(box, inside, p.part_number("kager_fat_pad"), onto=p.EMPTY)


def paint_bursa(canvas: Canvas, body: Body, rng: np.random.Generator) -> None:
    """The retrocalcaneal bursa: a comma of fluid of a millimetre or two between tendon and calcaneus, at times more."""
    top = body.at("calcaneus", (11.4, -49.5, -36.0))
    full = float(rng.uniform(0.6, 1.3) if rng.random() < 0.85 else rng.uniform(1.4, 2.8))
    centre = top + np.array([0.0, -1.6, 2.6])
    radii = (float(rng.uniform(5, 8)), full, float(rng.uniform(3.0, 5.5)))
    box = canvas.box(centre - np.array(radii) - 3, centre + np.array(radii) + 3)
    # Its upper end leans forward over the corner of the bone.
    y = box.y - FLOAT(0.35) * (box.z - FLOAT(centre[2]))
    q = (
        ((box.x - centre[0]) / radii[0]) ** 2
        + ((y - centre[1]) / radii[1]) ** 2
        + ((box.z - centre[2]) / radii[2]) ** 2
    )
    soft = p.members("kager_fat_pad", "kager_septum") | p.EMPTY
    canvas.paint(box, q < 1.0 + 0.2 * noise(box, rng, 2.2), p.part_number("retrocalcaneal_bursa"), onto=soft)


def paint_capsule(canvas: Canvas, body: Body, fluid: tuple[float, float], rng: np.random.Generator) -> None:
    """The recesses in front of and behind the talar dome: fluid on the bones, synovium about it, the capsule.

    Args:
        fluid: depth of the fluid in front and behind, mm; a trace is normal, more than 5 is not (assumed).
    """
    for mm, out, centre, (wide, high) in (
        (fluid[0], 1.0, (-1.0, 18.4, -4.5), (13.0, 9.5)),
        (fluid[1], -1.0, (1.0, -21.4, -8.5), (9.0, 9.0)),
    ):
        place = body.place(centre)[0]
        reach = np.array([wide + 4, 12.0, high + 4])
        box = canvas.box(place - reach, place + reach)
        # Bulging outward from the bones; the pocket's edge on them is their own surface.
        uneven = FLOAT(0.25) * noise(box, rng, 4.2) + FLOAT(0.25) * noise(box, rng, 2.2)
        q = ((box.x - place[0]) / FLOAT(wide)) ** 2 + ((box.z - place[2]) / FLOAT(high)) ** 2 + uneven
        outside = (box.y - FLOAT(place[1])) * FLOAT(out)
        depth = FLOAT(mm) * (1 - q**2)
        near = (q < 1) & (outside > -5.5)
        canvas.paint(box, near & (outside < depth), p.part_number("joint_fluid"), onto=p.EMPTY)
        fold = near & (outside < depth + 1.0) & (noise(box, rng, 2.2) > -0.4)
        canvas.paint(box, fold, p.part_number("synovium"), onto=p.EMPTY)
        sheet = (q < 1.5) & (np.abs(outside - depth - 2.2) < 0.5) & (noise(box, rng, 3.0) > 0.1)
        canvas.paint(box, sheet, p.part_number("capsule"), onto=p.EMPTY)
    # Between fibula and tibia a small recess goes up.
    place = body.place((19.0, 0.0, 3.5))[0]
    box = canvas.box(place - 8, place + 8)
    canvas.paint(box, ellipsoid(box, place, (1.6, 5.0, 4.5)) < 0, p.part_number("joint_fluid"), onto=p.EMPTY)


def paint_sinus_tarsi(canvas: Canvas, body: Body, rng: np.random.Generator) -> None:
    """Fat between talus and calcaneus, with strands of synovium; fluid in some."""
    first, last = body.place([(-6.0, -1.0, -30.0), (16.0, 14.0, -31.0)])
    box = canvas.box(np.minimum(first, last) - 9, np.maximum(first, last) + 9)
    middle = (first + last) / 2
    space = ellipsoid(box, middle, (17.0, 13.0, 8.5))
    strands = noise(box, rng, 2.2, sheets=float(rng.uniform(0.04, 0.16)))
    wet = noise(box, rng, 3.0, above=float(rng.uniform(1.3, 3.0)))
    canvas.paint(box, (space < 0) & wet, p.part_number("joint_fluid"), onto=p.EMPTY)
    canvas.paint(box, (space < 0) & strands, p.part_number("synovium"), onto=p.EMPTY)
    canvas.paint(box, space < 0, p.part_number("other_fat_pad"), onto=p.EMPTY)


def paint_lining(canvas: Canvas, body: Body, wetness: float, rng: np.random.Generator) -> None:
    """Fluid or synovium where cartilage faces what is soft.

    Args:
        wetness: 0 for dry, 1 for fluid on every surface.
    """
    box = canvas.box((-34, -34, -42), (40, 34, 12))
    view = canvas.view(box)
    shell = grow(_ANKLE_PLATES[view]) & ((p.LOOSE | p.EMPTY)[view])
    wet = noise(box, rng, 6.0) < FLOAT(2.4 * wetness - 1.5)
    view[shell & wet] = p.part_number("joint_fluid")
    view[shell & ~wet] = p.part_number("synovium")
