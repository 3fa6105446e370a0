"""Opens HDF5 files, where the package that reads them is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from OrthoDiffusionLib.errors import TrainingError


def open_hdf5(path: Path) -> Any:
    """An open file, for a `with` block; h5py has no types.

    Raises:
        TrainingError: if h5py is not installed.
        OSError: if the file is damaged.
    """
    try:
        import h5py
    except ImportError as error:
        raise TrainingError(
            "This data set is stored as HDF5, and the Python package h5py is not installed",
            remedy="Install it with: pip install 'orthodiffusion[data]', or pip install h5py.",
        ) from error
    return h5py.File(path, "r")
