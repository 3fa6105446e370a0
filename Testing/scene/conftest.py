"""A real MRML scene for each test, without Qt and without Slicer's window."""

import importlib.util
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
for folder in (HERE, HERE.parent.parent / "OrthoDiffusion"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

# Without these the whole tier is left out, and the closing list of the run says so.
if any(importlib.util.find_spec(name) is None for name in ("slicer_core",)):
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture
def scene(tmp_path):
    """An empty scene of Slicer's own making, with colours and the logics that nodes rely on."""
    from OrthoDiffusionSlicer.scene import Scene

    return Scene.newScene(tmp_path)
