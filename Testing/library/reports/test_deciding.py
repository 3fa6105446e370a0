"""A reader decides without the panel: the results folder says it everywhere, and what the model said stays."""

from __future__ import annotations

import csv
import json

import pytest
from PIL import Image

from OrthoDiffusionLib.cli.main import BAD_INPUT, main
from OrthoDiffusionLib.findings.records import read_record


@pytest.fixture
def folder(analysis, tmp_path):
    return analysis.save(tmp_path / "knee", overview=Image.new("RGB", (40, 30)), page="<html>as analysed</html>")


def decide(folder, *arguments) -> int:
    return main(["decide", str(folder), *arguments])


def review(folder, name):
    return next(one.review for one in read_record(folder).findings if one.name == name)


def test_a_decision_stands_in_the_data_the_table_the_page_and_the_text(folder, capsys):
    before = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    assert decide(
        folder, "--finding", "joint_effusion", "negative", "--reader", "Dr. Weber", "--note", "physiological fluid"
    ) == 0  # fmt: skip
    said = capsys.readouterr().out
    assert "Joint effusion: negative, says the reader; the model says positive" in said and "Dr. Weber" in said
    after = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    entry = after["findings"][0].pop("review")
    assert (entry["decision"], entry["word"], entry["model_word"]) == ("rejected", "negative", "positive")
    assert (entry["reader"], entry["note"], entry["model_probability"]) == ("Dr. Weber", "physiological fluid", 0.91)
    before["findings"][0].pop("review")
    assert after == before, "what the model said"
    with (folder / "findings.csv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    assert (row["review_word"], row["review_reader"]) == ("negative", "Dr. Weber")
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "physiological fluid" in page and "Dr. Weber" in page and "data:image/jpeg" in page
    assert main(["report", str(folder), "--text"]) == 0
    assert "A reader has reviewed 1 of" in capsys.readouterr().out


def test_several_are_decided_at_once_a_note_stays_and_a_decision_can_be_withdrawn(folder):
    decide(folder, "--finding", "joint_effusion", "positive", "--note", "seen")
    decide(folder, "--finding", "joint_effusion", "unsure", "--finding", "medial_meniscus_injury", "positive")
    assert (review(folder, "joint_effusion").decision, review(folder, "joint_effusion").note) == ("unsure", "seen")
    assert review(folder, "medial_meniscus_injury").decision == "accepted"
    decide(folder, "--finding", "joint_effusion", "withdrawn")
    assert review(folder, "joint_effusion") is None and review(folder, "medial_meniscus_injury") is not None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--finding", "acl_tear", "positive"], "have no finding ‘acl_tear’"),
        (["--finding", "joint_effusion", "maybe"], "no decision about a finding"),
        (["--finding", "joint_effusion", "positive", "--finding", "joint_effusion", "negative"], "decided twice"),
        (["--finding", "joint_effusion", "unsure", "--finding", "medial_meniscus_injury", "unsure", "--note", "x"],
         "One note cannot"),
        (["--finding", "joint_effusion", "withdrawn", "--note", "x"], "a new note would be lost"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_changes_nothing(folder, arguments, words, capsys):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert decide(folder, *arguments) == BAD_INPUT
    assert words in capsys.readouterr().err
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_readers_note_is_never_put_beside_another_readers_name(folder, capsys):
    decide(folder, "--finding", "joint_effusion", "positive", "--reader", "Dr. Weber", "--note", "seen")
    assert decide(folder, "--finding", "joint_effusion", "negative", "--reader", "Dr. Lang") == BAD_INPUT
    assert "of another reader, Dr. Weber" in capsys.readouterr().err
    assert review(folder, "joint_effusion").reader == "Dr. Weber"
    assert decide(folder, "--finding", "joint_effusion", "negative", "--reader", "Dr. Lang", "--note", "") == 0
    assert (review(folder, "joint_effusion").reader, review(folder, "joint_effusion").note) == ("Dr. Lang", "")


def test_a_named_readers_note_does_not_lose_its_name_with_a_nameless_decision(folder, capsys):
    decide(folder, "--finding", "joint_effusion", "negative", "--reader", "Dr. Weber", "--note", "little fluid")
    assert decide(folder, "--finding", "joint_effusion", "positive") == BAD_INPUT
    told = capsys.readouterr().err
    assert "of Dr. Weber" in told and "--reader" in told
    kept = review(folder, "joint_effusion")
    assert (kept.decision, kept.reader, kept.note) == ("rejected", "Dr. Weber", "little fluid")
    assert decide(folder, "--finding", "joint_effusion", "positive", "--reader", "Dr. Weber") == 0
    assert review(folder, "joint_effusion").note == "little fluid"


def test_where_no_dicom_report_can_follow_nothing_is_decided_and_the_remedy_is_an_option_of_the_command(folder, capsys):
    before = (folder / "findings.json").read_bytes()
    assert decide(folder, "--finding", "joint_effusion", "negative", "--dicom") == BAD_INPUT
    told = capsys.readouterr()
    assert "no DICOM report to write anew" in told.err and "Leave --dicom out" in told.err and not told.out
    assert (folder / "findings.json").read_bytes() == before


def test_a_note_of_nobody_is_not_put_beside_a_readers_name(folder, capsys):
    decide(folder, "--finding", "joint_effusion", "positive", "--note", "seen")
    assert decide(folder, "--finding", "joint_effusion", "negative", "--reader", "Dr. Lang") == BAD_INPUT
    told = capsys.readouterr().err
    assert "does not say whose it is" in told and "Dr. Lang" in told and "--note" in told
    assert (review(folder, "joint_effusion").reader, review(folder, "joint_effusion").note) == ("", "seen")
    assert decide(folder, "--finding", "joint_effusion", "unsure") == 0  # as unnamed as the note
    assert review(folder, "joint_effusion").note == "seen"


def test_a_page_with_a_readers_own_text_is_left_alone_and_the_command_says_so(folder, capsys):
    (folder / "report.txt").write_text("my own words", encoding="utf-8")
    assert decide(folder, "--finding", "joint_effusion", "positive") == 0
    assert "left as it is" in capsys.readouterr().err
    assert (folder / "report.html").read_text(encoding="utf-8") == "<html>as analysed</html>"
    assert review(folder, "joint_effusion").decision == "accepted"


def test_a_folder_without_results_is_refused(tmp_path, capsys):
    assert decide(tmp_path, "--finding", "joint_effusion", "positive") == BAD_INPUT
    assert "findings.json is missing" in capsys.readouterr().err and not list(tmp_path.iterdir())
