"""The inside of the joint: synovium, fat and the film of fluid; all sizes are assumed."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.pockets import pocket_box, ragged
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Canvas, grow, noise
from OrthoDiffusionLib.lab.phantom.knee import parts as p
from OrthoDiffusionLib.lab.phantom.knee.landmarks import KneeLandmarks

# What lies inside the joint may be painted over: anything but bone, cartilage, ligament and what is outside.
_LOOSE = ~(p.CORE | p.FIRM | p.members("air", "skin", "subcutaneous_fat"))


def paint_cavity(canvas: Canvas, marks: KneeLandmarks, rng: np.random.Generator) -> None:
    """Fat around the condyles, with folds of synovium in it."""
    s = marks.size
    onto = _LOOSE
    box = canvas.box((-44 * s, -38 * s, -14 * s), (44 * s, 52 * s, 36 * s))
    space = ragged(box, (0, 1, 7 * s), (41 * s, 36 * s, 21 * s), rng, (1.0, 6.0))
    canvas.paint(box, space < 0, p.part_number("other_fat_pad"), onto=onto)
    canvas.paint(
        box,
        (space < 0) & noise(box, rng, float(rng.uniform(2.2, 6.0)), sheets=float(rng.uniform(0.02, 0.09))),
        p.part_number("synovium"),
        onto=onto,
    )
    _line_cruciates(canvas, marks, rng)


def _line_cruciates(canvas: Canvas, marks: KneeLandmarks, rng: np.random.Generator) -> None:
    """The cruciates' own sleeve of synovium, with clefts of fluid; broken, so that fat reaches them too."""
    s = marks.size
    box = canvas.box((-18 * s, -36 * s, -14 * s), (18 * s, 22 * s, 30 * s))
    view = canvas.view(box)
    ligament = p.members("anterior_cruciate_ligament", "posterior_cruciate_ligament")[view]
    sleeve = grow(ligament) & _LOOSE[view]
    patchy = noise(box, rng, 3)
    view[sleeve & (patchy > FLOAT(rng.uniform(-0.9, 0.6)))] = p.part_number("synovium")
    view[sleeve & (patchy > FLOAT(rng.uniform(0.7, 2.2)))] = p.part_number("joint_fluid")


def paint_recess(canvas: Canvas, centre, radii, number: int, rng) -> None:
    """A pocket of fluid with an uneven outline."""
    box = pocket_box(canvas, centre, radii)
    canvas.paint(box, ragged(box, centre, radii, rng, (0.7, 3.0)) < 0, number, onto=_LOOSE)


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
    # A film of less than a voxel: fluid takes some voxels of it, ever fewer towards the dry places.
    patchy = noise(box, rng, 8.5) + FLOAT(0.8) * noise(box, rng, 0.5) < FLOAT(2.4 * wetness - 1.7)
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
    # Where the plates stand far apart a fold of synovium fills the space, and fluid only wets it.
    wide = between.sum(2, keepdims=True) * canvas.frame.spacing_mm > 2.6
    fold = between & wide & (noise(box, rng, 2.2) < FLOAT(1.0 - 1.5 * wetness))
    # Where they nearly touch, the film is thinner than a voxel.
    fold |= between & ~wide & (noise(box, rng, 0.5) < FLOAT(0.5 - 0.9 * wetness))
    view[between] = p.part_number("joint_fluid")
    view[fold] = p.part_number("synovium")
