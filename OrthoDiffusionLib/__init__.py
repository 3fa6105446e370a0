"""OrthoDiffusion: joint MRI of several planes, analysed with diffusion models.

Importing this package loads neither torch nor SimpleITK; the names below arrive on first use.
"""

from __future__ import annotations

import importlib

__version__ = "0.2.0"

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


def __getattr__(name: str):
    try:
        home = _HOMES[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    return getattr(importlib.import_module(f".{home}", __name__), name)


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(_HOMES))
