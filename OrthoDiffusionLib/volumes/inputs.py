"""Whatever a user points at → Volumes: files and folders, DICOM and image files, mixed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from OrthoDiffusionLib.errors import Notice, OrthoDiffusionError, StudyError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.dicom.series import read_dicom_folder
from OrthoDiffusionLib.volumes.dicom.slices import looks_like_dicom
from OrthoDiffusionLib.volumes.files.folders import check_there, each_path, files_below
from OrthoDiffusionLib.volumes.files.volume_file import read_volume, volume_ending
from OrthoDiffusionLib.volumes.volume import Volume

_OTHER_VOLUMES = (
    ".hdr", ".mgz", ".mgh", ".mnc", ".par", ".gipl", ".gipl.gz", ".vtk", ".vti", ".nii.bz2", ".nii.xz", ".nii.zst",
    ".zip", ".7z", ".rar", ".tar", ".tar.gz", ".tgz", ".dcm.gz",
    ".npy", ".npz", ".h5", ".hdf5", ".mat", ".pck",  # as public data sets of knees have them
)  # fmt: skip
"""Endings of files that may hold the images that are looked for, but are not read."""

_PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".pdf")
_MOST_NAMED = 5


def read_inputs(
    paths: str | Path | Iterable[str | Path], *, check_cancelled: Callable[[], None] | None = None
) -> tuple[list[Volume], list[Notice]]:
    """Read all volumes behind some files and folders.

    Args:
        paths: NIfTI, NRRD and MetaImage files, DICOM files, folders of any of these; one of them, or several.
        check_cancelled: called now and then; may raise to stop.

    Returns:
        The volumes, image files first, then DICOM stacks, and what was noticed. A bad file inside a
        folder is a notice, and so are files of other kinds that may hold images; one that was named is an
        error.

    Raises:
        StudyError: if there is nothing to read; with several bad files it keeps the remedy of each.
        VolumeFileError, DicomError: if a file that was named, or the only one that was found, is bad.
    """
    paths = each_path(paths)
    files = _Files.behind(paths)
    volumes = files.named_volumes()
    notices = [*(_left_out(folder) for folder in files.results), *_not_read(files.others)]
    errors: list[OrthoDiffusionError] = []
    for path in files.found_images:
        if check_cancelled is not None:
            check_cancelled()
        try:
            volumes.append(read_volume(path))
        except OrthoDiffusionError as error:
            errors.append(error)
            notices.append(_unreadable(error, path.name))
    if files.dicom:
        try:
            stacks, noticed = read_dicom_folder(files.dicom, check_cancelled=check_cancelled)
            volumes += stacks
            notices += noticed
        except OrthoDiffusionError as error:
            errors.append(error)
            notices.append(_unreadable(error, error.where))
    if not volumes:
        raise _nothing_read(paths, errors, notices, files.others)
    return _with_distinct_names(volumes), notices


@dataclass(frozen=True)
class _Files:
    """The files behind what a user points at.

    Attributes:
        named_images: image files that were named themselves.
        found_images: image files in folders.
        dicom: DICOM files, wherever they were.
        results: folders of earlier results, which are passed over.
        others: files in folders that are neither.
    """

    named_images: list[Path] = field(default_factory=list)
    found_images: list[Path] = field(default_factory=list)
    dicom: list[Path] = field(default_factory=list)
    results: list[Path] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)

    @classmethod
    def behind(cls, paths: Sequence[Path]) -> _Files:
        """Sort the files by what they are.

        Raises:
            VolumeFileError: for a name that does not exist, or may not be looked at, or is of no kind that is read.
        """
        files = cls()
        for path in paths:
            check_there(path)
            if path.is_dir():
                files._add_folder(path)
            elif volume_ending(path):
                files.named_images.append(path)
            elif looks_like_dicom(path):
                files.dicom.append(path)
            else:
                read_volume(path)  # says what is wrong with it
        return files._each_once()

    def _each_once(self) -> _Files:
        """Without a file that was named twice, or named and found in a folder as well."""
        seen: set[Path] = set()
        return replace(
            self, named_images=_not_seen(self.named_images, seen), found_images=_not_seen(self.found_images, seen)
        )

    def _add_folder(self, folder: Path) -> None:
        found, results = files_below(folder)
        self.found_images.extend(one for one in found if volume_ending(one) and not _is_segmentation(one))
        dicom = [one for one in found if not volume_ending(one) and looks_like_dicom(one)]
        self.dicom.extend(dicom)
        self.others.extend(sorted({one for one in found if not volume_ending(one)} - set(dicom)))
        self.results.extend(results)

    def named_volumes(self) -> list[Volume]:
        """Read the image files that were named; every one must be good."""
        volumes, errors = [], []
        for path in self.named_images:
            try:
                volumes.append(read_volume(path))
            except OrthoDiffusionError as error:
                errors.append(error)
        if errors:
            raise _bad_files(errors, named=True)
        return volumes


def _not_seen(paths: Sequence[Path], seen: set[Path]) -> list[Path]:
    """The paths that lead to no file that was seen before; all are seen afterwards."""
    new = []
    for path in paths:
        if (real := path.resolve()) not in seen:
            seen.add(real)
            new.append(path)
    return new


def _nothing_read(
    paths: Sequence[Path],
    errors: Sequence[OrthoDiffusionError],
    notices: Sequence[Notice],
    others: Sequence[Path],
) -> OrthoDiffusionError:
    """Why no volume came of it; every bad file keeps its own word and remedy."""
    if errors:
        return _bad_files(errors, named=False)
    seen = [notice for notice in notices if notice.code in ("results_left_out", "file_not_read")]
    pictures = [path for path in others if path.name.lower().endswith(_PICTURES)]
    if pictures:
        values = {"files": _first_names(pictures), "count": len(pictures)}
        seen.append(Notice("file_not_read", "picture", values=values))
    return StudyError(Message("study", "nothing_read", {"seen": seen}), where=", ".join(str(path) for path in paths))


def _bad_files(errors: Sequence[OrthoDiffusionError], *, named: bool) -> OrthoDiffusionError:
    """One error for all of them; a single one as it is.

    Args:
        errors: one for each file.
        named: whether the files were named one by one, so that each must be good.
    """
    if len(errors) == 1:
        return errors[0]
    remedies: list[Message | str] = list({error.remedy: error.advice for error in errors if error.remedy}.values())
    told = [(Path(error.where).name, error) for error in errors[:_MOST_NAMED]]
    if len(remedies) > 1:
        remedies = [
            Message("problem", values={"where": file, "what": error.advice}) for file, error in told if error.remedy
        ]
    problems = [Message("problem", values={"where": file, "what": error.said}) for file, error in told]
    more = len(errors) - len(told)
    where = Message("problems", values={"problems": problems})
    if more:
        where = Message("problems", "more", {"problems": problems, "more": more})
    values = {"count": len(errors), "remedies": remedies}
    return StudyError(Message("study", "bad_files_named" if named else "bad_files", values), where=where)


def _not_read(others: Sequence[Path]) -> list[Notice]:
    """Say which files of a folder may hold images all the same: passing them over could leave a plane out."""
    kinds = [path for path in others if path.name.lower().endswith(_OTHER_VOLUMES)]
    if not kinds:
        return []
    return [Notice("file_not_read", values={"files": _first_names(kinds), "count": len(kinds)})]


def _first_names(paths: Sequence[Path]) -> list[str]:
    return [path.name for path in paths[:_MOST_NAMED]]


def _unreadable(error: OrthoDiffusionError, where: str) -> Notice:
    return Notice("unreadable_file", where=where, values={"problem": error.said, "remedy": error.advice})


def _is_segmentation(path: Path) -> bool:
    return path.name.lower().endswith(".seg.nrrd")


def _left_out(folder: Path) -> Notice:
    return Notice("results_left_out", where=folder.name)


def _with_distinct_names(volumes: list[Volume]) -> list[Volume]:
    """Names are how users and results speak of volumes, so no two may be the same."""
    taken: set[str] = set()
    named = []
    for volume in volumes:
        name, number = volume.name or "volume", 1
        while name in taken:
            number += 1
            name = f"{volume.name} [{number}]"
        taken.add(name)
        named.append(volume if name == volume.name else replace(volume, name=name))
    return named
