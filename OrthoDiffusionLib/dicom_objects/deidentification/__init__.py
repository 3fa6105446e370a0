"""Copies of DICOM files without what identifies a person, with identifiers that still fit each other."""

from OrthoDiffusionLib.dicom_objects.deidentification.export import Deidentified, deidentify_files

__all__ = ["Deidentified", "deidentify_files"]
