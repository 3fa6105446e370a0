"""Parts and enlargements of feature maps: the right voxels, and gradients in the right order."""

from __future__ import annotations

import itertools

import pytest
import torch

from OrthoDiffusionLib.encoders.memory_order import as_batch, enlarged, nearest, of_batch, part_of


def _features() -> torch.Tensor:
    whole = torch.randn(3, 24, 26, 5, generator=torch.Generator().manual_seed(0))
    return whole.permute(3, 0, 1, 2).requires_grad_()


@pytest.mark.parametrize(("stride", "step"), list(itertools.product((1, 2, 4, 8), (1, 2, 3, 4))))
def test_a_finer_pixel_gets_the_coarse_one_that_it_lies_in(stride, step):
    for start, count in itertools.product((0, 1, 3, 6), (1, 5, 6)):
        rows = range(start, start + count * step, step)
        columns = range(start + 1, start + 1 + count * step, step)
        if columns[-1] >= 24 * stride:
            continue  # beyond the map
        gradients = []
        for way in (
            lambda f, r, c: nearest(f, stride, r, c),
            lambda f, r, c: f[:, :, torch.tensor(r) // stride][..., torch.tensor(c) // stride],
        ):
            features = _features()
            answer = way(features, rows, columns)
            (answer * torch.arange(answer[0, 0].numel()).view(answer.shape[2:])).sum().backward()
            gradients.append((answer, features.grad))
        assert torch.equal(gradients[0][0], gradients[1][0])
        assert torch.allclose(gradients[0][1], gradients[1][1])


def test_a_gradient_keeps_the_channels_of_a_voxel_side_by_side():
    features = _features()
    part = part_of(features, slice(1, 3), slice(2, 20), slice(None, None, 2))
    assert torch.equal(part, features[:, 1:3, 2:20, ::2])
    part.square().sum().backward()
    expected = torch.zeros_like(features)
    expected[:, 1:3, 2:20, ::2] = 2 * features.detach()[:, 1:3, 2:20, ::2]
    assert torch.equal(features.grad, expected)
    assert features.grad.stride(0) == 1
    assert part_of(features, slice(None), slice(0, 24), slice(26)) is features


def test_a_batch_of_one_knows_its_memory_order():
    batch = as_batch(_features())
    assert batch.stride() == torch.empty(1, 5, 3, 24, 26).contiguous(memory_format=torch.channels_last_3d).stride()
    assert torch.equal(of_batch(batch), _features())


@pytest.mark.parametrize("batch", [1, 3])
def test_features_are_enlarged_by_their_nearest_whatever_the_batch(batch):
    x = torch.randn(batch, 2, 3, 4, 5)
    wanted = torch.nn.functional.interpolate(x, size=(3, 8, 10), mode="nearest")
    assert torch.equal(enlarged(x, torch.Size((3, 8, 10))), wanted)
