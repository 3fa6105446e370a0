"""What of a folder is sent, from wherever the user names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from OrthoDiffusionLib.archive.sending import objects_below
from OrthoDiffusionLib.errors import ArchiveError


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / ".hidden" / "results"
    for name in ("knee_1/dicom/report.dcm", ".knee_2.staged/dicom/report.dcm", "knee_1/dicom/.half.dcm"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


@pytest.mark.parametrize(("place", "named"), [(".", "."), ("knee_1", "."), ("knee_1/dicom", "."), ("..", "results")])
def test_objects_are_found_from_within_a_folder_and_without_those_half_written(results, monkeypatch, place, named):
    monkeypatch.chdir(results / place)
    found = [path.resolve() for path in objects_below(Path(named))]
    assert found == [results / "knee_1" / "dicom" / "report.dcm"]


def test_images_are_found_whatever_they_are_called(tmp_path):
    for name, head in (("IM0001", b"DICM"), ("IM2.DCM", b"DICM"), ("DICOMDIR", b"DICM"), ("letter.txt", b"text")):
        (tmp_path / name).write_bytes(b"\0" * 128 + head)
    assert [path.name for path in objects_below(tmp_path)] == ["IM0001", "IM2.DCM"]


def test_a_folder_without_objects_is_refused(tmp_path):
    with pytest.raises(ArchiveError, match="no DICOM objects"):
        objects_below(tmp_path)
