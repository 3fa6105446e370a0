"""How large the parts of a knee are, with sources."""

from __future__ import annotations

from OrthoDiffusionLib.anatomy.size_range import (
    ASSUMED,
    PUBLISHED,
    TOTAL_CARTILAGE,
    SizeRange,
    thickness_range,
    volume_range,
)

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


KNEE_SIZES = (
    SizeRange("femur", "width", 65.0, 100.0, ASSUMED, least=45.0, most=125.0),
    SizeRange("tibia", "width", 62.0, 95.0, ASSUMED, least=42.0, most=120.0),
    volume_range("patella", 9.0, 30.0, ASSUMED, lasts=True),
    volume_range("femoral_cartilage", 7.0, 20.0, ASSUMED),
    volume_range("medial_tibial_cartilage", 0.70, 2.94, PUBLISHED, _TIBIAL_VOLUME),
    volume_range("lateral_tibial_cartilage", 0.94, 3.74, PUBLISHED, _TIBIAL_VOLUME),
    volume_range("patellar_cartilage", 1.5, 5.5, ASSUMED),
    SizeRange(TOTAL_CARTILAGE, "volume", 16.6, 31.4, PUBLISHED, _ALL_PLATES),
    volume_range("medial_meniscus", 1.0, 4.0, ASSUMED),
    volume_range("lateral_meniscus", 1.0, 4.0, ASSUMED),
    volume_range("anterior_cruciate_ligament", 0.52, 2.42, PUBLISHED, _ACL),
    volume_range("posterior_cruciate_ligament", 0.8, 4.0, ASSUMED),
    volume_range("infrapatellar_fat_pad", 17.7, 34.4, PUBLISHED, _FAT_PAD),
    thickness_range("femoral_cartilage", 1.2, 2.6, _TIBIOFEMORAL_THICKNESS),
    thickness_range("medial_tibial_cartilage", 1.1, 2.4, _TIBIOFEMORAL_THICKNESS),
    thickness_range("lateral_tibial_cartilage", 1.3, 2.9, _TIBIOFEMORAL_THICKNESS),
    thickness_range("patellar_cartilage", 1.8, 3.7, _ALL_PLATES),
)
