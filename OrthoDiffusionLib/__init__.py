"""OrthoDiffusion: joint MRI of several planes, analysed with diffusion models.

Importing this package loads neither torch nor SimpleITK; the names below arrive on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what a type checker sees of the names below
    from OrthoDiffusionLib.analysis.analyzer import Analyzer as Analyzer
    from OrthoDiffusionLib.anatomy import Side as Side
    from OrthoDiffusionLib.bundles import Bundle as Bundle
    from OrthoDiffusionLib.errors import Notice as Notice
    from OrthoDiffusionLib.errors import OrthoDiffusionError as OrthoDiffusionError
    from OrthoDiffusionLib.findings import Analysis as Analysis
    from OrthoDiffusionLib.findings import Finding as Finding
    from OrthoDiffusionLib.progress import Cancelled as Cancelled
    from OrthoDiffusionLib.progress import Progress as Progress
    from OrthoDiffusionLib.volumes import Geometry as Geometry
    from OrthoDiffusionLib.volumes import Plane as Plane
    from OrthoDiffusionLib.volumes import Study as Study
    from OrthoDiffusionLib.volumes import Volume as Volume
    from OrthoDiffusionLib.volumes import read_inputs as read_inputs
    from OrthoDiffusionLib.volumes import read_volume as read_volume

__version__ = "0.3.0.dev0"

_HOMES = {
    "Analysis": "findings",
    "Analyzer": "analysis.analyzer",
    "Bundle": "bundles",
    "Cancelled": "progress",
    "Finding": "findings",
    "Geometry": "volumes",
    "Notice": "errors",
    "OrthoDiffusionError": "errors",
    "Plane": "volumes",
    "Progress": "progress",
    "Side": "anatomy",
    "Study": "volumes",
    "Volume": "volumes",
    "read_inputs": "volumes",
    "read_volume": "volumes",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> object:
    try:
        home = _HOMES[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    return getattr(importlib.import_module(f".{home}", __name__), name)


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(_HOMES))
