"""The cases of a worklist in their order, for one reader at a time."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from OrthoDiffusionLib.annotation.case import Case, CaseState

FIRST_OWN_LABEL = 101
"""Label value of the first structure that a worklist adds to those of the joint."""

_LAST_LABEL = 255


class Order(Enum):
    """How the cases follow each other; the values stand in the file."""

    UNCERTAIN_FIRST = "most uncertain first"
    NAME = "name"
    STATE = "state"


DONE = (CaseState.COMPLETED, CaseState.FLAGGED)
"""What needs nothing more of this reader; a flagged case waits for somebody else's word."""

_STATES = (CaseState.IN_PROGRESS, CaseState.FLAGGED, CaseState.NOT_STARTED, CaseState.COMPLETED)


@dataclass(frozen=True)
class OwnStructure:
    """A structure that a worklist adds to those of the joint.

    Attributes:
        name: as the user typed it.
        label: its value in every label map of the worklist.
    """

    name: str
    label: int


@dataclass
class Worklist:
    """What has to be outlined, and how far each reader is.

    Attributes:
        cases: all of them, names unique.
        order: how they follow each other.
        structures: what the worklist adds to the joint's own.
        created: ISO 8601.
        current: name of the case that was open last; empty for none.

    Raises:
        ValueError: if two cases, or two structures, have the same name or label.
    """

    cases: list[Case] = field(default_factory=list)
    order: Order = Order.NAME
    structures: list[OwnStructure] = field(default_factory=list)
    created: str = ""
    current: str = ""

    def __post_init__(self) -> None:
        _unique("cases", [case.name for case in self.cases])
        _unique("structures", [one.name for one in self.structures])
        _unique("label values", [str(one.label) for one in self.structures])

    def case(self, name: str) -> Case | None:
        """The case of that name, None if there is none."""
        return next((case for case in self.cases if case.name == name), None)

    def ordered(self, reader: str) -> list[Case]:
        """The cases in the worklist's order; those of the same rank by name, numbers in names by their value."""
        by_name = sorted(self.cases, key=lambda case: natural(case.name))
        if self.order is Order.UNCERTAIN_FIRST:  # what was not analysed yet comes last
            return sorted(by_name, key=lambda case: 1.0 if case.uncertainty is None else -case.uncertainty)
        if self.order is Order.STATE:
            return sorted(by_name, key=lambda case: _STATES.index(case.state(reader)))
        return by_name

    def counts(self, reader: str) -> dict[CaseState, int]:
        """How many cases are in each state."""
        found = Counter(case.state(reader) for case in self.cases)
        return {state: found.get(state, 0) for state in CaseState}

    def all_done(self, reader: str) -> bool:
        """Whether the reader has completed or flagged every case; an empty worklist is not done."""
        return bool(self.cases) and all(case.state(reader) in DONE for case in self.cases)

    def add_structure(self, name: str) -> OwnStructure:
        """A structure of the user's own, with a label value that stays; the one there is if it was added before.

        Raises:
            ValueError: if the name is empty or no label value is left.
        """
        name = " ".join(name.split())
        if not name:
            raise ValueError("a structure must have a name")
        for known in self.structures:
            if known.name.casefold() == name.casefold():
                return known
        label = max([FIRST_OWN_LABEL - 1, *(one.label for one in self.structures)]) + 1
        if label > _LAST_LABEL:
            raise ValueError("no label value is left")
        self.structures.append(OwnStructure(name, label))
        return self.structures[-1]


def take_up(ours: Worklist, theirs: Worklist, reader: str) -> None:
    """Take what another program has written meanwhile into a worklist that is open: nobody's work is lost.

    Args:
        ours: is changed; its cases stay the same objects.
        theirs: as the file says it.
        reader: whose work is ours; where that reader went on elsewhere, the later state counts.
    """
    for other in theirs.cases:
        case = ours.case(other.name)
        if case is None:
            ours.cases.append(other)
            continue
        for name, work in other.readers.items():
            if name != reader:
                case.readers[name] = work
            elif _moment(work.changed) > _moment(case.work(name).changed):
                own = case.work(name)
                own.state, own.note, own.changed = work.state, work.note, work.changed
                own.seconds = max(own.seconds, work.seconds)
        if other.final is not None and (case.final is None or _moment(other.final.time) > _moment(case.final.time)):
            case.final = other.final
        if case.uncertainty is None:
            case.uncertainty, case.problem = other.uncertainty, other.problem
    known = {value for one in ours.structures for value in (one.name.casefold(), one.label)}
    ours.structures += [one for one in theirs.structures if not known & {one.name.casefold(), one.label}]


def _moment(text: str) -> float:
    """Seconds since 1970 of a time as the file has it; 0 where it has none."""
    try:
        return datetime.datetime.fromisoformat(text).timestamp()
    except ValueError:
        return 0.0


def next_open(cases: Sequence[Case], name: str, reader: str) -> Case | None:
    """The next case that the reader is not done with, past the end from the beginning on; None if all are done.

    Args:
        cases: in the order that the user sees.
        name: of the case at hand, which is never the answer; empty, or one that is not there, to begin with the first.
        reader: whose states count.
    """
    names = [case.name for case in cases]
    place = names.index(name) + 1 if name in names else 0
    following = [*cases[place:], *cases[:place]]
    return next((case for case in following if case.name != name and case.state(reader) not in DONE), None)


def before(cases: Sequence[Case], name: str) -> Case | None:
    """The case before in the list, whatever its state; None before the first. From no case it is the last one."""
    names = [case.name for case in cases]
    place = names.index(name) - 1 if name in names else len(cases) - 1
    return cases[place] if place >= 0 else None


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key by which knee 9 comes before knee 10."""
    parts: list[tuple[int, int, str]] = []
    word = ""
    for sign in [*name.casefold(), ""]:
        if word and (not sign or sign.isdecimal() != word[0].isdecimal()):
            parts.append((0, int(word), "") if word[0].isdecimal() else (1, 0, word))
            word = ""
        word += sign
    return tuple(parts)


def _unique(what: str, values: Sequence[str]) -> None:
    twice = [value for value, count in Counter(values).items() if count > 1]
    if twice:
        raise ValueError(f"{what} must differ, got {twice[0]!r} twice")
