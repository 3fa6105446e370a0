"""Views meet at the same millimetre, however they were cut."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from OrthoDiffusionLib.encoders import FeatureLevel, FeaturePyramid
from OrthoDiffusionLib.fusion import CrossViewFusion, TrilinearSampler, grid_points
from OrthoDiffusionLib.fusion.world_grid import seen_points
from OrthoDiffusionLib.precision import autocast
from OrthoDiffusionLib.volumes import Geometry, Plane

TAPS = (8, 8, 16)


def oblique(hanging_columns, shape, spacing, *, left_handed=False):
    angle = np.deg2rad(17.0)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    directions = turn @ np.array(hanging_columns, float).T
    if left_handed:
        directions[:, 2] *= -1
    return Geometry.from_axes(shape, spacing_mm=spacing, directions=directions, centre_ras=(4.0, -7.0, 11.0))


@pytest.mark.parametrize("left_handed", [False, True])
def test_a_field_that_is_linear_in_millimetres_is_sampled_exactly(left_handed):
    grid = oblique([[-1, 0, 0], [0, 0, -1], [0, -1, 0]], (12, 40, 36), (3.3, 0.8, 0.8), left_handed=left_handed)
    places = grid_points(grid)
    field = (places @ torch.tensor([0.3, -0.2, 0.5]) + 2.0).reshape(1, *grid.shape)
    points = torch.tensor([[4.0, -7.0, 11.0], [9.3, -1.2, 15.5], [-3.1, -12.9, 3.3]])
    found = TrilinearSampler(seen_points(grid.shape, grid.affine, points))(field)[:, 0]
    assert found.tolist() == pytest.approx((points @ torch.tensor([0.3, -0.2, 0.5]) + 2.0).tolist(), abs=1e-4)


def test_networks_in_half_precision_look_at_the_places_that_were_asked():
    """Eight bits for a place would be half a pixel at the border of a view."""
    grid = oblique([[-1, 0, 0], [0, 0, -1], [0, -1, 0]], (30, 260, 260), (3.3, 0.6, 0.6))
    points = torch.from_numpy(grid.to_ras(np.random.default_rng(0).uniform(0, grid.shape, (500, 3)))).float()
    exact = seen_points(grid.shape, grid.affine, points).index
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = seen_points(grid.shape, grid.affine, points).index
    assert torch.equal(found, exact)
    assert exact.T.numpy() == pytest.approx(grid.to_ijk(points.double().numpy()), abs=1e-3)


def test_outside_of_a_view_nothing_is_said():
    grid = oblique([[-1, 0, 0], [0, 0, -1], [0, -1, 0]], (12, 40, 36), (3.3, 0.8, 0.8))
    far = torch.tensor([[200.0, 0.0, 0.0]])
    assert not seen_points(grid.shape, grid.affine, far).inside.any()
    assert TrilinearSampler(seen_points(grid.shape, grid.affine, far))(torch.ones(3, *grid.shape)).abs().sum() == 0


def test_distance_to_the_next_slice_is_half_a_step_between_slices():
    grid = Geometry.from_axes((5, 9, 9), spacing_mm=(4.0, 1.0, 1.0), directions=np.eye(3), centre_ras=(0, 0, 0))
    seen = seen_points(grid.shape, grid.affine, torch.tensor([[0.0, 0, 0], [2.0, 0, 0]]))
    assert seen.slice_distance.tolist() == pytest.approx([0.0, 0.5])


def pyramids(seed=0):
    generator = torch.Generator().manual_seed(seed)
    result = {}
    for plane, columns in zip(
        Plane,
        (
            [[-1, 0, 0], [0, 0, -1], [0, -1, 0]],
            [[0, -1, 0], [0, 0, -1], [-1, 0, 0]],
            [[0, 0, 1], [0, -1, 0], [-1, 0, 0]],
        ),
        strict=True,
    ):
        levels = []
        for channels, factor in zip(TAPS, (1, 2, 4), strict=True):
            grid = oblique(columns, (10, 32 // factor, 32 // factor), (3.0, 1.0 * factor, 1.0 * factor))
            levels.append(FeatureLevel(torch.randn(channels, *grid.shape, generator=generator), grid.affine))
        result[plane] = FeaturePyramid(tuple(levels))
    return result


@pytest.fixture
def fusion():
    torch.manual_seed(0)
    return CrossViewFusion(tuple(Plane), TAPS, width=8).eval()


BOX = Geometry.from_axes((9, 8, 7), spacing_mm=(2.1,) * 3, directions=np.eye(3), centre_ras=(4.0, -7.0, 11.0))


@torch.inference_mode()
def test_the_order_of_the_views_does_not_matter(fusion):
    views = pyramids()
    backwards = dict(reversed(views.items()))
    assert torch.allclose(fusion.on_grid(views, BOX).features, fusion.on_grid(backwards, BOX).features, atol=1e-5)


@torch.inference_mode()
@pytest.mark.parametrize("planes", [(Plane.SAGITTAL,), (Plane.CORONAL, Plane.AXIAL), tuple(Plane)])
def test_any_subset_of_views_gives_shares_that_sum_to_one_where_something_was_imaged(fusion, planes):
    grid = fusion.on_grid({plane: pyramids()[plane] for plane in planes}, BOX)
    total = grid.gates.sum(dim=0).reshape(BOX.shape)
    assert torch.allclose(total, grid.imaged.float(), atol=1e-5)
    assert grid.imaged.any() and torch.isfinite(grid.features).all()


@torch.inference_mode()
def test_a_view_that_did_not_image_a_point_has_no_share_in_it(fusion):
    views = pyramids()
    far = views[Plane.AXIAL].levels
    moved = []
    for level in far:
        affine = level.affine.copy()
        affine[:3, 3] += 500.0
        moved.append(FeatureLevel(level.features, affine))
    with_far = fusion.on_grid({**views, Plane.AXIAL: FeaturePyramid(tuple(moved))}, BOX)
    without = fusion.on_grid({plane: views[plane] for plane in (Plane.SAGITTAL, Plane.CORONAL)}, BOX)
    assert torch.allclose(with_far.features, without.features, atol=1e-5)


@torch.inference_mode()
def test_asking_point_by_point_or_all_at_once_gives_the_same(fusion):
    views = pyramids()
    grid = fusion.on_grid(views, BOX)
    points = torch.tensor([[4.0, -7.0, 11.0], [6.5, -5.5, 12.0], [1.0, -8.0, 9.0]])
    together = fusion.at_points(views, grid, points)
    apart = torch.cat([fusion.at_points(views, grid, point[None]) for point in points])
    assert torch.allclose(together, apart, atol=1e-5)


@torch.inference_mode()
def test_where_a_view_was_only_padded_it_imaged_nothing(fusion):
    views = pyramids()
    level = views[Plane.SAGITTAL].levels[1]
    padded = torch.cat([level.features, level.features], dim=2)  # twice as many rows as the finest level has
    finest, _, coarser = views[Plane.SAGITTAL].levels
    sagittal = FeaturePyramid((finest, FeatureLevel(padded, level.affine), coarser))
    below = Geometry.from_axes((3, 3, 3), spacing_mm=(2.1,) * 3, directions=np.eye(3), centre_ras=(4.0, -7.0, -13.0))
    assert not fusion.on_grid({Plane.SAGITTAL: sagittal}, below).imaged.any()


@pytest.mark.parametrize("size", [(2, 9, 9), (3, 8, 8), (4, 4, 4), (6, 5, 5)])
def test_a_small_neighbourhood_teaches_what_it_teaches_in_full_precision(size):
    """torch 2.13 gives wrong bfloat16 gradients where a grid is two voxels deep."""
    torch.manual_seed(0)
    fusion = CrossViewFusion(tuple(Plane), TAPS, width=8)
    features = torch.randn(1, 8, *size)

    def gradients(precision):
        fusion.zero_grad()
        with autocast("cpu", precision):
            loss = fusion.neighbourhood(features).float().square().mean()
        loss.backward()
        return {name: p.grad.clone() for name, p in fusion.named_parameters() if p.ndim == 5 and p.grad is not None}

    exact = gradients("float32")
    for name, value in gradients("bfloat16").items():
        assert (value - exact[name]).norm() < 0.15 * exact[name].norm() + 1e-4, name


@pytest.mark.parametrize("shape", [(3, 8, 9), (1, 5, 6), (4, 150, 160)])  # the last has more voxels than 16 bits count
def test_the_gradient_of_sampling_reaches_the_voxels_that_were_sampled(shape):
    chance = torch.Generator().manual_seed(0)
    affine = np.diag([2.0, 0.8, 0.8, 1.0])
    reach = torch.tensor([2.0, 0.8, 0.8]) * torch.tensor(shape)
    points = (1.2 * torch.rand(500, 3, generator=chance) - 0.1) * reach
    sampler = TrilinearSampler(seen_points(shape, affine, points))
    features, other = (torch.randn(4, *shape, generator=chance) for _ in range(2))
    wanted = torch.randn(500, 4, generator=chance)
    (sampler(features.requires_grad_()) * wanted).sum().backward()
    # sampling is linear, so that its gradient answers for any features
    assert (features.grad * other).sum().item() == pytest.approx((sampler(other) * wanted).sum().item(), rel=1e-4)
