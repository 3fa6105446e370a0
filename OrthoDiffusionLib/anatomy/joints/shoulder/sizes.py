"""How large the parts of a shoulder are: no volumes were found, so ranges are assumed from published lengths.

A tendon counts from its footprint to the muscle, about 25 to 35 mm. Bones are cut off by any field of view, so the head
alone limits one: published radii in the coronal plane are 23.4 ± 2.1 mm (CT, n = 80, J Orthop Surg Res 2023, 03504).
"""

from __future__ import annotations

from OrthoDiffusionLib.anatomy.size_range import ASSUMED, SizeRange, volume_range

_CARTILAGE = (
    "cap of the head 17.6 ± 1.8 mm high (J Orthop Surg Res 2023, 03504), glenoid 35 × 26 mm (Folia Morphol 82:325)"
)
_FOOTPRINTS = (
    "footprints 23 × 16, 29 × 19, 40 × 20 mm (Curtis 2006, n = 20), ultrasound thickness 3.8 to 5.6 mm (n = 60)"
)
_BICEPS = "80 to 82 ± 20 mm long, 4.3 to 4.7 ± 1.4 mm wide (Folia Morphol 79:359)"

SHOULDER_SIZES = (
    # The arm may be led aside, so the widest is that of a shaft that leaves the picture.
    SizeRange("humerus", "width", 40.0, 75.0, ASSUMED, least=30.0, most=150.0),
    volume_range("glenohumeral_cartilage", 2.0, 7.0, ASSUMED, _CARTILAGE),
    volume_range("glenoid_labrum", 0.6, 3.5, ASSUMED),
    volume_range("supraspinatus_tendon", 1.5, 9.0, ASSUMED, _FOOTPRINTS),
    volume_range("infraspinatus_tendon", 1.5, 9.0, ASSUMED, _FOOTPRINTS),
    volume_range("subscapularis_tendon", 1.5, 12.0, ASSUMED, _FOOTPRINTS),
    volume_range("long_head_of_biceps_tendon", 0.4, 3.0, ASSUMED, _BICEPS),
)
