"""Padding: voxels outside the scanned field, which hold a number that is no signal."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.errors import Notice

# The limits below are ours; the cases of Testing/library/volumes/files/test_padding.py hold them in place.

LEAST_VOXELS = 8
"""Fewer voxels than these are faults of the image, not padding."""

LOW_GAP, FAR_GAP = 0.05, 0.5
"""How far padding without a tag lies off the signal, as a share of the signal's own range. The magnitude of MR is
not negative, so that a small gap speaks for a whole number below zero. Above, the brightest fluid must stay; and a
fraction may be the background of an image that was masked and brought to mean 0."""

LEAST_HIGH = 4095
"""Padding above the signal is the highest number of 12 bits or more; smaller ones at the edge may be labels."""

_FEWEST_GREYS = 16
_BETWEEN = 0.01
"""Share of the other voxels that may lie within the gap: a resampled image mixes padding with signal at its rim."""

_SAMPLES = 500_000


def without_padding(array: np.ndarray, *, declared: tuple[float, float] | None = None) -> tuple[np.ndarray, int]:
    """Give padding voxels the lowest value of the signal, so that nothing later takes them for tissue.

    Padding is what the file declares; what is no number (NaN, infinite) and joined to an edge of the volume; and a
    single value far off the signal that stands at an edge of the volume: below zero, or far above all else. An image
    of a zero background, a clipped one and CT with air are none of these. NaN within the body stays.

    Args:
        array: (I, J, K) stored or scaled values, NaN and infinite values allowed.
        declared: lowest and highest padding value, where the file names them (DICOM PixelPaddingValue and
            PixelPaddingRangeLimit, on the same scale as `array`). Where other voxels are both darker and brighter, it
            counts only where it is joined to an edge of the volume: there are wrong tags.

    Returns:
        The array (the same one if nothing was padding) and how many voxels were padding.
    """
    padding = _not_numbers(array)
    if declared is not None:
        padding = _joined(padding, _declared(array, *sorted(declared)))
    padding = _joined(padding, _far_off(array, padding))
    if padding is None:
        return array, 0
    count = int(np.count_nonzero(padding))
    if count == 0 or count == array.size:
        return array, 0
    signal = array[~padding]
    if array.dtype.kind == "f":
        signal = signal[np.isfinite(signal)]
    if signal.size == 0:
        return array, 0
    filled = array.copy()
    filled[padding] = signal.min()
    return filled, count


def padding_notice(count: int, size: int, where: str) -> Notice:
    """What a reader says after `without_padding`.

    Args:
        count: voxels that were padding.
        size: all voxels.
        where: the volume's name.
    """
    share = count / size
    if share < 0.01:
        return Notice("padding", "little", where=where)
    return Notice("padding", where=where, values={"share": share})


def _joined(one: np.ndarray | None, other: np.ndarray | None) -> np.ndarray | None:
    if one is None or other is None:
        return other if one is None else one
    return one | other


def _not_numbers(array: np.ndarray) -> np.ndarray | None:
    """Mask of NaN and infinite voxels outside the body; None if there are none."""
    if array.dtype.kind != "f":
        return None
    with np.errstate(invalid="ignore", over="ignore"):
        if np.isfinite(array.sum(dtype=np.float64)):  # finite exactly if all voxels are; spares a mask
            return None
    return _outside(~np.isfinite(array))


def _declared(array: np.ndarray, low: float, high: float) -> np.ndarray | None:
    """Mask of what the file says is padding."""
    mask = (array >= low) & (array <= high)
    count = int(np.count_nonzero(mask))
    if count in (0, array.size):
        return None
    if (array < low).any() and (array > high).any():
        return _outside(mask)
    return mask


def _far_off(array: np.ndarray, known: np.ndarray | None) -> np.ndarray | None:
    """Mask of a padding value that no tag names, looked for at the edges of the volume."""
    edges = [array[edge] for edge in _edges()]
    if known is not None:
        edges = [values[~known[edge]] for values, edge in zip(edges, _edges(), strict=True)]
    at_edges = np.concatenate(edges)
    at_edges = at_edges[np.isfinite(at_edges)].astype(np.float64)
    if at_edges.size == 0:
        return None
    mask = None
    if at_edges.min() < 0:
        mask = _far_below(array, known, float(at_edges.min()))
    if mask is None and np.count_nonzero(at_edges == at_edges.max()) >= LEAST_VOXELS:
        mask = _far_above(array, known, float(at_edges.max()))
    return mask


def _far_below(array: np.ndarray, known: np.ndarray | None, value: float) -> np.ndarray | None:
    others = _others(array, known, value)
    if len(np.unique(others)) < _FEWEST_GREYS or others.min() < value:
        return None
    low, high = np.quantile(others, (_BETWEEN, 0.995))
    gap = low - value
    if gap <= (LOW_GAP if value == round(value) else FAR_GAP) * (high - low) or high <= low:
        return None
    # What lies in the gap is a mixture with padding, at the rim of a resampled image.
    return _enough(_apart(array, known) & (array < value + 0.9 * gap), array, value)


def _far_above(array: np.ndarray, known: np.ndarray | None, value: float) -> np.ndarray | None:
    others = _others(array, known, value)
    if value < LEAST_HIGH or len(np.unique(others)) < _FEWEST_GREYS or others.max() > value:
        return None
    low, high = np.quantile(others, (0.005, 1.0 - _BETWEEN))
    gap = value - high
    if gap <= FAR_GAP * (high - low) or high <= low:
        return None
    return _enough(_apart(array, known) & (array > value - 0.9 * gap), array, value)


def _enough(mask: np.ndarray, array: np.ndarray, value: float) -> np.ndarray | None:
    """Padding is one value, not a tail of the signal: nearly all of it is `value`."""
    exact = int(np.count_nonzero(array == array.dtype.type(value)))
    return mask if exact >= LEAST_VOXELS and exact >= 0.5 * np.count_nonzero(mask) else None


def _apart(array: np.ndarray, known: np.ndarray | None) -> np.ndarray:
    return np.isfinite(array) if known is None else np.isfinite(array) & ~known


def _others(array: np.ndarray, known: np.ndarray | None, value: float) -> np.ndarray:
    """A sample, evenly strided, of the finite values that are not `value` nor known as padding."""
    stride = max(1, int(np.ceil((array.size / _SAMPLES) ** (1.0 / 3.0))))
    grid = (slice(None, None, stride),) * 3
    values = array[grid][_apart(array[grid], None if known is None else known[grid])].astype(np.float64)
    return values[values != value]


def _edges() -> list[tuple[int | slice, ...]]:
    """Index of each of the twelve edges of a box."""
    ends = (0, -1)
    every = slice(None)
    return [
        *((every, one, other) for one in ends for other in ends),
        *((one, every, other) for one in ends for other in ends),
        *((one, other, every) for one in ends for other in ends),
    ]


def _outside(mask: np.ndarray) -> np.ndarray | None:
    """Those parts of a mask that reach an edge of the volume, where no body is, and are large enough.

    A field of view is convex, so that what lies beyond it holds a corner; a hole in the body reaches a face at most.
    """
    from scipy.ndimage import label

    parts, _ = label(mask)
    sizes = np.bincount(parts.ravel())
    reached = np.unique(np.concatenate([parts[edge] for edge in _edges()]))
    kept = [part for part in reached if part > 0 and sizes[part] >= LEAST_VOXELS]
    return np.isin(parts, kept) if kept else None
