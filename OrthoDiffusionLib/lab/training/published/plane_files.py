"""Which checkpoint is of which plane: what the user says, else what the file's name says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.volumes import Plane

POSES = {"0": Plane.AXIAL, "1": Plane.SAGITTAL, "2": Plane.CORONAL}
"""The authors number the planes (`pose_id`) and name the numbers nowhere. Assumed: the order in which their
linear_fusion.py names the weights of poses 0, 1 and 2, w_ax, w_sag, w_cor."""

_WORDS = {
    "sagittal": Plane.SAGITTAL, "sag": Plane.SAGITTAL,
    "coronal": Plane.CORONAL, "cor": Plane.CORONAL,
    "axial": Plane.AXIAL, "ax": Plane.AXIAL, "transverse": Plane.AXIAL, "tra": Plane.AXIAL,
}  # fmt: skip
_SAY_IT = "Say which plane each file is of: sagittal=FILE coronal=FILE axial=FILE."


def plane_files(words: Sequence[str]) -> tuple[dict[Plane, Path], list[str]]:
    """Planes and their files.

    Args:
        words: FILE, or PLANE=FILE.

    Returns:
        Plane -> file, and a notice for each plane that was told from a number.

    Raises:
        TrainingError: if a file is missing, or its plane is not known, is contradicted by its name, or is that of
            another file too.
    """
    found: dict[Plane, Path] = {}
    notices: list[str] = []
    for word in words:
        said, path = _split(word)
        if not path.is_file():
            raise TrainingError("There is no such file", where=str(path), remedy="Check the path of the checkpoint.")
        named, number = _plane_in_name(path)
        if said is not None and named not in (None, said):
            raise TrainingError(
                f"The file is given as {said.value}, and its name says {named.value}"
                f"{f' (pose {number})' if number else ''}",
                where=str(path),
                remedy=f"Correct the word before it, or rename the file if its name is wrong. {_SAY_IT}",
            )
        plane = said or named
        if plane is None:
            raise TrainingError("Nothing says which plane the checkpoint is of", where=str(path), remedy=_SAY_IT)
        if plane in found:
            raise TrainingError(
                f"Two checkpoints are given for the {plane.value} plane: {found[plane]} and {path}", remedy=_SAY_IT
            )
        if said is None and number:
            notices.append(
                f"pose {number} is taken for {plane.value}: assumed from the order of the weights in the authors' "
                "linear_fusion.py, as nothing states it"
            )
        found[plane] = path
    return found, notices


def _split(word: str) -> tuple[Plane | None, Path]:
    before, equals, after = word.partition("=")
    if not equals or Path(word).exists():
        return None, Path(word)
    plane = _WORDS.get(before.strip().lower())
    if plane is None:
        raise TrainingError(
            f"{before!r} is no plane; planes are {', '.join(one.value for one in Plane)}", remedy=_SAY_IT
        )
    return plane, Path(after)


def _plane_in_name(path: Path) -> tuple[Plane | None, str]:
    """The plane that the file's name, else its folder's name, says, and the number it says it by, if it is one."""
    for name in (path.name, path.parent.name):
        planes = {_WORDS[part] for part in re.split(r"[^a-z]+", name.lower()) if part in _WORDS}
        if len(planes) == 1:
            return planes.pop(), ""
        numbers = set(re.findall(r"pose(?:_?id)?[_-]?([012])(?!\d)", name.lower()))
        if not planes and len(numbers) == 1:
            number = numbers.pop()
            return POSES[number], number
    return None, ""
