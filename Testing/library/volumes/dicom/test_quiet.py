"""No warning that quotes a header, whatever other threads do at the time."""

from __future__ import annotations

import logging
import threading
import warnings

import pydicom
import pytest

from OrthoDiffusionLib.volumes.dicom.exam_header import exam_headers
from OrthoDiffusionLib.volumes.dicom.quiet import quiet_pydicom


def unusual() -> None:
    pydicom.Dataset().PatientSex = "jane doe, not a code"


def test_a_thread_that_is_done_does_not_let_the_others_speak(caplog):
    inside, done, said = threading.Event(), threading.Event(), []

    def first() -> None:
        with quiet_pydicom():
            inside.set()
            done.wait(10)

    def second() -> None:
        with quiet_pydicom():
            done.set()
            thread.join()
            with warnings.catch_warnings(record=True) as caught:
                unusual()
            said.extend(caught)

    with pytest.warns(UserWarning, match="jane doe"):
        unusual()  # it would speak
    caplog.clear()
    thread = threading.Thread(target=first)
    thread.start()
    inside.wait(10)
    other = threading.Thread(target=second)
    other.start()
    other.join()
    assert not said and "doe" not in caplog.text
    with pytest.warns(UserWarning, match="jane doe"):
        unusual()  # nobody is in such a block any more


def test_it_is_over_when_a_damaged_file_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(logging.getLogger("pydicom"), "disabled", False)  # a node of this process ends it for good
    path = tmp_path / "damaged.dcm"
    path.write_bytes(b"no")
    told = exam_headers([path])
    assert next(told) == (path, None)
    assert not logging.getLogger("pydicom").disabled
