"""What is known of a drawn knee by its construction: the landmarks that measurements are taken from.

All is read off the smooth shapes that the bones were painted from, before noise, voxels, pose and pictures. Knees from
label maps have no construction; nothing is known of them here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Box, grow, signed_distance
from OrthoDiffusionLib.lab.phantom.knee import parts as p
from OrthoDiffusionLib.lab.phantom.knee.bones import (
    DISH_Z,
    PaintedBones,
    condyle_bottom,
    femur_shape,
    patella_centre,
    patella_shape,
    patellar_cover,
    tibia_shape,
)
from OrthoDiffusionLib.lab.phantom.knee.extensors import FrontWall
from OrthoDiffusionLib.lab.phantom.knee.landmarks import KneeLandmarks
from OrthoDiffusionLib.lab.phantom.knee.menisci import ring_radii
from OrthoDiffusionLib.lab.phantom.knee.proportions import KneeProportions

_SHAFTS_MM, _TROCHLEA_MM, _UPPER_TIBIA_MM, _LOWER_TIBIA_MM = 60.0, 30.0, 40.0, 65.0
"""Heights from the lower end of the femur at which the definitions want landmarks."""

_FACET_MM = 10.0
_GAP_MM = 1.5
"""The tendon lies on the bone where less than this is between them."""

Place = Callable[[np.ndarray], np.ndarray]
"""Places (N, 3) mm -> places (N, 3) mm."""


@dataclass(frozen=True, eq=False)
class Moved:
    """A patella that left its place.

    Attributes:
        pivot: (3,) what it was turned about, mm.
        tilt: radians, its lateral rim backwards.
        shift: (3,) mm.
    """

    pivot: np.ndarray
    tilt: float
    shift: np.ndarray

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Where places (N, 3) of the patella went."""
        c, s = np.cos(self.tilt), np.sin(self.tilt)
        turn = np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
        return (points - self.pivot) @ turn.T + self.pivot + self.shift


@dataclass(frozen=True, eq=False)
class Known:
    """What a knee was drawn with; landmarks are worked out when they are asked for.

    Attributes:
        bones: what they were painted with.
        moved: how the patella left its place; None where it did not.
        marks: where soft tissue was attached.
        wall: with the tendon of the patella.
        menisci: side -> factors of the ring, of the menisci that are not torn.
        worn: plates that were worn somewhere after they were painted.
    """

    bones: PaintedBones
    moved: Moved | None
    marks: KneeLandmarks
    wall: FrontWall
    menisci: Mapping[str, np.ndarray]
    worn: Sequence[str]

    def values(self, parts: np.ndarray, voxel_mm3: float, scale: np.ndarray) -> dict[str, float]:
        """Numbers that are not drawn from points: name of the measurement -> value.

        Args:
            parts: (I, J, K) uint8 of the whole canonical knee.
            voxel_mm3: volume of one of them.
            scale: (3,) size of the person against the canonical knee.
        """
        painted = {**self.bones.cartilage_mm, "patellar_cartilage": _patellar_thickness(self.bones.proportions)}
        plates = {
            f"{name}_thickness": mm * float(np.mean(scale))
            for name, mm in painted.items()
            if name not in self.worn and np.isfinite(mm)
        }
        fluid = int(np.count_nonzero(p.STRUCTURE_OF_PART[parts] == _FLUID))
        return {**plates, "effusion_volume": fluid * voxel_mm3 * float(np.prod(scale)) / 1000.0}

    def points(self, place: Place, back: Place, scale: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
        """Name of a measurement -> role -> (3,) mm in the scanner, of a right knee.

        Args:
            place: where canonical places lie in the scanner: turned, bent and warped.
            back: its inverse. Trochlea and shafts are looked at as they lie there: a warp moves the deepest place of a
                groove and the middle of a bone.
            scale: (3,) size of the person; heights that a definition gives in millimetres are those of the person.
        """
        k = self.bones.proportions
        end = _lower_end(k)
        canonical = {
            **_bones(k, end, scale[2]),
            **self._patella(),
            **self._menisci(end),
            **_insertion(k, self.wall),
        }
        canonical["corner"] = _tibial_corner(k, end, canonical["lower_articular_edge"][0])
        for side in (0, 1):
            canonical[f"lowest_{side}"] = np.array([k.condyle_x[side], -5.0 * k.size, condyle_bottom(k, side)])
        scanned = dict(zip(canonical, place(np.stack(list(canonical.values()))), strict=True))
        scanned["foot"] = min((scanned[f"lowest_{side}"] for side in (0, 1)), key=lambda point: point[2])
        foot = float(scanned["foot"][2])
        for name, bone, way in (("femoral_shaft", "femur", _SHAFTS_MM), ("tibial_shaft", "tibia", -_SHAFTS_MM)):
            scanned[name] = _scanned_middle(k, bone, scanned[name], foot + way, back)
        return _of_measurements({**scanned, **_trochlea(k, scanned, back)}, set(self.menisci))

    def _patella(self) -> dict[str, np.ndarray]:
        k = self.bones.proportions
        c, t = np.cos(k.patella_tilt), np.sin(k.patella_tilt)
        own = _patella_landmarks(k)
        centre = patella_centre(k) + np.array([0.0, self.bones.patella_forward_mm, 0.0])
        turn = np.array([[c, -t, 0.0], [t, c, 0.0], [0.0, 0.0, 1.0]])
        placed = np.stack(list(own.values())) @ turn.T + centre
        if self.moved is not None:
            placed = self.moved(placed)
        return dict(zip(own, placed, strict=True))

    def _menisci(self, end: float) -> dict[str, np.ndarray]:
        found = {}
        for side, outward in (("medial", -1.0), ("lateral", 1.0)):
            plateau = self.marks.medial_plateau if side == "medial" else self.marks.lateral_plateau
            y = plateau[1] + 0.5
            for name, sign in (("edge", outward), ("opposite", -outward)):
                x, z = _tibial_edge(self.bones.proportions, y, end, sign)
                found[f"{side}_{name}"] = np.array([x, y, z])
            if side in self.menisci:
                reach, _ = ring_radii(side, self.menisci[side], self.marks.size)
                found[f"{side}_rim"] = np.array([plateau[0] + outward * reach, y, end])
        return found


_FLUID = int(p.STRUCTURE_OF_PART[p.part_number("joint_fluid")])


def _grid(x, y, z) -> Box:
    """Coordinates to evaluate a shape at, without a canvas."""
    axes = [np.atleast_1d(np.asarray(values, dtype=FLOAT)) for values in (x, y, z)]
    none = slice(0, 0)
    return Box((none, none, none), axes[0][:, None, None], axes[1][None, :, None], axes[2][None, None, :], (0, 0, 0))


def _list(places: np.ndarray) -> Box:
    """Single places (N, 3) to evaluate a shape at; values come as (N, 1, 1)."""
    none = slice(0, 0)
    x, y, z = (places[:, n].astype(FLOAT)[:, None, None] for n in range(3))
    return Box((none, none, none), x, y, z, (0, 0, 0))


def _scanned_middle(k: KneeProportions, bone: str, near: np.ndarray, height: float, back: Place) -> np.ndarray:
    """(3,) centre of gravity of a bone's cross-section in the scanner at a height, mm."""
    shape = femur_shape if bone == "femur" else tibia_shape
    x, y = np.meshgrid(near[0] + np.arange(-45.0, 45.1, 1.5), near[1] + np.arange(-45.0, 45.1, 1.5), indexing="ij")
    places = np.column_stack([x.ravel(), y.ravel(), np.full(x.size, height)])
    return places[shape(_list(back(places)), k)[0][:, 0, 0] < 0].mean(axis=0)


def _bones(k: KneeProportions, end: float, scale_z: float) -> dict[str, np.ndarray]:
    """Landmarks of femur and tibia."""
    s = k.size
    found = {}
    found["medial_condyle"], found["lateral_condyle"] = _condyles(k, end, scale_z)
    for side, name in enumerate(("medial", "lateral")):
        # The dish of a plate is round about y = -5 s: the line over its ends has the slope of the plateau.
        for end_name, sign in (("front", 1), ("back", -1)):
            y = (-5 + sign * 0.85 * (21.5, 18.5)[side]) * s
            z = DISH_Z[0] + 1.3 * s + 0.6 * k.tibial_slope * (y + 4 * s)
            found[f"{name}_{end_name}"] = np.array([k.condyle_x[side], y, z])
    found["femoral_shaft"] = _middle(lambda box: femur_shape(box, k)[0], end + _SHAFTS_MM / scale_z)
    for name, depth in (
        ("tibial_shaft", _SHAFTS_MM),
        ("upper_tibia", _UPPER_TIBIA_MM),
        ("lower_tibia", _LOWER_TIBIA_MM),
    ):
        found[name] = _middle(lambda box: tibia_shape(box, k)[0], end - depth / scale_z)
    return found


def _lower_end(k: KneeProportions) -> float:
    """Height of the lower end of the femur, mm: where its cross-section is 1 cm² large."""
    x, y, z = np.arange(-45.0, 45.1, 1.0), np.arange(-40.0, 30.1, 1.0), np.arange(-8.0, 8.0, 0.2)
    area = (femur_shape(_grid(x, y, z), k)[0] < 0).sum(axis=(0, 1))
    return float(z[np.argmax(area >= 100)])


def _condyles(k: KneeProportions, end: float, scale_z: float) -> tuple[np.ndarray, np.ndarray]:
    """(3,) twice: where an upright plane touches both condyles from behind."""
    x, y = np.arange(-45.0, 45.01, 0.5), np.arange(-60.0, 5.0, 0.1)
    z = end + np.arange(2.0, 30.01, 1.0) / scale_z
    inside = femur_shape(_grid(x, y, z), k)[0] < 0
    back = np.where(inside.any(axis=1), y[inside.argmax(axis=1)], np.inf)
    level = back.argmin(axis=1)
    places = np.column_stack([x, back.min(axis=1), z[level]])
    found = []
    tilt = 0.0
    for _ in range(3):
        reach = places[:, 1] - tilt * places[:, 0]
        found = [places[np.where(side, reach, np.inf).argmin()] for side in (x < -5, x > 5)]
        tilt = float((found[1][1] - found[0][1]) / (found[1][0] - found[0][0]))
    return found[0], found[1]


def _middle(shape: Callable[[Box], np.ndarray], z: float) -> np.ndarray:
    """(3,) centre of gravity of a cross-section."""
    x, y = np.arange(-60, 60, 0.5), np.arange(-60, 60, 0.5)
    i, j = np.nonzero(shape(_grid(x, y, z))[:, :, 0] < 0)
    return np.array([x[i].mean(), y[j].mean(), z])


def _trochlea(k: KneeProportions, at: Mapping[str, np.ndarray], back: Place) -> dict[str, np.ndarray]:
    """Tops of both facets, the floor of the groove, and the straight part of the lateral facet, in the scanner.

    Args:
        at: landmarks in the scanner.
        back: from there to the canonical knee.
    """
    up = _up(at)
    lateral = at["lateral_condyle"] - at["medial_condyle"]
    lateral = lateral - (lateral @ up) * up
    lateral /= np.linalg.norm(lateral)
    front = np.cross(up, lateral)
    # The slice lies 30 mm above the one through the lowest of the femur, along the limb.
    foot = at["tibial_shaft"] + up * (at["foot"] - at["tibial_shaft"])[2] / up[2]
    middle = (at["lateral_condyle"] + at["medial_condyle"]) / 2
    start = middle + ((foot - middle) @ up + _TROCHLEA_MM) * up
    x, y = np.arange(-36.0, 36.01, 0.5), np.arange(25.0, 95.0, 0.2)
    places = start + x[:, None, None] * lateral + y[:, None] * front
    inside = (femur_shape(_list(back(places.reshape(-1, 3))), k)[0] < 0).reshape(len(x), len(y))
    edge = np.where(inside.any(axis=1), y[inside.shape[1] - 1 - inside[:, ::-1].argmax(axis=1)], -1e3)
    top, floor, outer = _hollow(x, edge)
    # The steepest 10 mm of the lateral facet, or all of it if it is shorter.
    wide = min(_FACET_MM, x[outer] - x[floor])
    fits = [
        (*np.polyfit(x[on] - low, edge[on], 1), low)
        for low in np.arange(x[floor], x[outer] - wide + 0.01, 0.5)
        for on in [(x >= low) & (x <= low + wide)]
    ]
    slope, first, low = max(fits)
    found = {
        "medial_top": (x[top], edge[top]),
        "floor": (x[floor], edge[floor]),
        "lateral_top": (x[outer], edge[outer]),
        "facet_inner": (low, first),
        "facet_outer": (low + wide, first + slope * wide),
    }
    return {name: start + one * lateral + other * front for name, (one, other) in found.items()}


def _up(at: Mapping[str, np.ndarray]) -> np.ndarray:
    """(3,) unit vector along the limb."""
    up = at["femoral_shaft"] - at["tibial_shaft"]
    return up / np.linalg.norm(up)


def _hollow(x: np.ndarray, front: np.ndarray) -> tuple[int, int, int]:
    """Where a straight edge over the trochlea touches its two facets, and the place between them farthest behind it."""
    middle = len(x) // 2
    medial, lateral = int(front[:middle].argmax()), middle + int(front[middle:].argmax())
    for _ in range(20):  # roll the edge over until it lies on both
        tilt = (front[lateral] - front[medial]) / (x[lateral] - x[medial])
        level = front - tilt * x
        floor = medial + int(level[medial : lateral + 1].argmin())
        new = int(level[:floor].argmax()), floor + int(level[floor:].argmax())
        if new == (medial, lateral):
            break
        medial, lateral = new
    return medial, floor, lateral


def _insertion(k: KneeProportions, wall: FrontWall) -> dict[str, np.ndarray]:
    """Where the back of the drawn tendon comes near the bone, and the middle of the tendon over the 10 mm below."""
    t = np.linspace(0.0, len(wall.tendon) - 1, 400)
    line = np.column_stack([np.interp(t, np.arange(len(wall.tendon)), wall.tendon[:, n]) for n in range(3)])
    # It thins towards the bone, as it was painted.
    half = wall.tendon_half_mm * np.interp(t, [0, len(wall.tendon) - 2], [1.05, 0.85])[:, None]
    back = line - half * [0.0, 1.0, 0.0]
    on_bone = tibia_shape(_list(back), k)[0][:, 0, 0] < _GAP_MM
    first = int(on_bone.argmax()) if on_bone.any() else len(t) - 1
    below = line[(line[:, 2] <= line[first, 2]) & (line[:, 2] >= line[first, 2] - 10.0)]
    return {"tendon_on_bone": back[first], "tendon_middle": below.mean(axis=0)}


def _tibial_edge(k: KneeProportions, y: float, end: float, outward: float) -> tuple[float, float]:
    """(x, z) of the outermost place of the plateau at some y."""
    x, z = outward * np.arange(20.0, 55.0, 0.05), end + np.arange(-14.0, 2.0, 0.5)
    inside = tibia_shape(_grid(x, y, z), k)[0][:, 0, :] < 0
    reach = np.where(inside.any(axis=0), x[inside.shape[0] - 1 - inside[::-1].argmax(axis=0)], 0.0)
    row = int((reach * outward).argmax())
    return float(reach[row]), float(z[row])


def _tibial_corner(k: KneeProportions, end: float, x: float) -> np.ndarray:
    """(3,) the place of the tibia farthest to the front and upwards at some x."""
    y, z = np.arange(0.0, 50.0, 0.1), end + np.arange(-25.0, 12.0, 0.1)
    j, n = np.nonzero(tibia_shape(_grid(x, y, z), k)[0][0] < 0)
    best = int((y[j] + z[n]).argmax())
    return np.array([x, y[j[best]], z[n[best]]])


def _patella_landmarks(k: KneeProportions) -> dict[str, np.ndarray]:
    """Poles, articular edges and side edges in the patella's own frame."""
    rx, ry, rz = k.patella_radii
    y, z = np.arange(-1.2 * ry, 1.2 * ry, 0.2), np.arange(-1.1 * rz, 1.1 * rz, 0.2)
    box = _grid(0.0, y, z)
    shape = patella_shape(box, k)
    j, n = np.nonzero(shape[0][0] < 0)
    outline = np.column_stack([y[j], z[n]])
    tall = outline[(outline[:, 1] > outline[:, 1].max() - 4) | (outline[:, 1] < outline[:, 1].min() + 4)]
    distance = np.linalg.norm(tall[:, None] - tall[None], axis=2)
    one, other = np.unravel_index(int(distance.argmax()), distance.shape)
    upper, lower = sorted((tall[one], tall[other]), key=lambda place: -place[1])
    found = {"upper_pole": np.array([0.0, *upper]), "lower_pole": np.array([0.0, *lower])}
    j, n = np.nonzero(patellar_cover(box, k, shape, FLOAT(0))[0])
    plate = np.column_stack([y[j], z[n]])
    for name, end in (("upper", plate[:, 1].max()), ("lower", plate[:, 1].min())):
        near = plate[np.abs(plate[:, 1] - end) <= 1.5]
        found[f"{name}_articular_edge"] = np.array([0.0, near[:, 0].mean(), end])
    x = np.arange(-1.1 * rx, 1.1 * rx, 0.2)
    i, j, n = np.nonzero(patella_shape(_grid(x, y, z[::5]), k)[0] < 0)
    widths = [np.ptp(x[i[n == level]]) if (n == level).any() else 0.0 for level in range(len(z[::5]))]
    level = int(np.argmax(widths))
    at = n == level
    for name, sign in (("medial_edge", -1.0), ("lateral_edge", 1.0)):
        end = (sign * x[i[at]]).max()
        rim = at & (sign * x[i] >= end - 1.0)
        found[name] = np.array([sign * end, y[j[rim]].mean(), z[::5][level]])
    found["patella_medial_edge"], found["patella_lateral_edge"] = found.pop("medial_edge"), found.pop("lateral_edge")
    return found


def _patellar_thickness(k: KneeProportions) -> float:
    """Mean distance from the back of the patella to the articular side of its smooth plate, without its rim, mm."""
    rx, ry, rz = k.patella_radii
    step = 0.4
    box = _grid(*(np.arange(-reach, reach, step) for reach in (rx + 4, ry + 6, rz + 4)))
    shape = patella_shape(box, k)
    bone, plate = shape[0] < 0, patellar_cover(box, k, shape, FLOAT(0))
    beside, outside = grow(bone), ~(bone | plate)
    to_outside, to_rim = (signed_distance(mask, step)[plate & beside] for mask in (outside, outside & beside))
    return float(to_outside[to_outside < to_rim].mean())


def _of_measurements(at: Mapping[str, np.ndarray], menisci: set[str]) -> dict[str, dict[str, np.ndarray]]:
    """Landmarks in the scanner -> the points of each measurement, by the definitions of the joint."""
    up = _up(at)

    def in_slice_of(name: str) -> dict[str, np.ndarray]:
        """The condyles, moved along the limb into the axial slice of a landmark."""
        return {
            f"posterior_{side}_condyle": at[f"{side}_condyle"] + ((at[name] - at[f"{side}_condyle"]) @ up) * up
            for side in ("medial", "lateral")
        }

    tops = {"medial_facet_top": at["medial_top"], "groove_floor": at["floor"], "lateral_facet_top": at["lateral_top"]}
    found = {
        "insall_salvati_ratio": {
            "upper_pole": at["upper_pole"], "lower_pole": at["lower_pole"], "tendon_insertion": at["tendon_on_bone"],
        },
        "caton_deschamps_ratio": {
            "upper_articular_edge": at["upper_articular_edge"], "lower_articular_edge": at["lower_articular_edge"],
            "anterior_tibial_corner": at["corner"],
        },
        "trochlear_sulcus_angle": tops,
        "trochlear_depth": {**in_slice_of("floor"), **tops},
        "lateral_trochlear_inclination": {
            **in_slice_of("floor"), "lateral_facet_inner": at["facet_inner"], "lateral_facet_outer": at["facet_outer"],
        },
        "patellar_tilt": {
            **in_slice_of("patella_medial_edge"),
            "medial_patellar_edge": at["patella_medial_edge"], "lateral_patellar_edge": at["patella_lateral_edge"],
        },
        "tt_tg_distance": {
            **in_slice_of("floor"), "groove_floor": at["floor"], "tendon_insertion": at["tendon_middle"],
        },
    }  # fmt: skip
    for side in ("medial", "lateral"):
        found[f"{side}_tibial_slope"] = {
            "upper_tibial_shaft": at["upper_tibia"], "lower_tibial_shaft": at["lower_tibia"],
            "anterior_plateau": at[f"{side}_front"], "posterior_plateau": at[f"{side}_back"],
        }  # fmt: skip
        if side in menisci:
            found[f"{side}_meniscal_extrusion"] = {
                "opposite_tibial_edge": at[f"{side}_opposite"], "tibial_edge": at[f"{side}_edge"],
                "meniscal_edge": at[f"{side}_rim"],
            }  # fmt: skip
    return found
