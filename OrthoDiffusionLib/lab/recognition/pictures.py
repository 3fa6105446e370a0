"""From shares of tissues to a picture as the recogniser sees it: any contrast, pose, size, field of view and slices."""

from __future__ import annotations

from functools import cache

import numpy as np

from OrthoDiffusionLib.lab.phantom.imaging.contrast import Protocol, signals, tissue_values, vary
from OrthoDiffusionLib.lab.recognition.coarse_tissues import TISSUE_NAMES, CoarseTissues
from OrthoDiffusionLib.recognition.coarse_picture import CELL_MM, standardised

SIDE = 32
"""Cells along each side of a picture that is trained with: 160 mm."""

LEAST_FIELD_MM, AROUND_JOINT_MM = 90.0, 25.0
"""A field of view is at least so large, and shows so much around the middle of the view (ours)."""

ANY_CONTRAST, TOMOGRAPHY = 0.4, 0.06
"""Shares of pictures whose tissues have brightness of chance, and of those as of computed tomography."""

TURN_DEGREES, SCALES, STRETCH = 18.0, (0.72, 1.15), 0.1
"""Poses and sizes: a child's joint is smaller, and joints differ in shape more than the digital ones (ours)."""

NOISIEST, CLIPPED, GAMMA, COIL_SLOPE = 0.15, 0.25, 0.3, 0.45
"""Worst noise as a share of the bright tissues, most pictures having far less; share of pictures whose bright tissues
are cut off, as by a window that was saved with them; spread of the logarithm of the exponent of brightness; of that of
a coil's sensitivity from the middle to the border (ours)."""

_PROTOCOLS = (
    Protocol("T1", "spin_echo", 600.0, 12.0),
    Protocol("PD", "fast_spin_echo", 2800.0, 30.0),
    Protocol("PD fat-suppressed", "fast_spin_echo", 3000.0, 35.0, fat_left=0.1),
    Protocol("T2", "fast_spin_echo", 4000.0, 80.0),
    Protocol("T2 fat-suppressed", "fast_spin_echo", 4000.0, 65.0, fat_left=0.1),
    Protocol("STIR", "inversion_recovery", 4500.0, 30.0, ti_ms=160.0),
    Protocol("T2*", "gradient_echo", 500.0, 15.0, flip_deg=30.0),
    Protocol("DESS", "dess", 17.0, 5.0, flip_deg=25.0),
)
_HOUNSFIELD = {
    "air": -1000.0, "subcutaneous_fat": -100.0, "loose_fat": -95.0, "fat_pad": -90.0, "muscle": 55.0,
    "bone_marrow": 200.0, "red_marrow": 250.0, "cortical_bone": 1200.0, "thin_cortex": 500.0, "metal": 3000.0,
}  # fmt: skip


def picture_of(tissues: CoarseTissues, rng: np.random.Generator, *, shuffled: bool = False) -> np.ndarray:
    """(2, 32, 32, 32) float32, as `coarse_picture` gives them.

    Args:
        tissues: of a view or a made-up scene.
        rng: the only source of chance.
        shuffled: with its slices in an order of chance.
    """
    from scipy import ndimage

    levels = contrast(rng)
    shape = tissues.shares.shape
    signal = (levels @ tissues.shares.reshape(len(levels), -1).astype(np.float32)).reshape(shape[1:]) / 255.0
    if shuffled:
        signal = np.take(signal, rng.permutation(signal.shape[tissues.axis]), axis=tissues.axis)
    signal, imaged = _placed(signal, rng)
    if rng.random() < 0.4:  # thick slices
        axis = tissues.axis if rng.random() < 0.7 else int(rng.integers(3))
        signal = ndimage.gaussian_filter1d(signal, rng.uniform(0.4, 1.1), axis=axis)
    signal = signal * _coil(rng)
    noise = NOISIEST * rng.random() ** 2 * float(np.percentile(signal, 95))
    real, imaginary = rng.normal(0.0, noise, (2, *signal.shape))
    signal = np.hypot(signal + real, imaginary)  # Rician, as of the magnitude of a complex picture
    if rng.random() < CLIPPED:
        signal = np.minimum(signal, np.percentile(signal, rng.uniform(85.0, 99.5)))
    top = max(float(signal.max()), 1e-6)
    signal = top * (signal / top) ** np.exp(rng.normal(0.0, GAMMA))
    return standardised(signal.astype(np.float32), _field(imaged, tissues.axis, rng))


def contrast(rng: np.random.Generator) -> np.ndarray:
    """(T,) float32 brightness of each tissue, 0 or more: of a sequence, of chance, or as of computed tomography."""
    draw = rng.random()
    if draw < ANY_CONTRAST:
        levels = rng.uniform(0.05, 1.0, len(TISSUE_NAMES))
        # marrow and fat, and the cortical shells, stay alike as they do in every sequence
        fat, dark = rng.uniform(0.05, 1.0), rng.uniform(0.0, 0.5)
        for number, name in enumerate(TISSUE_NAMES):
            if "fat" in name or name == "bone_marrow":
                levels[number] = np.clip(fat + rng.normal(0.0, 0.08), 0.02, 1.0)
            elif name in ("cortical_bone", "tendon", "meniscus", "ligament", "metal"):
                levels[number] = np.clip(dark + rng.normal(0.0, 0.06), 0.0, 1.0)
        levels[TISSUE_NAMES.index("air")] = 0.0
        return levels.astype(np.float32)
    if draw < ANY_CONTRAST + TOMOGRAPHY:
        values = [_HOUNSFIELD.get(name, 50.0) + rng.normal(0.0, 15.0) for name in TISSUE_NAMES]
        return np.maximum(np.array(values, dtype=np.float32) + 1000.0, 0.0) / 1000.0
    protocol = _PROTOCOLS[int(rng.integers(len(_PROTOCOLS)))]
    water, fat_signal = signals(vary(_values(float(rng.choice([1.0, 1.5, 3.0]))), rng), protocol)
    left = protocol.fat_left if protocol.fat_left == 1.0 else rng.uniform(0.02, 0.4)
    levels = water + left * fat_signal
    return (levels / max(float(np.percentile(levels, 90)), 1e-6)).astype(np.float32)


@cache
def _values(field_strength_t: float):
    return tissue_values(TISSUE_NAMES, field_strength_t)


def _placed(signal: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The view turned, scaled, mirrored and shifted in a picture, and where it lies in it."""
    from scipy import ndimage

    angles = np.deg2rad(rng.uniform(-TURN_DEGREES, TURN_DEGREES, 3))
    matrix = np.eye(3)
    for axis, angle in enumerate(angles):
        turn, (one, other) = np.eye(3), [n for n in range(3) if n != axis]
        turn[one, one] = turn[other, other] = np.cos(angle)
        turn[one, other], turn[other, one] = -np.sin(angle), np.sin(angle)
        matrix = matrix @ turn
    scale = rng.uniform(*SCALES) * rng.uniform(1.0 - STRETCH, 1.0 + STRETCH, 3)
    scale[0] *= rng.choice([-1.0, 1.0])  # right and left alike
    matrix = np.diag(1.0 / scale) @ matrix
    middle = np.full(3, (SIDE - 1) / 2.0) + rng.uniform(-3.0, 3.0, 3)
    offset = (np.array(signal.shape) - 1) / 2.0 - matrix @ middle
    shape = (SIDE,) * 3
    placed = ndimage.affine_transform(signal, matrix, offset, shape, order=1, mode="nearest")
    inside = ndimage.affine_transform(np.ones(signal.shape, np.float32), matrix, offset, shape, order=0)
    return placed, inside > 0.5


def _field(imaged: np.ndarray, axis: int, rng: np.random.Generator) -> np.ndarray:
    """What of a placed view lies in a field of view of chance."""
    mask = imaged.copy()
    least, around = LEAST_FIELD_MM / CELL_MM / 2.0, AROUND_JOINT_MM / CELL_MM
    for side in range(3):
        half = rng.uniform(max(least, around) if side != axis else around + 2.0, SIDE / 2.0 + 2.0)
        middle = (SIDE - 1) / 2.0 + rng.uniform(-1.0, 1.0) * max(half - around, 0.0) * 0.5
        places = np.abs(np.arange(SIDE) - middle) > half
        mask[tuple(places if n == side else slice(None) for n in range(3))] = False
    return mask if mask.sum() > 500 else imaged


def _coil(rng: np.random.Generator) -> np.ndarray:
    """(32, 32, 32) sensitivity that falls off smoothly from one side."""
    places = np.linspace(-1.0, 1.0, SIDE)
    slope, bend = rng.normal(0.0, COIL_SLOPE, 3), rng.uniform(-0.6, 0.1, 3)
    logarithm = 0.0
    for axis in range(3):
        shape = [SIDE if n == axis else 1 for n in range(3)]
        logarithm = logarithm + (slope[axis] * places + bend[axis] * places**2).reshape(shape)
    return np.exp(logarithm).astype(np.float32)
