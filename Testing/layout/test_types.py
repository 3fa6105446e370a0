"""Types are checked by mypy (`make check`); what it is told to overlook is named, with a reason."""

from __future__ import annotations

import re
import tokenize
import tomllib
from pathlib import Path

import pytest
from layout import import_rules as rules

ROOT = Path(__file__).parents[2]

IGNORES = re.compile(r"#\s*(type:\s*ignore|mypy:|pyright:)")
WITH_REASON = re.compile(r"# type: ignore\[[a-z-]+(, [a-z-]+)*\]  # \S.*\S")


def silent_ignores(path: Path) -> list[str]:
    """Lines of a file that tell a type checker to overlook something and leave out what or why."""
    if not IGNORES.search(path.read_text(encoding="utf-8")):
        return []
    with path.open("rb") as file:
        comments = [token for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT]
    return [
        f"{path.name}:{comment.start[0]}: {comment.string}"
        for comment in comments
        if IGNORES.search(comment.string) and not WITH_REASON.fullmatch(comment.string)
    ]


def test_whatever_the_type_checker_overlooks_is_named_with_a_reason():
    lines = [line for path in rules.library_files(ROOT) for line in silent_ignores(path)]
    assert not lines, "\n".join(
        [*lines, "The rule: `# type: ignore[code]  # the reason`, for what a library has wrong"]
    )


@pytest.mark.parametrize(
    "comment",
    [
        "# type: ignore",
        "#type:ignore",
        "# type: ignore  # no code",
        "# type: ignore[arg-type]",
        "# type: ignore[arg-type]  #",
        "# mypy: ignore-errors",
        "# mypy: disable-error-code=arg-type",
        "# a reason first  # type: ignore[arg-type]",
    ],
)
def test_an_ignore_without_code_or_reason_is_noticed(tmp_path, comment):
    path = tmp_path / "module.py"
    path.write_text(f"x = 1  {comment}\n", encoding="utf-8")
    assert silent_ignores(path) == [f"module.py:1: {comment}"]


def test_an_ignore_with_code_and_reason_passes(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(
        'x = "# type: ignore in a text"\ny = f()  # type: ignore[no-any-return, misc]  # stubs of f know no y\n',
        encoding="utf-8",
    )
    assert silent_ignores(path) == []


LOOSENING = {"exclude", "overrides", "ignore_errors", "disable_error_code", "follow_imports", "strict_optional"}
"""Settings of mypy by which errors are overlooked for good."""


def test_the_settings_overlook_nothing_in_the_library():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    assert settings["packages"] == ["OrthoDiffusionLib"]
    assert not LOOSENING & set(settings), "an error is corrected, or overlooked where it stands, with its reason"
