"""How large the parts of an ankle are, with sources."""

from __future__ import annotations

from OrthoDiffusionLib.anatomy.size_range import ASSUMED, SizeRange, thickness_range, volume_range

_CARTILAGE_VOLUME = "MRI, means: talus 3.3, tibia 1.7 mL with its malleolus (PubMed 17019682); width assumed"
_CARTILAGE_THICKNESS = (
    "stereophotography, n = 12, talus 1.10 ± 0.18, tibia 1.16 ± 0.14 mm (Osteoarthritis Cartilage 2007); MRI, talus"
    " 1.34 ± 0.14 mm (PubMed 17019682)"
)

# Volumes of bones: of 27 standing ankles on CT tali have 23 to 49 mL; ranges assumed from that.
ANKLE_SIZES = (
    SizeRange("tibia", "width", 40.0, 62.0, ASSUMED, least=28.0, most=85.0),
    volume_range("talus", 20.0, 52.0, ASSUMED, lasts=True),
    volume_range("calcaneus", 40.0, 100.0, ASSUMED, lasts=True),
    volume_range("tibial_plafond_cartilage", 0.6, 2.6, ASSUMED, _CARTILAGE_VOLUME),
    volume_range("talar_dome_cartilage", 1.0, 4.6, ASSUMED, _CARTILAGE_VOLUME),
    thickness_range("talar_dome_cartilage", 0.8, 1.8, _CARTILAGE_THICKNESS),
    thickness_range("tibial_plafond_cartilage", 0.8, 1.7, _CARTILAGE_THICKNESS),
)
