"""How large the parts of an adult knee are in the literature, to hold measurements of real exams against.

Where a paper gives mean and standard deviation, the range is mean ± 2 SD. Whoever differs may be ill, small
or tall, or the outline may be wrong: these ranges catch gross errors, no more.
"""

from __future__ import annotations

from dataclasses import dataclass

PUBLISHED = "published"
ASSUMED_WIDTH = "published mean, assumed width"
ASSUMED = "assumed"

TOTAL_CARTILAGE = "all_cartilages"
"""Not a structure: the four cartilages together."""


@dataclass(frozen=True)
class PublishedRange:
    """Where a measurement of an adult knee without disease should lie.

    Attributes:
        structure: its name, or `TOTAL_CARTILAGE`.
        quantity: "volume" (mL) or "mean_thickness" (mm), as in findings.measurements.
        low, high: in that unit.
        basis: "published"; "published mean, assumed width"; or "assumed", where no source was found.
        source: what was read, with its address; empty if assumed.
    """

    structure: str
    quantity: str
    low: float
    high: float
    basis: str
    source: str = ""


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

KNEE_RANGES = (
    PublishedRange("patella", "volume", 9.0, 30.0, ASSUMED),
    PublishedRange("femoral_cartilage", "volume", 7.0, 20.0, ASSUMED),
    PublishedRange("medial_tibial_cartilage", "volume", 0.70, 2.94, PUBLISHED, _TIBIAL_VOLUME),
    PublishedRange("lateral_tibial_cartilage", "volume", 0.94, 3.74, PUBLISHED, _TIBIAL_VOLUME),
    PublishedRange("patellar_cartilage", "volume", 1.5, 5.5, ASSUMED),
    PublishedRange(TOTAL_CARTILAGE, "volume", 16.6, 31.4, PUBLISHED, _ALL_PLATES),
    PublishedRange("medial_meniscus", "volume", 1.0, 4.0, ASSUMED),
    PublishedRange("lateral_meniscus", "volume", 1.0, 4.0, ASSUMED),
    PublishedRange("anterior_cruciate_ligament", "volume", 0.52, 2.42, PUBLISHED, _ACL),
    PublishedRange("posterior_cruciate_ligament", "volume", 0.8, 4.0, ASSUMED),
    PublishedRange("infrapatellar_fat_pad", "volume", 17.7, 34.4, PUBLISHED, _FAT_PAD),
    PublishedRange("femoral_cartilage", "mean_thickness", 1.2, 2.6, ASSUMED_WIDTH, _TIBIOFEMORAL_THICKNESS),
    PublishedRange("medial_tibial_cartilage", "mean_thickness", 1.1, 2.4, ASSUMED_WIDTH, _TIBIOFEMORAL_THICKNESS),
    PublishedRange("lateral_tibial_cartilage", "mean_thickness", 1.3, 2.9, ASSUMED_WIDTH, _TIBIOFEMORAL_THICKNESS),
    PublishedRange("patellar_cartilage", "mean_thickness", 1.8, 3.7, ASSUMED_WIDTH, _ALL_PLATES),
)
