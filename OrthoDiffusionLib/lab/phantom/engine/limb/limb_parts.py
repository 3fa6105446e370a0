"""Parts that every limb has, and the kinds of part that a bone has: what they look like to the scanner."""

from __future__ import annotations

from collections.abc import Mapping

from OrthoDiffusionLib.lab.phantom.engine.part import Part

_TISSUES = {
    "air": "air",
    "skin": "skin",
    "subcutaneous_fat": "subcutaneous_fat",
    "fat_septum": "fascia",
    "intermuscular_fat": "loose_fat",
    "deep_fascia": "fascia",
    # sheets that fill less than a voxel
    "thin_fascia": "thin_fascia",
    "muscle_a": "muscle",
    "muscle_b": "muscle",
    "muscle_c": "muscle",
    "artery": "vessel",
    "vein": "vein",
    "nerve": "nerve",
    "other_fat_pad": "fat_pad",
    "synovium": "synovium",
    "soft_tissue_oedema": "soft_tissue_oedema",
}
_BONE_KINDS = {
    "marrow": "bone_marrow",
    "cortex": "cortical_bone",
    "thin_cortex": "thin_cortex",
    "red_marrow": "red_marrow",
    "oedema": "marrow_oedema",
    "physeal_scar": "physeal_scar",
}

SOFT_PARTS = (
    *("air", "skin", "subcutaneous_fat", "fat_septum", "intermuscular_fat", "deep_fascia", "thin_fascia"),
    *("muscle_a", "muscle_b", "muscle_c", "artery", "vein", "nerve"),
)
"""What the parts of a joint begin with. Stored phantoms hold their numbers: never change it."""

MUSCLES = ("muscle_a", "muscle_b", "muscle_c")
"""Muscles of three shades."""

MUSCLE_DRAW = ("muscle_a", "muscle_a", "muscle_b", "muscle_c")
"""What a named muscle is drawn from: half of them are of one shade (assumed)."""


def limb_parts(*names: str) -> list[Part]:
    """Parts that every limb has, by name; none belongs to a structure. KeyError for a name that no limb has."""
    return [Part(name, _TISSUES[name]) for name in names]


def bone_parts(bones: Mapping[str, int], *kinds: str) -> list[Part]:
    """The parts of bones, bone by bone: "tibia" gives "tibia_marrow" and so on.

    Args:
        bones: name -> label of its structure, 0 for none.
        kinds: of parts; none for all six.
    """
    return [
        Part(f"{bone}_{kind}", _BONE_KINDS[kind], label)
        for bone, label in bones.items()
        for kind in kinds or _BONE_KINDS
    ]
