"""Landmarks: where on its bones a knee's soft tissue attaches, read off a volume of parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine import parts as p
from OrthoDiffusionLib.lab.phantom.engine.shapes import Canvas


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


class _Probe:
    """Reads the canvas along lines."""

    def __init__(self, canvas: Canvas) -> None:
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

    def first_from(self, table, start, axis: int, step: int, default_mm: float) -> float:
        """Walk from a point along an axis until a part of the table is met; mm along that axis."""
        index = [self.index(n, start[n]) for n in range(3)]
        line = self.parts[tuple(slice(None) if n == axis else index[n] for n in range(3))]
        hits = table[line]
        walk = np.arange(index[axis], len(line) if step > 0 else -1, step)
        found = walk[hits[walk]]
        return self.position(axis, found[0]) if len(found) else default_mm


def measure_landmarks(canvas: Canvas) -> KneeLandmarks:
    """Read attachments and edges off the bones of a canvas that holds femur, tibia and patella."""
    probe = _Probe(canvas)
    frame = canvas.frame
    widths = []
    for z in (20.0, 23.0, 26.0):
        run = probe.along_x(p.FEMUR, -3.0, z)
        if len(run):
            widths.append((probe.position(0, run[0]), probe.position(0, run[-1])))
    medial_x, lateral_x = np.median(np.array(widths or [(-38.0, 38.0)]), axis=0)
    s = float((lateral_x - medial_x) / 78.0)

    step = 2
    near = canvas.box((-60, -60, -30), (60, 75, 75))
    block = canvas.view(near)[::step, ::step, ::step]

    def centroid(table, default):
        where = np.argwhere(table[block])
        if len(where) == 0:
            return np.array(default, dtype=float)
        first = np.array(near.first)
        return np.array(frame.lo_mm) + frame.spacing_mm * (first + step * where.mean(0) + 0.5)

    medial_plateau = centroid(p.members("medial_tibial_cartilage"), (-21 * s, -5 * s, -2))
    lateral_plateau = centroid(p.members("lateral_tibial_cartilage"), (21 * s, -5 * s, -2))
    patella = np.argwhere(p.PATELLA[block])
    first = np.array(near.first)
    patella_mm = np.array(frame.lo_mm) + frame.spacing_mm * (first + step * patella + 0.5)
    centre = patella_mm.mean(0)
    top_z, bottom_z = patella_mm[:, 2].max(), patella_mm[:, 2].min()
    top = patella_mm[patella_mm[:, 2] > top_z - 4].mean(0)
    bottom = patella_mm[patella_mm[:, 2] < bottom_z + 4].mean(0)
    half_width = float(patella_mm[:, 0].max() - patella_mm[:, 0].min()) / 2

    fibula_box = canvas.box((10, -50, -60), (60, 20, 5))
    fibula = np.argwhere(p.FIBULA[canvas.view(fibula_box)])
    if len(fibula):
        fibula_mm = np.array(frame.lo_mm) + frame.spacing_mm * (np.array(fibula_box.first) + fibula + 0.5)
        head = fibula_mm[fibula_mm[:, 2] > fibula_mm[:, 2].max() - 6].mean(0)
        level = fibula_mm[np.abs(fibula_mm[:, 2] - (fibula_mm[:, 2].max() - 8)) < 0.8]
        # Between its outermost point and its middle from front to back.
        side = level[level[:, 0] > level[:, 0].max() - 1.0].mean(0)
        side[1] = (side[1] + head[1]) / 2 + 1.0
    else:
        run = probe.along_x(p.TIBIA, -14 * s, -16 * s)
        edge = probe.position(0, run[-1]) if len(run) else 30 * s
        head = np.array([edge + 1.0 * s, -17 * s, -16 * s])
        side = head + np.array([6.0, 1.0, -6.0])

    def inner_wall(y, z, step_x, default):
        start_z = z
        table = p.FEMUR
        for lower in np.arange(0, 12, 1.5):
            if not table[canvas.parts[frame.index(0, 0.0), frame.index(1, y), frame.index(2, z - lower)]]:
                start_z = z - lower
                break
        x = probe.first_from(table, (0.0, y, start_z), 0, step_x, default)
        return np.array([x, y, start_z])

    acl_femur = inner_wall(-15.0 * s, 18.5 * s, +1, 9.0 * s)
    pcl_femur = inner_wall(-3.0 * s, 14.0 * s, -1, -9.0 * s)

    def tibial_top(x, y, default):
        run = probe.along_z(p.TIBIA, x, y)
        return probe.position(2, run[-1]) if len(run) else default

    middle = float(medial_plateau[0] + lateral_plateau[0]) / 2
    run = probe.along_y(p.TIBIA, middle, -9.0 * s)
    pcl_tibia = np.array([middle, probe.position(1, run[0]) if len(run) else -24 * s, -9.0 * s])
    run = probe.along_y(p.TIBIA, middle, -6.0 * s)
    tibia_back, tibia_front = (probe.position(1, run[n]) if len(run) else d for n, d in ((0, -27 * s), (-1, 20 * s)))
    # The anterior cruciate's footprint: a third of the way back, in front of the eminence (assumed).
    foot = float(np.clip(tibia_front - 0.3 * (tibia_front - tibia_back), 4.0 * s, 9.0 * s))
    acl_tibia = np.array([middle - 1.0 * s, foot, tibial_top(middle - 1.0 * s, foot, -3.0)])

    fronts = []
    for x in (0.0, 3 * s, 6 * s):
        run = probe.along_y(p.TIBIA, x, -37 * s)
        fronts.append((probe.position(1, run[-1]) if len(run) else 24 * s, x))
    front, x = max(fronts)
    tuberosity = np.array([x, front, -37 * s])

    low = frame.index(2, -10.0)
    femur = np.zeros(canvas.parts.shape, bool)
    femur[:, :, low:] = (p.FEMUR | p.members("femoral_cartilage"))[canvas.parts[:, :, low:]]
    any_y = femur.any(1)
    front_index = femur.shape[1] - 1 - femur[:, ::-1].argmax(1)
    back_index = femur.argmax(1)
    to_mm = frame.lo_mm[1] + frame.spacing_mm * 0.5
    front_of_femur = np.where(any_y, to_mm + frame.spacing_mm * (front_index + 0.5), -np.inf)
    back_of_femur = np.where(any_y, to_mm + frame.spacing_mm * (back_index - 0.5), np.inf)

    rows = slice(frame.index(1, -4.0 * s), frame.index(1, 6.0 * s) + 1, 2)
    bone = (p.FEMUR | p.TIBIA)[canvas.parts[:, rows]].any(1)
    has = bone.any(0)
    to_x = frame.lo_mm[0] + frame.spacing_mm * 0.5
    medial_edge = np.where(has, to_x + frame.spacing_mm * bone.argmax(0), np.nan)
    lateral_edge = np.where(has, to_x + frame.spacing_mm * (bone.shape[0] - 1 - bone[::-1].argmax(0)), np.nan)

    slab = femur[::2, ::2, -8:]
    where = np.argwhere(slab)
    shaft = (
        np.array([to_x, to_mm]) + frame.spacing_mm * 2 * where[:, :2].mean(0) if len(where) else np.array([0.0, 5.0])
    )
    return KneeLandmarks(
        size=s,
        medial_epicondyle=np.array([medial_x, -3.0, 24 * s]),
        lateral_epicondyle=np.array([lateral_x, -3.0, 23 * s]),
        medial_plateau=medial_plateau,
        lateral_plateau=lateral_plateau,
        acl_femur=acl_femur,
        acl_tibia=acl_tibia,
        pcl_femur=pcl_femur,
        pcl_tibia=pcl_tibia,
        tuberosity=tuberosity,
        fibular_head=head,
        fibula_side=side,
        patella_centre=centre,
        patella_top=top,
        patella_bottom=bottom,
        patella_half_width=half_width,
        patella_front=float(patella_mm[:, 1].max()),
        shaft_top=np.array([shaft[0], shaft[1], frame.hi_mm[2]]),
        front_of_femur=front_of_femur,
        back_of_femur=back_of_femur,
        medial_edge=medial_edge,
        lateral_edge=lateral_edge,
        tibia_front=tibia_front,
        tibia_back=tibia_back,
    )
