"""What an image file's name says: plane, side, and whose it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.volumes.files.volume_file import volume_ending
from OrthoDiffusionLib.volumes.plane import Plane
from OrthoDiffusionLib.volumes.selection.plane_words import PLANE_OF_WORD

_SIDES = {
    **dict.fromkeys(("right", "rt", "re", "rechts", "r"), Side.RIGHT),
    **dict.fromkeys(("left", "lt", "li", "links", "l"), Side.LEFT),
}
_CONTRASTS = re.compile(
    r"(?:pd|t1|t2|t2star|stir|dess|fl?s|fse|tse|ffe|gre|spair|space|dixon|mr|mri|3d|fat|sat)w?|acq|run"
)
_LABELS = frozenset(("seg", "segmentation", "segmentations", "label", "labels", "labelmap", "mask", "masks"))
_JOIN = re.compile(r"[-_. ]+")


@dataclass(frozen=True)
class NamedImage:
    """An image file by the parts of its name.

    Attributes:
        path: the file.
        plane: that its name says.
        side: that its name says in a part of its own.
        of: the rest of the name: what the images of one study share; empty if the name says plane and side alone.
        is_label_map: whether it ends in a word such as ‘seg’.
    """

    path: Path
    plane: Plane | None
    side: Side | None
    of: str
    is_label_map: bool


def named_image(path: Path) -> NamedImage:
    """The parts of a file's name: ``p12_left_sag_PD.nii.gz`` is the sagittal image of ``p12``, left."""
    stem = path.name[: -len(volume_ending(path) or "")] if volume_ending(path) else path.stem
    # BIDS writes key-value pairs; the value is what counts here.
    parts = [part for part in _JOIN.split(stem) if part]
    planes = [number for number, part in enumerate(parts) if part.casefold() in PLANE_OF_WORD]
    plane = PLANE_OF_WORD[parts[planes[-1]].casefold()] if planes else None
    # A single letter is a side only beside a plane: ‘L’ alone may be anything.
    sides = [n for n, part in enumerate(parts) if part.casefold() in _SIDES and (len(part) > 1 or planes)]
    side = _SIDES[parts[sides[-1]].casefold()] if sides else None
    # What follows the plane is the contrast; what comes before is whose image it is, unless the plane comes first.
    kept = [n for n in range(len(parts)) if n not in (*planes[-1:], *sides[-1:]) and not _is_contrast(parts[n])]
    before = [n for n in kept if not planes or n < planes[-1]]
    of = "_".join(parts[n] for n in before or kept)
    return NamedImage(path, plane, side, of, bool(parts) and parts[-1].casefold() in _LABELS)


def _is_contrast(part: str) -> bool:
    return _CONTRASTS.fullmatch(part.casefold()) is not None
