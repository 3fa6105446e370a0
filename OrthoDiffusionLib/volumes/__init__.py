"""Images with their place in the patient: geometry, files, and which of them make up a study."""

from OrthoDiffusionLib.volumes.dicom.series import read_dicom_folder
from OrthoDiffusionLib.volumes.files.segmentation_file import write_segmentation_nrrd
from OrthoDiffusionLib.volumes.files.study_folder import read_study_folder, write_study_folder
from OrthoDiffusionLib.volumes.files.volume_file import (
    VOLUME_ENDINGS,
    read_volume,
    volume_ending,
    write_volume,
)
from OrthoDiffusionLib.volumes.geometry import Geometry
from OrthoDiffusionLib.volumes.inputs import read_inputs
from OrthoDiffusionLib.volumes.origin import Origin, SourceImage
from OrthoDiffusionLib.volumes.plane import Plane, is_3d, plane_of
from OrthoDiffusionLib.volumes.quality import check_movement, check_study
from OrthoDiffusionLib.volumes.resampling import resample_to
from OrthoDiffusionLib.volumes.study import Study
from OrthoDiffusionLib.volumes.volume import Volume

__all__ = [
    "VOLUME_ENDINGS",
    "Geometry",
    "Origin",
    "Plane",
    "SourceImage",
    "Study",
    "Volume",
    "check_movement",
    "check_study",
    "is_3d",
    "plane_of",
    "read_dicom_folder",
    "read_inputs",
    "read_study_folder",
    "read_volume",
    "resample_to",
    "volume_ending",
    "write_segmentation_nrrd",
    "write_study_folder",
    "write_volume",
]
