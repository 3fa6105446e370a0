"""Planes come from one patient, one exam and one side, or the study is refused; never a mixture."""

from __future__ import annotations

from pathlib import Path

import pytest

from OrthoDiffusionLib.analysis.study_inputs import read_study
from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.volumes import Origin, Plane, Study
from OrthoDiffusionLib.volumes.selection.belonging import shows_both_joints

SAG, COR, AX = Plane
CODES = {"sag": "PIR", "cor": "LIP", "ax": "LPS"}
RIGHT_EXAM = Origin("p1", "exam 1", frame_of_reference="f1", acquired="20240101")
LEFT_EXAM = Origin("p1", "exam 2", frame_of_reference="f2", acquired="20240301")
OTHER_PATIENT = Origin("p2", "exam 3", frame_of_reference="f3")


@pytest.fixture
def exam(make_volume):
    """Three planes of one exam, or those named, called after it."""

    def make(title, origin=None, side=None, planes=("sag", "cor", "ax"), **fields):
        origin = Origin() if origin is None else origin
        return [make_volume(CODES[p], name=f"{p} {title}".strip(), origin=origin, side=side, **fields) for p in planes]

    return make


def names(study):
    return {volume.name for volume in study.planes.values()}


def reasons(study):
    return {name: why.text for name, why in study.not_used.items()}


def codes(study):
    return [notice.code for notice in study.notices]


def test_of_two_knees_of_one_patient_the_side_decides(exam):
    volumes = [*exam("L", LEFT_EXAM, Side.LEFT), *exam("R", RIGHT_EXAM, Side.RIGHT)]
    volumes = volumes[::2] + volumes[1::2]  # one of each exam first
    right = Study.from_volumes(volumes, side=Side.RIGHT, joint="knee")
    assert names(right) == {"sag R", "cor R", "ax R"}
    assert names(Study.from_volumes(volumes, side=Side.LEFT, joint="knee")) == {"sag L", "cor L", "ax L"}
    (notice,) = right.notices
    assert notice.code == "several_studies"
    assert "‘sag L’" in notice.where and "left" in notice.what
    assert reasons(right) == dict.fromkeys(["sag L", "cor L", "ax L"], "it shows the left side")


def test_two_knees_without_a_side_are_refused_and_the_remedy_is_named(exam):
    with pytest.raises(StudyError) as caught:
        Study.from_volumes([*exam("L", LEFT_EXAM, Side.LEFT), *exam("R", RIGHT_EXAM, Side.RIGHT)], joint="knee")
    error = caught.value
    assert error.code == "several_studies"
    assert "two exams (studies), one of the right knee and one of the left" in error.what
    assert "left, 2024-03-01: ‘sag L’" in error.where and "right, 2024-01-01: ‘sag R’" in error.where
    assert "(option --side, or the panel's side selector)" in error.remedy and "batch" in error.remedy
    assert "p1" not in str(error) and "exam 1" not in str(error)


def test_words_tell_the_side_of_an_exam_as_tags_do(exam):
    volumes = [*exam("LT KNEE", LEFT_EXAM), *exam("KNIE RECHTS", RIGHT_EXAM)]
    assert names(Study.from_volumes(volumes, side=Side.RIGHT, joint="knee")) == {f"{p} KNIE RECHTS" for p in CODES}
    with pytest.raises(StudyError, match="one of the right knee and one of the left"):
        Study.from_volumes(volumes, joint="knee")


@pytest.mark.parametrize("side", [None, Side.RIGHT])
def test_two_visits_of_one_knee_are_refused(exam, side):
    volumes = [*exam("first", RIGHT_EXAM, Side.RIGHT), *exam("second", LEFT_EXAM, Side.RIGHT)]
    with pytest.raises(StudyError, match=r"belong to 2 exams.*2024-01-01.*2024-03-01") as caught:
        Study.from_volumes(volumes, side=side, joint="knee")
    assert caught.value.code == "several_studies"
    assert "folder" in caught.value.remedy


def test_planes_of_two_visits_that_would_complete_each_other_are_not_put_together(exam):
    volumes = [*exam("first", RIGHT_EXAM, planes=["sag"]), *exam("second", LEFT_EXAM, planes=["cor", "ax"])]
    with pytest.raises(StudyError, match="belong to 2 exams"):
        Study.from_volumes(volumes, joint="knee")


@pytest.mark.parametrize("side", [None, Side.RIGHT])
def test_two_patients_are_refused_without_naming_them(exam, side):
    volumes = [*exam("a", RIGHT_EXAM, Side.RIGHT), *exam("b", OTHER_PATIENT, Side.RIGHT, planes=["sag"])]
    with pytest.raises(StudyError, match=r"belong to 2 patients.*‘sag a’.*‘sag b’") as caught:
        Study.from_volumes(volumes, side=side, joint="knee")
    assert "p1" not in str(caught.value) and "p2" not in str(caught.value)


def test_one_study_of_two_patients_is_refused_too(exam):
    mixed = Origin("p2", "exam 1", frame_of_reference="f1")
    with pytest.raises(StudyError, match="belong to 2 patients"):
        Study.from_volumes([*exam("a", RIGHT_EXAM), *exam("b", mixed, planes=["ax"])], joint="knee")
    nameless = Origin("", "exam 1", frame_of_reference="f1")
    assert (
        len(Study.from_volumes([*exam("a", RIGHT_EXAM, planes=["sag"]), *exam("b", nameless)], joint="knee").planes)
        == 3
    )


def test_an_exam_of_localizers_or_of_another_part_is_left_out_with_a_notice(exam):
    knee = exam("", RIGHT_EXAM)
    for rest in (exam("localizer", LEFT_EXAM), exam("hip", LEFT_EXAM, body_part="HIP")):
        study = Study.from_volumes([*rest, *knee], joint="knee")
        assert names(study) == {"sag", "cor", "ax"}
        assert codes(study) == ["several_studies"]
        assert set(study.not_used) == {volume.name for volume in rest}


def test_files_without_origin_beside_an_exam_are_left_out(exam):
    study = Study.from_volumes([*exam("nifti"), *exam("dicom", RIGHT_EXAM, planes=["sag"])], joint="knee")
    assert names(study) == {"sag dicom"}
    assert codes(study) == ["several_studies"]
    assert study.not_used["cor nifti"].text == "it does not state its exam, while the others do"


def test_files_without_origin_belong_together_but_not_with_both_sides(exam):
    assert names(Study.from_volumes(exam(""), joint="knee")) == {"sag", "cor", "ax"}
    volumes = [*exam("knee_L", planes=["sag", "ax"]), *exam("knee_R", planes=["cor"])]
    with pytest.raises(StudyError, match=r"Some series are of the right knee and others of the left") as caught:
        Study.from_volumes(volumes, joint="knee")
    assert caught.value.code == "several_studies"
    assert "right: ‘cor knee_R’; left: ‘sag knee_L’, ‘ax knee_L’" in caught.value.where
    left = Study.from_volumes(volumes, side=Side.LEFT, joint="knee")
    assert names(left) == {"sag knee_L", "ax knee_L"}
    assert reasons(left) == {"cor knee_R": "it shows the right side"}


def test_what_does_not_say_its_side_is_not_added_where_there_are_both(exam):
    volumes = [
        *exam("R", RIGHT_EXAM, Side.RIGHT, planes=["sag"]), *exam("L", RIGHT_EXAM, Side.LEFT, planes=["sag"]),
        *exam("both", RIGHT_EXAM, planes=["ax"]),
    ]  # fmt: skip
    study = Study.from_volumes(volumes, side=Side.RIGHT, joint="knee")
    assert names(study) == {"sag R"}
    assert study.not_used["ax both"].text == "it does not state its side, and there are series of both sides"


def test_a_localizer_of_the_other_side_does_not_stop_the_work(exam):
    study = Study.from_volumes(
        [*exam("localizer", RIGHT_EXAM, Side.LEFT), *exam("", RIGHT_EXAM, Side.RIGHT)], joint="knee"
    )
    assert names(study) == {"sag", "cor", "ax"} and study.side is Side.RIGHT


def test_what_the_user_chose_sets_the_exam_of_the_rest(exam):
    first, second = exam("first", RIGHT_EXAM), exam("second", LEFT_EXAM)
    study = Study.from_volumes([*first, *second], forced={COR: second[1]}, joint="knee")
    assert names(study) == {"sag second", "cor second", "ax second"}
    assert codes(study) == ["several_studies"]


def test_planes_of_two_exams_chosen_by_hand_are_used_with_a_notice(exam):
    origin = Origin("p1", "exam 2", frame_of_reference="f1")  # one space, so that the exam alone is the point
    first, second = exam("first", RIGHT_EXAM), exam("second", origin)
    study = Study.from_volumes([], forced={SAG: first[0], COR: second[1]}, joint="knee")
    assert names(study) == {"sag first", "cor second"}
    (notice,) = study.notices
    assert (notice.code, notice.where) == ("several_studies", "‘sag first’, ‘cor second’")
    assert "chosen by hand belong to different exams" in notice.what


def test_the_user_s_side_rules_where_all_series_say_the_other(exam):
    study = Study.from_volumes(exam("", RIGHT_EXAM, Side.LEFT), side=Side.RIGHT, joint="knee")
    assert len(study.planes) == 3 and study.side_source == "user"
    assert codes(study) == ["side_disagrees"]


def test_a_reader_s_general_word_of_several_studies_gives_way_to_what_came_of_it(exam):
    from OrthoDiffusionLib.errors import Notice

    study = Study.from_volumes(
        exam("", RIGHT_EXAM), notices=[Notice("several_studies", "studies_read", values={"count": 2})], joint="knee"
    )
    assert study.notices == ()


@pytest.fixture
def two_knees(exam):
    """Both knees in one frame of reference, series by series in changing order; neither tags nor words name a side."""
    right, left = (
        [v for p in CODES for v in exam(title, RIGHT_EXAM, planes=[p], centre=(x, 0.0, 0.0), shape=SHAPES[p])]
        for title, x in (("+", 90.0), ("-", -80.0))
    )
    return [right[0], left[0], left[1], right[1], right[2], left[2]]


SHAPES = {"sag": (120, 120, 25), "cor": (120, 120, 25), "ax": (120, 120, 25)}


def test_two_knees_in_two_places_are_not_mixed_where_nothing_names_a_side(two_knees):
    with pytest.raises(StudyError, match="lie in two places, as those of a right and of a left knee") as caught:
        Study.from_volumes(two_knees, joint="knee")
    assert caught.value.code == "several_studies" and "--side" in caught.value.remedy
    assert caught.value.where == "right: ‘sag +’, ‘cor +’, ‘ax +’; left: ‘sag -’, ‘cor -’, ‘ax -’"
    assert shows_both_joints(caught.value)  # a batch analyses both


@pytest.mark.parametrize(("side", "sign"), [(Side.RIGHT, "+"), (Side.LEFT, "-")])
def test_of_two_knees_in_two_places_the_side_takes_the_one_that_lies_there(two_knees, side, sign):
    study = Study.from_volumes(two_knees, side=side, joint="knee")
    assert names(study) == {f"{plane} {sign}" for plane in CODES}
    assert codes(study) == ["several_studies"]
    assert set(reasons(study).values()) == {f"it shows the {side.opposite.value} side"}


def test_a_series_chosen_by_hand_takes_the_knee_that_lies_there(two_knees):
    study = Study.from_volumes(two_knees, forced={COR: two_knees[2]}, joint="knee")
    assert names(study) == {"sag -", "cor -", "ax -"}


def test_planes_that_lie_apart_once_each_are_one_knee_whose_positions_are_lost(exam):
    volumes = [
        *exam("", RIGHT_EXAM, planes=["sag"], centre=(90.0, 0.0, 0.0)),
        *exam("", RIGHT_EXAM, planes=["cor", "ax"], centre=(-80.0, 0.0, 0.0)),
    ]
    assert names(Study.from_volumes(volumes, joint="knee")) == {"sag", "cor", "ax"}


def test_several_series_of_one_knee_stay_one_knee(exam):
    volumes = [*exam("PD FS", RIGHT_EXAM), *exam("T1", RIGHT_EXAM, centre=(30.0, 5.0, 0.0))]
    assert names(Study.from_volumes(volumes, joint="knee")) == {"sag PD FS", "cor PD FS", "ax PD FS"}


def test_dicom_files_of_two_knees_from_the_file_to_the_choice(write_series, tmp_path: Path):
    planes = {"sag": (0, 1, 0, 0, 0, -1), "cor": (1, 0, 0, 0, 0, -1), "ax": (1, 0, 0, 0, 1, 0)}
    for number, side in enumerate("RL", 1):
        for plane, orientation in planes.items():
            write_series(
                tmp_path / f"{side}{plane}", slices=10, study=f"1.2.{number}", orientation=orientation,
                Laterality=side, SeriesDescription=f"PD FS {plane}", FrameOfReferenceUID=f"1.9.{number}",
                StudyDate="20240101", seed=number,
            )  # fmt: skip
    with pytest.raises(StudyError) as caught:
        read_study([tmp_path], joint="knee")
    assert caught.value.code == "several_studies"
    assert "4711" not in str(caught.value) and "Secret" not in str(caught.value)
    study = read_study([tmp_path], side="right", joint="knee")
    assert list(study.planes) == [SAG, COR, AX]
    assert {volume.origin.study for volume in study.volumes} == {"1.2.1"}
    assert {volume.side for volume in study.volumes} == {Side.RIGHT}
    assert len(study.not_used) == 3
    (alone,) = {
        volume.origin.study for volume in read_study([tmp_path / "Lsag", tmp_path / "Lcor"], joint="knee").volumes
    }
    assert alone == "1.2.2"
