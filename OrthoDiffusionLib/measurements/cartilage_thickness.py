"""Mean thickness of each cartilage plate, ``<plate>_thickness`` in mm; its map is `findings.thickness_map`."""

from __future__ import annotations

from collections.abc import Iterable

from OrthoDiffusionLib.anatomy import MeasurementDefinition, SizeRange, Structure
from OrthoDiffusionLib.findings.cartilage_thickness import thickness_map
from OrthoDiffusionLib.findings.measurement import Measurement
from OrthoDiffusionLib.findings.postprocessing import structures_of_a_side
from OrthoDiffusionLib.findings.segmentation import Segmentation
from OrthoDiffusionLib.messages import NOTHING, Message

CONVENTION = (
    "Mean distance from the bone to the articular side over the whole plate, its rim left out; bare bone that "
    "cartilage surrounds counts as 0 mm (ThCtAB), worn bone at the rim is not counted."
)


def thickness_definitions(
    structures: Iterable[Structure], sizes: Iterable[SizeRange]
) -> tuple[MeasurementDefinition, ...]:
    """What is said of the thickness of each cartilage.

    Args:
        structures: the vocabulary; cartilages that lie on one bone are taken.
        sizes: the joint's usual sizes, of which ``mean_thickness`` is used.
    """
    usual = {size.structure: size for size in sizes if size.quantity == "mean_thickness"}
    found = []
    for structure in structures:
        if structure.is_cartilage and structure.bone:
            size = usual.get(structure.name)
            found.append(
                MeasurementDefinition(
                    name=f"{structure.name}_thickness",
                    title=f"{structure.title}, mean thickness",
                    unit="mm",
                    definition=CONVENTION,
                    method="cartilage_thickness",
                    parts={"plate": structure.name},
                    low=None if size is None else size.low,
                    high=None if size is None else size.high,
                    source="" if size is None else size.source,
                )
            )
    return tuple(found)


def cartilage_thicknesses(
    segmentation: Segmentation, sizes: Iterable[SizeRange], *, side_known: bool = True
) -> tuple[Measurement, ...]:
    """Mean thickness, mm, of each plate, bare bone within it as 0; see `thickness_map`.

    Args:
        segmentation: of the whole joint, in the patient's RAS mm.
        sizes: the joint's usual sizes, of which ``mean_thickness`` is used.
        side_known: whether a medial plate can be told from its lateral counterpart.
    """
    found = []
    unclear = set() if side_known else structures_of_a_side(segmentation.structures)
    for definition in thickness_definitions(segmentation.structures, sizes):
        plate = definition.parts["plate"]
        known = thickness_map(segmentation, plate) if plate not in unclear else None
        empty = known is None or len(known.thickness_mm) == 0
        found.append(
            Measurement(
                name=definition.name,
                value=None if known is None or empty else float(known.thickness_mm.mean()),
                unit="mm",
                range=definition.range,
                source=definition.source,
                note=Message("not_measured", "side_unknown") if plate in unclear else _note(segmentation, plate, empty),
            )
        )
    return tuple(found)


def _note(segmentation: Segmentation, plate: str, empty: bool) -> Message:
    """Why there is no number, or that it is that of a part."""
    title = segmentation.structure(plate).title.lower()
    if empty:
        return Message("not_measured", "no_plate", {"structure": title})
    return NOTHING if segmentation.complete(plate) else Message("measured_in_part", values={"structure": title})
