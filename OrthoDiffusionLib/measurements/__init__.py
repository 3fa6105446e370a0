"""Measurements that a report names, each with its definition, source and usual range."""

from OrthoDiffusionLib.measurements.cartilage_thickness import cartilage_thicknesses
from OrthoDiffusionLib.measurements.catalogue import definitions, measure, value_from_points

__all__ = ["cartilage_thicknesses", "definitions", "measure", "value_from_points"]
