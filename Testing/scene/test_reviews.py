"""What a reader decided stays: beside the model's word, over a new analysis, in a scene file."""

import json
import zipfile
from dataclasses import replace

import handmade
import pytest
from nodes import add_volume
from OrthoDiffusionSlicer.scene import FindingsNodes, Scene
from OrthoDiffusionSlicer.scene.SceneWriter import SceneWriter

from OrthoDiffusionLib.findings import Finding, Review


@pytest.fixture
def table(scene, results, inputs):
    """A table in which a reader has decided about three findings."""
    table = SceneWriter(scene, results, inputs).write().table
    for key, word, note in (
        ("joint_effusion", "positive", ""),
        ("medial_meniscus_injury", "negative", "a vessel, 3 = mm"),
        ("patellar_dislocation", "unsure", ""),
    ):
        row = rowsOf(table)[key]
        FindingsNodes.setReview(table, key, Review.now(word, row.word, row.probability, note))
    return table


def rowsOf(table):
    return {row.key: row for row in FindingsNodes.rowsOf(table)}


def reviewsOf(table):
    return {key: row.review for key, row in rowsOf(table).items() if row.review is not None}


def saved(folder, **probabilities):
    """Results in which some findings have another probability."""
    findings = tuple(
        replace(one, probability=probabilities[one.name]) if one.name in probabilities else one
        for one in handmade.findings()
    )
    return handmade.save_array_results(folder, findings=findings)


def test_the_models_word_and_the_readers_stand_side_by_side(table):
    row = rowsOf(table)["medial_meniscus_injury"]
    assert (row.word, row.readerWord, row.probability) == ("positive", "negative", 0.71)
    assert (row.review.decision, row.review.note) == ("rejected", "a vessel, 3 = mm")
    assert (row.review.model_word, row.review.model_probability) == ("positive", 0.71)
    assert rowsOf(table)["lateral_meniscus_injury"].review is None
    assert rowsOf(table)["patellar_dislocation"].readerWord == "unsure"


def test_a_review_that_is_taken_back_leaves_nothing(table):
    FindingsNodes.setReview(table, "joint_effusion", None)
    assert sorted(reviewsOf(table)) == ["medial_meniscus_injury", "patellar_dislocation"]


def test_reviews_go_to_the_table_of_the_next_analysis_which_replaces_this_one(scene, inputs, table, results):
    before = reviewsOf(table)
    again = SceneWriter(scene, results, inputs).write().table
    assert reviewsOf(again) == before and not any(row.reviewIsEarlier for row in rowsOf(again).values())
    assert FindingsNodes.tablesIn(scene) == [again], "a review is no edit that would keep the older table"


def test_a_review_is_marked_where_the_model_has_changed_its_word_and_the_readers_stays(scene, inputs, table, tmp_path):
    before = reviewsOf(table)["medial_meniscus_injury"]
    new = saved(tmp_path / "new", medial_meniscus_injury=0.2, joint_effusion=0.88)
    rows = rowsOf(SceneWriter(scene, new, inputs).write().table)
    row = rows["medial_meniscus_injury"]
    assert (row.word, row.readerWord, row.reviewIsEarlier) == ("negative", "negative", True)
    assert row.review == before and before.model_probability == 0.71
    assert not rows["joint_effusion"].reviewIsEarlier, "another number is not another word"


def test_reviews_of_an_edited_table_are_carried_too_and_it_is_kept(scene, inputs, table, results):
    note = next(index for index in range(table.GetNumberOfColumns()) if table.GetTable().GetColumnName(index) == "Note")
    table.SetCellText(0, note, "seen by M., agreed")
    again = SceneWriter(scene, results, inputs).write().table
    assert scene.IsNodePresent(table) and reviewsOf(again) == reviewsOf(table)


def test_another_study_gets_no_reviews_of_this_one(scene, table, results):
    other = {"sagittal": add_volume(scene, "other", "sagittal")}
    assert reviewsOf(SceneWriter(scene, results, other).write().table) == {}


def test_reviews_come_back_with_the_scene_file(scene, table, tmp_path):
    before = reviewsOf(table)
    path = str(tmp_path / "knee.mrb")
    assert scene.WriteToMRB(path) and zipfile.is_zipfile(path)
    (tmp_path / "cache").mkdir()
    opened = Scene.newScene(tmp_path / "cache")
    assert opened.ReadFromMRB(path, True)
    (again,) = FindingsNodes.tablesIn(opened)
    assert reviewsOf(again) == before
    content = FindingsNodes.resultsOf(again)
    assert content == {**FindingsNodes.resultsOf(table)}
    FindingsNodes.setReview(again, "joint_effusion", None)
    assert "joint_effusion" not in reviewsOf(again)


def test_the_content_of_the_results_holds_the_reviews_of_the_cells(table, results):
    written = json.loads((results / "findings.json").read_text(encoding="utf-8"))
    content = FindingsNodes.resultsOf(table)
    reviews = {finding["name"]: finding.pop("review") for finding in content["findings"]}
    for finding in written["findings"]:
        finding.pop("review")
    assert content == written
    assert reviews["medial_meniscus_injury"] == reviewsOf(table)["medial_meniscus_injury"].as_dict()
    assert reviews["lateral_meniscus_injury"] is None


def test_reviews_that_came_with_a_results_folder_are_shown(scene, inputs, tmp_path):
    review = Review.now("negative", "positive", 0.93, reader="Dr. Weber")
    first, *rest = handmade.findings()
    assert isinstance(first, Finding)
    findings = tuple(replace(one, review=review) if one.name == "joint_effusion" else one for one in (first, *rest))
    folder = handmade.save_results(tmp_path / "saved", findings=findings)
    assert reviewsOf(SceneWriter(scene, folder, inputs).write().table) == {"joint_effusion": review}


def test_a_table_of_the_version_before_can_be_reviewed(scene, table):
    for name in ("Review", "Reader", "Reader's note", "Reviewed", "Model at review", "Probability at review"):
        table.GetTable().RemoveColumnByName(name)
    assert reviewsOf(table) == {}
    FindingsNodes.setReview(table, "joint_effusion", Review.now("negative", "positive", 0.93, "none"))
    assert rowsOf(table)["joint_effusion"].review.note == "none" and len(reviewsOf(table)) == 1
