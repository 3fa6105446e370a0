"""How ankles lie in a scanner and where their slices are put; assumed from usual protocols."""

from __future__ import annotations

from OrthoDiffusionLib.lab.phantom.engine.placing import Focus, Hinge, Placing, Spread
from OrthoDiffusionLib.volumes.plane import Plane

ANKLE_PLACING = Placing(
    # From a hand's breadth above the joint to the sole, from the heel to the bases of the metatarsals.
    reach_ras=((-54.0, -76.0, -92.0), (54.0, 74.0, 66.0)),
    aim_ras=(1.0, -2.0, -18.0),
    coverage_mm={
        Plane.SAGITTAL: Spread(76.0, 6.0, 66.0, 96.0),
        Plane.CORONAL: Spread(100.0, 10.0, 82.0, 126.0),
        Plane.AXIAL: Spread(106.0, 10.0, 88.0, 130.0),
    },
    # 140 to 160 mm (assumed).
    field_of_view_mm=Spread(150.0, 9.0, 130.0, 172.0),
    focus=Focus((1.0, -4.0, -16.0), (13.0, 15.0, 15.0), (18.0, 24.0, 28.0), (16.0, 22.0, 24.0)),
    volume_mm=((80.0, 100.0), (130.0, 155.0), (125.0, 150.0)),
    beside_mm=(50.0, 110.0),
    # Through the middle of the dome's arc, whose radius is 20.7 ± 2.6 mm (CT, n = 21, PMC1888582); supine feet point
    # down a little.
    hinge=Hinge(0.0, -20.0, 5.0, Spread(4.0, 5.0, -6.0, 16.0)),
)
