"""Lines and angles between points in space; every value that is worked out from points is made of these."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

Point = tuple[float, float, float]
Points = Mapping[str, Point]
"""Role of a point -> (x, y, z) in mm. Any RAS world will do: lengths and angles do not change with it."""


def between(points: Points, start: str, end: str) -> np.ndarray:
    """(3,) from one point to another, mm."""
    return np.asarray(points[end], dtype=float) - np.asarray(points[start], dtype=float)


def length(vector: np.ndarray) -> float:
    """Length of a vector."""
    return float(np.linalg.norm(vector))


def unit(vector: np.ndarray) -> np.ndarray:
    """A vector of length 1 in its direction.

    Raises:
        ValueError: if it has no direction.
    """
    size = length(vector)
    if size < 1e-6:
        raise ValueError("two points of a measurement must not be at the same place")
    return vector / size


def square_to(direction: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """(3,) what is left of a vector without its share along a unit direction."""
    return vector - (vector @ direction) * direction


def ratio(first: float, second: float) -> float:
    """first / second.

    Raises:
        ValueError: if the second is no length.
    """
    if second < 1e-6:
        raise ValueError("two points of a measurement must not be at the same place")
    return first / second
