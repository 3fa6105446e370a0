"""Pictures, pages and rows made of an analysis."""

from OrthoDiffusionLib.reports.contact_sheet import contact_sheet
from OrthoDiffusionLib.reports.overlay import OutlineStyle, SlicePicture, slice_picture
from OrthoDiffusionLib.reports.overview import overview
from OrthoDiffusionLib.reports.surface import (
    ANTEROLATERAL,
    POSTEROMEDIAL,
    Viewpoint,
    surface_picture,
    surface_points,
)

__all__ = [
    "ANTEROLATERAL",
    "POSTEROMEDIAL",
    "OutlineStyle",
    "SlicePicture",
    "Viewpoint",
    "contact_sheet",
    "overview",
    "slice_picture",
    "surface_picture",
    "surface_points",
]
