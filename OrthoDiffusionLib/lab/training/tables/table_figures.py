"""A fine-tuned bundle on the user's own patients: calibrated on some, measured on others that nothing learned from."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from safetensors.torch import load_file

from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.analysis.model import HEADS_FILE
from OrthoDiffusionLib.bundles import Bundle, Manifest, write_bundle
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.findings import Analysis, Calibration, sigmoid
from OrthoDiffusionLib.lab.evaluation.cohorts.calibration_fitting import FUSED, fit_calibrations, thresholds_of
from OrthoDiffusionLib.lab.evaluation.cohorts.cohort_run import score_each
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import (
    NO_MISSING_PLANE,
    ScoredStudy,
    measured_bundle,
    recalibrated,
    run_key,
)
from OrthoDiffusionLib.lab.evaluation.scores.scores import SCORES_SCHEMA, finding_rows, summarise
from OrthoDiffusionLib.lab.evaluation.scores.scores_file import write_scores
from OrthoDiffusionLib.lab.evaluation.scores.segmentation_scores import (
    ABSENT,
    MISSED,
    WORST_DISTANCE_MM,
    StructureScore,
    score_volumes,
)
from OrthoDiffusionLib.lab.evaluation.scores.study_scoring import score_findings, with_raw_logits
from OrthoDiffusionLib.lab.training.engine.losses import IGNORED
from OrthoDiffusionLib.lab.training.engine.plane_alignment import align_plane_classifiers
from OrthoDiffusionLib.lab.training.tables.case_preparation import label_maps_of
from OrthoDiffusionLib.lab.training.tables.case_table import WORLD, Case
from OrthoDiffusionLib.lab.training.tables.vocabulary import Vocabulary
from OrthoDiffusionLib.messages import NOTHING, Message, bundle_reasons
from OrthoDiffusionLib.messages.bundle_reasons import HELD_OUT, VALIDATION
from OrthoDiffusionLib.moment import now
from OrthoDiffusionLib.progress import ProgressCallback, report
from OrthoDiffusionLib.volumes import Study

LEAST_PATIENTS = 5
"""With and without a finding, among the held-out patients; with fewer an interval means nothing."""


@dataclass(frozen=True)
class PatientCohort:
    """Some of a table's patients, as the evaluation takes a cohort.

    Attributes:
        name: e.g. "table cases, held-out patients".
        version: of the table, and of its cases' files where scores are kept for another call.
        cases: with the study of each, ready for the Analyzer.
    """

    name: str
    version: str
    cases: tuple[tuple[Case, Study], ...]

    def __len__(self) -> int:
        return len(self.cases)

    def study_name(self, number: int) -> str:
        """The case's name in the table."""
        return self.cases[number][0].name

    def study(self, number: int) -> tuple[Case, Study]:
        """The case and its study."""
        return self.cases[number]


def logits_of_patients(
    bundle: Bundle, cohort: PatientCohort, lines: Path, *, device: str, progress: ProgressCallback | None = None
) -> list[ScoredStudy]:
    """The findings' logits of labelled cases, for their calibration; goes on where it was stopped."""
    analyzer = Analyzer(bundle, device=device)
    names = [abnormality.name for abnormality in bundle.manifest.abnormalities]

    def score_one(pair: tuple[Case, Study], name: str, step: ProgressCallback | None) -> ScoredStudy:
        case, study = pair
        report(step, "analyze", 0.3, "Asking the networks")
        found = analyzer.logits(study, clinical=case.clinical)
        findings = {
            finding: {
                "positive": case.findings[finding],
                "logit": float(found[FUSED][i]),
                "probability": float(sigmoid(found[FUSED][i])),
                "by_plane": {plane: float(values[i]) for plane, values in found.items() if plane != FUSED},
                "assessed": False,
                "point_distance_mm": None,
            }
            for i, finding in enumerate(names)
            if finding in case.findings
        }
        return ScoredStudy(name, case.patient, {}, findings=findings)

    key = run_key(bundle, cohort, kind="findings")
    return score_each(score_one, cohort, key, lines=lines, progress=progress) if len(cohort) else []


def score_patients(
    bundle: Bundle,
    cohort: PatientCohort,
    vocabulary: Vocabulary,
    lines: Path,
    *,
    device: str,
    progress: ProgressCallback | None = None,
) -> list[ScoredStudy]:
    """Findings and outlines of held-out cases against their labels; goes on where it was stopped."""
    analyzer = Analyzer(with_raw_logits(bundle), device=device)

    def score_one(pair: tuple[Case, Study], name: str, step: ProgressCallback | None) -> ScoredStudy:
        case, study = pair
        strata = {"missing_plane": ", ".join(plane.value for plane in study.missing_planes) or NO_MISSING_PLANE}
        start = time.perf_counter()
        try:
            analysis = analyzer.analyze(study, clinical=case.clinical, progress=step)
        except OrthoDiffusionError as error:
            worst = StructureScore(MISSED, 0.0, 0.0, 0.0, WORST_DISTANCE_MM, WORST_DISTANCE_MM, 0.0, 0.0, -100.0)
            fault = {"what": error.what, "where": "", "remedy": error.remedy}
            structures = {structure: worst.as_dict() for structure in case.covered}
            return ScoredStudy(name, case.patient, strata, structures=structures, error=fault)
        seconds = time.perf_counter() - start
        return ScoredStudy(
            name,
            case.patient,
            strata,
            structures=score_outlines(analysis, case, study, vocabulary),
            findings=score_findings(analysis, case.findings, lambda _: None),
            seconds=seconds,
        )

    return score_each(score_one, cohort, run_key(bundle, cohort), lines=lines, progress=progress)


def score_outlines(analysis: Analysis, case: Case, study: Study, vocabulary: Vocabulary) -> dict[str, dict]:
    """Scores of the structures that a case's label maps cover, on the maps' own grids.

    A structure that several maps show is scored on the one that holds most of its voxels; where the map says that
    nothing is known, nothing is counted.
    """
    covered = [s for s in analysis.segmentation.structures if s.name in case.covered]
    best: dict[str, tuple[int, StructureScore]] = {}
    for key, truth in label_maps_of(case, study, vocabulary).items():
        counted = truth.array != IGNORED
        predicted = analysis.segmentation.on(truth.geometry)
        scores = score_volumes(predicted, truth.with_array(truth.array * counted), covered, counted=counted)
        for structure in covered:
            voxels = int((truth.array == structure.label).sum()) + (key == WORLD)
            score = scores[structure.name]
            if structure.name not in best or voxels > best[structure.name][0]:
                best[structure.name] = (voxels, score)
    return {
        name: {**score.as_dict(), "thickness_error_mm": None}
        for name, (_, score) in best.items()
        if score.presence != ABSENT
    }


def figures_of(
    records: Sequence[ScoredStudy], cohort: PatientCohort, bundle: Bundle, *, patients: int, repeats: int
) -> dict:
    """The Scores of held-out patients, in the form of `evaluate`."""
    manifest = bundle.manifest
    return {
        "schema_version": SCORES_SCHEMA,
        "phantom_numbers": False,
        "cohort": {
            "name": cohort.name,
            "version": cohort.version,
            "count": len(records),
            "patients": patients,
            "seed": None,
            "joint": manifest.joint,
        },
        "bundle": measured_bundle(bundle),
        "created": now(),
        **measured(records, manifest, repeats),
    }


def measured(records: Sequence[ScoredStudy], manifest: Manifest, repeats: int) -> dict:
    """What `summarise` says of records, with the probabilities and at the operating points of a manifest."""
    return summarise(
        [recalibrated(record, manifest.calibration_of) for record in records],
        structures=manifest.structures,
        abnormalities=manifest.abnormalities,
        thresholds=thresholds_of(manifest),
        repeats=repeats,
    )


def judge(
    name: str, fitted: Calibration, validation: Sequence[ScoredStudy], held_out: Sequence[ScoredStudy], figures: Mapping
) -> tuple[Calibration, Message]:
    """A finding's calibration with what the held-out patients say of it, and why it is not assessed, if so.

    Args:
        fitted: on the validation patients.
        figures: of the held-out patients.

    Returns:
        The calibration; one that is not assessable comes with the reason, any other with `NOTHING`.
    """
    if not any(name in record.findings for record in (*validation, *held_out)):
        unknown = replace(fitted, auroc=0.5, auroc_low=0.0, auroc_high=1.0)
        return unknown, bundle_reasons.no_label()
    for patients, records in ((VALIDATION, validation), (HELD_OUT, held_out)):
        rows = finding_rows(records, name)
        least = LEAST_PATIENTS if patients == HELD_OUT else 1
        for wanted in (True, False):
            count = len(set(rows["patient"][rows["positive"] == wanted]))
            if count < least:
                reason = bundle_reasons.too_few(count, least, patients, positive=wanted)
                return replace(fitted, auroc=0.5, auroc_low=0.0, auroc_high=1.0), reason
    numbers = figures["abnormalities"][name]
    area, low, high = (numbers[key] for key in ("auroc", "auroc_low", "auroc_high"))
    if None in (area, low, high):
        return replace(fitted, auroc=0.5, auroc_low=0.0, auroc_high=1.0), bundle_reasons.no_auroc()
    judged = replace(fitted, auroc=area, auroc_low=min(low, area), auroc_high=max(high, area))
    if judged.assessable:
        return judged, NOTHING
    return judged, bundle_reasons.as_by_chance(area, low, high)


def calibrated_bundle(
    bundle: Bundle,
    folder: Path,
    *,
    validation: Sequence[ScoredStudy],
    held_out: Sequence[ScoredStudy],
    figures: dict,
    kept: Mapping[str, Calibration],
    kept_from: str,
    repeats: int,
) -> Bundle:
    """The final bundle: findings calibrated and judged, figures noted, planes' classifiers on the same scale.

    Args:
        bundle: the trained one.
        folder: of the new one; an older bundle there is replaced.
        kept: calibrations of findings whose logits the training did not touch.
        kept_from: the bundle and cohort that those were measured with.
        repeats: bootstrap draws of patients.
    """
    manifest = bundle.manifest
    names = [abnormality.name for abnormality in manifest.abnormalities]
    fitted = fit_calibrations(validation, [name for name in names if name not in kept])
    judged = {name: judge(name, fitted[name], validation, held_out, figures) for name in fitted}
    calibrations = {**kept, **{name: calibration for name, (calibration, _) in judged.items()}}
    manifest = replace(manifest, calibration={name: calibrations[name] for name in names})
    figures = {**figures, **measured(held_out, manifest, repeats)}
    for name, (_, reason) in judged.items():
        if reason:
            figures["abnormalities"][name] = {**figures["abnormalities"][name], "not_assessed": reason.text}
    for name in kept:
        figures["abnormalities"][name] = {**figures["abnormalities"][name], "calibration_kept_from": kept_from}
    tensors = {name: load_file(path) for name, path in bundle.weight_paths.items()}
    records = [replace(r, findings={k: v for k, v in r.findings.items() if k in fitted}) for r in validation]
    tensors[HEADS_FILE] = align_plane_classifiers(tensors[HEADS_FILE], names, records, calibrations)
    fields = replace(manifest, figures=_for_travel(figures)).as_dict()
    for key in ("files", "schema_version", "created"):
        fields.pop(key)
    return write_bundle(folder, fields, tensors, overwrite=True)


def write_figures(path: Path, figures: dict, records: Sequence[ScoredStudy], manifest: Manifest, repeats: int) -> None:
    """The scores with the final calibration's probabilities, for the user's own disk."""
    write_scores(path, {**figures, **measured(records, manifest, repeats)})


def _for_travel(figures: Mapping) -> dict:
    """Without the names of cases, which a bundle would carry to others."""
    failures = figures.get("failures", [])
    return {**figures, "failures": [{key: failure[key] for key in ("what", "remedy")} for failure in failures]}
