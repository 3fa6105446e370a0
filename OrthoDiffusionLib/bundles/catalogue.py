"""Which bundles there are on this computer."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from OrthoDiffusionLib.anatomy import USUAL_JOINT
from OrthoDiffusionLib.bundles.bundle import MANIFEST_NAME
from OrthoDiffusionLib.bundles.manifest import Manifest
from OrthoDiffusionLib.errors import BundleError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.resources import resource_path

BUNDLES_VARIABLE = "ORTHODIFFUSION_BUNDLES"
"""Environment variable with further folders of bundles, separated as in PATH."""


@dataclass(frozen=True)
class BundleEntry:
    """One line of the catalogue; its checksums have not been verified, `Bundle.open` does that.

    Attributes:
        name: of the bundle; of its folder where the manifest cannot be read.
        version, joint: empty where the manifest cannot be read.
        folder: where it lies.
        problem: why it cannot be used; empty if nothing speaks against it.
        manifest: as it was read; None where it cannot be.
    """

    name: str
    version: str
    joint: str
    folder: Path
    problem: Message | str = ""
    manifest: Manifest | None = field(default=None, compare=False, repr=False)


def bundle_folders() -> list[Path]:
    """The folders bundles are looked for in: of the environment variable, the user's own, then Resources/Bundles."""
    own = _own_folder()
    folders = [*_named_folders(), *([own] if _is_open(own) else []), resource_path("Bundles")]
    # One that is named twice, or by a link, is looked in once.
    once: dict[Path, Path] = {}
    for folder in folders:
        once.setdefault(folder.resolve(), folder)
    return list(once.values())


def user_bundles_folder() -> Path:
    """Where bundles are installed: the first folder of the environment variable, else one of the user's own."""
    return next(iter(_named_folders()), _own_folder())


def _named_folders() -> list[Path]:
    return [Path(folder) for folder in os.environ.get(BUNDLES_VARIABLE, "").split(os.pathsep) if folder]


def _own_folder() -> Path:
    """By the custom of each system: XDG on Linux, Application Support on macOS, local application data on Windows."""
    home = Path(os.path.expanduser("~"))
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return base / "OrthoDiffusion" / "bundles"


def _is_open(folder: Path) -> bool:
    """Whether there is such a folder; one that may not be looked at, as another user's home, holds nothing for us."""
    return os.path.isdir(folder)  # unlike `Path.is_dir` never an error


def available_bundles() -> list[BundleEntry]:
    """All bundles in `bundle_folders`, in their order, then by name; damaged ones too, with the reason."""
    found = []
    for folder in bundle_folders():
        if _is_open(folder):
            paths = sorted(folder.glob(f"*/{MANIFEST_NAME}"))
            found += [_entry(path.parent) for path in paths if not path.parent.name.startswith(".")]  # half-written
    return found


def bundle_path(bundle: str | Path | None = None, *, joint: str | None = None) -> Path:
    """The folder of a bundle.

    Args:
        bundle: a folder, the name of an available bundle, or None for the default: the highest version
            among the usable bundles of the joint, in the first of `bundle_folders` that has one.
        joint: key of the joint, for the default; None for `default_joint`.

    Raises:
        BundleError: if there is none, saying which there are, or if they are of several joints, none of them
            `USUAL_JOINT`, and none was named.
    """
    entries = available_bundles()
    usable = [entry for entry in entries if not entry.problem]
    if bundle is None:
        if joint is None:  # else an ankle's bundle in the user's own folder would be taken for knees as well
            joint = _meant_joint(usable)
        for folder in bundle_folders():
            here = [e for e in usable if e.folder.parent == folder and joint in (None, e.joint)]
            if here:
                return max(here, key=lambda entry: (_version_key(entry.version), entry.name)).folder
        where = os.pathsep.join(str(folder) for folder in bundle_folders())
        if joint:
            if not usable:
                said = Message("bundle", "none_for_joint", {"joint": joint, "variable": BUNDLES_VARIABLE})
                raise BundleError(said, where=where)
            known = sorted({entry.joint for entry in usable})
            values = {"joint": joint, "variable": BUNDLES_VARIABLE, "known": known}
            raise BundleError(Message("bundle", "none_for_joint_but_for", values), where=where)
        raise BundleError(Message("bundle", "none", {"variable": BUNDLES_VARIABLE}), where=where)
    if Path(bundle).is_dir():
        return Path(bundle)
    named = [entry for entry in entries if entry.name == str(bundle)]
    if named:
        return max(named, key=lambda entry: (not entry.problem, _version_key(entry.version))).folder
    known = sorted({entry.name for entry in usable})
    if not known:
        raise BundleError(Message("bundle", "unknown_name_and_none", {"bundle": bundle}))
    raise BundleError(Message("bundle", "unknown_name", {"bundle": bundle, "known": known}))


def default_joint() -> str:
    """The joint that commands mean where none is named: the one that there are bundles of, of several `USUAL_JOINT`.

    Raises:
        BundleError: if there is no bundle, or there are bundles of several joints and none of `USUAL_JOINT`.
    """
    return Manifest.from_json((bundle_path() / MANIFEST_NAME).read_text(encoding="utf-8")).joint


def _meant_joint(entries: list[BundleEntry]) -> str | None:
    joints = sorted({entry.joint for entry in entries})
    if len(joints) < 2:
        return None
    if USUAL_JOINT in joints:
        return USUAL_JOINT
    values = {"joints": joints, "names": sorted({entry.name for entry in entries})}
    where = os.pathsep.join(dict.fromkeys(str(entry.folder.parent) for entry in entries))
    raise BundleError(Message("bundle", "several_joints", values), where=where)


def _entry(folder: Path) -> BundleEntry:
    path = folder / MANIFEST_NAME
    try:
        manifest = Manifest.from_json(path.read_text(encoding="utf-8"), where=str(path))
    except BundleError as error:
        return BundleEntry(folder.name, "", "", folder, error.said)
    except (OSError, UnicodeDecodeError) as error:
        return BundleEntry(folder.name, "", "", folder, f"manifest.json cannot be read: {error}")
    problem = Message("bundle", "encoders_only") if manifest.encoders_only else ""
    return BundleEntry(manifest.name, manifest.version, manifest.joint, folder, problem, manifest)


def _version_key(version: str) -> tuple[tuple[int, int, str], ...]:
    """1.10 above 1.9: digits count as numbers, and rank above words."""
    return tuple((1, int(p), "") if p.isdigit() else (0, 0, p) for p in re.findall(r"\d+|[A-Za-z]+", version))
