"""Splits by patient: who teaches, who says when to stop, and who is held out for the figures."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from OrthoDiffusionLib.errors import TrainingError

TRAIN, VALIDATION, TEST = SPLITS = ("train", "validation", "test")

SHARES = {TRAIN: 0.6, VALIDATION: 0.2, TEST: 0.2}
"""Of the patients. Few cases make wide intervals: a fifth of them for the figures is little enough."""


def split_by_patient(
    labels: Mapping[str, Sequence[str]],
    fixed: Mapping[str, str],
    *,
    seed: int = 0,
    shares: Mapping[str, float] = SHARES,
) -> dict[str, str]:
    """Give every patient one split, with each kind of label spread as the patients are.

    Iterative stratification (Sechidis et al. 2011, On the Stratification of Multi-Label Data), simplified: the
    rarest label is dealt out first, each of its patients to the split that lacks it most. Patients of one label are
    taken in an order that depends on the seed and on their own name alone.

    Args:
        labels: patient -> what is known of him, e.g. "joint_effusion", "label map".
        fixed: patient -> split, where the table says it.
        seed: another one deals otherwise.
        shares: of the patients that each split shall have.

    Returns:
        patient -> split.

    Raises:
        TrainingError: if a split would have no patient.
    """
    assigned = dict(fixed)
    wanted = {split: share * len(labels) for split, share in shares.items()}
    kinds = sorted({label for found in labels.values() for label in found})
    by_label = {label: {p for p, found in labels.items() if label in found} for label in kinds}
    missing = {label: {s: shares[s] * len(people) for s in shares} for label, people in by_label.items()}
    for patient, split in fixed.items():
        wanted[split] -= 1
        for label in set(labels[patient]):
            missing[label][split] -= 1

    def deal(patients: set[str], need: Mapping[str, float] | None) -> None:
        for patient in sorted(patients, key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).digest()):
            split = max(shares, key=lambda s: ((need or wanted)[s], wanted[s]))
            assigned[patient] = split
            wanted[split] -= 1
            for label in set(labels[patient]):
                missing[label][split] -= 1

    left = set(labels) - set(assigned)
    while left:
        unassigned = {label: people & left for label, people in by_label.items() if people & left}
        rarest = min(unassigned, key=lambda label: len(unassigned[label]), default=None)
        if rarest is None:
            deal(left, None)
        else:
            deal(unassigned[rarest], missing[rarest])
        left = set(labels) - set(assigned)
    empty = [split for split in shares if split not in assigned.values()]
    if empty:
        raise TrainingError(
            f"The table's {len(labels)} patients leave the split {' and '.join(empty)} empty",
            remedy="Four patients are the least, some dozens are useful; or change the column split.",
        )
    return assigned
