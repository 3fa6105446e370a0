"""What one analysis says about one study, as plain values."""

from OrthoDiffusionLib.findings.analysis import INTENDED_USE, Analysis
from OrthoDiffusionLib.findings.calibration import Calibration, OperatingPoint, sigmoid
from OrthoDiffusionLib.findings.cartilage_thickness import ThicknessMap, cartilage_thickness_mm, thickness_map
from OrthoDiffusionLib.findings.evidence import EVIDENCE_SPACING_MM, evidence_from_weights
from OrthoDiffusionLib.findings.field_of_view import FieldOfView
from OrthoDiffusionLib.findings.finding import Finding
from OrthoDiffusionLib.findings.label_boxes import label_boxes
from OrthoDiffusionLib.findings.measurement import Measurement
from OrthoDiffusionLib.findings.measurement_context import Accuracy, ReaderValue
from OrthoDiffusionLib.findings.postprocessing import medial_lateral_pairs, postprocess
from OrthoDiffusionLib.findings.records import BundleRecord, ResultsRecord, StructureRecord, StudyRecord
from OrthoDiffusionLib.findings.review import Review
from OrthoDiffusionLib.findings.segmentation import Segmentation
from OrthoDiffusionLib.findings.structure_sizes import StructureSize, structure_sizes

__all__ = [
    "EVIDENCE_SPACING_MM",
    "INTENDED_USE",
    "Accuracy",
    "Analysis",
    "BundleRecord",
    "Calibration",
    "FieldOfView",
    "Finding",
    "Measurement",
    "OperatingPoint",
    "ReaderValue",
    "ResultsRecord",
    "Review",
    "Segmentation",
    "StructureRecord",
    "StructureSize",
    "StudyRecord",
    "ThicknessMap",
    "cartilage_thickness_mm",
    "evidence_from_weights",
    "label_boxes",
    "medial_lateral_pairs",
    "postprocess",
    "sigmoid",
    "structure_sizes",
    "thickness_map",
]
