"""Training studies on disk: exact, resumable, and never from a reserved seed."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.phantom.datasets import shards
from OrthoDiffusionLib.lab.phantom.datasets.shards import ShardReader, read_study, write_shards, write_study
from OrthoDiffusionLib.lab.phantom.imaging.scanner import render_view, sample_study
from OrthoDiffusionLib.lab.phantom.knee.atlas import HELD_OUT_ANATOMIES
from OrthoDiffusionLib.lab.phantom.phantom import make_phantom
from OrthoDiffusionLib.volumes import Plane


@pytest.fixture(scope="module")
def study():
    return sample_study(make_phantom("knee", 31, abnormalities={"joint_effusion": 2}, prevalence=0.0), 31)


@pytest.fixture
def ready_phantoms(monkeypatch, study):
    """Where only the bookkeeping is under test, one study serves every seed."""
    made = []
    monkeypatch.setattr(shards, "make_phantom", lambda joint, seed, anatomy: made.append(seed))
    monkeypatch.setattr(shards, "sample_study", lambda phantom, seed, **settings: study)
    return made


def test_a_study_reads_back_as_it_was_written(tmp_path, study):
    write_study(tmp_path / "study.npz", study)
    again = read_study(tmp_path / "study.npz")
    assert (again.seed, again.anatomy, again.style) == (study.seed, study.anatomy, study.style)
    assert again.abnormalities == study.abnormalities
    assert again.grades == study.grades
    assert np.array_equal(again.world.labels, study.world.labels)
    for plane, view in study.views.items():
        assert np.array_equal(again.views[plane].parts, view.parts)
        assert np.array_equal(again.views[plane].labels, view.labels)
        assert np.array_equal(again.views[plane].lesions, view.lesions)
        assert again.views[plane].geometry == view.geometry


def test_the_same_study_gives_the_same_bytes_and_stays_small(tmp_path, study):
    write_study(tmp_path / "one.npz", study)
    write_study(tmp_path / "two.npz", study)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    assert (tmp_path / "one.npz").stat().st_size < 3e6


def test_one_view_can_be_read_alone(tmp_path, study):
    write_study(tmp_path / "study_0000031.npz", study)
    view = ShardReader(tmp_path).view(0, Plane.AXIAL)
    assert np.array_equal(view.centre, study.views[Plane.AXIAL].centre)
    assert list(read_study(tmp_path / "study_0000031.npz", (Plane.AXIAL,)).views) == [Plane.AXIAL]


def test_a_view_that_was_read_shows_the_same_person(tmp_path, study):
    write_study(tmp_path / "study_0000031.npz", study)
    read = ShardReader(tmp_path).view(0, Plane.AXIAL).cropped((8, 40, 40), (4, 48, 48))
    made = study.views[Plane.AXIAL].cropped((8, 40, 40), (4, 48, 48))
    pictures = [render_view(view, "clinic_15t_a", np.random.default_rng(1)) for view in (read, made)]
    assert np.array_equal(*pictures)


def test_several_processes_share_the_work_and_a_second_run_makes_only_what_is_missing(tmp_path, ready_phantoms):
    assert write_shards(tmp_path, 5, 40, part=1, parts=2, joint="knee") == 3
    assert write_shards(tmp_path, 5, 40, part=2, parts=2, joint="knee") == 2
    assert sorted(ready_phantoms) == [40, 41, 42, 43, 44]
    (tmp_path / "study_0000042.npz").unlink()
    assert write_shards(tmp_path, 5, 40, joint="knee") == 1
    assert len(ShardReader(tmp_path)) == 5
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []


@pytest.mark.parametrize("seed", [8_000_000, 9_000_123])
def test_reserved_seeds_are_refused(tmp_path, seed):
    with pytest.raises(TrainingError, match="reserved for calibration and evaluation"):
        write_shards(tmp_path, 1, seed, joint="knee")


@pytest.mark.parametrize("anatomy", HELD_OUT_ANATOMIES)
def test_the_held_out_anatomy_is_refused(tmp_path, anatomy):
    with pytest.raises(TrainingError, match="held out for evaluation"):
        write_shards(tmp_path, 1, 0, anatomy=anatomy, joint="knee")


def test_a_damaged_file_is_named(tmp_path, study):
    path = tmp_path / "study_0000031.npz"
    write_study(path, study)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(TrainingError, match=r"cannot be read.*study_0000031.npz.*write it again"):
        ShardReader(tmp_path)[0]


def test_an_empty_folder_says_what_to_do(tmp_path):
    with pytest.raises(TrainingError, match=r"no training studies.*orthodiffusion phantom"):
        ShardReader(tmp_path)
