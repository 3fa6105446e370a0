"""Slice features: what one slice looks like in numbers that need no labels, for telling real slices from phantoms'."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from OrthoDiffusionLib.lab.evaluation.realism.texture import correlation_length_mm, edge_widths_mm, gradient_magnitude
from OrthoDiffusionLib.views.intensity import apply_scale, body_scale

LEAST_BODY = 0.12
"""Slices with a smaller share of body are left out."""

EVERY = 2
"""Only every second slice is looked at: neighbours say the same."""

_MOST_TILES = 12

_PERCENTILES = (2, 10, 25, 50, 75, 90, 98)
_BANDS_MM = (8.0, 5.0, 3.5, 2.5, 1.8, 1.3, 1.0)
_FILTERS, _FILTER_SIZE = 12, 5

FEATURE_NAMES: tuple[str, ...] = (
    *(f"grey of the body, {p} %" for p in _PERCENTILES),
    "grey of the air, mean",
    "grey of the air, deviation",
    *(f"gradient in the body, {p} %" for p in _PERCENTILES[2:]),
    "smallest local variation (5 % of tiles)",
    "median local variation",
    "skewness of the body's grey",
    "steepest edges, 10-90 % width, mm",
    "correlation length of smooth tiles, mm",
    *(f"power at {a:g} to {b:g} mm" for a, b in pairwise(_BANDS_MM)),
    *(f"random filter {n}" for n in range(_FILTERS)),
)
"""What `slice_features` gives, in its order."""


def slice_features(image: np.ndarray, pixel_mm: float) -> tuple[np.ndarray, np.ndarray]:
    """Features (N, F) of every second slice with enough body, and their numbers (N,) as shares of the stack, 0 to 1.

    Args:
        image: (S, H, W) hung, of any unit.
        pixel_mm: in-plane pixel.
    """
    scaled = apply_scale(image, body_scale(image))
    rows, places = [], []
    for number in range(0, len(scaled), EVERY):
        picture = scaled[number]
        body = _body(picture)
        if body.mean() >= LEAST_BODY:
            rows.append(_features(picture, body, pixel_mm, number))
            places.append(number / max(1, len(scaled) - 1))
    return np.array(rows, np.float64).reshape(-1, len(FEATURE_NAMES)), np.array(places)


def _body(picture: np.ndarray) -> np.ndarray:
    """Where the limb is: brighter than air after some smoothing."""
    from scipy.ndimage import uniform_filter

    return uniform_filter(picture, size=7, mode="wrap") > -0.95


def _features(picture: np.ndarray, body: np.ndarray, pixel_mm: float, number: int) -> list[float]:
    inside, air = picture[body], picture[~body]
    gradient = gradient_magnitude(picture, pixel_mm)[body]
    deviations, lengths = _tiles(picture, body, pixel_mm)
    widths = edge_widths_mm(picture, pixel_mm, body=body, seed=number)
    mean, deviation = inside.mean(), inside.std() + 1e-6
    quiet = np.percentile(air, 60) if air.size else -1.5
    return [
        *np.percentile(inside, _PERCENTILES),
        float(air[air <= quiet].mean()) if air.size else -1.5,
        float(air[air <= quiet].std()) if air.size else 0.0,
        *np.percentile(gradient, _PERCENTILES[2:]),
        float(np.percentile(deviations, 5)) if deviations.size else 0.0,
        float(np.median(deviations)) if deviations.size else 0.0,
        float((((inside - mean) / deviation) ** 3).mean()),
        float(np.median(widths)) if widths.size else 0.0,
        float(np.median(lengths)) if lengths.size else 0.0,
        *_band_powers(picture, body, pixel_mm),
        *_random_filters(picture, body),
    ]


def _tiles(picture: np.ndarray, body: np.ndarray, pixel_mm: float, size: int = 16) -> tuple[np.ndarray, np.ndarray]:
    """Standard deviation of every tile within the body; correlation length of a few that vary least."""
    height, width = (n // size * size for n in picture.shape)
    tiles = picture[:height, :width].reshape(height // size, size, width // size, size).swapaxes(1, 2)
    full = body[:height, :width].reshape(height // size, size, width // size, size).swapaxes(1, 2).all(axis=(2, 3))
    chosen = tiles[full]
    if not len(chosen):
        return np.zeros(0), np.zeros(0)
    deviations = chosen.std(axis=(1, 2))
    quiet = chosen[deviations <= np.percentile(deviations, 25)]
    quiet = quiet[:: -(-len(quiet) // _MOST_TILES)]
    lengths = np.array([correlation_length_mm(tile, pixel_mm) for tile in quiet])
    return deviations, lengths[np.isfinite(lengths)]


def _band_powers(picture: np.ndarray, body: np.ndarray, pixel_mm: float) -> list[float]:
    """Logarithm of the share of the body's power in each band of wavelengths."""
    flat = np.where(body, picture - picture[body].mean(), 0.0)
    power = np.abs(np.fft.rfft2(flat)) ** 2
    frequency = np.hypot(
        np.fft.fftfreq(picture.shape[0], pixel_mm)[:, None], np.fft.rfftfreq(picture.shape[1], pixel_mm)[None, :]
    )
    total = power.sum() + 1e-12
    return [
        float(np.log(power[(frequency >= 1 / long) & (frequency < 1 / short)].sum() / total + 1e-12))
        for long, short in pairwise(_BANDS_MM)
    ]


def _random_filters(picture: np.ndarray, body: np.ndarray) -> list[float]:
    """Mean rectified response to fixed random filters: what no named measure covers."""
    rng = np.random.default_rng(5)
    filters = rng.normal(size=(_FILTERS, _FILTER_SIZE, _FILTER_SIZE))
    filters -= filters.mean(axis=(1, 2), keepdims=True)
    filters /= np.linalg.norm(filters, axis=(1, 2), keepdims=True)
    height, width = (n - _FILTER_SIZE + 1 for n in picture.shape)
    windows = np.lib.stride_tricks.sliding_window_view(picture, (_FILTER_SIZE, _FILTER_SIZE))
    middle = _FILTER_SIZE // 2
    chosen = windows[body[middle : middle + height, middle : middle + width]][::3]
    response = chosen.reshape(len(chosen), -1) @ filters.reshape(_FILTERS, -1).T.astype(picture.dtype)
    return [float(value) for value in np.maximum(response, 0.0).mean(axis=0)]
