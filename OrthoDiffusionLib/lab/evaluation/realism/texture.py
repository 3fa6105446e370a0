"""Texture and edges of pictures in millimetres: spectrum slope, correlation length, gradient, edge width."""

from __future__ import annotations

import numpy as np

EDGE_REACH_MM = 3.0
_STEPS_A_PIXEL = 4
_MOST_EDGES = 300


def spectrum_slope(patch: np.ndarray) -> float:
    """Slope of the radially averaged power spectrum in double logarithm: 0 for white noise, negative for smooth grain.

    Args:
        patch: (N, N) with N of 8 or more; a plane is taken off and a Hann window put on.
    """
    window = np.outer(np.hanning(patch.shape[0] + 2)[1:-1], np.hanning(patch.shape[1] + 2)[1:-1])
    power = np.abs(np.fft.fft2(without_plane(patch) * window)) ** 2
    radius = np.hypot(np.fft.fftfreq(patch.shape[0])[:, None], np.fft.fftfreq(patch.shape[1])[None, :])
    # The lowest frequencies went with the plane; the corners beyond Nyquist are not round any more.
    rings = np.arange(1.5 / patch.shape[0], 0.5, 1.0 / patch.shape[0])
    number = np.digitize(radius, rings)
    inside = [number == n for n in range(1, len(rings))]
    frequency = np.log([radius[ring].mean() for ring in inside])
    level = np.log([power[ring].mean() + 1e-12 for ring in inside])
    return float(np.polyfit(frequency, level, 1)[0])


def correlation_length_mm(patch: np.ndarray, pixel_mm: float) -> float:
    """Distance at which the autocorrelation along rows and columns falls to 1/e; half the patch if it never does.

    White noise that was blurred by a Gaussian of standard deviation s gives 2 s.
    """
    flat = without_plane(patch)
    size = tuple(2 * n for n in flat.shape)
    power = np.abs(np.fft.fft2(flat, size)) ** 2
    overlap = np.fft.ifft2(np.abs(np.fft.fft2(np.ones_like(flat), size)) ** 2).real
    correlation = np.fft.ifft2(power).real / np.maximum(overlap, 0.5)
    lags = min(flat.shape) // 2
    curve = (correlation[0, : lags + 1] + correlation[: lags + 1, 0]) / 2.0
    if curve[0] <= 0:
        return float("nan")
    curve = curve / curve[0]
    below = np.flatnonzero(curve < np.exp(-1.0))
    if not below.size:
        return lags * pixel_mm
    n = int(below[0])
    return float((n - 1 + (curve[n - 1] - np.exp(-1.0)) / (curve[n - 1] - curve[n])) * pixel_mm)


def without_plane(patch: np.ndarray) -> np.ndarray:
    """The patch less the plane that fits it best: what is left of it when shading is gone."""
    rows, columns = (axis.ravel() for axis in np.indices(patch.shape, dtype=np.float64))
    design = np.stack([np.ones_like(rows), rows, columns], axis=1)
    values = patch.astype(np.float64).ravel()
    return (values - design @ np.linalg.lstsq(design, values, rcond=None)[0]).reshape(patch.shape)


def gradient_magnitude(picture: np.ndarray, pixel_mm: float) -> np.ndarray:
    """(H, W) change of grey a millimetre, by central differences."""
    down, across = np.gradient(picture.astype(np.float64), pixel_mm)
    return np.hypot(down, across)


def edge_widths_mm(picture: np.ndarray, pixel_mm: float, *, body: np.ndarray, seed: int = 0) -> np.ndarray:
    """10-90 % widths of the steepest edges of a slice, one an edge point.

    An edge point is a crest of the gradient among its steepest 3 % in the body. From it the profile is followed
    along the gradient both ways until it turns: there are the two plateaus.

    Args:
        picture: (H, W) of any unit.
        pixel_mm: pixel.
        body: (H, W) bool, where to look.
        seed: which of very many edge points are taken.
    """
    down, across = (np.asarray(part) for part in np.gradient(picture.astype(np.float64)))
    steep = np.asarray(np.hypot(down, across))
    margin = int(np.ceil(EDGE_REACH_MM / pixel_mm)) + 2
    usable = np.zeros_like(body)
    usable[margin:-margin, margin:-margin] = body[margin:-margin, margin:-margin]
    if usable.sum() < 100:
        return np.zeros(0)
    rows, columns = np.nonzero(usable & (steep > np.percentile(steep[usable], 97.0)))
    direction = np.stack([down[rows, columns], across[rows, columns]], axis=1) / steep[rows, columns, None]
    here = np.stack([rows, columns], axis=1).astype(np.float64)
    crest = steep[rows, columns] >= np.maximum(_at(steep, here + direction), _at(steep, here - direction))
    here, direction = here[crest], direction[crest]
    if len(here) > _MOST_EDGES:
        chosen = np.random.default_rng(seed).choice(len(here), _MOST_EDGES, replace=False)
        here, direction = here[chosen], direction[chosen]
    reach = round(EDGE_REACH_MM / pixel_mm * _STEPS_A_PIXEL)
    offsets = np.arange(-reach, reach + 1) / _STEPS_A_PIXEL
    profiles = _at(picture, here[:, None, :] + offsets[None, :, None] * direction[:, None, :])
    widths = [_width(profile, reach) for profile in profiles]
    return np.array([width for width in widths if width], np.float64) * pixel_mm / _STEPS_A_PIXEL


def _width(profile: np.ndarray, middle: int) -> float:
    """10-90 % width of a rising profile, in samples; 0 where there is none."""
    step = np.diff(profile)
    falls_after, falls_before = np.flatnonzero(step[middle:] <= 0), np.flatnonzero(step[:middle] <= 0)
    stop = middle + (int(falls_after[0]) if falls_after.size else len(step) - middle)
    start = int(falls_before[-1]) + 1 if falls_before.size else 0
    rise = profile[start : stop + 1]
    if len(rise) < 3:
        return 0.0
    low, high = rise[0], rise[-1]
    places = np.interp([low + 0.1 * (high - low), low + 0.9 * (high - low)], rise, np.arange(len(rise)))
    return float(places[1] - places[0])


def _at(picture: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Bilinear values at (..., 2) rows and columns; points beyond the border take its values."""
    from scipy.ndimage import map_coordinates

    return map_coordinates(picture, np.moveaxis(points, -1, 0), order=1, mode="nearest", output=np.float64)
