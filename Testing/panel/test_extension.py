"""What Slicer sees of the extension before anybody clicks: files, icon, help, sample data, terminology, catalogue."""

import ast
import hashlib
import json
import re
import shutil
import subprocess
import sys
import types
from pathlib import Path
from xml.etree import ElementTree

import pytest

from OrthoDiffusionLib.anatomy import KNEE_STRUCTURES

# What Slicer's Python brings, so that a module may import it at file scope.
SLICERS_OWN = {"qt", "ctk", "slicer", "vtk", "vtkmodules", "numpy", "OrthoDiffusionLib", "OrthoDiffusionSlicer"}


@pytest.fixture(scope="module")
def folder(project_root):
    return project_root / "OrthoDiffusion"


def test_only_the_module_lies_where_slicer_looks_for_modules(folder):
    assert [path.name for path in folder.glob("*.py")] == ["OrthoDiffusion.py"]


def test_cmake_names_every_resource_and_no_other(folder):
    named = set(re.findall(r"Resources/[\w./{}$-]+", (folder / "CMakeLists.txt").read_text(encoding="utf-8")))
    named = {name.replace("${MODULE_NAME}", "OrthoDiffusion") for name in named}
    there = {path.relative_to(folder).as_posix() for path in (folder / "Resources").rglob("*") if path.is_file()}
    assert named == there


def test_slicer_is_told_of_every_module_whose_nodes_a_scene_of_ours_holds(slicer, module):
    """Else it loads the panel where one of them is switched off, and an analysis ends half-way into the scene."""
    from OrthoDiffusionSlicer.scene.Scene import _LOGICS

    needed = {name for name, _class in _LOGICS} | {"Models", "Terminologies"}  # thickness as colours, codes of segments
    assert needed <= set(slicer.modules.OrthoDiffusionInstance.parent.dependencies)


def test_nothing_third_party_is_imported_at_file_scope(folder):
    for path in folder.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = []
            if isinstance(node, ast.Import):
                names = [name.name for name in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for name in names:
                package = name.partition(".")[0]
                assert package in SLICERS_OWN | set(sys.stdlib_module_names), f"{path.name} imports {name}"


def test_the_module_says_what_it_is(module, slicer):
    parent = slicer.modules.OrthoDiffusionInstance.parent
    assert parent.title == "OrthoDiffusion"
    assert parent.categories == ["Segmentation"]
    assert "no medical device" in parent.helpText
    assert parent.contributors and parent.acknowledgementText


def test_the_module_is_read_before_slicers_own_modules_have_brought_their_classes(slicer, folder, monkeypatch):
    import slicerhost

    for name in [name for name in sys.modules if name.partition(".")[0] == "OrthoDiffusionSlicer"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(slicer, "vtkSlicerSegmentationsModuleLogic")
    slicerhost.load_module(folder / "OrthoDiffusion.py")


def test_the_icon_is_a_square_of_128_pixels(folder):
    from PIL import Image

    with Image.open(folder / "Resources" / "Icons" / "OrthoDiffusion.png") as icon:
        assert icon.size == (128, 128)


def test_every_mrml_widget_of_the_ui_files_is_declared_and_given_the_scene(folder):
    for path in (folder / "Resources" / "UI").iterdir():
        tree = ElementTree.parse(path)
        root = tree.find("widget").get("name")
        assert tree.findtext("class") == root == path.stem
        declared = {element.findtext("class") for element in tree.iter("customwidget")}
        used = {widget.get("class") for widget in tree.iter("widget") if widget.get("class")[0] != "Q"}
        assert used == declared, path.name
        need = {w.get("name") for w in tree.iter("widget") if w.get("class", "").startswith("qMRML")} - {root}
        given = {link.findtext("receiver") for link in tree.iter("connection")}
        assert given == need, path.name


def test_no_two_widgets_of_the_ui_files_have_the_same_name(folder):
    """The sections' widgets are found by name in one place, and the binding of parameters takes them from there."""
    names = [
        element.get("name")
        for path in (folder / "Resources" / "UI").iterdir()
        for kind in ("widget", "layout")
        for element in ElementTree.parse(path).iter(kind)
    ]
    assert sorted(names) == sorted(set(names))


def test_every_ui_file_belongs_to_a_section_of_its_name(folder):
    sections = {path.stem for path in (folder / "OrthoDiffusionSlicer" / "panel" / "sections").rglob("*.py")}
    forms = {path.stem.removeprefix("OrthoDiffusion") for path in (folder / "Resources" / "UI").iterdir()}
    assert forms <= sections


def test_sample_data_is_registered_with_checksums_that_hold(module, monkeypatch):
    from OrthoDiffusionSlicer.scene import SampleKnee

    registered = []

    class SampleDataLogic:
        """As in Slicer 5.10, which knows no categories."""

        @staticmethod
        def registerCustomSampleDataSource(**fields):
            registered.append(fields)

    monkeypatch.setitem(sys.modules, "SampleData", types.SimpleNamespace(SampleDataLogic=SampleDataLogic))
    SampleKnee.register("icons")
    (fields,) = registered
    for uri, checksum in zip(fields["uris"], fields["checksums"], strict=True):
        path = Path(uri.removeprefix("file://"))
        assert checksum == "SHA256:" + hashlib.sha256(path.read_bytes()).hexdigest()
    assert len(fields["nodeNames"]) == len(fields["fileNames"]) == 3


def test_the_terminology_file_is_what_the_anatomy_says(module):
    from OrthoDiffusionSlicer.scene import Terminology

    assert Terminology.PATH.read_text(encoding="utf-8") == Terminology.text(), (
        "run python OrthoDiffusion/OrthoDiffusionSlicer/scene/Terminology.py"
    )


def test_slicers_own_reader_takes_the_terminology_and_finds_every_structure(module, slicer):
    from OrthoDiffusionSlicer.scene import Terminology

    logic = slicer.vtkSlicerTerminologiesModuleLogic()
    assert logic.LoadTerminologyFromFile(str(Terminology.PATH)) == Terminology.CONTEXT
    for structure in KNEE_STRUCTURES:
        entry = slicer.vtkSlicerTerminologyEntry()
        assert logic.DeserializeTerminologyEntry(structure.terminology_entry(), entry)
        assert entry.GetCategoryObject().GetCodeValue() == structure.category.value
        assert entry.GetTypeObject().GetCodeValue() == structure.code.value
        assert entry.GetTypeObject().GetCodeMeaning() == structure.code.meaning


def test_the_catalogue_entry_has_the_keys_the_index_knows_and_agrees_with_cmake(project_root):
    entry = json.loads((project_root / "OrthoDiffusion.json").read_text(encoding="utf-8"))
    known = {"$schema", "build_dependencies", "build_subdirectory", "category", "scm_revision", "scm_type", "scm_url",
             "tier", "enabled"}  # fmt: skip
    assert set(entry) <= known and {"$schema", "category", "scm_url"} <= set(entry)
    cmake = (project_root / "CMakeLists.txt").read_text(encoding="utf-8")
    depends = re.search(r"set\(EXTENSION_DEPENDS (.*?)\)", cmake).group(1).split()
    assert entry["build_dependencies"] == depends == ["PyTorch"]
    assert "TO BE SET ON PUBLICATION" in entry["scm_url"] and "TO BE SET ON PUBLICATION" in cmake


@pytest.mark.parametrize("layout", [pytest.param("source", marks=pytest.mark.long), "installed"])
def test_the_module_finds_its_library_in_both_layouts(project_root, tmp_path, layout):
    """A source tree whose module folder alone is on the path, and an installed extension with all in one folder."""
    source = project_root / "OrthoDiffusion"
    ignore = shutil.ignore_patterns("__pycache__")
    if layout == "source":
        home = tmp_path / "OrthoDiffusion"
        shutil.copytree(project_root / "OrthoDiffusionLib", tmp_path / "OrthoDiffusionLib", ignore=ignore)
    else:
        home = tmp_path / "qt-scripted-modules"
        shutil.copytree(project_root / "OrthoDiffusionLib", home / "OrthoDiffusionLib", ignore=ignore)
    shutil.copytree(source, home, ignore=ignore, dirs_exist_ok=True)
    program = (
        "import sys, os; sys.path[:0] = [sys.argv[2]]\n"
        "sys.path[:] = [p for p in sys.path if p != sys.argv[3]]\n"
        "import slicerhost; slicerhost.start(sys.argv[4]); module = slicerhost.load_module(sys.argv[1])\n"
        "import OrthoDiffusionLib, OrthoDiffusionSlicer\n"
        "print(OrthoDiffusionLib.__file__); print(OrthoDiffusionSlicer.__file__)\n"
        "print([name for name in ('torch', 'monai', 'PIL') if name in sys.modules])\n"
    )
    (tmp_path / "temporary").mkdir()
    arguments = [str(home / "OrthoDiffusion.py"), str(project_root / "Testing" / "panel"), str(project_root),
                 str(tmp_path / "temporary")]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, cwd=tmp_path / "temporary"
    )
    assert done.returncode == 0, done.stderr
    library, package, heavy = done.stdout.strip().splitlines()[-3:]
    where = tmp_path if layout == "source" else home
    assert Path(library).is_relative_to(where / "OrthoDiffusionLib")
    assert Path(package).is_relative_to(home / "OrthoDiffusionSlicer")
    assert heavy == "[]", "the panel loads something heavy at import"
