"""How a worker process is started: arguments, environment, options; the same for every transport."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TypedDict

import OrthoDiffusionLib

ARGUMENTS = ("-m", "OrthoDiffusionLib", "worker")


OF_ARCHIVES = ("ORTHODIFFUSION_PACS_", "ORTHODIFFUSION_TLS_")
"""Beginnings of variables that hold passwords of archives; see `archive.credentials`."""


def inherited_environment() -> dict[str, str]:
    """What a worker inherits: everything but passwords, which it does not need; it reads images from outside."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OF_ARCHIVES)}


def worker_environment() -> dict[str, str]:
    """Variables to set for the worker, beside those it inherits."""
    library = str(Path(OrthoDiffusionLib.__file__).resolve().parent.parent)
    inherited = os.environ.get("PYTHONPATH", "")
    return {
        # The library need not be installed: it lies beside the module, in source trees and in extensions.
        "PYTHONPATH": os.pathsep.join(part for part in (library, inherited) if part),
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
    }


class _Window(TypedDict, total=False):
    creationflags: int


def without_window() -> _Window:
    """Keyword arguments for `subprocess`: no console window opens on Windows."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW}
    return {}
