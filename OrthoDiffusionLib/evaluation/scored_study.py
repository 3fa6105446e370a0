"""What one study of a cohort contributed: its scores, its logits, and the strata it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from json import dumps, loads

RECORD_SCHEMA = 1

NO_MISSING_PLANE = "none"


@dataclass(frozen=True)
class RunKey:
    """What must be the same for a finished study to be taken as finished.

    Attributes:
        bundle_sha256: of the bundle's manifest, which names every weight file's checksum.
        cohort, cohort_version: a cohort's studies stay the same as long as both do.
    """

    bundle_sha256: str
    cohort: str
    cohort_version: int | str

    def as_dict(self) -> dict:
        """The same for JSON."""
        return {
            "schema": RECORD_SCHEMA,
            "bundle_sha256": self.bundle_sha256,
            "cohort": self.cohort,
            "cohort_version": self.cohort_version,
        }


@dataclass(frozen=True)
class ScoredStudy:
    """One study of a cohort, scored: one line of the file that makes an evaluation resumable.

    Attributes:
        study: the study's name in its cohort.
        patient: who it belongs to; the bootstrap draws patients.
        strata: e.g. {"centre": "A", "field_strength": "3 T", "missing_plane": "none", "anatomy": "..."}.
        structures: name → the numbers of a StructureScore and `thickness_error_mm` (None where undefined).
        findings: name → {"positive": bool, "logit", "probability", "by_plane", "assessed",
            "point_distance_mm"}; `probability` is calibrated also where the finding is not assessed.
        seconds: of the analysis alone.
        error: what, where and remedy, if the analysis failed; structures are then all missed.
    """

    study: str
    patient: str
    strata: Mapping[str, str]
    structures: Mapping[str, Mapping] = field(default_factory=dict)
    findings: Mapping[str, Mapping] = field(default_factory=dict)
    seconds: float = 0.0
    error: Mapping[str, str] | None = None

    def to_json_line(self, key: RunKey) -> str:
        """One line of strict JSON without its end."""
        return dumps({"key": key.as_dict(), **self.__dict__}, allow_nan=False)


def read_records(text: str, key: RunKey) -> list[ScoredStudy]:
    """Finished studies of this very run in a JSON-lines text; other runs, failures and a torn line are skipped."""
    records: dict[str, ScoredStudy] = {}
    for line in text.splitlines():
        try:
            fields = loads(line)
        except ValueError:
            continue  # the line being written when the run was killed
        if not isinstance(fields, dict) or fields.pop("key", None) != key.as_dict():
            continue
        record = ScoredStudy(**fields)
        if record.error is None:
            records[record.study] = record
    return list(records.values())
