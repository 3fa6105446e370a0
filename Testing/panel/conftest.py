"""The panel on its host: the module file unchanged, real widgets and scene, a worker that does as it is told."""

import importlib.util
import json
import os
import shutil
import sys
import time
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
HERE = Path(__file__).parent
ROOT = HERE.parent.parent
for folder in (HERE, HERE.parent / "scene"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

# Without these the whole tier is left out, and the closing list of the run says so.
if any(importlib.util.find_spec(name) is None for name in ("slicer_core", "PySide6")):
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def slicer_host(tmp_path_factory):
    """The test host, with a ``PythonSlicer`` on the path as Slicer's launcher provides it: a parent of the worker."""
    import slicerhost

    folder = tmp_path_factory.mktemp("slicer")
    slicerhost.make_launcher(folder)
    return slicerhost.start(folder)


@pytest.fixture
def slicer(slicer_host, monkeypatch):
    """An empty scene with three slice views; an exception in a slot, which Qt would swallow, fails the test."""
    errors = []
    monkeypatch.setattr(sys, "excepthook", lambda *error: errors.append(error))
    slicer_host.mrmlScene.Clear(False)
    slicer_host.add_slice_views()
    yield slicer_host
    slicer_host.app.processEvents()
    if errors:
        raise errors[0][1]


@pytest.fixture
def wait_for(slicer):
    def wait(condition, seconds=30):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "nothing happened in time"
            slicer.app.processEvents()
            time.sleep(0.002)

    return wait


@pytest.fixture(scope="session")
def results(slicer_host, tmp_path_factory):
    """Results made by hand as a worker hands them back, of a grid small enough for many tests."""
    import handmade

    return handmade.save_array_results(tmp_path_factory.mktemp("results") / "results")


class StandIn:
    """Tells the stand-in worker what to do, and hears what it was asked."""

    FILE = "standin.json"

    def __init__(self, folder, results):
        self._file = folder / self.FILE
        self._settings = {"results": str(results)}
        self.tell()

    def tell(self, **settings):
        self._settings.update(settings)
        self._file.write_text(json.dumps(self._settings), encoding="utf-8")

    @property
    def received(self):
        path = self._file.with_name("received.json")
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None

    @property
    def pids(self):
        path = self._file.with_name("pids")
        return [int(line) for line in path.read_text(encoding="utf-8").split()] if path.is_file() else []

    @property
    def running(self):
        """Workers that are alive."""
        return [pid for pid in self.pids if is_running(pid)]


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def standin(tmp_path, results, monkeypatch):
    monkeypatch.setenv("ORTHODIFFUSION_STANDIN", str(tmp_path / StandIn.FILE))
    return StandIn(tmp_path, results)


@pytest.fixture
def module(slicer):
    import slicerhost

    return slicerhost.load_module(ROOT / "OrthoDiffusion" / "OrthoDiffusion.py")


@pytest.fixture
def bundle_folder(tmp_path, monkeypatch, slicer):
    """A bundle with a manifest and no weights of use, where the panel looks for bundles."""
    import handmade_bundle

    folder = tmp_path / "bundles"
    handmade_bundle.write(folder / "hand-made")
    monkeypatch.setenv("ORTHODIFFUSION_BUNDLES", str(folder))
    return folder


@pytest.fixture
def panel(module, standin, bundle_folder, slicer):
    """The panel as a user sees it first, with the stand-in behind it."""
    import slicerhost
    from OrthoDiffusionSlicer.panel import Bundles, Settings

    Settings.rememberJoint("")  # that of another test; all tests of a process share the settings
    widget = slicerhost.open_panel(module)
    widget.run.worker.arguments = [str(HERE / "standin_worker.py")]
    yield widget
    slicerhost.close_panel(widget)
    # Bundles that a test carried in lie beside the settings, which all tests of a process share.
    shutil.rmtree(Bundles.keptFolder(), ignore_errors=True)


@pytest.fixture
def knee(slicer, panel, wait_for):
    """Three volumes in the scene, and the panel has seen them: plane name → node."""
    import handmade
    from nodes import add_volume

    nodes = {plane: add_volume(slicer.mrmlScene, name, plane) for plane, name in handmade.PLANES.items()}
    wait_for(lambda: all(panel.sections.inputs.selector(plane).currentNode() is node for plane, node in nodes.items()))
    return nodes


@pytest.fixture
def click(slicer):
    """Real mouse clicks."""
    from PySide6 import QtCore, QtTest

    def click(widget, position=None, double=False):
        act = QtTest.QTest.mouseDClick if double else QtTest.QTest.mouseClick
        where = QtCore.QPoint() if position is None else position
        act(widget, QtCore.Qt.LeftButton, QtCore.Qt.NoModifier, where)
        slicer.app.processEvents()

    return click


@pytest.fixture
def analyzed(panel, knee, click, wait_for):
    """The panel after an analysis of the knee, without surfaces."""
    panel.session.parameters.show3D = False
    panel.parent.show()
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.findingsTable.rowCount == 8 and not panel.run.busy)
    return panel


@pytest.fixture
def studies(tmp_path):
    """A folder of three cases with outlines to start from."""
    from worklist_sitting import label_map, write_case

    folder = tmp_path / "studies"
    for name in ("knee1", "knee2", "knee3"):
        write_case(folder, name)
        label_map(folder, name)
    return folder


@pytest.fixture
def worklists(panel, slicer):
    panel.session.worklists.background.wanted = False
    panel.ui.worklistButton.collapsed = False
    panel.parent.show()
    slicer.app.processEvents()
    return panel.session.worklists


@pytest.fixture
def opened(panel, worklists, studies, click, wait_for):
    """A worklist of three cases, the first of them open."""
    panel.sections.worklist.askFolder = lambda title: str(studies)
    click(panel.ui.newFromFolderButton)
    assert panel.ui.worklistProblem.text == ""
    click(panel.ui.nextCaseButton)
    wait_for(lambda: worklists.case is not None)
    return worklists


@pytest.fixture
def analysed_folder(tmp_path):
    import handmade

    return handmade.save_results(tmp_path / "analysed")


@pytest.fixture
def with_findings(panel, opened, studies, analysed_folder, wait_for, click):
    """The first case open with an analysis of its own, nothing decided yet."""
    from worklist_sitting import home, show

    for name in ("knee1", "knee2"):
        shutil.copytree(analysed_folder, home(studies) / "cases" / name / "analysis")
    show(panel, opened, wait_for, "knee2")
    show(panel, opened, wait_for, "knee1")
    assert panel.ui.findingsTable.rowCount == 8
    return opened
