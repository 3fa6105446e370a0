"""Reads a checkpoint of the original authors: tensors alone, never code, and each held against their network."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from OrthoDiffusionLib.diffusion import STEPS, signal_share
from OrthoDiffusionLib.encoders.published_names import SCHEDULE, our_name, published_name, sizes_of, without_prefix
from OrthoDiffusionLib.encoders.published_unet import PublishedUNet
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.volumes.files.atomic import write_text

AVERAGED = "ema"
"""Where a checkpoint has the averaged weights, which the authors' own programs read."""

PUBLISHED_SIZES = (64, (64, 64, 128, 128, 256))
"""Channels of the first layer and of the levels, as in the authors' configuration."""

SHOWN = 60
"""Tensors that a message names; where more do not fit, all of them stand in a file."""

_WRAPPED = "module."
_REPOSITORY = "https://github.com/lt-0123/OrthoDiffusion"
_DOWNLOAD = "Download it again, and compare its size with that of its source; the authors' files have about 553 MB."


@dataclass(frozen=True, eq=False)
class PublishedWeights:
    """The averaged weights of one checkpoint.

    Attributes:
        base, channels: of the first layer and of the levels, finest first.
        weights: tensors of `PublishedUNet`, float32.
        step: how many steps the training had done; None where the file does not say.
        sha256: of all tensors with their names, so that equal weights in two files are found.
        notices: what is worth to know of the file.
    """

    base: int
    channels: tuple[int, ...]
    weights: Mapping[str, Tensor]
    step: int | None
    sha256: str
    notices: tuple[str, ...] = ()


def read_published(path: Path, report_folder: Path | None = None) -> PublishedWeights:
    """Read one checkpoint.

    Args:
        path: as the authors' trainer wrote it, or a state dictionary alone.
        report_folder: gets a list of all tensors that do not fit, where a message cannot name them all.

    Raises:
        TrainingError: if the file is missing, damaged, holds other objects than tensors and plain values, or tensors
            that are missing, unexpected or of another shape, each of which is named.
    """
    content = _content(path)
    state, notices = _averaged(content, path)
    network = {without_prefix(name): value for name, value in state.items() if name not in SCHEDULE}
    if len(network) < len([name for name in state if name not in SCHEDULE]):
        raise TrainingError("The checkpoint has tensors twice, with and without a prefix", where=str(path))
    base, channels = sizes_of(network) or PUBLISHED_SIZES
    _check_tensors(network, base, channels, path, report_folder)
    notices += _check_schedule(state, path)
    weights = {our_name(name): value.float() for name, value in network.items()}
    notices += _check_values(weights, path)
    step = content.get("step")
    return PublishedWeights(
        base, channels, weights, step if isinstance(step, int) else None, _digest(weights), tuple(notices)
    )


def _network(base: int, channels: tuple[int, ...]) -> PublishedUNet:
    return PublishedUNet(
        base=base, multipliers=tuple(width // base for width in channels), attention_levels=(len(channels) - 1,)
    )


def _content(path: Path) -> Mapping[str, Any]:
    """What the file holds, unpickled by torch's restricted reader, which knows tensors and plain values alone."""
    if not path.is_file():
        raise TrainingError("There is no such file", where=str(path), remedy="Check the path of the checkpoint.")
    with path.open("rb") as file:
        start = file.read(2)
    if not start:
        raise TrainingError("The checkpoint cannot be read: the file is empty", where=str(path), remedy=_DOWNLOAD)
    packed = zipfile.is_zipfile(path)
    if not packed and start == b"PK":
        raise TrainingError("The checkpoint ends too early", where=str(path), remedy=_DOWNLOAD)
    try:
        # mapped: of 553 MB only the averaged weights, a quarter, are ever read
        content = torch.load(path, map_location="cpu", weights_only=True, mmap=packed)
    except (
        Exception
    ) as error:  # torch's reader raises errors of many kinds, and any of them means that it cannot be read
        if re.search("unsupported (global|class)", str(error), re.IGNORECASE):
            raise TrainingError(
                f"The checkpoint holds more than tensors and plain values{_foreign(path, packed)}; none of it was run",
                where=str(path),
                remedy="Files of the authors hold neither code nor other objects: get the file from its source.",
            ) from error
        raise TrainingError(
            "The checkpoint cannot be read: it is damaged, or no checkpoint of PyTorch",
            where=str(path),
            remedy=_DOWNLOAD,
        ) from error
    if not isinstance(content, Mapping):
        raise TrainingError(f"The checkpoint holds a {type(content).__name__} and no table of tensors", where=str(path))
    return content


def _foreign(path: Path, packed: bool) -> str:
    """The names of the other objects, where torch can list them without loading any."""
    if not packed:
        return ""
    try:
        names = torch.serialization.get_unsafe_globals_in_checkpoint(path)
    except Exception:  # the list only adds to a refusal that comes anyhow
        return ""
    return f" ({', '.join(sorted(names))})" if names else ""


def _averaged(content: Mapping[str, Any], path: Path) -> tuple[dict[str, Tensor], list[str]]:
    notices = []
    found = content.get(AVERAGED)
    if found is None and content and all(isinstance(value, Tensor) for value in content.values()):
        found = content
        notices.append("the file is a table of tensors alone; they are taken for the averaged weights")
    if not isinstance(found, Mapping) or not all(isinstance(value, Tensor) for value in found.values()):
        raise TrainingError(
            f"The checkpoint has no averaged weights (key {AVERAGED!r}); it has: "
            f"{', '.join(sorted(map(str, content))) or 'nothing'}",
            where=str(path),
            remedy=f"Give a file that the authors' trainer wrote; see {_REPOSITORY}.",
        )
    # a trainer may have wrapped the whole model for several GPUs
    wrapped = all(str(name).startswith(_WRAPPED) for name in found)
    return {str(name).removeprefix(_WRAPPED if wrapped else ""): value for name, value in found.items()}, notices


def _check_tensors(
    found: Mapping[str, Tensor], base: int, channels: tuple[int, ...], path: Path, report_folder: Path | None
) -> None:
    with torch.device("meta"):
        network = _network(base, channels)
    expected = {published_name(name): tuple(value.shape) for name, value in network.state_dict().items()}
    lines = []
    for name in dict.fromkeys([*expected, *found]):
        if name not in found:
            lines.append(f"{name}: missing")
        elif name not in expected:
            lines.append(f"{name}: unexpected, {tuple(found[name].shape)}")
        elif tuple(found[name].shape) != expected[name]:
            lines.append(f"{name}: of another shape, {tuple(found[name].shape)} instead of {expected[name]}")
    if not lines:
        return
    rest = ""
    if len(lines) > SHOWN:
        rest = f"\nand {len(lines) - SHOWN} more"
        if report_folder is not None:
            report_folder.mkdir(parents=True, exist_ok=True)
            listed = report_folder / f"{path.stem}.differences.txt"
            write_text(listed, "\n".join(lines) + "\n")
            rest += f"; all of them: {listed}"
    raise TrainingError(
        f"The checkpoint is of another architecture: of {len(expected)} tensors {len(lines)} do not fit:\n"
        + "\n".join(lines[:SHOWN])
        + rest,
        where=str(path),
        remedy=f"Give a checkpoint of the network in {_REPOSITORY} (diffusion_model/unet.py).",
    )


def _check_schedule(state: Mapping[str, Tensor], path: Path) -> list[str]:
    """Notices; refused where the noise was another one than the features are read at."""
    missing = sorted(SCHEDULE - state.keys())
    table = state.get("alphas_cumprod")
    if table is None:
        return ["the file holds no noise schedule; the authors' cosine schedule of 1000 steps is assumed"]
    ours = signal_share(torch.arange(STEPS))
    same = tuple(table.shape) == (STEPS,) and bool((table.double() - ours).abs().max() < 1e-3)
    if not same:
        raise TrainingError(
            f"The checkpoint's noise schedule, of {table.numel()} steps, is not the cosine schedule of {STEPS} steps",
            where=str(path),
            remedy="Features are read at a step of that schedule; a model of another one cannot be imported.",
        )
    return (
        [f"tables of the noise schedule that are missing and follow from it: {', '.join(missing)}"] if missing else []
    )


def _check_values(weights: Mapping[str, Tensor], path: Path) -> list[str]:
    wrong = [name for name, value in weights.items() if not bool(torch.isfinite(value).all())]
    if wrong:
        raise TrainingError(
            f"Tensors hold values that are no numbers: {', '.join(published_name(name) for name in wrong)}",
            where=str(path),
            remedy=_DOWNLOAD,
        )
    if not bool(weights["output_convolution.weight"].any()):
        return ["the last layer is zero everywhere, as it is before any training: these weights have learned nothing"]
    return []


def _digest(weights: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for name in sorted(weights):
        digest.update(name.encode())
        digest.update(weights[name].contiguous().numpy().tobytes())
    return digest.hexdigest()
