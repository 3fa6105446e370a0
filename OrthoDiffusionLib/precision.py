"""Which number format the networks run in on this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

import torch

from OrthoDiffusionLib import onednn
from OrthoDiffusionLib.memory import bound_caches

bound_caches()  # every network imports this file, and no computation comes before it


def has_fast_bfloat16(device: str = "cpu") -> bool:
    """Whether bfloat16 is worth its rounding: cores or a GPU that multiply it natively.

    Where it would be emulated (older AVX2 and AVX-512 cores) float32 is faster, and is used.
    """
    if device == "cpu":
        checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
        return any(getattr(torch.cpu, name, bool)() for name in checks)
    return device.startswith("cuda") and torch.cuda.is_bf16_supported()


def autocast(device: str = "cpu", precision: str = "auto") -> contextlib.AbstractContextManager[object]:
    """The context to run networks in; in `torch.inference_mode` where no gradients are wanted, which is faster.

    Args:
        device: "cpu" or "cuda".
        precision: "auto", "bfloat16" or "float32".
    """
    if precision not in ("auto", "bfloat16", "float32"):
        raise ValueError(f"precision must be auto, bfloat16 or float32, got {precision!r} instead")
    if precision == "float32" or (precision == "auto" and not has_fast_bfloat16(device)):
        wanted = device == "cpu" and onednn.is_available()
        return onednn.OneDnnConvolutions() if wanted else contextlib.nullcontext()
    return torch.autocast(device.split(":")[0], dtype=torch.bfloat16)


def sound_gradients(device: str, depths: Iterable[int]) -> contextlib.AbstractContextManager[object]:
    """The context for convolutions of 3 x 3 x 3 kernels that may be trained: float32 where bfloat16 would be wrong.

    torch 2.13's bfloat16 on a CPU leaves parts of such a kernel's weight gradient unset where its map is two slices
    deep (measured: every time at a depth of 2, whatever its rows and columns, up to infinite numbers; never at 1, 3,
    4 or 8, nor with 1 x 3 x 3 or 1 x 1 x 1 kernels). Without gradients nothing changes.

    Args:
        device: "cpu" or "cuda".
        depths: of the maps that are convolved, in voxels of their first axis.
    """
    if device == "cpu" and torch.is_grad_enabled() and 2 in depths:
        return torch.autocast("cpu", enabled=False)
    return contextlib.nullcontext()
