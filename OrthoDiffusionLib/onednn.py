"""Convolutions of float32 maps by oneDNN, where torch itself would take slower ones.

Torch 2.13 on a CPU leaves float32 convolutions in 3D to code of its own where one thread computes and the kernel is one
voxel, and where channels x slices x rows are 20480 and fewer (`ConvParams::use_mkldnn` in its Convolution.cpp). That
code takes two to ten times as long (measured on an AVX2 machine: 59 beside 5 ms for 1 x 1 x 1 kernels from 32 to 19
channels on 49 x 50 x 81 voxels; in a training 222 beside 18 ms, gradients included, for 1 x 3 x 3 kernels from 8 to 16
channels on 24 x 96 x 96), and answers in another memory order, so that whatever follows is slower, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

_FEW = 20480
"""Channels x slices x rows up to which torch does not ask oneDNN."""
_ONCE = [1, 1, 1]


def is_available() -> bool:
    """Whether this torch has oneDNN, and nobody has switched it off."""
    return torch.backends.mkldnn.is_available() and bool(torch.backends.mkldnn.enabled)


class OneDnnConvolutions(TorchFunctionMode):
    """Within this context `conv3d` of float32 on a CPU is oneDNN's.

    Gradients of gradients are not known where torch would have taken its own code.
    """

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
    if not suited or isinstance(padding, str) or torch.is_autocast_enabled("cpu"):
        return torch.conv3d(x, weight, bias, stride, padding, dilation, groups)
    padding, stride, dilation = (_three(value) for value in (padding, stride, dilation))
    if not torch.is_grad_enabled():
        return torch.ops.aten.mkldnn_convolution(x, weight, bias, padding, stride, dilation, groups)
    kernel = weight.shape[2:]
    simple = stride == dilation == _ONCE and groups == 1 and all(p < k for p, k in zip(padding, kernel, strict=True))
    few = x.shape[1:4].numel() <= _FEW or (kernel.numel() == 1 and torch.get_num_threads() == 1)
    if simple and x.shape[0] == 1 and few:
        return _Convolution.apply(x, weight, bias, padding)
    return torch.conv3d(x, weight, bias, stride, padding, dilation, groups)


def _three(value: int | Sequence[int]) -> list[int]:
    return [value] * 3 if isinstance(value, int) else list(value)


class _Convolution(torch.autograd.Function):
    """A convolution of one map, stride 1, with gradients that are oneDNN's as well."""

    @staticmethod
    def forward(context: Any, x: Tensor, weight: Tensor, bias: Tensor | None, padding: list[int]) -> Tensor:
        context.save_for_backward(x, weight)
        context.padding = padding
        return torch.ops.aten.mkldnn_convolution(x, weight, bias, padding, _ONCE, _ONCE, 1)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None, None]:
        x, weight = context.saved_tensors
        of_x = of_weight = of_bias = None
        if context.needs_input_grad[0]:
            # each voxel hands its gradient to those it was made from: the mirrored kernel, from outputs to inputs
            mirrored = weight.flip(2, 3, 4).transpose(0, 1)
            rest = [kernel - 1 - p for kernel, p in zip(weight.shape[2:], context.padding, strict=True)]
            of_x = torch.ops.aten.mkldnn_convolution(gradient, mirrored, None, rest, _ONCE, _ONCE, 1)
        if context.needs_input_grad[1]:
            of_weight = _gradient_of_weight(x, weight, gradient, context.padding)
        if context.needs_input_grad[2]:
            of_bias = gradient.sum((0, 2, 3, 4))
        return of_x, of_weight, of_bias, None


def _gradient_of_weight(x: Tensor, weight: Tensor, gradient: Tensor, padding: list[int]) -> Tensor:
    """One slice of the kernel at a time, from the slices of the map as images of 2D convolutions.

    oneDNN is asked for several images whatever their size.
    """
    slices = x[0].transpose(0, 1)
    if padding[0]:
        slices = functional.pad(slices, (0, 0, 0, 0, 0, 0, padding[0], padding[0]))
    gradients = gradient[0].transpose(0, 1)
    count, mask = len(gradients), [False, True, False]
    found = [
        torch.ops.aten.convolution_backward(
            gradients, slices[j : j + count], weight[:, :, j], None, [1, 1], padding[1:], [1, 1], False, [0, 0], 1, mask
        )[1]
        for j in range(weight.shape[2])
    ]
    return torch.stack(found, dim=2)
