"""An honest shoulder of either side is not doubted; an arm above the head, a wrong side and a lost bone are named."""

from __future__ import annotations

import numpy as np
import pytest
from handmade_shoulder import grid, segmentation

from OrthoDiffusionLib.anatomy import SHOULDER, Side
from OrthoDiffusionLib.findings import Segmentation
from OrthoDiffusionLib.findings.plausibility import PlaneOutlines, implausible, plane_agreements
from OrthoDiffusionLib.volumes import Geometry, Volume


def said(outlines: Segmentation, side: Side | None = Side.RIGHT) -> str:
    notice = implausible(outlines, side=side, joint=SHOULDER)
    return "" if notice is None else notice.what


@pytest.mark.parametrize("side", Side)
def test_an_honest_shoulder_of_either_side_is_not_doubted(side):
    assert said(segmentation(side=side), side) == ""


@pytest.mark.parametrize(
    ("low", "high"),
    [((-40, -50, -75), (62, 50, 62)), ((-70, -38, -75), (62, 38, 62)), ((-70, -50, -48), (62, 50, 45))],
    ids=["sagittal stack", "coronal stack", "axial stack"],
)
def test_a_stack_of_one_plane_alone_is_not_doubted(low, high):
    assert said(segmentation(grid(low, high))) == ""


def test_an_arm_above_the_head_is_no_result():
    assert "not plausible for a shoulder: the scapula lies below the humerus" in said(segmentation(arm_up=True))


def test_a_shoulder_of_the_other_side_is_named():
    what = said(segmentation(side=Side.LEFT), Side.RIGHT)
    assert "the humerus lies on the medial side of a right joint" in what


@pytest.mark.parametrize(("bone", "doubted"), [("scapula", False), ("clavicle", False), ("humerus", True)])
def test_planes_are_held_against_each_other_by_the_humerus_alone(bone, doubted):
    whole = segmentation()
    moved = whole.labels.array.copy()
    here = moved == whole.structure(bone).label
    moved[here] = 0
    moved[np.roll(here, 12, axis=2)] = whole.structure(bone).label
    affine = whole.labels.geometry.affine
    planes = {"coronal": PlaneOutlines(whole.labels.array, affine), "axial": PlaneOutlines(moved, affine)}
    notice = implausible(whole, side=Side.RIGHT, joint=SHOULDER, agreements=plane_agreements(planes, whole.structures))
    assert (notice is not None and "contradict each other" in notice.what) == doubted


def test_a_bone_that_is_not_found_is_named():
    assert "no humerus was found" in said(segmentation(left_out=("humerus",)))
    assert "no shoulder was found" in said(segmentation(left_out=("humerus", "scapula")))


@pytest.mark.parametrize(("factor", "words"), [(0.5, "the humerus is"), (2.0, "glenohumeral cartilage")])
def test_a_file_with_spacing_wrong_by_two_shows_no_shoulder(factor, words):
    outlines = segmentation()
    affine = outlines.labels.geometry.affine @ np.diag([factor] * 3 + [1.0])
    labels = Volume(outlines.labels.array, Geometry(outlines.labels.geometry.shape, affine))
    assert words in said(Segmentation(labels, outlines.structures, outlines.imaged))
