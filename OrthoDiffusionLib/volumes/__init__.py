"""Images with their place in the patient: geometry, files, and which of them make up a study."""

from .dicom_series import read_dicom_folder
from .files import VOLUME_ENDINGS, read_volume, volume_ending, write_volume
from .geometry import Geometry
from .inputs import read_inputs
from .origin import Origin
from .plane import Plane, is_3d, plane_of
from .quality import check_movement, check_study
from .resampling import resample_to
from .segmentation_file import write_segmentation_nrrd
from .study import Study
from .study_folder import read_study_folder, write_study_folder
from .volume import Volume

__all__ = [
    "VOLUME_ENDINGS",
    "Geometry",
    "Origin",
    "Plane",
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
