"""The true outlines of a digital shoulder, healthy or ill, are a result that can be, whichever stack shows them."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.analysis.cut_off import cut_off
from OrthoDiffusionLib.anatomy import SHOULDER, Side
from OrthoDiffusionLib.findings import Segmentation
from OrthoDiffusionLib.findings.plausibility import implausible
from OrthoDiffusionLib.lab.phantom.engine.shapes import Frame
from OrthoDiffusionLib.lab.phantom.shoulder import parts as p
from OrthoDiffusionLib.lab.phantom.shoulder.shoulder import SHOULDER_FRAME, build_shoulder
from OrthoDiffusionLib.volumes import Geometry, Volume

# Of what is imaged: low and high corner, canonical mm.
STACKS = {
    "all planes": ((-60, -45, -72), (78, 45, 58)),
    "sagittal": ((-40, -60, -72), (58, 60, 58)),
    "axial": ((-60, -60, -48), (78, 66, 44)),
    "a small field of view": ((-50, -38, -65), (62, 38, 48)),
}


@pytest.mark.parametrize(
    ("anatomy", "seed", "grade"),
    [("procedural", 2, 0), pytest.param("wide", 4, 3, marks=pytest.mark.long),
     pytest.param("wide", 7, 0, marks=pytest.mark.long)],
)  # fmt: skip
def test_the_rules_for_shoulders_hold_for_digital_ones(anatomy, seed, grade):
    coarse = Frame(SHOULDER_FRAME.lo_mm, SHOULDER_FRAME.hi_mm, 1.0)
    built = build_shoulder(seed, anatomy=anatomy, grades=dict.fromkeys(p.LESIONS, grade), frame=coarse)
    labels, frame = p.STRUCTURE_OF_PART[built.canvas.parts], built.canvas.frame
    for name, (low, high) in STACKS.items():
        box = tuple(slice(frame.index(n, low[n]), frame.index(n, high[n])) for n in range(3))
        array, affine = np.ascontiguousarray(labels[box]), frame.affine.copy()
        affine[:3, 3] += frame.spacing_mm * np.array([side.start for side in box])
        outlines = Segmentation(
            Volume(array, Geometry(array.shape, affine)), SHOULDER.structures, np.ones(array.shape, bool)
        )
        assert implausible(outlines, side=Side.RIGHT, joint=SHOULDER) is None, name
        assert cut_off(outlines, SHOULDER) == [], name
        scapula, humerus = outlines.centroid_ras("scapula"), outlines.centroid_ras("humerus")
        assert scapula[2] > humerus[2] + 8 and humerus[0] > scapula[0] + 15, name
