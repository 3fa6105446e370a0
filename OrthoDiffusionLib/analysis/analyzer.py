"""Analyzer: the one door for panel, console and command line."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from OrthoDiffusionLib.analysis.inference import (
    FUSION_RATIO,
    FusedStudy,
    Inference,
    encode_views,
    fuse_and_diagnose,
    outline,
)
from OrthoDiffusionLib.analysis.model import OrthoModel, load_model
from OrthoDiffusionLib.anatomy import UNKNOWN_JOINT, Abnormality, Side, SideRule
from OrthoDiffusionLib.bundles import Bundle, Manifest, bundle_path
from OrthoDiffusionLib.errors import Notice, OrthoDiffusionError, StudyError
from OrthoDiffusionLib.findings import (
    Analysis,
    BundleRecord,
    Finding,
    Segmentation,
    StudyRecord,
    evidence_from_weights,
    postprocess,
    sigmoid,
)
from OrthoDiffusionLib.findings.plausibility import (
    implausible,
    may_be_displaced,
    plane_agreements,
)
from OrthoDiffusionLib.heads import encode_all
from OrthoDiffusionLib.measurements import measure
from OrthoDiffusionLib.memory import giving_back
from OrthoDiffusionLib.messages import NOTHING, Message
from OrthoDiffusionLib.progress import ProgressCallback, part_of, report
from OrthoDiffusionLib.views import View, prepare_views
from OrthoDiffusionLib.volumes import Plane, Study, Volume, check_movement, check_study
from OrthoDiffusionLib.volumes.plane import is_3d, slice_step_mm
from OrthoDiffusionLib.volumes.selection.two_joints import one_joint

SURE_LATERAL_ML = 3.0  # of a fibula in the picture more is found, if the side is right
LEAST_LATERAL_ML = 0.3  # less is a few stray voxels, which say nothing about the side


class Analyzer:
    """Analyses studies with the networks of one bundle, which stay loaded.

    Args:
        bundle: a Bundle, a folder, a name, or None for the one that came along.
        device: "auto" (a CUDA GPU if there is one), "cpu" or "cuda".
        precision: "auto", "bfloat16" or "float32".

    Raises:
        BundleError: if the bundle is missing, damaged or does not fit its network.
        OrthoDiffusionError: if the device is not there.
    """

    def __init__(
        self, bundle: Bundle | Path | str | None = None, *, device: str = "auto", precision: str = "auto"
    ) -> None:
        self.bundle = bundle if isinstance(bundle, Bundle) else Bundle.open(bundle_path(bundle))
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        if device.startswith("cuda") and not torch.cuda.is_available():
            raise OrthoDiffusionError(
                "There is no CUDA GPU that torch can use", remedy="Choose the device cpu, or install torch for CUDA."
            )
        self.device = device
        self.precision = precision
        self.joint = self.bundle.manifest.as_joint()
        self.model: OrthoModel = load_model(self.bundle).to(device)

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
            clinical: what a referral tells, e.g. {"age": 42, "sex": "female", "trauma": True}; all of it may be
                missing, and a bundle that was not trained with it leaves it aside.
            progress: gets every step; may raise `Cancelled`.

        Returns:
            An Analysis in the study's own world, RAS mm. Its timings name the stages in seconds.

        Raises:
            StudyError: if the study is of another joint than the bundle, if it shows two joints and its side is not
                known (code ``two_joints``), or if no plane of it can be used.
        """
        manifest, joint = self.bundle.manifest, self.joint
        study = self._of_this_joint(study)
        study = one_joint(study)
        known = _encoded(clinical)
        told = self._told(known)
        notices = [*study.notices, *check_study(study), *self._told_notices(known)]
        timings: dict[str, float] = {}
        if study.side is not None:
            mirror = study.side is Side.LEFT
            result, views = self._infer(study, mirror=mirror, timings=timings, progress=part_of(progress, 0.0, 0.9))
        else:
            study, mirror, result, views = self._try_both_sides(study, timings, part_of(progress, 0.0, 0.9))
            notices.append(_side_notice(study.side, study.joint.name) if study.is_oriented else _no_side_notice())
        report(progress, "finish", 0.9, "Measuring")
        start = time.perf_counter()
        segmentation, found = self._segmentation(result, mirror=mirror, side=study.side)
        # Whatever makes the result impossible is said once, with all its reasons, and first.
        exchanged = [notice for notice in found if notice.code == "medial_lateral_exchanged"]
        notices += [notice for notice in found if notice not in exchanged]
        agreements = plane_agreements(
            {plane.value: outlines for plane, outlines in result.alone.items()}, self.bundle.manifest.structures
        )
        if may_be_displaced(agreements):
            notices += check_movement(study)  # registration takes as long as half an analysis
        impossible = implausible(
            segmentation,
            side=study.side if study.side_source != "anatomy" and study.is_oriented else None,
            joint=joint,
            agreements=agreements,
            further=[
                *(_exchanged(notice) for notice in exchanged),
                *self._doubts_of_side(study, segmentation, mirror),
            ],
        )
        notices = [impossible, *notices] if impossible else notices
        findings = [
            self._finding(number, abnormality, result, told[number], mirror=mirror, planes=tuple(views))
            for number, abnormality in enumerate(manifest.abnormalities)
        ]
        timings["postprocess"] = time.perf_counter() - start
        report(progress, "finish", 1.0, "Analysed")
        return Analysis(
            study=StudyRecord(
                joint=study.joint.name,
                side=study.side,
                side_source=study.side_source,
                planes={plane.value: study.planes[plane].name for plane in views},
                uids=_uids({plane: study.planes[plane] for plane in views}),
            ),
            bundle=BundleRecord(manifest.name, manifest.version, self.bundle.sha256),
            findings=tuple(findings),
            segmentation=segmentation,
            measurements=measure(
                segmentation,
                joint,
                study.side if study.is_oriented else None,
                slice_steps_mm=_slice_steps({plane: study.planes[plane] for plane in views}),
            ),
            notices=tuple(dict.fromkeys(notices)),
            intended_use=manifest.intended_use,
            timings=timings,
        )

    def _of_this_joint(self, study: Study) -> Study:
        """The study, as one of the bundle's joint if it does not say which it is of."""
        if study.joint is UNKNOWN_JOINT and not self.joint.is_oblique:
            return replace(study, joint=self.joint)
        if study.joint.name != self.joint.name:
            raise StudyError(
                f"The study is of the {study.joint.name}, the bundle knows the {self.joint.name}",
                remedy="Choose a bundle for this joint.",
            )
        return study

    @giving_back
    def logits(self, study: Study, *, clinical: Mapping[str, object] | None = None) -> dict[str, np.ndarray]:
        """Uncalibrated logits of the findings: "fused" and each plane's own, in the manifest's order.

        For fitting calibrations; the side must be known.
        """
        views = prepare_views(study, self.bundle.manifest.grids, mirror=study.side is Side.LEFT)
        fused = self._look(views, {}, None)
        told = self._told(_encoded(clinical))
        own = {plane.value: value.float().cpu().numpy() + told for plane, value in fused.diagnosis.by_plane.items()}
        return {"fused": fused.diagnosis.logits.float().cpu().numpy() + told, **own}

    def _told(self, known: Mapping[str, float]) -> np.ndarray:
        """(A,) what clinical values, by `_encoded`, add to the logits."""
        with torch.inference_mode():
            added = self.model.clinical_logits(known).float().cpu().numpy()
        return np.broadcast_to(added, (len(self.bundle.manifest.abnormalities),))

    def _told_notices(self, known: Mapping[str, float]) -> list[Notice]:
        """Which of the clinical values count; never the values themselves, which are the patient's."""
        taken = [column for column in known if self.model.clinical and column in self.model.clinical.columns]
        left = [column for column in known if column not in taken]
        notices = []
        if taken:
            notices.append(Notice("clinical_used", values={"columns": taken}))
        if left:
            notices.append(Notice("clinical_unused", values={"columns": left}))
        return notices

    def bare_networks_seconds(self, study: Study) -> float:
        """Time the networks alone need for a study, views prepared: the yardstick of the benchmark."""
        views = prepare_views(study, self.bundle.manifest.grids, mirror=study.side is Side.LEFT)
        start = time.perf_counter()
        self._networks(views, {}, None)
        return time.perf_counter() - start

    def _infer(
        self, study: Study, *, mirror: bool, timings: dict[str, float], progress: ProgressCallback | None
    ) -> tuple[Inference, Mapping[Plane, View]]:
        views = self._views(study, mirror=mirror, timings=timings, progress=progress)
        return self._networks(views, timings, part_of(progress, 0.1, 1.0)), views

    def _views(
        self, study: Study, *, mirror: bool, timings: dict[str, float], progress: ProgressCallback | None
    ) -> dict[Plane, View]:
        report(progress, "prepare", 0.0, "Preparing the views")
        start = time.perf_counter()
        views = prepare_views(study, self.bundle.manifest.grids, mirror=mirror)
        timings["preprocess"] = timings.get("preprocess", 0.0) + time.perf_counter() - start
        return views

    def _networks(
        self, views: Mapping[Plane, View], timings: dict[str, float], progress: ProgressCallback | None
    ) -> Inference:
        fused = self._look(views, timings, part_of(progress, 0.0, 0.6))
        return self._outline(fused, timings, part_of(progress, 0.6, 1.0))

    def _outline(self, fused: FusedStudy, timings: dict[str, float], progress: ProgressCallback | None) -> Inference:
        spacing = self.bundle.manifest.fusion_spacing_mm
        return outline(self.model, fused, fine_spacing_mm=spacing, progress=progress, **self._settings(timings))

    def _look(
        self, views: Mapping[Plane, View], timings: dict[str, float], progress: ProgressCallback | None
    ) -> FusedStudy:
        settings = self._settings(timings)
        pyramids = encode_views(self.model, views, progress=part_of(progress, 0.0, 0.75), **settings)
        return fuse_and_diagnose(
            self.model, views, pyramids, progress=part_of(progress, 0.75, 1.0), **settings,
            fine_spacing_mm=self.bundle.manifest.fusion_spacing_mm,
        )  # fmt: skip

    def _settings(self, timings: dict[str, float]) -> dict:
        return {"device": self.device, "precision": self.precision, "timings": timings}

    def _try_both_sides(
        self, study: Study, timings: dict[str, float], progress: ProgressCallback | None
    ) -> tuple[Study, bool, Inference, Mapping[Plane, View]]:
        """Look at the joint as a right and as a left one and keep what makes more sense."""
        best = None
        for number, side in enumerate((Side.RIGHT, Side.LEFT)):
            part = part_of(progress, 0.35 * number, 0.35 * (number + 1))
            views = self._views(study, mirror=side is Side.LEFT, timings=timings, progress=part)
            fused = self._look(views, timings, part_of(part, 0.1, 1.0))
            plausibility = self._plausibility(fused)
            if best is None or plausibility > best[0]:
                best = (plausibility, side, views, fused)
        _, side, views, fused = best
        result = self._outline(fused, timings, part_of(progress, 0.7, 1.0))
        if study.is_oriented:  # else it is looked at as it makes more sense, but nothing is claimed
            study = study.with_side(side, "anatomy")
        return study, side is Side.LEFT, result, views

    def _doubts_of_side(self, study: Study, segmentation: Segmentation, mirror: bool) -> list[Message]:
        """Whether a side that was given looks wrong: as the other one, the joint shows what lies lateral (the fibula).

        The networks expect it lateral and hardly find it in a joint of the other side. The second look, as the other
        side, is taken only where little of it was found; where none was imaged it shows none either.
        """
        rule = self._side_rule()
        if rule is None or not study.is_oriented or study.side_source == "anatomy":
            return []
        own = segmentation.volume_ml(rule.lateral)
        if own >= SURE_LATERAL_ML or not segmentation.is_found(rule.of):
            return []
        fused = self._look(self._views(study, mirror=not mirror, timings={}, progress=None), {}, None)
        lateral = segmentation.structure(rule.lateral)
        voxels = int((fused.labels == lateral.label).sum())
        other = voxels * fused.grid.geometry.voxel_volume_mm3 / 1000.0
        if other < max(SURE_LATERAL_ML, 3.0 * own):
            return []
        values = {"structure": lateral.title.lower(), "side": study.side.opposite}
        return [Message("implausible", "as_other_side", values)]

    def _side_rule(self) -> SideRule | None:
        """What tells right from left, if the bundle outlines it."""
        rule, names = self.joint.side_rule, {structure.name for structure in self.joint.structures}
        return rule if rule is not None and {rule.lateral, rule.of} <= names else None

    def _plausibility(self, fused: FusedStudy) -> float:
        """How much a study looks like a right joint.

        In the networks' world what lies lateral, a knee's fibula, lies to the right. How far right it was found is the
        strongest sign; where none was imaged, confidence decides.
        """
        rule, offset = self._side_rule(), 0.0
        if rule is not None:
            labels = {structure.name: structure.label for structure in self.joint.structures}
            array, spacing = fused.labels.cpu().numpy(), fused.grid.geometry.spacing_mm
            lateral, other = (np.argwhere(array == labels[name])[:, 0] for name in (rule.lateral, rule.of))
            if len(lateral) * float(np.prod(spacing)) / 1000 >= LEAST_LATERAL_ML and len(other):
                offset = float(np.clip((lateral.mean() - other.mean()) * spacing[0] / 30.0, -1, 1))
        return offset + 2.0 * fused.confidence

    def _segmentation(self, result: Inference, *, mirror: bool, side: Side | None) -> tuple[Segmentation, list[Notice]]:
        structures = self.bundle.manifest.structures
        imaged = result.imaged
        for axis in range(3):
            imaged = imaged.repeat(FUSION_RATIO, axis)
        labels = _to_patient(Volume(result.labels, result.fine, name="segmentation"), mirror)
        cleaned, notices = postprocess(labels, structures, side=side)
        seen = _to_patient(Volume(imaged.astype(np.uint8), result.fine), mirror).array > 0
        return Segmentation(cleaned, structures, imaged=np.ascontiguousarray(seen)), list(notices)

    def _finding(
        self,
        number: int,
        abnormality: Abnormality,
        result: Inference,
        told: float,
        *,
        mirror: bool,
        planes: tuple[Plane, ...],
    ) -> Finding:
        calibration = self.bundle.manifest.calibration_of(abnormality.name)
        if not calibration.assessable:
            return Finding.not_assessed(abnormality.name, _why_not_assessed(abnormality, self.bundle.manifest))
        if len(_missing_planes(abnormality, planes)) == len(abnormality.best_planes) > 0:
            return Finding.not_assessed(abnormality.name, _plane_missing(abnormality))
        diagnosis = result.diagnosis
        by_plane = {
            plane.value: calibration.probability(float(diagnosis.by_plane[plane][number]) + told) for plane in planes
        }
        weights = sigmoid(diagnosis.evidence[number].float().cpu().numpy())
        weights = np.where(result.imaged, weights, 0.0).astype(np.float32)
        evidence, point = evidence_from_weights(
            _to_patient(Volume(weights, result.coarse), mirror), name=abnormality.name
        )
        return Finding(
            abnormality.name,
            assessed=True,
            probability=calibration.probability(float(diagnosis.logits[number]) + told),
            by_plane=by_plane,
            point_ras=point,
            evidence=evidence,
            note=_plane_note(abnormality, planes),
        )


def _slice_steps(planes: Mapping[Plane, Volume]) -> dict[str, float]:
    """Plane -> distance of the slices that show it; a 3D volume shows all of them."""
    steps = {plane.value: slice_step_mm(volume.geometry) for plane, volume in planes.items()}
    in_3d = [slice_step_mm(volume.geometry) for volume in planes.values() if is_3d(volume.geometry)]
    return {plane.value: min(in_3d) for plane in Plane} | steps if in_3d else steps


def _uids(volumes: Mapping[Plane, Volume]) -> dict[str, str]:
    """DICOM's identifiers of what was analysed; those that not all volumes share are left out, but the series'."""
    origins = {plane: volume.origin for plane, volume in volumes.items()}
    told = {f"series_{plane.value}": origin.series for plane, origin in origins.items()}
    for key in ("study", "frame_of_reference"):
        values = {getattr(origin, key) for origin in origins.values()}
        told[key] = values.pop() if len(values) == 1 else ""
    return {key: uid for key, uid in told.items() if uid}


def _encoded(clinical: Mapping[str, object] | None) -> dict[str, float]:
    """Clinical values as the network takes them; those that are not known are left out.

    Raises:
        StudyError: if a value cannot be.
    """
    try:
        return encode_all(clinical or {})
    except ValueError as error:
        raise StudyError(f"A clinical value cannot be: {error}", remedy="Correct it, or leave it out.") from error


def _to_patient(volume: Volume, mirror: bool) -> Volume:
    """From the networks' world back to the patient's, on a grid of R, A, S axes."""
    if not mirror:
        return volume
    turned = volume.mirrored().reoriented("RAS")
    return turned.with_array(np.ascontiguousarray(turned.array))


def _why_not_assessed(abnormality: Abnormality, manifest: Manifest) -> Message:
    """What the bundle's own evaluation says of a finding that is not assessed."""
    figures = manifest.figures.get("abnormalities")
    own = figures.get(abnormality.name) if isinstance(figures, Mapping) else None
    reason = own.get("not_assessed") if isinstance(own, Mapping) else None
    if reason:
        return Message("not_assessed", "bundle", {"reason": reason})
    calibration = manifest.calibration_of(abnormality.name)
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


def _side_notice(side: Side, joint: str) -> Notice:
    return Notice("side_from_anatomy", values={"side": side, "joint": joint})


def _no_side_notice() -> Notice:
    return Notice("side_unknown")
