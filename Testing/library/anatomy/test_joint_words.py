"""A joint's words in many languages say which joint a series shows."""

from __future__ import annotations

import pytest

from OrthoDiffusionLib.anatomy import ANKLE, KNEE, SHOULDER

JOINTS = (KNEE, ANKLE, SHOULDER)


@pytest.mark.parametrize(
    ("text", "joint"),
    [
        ("KNIEGELENK", KNEE), ("Genou", KNEE), ("SAĞ DİZ", KNEE), ("koleno", KNEE), ("коленный сустав", KNEE),
        ("Sprunggelenk", ANKLE), ("CHEVILLE", ANKLE), ("Ayak bileği", ANKLE), ("levý kotník", ANKLE),
        ("голеностопный сустав", ANKLE), ("Schulter", SHOULDER), ("épaule", SHOULDER), ("OMUZ", SHOULDER),
        ("pravé rameno", SHOULDER), ("плечевой сустав", SHOULDER),
    ],
)  # fmt: skip
def test_a_word_for_a_joint_fits_this_joint_alone(text, joint):
    assert [one.name for one in JOINTS if one.fits_body_part(text)] == [joint.name]
