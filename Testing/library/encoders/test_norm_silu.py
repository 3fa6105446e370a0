"""Norm and SiLU as one step: the numbers and gradients of the two apart."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from OrthoDiffusionLib.encoders.norm_silu import norm_silu


def _apart(x: Tensor, norm: nn.GroupNorm, scale: Tensor, shift: Tensor) -> Tensor:
    scale, shift = (value[:, :, None, None, None] for value in (scale, shift))
    return functional.silu(norm(x) * (1 + scale) + shift)


@pytest.mark.parametrize("views", [1, 2])
@pytest.mark.parametrize("order", [torch.channels_last_3d, torch.contiguous_format])
def test_values_and_gradients_are_those_of_norm_and_activation_apart(views, order):
    torch.manual_seed(0)
    norm = nn.GroupNorm(4, 16)
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    inputs = [2 * torch.randn(views, 16, 3, 6, 10) + 0.7, torch.randn(views, 16), torch.randn(views, 16)]
    weight = torch.randn(inputs[0].shape)
    results = []
    for function in (lambda x, a, b: norm_silu(x, norm, a, b), lambda x, a, b: _apart(x, norm, a, b)):
        given = [value.clone().requires_grad_() for value in inputs]
        norm.zero_grad()
        answer = function(given[0].contiguous(memory_format=order), *given[1:])
        (answer * weight).sum().backward()
        results.append([answer, *(value.grad for value in given), norm.weight.grad, norm.bias.grad])
    for found, expected in zip(*results, strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
    with torch.no_grad():
        torch.testing.assert_close(norm_silu(inputs[0], norm, *inputs[1:]), results[1][0], rtol=1e-4, atol=1e-4)


def test_half_the_precision_costs_no_more_than_its_rounding():
    torch.manual_seed(0)
    norm, x = nn.GroupNorm(8, 32), torch.randn(1, 32, 4, 12, 12)
    gradients = []
    for kind in (torch.float32, torch.bfloat16):
        given = x.to(kind).contiguous(memory_format=torch.channels_last_3d).requires_grad_()
        norm_silu(given, norm).float().square().sum().backward()
        gradients.append(given.grad.float())
    assert (gradients[0] - gradients[1]).abs().max() < 0.02 * gradients[0].abs().max()
