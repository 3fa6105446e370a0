"""Osteochondral lesions of the talus, by zone and by Hepple's stage.

Zones: medial 62 %, lateral 34 %; middle third 80 %, posterior 14 %, anterior 6 % (n = 428, Raikin); medial ones are
larger and deeper. Size 6 to 18 by 5 to 12 mm, 3 to 9 deep (from an area of 0.2 to 3.8 cm², PMC7268150; assumed).
Stages after Hepple (radiopaedia.org): 1 cartilage alone, 2a a fracture with oedema, 2b without, 3 a fragment with a rim
of fluid, 4 displaced, 5 cyst.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.ankle import parts as p
from OrthoDiffusionLib.lab.phantom.engine.pockets import pocket_box, ragged
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Canvas, noise
from OrthoDiffusionLib.lab.phantom.engine.skeleton.body import Body

STAGES = ("1", "2a", "2b", "3", "4", "5")
# Chances of each stage in each grade (assumed).
_STAGE_OF_GRADE = {1: (0.35, 0.4, 0.25, 0, 0, 0), 2: (0, 0.3, 0.15, 0.3, 0, 0.25), 3: (0, 0, 0, 0.35, 0.3, 0.35)}
_ACROSS = (("medial", -10.6, 0.62), ("central", -1.0, 0.04), ("lateral", 9.4, 0.34))
_ALONG = (("anterior", 11.0, 0.06), ("middle", 0.5, 0.80), ("posterior", -10.5, 0.14))
_TALUS = p.members("talus_marrow", "talus_cortex", "talus_thin_cortex", "talus_red_marrow", "talus_oedema")
_MARROW = p.members("talus_marrow", "talus_red_marrow", "talus_oedema")
_OEDEMA = p.members("talar_lesion_oedema")
_DOME = p.members("talar_dome_cartilage")


@dataclass(frozen=True)
class TalarLesion:
    """What was drawn.

    Attributes:
        grade: 1 to 3.
        stage: Hepple's.
        across, along: the zone: medial, central or lateral; anterior, middle or posterior.
        centre_ras: on the dome, canonical mm.
        size_mm: across, along, deep.
    """

    grade: int
    stage: str
    across: str
    along: str
    centre_ras: tuple[float, float, float]
    size_mm: tuple[float, float, float]


def draw_lesion(body: Body, grade: int, rng: np.random.Generator) -> TalarLesion:
    """Zone, stage and size of a lesion of a grade."""
    stage = STAGES[int(rng.choice(len(STAGES), p=_STAGE_OF_GRADE[grade]))]
    across, x, _ = _ACROSS[int(rng.choice(3, p=[one[2] for one in _ACROSS]))]
    along, y, _ = _ALONG[int(rng.choice(3, p=[one[2] for one in _ALONG]))]
    place = (x + float(rng.uniform(-1.2, 1.2)), y + float(rng.uniform(-3.0, 3.0)))
    mean = body.mean["talus"]
    on_top = mean[(mean[:, 2] > -10) & (np.abs(mean[:, 1]) < 20)]
    nearest = on_top[((on_top[:, :2] - place) ** 2).sum(axis=1).argmin()]
    centre = body.at("talus", nearest)
    larger = (0.75, 1.0, 1.2)[grade - 1] * (1.1 if across == "medial" else 0.9)
    along_mm, across_mm, deep = np.array([11.0, 8.0, 5.5]) * larger * rng.uniform(0.8, 1.25, 3)
    size = (float(np.clip(across_mm, 5, 12)), float(np.clip(along_mm, 6, 18)), float(np.clip(deep, 3, 9)))
    return TalarLesion(grade, stage, across, along, tuple(centre.tolist()), size)


def paint_lesion(canvas: Canvas, body: Body, lesion: TalarLesion, rng: np.random.Generator) -> None:
    """Paint a lesion into cartilage and bone."""
    centre, (wide, long, deep) = np.array(lesion.centre_ras), lesion.size_mm
    radii = np.array([wide / 2, long / 2, deep])
    box = pocket_box(canvas, centre, radii, margin_mm=14.0)
    crater = ragged(box, centre, radii, rng, (0.4, 2.2))
    view = canvas.view(box)
    above = ragged(box, centre, (wide / 2, long / 2, 4.0), rng, (0.3, 2.2)) < 0
    plate = above & _DOME[view]
    if lesion.stage == "1":
        hole = noise(box, rng, 1.6) > FLOAT(rng.uniform(-0.2, 0.6))
        view[plate] = p.part_number("talar_cartilage_fissure")
        view[plate & hole] = p.part_number("talar_cartilage_defect")
        return
    if lesion.stage != "2b" and (lesion.stage == "2a" or rng.random() < 0.7):
        _bed(canvas, centre, radii, rng)
    _PAINT[lesion.stage](canvas, box, crater, rng)
    broken = noise(box, rng, 1.6) > FLOAT({"2a": 0.9, "2b": 0.9, "3": 0.3, "4": -9.0, "5": 0.4}[lesion.stage])
    view[plate & broken] = p.part_number("talar_cartilage_defect")
    view[plate & ~broken & (np.abs(crater) < 0.9)] = p.part_number("talar_cartilage_fissure")
    if lesion.stage == "4":
        _loose_fragment(canvas, body, radii, rng)


def _bed(canvas: Canvas, centre, radii, rng: np.random.Generator) -> None:
    """Oedema round the lesion."""
    reach = radii + rng.uniform(3.0, 8.0, 3)
    box = pocket_box(canvas, centre, reach, grown=1.3, margin_mm=0.0)
    cloud = ragged(box, centre, reach, rng, (1.5, 2.8), (1.0, 1.6)) < 0
    canvas.paint(box, cloud, p.part_number("talar_lesion_oedema"), onto=_MARROW)


def _fracture(canvas: Canvas, box, crater, rng: np.random.Generator) -> None:
    """Stages 2a and 2b: a dark line round a piece that is in its place."""
    onto = _TALUS | _OEDEMA
    canvas.paint(box, crater < -0.4, p.part_number("talar_lesion_fragment"), onto=_MARROW | _OEDEMA)
    line = (np.abs(crater) < 0.65) & (noise(box, rng, 3.0) > -1.3)
    canvas.paint(box, line, p.part_number("talar_lesion_fracture"), onto=onto)


def _rimmed(canvas: Canvas, box, crater, rng: np.random.Generator) -> None:
    """Stage 3: fluid all round the piece."""
    onto = _TALUS | _OEDEMA
    canvas.paint(box, crater < -0.9, p.part_number("talar_lesion_fragment"), onto=_MARROW | _OEDEMA)
    canvas.paint(box, (crater < 0.55) & (crater > -0.75), p.part_number("talar_lesion_rim"), onto=onto)
    canvas.paint(box, (crater >= 0.55) & (crater < 1.2), p.part_number("talar_lesion_fracture"), onto=onto)


def _empty(canvas: Canvas, box, crater, rng: np.random.Generator) -> None:
    """Stage 4: a bed of fluid whose piece has gone."""
    onto = _TALUS | _OEDEMA
    canvas.paint(box, crater < 0, p.part_number("talar_lesion_rim"), onto=onto)
    canvas.paint(box, (crater >= 0) & (crater < 0.8), p.part_number("talar_lesion_fracture"), onto=onto)


def _cystic(canvas: Canvas, box, crater, rng: np.random.Generator) -> None:
    """Stage 5: cysts with a dark wall under the plate."""
    onto = _TALUS | _OEDEMA | p.members("talar_lesion_fracture")
    inside = np.argwhere(crater < -0.8)
    if len(inside) == 0:
        return
    deep = float(-crater.min())
    for _ in range(int(rng.integers(1, 4))):
        i, j, k = inside[rng.integers(len(inside))]
        middle = (box.x[i, 0, 0], box.y[0, j, 0], box.z[0, 0, k] - 1.0)
        radius = float(np.clip(rng.uniform(0.5, 1.0) * deep, 1.6, 4.2))
        radii = (radius, radius * rng.uniform(0.8, 1.3), radius)
        ball = ragged(box, middle, radii, rng, (0.3, 2.2))
        canvas.paint(box, (ball >= 0) & (ball < 0.8), p.part_number("talar_lesion_fracture"), onto=onto & ~_CYST)
        canvas.paint(box, ball < 0, p.part_number("talar_lesion_cyst"), onto=onto)


_CYST = p.members("talar_lesion_cyst")
_PAINT = {"2a": _fracture, "2b": _fracture, "3": _rimmed, "4": _empty, "5": _cystic}


def _loose_fragment(canvas: Canvas, body: Body, radii, rng: np.random.Generator) -> None:
    """The piece of a displaced lesion in a recess of the joint."""
    place = body.place([((2.0, 20.5, -5.0), (-2.0, -22.5, -6.0))[int(rng.random() < 0.35)]])[0]
    size = np.clip(radii * rng.uniform(0.5, 0.8), 1.6, 4.5)
    box = pocket_box(canvas, place, size)
    piece = ragged(box, place, size, rng, (0.4, 2.2)) < 0
    onto = p.LOOSE | p.members("joint_fluid", "capsule")
    canvas.paint(box, piece, p.part_number("loose_fragment"), onto=onto)
