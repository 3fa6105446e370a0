"""What a prepared view looks like in a few numbers, each of which can be said in words; nothing here knows a joint.

They were chosen among about 90 (see Docs/unlike_training.md) as those that tell faults of an image from honest studies
and hardly move between digital and real ones.
"""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.analysis.ghosting import ghosting
from OrthoDiffusionLib.views import View
from OrthoDiffusionLib.volumes.block_sums import block_sums
from OrthoDiffusionLib.volumes.body_threshold import body_threshold

FINE_MM, COARSE_MM = 1.2, 2.4
"""Pixels at which a view is looked at; ours."""

CORNER = 0.08  # of a side; where nothing but air is expected
LEAST_ORDER_SLICES = 6  # fewer say nothing about their order
VOID = 0.06  # of the way from air to the mean of the body; darker is without signal
VOID_OPENING_MM = 6.0  # cortical bone and vessels are thinner
LEAST_VOID_ML = 0.4
RIM_MM = (1.8, 4.2)  # from a void, where metal piles up the signal it has moved


def view_statistics(view: View) -> dict[str, float]:
    """The statistics of one view; one that the view is too small for is missing.

    Returns:
        ``slice_distance``: mm. ``slice_order``: how much of the change over two slices comes between neighbours, at
        the 90th percentile along the stack; near 0.5 where the anatomy goes on steadily, 1 where each slice is new.
        ``background``: median brightness of the darkest corner; 0 is the mean of the body. ``brightness``: median
        brightness of the body. ``detail``: the strongest fine detail against the usual, as a ratio. ``void_rim``: how
        bright the rim of a hole without signal is; 0 where there is none. ``ghosting``: how much the image repeats
        itself along rows or columns, by `ghosting`.
    """
    slice_mm, in_plane_mm, _ = view.geometry.spacing_mm
    fine = _pooled(view.array, max(1, round(FINE_MM / in_plane_mm)))
    fine_mm = in_plane_mm * max(1, round(FINE_MM / in_plane_mm))
    coarse = _pooled(fine, max(1, round(COARSE_MM / fine_mm)))
    found: dict[str, float | None] = {
        "slice_distance": float(slice_mm),
        "slice_order": _slice_order(coarse),
        "background": _darkest_corner(coarse),
        "ghosting": ghosting(view.array, float(in_plane_mm)),
        **_within_body(fine, coarse, fine_mm, float(slice_mm)),
    }
    return {name: float(value) for name, value in found.items() if value is not None and np.isfinite(value)}


def _pooled(array: np.ndarray, size: int) -> np.ndarray:
    """Means of squares of `size` pixels; what is left over at the end is cut off."""
    if size == 1 or min(array.shape[1:]) < size:
        return array
    return block_sums(array, size, (2, 1), np.float32) / np.float32(size * size)


def _slice_order(coarse: np.ndarray) -> float | None:
    """Change from slice to slice against the change over two slices, 1 - correlation each."""
    if len(coarse) < LEAST_ORDER_SLICES:
        return None
    flat = coarse.reshape(len(coarse), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    flat = flat / (np.linalg.norm(flat, axis=1, keepdims=True) + 1e-6)
    one = 1.0 - np.einsum("ij,ij->i", flat[1:], flat[:-1])
    two = 1.0 - np.einsum("ij,ij->i", flat[2:], flat[:-2])
    return float(np.percentile((one[:-1] + one[1:]) / 2.0 / np.maximum(two, 1e-3), 90))


def _darkest_corner(coarse: np.ndarray) -> float:
    side = max(1, round(CORNER * min(coarse.shape[1:])))
    ends = (slice(None, side), slice(-side, None))
    return min(float(np.median(coarse[:, rows, columns])) for rows in ends for columns in ends)


def _within_body(fine: np.ndarray, coarse: np.ndarray, fine_mm: float, slice_mm: float) -> dict[str, float | None]:
    """What needs the body told from air, which Otsu's threshold does."""
    from scipy import ndimage

    threshold = _threshold(coarse)
    body = coarse[coarse > threshold]
    smooth = ndimage.uniform_filter(fine, (0, 3, 3))
    inside = _filled(smooth > threshold)
    if body.size == 0 or not inside.any():
        return {}
    detail = np.abs(fine - smooth)[inside]
    usual, strongest = np.percentile(detail, (50, 99)).tolist()
    return {
        "brightness": float(np.median(body)),
        "detail": strongest / usual if usual > 0 else None,
        "void_rim": _void_rim(fine, smooth, inside, fine_mm, slice_mm),
    }


def _threshold(coarse: np.ndarray) -> float:
    """Brightness above which lies the body."""
    low, high = np.percentile(coarse, (0.5, 99.5))
    span = max(float(high - low), 1e-6)
    return float(low) + span * body_threshold(np.clip((coarse - low) / span, 0.0, 1.0))


def _filled(mask: np.ndarray) -> np.ndarray:
    """What lies between body on both sides, in its row and in its column."""
    filled = np.ones_like(mask)
    for lines, between in (
        (mask, filled),
        (np.ascontiguousarray(mask.transpose(0, 2, 1)), filled.transpose(0, 2, 1)),
    ):
        size = lines.shape[2]
        place = np.arange(size, dtype=np.int32)
        first = lines.argmax(axis=2).astype(np.int32)
        last = (size - 1 - lines[:, :, ::-1].argmax(axis=2)).astype(np.int32)
        last[~lines.any(axis=2)] = -1
        between &= (place >= first[..., None]) & (place <= last[..., None])
    return filled


def _void_rim(fine: np.ndarray, smooth: np.ndarray, inside: np.ndarray, fine_mm: float, slice_mm: float) -> float:
    """95th percentile of brightness around the hole whose rim is the brightest; 0 without one.

    Metal leaves no signal where it is and moves what is beside it into a bright rim; marrow of suppressed fat, cortical
    bone and vessels are dark without one, or thin.
    """
    from scipy import ndimage

    air = float(np.percentile(smooth, 1.0))
    inner = _eroded(inside, _width(2, fine_mm, 2.0 * fine_mm))
    size = _width(0, fine_mm, VOID_OPENING_MM)
    holes, count = ndimage.label(_dilated(_eroded(inner & (smooth < air * (1.0 - VOID)), size), size))
    if count == 0:
        return 0.0
    volumes_ml = np.bincount(holes.ravel())[1:] * slice_mm * fine_mm**2 / 1000.0
    near, far = (_width(0, fine_mm, 2.0 * mm) for mm in RIM_MM)
    reach = far
    best = 0.0
    for number, box in enumerate(ndimage.find_objects(holes), 1):
        if volumes_ml[number - 1] < LEAST_VOID_ML:
            continue
        around = (box[0], *(slice(max(0, side.start - reach), side.stop + reach) for side in box[1:]))
        hole = holes[around] == number
        rim = _dilated(hole, far) & ~_dilated(hole, near)
        if rim.any():
            best = max(best, float(np.percentile(fine[around][rim], 95)))
    return best


def _width(least: int, pixel_mm: float, width_mm: float) -> int:
    """An odd number of pixels: the nearest to `width_mm`, and more than `least`."""
    return max(least, round(width_mm / pixel_mm)) | 1


def _eroded(mask: np.ndarray, width: int) -> np.ndarray:
    """Without what lies within half a width of the outside, or of the border, in its slice."""
    return _in_windows(mask, width, np.logical_and)


def _dilated(mask: np.ndarray, width: int) -> np.ndarray:
    """With what lies within half a width, in its slice."""
    return _in_windows(mask, width, np.logical_or)


def _in_windows(mask: np.ndarray, width: int, both: np.ufunc) -> np.ndarray:
    """All or any of the square window of an odd width around each pixel; the outside is False.

    Windows are put together from windows of half the size: a few passes over the array, whatever the width. scipy's
    filters take many times as long.
    """
    found = mask
    for axis in (1, 2):
        margin = [(0, 0)] * 3
        margin[axis] = (width // 2, width // 2)
        found, size = np.pad(found, margin), 1
        while size < width:
            step = min(size, width - size)
            found = both(_along(found, axis, None, -step), _along(found, axis, step, None))
            size += step
    return found


def _along(array: np.ndarray, axis: int, start: int | None, stop: int | None) -> np.ndarray:
    where = [slice(None)] * array.ndim
    where[axis] = slice(start, stop)
    return array[tuple(where)]
