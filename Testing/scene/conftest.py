"""A real MRML scene for each test, without Qt and without Slicer's window."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
for folder in (HERE, HERE.parent.parent / "OrthoDiffusion"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


@pytest.fixture
def scene(tmp_path):
    """An empty scene of Slicer's own making, with colours and the logics that nodes rely on."""
    from OrthoDiffusionSlicer import Scene

    return Scene.newScene(tmp_path)
