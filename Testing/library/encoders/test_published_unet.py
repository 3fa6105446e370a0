"""The original's network, rebuilt: as many parameters, the same names behind the map, the same arithmetic."""

from __future__ import annotations

import pytest
import torch

from OrthoDiffusionLib.encoders.published_unet import PublishedUNet, load_published_checkpoint, our_key, our_state
from OrthoDiffusionLib.errors import BundleError

PUBLISHED_PARAMETERS = 34_524_545
"""Counted on the authors' own class, as configured in their training script."""


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


def test_a_downloaded_checkpoint_is_loaded_with_its_averaged_weights(network, tmp_path):
    ours_to_theirs = {our_key(key): key for key in _published_keys()}
    averaged = {f"denoise_fn.module.{ours_to_theirs[key]}": value for key, value in network.state_dict().items()}
    averaged["betas"] = torch.zeros(1000)  # a buffer of the noise schedule
    torch.save({"step": 21500, "model": {}, "ema": averaged}, tmp_path / "model.pt")
    loaded = load_published_checkpoint(tmp_path / "model.pt")
    assert torch.equal(loaded.middle[2].convolution_out.weight, network.middle[2].convolution_out.weight)
    assert our_state(averaged).keys() == network.state_dict().keys()


class _Code:
    def __reduce__(self):
        return (print, ("this code must not run",))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"ema": _Code()}, "running code"),
        ({"model": {}}, "no averaged weights"),
        ({"ema": {"denoise_fn.out.0.weight": torch.zeros(3)}}, "architecture"),
    ],
)
def test_a_file_that_is_no_such_checkpoint_is_refused_and_runs_nothing(tmp_path, capsys, content, words):
    torch.save(content, tmp_path / "model.pt")
    with pytest.raises(BundleError, match=words):
        load_published_checkpoint(tmp_path / "model.pt")
    assert "must not run" not in capsys.readouterr().out
