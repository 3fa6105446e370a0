"""Dice and surface distances against known answers in millimetres."""

import numpy as np
import pytest

from OrthoDiffusionLib.lab.evaluation.scores.segmentation_scores import WORST_DISTANCE_MM, score_labels


def cube(shift: tuple[int, int, int] = (0, 0, 0), label: int = 1) -> np.ndarray:
    """A cube of ten voxels a side in a grid of thirty."""
    labels = np.zeros((30, 30, 30), dtype=np.uint8)
    labels[tuple(slice(8 + s, 18 + s) for s in shift)] = label
    return labels


def test_a_perfect_outline_has_dice_one_and_no_distance():
    score = score_labels(cube(), cube(), {"patella": 1}, (0.7, 0.7, 0.7))["patella"]
    assert (score.presence, score.dice, score.nsd_1mm, score.hd95_mm, score.assd_mm) == ("both", 1, 1, 0, 0)
    assert score.volume_error_percent == 0
    assert score.truth_ml == pytest.approx(0.343)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_cube_shifted_by_three_millimetres_has_the_distances_counted_by_hand(axis):
    shift = tuple(2 if i == axis else 0 for i in range(3))
    score = score_labels(cube(shift), cube(), {"patella": 1}, (1.5, 1.5, 1.5))["patella"]
    assert score.dice == pytest.approx(0.8)
    assert score.hd95_mm == pytest.approx(3.0)
    # Of the 488 surface voxels of each cube 136 lie 3 mm, 64 lie 1.5 mm and 288 lie on the other surface.
    assert score.assd_mm == pytest.approx((136 * 3.0 + 64 * 1.5) / 488)
    assert score.nsd_1mm == pytest.approx(288 / 488)
    assert score.nsd_2mm == pytest.approx(352 / 488)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_distances_follow_the_spacing_of_the_axis_along_which_the_shift_goes(axis):
    shift = tuple(1 if i == axis else 0 for i in range(3))
    spacing = tuple(3.3 if i == axis else 0.5 for i in range(3))
    score = score_labels(cube(shift), cube(), {"patella": 1}, spacing)["patella"]
    assert score.hd95_mm == pytest.approx(3.3, abs=1e-4)
    assert score.dice == pytest.approx(0.9)


def test_a_shift_by_exactly_the_tolerance_is_within_it():
    score = score_labels(cube((1, 0, 0)), cube(), {"patella": 1}, (1.0, 1.0, 1.0))["patella"]
    assert score.nsd_1mm == 1.0


def test_a_missed_structure_and_an_invented_one_score_worst_and_an_absent_one_not_at_all():
    predicted, truth = cube(label=2), cube(label=1)
    labels = {"medial_meniscus": 1, "lateral_meniscus": 2, "patella": 3}
    scores = score_labels(predicted, truth, labels, (1.0, 1.0, 1.0))
    for name, presence in (("medial_meniscus", "missed"), ("lateral_meniscus", "false")):
        score = scores[name]
        assert score.presence == presence
        assert (score.dice, score.nsd_1mm, score.nsd_2mm) == (0, 0, 0)
        assert score.hd95_mm == score.assd_mm == WORST_DISTANCE_MM
    assert scores["medial_meniscus"].volume_error_percent == -100
    assert scores["patella"].presence == "absent"
    assert scores["patella"].dice is None and scores["patella"].hd95_mm is None


def test_a_structure_at_the_edge_of_the_grid_has_its_surface_there():
    truth = np.zeros((20, 20, 20), dtype=np.uint8)
    truth[:10] = 1
    predicted = np.zeros_like(truth)
    predicted[2:12] = 1
    score = score_labels(predicted, truth, {"femur": 1}, (1.0, 1.0, 1.0))["femur"]
    assert score.hd95_mm == pytest.approx(2.0)


def test_an_outline_twice_too_large_has_a_volume_error_of_a_hundred_per_cent():
    predicted = cube()
    predicted[18:28, 8:18, 8:18] = 1
    score = score_labels(predicted, cube(), {"femur": 1}, (1.0, 1.0, 1.0))["femur"]
    assert score.volume_error_percent == pytest.approx(100.0)
    assert score.dice == pytest.approx(2 / 3)


def test_voxels_that_nobody_imaged_do_not_count():
    predicted, truth = cube(), cube()
    predicted[20:, 20:, 20:] = 1
    counted = np.ones(truth.shape, dtype=bool)
    counted[20:] = False
    assert score_labels(predicted, truth, {"femur": 1}, (1, 1, 1))["femur"].dice < 0.7
    assert score_labels(predicted, truth, {"femur": 1}, (1, 1, 1), counted=counted)["femur"].dice == 1.0


def test_the_numbers_are_those_of_monai():
    import torch
    from monai.metrics import (
        compute_average_surface_distance,
        compute_hausdorff_distance,
        compute_surface_dice,
    )

    i, j, k = np.indices((36, 30, 28))
    truth = (((i - 17) / 11) ** 2 + ((j - 14) / 9) ** 2 + ((k - 13) / 7) ** 2 < 1).astype(np.uint8)
    predicted = (((i - 18) / 12) ** 2 + ((j - 13) / 8) ** 2 + ((k - 14) / 8) ** 2 < 1).astype(np.uint8)
    spacing = (0.6, 1.1, 2.0)
    ours = score_labels(predicted, truth, {"patella": 1}, spacing)["patella"]
    a, b = (torch.from_numpy(m)[None, None] for m in (predicted, truth))
    hd95 = compute_hausdorff_distance(a, b, include_background=True, percentile=95, spacing=spacing)
    assd = compute_average_surface_distance(a, b, include_background=True, symmetric=True, spacing=spacing)
    nsd = compute_surface_dice(a, b, [1.0], include_background=True, spacing=spacing)
    assert ours.hd95_mm == pytest.approx(float(hd95), abs=1e-4)
    assert ours.assd_mm == pytest.approx(float(assd), abs=1e-4)
    assert ours.nsd_1mm == pytest.approx(float(nsd), abs=1e-6)


@pytest.mark.parametrize(
    ("predicted", "truth", "spacing", "message"),
    [
        (
            np.zeros((3, 3, 3), np.uint8),
            np.zeros((3, 3, 4), np.uint8),
            (1, 1, 1),
            "one shape are needed, got",
        ),
        (np.zeros((3, 3), np.uint8), np.zeros((3, 3), np.uint8), (1, 1, 1), "3D label maps"),
        (np.zeros((3, 3, 3)), np.zeros((3, 3, 3)), (1, 1, 1), "whole numbers, got float64"),
        (np.zeros((3, 3, 3), np.uint8), np.zeros((3, 3, 3), np.uint8), (1, 1, 0), "three positive numbers"),
        (np.full((3, 3, 3), -1, np.int8), np.zeros((3, 3, 3), np.uint8), (1, 1, 1), "0 or more"),
    ],
)
def test_maps_that_cannot_be_compared_are_refused_with_the_reason(predicted, truth, spacing, message):
    with pytest.raises(ValueError, match=message):
        score_labels(predicted, truth, {"femur": 1}, spacing)
