"""A new folder takes an older one's place whole, or the older one stays."""

from __future__ import annotations

import os

import pytest

from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.findings import complete_folder as module
from OrthoDiffusionLib.findings.complete_folder import check_free, complete_folder, exchange_folder


@pytest.fixture
def older(tmp_path):
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / "older").touch()
    return folder


def test_a_new_folder_takes_the_place_of_an_older_one(older, tmp_path):
    new = tmp_path / ".new"
    new.mkdir()
    (new / "newer").touch()
    exchange_folder(new, older, tmp_path / ".aside")
    assert os.listdir(tmp_path) == ["results"] and os.listdir(older) == ["newer"]


def test_of_two_that_began_at_once_the_later_one_is_refused_and_the_first_one_stays(tmp_path):
    """Nothing was there when either began."""
    how = {"overwrite": False, "ours": lambda name: name == "results.txt", "marker": "results.txt"}
    with (
        pytest.raises(OutputError, match="already"),
        complete_folder(tmp_path / "results", **how) as later,
        complete_folder(tmp_path / "results", **how) as first,
    ):
        for folder in (later, first):
            (folder / "results.txt").write_text("first" if folder is first else "later", encoding="utf-8")
    assert (tmp_path / "results" / "results.txt").read_text(encoding="utf-8") == "first"
    assert os.listdir(tmp_path) == ["results"]


def test_what_another_program_put_there_after_the_last_look_stays(tmp_path, monkeypatch):
    folder, looks = tmp_path / "results", []

    def look_and_then_the_other_comes(place, *how):
        check_free(place, *how)
        looks.append(place)
        if len(looks) == 2:
            folder.mkdir()
            (folder / "results.txt").write_text("first", encoding="utf-8")

    monkeypatch.setattr(module, "check_free", look_and_then_the_other_comes)
    how = {"overwrite": False, "ours": lambda name: name == "results.txt", "marker": "results.txt"}
    with pytest.raises(OutputError, match="already"), complete_folder(folder, **how) as later:
        (later / "results.txt").write_text("later", encoding="utf-8")
    assert (folder / "results.txt").read_text(encoding="utf-8") == "first"
    assert os.listdir(tmp_path) == ["results"]


def test_an_older_folder_comes_back_where_the_new_one_cannot_be_put(older, tmp_path):
    with pytest.raises(OSError):
        exchange_folder(tmp_path / ".not_there", older, tmp_path / ".aside")
    assert os.listdir(tmp_path) == ["results"] and os.listdir(older) == ["older"]


def test_an_older_folder_that_cannot_come_back_is_not_deleted(older, tmp_path, monkeypatch):
    """A share that went away between the two renames."""
    rename = os.rename

    def once(source, target):
        monkeypatch.setattr(os, "rename", lambda *_: (_ for _ in ()).throw(OSError(5, "gone")))
        rename(source, target)

    monkeypatch.setattr(os, "rename", once)
    with pytest.raises(OSError, match="gone"):
        exchange_folder(tmp_path / ".new", older, tmp_path / ".aside")
    assert os.listdir(tmp_path / ".aside") == ["older"]
