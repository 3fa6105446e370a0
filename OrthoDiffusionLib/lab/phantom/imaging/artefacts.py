"""Artefacts: what coils, k-space, moving patients and displays do to a picture, as small functions of arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from OrthoDiffusionLib.volumes.geometry import Geometry

Range = tuple[float, float]


@dataclass(frozen=True)
class Artefacts:
    """How strong the faults of an imaging site are; every strength is drawn from its range for each view.

    Attributes:
        noise: standard deviation of the noise against the brightest tissues of a fat-suppressed series at 1.5 T, drawn
            evenly in its logarithm; it scales with 1 / field, and what is bright in another series is less noisy.
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
        sharpening: edge enhancement of the vendor's filter, as a share that fine detail gains; below 0 is none.
        sharpening_mm: how far from each pixel that filter reaches.
        partial_fourier: share of the phase lines that was measured; above 1 all of them.
        other_coils: noise power of coil elements that see no signal, which a sum of squares adds, against the noise.
        background: standard deviations of the noise that the vendor takes off to blacken the air; below 0 none.
        normalised: share of the coil's shading that the vendor's calibration takes off; below 0 none.
        noise_spread: how much more noise lies deep in the limb than at the coil, natural logarithm.
        compressed: chance of having been stored as a lossy JPEG on the way.
        cartilage_layers: how much darker the deep layer of cartilage is.
        metal_shift_mm: how far the field of a screw moves signal along the frequency direction.
    """

    noise: Range = (0.01, 0.06)
    bias: Range = (0.05, 0.25)
    blur_mm: Range = (0.0, 0.14)
    acquired_mm: Range = (0.3, 0.6)
    apodisation: Range = (0.0, 0.6)
    fat_shift_mm: Range = (0.2, 1.2)
    fat_failure: float = 0.12
    flow_ghost: Range = (0.0, 0.15)
    motion: float = 0.08
    windowed: float = 0.6
    gamma: Range = (0.9, 1.15)
    slice_jitter: Range = (0.0, 0.04)
    dark_border: float = 0.04
    sharpening: Range = (-0.3, 2.2)
    sharpening_mm: Range = (0.4, 0.8)
    partial_fourier: Range = (0.6, 2.0)
    other_coils: Range = (-0.4, 2.4)
    background: Range = (-1.6, 1.4)
    normalised: Range = (-1.0, 0.7)
    noise_spread: Range = (0.0, 0.6)
    compressed: float = 0.12
    cartilage_layers: Range = (0.35, 0.7)
    metal_shift_mm: Range = (3.0, 12.0)

    def draw(self, rng: np.random.Generator) -> dict[str, float]:
        """One value a strength; chances stay chances."""
        values = ((item.name, getattr(self, item.name)) for item in fields(self))
        drawn = {name: float(rng.uniform(*v)) if isinstance(v, tuple) else float(v) for name, v in values}
        low, high = self.noise
        share = rng.random()
        return {**drawn, "noise": float(low * (high / low) ** share) if low > 0 else float(low + share * (high - low))}


def coil(
    rng: np.random.Generator, geometry: Geometry, strength: float, noise_spread: float, normalised: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Brightness and noise that a receive coil around the limb gives: smooth, positive factors.

    Coil elements lie around the knee and end above and below it: brightness rises towards the skin and falls along
    the limb, in fixed places of the patient, so that crops agree with their whole; random waves are added. Noise
    is strongest where the elements are far, deep in the limb.

    Args:
        rng: the only source of chance.
        geometry: grid of the view, RAS millimetres around the joint.
        strength: standard deviation of the logarithm of brightness, about.
        noise_spread: logarithm of the noise in the middle of the limb against that at its skin.
        normalised: share of the shading that the vendor's calibration takes off again; noise then grows where the
            coil is weak.

    Returns:
        (before, after): (S, H, W) float32 factors of the signal before noise is added and of both after it; the
        second is the noise, 1 about halfway to the skin, and their product is the brightness.
    """
    s, h, w = geometry.shape
    knots = (3, 5, 5)
    index = np.stack(
        np.meshgrid(*(np.linspace(0, n - 1, k) for n, k in zip((s, h, w), knots, strict=True)), indexing="ij"), -1
    )
    x, y, z = np.moveaxis(geometry.to_ras(index), -1, 0)
    # Most coils are nearest in front.
    across = np.minimum((x / 60) ** 2 + ((y + rng.uniform(8.0, 20.0)) / 65) ** 2, 2.0)
    log = rng.normal(0.0, 0.7 * strength, knots)
    # A patella, right under the coil, is up to twice as bright as the femur's middle of the same marrow, and the fat
    # pad half as much brighter.
    log += min(strength * rng.uniform(1.0, 7.0), 1.0) * np.minimum(across, 1.5)
    log -= strength * rng.uniform(0.2, 2.2) * np.minimum(((z - rng.normal(0.0, 15.0)) / 75) ** 2, 2.5)
    taken = max(normalised, 0.0) * (log - log.mean())
    noise = noise_spread * (0.5 - across) - taken
    log -= taken
    # The exponential is taken at the knots: waves this long stay smooth between them.
    before, after = (
        (_upsampling(h, 5) @ (_upsampling(s, 3) @ np.exp(knot).reshape(3, -1).astype(np.float32)).reshape(s, 5, 5))
        @ _upsampling(w, 5).T
        for knot in (log - noise, noise)
    )
    return before, after


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

    The magnitude then passes the vendor's filters: the blackened air and the edge enhancement.

    Args:
        image: (S, H, W) float32 magnitude.
        rng: the only source of chance.
        pixel_mm: in-plane pixel.
        noise_sd: standard deviation of real and imaginary noise in the result, in the image's unit.
        phase_axis: 1 if rows are phase-encoded, 2 if columns.
        strengths: those of `Artefacts`; "blur_mm", "acquired_mm" and "apodisation" are needed, what else acts on
            k-space and on its noise is left out where it is missing.
        moved: whether the patient moved during the series.

    Returns:
        (S, H, W) float32 magnitude, 0 or more.
    """
    from scipy import fft

    s, h, w = image.shape
    height, width = _transform_size(h), _transform_size(w)
    padded = _padded(image, height, width)
    aperture, detail = _windows(height, width, pixel_mm, phase_axis, strengths)
    amount, reach = strengths.get("sharpening", 0.0), strengths.get("sharpening_mm", 0.6) / pixel_mm
    # What edge enhancement adds to the noise is part of what was asked for.
    noise_sd /= _noise_gain(amount, reach)
    # NumPy's transforms one line at a time, SciPy's as many as a register holds; four times as fast here.
    spectrum = fft.fft2(padded, overwrite_x=True)
    # What blurs the body does not blur the noise, which enters behind it.
    spectrum *= detail
    if moved:
        spectrum *= _motion_phase(rng, (height, width), phase_axis)
    if noise_sd > 0:
        # White noise is white in k-space too.
        sd = np.float32(noise_sd * np.sqrt(height * width / np.mean(aperture**2)))
        noise = rng.standard_normal((s, height, width, 2), dtype=np.float32)
        noise *= sd
        spectrum += noise.view(np.complex64)[..., 0]
    spectrum *= aperture
    complex_image = fft.ifft2(spectrum, overwrite_x=True)[:, _start(h, height) :, _start(w, width) :][:, :h, :w]
    del spectrum
    power = np.square(complex_image.real)
    power += np.square(complex_image.imag)
    power += np.float32(2.0 * max(strengths.get("other_coils", 0.0), 0.0) * noise_sd**2)
    magnitude = np.sqrt(power, out=power).astype(np.float32, copy=False)
    magnitude -= np.float32(max(strengths.get("background", 0.0), 0.0) * noise_sd)
    np.maximum(magnitude, 0.0, out=magnitude)
    return sharpened(magnitude, amount, reach)


def _padded(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """(S, height, width) complex64 with edges repeated, so that opposite borders do not ring into each other."""
    s, h, w = image.shape
    padded = np.empty((s, height, width), np.complex64)
    rows, columns = _repeated(h, height), _repeated(w, width)
    padded.real = image[:, rows[:, None], columns[None, :]] if (height, width) != (h, w) else image
    padded.imag = 0.0
    return padded


def sharpened(image: np.ndarray, amount: float, reach_pixels: float) -> np.ndarray:
    """An unsharp mask in the slice: what differs from the mean of a pixel's neighbours grows; nothing below 0.

    Args:
        image: (S, H, W) float32, changed in place.
        amount: share that fine detail gains; 0 or less leaves the image as it is.
        reach_pixels: distance of the neighbours, taken to whole pixels.
    """
    if amount <= 0:
        return image
    step, side, middle = _mask(reach_pixels)
    for picture in image:
        # Slice by slice, so that the work stays in the processor's cache.
        smooth = picture
        for axis in (0, 1):
            padded = np.pad(smooth, [(step, step) if n == axis else (0, 0) for n in (0, 1)], mode="edge")
            n = smooth.shape[axis]
            near, far = (padded[:n], padded[2 * step :]) if axis == 0 else (padded[:, :n], padded[:, 2 * step :])
            neighbours = near + far
            neighbours *= np.float32(side)
            neighbours += np.float32(middle) * smooth
            smooth = neighbours
        picture *= np.float32(1.0 + amount)
        smooth *= np.float32(amount)
        picture -= smooth
    return np.maximum(image, 0.0, out=image)


def _mask(reach_pixels: float) -> tuple[int, float, float]:
    """Step to the neighbours in pixels, and the weights of each neighbour and of the middle along one axis."""
    step = max(1, round(reach_pixels))
    side = float(np.clip(0.5 * (reach_pixels / step) ** 2, 0.05, 1.0 / 3.0))
    return step, side, 1.0 - 2.0 * side


def _noise_gain(amount: float, reach_pixels: float) -> float:
    """Standard deviation of white noise after `sharpened`, against before."""
    if amount <= 0:
        return 1.0
    _, side, middle = _mask(reach_pixels)
    energy = (middle**2 + 2 * side**2) ** 2
    return float(np.sqrt((1 + amount) ** 2 - 2 * amount * (1 + amount) * middle**2 + amount**2 * energy))


def flow_ghosts(vessels: np.ndarray, rng: np.random.Generator, strength: float, phase_axis: int) -> np.ndarray:
    """(S, H, W) what pulsating vessels leave along the phase direction: copies at equal steps, each weaker."""
    step = int(rng.integers(10, 45))
    ghosts = np.zeros_like(vessels)
    for order in (-2, -1, 1, 2):
        weight = np.float32(strength / abs(order) * rng.uniform(0.6, 1.0))
        ghosts += weight * np.roll(vessels, order * step, axis=phase_axis)
    return ghosts


def halo(metal: np.ndarray, spacing_mm: tuple[float, ...], reach_mm: float) -> np.ndarray:
    """(S, H, W) float32 between 0 and 1: how near metal is, falling to nothing over `reach_mm`.

    Three running means along each axis, which is nearly a Gaussian of a third of the reach.
    """
    field = metal
    for axis, mm in enumerate(spacing_mm):
        width = max(1, round(reach_mm / 2.0 / mm)) | 1
        for _ in range(3 if width > 1 else 0):
            ahead = [(0, 0)] * 3
            ahead[axis] = (width // 2 + 1, width // 2)
            total = np.cumsum(np.pad(field, ahead, mode="edge"), axis=axis, dtype=np.float64)
            n = field.shape[axis]
            upper, lower = (np.take(total, np.arange(start, start + n), axis=axis) for start in (width, 0))
            field = ((upper - lower) / width).astype(np.float32)
    return np.clip(field, 0.0, 1.0)


def piled_up(
    image: np.ndarray, metal: np.ndarray, spacing_mm: tuple[float, ...], frequency_axis: int, shift_mm: float
) -> np.ndarray:
    """The picture beside metal: signal lost near it, the rest moved along the frequency direction.

    The field of metal moves signal by its strength there, so signal thins out on one side of a screw and piles up
    in a bright rim on the other (the usual picture of susceptibility in a spin echo; the size is assumed).

    Args:
        image: (S, H, W) float32.
        metal: (S, H, W) float32, 1 where there is metal.
        spacing_mm: of the voxels.
        frequency_axis: 1 if rows are read out, 2 if columns.
        shift_mm: how far signal beside the metal moves.
    """
    field = halo(metal, spacing_mm, 9.0)
    field /= max(float(field.max()), 1e-6)
    kept = image * np.clip(1.0 - 2.5 * np.maximum(field - 0.45, 0.0), 0.0, 1.0) * (metal < 0.5)
    shift = np.moveaxis(field, frequency_axis, -1) * (shift_mm / spacing_mm[frequency_axis])
    values = np.moveaxis(kept, frequency_axis, -1)
    n = values.shape[-1]
    lines = np.arange(values[..., 0].size) * n
    steepness = np.gradient(shift, axis=-1) if n > 1 else np.zeros_like(shift)
    result = np.zeros(values.size, np.float64)
    # Each pixel is sent on in pieces, so that signal that is pulled apart leaves no gaps.
    pieces = 8
    for offset in (np.arange(pieces) + 0.5) / pieces - 0.5:
        target = np.arange(n) + offset + shift + offset * steepness
        leaves = (target < -0.5) | (target > n - 0.5)
        target = np.clip(target, 0.0, n - 1.001)
        first = np.floor(target).astype(np.intp)
        share = (target - first).astype(np.float32)
        for place, weight in ((first, 1.0 - share), (first + 1, share)):
            sent = np.where(leaves, 0.0, values * weight) / pieces
            result += np.bincount(np.minimum(place, n - 1).ravel() + np.repeat(lines, n), sent.ravel(), values.size)
    return np.moveaxis(result.reshape(values.shape).astype(np.float32), -1, frequency_axis)


def compressed(image: np.ndarray, quality: float) -> np.ndarray:
    """A picture of 256 grey levels (0 to 1) as a lossy JPEG gives it back: 8 x 8 blocks, fine waves rounded away.

    Args:
        image: (S, H, W) float32, 0 to 1.
        quality: 0 to 1; the rounding step of the finest waves falls from 64 to 4 grey levels.
    """
    s, h, w = image.shape
    rows, columns = -(-h // 8) * 8, -(-w // 8) * 8
    padded = np.pad(image, ((0, 0), (0, rows - h), (0, columns - w)), mode="edge")
    blocks = padded.reshape(s, rows // 8, 8, columns // 8, 8).swapaxes(2, 3)
    n = np.arange(8)
    cosines = np.cos(np.pi * (2 * n[None, :] + 1) * n[:, None] / 16) * np.where(n[:, None] == 0, 0.5**0.5, 1.0) / 2.0
    cosines = cosines.astype(np.float32)
    # Steps grow with frequency, as in the tables of the standard's example.
    step = (4.0 * 16.0 ** (1.0 - quality)) / 255.0 * (0.25 + 0.75 * (n[:, None] + n[None, :]) / 14.0)
    waves = cosines @ blocks @ cosines.T
    waves = np.rint(waves / step.astype(np.float32)) * step.astype(np.float32)
    blocks = cosines.T @ waves @ cosines
    return np.clip(blocks.swapaxes(2, 3).reshape(s, rows, columns)[:, :h, :w], 0.0, 1.0)


def display_levels(image: np.ndarray, rng: np.random.Generator) -> tuple[float, float]:
    """The grey levels a display would clip at: percentiles near the darkest and the brightest."""
    sample = image[:, ::3, ::3]
    low, high = np.percentile(sample, [rng.uniform(0.0, 2.0), rng.uniform(98.9, 99.95)])
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


def _windows(
    height: int, width: int, pixel_mm: float, phase_axis: int, strengths: dict[str, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Transfer over spatial frequencies in fft order, (height, width) float32 each.

    Returns:
        (aperture, detail): the part of k-space that was acquired with the vendor's filters, which signal and noise
        pass, and the blur of the body, which only signal does.
    """
    apertures, details = [], []
    for axis, size in ((1, height), (2, width)):
        signed = np.fft.fftfreq(size, d=pixel_mm)
        frequency = np.abs(signed)
        acquired = strengths["acquired_mm"] * (1.0 if axis == phase_axis else 0.8)
        edge = 0.5 / acquired
        inside = frequency <= edge + 1e-9
        if axis == phase_axis:
            # The last lines of one side are left out and stay empty.
            inside &= signed <= edge * (2.0 * min(strengths.get("partial_fourier", 1.0), 1.0) - 1.0) + 1e-9
        hann = 0.5 + 0.5 * np.cos(np.pi * np.minimum(frequency / edge, 1.0))
        apodisation = strengths["apodisation"] * 0.7
        apertures.append(np.where(inside, 1.0 - apodisation + apodisation * hann, 0.0))
        details.append(np.exp(-2.0 * (np.pi * frequency * strengths["blur_mm"]) ** 2))
    return np.outer(*apertures).astype(np.float32), np.outer(*details).astype(np.float32)


def _motion_phase(rng: np.random.Generator, size: tuple[int, int], phase_axis: int) -> np.ndarray:
    """Phase ramp that a swaying joint writes into each phase-encoded line (sequential lines)."""
    lines = size[phase_axis - 1]
    frequency = np.fft.fftfreq(lines)
    order = np.argsort(np.argsort(frequency))
    shift = rng.uniform(0.1, 0.5) * np.sin(2 * np.pi * (order / rng.uniform(3.0, 20.0) + rng.random()))
    phase = np.exp(-2j * np.pi * frequency * shift).astype(np.complex64)
    return phase[:, None] if phase_axis == 1 else phase[None, :]
