"""Artefacts: what coils, k-space, moving patients and displays do to a picture, as small functions of arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from ..volumes.geometry import Geometry

Range = tuple[float, float]


@dataclass(frozen=True)
class Artefacts:
    """How strong the faults of a centre are; every strength is drawn from its range for each view.

    Attributes:
        noise: standard deviation of the noise against the brightest tissues, at 1.5 T; it scales with 1 / field.
        bias: standard deviation of the coil's shading, natural logarithm.
        blur_mm: in-plane blur, standard deviation.
        acquired_mm: acquired pixel in phase direction; what is finer is lost, and edges ring.
        apodisation: 0 leaves the ringing of a sharp k-space edge, 1 damps it.
        fat_shift_mm: shift of fat along the frequency direction.
        fat_failure: chance that fat suppression fails in patches.
        flow_ghost: strength of vessel ghosts along the phase direction.
        motion: chance that the patient moved.
        windowed: chance of being clipped to a display window and stored in 8 bits.
        gamma: exponent of the display.
        slice_jitter: standard deviation of brightness from slice to slice, natural logarithm.
        dark_border: chance of an empty border.
    """

    noise: Range = (0.01, 0.04)
    bias: Range = (0.05, 0.25)
    blur_mm: Range = (0.0, 0.5)
    acquired_mm: Range = (0.5, 0.9)
    apodisation: Range = (0.2, 1.0)
    fat_shift_mm: Range = (0.2, 1.2)
    fat_failure: float = 0.2
    flow_ghost: Range = (0.0, 0.15)
    motion: float = 0.08
    windowed: float = 0.6
    gamma: Range = (0.9, 1.15)
    slice_jitter: Range = (0.0, 0.04)
    dark_border: float = 0.04

    def draw(self, rng: np.random.Generator) -> dict[str, float]:
        """One value a strength; chances stay chances."""
        values = ((item.name, getattr(self, item.name)) for item in fields(self))
        return {name: float(rng.uniform(*v)) if isinstance(v, tuple) else float(v) for name, v in values}


def smooth_noise(
    rng: np.random.Generator,
    shape: tuple[int, int, int],
    spacing_mm: tuple[float, float, float],
    length_mm: tuple[float, float, float],
) -> np.ndarray:
    """(S, H, W) float32 random field of about unit variance that changes over `length_mm` along each axis."""
    knots = [
        max(2, int(np.ceil(n * mm / length)) + 1) for n, mm, length in zip(shape, spacing_mm, length_mm, strict=True)
    ]
    knots = [min(k, n) if n > 1 else 1 for k, n in zip(knots, shape, strict=True)]
    field = rng.standard_normal(knots, dtype=np.float32)
    gain = 1.0
    for axis, (n, k) in enumerate(zip(shape, knots, strict=True)):
        if n == k:
            continue
        weights = _upsampling(n, k)
        gain *= float(np.sqrt(np.mean(np.sum(weights**2, axis=1))))
        # Moved by hand: a matrix product on the axis is several times faster than tensordot here.
        if axis == 2:
            field = field @ weights.T
        elif axis == 1:
            field = weights @ field
        else:
            field = (weights @ field.reshape(k, -1)).reshape(n, *field.shape[1:])
    return field / np.float32(gain)


def shading(rng: np.random.Generator, geometry: Geometry, strength: float) -> np.ndarray:
    """(S, H, W) float32 factor of a receive coil around the limb: smooth and positive.

    Coil elements lie around the knee and end above and below it: brightness rises towards the skin and falls along
    the limb, in fixed places of the patient, so that crops agree with their whole; random waves are added.

    Args:
        rng: the only source of chance.
        geometry: grid of the view, RAS millimetres around the joint.
        strength: standard deviation of the logarithm, about.
    """
    s, h, w = geometry.shape
    knots = (3, 5, 5)
    index = np.stack(
        np.meshgrid(*(np.linspace(0, n - 1, k) for n, k in zip((s, h, w), knots, strict=True)), indexing="ij"), -1
    )
    x, y, z = np.moveaxis(geometry.to_ras(index), -1, 0)
    log = rng.normal(0.0, 0.7 * strength, knots)
    log += strength * rng.uniform(0.0, 2.0) * np.minimum(((x / 60) ** 2 + ((y + 5) / 65) ** 2), 2.0)
    log -= strength * rng.uniform(0.0, 2.0) * np.minimum(((z - rng.normal(0.0, 15.0)) / 75) ** 2, 2.5)
    log = (_upsampling(s, 3) @ log.reshape(3, -1).astype(np.float32)).reshape(s, 5, 5)
    return np.exp((_upsampling(h, 5) @ log) @ _upsampling(w, 5).T)


def failure_of_fat_suppression(rng: np.random.Generator, shape: tuple[int, int, int]) -> np.ndarray:
    """(S, H, W) float32 between 0 (fat stays dark) and 1 (fat comes back), in large patches, mostly near an edge."""
    s, h, w = shape
    knots = rng.standard_normal((2, 4, 4), dtype=np.float32)
    side = int(rng.integers(4))
    edge = knots[:, 0] if side == 0 else knots[:, -1] if side == 1 else knots[:, :, 0] if side == 2 else knots[:, :, -1]
    edge += 1.5
    field = (_upsampling(s, 2) @ knots.reshape(2, -1)).reshape(s, 4, 4)
    field = (_upsampling(h, 4) @ field) @ _upsampling(w, 4).T
    threshold = np.float32(rng.uniform(0.8, 1.8))
    return 1.0 / (1.0 + np.exp(-np.clip(4.0 * (field - threshold), -20, 20)))


def shifted(image: np.ndarray, pixels: float, axis: int) -> np.ndarray:
    """The image moved by a fraction of pixels along an in-plane axis (1 rows, 2 columns), edges repeated."""
    whole = int(np.floor(pixels))
    part = np.float32(pixels - whole)
    n = image.shape[axis]
    near = np.take(image, np.clip(np.arange(n) - whole, 0, n - 1), axis=axis)
    if part == 0:
        return near
    far = np.take(image, np.clip(np.arange(n) - whole - 1, 0, n - 1), axis=axis)
    far -= near
    far *= part
    near += far
    return near


def through_k_space(
    image: np.ndarray,
    rng: np.random.Generator,
    *,
    pixel_mm: float,
    noise_sd: float,
    phase_axis: int,
    strengths: dict[str, float],
    moved: bool = False,
) -> np.ndarray:
    """Send a picture through the scanner's k-space: blur, lost resolution and ringing, motion ghosts, Rician noise.

    Args:
        image: (S, H, W) float32 magnitude.
        rng: the only source of chance.
        pixel_mm: in-plane pixel.
        noise_sd: standard deviation of real and imaginary noise in the result, in the image's unit.
        phase_axis: 1 if rows are phase-encoded, 2 if columns.
        strengths: "blur_mm", "acquired_mm" and "apodisation" of `Artefacts`.
        moved: whether the patient moved during the series.

    Returns:
        (S, H, W) float32 magnitude, 0 or more.
    """
    s, h, w = image.shape
    height, width = _transform_size(h), _transform_size(w)
    padded = np.empty((s, height, width), np.complex64)
    # Edges are repeated, so that opposite borders of the picture do not ring into each other.
    rows, columns = _repeated(h, height), _repeated(w, width)
    padded.real = image[:, rows[:, None], columns[None, :]] if (height, width) != (h, w) else image
    padded.imag = 0.0
    window = _window(height, width, pixel_mm, phase_axis, strengths)
    if noise_sd > 0:
        sd = np.float32(noise_sd / np.sqrt(np.mean(window**2)))
        noise = rng.standard_normal((s, height, width, 2), dtype=np.float32)
        noise *= sd
        padded += noise.view(np.complex64)[..., 0]
    spectrum = np.fft.fft2(padded)
    spectrum *= window
    if moved:
        spectrum *= _motion_phase(rng, (height, width), phase_axis)
    return np.abs(np.fft.ifft2(spectrum))[:, _start(h, height) :, _start(w, width) :][:, :h, :w].astype(np.float32)


def flow_ghosts(vessels: np.ndarray, rng: np.random.Generator, strength: float, phase_axis: int) -> np.ndarray:
    """(S, H, W) what pulsating vessels leave along the phase direction: copies at equal steps, each weaker."""
    step = int(rng.integers(10, 45))
    ghosts = np.zeros_like(vessels)
    for order in (-2, -1, 1, 2):
        weight = np.float32(strength / abs(order) * rng.uniform(0.6, 1.0))
        ghosts += weight * np.roll(vessels, order * step, axis=phase_axis)
    return ghosts


def display_levels(image: np.ndarray, rng: np.random.Generator) -> tuple[float, float]:
    """The grey levels a display would clip at: percentiles near the darkest and the brightest."""
    sample = image[:, ::3, ::3]
    low, high = np.percentile(sample, [rng.uniform(0.0, 2.0), rng.uniform(98.5, 99.9)])
    return float(low), float(high)


def display_window(image: np.ndarray, levels: tuple[float, float], *, gamma: float, windowed: bool) -> np.ndarray:
    """What a display stored: gamma, and, if windowed, clipping at `levels` and 256 grey levels."""
    low, high = levels
    scaled = (image - np.float32(low if windowed else 0.0)) / np.float32(max(high - low, 1e-6))
    np.maximum(scaled, 0.0, out=scaled)
    if windowed:
        np.minimum(scaled, 1.0, out=scaled)
    if abs(gamma - 1.0) > 0.02:
        scaled = scaled ** np.float32(gamma)
    if windowed:
        scaled = np.round(scaled * 255.0) / np.float32(255.0)
    return scaled.astype(np.float32, copy=False)


def darken_border(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The image with a few empty rows or columns along one or two sides, as padding leaves them."""
    result = image.copy()
    for _ in range(int(rng.integers(1, 3))):
        width = int(rng.integers(2, 12))
        side = int(rng.integers(4))
        if side == 0:
            result[:, :width] = 0
        elif side == 1:
            result[:, -width:] = 0
        elif side == 2:
            result[:, :, :width] = 0
        else:
            result[:, :, -width:] = 0
    return result


def _upsampling(count: int, knots: int) -> np.ndarray:
    """(count, knots) float32 linear interpolation from evenly spaced knots, first and last on the ends."""
    if knots == 1:
        return np.ones((count, 1), np.float32)
    positions = np.linspace(0.0, knots - 1.0, count)
    distance = np.abs(positions[:, None] - np.arange(knots)[None, :])
    return np.clip(1.0 - distance, 0.0, None).astype(np.float32)


def _transform_size(count: int) -> int:
    """The next length of at least 6 more that the Fourier transform is fast at."""
    return -(-(count + 6) // 8) * 8


def _start(count: int, size: int) -> int:
    return (size - count) // 2


def _repeated(count: int, size: int) -> np.ndarray:
    return np.clip(np.arange(size) - _start(count, size), 0, count - 1)


def _window(height: int, width: int, pixel_mm: float, phase_axis: int, strengths: dict[str, float]) -> np.ndarray:
    """(height, width) float32 transfer of the scanner over spatial frequencies in fft order."""
    factors = []
    for axis, size in ((1, height), (2, width)):
        frequency = np.abs(np.fft.fftfreq(size, d=pixel_mm))
        acquired = strengths["acquired_mm"] * (1.0 if axis == phase_axis else 0.8)
        edge = 0.5 / acquired
        transfer = np.exp(-2.0 * (np.pi * frequency * strengths["blur_mm"]) ** 2)
        inside = frequency <= edge + 1e-9
        hann = 0.5 + 0.5 * np.cos(np.pi * np.minimum(frequency / edge, 1.0))
        apodisation = strengths["apodisation"] * 0.7
        factors.append(np.where(inside, transfer * (1.0 - apodisation + apodisation * hann), 0.0))
    return np.outer(*factors).astype(np.float32)


def _motion_phase(rng: np.random.Generator, size: tuple[int, int], phase_axis: int) -> np.ndarray:
    """Phase ramp that a swaying joint writes into each phase-encoded line (sequential lines)."""
    lines = size[phase_axis - 1]
    frequency = np.fft.fftfreq(lines)
    order = np.argsort(np.argsort(frequency))
    shift = rng.uniform(0.15, 0.7) * np.sin(2 * np.pi * (order / rng.uniform(3.0, 20.0) + rng.random()))
    phase = np.exp(-2j * np.pi * frequency * shift).astype(np.complex64)
    return phase[:, None] if phase_axis == 1 else phase[None, :]
