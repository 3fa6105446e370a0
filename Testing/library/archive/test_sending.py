"""What of a folder is sent, from wherever the user names it."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from library.archive.conftest import make_instance, wait_until

from OrthoDiffusionLib.archive.address import parse_address
from OrthoDiffusionLib.archive.archive import Caller, open_archive
from OrthoDiffusionLib.archive.faults import GONE
from OrthoDiffusionLib.archive.sending import objects_below, send_objects
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


def test_an_archive_that_goes_while_an_object_is_encoded_is_gone_at_once(ear, tmp_path, monkeypatch):
    from pynetdicom import association

    node = ear()
    paths = [tmp_path / f"{number}.dcm" for number in range(3)]
    for number, path in enumerate(paths):
        make_instance(number + 1).save_as(path, enforce_file_format=True)
    encode, encoded = association.encode, []

    def encode_while_it_goes(*arguments):
        encoded.append(arguments)
        if len(encoded) == 2:
            node.receiver.stop()
            # pynetdicom itself has taken the message that the connection ended
            wait_until(lambda: not any(one.name.startswith("RequestorThread") for one in threading.enumerate()))
        return encode(*arguments)

    monkeypatch.setattr(association, "encode", encode_while_it_goes)
    archive = open_archive(parse_address(f"dicom://NODE@127.0.0.1:{node.port}"), Caller(ae_title="MR1"))
    begun = time.monotonic()
    with pytest.raises(ArchiveError) as caught:
        send_objects(archive, paths)
    assert caught.value.code == GONE and len(encoded) == 2
    assert time.monotonic() - begun < 20
