"""Python packages the worker needs: what is missing, asking, installing; by hand from a folder as well."""

import importlib
import importlib.metadata
import platform
import sys
import tempfile
from pathlib import Path

import slicer
from slicer.i18n import tr as _

from OrthoDiffusionLib.errors import OrthoDiffusionError

# Slicer's own; another build of these in Slicer's process crashes it.
_SLICERS_OWN = ("numpy", "scipy", "SimpleITK", "vtk", "requests")
# Chosen for this computer's graphics card. What is not pinned pip may replace, if another package wants a newer torch.
_CHOSEN_BUILDS = ("torch", "torchvision", "torchaudio")


class PythonRequirements:
    """Checks without importing anything, and installs only after a click.

    Args:
        path: requirements file, one requirement a line.
        ask: called with a text, returns True for yes; Slicer's dialog unless a test gives another.
        pip: called with pip's arguments after ‘install’; Slicer's helper unless a test gives another.

    Attributes:
        path, ask, pip: the same; may be set.
    """

    def __init__(self, path, ask=None, pip=None):
        self.path = Path(path)
        self.ask = ask or (lambda text: slicer.util.confirmOkCancelDisplay(text, windowTitle="OrthoDiffusion"))
        self.pip = pip or _slicersPip

    def missing(self):
        """Requirements that are not met, as text such as ‘nibabel>=5.2’; takes some milliseconds, no process."""
        return [str(requirement) for requirement in self._requirements() if not _isMet(requirement)]

    def ensure(self):
        """See to it that the worker finds its packages: ask, then install.

        Raises:
            OrthoDiffusionError: if something is still missing: declined, failed, or no PyTorch extension.
        """
        missing = self.missing()
        if not missing:
            return
        self._checkComputer(missing)
        torch = [text for text in missing if _name(text) == "torch"]
        others = [text for text in missing if text not in torch]
        if torch and _torchExtension() is None:
            raise OrthoDiffusionError(
                _("PyTorch is missing, and so is Slicer's PyTorch extension, which installs it"),
                remedy=_(
                    "Install the extension ‘PyTorch’ in the Extensions Manager and restart Slicer; "
                    "without internet access, use ‘Offline installation’ below."
                ),
            )
        question = _("OrthoDiffusion needs Python packages that are not installed yet:\n\n{packages}\n\n"
                     "Install them into Slicer's Python now? This needs the internet and some minutes.")  # fmt: skip
        if not self.ask(question.format(packages="\n".join(missing))):
            raise self.declined(missing)
        if torch:
            self._installTorch(torch[0])
        if others:
            self._install(others, wanted=others)
        self._checkInstalled()

    def _checkComputer(self, missing):
        """Say what cannot be had for this computer before anything is asked or installed."""
        torch = next((text for text in missing if _name(text) == "torch"), None)
        if torch and sys.platform == "darwin" and platform.machine() == "x86_64":
            raise OrthoDiffusionError(
                _("PyTorch ends at version 2.2 on Macs with an Intel processor; OrthoDiffusion needs {torch}").format(
                    torch=torch
                ),
                where=_("this Slicer runs as an Intel (x86_64) program"),
                remedy=_(
                    "Use Slicer on Windows, Linux or, on a Mac with Apple silicon, a Slicer built for it (arm64). "
                    "Results that were made there can be opened here. Nothing was installed."
                ),
            )

    def wheelsIn(self, folder):
        """Names of the packages that a folder has wheels of."""
        return {_canonical(path.name.split("-")[0]) for path in Path(folder).glob("*.whl")}

    def installFromFolder(self, folder):
        """Install what is missing from a folder of wheels, without any network.

        Returns:
            What was installed, as requirement texts; empty if nothing was missing.

        Raises:
            OrthoDiffusionError: if the folder lacks a wheel, or pip fails; says which file to carry in.
        """
        missing = self.missing()
        if not missing:
            return []
        self._checkComputer(missing)
        wheels = self.wheelsIn(folder)
        lacking = [text for text in missing if _canonical(_name(text)) not in wheels]
        if lacking:
            raise OrthoDiffusionError(
                _("The folder has no wheel for {packages}").format(packages=", ".join(lacking)),
                where=str(folder),
                remedy=_("On a computer with internet access, the same operating system and Python {version}, run "
                         "‘pip download -d FOLDER {packages}’ and copy the folder here.").format(
                             version=platform.python_version(),
                             packages=" ".join(f'"{text}"' for text in missing)),
            )  # fmt: skip
        self._install(["--no-index", "--find-links", str(folder), *missing], wanted=missing)
        self._checkInstalled()
        return missing

    def bound(self):
        """Names of the packages that pip must leave as they are."""
        return (*_SLICERS_OWN, *_CHOSEN_BUILDS)

    def declined(self, missing):
        """What the panel shows after a declined installation: nothing happened, and what can be done."""
        return OrthoDiffusionError(
            _("Nothing was installed, and nothing was analyzed. Missing: {packages}").format(
                packages=", ".join(missing)
            ),
            remedy=_("Press ‘Analyze’ to be asked again; without internet access, use ‘Offline installation’ below."),
        )

    def _requirements(self):
        from packaging.requirements import Requirement

        lines = (line.strip() for line in self.path.read_text(encoding="utf-8").splitlines())
        return [Requirement(line) for line in lines if line and not line.startswith("#")]

    def _install(self, arguments, wanted):
        """pip, bound to the versions of what Slicer brings itself and of the torch that is there.

        Args:
            arguments: of ‘pip install’.
            wanted: requirements among them; these are not bound.
        """
        pins, free = [], {_canonical(_name(text)) for text in wanted}
        for name in self.bound():
            if _canonical(name) in free:
                continue
            try:
                pins.append(f"{name}=={importlib.metadata.version(name)}")
            except importlib.metadata.PackageNotFoundError:
                continue
        with tempfile.TemporaryDirectory() as folder:
            constraints = Path(folder) / "constraints.txt"
            constraints.write_text("\n".join(pins) + "\n", encoding="utf-8")
            try:
                self.pip(["--constraint", str(constraints), "--only-binary", ":all:", *arguments])
            except Exception as error:  # pip's helper raises several kinds, of which CalledProcessError is one
                raise OrthoDiffusionError(
                    _("The installation of Python packages failed: {error}").format(error=error),
                    remedy=_(
                        "The Python console shows the details. Check the internet connection, or use "
                        "‘Offline installation’ below."
                    ),
                ) from error

    def _installTorch(self, requirement):
        try:
            torch = _torchExtension().installTorch(
                askConfirmation=False, torchVersionRequirement=requirement.removeprefix("torch")
            )
        except Exception as error:
            raise OrthoDiffusionError(
                _("The installation of PyTorch failed: {error}").format(error=error),
                remedy=_("Open the module ‘PyTorch Utils’ and install it there, then press ‘Analyze’ again."),
            ) from error
        if torch is None:
            raise self.declined([requirement])

    def _checkInstalled(self):
        importlib.invalidate_caches()
        if missing := self.missing():
            raise OrthoDiffusionError(
                _("After the installation this is still missing: {packages}").format(packages=", ".join(missing)),
                remedy=_("Restart Slicer and press ‘Analyze’ again."),
            )


def _slicersPip(arguments):
    """Slicer's own pip: with its progress window from 5.11 on, the plain one before."""
    try:
        from slicer import packaging
    except ImportError:
        slicer.util.pip_install(arguments)
    else:
        packaging.pip_install(arguments, requester="OrthoDiffusion")


def _torchExtension():
    """Logic of Slicer's PyTorch extension, None if the extension is not installed."""
    try:
        import PyTorchUtils
    except ImportError:
        return None
    return PyTorchUtils.PyTorchUtilsLogic()


def _isMet(requirement):
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return False
    # A build such as 2.13.0+cu126 or a pre-release from a nightly counts as well.
    return requirement.specifier.contains(version, prereleases=True)


def _name(requirement):
    from packaging.requirements import Requirement

    return Requirement(requirement).name


def _canonical(name):
    from packaging.utils import canonicalize_name

    return canonicalize_name(name)
