"""The studies of a site: found as a batch finds them, prepared, and split by patient."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from OrthoDiffusionLib.batch.cases.case import Plan
from OrthoDiffusionLib.batch.cases.plan import plan_of
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.errors import Notice, TrainingError
from OrthoDiffusionLib.lab.training.adaptation.site_study import LEAST_PLANES, Reading, SiteStudy, site_studies
from OrthoDiffusionLib.lab.training.tables.case_splits import SPLITS, split_by_patient
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.unlikeness import LIMIT
from OrthoDiffusionLib.volumes.files.atomic import make_folder, write_rows

LEAST_PATIENTS = 5
"""So that three teach, one says when to stop and one is held out; a dozen and more are useful (ours)."""

MOST_REASONS = 3

SKIPPED, SPLIT_FILE = "skipped.csv", "splits.csv"


@dataclass(frozen=True)
class SiteArchive:
    """The studies that can be used, split by patient, and what is not used.

    Attributes:
        by_split: "train", "validation", "test" -> studies.
        left_out: those that are not used.
        unused: how many files and folders belong to no study.
    """

    by_split: Mapping[str, tuple[SiteStudy, ...]]
    left_out: tuple[SiteStudy, ...]
    unused: int = 0

    @property
    def used(self) -> tuple[SiteStudy, ...]:
        """All that can be used."""
        return tuple(study for split in SPLITS for study in self.by_split[split])

    def patients(self, split: str) -> int:
        """How many different patients a split has."""
        return len({study.case.patient for study in self.by_split[split]})

    def notices(self, table: Path) -> tuple[Notice, ...]:
        """What a user should know of the studies.

        Args:
            table: that says why studies were left out.
        """
        found = [Notice("adapt_site", "one_site", {"count": len(self.by_split["test"])})]
        if self.left_out:
            counts = {"count": len(self.left_out), "found": len(self.left_out) + len(self.used), "table": str(table)}
            found.append(Notice("adapt_site", "left_out", counts))
        unlike = sum(study.unlike is not None and study.unlike >= LIMIT for study in self.used)
        if unlike:
            found.append(Notice("adapt_site", "unlike", {"count": unlike, "used": len(self.used)}))
        if any(study.unlike is None for study in self.used):
            found.append(Notice("adapt_site", "likeness_unknown"))
        return tuple(found)


def plan_of_site(data: Path, start: Bundle, out: Path) -> Plan:
    """The studies of a folder of any shape, as `batch` finds them.

    Raises:
        StudyError: if there are none.
    """
    return plan_of(data, joint=start.manifest.as_joint(), out=out)


def digest_of_plan(plan: Plan) -> str:
    """Which studies a plan names, whatever the place: what a run was begun with."""
    return hashlib.sha256("\n".join(sorted(f"{case.name} {case.source}" for case in plan.cases)).encode()).hexdigest()


def prepare_site(
    plan: Plan, start: Bundle, reading: Reading, out: Path, *, seed: int, report: Callable[[str], None] = print
) -> SiteArchive:
    """Prepare every study once, leave out what cannot be used and say so, and split the rest by patient.

    Args:
        out: gets `skipped.csv` and `splits.csv`.

    Raises:
        TrainingError: if too few patients are left.
        OutputError: if something cannot be written; what was prepared stays.
    """
    make_folder(reading.folder)
    studies: list[SiteStudy] = []
    for number, case in enumerate(plan.cases, 1):
        found = list(site_studies(case, reading, start.sha256))
        studies += found
        for study in found:
            if study.why is not None:
                report(f"{study.case.name} is left out: {study.why}")
        if number % 10 == 0:
            report(f"{number} of {len(plan.cases)} studies prepared")
    left_out = tuple(study for study in studies if study.why is not None)
    write_rows(out / SKIPPED, ["study", "why"], [(study.case.name, str(study.why)) for study in left_out])
    used = [study for study in studies if study.why is None]
    _refuse_too_few(used, left_out, len(studies))
    splits = split_by_patient({study.case.patient: [] for study in used}, {}, seed=seed)
    write_rows(out / SPLIT_FILE, ["study", "split"], [(study.case.name, splits[study.case.patient]) for study in used])
    by_split = {split: tuple(one for one in used if splits[one.case.patient] == split) for split in SPLITS}
    return SiteArchive(by_split, left_out, len(plan.unused))


def _refuse_too_few(used: Sequence[SiteStudy], left_out: Sequence[SiteStudy], found: int) -> None:
    patients = len({study.case.patient for study in used})
    if patients >= LEAST_PATIENTS:
        return
    if found and all(0 < study.planes < LEAST_PLANES for study in left_out) and len(left_out) == found:
        raise TrainingError(Message("adapt", "one_plane", {"count": found}))
    counts = {"patients": patients, "used": len(used), "least": LEAST_PATIENTS}
    reasons = list({str(study.why): study.why for study in left_out}.values())[:MOST_REASONS]
    if not reasons:
        raise TrainingError(Message("adapt", "too_few", counts))
    left = {"patients": patients, "used": len(used), "found": found, "least": LEAST_PATIENTS, "reasons": reasons}
    raise TrainingError(Message("adapt", "too_few_left", left))
