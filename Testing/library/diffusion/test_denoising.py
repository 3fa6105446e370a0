"""The formulas of the diffusion, against cases whose answer is known without any training."""

from __future__ import annotations

import pytest
import torch

from OrthoDiffusionLib.diffusion import (
    TARGETS,
    Denoiser,
    cosine_sigmas,
    denoising_loss,
    sample,
    sampling_sigmas,
    training_sigmas,
)


def ideal(x, sigma):
    """The best denoiser there is of Gaussian views of standard deviation 0.5."""
    return x * 0.25 / (0.25 + sigma.reshape(-1, 1, 1, 1, 1) ** 2)


def test_the_ideal_denoiser_of_gaussian_views_scores_one():
    generator = torch.Generator().manual_seed(0)
    clean = 0.5 * torch.randn((16, 1, 8, 32, 32), generator=generator)
    assert denoising_loss(ideal, clean, generator=generator).item() == pytest.approx(1.0, abs=0.02)


def test_a_denoiser_that_does_nothing_scores_worse_than_the_ideal_one():
    generator = torch.Generator().manual_seed(0)
    clean = 0.5 * torch.randn((16, 1, 8, 32, 32), generator=generator)
    assert denoising_loss(lambda x, sigma: x, clean, generator=generator).item() > 1.3


def test_sampling_with_the_ideal_denoiser_gives_views_of_the_right_spread():
    drawn = sample(ideal, (8, 1, 8, 32, 32), steps=24, generator=torch.Generator().manual_seed(1))
    assert drawn.std().item() == pytest.approx(0.5, abs=0.03)
    assert drawn.mean().item() == pytest.approx(0.0, abs=0.02)


def test_noise_levels_fall_to_zero():
    sigmas = sampling_sigmas(10)
    assert sigmas[0].item() == pytest.approx(80.0) and sigmas[-1].item() == 0.0
    assert (sigmas[1:] < sigmas[:-1]).all()


def test_training_draws_mostly_moderate_noise():
    sigmas = training_sigmas(20_000, generator=torch.Generator().manual_seed(0))
    assert sigmas.median().item() == pytest.approx(0.30, abs=0.01)  # e^-1.2


@pytest.mark.parametrize("sigma", [0.01, 0.5, 50.0])
def test_the_network_inside_sees_unit_variance_at_every_noise_level(sigma):
    seen = {}

    class Probe(torch.nn.Module):
        def forward(self, x, c_noise):
            seen["std"] = x.std().item()
            return torch.zeros_like(x)

    generator = torch.Generator().manual_seed(0)
    clean = 0.5 * torch.randn((2, 1, 16, 64, 64), generator=generator)
    noisy = clean + sigma * torch.randn(clean.shape, generator=generator)
    Denoiser(Probe())(noisy, torch.full((2,), sigma))
    assert seen["std"] == pytest.approx(1.0, abs=0.02)


class Perfect(torch.nn.Module):
    """Knows the best answer for Gaussian views, in the words of a target."""

    def __init__(self, target):
        super().__init__()
        self.target = target

    def forward(self, x, c_noise):
        sigma = torch.exp(4 * c_noise).reshape(-1, 1, 1, 1, 1)
        if self.target == "edm":
            return torch.zeros_like(x)  # c_skip alone is the best denoiser of Gaussian views
        return x * sigma / (sigma.square() + 0.25).sqrt()


@pytest.mark.parametrize("target", TARGETS)
def test_whatever_the_target_the_denoiser_gives_the_clean_view(target):
    denoiser = Denoiser(Perfect(target), target=target)
    generator = torch.Generator().manual_seed(0)
    for level in (0.02, 0.5, 20.0):
        clean = 0.5 * torch.randn((2, 1, 4, 16, 16), generator=generator)
        sigma = torch.full((2,), level)
        noisy = clean + level * torch.randn(clean.shape, generator=generator)
        assert torch.allclose(denoiser(noisy, sigma), ideal(noisy, sigma), atol=1e-4)
    drawn = sample(denoiser, (8, 1, 8, 32, 32), steps=24, generator=torch.Generator().manual_seed(1))
    assert drawn.std().item() == pytest.approx(0.5, abs=0.03)


def test_the_loss_of_epsilon_is_the_squared_error_of_the_noise():
    class Silent(torch.nn.Module):
        def forward(self, x, c_noise):
            return torch.zeros_like(x)

    generator = torch.Generator().manual_seed(0)
    clean = 0.5 * torch.randn((8, 1, 8, 32, 32), generator=generator)
    loss = denoising_loss(Denoiser(Silent(), target="epsilon"), clean, target="epsilon", generator=generator)
    assert loss.item() == pytest.approx(1.0, abs=0.02)  # of unit noise, nothing said


def test_half_of_the_cosine_schedules_levels_lie_below_the_views_own_spread():
    sigmas = cosine_sigmas(20_000, 0.5, generator=torch.Generator().manual_seed(0))
    assert (sigmas < 0.5).float().mean().item() == pytest.approx(0.5, abs=0.02)
    assert sigmas.min() > 0 and torch.isfinite(sigmas).all()


def test_an_unknown_target_is_refused():
    with pytest.raises(ValueError, match="target must be one of edm, epsilon, got 'x0'"):
        Denoiser(Perfect("edm"), target="x0")
