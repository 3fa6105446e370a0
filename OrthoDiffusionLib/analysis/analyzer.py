"""Analyzer: the one entry point for panel, console and command line."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch

from OrthoDiffusionLib.analysis.cut_off import cut_off, tendons_cut_by_a_view
from OrthoDiffusionLib.analysis.inference import (
    FUSION_RATIO,
    CoarseStudy,
    FusedStudy,
    Inference,
    diagnose,
    encode_views,
    fuse_coarsely,
    outline,
    plane_outlines,
)
from OrthoDiffusionLib.analysis.model import OrthoModel, load_model
from OrthoDiffusionLib.analysis.shown_joint import doubt_of_pictures, other_joint
from OrthoDiffusionLib.analysis.side_from_anatomy import (
    LEAST_RATIO,
    SURE_LATERAL_ML,
    Look,
    better_of,
    lateral_ml,
    shows_the_side,
    side_rule,
)
from OrthoDiffusionLib.analysis.training_likeness import TrainingLikeness, ViewObservation, observe
from OrthoDiffusionLib.anatomy import UNKNOWN_JOINT, Abnormality, Side
from OrthoDiffusionLib.bundles import Bundle, Manifest, bundle_path
from OrthoDiffusionLib.encoders import FeaturePyramid
from OrthoDiffusionLib.errors import BundleError, Notice, OrthoDiffusionError, StudyError
from OrthoDiffusionLib.findings import (
    Accuracy,
    Analysis,
    BundleRecord,
    FieldOfView,
    Finding,
    Measurement,
    Segmentation,
    StudyRecord,
    evidence_from_weights,
    postprocess,
)
from OrthoDiffusionLib.findings.plausibility import (
    ALARMS,
    implausible,
    may_be_displaced,
    plane_agreements,
)
from OrthoDiffusionLib.heads import encode_all, strongest_means
from OrthoDiffusionLib.measurements import measure
from OrthoDiffusionLib.memory import giving_back
from OrthoDiffusionLib.messages import NOTHING, Message
from OrthoDiffusionLib.messages.bundle_reasons import reason_in
from OrthoDiffusionLib.precision import autocast
from OrthoDiffusionLib.progress import ProgressCallback, part_of, report, told_as
from OrthoDiffusionLib.unlikeness import PlaneUnlikeness, Unlikeness, unlike_training
from OrthoDiffusionLib.views import View, ViewGrid, prepare_views
from OrthoDiffusionLib.volumes import Geometry, Plane, Study, Volume, check_movement, check_study
from OrthoDiffusionLib.volumes.plane import is_3d, slice_step_mm
from OrthoDiffusionLib.volumes.selection.two_joints import one_joint

Found = TypeVar("Found")


@dataclass(frozen=True, eq=False)
class _Seen:
    """A study as the networks saw it.

    Attributes:
        study: with its side, where that is known or the anatomy shows it.
        as_side: the side it was looked at as.
        inference: what the networks say, in the world they were shown.
        views: what they were shown.
        unlike: plane key -> how unlike the training it is; None where the bundle cannot tell.
        notices: how the side was found.
    """

    study: Study
    as_side: Side
    inference: Inference
    views: Mapping[Plane, View]
    unlike: Mapping[str, PlaneUnlikeness] | None
    notices: tuple[Notice, ...] = ()

    @property
    def mirror(self) -> bool:
        """Whether the networks, which see right joints alone, were shown the mirror image."""
        return self.as_side is Side.LEFT


@dataclass(frozen=True, eq=False)
class StudyEvidence:
    """What is known of a study's findings before calibration.

    Attributes:
        logits: (A,) of the findings, with what clinical values add.
        strongest: (A, C) means of the strongest places of each finding's map, see `strongest_means`.
    """

    logits: np.ndarray
    strongest: np.ndarray


class Analyzer:
    """Analyses studies with the networks of one bundle, which stay loaded.

    Args:
        bundle: a Bundle, a folder, a name, or None for the default bundle.
        device: "auto" (a CUDA GPU if there is one), "cpu" or "cuda".
        precision: "auto", "bfloat16" or "float32".

    Raises:
        BundleError: if the bundle is missing, damaged, does not fit its network, or has encoders alone.
        OrthoDiffusionError: if the device is not there.
    """

    def __init__(
        self, bundle: Bundle | Path | str | None = None, *, device: str = "auto", precision: str = "auto"
    ) -> None:
        self.bundle = bundle if isinstance(bundle, Bundle) else Bundle.open(bundle_path(bundle))
        if self.bundle.manifest.encoders_only:
            raise BundleError(Message("bundle", "encoders_only"), where=str(self.bundle.folder))
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        if device.startswith("cuda") and not torch.cuda.is_available():
            raise OrthoDiffusionError(Message("worker", "no_cuda"))
        self.device = device
        self.precision = precision
        self.joint = self.bundle.manifest.as_joint()
        self.model: OrthoModel = load_model(self.bundle).to(device)
        known = self.bundle.manifest.training_reference is not None
        self._likeness = TrainingLikeness(self.bundle) if known else None

    @giving_back
    def analyze(
        self,
        study: Study,
        *,
        clinical: Mapping[str, object] | None = None,
        progress: ProgressCallback | None = None,
    ) -> Analysis:
        """Outline the structures and look for the abnormalities of one study.

        Args:
            study: any subset of planes, either side, any geometry.
            clinical: what a referral says, e.g. {"age": 42, "sex": "female", "trauma": True}; all of it may be
                missing, and a bundle that was not trained with it leaves it aside.
            progress: gets every step; may raise `Cancelled`.

        Returns:
            An Analysis in the study's own world, RAS mm. Its timings name the stages in seconds.

        Raises:
            StudyError: if the study is of another joint than the bundle, if it shows two joints and its side is not
                known (code ``two_joints``), or if no plane of it can be used.
        """
        study = one_joint(self._of_this_joint(study))
        known = _encoded(clinical)
        other = other_joint(study.volumes, self.joint, name=study.name)
        noticed = [*([other] if other else []), *study.notices, *check_study(study), *self._clinical_notices(known)]
        if self._likeness is None:
            noticed.append(Notice("likeness_unknown"))
        timings: dict[str, float] = {}
        seen = self._see(study, timings, part_of(progress, 0.0, 0.9))
        report(progress, "finish", 0.9, Message("progress", "measure"))
        start = time.perf_counter()
        segmentation, found = self._segmentation(seen)
        impossible, doubts = self._judge(seen, segmentation, found)
        findings = self._findings(seen, self._clinical_logits(known))
        measured = measure(
            segmentation,
            self.joint,
            seen.study.side if seen.study.is_oriented else None,
            slice_steps_mm=_slice_steps({plane: seen.study.planes[plane] for plane in seen.views}),
        )
        timings["postprocess"] = time.perf_counter() - start
        report(progress, "finish", 1.0, Message("progress", "analysed"))
        manifest = self.bundle.manifest
        return Analysis(
            study=_study_record(seen),
            bundle=BundleRecord(manifest.name, manifest.version, self.bundle.sha256),
            findings=findings,
            segmentation=segmentation,
            measurements=_with_accuracy(measured, manifest),
            # Whatever makes the result impossible is said once, with all its reasons, and first.
            notices=tuple(
                dict.fromkeys([*impossible, *self._said_of_likeness(seen), *noticed, *seen.notices, *doubts])
            ),
            intended_use=manifest.intended_use,
            unlike_training=_unlikeness(seen.unlike),
            unreliable=manifest.unreliable_structures,
            timings=timings,
        )

    def _said_of_likeness(self, seen: _Seen) -> tuple[Notice, ...]:
        """What tells a study from those that the bundle was trained on; nothing where nothing does or can."""
        notice = unlike_training(seen.unlike, joint=self.joint.name) if seen.unlike is not None else None
        return () if notice is None else (notice,)

    def _of_this_joint(self, study: Study) -> Study:
        """The study, as one of the bundle's joint if it does not say which it is of."""
        if study.joint is UNKNOWN_JOINT and not self.joint.is_oblique:
            return replace(study, joint=self.joint)
        if study.joint.name != self.joint.name:
            raise StudyError(
                Message("study", "other_joint_than_bundle", {"joint": study.joint.name, "known": self.joint.name})
            )
        return study

    @giving_back
    def logits(self, study: Study, *, clinical: Mapping[str, object] | None = None) -> dict[str, np.ndarray]:
        """Uncalibrated logits of the findings: "fused" and each plane's own, in the manifest's order.

        For fitting calibrations; the side must be known.
        """
        return {key: found.logits for key, found in self.study_evidence(study, clinical=clinical).items()}

    @giving_back
    def study_evidence(self, study: Study, *, clinical: Mapping[str, object] | None = None) -> dict[str, StudyEvidence]:
        """What the findings' logits are made from: "fused" and each plane's own, in the manifest's order.

        For fitting the classifiers of whole studies; the side must be known.
        """
        diagnosis = self.fused(study).diagnosis
        clinical_logits = self._clinical_logits(_encoded(clinical))
        found = {"fused": (diagnosis.logits, diagnosis.evidence)}
        found |= {plane.value: (diagnosis.by_plane[plane], own) for plane, own in diagnosis.evidence_by_plane.items()}
        return {
            key: StudyEvidence(
                logits.float().cpu().numpy() + clinical_logits,
                strongest_means(evidence.flatten(1).float()).cpu().numpy(),
            )
            for key, (logits, evidence) in found.items()
        }

    @giving_back
    def fused(self, study: Study) -> FusedStudy:
        """A study before its fine outlines, in the world that the networks see: that of a right joint.

        For fitting what a bundle brings beside its weights; the side must be known.
        """
        return self._fuse(prepare_views(study, self.bundle.manifest.grids, mirror=study.side is Side.LEFT), {}, None)

    @giving_back
    def observed(self, study: Study) -> dict[Plane, ViewObservation]:
        """What is looked at to tell whether a study is unlike the training, without the rest of an analysis.

        For fitting a training reference and for measuring it; the side must be known.
        """
        views = prepare_views(study, self.bundle.manifest.grids, mirror=study.side is Side.LEFT)
        pyramids = encode_views(self.model, views, **self._settings({}))
        with torch.inference_mode(), autocast(self.device, self.precision):
            alone = plane_outlines(self.model, pyramids)
        return observe(views, pyramids, alone)

    def _clinical_logits(self, known: Mapping[str, float]) -> np.ndarray:
        """(A,) what clinical values, by `_encoded`, add to the logits."""
        with torch.inference_mode():
            added = self.model.clinical_logits(known).float().cpu().numpy()
        return np.broadcast_to(added, (len(self.bundle.manifest.abnormalities),))

    def _clinical_notices(self, known: Mapping[str, float]) -> list[Notice]:
        """Which of the clinical values count; never the values themselves, which are the patient's."""
        taken = [column for column in known if self.model.clinical and column in self.model.clinical.columns]
        left = [column for column in known if column not in taken]
        notices = []
        if taken:
            notices.append(Notice("clinical_used", values={"columns": taken}))
        if left:
            notices.append(Notice("clinical_unused", values={"columns": left}))
        return notices

    def prepared(self, study: Study) -> dict[Plane, View]:
        """A study's views as the networks are shown them."""
        return prepare_views(study, self.bundle.manifest.grids, mirror=study.side is Side.LEFT)

    def bare_networks_seconds(self, views: Mapping[Plane, View]) -> float:
        """Time the networks alone need for prepared views: the reference of the benchmark."""
        start = time.perf_counter()
        self._networks(views, {}, None)
        return time.perf_counter() - start

    def _see(self, study: Study, timings: dict[str, float], progress: ProgressCallback | None) -> _Seen:
        """Show a study to the networks, as the side that is known or as the one that makes more sense."""
        if study.side is None:
            return self._try_both_sides(study, timings, progress)
        views = self._views(study, mirror=study.side is Side.LEFT, timings=timings, progress=progress)
        fused = self._fuse(views, timings, part_of(progress, 0.1, 0.64))
        unlike = self._unlike(views, fused, timings)
        result = self._outline(fused, timings, part_of(progress, 0.64, 1.0))
        return _Seen(study, study.side, result, views, unlike)

    def _unlike(
        self, views: Mapping[Plane, View], fused: FusedStudy, timings: dict[str, float]
    ) -> dict[str, PlaneUnlikeness] | None:
        """How unlike the training each plane is."""
        if self._likeness is None:
            return None
        start = time.perf_counter()
        unlike = self._likeness.of(observe(views, fused.pyramids, fused.alone))
        timings["likeness"] = time.perf_counter() - start
        return unlike

    def _views(
        self,
        study: Study,
        *,
        mirror: bool,
        timings: dict[str, float],
        progress: ProgressCallback | None,
        grids: Mapping[Plane, ViewGrid] | None = None,
    ) -> dict[Plane, View]:
        """The study's views; those of some planes alone, where only their grids are given."""
        report(progress, "prepare", 0.0, Message("progress", "prepare"))
        start = time.perf_counter()
        views = prepare_views(study, self.bundle.manifest.grids if grids is None else grids, mirror=mirror)
        timings["preprocess"] = timings.get("preprocess", 0.0) + time.perf_counter() - start
        return views

    def _networks(
        self, views: Mapping[Plane, View], timings: dict[str, float], progress: ProgressCallback | None
    ) -> Inference:
        fused = self._fuse(views, timings, part_of(progress, 0.0, 0.6))
        return self._outline(fused, timings, part_of(progress, 0.6, 1.0))

    def _outline(self, fused: FusedStudy, timings: dict[str, float], progress: ProgressCallback | None) -> Inference:
        spacing = self.bundle.manifest.fusion_spacing_mm
        return outline(self.model, fused, fine_spacing_mm=spacing, progress=progress, **self._settings(timings))

    def _fuse(
        self, views: Mapping[Plane, View], timings: dict[str, float], progress: ProgressCallback | None
    ) -> FusedStudy:
        coarse = self._fuse_coarsely(views, timings, part_of(progress, 0.0, 0.8))
        return diagnose(self.model, views, coarse, progress=part_of(progress, 0.8, 1.0), **self._settings(timings))

    def _fuse_coarsely(
        self, views: Mapping[Plane, View], timings: dict[str, float], progress: ProgressCallback | None
    ) -> CoarseStudy:
        encoding = part_of(progress, 0.0, 0.8)
        pyramids = encode_views(self.model, views, progress=encoding, **self._settings(timings))
        return self._coarsely(pyramids, timings, part_of(progress, 0.8, 1.0))

    def _coarsely(
        self, pyramids: Mapping[Plane, FeaturePyramid], timings: dict[str, float], progress: ProgressCallback | None
    ) -> CoarseStudy:
        spacing = self.bundle.manifest.fusion_spacing_mm
        return fuse_coarsely(
            self.model, pyramids, fine_spacing_mm=spacing, progress=progress, **self._settings(timings)
        )

    def _settings(self, timings: dict[str, float]) -> dict:
        return {"device": self.device, "precision": self.precision, "timings": timings}

    def _try_both_sides(self, study: Study, timings: dict[str, float], progress: ProgressCallback | None) -> _Seen:
        """Look at the joint as a right and as a left one, coarsely, and go on with the side that makes more sense.

        One plane is looked at both ways; the others too only where it alone does not tell the sides apart.
        """
        planes = [plane for plane in Plane if plane in study.planes and plane in self.bundle.manifest.grids]
        first, others = planes[:1], planes[1:]
        sides = (Side.RIGHT, Side.LEFT)
        finding = told_as(progress, Message("progress", "side"))
        looks = [
            self._look(study, side, first, timings, part_of(finding, start, start + 0.15))
            for side, start in zip(sides, (0.0, 0.15), strict=True)
        ]
        best, is_known = better_of(looks)
        if others and shows_the_side(looks):
            best = self._look(study, best.side, others, timings, part_of(progress, 0.3, 0.6), before=best)
        elif others:
            looks = [
                self._look(study, look.side, others, timings, part_of(finding, start, start + 0.15), before=look)
                for look, start in zip(looks, (0.3, 0.45), strict=True)
            ]
            best, is_known = better_of(looks)
        closely = part_of(progress, 0.6, 0.7)
        fused = diagnose(self.model, best.views, best.coarse, progress=closely, **self._settings(timings))
        unlike = self._unlike(best.views, fused, timings)
        result = self._outline(fused, timings, part_of(progress, 0.7, 1.0))
        if not (study.is_oriented and is_known):  # it was looked at as it makes more sense, but nothing is claimed
            notice = Notice("side_unclear" if study.is_oriented else "side_unknown")
            return _Seen(study, best.side, result, best.views, unlike, (notice,))
        notice = Notice("side_from_anatomy", values={"side": best.side, "joint": study.joint.name})
        return _Seen(study.with_side(best.side, "anatomy"), best.side, result, best.views, unlike, (notice,))

    def _look(
        self,
        study: Study,
        side: Side,
        planes: Sequence[Plane],
        timings: dict[str, float],
        progress: ProgressCallback | None,
        *,
        before: Look | None = None,
    ) -> Look:
        """Look coarsely at some planes as if the joint were of a side, beside those that were looked at before."""
        every = self.bundle.manifest.grids
        grids = {plane: every[plane] for plane in planes} or every  # where there is nothing to look at, all are named
        views = self._views(study, mirror=side is Side.LEFT, timings=timings, progress=progress, grids=grids)
        encoding = part_of(progress, 0.1, 0.8)
        pyramids = encode_views(self.model, views, progress=encoding, **self._settings(timings))
        if before is not None:
            views = _in_order({**before.views, **views})
            pyramids = _in_order({**before.coarse.pyramids, **pyramids})
        coarse = self._coarsely(pyramids, timings, part_of(progress, 0.8, 1.0))
        found = lateral_ml(coarse.labels.cpu().numpy(), coarse.grid.geometry, self.joint)
        return Look(side, views, coarse, found)

    def _judge(
        self, seen: _Seen, segmentation: Segmentation, found: Sequence[Notice]
    ) -> tuple[list[Notice], list[Notice]]:
        """Whether a result can be that of a joint.

        Args:
            seen: the study.
            segmentation: its outlines.
            found: the notices of `postprocess`.

        Returns:
            What makes the result impossible, and that the pictures show another joint, at most one notice each; what
            else there is to say.
        """
        study = seen.study
        exchanged = [notice for notice in found if notice.code == "medial_lateral_exchanged"]
        doubts = [notice for notice in found if notice not in exchanged]
        outlines = {plane.value: outlines for plane, outlines in seen.inference.alone.items()}
        agreements = plane_agreements(outlines, self.bundle.manifest.structures)
        if may_be_displaced(agreements):
            doubts += check_movement(study)  # registration takes as long as half an analysis
        impossible = implausible(
            segmentation,
            side=study.side if study.is_oriented and not self._side_was_outlined(study) else None,
            joint=self.joint,
            agreements=agreements,
            further=[*(_exchanged(notice) for notice in exchanged), *self._doubts_of_side(seen, segmentation)],
        )
        alarms = [impossible] if impossible else []
        pictured = doubt_of_pictures(study.volumes, self.joint)
        if pictured is not None:
            (alarms if pictured.code in ALARMS else doubts).append(pictured)
        return alarms, [*doubts, *cut_off(segmentation, self.joint)]

    def _side_was_outlined(self, study: Study) -> bool:
        """Whether its side comes from the outlines, which cannot confirm it then; an oblique joint's never does."""
        return study.side_source == "anatomy" and not self.joint.is_oblique

    def _doubts_of_side(self, seen: _Seen, segmentation: Segmentation) -> list[Message]:
        """Whether a side that was given looks wrong: as the other one, the joint shows what lies lateral (the fibula).

        The networks expect it lateral and hardly find it in a joint of the other side. The second look, as the other
        side, is taken only where little of it was found; where none was imaged it shows none either.
        """
        study, rule = seen.study, side_rule(self.joint)
        if rule is None or study.side is None or not study.is_oriented or self._side_was_outlined(study):
            return []
        own = lateral_ml(seen.inference.labels, seen.inference.fine, self.joint)
        if own >= SURE_LATERAL_ML or not segmentation.is_found(rule.of):
            return []
        fused = self._fuse_coarsely(self._views(study, mirror=not seen.mirror, timings={}, progress=None), {}, None)
        other = lateral_ml(fused.labels.cpu().numpy(), fused.grid.geometry, self.joint)
        if other < max(SURE_LATERAL_ML, LEAST_RATIO * own):
            return []
        lateral = segmentation.structure(rule.lateral)
        values = {"structure": lateral.title.lower(), "side": study.side.opposite}
        return [Message("implausible", "as_other_side", values)]

    def _segmentation(self, seen: _Seen) -> tuple[Segmentation, list[Notice]]:
        structures, result = self.bundle.manifest.structures, seen.inference
        imaged = result.imaged
        for axis in range(3):
            imaged = imaged.repeat(FUSION_RATIO, axis)
        labels = _to_patient(Volume(result.labels, result.fine, name="segmentation"), seen.mirror)
        cleaned, notices = postprocess(labels, structures, side=seen.study.side)
        shown = _to_patient(Volume(imaged.astype(np.uint8), result.fine), seen.mirror).array > 0
        if any(view.turned for view in seen.views.values()):
            shown = FieldOfView(_views_in_patient(seen), ratio=FUSION_RATIO).imaged(labels.geometry)
        segmentation = Segmentation(cleaned, structures, imaged=np.ascontiguousarray(shown))
        cut = tendons_cut_by_a_view(segmentation, _views_in_patient(seen))
        return replace(segmentation, completeness=cut), list(notices)

    def _findings(self, seen: _Seen, clinical_logits: np.ndarray) -> tuple[Finding, ...]:
        """One for each abnormality; `clinical_logits` (A,) is what clinical values add to their logits."""
        abnormalities = self.bundle.manifest.abnormalities
        return tuple(
            self._finding(seen, number, each, clinical_logits[number]) for number, each in enumerate(abnormalities)
        )

    def _finding(self, seen: _Seen, number: int, abnormality: Abnormality, clinical_logit: float) -> Finding:
        calibration = self.bundle.manifest.calibration_of(abnormality.name)
        if not calibration.assessable:
            return Finding.not_assessed(abnormality.name, _why_not_assessed(abnormality, self.bundle.manifest))
        planes = tuple(seen.views)
        if len(_missing_planes(abnormality, planes)) == len(abnormality.best_planes) > 0:
            return Finding.not_assessed(abnormality.name, _plane_missing(abnormality))
        result, diagnosis = seen.inference, seen.inference.diagnosis
        by_plane = {
            plane.value: calibration.probability(float(diagnosis.by_plane[plane][number]) + clinical_logit)
            for plane in planes
        }
        weights = diagnosis.evidence[number].double().sigmoid().float().cpu().numpy()
        weights = np.where(result.imaged, weights, np.float32(0.0))
        evidence, point = evidence_from_weights(
            _to_patient(Volume(weights, result.coarse), seen.mirror), name=abnormality.name
        )
        return Finding(
            abnormality.name,
            assessed=True,
            probability=calibration.probability(float(diagnosis.logits[number]) + clinical_logit),
            by_plane=by_plane,
            point_ras=point,
            evidence=evidence,
            note=_plane_note(abnormality, planes),
            operating_point=calibration.operating_point,
        )


def _unlikeness(unlike: Mapping[str, PlaneUnlikeness] | None) -> Unlikeness | None:
    return None if unlike is None else Unlikeness({plane: found.score for plane, found in unlike.items()})


def _with_accuracy(measured: Sequence[Measurement], manifest: Manifest) -> tuple[Measurement, ...]:
    """How far off each was on phantoms travels with the result, into scenes and reports."""
    return tuple(replace(one, accuracy=Accuracy.in_figures(manifest.figures, one.name)) for one in measured)


def _in_order(of_planes: Mapping[Plane, Found]) -> dict[Plane, Found]:
    """Sagittal, coronal, axial: sums over planes are to be the same in whatever order they were looked at."""
    return {plane: of_planes[plane] for plane in Plane if plane in of_planes}


def _slice_steps(planes: Mapping[Plane, Volume]) -> dict[str, float]:
    """Plane -> distance of the slices that show it; a 3D volume shows all of them."""
    steps = {plane.value: slice_step_mm(volume.geometry) for plane, volume in planes.items()}
    in_3d = [slice_step_mm(volume.geometry) for volume in planes.values() if is_3d(volume.geometry)]
    return {plane.value: min(in_3d) for plane in Plane} | steps if in_3d else steps


def _study_record(seen: _Seen) -> StudyRecord:
    study, used = seen.study, {plane: seen.study.planes[plane] for plane in seen.views}
    return StudyRecord(
        joint=study.joint.name,
        side=study.side,
        side_source=study.side_source,
        planes={plane.value: volume.name for plane, volume in used.items()},
        uids=_uids(used),
        field_of_view=FieldOfView(_views_in_patient(seen), _slice_steps(used), FUSION_RATIO),
    )


def _views_in_patient(seen: _Seen) -> dict[str, Geometry]:
    """Plane key -> grid of what was looked at, in the patient's RAS mm; the volume's own where the view was turned."""
    in_patient = {}
    for plane, view in seen.views.items():
        own = view.geometry.mirrored() if seen.mirror else view.geometry
        in_patient[plane.value] = seen.study.planes[plane].geometry if view.turned else own
    return in_patient


def _uids(volumes: Mapping[Plane, Volume]) -> dict[str, str]:
    """DICOM's identifiers of what was analysed; those that not all volumes share are left out, but the series'."""
    origins = {plane: volume.origin for plane, volume in volumes.items()}
    uids = {f"series_{plane.value}": origin.series for plane, origin in origins.items()}
    for key in ("study", "frame_of_reference"):
        values = {getattr(origin, key) for origin in origins.values()}
        uids[key] = values.pop() if len(values) == 1 else ""
    return {key: uid for key, uid in uids.items() if uid}


def _encoded(clinical: Mapping[str, object] | None) -> dict[str, float]:
    """Clinical values as the network takes them; those that are not known are left out.

    Raises:
        StudyError: if a value is invalid.
    """
    try:
        return encode_all(clinical or {})
    except ValueError as error:
        raise StudyError(Message("study", "clinical_value", {"error": error})) from error


def _to_patient(volume: Volume, mirror: bool) -> Volume:
    """From the networks' world back to the patient's, on a grid of R, A, S axes."""
    if not mirror:
        return volume
    turned = volume.mirrored().reoriented("RAS")
    return turned.with_array(np.ascontiguousarray(turned.array))


def _why_not_assessed(abnormality: Abnormality, manifest: Manifest) -> Message:
    """What the bundle's own evaluation says of a finding that is not assessed."""
    reason = reason_in(manifest.figures, abnormality.name)
    if reason is not None:
        return Message("not_assessed", "bundle", {"reason": reason})
    calibration = manifest.calibration_of(abnormality.name)
    if not calibration.evaluated:
        return Message("not_assessed", "unmeasured")
    values = {"auroc": calibration.auroc, "low": calibration.auroc_low, "high": calibration.auroc_high}
    return Message("not_assessed", "chance", values)


def _plane_missing(abnormality: Abnormality) -> Message:
    return Message("not_assessed", "plane_missing", {"planes": abnormality.best_planes})


def _missing_planes(abnormality: Abnormality, planes: tuple[Plane, ...]) -> list[str]:
    """Those of the planes that show an abnormality best which were not seen."""
    seen = {plane.value for plane in planes}
    return [name for name in abnormality.best_planes if name not in seen]


def _plane_note(abnormality: Abnormality, planes: tuple[Plane, ...]) -> Message:
    missing = _missing_planes(abnormality, planes)
    if not missing:
        return NOTHING
    return Message("lower_confidence", values={"planes": missing, "count": len(missing)})


def _exchanged(notice: Notice) -> Message:
    """The notice of `postprocess` as a reason not to use the result."""
    values = {"side": notice.values["side"], "structures": notice.values["structures"]}
    return Message("implausible", "exchanged", values)
