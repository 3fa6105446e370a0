"""The digital knee: draws a right knee, its build and its disease, and paints it part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.draws import streams
from OrthoDiffusionLib.lab.phantom.engine.limb.fillings import paint_septa
from OrthoDiffusionLib.lab.phantom.engine.shapes import Canvas, Frame, grow, largest_component
from OrthoDiffusionLib.lab.phantom.knee import (
    anterior_compartment,
    interior,
    lesions,
    ligaments,
    meniscal_tears,
    soft_tissue,
)
from OrthoDiffusionLib.lab.phantom.knee import parts as p
from OrthoDiffusionLib.lab.phantom.knee.atlas import ATLASES, atlas_parts, draw_warp, thin_cartilage, warped
from OrthoDiffusionLib.lab.phantom.knee.bones import (
    PaintedBones,
    paint_bones,
    paint_fibula,
    seat_patella,
    vary_cortex,
)
from OrthoDiffusionLib.lab.phantom.knee.extensors import paint_extensors
from OrthoDiffusionLib.lab.phantom.knee.known import Known, Moved
from OrthoDiffusionLib.lab.phantom.knee.landmarks import KneeLandmarks, measure_landmarks
from OrthoDiffusionLib.lab.phantom.knee.menisci import draw_shape, paint_meniscus
from OrthoDiffusionLib.lab.phantom.knee.proportions import draw_proportions

# Canonical right knee: x lateral, y anterior, z superior; origin between the plateaus at the joint line.
KNEE_FRAME = Frame((-76.0, -86.0, -108.0), (76.0, 86.0, 108.0), 0.8)

PROCEDURAL = "procedural"
# Any of the label maps that training may see, each as often against the others as "mixed" takes it.
ANY_ATLAS = "atlas"
# Between the bicondylar widths of women and of men (see proportions.py).
_MEAN_WIDTH_MM = 83.0
FULL_ATLAS = "spl_knee_atlas_left"
# How often "mixed" takes each kind of anatomy.
_MIXTURE = (
    (PROCEDURAL, False, 0.48),
    ("mskt_dess_right_10labels", False, 0.14),
    ("mskt_right_knee_example_7labels", False, 0.14),
    (FULL_ATLAS, False, 0.10),
    (FULL_ATLAS, True, 0.14),
)
ANATOMIES = ("mixed", PROCEDURAL, ANY_ATLAS, *ATLASES)


@dataclass(frozen=True)
class BuiltKnee:
    """What `build_knee` hands over: the painted canvas, where it came from, its landmarks, and what is known of it.

    Of an anatomy that is a label map nothing is known by construction.
    """

    canvas: Canvas
    anatomy: str
    landmarks: KneeLandmarks
    known: Known | None = None


def _draw_anatomy(anatomy: str, rng: np.random.Generator) -> tuple[str, bool]:
    if anatomy in ("mixed", ANY_ATLAS):
        kinds = [kind for kind in _MIXTURE if anatomy == "mixed" or kind[0] != PROCEDURAL]
        shares = np.array([share for _, _, share in kinds])
        source, full, _ = kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]
        return source, full
    if anatomy == FULL_ATLAS:
        return anatomy, bool(rng.random() < 0.6)
    return anatomy, False


def stored_shape(seed: int, anatomy: str) -> str | None:
    """The label map that the knee of a seed is made from, None for a procedural one.

    Args:
        anatomy: one of `ANATOMIES`.
    """
    source, _ = _draw_anatomy(anatomy, streams(seed, "anatomy")["anatomy"])
    return None if source == PROCEDURAL else source


def _femoral_width(parts: np.ndarray, frame: Frame) -> float:
    """Bicondylar width of a volume of parts, mm."""
    low, high = frame.index(2, 5.0), frame.index(2, 40.0)
    across = np.flatnonzero(p.FEMUR[parts[:, ::2, low:high:2]].any((1, 2)))
    return float((across[-1] - across[0] + 1) * frame.spacing_mm)


def _paste_atlas(canvas: Canvas, name: str, full: bool, rng: np.random.Generator) -> None:
    """Bones, cartilage and menisci of an atlas; all its soft tissue too if `full`."""
    original = atlas_parts(name, canvas.frame)
    width = _femoral_width(original, canvas.frame)
    wanted = float(np.clip(np.sqrt(width * _MEAN_WIDTH_MM) * rng.normal(1, 0.045), 71, 97))
    factors = wanted / width * np.array([1.0, *rng.normal(1, 0.03, 2).clip(0.94, 1.06)])
    source = warped(original, canvas.frame, draw_warp(factors, rng))
    if full:
        canvas.parts[...] = source
        return
    kept = p.CORE.copy()
    if rng.random() < 0.5:
        kept |= p.members("anterior_cruciate_ligament", "posterior_cruciate_ligament")
    np.copyto(canvas.parts, source, where=kept[source])


def _luxate_patella(canvas: Canvas, shift_mm: float, tilt: float, raise_mm: float) -> Moved | None:
    """Move the patella sideways, tilt it and seat it again against the femur; how it was moved, if there is one."""
    box = canvas.box((-45, 5, -20), (60, 80, 80))
    view = canvas.view(box)
    table = p.PATELLA | p.members("patellar_cartilage")
    mask = table[view]
    where = np.argwhere(mask)
    if len(where) == 0:
        return None
    lo, hi = where.min(0), where.max(0) + 1
    block = np.where(mask, view, 0)[lo[0] : hi[0], lo[1] : hi[1], lo[2] : hi[2]]
    view[mask] = 0
    pad = 8
    block = np.pad(block, ((pad, pad), (pad, pad), (0, 0)))
    ni, nj, _ = block.shape
    i, j = np.meshgrid(np.arange(ni) - ni / 2, np.arange(nj) - nj / 2, indexing="ij")
    c, s = np.cos(tilt), np.sin(tilt)
    # The lateral rim turns backwards.
    source_i = np.clip(np.rint(i * c - j * s + ni / 2), 0, ni - 1).astype(int)
    source_j = np.clip(np.rint(i * s + j * c + nj / 2), 0, nj - 1).astype(int)
    turned = block[source_i, source_j]
    spacing = canvas.frame.spacing_mm
    origin = np.array(box.first) + lo - np.array([pad, pad, 0])
    first = origin + np.array([round(shift_mm / spacing), 0, round(raise_mm / spacing)])
    first = np.clip(first, 0, np.array(canvas.parts.shape) - turned.shape)
    forward = seat_patella(canvas, turned, first, 0.8)
    # The voxel that the block was turned about, and where it went.
    pivot = np.array(canvas.frame.lo_mm) + spacing * (origin + np.array([ni / 2, nj / 2, 0]) + 0.5)
    return Moved(pivot, tilt, spacing * (first - origin) + np.array([0.0, forward, 0.0]))


def _procedural_fibula_if_missing(canvas: Canvas, rng: np.random.Generator) -> None:
    if p.FIBULA[canvas.parts[::3, ::3, ::3]].any():
        return
    marks = measure_landmarks(canvas)
    edge = marks.fibular_head
    paint_fibula(canvas, (edge[0] - 5 * marks.size, -16 * marks.size, -21 * marks.size), marks.size, rng)


def _tidy(canvas: Canvas) -> None:
    """Keep each primary structure in one piece: crumbs turn into what lies about them."""
    box = canvas.box((-52, -50, -20), (52, 70, 75))
    view = canvas.view(box)
    structures = p.STRUCTURE_OF_PART[view]
    for label in (4, 5, 6, 7, 8, 9, 10, 11):
        mask = structures == label
        if not mask.any():
            continue
        where = [np.flatnonzero(mask.any(tuple(m for m in range(3) if m != n))) for n in range(3)]
        region = tuple(slice(w[0], w[-1] + 1) for w in where)
        piece = mask[region]
        lesion = p.LESION_OF_PART[view[region]] > 0
        crumbs = piece & ~largest_component(piece) & ~lesion
        view[region][crumbs] = p.part_number("synovium")


def build_knee(seed: int, *, anatomy: str, grades: Mapping[str, int], frame: Frame = KNEE_FRAME) -> BuiltKnee:
    """Paint one right knee.

    Args:
        seed: everything that is drawn follows from it.
        anatomy: one of `ANATOMIES`.
        grades: for each abnormality 0 (absent) to 3 (severe).
    """
    rng = streams(
        seed, "anatomy", "bones", "build", "muscles", "cords", "wrap", "cavity", "menisci", "ligaments", "fluid",
        "lesions", "distractors", "patella", "cortex",
    )  # fmt: skip
    source, full = _draw_anatomy(anatomy, rng["anatomy"])
    canvas = Canvas(frame)
    bones, moved = _paint_skeleton(canvas, source, full, grades, rng["bones"], rng["patella"])
    marks = measure_landmarks(canvas)

    shapes = {}
    for side in ("medial", "lateral"):
        shape = shapes[side] = draw_shape(rng["menisci"])
        if not p.members(f"{side}_meniscus")[canvas.parts[::4, ::4, ::2]].any():
            paint_meniscus(canvas, marks, side, shape, rng["menisci"])
    effusion = grades["joint_effusion"]
    fluid_ml = lesions.effusion_ml(effusion, rng["fluid"]) if effusion else float(rng["fluid"].uniform(0.5, 5.0))
    acl, pcl, wall = _paint_ligaments(canvas, marks, rng["ligaments"], lift_mm=0.11 * fluid_ml)

    build = soft_tissue.draw_build(rng["build"])
    if not full:
        soft_tissue.paint_muscles(canvas, marks, build, rng["muscles"])
    depth = soft_tissue.wrap_limb(canvas, build, rng["wrap"])
    if rng["build"].random() < 0.03:
        soft_tissue.add_random_blobs(canvas, rng["build"], marks.size)
    paint_septa(canvas, p.LIST, rng["wrap"], most_thin=0.13, most_thick=0.03)
    soft_tissue.paint_iliotibial_band(canvas, marks, depth, rng["ligaments"])

    interior.paint_cavity(canvas, marks, rng["cavity"])
    anterior_compartment.paint_fat_pads(canvas, marks, wall, rng["cavity"])
    if not full:
        soft_tissue.paint_cords(canvas, marks, build, rng["cords"])
    ligaments.paint_capsule(canvas, marks, rng["ligaments"])
    if effusion:
        lesions.fill_effusion(canvas, marks, wall, effusion, fluid_ml, rng["lesions"])
    else:
        anterior_compartment.fill_recess(canvas, marks, wall, fluid_ml, p.part_number("joint_fluid"), rng["fluid"])
    wetness = float(rng["fluid"].uniform(0.0, 0.5)) + 0.06 * effusion
    interior.paint_film(canvas, marks, min(wetness, 1.0), rng["fluid"])
    _tidy(canvas)
    vary_cortex(canvas, rng["cortex"])
    worn = _add_distractors(canvas, marks, grades, rng["distractors"])
    _injure(canvas, marks, grades, acl, pcl, rng["lesions"])
    if bones is None:
        return BuiltKnee(canvas, source, marks)
    whole = [side for side in ("medial", "lateral") if not grades[f"{side}_meniscus_injury"]]
    known = Known(bones, moved, marks, wall, {side: shapes[side] for side in whole}, tuple(worn))
    return BuiltKnee(canvas, source, marks, known)


def _paint_skeleton(
    canvas: Canvas,
    source: str,
    full: bool,
    grades: Mapping[str, int],
    rng: np.random.Generator,
    luxation: np.random.Generator,
) -> tuple[PaintedBones | None, Moved | None]:
    """Bones and cartilage, drawn or pasted from an atlas, with the patella where the disease puts it.

    Returns:
        what bones were drawn with (None from an atlas), and how the patella was moved.
    """
    bones = None
    dislocated = grades["patellar_dislocation"]
    dysplasia = float(luxation.uniform(0.2, 1.0)) if dislocated else float(max(0, luxation.normal(0, 0.15)))
    if source == PROCEDURAL:
        bones = paint_bones(canvas, draw_proportions(rng, dysplasia=min(dysplasia, 1.0)), rng)
    else:
        _paste_atlas(canvas, source, full, rng)
        if rng.random() < 0.35:
            thin_cartilage(canvas, float(rng.uniform(1.4, 2.4)), rng)
        _procedural_fibula_if_missing(canvas, rng)
    if dislocated:
        # Millimetres and degrees of each grade (assumed).
        shift = luxation.uniform(*((4, 8), (7, 13), (11, 20))[dislocated - 1])
        tilt = np.deg2rad(luxation.uniform(*((5, 14), (8, 22), (12, 35))[dislocated - 1]))
        return bones, _luxate_patella(canvas, shift, tilt, float(luxation.uniform(0, 5)))
    if grades["joint_effusion"] >= 2 and luxation.random() < 0.4:
        return bones, _luxate_patella(canvas, 0.0, 0.0, 0.0)
    return bones, None


def _has(canvas: Canvas, name: str) -> bool:
    return bool((canvas.parts[::3, ::3, ::3] == p.part_number(name)).any())


def _paint_ligaments(canvas: Canvas, marks: KneeLandmarks, rng: np.random.Generator, *, lift_mm: float):
    """Everything between bone and bone that the anatomy does not bring itself.

    Returns:
        the middle lines of both cruciates, and the wall that closes the joint in front.
    """
    s = marks.size
    near = canvas.box((-60 * s, -40 * s, -60 * s), (60 * s, 60 * s, 60 * s))
    acl, pcl = ligaments.acl_points(marks, rng), ligaments.pcl_points(marks, rng)
    if not _has(canvas, "posterior_cruciate_ligament"):
        ligaments.paint_pcl(canvas, pcl, rng)
    if not _has(canvas, "anterior_cruciate_ligament"):
        ligaments.paint_acl(canvas, acl, rng)
    own_tendon = _has(canvas, "patellar_tendon")
    kept = canvas.view(near) == p.part_number("patellar_tendon") if own_tendon else None
    wall = paint_extensors(canvas, marks, rng, lift_mm=lift_mm)
    if kept is not None:
        view = canvas.view(near)
        view[(view == p.part_number("patellar_tendon")) & ~kept] = 0
        view[kept] = p.part_number("patellar_tendon")
    ligaments.paint_collaterals(
        canvas,
        marks,
        rng,
        medial=not _has(canvas, "medial_collateral_ligament"),
        lateral=not _has(canvas, "lateral_collateral_ligament"),
    )
    ligaments.paint_popliteus_tendon(canvas, marks)
    return acl, pcl, wall


def _add_distractors(canvas: Canvas, marks: KneeLandmarks, grades, rng: np.random.Generator) -> list[str]:
    """Findings that are no answer to any of the eight questions; returns the plates that were worn."""
    for bone, chance in (("femur", 0.35), ("tibia", 0.2)):
        if rng.random() < 0.75:
            lesions.add_physeal_scar(canvas, marks, bone, rng)
        if rng.random() < chance:
            lesions.add_red_marrow(canvas, bone, rng)
    if rng.random() < 0.25:
        lesions.add_stray_oedema(canvas, marks, rng)
    worn = [lesions.wear_cartilage(canvas, marks, rng) for _ in range(int(rng.choice([0, 1, 2], p=[0.65, 0.25, 0.1])))]
    if rng.random() < 0.15:
        lesions.add_baker_cyst(canvas, marks, rng)
    for side in ("medial", "lateral"):
        if not grades[f"{side}_meniscus_injury"] and rng.random() < 0.25:
            meniscal_tears.degenerate_meniscus(canvas, marks, side, rng)
    if not grades["anterior_cruciate_ligament_injury"] and rng.random() < 0.12:
        _mucoid_acl(canvas, marks)
    return worn


def _mucoid_acl(canvas: Canvas, marks: KneeLandmarks) -> None:
    """Mucoid degeneration: bright strands inside an unbroken anterior cruciate."""
    s = marks.size
    box = canvas.box((-16 * s, -30 * s, -8 * s), (16 * s, 22 * s, 28 * s))
    view = canvas.view(box)
    mask = view == p.part_number("anterior_cruciate_ligament")
    view[mask & ~grow(~mask, 2)] = p.part_number("anterior_cruciate_mucoid")


def _injure(canvas: Canvas, marks: KneeLandmarks, grades, acl, pcl, rng: np.random.Generator) -> None:
    grade = grades["anterior_cruciate_ligament_injury"]
    if grade:
        lesions.injure_acl(canvas, marks, grade, acl, rng)
        if grade >= 2 and rng.random() < 0.7:
            lesions.acl_companions(canvas, marks, rng)
    if grades["posterior_cruciate_ligament_injury"]:
        lesions.injure_pcl(canvas, marks, grades["posterior_cruciate_ligament_injury"], pcl, rng)
    for side in ("medial", "lateral"):
        if grades[f"{side}_meniscus_injury"]:
            meniscal_tears.injure_meniscus(canvas, marks, side, grades[f"{side}_meniscus_injury"], rng)
    if grades["medial_collateral_ligament_injury"]:
        lesions.injure_mcl(canvas, marks, grades["medial_collateral_ligament_injury"], rng)
    if grades["lateral_collateral_ligament_injury"]:
        lesions.injure_lcl(canvas, marks, grades["lateral_collateral_ligament_injury"], rng)
    if grades["patellar_dislocation"]:
        lesions.mark_dislocation(canvas, marks, grades["patellar_dislocation"], rng)


# How often an injury brings an effusion with it when that is not given (assumed).
EFFUSION_WITH = {
    "anterior_cruciate_ligament_injury": 0.55,
    "posterior_cruciate_ligament_injury": 0.35,
    "patellar_dislocation": 0.6,
    "medial_meniscus_injury": 0.15,
    "lateral_meniscus_injury": 0.15,
}
