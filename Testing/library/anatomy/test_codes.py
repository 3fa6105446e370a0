"""Codes are what the dictionaries say they are, and Slicer gets the seven fields it expects."""

from __future__ import annotations

import pytest
from pydicom.sr import _concepts_dict

from OrthoDiffusionLib.anatomy import (
    ANKLE,
    KNEE,
    LONG_HEAD_OF_BICEPS_EFFUSION,
    PRIVATE_SCHEME,
    SHOULDER,
    Side,
    find_structure,
    known_joints,
)

SLICER_ONLY = {"123037004"}
"""Category of Slicer's segmentation terminology file; pydicom knows its successor 91723000 instead."""


def dictionary_meanings(scheme: str, value: str) -> list[str]:
    concepts = _concepts_dict.concepts.get(scheme, {}).values()
    return [entry[value][0].lower() for entry in concepts if value in entry]


def public_codes():
    for joint in known_joints():
        yield joint.code
        for part in joint.structures:
            yield from (code for code in (part.code, part.category, part.modifier, part.region) if code)
        for one in joint.abnormalities:
            yield from (one.kind, one.site)
    yield from (LONG_HEAD_OF_BICEPS_EFFUSION.kind, LONG_HEAD_OF_BICEPS_EFFUSION.site)
    yield from (Side.RIGHT.code, Side.LEFT.code)


PUBLIC = sorted({code for code in public_codes() if code.scheme != PRIVATE_SCHEME}, key=lambda code: code.meaning)


@pytest.mark.parametrize("code", PUBLIC, ids=str)
def test_a_public_code_means_in_the_dictionary_what_it_means_here(code):
    if code.value in SLICER_ONLY:
        assert code.meaning == "Anatomical Structure"
        return
    assert code.meaning.lower() in dictionary_meanings(code.scheme, code.value)


def test_a_private_code_is_marked_as_such_and_unique():
    codes = [one.code for joint in known_joints() for one in joint.abnormalities]
    codes.append(LONG_HEAD_OF_BICEPS_EFFUSION.code)
    assert all(code.scheme == PRIVATE_SCHEME for code in codes)
    codes += [part.code for joint in known_joints() for part in joint.structures if part.code.scheme == PRIVATE_SCHEME]
    assert len({code.value for code in codes}) == len(codes)
    assert PRIVATE_SCHEME.startswith("99")  # what DICOM demands of private schemes


@pytest.mark.parametrize("joint", [KNEE, ANKLE, SHOULDER], ids=lambda joint: joint.name)
def test_no_two_structures_are_coded_alike(joint):
    coded = {(part.code, part.modifier, part.region) for part in joint.structures}
    assert len(coded) == len(joint.structures)


def test_the_terminology_of_a_right_femur_is_the_one_slicer_documents():
    assert find_structure("femur").terminology_entry(Side.RIGHT) == (
        "Segmentation category and type - DICOM master list"
        "~SCT^123037004^Anatomical Structure~SCT^71341001^Femur~SCT^24028007^Right"
        "~Anatomic codes - DICOM master list~^^~^^"
    )


def test_a_meniscus_says_medial_knee_and_left_at_once():
    fields = find_structure("medial_meniscus").terminology_entry(Side.LEFT).split("~")
    assert [field.split("^")[2] for field in fields[1:4]] == ["Tissue", "Meniscus", "Medial"]
    assert [field.split("^")[2] for field in fields[5:]] == ["Knee", "Left"]


def test_a_tendon_of_the_cuff_says_whose_it_is():
    fields = find_structure("supraspinatus_tendon").terminology_entry(Side.RIGHT).split("~")
    assert [field.split("^")[2] for field in fields[1:4]] == ["Tissue", "Tendon", ""]
    assert [field.split("^")[2] for field in fields[5:]] == ["Supraspinatus muscle", "Right"]
    assert find_structure("joint_fluid", "shoulder").region.meaning == "Shoulder"


@pytest.mark.parametrize("side", [None, Side.RIGHT, Side.LEFT])
def test_every_terminology_entry_has_seven_fields_and_three_parts_a_code(side):
    for part in (*KNEE.structures, *ANKLE.structures, *SHOULDER.structures):
        fields = part.terminology_entry(side).split("~")
        assert len(fields) == 7
        assert all(fields[n].count("^") == 2 for n in (1, 2, 3, 5, 6))
