"""Convolutions by oneDNN say what torch's own say."""

import pytest
import torch
from torch.nn import functional

from OrthoDiffusionLib.onednn import is_available
from OrthoDiffusionLib.precision import autocast

pytestmark = pytest.mark.skipif(not is_available(), reason="this torch has no oneDNN")

SETTINGS = {
    "one voxel": ((6, 4, 1, 1, 1), {}),
    "in plane": ((6, 4, 1, 3, 3), {"padding": (0, 1, 1)}),
    "cube without offsets": ((6, 4, 3, 3, 3), {"padding": 1, "bias": None}),
    "strides": ((6, 4, 1, 2, 2), {"stride": (1, 2, 2)}),
    "named padding": ((6, 4, 3, 3, 3), {"padding": "same"}),
    "groups and dilation": ((6, 2, 3, 3, 3), {"padding": 2, "dilation": 2, "groups": 2}),
}


@pytest.mark.parametrize("shape, more", SETTINGS.values(), ids=SETTINGS)
def test_a_convolution_is_the_same_up_to_rounding(shape, more):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn((1, 4, 5, 6, 8), generator=generator).contiguous(memory_format=torch.channels_last_3d)
    weight, bias = torch.randn(shape, generator=generator), torch.randn(shape[0], generator=generator)
    settings = {"bias": bias, **more}
    plain = functional.conv3d(x, weight, **settings)
    with torch.inference_mode(), autocast("cpu", "float32"):
        found = functional.conv3d(x, weight, **settings)
    torch.testing.assert_close(found, plain, rtol=1e-5, atol=1e-5)


def test_features_keep_the_memory_order_that_the_next_layer_is_fast_with():
    layer = torch.nn.Conv3d(4, 6, 1)
    x = torch.randn(1, 4, 5, 6, 8).contiguous(memory_format=torch.channels_last_3d)
    with torch.inference_mode(), autocast("cpu", "float32"):
        assert layer(x).is_contiguous(memory_format=torch.channels_last_3d)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("shape, more", SETTINGS.values(), ids=SETTINGS)
def test_gradients_are_torchs_own(shape, more, threads):
    generator = torch.Generator().manual_seed(0)
    fixed = {name: value for name, value in more.items() if name != "bias"}
    known = [torch.randn(size, generator=generator) for size in ((1, 4, 5, 6, 8), shape, shape[:1])]
    wanted, found = ([value.clone().requires_grad_() for value in known] for _ in range(2))
    functional.conv3d(*wanted, **fixed).square().sum().backward()
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with autocast("cpu", "float32"):
            functional.conv3d(*found, **fixed).square().sum().backward()
    finally:
        torch.set_num_threads(before)
    for one, other in zip(wanted, found, strict=True):
        torch.testing.assert_close(other.grad, one.grad, rtol=1e-4, atol=1e-3)


def test_only_gradients_that_are_wanted_are_worked_out():
    layer, x = torch.nn.Conv3d(2, 3, 3, padding=1, bias=False).requires_grad_(False), torch.randn(1, 2, 3, 4, 5)
    with autocast("cpu", "float32"):
        assert not layer(x).requires_grad
        layer(x.requires_grad_()).sum().backward()
    assert x.grad is not None and layer.weight.grad is None


def test_a_step_of_training_asks_none_of_torchs_slow_convolutions():
    # the sizes of a crop's first and deepest maps, which torch leaves to its own code
    first, deepest = torch.nn.Conv3d(8, 16, (1, 3, 3), padding=(0, 1, 1)), torch.nn.Conv3d(80, 80, 3, padding=1)
    with torch.profiler.profile() as profile, autocast("cpu", "float32"):
        (first(torch.randn(1, 8, 24, 96, 96)).sum() + deepest(torch.randn(1, 80, 6, 6, 6)).sum()).backward()
    assert not [event.key for event in profile.key_averages() if "slow_conv" in event.key]


def test_a_batch_of_nothing_is_answered_with_nothing():
    with torch.inference_mode(), autocast("cpu", "float32"):
        assert functional.conv3d(torch.zeros(0, 2, 3, 4, 5), torch.zeros(6, 2, 1, 1, 1)).shape == (0, 6, 3, 4, 5)
