"""The original's network, rebuilt: as many parameters, the same names behind the map, the same arithmetic."""

from __future__ import annotations

import re

import pytest
import torch

from OrthoDiffusionLib.encoders.published_unet import PublishedUNet

PUBLISHED_PARAMETERS = 34_524_545
"""Counted on the authors' own class, as configured in their training script."""


_PUBLISHED_TO_OURS = (
    (r"^denoise_fn\.(module\.)?", ""),
    (r"^time_embed\.", "time_embedding."),
    (r"^input_blocks\.", "contracting."),
    (r"^middle_block\.", "middle."),
    (r"^output_blocks\.", "expanding."),
    (r"^out\.0\.", "output_norm."),
    (r"^out\.2\.", "output_convolution."),
    (r"\.in_layers\.0\.", ".norm_in."),
    (r"\.in_layers\.2\.", ".convolution_in."),
    (r"\.emb_layers\.1\.", ".step_shift."),
    (r"\.out_layers\.0\.", ".norm_out."),
    (r"\.out_layers\.3\.", ".convolution_out."),
    (r"\.skip_connection\.", ".shortcut."),
    (r"\.(op|conv)\.", ".convolution."),
    (r"\.qkv\.", ".query_key_value."),
    (r"\.proj_out\.", ".projection."),
)


def our_key(published_key: str) -> str:
    """The name in `PublishedUNet` of one tensor of the authors' checkpoint, `denoise_fn.` or not before it."""
    key = published_key
    for pattern, ours in _PUBLISHED_TO_OURS:
        key = re.sub(pattern, ours, key)
    return key


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return PublishedUNet().eval()


def _published_keys():
    """The names in the authors' checkpoint, written down from the structure of their modules."""
    blocks = {"input_blocks.0.0": "conv"}
    place, channels = 1, [64, 64, 128, 128, 256]
    previous = 64
    for level, width in enumerate(channels):
        blocks[f"input_blocks.{place}.0"] = "residual" if width == previous else "residual with skip"
        if level == 4:
            blocks[f"input_blocks.{place}.1"] = "attention"
        place, previous = place + 1, width
        if level < 4:
            blocks[f"input_blocks.{place}.0.op"] = "conv"
            place += 1
    blocks |= {"middle_block.0": "residual", "middle_block.1": "attention", "middle_block.2": "residual"}
    for place in range(10):
        blocks[f"output_blocks.{place}.0"] = "residual with skip"  # the joined channels are always more
        if place < 2:
            blocks[f"output_blocks.{place}.1"] = "attention"
        if place % 2 == 1 and place < 9:
            blocks[f"output_blocks.{place}.{2 if place < 2 else 1}.conv"] = "conv"
    blocks |= {"time_embed.0": "conv", "time_embed.2": "conv", "out.0": "conv", "out.2": "conv"}
    parts = {
        "conv": [""],
        "residual": [".in_layers.0", ".in_layers.2", ".emb_layers.1", ".out_layers.0", ".out_layers.3"],
        "attention": [".norm", ".qkv", ".proj_out"],
    }
    parts["residual with skip"] = [*parts["residual"], ".skip_connection"]
    return {
        f"{block}{part}.{value}"
        for block, kind in blocks.items()
        for part in parts[kind]
        for value in ("weight", "bias")
    }


def test_it_has_the_published_number_of_parameters(network):
    assert sum(parameter.numel() for parameter in network.parameters()) == PUBLISHED_PARAMETERS


def test_every_published_tensor_has_its_place_and_no_place_stays_empty(network):
    assert {our_key(key) for key in _published_keys()} == set(network.state_dict())


def test_the_bottleneck_is_sixteen_times_smaller_in_all_three_axes(network):
    with torch.no_grad():
        features = network.to_bottleneck(torch.zeros(1, 1, 16, 64, 32), torch.tensor([100]))
    assert features.shape == (1, 256, 1, 4, 2)


def test_the_noise_it_predicts_has_the_shape_of_the_views(network):
    views = torch.randn(1, 1, 16, 32, 32, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        early, late = (network(views, torch.tensor([step])) for step in (50, 900))
    assert early.shape == views.shape
    assert not torch.allclose(early, late)  # it knows the diffusion step
