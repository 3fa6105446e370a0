"""Volumes prepared for the encoders: hung, resampled, normalised."""

from OrthoDiffusionLib.views.intensity import normalise
from OrthoDiffusionLib.views.preparation import prepare_view, prepare_views
from OrthoDiffusionLib.views.view import View
from OrthoDiffusionLib.views.view_grid import ViewGrid

__all__ = ["View", "ViewGrid", "normalise", "prepare_view", "prepare_views"]
