"""The outlines on a source series' own grid as a DICOM Segmentation (PS3.3, A.51), one binary segment a structure."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from OrthoDiffusionLib.anatomy import Side, Structure
from OrthoDiffusionLib.anatomy.coding import Code
from OrthoDiffusionLib.dicom_objects.codes import coded
from OrthoDiffusionLib.dicom_objects.identifiers import uid_from
from OrthoDiffusionLib.dicom_objects.provenance import RESEARCH_ONLY, Provenance
from OrthoDiffusionLib.dicom_objects.source_stack import SourceStack
from OrthoDiffusionLib.findings import Segmentation
from OrthoDiffusionLib.volumes.dicom.kinds import CLASSIC_MR_CLASS

if TYPE_CHECKING:
    from highdicom import AlgorithmIdentificationSequence
    from highdicom.seg import SegmentDescription
    from pydicom.dataset import Dataset


def segmentation_object(made_by: Provenance, stack: SourceStack, plane: str, number: int) -> Dataset | None:
    """A Segmentation of a source stack; None if no structure reaches its slices.

    Frames without a voxel of their segment are left out, as usual. Structures without any voxel on this grid are no
    segments: their numbers must follow each other, so that they are not the labels of our own files.

    Args:
        made_by: with the analysis, whose labels lie on the fused grid.
        stack: the slices to outline the structures on.
        plane: which plane the stack serves, for the name of the series.
        number: of the series, from 0.
    """
    from highdicom.seg import Segmentation as DicomSegmentation
    from highdicom.seg import SegmentationTypeValues

    labels = labels_on_slices(made_by.analysis.segmentation, stack)
    structures = [one for one in made_by.analysis.segmentation.structures if (labels == one.label).any()]
    if not structures:
        return None
    numbers = np.zeros(256, np.uint8)
    for segment, structure in enumerate(structures, 1):
        numbers[structure.label] = segment
    kind = f"segmentation {plane}"
    dataset = DicomSegmentation(
        source_images=_as_one_classic_series(stack),
        pixel_array=numbers[labels],
        segmentation_type=SegmentationTypeValues.BINARY,
        segment_descriptions=_descriptions(made_by, stack, structures),
        content_label="ORTHODIFFUSION",
        content_description=RESEARCH_ONLY,
        **made_by.instance(kind, stack, number),
        **made_by.device(),
    )
    made_by.describe(dataset, kind)
    _name_dimensions(dataset)
    _refer_to_sources(dataset, stack)
    return dataset


def labels_on_slices(segmentation: Segmentation, stack: SourceStack) -> np.ndarray:
    """(slices, rows, columns) uint8 labels on a stack's own slices; `Segmentation.on` says what a voxel gets."""
    found = [segmentation.on(geometry).array.transpose(2, 1, 0) for _, geometry in stack.grids]
    return np.ascontiguousarray(np.concatenate(found))


def tracking_uid(made_by: Provenance, stack: SourceStack, structure: Structure) -> str:
    """What names a structure of this exam in segmentation and report."""
    return uid_from("structure", structure.name, str(stack.first.StudyInstanceUID), *made_by.made_of)


def _descriptions(made_by: Provenance, stack: SourceStack, structures: Sequence[Structure]) -> list[SegmentDescription]:
    algorithm = made_by.algorithm()
    return [
        _description(number, structure, made_by.side, algorithm, tracking_uid(made_by, stack, structure))
        for number, structure in enumerate(structures, 1)
    ]


def _description(
    number: int, structure: Structure, side: Side | None, algorithm: AlgorithmIdentificationSequence, tracking: str
) -> SegmentDescription:
    from highdicom.color import CIELabColor
    from highdicom.seg import SegmentAlgorithmTypeValues, SegmentDescription

    described = SegmentDescription(
        segment_number=number,
        segment_label=structure.title[:64],
        segmented_property_category=coded(structure.category),
        segmented_property_type=coded(structure.code),
        algorithm_type=SegmentAlgorithmTypeValues.AUTOMATIC,
        algorithm_identification=algorithm,
        tracking_id=structure.name,
        tracking_uid=tracking,
        anatomic_regions=None if structure.region is None else [coded(structure.region)],
        display_color=CIELabColor.from_rgb(*structure.colour),
    )
    described.SegmentDescription = structure.title  # older readers look here
    kind, region = modifiers_of(structure, side)
    if kind is not None:
        described.SegmentedPropertyTypeCodeSequence[0].SegmentedPropertyTypeModifierCodeSequence = [coded(kind)]
    if region is not None:
        described.AnatomicRegionSequence[0].AnatomicRegionModifierSequence = [coded(region)]
    return described


def modifiers_of(structure: Structure, side: Side | None) -> tuple[Code | None, Code | None]:
    """What modifies type and region: the side stands with the region if there is one, else with the type.

    Both are nested in the item that they modify, as PS3.3, C.8.20.4 wants it; beside it they get lost in readers.
    """
    laterality = None if side is None else side.code
    if structure.region is not None:
        return structure.modifier, laterality
    return structure.modifier or laterality, None


def _name_dimensions(dataset: Dataset) -> None:
    """highdicom draws the identifier of the dimensions by chance."""
    uid = uid_from("dimensions", str(dataset.SeriesInstanceUID))
    for item in (*dataset.DimensionOrganizationSequence, *dataset.DimensionIndexSequence):
        item.DimensionOrganizationUID = uid


def _as_one_classic_series(stack: SourceStack) -> list[Dataset]:
    """The slices as highdicom takes them: single images of one series. `_refer_to_sources` names the true ones."""
    shown = []
    for image in stack.images:
        plain = copy.deepcopy(image)
        plain.SOPClassUID = CLASSIC_MR_CLASS
        plain.SeriesInstanceUID, plain.FrameOfReferenceUID = stack.series, stack.first.FrameOfReferenceUID
        shown.append(plain)
    return shown


def _refer_to_sources(dataset: Dataset, stack: SourceStack) -> None:
    """Name classes, series and frames of the sources as they are, each image once."""
    images = {str(image.SOPInstanceUID): image for image in stack.images}
    at = {
        (str(image.SOPInstanceUID), *map(str, image.ImagePositionPatient)): frame
        for image, frame in zip(stack.images, stack.frames, strict=True)
    }
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        place = map(str, frame.PlanePositionSequence[0].ImagePositionPatient)
        for source in frame.DerivationImageSequence[0].SourceImageSequence:
            uid = str(source.ReferencedSOPInstanceUID)
            source.ReferencedSOPClassUID = images[uid].SOPClassUID
            number = at[uid, *place]
            if number is not None:
                source.ReferencedFrameNumber = number
    dataset.ReferencedSeriesSequence = _series_of(images.values())
    if "SourceImageSequence" in dataset:  # optional, and says nothing that the frames do not say
        del dataset.SourceImageSequence


def _series_of(images: Iterable[Dataset]) -> list[Dataset]:
    """Items of a Referenced Series Sequence (PS3.3, C.12.2)."""
    from pydicom.dataset import Dataset

    found: dict[str, Dataset] = {}
    for image in images:
        uid = str(image.SeriesInstanceUID)
        if uid not in found:
            found[uid] = Dataset()
            found[uid].SeriesInstanceUID, found[uid].ReferencedInstanceSequence = uid, []
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = image.SOPClassUID, image.SOPInstanceUID
        found[uid].ReferencedInstanceSequence.append(item)
    return list(found.values())
