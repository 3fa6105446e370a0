"""One DICOM instance as a file: named after its UID, whole or not there, and only if nothing of it is missing."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.archive.query import is_uid
from OrthoDiffusionLib.volumes.files.atomic import atomic_path

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

ENDING = ".dcm"


class Damaged(Exception):
    """The instance cannot be kept as it is: cut off, or with identifiers that are none. Says no value of it."""


def instance_name(sop_instance_uid: str) -> str:
    """The file name of an instance.

    Raises:
        Damaged: if the UID is not digits and dots, such as a path.
    """
    if not is_uid(sop_instance_uid):
        raise Damaged
    return f"{sop_instance_uid}{ENDING}"


def write_instance(dataset: Dataset, folder: Path) -> Path:
    """Write an instance as `folder/<SOP Instance UID>.dcm`, in the transfer syntax it came in.

    Raises:
        Damaged: if it is cut off or its UID is none.
        OutputError: if the disk is full or the folder cannot be written.
    """
    path = folder / instance_name(str(dataset.get("SOPInstanceUID", "")))
    if is_cut_off(dataset):
        raise Damaged
    with atomic_path(path) as temporary:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # they quote values
                dataset.save_as(temporary, enforce_file_format=True)
        except (ValueError, TypeError, AttributeError, KeyError, NotImplementedError):
            raise Damaged from None
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())  # what is counted as fetched is on the disk
    return path


def is_cut_off(dataset: Dataset) -> bool:
    """Whether an image lacks pixels: what was cut off in the middle may still be read, without them."""
    if "Rows" not in dataset:
        return False
    if not any(name in dataset for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")):
        return True
    syntax = getattr(getattr(dataset, "file_meta", None), "TransferSyntaxUID", None)
    if syntax is None or syntax.is_encapsulated or "PixelData" not in dataset:
        return False  # an encapsulated one without its end cannot be read at all
    try:
        rows, columns, samples = int(dataset.Rows), int(dataset.Columns), int(dataset.get("SamplesPerPixel") or 1)
        frames, bits = int(dataset.get("NumberOfFrames") or 1), int(dataset.BitsAllocated)
    except (AttributeError, ValueError, TypeError):
        return True
    return len(dataset.PixelData) < rows * columns * samples * frames * bits // 8


def kept_instances(folder: Path) -> set[str]:
    """The UIDs of the instances that lie in a folder."""
    if not folder.is_dir():
        return set()
    return {path.name.removesuffix(ENDING) for path in folder.iterdir() if is_uid(path.name.removesuffix(ENDING))}
