"""What made an object: the program and the bundle, in the words that DICOM has for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import OrthoDiffusionLib
from OrthoDiffusionLib.anatomy import Joint, Side
from OrthoDiffusionLib.dicom_objects.codes import own_scheme
from OrthoDiffusionLib.dicom_objects.identifiers import NOT_YET, uid_from
from OrthoDiffusionLib.dicom_objects.patient_and_study import UNKNOWN_DATE
from OrthoDiffusionLib.dicom_objects.source_stack import SourceStack
from OrthoDiffusionLib.findings import Analysis, ResultsRecord

if TYPE_CHECKING:
    from highdicom import AlgorithmIdentificationSequence
    from pydicom.dataset import Dataset

MAKER = "OrthoDiffusion"
RESEARCH_ONLY = "Research use only, not for diagnosis."

FIRST_SERIES_NUMBER = 9001
"""Our series come after those of scanner and workstation in a list that is sorted by number."""


@dataclass(frozen=True, eq=False)
class Provenance:
    """What all objects of one analysis say of their making."""

    analysis: Analysis
    joint: Joint

    @property
    def side(self) -> Side | None:
        """The patient's side, None if it is unknown."""
        return self.analysis.study.side

    def series_uid(self, kind: str, stack: SourceStack) -> str:
        """Of our series of that kind: what the same program and bundle make of one joint of a source is one series."""
        return uid_from("series", kind, stack.series, *self.made_of, OrthoDiffusionLib.__version__)

    @property
    def made_of(self) -> tuple[str, str]:
        """What identifiers hold beside the source: the bundle, and the side, since a series may show both joints."""
        return made_of(self.analysis)

    def instance(self, kind: str, stack: SourceStack, number: int) -> Mapping[str, Any]:
        """What every constructor of highdicom takes, with an identifier that stands for the final one."""
        date, time = stack.moment
        return {
            "series_instance_uid": self.series_uid(kind, stack),
            "series_number": FIRST_SERIES_NUMBER + number,
            "sop_instance_uid": NOT_YET,
            "instance_number": 1,
            "manufacturer": MAKER,
            "content_date": date,
            "content_time": time,
            **({} if date == UNKNOWN_DATE else {"series_date": date, "series_time": time}),
            "specific_character_set": "ISO_IR 192",
        }

    def device(self) -> Mapping[str, Any]:
        """Further arguments of constructors: model, serial number and versions of the device, which is the bundle."""
        bundle = self.analysis.bundle
        return {
            "manufacturer_model_name": bundle.name[:64],
            "device_serial_number": bundle.sha256[:64] or "unknown",
            "software_versions": (f"{MAKER} {OrthoDiffusionLib.__version__}", f"bundle {bundle.version}"[:64]),
            "coding_schemes": [own_scheme()],
        }

    def algorithm(self) -> AlgorithmIdentificationSequence:
        """The bundle as an Algorithm Identification Sequence (PS3.3, 10.16)."""
        from highdicom import AlgorithmIdentificationSequence
        from pydicom.sr.codedict import codes

        bundle = self.analysis.bundle
        return AlgorithmIdentificationSequence(
            name=bundle.name[:64],
            family=codes.DCM.ArtificialIntelligence,
            version=bundle.version[:64],
            source=MAKER,
            parameters={"bundle_sha256": bundle.sha256, "program_version": OrthoDiffusionLib.__version__},
        )

    def describe(self, dataset: Dataset, description: str, *, image: bool = True) -> None:
        """Name the series; of an image, which has attributes for them, body part and side as well."""
        dataset.SeriesDescription = f"{MAKER} {description}"[:64]
        if not image:
            return
        if self.joint.body_parts:
            dataset.BodyPartExamined = self.joint.body_parts[0]
        if self.side is not None:
            dataset.ImageLaterality = "R" if self.side is Side.RIGHT else "L"


def made_of(said: Analysis | ResultsRecord) -> tuple[str, str]:
    """Of results: the bundle's SHA-256, and the side; empty if it is unknown."""
    return said.bundle.sha256, "" if said.study.side is None else said.study.side.value
