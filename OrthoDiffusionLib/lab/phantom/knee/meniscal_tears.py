"""Meniscal tears: clefts of bright signal that reach a surface, and what comes with them.

Kinds and their look follow textbook wording from memory (assumed): horizontal and oblique clefts, longitudinal,
radial, root and complex tears, flaps, bucket handles; a displaced fragment, a cyst at the rim, an extruded body.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Box, Canvas, grow, noise
from OrthoDiffusionLib.lab.phantom.knee import parts as p
from OrthoDiffusionLib.lab.phantom.knee.interior import paint_recess
from OrthoDiffusionLib.lab.phantom.knee.landmarks import KneeLandmarks
from OrthoDiffusionLib.lab.phantom.knee.ligaments import paint_cord

KINDS = (
    ("horizontal", "oblique", "longitudinal", "radial"),
    ("horizontal", "oblique", "oblique", "longitudinal", "radial", "root", "flap"),
    ("complex", "complex", "bucket", "root", "radial", "oblique"),
)
# What may give way to a body that slips out of the joint.
_YIELDING = p.members(
    "synovium", "other_fat_pad", "intermuscular_fat", "joint_fluid", "capsule", "fat_septum", "thin_fascia"
)


@dataclass(frozen=True)
class _Ring:
    """Coordinates of a meniscus measured on its own voxels.

    Attributes:
        mask: (I, J, K) where it is.
        angle: (I, J, 1) radians round the ring; 0 outermost, positive in front.
        depth: (I, J, 1) 0 at the free edge, 1 at the rim.
        height: (I, J, K) mm above its underside.
        tall, radius, width: (I, J, 1) mm: of the column, from the plateau's middle, from free edge to rim.
    """

    box: Box
    mask: np.ndarray
    angle: np.ndarray
    depth: np.ndarray
    height: np.ndarray
    tall: np.ndarray
    radius: np.ndarray
    width: np.ndarray

    def arc(self, at: float) -> np.ndarray:
        """mm along the ring from an angle, (I, J, 1)."""
        return np.abs(np.angle(np.exp(1j * (self.angle - at)))) * self.radius


def _ring(canvas: Canvas, marks: KneeLandmarks, side: str) -> _Ring:
    s = marks.size
    plateau = marks.medial_plateau if side == "medial" else marks.lateral_plateau
    outward = -1.0 if side == "medial" else 1.0
    box = canvas.box(plateau + np.array([-30, -36, -16]) * s, plateau + np.array([30, 36, 16]) * s)
    mask = p.members(f"{side}_meniscus", f"{side}_meniscus_mucoid")[canvas.view(box)]
    dx, dy = (box.x - FLOAT(plateau[0])) * FLOAT(outward), box.y - FLOAT(plateau[1])
    angle, radius = np.arctan2(dy, dx)[:, :, 0], np.sqrt(dx * dx + dy * dy)[:, :, 0]
    column = mask.any(2)
    sector = np.clip(((angle + np.pi) / (2 * np.pi) * 36).astype(int), 0, 35)
    inner, outer = np.full(36, 99.0), np.zeros(36)
    np.minimum.at(inner, sector[column], radius[column])
    np.maximum.at(outer, sector[column], radius[column])
    width = np.maximum(outer - inner, 1.0)
    depth = (radius - inner[sector]) / width[sector]
    floor = np.where(column, box.z.ravel()[mask.argmax(2)], 0)
    tall = mask.sum(2) * canvas.frame.spacing_mm
    return _Ring(
        box,
        mask,
        angle[:, :, None],
        depth[:, :, None],
        box.z - floor[:, :, None],
        tall[:, :, None],
        radius[:, :, None],
        width[sector][:, :, None],
    )


def injure_meniscus(canvas: Canvas, marks: KneeLandmarks, side: str, grade: int, rng: np.random.Generator) -> None:
    """Tear a meniscus: a cleft 1.4 to 2.8 mm wide and 8 to 28 mm long that always reaches a surface."""
    ring = _ring(canvas, marks, side)
    if not ring.mask.any():
        return
    kind = str(rng.choice(KINDS[grade - 1]))
    changed = 0
    for attempt in range(8):
        this = str(rng.choice(KINDS[0])) if kind in ("complex", "flap") and changed else kind
        at = _place(ring, side, this, rng)
        cut = _cleft(ring, this, at, grade, rng, 0.08 * attempt)
        if cut.sum() < 30:
            continue
        canvas.view(ring.box)[cut] = p.part_number(f"torn_{side}_meniscus")
        changed += 1
        if kind == "bucket":
            inner = ring.mask & (ring.arc(at) < 13) & (ring.depth < 0.5) & ~cut
            _displace_handle(canvas, marks, side, ring.box, inner, rng)
        if kind == "flap" and changed == 1:
            _truncate(canvas, ring, at, rng)
        if kind in ("horizontal", "oblique", "complex") and changed == 1 and rng.random() < 0.05 * grade:
            _grow_cyst(canvas, marks, side, ring, at, rng)
        if kind == "root" and rng.random() < 0.6:
            _extrude(canvas, side, ring, rng)
        if changed >= {"complex": 3, "flap": 2}.get(kind, 1):
            return
    if changed == 0:
        where = np.argwhere(ring.mask)
        pick = where[rng.integers(len(where))]
        near = np.abs(np.indices(ring.mask.shape) - pick[:, None, None, None]).max(0) < 5
        canvas.view(ring.box)[ring.mask & near] = p.part_number(f"torn_{side}_meniscus")


def _place(ring: _Ring, side: str, kind: str, rng: np.random.Generator) -> float:
    """The angle of a tear: mostly posterior horn and body, more so medially (assumed 85 and 65 %)."""
    present = ring.angle[ring.mask.any(2, keepdims=True)]
    if kind == "root":
        return float(np.quantile(present, 0.0)) + float(rng.uniform(0.1, 0.35))
    behind = rng.random() < (0.85 if side == "medial" else 0.65)
    wanted = rng.uniform(-2.1, -0.3) if behind else rng.uniform(-0.3, 2.1)
    return float(present[np.abs(present - wanted).argmin()])


def _cleft(ring: _Ring, kind: str, at: float, grade: int, rng: np.random.Generator, wider: float) -> np.ndarray:
    """The voxels of one tear, (I, J, K) bool."""
    length = 26.0 if kind == "bucket" else float(rng.uniform(*((8, 14), (11, 20), (15, 28))[grade - 1]))
    half = float(rng.uniform(*((0.7, 0.95), (0.75, 1.15), (0.85, 1.4))[grade - 1])) + wider
    arc = ring.arc(at) + FLOAT(0.5) * noise(ring.box, rng, 2.2)
    from_edge = ring.depth * ring.width
    within = ring.mask & (arc < length / 2)
    if kind in ("radial", "root"):
        reach = rng.uniform(0.6, 1.1) if kind == "radial" else 1.2
        # A gap that opens towards the free edge.
        return ring.mask & (arc < half * (1.7 - 0.6 * ring.depth)) & (ring.depth < reach)
    if kind in ("longitudinal", "bucket"):
        lean = rng.uniform(-0.3, 0.3)
        middle = rng.uniform(0.5, 0.8) * ring.width
        return within & (np.abs(from_edge - middle + lean * ring.height) < half)
    if kind == "horizontal":
        middle = ring.tall * rng.uniform(0.4, 0.6) + rng.uniform(-0.2, 0.2) * (ring.depth - 0.5) * ring.width
        return within & (np.abs(ring.height - middle) < half) & (ring.depth < rng.uniform(0.75, 1.1))
    # Oblique: from within the rim down to the tibial surface, or up to the femoral one.
    start = rng.uniform(0.1, 0.45) * ring.width
    slope = rng.uniform(0.3, 0.6)
    height = ring.height if rng.random() < 0.75 else ring.tall - ring.height
    off = np.abs(height - slope * (from_edge - start)) / np.sqrt(1 + slope * slope)
    return within & (off < half) & (from_edge > start - 1.0) & (ring.depth < rng.uniform(0.75, 1.05))


def _truncate(canvas: Canvas, ring: _Ring, at: float, rng: np.random.Generator) -> None:
    """The free edge is gone where a flap was turned away."""
    gone = ring.mask & (ring.arc(at) < rng.uniform(3, 6)) & (ring.depth < rng.uniform(0.25, 0.45))
    canvas.view(ring.box)[gone] = p.part_number("joint_fluid")


def _grow_cyst(canvas, marks: KneeLandmarks, side: str, ring: _Ring, at: float, rng: np.random.Generator) -> None:
    """A lobulated cyst at the rim beside a horizontal tear."""
    plateau = marks.medial_plateau if side == "medial" else marks.lateral_plateau
    outward = -1.0 if side == "medial" else 1.0
    near = ring.mask & (ring.arc(at) < 3)
    if not near.any():
        return
    reach = float(ring.radius[near.any(2, keepdims=True)].max()) + rng.uniform(2, 4)
    height = float(ring.box.z.ravel()[near.any((0, 1))].mean())
    for _ in range(int(rng.integers(1, 4))):
        turn = at + rng.normal(0, 0.1)
        centre = (
            plateau[0] + outward * reach * np.cos(turn),
            plateau[1] + reach * np.sin(turn),
            height + rng.normal(0, 1.5),
        )
        paint_recess(canvas, centre, rng.uniform(1.8, 4.2, 3), p.part_number(f"{side}_parameniscal_cyst"), rng)


def _extrude(canvas: Canvas, side: str, ring: _Ring, rng: np.random.Generator) -> None:
    """The body slips 2 to 4 mm out of the joint once a root has let go; fluid fills the place it leaves."""
    steps = int(rng.integers(3, 6)) * (-1 if side == "medial" else 1)
    view = canvas.view(ring.box)
    body = ring.mask & (np.abs(ring.angle) < 1.1)
    moved = np.roll(np.where(body, view, 0), steps, axis=0)
    lands = (moved > 0) & (_YIELDING[view] | body)
    view[body] = p.part_number("joint_fluid")
    view[lands] = moved[lands]


def _displace_handle(canvas, marks, side, box, inner, rng) -> None:
    """Move the free part of a bucket-handle tear into the notch."""
    if inner.sum() < 20:
        return
    s = marks.size
    view = canvas.view(box)
    view[inner] = p.part_number("joint_fluid")
    toward = 1.0 if side == "medial" else -1.0
    plateau = marks.medial_plateau if side == "medial" else marks.lateral_plateau
    x = plateau[0] + toward * rng.uniform(11, 15) * s
    z = rng.uniform(0.5, 4.0)
    points = np.array([[x, 8 * s, z], [x + toward * 2, -4 * s, z + 1], [x, -17 * s, z]])
    paint_cord(canvas, points, rng.uniform(1.8, 2.8), p.part_number(f"{side}_meniscus_fragment"), flare=1.0)


def degenerate_meniscus(canvas: Canvas, marks: KneeLandmarks, side: str, rng: np.random.Generator) -> None:
    """Mucoid change inside a meniscus that does not reach a surface: no tear."""
    ring = _ring(canvas, marks, side)
    if not ring.mask.any():
        return
    core = ~grow(~ring.mask)
    arc = ring.arc(-rng.uniform(0.3, 1.9))
    near_middle = np.abs(ring.height - ring.tall * 0.5) < rng.uniform(0.7, 1.6)
    blob = core & (arc < rng.uniform(4, 9)) & near_middle & (ring.depth > 0.4)
    canvas.view(ring.box)[blob] = p.part_number(f"{side}_meniscus_mucoid")
