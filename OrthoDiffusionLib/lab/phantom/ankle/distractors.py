"""What is seen in an ankle and answers none of its questions; frequencies and sizes are assumed."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.lab.phantom.ankle import parts as p
from OrthoDiffusionLib.lab.phantom.ankle.achilles_lesions import thicken
from OrthoDiffusionLib.lab.phantom.ankle.ligament_lesions import bruise
from OrthoDiffusionLib.lab.phantom.ankle.tendons import PaintedTendons, wet_sheath
from OrthoDiffusionLib.lab.phantom.engine.pockets import pocket_box, ragged
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Canvas, noise
from OrthoDiffusionLib.lab.phantom.engine.skeleton.body import Body

TENDINOSIS = 0.16


def add_distractors(
    canvas: Canvas, body: Body, tendons: PaintedTendons, *, ruptured: bool, rng: np.random.Generator
) -> tuple[str, ...]:
    """Draw and paint; returns the names of what was painted.

    Args:
        ruptured: whether the Achilles tendon will be torn: no tendinosis is drawn then.
    """
    found = []
    if rng.random() < 0.7:
        add_physeal_scar(canvas, body, rng)
    for bone, chance in (("tibia", 0.3), ("calcaneus", 0.25), ("talus", 0.15), ("foot", 0.2)):
        if rng.random() < chance:
            add_red_marrow(canvas, bone, rng)
    if rng.random() < TENDINOSIS and not ruptured:
        thicken(canvas, tendons.achilles, rng)
        found.append("tendinosis")
    for bone, place, chance in (
        ("talus", (-2.0, 4.0, -18.0), 0.08), ("talus", (10.0, 0.0, -6.0), 0.05), ("tibia", (2.0, 3.0, 6.0), 0.06),
        ("calcaneus", (8.0, -20.0, -45.0), 0.08), ("navicular", (-16.0, 30.0, -34.0), 0.04),
        ("cuboid", (4.0, 32.0, -52.0), 0.04),
    ):  # fmt: skip
        if rng.random() < chance:
            bruise(canvas, body.place([place])[0], rng.uniform(4, 10, 3), bone, rng)
            found.append(f"{bone}_oedema")
    for name, chance in (("tibialis_posterior", 0.15), ("flexor_hallucis", 0.3), ("peroneus_longus", 0.1),
                         ("extensor_digitorum", 0.06)):  # fmt: skip
        if rng.random() < chance:
            wet_sheath(canvas, tendons.courses[name], (0.3, 0.65), float(rng.uniform(0.5, 1.8)), rng)
    if rng.random() < 0.1:
        add_ganglion(canvas, body, rng)
    if rng.random() < 0.12:
        add_cyst(canvas, body, rng)
    return tuple(found)


def add_red_marrow(canvas: Canvas, bone: str, rng: np.random.Generator) -> None:
    """Islands of red marrow."""
    box = canvas.whole() if bone == "foot" else canvas.box((-34, -58, -78), (40, 34, 84))
    field = noise(box, rng, float(rng.choice([3.0, 4.2, 6.0])))
    number = p.part_number(f"{bone}_red_marrow")
    canvas.paint(box, field > FLOAT(rng.uniform(1.0, 2.0)), number, onto=p.members(f"{bone}_marrow"))


def add_physeal_scar(canvas: Canvas, body: Body, rng: np.random.Generator) -> None:
    """The scar of the growth plate above the plafond: a broken, wavy sheet across the marrow."""
    middle = float(rng.uniform(10, 15)) * body.size
    for bone, low, high in (("tibia", (-30, -24), (24, 22)), ("fibula", (14, -18), (40, 14))):
        box = canvas.box((*low, middle - 10), (*high, middle + 10))
        bend = FLOAT(rng.uniform(-1.5, 1.5)) * np.cos(box.x / 11) + FLOAT(1.3) * noise(box, rng, 6)
        drop = 0.0 if bone == "tibia" else 9.0
        sheet = np.abs(box.z - middle + drop - bend) < FLOAT(rng.uniform(0.35, 0.55))
        whole = noise(box, rng, 4.2) < FLOAT(rng.uniform(-0.6, 1.2))
        canvas.paint(box, sheet & whole, p.part_number(f"{bone}_physeal_scar"), onto=p.members(f"{bone}_marrow"))


def add_ganglion(canvas: Canvas, body: Body, rng: np.random.Generator) -> None:
    """A small cyst beside the sinus tarsi or in front of the joint."""
    place = body.place([((16.0, 17.0, -26.0), (-4.0, 27.0, -6.0))[int(rng.random() < 0.4)]])[0]
    radii = rng.uniform(2.0, 5.0, 3)
    box = pocket_box(canvas, place, radii)
    inside = ragged(box, place, radii, rng, (0.6, 2.2)) < 0
    canvas.paint(box, inside, p.part_number("cyst_fluid"), onto=p.LOOSE)


def add_cyst(canvas: Canvas, body: Body, rng: np.random.Generator) -> None:
    """A cyst of the calcaneus under its neck, or of the tibia above its lip: fluid in bone away from the dome."""
    bone, place = (("calcaneus", (8.0, 0.0, -45.0)), ("tibia", (8.0, 10.0, 7.0)))[int(rng.random() < 0.5)]
    centre = body.place([place])[0] + rng.normal(0, 1.5, 3)
    radii = rng.uniform(1.5, 4.0, 3)
    box = pocket_box(canvas, centre, radii)
    inside = ragged(box, centre, radii, rng, (0.4, 2.2)) < 0
    canvas.paint(box, inside, p.part_number(f"{bone}_oedema"), onto=p.members(f"{bone}_marrow"))
