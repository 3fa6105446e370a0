"""The order of the packages as data, and a reader of a file's imports."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LIBRARY = "OrthoDiffusionLib"

PACKAGES: dict[str, tuple[str, ...]] = {
    "messages": (),
    "errors": ("messages",),
    "progress": ("messages",),
    "resources": (),
    "precision": ("memory", "onednn"),
    "onednn": (),
    "memory": ("errors",),
    "moment": (),
    "table_file": ("errors",),
    "unlikeness": ("errors",),
    "anatomy": ("errors",),
    "volumes": ("errors", "anatomy"),
    "views": ("errors", "volumes"),
    "diffusion": (),
    "encoders": ("views", "diffusion", "precision"),
    "fusion": ("volumes", "encoders"),
    "heads": ("anatomy", "fusion"),
    "findings": ("errors", "moment", "unlikeness", "anatomy", "volumes"),
    "bundles": ("resources", "views", "findings"),
    "measurements": ("findings",),
    "reports": ("findings", "resources"),
    "dicom_objects": ("measurements", "reports"),
    "annotation": ("findings", "table_file"),
    "recognition": ("resources", "volumes"),
    "analysis/study_inputs": ("bundles",),
    "analysis": (
        "bundles",
        "dicom_objects",
        "heads",
        "measurements",
        "precision",
        "progress",
        "recognition",
        "reports",
        "table_file",
        "analysis/study_inputs",
    ),
    "batch/cases": ("table_file", "reports"),
    "batch/records": ("batch/cases",),
    "batch/page": ("batch/records", "bundles"),
    "batch": ("analysis", "batch/page"),
    "service": ("batch",),
    "monai_adapter": ("analysis",),
    "archive": ("service",),
    "cli": ("batch", "service", "monai_adapter", "archive"),
    "lab/phantom/engine": ("memory", "anatomy", "volumes", "findings", "resources", "progress"),
    "lab/phantom/knee": ("lab/phantom/engine",),
    "lab/phantom/ankle": ("lab/phantom/engine",),
    "lab/phantom": ("lab/phantom/knee", "lab/phantom/ankle"),
    "lab/phantom/imaging": ("lab/phantom",),
    "lab/phantom/datasets": ("lab/phantom/imaging",),
    "lab/evaluation/scores": ("analysis", "lab/phantom/datasets"),
    "lab/evaluation/cohorts": ("lab/evaluation/scores",),
    "lab/evaluation/drawing": ("reports",),
    "lab/evaluation/real_exams": ("lab/evaluation/scores", "lab/evaluation/drawing"),
    "lab/evaluation/realism": ("lab/evaluation/scores", "lab/evaluation/drawing"),
    "lab/evaluation/unlike": ("lab/evaluation/cohorts", "lab/evaluation/drawing"),
    "lab/evaluation/pages": ("lab/evaluation/real_exams",),
    "lab/recognition": ("recognition", "lab/evaluation/unlike"),
    "lab/evaluation": (),
    "lab/corrections": ("lab/evaluation/scores", "annotation"),
    "lab/training": (),
    "lab/training/engine": ("lab/evaluation/cohorts", "lab/evaluation/pages"),
    "lab/training/samples": ("lab/training/engine",),
    "lab/training/pretraining": ("lab/training/samples",),
    "lab/training/published": ("lab/training/pretraining",),
    "lab/training/phantoms": ("lab/training/pretraining",),
    "lab/training/tables": ("lab/training/samples", "lab/corrections"),
    "lab/training/adaptation": ("lab/training/tables", "batch/cases"),
    "lab/public_data": ("lab/training/tables",),
    "lab/experiments/common": ("lab/training/phantoms", "lab/evaluation/realism"),
    "lab/experiments/representation": ("lab/experiments/common",),
    "lab/experiments/planes": ("lab/experiments/common",),
    "lab/experiments/imaging_sites": ("lab/experiments/common",),
    "lab/experiments/limits": ("lab/experiments/common",),
    "lab/experiments/variants": ("lab/experiments/planes",),
    "lab/experiments/fixed_images": ("lab/experiments/common",),
    "lab/experiments/labels": ("lab/experiments/fixed_images",),
    "lab/experiments/transfer": ("lab/experiments/fixed_images",),
    "lab/experiments/corrections": ("lab/experiments/common", "lab/training/tables"),
    "lab/experiments/adaptation": ("lab/experiments/corrections", "lab/training/adaptation"),
    "lab/experiments": (
        "lab/experiments/adaptation",
        "lab/experiments/corrections",
        "lab/experiments/imaging_sites",
        "lab/experiments/labels",
        "lab/experiments/limits",
        "lab/experiments/planes",
        "lab/experiments/representation",
        "lab/experiments/transfer",
        "lab/experiments/variants",
    ),
    "lab/commands": (
        "cli",
        "lab/experiments",
        "lab/public_data",
        "lab/training/adaptation",
        "lab/recognition",
        "lab/training/published",
        "lab/training/tables",
        "lab/evaluation/unlike",
    ),
    "lab": (),
}
"""Package -> the packages it may import, and through them whatever those may import. Here a package is a folder or a
file; a file belongs to the longest of these names that its path begins with."""

TORCH_PACKAGES = frozenset(
    (
        *("diffusion", "encoders", "fusion", "heads", "onednn", "precision", "analysis", "batch"),
        *(
            package
            for package in PACKAGES
            if package.startswith(("lab/evaluation", "lab/recognition", "lab/training", "lab/experiments"))
        ),
    )
)
"""May import torch. The commands and the service may too, but only inside a function, when they compute."""

LAZY_PACKAGES = ("recognition", "cli", "lab/commands", "monai_adapter", "service", "archive")
"""Import what needs torch only inside functions, so that --help and the worker's greeting come at once."""

NOWHERE = ("slicer", "qt", "ctk", "vtk", "skimage", "pickle")
"""Packages no file of the library may import."""

ONLY_IN = {
    "distributed": ("batch",),
    "h5py": ("lab",),
    "lightning_fabric": ("lab",),
    "matplotlib": ("lab",),
    "monai": ("lab",),
    "sklearn": ("lab",),
    "scipy": tuple(PACKAGES),
    "pydicom": ("volumes", "dicom_objects", "archive"),
    "highdicom": ("dicom_objects",),
    **dict.fromkeys(("pynetdicom", "dicomweb_client", "requests", "keyring"), ("archive",)),
}
"""Packages -> the packages (and what lies in them) that may import them, inside a function: the rest works without an
optional one, and Slicer, which loads much of the product when it starts, does not wait for scipy."""


def allowed(package: str) -> frozenset[str]:
    """The package itself and all it may import, directly or not."""
    found = {package}
    for other in PACKAGES[package]:
        found |= allowed(other)
    return frozenset(found)


@dataclass(frozen=True)
class Import:
    """One import: the absolute module name, the line, and whether it stands inside a function."""

    module: str
    line: int
    lazy: bool

    @property
    def top_level(self) -> str:
        return self.module.partition(".")[0]

    @property
    def package(self) -> str | None:
        """The package of the library, None for other packages and for the library's own root."""
        parts = self.module.split(".")
        return _package(parts[1:]) if parts[0] == LIBRARY and len(parts) > 1 else None


@cache  # several tests ask for the same files
def imports_of(path: Path, root: Path) -> tuple[Import, ...]:
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
            if module == LIBRARY:  # `from OrthoDiffusionLib import bundles` names packages
                found.extend(Import(f"{module}.{name.name}", node.lineno, lazy) for name in node.names)
            else:
                found.append(Import(module, node.lineno, lazy))
        inside = lazy or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for child in ast.iter_child_nodes(node):
            visit(child, inside)

    visit(tree, False)
    return tuple(found)


def library_files(root: Path) -> list[Path]:
    return sorted((root / LIBRARY).rglob("*.py"))


def package_of(path: Path, root: Path) -> str:
    """The package a file of the library belongs to; "" for the package's own `__init__` and `__main__`."""
    parts = path.relative_to(root / LIBRARY).with_suffix("").parts
    parts = parts[:-1] if parts[-1].startswith("__") else parts
    return _package(parts) if parts else ""


def _package(parts: Sequence[str]) -> str:
    """The longest name of a package that a module's path begins with; its first part if there is none."""
    for count in range(len(parts), 0, -1):
        if "/".join(parts[:count]) in PACKAGES:
            return "/".join(parts[:count])
    return parts[0]
