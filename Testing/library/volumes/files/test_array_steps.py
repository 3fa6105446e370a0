"""Arrays go to disk and come back in small steps, in the order of memory they have."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.volumes.files import array_steps
from OrthoDiffusionLib.volumes.files.array_steps import finish, read_array_in_steps, write_array_in_steps


def arrays():
    values = np.arange(4 * 5 * 6).reshape(4, 5, 6)
    yield "C", values.astype(np.int16)
    yield "Fortran", np.asfortranarray(values, np.uint8)
    yield "a view of a scene", values.astype(np.float32).transpose(2, 1, 0)
    yield "neither", values.astype(np.uint16)[::2, :, 1:]
    yield "one slice", values[:1].astype(np.int32)


@pytest.mark.parametrize("array", [array for _, array in arrays()], ids=[name for name, _ in arrays()])
def test_an_array_comes_back_as_numpy_itself_reads_it(tmp_path, monkeypatch, array):
    monkeypatch.setattr(array_steps, "BYTES_A_STEP", 64)
    parts = list(write_array_in_steps(tmp_path / "a.npy", array))
    assert len(parts) == -(-array.nbytes // 64) and sum(part.size for part in parts) == array.size
    back = finish(read_array_in_steps(tmp_path / "a.npy"))
    assert back.dtype == array.dtype and np.array_equal(back, array)
    assert np.array_equal(np.load(tmp_path / "a.npy", allow_pickle=False), array)
    np.save(tmp_path / "b.npy", array)
    assert np.array_equal(finish(read_array_in_steps(tmp_path / "b.npy")), array)


def test_voxels_in_a_scenes_order_come_back_in_it(tmp_path):
    scene = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)  # (K, J, I)
    for _ in write_array_in_steps(tmp_path / "a.npy", scene.transpose(2, 1, 0)):
        pass
    assert finish(read_array_in_steps(tmp_path / "a.npy")).transpose(2, 1, 0).flags.c_contiguous


def test_what_is_cut_off_or_holds_objects_is_refused(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, np.zeros((3, 3)))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="too early"):
        finish(read_array_in_steps(path))
    np.save(path, np.array([{"code": "x"}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="numbers"):
        finish(read_array_in_steps(path))
    path.write_bytes(b"not an array")
    with pytest.raises(ValueError, match="magic"):
        finish(read_array_in_steps(path))
