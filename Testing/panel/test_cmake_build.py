"""The CMake files, configured, built and installed against a stand-in of Slicer's macros; Slicer itself is not here."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# As strict as Slicer's macros: an unknown keyword or a file that is not there stops the configuration.
SLICER_CONFIG = """
set(Slicer_USE_FILE ${CMAKE_CURRENT_LIST_DIR}/UseSlicer.cmake)
set(Slicer_EXTENSION_GENERATE_CONFIG ${CMAKE_CURRENT_LIST_DIR}/Nothing.cmake)
set(Slicer_EXTENSION_CPACK ${CMAKE_CURRENT_LIST_DIR}/Nothing.cmake)
foreach(name HOMEPAGE CONTRIBUTORS DESCRIPTION ICONURL SCREENSHOTURLS DEPENDS)
  if(NOT DEFINED EXTENSION_${name})
    message(FATAL_ERROR "EXTENSION_${name} must be set before find_package(Slicer)")
  endif()
endforeach()
"""
USE_SLICER = """
set(Slicer_QTSCRIPTEDMODULES_LIB_DIR lib/Slicer/qt-scripted-modules)
set(Slicer_INSTALL_QTSCRIPTEDMODULES_LIB_DIR lib/Slicer/qt-scripted-modules)
set(BUILD_TESTING ON)
macro(copyAndInstall destination install)
  foreach(file ${ARGN})
    if(NOT EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${file})
      message(FATAL_ERROR "nonexistent file '${file}'")
    endif()
    get_filename_component(folder ${file} DIRECTORY)
    configure_file(${file} ${destination}/${file} COPYONLY)
    install(FILES ${file} DESTINATION ${install}/${folder} COMPONENT RuntimeLibraries)
  endforeach()
endmacro()
macro(ctkMacroCompilePythonScript)
  cmake_parse_arguments(MY "NO_INSTALL_SUBDIR" "TARGET_NAME;DESTINATION_DIR;INSTALL_DIR" "SCRIPTS;RESOURCES" ${ARGN})
  if(MY_UNPARSED_ARGUMENTS OR NOT MY_TARGET_NAME)
    message(FATAL_ERROR "unknown keywords ${MY_UNPARSED_ARGUMENTS}")
  endif()
  copyAndInstall(${MY_DESTINATION_DIR} ${MY_INSTALL_DIR} ${MY_SCRIPTS} ${MY_RESOURCES})
endmacro()
macro(slicerMacroBuildScriptedModule)
  cmake_parse_arguments(MY "WITH_GENERIC_TESTS;WITH_SUBDIR" "NAME" "SCRIPTS;RESOURCES" ${ARGN})
  if(MY_UNPARSED_ARGUMENTS OR NOT MY_NAME)
    message(FATAL_ERROR "unknown keywords ${MY_UNPARSED_ARGUMENTS}")
  endif()
  copyAndInstall(${CMAKE_BINARY_DIR}/${Slicer_QTSCRIPTEDMODULES_LIB_DIR}
    ${Slicer_INSTALL_QTSCRIPTEDMODULES_LIB_DIR} ${MY_SCRIPTS} ${MY_RESOURCES})
endmacro()
function(slicer_add_python_unittest)
  cmake_parse_arguments(MY "" "SCRIPT" "" ${ARGN})
  file(APPEND ${CMAKE_BINARY_DIR}/tests.txt "${MY_SCRIPT}\\n")
endfunction()
"""

# Nothing is compiled, so that no compiler need be there.
NO_COMPILER = """
foreach(language C CXX)
  set(CMAKE_${language}_COMPILER "${CMAKE_COMMAND}")
  set(CMAKE_${language}_COMPILER_FORCED TRUE)
  set(CMAKE_${language}_COMPILER_ID_RUN TRUE)
endforeach()
"""


@pytest.fixture(scope="module")
def installed(project_root, tmp_path_factory):
    """The folder of the installed extension that Slicer looks for modules in, and what ctest would run."""
    beside_python = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    cmake = shutil.which("cmake", path=beside_python)
    if cmake is None:
        pytest.skip("the CMake files are not built: this environment has no cmake (pip install cmake)")
    work = tmp_path_factory.mktemp("cmake")
    slicer = work / "slicer"
    slicer.mkdir()
    files = {"SlicerConfig": SLICER_CONFIG, "UseSlicer": USE_SLICER, "Nothing": "", "NoCompiler": NO_COMPILER}
    for name, text in files.items():
        (slicer / f"{name}.cmake").write_text(text, encoding="utf-8")
    source, build = work / "source", work / "build"
    source.mkdir()
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("OrthoDiffusion", "OrthoDiffusionLib", "Resources"):
        shutil.copytree(project_root / name, source / name, ignore=ignore)
    shutil.copy(project_root / "CMakeLists.txt", source)
    configure = [
        *(cmake, "-S", source, "-B", build, f"-DSlicer_DIR={slicer}", f"-DCMAKE_INSTALL_PREFIX={work}/install"),
        f"-DCMAKE_TOOLCHAIN_FILE={slicer}/NoCompiler.cmake",
    ]
    for command in (configure, [cmake, "--install", build, "--component", "RuntimeLibraries"]):
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    tests = (build / "tests.txt").read_text(encoding="utf-8").split()
    return work / "install" / "lib" / "Slicer" / "qt-scripted-modules", tests


def test_everything_that_is_needed_lies_side_by_side(installed, project_root):
    folder, _tests = installed
    for name in ("OrthoDiffusion.py", "OrthoDiffusionSlicer/scene/SceneWriter.py",
                 "OrthoDiffusionLib/service/worker.py", "OrthoDiffusionLib/py.typed",
                 "Resources/UI/OrthoDiffusionInputs.ui",
                 "Resources/Icons/OrthoDiffusion.png", "Resources/requirements.txt",
                 "Resources/Recipes/knee.toml", "Resources/Anatomy/LICENSES/MIT_mskt.txt"):  # fmt: skip
        assert (folder / name).is_file(), f"{name} is not installed"


def test_the_extension_carries_the_files_that_the_wheel_carries_and_no_other(installed, project_root):
    """Resources/packaged.txt is the list of both; the module's own icons and form lie in the same folder."""
    folder, _tests = installed
    lines = (project_root / "Resources" / "packaged.txt").read_text(encoding="utf-8").splitlines()
    wanted = {
        path.relative_to(project_root)
        for line in lines
        if not line.startswith("#")
        for path in (project_root / "Resources" / line).rglob("*")
        if path.is_file()
    }
    own = project_root / "OrthoDiffusion"
    modules = {path.relative_to(own) for path in (own / "Resources").rglob("*") if path.is_file()}
    there = {path.relative_to(folder) for path in (folder / "Resources").rglob("*") if path.is_file()}
    assert there == wanted | modules


@pytest.mark.long
def test_fine_tuning_finds_its_recipe_and_its_label_maps_in_the_installed_extension(installed, project_root, tmp_path):
    folder, _tests = installed
    program = (
        "import sys; sys.path[:] = [p for p in sys.path if p != sys.argv[2]]; sys.path.insert(0, sys.argv[1])\n"
        "import OrthoDiffusionLib; print(OrthoDiffusionLib.__file__)\n"
        "from OrthoDiffusionLib.lab.training.engine.recipe import load_recipe; print(load_recipe('knee').name)\n"
        "from OrthoDiffusionLib.lab.phantom.knee.atlas import ATLASES\n"
        "from OrthoDiffusionLib.resources import resource_path\n"
        "assert all(resource_path('Anatomy', f'{name}.nrrd').is_file() for name in ATLASES)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder), str(project_root)], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.splitlines()[0]).is_relative_to(folder)


def test_the_modules_own_test_is_registered_for_ctest(installed):
    assert installed[1] == ["OrthoDiffusion.py"]


def test_the_installed_module_opens_and_its_worker_answers(installed, project_root, tmp_path):
    """Nothing but the installed folder is on the path; the worker says hello and knows where its bundles would be."""
    folder, _tests = installed
    program = (
        "import sys; sys.path[:] = [p for p in sys.path if p != sys.argv[3]]; sys.path.insert(0, sys.argv[2])\n"
        "import slicerhost; slicer = slicerhost.start(sys.argv[4]); slicer.add_slice_views()\n"
        "module = slicerhost.load_module(sys.argv[1]); panel = slicerhost.open_panel(module)\n"
        "import OrthoDiffusionLib; print(OrthoDiffusionLib.__file__)\n"
        "panel.run.worker.program = sys.executable; panel.run.worker.start()\n"
        "import time; end = time.monotonic() + 60\n"
        "while not panel.run.worker.warm and time.monotonic() < end: slicer.app.processEvents(); time.sleep(0.01)\n"
        "print(panel.run.worker.warm); panel.cleanup()\n"
    )
    arguments = [folder / "OrthoDiffusion.py", project_root / "Testing" / "panel", project_root, tmp_path]
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    library, warm = done.stdout.strip().splitlines()[-2:]
    assert Path(library).is_relative_to(folder)
    assert warm == "True", done.stderr
