"""All DICOM objects of one analysis, from its sources to their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from OrthoDiffusionLib.dicom_objects.identifiers import named_by_content
from OrthoDiffusionLib.dicom_objects.picture import picture_object
from OrthoDiffusionLib.dicom_objects.provenance import Provenance
from OrthoDiffusionLib.dicom_objects.report import report_object
from OrthoDiffusionLib.dicom_objects.segmentation import segmentation_object
from OrthoDiffusionLib.dicom_objects.source_stack import SourceStack, lacking_source, odd_source, read_source_stack
from OrthoDiffusionLib.errors import DicomError, Notice, StudyError
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.findings.analysis import DICOM_FOLDER, DICOM_REPORT
from OrthoDiffusionLib.messages import ENGLISH, Language, Message
from OrthoDiffusionLib.volumes import Plane, Study, Volume
from OrthoDiffusionLib.volumes.dicom.quiet import quiet_pydicom

if TYPE_CHECKING:
    from PIL.Image import Image

LEAST_HIGHDICOM = (0, 25)
"""Older ones do not know what is asked of them here; Slicer installs 0.22 for its own reports."""


def import_highdicom() -> ModuleType:
    """The optional package highdicom.

    Raises:
        DicomError: if it is missing or too old, with how to get it.
    """
    try:
        import highdicom
    except ImportError as error:
        raise DicomError(Message("dicom_objects", "no_highdicom")) from error
    version = str(highdicom.__version__)
    if tuple(int(part) for part in version.split(".")[:2]) < LEAST_HIGHDICOM:
        values = {"version": version, "least": ".".join(map(str, LEAST_HIGHDICOM))}
        raise DicomError(Message("dicom_objects", "old_highdicom", values))
    return highdicom


@dataclass(frozen=True, eq=False)
class DicomObjects:
    """Writes the DICOM objects of one study's analysis; made before the analysis, so that what is lacking is said then.

    Attributes:
        study: as it was read, with the whole stacks of its volumes.
        sources: volumes that objects can refer to, each by the plane that names its segmentation.
        notices: which volumes have no DICOM source, so that there will be no segmentation on them, or an odd one.
    """

    study: Study
    sources: Mapping[Plane, Volume]
    notices: tuple[Notice, ...] = ()

    @classmethod
    def of(cls, study: Study) -> DicomObjects:
        """What can be written for a study.

        Raises:
            StudyError: if none of its volumes comes from DICOM files with the identifiers that objects must name.
            DicomError: if highdicom is missing or too old.
        """
        import_highdicom()
        sources: dict[Plane, Volume] = {}
        notices: list[Notice] = []
        seen: set[int] = set()
        for plane, volume in study.planes.items():
            if id(volume) in seen:  # a 3D volume that serves several planes has one segmentation
                continue
            seen.add(id(volume))
            lacking = lacking_source(volume)
            if lacking is None:
                sources[plane] = volume
            if (notice := lacking or odd_source(volume)) is not None:
                notices.append(notice)
        if not sources:
            names = [f"‘{volume.name}’" for volume in study.volumes if volume.name]
            raise StudyError(Message("dicom_objects", "no_source"), where=", ".join(names), code="no_dicom_source")
        return cls(study, sources, tuple(notices))

    def write(
        self, analysis: Analysis, folder: Path, *, overview: Image | None = None, language: Language = ENGLISH
    ) -> tuple[Path, ...]:
        """Write the objects into ``folder/dicom``.

        The same study and bundle give the same bytes, whenever and wherever they are written.

        Args:
            analysis: of the study.
            folder: a results folder that is being made.
            overview: the picture of the analysis; None writes none. Names of series and the time are left out of it.
            language: that it was drawn in.

        Returns:
            The files.

        Raises:
            DicomError: if a source file is no longer there, or no longer what was read.
        """
        home = folder / DICOM_FOLDER
        home.mkdir()
        written = []
        with quiet_pydicom():  # its warnings quote the unusual value, which may be a person's name
            for name, content in self._objects(analysis, overview, language):
                written.append(home / name)
                written[-1].write_bytes(content)
        return tuple(written)

    def _objects(self, analysis: Analysis, overview: Image | None, language: Language) -> Iterator[tuple[str, bytes]]:
        made_by = Provenance(analysis, self.study.joint)
        stacks = self._stacks(analysis)
        segmentations = []
        for number, (plane, stack) in enumerate(stacks.items()):
            dataset = segmentation_object(made_by, stack, plane.value, number)
            if dataset is not None:
                segmentations.append(dataset)
                yield f"seg_{plane.value}.dcm", named_by_content(dataset)  # named before the report refers to it
        first = next(iter(stacks.values()))
        same = [one for one in segmentations if one.StudyInstanceUID == first.first.StudyInstanceUID]
        yield DICOM_REPORT, named_by_content(report_object(made_by, stacks, same, len(Plane)))
        if overview is not None:
            picture = picture_object(made_by, first, overview, len(Plane) + 1, language)
            yield "overview.dcm", named_by_content(picture)

    def _stacks(self, analysis: Analysis) -> dict[Plane, SourceStack]:
        """The images of the planes that were analysed: a plane of the other joint is not."""
        shown = {plane: volume for plane, volume in self.sources.items() if plane.value in analysis.study.planes}
        return {plane: read_source_stack(volume) for plane, volume in (shown or self.sources).items()}
