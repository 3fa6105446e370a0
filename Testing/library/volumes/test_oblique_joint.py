"""A shoulder's coronal and sagittal slices stand 45° off the body's: they are two planes, on either side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import KNEE, SHOULDER, Side
from OrthoDiffusionLib.errors import Notice, StudyError
from OrthoDiffusionLib.reports.overlay import slice_picture
from OrthoDiffusionLib.views import ViewGrid, prepare_views
from OrthoDiffusionLib.volumes import Geometry, Plane, Study, Volume
from OrthoDiffusionLib.volumes.geometry import direction_vectors
from OrthoDiffusionLib.volumes.resampling import along_joint
from OrthoDiffusionLib.volumes.selection.belonging import shows_both_joints

# Where a right shoulder's slices grow to, RAS; a left one's is the mirror image. Degrees from the body's coronal plane.
NORMALS = {
    Plane.CORONAL: lambda degrees: (-np.sin(degrees), np.cos(degrees), 0.0),
    Plane.SAGITTAL: lambda degrees: (np.cos(degrees), np.sin(degrees), 0.0),
    Plane.AXIAL: lambda degrees: (0.0, 0.0, 1.0),
}


def stack(
    plane: Plane, side: Side, *, turned: float = 45.0, bright_ras=None, middle_mm: float = 160.0, name=None
) -> Volume:
    """Twelve slices of 4 mm, so far lateral; the pixel nearest to `bright_ras` is bright."""
    normal = np.array(NORMALS[plane](np.deg2rad(turned))) * ([-1, 1, 1] if side is Side.LEFT else [1, 1, 1])
    down = np.array((0.0, -1.0, 0.0) if plane is Plane.AXIAL else (0.0, 0.0, -1.0))
    across = np.cross(down, normal)
    middle = middle_mm if side is Side.RIGHT else -middle_mm
    geometry = Geometry.from_axes(
        (40, 40, 12), spacing_mm=(1.0, 1.0, 4.0), directions=np.stack([across, down, normal], axis=1),
        centre_ras=(middle, 0.0, 0.0),
    )  # fmt: skip
    array = np.random.default_rng(0).normal(100, 5, geometry.shape).astype(np.float32)
    if bright_ras is not None:
        array[tuple(np.rint(geometry.to_ijk(np.array(bright_ras))).astype(int))] = 5000.0
    return Volume(array, geometry, plane.value if name is None else name, None, "MR", "SHOULDER")


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("codes", ["LIP", "LSA", "PIL", "AIR", "LPS"])
def test_stacks_along_the_body_keep_their_plane_whatever_their_spacing(side, codes):
    """They stand just half-way between a shoulder's own planes; rounding decided, and some ended in an error."""
    plane = {"P": Plane.CORONAL, "A": Plane.CORONAL, "S": Plane.AXIAL}.get(codes[2], Plane.SAGITTAL)
    rng = np.random.default_rng(0)
    array = rng.normal(100, 5, (24, 24, 10)).astype(np.float32)
    for _ in range(40):
        pixel, step = rng.uniform(0.2, 0.9), rng.uniform(2.5, 5.0)
        geometry = Geometry.from_axes(
            array.shape, spacing_mm=(pixel, pixel, step), directions=direction_vectors(codes),
            centre_ras=rng.uniform(-90.0, 90.0, 3),
        )  # fmt: skip
        study = Study.from_volumes([Volume(array, geometry, "PD", side)], joint=SHOULDER)
        views = prepare_views(study, {each: ViewGrid(each) for each in Plane}, mirror=side is Side.LEFT)
        assert list(study.planes) == list(views) == [plane]
        assert len(views[plane].array) == 10


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("turned", [30.0, 45.0, 60.0])
def test_the_oblique_planes_are_told_apart_on_either_side(side, turned):
    volumes = [stack(plane, side, turned=turned) for plane in Plane]
    study = Study.from_volumes(volumes, side=side, joint=SHOULDER)
    assert {plane: volume.name for plane, volume in study.planes.items()} == {plane: plane.value for plane in Plane}


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(
    "settings",
    [
        {"middle_mm": 160.0},
        {"middle_mm": 0.0},
        {"middle_mm": 160.0, "name": "PD fs"},
        {"middle_mm": 90.0, "turned": 0.0},
    ],
    ids=["place and slices", "slices alone", "place alone", "place of straight slices"],
)
def test_a_side_that_nothing_names_is_shown_by_place_and_slices_and_said(side, settings):
    volumes = [stack(plane, side, **settings) for plane in Plane]
    study = Study.from_volumes(volumes, joint=SHOULDER)
    assert (study.side, study.side_source) == (side, "anatomy")
    (notice,) = [notice for notice in study.notices if notice.code == "side_from_slices"]
    assert f"show a {side.value} shoulder" in notice.what and "give the side if it is wrong" in notice.remedy
    assert {plane: study.planes[plane] for plane in Plane} == dict(zip(Plane, volumes, strict=True))


def test_a_side_that_is_named_needs_no_look_at_the_slices():
    volumes = [stack(plane, Side.LEFT, name=f"{plane.value} right") for plane in Plane]
    study = Study.from_volumes(volumes, joint=SHOULDER)
    assert (study.side, study.side_source) == (Side.RIGHT, "description")
    assert "side_from_slices" not in {notice.code for notice in study.notices}


def at_the_corner() -> Volume:
    """A file whose position was lost: its first voxel lies in the middle of the scanner."""
    volume = stack(Plane.AXIAL, Side.RIGHT)
    affine = volume.geometry.affine.copy()
    affine[:3, 3] = 0.0
    return replace(volume, geometry=Geometry(volume.geometry.shape, affine))


@pytest.mark.parametrize(
    "volumes",
    [
        [stack(plane, Side.RIGHT, middle_mm=0.0, name="PD fs") for plane in Plane],
        [stack(plane, Side.RIGHT, middle_mm=0.0, turned=5.0) for plane in Plane],
        [at_the_corner()],
        [stack(Plane.AXIAL, Side.RIGHT), stack(Plane.SAGITTAL, Side.LEFT)],
        [stack(plane, Side.RIGHT, middle_mm=-160.0) for plane in Plane],
        [replace(stack(plane, Side.RIGHT), notices=(Notice("no_orientation"),)) for plane in Plane],
    ],
    ids=["no words", "straight slices", "lost place", "both sides", "place against slices", "axes unknown"],
)
def test_without_a_side_they_are_not_guessed(volumes):
    with pytest.raises(StudyError, match="whether this is a right or a left shoulder") as caught:
        Study.from_volumes(volumes, joint=SHOULDER)
    assert (caught.value.code, caught.value.remedy) == (
        "side_unknown",
        "Give the side (option --side, or the panel's side selector).",
    )


@pytest.mark.parametrize("side", Side)
def test_a_wrong_side_is_named_where_it_explains_why_words_and_positions_disagree(side):
    volumes = [stack(plane, side) for plane in Plane]
    wrong = Study.from_volumes(volumes, side=side.opposite, joint=SHOULDER)
    said = [notice for notice in wrong.notices if notice.code == "plane_disagrees"]
    assert len(said) == 2 and all(f"if it is {side.value}, the slices are" in notice.remedy for notice in said)
    # Parallel to the body's planes they stand half-way between the joint's, and no side explains it.
    straight = [stack(Plane.SAGITTAL, side, turned=-4.0), stack(Plane.CORONAL, side, turned=-4.0)]
    notices = Study.from_volumes(straight, side=side, joint=SHOULDER).notices
    assert [notice.code for notice in notices] == ["plane_disagrees"] * 2
    assert not any("side" in notice.text for notice in notices)


def test_a_coronal_series_parallel_to_the_body_does_not_displace_the_sagittal_one():
    """It stands half-way between the joint's coronal and sagittal plane; its name says which it is."""
    straight = replace(stack(Plane.CORONAL, Side.RIGHT, turned=-4.0), name="COR T2 FS straight")
    sagittal = replace(stack(Plane.SAGITTAL, Side.RIGHT), name="SAG T1")
    coronal = replace(stack(Plane.CORONAL, Side.RIGHT), name="COR PD FS")
    study = Study.from_volumes([straight, coronal, sagittal], side=Side.RIGHT, joint=SHOULDER)
    assert study.planes == {Plane.SAGITTAL: sagittal, Plane.CORONAL: coronal}
    assert "named after another plane" in study.not_used["COR T2 FS straight"].text


@pytest.mark.parametrize("tagged", [True, False], ids=["tagged", "by place"])
def test_both_shoulders_of_a_person_are_two_studies_and_not_one_of_unknown_side(tagged):
    of_side = {
        side: [replace(stack(plane, side), side=side if tagged else None, name=f"{plane.value} {side.value}")
               for plane in Plane]
        for side in Side
    }  # fmt: skip
    volumes = [volume for side in Side for volume in of_side[side]]
    with pytest.raises(StudyError, match="shoulder") as caught:
        Study.from_volumes(volumes, joint=SHOULDER)
    assert caught.value.code == "several_studies" and shows_both_joints(caught.value)  # a batch analyses both
    for side in Side:
        study = Study.from_volumes(volumes, joint=SHOULDER, side=side)
        assert {plane: volume.name for plane, volume in study.planes.items()} == {
            plane: f"{plane.value} {side.value}" for plane in Plane
        }


def test_an_axial_series_that_is_turned_in_its_plane_is_of_the_shoulder_that_it_lies_at():
    """Its corners reach farther than its sides, so that it looks as broad as a picture of both."""
    volumes = []
    for side, x in ((Side.RIGHT, 160.0), (Side.LEFT, -160.0)):
        corner = np.sqrt(0.5)
        directions = np.array(((corner, corner, 0.0), (-corner, corner, 0.0), (0.0, 0.0, 1.0)))
        geometry = Geometry.from_axes((170, 170, 12), spacing_mm=(1, 1, 4), directions=directions, centre_ras=(x, 0, 0))
        axial = Volume(np.random.default_rng(0).normal(100, 5, geometry.shape), geometry, f"axial {side.value}")
        volumes += [replace(stack(Plane.CORONAL, side), name=f"coronal {side.value}"), axial]
    study = Study.from_volumes(volumes, joint=SHOULDER, side=Side.RIGHT)
    assert {volume.name for volume in study.volumes} == {"coronal right", "axial right"}


def test_both_shoulders_in_one_picture_are_said_before_the_side_is_asked_for():
    geometry = Geometry.from_axes((120, 40, 12), spacing_mm=(4, 4, 5), directions=np.eye(3), centre_ras=(0, 0, 0))
    x = np.abs(geometry.to_ras(np.argwhere(np.ones(geometry.shape)))[:, 0]).reshape(geometry.shape)
    both = Volume(np.where(x < 220, 300.0, 0.0) + np.random.default_rng(0).normal(5, 1, x.shape), geometry, "both")
    with pytest.raises(StudyError, match="two shoulders") as caught:
        Study.from_volumes([both], joint=SHOULDER)
    assert caught.value.code == "two_joints" and shows_both_joints(caught.value)


def test_a_side_is_taken_from_series_chosen_by_hand_and_from_no_other_exam_or_localizer():
    left = replace(stack(Plane.CORONAL, Side.LEFT), side=Side.LEFT)
    assert Study.from_volumes([], forced={Plane.CORONAL: left}, joint=SHOULDER).side is Side.LEFT
    localizer = replace(stack(Plane.AXIAL, Side.LEFT), side=Side.RIGHT, name="localizer")
    study = Study.from_volumes([left, localizer], joint=SHOULDER)
    assert study.side is Side.LEFT and study.planes == {Plane.CORONAL: left}


@pytest.mark.parametrize("side", Side)
def test_a_view_hangs_from_the_joint_and_keeps_its_places(side):
    out = 1.0 if side is Side.RIGHT else -1.0
    middle = np.array((160.0 * out, 0.0, 0.0))
    # 12 mm towards the front of the joint, which is front and medial in the body.
    front = np.array((-out * np.sqrt(0.5), np.sqrt(0.5), 0.0))
    place = middle + 12.0 * front
    study = Study.from_volumes([stack(Plane.SAGITTAL, side, bright_ras=place)], side=side, joint=SHOULDER)
    view = prepare_views(study, {Plane.SAGITTAL: ViewGrid(Plane.SAGITTAL, 1.0)}, mirror=side is Side.LEFT)[
        Plane.SAGITTAL
    ]
    found = np.unravel_index(int(np.argmax(view.array)), view.array.shape)
    mirrored = place * ([-1, 1, 1] if side is Side.LEFT else [1, 1, 1])
    assert np.linalg.norm(view.geometry.to_ras(np.array(found, float)) - mirrored) < 2.5
    # A sagittal view's columns grow to the back: what lies in front of the joint is in its first half.
    assert found[2] < view.array.shape[2] / 2 - 5


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("turned", [35.0, 55.0])
def test_views_and_pictures_are_of_the_slices_whichever_axis_of_the_body_is_nearer(side, turned):
    study = Study.from_volumes([stack(plane, side, turned=turned) for plane in Plane], side=side, joint=SHOULDER)
    views = prepare_views(study, {plane: ViewGrid(plane, 1.0) for plane in Plane}, mirror=side is Side.LEFT)
    for plane, view in views.items():
        normal = NORMALS[plane](np.deg2rad(turned))  # a left shoulder is seen as its mirror image
        assert abs(view.geometry.directions[:, 0] @ normal) == pytest.approx(1.0) and len(view.array) == 12
        picture = slice_picture(study.planes[plane], plane, (80, 80), axes=SHOULDER.axes_of(side))
        assert picture.count == 12 and picture.row_ras[2 if plane is not Plane.AXIAL else 1] == pytest.approx(-1.0)


def along_the_body(side: Side, *, degrees: float = 0.0, bright_ras=None) -> Volume:
    """A 3D volume of a shoulder, turned by some degrees from the body's axes; a block of 5 mm is bright."""
    turn = np.deg2rad(degrees)
    directions = np.array(((np.cos(turn), -np.sin(turn), 0.0), (np.sin(turn), np.cos(turn), 0.0), (0.0, 0.0, 1.0)))
    middle = 160.0 if side is Side.RIGHT else -160.0
    geometry = Geometry.from_axes((90, 90, 80), spacing_mm=(1, 1, 1), directions=directions, centre_ras=(middle, 0, 0))
    places = geometry.to_ras(np.argwhere(np.ones(geometry.shape)))
    inside = np.linalg.norm(places - geometry.centre_ras, axis=1).reshape(geometry.shape) < 38.0
    array = np.random.default_rng(0).normal(np.where(inside, 100.0, 5.0), 2.0).astype(np.float32)
    if bright_ras is not None:
        i, j, k = np.rint(geometry.to_ijk(np.array(bright_ras))).astype(int)
        array[i - 2 : i + 3, j - 2 : j + 3, k - 2 : k + 3] = 200.0
    return Volume(array, geometry, "space 3d", None, "MR", "SHOULDER")


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("degrees", [-4.0, 0.0, 4.0])
def test_a_3d_volume_along_the_body_is_cut_in_the_joints_planes(side, degrees):
    """Half-way between them, its own slices would be called coronal or sagittal by chance."""
    out = 1.0 if side is Side.RIGHT else -1.0
    place = np.array((160.0 * out, 0.0, 0.0)) + 15.0 * np.array((-out * np.sqrt(0.5), np.sqrt(0.5), 0.0))
    volume = along_the_body(side, degrees=degrees, bright_ras=place)
    study = Study.from_volumes([volume], side=side, joint=SHOULDER)
    grids = {plane: ViewGrid(plane, 1.0, slice_mm=2.0) for plane in Plane}
    views = prepare_views(study, grids, mirror=side is Side.LEFT)
    mirrored = place * ([-1, 1, 1] if side is Side.LEFT else [1, 1, 1])
    for plane, view in views.items():
        normal = NORMALS[plane](np.deg2rad(45.0))  # a left shoulder is seen as its mirror image
        assert abs(view.geometry.directions[:, 0] @ normal) == pytest.approx(1.0) and view.turned
        bright = np.argwhere(view.array > 0.5 * view.array.max()).mean(axis=0)
        assert np.linalg.norm(view.geometry.to_ras(bright) - mirrored) < 2.0  # slices are 2.7 mm apart
    # What was given stays as it was: labels go back to its grid.
    assert {id(one) for one in study.planes.values()} == {id(volume)}


def test_a_3d_volume_in_planes_of_its_own_and_that_of_a_joint_along_the_body_stay_as_they_are():
    volume = along_the_body(Side.RIGHT, degrees=25.0)
    assert along_joint(volume, SHOULDER.axes) is volume
    assert along_joint(along_the_body(Side.RIGHT), KNEE.axes_of(Side.RIGHT)).geometry.is_same_grid(
        along_the_body(Side.RIGHT).geometry
    )
    stacked = stack(Plane.CORONAL, Side.RIGHT, turned=0.0)
    assert along_joint(stacked, SHOULDER.axes) is stacked


def test_the_knees_planes_are_the_bodys():
    assert not KNEE.is_oblique
    straight = [stack(plane, Side.RIGHT, turned=20.0) for plane in Plane]
    study = Study.from_volumes(straight, joint=KNEE)
    assert {plane: volume.name for plane, volume in study.planes.items()} == {plane: plane.value for plane in Plane}
