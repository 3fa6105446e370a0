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


def test_the_knees_planes_are_the_bodys():
    assert not KNEE.is_oblique
    straight = [stack(plane, Side.RIGHT, turned=20.0) for plane in Plane]
    study = Study.from_volumes(straight, joint=KNEE)
    assert {plane: volume.name for plane, volume in study.planes.items()} == {plane: plane.value for plane in Plane}
