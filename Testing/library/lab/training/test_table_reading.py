"""A table of cases is checked as a whole, and every fault is named with its line before anything is trained."""

from __future__ import annotations

import pytest

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.tables.case_table import describe, read_case_table, template


def test_a_good_table_says_who_has_what(archive, change, vocabulary):
    table = change(lambda rows: rows[0].update(swelling=""))
    assert len(table.cases) == table.patients == len(archive.truths)
    assert "swelling" not in table.cases[0].findings  # empty is unknown, not absent
    assert table.cases[1].findings == {"swelling": archive.truths[1]["swelling"] == "1"}
    assert table.cases[0].side is Side(archive.truths[0]["side"])
    assert table.cases[0].covered == ("upper_bone", "lower_bone", "nodule")
    assert table.clinical == ()
    assert f"cases {len(archive.truths)}, patients {len(archive.truths)}" in describe(table, vocabulary)


def test_semicolons_and_the_mark_a_spreadsheet_begins_with_do_not_matter(archive, vocabulary):
    plain = read_case_table(archive.table("plain.csv", archive.rows()), vocabulary)
    path = archive.folder / "spreadsheet.csv"
    text = (archive.folder / "plain.csv").read_text(encoding="utf-8").replace(",", ";")
    path.write_text(text, encoding="utf-8-sig")
    assert read_case_table(path, vocabulary).cases == plain.cases


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ({"sagittal": "toy_9/sagittal.nii.gz"}, r"line 3 .*sagittal: there is no toy_9/sagittal.nii.gz"),
        ({"axial_labels": "nowhere.nii.gz"}, "axial_labels: there is no nowhere.nii.gz"),
        ({"swelling": "maybe"}, "swelling must be 1, 0 or empty, got 'maybe'"),
        ({"swelling": "0.5"}, "swelling must be 1, 0 or empty, got '0.5'"),
        ({"case": "toy_0000003"}, "the case 'toy_0000003' is there already, on line 2"),
        ({"side": "both"}, "side must be right, left or empty, got 'both'"),
        ({"joint": "knee"}, "the case is of the knee, this training of the toy"),
        ({"covers": "upper_bone nodul"}, "unknown structure 'nodul', is 'nodule' meant?"),
        ({"age": "old"}, "age must be years from 0 to 120 or empty, got 'old'"),
        ({"sex": "yes"}, "sex must be one of f, female, m, male"),
        ({"patient": ""}, "patient is empty"),
        ({"split": "exam"}, "split must be train, validation, test or empty"),
        ({"sagittal": "", "coronal": "", "axial": ""}, "no images: folder, sagittal, coronal, axial are all empty"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_its_line(change, edit, message):
    with pytest.raises(TrainingError, match=f"line 3.*{message}" if "line 3" not in message else message):
        change(lambda rows: rows[1].update(edit))


def test_all_faults_are_told_at_once(change):
    with pytest.raises(TrainingError, match="2 faults") as caught:
        change(lambda rows: (rows[0].update(swelling="x"), rows[4].update(side="up")))
    assert "line 2" in caught.value.what and "line 6" in caught.value.what


def test_a_patient_belongs_to_one_split(change):
    def edit(rows):
        rows[0].update(patient="p", split="train")
        rows[3].update(patient="p", split="test")

    with pytest.raises(TrainingError, match=r"line 5.*'p' is in the split 'test' and, on line 2, in 'train'"):
        change(edit)


def test_an_unknown_column_is_refused_and_the_one_that_was_meant_is_named(change):
    with pytest.raises(TrainingError, match=r"'sweling' \(is 'swelling' meant\?\)") as caught:
        change(lambda rows: [row.update(sweling=row.pop("swelling")) for row in rows])
    assert "--vocabulary" in caught.value.remedy


def test_label_maps_must_say_what_they_outline(archive, untrained):
    from OrthoDiffusionLib.lab.training.tables.vocabulary import vocabulary_of

    rows = [{key: value for key, value in row.items() if key != "swelling"} for row in archive.rows()]
    with pytest.raises(TrainingError, match="nothing says which structures the label maps outline"):
        read_case_table(archive.table("silent.csv", rows), vocabulary_of(untrained.manifest))


def test_a_table_without_cases_points_to_the_template(archive, vocabulary):
    with pytest.raises(TrainingError, match="no cases") as caught:
        read_case_table(archive.table("empty.csv", [dict.fromkeys(archive.rows()[0], "")]), vocabulary)
    assert "--template" in caught.value.remedy


def test_the_template_can_be_read_once_its_files_are_there(tmp_path, vocabulary):
    path = tmp_path / "cases.csv"
    path.write_text(template(vocabulary), encoding="utf-8")
    for name in ("images/case_001/sagittal", "images/case_001/coronal", "images/case_001/axial"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"{name}.nii.gz").touch()
    (tmp_path / "images/case_002").mkdir()
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels/case_001_sagittal.nii.gz").touch()
    table = read_case_table(path, vocabulary)
    assert [case.name for case in table.cases] == ["case_001", "case_002"]
    assert table.cases[0].covered == ("upper_bone", "lower_bone")
    assert table.clinical == ("age", "sex", "trauma")


def test_the_command_writes_a_template_and_does_not_write_over_a_file(tmp_path, untrained, capsys):
    path = tmp_path / "mine.csv"
    arguments = ["finetune", "--template", str(path), "--from", str(untrained.folder)]
    assert main(arguments) == 0
    assert "anterior_cruciate_ligament_injury" in path.read_text(encoding="utf-8").splitlines()[0]
    assert main(arguments) == 2
    assert "exists already" in capsys.readouterr().err


def test_the_command_checks_a_table_without_training(archive, untrained, vocabulary_file, capsys):
    table = archive.table("checked.csv", archive.rows())
    words = ["finetune", "--table", table, "--from", untrained.folder, "--vocabulary", vocabulary_file, "--check"]
    assert main(list(map(str, words))) == 0
    assert "upper_bone: outlined in" in capsys.readouterr().out
