"""The process that makes surfaces: cancelled, it ends with all its children, and its files go."""

import time
from pathlib import Path

import pytest


def surface_processes():
    """IDs of processes that make surfaces, the launcher and its child."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
            state = (folder / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except (OSError, IndexError):
            continue
        if b"OrthoDiffusionSlicer.scene.Surfaces" in command and state != "Z":
            found.append(int(folder.name))
    return found


def folders(slicer):
    return list(Path(slicer.app.temporaryPath).glob("surfaces-*"))


@pytest.fixture
def none_before(slicer, wait_for):
    """What earlier tests have stopped is gone."""
    wait_for(lambda: not surface_processes() and not folders(slicer), seconds=20)


@pytest.fixture
def making(slicer, none_before, panel, knee, click, wait_for):
    """An analysis that is done and whose surfaces are being made by the launcher's child."""
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.run._surfaces.busy and len(surface_processes()) == 2)
    return panel


@pytest.mark.parametrize("moment", ["at once", "while it works"])
def test_a_cancelled_surface_step_ends_the_launchers_child_and_deletes_its_files(slicer, making, wait_for, moment):
    if moment == "while it works":
        wait_for(lambda: any(folder.glob("*.vtp") for folder in folders(slicer)) or not making.run._surfaces.busy)
    making.run._surfaces.stop()
    wait_for(lambda: not surface_processes(), seconds=10)
    wait_for(lambda: not folders(slicer), seconds=10)
    end = time.monotonic() + 1.0
    while time.monotonic() < end:
        slicer.app.processEvents()
        assert not folders(slicer), "a child that went on has made its files again"


def test_a_new_analysis_ends_the_surfaces_of_the_earlier_one(slicer, making, click, wait_for):
    before = surface_processes()
    click(making.ui.analyzeButton)
    wait_for(lambda: not set(before) & set(surface_processes()), seconds=10)


def test_surfaces_that_cannot_be_started_are_said_and_the_findings_stay(
    slicer, none_before, panel, knee, click, wait_for
):
    panel.run._surfaces._program = "/no/such/PythonSlicer"
    click(panel.ui.analyzeButton)
    wait_for(lambda: "No surfaces for the 3D view: the process could not be started" in panel.ui.stageLabel.text)
    assert panel.ui.findingsTable.rowCount == 8 and not folders(slicer)
