"""A worklist: its cases, states and order, its file, its lock, where the label maps lie."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from OrthoDiffusionLib.annotation.case import Case, CaseState, FinalVersion, ReaderWork
from OrthoDiffusionLib.annotation.case_folder import CaseFolder
from OrthoDiffusionLib.annotation.finding_cases import worklist_of_folder, worklist_of_table
from OrthoDiffusionLib.annotation.lock import FORGOTTEN_SECONDS, WorklistLock
from OrthoDiffusionLib.annotation.names import folder_name, reader_name
from OrthoDiffusionLib.annotation.uncertainty import uncertainty
from OrthoDiffusionLib.annotation.worklist import Order, OwnStructure, Worklist, before, next_open, take_up
from OrthoDiffusionLib.annotation.worklist_file import WorklistError, full_path, read_worklist, write_worklist
from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError, StudyError

ROOT = Path(__file__).parents[3]


def cases(*states):
    """Cases knee 1, knee 2, … of reader A."""
    return [Case(f"knee {n}", (f"{n}",), readers={"A": ReaderWork(state)}) for n, state in enumerate(states, 1)]


def names(found):
    return [case.name for case in found]


def test_next_goes_to_what_is_left_and_ends_with_nothing():
    done, fresh, flagged = CaseState.COMPLETED, CaseState.NOT_STARTED, CaseState.FLAGGED
    worklist = Worklist(cases(fresh, done, flagged, fresh, done))
    order = worklist.ordered("A")
    assert next_open(order, "", "A").name == "knee 1"
    assert next_open(order, "knee 1", "A").name == "knee 4"
    assert next_open(order, "knee 5", "A").name == "knee 1", "past the end from the beginning on"
    for name in ("knee 1", "knee 4"):
        worklist.case(name).work("A").state = done
    assert next_open(order, "knee 5", "A") is None and worklist.all_done("A")
    assert not worklist.all_done("B"), "another reader has not begun"
    assert before(order, "knee 3").name == "knee 2" and before(order, "knee 1") is None
    assert not Worklist([]).all_done("A")


def test_orders():
    worklist = Worklist(
        [Case(f"knee{n}", uncertainty=value) for n, value in ((10, 0.2), (9, None), (2, 0.9), (1, 0.2))]
    )
    assert names(worklist.ordered("A")) == ["knee1", "knee2", "knee9", "knee10"]
    worklist.order = Order.UNCERTAIN_FIRST
    assert names(worklist.ordered("A")) == ["knee2", "knee1", "knee10", "knee9"], "what was not analysed comes last"
    worklist.order = Order.STATE
    worklist.case("knee10").work("A").state = CaseState.IN_PROGRESS
    worklist.case("knee1").work("A").state = CaseState.COMPLETED
    assert names(worklist.ordered("A")) == ["knee10", "knee2", "knee9", "knee1"]


def test_uncertainty_is_high_where_probabilities_are_undecided_or_planes_contradict():
    def findings(*told, warnings=()):
        return {
            "findings": [{"assessed": True, "probability": p, "by_plane": planes} for p, planes in told],
            "warnings": [{"code": code} for code in warnings],
        }

    assert uncertainty(findings((0.5, {}))) == 1.0
    assert uncertainty(findings((0.0, {}), (1.0, {}))) == 0.0
    sure, torn = findings((0.02, {"a": 0.02, "b": 0.03})), findings((0.02, {"a": 0.9, "b": 0.02}))
    assert uncertainty(sure) < 0.2 < 0.8 < uncertainty(torn)
    assert uncertainty(findings((0.02, {}), warnings=("implausible_result",))) == 1.0
    assert uncertainty(findings()) is None
    assert uncertainty({"findings": [{"assessed": False, "probability": None}]}) is None


def test_own_structures_keep_their_values():
    worklist = Worklist([])
    plica = worklist.add_structure("  plica ")
    assert (plica.name, plica.label) == ("plica", 101)
    assert worklist.add_structure("Plica") is plica and worklist.add_structure("cyst").label == 102
    with pytest.raises(ValueError, match="name"):
        worklist.add_structure("  ")


def test_the_file_comes_back_as_it_was_and_people_can_read_it(tmp_path):
    worklist = Worklist(cases(CaseState.FLAGGED), Order.UNCERTAIN_FIRST, created="2026-11-29T01:00:00+00:00")
    worklist.add_structure("plica")
    case = worklist.cases[0]
    case.uncertainty, case.planes, case.side, case.label_map = 0.5, {"axial": "ax.nii.gz"}, "left", "seg.nii.gz"
    case.work("A").note, case.work("A").seconds = "Bewegung, schräg", 61.5
    case.final = FinalVersion("B", "2026-11-29T02:00:00+00:00", 2, {"femur": "A"})
    path = tmp_path / "list" / "worklist.json"
    write_worklist(worklist, path)
    assert read_worklist(path) == worklist
    assert "schräg" in path.read_text(encoding="utf-8")
    assert os.listdir(path.parent) == ["worklist.json"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda content: content.update(schema_version=2), "schema version 2"),
        (lambda content: content.update(schema_version=["2"]), r"schema version \['2'\]"),
        (lambda content: content.update(kind="other"), "no worklist"),
        (lambda content: content["cases"][0].pop("images"), "damaged"),
        (lambda content: content["cases"].append(content["cases"][0]), "damaged"),
        (lambda content: content["cases"][0]["readers"]["A"].update(state="eaten"), "damaged"),
        (lambda content: content["cases"][0].update(planes={"up": "x"}), "damaged"),
    ],
)
def test_other_files_are_refused_with_a_remedy(tmp_path, change, words):
    path = tmp_path / "worklist.json"
    write_worklist(Worklist(cases(CaseState.NOT_STARTED)), path)
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    with pytest.raises(WorklistError, match=words) as caught:
        read_worklist(path)
    assert caught.value.remedy and caught.value.where == str(path)


def test_half_a_file_and_none_are_refused(tmp_path):
    path = tmp_path / "worklist.json"
    with pytest.raises(WorklistError, match="no such worklist"):
        read_worklist(path)
    path.write_text('{"kind": "Ortho')
    with pytest.raises(WorklistError, match="damaged"):
        read_worklist(path)


def test_a_worklist_of_500_opens_in_less_than_a_second(tmp_path):
    many = [
        Case(
            f"knee{n:03d}", (f"../knee{n}",), uncertainty=n / 500, readers={r: ReaderWork(note="x" * 80) for r in "AB"}
        )
        for n in range(500)
    ]
    path = tmp_path / "worklist.json"
    write_worklist(Worklist(many, Order.UNCERTAIN_FIRST), path)
    begin = time.process_time()
    worklist = read_worklist(path)
    ordered = worklist.ordered("A")
    next_open(ordered, "", "A")
    worklist.counts("A")
    assert time.process_time() - begin < 0.5
    assert ordered[0].name == "knee499"


# From a folder, from a table


def image(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def test_a_folder_of_studies_gives_a_case_each_and_finds_label_maps_beside_the_images(tmp_path):
    studies, home = tmp_path / "studies", tmp_path / "studies-worklist"
    for file in ("b/sag.nii.gz", "b/cor.nii.gz", "b/b_seg.nii.gz", "a/1.dcm", "c/t1.nrrd", "c/knee.seg.nrrd"):
        image(studies / file)
    worklist = worklist_of_folder(studies, home)
    assert names(worklist.cases) == ["a", "b", "c"]
    a, b, c = worklist.cases
    assert full_path(a.images[0], home) == studies / "a" and not a.label_map
    assert [full_path(one, home) for one in b.images] == [studies / "b/cor.nii.gz", studies / "b/sag.nii.gz"]
    assert full_path(b.label_map, home) == studies / "b/b_seg.nii.gz"
    assert full_path(c.label_map, home) == studies / "c/knee.seg.nrrd"


def test_a_folder_of_files_gives_a_case_a_file(tmp_path):
    for file in ("knee1.nii.gz", "knee1_seg.nii.gz", "knee10.nii.gz", "knee2.nrrd", "labels_of_all.txt"):
        image(tmp_path / "files" / file)
    worklist = worklist_of_folder(tmp_path / "files", tmp_path / "list")
    assert names(worklist.cases) == ["knee1", "knee10", "knee2"]
    assert worklist.cases[0].label_map.endswith("knee1_seg.nii.gz") and not worklist.cases[1].label_map


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(StudyError, match="no folders"):
        worklist_of_folder(tmp_path, tmp_path / "list")
    with pytest.raises(StudyError, match="no such folder"):
        worklist_of_folder(tmp_path / "gone", tmp_path / "list")


def test_a_table_names_cases_planes_sides_and_label_maps(tmp_path):
    table = tmp_path / "cases.csv"
    table.write_text("case;folder;sagittal;axial;side;label_map\nknee A;a;;;left;a/seg.nrrd\nB;;b/s.nii;b/a.nii;;\n")
    worklist = worklist_of_table(table, tmp_path)
    first, second = worklist.cases
    assert (first.name, first.images, first.side, first.label_map) == ("knee_A", ("a",), "left", "a/seg.nrrd")
    assert second.planes == {"sagittal": "b/s.nii", "axial": "b/a.nii"} and second.files == ("b/s.nii", "b/a.nii")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,age\nA,3\n", "no column with images"),
        ("case,folder\nA,a\na,b\n", "Two rows"),
        ("case,folder\nA,\n", "names no image"),
        ("case,folder,side\nA,a,rechts\n", "The side is ‘rechts’"),
        ("case,folder\n", "no rows"),
    ],
)
def test_a_table_that_cannot_be_used_says_which_line(tmp_path, text, words):
    table = tmp_path / "cases.csv"
    table.write_text(text)
    with pytest.raises(WorklistError, match=words) as caught:
        worklist_of_table(table, tmp_path)
    assert caught.value.remedy and "cases.csv" in caught.value.where


def test_names_become_folders_everywhere():
    assert folder_name("  Knee: 4/7 (left)… ") == "Knee_4_7_left"
    assert folder_name("con") == "con_" and folder_name("../..") == "" and folder_name("Müller") == "Müller"
    assert reader_name("") == "reader" and reader_name("Final") == "Final_"


# The lock


def hold_elsewhere(path):
    """Another program that has the worklist open."""
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        "from OrthoDiffusionLib.annotation.lock import WorklistLock\n"
        "lock = WorklistLock(Path(sys.argv[1]), 'Ann')\nprint('held', flush=True)\ntime.sleep(60)\n"
    )
    command, environment = [sys.executable, "-c", code, str(path)], {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout.readline() == "held\n"
    return process


def test_a_worklist_that_is_open_elsewhere_is_told_and_free_again_when_that_program_is_killed(tmp_path):
    path = tmp_path / "worklist.json"
    other = hold_elsewhere(path)
    try:
        with pytest.raises(WorklistError, match="open already: by Ann on .* since 20") as caught:
            WorklistLock(path, "Bob")
        assert caught.value.code == "worklist_open"
    finally:
        other.kill()
        other.wait()
        other.stdout.close()
    lock = WorklistLock(path, "Bob")
    with pytest.raises(WorklistError, match="by Bob"):
        WorklistLock(path, "Bob")
    lock.release()
    lock.release()
    WorklistLock(path, "Cid").release()


def test_a_lock_of_another_computer_counts_as_long_as_it_is_renewed(tmp_path):
    path = tmp_path / "worklist.json"
    theirs = tmp_path / "worklist.json.lock"
    facts = {"reader": "Eve", "computer": "another", "process": 1, "since": time.time(), "renewed": time.time()}
    theirs.write_text(json.dumps(facts))
    with pytest.raises(WorklistError, match="Eve on another"):
        WorklistLock(path, "Bob")
    theirs.write_text(json.dumps({**facts, "renewed": time.time() - FORGOTTEN_SECONDS - 1}))
    WorklistLock(path, "Bob").release()


class Later:
    """The time of a computer that was asleep for an hour."""

    def __getattr__(self, name):
        return getattr(time, name)

    def time(self):
        return time.time() + 3600


def test_a_computer_that_was_asleep_does_not_take_the_worklist_away_from_who_has_it_now(tmp_path, monkeypatch):
    path = tmp_path / "worklist.json"
    ours = WorklistLock(path, "Bob")
    assert ours.check()
    facts = {"reader": "Eve", "computer": "another", "process": 1, "since": 5.0, "renewed": time.time() + 3600}
    theirs = tmp_path / "worklist.json.lock"
    theirs.write_text(json.dumps(facts))
    monkeypatch.setattr("OrthoDiffusionLib.annotation.lock.time", Later())
    ours.renew()
    assert json.loads(theirs.read_text()) == facts, "Eve's lock stays"
    with pytest.raises(WorklistError, match="Eve on another") as caught:
        ours.check()
    assert caught.value.where == str(path)
    theirs.write_text("")  # she has closed it
    assert not ours.check() and ours.check() and json.loads(theirs.read_text())["reader"] == "Bob"
    ours.release()


def test_what_others_did_meanwhile_is_taken_up_and_nobodys_work_is_lost():
    early, late = "2026-03-01T10:00:00+01:00", "2026-03-01T10:30:00+01:00"
    done = CaseState.COMPLETED

    def made(**readers):
        return Case("a", ("a",), readers={name: ReaderWork(*work) for name, work in readers.items()})

    ours = Worklist([made(Bob=(done, "mine", 60.0, late)), Case("b", ("b",))], structures=[OwnStructure("plica", 101)])
    case = ours.case("a")
    theirs = Worklist(
        [
            made(Bob=(CaseState.IN_PROGRESS, "", 30.0, early), Eve=(done, "hers", 50.0, early)),
            Case("b", ("b",), readers={"Bob": ReaderWork(done, "at home", 9.0, early)}),
            Case("c", ("c",)),
        ],
        structures=[OwnStructure("plica", 101), OwnStructure("cyst", 102)],
    )
    theirs.cases[0].final = FinalVersion("Eve", early, 1)
    take_up(ours, theirs, "Bob")
    assert ours.case("a") is case and case.readers["Eve"].note == "hers" and case.readers["Bob"].note == "mine"
    assert case.final.reader == "Eve" and ours.case("b").state("Bob") is done
    assert [one.name for one in ours.cases] == ["a", "b", "c"] and [s.label for s in ours.structures] == [101, 102]


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(OutputError, match="cannot be written") as caught:
        WorklistLock(tmp_path / "gone" / "worklist.json", "Bob")
    assert "Copy the worklist" in caught.value.remedy and isinstance(caught.value, OrthoDiffusionError)


# Versions


def version(folder, when):
    folder.mkdir(parents=True)
    (folder / "segmentation.seg.nrrd").write_bytes(b"x")
    os.utime(folder / "segmentation.seg.nrrd", (when, when))


def test_the_newest_version_is_opened_or_what_was_saved_by_itself_after_it(tmp_path):
    case = CaseFolder(tmp_path, "knee")
    assert case.latest("A") is None and case.next_version("A").name == "v001" and case.readers() == []
    version(case.of("A") / "v001", 100)
    version(case.of("A") / "v002", 200)
    (case.of("A") / "v003").mkdir()  # a write that never came to its end
    assert case.latest("A").version == 2 and case.next_version("A").name == "v004"
    version(case.autosave("A"), 150)
    assert case.latest("A").version == 2, "older than what was saved on purpose"
    os.utime(case.autosave("A") / "segmentation.seg.nrrd", (250, 250))
    assert case.latest("A").version == 0
    version(case.of("B") / "v001", 100)
    version(case.path / "final" / "v001", 100)
    assert case.readers() == ["A", "B"] and len(case.finals()) == 1
