"""Views keep tissue in its place in RAS, hung as radiologists hang them."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.views import ViewGrid, preparation, prepare_view, prepare_views
from OrthoDiffusionLib.volumes import Geometry, Plane, Study, Volume, read_inputs
from OrthoDiffusionLib.volumes.geometry import direction_vectors
from OrthoDiffusionLib.volumes.plane import plane_across, slice_axis

STORED_AS = {Plane.SAGITTAL: ["PIR", "ASL", "LPI", "RIP"], Plane.CORONAL: ["LIP", "RSA", "ILA"],
             Plane.AXIAL: ["LPS", "RAI", "ASL"]}  # fmt: skip
CASES = [(plane, codes, tilt) for plane, stored in STORED_AS.items() for codes in stored for tilt in (0, 17)]


def ball(codes, spacing, shape, *, tilt=0.0, centre=(30.0, -8.0, 5.0), at=(33.0, 2.0, -6.0), radius=9.0):
    """A bright ball in a dim box, at a known place in RAS."""
    angle = np.deg2rad(tilt)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    geometry = Geometry.from_axes(
        shape, spacing_mm=spacing, directions=turn @ direction_vectors(codes), centre_ras=centre
    )
    ijk = np.stack(np.meshgrid(*[np.arange(n) for n in shape], indexing="ij"), axis=-1)
    distance = np.linalg.norm(geometry.to_ras(ijk) - at, axis=-1)
    return Volume((100.0 + 900.0 * (distance < radius)).astype(np.float32), geometry, name="ball")


def rotation(axis: int, degrees: float) -> np.ndarray:
    one, two = (n for n in range(3) if n != axis)
    matrix, angle = np.eye(3), np.deg2rad(degrees)
    matrix[[one, one, two, two], [one, two, one, two]] = np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)
    return matrix


def centre_of_ball(view):
    bright = np.argwhere(view.array > view.array.max() / 2)
    return view.geometry.to_ras(bright.mean(axis=0))


def stack(plane, codes, tilt=0.0, **more):
    """A 2D stack of 3 mm steps whose slice axis may be stored first, second or last."""
    normal = plane.hanging[0]
    pair = {"L": "LR", "R": "LR", "A": "AP", "P": "AP", "S": "SI", "I": "SI"}[normal]
    thick = next(axis for axis, letter in enumerate(codes) if letter in pair)
    spacing = [0.5] * 3
    spacing[thick] = 3.0
    shape = [150] * 3
    shape[thick] = 22
    return ball(codes, tuple(spacing), tuple(shape), tilt=tilt, **more)


@pytest.mark.parametrize(("plane", "codes", "tilt"), CASES)
def test_a_stack_keeps_its_slices_and_its_places_however_it_is_stored(plane, codes, tilt):
    volume = stack(plane, codes, tilt)
    view = prepare_view(volume, ViewGrid(plane))
    assert view.geometry.axis_codes == plane.hanging
    assert view.array.shape[0] == 22
    np.testing.assert_allclose(view.geometry.spacing_mm, (3.0, 0.8, 0.8))
    np.testing.assert_allclose(centre_of_ball(view), (33.0, 2.0, -6.0), atol=0.7)
    # Slices of a 2D stack stay exactly where they were acquired.
    hung = volume.reoriented(plane.hanging).geometry
    offset = view.geometry.to_ijk(hung.to_ras((5, 10, 10)))[0]
    assert offset == pytest.approx(5.0, abs=1e-6)
    np.testing.assert_allclose(view.geometry.directions, hung.directions, atol=1e-9)
    assert not view.reformatted and not view.cropped


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("degrees", [45, -45, 135])
@pytest.mark.parametrize("plane", list(Plane))
@pytest.mark.parametrize("about", range(3))
def test_slices_that_are_turned_by_45_degrees_are_viewed_as_the_plane_that_was_chosen(plane, about, degrees, mirror):
    """Turned in their plane, as for a bent knee, or half-way to another plane."""
    straight = stack(plane, STORED_AS[plane][0])
    turn = np.round(rotation(about, degrees), 6)
    geometry = Geometry.from_axes(
        straight.geometry.shape,
        spacing_mm=straight.geometry.spacing_mm,
        directions=turn @ straight.geometry.directions,
        centre_ras=(30.0, -8.0, 5.0),
    )
    ijk = np.stack(np.meshgrid(*[np.arange(n) for n in geometry.shape], indexing="ij"), axis=-1)
    distance = np.linalg.norm(geometry.to_ras(ijk) - (33.0, 2.0, -6.0), axis=-1)
    volume = Volume((100.0 + 900.0 * (distance < 9.0)).astype(np.float32), geometry)
    chosen = plane_across(geometry, slice_axis(geometry))
    view = prepare_view(volume, ViewGrid(chosen), mirror=mirror)
    assert view.array.shape[0] == 22 and not view.reformatted
    x, y, z = centre_of_ball(view)
    np.testing.assert_allclose((-x if mirror else x, y, z), (33.0, 2.0, -6.0), atol=0.7)


@pytest.mark.parametrize("plane", list(Plane))
@pytest.mark.parametrize("tilt", [0, 12])
def test_one_thin_volume_serves_all_planes(plane, tilt):
    volume = ball("PIR", (0.6, 0.6, 1.5), (120, 120, 50), tilt=tilt)
    view = prepare_view(volume, ViewGrid(plane, slice_mm=3.0))
    assert view.reformatted
    np.testing.assert_allclose(view.geometry.spacing_mm, (3.0, 0.8, 0.8))
    np.testing.assert_allclose(centre_of_ball(view), (33.0, 2.0, -6.0), atol=0.8)
    extent = volume.reoriented(plane.hanging).geometry.extent_mm
    assert (np.abs(view.geometry.extent_mm - extent) < (3.0, 0.8, 0.8)).all()


def test_a_slab_is_the_mean_of_the_slices_it_covers():
    rng = np.random.default_rng(0)
    array = rng.normal(size=(40, 40, 60)).astype(np.float32)
    geometry = Geometry.from_axes(
        array.shape, spacing_mm=(0.8, 0.8, 1.0), directions=direction_vectors("PIL"), origin_ras=(0, 0, 0)
    )
    view = prepare_view(Volume(array, geometry), ViewGrid(Plane.SAGITTAL, slice_mm=3.0))
    means = array.reshape(40, 40, 20, 3).mean(axis=-1).transpose(2, 1, 0)
    inside = np.abs(view.array) < 1.4  # not clamped
    slope, offset = np.polyfit(means[inside], view.array[inside], 1)
    np.testing.assert_allclose(view.array[inside], slope * means[inside] + offset, atol=1e-3)


@pytest.mark.parametrize("plane", list(Plane))
def test_a_mirrored_left_knee_gives_the_views_of_its_mirror_image(plane):
    codes = STORED_AS[plane][0]
    left = stack(plane, codes, 9.0, centre=(-30.0, -8.0, 5.0), at=(-33.0, 2.0, -6.0))
    view = prepare_view(left, ViewGrid(plane), mirror=True)
    assert view.mirrored and view.geometry.axis_codes == plane.hanging
    np.testing.assert_allclose(centre_of_ball(view), (33.0, 2.0, -6.0), atol=0.7)
    # Seen in the patient again, it is on the left where it was.
    back = view.geometry.mirrored()
    bright = np.argwhere(view.array > view.array.max() / 2).mean(axis=0)
    np.testing.assert_allclose(back.to_ras(bright), (-33.0, 2.0, -6.0), atol=0.7)
    twin = prepare_view(Volume(left.array, left.geometry.mirrored()), ViewGrid(plane))
    np.testing.assert_array_equal(view.array, twin.array)


def test_fine_stripes_are_averaged_and_not_aliased():
    stripes = np.zeros((200, 200, 10), np.float32)
    stripes[::2] = 1.0  # a period of 0.8 mm, far beyond what a pixel of 1.6 mm can show
    stripes[:, :, 5:] += 3.0
    geometry = Geometry.from_axes(
        stripes.shape, spacing_mm=(0.4, 0.4, 3.0), directions=direction_vectors("PIL"), origin_ras=(0, 0, 0)
    )
    view = prepare_view(Volume(stripes, geometry), ViewGrid(Plane.SAGITTAL, in_plane_mm=1.6))
    assert np.ptp(view.array[2, 5:-5, 5:-5]) < 0.02


def test_a_large_field_of_view_is_cropped_around_the_body_and_says_so():
    volume = stack(Plane.SAGITTAL, "PIR", centre=(30.0, 20.0, 5.0), at=(33.0, -8.0, 30.0))
    view = prepare_view(volume, ViewGrid(Plane.SAGITTAL, max_size=60))
    assert view.cropped
    assert view.array.shape == (22, 60, 60)
    np.testing.assert_allclose(centre_of_ball(view), (33.0, -8.0, 30.0), atol=0.8)


def test_too_many_slices_are_averaged_to_fewer_over_the_same_extent():
    volume = ball("PIR", (0.8, 0.8, 2.5), (100, 100, 60))
    view = prepare_view(volume, ViewGrid(Plane.SAGITTAL, max_slices=40))
    assert view.array.shape[0] == 40
    assert view.geometry.extent_mm[0] == pytest.approx(150.0)
    assert view.reformatted
    np.testing.assert_allclose(centre_of_ball(view), (33.0, 2.0, -6.0), atol=0.9)


def test_only_planes_that_are_there_and_wanted_are_prepared(make_study):
    study = make_study()
    grids = {plane: ViewGrid(plane) for plane in (Plane.AXIAL, Plane.SAGITTAL)}
    assert list(prepare_views(study, grids)) == [Plane.SAGITTAL, Plane.AXIAL]
    only_coronal = Study(study.joint, {Plane.CORONAL: study.planes[Plane.CORONAL]}, Side.RIGHT, "user")
    with pytest.raises(StudyError, match="Add a volume in one of the planes axial, sagittal"):
        prepare_views(only_coronal, grids)


@pytest.fixture
def make_study():
    def make():
        return Study.from_volumes([stack(plane, STORED_AS[plane][0]) for plane in Plane], joint="knee")

    return make


def test_the_real_exam_is_hung_with_the_patella_in_front():
    volumes, _ = read_inputs([resource_path("SampleData", "knee_exam")])
    views = prepare_views(Study.from_volumes(volumes, joint="knee"), {plane: ViewGrid(plane) for plane in Plane})
    assert [view.array.shape for view in views.values()] == [(33, 200, 200), (32, 200, 180), (38, 200, 200)]
    axial = views[Plane.AXIAL].array
    # The back of a knee is broad, the patella in front of it narrow: fewer body pixels in front rows.
    body = axial[15:25] > -0.6
    rows = np.flatnonzero(body.any(axis=(0, 2)))
    width = body.sum(axis=2).mean(axis=0)
    front, back = width[rows[0] : rows[0] + 40].mean(), width[rows[-1] - 60 : rows[-1] - 20].mean()
    assert front < back


def test_a_view_grid_reads_what_it_wrote_and_refuses_nonsense():
    grid = ViewGrid(Plane.CORONAL, in_plane_mm=0.7)
    assert ViewGrid.from_dict(grid.as_dict()) == grid
    with pytest.raises(ValueError, match="no colour"):
        ViewGrid.from_dict({**grid.as_dict(), "colour": 1})
    with pytest.raises(ValueError, match="in_plane_mm must be a positive"):
        ViewGrid(Plane.AXIAL, in_plane_mm=0.0)
    with pytest.raises(ValueError, match="max_size must be 1 or more"):
        ViewGrid(Plane.AXIAL, max_size=0)


@pytest.mark.parametrize(("spacing", "new_spacing"), [(0.5, 0.6), (0.3, 0.6), (1.1, 0.6), (0.6, 0.6)])
def test_pixels_computed_in_blocks_are_those_of_the_whole_matrix(spacing, new_spacing):
    array = np.random.default_rng(0).random((3, 70, 90), dtype=np.float32)
    rows = preparation._linear_matrix(70, spacing, round(70 * spacing / new_spacing), new_spacing)
    columns = preparation._linear_matrix(90, spacing, round(90 * spacing / new_spacing), new_spacing)
    found = preparation._columns_taken(columns, preparation._rows_taken(rows, array))
    assert found == pytest.approx(np.matmul(np.matmul(rows, array), columns.T), abs=1e-6)
