"""What happens when Slicer loads the module: nothing heavy is imported; sample data and terminology are offered."""

import shutil
import subprocess
import sys
import types

import pytest

HEAVY = (
    *("SimpleITK", "torch", "monai", "nibabel", "pydicom", "highdicom", "scipy", "PIL", "matplotlib", "safetensors"),
    *("sitkUtils", "lightning_fabric", "skimage", "pandas"),
)
"""Slicer brings some of these, but has not imported them when it loads its modules."""

PROGRAM = """
import sys
sys.path[:0] = [sys.argv[2]]
sys.path[:] = [path for path in sys.path if path != sys.argv[3]]
import slicerhost
slicer = slicerhost.start(sys.argv[4])
import types
logic = types.SimpleNamespace(registerCustomSampleDataSource=lambda **fields: None)
sys.modules["SampleData"] = types.SimpleNamespace(SampleDataLogic=logic)  # Slicer's, at hand when it has started
before = set(sys.modules)
module = slicerhost.load_module(sys.argv[1])
slicer.app.completeStartup()
new = {name.partition(".")[0] for name in set(sys.modules) - before}
print(sorted(new & set(sys.argv[5].split())))
vtk = sorted(name for name in set(sys.modules) - before if name.startswith("vtkmodules."))
print([name for name in vtk if name.partition(".")[2] not in ("util.numpy_support",)])
"""


@pytest.mark.parametrize("layout", ["source", pytest.param("installed", marks=pytest.mark.long)])
def test_nothing_heavy_is_imported_when_slicer_loads_the_module(project_root, tmp_path, layout):
    ignore = shutil.ignore_patterns("__pycache__")
    home = tmp_path / ("OrthoDiffusion" if layout == "source" else "qt-scripted-modules")
    shutil.copytree(project_root / "OrthoDiffusion", home, ignore=ignore)
    beside = tmp_path if layout == "source" else home
    shutil.copytree(project_root / "OrthoDiffusionLib", beside / "OrthoDiffusionLib", ignore=ignore)
    (tmp_path / "temporary").mkdir()
    arguments = [home / "OrthoDiffusion.py", project_root / "Testing" / "panel", project_root, tmp_path / "temporary"]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, arguments), " ".join(HEAVY)],
        capture_output=True,
        text=True,
        cwd=tmp_path / "temporary",
    )
    assert done.returncode == 0, done.stderr
    heavy, vtk = done.stdout.strip().splitlines()[-2:]
    assert heavy == "[]", f"Slicer would load {heavy} at each of its starts"
    assert vtk == "[]", f"parts of VTK that Slicer itself has not loaded: {vtk}"


@pytest.fixture
def offered(slicer, monkeypatch):
    """What was registered with the Sample Data module, which is loaded."""
    registered = []
    logic = types.SimpleNamespace(registerCustomSampleDataSource=lambda **fields: registered.append(fields))
    monkeypatch.setitem(sys.modules, "SampleData", types.SimpleNamespace(SampleDataLogic=logic))
    monkeypatch.setattr(slicer.modules, "sampledata", object(), raising=False)
    return registered


def _terminologies(slicer):
    from OrthoDiffusionSlicer.scene import Terminology

    names = []
    logic = slicer.modules.terminologies.logic()
    logic.GetLoadedTerminologyNames(names_array := __import__("vtk").vtkStringArray())
    names = [names_array.GetValue(index) for index in range(names_array.GetNumberOfValues())]
    return [name for name in names if name == Terminology.CONTEXT]


def test_a_module_that_is_loaded_after_start_up_offers_sample_data_and_terminology(
    slicer, offered, project_root, wait_for
):
    import slicerhost

    slicerhost.load_module(project_root / "OrthoDiffusion" / "OrthoDiffusion.py")
    assert not offered, "nothing happens while the module is read"
    wait_for(lambda: offered)
    assert offered[0]["sampleName"] == "KneeThreePlanes"
    assert _terminologies(slicer)


def test_a_module_that_is_loaded_at_start_up_waits_for_its_end_and_offers_once(
    slicer, offered, project_root, monkeypatch
):
    import slicerhost

    monkeypatch.delattr(slicer.modules, "sampledata")  # Slicer has not come to it yet
    monkeypatch.setitem(slicer.app._slots, "startupCompleted()", [])
    slicerhost.load_module(project_root / "OrthoDiffusion" / "OrthoDiffusion.py")
    for _ in range(5):
        slicer.app.processEvents()  # as the splash screen does
    assert not offered
    monkeypatch.setattr(slicer.modules, "sampledata", object(), raising=False)
    slicer.app.completeStartup()
    slicer.app.processEvents()
    assert len(offered) == 1


def test_without_the_sample_data_module_the_rest_is_offered_all_the_same(slicer, project_root, monkeypatch):
    """An application made of Slicer may leave it out."""
    import slicerhost

    monkeypatch.setitem(sys.modules, "SampleData", None)  # importing it fails
    monkeypatch.setattr(slicer.app, "_slots", {signal: [] for signal in slicer.app.SIGNALS})
    slicerhost.load_module(project_root / "OrthoDiffusion" / "OrthoDiffusion.py")
    slicer.app.completeStartup()
    assert _terminologies(slicer)
