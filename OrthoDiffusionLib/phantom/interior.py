"""The inside of the joint: synovium, fat pads, the pouch and the film of fluid."""

from __future__ import annotations

import numpy as np

from . import parts as p
from .landmarks import KneeLandmarks
from .shapes import FLOAT, Canvas, ellipsoid, grow, noise

# What lies inside the joint may be painted over: anything but bone, cartilage, ligament and what is outside.
_LOOSE = ~(p.CORE | p.FIRM | p.members("air", "skin", "subcutaneous_fat"))


def paint_cavity(canvas: Canvas, marks: KneeLandmarks, rng: np.random.Generator) -> None:
    """Synovium around the condyles, Hoffa's fat pad, fat before the femur and above the patella."""
    s = marks.size
    onto = _LOOSE
    box = canvas.box((-44 * s, -38 * s, -14 * s), (44 * s, 52 * s, 36 * s))
    room = ellipsoid(box, (0, 1, 7 * s), (41 * s, 36 * s, 21 * s)) + FLOAT(1.0) * noise(box, rng, 6)
    canvas.paint(box, room < 0, p.part_number("other_fat_pad"), onto=onto)
    mixture = noise(box, rng, 2.2)
    canvas.paint(box, (room < 0) & (mixture > FLOAT(rng.uniform(-0.5, 0.8))), p.part_number("synovium"), onto=onto)

    front_y = marks.patella_front - 6 * s
    low, high = marks.tuberosity[2] + 14 * s, marks.patella_bottom[2] + 6 * s
    centre = (marks.patella_bottom[0] + 1, (front_y + 12 * s) / 2, (low + high) / 2 - 1 * s)
    radii = (24.5 * s, (front_y - 4 * s) / 2 + 3 * s, (high - low) / 2 + 6 * s)
    box = canvas.box(np.subtract(centre, radii) - 3, np.add(centre, radii) + 3)
    pad = ellipsoid(box, centre, radii) + FLOAT(0.8) * noise(box, rng, 5)
    canvas.paint(box, pad < 0, p.part_number("infrapatellar_fat_pad"), onto=onto)
    strands = np.abs(noise(box, rng, 3.2)) < FLOAT(rng.uniform(0.02, 0.1))
    canvas.paint(box, (pad < -1.5) & strands, p.part_number("fat_septum"), onto=p.members("infrapatellar_fat_pad"))

    # Fat before the femur, under the pouch, and the small pad above the patella.
    box = canvas.box((-22 * s, 0, 38 * s), (22 * s, 50 * s, 85 * s))
    front = marks.front_of_femur[box.slices[0], box.slices[2]][:, None, :].astype(FLOAT)
    thick = (
        FLOAT(rng.uniform(3, 8))
        * np.exp(-(((box.z - 62 * s) / (18 * s)) ** 2))
        * np.clip(1 - (box.x / (21 * s)) ** 2, 0, 1)
    )
    near = (box.y > front) & (box.y < front + thick)
    canvas.paint(box, near, p.part_number("other_fat_pad"), onto=onto)
    top = marks.patella_top + np.array([0, -6 * s, 2 * s])
    radii = np.array([11, 4.5, 6.5]) * s * rng.uniform(0.7, 1.3)
    box = canvas.box(top - radii - 2, top + radii + 2)
    canvas.paint(
        box, ellipsoid(box, top, radii) + FLOAT(0.5) * noise(box, rng, 4) < 0, p.part_number("other_fat_pad"), onto=onto
    )


def paint_pouch(
    canvas: Canvas, marks: KneeLandmarks, thickness_mm: float, number: int, rng, *, reach: float = 1.0
) -> None:
    """Suprapatellar pouch and the gutters beside the condyles: a curtain of fluid in front of the femur.

    Args:
        thickness_mm: greatest thickness of the fluid.
        number: part to paint.
        reach: 1 for a pouch that ends about 30 mm above the patella; more for a distended one.
    """
    s = marks.size
    top = marks.patella_top[2] + rng.uniform(8, 20) * s * reach
    box = canvas.box((-46 * s, -4 * s, 2 * s), (46 * s, 66 * s, top + 4))
    front = marks.front_of_femur[box.slices[0], box.slices[2]]
    # The curtain hangs over the sides too, where the front falls away.
    front = np.where(np.isfinite(front), front, -10.0)
    for axis in (0, 1):
        padded = np.pad(front, [(2, 2) if n == axis else (0, 0) for n in range(2)], mode="edge")
        front = sum(np.take(padded, np.arange(n, n + front.shape[axis]), axis=axis) for n in range(5)) / 5
    front = front[:, None, :].astype(FLOAT)
    side = rng.uniform(-0.35, 0.35)
    across = box.x / (38 * s)
    width = 1 - FLOAT(0.55) * np.clip((box.z - 40 * s) / (40 * s), 0, 1)
    profile = np.clip(1 - (across / width) ** 4, 0, 1) * (0.75 + 0.5 * across * side + 0.4 * np.abs(across))
    upper = np.clip((top - box.z) / (9 * s), 0, 1) ** 0.6
    lower = np.clip((box.z - 6 * s) / (12 * s), 0, 1)
    fluid = FLOAT(thickness_mm) * profile * upper * lower * (1 + FLOAT(0.25) * noise(box, rng, 5))
    lift = np.clip((box.z - 44 * s) / (14 * s), 0, 1) * FLOAT(rng.uniform(1.5, 5))
    inside = (box.y > front + lift - 0.8) & (box.y < front + lift + fluid)
    canvas.paint(box, inside & (fluid > 0.9), number, onto=_LOOSE)


def paint_recess(canvas: Canvas, centre, radii, number: int, rng) -> None:
    """A pocket of fluid with an uneven outline."""
    centre, radii = np.asarray(centre, dtype=float), np.asarray(radii, dtype=float)
    box = canvas.box(centre - radii - 2, centre + radii + 2)
    pocket = ellipsoid(box, centre, radii) + FLOAT(0.7) * noise(box, rng, 3)
    canvas.paint(box, pocket < 0, number, onto=_LOOSE)


def paint_film(canvas: Canvas, marks: KneeLandmarks, wetness: float, rng: np.random.Generator) -> None:
    """Fluid where cartilage faces soft tissue or other cartilage, in patches; then a lining of synovium.

    Args:
        wetness: 0 for dry, 1 for fluid on every surface.
    """
    s = marks.size
    box = canvas.box((-46 * s, -42 * s, -12 * s), (46 * s, 60 * s, 62 * s))
    view = canvas.view(box)
    cartilage = p.CARTILAGE[view]
    near = grow(cartilage)
    soft = ~p.CORE[view] & (view != 0)
    ligament = p.FIRM[view]
    shell = near & soft & ~ligament
    patchy = noise(box, rng, 5) < FLOAT(2.4 * wetness - 1.2)
    lining = grow(near) & soft & ~ligament & ~shell
    fluid = p.members("joint_fluid", "effusion_fluid")[view]
    view[lining & ~fluid] = p.part_number("synovium")
    view[shell & ~patchy & ~fluid] = p.part_number("synovium")
    view[shell & patchy & ~fluid] = p.part_number("joint_fluid")
    # The gap between two plates is fluid.
    gap = soft & (np.abs(box.z) < 12 * s) & (box.y > -26 * s) & (box.y < 18 * s) & ~ligament & ~fluid
    tall = cartilage.cumsum(2, dtype=np.uint8)
    between = gap & (tall > 0) & (tall[:, :, -1:] > tall)
    between &= (np.abs(box.x) > 9 * s) & (np.abs(box.x) < 36 * s)
    # Where the plates stand far apart a fold of synovium fills the room, and fluid only wets it.
    wide = between.sum(2, keepdims=True) * canvas.frame.spacing_mm > 2.6
    fold = between & wide & (noise(box, rng, 2.2) < FLOAT(1.0 - 1.5 * wetness))
    view[between] = p.part_number("joint_fluid")
    view[fold] = p.part_number("synovium")
