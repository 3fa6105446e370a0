"""Large arrays as .npy files, written and read in steps of a few milliseconds: a window can answer in between."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import numpy as np

BYTES_A_STEP = 4 << 20


def write_array_in_steps(path: Path, array: np.ndarray) -> Generator[np.ndarray, None, None]:
    """Write an array without a copy of the whole.

    Args:
        path: the .npy file.
        array: any number of axes; one whose memory is in C or in Fortran order is written as it lies.

    Yields:
        Each part, flat, after it was written.

    Raises:
        OSError: if the file cannot be written.
    """
    fortran = array.flags.f_contiguous and not array.flags.c_contiguous
    flat = (array.T if fortran else np.ascontiguousarray(array)).reshape(-1)
    descr = np.lib.format.dtype_to_descr(array.dtype)
    header = {"descr": descr, "fortran_order": fortran, "shape": array.shape}
    count = max(1, BYTES_A_STEP // array.itemsize)
    with open(path, "wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for start in range(0, flat.size, count):
            part = flat[start : start + count]
            file.write(part.data)
            yield part


def read_array_in_steps(path: Path) -> Generator[None, None, np.ndarray]:
    """Read what `write_array_in_steps` or `np.save` wrote; yields after each part.

    Returns:
        The array; in Fortran order if it was written so.

    Raises:
        OSError: if the file cannot be read.
        ValueError: if it is no .npy file of numbers, or ends too early.
    """
    with open(path, "rb") as file:
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError("it is of another version of .npy")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
        if dtype.kind not in "biuf":  # an object could carry code
            raise ValueError("it does not hold numbers")
        array = np.empty(shape[::-1] if fortran else shape, dtype)
        memory = memoryview(array.reshape(-1).view(np.uint8).data)
        for start in range(0, len(memory), BYTES_A_STEP):
            part = memory[start : start + BYTES_A_STEP]
            if file.readinto(part) != len(part):
                raise ValueError("the file ends too early")
            yield
    return array.T if fortran else array


def finish(steps: Generator[object, None, np.ndarray]) -> np.ndarray:
    """All steps of `read_array_in_steps` in one go, where no window waits."""
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return done.value
