"""What a user sets once for all scenes: the one place that panel, console and settings page read it from."""

import os
from dataclasses import dataclass

import qt
import slicer
from slicer.i18n import tr as _

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.service.protocol import DEVICES, PRECISIONS, Options
from OrthoDiffusionSlicer import Words

GROUP = "OrthoDiffusion/"


@dataclass(frozen=True)
class Setting:
    """One setting.

    Attributes:
        name: of its key in Slicer's settings, after ‘OrthoDiffusion/’.
        default: its value where nothing is set.
        choices: the texts that it may be; empty for a number or a folder.
        least, most: bounds of a number.
        unit: of a number, for people.
        isFolder: whether it is a folder, empty for none.
    """

    name: str
    default: object
    choices: tuple = ()
    least: int = 0
    most: int = 0
    unit: str = ""
    isFolder: bool = False

    @property
    def key(self):
        return GROUP + self.name

    def read(self, text):
        """A stored value as it is used; files of settings hold texts.

        Raises:
            ValueError: saying what it must be.
        """
        text = str(text).strip()
        if self.choices:
            if text not in self.choices:
                raise ValueError(_("one of {choices}").format(choices=", ".join(self.choices)))
            return text
        if self.isFolder:
            if text and not os.path.isabs(text):
                raise ValueError(_("the full path of a folder, or empty"))
            if text and os.path.exists(text) and not os.path.isdir(text):
                raise ValueError(_("a folder, and this is a file"))
            return text
        allowed = _("a whole number from {least} to {most}").format(least=self.least, most=self.most)
        try:
            number = int(text)
        except ValueError as error:
            raise ValueError(allowed) from error
        if not self.least <= number <= self.most:
            raise ValueError(allowed)
        return number


DEVICE = Setting("device", "auto", choices=DEVICES)
PRECISION = Setting("precision", "auto", choices=PRECISIONS)
THREADS = Setting("threads", 0, least=0, most=256)
AUTOSAVE = Setting("autosaveSeconds", 20, least=5, most=3600, unit="s")
RESULTS_FOLDER = Setting("resultsFolder", "", isFolder=True)
BUNDLES_FOLDER = Setting("BundlesFolder", "", isFolder=True)
DICOM_FOLDER = Setting("dicomFolder", "", isFolder=True)
DICOM_IMPORT = Setting("dicomImport", "no", choices=("no", "yes"))
_LAST_JOINT = GROUP + "lastJoint"
"""Not set on the settings page; kept beside what is."""

ALL = (DEVICE, PRECISION, THREADS, AUTOSAVE, RESULTS_FOLDER, BUNDLES_FOLDER, DICOM_FOLDER, DICOM_IMPORT)


def value(setting):
    """What is set, or the default.

    Raises:
        OrthoDiffusionError: if something else is stored than may be.
    """
    stored = slicer.util.settingsValue(setting.key, setting.default)
    try:
        return setting.read(stored)
    except ValueError as error:
        raise OrthoDiffusionError(
            _("The setting ‘{name}’ is ‘{value}’; it must be {allowed}").format(
                name=titleOf(setting), value=stored, allowed=error
            ),
            where=setting.key,
            remedy=_("Open Edit / Application Settings / OrthoDiffusion, set it and press OK."),
        ) from error


def problems():
    """An OrthoDiffusionError for each setting that is stored wrongly."""
    found = []
    for setting in ALL:
        try:
            value(setting)
        except OrthoDiffusionError as error:
            found.append(error)
    return found


def store(setting, text):
    """Write a setting; takes effect with the next thing that reads it.

    Raises:
        ValueError: saying what it must be; nothing is written.
    """
    qt.QSettings().setValue(setting.key, setting.read(text))


def options():
    """How the worker shall compute: Options of `service.protocol`.

    Raises:
        OrthoDiffusionError: for a setting that is stored wrongly.
    """
    return Options(
        device=value(DEVICE), precision=value(PRECISION), threads=value(THREADS), language=Words.LANGUAGE.code
    )


def autosaveSeconds():
    """Seconds between two automatic saves of work on a case.

    Raises:
        OrthoDiffusionError: if it is stored wrongly.
    """
    return value(AUTOSAVE)


def resultsFolder():
    """Where results and reports are offered to be saved, an empty text for no preference."""
    return value(RESULTS_FOLDER)


def dicomFolder():
    """Where each analysis leaves DICOM objects, an empty text if none are wanted.

    Raises:
        OrthoDiffusionError: if it is stored wrongly.
    """
    return value(DICOM_FOLDER)


def dicomImport():
    """Whether Slicer's DICOM database shall list the DICOM objects that are written.

    Raises:
        OrthoDiffusionError: if it is stored wrongly.
    """
    return value(DICOM_IMPORT) == "yes"


def bundlesFolder():
    """Where bundles that are installed in the panel are kept: by default beside Slicer's settings, so that updates of
    Slicer leave them alone."""
    default = os.path.join(os.path.dirname(slicer.app.slicerUserSettingsFilePath), "OrthoDiffusionBundles")
    try:
        return value(BUNDLES_FOLDER) or default
    except OrthoDiffusionError:
        return default  # `problems` tells of it; without bundles the panel could not even be shown


def lastJoint():
    """Name of the joint that the user chose last, empty if none was ever chosen."""
    return str(slicer.util.settingsValue(_LAST_JOINT, ""))


def rememberJoint(name):
    """The user chose a joint."""
    qt.QSettings().setValue(_LAST_JOINT, name)


def titleOf(setting):
    """What a setting is called on the settings page."""
    return {
        DEVICE.name: _("Device"),
        PRECISION.name: _("Precision"),
        THREADS.name: _("Threads"),
        AUTOSAVE.name: _("Save every"),
        RESULTS_FOLDER.name: _("Folder of results"),
        BUNDLES_FOLDER.name: _("Folder of bundles"),
        DICOM_FOLDER.name: _("Folder of DICOM objects"),
        DICOM_IMPORT.name: _("List them in the DICOM database"),
    }[setting.name]
