"""Pictures, pages and rows made of an analysis."""

from .contact_sheet import contact_sheet
from .overlay import SlicePicture, slice_picture
from .overview import overview
from .surface import ANTEROLATERAL, POSTEROMEDIAL, Viewpoint, surface_picture, surface_points

__all__ = [
    "ANTEROLATERAL",
    "POSTEROMEDIAL",
    "SlicePicture",
    "Viewpoint",
    "contact_sheet",
    "overview",
    "slice_picture",
    "surface_picture",
    "surface_points",
]
