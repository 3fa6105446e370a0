"""Tendons of a digital shoulder: on their footprints, over the head, and the biceps in its groove; millimetres."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from OrthoDiffusionLib.lab.phantom.engine.taut import taut
from OrthoDiffusionLib.lab.phantom.shoulder.biceps import biceps_course, biceps_origin, groove_entry
from OrthoDiffusionLib.lab.phantom.shoulder.humerus import groove_line
from OrthoDiffusionLib.lab.phantom.shoulder.proportions import draw_proportions
from OrthoDiffusionLib.lab.phantom.shoulder.skeleton import make_skeleton

# Length of the footprints along the rim of the tuberosities: Curtis 2006, n = 20.
FOOTPRINTS = {"supraspinatus": 23.0, "infraspinatus": 29.0, "subscapularis": 40.0, "teres_minor": 29.0}
# Ultrasound, men and women, n = 60; teres minor assumed.
THICK = {
    "supraspinatus": (4.2, 6.4),
    "infraspinatus": (3.7, 5.6),
    "subscapularis": (3.2, 5.0),
    "teres_minor": (2.8, 4.5),
}


def test_a_taut_course_round_a_ball_keeps_off_it_and_is_the_shortest():
    def ball(points):
        return np.sqrt((points**2).sum(axis=1)) - 20.0

    line = taut((0.0, 0.0, 21.0), (40.0, 0.0, 5.0), np.zeros(3), ball, 1.0)
    halfway = (line[1:] + line[:-1]) / 2
    assert ball(np.vstack([line, halfway])).min() > 0.85
    length = np.linalg.norm(np.diff(line, axis=0), axis=1).sum()
    # An arc to where the tangent through the far end touches, then the tangent.
    away = np.hypot(40.0, 5.0)
    arc = np.arctan2(40.0, 5.0) - np.arccos(21.0 / away)
    assert length == pytest.approx(21.0 * arc + np.sqrt(away**2 - 21.0**2), rel=0.01)


@pytest.mark.parametrize("name", FOOTPRINTS)
def test_each_tendon_ends_on_its_tuberosity_and_winds_round_the_head(healthy, name):
    tendon, skeleton = healthy.built.tendons[name], healthy.built.skeleton
    on_bone = [healthy.from_humerus[healthy.at(place)] for place in tendon.footprint]
    assert max(on_bone) < 1.7
    line = tendon.footprint
    length = np.linalg.norm(np.diff(line, axis=0), axis=1).sum() * len(line) / (len(line) - 1)
    assert 0.65 < length / (FOOTPRINTS[name] * skeleton.sizes.size) < 1.25
    low, high = THICK[name]
    assert low < tendon.thick_mm < high
    # Beside the head, past the footprint: 0.3 to 3 mm from its bone, half a voxel more or less.
    past = [
        healthy.from_humerus[healthy.at(point)] - half
        for strand in tendon.strands
        for point, half in zip(strand.points[1:], strand.thick[1:], strict=True)
        if point[0] > skeleton.head_centre[0]
    ]
    assert min(past) > -0.4 and max(past) < 4.4
    assert 0.3 < np.median(past) < 3.0


def test_footprints_follow_each_other_from_the_lesser_tuberosity_to_the_back(healthy):
    skeleton, tendons = healthy.built.skeleton, healthy.built.tendons
    own = {name: skeleton.to_arm(tendon.footprint).mean(axis=0) for name, tendon in tendons.items()}
    around = {name: np.rad2deg(np.arctan2(place[1], place[0])) % 360 for name, place in own.items()}
    order = ("subscapularis", "supraspinatus", "infraspinatus", "teres_minor")
    assert [name for name, _ in sorted(around.items(), key=lambda item: item[1])] == list(order)
    assert own["supraspinatus"][2] > own["infraspinatus"][2] > own["teres_minor"][2]
    assert own["subscapularis"][1] > 15 and own["infraspinatus"][1] < 0
    # The rotator interval lies between the first two, and the biceps in it.
    groove = groove_line(skeleton.sizes)[0]
    assert around["subscapularis"] < np.rad2deg(np.arctan2(groove[1], groove[0])) % 360 < around["supraspinatus"]


def test_the_biceps_runs_from_the_upper_labrum_over_the_head_into_its_groove(healthy):
    skeleton, line = healthy.built.skeleton, healthy.built.biceps
    tendon, labrum = healthy.points("long_head_of_biceps_tendon"), healthy.points("glenoid_labrum")
    top = biceps_origin(skeleton)
    assert np.linalg.norm(tendon - top, axis=1).min() < 2
    assert np.linalg.norm(labrum[labrum[:, 2] > 8] - top, axis=1).min() < 4
    share = groove_entry(skeleton, line)
    over = line.at(share * 0.5)
    assert over[2] > skeleton.head_centre[2] + 0.6 * skeleton.sizes.head_radius_mm
    # In the groove bone lies on both sides of it, and behind.
    inside = skeleton.from_arm(groove_line(skeleton.sizes)[1:3])
    for place in inside:
        assert np.linalg.norm(tendon - place, axis=1).min() < 2.0
        sides = skeleton.to_arm([place])[0] + np.array([(7.0, -3.0, 0), (-7.0, -3.0, 0), (0, -6.0, 0)])
        assert all(healthy.from_humerus[healthy.at(side)] < 1.2 for side in skeleton.from_arm(sides))


def test_turning_the_arm_moves_the_biceps_in_its_groove_by_less_than_a_millimetre_and_a_half():
    """Radiology 261:872."""
    sizes = draw_proportions("procedural", np.random.default_rng(5))
    places = []
    for angle in (-15.0, 30.0):
        skeleton = make_skeleton(replace(sizes, rotation_deg=angle))
        line = skeleton.to_arm(biceps_course(skeleton).points)
        groove = groove_line(sizes)[1]
        places.append(line[np.linalg.norm(line - groove, axis=1).argmin()])
    assert np.linalg.norm(places[0][:2] - places[1][:2]) < 1.5
