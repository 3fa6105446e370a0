"""The order of the rooms as data, and a reader of a file's imports."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

LIBRARY = "OrthoDiffusionLib"

ROOMS: dict[str, tuple[str, ...]] = {
    "errors": (),
    "progress": (),
    "resources": (),
    "memory": ("errors",),
    "table_file": ("errors",),
    "anatomy": ("errors",),
    "volumes": ("errors", "anatomy"),
    "views": ("errors", "volumes"),
    "findings": ("errors", "anatomy", "volumes"),
    "bundles": ("resources", "views", "findings"),
    "measurements": ("findings",),
    "reports": ("findings", "resources"),
    "diffusion": (),
    "precision": ("memory",),
    "encoders": ("views", "diffusion", "precision"),
    "fusion": ("volumes", "encoders"),
    "heads": ("anatomy", "fusion"),
    "clinical_table": ("heads", "table_file"),
    "model": ("bundles", "heads", "precision"),
    "inference": ("model", "progress"),
    "analyzer": ("inference", "measurements"),
    "study_inputs": ("bundles",),
    "analysis_run": ("analyzer", "reports", "study_inputs"),
    "batch": ("analysis_run",),
    "phantom": ("memory", "anatomy", "volumes", "findings", "resources", "progress"),
    "evaluation": ("analyzer", "phantom", "reports"),
    "training": ("evaluation", "study_inputs", "table_file"),
    "experiments": ("training",),
    "benchmark": ("analysis_run",),
    "cli": ("batch", "benchmark", "clinical_table", "experiments"),
}
"""Room -> the rooms it may import, and through them whatever those may import. A room is a folder or a file."""

TORCH_ROOMS = frozenset(
    (
        *("diffusion", "encoders", "fusion", "heads", "precision", "model", "inference", "analyzer", "clinical_table"),
        *("analysis_run", "batch", "benchmark", "evaluation", "training", "experiments"),
    )
)
"""May import torch and MONAI. `cli` may too, but only inside a function, when it computes."""

NOWHERE = ("slicer", "qt", "ctk", "vtk", "scipy", "skimage", "sklearn", "pickle")
"""Packages no file of the library may import."""

ONLY_IN = {
    "lightning_fabric": ("training",),
    "matplotlib": ("evaluation", "training", "experiments"),
    "highdicom": ("reports",),
    "pydicom": ("volumes", "reports"),
}
"""Optional packages -> the rooms that may import them, inside a function, so that the rest works without."""


def allowed(room: str) -> frozenset[str]:
    """The room itself and all it may import, directly or not."""
    found = {room}
    for other in ROOMS[room]:
        found |= allowed(other)
    return frozenset(found)


@dataclass(frozen=True)
class Import:
    """One import: the absolute module name, the line, and whether it stands inside a function."""

    module: str
    line: int
    lazy: bool

    @property
    def package(self) -> str:
        return self.module.partition(".")[0]

    @property
    def room(self) -> str | None:
        """The room of the library, None for other packages and for the library's own root."""
        parts = self.module.split(".")
        return parts[1] if parts[0] == LIBRARY and len(parts) > 1 else None


def imports_of(path: Path, root: Path) -> list[Import]:
    """All imports of a file below `root`, relative ones made absolute; those for type checkers left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    package = path.relative_to(root).with_suffix("").parts
    if package[-1] == "__init__":
        package = (*package[:-1], "__init__")  # so that one level up from it is its own folder
    found: list[Import] = []

    def visit(node: ast.AST, lazy: bool) -> None:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            return
        if isinstance(node, ast.Import):
            found.extend(Import(name.name, node.lineno, lazy) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level]) if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            if module == LIBRARY:  # `from OrthoDiffusionLib import bundles` names rooms
                found.extend(Import(f"{module}.{name.name}", node.lineno, lazy) for name in node.names)
            else:
                found.append(Import(module, node.lineno, lazy))
        inside = lazy or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for child in ast.iter_child_nodes(node):
            visit(child, inside)

    visit(tree, False)
    return found


def library_files(root: Path) -> list[Path]:
    return sorted((root / LIBRARY).rglob("*.py"))


def room_of(path: Path, root: Path) -> str:
    """The room a file of the library belongs to; "" for the package's own `__init__` and `__main__`."""
    first = path.relative_to(root / LIBRARY).parts[0].removesuffix(".py")
    return "" if first.startswith("__") else first
