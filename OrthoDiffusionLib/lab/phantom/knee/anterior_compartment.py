"""The anterior compartment, behind the extensor apparatus: three fat pads and the joint's recess between them.

Shapes and sizes are assumed where no source stands beside them.
"""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.pockets import ragged
from OrthoDiffusionLib.lab.phantom.engine.shapes import (
    FLOAT,
    Box,
    Canvas,
    CoarseField,
    noise,
    signed_distance,
)
from OrthoDiffusionLib.lab.phantom.knee import parts as p
from OrthoDiffusionLib.lab.phantom.knee.extensors import FrontWall
from OrthoDiffusionLib.lab.phantom.knee.landmarks import KneeLandmarks

_LOOSE = ~(p.CORE | p.FIRM | p.members("air", "skin"))
_PADS = p.members("infrapatellar_fat_pad", "prefemoral_fat_pad", "suprapatellar_fat_pad")
_STEP = 3
# Thickness of the fluid, mm, where a recess is at its fullest (assumed).
_FULLEST_MM = 26.0


def _wall(wall: FrontWall, box: Box) -> np.ndarray:
    return wall.y[box.slices[0], box.slices[2]][:, None, :]


def _nearest(field: np.ndarray, allowed: np.ndarray, volume_ml: float, spacing_mm: float, limit: float) -> np.ndarray:
    """The allowed voxels of the smallest field values that together hold a volume, none above a limit."""
    allowed = allowed & (field < limit)
    values = field[allowed]
    wanted = round(volume_ml * 1000 / spacing_mm**3)
    if wanted < len(values):
        limit = np.partition(values, wanted)[wanted]
    return allowed & (field < limit)


def _from_femur(canvas: Canvas, box: Box) -> np.ndarray:
    """Distance (mm) from femur and its cartilage over a box, taken on a coarser grid."""
    solid = (p.FEMUR | p.members("femoral_cartilage"))[canvas.view(box)[1::_STEP, 1::_STEP, 1::_STEP]]
    coarse = signed_distance(solid, canvas.frame.spacing_mm * _STEP)
    field = CoarseField(coarse, box.shape, _STEP)
    return np.stack([field.plane(i) for i in range(box.shape[0])])


def paint_fat_pads(canvas: Canvas, marks: KneeLandmarks, wall: FrontWall, rng: np.random.Generator) -> None:
    """Clear the space behind the wall of muscle, then fill in the three anterior fat pads.

    The infrapatellar pad holds 26.0 ± 4.2 ml in 43 adults without knee pain (doi 10.21037/qims-20-441); the size of
    the others is assumed.
    """
    _part_inside_from_outside(canvas, marks, wall)
    _paint_infrapatellar(canvas, marks, wall, rng)
    _paint_prefemoral(canvas, marks, wall, rng)
    _paint_suprapatellar(canvas, marks, wall, rng)


def _part_inside_from_outside(canvas: Canvas, marks: KneeLandmarks, wall: FrontWall) -> None:
    """Subcutaneous fat before the wall, joint tissue behind it: no muscle crosses and no fascia enters."""
    s = marks.size
    box = canvas.box((-40 * s, 2 * s, wall.tuberosity + 4 * s), (40 * s, 80, wall.top - 4 * s))
    view, y = canvas.view(box), _wall(wall, box)
    free = (wall.share < 0.9)[box.slices[0], box.slices[2]][:, None, :]
    before = (box.y > y + 0.6) & free
    canvas.paint(box, before, p.part_number("subcutaneous_fat"), onto=p.members("intermuscular_fat"))
    # The vasti reach down along the patella's sides, not under it.
    share = wall.share[box.slices[0], box.slices[2]][:, None, :]
    behind = (box.y < y) & free & (box.z > -14 * s) & (box.z < wall.top - (4 + 26 * share) * s)
    outside = p.MUSCLE | p.SHEETS | p.members("subcutaneous_fat")
    np.copyto(view, np.uint8(p.part_number("intermuscular_fat")), where=behind & outside[view])


def _paint_infrapatellar(canvas: Canvas, marks: KneeLandmarks, wall: FrontWall, rng: np.random.Generator) -> None:
    s = marks.size
    low, high = wall.tuberosity + rng.uniform(4, 9) * s, wall.bottom + rng.uniform(4, 9) * s
    depth = 0.5 * (marks.tibia_front + marks.patella_front)
    centre = (marks.patella_bottom[0] + rng.normal(0.5, 1), depth, 0.5 * (low + high) + 1 * s)
    radii = np.array([38.0, 23.0, 0.6 * (high - low) / s]) * s
    box = canvas.box((-38 * s, 4 * s, low), (38 * s, marks.patella_front, high))
    pad = ragged(box, centre, radii, rng, (0.9, 5.0))
    allowed = _LOOSE[canvas.view(box)] & (box.y < _wall(wall, box))
    # Below the rim of the plateau only the middle, behind the tendon, is left of it.
    half = np.interp(box.z.ravel(), [low, -10 * s, 0], [9 * s, 27 * s, 34 * s]).astype(FLOAT)
    allowed &= np.abs(box.x - FLOAT(centre[0])) < half
    volume = float(np.clip(rng.normal(26, 4.2), 15, 36)) * s**2
    pad_mask = _nearest(pad, allowed, volume, canvas.frame.spacing_mm, 6.0)
    canvas.paint(box, pad_mask, p.part_number("infrapatellar_fat_pad"))
    # Strands of connective tissue in it; the broad ones are rare. They are no part of the pad's outline there.
    for name, scale, most in (("thin_fascia", 2.2, 0.1), ("fat_septum", 4.2, 0.03)):
        strands = noise(box, rng, scale, sheets=float(rng.uniform(0.01, most)))
        canvas.paint(box, (pad < -1.5) & strands, p.part_number(name), onto=p.members("infrapatellar_fat_pad"))


def _paint_prefemoral(canvas: Canvas, marks: KneeLandmarks, wall: FrontWall, rng: np.random.Generator) -> None:
    """Fat on the front of the femur above the trochlea, behind the recess."""
    s = marks.size
    box = canvas.box((-26 * s, 6 * s, 36 * s), (26 * s, 60 * s, 106))
    from_bone = _front_of_femur(marks, box)
    start, fullest = rng.uniform(38, 44) * s, rng.uniform(54, 64) * s
    along = np.interp(box.z.ravel(), [start, fullest, fullest + 40 * s], [0, 1, rng.uniform(0.2, 0.6)]).astype(FLOAT)
    thick = FLOAT(rng.uniform(4, 11) * s) * along * np.clip(1 - (box.x / (24 * s)) ** 2, 0, 1)
    thick = thick * (1 + FLOAT(0.15) * noise(box, rng, 6))
    inside = (box.y > from_bone) & (box.y < from_bone + thick) & (box.y < _wall(wall, box) - 3)
    canvas.paint(box, inside, p.part_number("prefemoral_fat_pad"), onto=_LOOSE)


def _front_of_femur(marks: KneeLandmarks, box: Box) -> np.ndarray:
    return marks.front_of_femur[box.slices[0], box.slices[2]][:, None, :].astype(FLOAT)


def _paint_suprapatellar(canvas: Canvas, marks: KneeLandmarks, wall: FrontWall, rng: np.random.Generator) -> None:
    """A wedge of fat behind the quadriceps tendon, its base on the patella."""
    s = marks.size
    tall, deep, half = rng.uniform(12, 26) * s, rng.uniform(7, 13) * s, rng.uniform(13, 20) * s
    box = canvas.box((-24 * s, 10 * s, wall.top - 6 * s), (28 * s, marks.patella_front + 2, wall.top + tall))
    middle = wall.middle[box.slices[2]][None, None, :]
    upward = np.clip(1 - (box.z - wall.top - 1 * s) / FLOAT(tall), 0, 1)
    low = np.clip((box.z - wall.top + 5 * s) / (5 * s), 0, 1)
    thick = FLOAT(deep) * upward * low * np.clip(1 - ((box.x - middle) / half) ** 2, 0, 1)
    thick = thick * (1 + FLOAT(0.15) * noise(box, rng, 4)) + FLOAT(3.0) * (thick > 0.5)
    y = _wall(wall, box)
    inside = (box.y < y + 1) & (box.y > y - thick) & (box.y > _front_of_femur(marks, box) + 1.5)
    canvas.paint(box, inside & (thick > 0.5), p.part_number("suprapatellar_fat_pad"), onto=_LOOSE)


def fill_recess(
    canvas: Canvas, marks: KneeLandmarks, wall: FrontWall, volume_ml: float, number: int, rng: np.random.Generator
) -> None:
    """Fluid in the suprapatellar recess, beside the patella and in both gutters.

    It lies on the femur and on the prefemoral fat like a saddle, thickest above the patella, and stays behind the
    wall and off the fat pads; a larger volume makes it thicker and taller.

    Args:
        volume_ml: how much fluid; less where the space is too small.
        number: part to paint.
    """
    s = marks.size
    full = float(np.clip(volume_ml / 60, 0, 1))
    top = min(wall.top + (rng.uniform(12, 26) + 30 * full) * s, 98.0)
    box = canvas.box((-50 * s, -12 * s, 1 * s), (50 * s, 66 * s, top))
    view = canvas.view(box)
    away = _from_femur(canvas, box)
    bend = box.x / (40 * s)
    above = np.clip((box.z - 34 * s) / (14 * s), 0, 1)
    # Upwards it tapers to a tongue.
    dome = np.clip((top - box.z) / (36 * s), 0, 1) ** FLOAT(0.8)
    dome = dome * np.clip(1.25 - (np.abs(bend) + FLOAT(0.25) * above) ** 2, 0.05, 1)
    behind = np.clip((box.y + 10 * s - 16 * s * above) / (20 * s), 0, 1)
    beside = FLOAT(rng.uniform(0.25, 0.5)) + (1 - FLOAT(0.4)) * above
    lower = np.clip((box.z - 3 * s) / (16 * s), 0, 1)
    lean = 1 + FLOAT(rng.uniform(-0.15, 0.4)) * np.clip(bend, -1, 1)
    weight = FLOAT(_FULLEST_MM) * (dome * lower * lean) * (behind * beside)
    weight = weight * (1 + FLOAT(0.22) * noise(box, rng, 6))
    # The recess leaves the bone above the trochlea: prefemoral fat lies between.
    lift = FLOAT(rng.uniform(0.5, 2.5)) * above
    pad = _PADS[view]
    prefemoral = (view == p.part_number("prefemoral_fat_pad")).sum(1, keepdims=True) * FLOAT(canvas.frame.spacing_mm)
    field = (away - lift - prefemoral + FLOAT(1.0)) / np.maximum(weight, FLOAT(0.4))
    allowed = _LOOSE[view] & ~pad & (box.y < _wall(wall, box) - 0.4) & (weight > 0.6)
    allowed &= ~p.members("subcutaneous_fat")[view]
    fluid = _nearest(field, allowed, volume_ml, canvas.frame.spacing_mm, 1.2 + 0.6 * full)
    canvas.paint(box, _smooth_mask(fluid) & allowed, number)
    _paint_folds(canvas, box, fluid, wall, full, rng)


def _smooth_mask(mask: np.ndarray) -> np.ndarray:
    """The mask without corners smaller than about 5 mm, of nearly the same volume."""
    from scipy.ndimage import uniform_filter

    return uniform_filter(mask.astype(FLOAT), 7) > 0.5


def _paint_folds(canvas: Canvas, box: Box, fluid, wall: FrontWall, full: float, rng: np.random.Generator) -> None:
    """Synovial folds that stand in the fluid: a suprapatellar plica, and stray ones in a wet joint."""
    number = p.part_number("synovium")
    if rng.random() < 0.4:
        height = wall.top + rng.uniform(8, 24)
        bent = box.z - FLOAT(height) - FLOAT(rng.uniform(-0.2, 0.2)) * box.y - FLOAT(1.5) * noise(box, rng, 6)
        hole = np.abs(box.x - FLOAT(rng.uniform(-18, 18))) > rng.uniform(0, 14)
        canvas.paint(box, fluid & (np.abs(bent) < 0.7) & hole, number)
    if full > 0.2 and rng.random() < 0.5:
        strands = noise(box, rng, 6, sheets=float(rng.uniform(0.03, 0.09))) & (noise(box, rng, 8.5) > 0.6)
        canvas.paint(box, fluid & strands, number)
