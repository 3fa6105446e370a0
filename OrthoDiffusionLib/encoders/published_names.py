"""Which tensor of the original authors' checkpoint is which of ours, and how large its network is."""

from __future__ import annotations

import re
from collections.abc import Mapping

from torch import Tensor

PREFIX = "denoise_fn."
"""Of the network's tensors in a checkpoint; from a training on several GPUs it is `denoise_fn.module.`."""

SCHEDULE = frozenset(
    (
        "betas", "alphas_cumprod", "alphas_cumprod_prev", "sqrt_alphas_cumprod", "sqrt_one_minus_alphas_cumprod",
        "log_one_minus_alphas_cumprod", "sqrt_recip_alphas_cumprod", "sqrt_recipm1_alphas_cumprod",
        "posterior_variance", "posterior_log_variance_clipped", "posterior_mean_coef1", "posterior_mean_coef2",
        "posterior_mean_coef3",
    )
)  # fmt: skip
"""Tables of the noise schedule that a checkpoint holds beside the network; all follow from `alphas_cumprod`."""

_TOPS = {
    "time_embed": "time_embedding",
    "input_blocks": "contracting",
    "middle_block": "middle",
    "output_blocks": "expanding",
    "out.0": "output_norm",
    "out.2": "output_convolution",
}
_PARTS = {
    "in_layers.0": "norm_in",
    "in_layers.2": "convolution_in",
    "emb_layers.1": "step_shift",
    "out_layers.0": "norm_out",
    "out_layers.3": "convolution_out",
    "skip_connection": "shortcut",
    "op": "convolution",
    "conv": "convolution",
    "qkv": "query_key_value",
    "proj_out": "projection",
}


def without_prefix(name: str) -> str:
    """A tensor's name in the authors' network, however the checkpoint wraps it."""
    return re.sub(rf"^{re.escape(PREFIX)}(module\.)?", "", name)


def our_name(published: str) -> str:
    """The name in `PublishedUNet` of a tensor of the authors' network; a name that has no place there keeps its words.

    Args:
        published: with or without `denoise_fn.` before it.
    """
    name = without_prefix(published)
    for theirs, ours in _TOPS.items():
        if name.startswith(f"{theirs}."):
            name = ours + name[len(theirs) :]
            break
    for theirs, ours in _PARTS.items():
        name = name.replace(f".{theirs}.", f".{ours}.")
    return name


def published_name(ours: str) -> str:
    """The name in the authors' network, without prefix, of a tensor of `PublishedUNet`."""
    name = ours
    for theirs, top in _TOPS.items():
        if name.startswith(f"{top}."):
            name = theirs + name[len(top) :]
            break
    # one name of ours stands for two of theirs: `op` makes smaller, `conv` larger
    name = name.replace(".convolution.", ".op." if name.startswith("input_blocks.") else ".conv.")
    for theirs, part in _PARTS.items():
        if part != "convolution":
            name = name.replace(f".{part}.", f".{theirs}.")
    return name


def sizes_of(state: Mapping[str, Tensor]) -> tuple[int, tuple[int, ...]] | None:
    """Channels of the first layer and of every level, as the shapes of a checkpoint's tensors state them.

    Args:
        state: tensors by their names in the authors' network, without prefix.

    Returns:
        (base, channels by level, finest first), or None where the tensors are not those of such a network.
    """
    embedding = state.get("time_embed.0.weight")
    if embedding is None or embedding.ndim != 2:
        return None
    channels: list[int] = []
    while (first := state.get(f"input_blocks.{1 + 2 * len(channels)}.0.in_layers.2.weight")) is not None:
        channels.append(int(first.shape[0]))
    base = int(embedding.shape[1])
    possible = base > 0 and base % 32 == 0 and channels and all(width and width % base == 0 for width in channels)
    return (base, tuple(channels)) if possible else None
