"""A made-up joint in one file: two round bones, a nodule, a swelling. It shows all that a joint is asked for."""

from __future__ import annotations

from types import SimpleNamespace

from OrthoDiffusionLib.anatomy import Joint, Kind, Layout, SideRule, SizeRange, Structure, private_code
from OrthoDiffusionLib.anatomy.abnormality import EFFUSION, new_abnormality
from OrthoDiffusionLib.lab.phantom.engine.joint_builder import CohortPlan, JointBuilder
from OrthoDiffusionLib.lab.phantom.engine.part import Part
from OrthoDiffusionLib.lab.phantom.engine.placing import Focus, Placing, Spread
from OrthoDiffusionLib.lab.phantom.engine.shapes import Canvas, Frame, ellipsoid
from OrthoDiffusionLib.lab.phantom.engine.view_parts import PartTables
from OrthoDiffusionLib.volumes import Plane

UPPER_BONE, LOWER_BONE, NODULE = 1, 2, 3  # the toy's own labels

_CODE = private_code("toy", "Toy joint")


def _structure(name, label, title, colour, kind, **more):
    return Structure(name, label, title, colour, private_code(name, title), kind=kind, **more)


TOY_JOINT = Joint(
    name="toy",
    title="Toy joint",
    code=_CODE,
    structures=(
        _structure("upper_bone", UPPER_BONE, "Upper bone", (240, 210, 140), Kind.BONE),
        _structure("lower_bone", LOWER_BONE, "Lower bone", (210, 170, 110), Kind.BONE),
        _structure(
            "lateral_nodule", NODULE, "Lateral nodule", (70, 170, 230), Kind.CARTILAGE, bone="upper_bone", small=True
        ),
    ),
    abnormalities=(new_abnormality("swelling", "Swelling", "SWELLING", EFFUSION, _CODE, best_planes=["axial"]),),
    body_parts=("TOY",),
    side_rule=SideRule(lateral="lateral_nodule", of="upper_bone"),
    layout=Layout(upper="upper_bone", lower="lower_bone"),
    sizes=(SizeRange("upper_bone", "width", 15.0, 30.0, "assumed", least=8.0, most=60.0),),
)
PARTS = (
    Part("air", "air"),
    Part("muscle", "muscle"),
    Part("upper_bone", "bone_marrow", UPPER_BONE),
    Part("lower_bone", "bone_marrow", LOWER_BONE),
    Part("lateral_nodule", "cartilage", NODULE),
    Part("swelling", "synovial_fluid", 0, 1),
)
NUMBERS = {part.name: number for number, part in enumerate(PARTS)}


def build_toy(seed: int, *, anatomy: str, grades):
    """A right toy joint in a limb of muscle; a nodule on its lateral side tells right from left.

    Of the anatomy "far", what is ill lies farther up than any picture reaches.
    """
    canvas = Canvas(Frame((-32.0, -32.0, -64.0), (32.0, 32.0, 64.0), 1.0))
    box = canvas.whole()
    size = 1.0 + 0.05 * (seed % 3)

    def paint(name, centre, radii):
        canvas.paint(box, ellipsoid(box, centre, radii) < 0, NUMBERS[name])

    paint("muscle", (0, 0, 0), (28, 28, 200))
    paint("upper_bone", (0, 0, 14 * size), (11, 11, 11))
    paint("lower_bone", (0, 0, -14 * size), (11, 11, 9))
    paint("lateral_nodule", (16, 0, 0), (4, 4, 4))
    if grades["swelling"]:
        paint("swelling", (-6, 8, 52 if anatomy == "far" else 0), (2.0 + 2.0 * grades["swelling"],) * 3)
    return SimpleNamespace(canvas=canvas, anatomy=anatomy)


TOY = JointBuilder(
    joint=TOY_JOINT,
    version=1,
    build=build_toy,
    tables=PartTables.of(PARTS, ("swelling",)),
    anatomies=("plain", "far", "secret"),
    placing=Placing(
        reach_ras=((-30.0, -30.0, -30.0), (30.0, 30.0, 30.0)),
        aim_ras=(0.0, 0.0, 0.0),
        coverage_mm=dict.fromkeys(Plane, Spread(56.0, 2.0, 50.0, 60.0)),
        field_of_view_mm=Spread(60.0, 2.0, 50.0, 64.0),
        focus=Focus((0.0, 0.0, 4.0), (6.0, 6.0, 6.0), (10.0, 10.0, 10.0), (8.0, 8.0, 8.0)),
        volume_mm=((50.0, 60.0),) * 3,
        beside_mm=(20.0, 30.0),
    ),
    held_out_anatomies=("secret",),
    cohorts=CohortPlan(
        frozen_anatomies=(("secret", 1.0),),
        training_anatomies=(("plain", 1.0),),
        frozen_sites=("clinic_3t_a", "held_out_3t"),
        calibration_sites=("clinic_3t_a", "clinic_15t_a"),
        prevalence=0.5,
    ),
    sources=({"name": "The toy joint of the tests", "licence": "Apache-2.0", "origin": "Testing/joints"},),
)
