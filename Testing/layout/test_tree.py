"""What must not stand anywhere in the tree."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = {".py", ".md", ".toml", ".txt", ".cmake", ".json", ".ui", ".cff", ".yaml", ".yml", ".csv", ""}
LPS_FILES = ("itk_border.py", "nrrd_header.py", "dicom", "dicom_objects", "segmentation_file.py", "atlas.py")
"""Names of the files and folders that may say LPS: each faces files that are kept in it."""


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:  # a source archive, without git
        ignored = {".venv", "demo-results", "runs", "__pycache__", ".git"}
        return [path for path in ROOT.rglob("*") if path.is_file() and not ignored & set(path.parts)]
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


TRACKED = _tracked()
PYTHON = [path for path in TRACKED if path.suffix == ".py"]
Rule = Callable[[Path, list[ast.AST]], list[str]]
"""A file and all nodes of its syntax tree, the module first, to the lines that break the rule."""


def _lines_with(pattern: str, paths: list[Path], flags: int = 0) -> list[str]:
    wanted = re.compile(pattern, flags)
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if wanted.search(line)
    ]


def _none(lines: list[str], rule: str) -> None:
    if lines:
        pytest.fail("\n".join([*lines, f"The rule: {rule}"]), pytrace=False)


def test_no_path_of_one_machine_stands_in_the_tree():
    folders = "|".join(["work", "farm", "root", "tmp/bash_", "home/[a-z]"])
    texts = [path for path in TRACKED if path.suffix in TEXT and path != Path(__file__)]
    _none(
        _lines_with(rf"(^|[^A-Za-z0-9_.])/({folders})[/A-Za-z]", texts),
        "a path is relative, made from the file's own, or given by the user",
    )


def test_weights_are_never_unpickled_without_protection():
    loads = [line for line in _lines_with(r"torch\.load\(", PYTHON) if "weights_only=True" not in line]
    _none([line for line in loads if "test_tree.py" not in line], "torch.load needs weights_only=True")


@pytest.fixture(scope="module")
def found() -> dict[Rule, list[str]]:
    """What each rule finds. Each file is parsed once for all of them."""
    lines: dict[Rule, list[str]] = {rule: [] for rule in (_lps_in, _knee_named, _without_docstring, _too_long)}
    for path in sorted(PYTHON):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        for rule, its_lines in lines.items():
            its_lines += rule(path, nodes)
    return lines


def _names_in(node: ast.AST) -> list[str]:
    """The names that a node of the syntax tree gives or uses: of values, attributes, functions, arguments, imports."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.arg, ast.keyword)):
        return [node.arg] if node.arg else []
    if isinstance(node, ast.alias):
        return [node.name, *([node.asname] if node.asname else [])]
    return []


@pytest.mark.parametrize(
    "source", ["def to_lps(x): ...", "volume.lps_affine", "f(lps=1)", "def f(lps): ...", "from m import LPS_TO_RAS"]
)
def test_lps_is_seen_in_every_kind_of_name(source):
    assert any("lps" in name.lower() for node in ast.walk(ast.parse(source)) for name in _names_in(node))


def _lps_in(path: Path, nodes: list[ast.AST]) -> list[str]:
    """Lines of a file of the library that say LPS in a name or a text, unless it faces files that are kept in it."""
    if ROOT / "OrthoDiffusionLib" not in path.parents or path.name in LPS_FILES or path.parent.name in LPS_FILES:
        return []
    docstrings = {
        id(node.body[0].value)
        for node in nodes
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node)
    }
    lines = []
    for node in nodes:
        words = _names_in(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            words = [node.value]
        if any(re.search(r"(?<![A-Za-z])lps(?![a-z])", word, re.IGNORECASE) for word in words):
            lines.append(f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}: {words[0][:80]}")
    return lines


def test_the_library_says_lps_only_at_its_border(found):
    rule = f"LPS is turned to RAS where a format needs it, in {', '.join(LPS_FILES)}, and nowhere else"
    _none(found[_lps_in], rule)


KNEES_OWN = ("anatomy/joints/knee", "lab/phantom/knee", "anatomy/side_words.py", "messages/english", "messages/german")
"""Where code may name the knee: its own folders, words of many languages, texts."""


KNEES_USERS = (
    *("anatomy/__init__.py", "anatomy/registry.py", "lab/phantom/phantom.py"),
    *("lab/experiments", "lab/public_data"),
)
"""Where code may use what the knee's own folders define: the lists of joints; experiments and public data sets, each of
one joint."""


def _of_the_knee(node: ast.AST) -> str | None:
    """What names the knee in a node of the syntax tree: a definition of its folders, or a module of them."""
    if isinstance(node, ast.ImportFrom) and "knee" in (node.module or "").split("."):
        return node.module
    return next(
        (name for name in _names_in(node) if re.fullmatch(r"(.*\.)?_?KNEE(_[A-Z_]+)?|.*\.knee(\..*)?", name)), None
    )


def _knee_in(nodes: Iterable[ast.AST]) -> list[tuple[int, str]]:
    """(line, text) of keys that name the knee, such as a joint's or a cohort's name, whole or as a part of an f-string.

    Sentences may speak of knees, and so may names of files.
    """
    return [
        (node.lineno, repr(node.value))
        for node in nodes
        if isinstance(node, ast.Constant) and re.fullmatch(r"([\w-]*-)?knee(-[a-z0-9-]*)?", str(node.value))
    ]


@pytest.mark.parametrize(
    "source",
    [
        *("from OrthoDiffusionLib.anatomy import KNEE", "anatomy.KNEE_STRUCTURES", "KNEE.name"),
        *("import OrthoDiffusionLib.lab.phantom.knee.knee", "from OrthoDiffusionLib.anatomy.joints.knee import sizes"),
    ],
)
def test_every_way_to_use_the_knees_own_code_is_seen(source):
    assert any(_of_the_knee(node) for node in ast.walk(ast.parse(source)))


@pytest.mark.parametrize("source", ["'knee'", "f'knee-{kind}'", "f'{name}-knee'", "'knee-frozen'"])
def test_every_key_of_the_knee_is_seen(source):
    assert _knee_in(ast.walk(ast.parse(source)))


def _knee_named(path: Path, nodes: list[ast.AST]) -> list[str]:
    """Lines of a file of the library that name the knee where it is one joint among others."""
    library = ROOT / "OrthoDiffusionLib"
    place = path.relative_to(library).as_posix() if library in path.parents else ""
    if not place or place.startswith(KNEES_OWN):
        return []
    lines = [f"{path.relative_to(ROOT)}:{line}: {text}" for line, text in _knee_in(nodes)]
    if not place.startswith(KNEES_USERS):
        lines += [
            f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}: {name}"
            for node in nodes
            if (name := _of_the_knee(node)) is not None
        ]
    return lines


def test_no_code_but_the_knees_own_names_the_knee(found):
    _none(found[_knee_named], "the joint comes from the bundle, the study or the phantoms")


def test_only_the_module_file_lies_directly_in_the_module_folder():
    there = sorted(path.name for path in (ROOT / "OrthoDiffusion").glob("*.py"))
    # Slicer would register every other one as a module of its own.
    assert there == ["OrthoDiffusion.py"]


def _without_docstring(path: Path, nodes: list[ast.AST]) -> list[str]:
    """The file, unless it is empty or its first line says something."""
    module = nodes[0]
    assert isinstance(module, ast.Module)
    said = ast.get_docstring(module) or ""
    empty = not path.read_text(encoding="utf-8").strip()
    return [] if empty or said.partition("\n")[0].strip() else [str(path.relative_to(ROOT))]


def test_every_python_file_opens_with_a_docstring_in_one_line(found):
    _none(found[_without_docstring], "a file says in its first line what its one job is")


LONGEST_FUNCTION = 60
"""Lines, from `def` to the last one, docstring and all: what is longer has steps that deserve names."""


def _too_long(path: Path, nodes: list[ast.AST]) -> list[str]:
    """Functions of a file that have more lines."""
    functions = [node for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.name} has {length} lines"
        for node in functions
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]


def test_no_function_is_longer_than_a_screen(found):
    _none(found[_too_long], f"a function has at most {LONGEST_FUNCTION} lines")


def test_no_test_is_skipped_without_saying_why():
    silent = _lines_with(r"mark\.(skip|xfail)(\(\)|\s*$)|pytest\.(skip|xfail)\(\)|@unittest\.skip\s*$", PYTHON)
    _none([line for line in silent if "test_tree.py" not in line], "a skip says why, and where it does run")
