"""Pictures, pages and rows made of an analysis."""

from .overlay import SlicePicture, slice_picture
from .overview import overview
from .surface import ANTEROLATERAL, POSTEROMEDIAL, Viewpoint, surface_picture, surface_points

__all__ = [
    "ANTEROLATERAL",
    "POSTEROMEDIAL",
    "SlicePicture",
    "Viewpoint",
    "overview",
    "slice_picture",
    "surface_picture",
    "surface_points",
]
