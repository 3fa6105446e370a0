"""Parts and enlargements of feature maps that keep the channels of a voxel side by side, in gradients as well.

Torch's own gradient of an index or a slice is a map in another memory order; and where it adds a batch of one before
the channels, it no longer knows the order. Whatever adds to such a map or goes on from there copies it, or is several
times slower than it need be.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional


def of_batch(x: Tensor) -> Tensor:
    """(1, C, S, H, W) to (C, S, H, W)."""
    return x.permute(0, 2, 3, 4, 1).squeeze(0).permute(3, 0, 1, 2)


def as_batch(features: Tensor) -> Tensor:
    """(C, S, H, W) to (1, C, S, H, W)."""
    return features.permute(1, 2, 3, 0).unsqueeze(0).permute(0, 4, 1, 2, 3)


def part_of(features: Tensor, slices: slice, rows: slice, columns: slice) -> Tensor:
    """features[:, slices, rows, columns] of (C, S, H, W) features; themselves where that is all of them."""
    place = (slice(None), slices, rows, columns)
    wanted = [range(size)[part] for size, part in zip(features.shape[1:], place[1:], strict=True)]
    if wanted == [range(size) for size in features.shape[1:]]:
        return features
    if not features.requires_grad:
        return features[place]
    return _Part.apply(features, place)


def enlarged(x: Tensor, size: torch.Size) -> Tensor:
    """(B, C, S, H, W) repeated to another size, (S', H', W'), each voxel by its nearest."""
    if x.shape[2] != size[0] or x.device.type != "cpu":
        return functional.interpolate(x, size=size, mode="nearest")
    if len(x) > 1:
        return torch.cat([enlarged(view, size) for view in x.split(1)])
    # slice by slice, which takes half the time, and a third in the gradient
    slices = of_batch(x).transpose(0, 1)
    return as_batch(functional.interpolate(slices, size=size[1:], mode="nearest").transpose(0, 1))


def nearest(features: Tensor, stride: int, rows: range, columns: range) -> Tensor:
    """Features of a level that is `stride` times as coarse in plane, at rows and columns of the finer pixels.

    Args:
        features: (C, S, H, W).
        rows, columns: of the finer pixels, one or more, with the same step.

    Returns:
        (C, S, len(rows), len(columns)): features[:, :, rows // stride][..., columns // stride].
    """
    step, every = rows.step, slice(None)
    if step % stride == 0:
        wanted = (slice(r.start // stride, r[-1] // stride + 1, step // stride) for r in (rows, columns))
        return part_of(features, every, *wanted)
    if stride % step:
        index = (torch.tensor(r, device=features.device) // stride for r in (rows, columns))
        return features.index_select(2, next(index)).index_select(3, next(index))
    repeats, starts = stride // step, (rows.start // step, columns.start // step)
    ends = (starts[0] + len(rows), starts[1] + len(columns))
    held = (slice(a // repeats, -(-b // repeats)) for a, b in zip(starts, ends, strict=True))
    source = part_of(features, every, *held)
    size = torch.Size((source.shape[1], source.shape[2] * repeats, source.shape[3] * repeats))
    whole = of_batch(enlarged(as_batch(source), size))
    return part_of(whole, every, *(slice(a % repeats, a % repeats + b - a) for a, b in zip(starts, ends, strict=True)))


class _Part(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, features: Tensor, place: tuple[slice, ...]) -> Tensor:
        ctx.shape, ctx.place = features.shape, place
        return features[place]

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (gradient,) = gradients
        channels, *size = ctx.shape
        whole = gradient.new_zeros((*size, channels)).permute(3, 0, 1, 2)
        whole[ctx.place] = gradient
        return whole, None
