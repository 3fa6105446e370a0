"""Points of the fine outlines: drawn where there is more to learn, counted as often as they occur."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from OrthoDiffusionLib.lab.phantom.engine.view_parts import PartTables, WorldParts
from OrthoDiffusionLib.lab.training.engine.losses import segmentation_loss
from OrthoDiffusionLib.lab.training.samples.points import (
    Points,
    box_of,
    importance,
    points_of_view,
    points_of_world,
    window_of,
)
from OrthoDiffusionLib.volumes import Geometry

BONE, LIGAMENT = 1, 2
SMALL = np.isin(np.arange(256), [LIGAMENT])
GRID = Geometry.from_axes((40, 50, 60), spacing_mm=(1.4,) * 3, directions=np.eye(3), centre_ras=(0.0, 0.0, 0.0))


@pytest.fixture
def world():
    """Half bone, half background, and a thin ligament on the bone's surface."""
    labels = np.zeros(GRID.shape, np.uint8)
    labels[:20] = BONE
    labels[20:22, 10:40, 25:28] = LIGAMENT
    tables = PartTables(
        tissue=np.zeros(3, np.uint8), structure=np.arange(3, dtype=np.uint8), lesion=np.zeros(3, np.uint8),
        tissue_names=("muscle",), abnormality_names=(),
    )  # fmt: skip
    return WorldParts(labels, GRID, tables)


def shares(points: Points) -> tuple[np.ndarray, np.ndarray]:
    """How often each structure was drawn, and how often it counts."""
    drawn = np.bincount(points.labels, minlength=3) / len(points.labels)
    return drawn, np.bincount(points.labels, points.weights, minlength=3) / points.weights.sum()


def test_a_small_structure_is_drawn_often_and_counts_as_often_as_it_occurs(world):
    window = window_of(GRID, *box_of(GRID))
    points = Points.joined([points_of_world(world, window, SMALL, 300_000, np.random.default_rng(0))])
    occurs = np.bincount(world.labels.ravel(), minlength=3) / world.labels.size
    drawn, counts = shares(points)
    assert drawn[LIGAMENT] > 5 * occurs[LIGAMENT]
    assert counts == pytest.approx(occurs, rel=0.05)


def test_so_it_does_in_a_view_and_outside_of_the_box_nothing_is_drawn(world):
    low, high = GRID.to_ras(np.array([5.0, 0, 0])), GRID.to_ras(np.array([39.0, 49, 59]))
    points = points_of_view(world.labels, GRID, low, high, SMALL, 60000, np.random.default_rng(0))
    inside = world.labels[5:]
    drawn, counts = shares(points)
    assert drawn[LIGAMENT] > 5 * (inside == LIGAMENT).mean()
    assert counts == pytest.approx(np.bincount(inside.ravel(), minlength=3) / inside.size, rel=0.05)
    assert (points.places >= low - 1e-3).all() and (points.places <= high + 1e-3).all()


def test_labels_are_those_of_their_places(world):
    window = window_of(GRID, np.array([-20.0, -20, -20]), np.array([20.0, 20, 20]))
    points = points_of_world(world, window, SMALL, 500, np.random.default_rng(1))
    ijk = np.rint(GRID.to_ijk(points.places)).astype(int)
    assert np.array_equal(points.labels, world.labels[tuple(ijk.T)])
    assert np.abs(points.places).max() <= 20.0


def test_a_window_that_holds_nothing_gives_no_points(world):
    nowhere = window_of(GRID, np.array([500.0, 0, 0]), np.array([510.0, 10, 10]))
    assert len(Points.joined([points_of_world(world, nowhere, SMALL, 50, np.random.default_rng(0))]).labels) == 0


def test_importance_is_one_over_the_density_of_the_draws():
    member = np.array([[True, True], [False, True]])
    assert importance(member, (0.75, 0.25), (10, 100)) == pytest.approx([1 / 0.0775, 1 / 0.0025])


def test_the_loss_of_weighted_points_is_that_of_all_places():
    """Drawn in any way, the loss has the minimum that all places together have."""
    random = np.random.default_rng(3)
    truth = random.choice(3, size=200_000, p=[0.6, 0.35, 0.05]).astype(np.uint8)
    logits = torch.from_numpy(random.normal(size=(3, len(truth))).astype(np.float32))
    all_of_them = segmentation_loss(logits, torch.from_numpy(truth))
    rare = np.flatnonzero(truth == LIGAMENT)
    chosen = np.concatenate([rare[random.integers(len(rare), size=30_000)], random.integers(len(truth), size=30_000)])
    member = np.stack([truth[chosen] == LIGAMENT, np.ones(len(chosen), bool)], axis=1)
    weights = importance(member, (0.5, 0.5), (len(rare), len(truth))).astype(np.float32)
    weights /= weights.mean()
    part, labels = logits[:, chosen], torch.from_numpy(truth[chosen])
    weighted = segmentation_loss(part, labels, weights=torch.from_numpy(weights))
    assert weighted.item() == pytest.approx(all_of_them.item(), rel=0.01)
    assert segmentation_loss(part, labels).item() != pytest.approx(all_of_them.item(), rel=0.02)
