"""A case on its way to a worker, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.batch.cases.case import Case
from OrthoDiffusionLib.batch.records.study_record import StudyRecord
from OrthoDiffusionLib.errors import OrthoDiffusionError


@dataclass(frozen=True)
class Job:
    """A case, and what the process that records knows of it.

    Attributes:
        case: what to analyse.
        pair: name -> side of the two studies it becomes if it shows both joints; empty if it may not.
        clinical: what the referral says.
    """

    case: Case
    pair: Mapping[str, Side] = field(default_factory=dict)
    clinical: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseOutcome:
    """What came of one case: a record for each of its studies, staged where they are done.

    Attributes:
        case: its name.
        records: one; two where it showed both joints.
        out_of_memory: whether memory ran out, so that a try alone may do better.
        stop: the error that ends the batch, if the fault is no study's: a full disk, a folder that has gone.
    """

    case: str
    records: tuple[StudyRecord, ...]
    out_of_memory: bool = False
    stop: OrthoDiffusionError | None = None
