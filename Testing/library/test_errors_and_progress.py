"""What a person reads when something goes wrong, and how progress travels."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys

import numpy as np
import pytest

from OrthoDiffusionLib.cli.console import print_error
from OrthoDiffusionLib.errors import Notice, OrthoDiffusionError, StudyError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.progress import Cancelled, Progress, part_of, report, told_as
from OrthoDiffusionLib.reports.csv_rows import failure_row
from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.volumes import Geometry, Volume


def test_an_error_reads_as_what_where_and_remedy():
    error = StudyError("The volume has 2 slices", where="series 4", remedy="Choose the full series")
    assert str(error) == "The volume has 2 slices (series 4). Choose the full series."
    assert error.as_dict()["remedy"] == "Choose the full series"


def test_an_error_survives_the_way_to_another_process():
    error = pickle.loads(pickle.dumps(StudyError("a", where="b", remedy="c", log_path="d", code="e")))
    assert isinstance(error, StudyError)
    assert (error.what, error.where, error.remedy, error.log_path, error.code) == ("a", "b", "c", "d", "e")
    assert isinstance(error, OrthoDiffusionError)


def test_a_refusal_carries_the_code_of_the_notice_of_its_kind_and_the_terminal_shows_it():
    shown = io.StringIO()
    print_error(StudyError("The images show two knees", remedy="Say which", code="two_joints"), shown)
    print_error(StudyError("No volume was given"), shown)
    assert shown.getvalue().splitlines() == [
        "Error [two_joints]: The images show two knees.",
        "  What to do: Say which.",
        "Error: No volume was given.",
    ]
    row = failure_row("knee", StudyError("The images show two knees", code="two_joints"))
    assert (row["status"], row["error_code"]) == ("failed", "two_joints")


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("PD\x1b[31m SAG", "PD?[31m SAG"),  # would colour the terminal
        ("PD\r\nSAG\tFS", "PD  SAG FS"),
        ("abc\u202egas", "abc?gas"),  # would turn the rest round
        ("bad \udcff name", "bad ? name"),
        ("Knie rechts, 膝, genou à 1\u00a0mm", "Knie rechts, 膝, genou à 1 mm"),
    ],
)
def test_what_a_header_or_a_file_name_holds_cannot_write_over_the_terminal(stored, shown):
    grid = Geometry((4, 4, 4), np.eye(4))
    assert Volume(np.zeros(grid.shape), grid, name=stored).name == shown
    assert Notice("few_slices", where=stored, values={"slices": 4}).where == shown
    assert StudyError(Message("study", "constant"), where=stored).where == shown


def test_a_notice_keeps_its_parts():
    notice = Notice("missing_plane", where="study", values={"plane": "coronal"})
    parts = {
        "code": "missing_plane", "what": "The coronal plane is missing", "where": "study",
        "remedy": "Findings that these planes show best are less certain or not assessed.",
        "variant": "", "values": {"plane": "coronal"},
    }  # fmt: skip
    assert notice.as_dict() == parts
    assert Notice.from_dict(parts) == notice
    assert notice != Notice("missing_plane", where="study", values={"plane": "axial"})
    with pytest.raises(ValueError, match="must have a code"):
        Notice("")


def test_progress_beyond_the_whole_is_refused():
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        Progress("encode", 1.2, "")


def test_progress_of_a_part_is_placed_in_the_whole_and_can_stop_it():
    heard = []
    inner = part_of(heard.append, 0.5, 0.7)
    report(inner, "fuse", 0.5, "half-way")
    assert heard[0].fraction == pytest.approx(0.6)
    report(None, "fuse", 0.5, "nobody listens")

    def stop(progress):
        raise Cancelled

    with pytest.raises(Cancelled):
        report(part_of(stop, 0, 1), "fuse", 0.1, "")


def test_steps_that_serve_one_purpose_are_told_as_that_purpose():
    heard = []
    inner = told_as(heard.append, "Finding the side")
    for stage in ("prepare", "encode"):
        report(inner, stage, 0.5, f"now {stage}")
    assert [(one.stage, one.message.text) for one in heard] == [
        ("prepare", "Finding the side"), ("encode", "Finding the side")]  # fmt: skip
    assert told_as(None, "Finding the side") is None


def test_resources_lie_beside_the_library():
    assert (resource_path("SampleData", "README.md")).is_file()


def test_importing_the_library_and_its_plain_packages_loads_no_torch():
    code = (
        "import sys, OrthoDiffusionLib, OrthoDiffusionLib.volumes, OrthoDiffusionLib.views;"
        "assert 'torch' not in sys.modules and 'monai' not in sys.modules and 'pydicom' not in sys.modules;"
        "OrthoDiffusionLib.Study, OrthoDiffusionLib.Side, OrthoDiffusionLib.read_volume"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
