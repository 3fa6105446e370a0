"""The CMake files, configured, built and installed against a stand-in of Slicer's macros; Slicer itself is not here."""

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


@pytest.fixture(scope="module")
def installed(project_root, tmp_path_factory):
    """The folder of the installed extension that Slicer looks for modules in, and what ctest would run."""
    if shutil.which("cmake") is None:
        pytest.skip("the CMake files are not built: this computer has no cmake; they are where it is installed")
    work = tmp_path_factory.mktemp("cmake")
    slicer = work / "slicer"
    slicer.mkdir()
    for name, text in {"SlicerConfig": SLICER_CONFIG, "UseSlicer": USE_SLICER, "Nothing": ""}.items():
        (slicer / f"{name}.cmake").write_text(text, encoding="utf-8")
    source, build = work / "source", work / "build"
    source.mkdir()
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("OrthoDiffusion", "OrthoDiffusionLib", "Resources"):
        shutil.copytree(project_root / name, source / name, ignore=ignore)
    shutil.copy(project_root / "CMakeLists.txt", source)
    configure = ["cmake", "-S", source, "-B", build, f"-DSlicer_DIR={slicer}", f"-DCMAKE_INSTALL_PREFIX={work}/install"]
    for command in (configure, ["cmake", "--install", build, "--component", "RuntimeLibraries"]):
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return work / "install" / "lib" / "Slicer" / "qt-scripted-modules", (build / "tests.txt").read_text(
        encoding="utf-8"
    ).split()


def test_everything_that_is_needed_lies_side_by_side(installed, project_root):
    folder, _tests = installed
    for name in ("OrthoDiffusion.py", "OrthoDiffusionSlicer/SceneWriter.py", "OrthoDiffusionLib/cli/worker.py",
                 "Resources/UI/OrthoDiffusion.ui", "Resources/Icons/OrthoDiffusion.png", "Resources/requirements.txt",
                 "Resources/Terminology/OrthoDiffusion.json", "Resources/SampleData/knee_exam/S09_sag_fs.nii.gz",
                 "Resources/SampleData/LICENSES/MIT_mskt.txt"):  # fmt: skip
        assert (folder / name).is_file(), f"{name} is not installed"
    bundles = {path.relative_to(project_root) for path in (project_root / "Resources" / "Bundles").rglob("*.*")}
    assert all((folder / path).is_file() for path in bundles if (project_root / path).is_file())


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
