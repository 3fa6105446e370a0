"""The digital ankle: draws a right ankle, its build and its disease, and paints it part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from OrthoDiffusionLib.lab.phantom.ankle import (
    achilles_lesions,
    bones,
    distractors,
    interior,
    ligament_lesions,
    soft_tissue,
    talar_lesions,
)
from OrthoDiffusionLib.lab.phantom.ankle.achilles_lesions import AchillesLesion
from OrthoDiffusionLib.lab.phantom.ankle.body import (
    MIXED,
    draw_body,
    held_out_anatomies,
    spaces_for,
    training_anatomies,
)
from OrthoDiffusionLib.lab.phantom.ankle.ligament_lesions import LigamentLesion
from OrthoDiffusionLib.lab.phantom.ankle.ligaments import paint_ligaments
from OrthoDiffusionLib.lab.phantom.ankle.talar_lesions import TalarLesion
from OrthoDiffusionLib.lab.phantom.ankle.tendons import paint_tendons
from OrthoDiffusionLib.lab.phantom.engine.draws import streams
from OrthoDiffusionLib.lab.phantom.engine.shapes import Canvas, Frame
from OrthoDiffusionLib.lab.phantom.engine.skeleton.body import Body, seated

# Canonical right ankle: x lateral along the line through both malleoli, y anterior, z superior; the origin at the top
# of the talar dome.
ANKLE_FRAME = Frame((-58.1, -81.2, -107.1), (58.1, 104.3, 84.7), 0.7)
# Beside the seed: an ankle is drawn apart from a knee of the same seed.
_ENTROPY = 17

ANATOMIES = (MIXED, *training_anatomies(), *held_out_anatomies())


@dataclass(frozen=True)
class BuiltAnkle:
    """What `build_ankle` hands over.

    Attributes:
        canvas: what was painted.
        anatomy: where the shape came from.
        body: its bones as surfaces.
        lesions: abnormality -> what was drawn of it.
        distractors: names of what answers no question.
    """

    canvas: Canvas
    anatomy: str
    body: Body
    lesions: Mapping[str, LigamentLesion | AchillesLesion | TalarLesion] = field(default_factory=dict)
    distractors: tuple[str, ...] = ()


def build_ankle(seed: int, *, anatomy: str, grades: Mapping[str, int], frame: Frame = ANKLE_FRAME) -> BuiltAnkle:
    """Paint one right ankle.

    Args:
        seed: everything that is drawn follows from it.
        anatomy: one of `ANATOMIES`.
        grades: for each abnormality 0 (absent) to 3 (severe).
    """
    rng = streams(
        (seed, _ENTROPY), "anatomy", "bones", "cartilage", "ligaments", "tendons", "build", "muscles", "interior",
        "wrap", "cords", "fluid", "distractors", "lesions",
    )  # fmt: skip
    body, source = draw_body(anatomy, rng["anatomy"])
    plates = bones.draw_cartilage(rng["cartilage"])
    spaces = spaces_for(plates.tibial + plates.talar + plates.film, 2 * plates.subtalar + 0.5 * plates.film)
    body = seated(body, spaces)
    canvas = Canvas(frame)
    on_canvas = bones.voxel_bones(canvas, body)
    bones.paint_bones(canvas, on_canvas, body.size, rng["bones"])
    bones.paint_cartilage(canvas, on_canvas, plates, body.size, rng["cartilage"])
    ligaments = paint_ligaments(canvas, body, rng["ligaments"])
    tendons = paint_tendons(canvas, body, rng["tendons"])
    fluid = _draw_fluid(grades, rng["fluid"])
    interior.paint_bursa(canvas, body, rng["interior"])
    interior.paint_capsule(canvas, body, fluid, rng["interior"])
    interior.paint_sinus_tarsi(canvas, body, rng["interior"])
    build = soft_tissue.draw_build(rng["build"])
    soft_tissue.paint_muscles(canvas, body, build, rng["muscles"])
    interior.paint_kager(canvas, tendons.achilles, rng["interior"])
    soft_tissue.wrap_limb(canvas, build, rng["wrap"])
    soft_tissue.paint_all_septa(canvas, rng["wrap"])
    soft_tissue.paint_cords(canvas, body, build, rng["cords"])
    if rng["build"].random() < 0.1:
        soft_tissue.add_random_blobs(canvas, rng["build"])
    interior.paint_lining(canvas, body, min(0.15 + 0.12 * max(fluid), 1.0), rng["fluid"])
    ruptured = bool(grades["achilles_tendon_rupture"])
    found = distractors.add_distractors(canvas, body, tendons, ruptured=ruptured, rng=rng["distractors"])
    courses = ligaments | tendons.courses | {"achilles": tendons.achilles}
    return BuiltAnkle(canvas, source, body, _injure(canvas, body, courses, grades, rng["lesions"]), found)


def _draw_fluid(grades: Mapping[str, int], rng: np.random.Generator) -> tuple[float, float]:
    """Depth of the fluid in front of and behind the dome, mm: a trace in most, more after an injury (assumed)."""
    trace = rng.uniform(0.2, 2.6, 2)
    ill = max(grades["anterior_talofibular_ligament_injury"], grades["talar_osteochondral_lesion"])
    more = rng.uniform(0, 1.6, 2) * ill if rng.random() < 0.75 else np.zeros(2)
    if rng.random() < 0.12:
        more = more + rng.uniform(1.5, 5.0, 2)
    front, back = np.minimum(trace + more, 8.0).tolist()
    return front, back


def _injure(canvas: Canvas, body: Body, courses, grades: Mapping[str, int], rng: np.random.Generator) -> dict:
    lesions: dict[str, LigamentLesion | AchillesLesion | TalarLesion] = {}
    grade = grades["anterior_talofibular_ligament_injury"]
    if grade:
        lesion = ligament_lesions.injure_atfl(canvas, body, courses["anterior_talofibular_ligament"], grade, rng)
        lesions["anterior_talofibular_ligament_injury"] = lesion
        if not lesion.old and grade >= 2:
            ligament_lesions.sprain_companions(canvas, body, rng)
    grade = grades["calcaneofibular_ligament_injury"]
    if grade:
        lesions["calcaneofibular_ligament_injury"] = ligament_lesions.injure_cfl(canvas, body, courses, grade, rng)
    grade = grades["achilles_tendon_rupture"]
    if grade:
        if rng.random() < 0.5:
            achilles_lesions.thicken(canvas, courses["achilles"], rng, most=1.9)
        lesions["achilles_tendon_rupture"] = achilles_lesions.rupture(canvas, courses["achilles"], grade, rng)
    grade = grades["talar_osteochondral_lesion"]
    if grade:
        talar = talar_lesions.draw_lesion(body, grade, rng)
        talar_lesions.paint_lesion(canvas, body, talar, rng)
        lesions["talar_osteochondral_lesion"] = talar
    return lesions
