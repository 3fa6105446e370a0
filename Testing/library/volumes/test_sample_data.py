"""The real exam and the real DICOM echo that come with the project."""

from __future__ import annotations

import json

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.volumes import Plane, Study, check_study, read_inputs, read_volume


def test_the_three_series_of_the_exam_are_recognised_and_complete():
    volumes, notices = read_inputs([resource_path("SampleData", "knee_exam")])
    study = Study.from_volumes(volumes, notices=notices, joint="knee")
    assert {plane: volume.name for plane, volume in study.planes.items()} == {
        Plane.SAGITTAL: "S09_sag_fs",
        Plane.CORONAL: "S12_cor_fs",
        Plane.AXIAL: "S04_ax_fs",
    }
    assert all(volume.array.dtype == np.uint8 for volume in volumes)
    assert study.notices == ()
    assert check_study(study) == []


def test_the_exams_views_meet_in_the_middle_of_the_knee():
    volumes, _ = read_inputs([resource_path("SampleData", "knee_exam")])
    centres = np.array([volume.geometry.centre_ras for volume in volumes])
    assert np.ptp(centres, axis=0).max() < 40.0


def test_the_dicom_echo_is_one_oblique_sagittal_volume_of_a_right_knee():
    (volume,), notices = read_inputs([resource_path("SampleData", "dicom_echo")])
    assert notices == []
    assert volume.array.shape == (256, 256, 24)
    np.testing.assert_allclose(volume.geometry.spacing_mm, (0.625, 0.625, 4.0), atol=1e-3)
    assert volume.echo_time_ms == pytest.approx(25.248)
    slice_direction = volume.geometry.directions[:, 2]
    assert np.rad2deg(np.arccos(abs(slice_direction[0]))) == pytest.approx(8.4, abs=0.5)
    # The description: slices from x = -29 to -120 mm in LPS, that is to the patient's right.
    x = [volume.geometry.to_ras((0, 0, k))[0] for k in (0, 23)]
    np.testing.assert_allclose(x, (29, 120), atol=1.0)
    assert volume.side is None


@pytest.mark.parametrize("name", ["mskt_dess_right_10labels", "spl_knee_atlas_left"])
def test_the_label_maps_lie_as_their_description_says(name):
    labels = read_volume(resource_path("Anatomy", f"{name}.nrrd"))
    facts = json.loads(resource_path("Anatomy", f"{name}.json").read_text(encoding="utf-8"))
    entry = next(one for one in facts["labels"] if "patell" in one["name"] and one["volume_ml"] > 1)
    ras = labels.geometry.to_ras(np.argwhere(labels.array == entry["value"])).mean(axis=0)
    np.testing.assert_allclose(ras * (-1, -1, 1), entry["centroid_LPS_mm"], atol=0.2)
    assert Side(facts["side"]) in Side


@pytest.mark.parametrize("folder", ["SampleData", "Anatomy"])
def test_licences_and_origin_travel_with_the_data(folder):
    text = resource_path(folder, "README.md").read_text(encoding="utf-8")
    for licence in resource_path(folder, "LICENSES").iterdir():
        assert licence.stat().st_size > 300
        assert "MIT" in text
    assert "Origin" in text or "origin" in text
