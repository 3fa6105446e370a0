"""DICOM objects of results: what cannot be written, and why."""

from OrthoDiffusionLib.messages.sentence import Sentence

_INSTALL = "Install it: pip install 'highdicom>=0.25'"

DICOM_OBJECTS = {
    # notices
    "no_dicom_source": Sentence(
        "The series does not come from DICOM files, so that no DICOM segmentation was written for it",
        "Give the DICOM files of this series if one is wanted.",
    ),
    "no_dicom_source.identifiers": Sentence(
        "The series' DICOM files lack the identifiers of study, series or image that a DICOM segmentation must name,"
        " so that none was written for it",
        "Take the files as the scanner or the archive gave them.",
    ),
    # refusals
    "dicom_objects.no_source": Sentence(
        "DICOM objects can only be written for series that come from DICOM files with their identifiers, and none of"
        " these does",
        "Give the DICOM files, or leave --dicom out.",
    ),
    "dicom_objects.source_changed": Sentence(
        "The DICOM file was changed or removed while the study was analyzed",
        "Leave the files in their place until the results are written, and analyze the study again.",
    ),
    "dicom_objects.no_highdicom": Sentence("Writing DICOM objects needs the Python package highdicom", _INSTALL),
    "dicom_objects.old_highdicom": Sentence(
        "Writing DICOM objects needs version {least} or newer of the Python package highdicom; {version} is installed",
        _INSTALL,
    ),
}
