"""Convolutions of float32 maps by oneDNN, where torch itself would take slower ones.

Torch 2.13 on a CPU leaves float32 convolutions in 3D to code of its own where one thread computes and the kernel is one
voxel, and where channels x slices x rows are 20480 and fewer (`ConvParams::use_mkldnn` in its Convolution.cpp). That
code takes two to ten times as long (measured on an AVX2 machine: 59 beside 5 ms for 1 x 1 x 1 kernels from 32 to 19
channels on 49 x 50 x 81 voxels), and answers in another memory order, so that whatever follows is slower, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode


def is_available() -> bool:
    """Whether this torch has oneDNN, and nobody has switched it off."""
    return torch.backends.mkldnn.is_available() and bool(torch.backends.mkldnn.enabled)


class OneDnnConvolutions(TorchFunctionMode):
    """Within this context `conv3d` of float32 on a CPU is oneDNN's, unless gradients are wanted."""

    def __torch_function__(
        self, func: Callable, types: Iterable[type], args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        answer = _conv3d if func is torch.conv3d else func
        return answer(*args, **(kwargs or {}))


def _conv3d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] | str = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Tensor:
    """As `torch.conv3d`."""
    suited = x.dtype == weight.dtype == torch.float32 and x.device.type == "cpu" and x.dim() == 5 and x.numel() > 0
    if not suited or isinstance(padding, str) or torch.is_grad_enabled() or torch.is_autocast_enabled("cpu"):
        return torch.conv3d(x, weight, bias, stride, padding, dilation, groups)
    of_axes = (_three(value) for value in (padding, stride, dilation))
    return torch.ops.aten.mkldnn_convolution(x, weight, bias, *of_axes, groups)


def _three(value: int | Sequence[int]) -> list[int]:
    return [value] * 3 if isinstance(value, int) else list(value)
