"""Which studies the archive and the evaluation cohort are: seeds, anatomies and imaging sites that never meet."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import StudySetting
from OrthoDiffusionLib.lab.phantom.engine.joint_builder import CohortPlan
from OrthoDiffusionLib.lab.phantom.engine.seeds import FROZEN_SEEDS, TRAINING_SEEDS
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import CLINICS, HELD_OUT_SITES
from OrthoDiffusionLib.lab.phantom.phantom import builder_named, stored_shapes

ARCHIVE_SEED = TRAINING_SEEDS[5_000_000]
"""The archive has this seed and those after it: of those that training may draw, none that a bundle was trained on."""

EVALUATION_SEED = FROZEN_SEEDS[700_000]
"""Far from the frozen cohort's own: what is chosen here must not be chosen on what is later measured."""

EVALUATION_PREVALENCE = 0.3
"""Of each finding in the evaluation cohort: AUROC does not depend on it, its interval does."""

SEEN, UNSEEN = "seen", "unseen"
"""Whether an evaluation study comes from an imaging site of the archive or from one held out whole."""


def archive_settings(joint: str, count: int) -> tuple[StudySetting, ...]:
    """The archive of a hospital: anatomies, imaging sites and prevalences that training may see, the sites in turn.

    Raises:
        TrainingError: if the joint has no plan for its cohorts.
    """
    plan, sites = _plan(joint), sites_of(joint)[SEEN]
    return tuple(
        StudySetting(
            joint, ARCHIVE_SEED + n, _drawn(plan.training_anatomies, ARCHIVE_SEED + n), sites[n % len(sites)],
            plan.prevalence,
        )
        for n in range(count)
    )  # fmt: skip


def evaluation_settings(joint: str, count: int) -> tuple[StudySetting, ...]:
    """The evaluation cohort: anatomies of the frozen cohort, seen and unseen imaging sites alternating.

    Raises:
        TrainingError: as above.
    """
    plan, sites = _plan(joint), sites_of(joint)
    settings = []
    for n in range(count):
        of_kind = sites[(SEEN, UNSEEN)[n % 2]]
        seed = EVALUATION_SEED + n
        anatomy = _drawn(plan.frozen_anatomies, seed)
        settings.append(StudySetting(joint, seed, anatomy, of_kind[n // 2 % len(of_kind)], EVALUATION_PREVALENCE))
    return tuple(settings)


def evaluation_patients(joint: str, count: int) -> dict[str, str]:
    """Name of an evaluation study -> the stored shape that its bones come from, of those that have one."""
    settings = evaluation_settings(joint, count)
    return stored_shapes(joint, {evaluation_name(setting): (setting.seed, setting.anatomy) for setting in settings})


def evaluation_name(setting: StudySetting) -> str:
    """Name of an evaluation study: whether its site was seen, its number, its site."""
    kind = UNSEEN if setting.site in HELD_OUT_SITES else SEEN
    return f"{kind}-{setting.seed - EVALUATION_SEED:03d}-{setting.site}"


def sites_of(joint: str) -> dict[str, tuple[str, ...]]:
    """Seen and unseen imaging sites of a joint, those with fixed protocols.

    Raises:
        TrainingError: if it has no plan, or none of a kind.
    """
    plan = _plan(joint)
    found = {
        SEEN: tuple(site for site in plan.calibration_sites if site in CLINICS and site not in HELD_OUT_SITES),
        UNSEEN: tuple(site for site in plan.frozen_sites if site in HELD_OUT_SITES),
    }
    for kind, sites in found.items():
        if not sites:
            raise TrainingError(
                f"The cohorts of the {joint} have no {kind} imaging site", remedy="Add one to its CohortPlan."
            )
    return found


def _plan(joint: str) -> CohortPlan:
    plan = builder_named(joint).cohorts
    if plan is None:
        raise TrainingError(
            f"The digital {joint} has no plan for its cohorts", remedy="Give its JointBuilder a CohortPlan first."
        )
    return plan


def _drawn(anatomies: tuple[tuple[str, float], ...], seed: int) -> str:
    """One of the anatomies, by weight; the same for the same seed."""
    names, weights = zip(*anatomies, strict=True)
    return str(np.random.default_rng([seed, 3]).choice(names, p=np.array(weights) / sum(weights)))
