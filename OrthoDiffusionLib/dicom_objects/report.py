"""An analysis as a DICOM structured report (PS3.16, TID 1500; Comprehensive 3D SR, PS3.3, A.35.13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import OrthoDiffusionLib
from OrthoDiffusionLib.dicom_objects import codes
from OrthoDiffusionLib.dicom_objects.codes import coded
from OrthoDiffusionLib.dicom_objects.identifiers import uid_from
from OrthoDiffusionLib.dicom_objects.provenance import MAKER, Provenance
from OrthoDiffusionLib.dicom_objects.readers_words import put_readers_words
from OrthoDiffusionLib.dicom_objects.report_items import ReportItems, about
from OrthoDiffusionLib.dicom_objects.source_stack import SourceStack
from OrthoDiffusionLib.volumes import Plane

if TYPE_CHECKING:
    from highdicom.sr import ObservationContext
    from pydicom.dataset import Dataset

_PROCEDURES = {"MR": codes.MR_PROCEDURE, "CT": codes.CT_PROCEDURE}


def report_object(
    made_by: Provenance, stacks: Mapping[Plane, SourceStack], segmentations: Sequence[Dataset], number: int
) -> Dataset:
    """Findings, measurements and volumes with what made them; preliminary and not verified by anybody.

    Args:
        made_by: with the analysis.
        stacks: what it saw; the report belongs to the study of the first.
        segmentations: ours, of the same study; structures refer to their segments.
        number: of the series, from 0.
    """
    from highdicom.sr import Comprehensive3DSR, MeasurementReport

    first = next(iter(stacks.values()))
    items = ReportItems(made_by, str(first.first.StudyInstanceUID), _frame_of_reference(stacks))
    quantities = items.of_measurements()
    groups: list[Any] = [
        *(items.of_finding(finding) for finding in made_by.analysis.findings),
        *([] if quantities is None else [quantities]),
        *(items.of_structure(one, segment) for one, segment in _segments(segmentations)),
    ]
    content = MeasurementReport(
        observation_context=_observer(made_by),
        procedure_reported=coded(_PROCEDURES.get(str(first.first.Modality), codes.ANY_PROCEDURE)),
        imaging_measurements=groups,
    )
    content[0].ContentSequence.append(about(made_by, OrthoDiffusionLib.__version__))
    dataset = Comprehensive3DSR(
        evidence=[*_images(stacks), *segmentations],
        content=content,
        is_complete=True,
        **made_by.instance("report", first, number),
        **made_by.device(),
    )
    put_readers_words(dataset, made_by.analysis, items.frame_of_reference)
    made_by.describe(dataset, "report", image=False)
    return dataset


def _segments(segmentations: Sequence[Dataset]) -> list[tuple[Dataset, Dataset]]:
    """Each structure once, in the first segmentation that shows it."""
    found: dict[str, tuple[Dataset, Dataset]] = {}
    for segmentation in segmentations:
        for segment in segmentation.SegmentSequence:
            found.setdefault(str(segment.TrackingID), (segmentation, segment))
    return list(found.values())


def _frame_of_reference(stacks: Mapping[Plane, SourceStack]) -> str:
    """Of the space that places are stated in: that of the first volume which registration left in its place."""
    fixed = (stack for stack in stacks.values() if not stack.moved)
    return next((str(stack.first.FrameOfReferenceUID) for stack in fixed), "")


def _images(stacks: Mapping[Plane, SourceStack]) -> list[Dataset]:
    """Every image once; those of other studies are no evidence in this one."""
    study = next(iter(stacks.values())).first.StudyInstanceUID
    images = (image for stack in stacks.values() for image in stack.images if image.StudyInstanceUID == study)
    return list({str(image.SOPInstanceUID): image for image in images}.values())


def _observer(made_by: Provenance) -> ObservationContext:
    from highdicom.sr import DeviceObserverIdentifyingAttributes, ObservationContext, ObserverContext
    from pydicom.sr.codedict import codes as public

    bundle = made_by.analysis.bundle
    device = DeviceObserverIdentifyingAttributes(
        uid=uid_from("device", bundle.sha256, OrthoDiffusionLib.__version__),
        name=MAKER,
        manufacturer_name=MAKER,
        model_name=f"{bundle.name} {bundle.version}",
        serial_number=bundle.sha256,
    )
    return ObservationContext(observer_device_context=ObserverContext(public.DCM.Device, device))
