"""Sizes of structures: volumes in mL, and cartilage thickness in mm with bare bone as 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.findings.cartilage_thickness import cartilage_thickness_mm
from OrthoDiffusionLib.findings.segmentation import Segmentation


@dataclass(frozen=True)
class StructureSize:
    """One number about one structure.

    Attributes:
        structure: its name.
        name: "volume", "mean_thickness" or "thickness_95th_percentile".
        value: finite.
        unit: UCUM, "mL" or "mm".
    """

    structure: str
    name: str
    value: float
    unit: str


def structure_sizes(segmentation: Segmentation) -> tuple[StructureSize, ...]:
    """Volume of every structure that was found, and thickness of the cartilages among them.

    The volume of a structure that is not `complete` is that of its imaged part.
    """
    found: list[StructureSize] = []
    for structure in segmentation.structures:
        if not segmentation.is_found(structure.name):
            continue
        found.append(StructureSize(structure.name, "volume", segmentation.volume_ml(structure.name), "mL"))
        thickness = cartilage_thickness_mm(segmentation, structure.name)
        if thickness is not None and len(thickness):
            high = float(np.percentile(thickness, 95))
            found.append(StructureSize(structure.name, "mean_thickness", float(thickness.mean()), "mm"))
            found.append(StructureSize(structure.name, "thickness_95th_percentile", high, "mm"))
    return tuple(found)
