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


@pytest.fixture
def results(tmp_path):
    """What a worker hands back, as the panel gets it."""
    import handmade

    return handmade.save_array_results(tmp_path / "results")


@pytest.fixture
def inputs(scene):
    """The volumes that were analysed: plane -> node."""
    import handmade
    from nodes import add_volume

    return {plane: add_volume(scene, name, plane) for plane, name in handmade.PLANES.items()}


@pytest.fixture
def written(scene, results, inputs):
    """The nodes that the results have become."""
    from OrthoDiffusionSlicer.scene.SceneWriter import SceneWriter

    return SceneWriter(scene, results, inputs).write()
