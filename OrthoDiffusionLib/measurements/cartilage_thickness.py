"""Mean thickness of each cartilage plate, ``<plate>_thickness`` in mm."""

from __future__ import annotations

from collections.abc import Iterable

from OrthoDiffusionLib.anatomy import SizeRange, Structure
from OrthoDiffusionLib.findings.measurement import Measurement
from OrthoDiffusionLib.findings.segmentation import Segmentation
from OrthoDiffusionLib.findings.structure_sizes import cartilage_thickness_mm
from OrthoDiffusionLib.messages import NOTHING, Message


def cartilage_thicknesses(segmentation: Segmentation, sizes: Iterable[SizeRange]) -> tuple[Measurement, ...]:
    """Mean distance, mm, from the bone to the articular side; the rim of a plate is left out.

    Cartilage that is worn to the bone is not outlined and does not count here.

    Args:
        segmentation: of the whole joint, in the patient's RAS mm.
        sizes: the joint's usual sizes, of which ``mean_thickness`` is used.
    """
    usual = {size.structure: size for size in sizes if size.quantity == "mean_thickness"}
    found = []
    for structure in segmentation.structures:
        if not structure.is_cartilage:
            continue
        thickness = cartilage_thickness_mm(segmentation, structure.name)
        mean = float(thickness.mean()) if thickness is not None and len(thickness) else None
        size = usual.get(structure.name)
        found.append(
            Measurement(
                name=f"{structure.name}_thickness",
                value=mean,
                unit="mm",
                range=(size.low, size.high) if size else None,
                source=size.source if size else "",
                note=_not_found(structure) if mean is None else NOTHING,
            )
        )
    return tuple(found)


def _not_found(structure: Structure) -> Message:
    return Message("not_measured", "not_found", {"structure": structure.title.lower()})
