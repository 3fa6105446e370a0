"""A convolution of two joined maps answers as if the smaller one had been enlarged, and learns the same."""

from __future__ import annotations

import copy

import pytest
import torch

from OrthoDiffusionLib.encoders.joined import of_joined
from OrthoDiffusionLib.encoders.memory_order import enlarged
from OrthoDiffusionLib.encoders.unet3d import CUBE, IN_PLANE, ResidualBlock, bare, convolution
from OrthoDiffusionLib.precision import sound_gradients

DOUBLED = [((3, 5, 4), (3, 10, 8)), ((3, 4, 5), (6, 8, 10)), ((1, 4, 4), (2, 8, 8))]


def maps(coarse, fine, channels=(8, 8), kind=torch.float32):
    chance = torch.Generator().manual_seed(0)
    return [
        torch.randn(2, count, *size, generator=chance)
        .to(kind)
        .contiguous(memory_format=torch.channels_last_3d)
        .requires_grad_()
        for count, size in zip(channels, (coarse, fine), strict=True)
    ]


def whole(coarse, fine):
    return torch.cat([enlarged(coarse, fine.shape[2:]), fine], dim=1)


def learned(answer, given, module):
    """An answer, and what its given maps and weights are taught."""
    module.zero_grad()
    weight = torch.randn(answer.shape, generator=torch.Generator().manual_seed(1))
    (answer.float() * weight).sum().backward()
    found = [answer.detach(), *(value.grad for value in given), *(p.grad.clone() for p in module.parameters())]
    for value in given:
        value.grad = None
    return found


@pytest.mark.parametrize(("coarse", "fine"), [*DOUBLED, ((3, 5, 4), (3, 7, 6)), ((2, 3, 4), (2, 3, 4))])
@pytest.mark.parametrize("kernel", [CUBE, IN_PLANE, (1, 1, 1)])
def test_a_convolution_answers_and_learns_as_if_the_smaller_map_were_enlarged(coarse, fine, kernel):
    torch.manual_seed(0)
    layer, given = bare(convolution(12, 6, kernel)), maps(coarse, fine, (8, 4))
    found = learned(of_joined(layer, *given), given, layer)
    expected = learned(layer(whole(*given)), given, layer)
    for a, b in zip(found, expected, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize(("coarse", "fine"), DOUBLED)
def test_a_block_of_the_decoder_answers_and_learns_as_if_the_smaller_map_were_enlarged(coarse, fine):
    torch.manual_seed(0)
    block, given, embedding = ResidualBlock(16, 8, kernel=CUBE, embedding=4), maps(coarse, fine), torch.randn(2, 4)
    for parameter in block.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    found = learned(block.of_joined(*given, embedding), given, block)
    expected = learned(block(whole(*given), embedding), given, block)
    for a, b in zip(found, expected, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=2e-3)


@pytest.mark.parametrize("slices", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("deeper", [1, 2])
@pytest.mark.parametrize("rows", [1, 2, 6])
def test_in_half_precision_it_learns_what_it_learns_in_full(slices, deeper, rows):
    torch.manual_seed(0)
    layer = bare(convolution(32, 16, CUBE))
    sizes = (slices, rows, rows), (deeper * slices, 2 * rows, 2 * rows)
    exact_layer, exact = copy.deepcopy(layer), maps(*sizes, (16, 16))
    expected = learned(layer(whole(*exact)), exact, layer)
    given = maps(*sizes, (16, 16))
    with torch.autocast("cpu", dtype=torch.bfloat16), sound_gradients("cpu", (slices, deeper * slices)):
        answer = of_joined(exact_layer, *given)
    for a, b in zip(learned(answer, given, exact_layer), expected, strict=True):
        assert (a.float() - b).norm() < 0.02 * b.norm()
