"""Outlines and findings of the joint in ordinary MR series; importing this package loads no torch."""

from __future__ import annotations

import importlib

__version__ = "0.1.0"

_HOMES = {
    "Analysis": "findings",
    "Analyzer": "analyzer",
    "Bundle": "bundles",
    "Geometry": "volumes",
    "OrthoDiffusionError": "errors",
    "Plane": "volumes",
    "Side": "anatomy",
    "Study": "volumes",
    "Volume": "volumes",
    "read_inputs": "volumes",
    "read_volume": "volumes",
}

__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str):
    """Fetch a public name from its room on first use, so that the panel opens without torch."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
