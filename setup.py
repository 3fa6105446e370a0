"""The step of the build that pyproject.toml cannot say: the wheel carries Resources inside the library's package."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

RESOURCES = Path(__file__).resolve().parent / "Resources"


def packaged_files() -> list[str]:
    """The files of the folders that Resources/packaged.txt names, relative to Resources, with forward slashes."""
    lines = (RESOURCES / "packaged.txt").read_text(encoding="utf-8").splitlines()
    folders = [line for line in lines if line and not line.startswith("#")]
    found = []
    for folder in folders:
        files = [path for path in sorted((RESOURCES / folder).rglob("*")) if path.is_file()]
        if not files:
            raise FileNotFoundError(f"Resources/packaged.txt names {folder}, which is empty or not in Resources")
        found += [path.relative_to(RESOURCES).as_posix() for path in files]
    return found


class BuildWithResources(build_py):
    """Copies Resources to OrthoDiffusionLib/Resources; an editable install uses the folder of the checkout."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        packed = self._packed
        shutil.rmtree(packed, ignore_errors=True)  # what an earlier build left behind must not be packed
        for name in packaged_files():
            self.mkpath(str((packed / name).parent))
            self.copy_file(str(RESOURCES / name), str(packed / name))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        own = [] if self.editable_mode else [str(self._packed / name) for name in packaged_files()]
        return [*super().get_outputs(include_bytecode), *own]

    @property
    def _packed(self) -> Path:
        return Path(self.build_lib) / "OrthoDiffusionLib" / "Resources"


setup(cmdclass={"build_py": BuildWithResources})
