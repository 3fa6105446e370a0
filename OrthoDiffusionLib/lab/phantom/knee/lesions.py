"""Injuries of the knee painted into a healthy one, with their companions, and abnormalities that are not graded.

What they look like follows textbook wording from memory (assumed): a torn ligament is swollen, bright and
interrupted; a meniscal tear is a bright line that reaches a surface; a dislocated patella leaves bruises on
its medial facet and on the lateral condyle and tears the medial retinaculum.
"""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.pockets import pocket_box, ragged, soaked
from OrthoDiffusionLib.lab.phantom.engine.shapes import (
    FLOAT,
    Box,
    Canvas,
    band,
    cord,
    ellipsoid,
    grow,
    noise,
    points_box,
)
from OrthoDiffusionLib.lab.phantom.knee import parts as p
from OrthoDiffusionLib.lab.phantom.knee.anterior_compartment import fill_recess
from OrthoDiffusionLib.lab.phantom.knee.extensors import FrontWall
from OrthoDiffusionLib.lab.phantom.knee.interior import paint_recess
from OrthoDiffusionLib.lab.phantom.knee.landmarks import KneeLandmarks
from OrthoDiffusionLib.lab.phantom.knee.ligaments import lcl_points, mcl_points, paint_cord

_SOFT = ~(p.CORE | p.members("air", "skin"))
_INTERIOR = p.members(
    "synovium", "other_fat_pad", "infrapatellar_fat_pad", "joint_fluid", "intermuscular_fat", "capsule", "fat_septum",
    "thin_fascia",
)  # fmt: skip


_PLATES = ("femoral_cartilage", "medial_tibial_cartilage", "lateral_tibial_cartilage", "patellar_cartilage")


def _ball(box: Box, centre, radius: float) -> np.ndarray:
    return ellipsoid(box, centre, (radius, radius, radius))


def bruise(canvas: Canvas, centre, radii, numbers: dict[str, int], rng: np.random.Generator) -> int:
    """Marrow oedema with a feathered edge.

    Args:
        numbers: for the bones "femur", "tibia", "patella": the part that their marrow turns into.

    Returns:
        voxels changed.
    """
    box = pocket_box(canvas, centre, radii, grown=1.4, margin_mm=1.0)
    # Islands of marrow stand in its rim, so that thick slices blur it as they do in people; a large one fades further.
    feather = max(1.3, 0.28 * float(np.min(radii)))
    inside = ragged(box, centre, radii, rng, (1.8, 2.8), (feather, 0.5)) < 0
    count = 0
    for bone, number in numbers.items():
        names = [f"{bone}_marrow"] + ([f"{bone}_red_marrow", f"{bone}_physeal_scar"] if bone != "patella" else [])
        view = canvas.view(box)
        mask = inside & p.members(*names)[view]
        view[mask] = number
        count += int(mask.sum())
    return count


def _cruciate(canvas, marks, name: str, grade: int, rng, axis_points) -> None:
    """Swell, tear, interrupt or flatten a cruciate ligament; `axis_points` run from femur to tibia."""
    s = marks.size
    whole, torn = p.part_number(f"{name}_ligament"), p.part_number(f"torn_{name}_ligament")
    gap = p.part_number(f"{name}_gap")
    box = canvas.box((-22 * s, -38 * s, -18 * s), (22 * s, 24 * s, 32 * s))
    view = canvas.view(box)
    mask = p.members(f"{name}_ligament", f"{name}_mucoid")[view]
    at = float(rng.uniform(0.15, 0.75))
    n = at * (len(axis_points) - 1)
    centre = np.array([np.interp(n, range(len(axis_points)), axis_points[:, k]) for k in range(3)])
    if mask.any():
        where = np.argwhere(mask)
        mm = np.array(canvas.frame.lo_mm) + canvas.frame.spacing_mm * (np.array(box.first) + where + 0.5)
        centre = mm[((mm - centre) ** 2).sum(1).argmin()]
    soft = _INTERIOR[view]
    reach = float(rng.uniform(*((5.0, 8.0), (8.0, 12.0), (11.0, 16.0))[grade - 1])) * s
    near = ragged(box, centre, (reach,) * 3, rng, (0.8, 3.0)) < 0
    frayed = noise(box, rng, 1.6) > FLOAT(-1.3 if grade > 1 else -0.6)
    injured = mask & near
    swollen = grow(injured, 1 if grade == 1 else 2) & near & (soft | mask) & (frayed | injured)
    view[swollen] = torn
    if grade >= 2:
        radius = rng.uniform(2.0, 3.4) * s * (1.0 if grade == 2 else 1.5)
        hole = ragged(box, centre, (radius,) * 3, rng, (1.3, 2.0)) < 0
        view[hole & (view == torn)] = gap
        view[hole & (view == whole)] = gap


def injure_acl(canvas: Canvas, marks: KneeLandmarks, grade: int, points: np.ndarray, rng: np.random.Generator) -> None:
    """Tear the anterior cruciate: 1 partial, 2 complete with a gap, 3 a flat stump or hardly anything left."""
    s = marks.size
    if grade == 3 and rng.random() < 0.75:
        box = canvas.box((-20 * s, -34 * s, -10 * s), (20 * s, 24 * s, 30 * s))
        view = canvas.view(box)
        old = p.members("anterior_cruciate_ligament", "anterior_cruciate_mucoid")[view]
        stays = old & (noise(box, rng, 2) < -1.5)
        mixture = noise(box, rng, 2) > 0.2
        view[old & mixture] = p.part_number("anterior_cruciate_gap")
        view[old & ~mixture] = p.part_number("synovium")
        view[stays] = p.part_number("torn_anterior_cruciate_ligament")
        start = marks.acl_tibia + np.array([0, 0, 1.0])
        length = rng.uniform(9, 24) * s
        tilt = np.deg2rad(rng.uniform(2, 26))
        end = start + length * np.array([rng.uniform(0.0, 0.35), -np.cos(tilt), np.sin(tilt)])
        t = np.linspace(0, 1, 4)[:, None]
        line = start + (end - start) * t + np.sin(np.pi * t) * np.array([0, 0, rng.uniform(-1.5, 2.5)])
        radii = np.linspace(rng.uniform(4.0, 5.5), rng.uniform(2.5, 5.0), 4) * s
        stump = points_box(canvas, line, 8)
        distance = cord(stump, line, radii) + FLOAT(0.7) * noise(stump, rng, 2.5)
        onto = _INTERIOR | p.members("anterior_cruciate_gap", "torn_anterior_cruciate_ligament")
        canvas.paint(stump, distance < 0, p.part_number("torn_anterior_cruciate_ligament"), onto=onto)
    else:
        _cruciate(canvas, marks, "anterior_cruciate", grade, rng, points)
    box = canvas.box((-14 * s, -26 * s, -6 * s), (16 * s, 18 * s, 26 * s))
    middle = (marks.acl_femur + marks.acl_tibia) / 2
    haze = (_ball(box, middle, rng.uniform(6, 13) * s) < 0) & (noise(box, rng, 2.2) > FLOAT(rng.uniform(0.2, 1.2)))
    canvas.paint(box, haze, p.part_number("anterior_cruciate_oedema"), onto=p.members("synovium", "other_fat_pad"))


def acl_companions(canvas: Canvas, marks: KneeLandmarks, rng: np.random.Generator) -> None:
    """The pivot-shift bruises: lateral condyle above the sulcus and the back of the lateral plateau."""
    s = marks.size
    numbers = {"femur": p.part_number("femur_oedema"), "tibia": p.part_number("tibia_oedema")}
    x = marks.lateral_plateau[0]
    radii = rng.uniform(5, 12, 3) * s
    bruise(canvas, (x + rng.normal(0, 3), rng.uniform(6, 16) * s, rng.uniform(7, 14) * s), radii, numbers, rng)
    radii = rng.uniform(5, 12, 3) * s
    bruise(
        canvas,
        (x + rng.normal(0, 3), marks.tibia_back + rng.uniform(5, 11) * s, rng.uniform(-12, -7) * s),
        radii,
        numbers,
        rng,
    )
    if rng.random() < 0.25:
        x = marks.medial_plateau[0]
        bruise(canvas, (x, marks.tibia_back + 8 * s, -9 * s), rng.uniform(4, 8, 3) * s, numbers, rng)


def injure_pcl(canvas: Canvas, marks: KneeLandmarks, grade: int, points: np.ndarray, rng: np.random.Generator) -> None:
    """Tear the posterior cruciate: mostly swollen and bright along its length, interrupted when severe."""
    _cruciate(canvas, marks, "posterior_cruciate", grade, rng, points)


def _collateral(canvas, marks, name, grade, points, rng, *, half_thickness, half_width, axis, oedema_radii) -> None:
    s = marks.size
    torn = p.part_number(f"torn_{name}_ligament")
    oedema = p.part_number(f"{name}_oedema")
    n = rng.uniform(0.05, 0.5) * (len(points) - 1)
    centre = np.array([np.interp(n, range(len(points)), points[:, k]) for k in range(3)])
    half_length = float(rng.uniform(*((5, 9), (8, 14), (10, 20))[grade - 1])) * s
    radii = np.asarray(oedema_radii) * s * (0.7, 1.0, 1.25)[grade - 1] * rng.uniform(0.85, 1.2, 3)
    radii[2] = max(radii[2], half_length)
    cloud = pocket_box(canvas, centre, radii, grown=1.3)
    wet = soaked(cloud, centre, radii, rng, (0.3, -0.3, -0.8)[grade - 1])
    onto = p.members(
        "subcutaneous_fat",
        "intermuscular_fat",
        "fat_septum",
        "thin_fascia",
        "deep_fascia",
        "other_fat_pad",
        "synovium",
        "retinaculum",
    )
    canvas.paint(cloud, wet, oedema, onto=onto)
    box = points_box(canvas, points, 8)
    ligament = p.members(f"{name}_ligament")[canvas.view(box)]
    near = np.abs(box.z - FLOAT(centre[2])) < half_length
    thick = half_thickness * (1.3, 1.9, 2.4)[grade - 1]
    wave = points.copy()
    if grade == 3:
        wave[:, 0] += np.sin(np.linspace(0, 7, len(points))) * 1.6
    distance = (
        band(box, wave, thick, half_width * 1.05, axis) if axis is not None else cord(box, wave, [thick] * len(wave))
    )
    frayed = noise(box, rng, 1.8) > FLOAT((-0.2, -0.9, -1.4)[grade - 1])
    region = near & frayed & ((distance < 0) | ligament)
    canvas.paint(box, region, torn, onto=_SOFT)
    if grade == 3:
        hole = (np.abs(box.z - FLOAT(centre[2] + rng.uniform(-3, 3))) < rng.uniform(2.0, 5.0)) & (
            (distance < 0) | ligament
        )
        canvas.paint(box, hole, oedema, onto=p.members(f"{name}_ligament", f"torn_{name}_ligament"))


def injure_mcl(canvas: Canvas, marks: KneeLandmarks, grade: int, rng: np.random.Generator) -> None:
    """Sprain, partial or complete tear of the medial collateral with oedema on both its faces."""
    points = mcl_points(canvas, marks)
    _collateral(
        canvas,
        marks,
        "medial_collateral",
        grade,
        points,
        rng,
        half_thickness=1.6,
        half_width=6.5 * marks.size,
        axis=1,
        oedema_radii=(5.0, 15.0, 18.0),
    )


def injure_lcl(canvas: Canvas, marks: KneeLandmarks, grade: int, rng: np.random.Generator) -> None:
    """Sprain, partial or complete tear of the lateral collateral."""
    points = lcl_points(marks)
    _collateral(
        canvas,
        marks,
        "lateral_collateral",
        grade,
        points,
        rng,
        half_thickness=2.1,
        half_width=2.1,
        axis=None,
        oedema_radii=(5.5, 10.0, 14.0),
    )


def mark_dislocation(canvas: Canvas, marks: KneeLandmarks, grade: int, rng: np.random.Generator) -> None:
    """Bruises and the torn medial retinaculum that a patella leaves when it jumps out and back."""
    s = marks.size
    size = (0.75, 1.0, 1.25)[grade - 1]
    facet = marks.patella_centre + np.array(
        [-marks.patella_half_width * rng.uniform(0.35, 0.65), -1.5 * s, rng.uniform(-6, 2) * s]
    )
    numbers = {"patella": p.part_number("patella_bruise")}
    for grown in (1.0, 1.4, 1.9):
        if bruise(canvas, facet, rng.uniform(5, 9, 3) * s * size * grown, numbers, rng) >= 60:
            break
    numbers = {"femur": p.part_number("femur_bruise")}
    condyle = np.array(
        [marks.lateral_epicondyle[0] - rng.uniform(4, 9) * s, rng.uniform(6, 18) * s, rng.uniform(14, 26) * s]
    )
    for grown in (1.0, 1.4, 1.9):
        if bruise(canvas, condyle, rng.uniform(5, 10, 3) * s * size * grown, numbers, rng) >= 60:
            break
    rim = marks.patella_centre + np.array([-marks.patella_half_width, -1.0, 2.0])
    middle = np.array([marks.medial_epicondyle[0] * 0.95, 17 * s, 22 * s])
    end = marks.medial_epicondyle + np.array([-1.0, 2.0, 4.0])
    path = np.stack([rim, middle, end])
    box = points_box(canvas, path, 14 * s)
    cloud = band(box, path, 3.2 * s * size, 11 * s * size, 2) + FLOAT(1.2) * noise(box, rng, 2.8)
    onto = p.members(
        "retinaculum", "subcutaneous_fat", "intermuscular_fat", "deep_fascia", "synovium", "other_fat_pad",
        "fat_septum", "thin_fascia", "joint_fluid", "muscle_a", "muscle_b", "muscle_c", "effusion_fluid",
    )  # fmt: skip
    canvas.paint(
        box, (cloud < 0) & (noise(box, rng, 1.8) > -0.7), p.part_number("medial_retinaculum_oedema"), onto=onto
    )


def effusion_ml(grade: int, rng: np.random.Generator) -> float:
    """How much fluid the recess holds: 8 to 110 ml in three grades (assumed)."""
    return float(rng.uniform(*((8.0, 22.0), (20.0, 48.0), (42.0, 110.0))[grade - 1]))


def fill_effusion(
    canvas: Canvas, marks: KneeLandmarks, wall: FrontWall, grade: int, volume_ml: float, rng: np.random.Generator
) -> None:
    """Excess fluid: a full suprapatellar recess and gutters, and fluid in the recesses behind and in front."""
    s = marks.size
    number = p.part_number("effusion_fluid")
    fill_recess(canvas, marks, wall, volume_ml, number, rng)
    for side in (-1, 1):
        if rng.random() < 0.25 * grade:
            x = marks.medial_plateau[0] if side < 0 else marks.lateral_plateau[0]
            radii = (9 * s, rng.uniform(2.0, 3.0 + grade), 8 * s)
            paint_recess(canvas, (x, marks.tibia_back - 3 * s, rng.uniform(2, 10) * s), radii, number, rng)
    if rng.random() < 0.8:
        thick = rng.uniform(2.0, 3.5 + grade)
        paint_recess(canvas, (0, 17 * s, 5 * s), (14 * s, 0.6 * thick, 1.4 * thick), number, rng)


def wear_cartilage(canvas: Canvas, marks: KneeLandmarks, rng: np.random.Generator) -> str:
    """A defect in one cartilage plate, full or partial thickness, filled with fluid; returns the plate's name."""
    s = marks.size
    name = str(rng.choice(_PLATES, p=(0.4, 0.2, 0.15, 0.25)))
    table = p.members(name)
    area = canvas.box((-48 * s, -45 * s, -16 * s), (48 * s, 62 * s, 62 * s))
    where = np.argwhere(table[canvas.view(area)])
    if len(where) == 0:
        return name
    pick = np.array(area.first) + where[rng.integers(len(where))]
    centre = np.array(canvas.frame.lo_mm) + canvas.frame.spacing_mm * (pick + 0.5)
    # A small ball round a voxel of the plate leaves some of its depth, a large one does not.
    radii = rng.uniform(1.5, 7.5) * s * rng.uniform(0.7, 1.3, 3)
    box = pocket_box(canvas, centre, radii, margin_mm=1.0)
    hole = ragged(box, centre, radii, rng, (0.5, 2.8)) < 0
    canvas.paint(box, hole, p.part_number("joint_fluid"), onto=table)
    return name


def add_baker_cyst(canvas: Canvas, marks: KneeLandmarks, rng: np.random.Generator) -> None:
    """A popliteal cyst: a comma whose neck comes between semimembranosus and the medial gastrocnemius."""
    s = marks.size
    number = p.part_number("cyst_fluid")
    centre = np.array([rng.uniform(-32, -20) * s, rng.uniform(-52, -44) * s, rng.uniform(-18, 12) * s])
    radii = np.array([rng.uniform(4, 11), rng.uniform(3.5, 8), rng.uniform(8, 24)])
    neck = np.array([[-22 * s, -27 * s, 10 * s], [-25 * s, -37 * s, 9 * s], centre])
    paint_cord(canvas, neck, float(rng.uniform(1.2, 2.4)), number, flare=1.0)
    paint_recess(canvas, centre, radii, number, rng)
    # Some are lobed, some have run down the calf.
    for _ in range(int(rng.integers(0, 3))):
        lobe = centre + rng.uniform([-4, -4, -radii[2] - 4], [4, 2, 4])
        paint_recess(canvas, lobe, radii * rng.uniform(0.4, 0.8), number, rng)
    if rng.random() < 0.4:
        box = canvas.box(centre - radii - 4, centre + radii + 4)
        wall = noise(box, rng, 6, sheets=0.08)
        canvas.paint(box, wall, p.part_number("synovium"), onto=p.members("cyst_fluid"))


def add_stray_oedema(canvas: Canvas, marks: KneeLandmarks, rng: np.random.Generator) -> None:
    """Marrow oedema that belongs to none of the eight abnormalities."""
    s = marks.size
    numbers = {name: p.part_number(f"{name}_oedema") for name in ("femur", "tibia", "patella")}
    for _ in range(int(rng.integers(1, 4))):
        x = marks.medial_plateau[0] if rng.random() < 0.5 else marks.lateral_plateau[0]
        high = rng.random() < 0.5
        centre = (x + rng.normal(0, 5), rng.uniform(-20, 14) * s, (9 if high else -10) * s + rng.normal(0, 4))
        bruise(canvas, centre, rng.uniform(4, 12, 3) * s, numbers, rng)


def add_red_marrow(canvas: Canvas, bone: str, rng: np.random.Generator) -> None:
    """Islands of red marrow in the metaphysis and shaft."""
    low, high = ((-60, -60, 4), (60, 60, 108)) if bone == "femur" else ((-60, -60, -108), (60, 60, -4))
    box = canvas.box(low, high)
    away = np.abs(box.z) - 32
    field = noise(box, rng, float(rng.uniform(3, 7))) + np.clip(away / 25, -4, 1)
    # It is sprinkled in the fatty marrow, densely in the middle of an island and ever less towards its rim.
    field = field + FLOAT(0.5) * noise(box, rng, 1.6) + FLOAT(1.3) * noise(box, rng, 0.5)
    canvas.paint(
        box, field > FLOAT(rng.uniform(1.4, 2.8)), p.part_number(f"{bone}_red_marrow"), onto=p.members(f"{bone}_marrow")
    )


def add_physeal_scar(canvas: Canvas, marks: KneeLandmarks, bone: str, rng: np.random.Generator) -> None:
    """The scar of the growth plate: a broken, wavy sheet across the marrow."""
    s = marks.size
    middle = rng.uniform(33, 40) * s if bone == "femur" else -rng.uniform(13, 18) * s
    box = canvas.box((-48 * s, -40 * s, middle - 12), (48 * s, 45 * s, middle + 12))
    bend = FLOAT(rng.uniform(1.5, 4.0) * s) * np.cos(box.x / (14 * s)) + FLOAT(rng.uniform(-0.15, 0.15)) * box.y
    bend = bend - FLOAT(rng.uniform(0, 4.5) * s) * ((box.y - 2 * s) / (24 * s)) ** 2
    # Growth plates are waved at every scale, and their scars come and go.
    bend = bend + FLOAT(1.3) * noise(box, rng, 12.0) + FLOAT(1.3) * noise(box, rng, 6) + FLOAT(0.8) * noise(box, rng, 3)
    sheet = np.abs(box.z - middle - bend - FLOAT(0.5) * noise(box, rng, 1.6)) < FLOAT(rng.uniform(0.3, 0.6))
    whole = noise(box, rng, 4) + FLOAT(0.8) * noise(box, rng, 0.5) < FLOAT(rng.uniform(-0.8, 0.9))
    canvas.paint(box, sheet & whole, p.part_number(f"{bone}_physeal_scar"), onto=p.members(f"{bone}_marrow"))
