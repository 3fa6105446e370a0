"""Compartment: a part of a joint under which a report tells what was found there."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Compartment:
    """One heading of a report, with what is told under it, in this order. All are keys.

    Attributes:
        name: word for machines, e.g. ``medial_compartment``; the message catalogue has its title as a word.
        findings: abnormalities.
        structures: what is outlined there.
        measurements: names of measurements.
        not_looked_for: what a reader would look for here, and the program never does. The message catalogue has each
            as a word.
    """

    name: str
    findings: tuple[str, ...] = ()
    structures: tuple[str, ...] = ()
    measurements: tuple[str, ...] = ()
    not_looked_for: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for one in fields(self)[1:]:
            object.__setattr__(self, one.name, tuple(getattr(self, one.name)))
