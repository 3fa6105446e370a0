"""The overview as a DICOM Secondary Capture (PS3.3, A.8.1), without anything that names patient or time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from OrthoDiffusionLib.dicom_objects.provenance import RESEARCH_ONLY, Provenance
from OrthoDiffusionLib.dicom_objects.source_stack import SourceStack
from OrthoDiffusionLib.messages import ENGLISH, Language
from OrthoDiffusionLib.reports.overview_picture import without_names

if TYPE_CHECKING:
    from PIL.Image import Image
    from pydicom.dataset import Dataset


def picture_object(
    made_by: Provenance, stack: SourceStack, overview: Image, number: int, language: Language = ENGLISH
) -> Dataset:
    """A picture of the analysis, for viewers that show neither segmentations nor reports.

    Args:
        made_by: with the analysis.
        stack: whose patient and study it belongs to.
        overview: as `reports.overview` draws it; its heading is drawn anew, without names of series and without time.
        number: of the series, from 0.
        language: that the overview was drawn in.
    """
    from highdicom.sc import SCImage
    from pydicom.uid import ExplicitVRLittleEndian

    picture = without_names(overview, made_by.analysis, language)
    device = made_by.device()
    dataset = SCImage.from_ref_dataset(
        ref_dataset=stack.first,
        pixel_array=np.asarray(picture.convert("RGB")),
        photometric_interpretation="RGB",
        bits_allocated=8,
        coordinate_system="PATIENT",
        patient_orientation=("L", "F"),
        transfer_syntax_uid=ExplicitVRLittleEndian,
        **made_by.instance("picture", stack, number),
        **device,
    )
    dataset["PatientOrientation"].clear()  # highdicom wants one, and a picture of many views has none (type 2C)
    made_by.describe(dataset, "overview")
    dataset.ImageType = ["DERIVED", "SECONDARY", "OVERVIEW"]
    dataset.ConversionType = "WSD"
    dataset.BurnedInAnnotation = "NO"  # it holds words, none of which identify the patient (C.7.6.1.1.9)
    dataset.RecognizableVisualFeatures = "NO"
    dataset.DerivationDescription = f"Overview of an analysis. {RESEARCH_ONLY}"
    return dataset
