"""What a server of MONAI Label is asked for: one image's labels, from its whole study and from no other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from OrthoDiffusionLib.analysis.analysis_run import Outputs, analyze_to_folder, open_analyzer
from OrthoDiffusionLib.analysis.study_inputs import open_bundle, read_study
from OrthoDiffusionLib.anatomy import KNEE_STRUCTURES
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.monai_adapter.label_service import LabelService, grid_of_image, images_of_study, label_numbers
from OrthoDiffusionLib.volumes import Geometry, Volume, read_volume, write_volume

STORE = ["a__cor", "a__sag", "ab__sag", "b__sag", "sag", "a"]


@pytest.mark.parametrize(
    ("image", "study"),
    [
        ("a__sag", ["a__cor", "a__sag"]),  # not `ab`, whose name begins alike
        ("b__sag", ["b__sag"]),
        ("sag", ["sag"]),  # without the mark nothing says what belongs together
        ("a", ["a"]),
        ("__sag", ["__sag"]),
        ("a__new", ["a__cor", "a__new", "a__sag"]),
    ],
)
def test_images_of_one_study_begin_alike_and_no_other_patient_is_read_with_them(image, study):
    assert images_of_study(image, STORE) == study


def test_names_go_to_slicer_by_number_without_gaps():
    assert label_numbers(KNEE_STRUCTURES) == {structure.name: structure.label for structure in KNEE_STRUCTURES}
    some = [structure for structure in KNEE_STRUCTURES if structure.label in (2, 7, 12)]
    assert label_numbers(some[::-1]) == {"tibia": 1, "patellar_cartilage": 2, "fibula": 3}


@pytest.fixture(scope="module")
def service(small_bundle) -> LabelService:
    return LabelService(small_bundle, device="cpu")


@pytest.fixture(scope="module")
def image(small_study) -> Path:
    return small_study / "sagittal.nii.gz"


@pytest.fixture(scope="module")
def found(service, image):
    return service.label(image, [image], side="left")


@pytest.fixture(scope="module")
def expected(small_bundle, image, tmp_path_factory) -> Volume:
    """What the command `analyze --on-inputs` writes for the same image."""
    bundle = open_bundle(small_bundle)
    study = read_study([image], side="left", joint=bundle.manifest.as_joint())
    folder = tmp_path_factory.mktemp("analyze") / "results"
    analyze_to_folder(study, folder, analyzer=open_analyzer(bundle, device="cpu"), outputs=Outputs(on_inputs=True))
    return read_volume(folder / "segmentation_sagittal.nii.gz")


def test_the_labels_are_those_of_analyze_on_the_grid_of_the_image(found, expected, image, tmp_path):
    found.write(tmp_path / "labels.nii.gz")
    labels = read_volume(tmp_path / "labels.nii.gz")
    assert labels.geometry.is_same_grid(read_volume(image).geometry)
    assert np.array_equal(labels.array, expected.array) and labels.array.any()


def test_an_image_that_serves_no_plane_gets_the_labels_at_their_place(service, found, image, tmp_path):
    """Another grid in the same patient, stored in another order."""
    small = read_volume(image).reoriented("LPS")
    small = replace(
        small, geometry=small.geometry.cropped((2, 4, 6), (10, 40, 42)), array=small.array[2:10, 4:40, 6:42]
    )
    write_volume(small, tmp_path / "other.nii.gz")
    other = service.label(tmp_path / "other.nii.gz", [image], side="left").labels
    assert other.geometry.is_same_grid(read_volume(tmp_path / "other.nii.gz").geometry)
    inside = found.labels.reoriented("LPS").array[2:10, 4:40, 6:42]
    assert np.mean(other.array == inside) > 0.999 and other.array.any()


def test_an_image_that_registration_moved_is_labelled_where_it_was_moved_to(image):
    study = read_study([image], side="left", joint="knee")
    (plane, volume), *_ = study.planes.items()
    shift = np.eye(4)
    shift[:3, 3] = (3.0, -2.0, 5.0)
    moved = Geometry(volume.geometry.shape, shift @ volume.geometry.affine)
    volume = replace(volume, geometry=moved, header_geometry=volume.geometry)
    grid = grid_of_image(image, replace(study, planes={plane: volume}))
    assert grid.in_header.is_same_grid(read_volume(image).geometry)
    assert grid.in_study.centre_ras - grid.in_header.centre_ras == pytest.approx([3.0, -2.0, 5.0])


def test_what_goes_with_the_labels_names_them_and_no_patient(found):
    told = found.told()
    assert told["label_names"] == {structure.name: structure.label for structure in KNEE_STRUCTURES}
    assert told["study"]["side"] == "left" and told["study"]["side_source"] == "user"
    assert {finding["name"] for finding in told["findings"]} >= {"joint_effusion"}
    assert "uids" not in told["study"] and "not for diagnosis" in told["intended_use"]


def test_a_segmentation_file_for_slicer_holds_names(found, tmp_path):
    found.write(tmp_path / "labels.seg.nrrd")
    header = (tmp_path / "labels.seg.nrrd").read_bytes().partition(b"\n\n")[0].decode()
    assert "Segment0_ID:=femur" in header and "Segment17_LabelValue:=18" in header


def test_a_study_is_analysed_once_for_all_its_images_and_anew_when_a_file_changes(service, image, tmp_path):
    copy = tmp_path / "sagittal.nii.gz"
    volume = read_volume(image)
    write_volume(volume, copy)
    first = service.label(copy, [copy], side="left").analysis
    assert service.label(image, [copy], side="left").analysis is first
    write_volume(replace(volume, array=volume.array[::-1].copy()), copy)
    assert service.label(copy, [copy], side="left").analysis is not first


def test_a_refusal_is_that_of_the_command(service, tmp_path):
    with pytest.raises(OrthoDiffusionError, match="no such file"):
        service.label(tmp_path / "gone.nii.gz", [tmp_path / "gone.nii.gz"])
