"""Folds of studies that keep each patient in one."""

from __future__ import annotations

import numpy as np


def folds_of(patients: np.ndarray, folds: int) -> np.ndarray:
    """(N,) which fold each row is in: patients in turn, as they come first, so that none is in two.

    Args:
        patients: (N,) who each row belongs to.
        folds: how many there are; fewer patients leave some of them empty.
    """
    _, first, patient = np.unique(np.asarray(patients), return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[patient] % folds
