"""Crops: the pictures that training sees are taken by the site that the recipe names, never by a held-out one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from OrthoDiffusionLib.errors import OrthoDiffusionError, TrainingError
from OrthoDiffusionLib.lab.phantom.engine.view_parts import SampledStudy
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import HELD_OUT_SITES
from OrthoDiffusionLib.lab.phantom.imaging.scanner import sample_study
from OrthoDiffusionLib.lab.phantom.knee.knee_placing import KNEE_PLACING
from OrthoDiffusionLib.lab.phantom.phantom import make_phantom
from OrthoDiffusionLib.lab.training.engine.recipe import DataRecipe, Recipe
from OrthoDiffusionLib.lab.training.samples.crops import CropAim, check_pixels, crop_study, crop_view, draw_focus
from OrthoDiffusionLib.volumes import Geometry, Plane

RECIPE = DataRecipe(crop=(4, 48, 48))


@pytest.fixture(scope="module")
def view():
    phantom = make_phantom("knee", 5, anatomy="procedural", prevalence=0.0)
    return sample_study(phantom, 5, style="slices", pixel_mm=1.6).views[Plane.SAGITTAL]


def crop(view, site):
    return crop_view(view, np.zeros(3), replace(RECIPE, centre=site), np.random.default_rng(3))


def test_another_site_takes_another_picture_of_the_same_anatomy(view):
    physics, randomised = crop(view, "physics"), crop(view, "randomised")
    assert np.array_equal(physics.labels, randomised.labels)
    assert physics.geometry == randomised.geometry
    assert np.abs(physics.image - randomised.image).mean() > 0.1


@pytest.mark.parametrize("site", HELD_OUT_SITES)
def test_no_crop_is_taken_by_a_held_out_site(view, site):
    with pytest.raises(OrthoDiffusionError, match="held out for evaluation") as caught:
        crop(view, site)
    assert "physics" in caught.value.remedy


def test_an_unknown_site_names_those_training_may_see(view):
    with pytest.raises(OrthoDiffusionError, match="no imaging site called 'mars'") as caught:
        crop(view, "mars")
    assert "randomised" in caught.value.remedy and "held_out" not in caught.value.remedy


def test_studies_of_other_pixels_than_the_recipes_are_refused(view):
    closely = Recipe(in_plane_mm=0.8, network={"detail": True})
    check_pixels(view, Recipe(in_plane_mm=1.6))
    check_pixels(view, closely)  # the encoders' own pixels are enough for them
    with pytest.raises(OrthoDiffusionError, match="the recipe wants 0.8 mm"):
        check_pixels(view, closely, detail=True)
    with pytest.raises(OrthoDiffusionError, match="pixels of 1.6 mm, the recipe wants 1.2 mm") as caught:
        check_pixels(view, Recipe(in_plane_mm=1.2))
    assert "--pixel-mm 1.2" in caught.value.remedy


def test_a_study_without_its_world_is_refused_before_it_is_cropped(view):
    study = SampledStudy(7, "procedural", "slices", {Plane.SAGITTAL: view}, {}, world=None)
    aim = CropAim(KNEE_PLACING.focus, [])
    with pytest.raises(TrainingError, match="seed 7 holds no truth between its views"):
        crop_study(study, (Plane.SAGITTAL,), Recipe(), np.random.default_rng(0), aim=aim)


def test_a_small_lesion_is_looked_at_as_often_as_a_large_one():
    geometry = Geometry.from_axes(
        (60, 60, 60), spacing_mm=(2.0, 2.0, 2.0), directions=np.eye(3), centre_ras=(0.0, 0.0, 0.0)
    )  # fmt: skip
    lesions = np.zeros(geometry.shape, np.uint8)
    lesions[:20] = 1  # 576 ml at the left border
    lesions[58, 30, 30] = 128  # 0.008 ml at the right one
    rng = np.random.default_rng(0)
    places = np.array([draw_focus(lesions, geometry, KNEE_PLACING.focus, rng) for _ in range(600)])
    tear = geometry.to_ras(np.array([58.0, 30.0, 30.0]))
    near = (np.linalg.norm(places - tear, axis=1) < 30.0).mean()
    assert 0.1 < near < 0.25  # half of the 30 % that go to lesions
