"""Fusion: the views' features at shared RAS points."""

from OrthoDiffusionLib.fusion.cross_view_fusion import CrossViewFusion, FusedGrid
from OrthoDiffusionLib.fusion.world_grid import TrilinearSampler, grid_points, grid_shape, seen_points

__all__ = ["CrossViewFusion", "FusedGrid", "TrilinearSampler", "grid_points", "grid_shape", "seen_points"]
