"""A new folder takes an older one's place whole, or the older one stays."""

from __future__ import annotations

import os

import pytest

from OrthoDiffusionLib.findings.complete_folder import exchange_folder


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
