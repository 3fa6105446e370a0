"""The layout of BIDS: sub-<label>[/ses-<label>]/anat/*.nii.gz."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.batch.cases.case import Case, Unused
from OrthoDiffusionLib.batch.cases.file_names import named_image
from OrthoDiffusionLib.batch.cases.study_folders import Found
from OrthoDiffusionLib.errors import VolumeFileError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.files.folders import files_below
from OrthoDiffusionLib.volumes.files.volume_file import volume_ending

_HEMISPHERE = re.compile(r"(?:^|_)hemi-([LR])(?:_|$)")
"""The one entity of BIDS that says a side."""


def is_bids(folder: Path) -> bool:
    """Whether a folder holds subjects with a folder `anat`, directly or in a session."""
    subjects = [entry for entry in folder.glob("sub-*") if entry.is_dir()]
    return any(next(subject.glob(pattern), None) for subject in subjects for pattern in ("anat", "ses-*/anat"))


def cases_in_bids(folder: Path, *, leave_out: Path | None = None) -> Found:
    """A case for each subject and session; two if its file names say both sides."""
    found = Found()
    own = leave_out.resolve() if leave_out is not None else None
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.resolve() == own:
            continue
        if entry.is_dir() and entry.name.startswith("sub-"):
            _add_subject(found, entry)
        else:
            found.unused.append(Unused(entry, Message("unused", "not_anat")))
    return found


def _add_subject(found: Found, subject: Path) -> None:
    sessions = sorted(entry for entry in subject.glob("ses-*") if entry.is_dir())
    for home in sessions or [subject]:
        name = "_".join(dict.fromkeys((subject.name, home.name)))
        anatomical = home / "anat"
        try:
            files = files_below(anatomical)[0] if anatomical.is_dir() else []
        except VolumeFileError:  # a study that fails when it is read, with the reason
            found.cases.append(Case(name, (anatomical,), patient=subject.name))
            continue
        images = [path for path in files if volume_ending(path)]
        labels = [path for path in images if named_image(path).is_label_map]
        found.unused += [Unused(path, Message("unused", "label_map")) for path in labels]
        found.unused += [Unused(path, Message("unused")) for path in files if not volume_ending(path)]
        _add_session(found, name, subject.name, [path for path in images if path not in labels])
        if not images:
            found.unused.append(Unused(home, Message("unused", "no_images")))
        found.unused += [
            Unused(entry, Message("unused", "not_anat"))
            for entry in sorted(home.iterdir())
            if entry != anatomical and not entry.name.startswith(".") and entry not in sessions
        ]


def _add_session(found: Found, name: str, subject: str, images: Sequence[Path]) -> None:
    by_side: dict[Side | None, list[Path]] = {}
    for path in images:
        by_side.setdefault(_side_of(path), []).append(path)
    if not {Side.RIGHT, Side.LEFT} <= set(by_side):
        if images:
            side = next((side for side in by_side if side is not None), None)
            found.cases.append(Case(name, tuple(images), side=side, files=len(images), patient=subject))
        return
    for side in (Side.RIGHT, Side.LEFT):
        own = tuple(by_side[side])
        found.cases.append(Case(f"{name}_{side.value}", own, side=side, files=len(own), patient=subject))
    found.unused += [Unused(path, Message("unused", "no_side")) for path in by_side.get(None, ())]


def _side_of(path: Path) -> Side | None:
    hemisphere = _HEMISPHERE.search(path.name.partition(".")[0])
    return Side.from_text(hemisphere.group(1)) if hemisphere else named_image(path).side
