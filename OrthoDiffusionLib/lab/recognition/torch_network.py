"""The recogniser's network as torch trains it; `recognition/network.py` computes the same in numpy."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from OrthoDiffusionLib.recognition.network import STRIDES

CHANNELS = (12, 24, 40, 48)
HIDDEN = 32
_EPSILON = 1e-5


class TorchNetwork(nn.Module):
    """Four convolutions, mean and largest value over what was imaged, two layers.

    Args:
        classes: how many.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        sizes = zip((2, *CHANNELS), CHANNELS, STRIDES, strict=False)
        self.convolutions = nn.ModuleList(
            nn.Conv3d(before, after, 3, stride=stride, padding=1, bias=False) for before, after, stride in sizes
        )
        self.norms = nn.ModuleList(nn.BatchNorm3d(size, eps=_EPSILON) for size in CHANNELS)
        self.hidden = nn.Linear(2 * CHANNELS[-1], HIDDEN)
        self.last = nn.Linear(HIDDEN, classes)

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, C) logits of (N, 2, X, Y, Z) pictures."""
        hidden = pictures
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            hidden = functional.relu(norm(convolution(hidden)))
        share = functional.avg_pool3d(pictures[:, 1:], 2 ** sum(stride == 2 for stride in STRIDES))
        mean = (hidden * share).sum(dim=(2, 3, 4)) / share.sum(dim=(2, 3, 4)).clamp_min(1e-6)
        most = torch.where(share > 0, hidden, 0.0).amax(dim=(2, 3, 4))
        pooled = functional.dropout(torch.cat([mean, most], dim=1), 0.1, self.training)
        return self.last(functional.relu(self.hidden(pooled)))

    @torch.no_grad()
    def tensors(self) -> dict[str, np.ndarray]:
        """float16, as they stand in the file: what the norms do is part of the convolutions."""
        state = self.state_dict()
        found = {
            "hidden.weight": state["hidden.weight"],
            "hidden.bias": state["hidden.bias"],
            "class.weight": state["last.weight"],
            "class.bias": state["last.bias"],
        }
        for number in range(len(STRIDES)):
            norm = {name: state[f"norms.{number}.{name}"] for name in ("weight", "bias", "running_mean", "running_var")}
            scale = norm["weight"] / torch.sqrt(norm["running_var"] + _EPSILON)
            found[f"conv{number}.weight"] = state[f"convolutions.{number}.weight"] * scale[:, None, None, None, None]
            found[f"conv{number}.bias"] = norm["bias"] - norm["running_mean"] * scale
        return {name: value.numpy().astype(np.float16) for name, value in found.items()}

    @torch.no_grad()
    def begin_with(self, tensors: Mapping[str, np.ndarray]) -> None:
        """Take up what `tensors` gave; the norms, which are part of the convolutions there, begin anew."""
        state = self.state_dict()
        names = {"hidden.weight": "hidden.weight", "hidden.bias": "hidden.bias"}
        names |= {"class.weight": "last.weight", "class.bias": "last.bias"}
        for number in range(len(STRIDES)):
            names[f"conv{number}.weight"] = f"convolutions.{number}.weight"
            names[f"conv{number}.bias"] = f"norms.{number}.bias"
            state[f"norms.{number}.running_var"].fill_(1.0 - _EPSILON)
        for name, own in names.items():
            state[own].copy_(torch.from_numpy(tensors[name].astype(np.float32)))
