"""The page on the digital knee says what is so: its commands, its lines of Python, its tables of names."""

from __future__ import annotations

import contextlib
import io
import re
import shlex

import pytest

from OrthoDiffusionLib.cli.main import build_parser
from OrthoDiffusionLib.lab.phantom.datasets.cohort import known_cohorts
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import IMAGING_SITES
from OrthoDiffusionLib.lab.phantom.knee.parts import LESIONS
from OrthoDiffusionLib.lab.phantom.phantom import BUILDERS
from OrthoDiffusionLib.resources import resource_path


@pytest.fixture(scope="module")
def page() -> str:
    return (resource_path().parent / "Docs" / "phantom.md").read_text(encoding="utf-8")


def block(page: str, language: str) -> str:
    return re.search(rf"```{language}\n(.*?)```", page, re.DOTALL).group(1)


def test_every_command_on_the_page_is_understood(page):
    for line in block(page, "sh").splitlines():
        program, *words = shlex.split(line)
        assert program == "orthodiffusion"
        build_parser().parse_args(words)


@pytest.mark.long
def test_the_lines_of_python_on_the_page_run_without_touching_the_disk(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(block(page, "python"), "Docs/phantom.md", "exec"), {})
    lines = said.getvalue().splitlines()
    assert re.match(r"(right|left) 3 \(", lines[0])
    assert [line.split()[0] for line in lines[1:7]] == ["sagittal", "coronal", "axial"] * 2
    assert lines[7] == "knee-frozen-v3-0000"
    assert list(tmp_path.iterdir()) == []


def test_every_centre_cohort_and_abnormality_has_its_place_on_the_page(page):
    cohorts = [name for name in known_cohorts() if name.startswith("knee")]
    for name in (*IMAGING_SITES, *cohorts, *LESIONS):
        assert f"`{name}`" in page, name


def test_every_cohort_and_abnormality_of_the_ankle_has_its_place_on_its_page():
    text = (resource_path().parent / "Docs" / "ankle.md").read_text(encoding="utf-8")
    for name in (*(name for name in known_cohorts() if name.startswith("ankle")), *BUILDERS["ankle"].abnormalities):
        assert f"`{name}`" in text, name
    test_every_command_on_the_page_is_understood(text)
