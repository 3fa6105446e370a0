"""Images with their place in the patient: geometry, files, and which of them make up a study."""

from .geometry import Geometry
from .plane import Plane, is_3d, plane_of
from .resampling import resample_to
from .volume import Volume

__all__ = ["Geometry", "Plane", "Volume", "is_3d", "plane_of", "resample_to"]
