"""How shoulders lie in a scanner and where their slices are put; assumed from usual protocols."""

from __future__ import annotations

from OrthoDiffusionLib.anatomy.joints.shoulder import SCAPULAR_PLANE_DEGREES
from OrthoDiffusionLib.lab.phantom.engine.placing import Focus, Placing, Spread
from OrthoDiffusionLib.volumes.plane import Plane

SHOULDER_PLACING = Placing(
    # From the notch of the scapula to the skin of the deltoid, from the skin above the clavicle to below the axilla.
    reach_ras=((-62.0, -62.0, -72.0), (80.0, 66.0, 58.0)),
    aim_ras=(12.0, 0.0, -4.0),
    # From the deltoid to the notch sagittally; no source for any of the three.
    coverage_mm={
        Plane.SAGITTAL: Spread(92.0, 7.0, 78.0, 112.0),
        Plane.CORONAL: Spread(78.0, 7.0, 68.0, 98.0),
        Plane.AXIAL: Spread(92.0, 8.0, 78.0, 112.0),
    },
    # PMC9743254
    field_of_view_mm=Spread(155.0, 6.0, 140.0, 172.0),
    focus=Focus((16.0, 0.0, 4.0), (14.0, 13.0, 13.0), (20.0, 18.0, 20.0), (18.0, 18.0, 18.0)),
    volume_mm=((100.0, 124.0), (96.0, 120.0), (110.0, 128.0)),
    # Shoulders lie far from the middle of the magnet.
    beside_mm=(140.0, 190.0),
    # Planes hang from the scapula, which lies 45° to the front (assumed: 35 to 55), tipped a little.
    turn_deg=(
        Spread(0.0, 4.0, -10.0, 10.0),
        Spread(0.0, 4.0, -10.0, 10.0),
        Spread(SCAPULAR_PLANE_DEGREES, 5.0, 35.0, 55.0),
    ),
)
