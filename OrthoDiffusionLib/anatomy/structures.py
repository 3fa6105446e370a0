"""Structure: an anatomical part the models outline, and those of the knee.

Where the codes were found (none is from memory, tests compare them with pydicom's dictionary):

- femur, patella, fibula; cartilage, meniscus, ligament, tendon, body fluid; the categories; right and
  left; knee: Slicer's SegmentationCategoryTypeModifier-DICOM-Master.json and
  AnatomicRegionAndModifier-DICOM-Master.json, and pydicom.sr.codedict.
- tibia (context group 7304), patellar tendon (12321), fat (7166), knee joint (1006), medial, lateral,
  anterior, posterior, inferior (2), quadriceps femoris muscle (3031): pydicom.sr.codedict.

Neither holds a code for one meniscus, one cartilage plate or one ligament of the knee. These are
described by what they do hold: a tissue, a modifier and a region, e.g. meniscus, medial, knee. The
cruciates come out as the anterior and the posterior ligament of the knee, and the segment's name says
the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from OrthoDiffusionLib.anatomy.coding import Code
from OrthoDiffusionLib.anatomy.side import Side

ANATOMICAL_STRUCTURE = Code("SCT", "123037004", "Anatomical Structure")
TISSUE = Code("SCT", "85756007", "Tissue")
BODY_SUBSTANCE = Code("SCT", "91720002", "Body Substance")

FEMUR = Code("SCT", "71341001", "Femur")
TIBIA = Code("SCT", "12611008", "Tibia")
PATELLA = Code("SCT", "64234005", "Patella")
FIBULA = Code("SCT", "87342007", "Fibula")
CARTILAGE = Code("SCT", "309312004", "Cartilage")
MENISCUS = Code("SCT", "74135004", "Meniscus")
LIGAMENT = Code("SCT", "52082005", "Ligament")
TENDON = Code("SCT", "13024002", "Tendon")
PATELLAR_TENDON = Code("SCT", "18033002", "Patellar Tendon")
FAT = Code("SCT", "55603005", "Fat")
BODY_FLUID = Code("SCT", "32457005", "Body fluid")
KNEE_REGION = Code("SCT", "72696002", "Knee")
KNEE_JOINT = Code("SCT", "49076000", "Knee joint")
QUADRICEPS = Code("MDC", "7:832", "Musculus quadriceps femoris")
MEDIAL = Code("SCT", "255561001", "Medial")
LATERAL = Code("SCT", "49370004", "Lateral")
ANTERIOR = Code("SCT", "255549009", "Anterior")
POSTERIOR = Code("SCT", "255551008", "Posterior")
INFERIOR = Code("SCT", "261089000", "Inferior")

_TYPE_CONTEXT = "Segmentation category and type - DICOM master list"
_REGION_CONTEXT = "Anatomic codes - DICOM master list"


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

    def __post_init__(self) -> None:
        if not 1 <= self.label <= 255:
            raise ValueError(f"{self.name}: label must be in 1 to 255, got {self.label}")
        if len(self.colour) != 3 or not all(0 <= value <= 255 for value in self.colour):
            raise ValueError(f"{self.name}: colour must be three numbers in 0 to 255")

    @property
    def colour_unit(self) -> tuple[float, float, float]:
        """The colour with components in 0 to 1, as Slicer wants it."""
        return tuple(value / 255.0 for value in self.colour)

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


def _tissue(name, label, title, colour, code, modifier=None, region=KNEE_REGION, **more) -> Structure:
    return Structure(name, label, title, colour, code, TISSUE, modifier, region, **more)


KNEE_STRUCTURES: tuple[Structure, ...] = (
    Structure("femur", 1, "Femur", (241, 214, 145), FEMUR),
    Structure("tibia", 2, "Tibia", (216, 178, 112), TIBIA),
    Structure("patella", 3, "Patella", (250, 234, 190), PATELLA),
    _tissue("femoral_cartilage", 4, "Femoral cartilage", (72, 169, 230), CARTILAGE, region=FEMUR),
    _tissue("medial_tibial_cartilage", 5, "Medial tibial cartilage", (34, 122, 196), CARTILAGE,
            MEDIAL, TIBIA),
    _tissue("lateral_tibial_cartilage", 6, "Lateral tibial cartilage", (64, 206, 214), CARTILAGE,
            LATERAL, TIBIA),
    _tissue("patellar_cartilage", 7, "Patellar cartilage", (128, 198, 250), CARTILAGE,
            region=PATELLA),
    _tissue("medial_meniscus", 8, "Medial meniscus", (196, 84, 196), MENISCUS, MEDIAL),
    _tissue("lateral_meniscus", 9, "Lateral meniscus", (136, 96, 220), MENISCUS, LATERAL),
    _tissue("anterior_cruciate_ligament", 10, "Anterior cruciate ligament", (232, 74, 62), LIGAMENT,
            ANTERIOR),
    _tissue("posterior_cruciate_ligament", 11, "Posterior cruciate ligament", (248, 148, 56),
            LIGAMENT, POSTERIOR),
    Structure("fibula", 12, "Fibula", (190, 150, 92), FIBULA, auxiliary=True),
    Structure("patellar_tendon", 13, "Patellar tendon", (96, 186, 116), PATELLAR_TENDON,
              auxiliary=True),
    _tissue("quadriceps_tendon", 14, "Quadriceps tendon", (54, 140, 84), TENDON, region=QUADRICEPS,
            auxiliary=True),
    _tissue("medial_collateral_ligament", 15, "Medial collateral ligament", (238, 106, 146),
            LIGAMENT, MEDIAL, auxiliary=True),
    _tissue("lateral_collateral_ligament", 16, "Lateral collateral ligament", (206, 66, 110),
            LIGAMENT, LATERAL, auxiliary=True),
    _tissue("infrapatellar_fat_pad", 17, "Infrapatellar fat pad", (240, 226, 92), FAT, INFERIOR,
            PATELLA, auxiliary=True),
    Structure("joint_fluid", 18, "Joint fluid", (170, 250, 250), BODY_FLUID, BODY_SUBSTANCE,
              region=KNEE_JOINT, auxiliary=True),
)  # fmt: skip
"""The knee's parts; the labels are fixed by this project's contract and never change."""

STRUCTURES = KNEE_STRUCTURES

_BY_NAME = {structure.name: structure for structure in STRUCTURES}


def structure(name: str) -> Structure:
    """The structure of that name.

    Raises:
        ValueError: naming those there are.
    """
    try:
        return _BY_NAME[name]
    except KeyError:
        raise ValueError(f"structure must be one of {', '.join(_BY_NAME)}, got {name!r}") from None
