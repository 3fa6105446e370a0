"""How knees lie in a scanner and where their slices are put; assumed from usual protocols and from how patients lie."""

from __future__ import annotations

from OrthoDiffusionLib.lab.phantom.engine.placing import Focus, Hinge, Placing, Spread
from OrthoDiffusionLib.volumes.plane import Plane

KNEE_PLACING = Placing(
    # The joint with a hand's breadth of both shafts.
    reach_ras=((-68.0, -78.0, -92.0), (68.0, 82.0, 100.0)),
    aim_ras=(0.0, 3.0, 5.0),
    coverage_mm={
        Plane.SAGITTAL: Spread(100.0, 10.0, 80.0, 128.0),
        Plane.CORONAL: Spread(100.0, 12.0, 78.0, 130.0),
        Plane.AXIAL: Spread(118.0, 12.0, 90.0, 145.0),
    },
    field_of_view_mm=Spread(154.0, 14.0, 112.0, 178.0),
    focus=Focus((0.0, 0.0, 4.0), (12.0, 14.0, 14.0), (22.0, 22.0, 42.0), (18.0, 18.0, 30.0)),
    volume_mm=((96.0, 140.0), (125.0, 160.0), (130.0, 175.0)),
    # Through the femoral condyles, behind and above the joint line. A narrower layer would tear cartilage, a wider
    # one would bend bone.
    hinge=Hinge(-8.0, 20.0, 6.0, Spread(6.0, 7.0, -5.0, 25.0)),
)
