"""What lowers confidence is noticed, and a good study is left in peace."""

from __future__ import annotations

import re

import numpy as np
import pytest

from OrthoDiffusionLib.lab.phantom.imaging.artefacts import display_window
from OrthoDiffusionLib.messages.english import quality as english_quality
from OrthoDiffusionLib.messages.english import selection as english_selection
from OrthoDiffusionLib.messages.german import quality as german_quality
from OrthoDiffusionLib.messages.german import selection as german_selection
from OrthoDiffusionLib.volumes import Plane, Study, check_study


@pytest.fixture
def knee_sized(make_volume):
    def make(codes, **fields):
        shape = fields.pop("shape", (128, 128, 24))
        volume = make_volume(codes, shape=shape, spacing=fields.pop("spacing", (1.0, 1.0, 4.0)), **fields)
        noise = np.random.default_rng(0).normal(0, 20, shape).astype(np.float32)
        return volume.with_array(volume.array + noise)

    return make


def codes_of(*volumes):
    return [notice.code for notice in check_study(Study.from_volumes(volumes, joint="knee"))]


def all_planes(knee_sized, **sagittal):
    return [knee_sized("PIR", name="sag", **sagittal), knee_sized("LIP", name="cor"), knee_sized("LPS", name="ax")]


def test_a_full_study_raises_no_notice(knee_sized):
    assert codes_of(*all_planes(knee_sized)) == []


@pytest.mark.parametrize(
    ("step", "thickness", "words"),
    [(6.0, None, "6.0 mm apart"), (7.5, 3.0, "7.5 mm apart"), (5.84, 5.84, "5.8 mm apart"), (3.0, 6.0, "6.0 mm thick"),
     (5.0, 4.5, None), (5.5, 5.0, None), (1.0, 6.0, None)],
)  # fmt: skip
def test_thick_slices_say_what_cannot_be_seen_on_them(knee_sized, step, thickness, words):
    volume = knee_sized("PIR", name="sag", spacing=(1.0, 1.0, step), shape=(128, 128, 60), thickness_mm=thickness)
    found = [
        notice for notice in check_study(Study.from_volumes([volume], joint="knee")) if notice.code == "thick_slices"
    ]
    assert len(found) == (words is not None)
    if words:
        assert words in found[0].what and "ligaments, tendons and small tears" in found[0].what
        assert found[0].where == "sag"


@pytest.mark.parametrize(
    "sentences",
    [english_selection.SELECTION, english_quality.QUALITY, german_selection.SELECTION, german_quality.QUALITY],
)
def test_what_is_said_of_images_names_no_part_of_one_joint_alone(sentences):
    """The same sentences stand in the reports of all joints."""
    only = re.compile(r"menis[ck]|knee|knie|patell|femor|cruciate|kreuzband|malleol|talus|humer|supraspin", re.I)
    said = {key: f"{sentence.what} {sentence.remedy}" for key, sentence in sentences.items()}
    assert {key for key, words in said.items() if only.search(words)} == set()


def test_missing_planes_are_named_and_what_that_means(knee_sized):
    full = all_planes(knee_sized)
    assert codes_of(full[0]) == ["single_plane"]
    assert codes_of(full[0], full[1]) == ["missing_plane"]
    (notice,) = check_study(Study.from_volumes(full[:1], joint="knee"))
    assert "Only the sagittal plane is available; coronal and axial are missing" in notice.what
    assert "less certain" in notice.remedy


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"shape": (128, 128, 10)}, "short_stack"),
        ({"shape": (60, 128, 24)}, "small_field_of_view"),
        ({"spacing": (1.4, 1.4, 4.0)}, "coarse_pixels"),
        ({"body_part": "HEAD"}, "other_body_part"),
        ({"centre": (900.0, 0.0, 0.0)}, "views_apart"),
    ],
)
def test_each_shortcoming_has_its_notice(knee_sized, change, code):
    assert code in codes_of(*all_planes(knee_sized, **change))


@pytest.mark.parametrize(("voxel", "is_coarse"), [(0.7, False), (1.6, True)])
def test_a_3d_volume_of_large_voxels_is_noticed_too(knee_sized, voxel, is_coarse):
    quick = knee_sized("PIR", name="VIBE", shape=(128, 128, 100), spacing=(voxel,) * 3)
    assert ("coarse_pixels" in codes_of(quick)) is is_coarse


def test_few_slices_of_a_forced_volume_are_noticed(knee_sized):
    scout = knee_sized("PIR", name="scout", shape=(128, 128, 5), spacing=(1, 1, 9))
    study = Study.from_volumes([scout], forced={Plane.SAGITTAL: scout}, joint="knee")
    assert "few_slices" in [notice.code for notice in check_study(study)]


@pytest.mark.parametrize("part", ["KNEE", "LKNEE", "Knie re", "LOWER EXTREMITY", "", None])
def test_body_parts_that_may_be_a_knee_are_fine(knee_sized, part):
    assert codes_of(*all_planes(knee_sized, body_part=part, modality="MR")) == []


def test_empty_slices_and_a_cut_off_top_are_counted(knee_sized):
    full = all_planes(knee_sized)
    array = full[0].array.copy()
    array[..., :3] = 0
    array = np.minimum(array, np.percentile(array, 90))
    study = Study.from_volumes([full[0].with_array(array), *full[1:]], joint="knee")
    notices = {notice.code: notice for notice in check_study(study)}
    assert "3 of 24 slices are empty" in notices["empty_slices"].what
    assert "saturated" in notices
    array[..., 1:3] = full[0].array[..., 1:3]
    one = Study.from_volumes([full[0].with_array(array), *full[1:]], joint="knee")
    (notice,) = [notice for notice in check_study(one) if notice.code == "empty_slices"]
    assert notice.what == "1 of 24 slices is empty"


def test_a_display_s_window_is_no_clipping_and_what_cuts_bright_areas_off_is(knee_sized):
    """The window of the digital joints, which is that of an export from a display, at its narrowest and its widest."""
    full = all_planes(knee_sized)
    rng = np.random.default_rng(0)
    signal = np.where(rng.random(full[0].array.shape) < 0.4, 0.02, 1.0) * rng.gamma(3.0, 0.2, full[0].array.shape)
    signal = np.moveaxis(signal.astype(np.float32), -1, 0)

    def codes(image):
        stored = np.moveaxis(np.round(255 * image).astype(np.int16), 0, -1)
        study = Study.from_volumes([full[0].with_array(stored), *full[1:]], joint="knee")
        return [notice.code for notice in check_study(study)]

    for percentile in (98.9, 99.95):
        levels = float(signal.min()), float(np.percentile(signal, percentile))
        assert "saturated" not in codes(display_window(signal, levels, gamma=1.0, windowed=True))
    levels = float(signal.min()), float(np.percentile(signal, 97.0))
    assert "saturated" in codes(display_window(signal, levels, gamma=1.0, windowed=True))
    # Few grey values alone clip nothing: the one below the highest has as many voxels.
    assert "saturated" not in codes(np.round(rng.random(signal.shape) * 25) / 255)


def test_numbers_like_those_of_ct_are_noticed_without_any_tag(knee_sized):
    full = all_planes(knee_sized)
    rng = np.random.default_rng(0)
    ct = np.where(rng.random(full[0].array.shape) < 0.4, -1000, rng.integers(-100, 100, full[0].array.shape))
    ct[40:60, 40:60] = 900
    computed = full[0].with_array(ct.astype(np.int16))
    assert "not_mr" in codes_of(computed)
    beside = Study.from_volumes([computed, *full[1:]], joint="knee")
    assert Plane.SAGITTAL not in beside.planes
    assert [(notice.code, notice.where) for notice in beside.notices] == [("not_mr", "sag")]


def test_a_volume_that_is_marked_as_something_else_is_used_only_where_there_is_no_mr(knee_sized):
    marked = all_planes(knee_sized, modality="CT")
    assert "not_mr" in codes_of(marked[0])
    study = Study.from_volumes(marked, joint="knee")
    assert Plane.SAGITTAL not in study.planes
    assert "The volume is marked CT; it is not used beside MR images" in [notice.what for notice in study.notices]
