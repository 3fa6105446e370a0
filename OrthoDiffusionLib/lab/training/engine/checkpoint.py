"""Checkpoints: written atomically, read without running code, resumed exactly."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import torch
from torch import Tensor, nn

from OrthoDiffusionLib.errors import TrainingError


class MovingAverage:
    """Exponential moving average of a network's weights, corrected for its start.

    Not torch's `AveragedModel`, which keeps a whole second module: a checkpoint holds tensors by name.

    Args:
        module: whose weights are followed.
        decay: share of the old average kept in each step.
    """

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.decay = decay
        self.steps = 0
        self.average = {name: value.detach().clone() for name, value in module.state_dict().items()}

    @torch.no_grad()
    def update(self, module: nn.Module) -> None:
        """Move towards the current weights; early steps count more, so that the start is forgotten."""
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        state = module.state_dict()
        moving = [name for name, value in state.items() if value.dtype.is_floating_point]
        torch._foreach_lerp_([self.average[n] for n in moving], [state[n] for n in moving], 1 - decay)
        for name in state.keys() - set(moving):
            self.average[name].copy_(state[name])

    def restore(self, average: dict[str, Tensor], steps: int) -> None:
        """Go on from a checkpoint."""
        self.average = {name: value.to(self.average[name].device) for name, value in average.items()}
        self.steps = steps


def save_checkpoint(path: Path, content: dict) -> None:
    """Write a checkpoint beside and rename it: a kill leaves the last good one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    try:
        with open(temporary, "wb") as file:
            torch.save(content, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except (OSError, RuntimeError) as error:  # torch's own writer reports a full disk as a RuntimeError
        reason = getattr(error, "strerror", None) or "the file could not be completed; the disk may be full"
        raise TrainingError(
            f"The checkpoint could not be written: {reason}",
            where=str(path),
            remedy="Free some space or choose another folder, and run the same command again; it resumes.",
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def load_checkpoint(path: Path) -> dict | None:
    """The checkpoint, or None if there is none.

    Raises:
        TrainingError: if the file is damaged.
    """
    if not path.exists():
        return None
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise TrainingError(
            f"The checkpoint cannot be read: {type(error).__name__}",
            where=str(path),
            remedy="Delete the file to start this stage again.",
        ) from error


def restore(
    module: nn.Module,
    state: dict[str, Tensor],
    where: str,
    *,
    kind: str = "checkpoint is",
    remedy: str = "Use the recipe it was trained with, or another output folder.",
) -> None:
    """Load weights that must fit exactly.

    Raises:
        TrainingError: if they are of another architecture; it names the first weight that differs, in the network's
            order.
    """
    expected = {name: tuple(value.shape) for name, value in module.state_dict().items()}
    found = {name: tuple(value.shape) for name, value in state.items()}
    if expected != found:
        names = dict.fromkeys([*expected, *found])
        differing = [name for name in names if expected.get(name) != found.get(name)]
        first = differing[0]
        raise TrainingError(
            f"The {kind} of another architecture: {len(differing)} weights differ, first {first!r}, "
            f"expected {expected.get(first, 'none')}, found {found.get(first, 'none')}",
            where=where,
            remedy=remedy,
        )
    module.load_state_dict(state)
