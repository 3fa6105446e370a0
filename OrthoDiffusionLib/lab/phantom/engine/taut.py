"""The course of what is pulled taut over a rounded bone: a tendon over a head, around which it winds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_FARTHEST_MM, _STEP_MM, _ANGLES = 60.0, 0.5, 48


def outermost(centre: np.ndarray, directions: np.ndarray, distance: Callable[[np.ndarray], np.ndarray], gap_mm):
    """(N, 3) where rays from inside a bone leave it for good.

    Args:
        centre: (3,) inside.
        directions: (N, 3) unit vectors.
        distance: of places (M, 3) to the surface, mm, negative inside.
        gap_mm: how far outside the surface; one number, or (N,).
    """
    reach = np.arange(4.0, _FARTHEST_MM, _STEP_MM)
    places = centre + directions[:, None, :] * reach[None, :, None]
    away = distance(places.reshape(-1, 3)).reshape(len(directions), len(reach)) - np.reshape(gap_mm, (-1, 1))
    inside = away < 0
    last = np.where(inside.any(axis=1), inside.shape[1] - 1 - inside[:, ::-1].argmax(axis=1), 0)
    last = np.minimum(last, len(reach) - 2)
    row = np.arange(len(directions))
    low, high = away[row, last], away[row, last + 1]
    share = np.clip(-low / np.where(high == low, 1.0, high - low), 0, 1)
    return centre + directions * (reach[last] + _STEP_MM * share)[:, None]


def taut(start, end, centre, distance: Callable[[np.ndarray], np.ndarray], gap_mm: float) -> np.ndarray:
    """(N, 3) the shortest course from one place to another round a bone, in the plane of both and its centre.

    Args:
        start, end: (3,) mm, less than half a turn apart as seen from the centre.
        centre: (3,) inside the bone.
        distance: of places (M, 3) to its surface, mm, negative inside.
        gap_mm: how far the course keeps from the surface, but at its ends.

    Raises:
        ValueError: if both places lie in one direction from the centre.
    """
    start, end, centre = (np.asarray(one, dtype=float) for one in (start, end, centre))
    one = (start - centre) / np.linalg.norm(start - centre)
    other = end - centre - ((end - centre) @ one) * one
    if np.linalg.norm(other) < 1e-6:
        raise ValueError("a course round a bone needs two ends in different directions from its centre")
    other /= np.linalg.norm(other)
    last = float(np.arctan2((end - centre) @ other, (end - centre) @ one))
    angles = np.linspace(0, last, _ANGLES)[1:-1]
    rays = np.cos(angles)[:, None] * one + np.sin(angles)[:, None] * other
    surface = outermost(centre, rays, distance, gap_mm)
    flat = [np.array([(p - centre) @ one, (p - centre) @ other]) for p in (start, *surface, end)]
    kept: list[np.ndarray] = []
    for point in flat:
        while len(kept) > 1 and _turns_outward(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return centre + np.array([a * one + b * other for a, b in kept])


def _turns_outward(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> bool:
    """Whether the middle one of three places lies in a hollow, which a taut course spans."""
    return bool((b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]) <= 0)
