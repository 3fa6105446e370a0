"""Structure: an anatomical part the models outline.

Where the codes were found (none is from memory, tests compare them with pydicom's dictionary): cartilage, meniscus,
ligament, tendon, body fluid and the categories in Slicer's SegmentationCategoryTypeModifier-DICOM-Master.json and in
pydicom.sr.codedict; fat (context group 7166), medial, lateral, anterior, posterior, inferior (2) in the latter.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from OrthoDiffusionLib.anatomy.coding import Code
from OrthoDiffusionLib.anatomy.side import Side

ANATOMICAL_STRUCTURE = Code("SCT", "123037004", "Anatomical Structure")
TISSUE = Code("SCT", "85756007", "Tissue")
BODY_SUBSTANCE = Code("SCT", "91720002", "Body Substance")

CARTILAGE = Code("SCT", "309312004", "Cartilage")
MENISCUS = Code("SCT", "74135004", "Meniscus")
LIGAMENT = Code("SCT", "52082005", "Ligament")
TENDON = Code("SCT", "13024002", "Tendon")
FAT = Code("SCT", "55603005", "Fat")
BODY_FLUID = Code("SCT", "32457005", "Body fluid")
MEDIAL = Code("SCT", "255561001", "Medial")
LATERAL = Code("SCT", "49370004", "Lateral")
ANTERIOR = Code("SCT", "255549009", "Anterior")
POSTERIOR = Code("SCT", "255551008", "Posterior")
INFERIOR = Code("SCT", "261089000", "Inferior")

_TYPE_CONTEXT = "Segmentation category and type - DICOM master list"
_REGION_CONTEXT = "Anatomic codes - DICOM master list"


class Kind(enum.Enum):
    """What a structure is made of; what is done with it follows from that."""

    BONE = "bone"
    CARTILAGE = "cartilage"
    MENISCUS = "meniscus"
    LIGAMENT = "ligament"
    TENDON = "tendon"
    FAT = "fat"
    FLUID = "fluid"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Structure:
    """An anatomical part with a fixed label.

    Attributes:
        name: word for machines, e.g. ``medial_meniscus``.
        label: voxel value in every label map of this project, 1 to 255.
        title: words for people, e.g. ``Medial meniscus``.
        colour: (red, green, blue), 0 to 255.
        code: what kind of thing it is.
        category: DICOM segmented property category.
        modifier: which of several of that kind, e.g. medial; None if the code says enough.
        region: where in the body, if the code does not say.
        auxiliary: outlined to help the others; not one of the primary structures.
        kind: what it is made of. A bone is one solid piece without holes.
        bone: name of the bone that a cartilage lies on; empty for all else.
        small: so thin or small that the networks look at it more closely.
        see_through: lies before what one wants to see, so it is drawn translucent, or left out of a picture.
    """

    name: str
    label: int
    title: str
    colour: tuple[int, int, int]
    code: Code
    category: Code = ANATOMICAL_STRUCTURE
    modifier: Code | None = None
    region: Code | None = None
    auxiliary: bool = False
    kind: Kind = Kind.OTHER
    bone: str = ""
    small: bool = False
    see_through: bool = False

    def __post_init__(self) -> None:
        if self.bone and self.kind is not Kind.CARTILAGE:
            raise ValueError(f"{self.name}: only a cartilage lies on a bone")
        if not 1 <= self.label <= 255:
            raise ValueError(f"{self.name}: label must be in 1 to 255, got {self.label}")
        if len(self.colour) != 3 or not all(0 <= value <= 255 for value in self.colour):
            raise ValueError(f"{self.name}: colour must be three numbers in 0 to 255")

    @property
    def colour_unit(self) -> tuple[float, float, float]:
        """The colour with components in 0 to 1, as Slicer wants it."""
        red, green, blue = (value / 255.0 for value in self.colour)
        return red, green, blue

    @property
    def is_bone(self) -> bool:
        """Whether it is one solid piece without holes."""
        return self.kind is Kind.BONE

    @property
    def is_cartilage(self) -> bool:
        """Whether it covers a bone."""
        return self.kind is Kind.CARTILAGE

    def traits(self) -> dict[str, object]:
        """What it is like, as it stands in a bundle's manifest."""
        return {"kind": self.kind.value, "bone": self.bone, "small": self.small, "see_through": self.see_through}

    def terminology_entry(self, side: Side | None = None) -> str:
        """Slicer's serialized terminology string of a segment.

        Args:
            side: the patient's side of the joint; None leaves it out.

        Returns:
            Seven fields joined by ``~``: context, category, type, its modifier, region context, region,
            its modifier; each code as scheme^value^meaning, ``^^`` where there is none. The side stands
            with the region if there is one, else with the type.
        """
        modifier, region_modifier = self.modifier, None
        if self.region is not None:
            region_modifier = side.code if side else None
        elif side is not None:
            modifier = side.code
        fields = (self.category, self.code, modifier, self.region, region_modifier)
        category, kind, kind_modifier, region, region_side = map(_serialized, fields)
        return "~".join((_TYPE_CONTEXT, category, kind, kind_modifier, _REGION_CONTEXT, region, region_side))


def _serialized(code: Code | None) -> str:
    return "^^" if code is None else f"{code.scheme}^{code.value}^{code.meaning}"
