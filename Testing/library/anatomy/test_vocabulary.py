"""Names and labels that other people's scripts rely on, and what belongs to which joint."""

from __future__ import annotations

import pytest

from OrthoDiffusionLib import anatomy
from OrthoDiffusionLib.anatomy import ANKLE, BODY_AXES, KNEE, SHOULDER, Code, Joint, Side, find_structure, joint
from OrthoDiffusionLib.messages import ENGLISH, title_of, word_of

CONTRACT_STRUCTURES = [
    "femur", "tibia", "patella", "femoral_cartilage", "medial_tibial_cartilage", "lateral_tibial_cartilage",
    "patellar_cartilage", "medial_meniscus", "lateral_meniscus", "anterior_cruciate_ligament",
    "posterior_cruciate_ligament", "fibula", "patellar_tendon", "quadriceps_tendon",
    "medial_collateral_ligament", "lateral_collateral_ligament", "infrapatellar_fat_pad", "joint_fluid",
]  # fmt: skip

CONTRACT_KNEE = [
    "anterior_cruciate_ligament_injury", "posterior_cruciate_ligament_injury", "medial_meniscus_injury",
    "lateral_meniscus_injury", "medial_collateral_ligament_injury", "lateral_collateral_ligament_injury",
    "patellar_dislocation", "joint_effusion",
]  # fmt: skip


def test_the_knee_has_its_eighteen_structures_in_the_order_of_their_labels():
    assert [part.name for part in KNEE.structures] == CONTRACT_STRUCTURES
    assert [part.label for part in KNEE.structures] == list(range(1, 19))
    assert [part.label for part in KNEE.primary_structures] == list(range(1, 12))


CONTRACT_ANKLE = [
    "tibia", "fibula", "talus", "calcaneus", "tibial_plafond_cartilage", "talar_dome_cartilage", "subtalar_cartilage",
    "anterior_talofibular_ligament", "calcaneofibular_ligament", "achilles_tendon", "navicular", "cuboid",
    "posterior_talofibular_ligament", "deltoid_ligament", "tibiofibular_syndesmosis", "peroneal_tendons",
    "posterior_tibial_tendon", "flexor_tendons", "extensor_tendons", "kager_fat_pad", "retrocalcaneal_bursa",
    "joint_fluid",
]  # fmt: skip


def test_the_ankle_has_its_twentytwo_structures_in_the_order_of_their_labels():
    assert [part.name for part in ANKLE.structures] == CONTRACT_ANKLE
    assert [part.label for part in ANKLE.structures] == list(range(1, 23))
    assert [part.label for part in ANKLE.primary_structures] == list(range(1, 11))


CONTRACT_SHOULDER = [
    "humerus", "scapula", "clavicle", "glenohumeral_cartilage", "glenoid_labrum", "supraspinatus_tendon",
    "infraspinatus_tendon", "subscapularis_tendon", "long_head_of_biceps_tendon", "joint_fluid", "teres_minor_tendon",
    "subacromial_subdeltoid_bursa", "joint_capsule", "supraspinatus_muscle", "infraspinatus_muscle",
    "subscapularis_muscle", "teres_minor_muscle", "deltoid_muscle",
]  # fmt: skip

CONTRACT_SHOULDER_FINDINGS = [
    "supraspinatus_injury", "infraspinatus_injury", "subscapularis_injury", "long_head_of_biceps_injury",
    "acromioclavicular_joint_disease", "glenohumeral_joint_disease", "subacromial_subdeltoid_bursitis",
]  # fmt: skip


def test_the_shoulder_has_its_eighteen_structures_in_the_order_of_their_labels():
    assert [part.name for part in SHOULDER.structures] == CONTRACT_SHOULDER
    assert [part.label for part in SHOULDER.structures] == list(range(1, 19))
    assert [part.label for part in SHOULDER.primary_structures] == list(range(1, 11))


def test_the_abnormalities_of_each_joint_are_those_of_the_contract():
    assert [one.name for one in KNEE.abnormalities] == CONTRACT_KNEE
    assert len(ANKLE.abnormalities) == 4
    assert [one.name for one in SHOULDER.abnormalities] == CONTRACT_SHOULDER_FINDINGS
    assert "talar_osteochondral_lesion" in [one.name for one in ANKLE.abnormalities]


@pytest.mark.parametrize("one", [KNEE, ANKLE, SHOULDER], ids=lambda one: one.name)
def test_every_colour_and_title_is_different(one):
    assert len({part.colour for part in one.structures}) == len(one.structures)
    assert len({part.title for part in one.structures}) == len(one.structures)


def test_an_abnormality_speaks_only_of_structures_its_joint_has():
    for one in anatomy.known_joints():
        names = {part.name for part in one.structures}
        for abnormality in one.abnormalities:
            assert set(abnormality.structures) <= names, abnormality.name


def test_names_find_their_things_and_a_wrong_name_lists_the_right_ones():
    assert find_structure("medial_meniscus").label == 8
    assert anatomy.abnormality("joint_effusion").title == "Joint effusion"
    assert joint("Knee") is KNEE
    assert find_structure("thigh") is None
    with pytest.raises(ValueError, match="knee, ankle, shoulder"):
        joint("hip")
    with pytest.raises(ValueError, match="joint_effusion"):
        anatomy.abnormality("bad_mood")


@pytest.mark.parametrize(("text", "side"), [("R", Side.RIGHT), ("left", Side.LEFT), ("U", None), ("", None),
                                            ("B", None), (None, None)])  # fmt: skip
def test_a_side_is_read_from_what_headers_say(text, side):
    assert Side.from_text(text) is side


def test_left_is_the_opposite_of_right():
    assert Side.RIGHT.opposite is Side.LEFT
    assert Side("left").opposite is Side.RIGHT


def test_a_code_that_no_dicom_field_can_hold_is_refused():
    with pytest.raises(ValueError, match="1 to 16 characters"):
        Code("99ORTHODIFFUSION", "much-too-long-a-value", "x")


RIGHT, FRONT, UP = BODY_AXES


@pytest.mark.parametrize(
    "axes",
    [
        pytest.param((RIGHT, FRONT), id="two"),
        pytest.param((RIGHT, FRONT, UP, UP), id="four"),
        pytest.param(((1, 0), (0, 1), (0, 0)), id="in a plane"),
        pytest.param((RIGHT, FRONT, (0, 0, float("nan"))), id="not a number"),
        pytest.param((RIGHT, FRONT, (0, 0, 2)), id="too long"),
        pytest.param((RIGHT, FRONT, (0, 0.6, 0.8)), id="oblique to each other"),
    ],
)
def test_axes_that_are_no_frame_are_refused_when_the_joint_is_made(axes):
    """A bundle's manifest states them; later they would lay planes anywhere."""
    with pytest.raises(ValueError, match="axes of the toy"):
        Joint("toy", "Toy", Code("99TEST", "toy", "Toy"), axes=axes)
    rules = {**KNEE.rules(), "axes": [list(axis) for axis in axes]}
    with pytest.raises(ValueError, match="axes of the toy"):
        Joint.from_rules("toy", rules, KNEE.structures, KNEE.abnormalities)


@pytest.mark.parametrize("one", [one for one in anatomy.known_joints() if one.compartments], ids=lambda one: one.name)
def test_a_report_tells_everything_of_a_joint_under_one_heading_only(one):
    for known, told in (
        ([part.name for part in one.structures], [name for part in one.compartments for name in part.structures]),
        ([part.name for part in one.abnormalities], [name for part in one.compartments for name in part.findings]),
    ):
        assert sorted(told) == sorted(known)
    assert sorted(one.urgency) == sorted(part.name for part in one.abnormalities)


@pytest.mark.parametrize("one", anatomy.known_joints(), ids=lambda one: one.name)
def test_sentences_call_a_structure_or_finding_as_tables_do(one):
    for part in (*one.structures, *one.abnormalities):
        assert title_of(part.name) == part.title
    assert word_of("achilles_tendon_rupture") == "Achilles tendon rupture"


def test_what_is_never_looked_for_has_a_word_each():
    assert KNEE.not_looked_for == (
        "fracture", "bone_marrow_oedema", "tumour", "loose_body", "cartilage_defect", "cyst",
    )  # fmt: skip
    headings = {f"word.{part.name}" for joint in (KNEE, ANKLE, SHOULDER) for part in joint.compartments}
    # A finding of another joint is told by its title.
    found = {one.name for one in KNEE.abnormalities}
    unsought = {
        f"word.{name}" for joint in (KNEE, ANKLE, SHOULDER) for name in joint.not_looked_for if name not in found
    }
    assert headings | unsought <= set(ENGLISH.sentences)


@pytest.mark.parametrize("one", anatomy.known_joints(), ids=lambda one: one.name)
def test_every_rule_of_a_joint_speaks_of_structures_it_has(one):
    names = {part.name for part in one.structures}
    ruled = {*one.whole, *one.display.joint_line, *one.display.everywhere}
    ruled |= {name for through in one.display.shown_through.values() for name in through}
    ruled |= {one.side_rule.lateral, one.side_rule.of, one.layout.upper, one.layout.lower, *one.layout.between}
    ruled |= {size.structure for size in one.sizes} - {"all_cartilages"}
    assert ruled <= names
    for size in one.sizes:
        assert (size.least or 0.0) < size.low < size.high < (size.most or float("inf")), size.structure
