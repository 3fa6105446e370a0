"""Sums over blocks are those of the blocks one by one."""

import numpy as np
import pytest

from OrthoDiffusionLib.volumes.block_sums import block_sums


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_every_block_is_summed_and_what_is_left_over_is_cut_off(size):
    array = np.random.default_rng(0).integers(0, 255, (7, 6, 11)).astype(np.uint8)
    found = block_sums(array, size, (0, 2), np.int64)
    assert found.shape == (7 // size, 6, 11 // size)
    for i in range(found.shape[0]):
        for k in range(found.shape[2]):
            block = array[i * size : (i + 1) * size, :, k * size : (k + 1) * size].astype(np.int64)
            assert (found[i, :, k] == block.sum(axis=(0, 2))).all()
