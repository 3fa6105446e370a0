"""The files below a folder that another process or thread fills or clears meanwhile."""

from __future__ import annotations

import os
from pathlib import Path


def files_below(folder: Path, ending: str = "") -> list[Path]:
    """Files below a folder whose names end so; a folder that vanishes while it is read counts as empty.

    `Path.rglob` of Python 3.11 raises FileNotFoundError then.
    """
    return [Path(place, name) for place, _, names in os.walk(folder) for name in names if name.endswith(ending)]
