"""Evaluator: a bundle over a frozen cohort, one study at a time, to a Scores JSON; goes on where it was stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.bundles import Bundle, bundle_path
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.lab.evaluation.cohorts.calibration_fitting import thresholds_of
from OrthoDiffusionLib.lab.evaluation.cohorts.cohort_run import score_each
from OrthoDiffusionLib.lab.evaluation.scores.diagnosis_scores import REPEATS
from OrthoDiffusionLib.lab.evaluation.scores.measurement_scores import (
    MEASUREMENTS_VERSION,
    score_measurements,
    summarise_measurements,
)
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import (
    NO_MISSING_PLANE,
    ScoredStudy,
    measured_bundle,
    recalibrated,
    run_key,
)
from OrthoDiffusionLib.lab.evaluation.scores.scores import SCORES_SCHEMA, summarise
from OrthoDiffusionLib.lab.evaluation.scores.scores_file import lines_path, write_scores
from OrthoDiffusionLib.lab.evaluation.scores.segmentation_scores import MISSED, WORST_DISTANCE_MM, StructureScore
from OrthoDiffusionLib.lab.evaluation.scores.study_scoring import (
    PhantomTruth,
    score_findings,
    score_structures,
    with_raw_logits,
)
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import HELD_OUT_SITES
from OrthoDiffusionLib.measurements import definitions
from OrthoDiffusionLib.moment import now
from OrthoDiffusionLib.progress import ProgressCallback, report
from OrthoDiffusionLib.volumes import Study

if TYPE_CHECKING:
    from OrthoDiffusionLib.lab.phantom.datasets.cohort import Cohort, PhantomStudy


def evaluate(
    bundle: Bundle | Path | str | None = None,
    *,
    cohort_name: str | None = None,
    first_seed: int | None = None,
    count: int | None = None,
    seed: int | None = None,
    json: Path | str | None = None,
    device: str = "auto",
    repeats: int = REPEATS,
    progress: ProgressCallback | None = None,
) -> dict:
    """Analyse a frozen cohort with a bundle and score it.

    Args:
        bundle: opened, a folder, a name, or None for the default bundle.
        cohort_name: which cohort; None for the frozen one of the bundle's joint.
        first_seed: in place of `cohort_name`, a fresh cohort of the bundle's joint that begins with this seed; see
            `fresh_cohort`.
        count: how many of its studies; None for all.
        seed: number of the study to begin with, the first follows the last; None begins with the first.
        json: where to write the scores. Beside it `<stem>.studies.jsonl` grows by one line a study, and a
            second run with the same weights and cohort version leaves out what is finished.
        device: "auto", "cpu" or "cuda".
        repeats: bootstrap draws of patients.
        progress: gets every study; may raise `Cancelled`, finished studies stay finished.

    Returns:
        The Scores: what `json` holds.

    Raises:
        BundleError: if the bundle cannot be used.
        OrthoDiffusionError: if there is no such cohort, or it has fewer studies, or the seeds are not free.
        OutputError: if the files cannot be written.
    """
    from OrthoDiffusionLib.analysis.analyzer import Analyzer

    bundle, cohort = _opened(bundle, cohort_name, first_seed)
    report(progress, "load", 0.0, f"Loading the networks of {bundle.manifest.name}")
    analyzer = Analyzer(with_raw_logits(bundle), device=device)
    return evaluate_cohort(
        analyzer.analyze,
        bundle,
        cohort,
        count=count,
        seed=seed,
        json=json,
        repeats=repeats,
        progress=progress,
    )


def _opened(
    bundle: Bundle | Path | str | None, cohort_name: str | None, first_seed: int | None
) -> tuple[Bundle, Cohort]:
    """The bundle and the cohort of `evaluate`, of one joint; which cohort is settled before the bundle is opened.

    Raises:
        OrthoDiffusionError: as in `evaluate`.
    """
    from OrthoDiffusionLib.lab.phantom.datasets.cohort import FROZEN, cohort_named, fresh_cohort

    if cohort_name is not None and first_seed is not None:
        raise OrthoDiffusionError(
            f"A cohort by name ({cohort_name}) and a fresh one from seed {first_seed} cannot both be evaluated",
            remedy="Give --cohort or --first-seed, not both.",
        )
    cohort = None if cohort_name is None else cohort_named(cohort_name)
    opened = bundle if isinstance(bundle, Bundle) else Bundle.open(bundle_path(bundle))
    joint = opened.manifest.joint
    if cohort is None:
        cohort = cohort_named(f"{joint}-{FROZEN}") if first_seed is None else fresh_cohort(joint, first_seed)
    if cohort.joint != joint:
        raise OrthoDiffusionError(
            f"The cohort {cohort.name} is of the {cohort.joint}, the bundle knows the {joint}",
            remedy="Choose a cohort of this joint.",
        )
    return opened, cohort


def evaluate_cohort(
    analyze: Callable[..., Analysis],
    bundle: Bundle,
    cohort: Cohort,
    *,
    count: int | None = None,
    seed: int | None = None,
    json: Path | str | None = None,
    repeats: int = REPEATS,
    progress: ProgressCallback | None = None,
) -> dict:
    """`evaluate` with everything already open.

    Args:
        analyze: study, progress → Analysis, by the networks of `with_raw_logits(bundle)`.
        bundle: with its own calibration.
        cohort: name, version and the studies by number.
    """
    lines = None if json is None else lines_path(Path(json))
    records = score_cohort(analyze, bundle, cohort, count=count, seed=seed, lines=lines, progress=progress)
    manifest = bundle.manifest
    scores = {
        "schema_version": SCORES_SCHEMA,
        "phantom_numbers": True,
        "cohort": {
            "name": cohort.name,
            "version": cohort.version,
            "count": len(records),
            "seed": seed,
            "joint": manifest.joint,
        },
        "bundle": measured_bundle(bundle),
        "created": now(),
        **summarise(
            records,
            structures=manifest.structures,
            abnormalities=manifest.abnormalities,
            thresholds=thresholds_of(manifest),
            repeats=repeats,
        ),
        "measurements": summarise_measurements(records, definitions(manifest.as_joint())),
    }
    if json is not None:
        write_scores(Path(json), scores)
    report(progress, "done", 1.0, f"Scored {len(records)} studies of {cohort.name}")
    return scores


def score_cohort(
    analyze: Callable[..., Analysis],
    bundle: Bundle,
    cohort: Cohort,
    *,
    count: int | None = None,
    seed: int | None = None,
    lines: Path | None = None,
    progress: ProgressCallback | None = None,
) -> list[ScoredStudy]:
    """The studies of a cohort, scored one by one; see `score_each`.

    Probabilities are those of the bundle's present calibration, also of studies that were finished before it.
    """
    records = score_each(
        lambda phantom, name, step: score_study(analyze, bundle, phantom, name, progress=step),
        cohort,
        run_key(bundle, cohort, measurements=MEASUREMENTS_VERSION),
        count=count,
        seed=seed,
        lines=lines,
        progress=progress,
    )
    return [recalibrated(record, bundle.manifest.calibration_of) for record in records]


def score_study(
    analyze: Callable[..., Analysis],
    bundle: Bundle,
    phantom: PhantomStudy,
    name: str,
    *,
    progress: ProgressCallback | None = None,
) -> ScoredStudy:
    """Analyse one phantom and hold the analysis against its truth.

    A study that the Analyzer refuses is not left out: all its structures count as missed.
    """
    manifest = bundle.manifest
    study = Study.from_volumes(phantom.volumes, name=name, joint=manifest.as_joint())
    strata = strata_of(phantom, study)
    start = time.perf_counter()
    try:
        analysis = analyze(study, progress=progress)
    except OrthoDiffusionError as error:
        worst = StructureScore(MISSED, 0.0, 0.0, 0.0, WORST_DISTANCE_MM, WORST_DISTANCE_MM, 0.0, 0.0, -100.0)
        return ScoredStudy(
            name,
            phantom.patient,
            strata,
            structures={structure.name: worst.as_dict() for structure in manifest.structures},
            error={"what": error.what, "where": error.where, "remedy": error.remedy},
        )
    seconds = time.perf_counter() - start
    truth = PhantomTruth(phantom, analysis.segmentation.labels.geometry)
    imaged = [volume.geometry for volume in study.volumes]
    labels = truth.labels
    return ScoredStudy(
        name,
        phantom.patient,
        strata,
        structures=score_structures(
            analysis.segmentation,
            labels,
            imaged,
        ),
        measurements=score_measurements(analysis, phantom, labels, manifest.as_joint(), imaged),
        findings=score_findings(
            analysis,
            phantom.abnormalities,
            truth.lesion,
        ),
        seconds=seconds,
    )


def strata_of(phantom: PhantomStudy, study: Study) -> dict[str, str]:
    """What the scores are split by: anatomy, imaging site, whether training may see it, field strength, planes."""
    held_out = phantom.site in HELD_OUT_SITES
    # Files of scores, records and studies keep the old word for an imaging site, "centre", which others read.
    return {
        "anatomy": phantom.anatomy,
        "centre": phantom.site,
        "centre_kind": "held out" if held_out else "as in training",
        "field_strength": f"{phantom.field_strength_t:g} T",
        "missing_plane": ", ".join(plane.value for plane in study.missing_planes) or NO_MISSING_PLANE,
    }
