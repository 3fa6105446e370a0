"""Two knees in one image: distinguished from one knee, and cut apart by their place in the patient."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.volumes import Geometry, Plane, Study, Volume, read_volume
from OrthoDiffusionLib.volumes.geometry import direction_vectors
from OrthoDiffusionLib.volumes.selection.two_joints import CODE, one_joint

FILES = {Plane.SAGITTAL: "S09_sag_fs", Plane.CORONAL: "S12_cor_fs", Plane.AXIAL: "S04_ax_fs"}
MARROW, MUSCLE, FAT = 60.0, 300.0, 200.0


@pytest.fixture(scope="module")
def exam() -> dict[Plane, Volume]:
    """The sample exam, a right knee, with pixels of 2.5 mm and axes along Right, Anterior, Superior."""
    volumes = {}
    for plane, name in FILES.items():
        volume = read_volume(resource_path("SampleData", "knee_exam", f"{name}.nii.gz")).reoriented("RAS")
        step = tuple(1 if n == plane.normal_axis else 5 for n in range(3))
        affine = volume.geometry.affine.copy()
        affine[:3, :3] *= step
        array = volume.array[tuple(slice(None, None, n) for n in step)]
        volumes[plane] = Volume(array, Geometry(array.shape, affine), plane.value, None, "MR")
    return volumes


def shows_two_joints(study: Study) -> bool:
    """Whether the one joint of a study whose side is not known cannot be told from another."""
    try:
        return one_joint(study) is not study
    except StudyError as error:
        assert error.code == CODE
        return True


def with_mirror_image(volume: Volume, gap_mm: float) -> Volume:
    """A right knee and, beside it on the patient's left, its mirror image."""
    gap = round(gap_mm / volume.geometry.spacing_mm[0])
    air = np.zeros((gap, *volume.array.shape[1:]), volume.array.dtype)
    array = np.concatenate([volume.array[::-1], air, volume.array])
    start = (-(len(volume.array) + gap), 0, 0)
    return replace(volume, array=array, geometry=volume.geometry.cropped(start, volume.array.shape))


def study_of(*volumes: Volume, side: Side | None = None) -> Study:
    return Study.from_volumes(volumes, side=side, joint="knee")


@pytest.fixture(scope="module")
def bilateral(exam) -> dict[Plane, Volume]:
    return {plane: with_mirror_image(volume, 40.0) for plane, volume in exam.items()}


def test_two_knees_are_refused_until_somebody_says_which(bilateral):
    with pytest.raises(StudyError) as refused:
        one_joint(study_of(*bilateral.values()))
    assert refused.value.code == "two_joints"
    assert refused.value.what == "The images show two knees"
    assert "(option --side, or the panel's side selector)" in refused.value.remedy and "sagittal" in refused.value.where


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("codes", ["RAS", "LPS", "PIL"])
def test_the_knee_asked_for_is_cut_out_by_its_place_whatever_the_tags_say(exam, bilateral, side, codes):
    wrong = side.opposite
    stored = [replace(volume.reoriented(codes), side=wrong) for volume in bilateral.values()]
    study = one_joint(study_of(*stored, side=side))
    assert [notice.code for notice in study.notices].count("two_joints") == 1
    (notice,) = (notice for notice in study.notices if notice.code == "two_joints")
    assert side.value in notice.what
    assert f"with the side {wrong.value} (option --side, or the panel's side selector)" in notice.remedy
    for plane, volume in study.planes.items():
        right = exam[plane].geometry
        middle = float((right.corners_ras[:, 0].min()) - 20.0)  # half-way in the gap of 40 mm
        x = volume.geometry.corners_ras[:, 0]
        assert (x.min() > middle - 3.0) if side is Side.RIGHT else (x.max() < middle + 3.0)
        # All of the knee is still there, and nothing but air is gone.
        assert np.count_nonzero(volume.array > 40) == pytest.approx(np.count_nonzero(exam[plane].array > 40), rel=2e-3)


def test_the_sample_exam_is_one_knee_and_stays_the_very_same_study(exam):
    study = study_of(*exam.values())
    assert one_joint(study) is study


def test_where_some_series_show_one_knee_that_of_the_other_side_is_left_out(exam, bilateral):
    volumes = [exam[Plane.SAGITTAL], bilateral[Plane.CORONAL], bilateral[Plane.AXIAL]]  # sagittal: the right knee
    right = one_joint(study_of(*volumes, side=Side.RIGHT))
    assert right.planes[Plane.SAGITTAL] is exam[Plane.SAGITTAL]
    left = one_joint(study_of(*volumes, side=Side.LEFT))
    assert Plane.SAGITTAL not in left.planes and set(left.planes) == {Plane.CORONAL, Plane.AXIAL}
    assert "right knee alone" in " ".join(notice.what for notice in left.notices)
    with pytest.raises(StudyError, match="two knees"):
        one_joint(study_of(*volumes))


# Legs made by hand: round in axial section, with dark bone in bright muscle, so that any gap, tilt and size can be had.


def leg(places: np.ndarray, x: float, radius: float, tilt: float = 0.0, suppressed: bool = True) -> np.ndarray:
    """Signal of an upright leg; `tilt` leans it in mm of x per mm of z. Narrower below the joint, as legs are."""
    across = places[..., 0] - x - tilt * places[..., 2]
    distance = np.hypot(across, places[..., 1])
    own = radius * (1.0 - 0.0015 * (60.0 - places[..., 2]))
    signal = np.where(distance < own, FAT if suppressed else 2.0 * FAT, 0.0)
    signal = np.where(distance < 0.9 * own, MUSCLE, signal)
    return np.where(distance < 0.55 * radius, MARROW if suppressed else 600.0, signal)


def picture(plane: Plane, width: float, legs, *, centre=(0.0, 0.0, 0.0), turn: float = 0.0, seed: int = 0) -> Volume:
    """A stack of one plane, `width` mm from left to right, of some legs (x, radius, tilt); noisy, perhaps turned."""
    step = [3.0, 3.0, 3.0]
    step[plane.normal_axis] = 4.0
    size = (width, 150.0 if plane is not Plane.CORONAL else 70.0, 140.0)
    angle = np.deg2rad(turn)
    turned = np.array([[np.cos(angle), 0, -np.sin(angle)], [0, 1, 0], [np.sin(angle), 0, np.cos(angle)]])
    geometry = Geometry.from_axes(
        tuple(int(mm / s) for mm, s in zip(size, step, strict=True)),
        spacing_mm=tuple(step),
        directions=turned @ direction_vectors("RAS"),
        centre_ras=centre,
    )
    places = geometry.to_ras(np.stack(np.meshgrid(*(np.arange(n) for n in geometry.shape), indexing="ij"), -1))
    signal = np.max([leg(places, *one) for one in legs], axis=0) if legs else np.zeros(geometry.shape)
    noise = np.random.default_rng(seed).normal(0.0, 12.0, (2, *geometry.shape))
    return Volume(np.hypot(signal + noise[0], noise[1]).astype(np.float32), geometry, plane.value, None, "MR")


PAIRS = [
    (radius, gap, plane)
    for radius in (36.0, 55.0, 75.0)  # a child's, an adult's, a heavy adult's
    for gap in (0.0, 10.0, 60.0, 140.0)
    for plane in Plane
    # Of heavy legs that touch, seen from the front alone, the gap is no darker than suppressed bone: the next test.
    if (radius, gap, plane) != (75.0, 0.0, Plane.CORONAL)
]


@pytest.mark.parametrize(("radius", "gap", "plane"), PAIRS)
def test_pairs_of_any_size_and_distance_are_recognised(radius, gap, plane):
    x = radius + gap / 2.0
    pair = picture(plane, 2.0 * (x + radius) + 10.0, [(x, radius), (-x, radius)])
    assert shows_two_joints(study_of(pair))


def test_a_series_whose_own_gap_cannot_be_seen_is_cut_where_another_one_shows_it():
    legs = [(75.0, 75.0), (-75.0, 75.0)]  # heavy legs that touch
    volumes = [picture(plane, 310.0, legs) for plane in (Plane.CORONAL, Plane.AXIAL)]
    assert not shows_two_joints(study_of(volumes[0]))
    for volume in one_joint(study_of(*volumes, side=Side.RIGHT)).volumes:
        assert volume.geometry.to_ras(np.argwhere(volume.array > 150.0))[:, 0].min() > -8.0


@pytest.mark.parametrize("turn", [-12.0, 9.0])
def test_of_a_pair_that_lies_aslant_nothing_of_the_other_leg_is_left(turn):
    slope = float(np.tan(np.deg2rad(turn)))
    pair = picture(Plane.CORONAL, 270.0, [(65.0, 50.0, slope), (-65.0, 50.0, slope)])
    right = one_joint(study_of(pair, side=Side.RIGHT)).planes[Plane.CORONAL]
    bright = right.geometry.to_ras(np.argwhere(right.array > 150.0))
    assert (bright[:, 0] - slope * bright[:, 2]).min() > 5.0  # the left leg ends at -15
    tilted_grid = picture(Plane.AXIAL, 300.0, [(65.0, 50.0), (-65.0, 50.0)], turn=turn)
    left = one_joint(study_of(tilted_grid, side=Side.LEFT)).planes[Plane.AXIAL]
    assert left.geometry.to_ras(np.argwhere(left.array > 150.0))[:, 0].max() < 5.0


@pytest.mark.parametrize("plane", Plane)
@pytest.mark.parametrize("radius", [36.0, 55.0, 75.0, 95.0])
def test_one_leg_of_any_size_is_one(plane, radius):
    assert not shows_two_joints(study_of(picture(plane, max(160.0, 2.0 * radius + 40.0), [(0.0, radius)])))


@pytest.mark.parametrize("plane", Plane)
@pytest.mark.parametrize("visible", [10.0, 25.0, 35.0])
def test_a_strip_of_the_other_leg_at_the_border_is_no_second_joint(plane, visible):
    border = -(55.0 + 15.0 + visible)  # a gap of 15 mm beside the leg, then the strip
    centre = ((80.0 + border) / 2.0, 0.0, 0.0)
    strip = picture(plane, 80.0 - border, [(0.0, 55.0), (-125.0, 55.0)], centre=centre)
    study = study_of(strip)
    assert one_joint(study) is study


def test_air_and_noise_alone_are_no_joints():
    assert not shows_two_joints(study_of(picture(Plane.AXIAL, 300.0, [])))


def test_two_ankles_are_refused_too_and_one_of_them_is_cut_out():
    """The real axial series of an ankle, and its mirror image beside it."""
    one = read_volume(resource_path("SampleData", "ankle_t1", "ankle_right_t1.nii.gz")).reoriented("RAS")
    one = replace(one, side=None, name="axial")
    both = with_mirror_image(one, 10.0)
    with pytest.raises(StudyError, match="The images show two ankles"):
        one_joint(Study.from_volumes([both], joint="ankle"))
    assert not shows_two_joints(Study.from_volumes([one], joint="ankle"))
    cut = one_joint(Study.from_volumes([both], side=Side.RIGHT, joint="ankle"))
    (volume,) = cut.volumes
    assert volume.geometry.centre_ras[0] == pytest.approx(one.geometry.centre_ras[0], abs=25)


# Shoulders made by hand, in axial section: a trunk with an arm on each side and a gap under each armpit.
TRUNK, ARM, ARMPIT = 110.0, 45.0, 12.0


def shoulders(plane: Plane, width: float, centre_x: float) -> Volume:
    """A stack of that width around a place, right-left; the trunk's middle lies at x = 0."""
    arm_x = TRUNK + ARMPIT + ARM
    bodies = [(0.0, TRUNK), (arm_x, ARM), (-arm_x, ARM)]
    return replace(picture(plane, width, bodies, centre=(centre_x, 0.0, 0.0)), description="shoulder")


@pytest.mark.parametrize("plane", [Plane.AXIAL, Plane.CORONAL])
def test_two_shoulders_in_one_picture_are_refused_and_one_of_them_is_cut_out(plane):
    both = shoulders(plane, 460.0, 0.0)
    right = one_joint(Study.from_volumes([both], side=Side.RIGHT, joint="shoulder"))
    (volume,) = right.volumes
    shown = volume.geometry.to_ras(np.argwhere(volume.array > 150.0))[:, 0]
    assert shown.min() > -8.0 and shown.max() > TRUNK + 1.5 * ARM
    (notice,) = [one for one in right.notices if one.code == CODE]
    assert "show two shoulders; only the right one" in notice.what
    left = one_joint(Study.from_volumes([both], side=Side.LEFT, joint="shoulder"))
    assert left.volumes[0].geometry.to_ras(np.argwhere(left.volumes[0].array > 150.0))[:, 0].max() < 8.0


@pytest.mark.parametrize("plane", [Plane.AXIAL, Plane.CORONAL])
@pytest.mark.parametrize("width", [160.0, 200.0, 300.0])
def test_the_gap_under_an_armpit_does_not_make_two_shoulders_of_one(plane, width):
    """An arm beside the chest looks like two legs; a large picture goes on to the breastbone."""
    one = shoulders(plane, width, 220.0 - width / 2.0)
    study = Study.from_volumes([one], side=Side.RIGHT, joint="shoulder")
    assert one_joint(study) is study
