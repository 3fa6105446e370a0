"""Scanner units → mean 0 and standard deviation 0.5 within the body."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.volumes.body_threshold import body_threshold

LOWEST, HIGHEST = -1.5, 3.0
"""Where normalised values are clamped: darker than air and brighter than fluid teach nothing (ours)."""

STANDARD_DEVIATION = 0.5
"""sigma_data of the diffusion models (Karras et al. 2022, arXiv 2206.00364, Table 1)."""

RULE = "body-0.5-v1"
"""Name of this rule, for a bundle's manifest; it changes when the numbers would."""

_SAMPLES = 200_000


def normalise(array: np.ndarray) -> np.ndarray:
    """Bring an image of any scanner unit to a common scale.

    The body is separated from air by Otsu's threshold on the square roots of the intensities, which keeps
    fat-suppressed marrow inside although fluid is far brighter. Mean and standard deviation of the body,
    with its darkest and brightest percent pulled in, become 0 and 0.5.

    Args:
        array: any shape, any real unit; 8-bit windowed, zero background and negative values are fine.

    Returns:
        float32 of the same shape, clamped to [-1.5, 3]. A scale and an offset of the input do not matter:
        for a > 0, ``normalise(a * x + b)`` equals ``normalise(x)`` up to rounding. A constant image
        becomes 0.

    Raises:
        ValueError: if the array is empty or not finite.
    """
    return apply_scale(array, body_scale(array))


def apply_scale(array: np.ndarray, scale: tuple[float, float]) -> np.ndarray:
    """(array - centre) * gain, float32, clamped to [-1.5, 3]; with `body_scale` of the whole, a crop of it."""
    centre, gain = scale
    shifted = np.asarray(array, dtype=np.float32) - np.float32(centre)
    shifted *= np.float32(gain)
    return np.clip(shifted, LOWEST, HIGHEST, out=shifted)


def body_scale(array: np.ndarray) -> tuple[float, float]:
    """The centre and gain that `normalise` uses for an image.

    Raises:
        ValueError: if the array is empty or not finite.
    """
    values = np.asarray(array, dtype=np.float32)
    if values.size == 0:
        raise ValueError("cannot normalise an empty array")
    sample = _sample(values)
    low, high = np.percentile(sample, (0.5, 99.5))
    if not np.isfinite((low, high)).all():
        raise ValueError("cannot normalise values that are not finite")
    if high <= low:
        # All but a few voxels are equal; the few still count if there are any.
        low, high = float(values.min()), float(values.max())
        if high <= low:
            return low, 0.0
    unit = np.clip((sample - low) / (high - low), 0.0, 1.0)
    body = unit[unit > body_threshold(unit)]
    if body.size < 10:
        body = unit
    body = np.clip(body, *np.percentile(body, (1.0, 99.0)))
    mean, deviation = float(body.mean()), max(float(body.std()), 1e-3)
    return low + mean * (high - low), STANDARD_DEVIATION / deviation / float(high - low)


def _sample(values: np.ndarray) -> np.ndarray:
    """At most about `_SAMPLES` values, evenly strided in every axis, so that it is always the same."""
    stride = max(1, int(np.ceil((values.size / _SAMPLES) ** (1.0 / max(1, values.ndim)))))
    return values[(slice(None, None, stride),) * values.ndim].ravel()
