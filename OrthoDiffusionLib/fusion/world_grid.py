"""Points in RAS millimetres, and the views' features there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from OrthoDiffusionLib.volumes import Geometry


@dataclass(frozen=True)
class SeenPoints:
    """Where N points fall on a view's grid.

    Attributes:
        shape: (S, H, W) of the grid.
        index: (3, N) float32, in voxels of the grid.
        inside: (N,) bool: whether the view imaged the point.
    """

    shape: tuple[int, int, int]
    index: Tensor
    inside: Tensor

    @property
    def slice_distance(self) -> Tensor:
        """(N,) how far each point lies from the nearest slice centre, in slice steps, 0 to 0.5."""
        return (self.index[0] - self.index[0].round()).abs()

    def chosen(self, where: Tensor) -> SeenPoints:
        """Some of the points, by their numbers, (M,) int64."""
        return SeenPoints(self.shape, self.index.index_select(1, where), self.inside.index_select(0, where))


def grid_shape(features: Tensor) -> tuple[int, int, int]:
    """(S, H, W) of features (C, S, H, W)."""
    _, slices, rows, columns = features.shape
    return slices, rows, columns


def grid_points(geometry: Geometry) -> Tensor:
    """RAS places of a grid's voxel centres, (I * J * K, 3) float32, the last index running fastest."""
    axes = [torch.arange(length, dtype=torch.float64) for length in geometry.shape]
    ijk = torch.stack(torch.meshgrid(*axes, indexing="ij"), dim=-1).reshape(-1, 3)
    affine = torch.from_numpy(np.array(geometry.affine, dtype=np.float64))
    return by_axis((ijk @ affine[:3, :3].T + affine[:3, 3]).float())


def by_axis(points: Tensor) -> Tensor:
    """The same (N, 3) points with the values of an axis side by side in memory, which all here is faster with."""
    return points.T.contiguous().T


def inside_grid(shape: tuple[int, int, int], affine: np.ndarray, points: Tensor) -> Tensor:
    """(N,) bool: whether points, (N, 3) RAS mm, lie in the voxels of a grid, borders included."""
    return seen_points(shape, affine, points).inside


def seen_points(shape: tuple[int, int, int], affine: np.ndarray, points: Tensor) -> SeenPoints:
    """Where points, (N, 3) RAS mm, fall on a grid.

    Args:
        shape: (S, H, W) of the grid.
        affine: 4 x 4, index (s, h, w) to RAS mm.
        points: in float32.
    """
    inverse = torch.from_numpy(np.linalg.inv(np.asarray(affine, dtype=np.float64))).to(points)
    # The 8 bits of bfloat16, which autocast would take for the product, are half a pixel at the border of a view.
    with torch.autocast(points.device.type, enabled=False):
        index = torch.addmm(inverse[:3, 3, None], inverse[:3, :3], points.T)
    return SeenPoints(shape, index, _inside(index, shape))


def _inside(index: Tensor, shape: tuple[int, int, int]) -> Tensor:
    """(N,) bool for (3, N) indices; half a voxel beyond the outermost centres still belongs to the image."""
    low, high, *others = [
        test for axis, size in zip(index, shape, strict=True) for test in (axis >= -0.5, axis <= size - 0.5)
    ]
    inside = low & high
    for other in others:
        inside &= other
    return inside


class TrilinearSampler:
    """Where N points fall on one grid, worked out once and used for any features of that grid.

    Weighted sums of table rows (`embedding_bag`) do the interpolation: on a CPU that is several times
    faster than `grid_sample` in 3D, because the channels of a voxel lie side by side.

    Args:
        seen: the points, by `seen_points`.

    Attributes:
        rows: (N, 8) int32 rows of the table of voxels that a point lies between.
        weights: (N, 8) how much each counts; 0 outside.
    """

    def __init__(self, seen: SeenPoints) -> None:
        index, shape = seen.index, seen.shape
        first, shares = [], []
        for axis, size in zip(index, shape, strict=True):
            held = axis.clamp(0, size - 1)
            low = held.floor().clamp_max_(max(0, size - 2))
            first.append(low.int())
            upper = held.sub_(low)
            shares.append((1 - upper, upper))
        # a grid one voxel thick along an axis has no second corner there
        strides = (shape[1] * shape[2], shape[2], 1)
        steps = [
            torch.tensor([0, stride if size > 1 else 0], dtype=torch.int32, device=index.device)
            for stride, size in zip(strides, shape, strict=True)
        ]
        corners = (steps[0][:, None, None] + steps[1][:, None] + steps[2]).flatten()
        self.rows = (first[0] * strides[0] + first[1] * strides[1] + first[2])[:, None] + corners
        inside = seen.inside.to(index.dtype)
        pairs = [a * b for a in (shares[0][0] * inside, shares[0][1] * inside) for b in shares[1]]
        self.weights = torch.stack([pair * c for pair in pairs for c in shares[2]]).T.contiguous()
        self._table_size = shape[0] * shape[1] * shape[2]
        self._turned: tuple[Tensor, Tensor, Tensor] | None = None

    def __call__(self, features: Tensor) -> Tensor:
        """(C, S, H, W) to (N, C) float32; zeros outside."""
        table = features.permute(1, 2, 3, 0).reshape(-1, features.shape[0]).float()
        if table.requires_grad and table.device.type == "cpu":
            return _Sampled.apply(table, self)
        return functional.embedding_bag(self.rows, table, mode="sum", per_sample_weights=self.weights)

    def turned(self) -> tuple[Tensor, Tensor, Tensor]:
        """The same sums seen from the voxels: points, where each voxel's begin in them, and their weights.

        Returns:
            (8 N,) int32 points in the order of the voxels, (S * H * W,) int32 offsets into them, (8 N,) weights; on the
            CPU.
        """
        if self._turned is None:
            from scipy.sparse import csr_array

            rows, weights = self.rows.numpy(), self.weights.numpy()
            begins = np.arange(0, rows.size + 1, rows.shape[1], dtype=np.int32)
            # by columns a sparse matrix is sorted by counting, ten times as fast as torch sorts
            turned = csr_array((weights.ravel(), rows.ravel(), begins), (len(rows), self._table_size)).tocsc()
            points, offsets = torch.from_numpy(turned.indices), torch.from_numpy(turned.indptr[:-1])
            self._turned = (points, offsets, torch.from_numpy(turned.data))
        return self._turned


class _Sampled(torch.autograd.Function):
    """Torch's own gradient of `embedding_bag` sorts by comparing, each time anew; it takes ten times as long."""

    @staticmethod
    def forward(ctx: Any, table: Tensor, sampler: TrilinearSampler) -> Tensor:
        ctx.sampler = sampler
        return functional.embedding_bag(sampler.rows, table, mode="sum", per_sample_weights=sampler.weights)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        points, offsets, weights = ctx.sampler.turned()
        (gradient,) = gradients
        gradient = gradient.float().contiguous()
        return functional.embedding_bag(points, gradient, offsets, mode="sum", per_sample_weights=weights), None
