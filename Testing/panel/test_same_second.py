"""Folders that are named after the time: what two windows of Slicer save in one second is all there."""

from __future__ import annotations

import json
import os
from pathlib import Path

import handmade
import pytest


@pytest.fixture
def just_before(monkeypatch):
    """Has another window do something at the last moment before a folder of a name is made; tells what came of it."""

    def arrange(name, action):
        make, waiting, done = os.mkdir, [action], []

        def mkdir(path, *arguments, **more):
            if waiting and Path(path).name.startswith(name):
                done.append(waiting.pop()())
            return make(path, *arguments, **more)

        monkeypatch.setattr(os, "mkdir", mkdir)
        return done

    return arrange


def test_the_objects_of_both_analyses_are_kept(slicer, module, just_before, tmp_path):
    from OrthoDiffusionSlicer.panel.KeptObjects import keepObjects

    for window in ("one", "other"):
        objects = tmp_path / window / "dicom"
        objects.mkdir(parents=True)
        (objects / "report.dcm").write_text(window, encoding="utf-8")
    kept = str(tmp_path / "kept")
    others = just_before("dicom_2", lambda: keepObjects(tmp_path / "other", kept))
    mine = keepObjects(tmp_path / "one", kept)
    assert (mine / "report.dcm").read_text(encoding="utf-8") == "one"
    assert (others[0] / "report.dcm").read_text(encoding="utf-8") == "other" and others[0] != mine


def test_each_report_is_saved_into_a_folder_of_its_own(slicer, module, just_before, tmp_path):
    from OrthoDiffusionSlicer.panel.ShownReport import ShownReport

    content = json.loads((handmade.save_results(tmp_path / "results") / "findings.json").read_text(encoding="utf-8"))
    table = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTableNode", "Knee findings")
    report = ShownReport(table, content)
    others = just_before("knee_right_2", lambda: report.save(tmp_path / "saved"))
    mine = report.save(tmp_path / "saved")
    assert others[0] != mine
    for folder in (mine, others[0]):
        assert {path.name for path in folder.iterdir()} == {
            "findings.csv", "findings.json", "report.html", "report.txt",
        }  # fmt: skip
