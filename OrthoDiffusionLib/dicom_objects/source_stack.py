"""The DICOM images that a volume came from, as objects made from them have to name and place them.

Positions and directions in DICOM are LPS (PS3.3, C.7.6.2.1.1); they end in `_grids`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from OrthoDiffusionLib.dicom_objects.identifiers import can_be_named, frame_of_reference_from, is_valid_uid
from OrthoDiffusionLib.dicom_objects.patient_and_study import lossy_compression, moment_of, patient_and_study
from OrthoDiffusionLib.errors import DicomError, Notice
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes import Geometry, Volume
from OrthoDiffusionLib.volumes.dicom.kinds import CLASSIC_MR_CLASS
from OrthoDiffusionLib.volumes.dicom.quiet import quiet_pydicom
from OrthoDiffusionLib.volumes.dicom.slices import DicomSlice, NotAVolumeSlice, read_header, slices_of
from OrthoDiffusionLib.volumes.dicom.stacks import EVEN_STEP
from OrthoDiffusionLib.volumes.itk_border import LPS_TO_RAS

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_OF_THE_IMAGE = (
    "SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "Modality", "Rows", "Columns",
)  # fmt: skip

_SAME_PLACE_MM = 0.01
"""Grids whose corners differ by less are one (ours)."""


@dataclass(frozen=True, eq=False)
class SourceStack:
    """The images behind one volume.

    Attributes:
        images: a small header for each slice, in the order of the stack: whose it is, its identifiers, its place.
        frames: number of the frame, from 1, of each slice of an enhanced image; None for a classic one.
        grids: (first slice, geometry) of parts with even steps, RAS mm, axes (column, row, slice); together all slices.
        moment: date and time of the series, as DICOM writes them.
        moved: whether registration moved the volume, so that its images lie elsewhere than the analysis saw them.
    """

    images: tuple[Dataset, ...]
    frames: tuple[int | None, ...]
    grids: tuple[tuple[int, Geometry], ...]
    moment: tuple[str, str]
    moved: bool = False
    series: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "series", str(self.images[0].SeriesInstanceUID))

    @property
    def first(self) -> Dataset:
        """The header of the first slice."""
        return self.images[0]


def lacking_source(volume: Volume) -> Notice | None:
    """Why no object can refer to a volume's images; None if it can.

    This asks for what is known without opening a file again, so that it is said before the networks run.
    """
    if not volume.sources:
        return Notice("no_dicom_source", where=volume.name)
    if not all(map(can_be_named, (volume.origin.study, volume.origin.series, *(one.uid for one in volume.sources)))):
        return Notice("no_dicom_source", "identifiers", where=volume.name)
    return None


def odd_source(volume: Volume) -> Notice | None:
    """What objects that refer to a volume's images cannot take over from them; None if there is nothing."""
    frame = volume.origin.frame_of_reference
    if frame and not is_valid_uid(frame):
        return Notice("frame_of_reference", "not_valid", where=volume.name)
    return None


def read_source_stack(volume: Volume) -> SourceStack:
    """Read the headers of the images that a volume came from.

    Args:
        volume: for which `lacking_source` finds nothing.

    Raises:
        DicomError: if a file is no longer there, or no longer the one that was read.
    """
    slices: list[DicomSlice] = []
    headers: list[Dataset] = []
    opened: tuple[Path, Dataset, dict[int, DicomSlice]] | None = None
    with quiet_pydicom():
        for source in volume.sources:
            if opened is None or opened[0] != source.path:
                opened = (source.path, *_read(source.path))
            _, header, found = opened
            if source.frame not in found or found[source.frame].sop != source.uid:
                raise DicomError(Message("dicom_objects", "source_changed"), where=str(source.path))
            slices.append(found[source.frame])
            headers.append(header)
        whose = patient_and_study(headers[0])
        images = [_small_header(header, whose, one) for header, one in zip(headers, slices, strict=True)]
        step = _median_step(slices)
        for image, header, one in zip(images, headers, slices, strict=True):
            _place(image, header, one, step)
    enhanced = ["PerFrameFunctionalGroupsSequence" in header for header in headers]
    return SourceStack(
        images=tuple(images),
        frames=tuple(
            source.frame + 1 if several else None for source, several in zip(volume.sources, enhanced, strict=True)
        ),
        grids=_grids(slices, volume),
        moment=moment_of(headers[0]),
        moved=volume.header_geometry is not None,
    )


def _read(path: Path) -> tuple[Dataset, dict[int, DicomSlice]]:
    try:
        header = read_header(path)
        return header, {one.frame: one for one in slices_of(header, path)}
    except (DicomError, NotAVolumeSlice) as error:
        raise DicomError(Message("dicom_objects", "source_changed"), where=str(path)) from error


def _small_header(header: Dataset, whose: Dataset, one: DicomSlice) -> Dataset:
    from pydicom.dataset import Dataset

    image = Dataset()
    image.update(whose)
    for keyword in _OF_THE_IMAGE:
        value = header.get(keyword)
        if value not in (None, ""):
            setattr(image, keyword, value)
    image.update(lossy_compression(header))
    image.SOPClassUID = image.get("SOPClassUID") or _class_of(header)
    image.FrameOfReferenceUID = frame_of_reference_from(str(image.get("FrameOfReferenceUID") or ""), one.series)
    image.Modality = one.modality or "OT"
    image.PositionReferenceIndicator = ""
    return image


def _class_of(header: Dataset) -> str:
    """The class of an image whose data set does not state it; a slice without one was read as MR."""
    return str(getattr(header, "file_meta", {}).get("MediaStorageSOPClassUID") or CLASSIC_MR_CLASS)


def _median_step(slices: Sequence[DicomSlice]) -> float:
    if len(slices) < 2:
        return slices[0].thickness_mm or 1.0
    depths = np.array([one.position for one in slices]) @ slices[0].normal
    return float(np.median(np.abs(np.diff(depths))))


def _place(image: Dataset, header: Dataset, one: DicomSlice, step_mm: float) -> None:
    """Where it lies, by the numbers of the source. The step is the true one: tags often state the gap instead."""
    from pydicom.valuerep import format_number_as_ds

    def decimal(values: Iterable[float]) -> list[str]:
        return [format_number_as_ds(float(value)) for value in values]  # at most 16 characters, as the standard wants

    directions: Iterable[float] = one.orientation.T.ravel()
    if "PerFrameFunctionalGroupsSequence" not in header:  # as stated: not of length 1 in the last digit
        directions = header.ImageOrientationPatient
    image.ImagePositionPatient = decimal(one.position)
    image.ImageOrientationPatient = decimal(directions)
    image.PixelSpacing = decimal(one.pixel_mm[::-1])
    image.SliceThickness, image.SpacingBetweenSlices = decimal((one.thickness_mm or step_mm, step_mm))


def _movement(volume: Volume) -> np.ndarray:
    """(4, 4) from where the header puts a volume to where registration moved it, RAS mm."""
    if volume.header_geometry is None:
        return np.eye(4)
    return volume.geometry.affine @ np.linalg.inv(volume.header_geometry.affine)


def _grids(slices: Sequence[DicomSlice], volume: Volume) -> tuple[tuple[int, Geometry], ...]:
    """The slices' own grid where their steps are even, else one for each slice."""
    movement = _movement(volume)
    positions = np.array([one.position for one in slices])
    first, count = slices[0], len(slices)
    step = (positions[-1] - positions[0]) / max(count - 1, 1)
    even = positions[0] + np.arange(count)[:, None] * step
    if count > 1 and np.abs(positions - even).max() <= EVEN_STEP * float(np.linalg.norm(step)):
        grid = _grid(first, positions[0], step, count, movement)
        # Where the volume is that of the files, its own grid is taken: rounding would move a voxel here and there.
        same = volume.geometry.is_same_grid(grid, _SAME_PLACE_MM)
        return ((0, volume.geometry if same else grid),)
    across = first.normal * _median_step(slices)
    return tuple((number, _grid(first, position, across, 1, movement)) for number, position in enumerate(positions))


def _grid(first: DicomSlice, position: np.ndarray, step: np.ndarray, count: int, movement: np.ndarray) -> Geometry:
    lps = np.eye(4)
    lps[:3, 0] = first.orientation[:, 0] * first.pixel_mm[0]
    lps[:3, 1] = first.orientation[:, 1] * first.pixel_mm[1]
    lps[:3, 2], lps[:3, 3] = step, position
    return Geometry((*first.size, count), movement @ LPS_TO_RAS @ lps)
