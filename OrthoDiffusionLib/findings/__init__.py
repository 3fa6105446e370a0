"""What one analysis says about one study, as plain values."""

from .analysis import INTENDED_USE, Analysis, BundleRecord, StudyRecord
from .calibration import Calibration, fit_platt, sigmoid
from .evidence import EVIDENCE_SPACING_MM, evidence_from_weights
from .finding import Finding, OperatingPoint, Review
from .label_boxes import label_boxes
from .measurement import Measurement
from .postprocessing import BONES, medial_lateral_pairs, postprocess
from .segmentation import Segmentation
from .structure_sizes import BONE_UNDER_CARTILAGE, StructureSize, cartilage_thickness_mm, structure_sizes

__all__ = [
    "BONES",
    "BONE_UNDER_CARTILAGE",
    "EVIDENCE_SPACING_MM",
    "INTENDED_USE",
    "Analysis",
    "BundleRecord",
    "Calibration",
    "Finding",
    "Measurement",
    "OperatingPoint",
    "Review",
    "Segmentation",
    "StructureSize",
    "StudyRecord",
    "cartilage_thickness_mm",
    "evidence_from_weights",
    "fit_platt",
    "label_boxes",
    "medial_lateral_pairs",
    "postprocess",
    "sigmoid",
    "structure_sizes",
]
