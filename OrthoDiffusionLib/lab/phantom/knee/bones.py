"""Bones and cartilage of a right knee as smooth shapes with a cortical shell.

What differs between people is drawn in `proportions.py`, which names its sources. Lengths that stand here are
millimetres in a knee of size 1, and assumed: they give the shapes between those proportions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.shapes import (
    FLOAT,
    Box,
    Canvas,
    barrel,
    capsule,
    cord,
    ellipsoid,
    grow,
    noise,
    smooth_max,
    smooth_min,
    stations_box,
    tube,
)
from OrthoDiffusionLib.lab.phantom.engine.skeleton.bone import uneven_cortex
from OrthoDiffusionLib.lab.phantom.knee import parts as p
from OrthoDiffusionLib.lab.phantom.knee.proportions import KneeProportions

# The dish of the medial and lateral tibial plateau, mm below the joint line (assumed).
DISH_Z = (-3.6, -3.2)


def _paint_bone(canvas, box, distance, name, cortex_mm) -> None:
    canvas.paint(box, distance < 0, p.part_number(f"{name}_cortex"))
    canvas.paint(box, distance < -cortex_mm, p.part_number(f"{name}_marrow"))


def _cortex_mm(away_mm, shaft_mm: float, size: float) -> np.ndarray:
    """Thickness of the cortex: a shell round the cancellous ends that thickens towards the shaft.

    Args:
        away_mm: distance from the joint's end of the metaphysis, towards the shaft.
        shaft_mm: thickness 80 mm up the shaft.
    """
    grown = np.clip(away_mm / FLOAT(80 * size), 0, 1)
    return FLOAT(0.6) + FLOAT(shaft_mm - 0.6) * grown ** FLOAT(1.3)


def vary_cortex(canvas: Canvas, rng: np.random.Generator) -> None:
    """Where the shell of a bone's end is one voxel thick it fills voxels in part or hardly; the outlines stay.

    The plate under cartilage is the thicker part of that shell; how thick either is, is assumed.
    """
    box = canvas.box((-60, -60, -75), (60, 70, 75))
    view = canvas.view(box)
    shell = grow(~p.BONE[view]) & _CORTEX[view]
    shell &= grow(p.BONE[view] & ~_CORTEX[view])
    weak = noise(box, rng, 6.0) + FLOAT(0.8) * noise(box, rng, 0.5)
    weak -= FLOAT(0.7) * grow(p.CARTILAGE[view])
    thin = float(rng.uniform(-0.8, 0.3))
    np.copyto(view, _THINNED[view], where=shell & (weak > thin))
    np.copyto(view, _OPENED[view], where=shell & (weak > thin + rng.uniform(0.9, 1.7)))


def paint_femur(canvas: Canvas, k: KneeProportions, rng: np.random.Generator) -> float:
    """Distal femur with condyles, trochlea, notch and shaft, and its cartilage, whose mean thickness it returns, mm."""
    s = k.size
    top = 74 * s
    box = canvas.box((-48 * s, -40 * s, -8), (48 * s, 46 * s, top))
    distance, notch = femur_shape(box, k)
    distance = distance + FLOAT(0.25) * noise(box, rng, 7)
    cover, plate = _femoral_plate(box, k, rng)
    shell = (distance >= 0) & (distance < plate) & cover & (notch > 0.8)
    canvas.paint(box, shell, p.part_number("femoral_cartilage"))
    _paint_bone(
        canvas, box, distance, "femur", _cortex_mm(box.z - 34 * s, k.cortex_mm[0], s) * uneven_cortex(box, rng, 0.5)
    )
    _paint_femoral_shaft(canvas, k, top, rng)
    return _mean_plate(plate, shell, distance, canvas.frame.spacing_mm)


def femur_shape(box: Box, k: KneeProportions) -> tuple[np.ndarray, np.ndarray]:
    """Distance to the smooth surface of the femur below its shaft, and to the ellipsoid of its notch, mm."""
    s = k.size
    medial_bottom, lateral_bottom = (condyle_bottom(k, side) for side in (0, 1))
    distance = _condyle(box, k, 0, medial_bottom)
    distance = _with_epicondyle(box, distance, -34.0, s)
    distance = smooth_min(distance, _condyle(box, k, 1, lateral_bottom), 4.0)
    distance = _with_epicondyle(box, distance, 34.0, s)
    distance = _with_shaft_and_groove(box, distance, k)
    notch = ellipsoid(box, (0, -19 * s, medial_bottom + 5.5 * s), k.notch)
    return smooth_max(distance, -notch, 3.0), notch


def _mean_plate(plate: np.ndarray, painted: np.ndarray, distance: np.ndarray, spacing_mm: float) -> float:
    """Mean thickness that a plate was painted with, over the layer of it that lies on the bone; nan without one."""
    on_bone = painted & (distance < spacing_mm)
    return float(np.broadcast_to(plate, painted.shape)[on_bone].mean()) if on_bone.any() else float("nan")


def _mean_column(painted: np.ndarray, spacing_mm: float) -> float:
    """Mean height of a level plate as it was painted, mm; nan without one."""
    height = painted.sum(axis=2) * spacing_mm
    return float(height[height > 0].mean()) if painted.any() else float("nan")


def condyle_bottom(k: KneeProportions, side: int) -> float:
    """Height of a condyle's lowest point above the dish, both cartilages and a film of fluid, RAS mm."""
    thickness, medial_tibial, lateral_tibial, _ = k.cartilage_mm
    plate = (medial_tibial, lateral_tibial)[side] * 0.9
    return DISH_Z[side] + plate + thickness * 0.95 + k.film_mm[side]


def _condyle(box: Box, k: KneeProportions, side: int, bottom: float) -> np.ndarray:
    """Distance to one condyle (0 medial, 1 lateral): a rear barrel and a flatter one in front."""
    s = k.size
    posterior = k.posterior_radius * (1.03, 0.97)[side]
    reach = k.anterior_reach + (4.5 * s, 6.3 * s)[side]
    back = barrel(
        box,
        (k.condyle_x[side], -13.5 * s, bottom + posterior),
        k.condyle_half_width[side],
        posterior,
        posterior,
        square=k.condyle_square,
    )
    front = barrel(
        box,
        (k.condyle_x[side] * 0.97, -1.5 * s, bottom + k.distal_radius),
        k.condyle_half_width[side] * 1.06,
        reach,
        k.distal_radius,
        square=k.condyle_square,
    )
    return smooth_min(back, front, 5.0)


def _with_epicondyle(box: Box, distance: np.ndarray, x: float, s: float) -> np.ndarray:
    bump = ellipsoid(box, (x * s, -3 * s, 23 * s), (4.8 * s, 11 * s, 12 * s))
    return smooth_min(distance, bump, 9.0)


def _with_shaft_and_groove(box: Box, distance: np.ndarray, k: KneeProportions) -> np.ndarray:
    """The condyles joined to the shaft, with the trochlear groove taken out."""
    s, x, y, z = k.size, box.x, box.y, box.z
    # Above the epicondyles the bone narrows towards the shaft.
    slope = (np.abs(x - 0.5 * s) - (40.5 * s - k.metaphysis * (z - 28 * s))) * FLOAT(0.85)
    distance = smooth_max(distance, slope, 12.0)
    block = ellipsoid(box, (1 * s, 12 * s, 36 * s), (30 * s, 22 * s, 27 * s))
    distance = smooth_min(distance, block, 6.0)
    flare = np.exp(-np.clip(z - 32 * s, 0, 200) / FLOAT(k.femoral_flare))
    a, b = k.shaft_radii[0] + 20 * s * flare, k.shaft_radii[1] + 7 * s * flare
    q = np.sqrt((x / a) ** 2 + ((y - (5 + 3 * flare) * s) / b) ** 2)
    shaft = np.maximum((q - 1) * np.minimum(a, b), 36 * s - z)
    distance = smooth_min(distance, shaft, 8.0)
    floor = 3 * s + k.anterior_reach - k.trochlear_depth
    radius = k.trochlear_radius
    groove = capsule(box, (1.5 * s, floor + radius, -6), (0.5 * s, floor + radius - 2.5 * s, 64 * s), radius)
    return smooth_max(distance, -groove, 5.0)


def _femoral_plate(box: Box, k: KneeProportions, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Where the femur has cartilage (bool), and its thickness there, mm."""
    s, x, y, z = k.size, box.x, box.y, box.z
    over_trochlea = (y > 4 * s) & (z < (45 + 0.1 * x) * s) & (np.abs(x) < 28 * s)
    over_condyles = (z < (35 * s + 0.25 * y)) & (y <= 8 * s)
    near = [np.abs(x - k.condyle_x[n]) / k.condyle_half_width[n] for n in (0, 1)]
    over_condyles = over_condyles & (np.minimum(near[0], near[1]) < 0.9)
    plate = k.cartilage_mm[0] * (1 + FLOAT(0.09) * noise(box, rng, 6))
    plate = plate * (1 - FLOAT(0.2) * np.clip(-y / (30 * s), 0, 1))
    edge = np.clip((1.0 - np.minimum(near[0], near[1])) / 0.3, 0.35, 1)
    return over_trochlea | over_condyles, plate * np.where(over_trochlea, FLOAT(1), edge)


def _paint_femoral_shaft(canvas: Canvas, k: KneeProportions, top: float, rng: np.random.Generator) -> None:
    """The shaft from the top of the metaphysis (z, mm) to the end of the canvas."""
    s = k.size
    rows = [
        (height, 0, (5 + 3 * e) * s, k.shaft_radii[0] + 20 * s * e, k.shaft_radii[1] + 7 * s * e, 0)
        for height in np.linspace(top, canvas.frame.hi_mm[2], 6)
        for e in [float(np.exp(-(height - 32 * s) / k.femoral_flare))]
    ]
    box = stations_box(canvas, rows)
    distance = tube(box, rows) + FLOAT(0.25) * noise(box, rng, 7)
    distance = np.where(box.z < top, FLOAT(9), distance)
    _paint_bone(
        canvas, box, distance, "femur", _cortex_mm(box.z - 34 * s, k.cortex_mm[0], s) * uneven_cortex(box, rng, 0.5)
    )


def paint_tibia(canvas: Canvas, k: KneeProportions, rng: np.random.Generator) -> tuple[float, float]:
    """Proximal tibia with plateaus, eminence, tuberosity and shaft, and its cartilage.

    Returns:
        the mean thickness (mm) of the medial and the lateral plate.
    """
    s = k.size
    box = canvas.box((-44 * s, -36 * s, canvas.frame.lo_mm[2]), (44 * s, 40 * s, 9 * s))
    distance, height, rim = tibia_shape(box, k)
    distance = distance + FLOAT(0.25) * noise(box, rng, 7)

    on_top = (height > -1.0) & (distance >= 0)
    means = []
    for n, name in ((0, "medial_tibial_cartilage"), (1, "lateral_tibial_cartilage")):
        plate = k.cartilage_mm[n + 1] * (1 - FLOAT(0.34) * rim[n])
        plate = plate * (1 + FLOAT(0.08) * noise(box, rng, 5))
        mask = on_top & (height < plate) & (rim[n] < 1.02)
        means.append(_mean_column(mask & _EMPTY[canvas.view(box)], canvas.frame.spacing_mm))
        canvas.paint(box, mask, p.part_number(name), onto=_EMPTY)
    cortex = _cortex_mm(np.clip(-box.z, 0, 200) - 24 * s, k.cortex_mm[1], s) * uneven_cortex(box, rng, 0.5)
    canvas.paint(box, distance < 0, p.part_number("tibia_cortex"), onto=_NOT_FEMUR)
    canvas.paint(box, distance < -cortex, p.part_number("tibia_marrow"), onto=_NOT_FEMUR)
    return means[0], means[1]


def tibia_shape(box: Box, k: KneeProportions) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Distance to the smooth surface of the tibia, height above its plateaus, and how far to its rim (0 to 1)."""
    s = k.size
    x, y, z = box.x, box.y, box.z
    below = np.clip(-z, 0, 200)
    # Broad to below the tuberosity's upper edge, then a hollow sweep into the shaft.
    flare = (1 / (1 + np.exp((below - k.tibial_taper) / FLOAT(0.33 * k.tibial_taper)))).astype(FLOAT) * FLOAT(1.05)
    a = 14.5 * s + (k.tibial_half_width - 14.5 * s) * flare
    b = 15 * s + (k.tibial_half_depth - 15 * s) * flare
    u, v = (x / a) ** 2, ((y - (1 - 6 * flare) * s) / b) ** 2
    round_q = np.sqrt(u + v)
    q = FLOAT(0.5) * (round_q + np.sqrt(np.sqrt(u * u + v * v)))
    # The shaft is a rounded triangle with its crest in front: 4 c^3 - 3 c is the cosine of three times the angle.
    c = (y - (1 - 6 * flare) * s) / b / np.maximum(round_q, FLOAT(0.1))
    q = q * (1 - FLOAT(k.tibial_triangle) * (1 - flare) * c * (4 * c * c - 3))
    side = (q - 1) * np.minimum(a, b)
    fossa = ellipsoid(box, (0, -33 * s, 0), (7.5 * s, 9 * s, 16 * s))
    side = smooth_max(side, -fossa, 4.0)

    plate_x, plate_y = box.x, box.y
    rim = [
        ((plate_x - k.condyle_x[0]) / (15.2 * s)) ** 2 + ((plate_y + 5 * s) / (21.5 * s)) ** 2,
        ((plate_x - k.condyle_x[1]) / (14.4 * s)) ** 2 + ((plate_y + 5 * s) / (18.5 * s)) ** 2,
    ]
    top = FLOAT(DISH_Z[0] + 1.3 * s) + FLOAT(k.tibial_slope * 0.6) * (plate_y + 4 * s)
    top = top - 1.3 * s * np.clip(1 - rim[0], 0, 1) - 0.5 * s * np.clip(1 - rim[1], 0, 1)
    for spine_x, tall in ((-5.2, 1.0), (5.6, 0.8)):
        hill = ((plate_x - spine_x * s) / (3.7 * s)) ** 2 + ((plate_y + 4.5 * s) / (6.5 * s)) ** 2
        top = top + k.eminence * tall * np.exp(-hill)
    height = z - top
    distance = smooth_max(side, height, 3.5)
    tuberosity = ellipsoid(box, (4 * s, 18 * s, -36 * s), (9 * s, k.tuberosity, 17 * s))
    distance = smooth_min(distance, tuberosity, 11.0)
    crest = capsule(box, (3 * s, 14 * s, -46 * s), (1 * s, 11.5 * s, -125 * s), 5.5 * s, 4 * s)
    return smooth_min(distance, crest, 8.0), height, rim


def paint_fibula(canvas: Canvas, head, size: float, rng: np.random.Generator) -> None:
    """Fibula from its head (RAS mm) to the end of the canvas; never inside the tibia."""
    head = np.asarray(head, dtype=float)
    foot = np.array([head[0] + rng.normal(1, 2), head[1] + rng.normal(2, 2), canvas.frame.lo_mm[2] - 10])
    reach = 16 * size
    box = canvas.box(
        (min(head[0], foot[0]) - reach, min(head[1], foot[1]) - reach, canvas.frame.lo_mm[2]),
        (max(head[0], foot[0]) + reach, max(head[1], foot[1]) + reach, head[2] + reach),
    )
    # All assumed: a head with a styloid behind its top, a slim neck, and a shaft a little stouter than the neck.
    neck = head + (foot - head) * (27 * size / (head[2] - foot[2]))
    stout = float(rng.uniform(0.85, 1.15))
    knob = ellipsoid(box, head + np.array([0, 0, -1.5]) * size, (8.6 * size * stout, 10.5 * size * stout, 10 * size))
    styloid = capsule(box, head, head + np.array([2.5, -3.5, 8.5]) * size, 6.0 * size, 2.6 * size)
    stem = cord(box, (head, neck, foot), (7.0 * size, 5.4 * size * stout, 6.6 * size * stout))
    distance = smooth_min(smooth_min(knob, styloid, 4.0), stem, 6.0)
    view = canvas.view(box)
    # The proximal tibiofibular joint: a cleft of synovium keeps the two cortices apart.
    tibia = p.TIBIA[view]
    cleft = grow(tibia) & ~tibia & (distance < 0) & (box.z > head[2] - 14 * size)
    free = ~p.TIBIA
    canvas.paint(box, distance < 0, p.part_number("fibula_cortex"), onto=free)
    cortex = _cortex_mm(head[2] - 8 * size - box.z, float(rng.uniform(2.0, 3.2)), size)
    canvas.paint(box, distance < -cortex, p.part_number("fibula_marrow"), onto=free)
    canvas.paint(box, cleft, p.part_number("synovium"))


def patella_block(
    canvas: Canvas, k: KneeProportions, rng: np.random.Generator
) -> tuple[np.ndarray, tuple[int, int, int]]:
    """A patella with its cartilage, to be seated against the trochlea.

    Returns:
        part numbers (I, J, K) uint8 about `patella_centre`, and the index of the block's first voxel on the canvas.
    """
    rx, ry, rz = k.patella_radii
    centre = patella_centre(k)
    reach = np.array([rx + 4, ry + 8, rz + 4])
    box = canvas.box(centre - reach, centre + reach)
    c, t = np.cos(k.patella_tilt), np.sin(k.patella_tilt)
    x = (box.x - centre[0]) * FLOAT(c) + (box.y - centre[1]) * FLOAT(t)
    y = (box.y - centre[1]) * FLOAT(c) - (box.x - centre[0]) * FLOAT(t)
    z = box.z - FLOAT(centre[2])
    turned = type(box)(box.slices, x, y, z, box.first)
    distance, body, back, down = patella_shape(turned, k)
    cover = patellar_cover(turned, k, (distance, body, back, down), FLOAT(0.08) * noise(turned, rng, 5))
    block = np.zeros(distance.shape, np.uint8)
    block[cover] = p.part_number("patellar_cartilage")
    block[distance < 0] = p.part_number("patella_cortex")
    block[distance < -k.patella_cortex_mm] = p.part_number("patella_marrow")
    return block, box.first


def patella_centre(k: KneeProportions) -> np.ndarray:
    """(3,) middle of the patella before it is seated, mm."""
    return np.array([k.patella_shift, 46 * k.size, k.patella_height])


def patella_shape(box: Box, k: KneeProportions) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Distances (mm) to the patella, to it without its back, and to its back, and the way down to its apex (0 to 1).

    Args:
        box: coordinates in the patella's own frame: to lateral, to the front and upwards from its middle.
    """
    rx, ry, rz = k.patella_radii
    x, y, z = box.x, box.y, box.z
    # Seen from the front a rounded shield: broad in its upper half, drawn to an apex below.
    down = np.clip(-z / FLOAT(rz), 0, 1)
    across = np.abs(x) / (FLOAT(rx) * (1 - FLOAT(k.patella_apex) * down ** FLOAT(1.4)))
    along = np.abs(z) / FLOAT(rz)
    outline = (across ** FLOAT(2.4) + along ** FLOAT(2.4)) ** FLOAT(1 / 2.4)
    outline = (outline - 1) * FLOAT(min(rx, rz) * 0.85)
    # The front bulges; the apex tips forward, so its back, which has no cartilage, slants to the tendon.
    front = y - FLOAT(ry) * (1 - FLOAT(0.4) * (x / FLOAT(rx)) ** 2 - FLOAT(k.patella_bow) * (z / FLOAT(rz)) ** 2)
    ridge_x = FLOAT(-0.12 * rx)
    slope = np.where(x > ridge_x, FLOAT(k.patella_ridge), FLOAT(k.patella_ridge * 1.25))
    facets = FLOAT(-0.75 * ry) + slope * np.abs(x - ridge_x)
    bare = FLOAT(ry * 2.6) * np.clip(down - FLOAT(k.patella_bare), 0, 1)
    back = facets + bare - y
    body = smooth_max(outline, front, 7.0)
    return smooth_max(body, back, 2.5), body, back, down


def patellar_cover(box: Box, k: KneeProportions, shape, uneven) -> np.ndarray:
    """Where the patella's cartilage lies, bool.

    Args:
        box: coordinates in the patella's own frame.
        shape: `patella_shape` of them.
        uneven: by which share the plate is thicker; an array, or 0 for a smooth one.
    """
    distance, body, back, down = shape
    rx, _, rz = k.patella_radii
    thickness = k.cartilage_mm[3] * (1 - FLOAT(0.55) * (box.x / rx) ** 2) * (1 + uneven)
    cover = (smooth_max(body + FLOAT(0.6), back - thickness, 2.0) < 0) & (distance >= 0) & (back > -1.0)
    return cover & (down < k.patella_bare + 0.1) & (box.z < 0.85 * rz)


def seat_patella(canvas: Canvas, block: np.ndarray, first, film_mm: float) -> float:
    """Paste a patella so that its back just clears the front of the femur by a film of fluid.

    Args:
        block: part numbers (I, J, K); only its position along y is free.
        first: index of the block's first voxel on the canvas before it is seated.

    Returns:
        how far it was moved to the front, mm.
    """
    spacing = canvas.frame.spacing_mm
    i, j, k = (int(v) for v in first)
    ni, nj, nk = block.shape
    solid = block > 0
    back = np.where(solid.any(1), solid.argmax(1), 10_000)
    femur = (p.FEMUR | p.members("femoral_cartilage"))[canvas.parts[i : i + ni, :, k : k + nk]]
    front = np.where(femur.any(1), femur.shape[1] - femur[:, ::-1].argmax(1), -10_000)
    gap = max(0, round(film_mm / spacing))
    start = int((front - back).max()) + gap
    start = min(start, canvas.parts.shape[1] - nj)
    target = canvas.parts[i : i + ni, start : start + nj, k : k + nk]
    np.copyto(target, block, where=solid)
    return (start - j) * spacing


_BONES = ("femur", "tibia", "patella", "fibula")
_CORTEX = p.members(*(f"{bone}_cortex" for bone in _BONES))
_THINNED = np.arange(256, dtype=np.uint8)
_THINNED[[p.part_number(f"{bone}_cortex") for bone in _BONES]] = p.part_numbers(*(f"{b}_thin_cortex" for b in _BONES))
_OPENED = np.arange(256, dtype=np.uint8)
_OPENED[p.part_numbers(*(f"{bone}_thin_cortex" for bone in _BONES))] = p.part_numbers(*(f"{b}_marrow" for b in _BONES))
_EMPTY = p.members("air")
_NOT_FEMUR = ~(p.FEMUR | p.members("femoral_cartilage"))


@dataclass(frozen=True)
class PaintedBones:
    """What the bones of a knee were painted with.

    Attributes:
        proportions: of the knee.
        cartilage_mm: name of a plate of femur and tibia -> its mean thickness.
        patella_forward_mm: how far the patella was moved to the front when it was seated.
    """

    proportions: KneeProportions
    cartilage_mm: Mapping[str, float]
    patella_forward_mm: float


def paint_bones(canvas: Canvas, k: KneeProportions, rng: np.random.Generator) -> PaintedBones:
    """All bones and cartilage plates of a right knee, without menisci."""
    femoral = paint_femur(canvas, k, rng)
    medial, lateral = paint_tibia(canvas, k, rng)
    # Where the fibular head lies, RAS mm, and how much it varies: assumed.
    head = np.array([31.5, -17.0, -20.0]) * k.size + rng.normal(0, 1.2, 3)
    paint_fibula(canvas, head, k.size, rng)
    block, first = patella_block(canvas, k, rng)
    forward = seat_patella(canvas, block, first, float(rng.uniform(0.0, 1.2)))
    plates = {
        "femoral_cartilage": femoral,
        "medial_tibial_cartilage": medial,
        "lateral_tibial_cartilage": lateral,
    }
    return PaintedBones(k, plates, forward)
