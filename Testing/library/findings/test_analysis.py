"""The results folder: as the contract says, complete or not there."""

from __future__ import annotations

import csv
import errno
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from PIL import Image

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.findings import Analysis, Measurement, OperatingPoint
from OrthoDiffusionLib.findings import analysis as analysis_module
from OrthoDiffusionLib.findings.analysis import check_results_folder
from OrthoDiffusionLib.findings.review import Review
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes import Geometry, Plane, read_volume

PICTURE = Image.new("RGB", (30, 20), (10, 20, 30))


def test_the_folder_holds_what_the_contract_names(analysis, tmp_path):
    folder = analysis.save(tmp_path / "new" / "results", overview=PICTURE)
    found = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert found == [
        "evidence/joint_effusion.nii.gz", "findings.csv", "findings.json", "overview.png",
        "segmentation.nii.gz", "segmentation.seg.nrrd",
    ]  # fmt: skip
    content = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    assert list(content) == [
        "schema_version", "study", "bundle", "findings", "structures", "measurements", "warnings", "intended_use",
        "created",
    ]  # fmt: skip
    assert content["study"] == {
        "joint": "knee", "side": "right", "side_source": "tag",
        "planes": {"sagittal": "sag pd fs", "axial": "ax ‘T2’"}, "uids": {"study": "1.2.3"},
    }  # fmt: skip
    assert content["findings"][0] == {
        "name": "joint_effusion", "assessed": True, "probability": 0.91,
        "by_plane": {"sagittal": 0.9, "axial": 0.8}, "point_ras": [12.1, 30.4, -8.0],
        "evidence": "evidence/joint_effusion.nii.gz", "note": "Fluid, “plenty”; seen in two planes",
        "operating_point": {"threshold": 0.4, "sensitivity": 0.8, "specificity": 0.9},
        "review": {"decision": "accepted", "note": "seen", "time": "2026-01-01T10:00:00+01:00"},
    }  # fmt: skip
    assert content["findings"][1]["probability"] is None and content["findings"][1]["point_ras"] is None
    femur, *_, fluid = content["structures"]
    assert femur["name"] == "femur" and femur["volume_ml"] > 100 and femur["complete"] is False
    assert fluid == {"name": "joint_fluid", "label": 18, "volume_ml": 0.0, "complete": False}
    assert content["measurements"][0] == {
        "name": "insall_salvati_ratio", "value": 1.12, "unit": "1", "range": [0.8, 1.3], "source": "somebody",
        "points_ras": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "note": "",
    }  # fmt: skip
    assert content["measurements"][1]["value"] is None and "cut off" in content["measurements"][1]["note"]
    assert content["warnings"][0]["code"] == "missing_plane"
    assert content["warnings"][0]["values"] == {"plane": "coronal"}
    assert "Not a medical device" in content["intended_use"]


def test_an_operating_point_has_as_many_digits_as_the_probability(analysis, tmp_path):
    counted = OperatingPoint(0.25, 1.0, 74 / 75)
    findings = (replace(analysis.findings[0], operating_point=counted), *analysis.findings[1:])
    folder = replace(analysis, findings=findings).save(tmp_path / "results")
    content = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    assert content["findings"][0]["operating_point"]["specificity"] == 0.9867
    assert ",0.25,1.0,0.9867," in (folder / "findings.csv").read_text(encoding="utf-8")


def test_the_table_says_the_same_in_one_row_a_finding(analysis, tmp_path):
    folder = analysis.save(tmp_path / "results")
    with open(folder / "findings.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8
    assert rows[0]["name"] == "joint_effusion" and rows[0]["probability"] == "0.91"
    assert (rows[0]["by_plane_axial"], rows[0]["by_plane_coronal"], rows[0]["point_ras_z"]) == ("0.8", "", "-8.0")
    assert rows[0]["note"] == "Fluid, “plenty”; seen in two planes"
    assert (rows[1]["assessed"], rows[1]["probability"]) == ("false", "")


def test_another_program_finds_the_meniscus_at_the_same_place_in_both_label_files(analysis, tmp_path):
    folder = analysis.save(tmp_path / "results")
    expected = analysis.segmentation.centroid_ras("medial_meniscus")
    for name in ("segmentation.nii.gz", "segmentation.seg.nrrd"):
        image = sitk.ReadImage(str(folder / name))
        shape = sitk.LabelShapeStatisticsImageFilter()
        shape.Execute(image)
        x, y, z = shape.GetCentroid(8)
        assert (-x, -y, z) == pytest.approx(expected, abs=0.01)  # ITK counts to the left and posterior


def test_labels_on_an_oblique_left_handed_input_lie_at_the_same_place_in_the_patient(analysis, right_knee, tmp_path):
    angle = np.deg2rad(20.0)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    directions = turn @ np.diag([1.0, 1.0, -1.0])  # left-handed
    middle = right_knee.centroid_ras("lateral_meniscus")
    grid = Geometry.from_axes((70, 70, 40), spacing_mm=(0.9, 0.9, 1.5), directions=directions, centre_ras=tuple(middle))
    folder = analysis.save(tmp_path / "results", on_inputs={Plane.AXIAL: grid})
    found = read_volume(folder / "segmentation_axial.nii.gz")
    assert found.geometry.is_same_grid(grid, tolerance_mm=1e-3)
    place = found.geometry.to_ras(np.argwhere(found.array == 9).astype(float)).mean(axis=0)
    assert place == pytest.approx(middle, abs=0.5)
    # made again over the old one: the file counts as ours
    analysis.save(folder, overwrite=True)
    assert not (folder / "segmentation_axial.nii.gz").exists()


def test_what_was_saved_is_loaded(analysis, tmp_path):
    again = Analysis.load(analysis.save(tmp_path / "results"))
    assert again.study == analysis.study and again.study.side is Side.RIGHT
    assert (again.bundle, again.notices, again.created) == (analysis.bundle, analysis.notices, analysis.created)
    assert again.findings == analysis.findings
    assert np.array_equal(again.findings[0].evidence.array, analysis.findings[0].evidence.array)
    assert np.array_equal(again.segmentation.labels.array, analysis.segmentation.labels.array)
    assert again.segmentation.labels.geometry.is_same_grid(analysis.segmentation.labels.geometry)
    assert again.as_dict() == analysis.as_dict()


def test_an_older_result_is_kept_unless_overwriting_is_asked_for(analysis, tmp_path):
    folder = analysis.save(tmp_path / "results", overview=PICTURE)
    with pytest.raises(OutputError, match="exists already") as caught:
        analysis.save(folder)
    assert "--overwrite" in caught.value.remedy
    assert (folder / "overview.png").exists()
    analysis.save(folder, overwrite=True)
    assert not (folder / "overview.png").exists() and (folder / "findings.json").exists()
    assert os.listdir(tmp_path) == ["results"]


def test_a_readers_decisions_are_replaced_by_nothing_but_later_ones(analysis, tmp_path):
    first, *others = (replace(finding, review=None) for finding in analysis.findings)
    undecided = replace(analysis, findings=(first, *others))
    decided = replace(analysis, findings=(replace(first, review=Review("rejected")), *others))
    folder = decided.save(tmp_path / "results")
    with pytest.raises(OutputError, match=f"decisions, such as that on {first.name}"):
        undecided.save(folder, overwrite=True)
    assert Analysis.load(folder).findings[0].review == Review("rejected")
    again = Analysis.load(folder)
    again.save(folder, overwrite=True)
    assert Analysis.load(folder).findings[0].review == Review("rejected")


@pytest.mark.parametrize("names", [["thesis.docx"], ["findings.json", "thesis.docx"], ["holiday.png"]])
def test_a_folder_with_other_files_is_never_replaced(analysis, tmp_path, names):
    folder = tmp_path / "papers"
    folder.mkdir()
    for name in names:
        (folder / name).write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=f"holds other files, such as {names[-1]}"):
        analysis.save(folder, overwrite=True)
    assert (folder / names[-1]).read_text(encoding="utf-8") == "mine" and os.listdir(tmp_path) == ["papers"]


def test_an_empty_folder_is_filled_and_a_file_in_the_way_is_named(analysis, tmp_path):
    (tmp_path / "empty").mkdir()
    analysis.save(tmp_path / "empty")
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="is a file"):
        analysis.save(tmp_path / "file", overwrite=True)


def test_a_folder_a_file_browser_has_looked_into_is_still_replaced(analysis, tmp_path):
    folder = analysis.save(tmp_path / "results")
    (folder / ".DS_Store").write_bytes(b"x")
    analysis.save(folder, overwrite=True)
    assert not (folder / ".DS_Store").exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [("a" * 300, "File name too long"), ("a\0b", "name of the results folder"), ("/", "top of a disk")],
)
def test_a_folder_that_can_never_be_is_refused_before_any_work(tmp_path, name, words):
    with pytest.raises(OutputError, match=words) as caught:
        check_results_folder(tmp_path / name, overwrite=False)
    assert caught.value.remedy
    assert os.listdir(tmp_path) == []


def test_a_name_as_long_as_the_disk_allows_is_no_fault(analysis, tmp_path):
    analysis.save(tmp_path / ("ü" * 125))
    assert os.listdir(tmp_path) == ["ü" * 125]


def test_a_disk_that_is_nearly_full_is_said_before_any_work(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - 2_000_000, 2_000_000))
    with pytest.raises(OutputError, match="The disk is full: 2 MB are free") as caught:
        check_results_folder(tmp_path / "results", overwrite=False)
    assert "Free some space" in caught.value.remedy
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("stop", [KeyboardInterrupt, MemoryError])
@pytest.mark.parametrize("at", ["write_volume", "write_segmentation_nrrd", "write_findings_csv"])
def test_stopped_at_any_file_nothing_is_left_and_the_older_result_stays(analysis, tmp_path, monkeypatch, stop, at):
    folder = analysis.save(tmp_path / "results", overview=PICTURE)

    def interrupt(*_, **__):
        raise stop

    monkeypatch.setattr(analysis_module, at, interrupt)
    with pytest.raises(stop):
        analysis.save(folder, overwrite=True)
    with pytest.raises(stop):
        analysis.save(tmp_path / "a" / "b" / "results")
    assert os.listdir(tmp_path) == ["results"]
    assert len(Analysis.load(folder).findings) == 8


def test_a_full_disk_is_said_and_leaves_nothing_behind(analysis, tmp_path):
    # A limit on the size of files stands in for a disk that ends: the write fails in the same place.
    old_signal = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(OutputError, match="The disk is full") as caught:
            analysis.save(tmp_path / "a" / "results")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old_signal)
    assert caught.value.where == str(tmp_path / "a" / "results") and "Free some space" in caught.value.remedy
    assert os.listdir(tmp_path) == []


def test_a_disk_that_fills_up_at_the_last_moment_leaves_nothing_behind(analysis, tmp_path, monkeypatch):
    def no_space(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OutputError, match="The disk is full"):
        analysis.save(tmp_path / "results")
    assert os.listdir(tmp_path) == []


def test_a_folder_that_may_not_be_written_is_said(analysis, tmp_path):
    if os.geteuid():
        place = tmp_path / "locked"
        place.mkdir(mode=0o500)
    else:  # root may write anywhere but into the kernel's own file system
        place = Path("/proc/sys")
    with pytest.raises(OutputError, match=r"cannot be written|could not be written") as caught:
        analysis.save(place / "results")
    assert caught.value.remedy.startswith("Choose a")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.update(schema_version=3), "schema version 3; this program reads versions 1 to 2"),
        (lambda c: c.pop("schema_version"), "names no schema version"),
        (lambda c: c.pop("findings"), "lacks findings"),
        (lambda c: c["findings"][0].pop("by_plane"), "'by_plane' is missing"),
        (lambda c: c["findings"][0].update(probability=1.5), r"probability must be in \[0, 1\]"),
        (lambda c: c["findings"][0].update(evidence="../../secret.nii.gz"), "not in the evidence folder"),
        (lambda c: c["structures"].pop(0), r"got \[1\] as well"),
        (lambda c: c["measurements"][0].update(value="wide"), "could not convert"),
        (lambda c: c["measurements"][1].update(note=""), "must say why"),
        (lambda c: c["findings"][0]["review"].update(decision="maybe"), "decision must be one of accepted"),
        (lambda c: c["study"].update(side="middle"), "'middle' is not a valid Side"),
        # of a program of others, or edited by hand
        (lambda c: c.update(schema_version=[3]), r"schema version \[3\]"),
        (lambda c: c["measurements"][0].update(range=[0.8]), "out of range"),
        (lambda c: c["measurements"][0].update(unit=""), "unit must not be empty"),
        (lambda c: c["findings"][0].update(point_ras=[10**400, 0, 0]), "too large"),
        (lambda c: c.update(schema_version=1, findings=["joint_effusion"]), "not a mapping"),
    ],
)
def test_results_that_contradict_themselves_are_refused(analysis, tmp_path, change, message):
    folder = analysis.save(tmp_path / "results")
    path = folder / "findings.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(OutputError, match=message) as caught:
        Analysis.load(folder)
    assert caught.value.where == str(path)


def test_results_of_schema_version_1_are_still_read(analysis, tmp_path):
    folder = analysis.save(tmp_path / "results")
    path = folder / "findings.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["schema_version"] = 1
    del content["measurements"], content["study"]["uids"]
    del content["warnings"][0]["values"], content["warnings"][0]["variant"]
    content["warnings"][0]["what"] = "No coronal volume"
    for finding in content["findings"]:
        del finding["operating_point"], finding["review"]
        finding.pop("note_message", None)
    path.write_text(json.dumps(content), encoding="utf-8")
    old = Analysis.load(folder)
    assert old.measurements == () and old.study.uids == {}
    assert old.finding("joint_effusion").probability == 0.91
    assert old.finding("joint_effusion").operating_point is None
    assert (old.notices[0].code, old.notices[0].what) == ("missing_plane", "No coronal volume")


def test_results_of_a_newer_program_keep_their_words(analysis, tmp_path):
    folder = analysis.save(tmp_path / "results")
    path = folder / "findings.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["warnings"] = [
        {"code": "from_the_future", "variant": "x", "what": "Said later", "where": "", "remedy": "Wait.", "values": {}},
        {"code": "missing_plane", "variant": "", "what": "Said otherwise", "where": "", "remedy": "", "values": {}},
        {"code": "missing_plane", "variant": "", "what": "old words", "where": "", "remedy": "",
         "values": {"plane": "axial", "sequences": [{"name": "pd"}]}, "weight": 3},
    ]  # fmt: skip
    content["findings"][1].update(note="Words", note_message={"code": "from_the_future", "values": {"a": 1}})
    path.write_text(json.dumps(content), encoding="utf-8")
    newer = Analysis.load(folder)
    assert [notice.what for notice in newer.notices] == ["Said later", "Said otherwise", "The axial plane is missing"]
    assert newer.notices[0].remedy == "Wait." and newer.findings[1].note.text == "Words"
    assert [notice.code for notice in newer.notices] == ["from_the_future", "missing_plane", "missing_plane"]


def test_notes_come_back_as_what_they_are_made_of(analysis, tmp_path):
    note = Message("lower_confidence", values={"planes": ["coronal", "axial"], "count": 2})
    noted = replace(
        analysis,
        findings=(replace(analysis.findings[0], note=note), *analysis.findings[1:]),
        measurements=(
            Measurement(
                "tt_tg_distance", None, "mm", note=Message("not_measured", "not_found", {"structure": "tibia"})
            ),
        ),
    )
    folder = noted.save(tmp_path / "results")
    back = Analysis.load(folder)
    assert back.findings[0].note == note and back.measurements == noted.measurements
    entry = json.loads((folder / "findings.json").read_text(encoding="utf-8"))["findings"][0]
    assert entry["note"] == "The coronal and axial views, which show this best, are missing; confidence is lower."


def test_a_folder_without_results_and_a_damaged_file_are_refused(analysis, tmp_path):
    with pytest.raises(OutputError, match=r"findings\.json is missing"):
        Analysis.load(tmp_path)
    folder = analysis.save(tmp_path / "results")
    (folder / "findings.json").write_text('{"schema_version": NaN}', encoding="utf-8")
    with pytest.raises(OutputError, match=r"findings\.json is damaged: NaN is no JSON number"):
        Analysis.load(folder)


def test_saved_folders_are_readable_for_those_the_umask_allows(analysis, tmp_path):
    script = (
        "import os, sys; os.umask(0o027); from pathlib import Path;"
        "from OrthoDiffusionLib.findings.complete_folder import complete_folder\n"
        "with complete_folder(Path(sys.argv[1]), overwrite=False, ours=bool, marker='x') as f: (f / 'x').touch()"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "results")], check=True)
    assert (tmp_path / "results").stat().st_mode & 0o777 == 0o750
