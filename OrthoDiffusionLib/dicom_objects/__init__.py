"""DICOM objects of an analysis: a segmentation for each source series, a structured report, a picture."""

from OrthoDiffusionLib.dicom_objects.objects import DicomObjects

__all__ = ["DicomObjects"]
