"""Convolutions by oneDNN say what torch's own say."""

import pytest
import torch
from torch.nn import functional

from OrthoDiffusionLib.onednn import OneDnnConvolutions, is_available
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


def test_gradients_are_torchs_own():
    layer = torch.nn.Conv3d(2, 3, 1)
    x = torch.randn(1, 2, 3, 4, 5)
    with OneDnnConvolutions():
        layer(x).square().sum().backward()
    within = layer.weight.grad.clone()
    layer.zero_grad()
    layer(x).square().sum().backward()
    torch.testing.assert_close(within, layer.weight.grad)


def test_a_batch_of_nothing_is_answered_with_nothing():
    with torch.inference_mode(), autocast("cpu", "float32"):
        assert functional.conv3d(torch.zeros(0, 2, 3, 4, 5), torch.zeros(6, 2, 1, 1, 1)).shape == (0, 6, 3, 4, 5)
