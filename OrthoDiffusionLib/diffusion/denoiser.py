"""The preconditioning around any network that turns it into a denoiser D(x; sigma)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

EDM, EPSILON = TARGETS = ("edm", "epsilon")
"""What the network inside is asked for: the target of Karras et al., or the noise itself."""


class Denoiser(nn.Module):
    """D(x; sigma) = c_skip x + c_out F(c_in x; c_noise).

    Karras et al. 2022 (arXiv 2206.00364), Eq. 7 and Table 1: the network F sees an input of unit variance
    at every noise level and is asked for a target of unit variance. For the target "epsilon" F is asked for the noise
    (Ho et al. 2020, arXiv 2006.11239), so that c_skip is 1 and c_out is -sigma; its input stays the same.

    Args:
        network: F(x, c_noise), from (B, 1, S, H, W) and (B,) to (B, 1, S, H, W).
        sigma_data: standard deviation of the clean views.
        target: one of `TARGETS`.
    """

    def __init__(self, network: nn.Module, *, sigma_data: float = 0.5, target: str = EDM) -> None:
        super().__init__()
        if target not in TARGETS:
            raise ValueError(f"target must be one of {', '.join(TARGETS)}, got {target!r} instead")
        self.network = network
        self.sigma_data = sigma_data
        self.target = target

    def forward(self, x: Tensor, sigma: Tensor) -> Tensor:
        """Clean view as expected from the noisy one.

        Args:
            x: (B, 1, S, H, W) noisy views.
            sigma: (B,) their noise levels.
        """
        s = sigma.reshape(-1, 1, 1, 1, 1).to(x.dtype)
        if self.target == EPSILON:
            return x - s * self.network(*self.network_input(x, sigma)).to(x.dtype)
        total = (s.square() + self.sigma_data**2).sqrt()
        c_skip = self.sigma_data**2 / total.square()
        c_out = s * self.sigma_data / total
        return c_skip * x + c_out * self.network(*self.network_input(x, sigma)).to(x.dtype)

    def network_input(self, x: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
        """(c_in x, c_noise): what the network inside is given, also when only its features are wanted."""
        s = sigma.reshape(-1, 1, 1, 1, 1).to(x.dtype)
        c_in = (s.square() + self.sigma_data**2).rsqrt()
        return c_in * x, torch.log(sigma) / 4
