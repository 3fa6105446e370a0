"""The parts of a measurement report (PS3.16, TID 1500): one group for each finding, structure and for all measurements.

They hold the model's words and numbers; what readers say comes by `readers_words`. Places are LPS millimetres there;
they are turned in `places`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from OrthoDiffusionLib.anatomy import abnormality as abnormality_of
from OrthoDiffusionLib.anatomy.abnormality import Abnormality
from OrthoDiffusionLib.anatomy.coding import Code, private_code
from OrthoDiffusionLib.dicom_objects import codes
from OrthoDiffusionLib.dicom_objects.codes import coded
from OrthoDiffusionLib.dicom_objects.identifiers import uid_from
from OrthoDiffusionLib.dicom_objects.provenance import MAKER, Provenance
from OrthoDiffusionLib.findings import Finding, Measurement
from OrthoDiffusionLib.findings.measurement_context import rounded
from OrthoDiffusionLib.measurements import definitions
from OrthoDiffusionLib.volumes.itk_border import LPS_TO_RAS

if TYPE_CHECKING:
    from highdicom.sr import (
        FindingSite,
        MeasurementsAndQualitativeEvaluations,
        PnameContentItem,
        QualitativeEvaluation,
        TextContentItem,
        TrackingIdentifier,
        VolumetricROIMeasurementsAndQualitativeEvaluations,
    )
    from highdicom.sr import Measurement as DicomMeasurement
    from pydicom.dataset import Dataset


MEASUREMENTS = "measurements"
"""Tracking identifier of the group of all measurements."""


@dataclass(frozen=True, eq=False)
class ReportItems:
    """Makes the groups of one report.

    Attributes:
        made_by: with the analysis.
        study: Study Instance UID, in which findings and structures keep their identifiers.
        frame_of_reference: of the space that places are stated in.
    """

    made_by: Provenance
    study: str
    frame_of_reference: str

    def of_finding(self, finding: Finding) -> MeasurementsAndQualitativeEvaluations:
        """How likely it is, where it was seen, what the model says of it (TID 1501)."""
        from highdicom.sr import MeasurementsAndQualitativeEvaluations

        known = self._abnormality(finding)
        group = MeasurementsAndQualitativeEvaluations(
            tracking_identifier=self._tracking(finding.name),
            finding_type=coded(known.code),
            finding_category=coded(known.kind),
            finding_sites=self._sites(known.site),
            algorithm_id=self._algorithm(),
            measurements=self._numbers(finding),
            qualitative_evaluations=[evaluation(codes.MODELS_WORD, codes.MODELS_WORDS[finding.word])],
        )
        if finding.note:
            group[0].ContentSequence.append(text(codes.COMMENT, str(finding.note)))
        return group

    def of_structure(
        self, segmentation: Dataset, segment: Dataset
    ) -> VolumetricROIMeasurementsAndQualitativeEvaluations:
        """The volume of a structure, beside its segment (TID 1411)."""
        from highdicom.sr import (
            ReferencedSegment,
            SourceSeriesForSegmentation,
            VolumetricROIMeasurementsAndQualitativeEvaluations,
        )

        labels = self.made_by.analysis.segmentation
        structure = labels.structure(str(segment.TrackingID))
        complete = labels.complete(structure.name)
        source = str(segmentation.ReferencedSeriesSequence[0].SeriesInstanceUID)
        return VolumetricROIMeasurementsAndQualitativeEvaluations(
            tracking_identifier=self._tracking(structure.name, uid=str(segment.TrackingUID)),
            referenced_segment=ReferencedSegment(
                str(segmentation.SOPClassUID),
                str(segmentation.SOPInstanceUID),
                int(segment.SegmentNumber),
                source_series=SourceSeriesForSegmentation(source),
            ),
            finding_type=coded(structure.code),
            finding_category=coded(structure.category),
            finding_sites=self._sites(structure.region or structure.code, structure.modifier),
            measurements=[measurement(codes.VOLUME, rounded(labels.volume_ml(structure.name)), codes.UNITS["mL"])],
            qualitative_evaluations=None if complete else [evaluation(codes.PARTIAL, codes.PRESENT)],
        )

    def of_measurements(self) -> MeasurementsAndQualitativeEvaluations | None:
        """All measurements of the joint, also those that failed, with the reason (TID 1501)."""
        from highdicom.sr import MeasurementsAndQualitativeEvaluations

        measurements = self.made_by.analysis.measurements
        if not measurements:
            return None
        titles = {definition.name: definition.title for definition in definitions(self.made_by.joint)}
        named = [(one, private_code(one.name, titles.get(one.name, one.name))) for one in measurements]
        group = MeasurementsAndQualitativeEvaluations(
            tracking_identifier=self._tracking(MEASUREMENTS),
            finding_type=coded(codes.QUANTITIES),
            finding_sites=self._sites(self.made_by.joint.code),
            algorithm_id=self._algorithm(),
            measurements=[self._measured(one, code) for one, code in named],
        )
        notes = [text(codes.COMMENT, f"{code.meaning}: {one.note}") for one, code in named if one.note]
        group[0].ContentSequence.extend(notes)
        return group

    def _numbers(self, finding: Finding) -> list[DicomMeasurement] | None:
        if finding.probability is None:
            return None
        ratio, point = codes.UNITS["1"], finding.operating_point
        where = places([] if finding.point_ras is None else [finding.point_ras], self.frame_of_reference)
        found = [measurement(codes.PROBABILITY, round(finding.probability, 4), ratio, **where)]
        if point is not None:
            found += [
                measurement(codes.THRESHOLD, round(point.threshold, 4), ratio),
                measurement(codes.SENSITIVITY, round(point.sensitivity, 4), ratio),
                measurement(codes.SPECIFICITY, round(point.specificity, 4), ratio),
            ]
        return found

    def _measured(self, one: Measurement, code: Code) -> DicomMeasurement:
        value, more = one.value, places(one.points_ras, self.frame_of_reference)
        if one.range is not None:
            more["properties"] = usual(one.range, codes.UNITS[one.unit], one.source)
        if value is not None:
            return measurement(code, rounded(value), codes.UNITS[one.unit], **more)
        # Its zero is taken out by `without_failed_values`.
        return measurement(code, 0.0, codes.UNITS[one.unit], qualifier=coded(codes.MEASUREMENT_FAILURE), **more)

    def _abnormality(self, finding: Finding) -> Abnormality:
        own = {one.name: one for one in self.made_by.joint.abnormalities}
        return own.get(finding.name) or abnormality_of(finding.name)

    def _tracking(self, name: str, uid: str = "") -> TrackingIdentifier:
        from highdicom.sr import TrackingIdentifier

        return TrackingIdentifier(uid=uid or finding_uid(name, self.study, self.made_by.made_of), identifier=name)

    def _sites(self, where: Code, modifier: Code | None = None) -> list[FindingSite]:
        """Where it is, and in which joint: a ligament is one of many."""
        from highdicom.sr import FindingSite

        side = None if self.made_by.side is None else coded(self.made_by.side.code)
        joint = self.made_by.joint.code
        exactly = FindingSite(
            coded(where), laterality=side, topographical_modifier=None if modifier is None else coded(modifier)
        )
        return [exactly, *([] if where == joint else [FindingSite(coded(joint), laterality=side)])]

    def _algorithm(self) -> Any:
        from highdicom.sr import AlgorithmIdentification

        bundle = self.made_by.analysis.bundle
        return AlgorithmIdentification(
            name=bundle.name,
            version=bundle.version,
            parameters=[f"bundle_sha256={bundle.sha256}"],
            family=coded(codes.ARTIFICIAL_INTELLIGENCE),
            manufacturer=MAKER,
        )


def finding_uid(name: str, study: str, made_of: tuple[str, str]) -> str:
    """What names a finding of an exam in every report on it.

    Args:
        name: key of the finding, or `MEASUREMENTS`.
        study: Study Instance UID.
        made_of: as of `Provenance`.
    """
    return uid_from("finding", name, study, *made_of)


def about(made_by: Provenance, version: str) -> Dataset:
    """What the report is worth, and what made it, as text."""
    from highdicom.sr import ContainerContentItem, ContentSequence, RelationshipTypeValues

    analysis = made_by.analysis
    container = ContainerContentItem(coded(codes.EVALUATIONS), relationship_type=RelationshipTypeValues.CONTAINS)
    container.ContentSequence = ContentSequence(
        [
            text(codes.INTENDED_USE, analysis.intended_use),
            text(codes.BUNDLE, f"{analysis.bundle.name} {analysis.bundle.version}"),
            text(codes.BUNDLE_SHA256, analysis.bundle.sha256),
            text(codes.PROGRAM, f"{MAKER} {version}"),
            *(text(codes.NOTICE, notice.in_full()) for notice in analysis.notices),
        ]
    )
    return container


def without_failed_values(content: Iterable[Dataset]) -> None:
    """Take the number out of every item that failed: the sequence of values is empty then (PS3.3, C.18.1).

    highdicom makes no such item and reads none, so that this comes when the document is made.
    """
    for item in content:
        if "NumericValueQualifierCodeSequence" in item:
            item.MeasuredValueSequence = []
        without_failed_values(item.get("ContentSequence", ()))


def text(name: Code, words: str) -> TextContentItem:
    from highdicom.sr import RelationshipTypeValues, TextContentItem

    return TextContentItem(coded(name), words, RelationshipTypeValues.CONTAINS)


def person(name: Code, words: str) -> PnameContentItem:
    """A person's name; one that is not in parts stands as the family name, as far as the standard's 64 signs go."""
    from highdicom.sr import PnameContentItem, RelationshipTypeValues

    parts = "".join(" " if sign in "\\=" or not sign.isprintable() else sign for sign in words)[:63].split("^")
    kept = "^".join([*parts[:4], " ".join(parts[4:])] if len(parts) > 5 else parts)  # five are all there may be
    return PnameContentItem(coded(name), kept if "^" in kept else f"{kept}^", RelationshipTypeValues.HAS_OBS_CONTEXT)


def evaluation(name: Code, value: Code) -> QualitativeEvaluation:
    from highdicom.sr import QualitativeEvaluation

    return QualitativeEvaluation(coded(name), coded(value))


def measurement(name: Code, value: float, unit: Code, **more: Any) -> DicomMeasurement:
    from highdicom.sr import Measurement as DicomMeasurement

    return DicomMeasurement(coded(name), float(value), coded(unit), **more)


def usual(limits: Iterable[float], unit: Code, source: str) -> Any:
    from highdicom.sr import MeasurementProperties, NormalRangeProperties, NumContentItem, RelationshipTypeValues

    ends = [
        NumContentItem(coded(name), float(value), coded(unit), relationship_type=RelationshipTypeValues.HAS_PROPERTIES)
        for name, value in zip((codes.USUAL_FROM, codes.USUAL_TO), limits, strict=True)
    ]
    return MeasurementProperties(normal_range_properties=NormalRangeProperties(ends, description=source or None))


def places(points_ras: Sequence[Sequence[float]], frame_of_reference: str) -> dict[str, Any]:
    """The places that a number was taken at, as an argument of `measurement`; none if there are none."""
    from highdicom.sr import CoordinatesForMeasurement3D, GraphicTypeValues3D

    if not points_ras or not frame_of_reference:
        return {}
    kind = GraphicTypeValues3D.POINT if len(points_ras) == 1 else GraphicTypeValues3D.MULTIPOINT
    points_lps = np.asarray(points_ras, np.float64) @ LPS_TO_RAS[:3, :3]  # (N, 3) mm
    return {"referenced_coordinates": [CoordinatesForMeasurement3D(kind, points_lps, frame_of_reference)]}
