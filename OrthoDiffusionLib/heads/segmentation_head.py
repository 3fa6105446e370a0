"""SegmentationHead: which structure a point belongs to."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from OrthoDiffusionLib.encoders import DETAIL_RATIO, ByPlane, FeaturePyramid
from OrthoDiffusionLib.encoders.memory_order import as_batch, nearest, of_batch, part_of
from OrthoDiffusionLib.fusion import FusedGrid
from OrthoDiffusionLib.volumes import Plane


class PlaneReadout(nn.Module):
    """What one view alone says at its own pixels: the sum of a linear reading of each of its finer levels.

    The middle levels are read as well as the finest, so that in training they learn directly what they
    should see.

    Args:
        channels: of the levels that are read, finest first.
        strides: their strides on the view, (slice, row, column); slices must not be merged.
        outputs: logits a pixel.
    """

    def __init__(self, channels: Sequence[int], strides: Sequence[tuple[int, int, int]], outputs: int) -> None:
        super().__init__()
        if any(stride[0] != 1 for stride in strides):
            raise ValueError(f"the levels of a readout must keep every slice, got strides {tuple(strides)} instead")
        self.strides = tuple(stride[1] for stride in strides)
        self.read = nn.ModuleList(nn.Conv3d(c, outputs, 1, bias=level == 0) for level, c in enumerate(channels))

    def forward(
        self,
        pyramid: FeaturePyramid,
        *,
        step: int = 1,
        start: tuple[int, int] = (0, 0),
        coarser: Sequence[Tensor] | None = None,
    ) -> Tensor:
        """(outputs, S, H', W') logits at every `step`-th row and column from `start`.

        Args:
            coarser: what `of_coarser` says of the same pyramid, where that is known already.
        """
        finest = pyramid.levels[0].features
        rows, columns = range(start[0], finest.shape[2], step), range(start[1], finest.shape[3], step)
        coarser = self.of_coarser(pyramid) if coarser is None else coarser
        return self._read(finest, coarser, slice(0, finest.shape[1]), (rows, columns), start, 1)

    def of_detail(
        self,
        pyramid: FeaturePyramid,
        *,
        step: int = 1,
        start: tuple[int, int] = (0, 0),
        coarser: Sequence[Tensor] | None = None,
    ) -> Tensor:
        """(outputs, S', H', W') logits in the pyramid's detail window, at every `step`-th of its rows and columns."""
        window = pyramid.window
        _, slices, height, width = window.features.shape
        first = window.start
        rows = range(first[1] + start[0], first[1] + height, step)
        columns = range(first[2] + start[1], first[2] + width, step)
        held = slice(first[0], first[0] + slices)
        coarser = self.of_coarser(pyramid) if coarser is None else coarser
        return self._read(window.features, coarser, held, (rows, columns), start, DETAIL_RATIO)

    def of_coarser(self, pyramid: FeaturePyramid) -> list[Tensor]:
        """(outputs, S, H, W) each, the readings of the levels but the finest; who asks for both asks for these once."""
        levels = pyramid.levels[1 : len(self.read)]
        return [of_batch(read(as_batch(level.features))) for read, level in zip(self.read[1:], levels, strict=False)]

    def _read(
        self,
        finest: Tensor,
        coarser: Sequence[Tensor],
        slices: slice,
        pixels: tuple[range, range],
        start: tuple[int, int],
        finer: int,
    ) -> Tensor:
        """The readings of all levels at some pixels.

        Args:
            finest: features (C, S', H, W) of which every so-manyth row and column from `start` is read.
            coarser: the readings of the other levels.
            slices: those of the coarser levels that `finest` shows.
            pixels: rows and columns, counted from the view's first, in pixels of `finest`.
            finer: how many times as fine these are as the view's.
        """
        wanted = (slice(first, None, part.step) for first, part in zip(start, pixels, strict=True))
        total = of_batch(self.read[0](as_batch(part_of(finest, slice(None), *wanted))))
        for stride, logits in zip(self.strides[1:], coarser, strict=False):
            held = part_of(logits, slices, slice(None), slice(None))
            total = total + nearest(held, finer * stride, *pixels)
        return total


class SegmentationHead(nn.Module):
    """Logits per Structure: on the coarse grid, at fine points, and by each plane alone.

    The plane's own map serves training (each encoder learns at its own voxels what it should see) and
    finds the joint; the answer is the fused one.

    Args:
        tap_channels, tap_strides: of the encoders' levels, finest first.
        classes: structures and background; class 0 is background, class n the structure of label n.
    """

    def __init__(
        self,
        planes: tuple[Plane, ...],
        tap_channels: Sequence[int],
        tap_strides: Sequence[tuple[int, int, int]],
        *,
        width: int,
        classes: int,
    ) -> None:
        super().__init__()
        self.coarse = nn.Conv3d(width, classes, 1)
        self.hidden = nn.Linear(width, width)
        self.fine = nn.Linear(width, classes)
        self.by_plane = ByPlane({plane: PlaneReadout(tap_channels[:3], tap_strides[:3], classes) for plane in planes})

    @property
    def classes(self) -> int:
        """Structures and background."""
        return self.fine.out_features

    @torch.no_grad()
    def adjust(self, coarse: Tensor, fine: Tensor) -> None:
        """Add (K,) offsets to the logits on the coarse grid and at fine points, for good."""
        for bias, offsets in ((self.coarse.bias, coarse), (self.fine.bias, fine)):
            if bias is None:
                raise ValueError("the last layers must have offsets")
            bias += offsets.to(bias)

    def on_grid(self, grid: FusedGrid) -> Tensor:
        """(K, I, J, K') logits on the coarse grid."""
        return of_batch(self.coarse(as_batch(grid.features)))

    def at_points(self, fused: Tensor) -> Tensor:
        """Fused features (N, C) to logits (N, K)."""
        return self.fine(functional.silu(self.hidden(functional.silu(fused))))

    def of_plane(
        self,
        plane: Plane,
        pyramid: FeaturePyramid,
        *,
        step: int = 1,
        start: tuple[int, int] = (0, 0),
        coarser: Sequence[Tensor] | None = None,
    ) -> Tensor:
        """(K, S, H', W') what one view alone says, at every `step`-th row and column from `start`.

        Args:
            coarser: what `of_coarser` says of the same pyramid, where that is known already.
        """
        return self.by_plane.of(plane)(pyramid, step=step, start=start, coarser=coarser)

    def of_detail(
        self,
        plane: Plane,
        pyramid: FeaturePyramid,
        *,
        step: int = 1,
        start: tuple[int, int] = (0, 0),
        coarser: Sequence[Tensor] | None = None,
    ) -> Tensor:
        """As `of_plane`, in the view's detail window and at its resolution."""
        return self.by_plane.of(plane).of_detail(pyramid, step=step, start=start, coarser=coarser)

    def of_coarser(self, plane: Plane, pyramid: FeaturePyramid) -> list[Tensor]:
        """What the view's levels but the finest say; `of_plane` and `of_detail` both need it."""
        return self.by_plane.of(plane).of_coarser(pyramid)
