"""The DICOM objects of an analysis, from the worker's temporary folder to the one that the user set."""

import shutil
import time
from pathlib import Path

from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.findings.analysis import DICOM_FOLDER
from OrthoDiffusionLib.messages import Message


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
    name, number = time.strftime("dicom_%Y-%m-%d_%H%M%S"), 1
    folder = Path(parent) / name
    while folder.exists():
        number += 1
        folder = Path(parent) / f"{name}_{number}"
    try:
        return Path(shutil.copytree(made, folder))
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise OutputError(
            Message("file", "not_written", {"error": error.strerror or error}), where=str(folder)
        ) from error
