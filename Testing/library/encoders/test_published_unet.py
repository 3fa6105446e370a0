"""The original's network, rebuilt: as many parameters, the same names behind the map, the same arithmetic."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from library.encoders.published_weights import SHAPE, STEPS, filled, noise, sampled, views

from OrthoDiffusionLib.diffusion import sigma_of_step, signal_share, step_of_sigma
from OrthoDiffusionLib.encoders.published_names import PREFIX, SCHEDULE, our_name, without_prefix
from OrthoDiffusionLib.encoders.published_unet import PublishedUNet

PUBLISHED_PARAMETERS = 34_524_545
"""Counted on the authors' own class, as configured in their training script."""


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return PublishedUNet().eval()


@pytest.fixture(scope="module")
def reference():
    with np.load(Path(__file__).with_name("published_reference.npz"), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def test_it_has_the_published_number_of_parameters(network):
    assert sum(parameter.numel() for parameter in network.parameters()) == PUBLISHED_PARAMETERS


def test_every_tensor_of_the_authors_network_has_its_place_and_no_place_stays_empty(network, reference):
    shapes = json.loads(str(reference["tensors"]))
    assert {name for name in shapes if not name.startswith(PREFIX)} == SCHEDULE
    theirs = {our_name(name): tuple(shape) for name, shape in shapes.items() if name not in SCHEDULE}
    assert theirs == {name: tuple(value.shape) for name, value in network.state_dict().items()}


@pytest.fixture(scope="module")
def filled_network(reference):
    """Our network with the weights that the reference was made with."""
    network = PublishedUNet().eval()
    names = [without_prefix(name) for name in json.loads(str(reference["tensors"])) if name not in SCHEDULE]
    ours = network.state_dict()
    network.load_state_dict({our_name(name): filled(name, tuple(ours[our_name(name)].shape)) for name in names})
    return network


@pytest.fixture(scope="module")
def answers(filled_network):
    """Ours of every block, by the authors' names."""
    found, hooks = {}, []

    def keep(name, module):
        hooks.append(module.register_forward_hook(lambda _module, _inputs, answer: found.update({name: answer})))

    for number, stage in enumerate(filled_network.contracting):
        keep(f"in_{number}", stage)
    for number, layer in enumerate(filled_network.middle):
        keep(f"mid_{number}", layer)
    for number, stage in enumerate(filled_network.expanding):
        keep(f"out_{number}", stage[-1])
    with torch.no_grad():
        for step in (*STEPS[:1], *STEPS[2:], STEPS[1]):  # the step of the blocks last, so that theirs are kept
            steps = torch.full((SHAPE[0],), step)
            share = signal_share(steps).float().reshape(-1, 1, 1, 1, 1)
            noisy = share.sqrt() * views() + (1 - share).sqrt() * noise()
            found |= {f"noisy at {step}": noisy, f"final at {step}": filled_network(noisy, steps)}
    found["final"] = found[f"final at {STEPS[1]}"]
    for hook in hooks:
        hook.remove()
    return found


def test_every_block_answers_as_the_authors_own(answers, reference):
    """On weights that are zero nowhere; the largest difference is that of the order of additions."""
    names = [str(name) for name in reference["blocks"]]
    assert len(names) == 10 + 3 + 10 + 1 + 2 * len(STEPS)
    for name, theirs in zip(names, reference["answers"], strict=True):
        ours = sampled(answers[name])
        assert np.ptp(theirs) > 0.1, name
        atol = 2e-4 if name.endswith("at 999") else 2e-5  # at the end of the schedule float32 shows
        assert np.allclose(ours, theirs, rtol=0, atol=atol), (name, np.abs(ours - theirs).max())


def test_the_schedule_is_the_authors(reference):
    ours = signal_share(torch.tensor(STEPS)).numpy()
    assert np.allclose(ours[:-1], reference["alphas_cumprod"][:-1], rtol=1e-5)
    assert 0 <= reference["alphas_cumprod"][-1] < 1e-6 and ours[-1] < 1e-6  # they clip the last step


@pytest.mark.parametrize("step", [0, 7, 100, 500, 998])
def test_a_step_has_a_noise_level_and_the_level_that_step(step):
    sigma = sigma_of_step(torch.tensor([step]))
    assert torch.allclose(step_of_sigma(sigma), torch.tensor([step]).double(), atol=1e-6)


def test_levels_beyond_the_schedule_get_its_ends():
    assert step_of_sigma(torch.tensor([0.0, 1e9])).tolist() == pytest.approx([0.0, 999.0])


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
