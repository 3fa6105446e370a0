"""DICOM objects to an archive: what of a results folder is sent, and what the archive answered on each one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from OrthoDiffusionLib.archive.archive import Archive
from OrthoDiffusionLib.archive.patience import patiently
from OrthoDiffusionLib.archive.query import is_uid
from OrthoDiffusionLib.archive.storage_status import Stored
from OrthoDiffusionLib.errors import ArchiveError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.progress import ProgressCallback, report
from OrthoDiffusionLib.volumes.dicom.slices import looks_like_dicom

OBJECTS = "dicom"
"""The folder of a results folder that holds its DICOM objects."""


@dataclass(frozen=True)
class Sent:
    """A file and what the archive answered."""

    path: Path
    stored: Stored


def objects_below(path: Path) -> list[Path]:
    """The DICOM objects that a user means by a path.

    Args:
        path: a file; a results folder, of which `dicom/*.dcm` are sent; a folder of such, as `batch` writes it; or a
            folder of DICOM files, whatever they are called.

    Raises:
        ArchiveError: if there is none.
    """
    if path.is_file():
        return [path]
    own = sorted((path / OBJECTS).glob("*.dcm")) or _dicom_files(path)
    found = own or sorted(path.glob(f"*/{OBJECTS}/*.dcm"))
    found = [one for one in found if not any(part.startswith(".") for part in one.relative_to(path).parts)]
    if not found:
        raise ArchiveError(Message("archive", "nothing_to_send"), where=str(path))
    return found


def _dicom_files(folder: Path) -> list[Path]:
    """Those in a folder itself; the list of a medium (DICOMDIR) is none."""
    entries = sorted(folder.iterdir()) if folder.is_dir() else []
    return [entry for entry in entries if entry.name.upper() != "DICOMDIR" and looks_like_dicom(entry)]


def check_objects(paths: Iterable[Path]) -> list[Path]:
    """The files, each once; two files of one SOP Instance UID are refused: the archive would keep one of them.

    Raises:
        ArchiveError: naming the file that is no DICOM object, or the two.
    """
    import pydicom

    seen: dict[str, Path] = {}
    for path in dict.fromkeys(path.resolve() for path in paths):
        try:
            wanted = ["SOPInstanceUID", "SOPClassUID"]
            uid = str(pydicom.dcmread(path, stop_before_pixels=True, specific_tags=wanted).SOPInstanceUID)
        except Exception:  # pydicom raises a dozen kinds for what is no DICOM
            uid = ""
        if not is_uid(uid):
            raise ArchiveError(Message("archive", "no_object"), where=str(path))
        if uid in seen:
            raise ArchiveError(Message("archive", "one_uid_twice", {"other": seen[uid].name}), where=str(path))
        seen[uid] = path
    return list(seen.values())


def send_objects(
    archive: Archive, paths: Sequence[Path], *, patience: float = 0.0, progress: ProgressCallback | None = None
) -> list[Sent]:
    """Send files; a refused one does not stop the others. To send them again does no harm.

    Args:
        archive: open.
        paths: as `check_objects` gives them.
        patience: seconds to wait for an archive that goes away; what it has answered is not sent again.
        progress: gets every file; may raise `Cancelled`.

    Returns:
        Every file with the archive's answer, in the order of sending.

    Raises:
        ArchiveError: if the archive goes away and does not come back.
    """
    answers: dict[Path, Stored] = {}

    def tell(path: Path, stored: Stored) -> None:
        answers[path] = stored
        done = {"number": len(answers), "count": len(paths)}
        report(progress, "send", len(answers) / len(paths), Message("progress", "send", done))

    patiently(lambda: archive.send([one for one in paths if one not in answers], tell), seconds=patience)
    return [Sent(path, stored) for path, stored in answers.items()]
