"""A reader's word beside the model's: both stay, and they cannot contradict each other."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import pytest

from OrthoDiffusionLib.findings import Analysis, Finding, OperatingPoint, Review
from OrthoDiffusionLib.findings.records import read_record

HALF = OperatingPoint(0.5, 0.8, 0.9)


@pytest.mark.parametrize(
    ("word", "model", "decision"),
    [
        ("positive", "positive", "accepted"), ("negative", "positive", "rejected"), ("unsure", "negative", "unsure"),
        ("positive", "not_assessed", "rejected"),
    ],
)  # fmt: skip
def test_a_decision_follows_from_both_words(word, model, decision):
    review = Review.now(word, model, 0.3, "seen")
    assert (review.decision, review.model_word, review.note) == (decision, model, "seen")
    assert review.word_beside(model) == word and "T" in review.time
    assert Review.from_dict(json.loads(json.dumps(review.as_dict()))) == review


@pytest.mark.parametrize(
    "entry",
    [
        {"decision": "maybe"}, {"decision": "accepted", "word": "perhaps"}, {"decision": "unsure", "word": "positive"},
        {"decision": "accepted", "word": "positive", "model_word": "negative"},
        {"decision": "rejected", "word": "positive", "model_word": "positive"},
        {"decision": "accepted", "model_probability": 1.5},
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused(entry):
    with pytest.raises(ValueError, match=r"must be|contradicts"):
        Review.from_dict(entry)


def test_the_readers_word_rules_unless_there_is_none():
    said = Finding("joint_effusion", True, 0.8, operating_point=HALF)
    assert said.ruling == said.word == "positive"
    for word, ruling in (("negative", "negative"), ("positive", "positive"), ("unsure", "positive")):
        assert replace(said, review=Review.now(word, said.word, 0.8)).ruling == ruling
    assert Finding("joint_effusion", False, None, review=Review.now("positive", "not_assessed")).ruling == "positive"


def test_a_file_that_holds_the_decision_alone_means_the_models_word_or_the_other_one():
    said = Finding(
        "joint_effusion",
        True,
        0.8,
        operating_point=HALF,
        review=Review.from_dict({"decision": "rejected", "more": "unknown"}),
    )
    assert said.ruling == "negative" and not said.review.is_of_other(said.word)
    assert replace(said, review=Review("accepted")).ruling == "positive"


def test_a_review_is_kept_in_both_files_of_a_results_folder(analysis: Analysis, tmp_path):
    effusion = analysis.findings[0]
    review = Review.now("negative", effusion.word, effusion.probability, "only a film")
    reviewed = replace(analysis, findings=(replace(effusion, review=review), *analysis.findings[1:]))
    folder = reviewed.save(tmp_path / "results")
    assert Analysis.load(folder).findings[0].review == review
    assert read_record(folder).findings == reviewed.record.findings
    with open(folder / "findings.csv", newline="", encoding="utf-8") as file:
        row = next(csv.DictReader(file))
    assert (row["review_decision"], row["review_word"], row["review_note"]) == (
        review.decision, "negative", "only a film",
    )  # fmt: skip
    assert row["review_time"] == review.time and row["review_model_word"] == effusion.word
