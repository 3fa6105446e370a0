"""A joint's words in many languages say which joint a series shows."""

from __future__ import annotations

import pytest

from OrthoDiffusionLib.analysis.named_joint import joints_in_words
from OrthoDiffusionLib.anatomy import ANKLE, KNEE, SHOULDER

JOINTS = (KNEE, ANKLE, SHOULDER)


@pytest.mark.parametrize(
    ("text", "joint"),
    [
        ("KNIEGELENK", KNEE), ("Genou", KNEE), ("SAĞ DİZ", KNEE), ("koleno", KNEE),
        ("MR knä", KNEE), ("MR KNE", KNEE), ("knæ", KNEE), ("коленный сустав", KNEE),
        ("Sprunggelenk", ANKLE), ("CHEVILLE", ANKLE), ("Ayak bileği", ANKLE), ("levý kotník", ANKLE),
        ("голеностопный сустав", ANKLE), ("Schulter", SHOULDER), ("épaule", SHOULDER), ("OMUZ", SHOULDER),
        ("pravé rameno", SHOULDER), ("плечевой сустав", SHOULDER),
    ],
)  # fmt: skip
def test_a_word_for_a_joint_fits_this_joint_alone(text, joint):
    assert [one.name for one in JOINTS if one.fits_body_part(text)] == [joint.name]


@pytest.mark.parametrize(
    ("part", "joints"),
    [
        ("LOWER LIMB", (KNEE, ANKLE)), ("LOW_EXM", (KNEE, ANKLE)), ("LOWERLIMB", (KNEE, ANKLE)),
        ("RT LOWER EXT", (KNEE, ANKLE)), ("LOWER_EXTREMITY", (KNEE, ANKLE)), ("MEMBRE INFÉRIEUR", (KNEE, ANKLE)),
        ("Untere Extremität", (KNEE, ANKLE)), ("Bein", (KNEE, ANKLE)), ("LEG", (KNEE, ANKLE)),
        ("UP_EXM", (SHOULDER,)), ("UPPER LIMB", (SHOULDER,)), ("ARM", (SHOULDER,)),
        ("LIMB", JOINTS), ("EXTREMITIES", JOINTS), ("", JOINTS), ("UNKNOWN", JOINTS), ("N/A", JOINTS), ("MSK", JOINTS),
        ("JOINT", JOINTS), ("WHOLE BODY", JOINTS), ("*", JOINTS),
        ("LOWER ABDOMEN", ()), ("BRAIN", ()), ("UPPER ARM", ()), ("HIP JOINT", ()),
    ],
)  # fmt: skip
def test_a_general_body_part_fits_every_joint_that_may_lie_in_it(part, joints):
    assert tuple(one for one in JOINTS if one.fits_body_part(part)) == joints


@pytest.mark.parametrize("text", ["KNEE FOOT FIRST", "knee feet-first supine", "Knie Füße voran"])
def test_the_way_a_patient_lies_names_no_ankle(text):
    assert joints_in_words([text], JOINTS) == (KNEE,)
    assert joints_in_words(["FOOT FIRST"], JOINTS) == ()
