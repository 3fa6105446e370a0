"""The 3D picture shows each structure on the side of the body it lies on."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import Side, find_structure
from OrthoDiffusionLib.findings import Segmentation
from OrthoDiffusionLib.reports.surface import ANTEROLATERAL, POSTEROMEDIAL, Viewpoint, surface_picture, surface_points

SIZE = (300, 360)


def _centre_of(image, name):
    """Centre of the pixels whose hue is the structure's, in 0..1 of the picture."""
    pixels = np.asarray(image).astype(float)
    brightness = pixels.sum(axis=-1)
    colour = np.array(find_structure(name).colour, float)
    hue = pixels / np.maximum(brightness, 1)[..., None] - colour / colour.sum()
    rows, columns = np.nonzero((np.abs(hue).max(axis=-1) < 0.03) & (brightness > 120))
    assert len(rows) > 50, f"{name} is not in the picture"
    return columns.mean() / SIZE[0], rows.mean() / SIZE[1]


def _only(knee, *names):
    keep = [knee.structure(name).label for name in names]
    array = np.where(np.isin(knee.labels.array, keep), knee.labels.array, 0).astype(np.uint8)
    return Segmentation(knee.labels.with_array(array), knee.structures)


def test_seen_from_the_front_a_right_knees_fibula_and_lateral_meniscus_are_on_the_left(knee):
    front = surface_picture(knee, Viewpoint("front", 0.0, 1.0, 0.0), SIZE, side=Side.RIGHT)
    bones = surface_picture(_only(knee, "patella", "fibula"), Viewpoint("front", 0.0, 1.0, 0.0), SIZE, side=Side.RIGHT)
    assert _centre_of(bones, "fibula")[0] < 0.35
    assert _centre_of(front, "medial_meniscus")[0] > 0.5 > _centre_of(front, "lateral_meniscus")[0]
    assert _centre_of(front, "tibia")[1] > _centre_of(front, "patella")[1]  # superior is up


def test_lateral_follows_the_side(knee):
    lateral = Viewpoint("lateral", 1.0, 0.0, 0.0)
    two = _only(knee, "femur", "fibula", "patella")
    # From lateral, a right knee's front is to the right of the picture and a left knee's to the left.
    assert _centre_of(surface_picture(two, lateral, SIZE, side=Side.RIGHT), "patella")[0] > 0.6
    left = Segmentation(two.labels.mirrored(), two.structures)
    assert _centre_of(surface_picture(left, lateral, SIZE, side=Side.LEFT), "patella")[0] < 0.4


def test_what_stands_in_front_hides_what_stands_behind(knee):
    two = _only(knee, "femur", "patella")
    behind = np.asarray(surface_picture(two, Viewpoint("behind", 0.0, -1.0, 0.0), SIZE, side=Side.RIGHT))
    patella = np.array(find_structure("patella").colour) / sum(find_structure("patella").colour)
    hue = behind / np.maximum(behind.sum(axis=-1, dtype=float), 1)[..., None]
    assert (np.abs(hue - patella).max(axis=-1) < 0.004).mean() < 0.02


def test_a_ball_is_drawn_round_and_without_holes(knee):
    ball = _only(knee, "tibia")
    image = np.asarray(surface_picture(ball, ANTEROLATERAL, (300, 300), side=Side.RIGHT, background=(0, 0, 255)))
    solid = image[..., 2] < 200
    rows, columns = np.nonzero(solid)
    width, height = np.ptp(columns) + 1, np.ptp(rows) + 1
    assert width == pytest.approx(height, abs=4)
    assert solid.sum() == pytest.approx(np.pi / 4 * width * height, rel=0.02)


def test_points_lie_on_the_surface_and_their_normals_look_outwards(knee):
    points = surface_points(_only(knee, "tibia"))
    offset = points.ras - np.array((0, 0, -26.0))
    radius = np.linalg.norm(offset, axis=1)
    assert radius.mean() == pytest.approx(20.0, abs=0.35) and radius.std() < 0.25
    assert ((offset / radius[:, None]) * points.normals).sum(axis=1).min() > 0.95


def test_nothing_found_gives_an_empty_picture(knee):
    image = surface_picture(_only(knee), POSTEROMEDIAL, SIZE, background=(1, 2, 3))
    assert np.asarray(image).reshape(-1, 3).max(axis=0).tolist() == [1, 2, 3]
