"""Islands go, holes close, and medial stays medial."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import KNEE_STRUCTURES, Side
from OrthoDiffusionLib.findings import Segmentation, postprocess
from OrthoDiffusionLib.volumes import Geometry, Volume


def _with(segmentation: Segmentation, change) -> Segmentation:
    array = segmentation.labels.array.copy()
    change(array)
    return Segmentation(segmentation.labels.with_array(array), segmentation.structures)


def _processed(segmentation: Segmentation, side: Side | None = Side.RIGHT):
    labels, notices = postprocess(segmentation.labels, KNEE_STRUCTURES, side=side)
    return Segmentation(labels, KNEE_STRUCTURES), notices


def test_a_sound_knee_stays_nearly_as_it_was(right_knee):
    result, notices = _processed(right_knee)
    assert notices == ()
    changed = np.count_nonzero(result.labels.array != right_knee.labels.array)
    assert changed < 0.002 * np.count_nonzero(right_knee.labels.array)


def test_an_island_of_femur_in_the_muscle_goes_and_a_hole_in_the_femur_closes(right_knee):
    i, j, k = np.rint(right_knee.labels.geometry.to_ijk(right_knee.centroid_ras("femur"))).astype(int)

    def damage(array):
        array[2:8, 2:8, 2:8] = 1
        array[i - 3 : i + 3, j - 3 : j + 3, k - 3 : k + 3] = 0
        array[i, j, k] = 2  # a speck of tibia inside it

    result, _ = _processed(_with(right_knee, damage))
    assert not (result.labels.array[:10, :10, :10] == 1).any()
    assert (result.labels.array[i - 3 : i + 3, j - 3 : j + 3, k - 3 : k + 3] == 1).all()


def test_a_ligament_in_two_large_pieces_keeps_both_and_loses_its_crumbs(right_knee):
    def tear(array):
        array[:20, :60, :20] = 0
        array[2:12, 2:12, 2:12] = 10
        array[2:12, 20:30, 2:12] = 10
        array[2:4, 40:42, 2:4] = 10

    result, _ = _processed(_with(right_knee, tear))
    assert np.count_nonzero(result.mask("anterior_cruciate_ligament")) == 2000


def test_a_piece_of_medial_cartilage_on_the_lateral_side_becomes_lateral(right_knee):
    at = right_knee.labels.geometry.to_ijk(right_knee.centroid_ras("lateral_tibial_cartilage"))
    i, j, k = np.rint(at).astype(int)

    def confuse(array):
        part = array[i - 4 : i + 4, j - 4 : j + 4, k - 6 : k + 6]
        part[part == 6] = 5

    damaged = _with(right_knee, confuse)
    assert damaged.volume_ml("lateral_tibial_cartilage") < right_knee.volume_ml("lateral_tibial_cartilage")
    result, notices = _processed(damaged)
    assert [notice.code for notice in notices] == ["medial_lateral_pieces"]
    assert "Medial tibial cartilage" in notices[0].what
    assert result.volume_ml("lateral_tibial_cartilage") == pytest.approx(
        right_knee.volume_ml("lateral_tibial_cartilage"), rel=0.01
    )


def test_a_right_knee_called_left_is_noticed_and_not_relabelled(right_knee):
    result, notices = _processed(right_knee, Side.LEFT)
    assert [notice.code for notice in notices] == ["medial_lateral_exchanged"]
    assert "Check the side" in notices[0].remedy
    assert result.centroid_ras("medial_meniscus") == pytest.approx(right_knee.centroid_ras("medial_meniscus"), abs=0.2)


def test_the_same_knee_mirrored_and_called_left_is_sound(right_knee):
    mirrored = Segmentation(right_knee.labels.mirrored(), KNEE_STRUCTURES)
    _, notices = _processed(mirrored, Side.LEFT)
    assert notices == ()


def test_nothing_at_all_stays_nothing(right_knee):
    empty, notices = _processed(_with(right_knee, lambda array: array.fill(0)))
    assert not empty.labels.array.any() and notices == ()


def test_a_ragged_bone_becomes_what_scipy_makes_of_its_largest_piece():
    from scipy import ndimage

    noise = ndimage.gaussian_filter(np.random.default_rng(0).normal(size=(30, 26, 28)), 0.8)
    bone = noise > 0.02
    grid = Geometry.from_box((0, 0, 0), np.array(bone.shape) * 1.0, 1.0)
    result, _ = postprocess(Volume(bone.astype(np.uint8), grid), KNEE_STRUCTURES, side=Side.RIGHT)
    pieces, count = ndimage.label(bone)
    largest = pieces == 1 + np.argmax(ndimage.sum_labels(bone, pieces, range(1, count + 1)))
    filled = ndimage.binary_fill_holes(largest)
    assert count > 1 and filled.sum() > largest.sum()
    assert (result.array == filled).all()


def test_what_is_drawn_inside_a_bone_becomes_bone_and_its_other_pieces_stay(right_knee):
    i, j, k = np.rint(right_knee.labels.geometry.to_ijk(right_knee.centroid_ras("femur"))).astype(int)
    before = right_knee.volume_ml("lateral_meniscus")

    def damage(array):
        array[i - 2 : i + 2, j - 2 : j + 2, k - 2 : k + 2] = 9  # a speck of lateral meniscus

    result, _ = _processed(_with(right_knee, damage))
    assert (result.labels.array[i - 2 : i + 2, j - 2 : j + 2, k - 2 : k + 2] == 1).all()
    assert result.volume_ml("lateral_meniscus") == pytest.approx(before, rel=0.01)
