"""Views of one study agree in space, and pictures show what a scanner would."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import KNEE_STRUCTURES
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.phantom.engine.pose import Pose, draw_pose
from OrthoDiffusionLib.lab.phantom.imaging import scanner
from OrthoDiffusionLib.lab.phantom.imaging.artefacts import (
    Artefacts,
    compressed,
    flow_ghosts,
    piled_up,
    sharpened,
    shifted,
    through_k_space,
)
from OrthoDiffusionLib.lab.phantom.imaging.contrast import Protocol
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import (
    HELD_OUT_SITES,
    IMAGING_SITES,
    ImagingSite,
    draw_setting,
    site_named,
)
from OrthoDiffusionLib.lab.phantom.imaging.scanner import render_study, render_view, sample_study
from OrthoDiffusionLib.lab.phantom.phantom import BUILDERS, make_phantom
from OrthoDiffusionLib.volumes import Plane

QUIET = Artefacts(
    noise=(0.0, 0.0), bias=(0.0, 0.0), blur_mm=(0.0, 0.0), acquired_mm=(0.4, 0.4), apodisation=(0.0, 0.0),
    fat_shift_mm=(0.0, 0.0), fat_failure=0.0, flow_ghost=(0.0, 0.0), motion=0.0, windowed=0.0, gamma=(1.0, 1.0),
    slice_jitter=(0.0, 0.0), dark_border=0.0, sharpening=(0.0, 0.0), noise_spread=(0.0, 0.0), compressed=0.0,
    cartilage_layers=(0.0, 0.0), partial_fourier=(1.0, 1.0), other_coils=(0.0, 0.0), background=(0.0, 0.0),
    normalised=(0.0, 0.0),
)  # fmt: skip


@pytest.fixture(scope="module")
def phantom():
    return make_phantom("knee", 11, anatomy="procedural", abnormalities={}, prevalence=0.0)


@pytest.fixture(scope="module")
def study(phantom):
    return sample_study(phantom, 11, style="slices")


def label(name: str) -> int:
    return next(structure.label for structure in KNEE_STRUCTURES if structure.name == name)


def centroid_ras(view, name: str) -> np.ndarray:
    return view.geometry.to_ras(np.argwhere(view.labels == label(name))).mean(axis=0)


def quiet_site(**protocol) -> ImagingSite:
    sequence = Protocol("test", "fast_spin_echo", 3500, 35, **protocol)
    return ImagingSite("test", "Test", "protocols", 1.5, dict.fromkeys(Plane, (sequence,)), QUIET)


def mean_signal(view, image: np.ndarray, tissue: str) -> float:
    number = view.tables.tissue_names.index(tissue)
    pure = (view.tables.tissue[view.parts] == number).all(axis=0)
    return float(image[pure].mean())


@pytest.mark.parametrize("structure", ["patella", "anterior_cruciate_ligament", "medial_meniscus"])
def test_the_three_views_put_a_structure_in_one_place(study, structure):
    places = np.stack([centroid_ras(view, structure) for view in study.views.values()])
    step = max(view.geometry.spacing_mm[0] for view in study.views.values())
    assert np.ptp(places, axis=0).max() < step


def test_views_are_hung_as_in_the_reading_room(study):
    assert {plane: view.geometry.axis_codes for plane, view in study.views.items()} == {
        plane: plane.hanging for plane in Plane
    }


def test_views_have_pixels_and_slices_of_a_knee_protocol(study):
    for view in study.views.values():
        step, row, column = view.geometry.spacing_mm
        assert row == pytest.approx(0.8)
        assert column == pytest.approx(0.8)
        assert 2.5 <= step <= 4.5
        assert max(view.centre.shape[1:]) <= 224


def test_the_world_grid_agrees_with_the_views(study):
    view, world = study.views[Plane.SAGITTAL], study.world
    inside = np.argwhere(view.labels == label("tibia"))[::97]
    nearest = np.rint(world.geometry.to_ijk(view.geometry.to_ras(inside))).astype(int)
    within = ((nearest >= 0) & (nearest < world.labels.shape)).all(axis=1)
    found = world.labels[tuple(nearest[within].T)]
    assert (found == label("tibia")).mean() > 0.97


def test_a_bent_knee_brings_the_leg_behind_the_thigh():
    still = {"rotation": np.eye(3), "shift_mm": np.zeros(3), "scale": np.ones(3)}
    bent = Pose(**still, flexion_deg=20.0, hinge=BUILDERS["knee"].placing.hinge)
    # Points of the world that show the canonical shaft of femur and tibia.
    assert bent.to_canonical(np.array([0.0, 0.0, 80.0])) == pytest.approx([0, 0, 80], abs=0.1)
    reached = bent.to_canonical(np.array([0.0, -36.0, -70.0]))
    assert abs(reached[1]) < 12
    assert reached[2] < -65


def test_a_warp_moves_the_joint_by_millimetres_and_never_folds_it():
    pose = draw_pose(np.random.default_rng(3), BUILDERS["knee"].placing.hinge)
    still = replace(pose, warp_mm=None)
    line = np.stack([np.zeros(200), np.zeros(200), np.linspace(-60, 60, 200)], axis=1)
    moved = pose.to_canonical(line) - still.to_canonical(line)
    assert 0.3 < np.abs(moved).max() < 12
    assert (np.diff(pose.to_canonical(line)[:, 2]) > 0).all()


def test_an_isotropic_study_shows_one_box_in_all_planes(phantom):
    study = sample_study(phantom, 5, style="isotropic")
    centres = [view.geometry.centre_ras for view in study.views.values()]
    assert np.ptp(centres, axis=0).max() < 2.0
    assert [float(view.geometry.spacing_mm[0]) for view in study.views.values()] == pytest.approx([3.0] * 3)
    assert all(view.blur_mm > 0 for view in study.views.values())


def test_the_same_seed_gives_the_same_study(phantom, study):
    again = sample_study(phantom, 11, style="slices")
    for plane in Plane:
        assert np.array_equal(again.views[plane].parts, study.views[plane].parts)
        assert again.views[plane].geometry == study.views[plane].geometry


def test_a_healthy_knee_has_no_positive_label(study):
    assert not any(study.abnormalities.values())


def test_a_crop_keeps_its_place_in_the_patient_and_pads_with_air(study):
    view = study.views[Plane.CORONAL]
    crop = view.cropped((2, -5, 10), (8, 60, 70))
    assert crop.parts.shape == (4, 8, 60, 70)
    assert (crop.centre[:, :5] == 0).all()
    assert np.array_equal(crop.centre[:, 5:], view.centre[2:10, :55, 10:80])
    assert crop.geometry.to_ras((0, 5, 0)) == pytest.approx(view.geometry.to_ras((2, 0, 10)))


def test_fat_is_dark_with_fat_suppression_and_bright_without(study):
    view = study.views[Plane.SAGITTAL]
    plain = render_view(view, quiet_site(), np.random.default_rng(0))
    suppressed = render_view(view, quiet_site(fat_left=0.05), np.random.default_rng(0))
    against_muscle = {
        fat: [mean_signal(view, image, fat) / mean_signal(view, image, "muscle") for image in (plain, suppressed)]
        for fat in ("subcutaneous_fat", "bone_marrow")
    }
    assert all(before > 1.5 for before, _ in against_muscle.values())
    assert against_muscle["bone_marrow"][1] < 0.7
    # Under the skin suppression is never as good: there fat may reach the level of muscle.
    before, after = against_muscle["subcutaneous_fat"]
    assert after < 0.5 * before


def test_noise_grows_at_low_field(study):
    view = study.views[Plane.AXIAL].cropped((8, 16, 16), (4, 64, 64))
    air = (view.tables.tissue[view.parts] == 0).all(axis=0)
    levels = []
    for tesla in (3.0, 1.5, 0.3):
        noisy = replace(quiet_site(), field_strength_t=tesla, artefacts=replace(QUIET, noise=(0.02, 0.02)))
        levels.append(render_view(view, noisy, np.random.default_rng(1))[air].mean())
    assert levels[0] < levels[1] < levels[2]
    # Rician: the mean of pure noise is 1.25 of its standard deviation, which is 1 / field.
    assert levels[1] / levels[0] == pytest.approx(2.0, rel=0.15)


def test_the_same_generator_gives_the_same_picture_and_another_gives_another(study):
    view = study.views[Plane.AXIAL].cropped((8, 40, 40), (6, 80, 80))
    one, same, other = (render_view(view, "training", np.random.default_rng(seed)) for seed in (4, 4, 5))
    assert np.array_equal(one, same)
    assert not np.allclose(one, other)


@pytest.mark.parametrize("name", IMAGING_SITES)
def test_every_centre_takes_a_finite_picture(study, name):
    view = study.views[Plane.SAGITTAL].cropped((6, 30, 30), (8, 64, 64))
    for seed in range(3):
        image = render_view(view, name, np.random.default_rng(seed))
        assert image.shape == (8, 64, 64)
        assert image.dtype == np.float32
        assert np.isfinite(image).all()
        assert image.min() >= 0
        assert image.std() > 0.01


def test_one_person_has_the_same_tissues_in_all_his_series(study, monkeypatch):
    subjects = []

    def spy(centre, plane, names, rng, subject=None, *rest):
        subjects.append(subject)
        return draw_setting(centre, plane, names, rng, subject, *rest)

    monkeypatch.setattr(scanner, "draw_setting", spy)
    small = replace(study, views={plane: view.cropped((8, 40, 40), (6, 64, 64)) for plane, view in study.views.items()})
    images = render_study(small, "clinic_3t_a", np.random.default_rng(0))
    assert set(images) == set(Plane)
    assert len(subjects) == 3 and subjects[0] is not None
    assert all(subject is subjects[0] for subject in subjects)


def test_fat_moves_against_water_along_the_frequency_direction():
    fat = np.zeros((1, 20, 20), np.float32)
    fat[0, 8:12, 8:12] = 1.0
    moved = shifted(fat, 2.5, 2)
    rows, columns = (np.average(np.arange(20), weights=moved[0].sum(axis=axis)) for axis in (1, 0))
    assert (rows, columns) == (pytest.approx(9.5), pytest.approx(12.0))


def test_vessels_leave_ghosts_at_equal_steps_along_the_phase_direction():
    vessel = np.zeros((1, 16, 240), np.float32)
    vessel[0, 8, 120] = 1.0
    ghosts = flow_ghosts(vessel, np.random.default_rng(2), 0.2, 2)
    rows, columns = np.nonzero(ghosts[0])
    assert set(rows) == {8}
    assert len(columns) == 4
    assert len(set(np.diff(np.append(columns, 120)[np.argsort(np.append(columns, 120))]))) == 1


def test_signal_piles_up_on_one_side_of_metal_along_the_readout_and_is_void_in_it():
    metal = np.zeros((3, 80, 80), np.float32)
    metal[:, 36:44, 36:44] = 1.0
    image = piled_up(np.ones_like(metal), metal, (3.0, 0.5, 0.5), 2, 6.0)[1]
    assert image[40, 36:44].mean() < 0.6
    assert image[40].max() > 1.4
    assert image[40, 48:].max() > image[40, :32].max() + 0.3
    assert image[:10] == pytest.approx(1.0, abs=0.1)


def flat(level: float) -> np.ndarray:
    return np.full((2, 128, 128), level, np.float32)


def taken(image: np.ndarray, noise_sd: float, **strengths: float) -> np.ndarray:
    quiet = {"blur_mm": 0.0, "acquired_mm": 0.4, "apodisation": 0.0}
    rng = np.random.default_rng(5)
    return through_k_space(
        image, rng, pixel_mm=0.5, noise_sd=noise_sd, phase_axis=1, strengths=quiet | strengths
    )  # fmt: skip


def test_edge_enhancement_raises_a_line_leaves_what_is_even_and_never_falls_below_black():
    picture = flat(0.5)
    picture[:, 60:62] = 1.0
    done = sharpened(picture.copy(), 1.5, 1.0)
    assert done.min() >= 0.0 and done[:, 60].mean() > 1.1
    assert np.allclose(done[:, 10:40], 0.5, atol=1e-5)
    assert done[:, 59].mean() < 0.4  # the dark rim beside it
    assert np.array_equal(sharpened(picture.copy(), -0.2, 1.0), picture)


@pytest.mark.parametrize("amount", [0.0, 1.0, 2.0])
def test_noise_is_as_strong_as_asked_for_whatever_the_vendor_filters(amount):
    found = taken(flat(1.0), 0.03, sharpening=amount, sharpening_mm=0.5)
    assert found.std() == pytest.approx(0.03, rel=0.15)
    assert found.mean() == pytest.approx(1.0, abs=0.01)


def test_noise_of_idle_coils_brightens_the_air_and_a_vendor_may_blacken_it():
    plain, idle, black = (
        taken(flat(0.0), 0.02, **strengths) for strengths in ({}, {"other_coils": 1.5}, {"background": 0.8})
    )
    # Rayleigh noise: its mean is 1.25 standard deviations of the real part.
    assert plain.mean() == pytest.approx(1.25 * 0.02, rel=0.05)
    assert idle.mean() > 1.5 * plain.mean() and idle.std() < plain.std()
    assert black.mean() < 0.5 * plain.mean() and black.min() == 0.0


def test_an_unmeasured_part_of_the_phase_lines_costs_sharpness_along_them_alone():
    picture = flat(0.2)
    picture[:, 64:] = 1.0
    along, across = picture, np.ascontiguousarray(picture.swapaxes(1, 2))
    part = {"partial_fourier": 0.6}
    assert (
        np.abs(np.diff(taken(along, 0.0, **part), axis=1)).max()
        < 0.8 * np.abs(np.diff(taken(along, 0.0), axis=1)).max()
    )
    assert np.allclose(taken(across, 0.0, **part)[:, :, 50:80], taken(across, 0.0)[:, :, 50:80], atol=0.02)


def test_a_lossy_picture_stays_the_same_picture():
    rng = np.random.default_rng(0)
    picture = np.clip(np.linspace(0, 1, 50)[None, None, :] + 0.1 * rng.standard_normal((2, 43, 50)), 0, 1)
    picture = picture.astype(np.float32)
    fine, coarse = (np.abs(compressed(picture, quality) - picture).mean() for quality in (1.0, 0.2))
    assert fine < 0.01
    assert fine < coarse < 0.06


def test_an_unknown_centre_is_refused_with_the_possible_ones():
    with pytest.raises(OrthoDiffusionError, match=r"no imaging site called 'mars'.*clinic_15t_a.*randomised"):
        site_named("mars")


@pytest.mark.parametrize("name", HELD_OUT_SITES)
def test_training_may_not_see_a_held_out_centre(name):
    with pytest.raises(OrthoDiffusionError, match="held out for evaluation"):
        site_named(name, training=True)


def test_the_training_mixture_never_draws_a_held_out_centre(study):
    rng = np.random.default_rng(0)
    names = study.tables.tissue_names
    drawn = [draw_setting(IMAGING_SITES["training"], Plane.AXIAL, names, rng).site for _ in range(300)]
    assert not set(drawn) & set(HELD_OUT_SITES)
    assert 0.05 < drawn.count("randomised") / len(drawn) < 0.15
