"""Padding is no tissue, with and without a tag; honest images keep every voxel."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pytest

from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.views.intensity import normalise
from OrthoDiffusionLib.volumes import Geometry, read_volume, write_volume
from OrthoDiffusionLib.volumes.files.padding import without_padding

EXAM = Path(__file__).parents[4] / "Resources" / "SampleData" / "knee_exam"


@pytest.fixture(scope="module")
def signal() -> np.ndarray:
    """A knee of 12-bit values, every second pixel of the sample's sagittal series."""
    array = read_volume(EXAM / "S09_sag_fs.nii.gz").array[::2, ::2]
    return array.astype(np.int16) * 4


@pytest.fixture(scope="module")
def corners(signal) -> np.ndarray:
    """What a circular field of view leaves out of each slice."""
    x, y = np.meshgrid(*[np.linspace(-1, 1, n) for n in signal.shape[:2]], indexing="ij")
    return np.broadcast_to((x**2 + y**2 > 1.1)[..., None], signal.shape)


def padded(signal, where, value, dtype=None):
    array = signal.astype(dtype or signal.dtype)
    array[where] = value
    return array


@pytest.mark.parametrize("value", [-32768, -2000, -1024, -999, -200, 32767])
@pytest.mark.parametrize("dtype", ["i2", "i4", "f4"])
def test_a_value_far_off_the_signal_around_the_field_of_view_is_padding(signal, corners, value, dtype):
    filled, count = without_padding(padded(signal, corners, value, dtype))
    assert count == corners.sum()
    np.testing.assert_array_equal(filled[~corners], signal[~corners])
    assert (filled[corners] == signal[~corners].min()).all()
    assert filled.dtype == np.dtype(dtype)


def test_padded_slices_and_a_high_value_of_unsigned_numbers_are_padding(signal):
    ends = np.zeros(signal.shape, bool)
    ends[:, :, -3:] = True
    for value, dtype in ((65535, "u2"), (-3000, "i2"), (np.nan, "f4"), (np.inf, "f4"), (-3.4e38, "f4")):
        filled, count = without_padding(padded(signal, ends, value, dtype))
        assert count == ends.sum() and filled.max() == signal[~ends].max() and filled.min() == signal[~ends].min()


def test_the_rim_that_a_resampling_mixes_is_padding_too(signal, corners):
    array = padded(signal, corners, -1000, "f4")
    rim = corners ^ np.roll(corners, 1, axis=0)
    array[rim & ~corners] = -500
    filled, _ = without_padding(array)
    assert filled.min() >= -100


def test_what_a_file_declares_is_padding_and_a_wrong_tag_leaves_tissue_alone(signal, corners):
    array = padded(signal, corners, -7)
    filled, count = without_padding(array, declared=(-7, -7))
    assert count == corners.sum() and filled.min() == signal[~corners].min()
    array = padded(signal, corners, -30)
    array[0, 0] = -20
    assert without_padding(array, declared=(-20, -30))[1] == corners.sum()  # either order
    middle = int(np.median(signal))
    kept, count = without_padding(signal, declared=(middle, middle))
    assert count < 0.01 * signal.size and (kept[30:-30, 30:-30, 5:-5] == signal[30:-30, 30:-30, 5:-5]).all()
    assert without_padding(signal, declared=(-40000, 40000))[0] is signal


def label_map(shape, at_edge):
    labels = np.zeros(shape, np.uint16)
    labels[40:80, 40:80, 4:9], labels[90:120, 40:80, 4:9] = 1, 2
    labels[:, :10] = at_edge
    return labels


def honest(signal):
    noise = np.random.default_rng(0)
    scaled = signal.astype(np.float32)
    masked = np.where(scaled < 60, 0, scaled)
    return {
        "magnitude": signal,
        "clipped above": np.minimum(signal, 300),
        "zero background": masked,
        "mean 0": (scaled - scaled.mean()) / scaled.std(),
        "masked and mean 0": (masked - masked.mean()) / masked.std(),
        "signed, clipped below": np.maximum(scaled - 400, -350),
        "CT with air": np.clip(scaled * 2 - 1024 + noise.normal(0, 20, scaled.shape), -1024, 3000).astype(np.int16),
        "phase": noise.integers(-4096, 4095, signal.shape).astype(np.int16),
        "a few dark voxels": padded(signal, (slice(0, 3), 0, 0), -500),
        "constant": np.full(signal.shape, -5, np.int16),
        "mask": (signal > 200).astype(np.uint8),
        "labels": label_map(signal.shape, 18),
        "large labels": label_map(signal.shape, 30000),
    }


def test_honest_images_keep_every_voxel(signal):
    for name, array in honest(signal).items():
        kept, count = without_padding(array)
        assert count == 0 and kept is array, name


@pytest.mark.parametrize("name", ["S04_ax_fs", "S09_sag_fs", "S12_cor_fs"])
def test_the_sample_exam_is_as_it_lies_in_the_file(name):
    volume = read_volume(EXAM / f"{name}.nii.gz")
    np.testing.assert_array_equal(volume.array, np.asanyarray(nibabel.load(EXAM / f"{name}.nii.gz").dataobj))
    assert volume.notices == ()


def test_nan_around_the_body_is_padding_and_nan_within_it_stays(signal, corners):
    array = padded(signal, corners, np.nan, "f4")
    filled, count = without_padding(array)
    assert count == corners.sum() and np.isfinite(filled).all()
    array[70:74, 70:74, 8] = np.nan
    filled, count = without_padding(array)
    assert count == corners.sum() and np.count_nonzero(np.isnan(filled)) == 16
    hole = padded(signal, (slice(70, 74), slice(70, 74), 0), np.nan, "f4")  # a hole in the last slice
    assert without_padding(hole)[1] == 0


def test_a_file_with_padding_is_read_with_a_notice_and_gives_the_same_view(signal, corners, tmp_path):
    geometry = Geometry(signal.shape, np.diag((0.5, 0.5, 3.0, 1.0)))
    want = normalise(padded(signal, corners, signal[~corners].min()))
    for value in (np.nan, -32768, -1024):
        path = tmp_path / "knee.nii.gz"
        from OrthoDiffusionLib.volumes.files.nifti import write_nifti

        write_nifti(padded(signal, corners, value, "f4"), geometry, path)
        volume = read_volume(path)
        (notice,) = volume.notices
        assert notice.code == "padding" and notice.where == "knee.nii.gz" and "16%" in notice.what
        np.testing.assert_allclose(normalise(volume.array), want, atol=1e-5)
    array = padded(signal, (slice(70, 74), slice(70, 74), 8), np.nan, "f4")
    write_nifti(array, geometry, path)
    with pytest.raises(StudyError, match="16 of .* voxels are not numbers"):
        read_volume(path)


def test_padding_is_found_in_every_format(signal, corners, tmp_path):
    from OrthoDiffusionLib.volumes import Volume

    geometry = Geometry(signal.shape, np.diag((0.5, 0.5, 3.0, 1.0)))
    for ending in (".nrrd", ".mha", ".nii"):
        write_volume(Volume(padded(signal, corners, -2000), geometry), tmp_path / f"a{ending}")
        volume = read_volume(tmp_path / f"a{ending}")
        assert [notice.code for notice in volume.notices] == ["padding"] and volume.array.min() >= 0
