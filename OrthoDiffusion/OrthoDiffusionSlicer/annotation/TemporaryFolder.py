"""A temporary folder of Slicer's, or an error that says what to do."""

import tempfile

import slicer
from slicer.i18n import tr as _

from OrthoDiffusionLib.errors import OutputError


def temporaryFolder(prefix):
    """Path of a new folder.

    Args:
        prefix: of its name.

    Raises:
        OutputError: if it cannot be made, as on a full disk.
    """
    try:
        return tempfile.mkdtemp(prefix=prefix, dir=slicer.app.temporaryPath)
    except OSError as error:
        raise OutputError(
            _("No temporary folder can be made: {error}").format(error=error.strerror or error),
            where=slicer.app.temporaryPath,
            remedy=_("Make room on that disk, or choose another temporary folder in Slicer's settings."),
        ) from error
