"""The DICOM objects of an analysis: out of the worker's temporary folder, into the database, found again later."""

import shutil
import time
from pathlib import Path

import slicer

from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.findings.analysis import DICOM_FOLDER, DICOM_REPORT
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.files.atomic import new_folder
from OrthoDiffusionSlicer.panel import Settings
from OrthoDiffusionSlicer.scene import Provenance

_OBJECTS = Provenance.PREFIX + "DicomObjects"  # of a findings table: folder of the objects, or of the last report


def keepObjects(results, parent):
    """Copy the objects into a new folder named after the time; nothing that is there is replaced.

    Args:
        results: folder that the worker wrote.
        parent: where the new folder is made; an empty text keeps nothing.

    Returns:
        Path of the new folder, None if there are no objects or none are wanted.

    Raises:
        OutputError: if it cannot be written.
    """
    made = Path(results) / DICOM_FOLDER
    if not parent or not made.is_dir():
        return None
    folder = new_folder(Path(parent), time.strftime("dicom_%Y-%m-%d_%H%M%S"))
    try:
        return Path(shutil.copytree(made, folder, dirs_exist_ok=True))
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise OutputError(
            Message("file", "not_written", {"error": error.strerror or error}), where=str(folder)
        ) from error


def note(table, folder):
    """Remember on a findings table where its objects lie, so that a report can follow the one there."""
    table.SetAttribute(_OBJECTS, str(folder))


def reportOf(table):
    """Path of the DICOM report that belongs to a findings table; None if there is none, or it is not there any more."""
    folder = table.GetAttribute(_OBJECTS)
    path = Path(folder) / DICOM_REPORT if folder else None
    return path if path is not None and path.is_file() else None


def addToDatabase(folder):
    """Have Slicer's DICOM database list the objects, if the user has set so; the files stay where they lie.

    By the function that Slicer's own modules use (Modules/Scripted/DICOMLib/DICOMUtils.py, `importDicom`): it returns
    False where anything goes wrong, and prints it.

    Raises:
        OutputError: if that did not work; the objects are there all the same.
    """
    if not Settings.dicomImport():
        return
    database = getattr(slicer, "dicomDatabase", None)
    listed = False
    if database is not None and database.isOpen:
        try:
            from DICOMLib import DICOMUtils

            listed = DICOMUtils.importDicom(str(folder), database)
        except Exception:  # whatever it is, the analysis is done
            listed = False
    if not listed:
        raise OutputError(Message("dicom_objects", "not_in_database"), where=str(folder))
