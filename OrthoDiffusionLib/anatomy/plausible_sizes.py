"""How large the parts of a knee are: what is usual, to hold measurements against, and what can be at all.

Usual is the literature of adults: where a paper gives mean and standard deviation, the range is mean ± 2 SD. Whoever
differs may be ill, small or tall, or the outline may be wrong. What can be at all is far wider, from a small adolescent
to a giant: beyond it the outline, the spacing of the file or the kind of picture is wrong. These limits are ours, no
paper's: `USUAL_TIMES` beyond the usual range, and none below for what injury, wear and surgery take away.
"""

from __future__ import annotations

from dataclasses import dataclass

PUBLISHED = "published"
ASSUMED_WIDTH = "published mean, assumed width"
ASSUMED = "assumed"

USUAL_TIMES = 2.5
"""A volume beyond the usual range by this factor is believed of nobody: 36 % more in each direction of space."""

TOTAL_CARTILAGE = "all_cartilages"
"""Not a structure: the four cartilages together."""


@dataclass(frozen=True)
class SizeRange:
    """Where a measurement of an adult knee without disease should lie, and outside of what it is an error.

    Attributes:
        structure: its name, or `TOTAL_CARTILAGE`.
        quantity: "volume" (mL) or "mean_thickness" (mm), as in findings.structure_sizes, or "width" (mm).
        low, high: the usual range, in that unit.
        basis: of that range: "published"; "published mean, assumed width"; or "assumed", where no source was found.
        source: what was read, with its address; empty if assumed.
        least, most: outside of these no knee is believed; None where nothing is judged.
    """

    structure: str
    quantity: str
    low: float
    high: float
    basis: str
    source: str = ""
    least: float | None = None
    most: float | None = None


_TIBIAL_VOLUME = (
    "166 healthy adults, mean ± SD of lateral 2.34 ± 0.70 and medial 1.82 ± 0.56 mL: Compartment differences"
    " in knee cartilage volume in healthy adults, J Rheumatol 2002, 554–556,"
    " https://research.monash.edu/en/publications/compartment-differences-in-knee-cartilage-volume-in-healthy-adult"
)
_ALL_PLATES = (
    "27 men without cartilage damage, 16.6 to 31.4 mL together, mean thickness 1.57 to 2.43 mm, patella 2.76 mm"
    " (women have less): https://pubmed.ncbi.nlm.nih.gov/11237657/"
)
_TIBIOFEMORAL_THICKNESS = (
    "686 adults without radiographic arthrosis, means: medial tibia 1.73, lateral tibia 2.09, medial femur"
    " 1.86, lateral femur 1.77 mm: Eckstein et al., Osteoarthritis Cartilage 2010;18:1275–83,"
    " http://www.ncbi.nlm.nih.gov/pubmed/20691798"
)
_ACL = (
    "20 men 1.71 ± 0.36 and 20 women 1.20 ± 0.34 mL: J Athl Train 54(5):513,"
    " https://meridian.allenpress.com/jat/article/54/5/513/421059/ (other readers' means: 0.77 and 1.07 mL,"
    " J Magn Reson Imaging 2008;27:218–223; 2.15 mL, Am J Sports Med 2009;37:1282)"
)
_FAT_PAD = (
    "43 controls, 26.0 ± 4.2 mL: van der Heijden et al., Quant Imaging Med Surg,"
    " http://qims.amegroups.com/article/view/49510/html"
)


def _volume(structure: str, low: float, high: float, basis: str, source: str = "", *, lasts: bool = False) -> SizeRange:
    """A volume; what `lasts` is bone, which no injury, wear or surgery makes small."""
    least = low / USUAL_TIMES if lasts else None
    return SizeRange(structure, "volume", low, high, basis, source, least, USUAL_TIMES * high)


def _thickness(structure: str, low: float, high: float, source: str) -> SizeRange:
    return SizeRange(structure, "mean_thickness", low, high, ASSUMED_WIDTH, source)


KNEE_SIZES = (
    SizeRange("femur", "width", 65.0, 100.0, ASSUMED, least=45.0, most=125.0),
    SizeRange("tibia", "width", 62.0, 95.0, ASSUMED, least=42.0, most=120.0),
    _volume("patella", 9.0, 30.0, ASSUMED, lasts=True),
    _volume("femoral_cartilage", 7.0, 20.0, ASSUMED),
    _volume("medial_tibial_cartilage", 0.70, 2.94, PUBLISHED, _TIBIAL_VOLUME),
    _volume("lateral_tibial_cartilage", 0.94, 3.74, PUBLISHED, _TIBIAL_VOLUME),
    _volume("patellar_cartilage", 1.5, 5.5, ASSUMED),
    SizeRange(TOTAL_CARTILAGE, "volume", 16.6, 31.4, PUBLISHED, _ALL_PLATES),
    _volume("medial_meniscus", 1.0, 4.0, ASSUMED),
    _volume("lateral_meniscus", 1.0, 4.0, ASSUMED),
    _volume("anterior_cruciate_ligament", 0.52, 2.42, PUBLISHED, _ACL),
    _volume("posterior_cruciate_ligament", 0.8, 4.0, ASSUMED),
    _volume("infrapatellar_fat_pad", 17.7, 34.4, PUBLISHED, _FAT_PAD),
    _thickness("femoral_cartilage", 1.2, 2.6, _TIBIOFEMORAL_THICKNESS),
    _thickness("medial_tibial_cartilage", 1.1, 2.4, _TIBIOFEMORAL_THICKNESS),
    _thickness("lateral_tibial_cartilage", 1.3, 2.9, _TIBIOFEMORAL_THICKNESS),
    _thickness("patellar_cartilage", 1.8, 3.7, _ALL_PLATES),
)
