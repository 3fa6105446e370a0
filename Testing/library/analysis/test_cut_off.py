"""What a field of view cuts off is said with where: a forefoot, a patella."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from handmade_shoulder import grid as shoulder_grid
from handmade_shoulder import segmentation as shoulder

from OrthoDiffusionLib.analysis.cut_off import cut_off, tendons_cut_by_a_view
from OrthoDiffusionLib.anatomy import ANKLE, KNEE, SHOULDER
from OrthoDiffusionLib.findings import Segmentation
from OrthoDiffusionLib.messages import language_of
from OrthoDiffusionLib.volumes import Geometry, Volume

# boxes in RAS mm, right, front and up from the middle of the joint: low and high corner
BOXES = {
    "tibia": ((-20, -20, 15), (20, 20, 45)),
    "talus": ((-15, -20, -8), (15, 25, 12)),
    "calcaneus": ((-15, -45, -40), (15, 10, -12)),
    "navicular": ((-15, 28, -15), (10, 40, 5)),
    "cuboid": ((0, 14, -40), (18, 40, -18)),
}


def ankle(front_mm: float = 50.0, codes: str = "RAS", left_out: tuple[str, ...] = ()) -> Segmentation:
    """An ankle of boxes in a field of view that ends so many mm in front of the tibia's middle."""
    low, high = (-32.0, -50.0, -45.0), (32.0, front_mm, 45.0)
    geometry = Geometry.from_box(low, high, 1.0)
    places = geometry.to_ras(np.indices(geometry.shape).reshape(3, -1).T).T.reshape(3, *geometry.shape)
    array = np.zeros(geometry.shape, np.uint8)
    for structure in ANKLE.structures:
        if structure.name in BOXES and structure.name not in left_out:
            (x, y, z), (to_x, to_y, to_z) = BOXES[structure.name]
            inside = (places[0] >= x) & (places[0] <= to_x) & (places[1] >= y) & (places[1] <= to_y)
            array[inside & (places[2] >= z) & (places[2] <= to_z)] = structure.label
    return Segmentation(Volume(array, geometry).reoriented(codes), ANKLE.structures)


def test_nothing_is_said_of_an_ankle_that_is_shown_in_full():
    assert cut_off(ankle(), ANKLE) == []


@pytest.mark.parametrize("codes", ["RAS", "LPI", "SRA"])
def test_a_foot_that_is_cut_off_in_front_is_said_so_however_the_grid_lies(codes):
    (notice,) = cut_off(ankle(35.0, codes), ANKLE)
    assert notice.code == "field_of_view_cut"
    assert notice.what == "The navicular and cuboid are cut off by the field of view: in front"
    assert "vorn" in notice.words(language_of("de")).what


def test_bones_that_the_field_of_view_leaves_out_are_named():
    cut, missing = cut_off(ankle(22.0, left_out=("navicular",)), ANKLE)
    assert "talus and cuboid are cut off" in cut.what
    assert "Not found" in missing.what and "navicular" in missing.what


def test_without_the_ankle_itself_other_notices_speak():
    assert cut_off(ankle(35.0, left_out=("tibia",)), ANKLE) == []


def test_what_was_not_imaged_inside_the_grid_cuts_off_as_well():
    whole = ankle()
    imaged = np.ones(whole.labels.array.shape, bool)
    imaged[:, -15:, :] = False  # 15 mm in front
    (notice,) = cut_off(Segmentation(whole.labels, whole.structures, imaged), ANKLE)
    assert notice.values["ends"] == ("end_front",)


VIEWS = {  # the sagittal one ends 40 mm above the joint, the coronal one goes on
    "sagittal": Geometry.from_box((-30, -50, -40), (30, 50, 40), (3.0, 0.6, 0.6)),
    "coronal": Geometry.from_box((-45, -50, -45), (45, 50, 60), (0.6, 3.0, 0.6)),
}


def achilles(top_mm: float, right_mm: float = 4.0) -> Segmentation:
    """A tendon of 8 mm x 8 mm from the heel up to a height, its right side at `right_mm`; all of the grid is imaged."""
    grid = Geometry.from_box((-44, -48, -44), (44, 48, 59), 1.0)
    x, y, z = (grid.origin_ras[axis] + np.arange(size) for axis, size in enumerate(grid.shape))
    inside = np.ix_((x >= right_mm - 8) & (x < right_mm), (y >= -44) & (y < -36), (z >= -20) & (z < top_mm))
    labels = np.zeros(grid.shape, np.uint8)
    labels[inside] = next(one.label for one in ANKLE.structures if one.name == "achilles_tendon")
    return Segmentation(Volume(labels, grid), ANKLE.structures)


@pytest.mark.parametrize(
    ("top_mm", "right_mm", "whole"),
    [
        (39.5, 4.0, False),  # it ends where the sagittal view ends, though the coronal one shows the place above
        (37.0, 4.0, False),  # an outline fades before the end
        (25.0, 4.0, True),  # torn, say, in the middle of both
        (52.0, 4.0, True),  # seen by the coronal view, and ends in it
        (25.0, 30.0, True),  # along the last slices of the sagittal view
    ],
)
def test_a_tendon_that_ends_where_a_view_of_it_ends_is_cut_off(top_mm, right_mm, whole):
    tendon = achilles(top_mm, right_mm)
    assert tendon.complete("achilles_tendon"), "all of the grid was imaged"
    cut = tendons_cut_by_a_view(tendon, VIEWS)
    assert replace(tendon, completeness=cut).complete("achilles_tendon") == whole


def test_a_femur_that_every_picture_cuts_off_is_no_news():
    assert "femur" not in KNEE.whole and "tibia" not in ANKLE.whole


def test_nothing_is_said_of_a_shoulder_whose_bones_every_picture_cuts_off():
    outlines = shoulder()
    assert not outlines.complete("humerus") and not outlines.complete("scapula")
    assert cut_off(outlines, SHOULDER) == []


def test_a_stack_that_ends_before_the_tuberosity_cuts_off_the_tendons_that_end_there():
    (notice,) = cut_off(shoulder(shoulder_grid(high=(30.0, 50.0, 62.0))), SHOULDER)
    assert "supraspinatus tendon, infraspinatus tendon" in notice.what and "on the right" in notice.what
    assert "Supraspinatussehne" in notice.words(language_of("de")).what


def test_a_stack_that_ends_before_the_glenoid_cuts_off_its_cartilage_and_lacks_its_labrum():
    cut, missing = cut_off(shoulder(shoulder_grid(low=(4.0, -50.0, -75.0))), SHOULDER)
    assert "glenohumeral cartilage" in cut.what and "on the left" in cut.what
    assert missing.what == "Not found, though a usual field of view of the shoulder shows it: glenoid labrum"
