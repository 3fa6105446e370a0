"""Joint: which structures and abnormalities belong together."""

from __future__ import annotations

from dataclasses import dataclass

from OrthoDiffusionLib.anatomy.abnormalities import (
    ANKLE_ABNORMALITIES,
    ANKLE_REGION,
    KNEE_ABNORMALITIES,
    SHOULDER_ABNORMALITIES,
    SHOULDER_REGION,
    Abnormality,
)
from OrthoDiffusionLib.anatomy.coding import Code
from OrthoDiffusionLib.anatomy.structures import KNEE_REGION, KNEE_STRUCTURES, Structure


@dataclass(frozen=True, slots=True)
class Joint:
    """The vocabulary of one joint. A default: what a bundle knows stands in its manifest.

    Attributes:
        name: word for machines.
        title: word for people.
        code: its body region.
        structures: what is outlined; empty where nothing is yet.
        abnormalities: what is looked for.
        body_parts: values of DICOM's Body Part Examined that fit.
    """

    name: str
    title: str
    code: Code
    structures: tuple[Structure, ...]
    abnormalities: tuple[Abnormality, ...]
    body_parts: tuple[str, ...]

    @property
    def primary_structures(self) -> tuple[Structure, ...]:
        """Those that are not auxiliary."""
        return tuple(part for part in self.structures if not part.auxiliary)


KNEE = Joint(
    "knee", "Knee", KNEE_REGION, KNEE_STRUCTURES, KNEE_ABNORMALITIES,
    ("KNEE", "LOWER EXTREMITY", "LOWEREXTREMITY", "LEG", "EXTREMITY", "PATELLA"),
)  # fmt: skip
ANKLE = Joint(
    "ankle", "Ankle", ANKLE_REGION, (), ANKLE_ABNORMALITIES,
    ("ANKLE", "FOOT", "LOWER EXTREMITY", "LOWEREXTREMITY", "LEG", "EXTREMITY"),
)  # fmt: skip
SHOULDER = Joint(
    "shoulder", "Shoulder", SHOULDER_REGION, (), SHOULDER_ABNORMALITIES,
    ("SHOULDER", "UPPER EXTREMITY", "UPPEREXTREMITY", "EXTREMITY"),
)  # fmt: skip

JOINTS = (KNEE, ANKLE, SHOULDER)


def joint(name: str | Joint) -> Joint:
    """The joint of that name, in any case.

    Raises:
        ValueError: naming those there are.
    """
    if isinstance(name, Joint):
        return name
    for candidate in JOINTS:
        if candidate.name == str(name).strip().lower():
            return candidate
    names = ", ".join(candidate.name for candidate in JOINTS)
    raise ValueError(f"joint must be one of {names}, got {name!r} instead")
