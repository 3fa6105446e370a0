"""Measurements that a report names, each with its definition, source and usual range."""

from OrthoDiffusionLib.measurements.cartilage_thickness import cartilage_thicknesses

__all__ = ["cartilage_thicknesses"]
