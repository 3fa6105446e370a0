"""The Python packages of the training: installed beside everything else, of which nothing is replaced."""

import importlib.metadata

from slicer.i18n import tr as _

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionSlicer.panel.PythonRequirements import PythonRequirements


class TrainingRequirements(PythonRequirements):
    """As PythonRequirements; pip is bound to the version of every package that is there."""

    def bound(self):
        found = {item.metadata["Name"]: item.version for item in importlib.metadata.distributions()}
        return sorted(name for name, version in found.items() if name and _isVersion(version))

    def declined(self, missing):
        return OrthoDiffusionError(
            _("Nothing was installed, and nothing was learned. Missing: {packages}").format(
                packages=", ".join(missing)
            ),
            remedy=_("Press the button to be asked again."),
        )


def _isVersion(text):
    """pip refuses a whole file of constraints for one old version that is none."""
    from packaging.version import InvalidVersion, Version

    try:
        Version(text)
    except (InvalidVersion, TypeError):
        return False
    return True
