"""An environment that holds one wheel and what the wheel asks for, taken from the environment of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Runs before everything else in the new environment: a file of the checkout that is opened ends the process.
WATCH = """\
import os, sys
_forbidden, _allowed = {forbidden!r}, {allowed!r}
def _watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        path = os.path.realpath(arguments[0])
        if path.startswith(_forbidden) and not path.startswith(_allowed):
            sys.stderr.write("opened in the checkout: " + path + "\\n")
            sys.stderr.flush()
            os._exit(97)
sys.addaudithook(_watch)
"""


class EmptyEnvironment:
    """A virtual environment with the wheel, its declared dependencies, and nothing else.

    The dependencies are links to the installed packages, so that nothing is downloaded and torch is not copied. What
    the wheel does not declare is not there, whatever the environment of the tests holds. Every process that runs here
    is watched: it ends with status 97 when it opens a file of the checkout.

    Args:
        folder: where it is built.
        wheel: the file.
        checkout: the folder that no file may be read from.
        extras: of the wheel's extras, those to install.
    """

    def __init__(self, folder: Path, wheel: Path, checkout: Path, *, extras: tuple[str, ...] = ()) -> None:
        self.folder = folder
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        self.python = folder / "bin" / "python"
        # No dependency and no index: pip must find everything it wants in the wheel itself.
        pip = [sys.executable, "-m", "pip", "--python", str(self.python), "install", "--quiet"]
        subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True, env=self._outside())
        (self.packages,) = (folder / "lib").glob("python3.*/site-packages")
        (own,) = self.packages.glob("orthodiffusion-*.dist-info")
        for name in sorted(declared(metadata.PathDistribution(own), extras)):
            self._link(metadata.distribution(name))
        allowed = tuple(sorted({os.path.realpath(path) + os.sep for path in sys.path if "site-packages" in path}))
        watch = WATCH.format(forbidden=os.path.realpath(checkout) + os.sep, allowed=allowed)
        (self.packages / "sitecustomize.py").write_text(watch, encoding="utf-8")

    def run(self, *command: str | Path, cwd: Path) -> subprocess.CompletedProcess:
        """A program of the environment (`python`, `orthodiffusion`) with its arguments, to its end."""
        program, *arguments = command
        return subprocess.run(
            [str(self.folder / "bin" / str(program)), *map(str, arguments)],
            cwd=cwd, env=self._outside(), capture_output=True, text=True, encoding="utf-8", check=False, timeout=600,
        )  # fmt: skip

    def _link(self, package: metadata.Distribution) -> None:
        home = Path(package.locate_file(""))
        for name in {Path(file).parts[0] for file in package.files or ()} - {"..", "__pycache__"}:
            link = self.packages / name
            if not link.exists() and (home / name).exists():  # several packages may share a namespace's folder
                link.symlink_to(home / name)

    @staticmethod
    def _outside() -> dict[str, str]:
        dropped = ("PYTHONPATH", "ORTHODIFFUSION_BUNDLES", "PYTHONHOME", "VIRTUAL_ENV", "COVERAGE_PROCESS_START")
        return {**{k: v for k, v in os.environ.items() if k not in dropped}, "PYTHONIOENCODING": "utf-8"}


def declared(package: metadata.Distribution, extras: tuple[str, ...] = ()) -> set[str]:
    """The names of all packages that a package asks for, and those ask for, and so on; itself left out."""
    found: set[str] = set()
    waiting = [(package, extras)]
    seen = set()
    while waiting:
        one, wanted = waiting.pop()
        for text in one.requires or ():
            requirement = Requirement(text)
            marker = requirement.marker
            if marker and not any(marker.evaluate({"extra": extra}) for extra in ("", *wanted)):
                continue
            key = canonicalize_name(requirement.name), tuple(sorted(requirement.extras))
            if key not in seen:
                seen.add(key)
                found.add(key[0])
                waiting.append((metadata.distribution(requirement.name), key[1]))
    return found
