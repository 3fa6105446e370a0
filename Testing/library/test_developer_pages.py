"""The pages for developers are true: paths and names on them exist, their examples run, the API page is complete."""

from __future__ import annotations

import importlib
import inspect
import re
import textwrap
from pathlib import Path

import pytest

import OrthoDiffusionLib

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "Docs" / "developers").glob("*.md"))
API = ROOT / "Docs" / "developers" / "python_api.md"
BLOCK = re.compile(r"^( *)```(.*?)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
_PANEL = "OrthoDiffusion/OrthoDiffusionSlicer"
HOMES = (
    *("", "OrthoDiffusionLib", "OrthoDiffusionLib/lab", "OrthoDiffusionLib/volumes"),
    *("OrthoDiffusion", _PANEL, f"{_PANEL}/panel", "Testing/panel"),
)
"""Folders that a path on a page may begin in."""

OUTPUTS = ("runs/", "arrays/", "evidence/", "OrthoDiffusion/bundles", "Support/OrthoDiffusion/bundles")
"""Beginnings of paths that a command writes, or that lie on a user's computer."""

TO_BE_MADE = ("OrthoDiffusionSlicer/panel/sections/Measurements.py", "Resources/UI/OrthoDiffusionMeasurements.ui")
"""Files that a page shows how to make."""


def prose(page: Path) -> str:
    return BLOCK.sub("", page.read_text(encoding="utf-8"))


def code_spans(page: Path) -> list[str]:
    return re.findall(r"`([^`\n]+)`", prose(page))


def exists(path: str) -> bool:
    return any((ROOT / home / path).exists() or (ROOT / home / f"{path}.py").exists() for home in HOMES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_on_a_page_exists(page):
    words = [word for span in code_spans(page) for word in span.split() if re.fullmatch(r"[\w.-]+(/[\w.-]*)+", word)]
    words = [word for word in words if "NAME" not in word]
    named = [word for word in words if not word.startswith(OUTPUTS) and word not in TO_BE_MADE]
    assert [path for path in named if not exists(path.rstrip("/"))] == []


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page):
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", prose(page)) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_page_is_linked_from_contributing_and_from_the_architecture():
    for home in (ROOT / "CONTRIBUTING.md", ROOT / "Docs" / "developers" / "architecture.md"):
        text = home.read_text(encoding="utf-8")
        assert [page.name for page in PAGES if page != home and f"{page.name})" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_name_beside_a_file_stands_in_that_file(page):
    """For example: `OrthoDiffusionLib/volumes/quality.py`: `THICK_SLICE_MM`."""
    wrong = []
    for path, names in re.findall(r"`([\w/]+\.py)`: ((?:`\w+`(?:, | and )?)+)", prose(page)):
        source = (ROOT / path).read_text(encoding="utf-8")
        wrong += [f"{path}: {name}" for name in re.findall(r"`(\w+)`", names) if not re.search(rf"\b{name}\b", source)]
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_dotted_name_of_the_library_exists(page):
    for name in {span for span in code_spans(page) if re.fullmatch(r"OrthoDiffusionLib(\.\w+)+", span)}:
        importlib.import_module(name)


def _examples() -> list[pytest.param]:
    return [
        pytest.param(language, textwrap.dedent(code), id=f"{page.name}-{number}")
        for page in PAGES
        for number, (_, language, code) in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")), 1)
        if language.split()[:1] == ["python"]
    ]


@pytest.mark.parametrize(("language", "code"), _examples())
def test_the_examples_of_the_pages_run(language, code):
    compiled = compile(code, "<page>", "exec")
    if language == "python":  # a block that says `no-run` needs an exam, Slicer or names of its surroundings
        exec(compiled, {"__name__": "example"})


def _rows(section: str) -> list[list[str]]:
    """The cells of a table's rows, without its head."""
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def _sections() -> dict[str, str]:
    return dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", API.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE))


def test_the_api_page_names_what_the_library_exports():
    named = {re.match(r"`(\w+)", row[0])[1] for row in _rows(_sections()["`OrthoDiffusionLib`"])}
    assert named == set(OrthoDiffusionLib.__all__)


def _members() -> list[pytest.param]:
    """(home, member as the page writes it): a module and its names, or a class and its members."""
    found = []
    for first, words in _rows(_sections()["`OrthoDiffusionLib`"]):
        call = first.strip("`")
        found.append(("OrthoDiffusionLib", call))
        found += [
            (f"OrthoDiffusionLib.{call.split('(')[0].split('.')[0]}", span) for span in re.findall(r"`([^`]+)`", words)
        ]
    for first, words in _rows(_sections()["What else scripts may rely on"]):
        found += [(first.strip("`"), span) for span in re.findall(r"`(\w+(?:\([^`]*\))?)`", words)]
    return [pytest.param(home, span, id=f"{home.rpartition('.')[2]}-{span.split('(')[0]}") for home, span in found]


def _object(home: str) -> object:
    try:
        return importlib.import_module(home)
    except ModuleNotFoundError:
        return getattr(OrthoDiffusionLib, home.rpartition(".")[2])


def _set_when_made(target: object) -> set[str]:
    """Attributes that a class of our own sets in its constructor, as an error does."""
    if (
        not inspect.isclass(target)
        or not inspect.isfunction(target.__init__)
        or hasattr(target, "__dataclass_fields__")
    ):
        return set()
    return set(re.findall(r"self\.(\w+) =", inspect.getsource(target.__init__)))


OF_ANOTHER = {"Analysis", "Volume", "save", "batch", "OrthoDiffusionError", "OrthoDiffusionLib"}
"""Names that the page mentions in a row of another one."""

OF_SEGMENTATION = {"labels", "structures", "mask", "volume_ml", "centroid_ras", "complete", "on"}


@pytest.mark.parametrize(("home", "span"), _members())
def test_every_member_on_the_api_page_exists_with_its_arguments(home, span):
    path, _, arguments = span.partition("(")
    if path in OF_ANOTHER and not arguments:
        return
    target = _object("OrthoDiffusionLib.findings").Segmentation if path in OF_SEGMENTATION else _object(home)
    for name in path.split("."):
        if name in getattr(target, "__dataclass_fields__", {}) or name in _set_when_made(target):
            return
        target = getattr(target, name)
    if arguments and arguments != ")":
        wanted = re.findall(r"(?:^|[(,] ?)(\w+)", f"({arguments.rstrip(')')}")
        known = [name for name in inspect.signature(target).parameters if name not in ("self", "cls")]
        assert wanted == known[: len(wanted)]
        assert "..." in arguments or wanted == known
