"""The joint is recognised by the pictures, whatever their headers, planes and grids; unsure ones are not named."""

from __future__ import annotations

import time
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from OrthoDiffusionLib.analysis.shown_joint import doubt_of_pictures, shown_joint
from OrthoDiffusionLib.anatomy import ANKLE, KNEE
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.recognition import NONE, JointPicture, contradiction, joint_picture
from OrthoDiffusionLib.recognition.coarse_picture import coarse_picture
from OrthoDiffusionLib.recognition.network import read_network, shipped_network
from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.volumes import Geometry, Study, Volume
from OrthoDiffusionLib.volumes.inputs import read_inputs


@pytest.fixture(scope="module")
def exam():
    return read_inputs([resource_path("SampleData", "knee_exam")])[0]


def noise(shape=(64, 64, 30), **header):
    array = np.random.default_rng(0).integers(0, 200, shape).astype(np.int16)
    geometry = Geometry.from_axes(shape, spacing_mm=(2.5, 2.5, 4.0), directions=np.eye(3), centre_ras=(0, 0, 0))
    return Volume(array, geometry, **header)


def test_the_sample_knee_is_never_taken_for_an_ankle(exam):
    for volumes in (exam, *([one] for one in exam)):
        found = joint_picture([replace(one, body_part="ANKLE", name="ankle") for one in volumes])
        assert found.joint != "ankle" and found.probabilities["ankle"] < 0.5


def test_what_is_said_does_not_depend_on_storage_mirror_or_brightness(exam):
    volume = exam[0]
    plain = joint_picture([volume]).probabilities
    stored = volume.reoriented("SPR")
    brighter = volume.with_array(volume.array.astype(np.float32) * 7.5 + 300.0)
    for other in (stored, brighter):
        found = joint_picture([other]).probabilities
        assert all(abs(found[name] - plain[name]) < 0.02 for name in plain)
    assert abs(joint_picture([volume.mirrored()]).probabilities["knee"] - plain["knee"]) < 0.01


def filled_around(volume, value):
    """As a scanner or a converter fills a picture to a larger square."""
    array = np.pad(volume.array, ((50, 50), (40, 70), (1, 2)), constant_values=value)
    start, stop = (-50, -40, -1), [n + more for n, more in zip(volume.array.shape, (50, 70, 2), strict=True)]
    return replace(volume, array=array, geometry=volume.geometry.cropped(start, stop))


@pytest.mark.parametrize("value", [0, 255])
def test_a_border_that_was_filled_changes_nothing(exam, value):
    plain = joint_picture(exam)
    assert joint_picture([filled_around(volume, value) for volume in exam]).probabilities == pytest.approx(
        plain.probabilities, abs=1e-3
    )


def noisy(array):
    noise = np.random.default_rng(0).normal(0.0, 0.05 * np.percentile(array, 99), (2, *array.shape))
    return np.hypot(array + noise[0], noise[1])


def with_uneven_coil(array):
    return array * np.exp(np.linspace(-0.5, 0.5, array.shape[0]))[:, None, None]


def with_dark_window(array):
    return array.max() * (array / array.max()) ** 1.6


def with_clipped_window(array):
    return np.minimum(array, np.percentile(array, 85))


@pytest.mark.parametrize("alter", [noisy, with_uneven_coil, with_dark_window, with_clipped_window])
def test_a_real_knee_that_is_noisy_or_unevenly_or_darkly_shown_is_a_knee_all_the_same(exam, alter):
    altered = [volume.with_array(alter(volume.array.astype(np.float32))) for volume in exam]
    assert joint_picture(altered).joint == "knee"


def test_noise_is_no_joint():
    assert joint_picture([noise()]).joint is None


def test_what_can_be_no_picture_of_a_joint_is_not_looked_at():
    single = noise((64, 64, 2))
    small = Volume(np.random.default_rng(0).random((8, 8, 8)), Geometry((8, 8, 8), np.eye(4)))
    empty = noise().with_array(np.zeros((64, 64, 30)))
    assert joint_picture([single, small, empty]) == JointPicture()
    assert joint_picture([]).sure is None


def test_a_coarse_picture_keeps_the_directions_of_the_body():
    array = 0.1 * np.random.default_rng(0).random((40, 60, 50), np.float32)
    array[30:, :, :] += 1.0  # right
    volume = Volume(array, Geometry.from_axes(array.shape, spacing_mm=(3.0, 2.0, 3.0), directions=np.eye(3),
                                              centre_ras=(0, 0, 0)))  # fmt: skip
    for stored in (volume, volume.reoriented("LIP"), volume.reoriented("ASR")):
        signal, imaged = coarse_picture(stored)
        assert signal.shape == (24, 24, 32) and imaged.sum() == 24 * 24 * 30
        assert signal[19:].mean() > 1.0 > signal[:12].max()


def test_a_study_takes_a_fraction_of_a_second(exam):
    joint_picture(exam)
    start = time.process_time()
    joint_picture([replace(volume) for volume in exam])  # others, which nobody has looked at
    assert time.process_time() - start < 1.0


def test_what_an_analysis_asks_before_and_after_is_looked_at_once(exam, monkeypatch):
    read, looked_at = [replace(volume) for volume in exam], []

    def look(volume):
        looked_at.append(volume)
        return coarse_picture(volume)

    # the package has a function of the module's name
    monkeypatch.setattr(import_module("OrthoDiffusionLib.recognition.joint_picture"), "coarse_picture", look)
    before = shown_joint(read, [KNEE, ANKLE]).picture
    study = Study.from_volumes(read, side="right", joint="knee")
    assert doubt_of_pictures(study.volumes, KNEE) is None
    assert len(looked_at) == len(read) == len(exam)
    assert joint_picture(study.volumes).joint == before.joint


def test_the_network_is_small_and_a_damaged_file_is_refused(tmp_path):
    folder = resource_path("Recognition")
    assert sum(path.stat().st_size for path in folder.iterdir()) < 250_000
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert read_network(tmp_path).classes == shipped_network().classes
    with (tmp_path / "joint.safetensors").open("r+b") as file:
        file.seek(2000)
        file.write(b"\x01\x02")
    with pytest.raises(OrthoDiffusionError, match="recognises the joint") as caught:
        read_network(tmp_path)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("sure", "joint", "words"),
    [
        ("ankle", "knee", "look like an ankle (97%), but were analysed as the knee"),
        (NONE, "knee", "look like none of the joints that are known, ankle and knee"),
        ("knee", "knee", None),
        (None, "knee", None),
        ("ankle", "shoulder", None),
    ],
)
def test_a_contradiction_is_told_and_doubt_is_not(sure, joint, words):
    shares = dict.fromkeys(("ankle", "knee", NONE), 0.015)
    picture = JointPicture({**shares, sure or NONE: 0.97 if sure else 0.5}, sure)
    notice = contradiction(picture, joint)
    assert (notice is None) if words is None else words in notice.what
