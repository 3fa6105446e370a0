"""What may stay in a de-identified file. What is not named here goes.

The lists of PS3.15, table E.1-1 say what must go; a list of what may stay is the safer way round, since it is right for
attributes that nobody has thought of as well: private ones, those of a new edition, text in an unusual place. Text,
dates, names and bytes stay where a keyword is named below, identifiers are replaced; numbers and coded strings of the
groups that describe images stay, but for the few of them that the table has.
"""

from __future__ import annotations

from OrthoDiffusionLib.dicom_objects import codes

IMAGE_GROUPS = frozenset({0x0008, 0x0018, 0x0020, 0x0028, 0x5200})
"""Numbers, coded strings and sequences of these groups describe an image. Not the groups of patient, trial, visit and
request (0010, 0012, 0032, 0038, 0040), nor overlays and curves, which may hold words."""

NUMBERS_AND_CODES = frozenset({"AT", "CS", "DS", "FD", "FL", "IS", "SL", "SS", "SV", "UL", "US", "UV"})
"""Value representations that hold neither text nor dates nor names nor bytes."""

NEVER = frozenset(
    {"InstanceOriginStatus", "ModifyingDeviceID", "OriginalAttributesSequence", "PregnancyStatus", "IconImageSequence",
     "ReferencedImageSequence", "SourceImageSequence", "ReferencedStudySequence", "ReferencedPatientSequence"}
)  # fmt: skip
"""Numbers, codes and sequences of the image groups that table E.1-1 removes."""

PIXELS = "PixelData"

EMPTY_IN_EVERY_FILE = (
    "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName",
    "Manufacturer",
)  # fmt: skip
"""Must be there and may be empty (type 2)."""

EMPTY_WITH_A_PLACE = ("PositionReferenceIndicator",)
"""The same for images that name their frame of reference."""

OWN_TEXT = frozenset(
    {"AlgorithmName", "AlgorithmParameters", "AlgorithmSource", "AlgorithmVersion", "CodeMeaning", "CodeValue",
     "CodingSchemeDesignator", "CodingSchemeName", "CodingSchemeResponsibleOrganization", "ContentDescription",
     "DerivationDescription", "DeviceSerialNumber", "DimensionDescriptionLabel", "Manufacturer",
     "ManufacturerModelName", "SegmentAlgorithmName", "SegmentDescription", "SegmentLabel", "SoftwareVersions",
     "TextValue", "TrackingID"}
)  # fmt: skip
"""Text of our own objects, which this program wrote: words of anatomy, of codes and of the bundle. The text of a
report's item stays if the item does."""

OWN_CODES_AND_NUMBERS = frozenset(
    {"CompletionFlag", "ContentLabel", "ContinuityOfContent", "FloatingPointValue", "GraphicData", "GraphicType",
     "MappingResource", "NumericValue", "PreliminaryFlag", "RelationshipType", "TemplateIdentifier", "ValueType",
     "VerificationFlag", "ReferencedSegmentNumber", "ReferencedFrameNumber"}
)  # fmt: skip

OWN_SEQUENCES = frozenset(
    {"AlgorithmFamilyCodeSequence", "AnatomicRegionModifierSequence", "AnatomicRegionSequence",
     "CodingSchemeIdentificationSequence", "ConceptCodeSequence", "ConceptNameCodeSequence", "ContentSequence",
     "ContentTemplateSequence", "CurrentRequestedProcedureEvidenceSequence", "MeasuredValueSequence",
     "MeasurementUnitsCodeSequence", "NumericValueQualifierCodeSequence", "PerformedProcedureCodeSequence",
     "PurposeOfReferenceCodeSequence", "ReferencedPerformedProcedureStepSequence", "ReferencedSOPSequence",
     "SegmentSequence", "SegmentationAlgorithmIdentificationSequence", "SegmentedPropertyCategoryCodeSequence",
     "SegmentedPropertyTypeCodeSequence", "SegmentedPropertyTypeModifierCodeSequence", "SourceImageSequence"}
)  # fmt: skip

OWN_GROUPS = IMAGE_GROUPS | {0x0062}

OWN_SERIES = r"OrthoDiffusion (segmentation (sagittal|coronal|axial)|report|overview)"
"""What we call our series. An archive may have written something else there."""

OWN_WORDS = frozenset(
    {
        *(code.value for code in (codes.INTENDED_USE, codes.BUNDLE, codes.BUNDLE_SHA256, codes.PROGRAM)),
        *("112039", "111001", "111002", "111003", "122405"),  # tracking identifier; algorithm: what it is
        *("121013", "121014", "121015", "121016"),  # device observer: name, manufacturer, model, serial number
        "121407",  # description of a normal range: its source
    }
)
"""Code values of the text items of a report that stay. Comments, notices and a reader's notes may quote a series."""

OWN_ITEMS = frozenset({"CONTAINER", "CODE", "NUM", "TEXT", "UIDREF", "IMAGE", "COMPOSITE", "SCOORD3D"})
"""Value types of a report that stay, text as far as `OWN_WORDS` go: no names of persons, no dates."""
