"""What else could serve a plane: the chosen series first, the others with what they are like and why not."""

import gc
import weakref

import pytest

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.volumes import Plane, Study


@pytest.fixture
def series(make_volume):
    """Two sagittal series, a localizer and one coronal series; the first sagittal one is the worse."""
    sagittal = {"codes": "PIL", "shape": (40, 36, 20)}
    return [
        make_volume(**sagittal, name="sag T1 tse", thickness_mm=3.0),
        make_volume(**sagittal, name="sag PD fs"),
        make_volume("PIL", (40, 36, 4), (1.5, 1.5, 10.0), name="survey"),
        make_volume("LIP", (40, 36, 18), name="cor PD fs"),
    ]


def test_the_chosen_one_is_first_and_each_other_says_why_it_is_not(series):
    study = Study.from_volumes(series, joint=KNEE)
    sagittal = study.candidates[Plane.SAGITTAL]
    assert [one.name for one in sagittal] == ["sag PD fs", "sag T1 tse", "survey"]
    assert [series[one.number].name for one in sagittal] == [one.name for one in sagittal]
    assert sagittal[0].preferred is None
    assert sagittal[1].preferred.text == "‘sag PD fs’ is preferred because its name says that it shows fluid best"
    assert sagittal[2].preferred.text == "‘sag PD fs’ is preferred because the other one looks like a localizer"
    assert [one.name for one in study.candidates[Plane.CORONAL]] == ["cor PD fs"]
    assert Plane.AXIAL not in study.candidates


def test_slices_pixels_thickness_coverage_and_contrast_are_told(series):
    best, other, _survey = Study.from_volumes(series, joint=KNEE).candidates[Plane.SAGITTAL]
    assert best.facts.text == "20 slices of 1 × 1 mm, 3.5 mm apart, 70 mm covered, fat suppressed"
    assert other.facts.text == "20 slices of 1 × 1 mm, 3.5 mm apart, 70 mm covered, T1-weighted; slices 3 mm thick"


def test_a_choice_by_hand_comes_first(series):
    study = Study.from_volumes(series, joint=KNEE, forced={Plane.SAGITTAL: "sag T1 tse"})
    first, second, *_ = study.candidates[Plane.SAGITTAL]
    assert (first.name, second.name) == ("sag T1 tse", "sag PD fs")
    assert first.preferred is None


def test_a_study_does_not_keep_the_voxels_of_what_it_does_not_use(series):
    unused = weakref.ref(series[0])
    study = Study.from_volumes(series, joint=KNEE)
    series.clear()
    gc.collect()
    assert unused() is None and study.candidates
