"""Volumes prepared for the encoders: hung, resampled, normalised."""

from .intensity import normalise
from .preparation import prepare_view, prepare_views
from .view import View
from .view_grid import ViewGrid

__all__ = ["View", "ViewGrid", "normalise", "prepare_view", "prepare_views"]
