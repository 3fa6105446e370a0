"""What one analysis says about one study, as plain values."""

from .analysis import INTENDED_USE, Analysis, BundleRecord, StudyRecord
from .calibration import Calibration, fit_platt, sigmoid
from .evidence import EVIDENCE_SPACING_MM, evidence_from_weights
from .finding import Finding
from .label_boxes import label_boxes
from .measurements import BONE_UNDER_CARTILAGE, Measurement, cartilage_thickness_mm, measure
from .postprocessing import BONES, medial_lateral_pairs, postprocess
from .segmentation import Segmentation

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
    "Segmentation",
    "StudyRecord",
    "cartilage_thickness_mm",
    "evidence_from_weights",
    "fit_platt",
    "label_boxes",
    "measure",
    "medial_lateral_pairs",
    "postprocess",
    "sigmoid",
]
