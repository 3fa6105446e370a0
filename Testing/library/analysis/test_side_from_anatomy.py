"""A side is named only where the anatomy shows it, and one that was given is doubted where it shows the other."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.analysis.side_from_anatomy import Look, better_of, lateral_ml, shows_the_side
from OrthoDiffusionLib.analysis.study_inputs import read_study
from OrthoDiffusionLib.anatomy import KNEE, Side
from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.volumes import Geometry

GRID = Geometry.from_axes(
    (40, 20, 20), spacing_mm=(2.0, 2.0, 2.0), directions=np.eye(3), centre_ras=(0.0, 0.0, 0.0)
)  # fmt: skip
LABELS = {structure.name: structure.label for structure in KNEE.structures}


def knee_with_fibula_at(*columns: int) -> np.ndarray:
    """A tibia in the middle; a slab of 20 x 20 voxels (3.2 ml) of fibula at each of these columns."""
    array = np.zeros(GRID.shape, np.uint8)
    array[15:25] = LABELS["tibia"]
    array[list(columns)] = LABELS["fibula"]
    return array


def test_only_what_lies_lateral_counts():
    assert lateral_ml(knee_with_fibula_at(30, 31), GRID, KNEE) == pytest.approx(6.4)
    assert lateral_ml(knee_with_fibula_at(30, 5, 6, 7), GRID, KNEE) == pytest.approx(3.2)
    assert lateral_ml(knee_with_fibula_at(5), GRID, KNEE) == 0.0


def test_without_the_tibia_or_a_rule_nothing_is_lateral():
    array = knee_with_fibula_at(30)
    array[array == LABELS["tibia"]] = 0
    assert lateral_ml(array, GRID, KNEE) == 0.0
    assert lateral_ml(knee_with_fibula_at(30), GRID, replace(KNEE, side_rule=None)) == 0.0


def looks(right: float, left: float, *, confidence=(0.9, 0.9)) -> list[Look]:
    """What both ways of looking found, ml; confidence does not matter unless both are equal."""
    return [
        Look(side, {}, SimpleNamespace(confidence=sure), found)  # type: ignore[arg-type]
        for side, found, sure in zip((Side.RIGHT, Side.LEFT), (right, left), confidence, strict=True)
    ]


@pytest.mark.parametrize(("right", "left", "enough"), [(9.0, 2.0, True), (10.7, 4.8, False), (1.0, 0.0, False)])
def test_one_plane_decides_only_where_it_shows_much_more_one_way(right, left, enough):
    assert shows_the_side(looks(right, left)) is enough and shows_the_side(looks(left, right)) is enough


@pytest.mark.parametrize(
    ("right", "left", "side", "known"),
    [(7.0, 2.8, Side.RIGHT, True), (2.8, 7.0, Side.LEFT, True), (7.0, 4.0, Side.RIGHT, False),
     (0.1, 0.0, Side.RIGHT, False)],
)  # fmt: skip
def test_the_side_is_named_only_where_it_is_clear(right, left, side, known):
    best, is_known = better_of(looks(right, left, confidence=(0.9, 0.95)))
    assert (best.side, is_known) == (side, known)


def test_how_sure_the_networks_are_names_no_side():
    best, is_known = better_of(looks(0.0, 0.0, confidence=(0.90, 0.95)))
    assert best.side is Side.LEFT and not is_known


@pytest.fixture(scope="module")
def exam():
    return read_study([resource_path("SampleData", "knee_exam")])


@pytest.fixture(scope="module")
def analyzer():
    return Analyzer(device="cpu")


@pytest.mark.long
def test_the_sample_exam_is_a_right_knee_and_its_mirror_image_a_left_one(analyzer, exam):
    assert exam.side is None
    told = []
    right = analyzer.analyze(exam, progress=lambda step: told.append(step.message.text)).study
    mirrored = replace(exam, planes={plane: volume.mirrored() for plane, volume in exam.planes.items()})
    left = analyzer.analyze(mirrored).study
    assert (right.side, right.side_source) == (Side.RIGHT, "anatomy")
    assert (left.side, left.side_source) == (Side.LEFT, "anatomy")
    assert told[0] == "Finding out which side it is" and told.count("Preparing the views") == 1, "for the other planes"


@pytest.mark.long
def test_a_side_that_was_given_wrongly_is_noticed(analyzer, exam):
    notices = analyzer.analyze(exam.with_side(Side.LEFT, "user")).notices
    assert notices[0].code == "implausible_result"
    assert "as_other_side" in str(notices[0].as_dict())
