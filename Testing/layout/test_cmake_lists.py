"""What CMake does not name is not installed, and the panel would miss it in Slicer only."""

from __future__ import annotations

import pytest
from layout import cmake_lists


@pytest.mark.parametrize("folder", ["OrthoDiffusionLib", "OrthoDiffusion"])
def test_cmake_names_every_python_file_and_no_other(folder, project_root):
    faults = cmake_lists.differences(project_root / folder)
    if faults:
        hint = "`make cmake-lists` mends OrthoDiffusionLib/CMakeLists.txt; the module's own list is kept by hand."
        pytest.fail("\n".join([*faults, hint]), pytrace=False)


def test_a_file_that_is_not_named_is_noticed(tmp_path):
    (tmp_path / "CMakeLists.txt").write_text("set(SCRIPTS\n  one.py\n  # two.py\n  gone.py)\n", encoding="utf-8")
    for name in ("one.py", "two.py"):
        (tmp_path / name).touch()
    assert cmake_lists.differences(tmp_path) == [
        f"{tmp_path.name}/CMakeLists.txt does not name two.py",
        f"{tmp_path.name}/CMakeLists.txt names gone.py, which is not there",
    ]
