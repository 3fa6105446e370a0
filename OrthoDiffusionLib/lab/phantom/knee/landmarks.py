"""Landmarks: where on its bones a knee's soft tissue attaches, read off a volume of parts.

Numbers that stand here are millimetres in a knee of 78 mm epicondylar width (`proportions.py` names the source of
that width) and assumed where no source stands beside them: they say where on a bone to look, the bone says the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.shapes import Canvas
from OrthoDiffusionLib.lab.phantom.knee import parts as p


@dataclass(frozen=True)
class KneeLandmarks:
    """Points and edges of one right knee, RAS mm.

    Attributes:
        size: epicondylar width divided by 78 mm.
        fibula_side: on the lateral face of the fibular head, 8 mm below its tip.
        front_of_femur: (I, K) the y just in front of femur and its cartilage, -inf where there is none.
        medial_edge, lateral_edge: (K,) x of the bone's outermost voxel near y = 0, nan where there is none.
    """

    size: float
    medial_epicondyle: np.ndarray
    lateral_epicondyle: np.ndarray
    medial_plateau: np.ndarray
    lateral_plateau: np.ndarray
    acl_femur: np.ndarray
    acl_tibia: np.ndarray
    pcl_femur: np.ndarray
    pcl_tibia: np.ndarray
    tuberosity: np.ndarray
    fibular_head: np.ndarray
    fibula_side: np.ndarray
    patella_centre: np.ndarray
    patella_top: np.ndarray
    patella_bottom: np.ndarray
    patella_half_width: float
    patella_front: float
    shaft_top: np.ndarray
    front_of_femur: np.ndarray
    back_of_femur: np.ndarray
    medial_edge: np.ndarray
    lateral_edge: np.ndarray
    tibia_front: float
    tibia_back: float


# Where attachments are looked for, mm in a knee of 78 mm epicondylar width; assumed, chosen on the knees of
# `proportions.py` and on the label maps in Resources/Anatomy, so that every knee has them on its bones.
_EPICONDYLE_Y, _MEDIAL_EPICONDYLE_Z, _LATERAL_EPICONDYLE_Z = -3.0, 24, 23
_ACL_ON_FEMUR_YZ, _PCL_ON_FEMUR_YZ = (-15.0, 18.5), (-3.0, 14.0)
_NOTCH_HALF_WIDTH = 9.0
_TIBIA_AT_THE_CRUCIATES_Z, _PCL_ON_TIBIA_Z = -6.0, -9.0
_TUBEROSITY_Z = -37
_LOWEST_FEMUR_MM = -10.0


class _Probe:
    """Reads the canvas along lines."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.frame = canvas.frame
        self.parts = canvas.parts

    def index(self, n: int, mm: float) -> int:
        return self.frame.index(n, mm)

    def position(self, n: int, index: float) -> float:
        return self.frame.lo_mm[n] + self.frame.spacing_mm * (float(index) + 0.5)

    def along_x(self, table, y: float, z: float) -> np.ndarray:
        return np.flatnonzero(table[self.parts[:, self.index(1, y), self.index(2, z)]])

    def along_y(self, table, x: float, z: float) -> np.ndarray:
        return np.flatnonzero(table[self.parts[self.index(0, x), :, self.index(2, z)]])

    def along_z(self, table, x: float, y: float) -> np.ndarray:
        return np.flatnonzero(table[self.parts[self.index(0, x), self.index(1, y), :]])

    def ends_along_y(self, table, x: float, z: float, *, default_mm: tuple[float, float]) -> tuple[float, float]:
        """Rearmost and foremost y of a table's parts on a line, mm."""
        run = self.along_y(table, x, z)
        return (self.position(1, run[0]), self.position(1, run[-1])) if len(run) else default_mm

    def part_at(self, x: float, y: float, z: float) -> int:
        return self.parts[self.index(0, x), self.index(1, y), self.index(2, z)]

    def places(self, table, *, lo_mm=(-60, -60, -30), hi_mm=(60, 75, 75), step: int = 2) -> np.ndarray:
        """(N, 3) mm of the voxels of a table's parts in a box, every `step`-th voxel looked at."""
        box = self.canvas.box(lo_mm, hi_mm)
        where = np.argwhere(table[self.canvas.view(box)[::step, ::step, ::step]])
        return np.array(self.frame.lo_mm) + self.frame.spacing_mm * (np.array(box.first) + step * where + 0.5)

    def middle_of(self, table, default_mm: tuple[float, float, float]) -> np.ndarray:
        """(3,) centre of gravity of a table's parts near the joint, mm."""
        box = self.canvas.box((-60, -60, -30), (60, 75, 75))
        where = np.argwhere(table[self.canvas.view(box)[::2, ::2, ::2]])
        if len(where) == 0:
            return np.array(default_mm, dtype=float)
        return np.array(self.frame.lo_mm) + self.frame.spacing_mm * (np.array(box.first) + 2 * where.mean(0) + 0.5)

    def first_from(self, table, start, axis: int, step: int, default_mm: float) -> float:
        """Walk from a point along an axis until a part of the table is met; mm along that axis."""
        index = [self.index(n, start[n]) for n in range(3)]
        line = self.parts[tuple(slice(None) if n == axis else index[n] for n in range(3))]
        hits = table[line]
        walk = np.arange(index[axis], len(line) if step > 0 else -1, step)
        found = walk[hits[walk]]
        return self.position(axis, found[0]) if len(found) else default_mm


def measure_landmarks(canvas: Canvas) -> KneeLandmarks:
    """Read attachments and edges off the bones of a canvas that holds femur, tibia and patella.

    Lengths here are of a knee of 78 mm epicondylar width and grow with it; where no source is named they are assumed.
    """
    probe = _Probe(canvas)
    medial_x, lateral_x = _epicondyles(probe)
    s = float((lateral_x - medial_x) / 78.0)
    medial_plateau = probe.middle_of(p.members("medial_tibial_cartilage"), (-21 * s, -5 * s, -2))
    lateral_plateau = probe.middle_of(p.members("lateral_tibial_cartilage"), (21 * s, -5 * s, -2))
    middle = float(medial_plateau[0] + lateral_plateau[0]) / 2
    tibia_back, tibia_front = probe.ends_along_y(
        p.TIBIA, middle, _TIBIA_AT_THE_CRUCIATES_Z * s, default_mm=(-27 * s, 20 * s)
    )
    pcl_back, _ = probe.ends_along_y(p.TIBIA, middle, _PCL_ON_TIBIA_Z * s, default_mm=(-24 * s, 0.0))
    head, side = _fibula(probe, s)
    femur = _femur_above(canvas, _LOWEST_FEMUR_MM)
    medial_edge, lateral_edge = _edges(canvas, s)
    front_of_femur, back_of_femur = _front_and_back(canvas, femur)
    patella = probe.places(p.PATELLA)
    height = patella[:, 2]
    return KneeLandmarks(
        size=s,
        medial_epicondyle=np.array([medial_x, _EPICONDYLE_Y, _MEDIAL_EPICONDYLE_Z * s]),
        lateral_epicondyle=np.array([lateral_x, _EPICONDYLE_Y, _LATERAL_EPICONDYLE_Z * s]),
        medial_plateau=medial_plateau,
        lateral_plateau=lateral_plateau,
        acl_femur=_inner_wall(probe, _ACL_ON_FEMUR_YZ, +1, s),
        acl_tibia=_acl_foot(probe, middle, tibia_front, tibia_back, s),
        pcl_femur=_inner_wall(probe, _PCL_ON_FEMUR_YZ, -1, s),
        pcl_tibia=np.array([middle, pcl_back, _PCL_ON_TIBIA_Z * s]),
        tuberosity=_tuberosity(probe, s),
        fibular_head=head,
        fibula_side=side,
        patella_centre=patella.mean(0),
        patella_top=patella[height > height.max() - 4].mean(0),
        patella_bottom=patella[height < height.min() + 4].mean(0),
        patella_half_width=float(patella[:, 0].max() - patella[:, 0].min()) / 2,
        patella_front=float(patella[:, 1].max()),
        shaft_top=_shaft_top(canvas, femur),
        front_of_femur=front_of_femur,
        back_of_femur=back_of_femur,
        medial_edge=medial_edge,
        lateral_edge=lateral_edge,
        tibia_front=tibia_front,
        tibia_back=tibia_back,
    )


def _epicondyles(probe: _Probe) -> np.ndarray:
    """(2,) medial and lateral x of the femur where it is widest, mm."""
    widths = []
    for z in (20.0, 23.0, 26.0):
        run = probe.along_x(p.FEMUR, _EPICONDYLE_Y, z)
        if len(run):
            widths.append((probe.position(0, run[0]), probe.position(0, run[-1])))
    return np.median(np.array(widths or [(-38.0, 38.0)]), axis=0)


def _fibula(probe: _Probe, s: float) -> tuple[np.ndarray, np.ndarray]:
    """The fibular head's middle and its lateral face; beside the tibia where the knee has no fibula."""
    fibula = probe.places(p.FIBULA, lo_mm=(10, -50, -60), hi_mm=(60, 20, 5), step=1)
    if len(fibula) == 0:
        run = probe.along_x(p.TIBIA, -14 * s, -16 * s)
        edge = probe.position(0, run[-1]) if len(run) else 30 * s
        head = np.array([edge + 1.0 * s, -17 * s, -16 * s])
        return head, head + np.array([6.0, 1.0, -6.0])
    tip = fibula[:, 2].max()
    head = fibula[fibula[:, 2] > tip - 6].mean(0)
    level = fibula[np.abs(fibula[:, 2] - (tip - 8)) < 0.8]
    # Between its outermost point and its middle from front to back.
    side = level[level[:, 0] > level[:, 0].max() - 1.0].mean(0)
    side[1] = (side[1] + head[1]) / 2 + 1.0
    return head, side


def _inner_wall(probe: _Probe, place_yz: tuple[float, float], step_x: int, s: float) -> np.ndarray:
    """Where a cruciate leaves the femur: the wall of the notch beside the midline, at a height or lower."""
    y, z = place_yz[0] * s, place_yz[1] * s
    start_z = z
    for lower in np.arange(0, 12, 1.5):
        if not p.FEMUR[probe.part_at(0.0, y, z - lower)]:
            start_z = z - lower
            break
    x = probe.first_from(p.FEMUR, (0.0, y, start_z), 0, step_x, step_x * _NOTCH_HALF_WIDTH * s)
    return np.array([x, y, start_z])


def _acl_foot(probe: _Probe, middle: float, tibia_front: float, tibia_back: float, s: float) -> np.ndarray:
    """The anterior cruciate's footprint: a third of the way back, in front of the eminence (assumed)."""
    x = middle - 1.0 * s
    y = float(np.clip(tibia_front - 0.3 * (tibia_front - tibia_back), 4.0 * s, 9.0 * s))
    run = probe.along_z(p.TIBIA, x, y)
    return np.array([x, y, probe.position(2, run[-1]) if len(run) else -3.0])


def _tuberosity(probe: _Probe, s: float) -> np.ndarray:
    """The tibia's foremost point where the patellar tendon ends."""
    fronts = []
    for x in (0.0, 3 * s, 6 * s):
        run = probe.along_y(p.TIBIA, x, _TUBEROSITY_Z * s)
        fronts.append((probe.position(1, run[-1]) if len(run) else 24 * s, x))
    front, x = max(fronts)
    return np.array([x, front, _TUBEROSITY_Z * s])


def _femur_above(canvas: Canvas, lowest_mm: float) -> np.ndarray:
    """(I, J, K) bool, femur and its cartilage from a height upwards."""
    low = canvas.frame.index(2, lowest_mm)
    femur = np.zeros(canvas.parts.shape, bool)
    femur[:, :, low:] = (p.FEMUR | p.members("femoral_cartilage"))[canvas.parts[:, :, low:]]
    return femur


def _front_and_back(canvas: Canvas, femur: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(I, K) y just in front of the femur and just behind it; -inf and inf where there is none."""
    frame = canvas.frame
    any_y = femur.any(axis=1)
    front_index = femur.shape[1] - 1 - femur[:, ::-1].argmax(axis=1)
    back_index = femur.argmax(axis=1)
    to_mm = frame.lo_mm[1] + frame.spacing_mm * 0.5
    front = np.where(any_y, to_mm + frame.spacing_mm * (front_index + 0.5), -np.inf)
    return front, np.where(any_y, to_mm + frame.spacing_mm * (back_index - 0.5), np.inf)


def _edges(canvas: Canvas, s: float) -> tuple[np.ndarray, np.ndarray]:
    """(K,) medial and lateral x of femur and tibia near y = 0, nan at heights without bone."""
    frame = canvas.frame
    rows = slice(frame.index(1, -4.0 * s), frame.index(1, 6.0 * s) + 1, 2)
    bone = (p.FEMUR | p.TIBIA)[canvas.parts[:, rows]].any(axis=1)
    has = bone.any(axis=0)
    to_x = frame.lo_mm[0] + frame.spacing_mm * 0.5
    medial = np.where(has, to_x + frame.spacing_mm * bone.argmax(axis=0), np.nan)
    outermost = bone.shape[0] - 1 - bone[::-1].argmax(axis=0)
    return medial, np.where(has, to_x + frame.spacing_mm * outermost, np.nan)


def _shaft_top(canvas: Canvas, femur: np.ndarray) -> np.ndarray:
    """The middle of the femoral shaft at the upper end of the canvas."""
    frame = canvas.frame
    where = np.argwhere(femur[::2, ::2, -8:])
    corner = np.array([frame.lo_mm[0] + frame.spacing_mm * 0.5, frame.lo_mm[1] + frame.spacing_mm * 0.5])
    shaft = corner + frame.spacing_mm * 2 * where[:, :2].mean(0) if len(where) else np.array([0.0, 5.0])
    return np.array([shaft[0], shaft[1], frame.hi_mm[2]])
