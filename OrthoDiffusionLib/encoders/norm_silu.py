"""Group normalisation and SiLU as one step, whose gradient is as cheap as it should be."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


def norm_silu(x: Tensor, norm: nn.GroupNorm, scale: Tensor | None = None, shift: Tensor | None = None) -> Tensor:
    """silu(norm(x) (1 + scale) + shift).

    Scale and shift become part of the norm's own weights, a channel each, so that they cost nothing.

    Args:
        x: (B, C, S, H, W).
        norm: whose groups and weights are used; it must have weights.
        scale, shift: (B, C) each, or None for neither.

    Returns:
        (B, C, S, H, W), number format and memory order of `x`.
    """
    if scale is None or shift is None:
        if x.device.type != "cpu":
            return functional.silu(norm(x))
        return _of_views(x, norm.num_groups, norm.weight, norm.bias, norm.eps)
    else:
        weight = norm.weight * (1 + scale.float())
        bias = norm.bias * (1 + scale.float()) + shift.float()
    return _of_views(x, norm.num_groups, weight, bias, norm.eps)


def norm_silu_parts(first: Tensor, second: Tensor, norm: nn.GroupNorm) -> tuple[Tensor, Tensor]:
    """The two parts of norm_silu(cat([first, second], dim=1), norm), which may be of unlike sizes.

    A map that would only be enlarged before it has the same mean and variance as it is.

    Args:
        first, second: (B, C, S, H, W); none of the norm's groups may have channels of both.
    """
    each = norm.num_channels // norm.num_groups
    if first.shape[1] % each or second.shape[1] % each:
        raise ValueError(f"each part must have a multiple of {each} channels, a group's")
    start, found = 0, []
    for part in (first, second):
        stop = start + part.shape[1]
        weight, bias = norm.weight[start:stop], norm.bias[start:stop]
        found.append(_of_views(part, part.shape[1] // each, weight, bias, norm.eps))
        start = stop
    return found[0], found[1]


def _of_views(x: Tensor, groups: int, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    """Of (B, C, S, H, W), with (C,) weights, or (B, C) ones."""
    weight, bias = (value.expand(len(x), -1) for value in (weight, bias))
    views = [
        _norm_silu(view, groups, w, b, eps)
        for view, w, b in zip(x.split(1), weight.unbind(), bias.unbind(), strict=True)
    ]
    return views[0] if len(views) == 1 else torch.cat(views)


def _norm_silu(x: Tensor, groups: int, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    """Of one view, with (C,) weights."""
    if torch.is_grad_enabled() and x.device.type == "cpu":
        return _NormSilu.apply(x, groups, weight, bias, eps)
    weight, bias = (value.float() for value in (weight, bias))
    return functional.silu(functional.group_norm(x, groups, weight, bias, eps), inplace=not x.requires_grad)


class _NormSilu(torch.autograd.Function):
    """On a CPU, of one view.

    Torch 2.13's own gradient of a group norm takes twenty times as long as the norm where the channels of a voxel lie
    side by side (measured: 24 ms beside 0.9 ms for 32 x 24 x 48 x 48 bfloat16 values); that of a batch norm does not.
    With the statistics of its groups given as known, a batch norm's gradient has all sums that a group norm's needs.
    What lies between norm and SiLU is worked out again, which is cheaper than to keep it.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, groups: int, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
        channels = x.shape[1]
        y, mean, rstd = torch.native_group_norm(x, weight, bias, 1, channels, x[0, 0].numel(), groups, eps)
        ctx.save_for_backward(x, weight, bias, mean[0], rstd[0])
        return functional.silu(y, inplace=True)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, bias, mean, rstd = ctx.saved_tensors
        groups, channels = len(mean), x.shape[1]
        each = channels // groups
        mean, rstd = mean.float().repeat_interleave(each), rstd.float().repeat_interleave(each)
        variance = rstd.square().reciprocal()
        y = torch.native_batch_norm(x, weight, bias, mean, variance, False, 0.0, 0.0)[0]
        (gradient,) = gradients
        gradient = torch.ops.aten.silu_backward(_in_order_of(x, gradient), y)
        direct, of_weight, of_bias = torch.ops.aten.native_batch_norm_backward(
            gradient, x, weight, mean, variance, None, None, False, 0.0, [True, True, True]
        )
        # through the group's mean and variance: x times a number a channel, plus one
        count = each * x[0, 0].numel()
        sums = [(weight * part).view(groups, each).sum(dim=1).repeat_interleave(each) for part in (of_bias, of_weight)]
        slope = -rstd.square() * sums[1] / count
        offset = -rstd * sums[0] / count - slope * mean
        ones, zeros = torch.ones_like(mean), torch.zeros_like(mean)
        direct += torch.native_batch_norm(x, slope, offset, zeros, ones, False, 0.0, 0.0)[0]
        return direct, None, of_weight, of_bias, None


def _in_order_of(x: Tensor, gradient: Tensor) -> Tensor:
    """A gradient in the number format and memory order of what it belongs to."""
    order = torch.channels_last_3d if x.is_contiguous(memory_format=torch.channels_last_3d) else torch.contiguous_format
    return gradient.to(x.dtype).contiguous(memory_format=order)
