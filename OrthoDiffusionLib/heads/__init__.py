"""Heads: from fused features to one task."""

from OrthoDiffusionLib.heads.clinical import ClinicalBias, encode_all, encode_clinical
from OrthoDiffusionLib.heads.diagnosis_head import Diagnosis, DiagnosisHead, strongest_means
from OrthoDiffusionLib.heads.segmentation_head import SegmentationHead

__all__ = [
    "ClinicalBias",
    "Diagnosis",
    "DiagnosisHead",
    "SegmentationHead",
    "encode_all",
    "encode_clinical",
    "strongest_means",
]
