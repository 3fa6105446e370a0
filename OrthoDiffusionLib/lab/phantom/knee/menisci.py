"""Menisci: wedges on the rims of the tibial plateaus, open towards the eminence; all sizes are assumed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Box, Canvas, noise
from OrthoDiffusionLib.lab.phantom.knee import parts as p
from OrthoDiffusionLib.lab.phantom.knee.landmarks import KneeLandmarks


@dataclass(frozen=True)
class MeniscusField:
    """Coordinates inside one meniscus, for tears.

    Attributes:
        box: where it lies on the canvas.
        angle: (I, J, 1) radians round the ring; 0 outermost, positive in front.
        depth: (I, J, 1) 0 at the free edge, 1 at the rim.
        height: (I, J, K) mm above the plateau.
        length_mm: length of the ring per radian.
        width_mm: (I, J, 1) from free edge to rim.
    """

    box: Box
    angle: np.ndarray
    depth: np.ndarray
    height: np.ndarray
    length_mm: float
    width_mm: np.ndarray


def _surfaces(canvas: Canvas, box: Box) -> tuple[np.ndarray, np.ndarray]:
    """Top of the tibia and underside of the femur, cartilage included, mm, (I, J, 1); nan where none."""
    view = canvas.view(box)
    z = box.z.ravel()
    tibia = (p.TIBIA | p.members("medial_tibial_cartilage", "lateral_tibial_cartilage"))[view]
    femur = (p.FEMUR | p.members("femoral_cartilage"))[view]
    half = canvas.frame.spacing_mm / 2
    top = np.where(tibia.any(2), z[tibia.shape[2] - 1 - tibia[:, :, ::-1].argmax(2)] + half, np.nan)
    under = np.where(femur.any(2), z[femur.argmax(2)] - half, 30.0)
    return top[:, :, None].astype(FLOAT), under[:, :, None].astype(FLOAT)


def ring_radii(side: str, shape: np.ndarray, size: float) -> tuple[float, float]:
    """From the middle of the plateau to the outer rim, sideways and to front and back, mm.

    Front to back about 47 and 35 mm, side to side about 32 (assumed); less what is open.
    """
    rx, ry = np.array((16.4, 23.2) if side == "medial" else (16.6, 20.0)) * np.asarray(shape[:2]) * size
    return rx, ry


def meniscus_field(canvas: Canvas, marks: KneeLandmarks, side: str, shape: np.ndarray) -> MeniscusField:
    """Polar coordinates around one plateau.

    Args:
        side: "medial" or "lateral".
        shape: factors on ring radius in x, in y and on the width of body and horns, (4,).
    """
    s = marks.size
    outward = -1.0 if side == "medial" else 1.0
    plateau = marks.medial_plateau if side == "medial" else marks.lateral_plateau
    rx, ry = ring_radii(side, shape, s)
    centre = (plateau[0], plateau[1] + 0.5)
    box = canvas.box(
        (centre[0] - rx - 4, centre[1] - ry - 4, -14 * s), (centre[0] + rx + 4, centre[1] + ry + 4, 12 * s)
    )
    x, y = box.x - FLOAT(centre[0]), box.y - FLOAT(centre[1])
    angle = np.arctan2(y, x * FLOAT(outward))
    radius = np.sqrt((x / FLOAT(rx)) ** 2 + (y / FLOAT(ry)) ** 2)
    mean = float(np.sqrt(rx * ry))
    body, back = np.array((10.0, 14.0) if side == "medial" else (11.0, 11.5)) * np.asarray(shape[2:]) * s
    front = body * (1.0 if side == "medial" else 1.05)
    behind = np.clip(-np.sin(angle), 0, 1)
    ahead = np.clip(np.sin(angle), 0, 1)
    width = body + (back - body) * behind + (front - body) * ahead
    depth = (radius - (1 - width / mean)) / (width / mean)
    top, _ = _surfaces(canvas, box)
    # Where the ring overhangs the tibia the plateau is carried on level.
    top = np.where(np.isnan(top), FLOAT(np.nanmedian(top)), top)
    return MeniscusField(box, angle, depth, box.z - top, mean, width)


def draw_shape(rng: np.random.Generator) -> np.ndarray:
    """Ring and width factors of one meniscus, (4,)."""
    return np.concatenate([rng.normal(1, 0.035, 2), rng.normal(1, 0.09, 2)]).clip(0.82, 1.2)


def paint_meniscus(canvas: Canvas, marks: KneeLandmarks, side: str, shape, rng: np.random.Generator) -> MeniscusField:
    """Paint one meniscus between the two cartilages and return its coordinates."""
    field = meniscus_field(canvas, marks, side, shape)
    box = field.box
    s = marks.size
    _, under = _surfaces(canvas, box)
    rim = FLOAT(float(np.clip(rng.normal(6.0, 0.6), 4.6, 7.2)) * s)
    opening = float(np.clip(rng.normal(2.45 if side == "medial" else 2.72, 0.1), 2.2, 2.9))
    # Towards its roots it flattens to a cord that dips to the bone.
    root = np.clip((np.abs(field.angle) - 1.75) / (opening - 1.75), 0, 1)
    wedge = rim * np.clip(field.depth, 0, 1) ** 0.8 * (1 + FLOAT(0.08) * noise(box, rng, 5)) + FLOAT(0.7)
    wedge = wedge * (1 - FLOAT(0.45) * root)
    inside = (field.depth > 0.02 + 0.25 * root) & (field.depth < 1) & (np.abs(field.angle) < opening)
    inside = inside & (field.height > 0) & (field.height < wedge) & (box.z < under)
    onto = ~(p.BONE | p.CARTILAGE)
    canvas.paint(box, inside, p.part_number(f"{side}_meniscus"), onto=onto)
    return field
