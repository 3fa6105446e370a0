"""A bundle from a folder or a .zip file is there whole and verified, or not at all; nothing else comes with it."""

from __future__ import annotations

import io
import os
import shutil
import stat
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from OrthoDiffusionLib.bundles import (
    BUNDLES_VARIABLE,
    Bundle,
    available_bundles,
    bundle_folders,
    bundles_in,
    install_bundle,
    installing,
    remove_bundle,
    user_bundles_folder,
    write_bundle,
)
from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.errors import BundleError, OutputError
from OrthoDiffusionLib.resources import resource_path


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """Where bundles are installed: the user's own folder, which does not exist yet."""
    monkeypatch.delenv(BUNDLES_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(sys, "platform", "linux")
    return tmp_path / "data" / "OrthoDiffusion" / "bundles"


def zipped(bundle, path, *, inside="knee/", extra=()):
    """A .zip file of a bundle; extra: (name, content) or a ZipInfo with content."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(bundle.folder.iterdir()):
            archive.write(file, inside + file.name)
        for name, content in extra:
            archive.writestr(name, content)
    return path


def nothing_left(folder):
    return not folder.exists() or list(folder.iterdir()) == []


@pytest.mark.parametrize("inside", ["", "knee/"])
def test_a_zip_file_of_a_bundle_is_installed_by_name_and_version(bundle, shelf, tmp_path, inside):
    path = zipped(bundle, tmp_path / "b.zip", inside=inside, extra=[("__MACOSX/knee/._manifest.json", b"x")])
    installed = install_bundle(path, shelf)
    assert installed.folder == shelf / "knee-small-0.1" and installed.sha256 == bundle.sha256
    assert sorted(os.listdir(shelf)) == ["knee-small-0.1"]
    assert {entry.folder for entry in available_bundles() if not entry.problem} >= {installed.folder}


def test_a_folder_is_installed_and_the_same_bundle_again_changes_nothing(bundle, shelf):
    first = install_bundle(bundle.folder, shelf)
    before = (first.folder / "manifest.json").stat().st_mtime_ns
    assert install_bundle(bundle.folder, shelf).folder == first.folder
    assert (first.folder / "manifest.json").stat().st_mtime_ns == before


def test_another_bundle_of_the_same_name_and_version_is_replaced_only_when_asked(bundle, fields, shelf, tmp_path):
    install_bundle(bundle.folder, shelf)
    other = write_bundle(tmp_path / "other", fields, {"fusion.safetensors": {"w": np.ones(3, np.float32)}})
    with pytest.raises(BundleError, match="another bundle of the name knee-small") as caught:
        install_bundle(other.folder, shelf)
    assert caught.value.code == "bundle_exists"
    assert Bundle.open(shelf / "knee-small-0.1").sha256 == bundle.sha256
    assert install_bundle(other.folder, shelf, overwrite=True).sha256 == other.sha256


def test_a_damaged_bundle_that_is_there_is_repaired_by_installing_it_again(bundle, shelf):
    installed = install_bundle(bundle.folder, shelf)
    with (installed.folder / "fusion.safetensors").open("r+b") as file:
        file.write(b"\0\0")
    assert install_bundle(bundle.folder, shelf).sha256 == bundle.sha256


def _link():
    entry = zipfile.ZipInfo("knee/more.safetensors")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("../evil.safetensors", b"x"),
        ("/tmp/evil.safetensors", b"x"),
        ("knee/../../evil.safetensors", b"x"),
        ("knee\\..\\evil.safetensors", b"x"),
        ("C:/evil.safetensors", b"x"),
        ("other/manifest.json", b"{}"),
        ("knee/deep/a.safetensors", b"x"),
        ("knee/setup.py", b"import os"),
        ("knee/weights.pt", b"x"),
        (_link(), b"/etc/passwd"),
        ("knee/manifest.json", b"{}"),
    ],
)  # fmt: skip
def test_a_zip_file_with_anything_else_in_it_is_refused_before_a_byte_is_written(
    bundle, shelf, tmp_path, name, content
):
    with pytest.warns(UserWarning) if name == "knee/manifest.json" else _nothing():
        path = zipped(bundle, tmp_path / "b.zip", extra=[(name, content)])
    with pytest.raises(BundleError, match="which is no file of a bundle"):
        install_bundle(path, shelf)
    assert nothing_left(shelf)
    assert not list(tmp_path.rglob("evil*")) and not Path("/tmp/evil.safetensors").exists()


def _nothing():
    import contextlib

    return contextlib.nullcontext()


def test_a_changed_or_foreign_file_in_a_zip_file_is_refused_by_its_checksum(bundle, shelf, tmp_path):
    with (bundle.folder / "fusion.safetensors").open("r+b") as file:
        file.seek(-2, os.SEEK_END)
        file.write(b"\1\1")
    path = zipped(bundle, tmp_path / "b.zip")
    with pytest.raises(BundleError, match="damaged or was changed") as caught:
        install_bundle(path, shelf)
    assert caught.value.where == str(path) and nothing_left(shelf)


def test_a_file_that_the_manifest_does_not_list_is_refused(bundle, shelf, tmp_path):
    path = zipped(bundle, tmp_path / "b.zip", extra=[("knee/more.safetensors", b"x")])
    with pytest.raises(BundleError, match="does not list"):
        install_bundle(path, shelf)
    assert nothing_left(shelf)


def test_a_zip_bomb_is_stopped_by_what_it_says_and_by_what_it_holds(bundle, shelf, tmp_path, monkeypatch):
    monkeypatch.setattr(installing, "LARGEST_BUNDLE_BYTES", 2**20)
    path = zipped(bundle, tmp_path / "b.zip", extra=[("knee/big.safetensors", b"\0" * 2**21)])
    with pytest.raises(BundleError, match="holds more than"):
        install_bundle(path, shelf)
    data = bytearray(path.read_bytes())
    true_size = (2**21).to_bytes(4, "little")
    assert data.count(true_size) >= 2
    path.write_bytes(bytes(data).replace(true_size, (100).to_bytes(4, "little")))
    with pytest.raises(BundleError):
        install_bundle(path, shelf)
    assert nothing_left(shelf)


def test_too_many_files_no_zip_file_and_a_password_are_said(bundle, shelf, tmp_path):
    many = [(f"knee/{n}.safetensors", b"") for n in range(300)]
    with pytest.raises(BundleError, match="more than 200 files"):
        install_bundle(zipped(bundle, tmp_path / "many.zip", extra=many), shelf)
    (tmp_path / "no.zip").write_bytes(b"this is no archive")
    with pytest.raises(BundleError, match="damaged or of an unknown kind"):
        install_bundle(tmp_path / "no.zip", shelf)
    with pytest.raises(BundleError, match="no such file"):
        install_bundle(tmp_path / "missing.zip", shelf)
    rng = np.random.default_rng(0)
    for _ in range(12):  # bytes of the compressed data itself are damaged
        data = bytearray(zipped(bundle, tmp_path / "bytes.zip").read_bytes())
        at = rng.integers(60, len(data) // 2, 8)
        for place in at:
            data[place] ^= 0xFF
        (tmp_path / "bytes.zip").write_bytes(data)
        with pytest.raises(BundleError):
            install_bundle(tmp_path / "bytes.zip", shelf)
    data = bytearray(zipped(bundle, tmp_path / "locked.zip").read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag of encryption in both headers
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 1)
    (tmp_path / "locked.zip").write_bytes(data)
    with pytest.raises(BundleError, match="asks for a password"):
        install_bundle(tmp_path / "locked.zip", shelf)
    assert nothing_left(shelf)


def test_a_full_disk_leaves_nothing_and_says_so(bundle, shelf, tmp_path, monkeypatch):
    import errno

    path = zipped(bundle, tmp_path / "b.zip")
    copy = shutil.copyfile

    def full(source, target):
        copy(source, target)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(OutputError, match="disk is full"):
        install_bundle(path, shelf)
    assert nothing_left(shelf)


def test_a_folder_of_several_is_taken_apart(bundle, tmp_path):
    folder = tmp_path / "carried"
    shutil.copytree(bundle.folder, folder / "one")
    zipped(bundle, folder / "two.zip")
    with zipfile.ZipFile(folder / "papers.zip", "w") as archive:
        archive.writestr("a.txt", "not a bundle")
    assert bundles_in(folder) == [folder / "one", folder / "two.zip"]
    assert bundles_in(bundle.folder) == [bundle.folder]
    assert bundles_in(tmp_path / "nowhere") == []


def test_an_installed_bundle_is_removed_and_no_other_file(bundle, shelf):
    installed = install_bundle(bundle.folder, shelf)
    (installed.folder / "notes.txt").write_text("mine")
    with pytest.raises(BundleError, match=r"other files, such as notes\.txt"):
        remove_bundle(installed.folder)
    assert (installed.folder / "fusion.safetensors").exists()
    (installed.folder / "notes.txt").unlink()
    (installed.folder / ".DS_Store").write_text("x")
    remove_bundle(installed.folder)
    assert list(shelf.iterdir()) == []
    with pytest.raises(BundleError, match="no folder of a bundle"):
        remove_bundle(shelf)


def test_what_came_with_the_program_is_not_removed():
    shipped = resource_path("Bundles", "orthodiffusion-knee")
    with pytest.raises(BundleError, match="came with the program"):
        remove_bundle(shipped)
    assert (shipped / "manifest.json").is_file()


def test_nobody_is_asked_about_a_bundle_that_is_not_removed(capsys):
    assert main(["bundle", "remove", "orthodiffusion-knee"]) == 2
    told = capsys.readouterr().err
    assert "came with the program" in told and "--yes" not in told


def test_an_interrupted_removal_is_no_bundle(bundle, shelf, monkeypatch):
    installed = install_bundle(bundle.folder, shelf)
    calls = []

    def interrupted(path, **options):
        calls.append(path)
        if not options:
            raise OSError(13, "Permission denied")

    monkeypatch.setattr(shutil, "rmtree", interrupted)
    with pytest.raises(BundleError, match="cannot be removed: Permission denied"):
        remove_bundle(installed.folder)
    assert installed.folder not in {entry.folder for entry in available_bundles()}
    assert not [entry for entry in available_bundles() if entry.folder.parent == shelf]


def test_the_environment_says_where_bundles_are_installed(shelf, monkeypatch, tmp_path):
    assert user_bundles_folder() == shelf and shelf not in bundle_folders()
    shelf.mkdir(parents=True)
    assert bundle_folders() == [shelf, resource_path("Bundles")]
    monkeypatch.setenv(BUNDLES_VARIABLE, os.pathsep.join([str(tmp_path / "a"), str(tmp_path / "b")]))
    assert user_bundles_folder() == tmp_path / "a"


def test_the_commands_install_show_and_remove(bundle, shelf, tmp_path, capsys, monkeypatch):
    path = zipped(bundle, tmp_path / "b.zip")
    assert main(["bundle", "install", str(path)]) == 0
    assert "knee-small 0.1: verified, in" in capsys.readouterr().out
    assert main(["bundle", "list"]) == 0
    assert "knee-small" in capsys.readouterr().out
    assert main(["bundle", "card", "knee-small"]) == 0
    assert "# knee-small 0.1" in capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert main(["bundle", "remove", "knee-small"]) == 2
    assert "--yes" in capsys.readouterr().err
    assert main(["bundle", "remove", "knee-small", "--yes"]) == 0
    assert nothing_left(shelf)
    assert main(["bundle", "install", str(tmp_path / "data")]) == 2
    assert "There is no bundle" in capsys.readouterr().err


def test_the_list_names_each_bundle_once_and_marks_the_default(bundle, shelf, tmp_path, capsys, monkeypatch):
    install_bundle(bundle.folder, shelf)
    (shelf / "torn").mkdir()
    (shelf / "torn" / "manifest.json").write_text("{", encoding="utf-8")
    monkeypatch.setenv(BUNDLES_VARIABLE, os.pathsep.join([str(shelf), str(tmp_path / ".." / shelf)]))
    assert main(["bundle", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[3] for line in lines if line.startswith("knee-small")] == ["default"]
    joints = [line.split()[2] for line in lines if " default " in line]
    assert "knee" in joints and len(set(joints)) == len(joints), "one of each joint"
    assert [line.split()[1] for line in lines if line.startswith("torn")] == ["damaged"]


def test_a_question_is_asked_before_a_bundle_is_removed(bundle, shelf, monkeypatch, capsys):
    install_bundle(bundle.folder, shelf)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: "")
    assert main(["bundle", "remove", "knee-small"]) == 0
    assert "Nothing was removed" in capsys.readouterr().out and not nothing_left(shelf)
