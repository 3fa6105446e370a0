"""Bundles come to this computer, from a folder or a .zip file, and go again."""

from __future__ import annotations

import lzma
import os
import shutil
import stat
import zipfile
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from OrthoDiffusionLib.bundles.bundle import MANIFEST_NAME, Bundle
from OrthoDiffusionLib.bundles.manifest import is_weights_name
from OrthoDiffusionLib.errors import BundleError, OrthoDiffusionError
from OrthoDiffusionLib.findings.complete_folder import SYSTEM_FILES, complete_folder
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.resources import resource_path

LARGEST_BUNDLE_BYTES = 4 * 2**30
"""More than this is not unpacked (ours; the shipped bundle has some 10 MB)."""

MOST_FILES = 200
"""More than these are not unpacked (ours; a bundle has a manifest and a few files of weights)."""

_CHUNK_BYTES = 2**20
_ENCRYPTED = 0x1


def bundles_in(source: str | Path) -> list[Path]:
    """What can be installed from a folder: itself if it is a bundle, else the bundles and .zip files in it, by name."""
    source = Path(source)
    if source.is_file() or (source / MANIFEST_NAME).is_file():
        return [source]
    found = [path.parent for path in source.glob(f"*/{MANIFEST_NAME}")]
    return sorted(found + [path for path in source.glob("*.zip") if _holds_manifest(path)])


def install_bundle(
    source: str | Path, into: str | Path, *, overwrite: bool = False, in_use: Collection[str | Path] = ()
) -> Bundle:
    """Copy or unpack one bundle, and verify it before it counts: manifest, schema version, SHA-256 of every file.

    Nothing of it is executed. The folder appears complete or not at all.

    Args:
        source: the bundle's folder, or a .zip file of it.
        into: the folder of bundles; the bundle gets a folder of its own there, by name and version.
        overwrite: replace a bundle of the same name and version that holds something else.
        in_use: folders of bundles that are never replaced.

    Returns:
        The installed bundle; the one that is there already if it is the same.

    Raises:
        BundleError: if it is no bundle, damaged, of another schema version, too large or holds other files; or, with
            the code ``bundle_exists``, if another one of this name and version is there, or ``bundle_in_use``, if
            that one is being used.
        OutputError: if it cannot be written; nothing is left behind.
    """
    source, into = Path(source), Path(into)
    if source.is_dir():
        manifest = Bundle.open(source).manifest
        folder = into / f"{manifest.name}-{manifest.version}"
        return _placed(source, folder, overwrite, in_use)
    unpacked = into / f".{source.stem[:40]}.{os.getpid()}.unpacked"
    shutil.rmtree(unpacked, ignore_errors=True)
    try:
        with complete_folder(
            unpacked, overwrite=False, ours=_is_ours, marker=MANIFEST_NAME, kind="folder"
        ) as temporary:
            _unpack(source, temporary)
        try:
            manifest = Bundle.open(unpacked).manifest
        except BundleError as error:
            raise BundleError(error.said, where=str(source), remedy=error.ready_remedy, code=error.code) from error
        return _placed(unpacked, into / f"{manifest.name}-{manifest.version}", overwrite, in_use)
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)


def remove_bundle(folder: str | Path) -> None:
    """Delete an installed bundle.

    Raises:
        BundleError: if it came with the program, is no bundle, or holds files of others.
        OutputError: if it cannot be deleted.
    """
    folder = Path(folder)
    check_removable(folder)
    # Under a hidden name first: what is left of an interrupted removal is no bundle any more.
    aside = folder.with_name(f".{folder.name}.removed")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        os.rename(folder, aside)
        shutil.rmtree(aside)
    except OSError as error:
        raise BundleError(
            Message("bundle", "not_removed", {"error": error.strerror or error}), where=str(folder)
        ) from error


def check_removable(folder: Path) -> None:
    """Refuse what `remove_bundle` would not delete, before anybody is asked about it.

    Raises:
        BundleError: as it does.
    """
    if is_shipped(folder):
        raise BundleError(Message("bundle", "shipped"), where=str(folder))
    if folder.is_symlink() or not (folder / MANIFEST_NAME).is_file():
        raise BundleError(Message("bundle", "no_bundle_folder"), where=str(folder))
    others = sorted(name for name in os.listdir(folder) if not _is_ours(name) and name not in SYSTEM_FILES)
    if others:
        raise BundleError(Message("bundle", "other_files", {"file": others[0]}), where=str(folder))


def is_shipped(folder: str | Path) -> bool:
    """Whether a bundle came with the program."""
    return resource_path("Bundles").resolve() in Path(folder).resolve().parents


def _placed(source: Path, folder: Path, overwrite: bool, in_use: Collection[str | Path]) -> Bundle:
    """A verified bundle at its place."""
    there = _bundle_at(folder)
    if there is not None and there.sha256 == Bundle.open(source).sha256:
        return there
    if folder.exists() and folder.resolve() in {Path(one).resolve() for one in in_use}:
        used = {"name": Bundle.open(source).manifest.name}
        raise BundleError(Message("bundle", "in_use", used), where=str(folder), code="bundle_in_use")
    if there is not None and not overwrite:
        another = {"name": there.manifest.name, "version": there.manifest.version}
        raise BundleError(Message("bundle", "exists", another), where=str(folder), code="bundle_exists")
    with complete_folder(
        folder, overwrite=True, ours=_is_ours, marker=MANIFEST_NAME, kind="bundle folder"
    ) as temporary:
        for name in (MANIFEST_NAME, *Bundle.open(source).manifest.files):
            shutil.copyfile(source / name, temporary / name)
        Bundle.open(temporary)
    return Bundle.open(folder)


def _bundle_at(folder: Path) -> Bundle | None:
    """A sound bundle that is there already; a damaged one may be replaced."""
    try:
        return Bundle.open(folder)
    except OrthoDiffusionError:
        return None


def _is_ours(name: str) -> bool:
    return name == MANIFEST_NAME or is_weights_name(name)


def _holds_manifest(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(PurePosixPath(name).name == MANIFEST_NAME for name in archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def _unpack(source: Path, folder: Path) -> None:
    """The files of a .zip file that a bundle may hold, each checked before a byte of it is written."""
    try:
        with zipfile.ZipFile(source) as archive:
            left = LARGEST_BUNDLE_BYTES
            for name, entry in _entries(archive, source):
                left -= _unpack_entry(archive, entry, folder / name, left, source)
    # Damaged data end in whatever their decoder raises.
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
        zlib.error,
        lzma.LZMAError,
    ) as error:
        raise BundleError(Message("bundle", "zip_damaged", {"error": error}), where=str(source)) from error
    except FileNotFoundError as error:
        raise BundleError(Message("bundle", "zip_missing"), where=str(source)) from error


def _entries(archive: zipfile.ZipFile, source: Path) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """File name -> entry: all files lie in one folder, or in none, and are called as those of a bundle."""
    files = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_of_the_system(entry.filename)]
    if len(files) > MOST_FILES or sum(entry.file_size for entry in files) > LARGEST_BUNDLE_BYTES:
        most = {"files": MOST_FILES, "gigabytes": LARGEST_BUNDLE_BYTES // 2**30}
        raise BundleError(Message("bundle", "zip_too_large", most), where=str(source))
    folders = {str(PurePosixPath(entry.filename).parent) for entry in files}
    seen: set[str] = set()
    for entry in files:
        path = PurePosixPath(entry.filename)
        plain = len(path.parts) <= 2 and not path.is_absolute() and ".." not in path.parts
        if not plain or len(folders) > 1 or not _is_ours(path.name) or path.name in seen or _is_link(entry):
            raise BundleError(Message("bundle", "zip_foreign_file", {"file": entry.filename[:80]}), where=str(source))
        if entry.flag_bits & _ENCRYPTED:
            raise BundleError(Message("bundle", "zip_password"), where=str(source))
        seen.add(path.name)
        yield path.name, entry


def _is_of_the_system(name: str) -> bool:
    """What archivers add by themselves."""
    path = PurePosixPath(name)
    return path.parts[:1] == ("__MACOSX",) or path.name in SYSTEM_FILES


def _is_link(entry: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    return kind not in (0, stat.S_IFREG)


def _unpack_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, allowed: int, source: Path) -> int:
    """Write one file; what it really holds counts, not what the archive says of it. Returns its size in bytes."""
    written = 0
    with archive.open(entry) as packed, path.open("xb") as file:
        while chunk := packed.read(_CHUNK_BYTES):
            written += len(chunk)
            if written > allowed:
                raise BundleError(Message("bundle", "zip_bomb"), where=str(source))
            file.write(chunk)
    return written
