"""A folder of de-identified copies: our objects and, if they are given too, the images that they were made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.dicom_objects.deidentification.dataset import deidentified, why_not
from OrthoDiffusionLib.dicom_objects.deidentification.pseudonyms import Pseudonyms
from OrthoDiffusionLib.errors import DicomError, Notice
from OrthoDiffusionLib.findings.complete_folder import complete_folder
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.dicom.quiet import quiet_pydicom
from OrthoDiffusionLib.volumes.dicom.slices import import_pydicom, looks_like_dicom

if TYPE_CHECKING:
    from pydicom.dataset import FileDataset


@dataclass(frozen=True)
class Deidentified:
    """What was written.

    Attributes:
        series: folder of a series -> how many files it has.
        left_out: which files were not copied, and why.
    """

    series: Mapping[str, int]
    left_out: tuple[Notice, ...] = ()


def deidentify_files(
    inputs: Iterable[Path], out: Path, *, patient: str = "", pseudonyms: Pseudonyms | None = None
) -> Deidentified:
    """Copy DICOM files without what identifies a person.

    Each series gets a folder, ``series_001/IM0001.dcm`` and on: names of files may name a patient. The files of one
    call refer to each other as the originals do. The folder appears complete or not at all.

    Args:
        inputs: DICOM files, or folders of them, searched with their sub-folders.
        out: folder to be made.
        patient: what the patient is called in every file; else each patient gets a pseudonym.
        pseudonyms: whose key replaces the identifiers; None for a new key, which is then forgotten.

    Raises:
        DicomError: if nothing could be copied, files of several patients would get one name, or pydicom is missing.
        OutputError: if the folder exists or cannot be written.
    """
    import_pydicom()
    pseudonyms = pseudonyms or Pseudonyms()
    folders: dict[str, str] = {}
    counts: dict[str, int] = {}
    refused: dict[str, list[str]] = {}
    patients: set[str] = set()
    with complete_folder(out, overwrite=False, ours=lambda name: False, marker="", kind="folder") as temporary:
        for path in _files(inputs):
            with quiet_pydicom():
                dataset = _read(path)
                reason = "no_dicom" if dataset is None else why_not(dataset)
                if dataset is None or reason:
                    refused.setdefault(reason, []).append(path.name)
                    continue
                # One number with names in several spellings is one patient.
                patients.add(str(dataset.get("PatientID") or dataset.get("PatientName") or "").strip().casefold())
                if patient and len(patients) > 1:
                    raise DicomError(Message("deidentify", "several_patients"))
                copy = deidentified(dataset, pseudonyms, patient=patient)
                series = str(copy.get("SeriesInstanceUID") or "")
                folder = folders.setdefault(series, f"series_{len(folders) + 1:03d}")
                counts[folder] = counts.get(folder, 0) + 1
                (temporary / folder).mkdir(exist_ok=True)
                copy.save_as(temporary / folder / f"IM{counts[folder]:04d}.dcm", enforce_file_format=True)
        notices = tuple(_left_out(reason, names) for reason, names in refused.items())
        if not counts:
            raise DicomError(Message("deidentify", "nothing", {"reasons": list(notices)}))
    return Deidentified(counts, notices)


def _files(inputs: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in inputs:
        if not path.exists():
            raise DicomError(Message("file", "not_there_named"), where=str(path))
        found += sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    return list(dict.fromkeys(found))


def _read(path: Path) -> FileDataset | None:
    """The whole file; None if it is no DICOM file that can be read."""
    import pydicom

    if not looks_like_dicom(path):
        return None
    try:
        dataset = pydicom.dcmread(path, force=True)
        if "SOPClassUID" not in dataset or "TransferSyntaxUID" not in dataset.file_meta or _cut_off(dataset):
            return None
        return dataset
    except Exception:  # pydicom raises a dozen kinds for damaged files; all mean the same
        return None


def _cut_off(dataset: FileDataset) -> bool:
    """Whether a file ends within its uncompressed pixels, which pydicom reads without an error."""
    from pydicom.pixels.utils import get_expected_length

    if "PixelData" not in dataset or dataset.file_meta.TransferSyntaxUID.is_compressed:
        return False
    return len(dataset.PixelData) < get_expected_length(dataset)


def _left_out(reason: str, names: list[str]) -> Notice:
    where, values = ", ".join(names[:3]) + (", …" if len(names) > 3 else ""), {"count": len(names)}
    if reason == "burned_in":
        return Notice("not_deidentified", "burned_in", where=where, values=values)
    if reason == "kind":
        return Notice("not_deidentified", "kind", where=where, values=values)
    if reason == "identifiers":
        return Notice("not_deidentified", "identifiers", where=where, values=values)
    return Notice("not_deidentified", where=where, values=values)
