"""What one study of a cohort contributed: its scores, its logits, and the strata it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from json import dumps, loads
from typing import Protocol

from OrthoDiffusionLib.bundles import Bundle, Manifest
from OrthoDiffusionLib.findings import Calibration

RECORD_SCHEMA = 1

MEASURING_VERSION = 1
"""Of what is measured of a study: raised when the same weights outline or say something else of the same study, or when
outlines and logits are scored otherwise. Studies that were finished before are then measured again."""

NO_MISSING_PLANE = "none"

WHAT_LOGITS_DEPEND_ON = (
    "joint",
    "structures",
    "abnormalities",
    "views",
    "mirror",
    "fusion_grid",
    "network",
    "files",
    "logit_adjustment",
)
"""Keys of a bundle's manifest."""


class VersionedName(Protocol):
    """A cohort, as far as its records depend on it: its studies stay the same as long as both do."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> int | str: ...


@dataclass(frozen=True)
class RunKey:
    """What must be the same for a finished study to be taken as finished.

    Attributes:
        weights: SHA-256 of what logits and outlines depend on; a new calibration changes nothing of it.
        cohort, cohort_version: a cohort's studies stay the same as long as both do.
        kind: "all", or "evidence" where no outlines were scored, and what the findings rest on is kept.
        measurements: version of how measurements were scored; 0 where they were not.
    """

    weights: str
    cohort: str
    cohort_version: int | str
    kind: str = "all"
    measurements: int = 0

    def as_dict(self) -> dict:
        """The same for JSON, with the version of what measures: a new version of the program alone changes nothing."""
        key = {"schema": RECORD_SCHEMA, "measuring": MEASURING_VERSION, **asdict(self)}
        if not self.measurements:
            del key["measurements"]
        return key


def run_key(bundle: Bundle, cohort: VersionedName, *, kind: str = "all", measurements: int = 0) -> RunKey:
    """The key of one bundle's weights on one cohort."""
    return RunKey(weights_of(bundle.manifest), cohort.name, cohort.version, kind, measurements)


def weights_of(manifest: Manifest) -> str:
    """SHA-256 of what a bundle's logits and outlines depend on: its weights and their adjustment among it."""
    content = manifest.as_dict()
    if manifest.training_reference is not None:  # which changes nothing of what is found
        content["files"].pop(manifest.training_reference.file)
    text = dumps({key: content[key] for key in WHAT_LOGITS_DEPEND_ON if key in content}, sort_keys=True)
    return sha256(text.encode()).hexdigest()


def measured_bundle(bundle: Bundle) -> dict[str, str]:
    """What scores say of the bundle that they were measured with."""
    return {**bundle.identity, "weights": weights_of(bundle.manifest)}


def bundle_in_words(identity: Mapping[str, str]) -> str:
    """A bundle by its `Bundle.identity`, as pages name it."""
    return f"{identity['name']} {identity['version']} (manifest SHA-256 {identity['sha256'][:12]}…)"


@dataclass(frozen=True)
class ScoredStudy:
    """One study of a cohort, scored: one line of the file that makes an evaluation resumable.

    Attributes:
        study: the study's name in its cohort.
        patient: who it belongs to; the bootstrap draws patients. Digital studies of one stored shape are one patient.
        strata: e.g. {"centre": "A", "field_strength": "3 T", "missing_plane": "none", "anatomy": "..."}.
        structures: name → the numbers of a StructureScore and `thickness_error_mm` (None where undefined).
        findings: name → {"positive": bool, "logit", "probability", "by_plane", "assessed",
            "point_distance_mm"}; `probability` is calibrated also where the finding is not assessed. Of a calibration
            cohort also "strongest": "fused" and plane -> (C,) means of the map's strongest places.
        measurements: name → {"known", "on_truth", "predicted", "note"} of `score_measurements`; empty in files of
            versions that did not measure.
        seconds: of the analysis alone.
        error: what, where and remedy, if the analysis failed; structures are then all missed.
    """

    study: str
    patient: str
    strata: Mapping[str, str]
    structures: Mapping[str, Mapping] = field(default_factory=dict)
    findings: Mapping[str, Mapping] = field(default_factory=dict)
    measurements: Mapping[str, Mapping] = field(default_factory=dict)
    seconds: float = 0.0
    error: Mapping[str, str] | None = None

    def to_json_line(self, key: RunKey) -> str:
        """One line of strict JSON without its end."""
        return dumps({"key": key.as_dict(), **self.__dict__}, allow_nan=False)


def read_records(text: str, key: RunKey) -> list[ScoredStudy]:
    """Finished studies of this very run in a JSON-lines text; other runs, failures and a torn line are skipped."""
    own = (ScoredStudy(**fields) for found, fields in _lines(text) if found == key.as_dict())
    return list({record.study: record for record in own if record.error is None}.values())


def read_runs(text: str) -> list[list[ScoredStudy]]:
    """The studies of every run in a JSON-lines text, failures among them, each as it was scored last."""
    runs: dict[str, dict[str, ScoredStudy]] = {}
    for key, fields in _lines(text):
        if key.get("schema") == RECORD_SCHEMA:
            record = ScoredStudy(**fields)
            runs.setdefault(dumps(key, sort_keys=True), {})[record.study] = record
    return [list(records.values()) for records in runs.values()]


def _lines(text: str) -> Iterator[tuple[dict, dict]]:
    """(key, fields) of every whole line."""
    for line in text.splitlines():
        try:
            fields = loads(line)
        except ValueError:
            continue  # the line being written when the run was killed
        if isinstance(fields, dict) and isinstance(key := fields.pop("key", None), dict):
            yield key, fields


def recalibrated(record: ScoredStudy, calibration_of: Callable[[str], Calibration]) -> ScoredStudy:
    """The same study with the probabilities of another calibration of its logits."""
    findings = {}
    for name, finding in record.findings.items():
        calibration = calibration_of(name)
        known = finding["logit"] is not None
        findings[name] = {
            **finding,
            "probability": calibration.probability(finding["logit"]) if known else None,
            "assessed": known and calibration.assessable,
        }
    return replace(record, findings=findings)
