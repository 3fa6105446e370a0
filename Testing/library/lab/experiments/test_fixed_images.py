"""The studies of an experiment on fixed images: rendered once, never mixed, augmented by MONAI alone."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from library.lab.experiments.tiny_hospital import SIZE, toy_known

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.encoders.view_encoder import EMPTY
from OrthoDiffusionLib.errors import OrthoDiffusionError, TrainingError
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import (
    EvaluationView,
    StudySetting,
    read_evaluation_study,
    write_evaluation_study,
)
from OrthoDiffusionLib.lab.experiments.common.runner import keep_settings
from OrthoDiffusionLib.lab.experiments.fixed_images import augmentation, budget, fixed_work
from OrthoDiffusionLib.lab.experiments.fixed_images.augmentation import Augmentation
from OrthoDiffusionLib.lab.experiments.fixed_images.budget import patience_of
from OrthoDiffusionLib.lab.experiments.fixed_images.fixed_work import FixedImagesWork
from OrthoDiffusionLib.lab.experiments.fixed_images.labelled_views import (
    LabelledViews,
    fixed_view,
    labelled_studies,
    whole_view,
)
from OrthoDiffusionLib.lab.experiments.fixed_images.prepared_fixed import FixedOptions
from OrthoDiffusionLib.lab.experiments.fixed_images.self_pretraining import ArchiveCrops
from OrthoDiffusionLib.lab.experiments.fixed_images.study_plan import (
    SEEN,
    UNSEEN,
    archive_settings,
    evaluation_name,
    evaluation_settings,
)
from OrthoDiffusionLib.lab.experiments.labels.label_efficiency import EXPERIMENT, prepared_labels
from OrthoDiffusionLib.lab.phantom.engine.seeds import FROZEN_SEEDS, FROZEN_STUDIES, TRAINING_SEEDS
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import CLINICS, HELD_OUT_SITES
from OrthoDiffusionLib.lab.phantom.knee.atlas import HELD_OUT_ANATOMIES
from OrthoDiffusionLib.lab.training.engine.recipe import load_recipe
from OrthoDiffusionLib.views import ViewGrid
from OrthoDiffusionLib.volumes import Geometry, Plane

GRIDS = {Plane.SAGITTAL: ViewGrid(Plane.SAGITTAL, in_plane_mm=2.0)}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Three toy studies as the archive has them."""
    folder = tmp_path_factory.mktemp("archive")
    with toy_known() as toy:
        paths = [folder / f"{setting.seed}.npz" for setting in archive_settings(toy, 3)]
        for path, setting in zip(paths, archive_settings(toy, 3), strict=True):
            write_evaluation_study(path, setting, GRIDS)
    return paths


def an_image(shape=(8, 40, 40)):
    """A bright block (1) with one darker corner (2), in air."""
    labels = np.zeros(shape, np.uint8)
    labels[2:6, 10:30, 8:32] = 1
    labels[2:6, 10:16, 8:16] = 2
    return np.array([EMPTY, 0.5, -0.2], np.float32)[labels], labels


@pytest.mark.parametrize("joint", ["knee", "toy"])
def test_archive_and_evaluation_share_no_seed_and_no_unseen_site(joint):
    with toy_known():
        archive, evaluation = archive_settings(joint, 700), evaluation_settings(joint, 160)
    assert all(one.seed in TRAINING_SEEDS for one in archive)
    assert all(one.seed in FROZEN_SEEDS[FROZEN_STUDIES:] for one in evaluation)
    assert not {one.site for one in archive} & set(HELD_OUT_SITES)
    assert {one.site for one in archive} <= set(CLINICS)
    names = [evaluation_name(one) for one in evaluation]
    assert len(set(names)) == 160
    for kind, held_out in ((SEEN, False), (UNSEEN, True)):
        of_kind = [one for one in evaluation if evaluation_name(one).startswith(f"{kind}-")]
        assert len(of_kind) == 80
        assert all((one.site in HELD_OUT_SITES) == held_out for one in of_kind)
    if joint == "knee":
        assert not {one.anatomy for one in archive} & set(HELD_OUT_ANATOMIES)
        assert {one.anatomy for one in evaluation} >= set(HELD_OUT_ANATOMIES)


def test_an_unknown_joint_is_named():
    with pytest.raises(OrthoDiffusionError, match="no digital elbow"):
        archive_settings("elbow", 3)


def test_a_study_is_kept_as_a_clinic_stores_it_with_what_it_has_and_no_map_of_a_lesion(archive):
    with np.load(archive[0]) as members:
        assert set(members) == {"findings", "sagittal_image", "sagittal_labels", "sagittal_affine"}
    (view,) = read_evaluation_study(archive[0]).values()
    assert view.image.dtype == np.float32 and view.labels.dtype == np.uint8
    assert view.findings.shape == (1,) and view.findings.dtype == bool
    upper, lower = (view.geometry.to_ras(np.argwhere(view.labels == label))[:, 2].mean() for label in (1, 2))
    assert upper > lower + 15


@pytest.mark.long
def test_what_a_study_has_is_what_any_of_its_volumes_shows(tmp_path):
    """A finding that only another plane shows is still the study's: a report does not say which view it is from."""
    setting = StudySetting("knee", 7_000_001, "procedural", "clinic_3t_a", {"joint_effusion": 1.0})
    write_evaluation_study(tmp_path / "one.npz", setting, {Plane.AXIAL: ViewGrid(Plane.AXIAL, in_plane_mm=2.0)})
    (view,) = read_evaluation_study(tmp_path / "one.npz").values()
    assert [one.name for one, there in zip(KNEE.abnormalities, view.findings, strict=True) if there] == [
        "joint_effusion"
    ]


def test_labelled_studies_are_a_share_differ_between_seeds_and_a_fifth_of_them_validates(tmp_path):
    paths = [tmp_path / str(number) for number in range(700)]
    few = [labelled_studies(paths, 0.1, seed) for seed in range(3)]
    assert [(len(one.training), len(one.validation)) for one in few] == [(56, 14)] * 3
    assert few[0] == labelled_studies(paths, 0.1, 0)
    assert few[0].training != few[1].training != few[2].training
    every = labelled_studies(paths, 1.0, 5)
    assert set(every.training) | set(every.validation) == set(paths) and every.count == 700
    fewest = labelled_studies(paths, 0.01, 0)
    assert (len(fewest.training), len(fewest.validation)) == (6, 1)
    for one in (*few, every, fewest):
        assert not set(one.training) & set(one.validation)


def test_every_epoch_shows_each_study_once_and_only_labelled_ones(archive):
    views = LabelledViews(archive[:2], Plane.SAGITTAL, SIZE, seed=3)
    for epoch in range(4):
        assert {views.study_of(2 * epoch + place) for place in range(2)} == set(archive[:2])


def test_without_augmentation_the_image_is_the_same_in_every_epoch(archive, monkeypatch):
    monkeypatch.setattr(Augmentation, "__call__", lambda self, image, labels, *, seed: (image, labels))
    views = LabelledViews(archive, Plane.SAGITTAL, SIZE, seed=3)
    first: dict = {}
    for step in range(9):
        before = first.setdefault(views.study_of(step), views[step].image)
        np.testing.assert_array_equal(views[step].image, before)
    for path, image in first.items():
        np.testing.assert_array_equal(fixed_view(path, Plane.SAGITTAL, SIZE).image, image)


def test_a_sample_depends_on_seed_and_step_alone_and_is_another_one_in_the_next_epoch(archive):
    one, two = (LabelledViews(archive, Plane.SAGITTAL, SIZE, seed=3) for _ in range(2))
    two[7]  # whatever was asked for before
    np.testing.assert_array_equal(one[5].image, two[5].image)
    np.testing.assert_array_equal(one[5].labels, two[5].labels)
    again = next(step for step in range(6, 20) if one.study_of(step) == one.study_of(5))
    assert np.abs(one[5].image - one[again].image).mean() > 0.01
    other = LabelledViews(archive, Plane.SAGITTAL, SIZE, seed=4)
    assert any(np.abs(one[step].image - other[step].image).mean() > 0.01 for step in range(3))


def test_augmentation_moves_outlines_with_the_image_and_never_mirrors():
    image, labels = an_image()
    for seed in range(20):
        changed, moved = Augmentation()(image, labels, seed=seed)
        assert changed.shape == image.shape and changed.dtype == np.float32 and moved.dtype == np.uint8
        assert set(np.unique(moved)) == {0, 1, 2}
        air, block, corner = (changed[moved == label].mean() for label in range(3))
        assert block > corner + 0.2 > air + 0.4
        # slices stay where they were: none is mixed with the next
        assert [bool(one.any()) for one in moved] == [bool(one.any()) for one in labels]
        whole, dark = (np.argwhere(part).mean(axis=0)[1:] for part in (moved > 0, moved == 2))
        assert (dark < whole - 3).all()  # the corner is where it was, up and to the left
        assert (abs(whole - 19.5) < 9).all()
        assert 0.75 < np.count_nonzero(moved) / np.count_nonzero(labels) < 1.3


def test_a_whole_view_is_cut_about_its_middle_and_filled_with_air_and_places_stay_in_the_world():
    shape = (20, 50, 30)
    image = np.zeros(shape, np.float32)
    labels = np.zeros(shape, np.uint8)
    labels[10, 25, 15] = 1
    affine = np.diag([3.0, 2.0, 2.0, 1.0])
    affine[:3, 3] = (5.0, -7.0, 11.0)
    view = EvaluationView(image, labels, Geometry(shape, affine), np.array([True]))
    whole = whole_view(view, (24, 32, 32))
    assert whole.image.shape == whole.labels.shape == whole.geometry.shape == (24, 32, 32)
    assert np.count_nonzero(whole.image == EMPTY) == 24 * 32 * 32 - 20 * 32 * 30
    np.testing.assert_allclose(
        whole.geometry.to_ras(np.argwhere(whole.labels == 1)), view.geometry.to_ras(np.argwhere(labels == 1))
    )


def test_pretraining_crops_show_the_archive_s_own_images(archive):
    recipe = load_recipe("labels")
    one, two = (ArchiveCrops(archive, Plane.SAGITTAL, (12, 16, 16), recipe) for _ in range(2))
    assert one[4].shape == (1, 1, 12, 16, 16)
    np.testing.assert_array_equal(one[4].numpy(), two[4].numpy())
    assert np.abs((one[4] - one[5]).numpy()).mean() > 0.01


def test_a_cell_s_steps_follow_from_its_minutes_and_its_network(tmp_path):
    real = {"width": 32, "size": (32, 112, 112), "training": 56, "validation": 14, "most": 20_000}
    ours, dynunet = (patience_of(name, minutes=25.0, **real) for name in ("ours", "dynunet"))
    assert 1000 < dynunet.steps < ours.steps < 4000
    assert patience_of("ours", minutes=12.5, **real).steps == pytest.approx(ours.steps / 2, abs=1)
    assert patience_of("ours", minutes=25.0, **{**real, "most": 7}).steps == 7
    assert patience_of("ours", minutes=25.0, **{**real, "width": 16}).steps < ours.steps  # timed on a slower core


@pytest.mark.parametrize("size", [(16, 32, 32), (24, 40, 32)])
def test_a_view_that_some_network_would_have_to_pad_is_refused(tmp_path, size):
    with pytest.raises(TrainingError, match="must be multiples of"):
        FixedImagesWork(tmp_path, "knee", load_recipe("labels"), 10, 4, Plane.SAGITTAL, size=size)


def test_without_monai_it_is_refused_before_anything_is_made(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "monai", None)
    work = FixedImagesWork(tmp_path, "knee", load_recipe("labels"), 10, 4, Plane.SAGITTAL)
    with pytest.raises(TrainingError, match="MONAI, which is not installed") as refused:
        work.check([])
    assert "orthodiffusion[monai]" in refused.value.remedy
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("module", "constant", "value", "named"),
    [
        (budget, "PATIENT_ROUNDS", 3, "patient_rounds"),
        (budget, "_WARMUP", 7, "warmup"),
        (augmentation, "GAMMA", (0.9, 1.1), "augmentation"),
        (augmentation, "CHANCES", {**augmentation.CHANCES, "noise": 0.0}, "augmentation"),
        (fixed_work, "TUNING_MINUTES", 1.0, "tuning"),
        (fixed_work, "VALIDATION_SHARE", 0.5, "validation_share"),
    ],
)
def test_an_experiment_is_not_gone_on_with_when_it_would_learn_otherwise(
    tmp_path, monkeypatch, module, constant, value, named
):
    ready = prepared_labels(tmp_path, FixedOptions(evaluated=2))
    keep_settings(tmp_path, ready.work.settings)
    keep_settings(tmp_path, ready.work.settings)  # the same: goes on
    monkeypatch.setattr(module, constant, value)
    with pytest.raises(TrainingError, match=f"different settings: {named}"):
        keep_settings(tmp_path, ready.work.settings)


def test_the_longer_training_from_scratch_has_the_steps_of_the_pretraining_as_well(tmp_path):
    """Reckoned from costs: 2000 crops of 24 x 64 x 64 voxels are as dear as 2000 x 0.64 views of 24 x 80 x 80."""
    arms = {arm.name: arm.settings for arm in EXPERIMENT.arms}
    assert arms["scratch-long-10"]["start"] == "fresh" and arms["scratch-long-10"]["rates_of"] == "scratch"
    work = prepared_labels(tmp_path, FixedOptions(recipe="labels-short", minutes=4, size=(24, 80, 80))).work
    assert 11 < work.pretraining_minutes < 13


def test_an_arm_that_takes_the_rates_of_another_has_them_tuned(tmp_path):
    """Run alone it must not ask for rates that nobody tunes."""
    ready = prepared_labels(tmp_path)
    for arm in ("scratch-long-10", "scratch-taught-10"):
        *_, tuning = ready.work.preparations(ready.experiment.cells([arm]), 1)
        assert [(one.args[0]["kind"], one.args[1]) for one in tuning] == [("scratch", number) for number in range(4)]
