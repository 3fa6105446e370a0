"""Which volume serves which plane, on which side, and why; in words a user reads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from OrthoDiffusionLib.anatomy import ANKLE, Side
from OrthoDiffusionLib.errors import Notice, StudyError
from OrthoDiffusionLib.volumes import Plane, Study, check_study

SAG, COR, AX = Plane


@pytest.fixture
def three(make_volume):
    return [
        make_volume("LPS", name="ax"), make_volume("PIR", name="sag"), make_volume("LIP", name="cor"),
    ]  # fmt: skip


def test_three_series_find_their_planes_in_any_order(three):
    study = Study.from_volumes(three, joint="knee")
    assert {plane: volume.name for plane, volume in study.planes.items()} == {
        SAG: "sag", COR: "cor", AX: "ax",
    }  # fmt: skip
    assert list(study.planes) == [SAG, COR, AX]
    assert study.reasons[SAG].text == "‘sag’, 20 slices of 1 × 1 mm, 3.5 mm apart."
    assert study.side is None and study.side_source == "unknown"


@pytest.mark.parametrize(
    ("codes", "name", "described", "said"),
    [
        ("LIP", "PD FS SAG", "", "The name says sagittal, but by their positions the slices are coronal"),
        ("LIP", "301_t2_tse_TRA", "", "The name says axial"),
        ("PIR", "knee", "Knie kor PD", "The name says coronal, but by their positions the slices are sagittal"),
        ("PIR", "PD FS SAG", "PD FS SAG", ""),
        ("PIR", "SAG planned on COR", "", ""),
        ("PIR", "cortical screws", "", ""),
    ],
)
def test_a_name_that_says_another_plane_than_the_positions_is_noticed(make_volume, codes, name, described, said):
    study = Study.from_volumes([make_volume(codes, name=name, description=described)], joint="knee")
    assert [said in notice.what for notice in study.notices if notice.code == "plane_disagrees"] == [True] * bool(said)


def test_a_reformatted_3d_volume_or_one_chosen_by_hand_may_be_called_after_another_plane(make_volume):
    thin = make_volume("PIR", spacing=(0.7, 0.7, 0.7), shape=(60, 60, 60), name="SPACE SAG")
    assert Study.from_volumes([thin], joint="knee").notices == ()
    coronal = make_volume("LIP", name="PD SAG")
    assert Study.from_volumes([], forced={Plane.CORONAL: coronal}, joint="knee").notices == ()


def test_one_plane_is_enough_and_the_others_are_named_missing(three):
    study = Study.from_volumes(three[:1], joint="knee")
    assert study.missing_planes == (SAG, COR)
    assert study.reasons[COR].text == "no volume in this plane."


def test_a_3d_volume_serves_the_planes_that_have_none_of_their_own(make_volume):
    thin = make_volume("PIR", shape=(50, 50, 60), spacing=(0.8, 0.8, 1.5), name="dess")
    study = Study.from_volumes([thin, make_volume("LPS", name="ax")], joint="knee")
    assert [volume.name for volume in study.planes.values()] == ["dess", "dess", "ax"]
    assert "reformatted from a 3D volume" in study.reasons[COR].text
    assert study.reasons[AX].text.endswith("‘dess’ because its slices were acquired in this plane.")
    assert len(study.volumes) == 2


@pytest.mark.parametrize(
    ("better", "worse", "why"),
    [
        ({"name": "sag_pd_fs"}, {"name": "sag_t1"}, "shows fluid best"),
        ({"name": "a", "description": "T2 FATSAT"}, {"name": "b", "description": "PD"}, "shows fluid best"),
        ({"name": "b", "description": "PD TSE"}, {"name": "a", "description": "T1 SE"}, "shows fluid best"),
        ({"name": "e1", "stack": 0}, {"name": "e2", "stack": 1}, "earlier echo"),
        ({"name": "many", "shape": (40, 36, 24)}, {"name": "few"}, "more slices"),
        ({"name": "fine", "spacing": (0.5, 0.5, 3.5)}, {"name": "rough"}, "pixels are smaller"),
        ({"name": "z_full"}, {"name": "a_localizer_fs"}, "looks like a localizer"),
        ({"name": "first"}, {"name": "second"}, "it is listed first"),
    ],
)
def test_of_two_candidates_the_better_is_chosen_and_the_reason_said(make_volume, better, worse, why):
    good, bad = make_volume("PIR", **better), make_volume("PIR", **worse)
    order = [good, bad] if why == "it is listed first" else [bad, good]
    study = Study.from_volumes(order, joint="knee")
    assert study.planes[SAG].name == good.name
    assert f"preferred over ‘{bad.name}’" in study.reasons[SAG].text
    assert why in study.reasons[SAG].text


def test_a_lone_localizer_is_not_used_but_can_be_forced(make_volume):
    scout = make_volume("LIP", name="scout", shape=(40, 36, 5), spacing=(1, 1, 12))
    sagittal = make_volume("PIR", name="sag")
    study = Study.from_volumes([scout, sagittal], joint="knee")
    assert COR not in study.planes
    assert "localizer" in [notice.code for notice in study.notices]
    forced = Study.from_volumes([scout, sagittal], forced={COR: "scout"}, joint="knee")
    assert forced.planes[COR].name == "scout"
    assert forced.reasons[COR].text.endswith("chosen by hand.")


def test_a_3d_volume_serves_a_plane_whose_only_own_series_is_a_localizer(make_volume):
    thin = make_volume("PIR", shape=(50, 50, 60), spacing=(0.8, 0.8, 1.5), name="dess")
    scout = make_volume("LIP", name="scout", shape=(40, 36, 5), spacing=(1, 1, 12))
    study = Study.from_volumes([scout, thin], joint="knee")
    assert study.planes[COR].name == "dess"
    assert "localizer" not in [notice.code for notice in study.notices]
    assert study.reasons[COR].text.endswith("preferred over ‘scout’ because the other one looks like a localizer.")


def test_the_users_choice_rules_over_ours(make_volume):
    volumes = [make_volume("PIR", name="sag_t1"), make_volume("PIR", name="sag_pd_fs")]
    study = Study.from_volumes(volumes, forced={SAG: volumes[0]}, joint="knee")
    assert study.planes[SAG].name == "sag_t1"


def test_two_volumes_forced_on_one_plane_are_an_error(make_volume):
    volumes = [make_volume("PIR", name="one"), make_volume("PIR", name="two")]
    with pytest.raises(StudyError, match=r"2 volumes are to be used for the sagittal plane.*‘one’, ‘two’"):
        Study.from_volumes(volumes, forced={SAG: volumes}, joint="knee")


def test_a_stack_cannot_be_forced_into_another_plane(three):
    with pytest.raises(StudyError, match="‘ax’ is to be used for the sagittal plane, but its slices are axial"):
        Study.from_volumes(three, forced={SAG: "ax"}, joint="knee")
    with pytest.raises(StudyError, match=r"0 volumes called ‘nope’.*‘ax’, ‘sag’, ‘cor’"):
        Study.from_volumes(three, forced={SAG: "nope"}, joint="knee")


def test_a_file_without_orientation_is_hung_as_usual_when_the_user_names_its_plane(make_volume):
    unknown = make_volume("RAS", name="export", notices=(Notice("no_orientation"),))
    study = Study.from_volumes([unknown], forced={SAG: unknown}, joint="knee")
    assert study.planes[SAG].geometry.axis_codes == "PIL"
    assert [notice.code for notice in study.notices] == ["no_orientation", "orientation_assumed"]


def test_axes_of_no_patient_are_kept_unless_they_contradict_the_plane_that_the_user_names(make_volume):
    notices = (Notice("orientation_unknown", "no_nrrd_space"),)
    sagittal = make_volume("PIR", name="export", notices=notices)
    study = Study.from_volumes([sagittal], forced={SAG: sagittal}, joint="knee")
    assert study.planes[SAG].geometry.is_same_grid(sagittal.geometry) and not study.is_oriented
    axial = make_volume("RAS", name="export", notices=notices)
    study = Study.from_volumes([axial], forced={SAG: axial}, joint="knee")
    assert study.planes[SAG].geometry.axis_codes == "PIL" and not study.is_oriented


def test_nothing_and_nothing_usable_are_clear_errors(make_volume):
    with pytest.raises(StudyError, match="There is no volume to analyse"):
        Study.from_volumes([], joint="knee")
    flat = make_volume("PIR", name="flat")
    flat = flat.with_array(flat.array * 0)
    with pytest.raises(StudyError, match=r"All voxels.*same value"):
        Study.from_volumes([flat], joint="knee")
    with pytest.raises(StudyError, match="same value"):
        Study.from_volumes([flat], forced={SAG: flat}, joint="knee")
    two = make_volume("PIR", name="two", shape=(40, 36, 2))
    with pytest.raises(StudyError, match="fewer than 3 slices"):
        Study.from_volumes([two], joint="knee")
    with pytest.raises(StudyError, match="has 2 slices; a view needs 3"):
        Study.from_volumes([two], forced={SAG: two}, joint="knee")


def test_a_lone_volume_that_cannot_be_used_gives_its_own_reason_and_remedy(make_volume):
    scout = make_volume("LIP", name="scout", shape=(40, 36, 5), spacing=(1, 1, 12))
    with pytest.raises(StudyError) as caught:
        Study.from_volumes([scout], joint="knee")
    assert caught.value.what == "The only coronal volume looks like a localizer and is not used"
    assert caught.value.where == "‘scout’"
    assert caught.value.remedy == "If it is the correct one, choose it by hand."


def test_a_label_map_beside_the_images_is_not_taken_for_one(make_volume):
    image = make_volume("PIR", name="scan")
    mask = make_volume("PIR", name="mask_pd_fs", spacing=(0.5, 0.5, 3.0))
    mask = mask.with_array((mask.array > 500).astype("uint8") * 3)
    study = Study.from_volumes([mask, image], joint="knee")
    assert study.planes[SAG].name == "scan"
    assert [(notice.code, notice.where) for notice in study.notices] == [("label_map", "mask_pd_fs")]
    alone = Study.from_volumes([mask], joint="knee")
    assert alone.planes[SAG].name == "mask_pd_fs"
    assert "label_map" in [notice.code for notice in check_study(alone)]
    assert "label_map" not in [notice.code for notice in check_study(study)]


def test_a_constant_volume_is_left_out_and_noticed(three):
    three.append(replace(three[1], array=three[1].array * 0 + 7, name="sag_pd_fs"))
    study = Study.from_volumes(three, joint="knee")
    assert study.planes[SAG].name == "sag"
    assert [(notice.code, notice.where) for notice in study.notices] == [("constant", "sag_pd_fs")]


def test_the_users_side_may_be_a_word_and_another_word_is_refused(three):
    tagged = [replace(volume, side=Side.RIGHT) for volume in three]
    assert Study.from_volumes(tagged, joint="knee", side="left").side is Side.LEFT
    with pytest.raises(ValueError, match="both"):
        Study.from_volumes(tagged, joint="knee", side="both")


def test_the_tag_settles_the_side(three):
    study = Study.from_volumes([replace(volume, side=Side.LEFT) for volume in three], joint="knee")
    assert (study.side, study.side_source) == (Side.LEFT, "tag")


def test_the_user_rules_over_the_tag_and_the_disagreement_is_shown(three):
    tagged = [replace(volume, side=Side.LEFT) for volume in three]
    study = Study.from_volumes(tagged, side=Side.RIGHT, joint="knee")
    assert (study.side, study.side_source) == (Side.RIGHT, "user")
    (notice,) = study.notices
    assert notice.code == "side_disagrees"
    assert "You chose the right side, but the series are tagged left" in notice.what
    assert Study.from_volumes(tagged, side=Side.LEFT, joint="knee").notices == ()


def test_contradictory_tags_are_refused_unless_the_user_chose_the_planes_by_hand(three):
    tagged = [replace(three[0], side=Side.LEFT), replace(three[1], side=Side.RIGHT), three[2]]
    with pytest.raises(StudyError, match="of the right knee and others of the left"):
        Study.from_volumes(tagged, joint="knee")
    study = Study.from_volumes([], forced={AX: tagged[0], SAG: tagged[1], COR: tagged[2]}, joint="knee")
    assert (study.side, study.side_source) == (None, "unknown")
    assert [notice.code for notice in study.notices] == ["side_disagrees"]


@pytest.mark.parametrize(
    "words", [{"name": "knee_L"}, {"description": "PD FS SAG KNIE LINKS"}, {"study_description": "MRI KNEE LEFT"},
              {"body_part": "LEFT KNEE"}, {"body_part": "KNEE", "description": "SAG PD LT"}],
)  # fmt: skip
def test_without_a_tag_words_tell_the_side_and_that_is_said(make_volume, words):
    study = Study.from_volumes([make_volume("PIR", **{"name": "sag", **words})], joint="knee")
    assert (study.side, study.side_source) == (Side.LEFT, "description")
    (notice,) = study.notices
    assert (notice.code, notice.where) == ("side_in_description", words.get("name", "sag"))
    assert "which say left" in notice.what and "if it is wrong" in notice.remedy


def test_a_tag_or_a_user_that_disagrees_with_the_words_rules_and_is_noticed(make_volume):
    volume = make_volume("PIR", name="sag", description="LEFT KNEE")
    tagged = Study.from_volumes([replace(volume, side=Side.RIGHT)], joint="knee")
    assert (tagged.side, tagged.side_source) == (Side.RIGHT, "tag")
    assert [(n.code, n.what) for n in tagged.notices] == [
        ("side_disagrees", "The series are tagged right, but their descriptions say left; the tag is used")
    ]
    told = Study.from_volumes([volume], side=Side.RIGHT, joint="knee")
    assert (told.side, told.side_source) == (Side.RIGHT, "user")
    assert [(n.code, n.what) for n in told.notices] == [
        ("side_disagrees", "You chose the right side, but the series descriptions say left; your choice is used")
    ]


def test_contradictory_words_decide_nothing(make_volume):
    study = Study.from_volumes(
        [make_volume("PIR", name="sag", description="LT KNEE", study_description="KNEE RIGHT")], joint="knee"
    )
    assert (study.side, study.side_source) == (None, "unknown")
    assert [notice.code for notice in study.notices] == ["side_disagrees"]


def test_the_anatomy_can_settle_what_nobody_said(three):
    study = Study.from_volumes(three, joint="ankle", name="visit 1")
    settled = study.with_side(
        Side.RIGHT, "anatomy", Notice("side_from_anatomy", values={"side": Side.RIGHT, "joint": "knee"})
    )
    assert (settled.side, settled.side_source, settled.joint) == (Side.RIGHT, "anatomy", ANKLE)
    assert settled.notices[-1].code == "side_from_anatomy"
    with pytest.raises(ValueError, match="cannot come from"):
        study.with_side(Side.RIGHT, "unknown")
