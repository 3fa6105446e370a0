"""StudyRecord: what is kept of one study of a batch, done or failed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.messages import ENGLISH, Language, Sentence

STAGES = ("read", "select", "load", "analyse", "draw", "write", "dicom", "process")
"""Where a study may fail: reading its files, choosing its series, loading the networks, analysing, drawing,
writing, making DICOM objects; and "process" where the process that worked on it ended without a word."""

DONE, FAILED = "done", "failed"


@dataclass(frozen=True)
class StudyRecord:
    """One study as the journal has it.

    Attributes:
        study: its name.
        case: the case it came from; another one where a case shows both joints.
        row: its row of results.csv, column -> text, without those that are empty.
        stage: where it failed, one of `STAGES`; empty if it did not.
        error: the parts of the OrthoDiffusionError that it failed of; empty if it did not.
        series: one entry a volume: "volume", "plane" (empty if it serves none), "reason".
        seconds: stage -> seconds; empty where they were not measured.
        source: which files the case was, see `Case.source`; empty if it is not known.
    """

    study: str
    case: str
    row: Mapping[str, str]
    stage: str = ""
    error: Mapping[str, Any] = field(default_factory=dict)
    series: Sequence[Mapping[str, str]] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    source: str = ""

    @property
    def status(self) -> str:
        return self.row.get("status", "")

    def failure(self, language: Language = ENGLISH) -> Sentence:
        """Why it failed and what to do, in a language; English where only the row says so, as in older journals."""
        if not self.error:
            return Sentence(self.row.get("error", ""), self.row.get("remedy", ""))
        return OrthoDiffusionError.from_dict(self.error).words(language)

    @property
    def is_done(self) -> bool:
        return self.status == DONE

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> StudyRecord:
        """A record as `to_json` has written it; fields that are not known are passed over.

        Raises:
            KeyError, TypeError, AttributeError: if it is none.
        """
        return cls(
            study=str(entry["study"]),
            case=str(entry.get("case") or entry["study"]),
            row={str(key): str(value) for key, value in entry["row"].items()},
            stage=str(entry.get("stage") or ""),
            error=dict(entry.get("error") or {}),
            series=tuple(dict(one) for one in entry.get("series") or ()),
            seconds={str(key): float(value) for key, value in (entry.get("seconds") or {}).items()},
            source=str(entry.get("source") or ""),
        )
