"""The catalogue finds bundles by name, and says which there are."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from OrthoDiffusionLib.bundles import (
    BUNDLES_VARIABLE,
    Bundle,
    available_bundles,
    bundle_folders,
    bundle_path,
    write_bundle,
)
from OrthoDiffusionLib.bundles.catalogue import default_joint
from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.errors import BundleError

WEIGHTS = {"a.safetensors": {"w": np.zeros(2, np.float32)}}


@pytest.fixture
def shelf(tmp_path, monkeypatch, fields):
    """Two versions of a knee bundle, one of a shoulder, and a damaged one; one of the knee came with the program."""
    folder, shipped = tmp_path / "shelf", tmp_path / "shipped"
    write_bundle(shipped / "came", {**fields, "name": "came", "version": "0.1", "joint": "knee"}, WEIGHTS)
    monkeypatch.setattr("OrthoDiffusionLib.bundles.catalogue.resource_path", lambda *_parts: shipped)
    for name, version, joint in [("knee", "0.9", "knee"), ("knee-new", "0.10", "knee"), ("sh", "2", "shoulder")]:
        write_bundle(folder / name, {**fields, "name": name, "version": version, "joint": joint}, WEIGHTS)
    (folder / "broken").mkdir()
    (folder / "broken" / "manifest.json").write_text("{}", encoding="utf-8")
    monkeypatch.setenv(BUNDLES_VARIABLE, str(folder))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))  # what the tester has installed does not count
    return folder


def test_the_catalogue_lists_bundles_and_says_what_is_wrong_with_a_damaged_one(shelf):
    entries = {entry.name: entry for entry in available_bundles() if entry.folder.parent == shelf}
    assert set(entries) == {"knee", "knee-new", "sh", "broken"}
    assert str(entries["broken"].problem) == "manifest.json names no schema version"
    assert (entries["knee"].version, entries["knee"].joint, entries["knee"].problem) == ("0.9", "knee", "")


def test_the_default_is_the_joints_highest_version(shelf):
    assert bundle_path(joint="knee") == shelf / "knee-new"
    assert bundle_path(joint="shoulder") == shelf / "sh"
    with pytest.raises(BundleError, match="No bundle for the ankle was found; there are bundles for the .*knee"):
        bundle_path(joint="ankle")


def test_where_no_joint_is_named_the_knee_is_meant(shelf):
    assert default_joint() == "knee" and bundle_path() == shelf / "knee-new"
    for name in ("knee", "knee-new"):
        shutil.rmtree(shelf / name)
    assert bundle_path() == shelf.parent / "shipped" / "came"  # not the shoulder's, though its folder comes first


def test_bundles_of_several_other_joints_are_no_default(shelf, fields):
    for folder in (shelf / "knee", shelf / "knee-new", shelf.parent / "shipped" / "came"):
        shutil.rmtree(folder)
    write_bundle(shelf / "an", {**fields, "name": "an", "version": "1", "joint": "ankle"}, WEIGHTS)
    for ask in (bundle_path, default_joint):
        with pytest.raises(BundleError, match="bundles for ankle and shoulder, and none was named") as caught:
            ask()
        assert caught.value.remedy == "Name one of an, sh." and str(shelf) in caught.value.where


def test_a_bundle_of_another_joint_in_a_folder_that_comes_first_is_no_default_for_all(shelf):
    for name in ("knee", "knee-new"):
        shutil.rmtree(shelf / name)
    assert bundle_path(joint="shoulder") == shelf / "sh"
    assert bundle_path(joint="knee") == shelf.parent / "shipped" / "came"


def test_a_bundle_is_found_by_name_and_by_folder(shelf):
    assert bundle_path("knee") == shelf / "knee"
    assert bundle_path(shelf / "sh") == shelf / "sh"
    assert Bundle.open(bundle_path("knee")).manifest.version == "0.9"
    with pytest.raises(BundleError, match="no bundle ‘hip’") as caught:
        bundle_path("hip")
    # The default bundle is among them, whatever its name.
    assert {"knee", "knee-new", "sh"} <= set(caught.value.remedy.split(": ")[1].rstrip(".").split(", "))


def test_bundles_of_the_environment_come_before_those_of_the_library(shelf):
    assert bundle_folders() == [shelf, shelf.parent / "shipped"]


def test_the_list_of_bundles_marks_the_default_of_each_joint(shelf, capsys):
    assert main(["bundle", "list"]) == 0
    defaults = [line for line in capsys.readouterr().out.splitlines() if " default " in line]
    assert [line.split()[0] for line in defaults] == ["knee-new", "sh"]
