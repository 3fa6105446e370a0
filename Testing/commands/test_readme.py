"""What the README tells a newcomer to type is there and runs."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import pytest

from OrthoDiffusionLib.cli.main import build_parser

COMMAND_NAMES = ("orthodiffusion", ".venv/bin/orthodiffusion")


@pytest.fixture(scope="module")
def readme(project_root) -> str:
    return (project_root / "README.md").read_text(encoding="utf-8")


def _blocks(text: str, *languages: str) -> list[str]:
    return [body for language, body in re.findall(r"```(\w*)\n(.*?)```", text, re.DOTALL) if language in languages]


def _shell_lines(text: str) -> list[str]:
    joined = "\n".join(_blocks(text, "", "sh", "bash", "shell", "console")).replace("\\\n", " ")
    return [line.strip().removeprefix("$ ") for line in joined.splitlines() if line.strip()]


def test_the_two_commands_are_on_the_first_screen(readme):
    first_screen = "\n".join(readme.splitlines()[:60])
    assert "make demo" in first_screen
    assert "make test" in first_screen
    assert "not a medical device" in first_screen.lower()


def test_every_make_target_the_readme_names_exists(readme, project_root):
    makefile = (project_root / "Makefile").read_text(encoding="utf-8")
    named = {target for line in _shell_lines(readme) for target in re.findall(r"^make ([a-z-]+)", line)}
    assert named <= set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


def test_every_orthodiffusion_command_in_the_readme_is_understood(readme):
    lines = [line for line in _shell_lines(readme) if line.split()[0] in COMMAND_NAMES]
    assert lines, "the README shows no command"
    for line in lines:
        words = shlex.split(line, comments=True)[1:]
        if "..." in words or "…" in line:
            continue  # a form, not a command
        try:
            build_parser().parse_args(words)
        except SystemExit as stop:
            assert stop.code == 0, line


@pytest.mark.long
def test_the_lines_of_python_in_the_readme_run(readme, project_root, tmp_path, quiet_environment):
    blocks = _blocks(readme, "python", "py")
    assert blocks, "the README shows no Python"
    # What the lines write must not land in the source tree.
    code = "\n".join(blocks).replace("Resources/", f"{project_root.as_posix()}/Resources/")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**quiet_environment, "PYTHONPATH": str(project_root)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
