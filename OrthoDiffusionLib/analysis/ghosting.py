"""How much a view repeats itself along its rows or columns, as ghosts of a moving patient do.

An image that lies over shifted copies of itself has a spectrum with ripples of one period: the power cepstrum shows
them (Bogert, Healy and Tukey 1963, "The quefrency alanysis of time series for echoes"). Ghosts lie along the direction
of phase encoding, at one distance for a patient who moves steadily (Wood and Henkelman 1985, Med. Phys. 12:143).
"""

from __future__ import annotations

import numpy as np

BAND_PER_MM = (0.03, 0.35)
"""Spatial frequencies looked at, cycles per mm; below lies the anatomy's size, above the resolution of coarse scans."""

ACROSS_PER_MM = (0.02, 0.6)
"""Those of the other direction, over which the logarithm is averaged."""

DISTANCE_MM = (3.0, 25.0)
"""How far a ghost may lie from what it repeats; ours."""

LEAST_FREQUENCIES = 24  # in the band; fewer show no period
TREND = 5  # degree of the polynomial that takes the spectrum's own fall away
CEPSTRUM_SIZE = 2048  # zero-filled, so that the highest point is found between samples


def ghosting(array: np.ndarray, pixel_mm: float) -> float | None:
    """Height of the highest ripple in the logarithm of the spectrum, along rows or columns, whichever is higher.

    The logarithm is averaged over slices and over the other direction: anatomy, which differs there, averages out;
    ghosts do not. 0.01 to 0.05 in honest images, and 0.1 and more with ghosts that can be seen.

    Args:
        array: (S, H, W) of a view.
        pixel_mm: of rows and columns.

    Returns:
        None where the view is too small or too coarse.
    """
    power = _mean_log_power(array)
    heights = [_highest_ripple(one, pixel_mm) for one in (power.T, power)]
    found = [height for height in heights if height is not None]
    return max(found) if found else None


def _mean_log_power(array: np.ndarray) -> np.ndarray:
    """(H, W) mean over the slices of the logarithm of the power spectrum; slice by slice, to keep memory small."""
    from scipy import fft

    rows, columns = array.shape[1:]
    window = np.outer(np.hanning(rows), np.hanning(columns)).astype(np.float32)
    total = np.zeros((rows, columns // 2 + 1))
    for image in array.astype(np.float32, copy=False):
        spectrum = fft.rfft2((image - image.mean()) * window)
        total += np.log(spectrum.real**2 + spectrum.imag**2 + np.float32(1e-12))
    total /= len(array)
    # Opposite frequencies of a real image have the same power.
    opposite = -np.arange(rows) % rows
    return np.concatenate([total, total[opposite, (columns - 1) // 2 : 0 : -1]], axis=1)


def _highest_ripple(power: np.ndarray, pixel_mm: float) -> float | None:
    """Along the last axis of a mean logarithmic power spectrum; None where the view is too small or too coarse."""
    across, size = power.shape
    frequencies = np.arange(size // 2) / (size * pixel_mm)
    band = np.flatnonzero((frequencies > BAND_PER_MM[0]) & (frequencies < BAND_PER_MM[1]))
    if len(band) < LEAST_FREQUENCIES or 0.5 / pixel_mm < BAND_PER_MM[1] or across < LEAST_FREQUENCIES:
        return None
    other = np.abs(np.fft.fftfreq(across, pixel_mm))
    level = power[(other > ACROSS_PER_MM[0]) & (other < ACROSS_PER_MM[1])].mean(axis=0)[band]
    place = np.linspace(-1.0, 1.0, len(level))
    window = np.hanning(len(level))
    ripples = (level - np.polyval(np.polyfit(place, level, TREND), place)) * window
    heights = np.abs(np.fft.rfft(ripples, CEPSTRUM_SIZE)) * 2.0 / window.sum()
    distance_mm = np.arange(len(heights)) / CEPSTRUM_SIZE * size * pixel_mm
    asked = (distance_mm > DISTANCE_MM[0]) & (distance_mm < DISTANCE_MM[1])
    return float(heights[asked].max())
