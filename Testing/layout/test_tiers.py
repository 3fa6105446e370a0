"""The two tiers: long tests wait to be asked for, what did not run is told, and CI takes no skip for an answer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = """
import pytest

def test_usual():
    pass

@pytest.mark.long
def test_long():
    pass

def test_needs():
    pytest.skip("{reason}")
"""


@pytest.fixture
def pytest_run(tmp_path):
    """A small project with this project's conftest and settings; runs pytest there and gives what it says."""

    def run(*options: str, reason: str = "this computer has no cmake", ci: bool = False) -> tuple[int, str]:
        folder = tmp_path / "Testing" / "layout"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "Testing" / "conftest.py", folder.parent)
        shutil.copy(ROOT / "pyproject.toml", tmp_path)
        (folder / "test_some.py").write_text(TESTS.format(reason=reason), encoding="utf-8")
        environment = {name: value for name, value in os.environ.items() if name not in ("CI", "PYTEST_ADDOPTS")}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options],
            cwd=tmp_path, env={**environment, **({"CI": "true"} if ci else {})},
            capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        return done.returncode, done.stdout

    return run


def test_long_tests_are_left_out_and_named_among_what_did_not_run(pytest_run):
    code, said = pytest_run()
    assert code == 0 and "1 passed, 1 skipped, 1 deselected" in said.splitlines()[-1]
    assert "1 tests of the tier long: left out; `make test-long` runs them" in said
    assert "test_needs: this computer has no cmake" in said


def test_they_run_where_they_are_asked_for(pytest_run):
    code, said = pytest_run("--long")
    assert code == 0 and "2 passed, 1 skipped" in said.splitlines()[-1]
    assert "left out" not in said


def test_in_ci_a_skip_is_a_failure_unless_it_is_for_another_kind_of_machine(pytest_run):
    code, said = pytest_run(ci=True)
    assert code == 1 and "1 failed, 1 passed" in said.splitlines()[-1]
    assert "this computer has no cmake" in said and "CI is set: a skip is a failure here" in said
    code, said = pytest_run(ci=True, reason="Windows has no SIGKILL; it runs on Linux")
    assert code == 0 and "1 passed, 1 skipped" in said.splitlines()[-1]
