"""Images with their place in the patient: geometry, files, and which of them make up a study."""

from .files import VOLUME_ENDINGS, read_volume, volume_ending, write_volume
from .geometry import Geometry
from .plane import Plane, is_3d, plane_of
from .resampling import resample_to
from .segmentation_file import write_segmentation_nrrd
from .study import Study
from .volume import Volume

__all__ = [
    "VOLUME_ENDINGS",
    "Geometry",
    "Plane",
    "Study",
    "Volume",
    "is_3d",
    "plane_of",
    "read_volume",
    "resample_to",
    "volume_ending",
    "write_segmentation_nrrd",
    "write_volume",
]
