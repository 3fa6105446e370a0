"""Which number format the networks run in on this machine."""

from __future__ import annotations

import contextlib

import torch


def has_fast_bfloat16(device: str = "cpu") -> bool:
    """Whether bfloat16 is worth its rounding: cores or a GPU that multiply it natively.

    Where it would be emulated (older AVX2 and AVX-512 cores) float32 is faster, and is used.
    """
    if device == "cpu":
        checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
        return any(getattr(torch.cpu, name, bool)() for name in checks)
    return device.startswith("cuda") and torch.cuda.is_bf16_supported()


def autocast(device: str = "cpu", precision: str = "auto") -> contextlib.AbstractContextManager:
    """The context to run networks in.

    Args:
        device: "cpu" or "cuda".
        precision: "auto", "bfloat16" or "float32".
    """
    if precision not in ("auto", "bfloat16", "float32"):
        raise ValueError(f"precision must be auto, bfloat16 or float32, got {precision!r} instead")
    if precision == "float32" or (precision == "auto" and not has_fast_bfloat16(device)):
        return contextlib.nullcontext()
    return torch.autocast(device.split(":")[0], dtype=torch.bfloat16)
