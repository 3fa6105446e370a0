"""The network that names the joint, in numpy: convolutions of a coarse picture, then one number a class."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.resources import resource_path

WEIGHTS_FILE, FACTS_FILE = "joint.safetensors", "joint.json"
SCHEMA_VERSION = 1
STRIDES = (2, 2, 1, 2)
"""Of the convolutions, in their order."""

_KERNEL = 3


@dataclass(frozen=True, eq=False)
class Network:
    """Weights and what was measured when they were made.

    Attributes:
        classes: what it distinguishes, in the order of its numbers.
        temperature: the numbers are divided by it before they become probabilities.
        sure: from this probability on a class is named (see Docs/joint_recognition.md).
        tensors: ``conv0.weight`` (out, in, 3, 3, 3), ``conv0.bias`` …, ``hidden.weight`` and ``class.weight`` (out, in)
            with their biases.
    """

    classes: tuple[str, ...]
    temperature: float
    sure: float
    tensors: Mapping[str, np.ndarray]

    def logits(self, picture: np.ndarray) -> np.ndarray:
        """(C,) of a (2, X, Y, Z) picture, whose sides are multiples of 8, divided by the temperature.

        The mean over the picture and its mirror image: a left joint is the mirror image of a right one.
        """
        return 0.5 * (self._logits(picture) + self._logits(picture[:, ::-1]))

    def _logits(self, picture: np.ndarray) -> np.ndarray:
        hidden, mask = picture, picture[1:]
        for number, stride in enumerate(STRIDES):
            weight, bias = self.tensors[f"conv{number}.weight"], self.tensors[f"conv{number}.bias"]
            hidden = np.maximum(_convolved(hidden, weight, bias, stride), 0.0)
        size = 2 ** sum(stride == 2 for stride in STRIDES)
        shape = [n for side in hidden.shape[1:] for n in (side, size)]
        share = mask[0].reshape(shape).mean(axis=(1, 3, 5))
        flat, share = hidden.reshape(len(hidden), -1), share.ravel()
        mean = flat @ share / max(float(share.sum()), 1e-6)
        most = np.where(share > 0, flat, 0.0).max(axis=1)
        pooled = np.concatenate([mean, most])
        inner = np.maximum(self.tensors["hidden.weight"] @ pooled + self.tensors["hidden.bias"], 0.0)
        return (self.tensors["class.weight"] @ inner + self.tensors["class.bias"]) / self.temperature


def _convolved(picture: np.ndarray, weight: np.ndarray, bias: np.ndarray, stride: int) -> np.ndarray:
    """3 x 3 x 3, zeros around, every `stride`-th voxel."""
    channels = picture.shape[0]
    around = np.pad(picture, [(0, 0), (1, 1), (1, 1), (1, 1)])
    windows = np.lib.stride_tricks.sliding_window_view(around, (_KERNEL,) * 3, axis=(1, 2, 3))
    windows = windows[:, ::stride, ::stride, ::stride]
    shape = windows.shape[1:4]
    columns = windows.transpose(1, 2, 3, 0, 4, 5, 6).reshape(-1, channels * _KERNEL**3)
    made = columns @ weight.reshape(len(weight), -1).T + bias
    return np.ascontiguousarray(made.T).reshape(len(weight), *shape)


def read_network(folder: Path) -> Network:
    """The network of a folder, its checksum verified.

    Raises:
        OrthoDiffusionError: if a file is missing or damaged, or is of another version.
    """
    from safetensors.numpy import load

    try:
        facts = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
        content = (folder / WEIGHTS_FILE).read_bytes()
        if facts["schema_version"] != SCHEMA_VERSION or hashlib.sha256(content).hexdigest() != facts["sha256"]:
            raise ValueError("checksum or version differs")
        tensors = {name: value.astype(np.float32) for name, value in load(content).items()}
        return Network(tuple(facts["classes"]), float(facts["temperature"]), float(facts["sure"]), tensors)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OrthoDiffusionError(Message("recognition", "damaged"), where=str(folder)) from error


@cache
def shipped_network() -> Network:
    """The network that comes with the program.

    Raises:
        OrthoDiffusionError: as `read_network`.
    """
    return read_network(resource_path("Recognition"))
