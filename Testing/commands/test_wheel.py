"""What `pip install .` gives: the wheel in an empty environment, away from the checkout, does the whole job."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from commands.empty_environment import EmptyEnvironment

import OrthoDiffusionLib
from OrthoDiffusionLib.findings import Analysis

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows: links need rights of their own; it runs on Linux"),
]

BUILT_FROM = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE.txt", "CITATION.cff",
              "constraints.txt", "OrthoDiffusionLib", "Resources")  # fmt: skip


def build_wheel(source: Path, out: Path) -> Path:
    """The wheel of a folder or a source archive, by the tested setuptools, without a network."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(out), str(source)], check=True)
    (wheel,) = out.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def source(project_root, tmp_path_factory) -> Path:
    """A copy of what the wheel is built from: a build leaves folders behind."""
    folder = tmp_path_factory.mktemp("source ü") / "checkout"
    folder.mkdir()
    for name in BUILT_FROM:
        if (project_root / name).is_dir():
            shutil.copytree(project_root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(project_root / name, folder)
    return folder


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory) -> Path:
    return build_wheel(source, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def empty(wheel, project_root, tmp_path_factory) -> EmptyEnvironment:
    return EmptyEnvironment(tmp_path_factory.mktemp("environment") / "venv", wheel, project_root)


def packed_files(wheel: Path) -> set[str]:
    """The files of Resources in a wheel, named as in the checkout."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name.removeprefix("OrthoDiffusionLib/") for name in archive.namelist()]
    return {name for name in names if name.startswith("Resources/") and not name.endswith("/")}


def travelling_files(project_root: Path) -> set[str]:
    """The files of the folders that Resources/packaged.txt names."""
    lines = (project_root / "Resources" / "packaged.txt").read_text(encoding="utf-8").splitlines()
    folders = [project_root / "Resources" / line for line in lines if not line.startswith("#")]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(project_root).as_posix() for path in files}


def test_the_wheel_holds_every_file_that_is_to_travel_and_every_licence_text(wheel, project_root):
    assert packed_files(wheel) == travelling_files(project_root)
    with zipfile.ZipFile(wheel) as archive:
        kept = {name.partition(".dist-info/licenses/")[2] for name in archive.namelist()} - {""}
    texts = {name for name in travelling_files(project_root) if "/LICENSES/" in name}
    assert kept == {"LICENSE.txt"} | texts


def test_the_wheel_says_that_its_types_can_be_relied_on(wheel):
    """Without this file a type checker takes everything of the library for Any (PEP 561)."""
    with zipfile.ZipFile(wheel) as archive:
        assert "OrthoDiffusionLib/py.typed" in archive.namelist()


def test_the_wheel_has_the_version_that_the_program_tells(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        assert f"\nVersion: {OrthoDiffusionLib.__version__}\n" in archive.read(name).decode("utf-8")


def test_a_file_that_an_earlier_build_left_behind_is_not_packed(source, tmp_path, project_root):
    stale = source / "build" / "lib" / "OrthoDiffusionLib" / "Resources" / "Recipes" / "gone.toml"
    stale.parent.mkdir(parents=True, exist_ok=True)
    stale.write_text("", encoding="utf-8")
    assert packed_files(build_wheel(source, tmp_path)) == travelling_files(project_root)


def test_the_source_archive_builds_the_same_wheel(source, wheel, tmp_path):
    code = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=source, check=True, stdout=subprocess.DEVNULL)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        assert not [name for name in file.getnames() if "Screenshots" in name or "__pycache__" in name]
    again = build_wheel(archive, tmp_path / "wheel")
    with zipfile.ZipFile(wheel) as first, zipfile.ZipFile(again) as second:
        assert {f.filename: f.CRC for f in first.infolist() if "dist-info" not in f.filename} == {
            f.filename: f.CRC for f in second.infolist() if "dist-info" not in f.filename
        }


def test_nothing_comes_from_the_checkout(empty, project_root, tmp_path):
    code = (
        "import json, sys, OrthoDiffusionLib\n"
        "from OrthoDiffusionLib.resources import resource_path\n"
        "from OrthoDiffusionLib.bundles import bundle_folders\n"
        "print(json.dumps([OrthoDiffusionLib.__file__, str(resource_path()), *map(str, bundle_folders())]))"
    )
    done = empty.run("python", "-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for place in json.loads(done.stdout):
        assert Path(place).resolve().is_relative_to(empty.packages.resolve()), place
    # The watch itself is awake: a file of the checkout cannot be opened there.
    there = project_root / "README.md"
    assert empty.run("python", "-c", f"open({str(there)!r})", cwd=tmp_path).returncode == 97


def test_the_sample_exam_that_came_along_is_analysed_by_the_bundle_that_came_along(empty, tmp_path):
    exam = empty.packages / "OrthoDiffusionLib" / "Resources" / "SampleData" / "knee_exam"
    done = empty.run("orthodiffusion", "analyze", exam, "--side", "right", "--out", tmp_path / "results", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    analysis = Analysis.load(tmp_path / "results")
    centre = analysis.segmentation.centroid_ras
    assert centre("femur")[2] > centre("tibia")[2] + 30  # mm: above
    assert centre("lateral_meniscus")[0] > centre("medial_meniscus")[0] + 15  # a right knee: lateral is to the Right
    assert any(finding.assessed for finding in analysis.findings)


def test_bundles_recipes_and_the_help_of_fine_tuning_are_there(empty, tmp_path):
    listed = empty.run("orthodiffusion", "bundle", "list", cwd=tmp_path)
    assert listed.returncode == 0 and "orthodiffusion-knee" in listed.stdout, listed.stderr
    told = empty.run("orthodiffusion", "finetune", "--help", cwd=tmp_path)
    assert told.returncode == 0 and "--recipe" in told.stdout, told.stderr
    code = "from OrthoDiffusionLib.lab.training.engine.recipe import load_recipe; print(load_recipe('knee').network)"
    read = empty.run("python", "-c", code, cwd=tmp_path)
    assert read.returncode == 0 and "channels" in read.stdout, read.stderr


def test_a_digital_knee_is_made_from_the_label_maps_that_came_along(empty, tmp_path):
    done = empty.run(
        *("orthodiffusion", "phantom", "--joint", "knee", "--out", tmp_path / "studies"),
        *("--anatomy", "atlas", "--side", "left"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    made = {path.name for path in (tmp_path / "studies").glob("knee_*/*")}
    assert {"sagittal.nii.gz", "sagittal_labels.nii.gz", "truth.json"} <= made
