"""Python packages: checked without importing, installed only when asked, also without a network."""

import platform
import subprocess
import sys
from pathlib import Path

import handmade_bundle
import pytest
from packaging.requirements import Requirement

from OrthoDiffusionLib.errors import OrthoDiffusionError


@pytest.fixture
def requirements(module, tmp_path):
    """Some that are met, one that is not; every pip call is written down and nothing is installed."""
    from OrthoDiffusionSlicer.panel.PythonRequirements import PythonRequirements

    path = tmp_path / "requirements.txt"
    path.write_text("# a comment\nnumpy>=1.20\nno-such-package>=3\n")
    made = PythonRequirements(path, ask=lambda text: made.answer, pip=lambda arguments: made.calls.append(arguments))
    made.answer, made.calls = True, []
    return made


def test_only_what_is_missing_is_named(requirements):
    assert requirements.missing() == ["no-such-package>=3"]


def test_the_panels_own_requirements_are_those_of_the_library(project_root):
    import tomllib

    project = tomllib.loads((project_root / "pyproject.toml").read_text())["project"]["dependencies"]
    wanted = {Requirement(text) for text in project}
    slicers_own = {"numpy", "scipy", "SimpleITK"}
    path = project_root / "OrthoDiffusion" / "Resources" / "requirements.txt"
    listed = {Requirement(line) for line in path.read_text().splitlines() if not line.startswith("#")}
    assert {r for r in wanted if r.name not in slicers_own} == listed


def test_a_declined_installation_is_a_clear_state(requirements):
    requirements.answer = False
    with pytest.raises(OrthoDiffusionError) as caught:
        requirements.ensure()
    assert "Nothing was installed, and nothing was analyzed. Missing: no-such-package>=3" in str(caught.value)
    assert "to be asked again" in caught.value.remedy
    assert not requirements.calls


def test_slicers_own_packages_are_pinned_while_installing(requirements, monkeypatch):
    seen = {}

    def pip(arguments):
        seen["constraints"] = Path(arguments[1]).read_text()
        seen["arguments"] = arguments

    requirements.pip = pip
    with pytest.raises(OrthoDiffusionError, match="still missing"):
        requirements.ensure()
    import numpy

    assert f"numpy=={numpy.__version__}" in seen["constraints"]
    assert seen["arguments"][0] == "--constraint" and seen["arguments"][-1] == "no-such-package>=3"
    assert "--only-binary" in seen["arguments"]


def _installed(monkeypatch, **versions):
    """Pretend that these distributions are installed, beside what really is."""
    import importlib.metadata

    real = importlib.metadata.version
    monkeypatch.setattr(importlib.metadata, "version", lambda name: versions.get(name) or real(name))


def _constraints(requirements):
    seen = []
    requirements.pip = lambda arguments: seen.append(Path(arguments[1]).read_text().split())
    with pytest.raises(OrthoDiffusionError, match="still missing"):
        requirements.ensure()
    return seen[0]


def test_the_installed_torch_is_not_exchanged_for_the_sake_of_the_newest_monai(requirements, monkeypatch):
    _installed(monkeypatch, torch="2.6.0+cu124", torchvision="0.21.0+cu124")
    requirements.path.write_text("torch>=2.6\nno-such-package>=3\n")
    pins = _constraints(requirements)
    assert "torch==2.6.0+cu124" in pins and "torchvision==0.21.0+cu124" in pins


def test_a_torch_that_is_too_old_is_not_held_while_a_newer_one_is_installed_from_a_folder(
    requirements, monkeypatch, tmp_path
):
    _installed(monkeypatch, torch="2.4.0")
    requirements.path.write_text("torch>=2.6\nno-such-package>=3\n")
    for wheel in ("torch-2.8.0-cp312-cp312-linux_x86_64.whl", "no_such_package-3.1-py3-none-any.whl"):
        (tmp_path / wheel).touch()
    seen = []
    requirements.pip = lambda arguments: seen.append(Path(arguments[1]).read_text())
    with pytest.raises(OrthoDiffusionError, match="still missing"):
        requirements.installFromFolder(tmp_path)
    assert "torch==" not in seen[0] and "numpy==" in seen[0]


@pytest.mark.parametrize("offline", [False, True])
def test_on_an_intel_mac_the_end_of_torch_is_said_before_anything_is_asked(
    requirements, monkeypatch, tmp_path, offline
):
    _installed(monkeypatch, torch="2.2.2")
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    requirements.path.write_text("torch>=2.6\n")
    requirements.ask = lambda text: pytest.fail("asked")
    with pytest.raises(OrthoDiffusionError) as caught:
        requirements.installFromFolder(tmp_path) if offline else requirements.ensure()
    assert "PyTorch ends at version 2.2 on Macs with an Intel processor; OrthoDiffusion needs torch>=2.6" in str(
        caught.value
    )
    assert "Apple silicon" in caught.value.remedy and not requirements.calls


@pytest.mark.parametrize("machine", ["arm64", "x86_64"])
def test_other_macs_and_intel_macs_that_have_torch_are_not_told_so(requirements, monkeypatch, machine):
    _installed(monkeypatch, torch="2.9.0")
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(platform, "machine", lambda: machine)
    requirements.path.write_text("torch>=2.6\nno-such-package>=3\n")
    requirements.answer = False
    with pytest.raises(OrthoDiffusionError, match="Nothing was installed, and nothing was analyzed"):
        requirements.ensure()


def test_nibabel_is_asked_for_within_a_range(project_root):
    lines = (project_root / "OrthoDiffusion" / "Resources" / "requirements.txt").read_text().splitlines()
    (nibabel,) = [Requirement(line) for line in lines if line.startswith("nibabel")]
    assert {part.operator for part in nibabel.specifier} == {">=", "<"}


def test_slicers_packaging_helper_is_used_where_it_exists(slicer, module, monkeypatch):
    import types

    from OrthoDiffusionSlicer.panel import PythonRequirements

    calls = []
    monkeypatch.setitem(sys.modules, "slicer.packaging", None)  # absent, as in Slicer 5.10
    monkeypatch.delattr(slicer, "packaging", raising=False)
    monkeypatch.setattr(slicer.util, "pip_install", lambda arguments: calls.append(("5.10", arguments)))
    PythonRequirements._slicersPip(["monai>=1.4"])
    newer = types.ModuleType("slicer.packaging")
    newer.pip_install = lambda arguments, requester: calls.append(("5.12", arguments, requester))
    monkeypatch.setitem(sys.modules, "slicer.packaging", newer)
    monkeypatch.setattr(slicer, "packaging", newer, raising=False)
    PythonRequirements._slicersPip(["monai>=1.4"])
    assert calls == [("5.10", ["monai>=1.4"]), ("5.12", ["monai>=1.4"], "OrthoDiffusion")]


def test_a_failed_installation_says_what_pip_said_and_what_to_do(requirements):
    def pip(arguments):
        raise subprocess.CalledProcessError(1, "pip")

    requirements.pip = pip
    with pytest.raises(OrthoDiffusionError) as caught:
        requirements.ensure()
    assert "failed" in caught.value.what and "Offline installation" in caught.value.remedy


def test_missing_torch_without_its_extension_names_the_extension(requirements, monkeypatch, tmp_path):
    requirements.path.write_text("torch>=999\n")
    monkeypatch.setitem(sys.modules, "PyTorchUtils", None)
    with pytest.raises(OrthoDiffusionError) as caught:
        requirements.ensure()
    assert "PyTorch extension" in caught.value.what and "Extensions Manager" in caught.value.remedy


def test_torch_comes_through_its_extension(requirements, monkeypatch):
    import types

    asked = []

    class Logic:
        def installTorch(self, askConfirmation, torchVersionRequirement):
            asked.append((askConfirmation, torchVersionRequirement))
            return

    monkeypatch.setitem(sys.modules, "PyTorchUtils", types.SimpleNamespace(PyTorchUtilsLogic=Logic))
    requirements.path.write_text("torch>=999\n")
    with pytest.raises(OrthoDiffusionError, match="Nothing was installed"):
        requirements.ensure()
    assert asked == [(False, ">=999")]
    assert not requirements.calls


def test_a_folder_without_the_wheel_names_it_and_how_to_get_it(requirements, tmp_path):
    with pytest.raises(OrthoDiffusionError) as caught:
        requirements.installFromFolder(tmp_path)
    assert "no wheel for no-such-package>=3" in caught.value.what
    assert 'pip download -d FOLDER "no-such-package>=3"' in caught.value.remedy
    assert "operating system" in caught.value.remedy and platform.python_version() in caught.value.remedy


def test_wheels_of_a_folder_are_installed_without_any_network(requirements, tmp_path):
    (tmp_path / "no_such_package-3.1-py3-none-any.whl").touch()
    with pytest.raises(OrthoDiffusionError, match="still missing"):
        requirements.installFromFolder(tmp_path)
    (arguments,) = requirements.calls
    assert arguments[arguments.index("--no-index") :] == [
        "--no-index",
        "--find-links",
        str(tmp_path),
        "no-such-package>=3",
    ]


def test_declining_leaves_the_panel_usable(panel, knee, click, standin, wait_for):
    missing = ["monai>=1.4"]
    panel.session.software.requirements.missing = lambda: list(missing)
    panel.session.software.requirements.ask = lambda text: False
    click(panel.ui.analyzeButton)
    assert "Nothing was installed" in panel.ui.problemLabel.text
    assert "Missing Python packages: monai>=1.4" in panel.ui.requirementsLabel.text
    assert panel.ui.analyzeButton.enabled and not standin.pids
    missing.clear()
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.findingsTable.rowCount == 8)


def test_a_bundle_is_carried_in_from_a_folder_and_can_be_chosen(panel, click, tmp_path, slicer):
    handmade_bundle.write(tmp_path / "usb" / "from-home", name="knee-large", version="2.0")
    panel.ui.offlineFolderEdit.text = str(tmp_path / "usb")
    click(panel.ui.installButton)
    assert panel.ui.offlineStatus.text == "Installed: Bundle knee-large 2.0"
    titles = [panel.ui.bundleSelector.itemText(n) for n in range(panel.ui.bundleSelector.count)]
    assert "knee-large 2.0" in titles
    panel.ui.bundleSelector.activated.emit(titles.index("knee-large 2.0"))
    assert panel.session.bundle.title == "knee-large 2.0"


def test_a_folder_of_bundles_alone_is_no_error_while_packages_are_missing(panel, click, tmp_path, slicer):
    handmade_bundle.write(tmp_path / "usb" / "from-home", name="knee-large", version="2.0")
    panel.session.software.requirements.missing = lambda: ["monai>=1.4"]
    panel.ui.offlineFolderEdit.text = str(tmp_path / "usb")
    click(panel.ui.installButton)
    assert panel.ui.offlineStatus.text == "Installed: Bundle knee-large 2.0"
    assert "monai>=1.4" in panel.ui.requirementsLabel.text
    assert panel.ui.problemFrame.isHidden()


def test_a_damaged_bundle_is_refused_and_nothing_of_it_stays(panel, click, tmp_path, slicer):
    handmade_bundle.write(tmp_path / "usb" / "damaged", name="knee-damaged")
    (tmp_path / "usb" / "damaged" / "weights.safetensors").write_bytes(b"0" * 120)
    panel.ui.offlineFolderEdit.text = str(tmp_path / "usb")
    click(panel.ui.installButton)
    assert "weights.safetensors" in panel.ui.problemLabel.text
    titles = [panel.ui.bundleSelector.itemText(n) for n in range(panel.ui.bundleSelector.count)]
    assert not any("knee-damaged" in title for title in titles)


def test_a_folder_that_does_not_exist_is_said(panel, click):
    panel.ui.offlineFolderEdit.text = "/no/such/folder"
    click(panel.ui.installButton)
    assert panel.ui.offlineStatus.text == "Choose a folder that exists."
