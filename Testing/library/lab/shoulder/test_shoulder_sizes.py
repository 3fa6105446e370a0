"""Sizes of digital shoulders against those of people: sources stand beside each number."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from OrthoDiffusionLib.lab.phantom.shoulder.proportions import draw_proportions
from OrthoDiffusionLib.lab.phantom.shoulder.skeleton import make_skeleton

# What was measured in people -> mean, standard deviation; from both of which no shoulder is farther than two.
PEOPLE = {
    "head_radius_mm": (23.4, 2.1),  # CT, n = 80, JOSR 2023 03504
    "head_axial_mm": (21.8, 1.9),  # same
    "glenoid_height_mm": (35.1, 4.1),  # n = 501, Folia Morphol 82:325
    "glenoid_upper_mm": (19.5, 2.8),  # same
    "glenoid_lower_mm": (26.0, 3.4),  # same
    "version_deg": (1.0, 3.0),  # CT, n = 410, jse.2014.02.020
    "retroversion_deg": (26.0, 11.0),  # same
    "acromiohumeral_mm": (9.2, 1.8),  # MRI, n = 234, PubMed 32524165
    "biceps_mm": (4.5, 1.4),  # Folia Morphol 79:359
}


@pytest.mark.parametrize("anatomy", ["procedural", "wide"])
def test_people_are_within_two_standard_deviations_of_those_that_were_measured(anatomy):
    drawn = [draw_proportions(anatomy, np.random.default_rng(seed)) for seed in range(200)]
    for name, (mean, deviation) in PEOPLE.items():
        values = np.array([getattr(one, name) for one in drawn])
        assert np.abs(values - mean).max() < 2.05 * deviation, name


def test_no_training_sees_what_the_held_out_shoulders_are_like():
    """Each wide one lies beyond every procedural one in at least two of what anatomies differ in."""
    names = ("head_radius_mm", "retroversion_deg", "version_deg", "acromial_slope_deg", "critical_shoulder_angle_deg")
    seen, held_out = (
        np.array([[getattr(draw_proportions(anatomy, np.random.default_rng(seed)), name) for name in names]
                  for seed in range(300)])
        for anatomy in ("procedural", "wide")
    )  # fmt: skip
    beyond = (held_out < seen.min(axis=0)) | (held_out > seen.max(axis=0))
    assert (beyond.sum(axis=1) >= 2).all()


def test_glenoid_and_head_are_painted_as_large_as_drawn(healthy):
    skeleton = healthy.built.skeleton
    sizes, voxel = skeleton.sizes, healthy.voxel_mm
    rim = healthy.points("scapula") @ skeleton.glenoid.T
    rim = rim[(rim[:, 0] > -4) & (rim[:, 0] < 6) & (np.abs(rim[:, 1]) < 20) & (np.abs(rim[:, 2]) < 26)]
    assert np.ptp(rim[np.abs(rim[:, 1]) < 2, 2]) + voxel == pytest.approx(sizes.glenoid_height_mm, abs=2.0)
    for height, breadth in ((-7.0, sizes.glenoid_lower_mm), (9.0, sizes.glenoid_upper_mm)):
        assert np.ptp(rim[np.abs(rim[:, 2] - height) < 1, 1]) + voxel == pytest.approx(breadth, abs=2.5)
    # The cap of cartilage lies on the head: its inner surface is as far from the middle as the head's radii.
    cap = skeleton.to_arm(healthy.mm(healthy.part("humeral_cartilage") & (healthy.from_humerus < 1.0)))
    far = np.sqrt((cap**2).sum(axis=1))
    middle = np.abs(cap[:, 1]) < 3
    assert np.median(far[middle]) == pytest.approx(sizes.head_radius_mm + 0.4, abs=0.9)
    own = skeleton.to_arm(healthy.points("humerus"))
    tuberosity = own[own[:, 0] < -0.87 * sizes.head_radius_mm]
    # The head's top lies 8 to 10 mm above the greater tuberosity (eorif.com).
    assert 7.0 < own[:, 2].max() - tuberosity[:, 2].max() < 11.0


def test_the_roof_stands_off_the_head_as_far_as_drawn(healthy):
    sizes, arch = healthy.built.skeleton.sizes, healthy.built.arch
    scapula = healthy.is_("scapula")
    places, gaps = healthy.mm(scapula), healthy.from_humerus[scapula]
    roof = gaps[(places[:, 2] > healthy.built.skeleton.head_top_mm - 4) & (places[:, 0] > 5)]
    assert roof.min() == pytest.approx(sizes.acromiohumeral_mm, abs=1.5)
    hook = gaps[(places[:, 1] > arch.coracoid[3, 1] - 8) & (places[:, 0] > -2) & (places[:, 2] < 20)]
    assert hook.min() == pytest.approx(sizes.coracohumeral_mm, abs=2.0)
    from_clavicle = distance_transform_edt(~healthy.is_("clavicle")) * healthy.voxel_mm
    assert 0.7 < from_clavicle[scapula].min() < 4.0


def test_cartilage_is_as_thick_as_peoples(healthy):
    """Glenoid 1.3 mm in the middle and 3 at the rim (CT arthrography, n = 8); humerus 1.2 (assumed)."""
    skeleton = healthy.built.skeleton
    glenoid, head = healthy.part("glenoid_cartilage"), healthy.part("humeral_cartilage")

    def along(mask, y, z):
        line = skeleton.from_glenoid([(x, y, z) for x in np.arange(-1.0, 12.0, 0.2)])
        return 0.2 * sum(bool(mask[healthy.at(place)]) for place in line)

    middle = [along(glenoid, y, z) for y in (-1, 0, 1) for z in (-1, 0, 1)]
    rim = [along(glenoid, side * 0.8 * skeleton.glenoid_half_mm(0.0), z) for side in (-1, 1) for z in (-2, 0, 2)]
    assert 0.7 < np.mean(middle) < 2.0
    assert np.mean(middle) + 0.3 < np.mean(rim) < 3.8
    assert 0.6 < np.mean([along(head, y, z) for y in (-2, 0, 2) for z in (-2, 0, 2)]) < 1.9


def test_a_turned_arm_takes_its_head_along_and_leaves_the_glenoid():
    sizes = draw_proportions("procedural", np.random.default_rng(4))
    inward, outward = (make_skeleton(_turned(sizes, angle)) for angle in (-15.0, 25.0))
    # Outward, the head's face turns to the front and the lesser tuberosity to lateral.
    assert outward.arm[0, 1] - inward.arm[0, 1] > 0.4
    assert outward.from_arm([(0, 20, 0)])[0, 0] - inward.from_arm([(0, 20, 0)])[0, 0] > 8
    assert np.abs(outward.head_centre - inward.head_centre).max() < 1.5


def _turned(sizes, angle):
    from dataclasses import replace

    return replace(sizes, rotation_deg=angle)
