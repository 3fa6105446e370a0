"""Cohorts: clinic-like studies with truth that holds anywhere in the patient."""

from __future__ import annotations

import base64
import io
import itertools
import json
import re

import numpy as np
import pytest
from PIL import Image

from OrthoDiffusionLib.anatomy import KNEE_ABNORMALITIES, KNEE_STRUCTURES, Side
from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError, TrainingError
from OrthoDiffusionLib.lab.evaluation.scores.study_scoring import PhantomTruth
from OrthoDiffusionLib.lab.phantom.datasets import gallery, study_files
from OrthoDiffusionLib.lab.phantom.datasets.cohort import cohort_named, phantom_study
from OrthoDiffusionLib.lab.phantom.datasets.study_files import write_studies
from OrthoDiffusionLib.lab.phantom.engine.seeds import FROZEN_SEEDS, TRAINING_SEEDS, check_training_seeds
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import HELD_OUT_SITES, site_named
from OrthoDiffusionLib.lab.phantom.knee.atlas import HELD_OUT_ANATOMIES
from OrthoDiffusionLib.lab.phantom.knee.builder import KNEE_VERSION
from OrthoDiffusionLib.lab.phantom.phantom import builder_named, make_phantom
from OrthoDiffusionLib.volumes import Geometry, Plane, Study, read_dicom_folder, read_volume

INJURED = {"anterior_cruciate_ligament_injury": 3, "joint_effusion": 3}


@pytest.fixture(scope="module")
def phantom():
    return make_phantom("knee", 21, anatomy="procedural", abnormalities=INJURED, prevalence=0.0)


@pytest.fixture(scope="module")
def right(phantom):
    return phantom_study(21, site="clinic_15t_a", side=Side.RIGHT, phantom=phantom)


@pytest.fixture(scope="module")
def left(phantom):
    return phantom_study(21, site="clinic_15t_a", side=Side.LEFT, phantom=phantom)


def centroid_ras(study, structure: str) -> np.ndarray:
    label = next(item.label for item in KNEE_STRUCTURES if item.name == structure)
    labels = study.labels[0]
    return labels.geometry.to_ras(np.argwhere(labels.array == label)).mean(axis=0)


def test_the_left_knee_is_the_mirror_image_of_the_right(left, right):
    assert left.side is Side.LEFT
    for structure in ("femur", "fibula", "medial_meniscus", "anterior_cruciate_ligament"):
        assert centroid_ras(left, structure) == pytest.approx(centroid_ras(right, structure) * [-1, 1, 1], abs=0.01)
    mirrored = left.volumes[0].mirrored().reoriented(right.volumes[0].geometry.axis_codes)
    assert mirrored.geometry.is_same_grid(right.volumes[0].geometry)
    assert np.array_equal(mirrored.array, right.volumes[0].array)
    for one, other in zip(left.labels + left.lesions, right.labels + right.lesions, strict=True):
        assert np.array_equal(one.mirrored().reoriented(other.geometry.axis_codes).array, other.array)
    for name, lesion in left.lesion_records().items():
        assert lesion.centre_ras == pytest.approx(np.array(right.lesion_records()[name].centre_ras) * [-1, 1, 1])


@pytest.mark.parametrize(("fixture", "lateral"), [("right", +1), ("left", -1)])
def test_the_fibula_is_lateral_and_the_medial_meniscus_medial(fixture, lateral, request):
    study = request.getfixturevalue(fixture)
    tibia = centroid_ras(study, "tibia")[0]
    assert lateral * (centroid_ras(study, "fibula")[0] - tibia) > 10
    assert lateral * (centroid_ras(study, "medial_meniscus")[0] - tibia) < -8


def test_volumes_are_stored_as_scanners_store_them(right):
    for volume in right.volumes:
        assert volume.array.dtype == np.int16
        assert volume.array.min() >= 0
        assert volume.geometry.is_right_handed
        assert (volume.side, volume.modality, volume.body_part) == (Side.RIGHT, "MR", "KNEE")
    assert set(Study.from_volumes(right.volumes, joint="knee").planes) == set(right.planes)


def test_truth_holds_on_the_volumes_own_grids_and_on_any_other(right):
    for labels in right.labels:
        truth = right.truth_on(labels.geometry)
        assert (truth.array == labels.array).mean() > 0.9999
    middle = centroid_ras(right, "anterior_cruciate_ligament")
    grid = Geometry.from_box(tuple(middle - 30), tuple(middle + 30), 1.0)
    truth = right.truth_on(grid)
    assert {4, 8, 9, 10, 11} <= set(np.unique(truth.array))


def test_a_positive_finding_has_a_lesion_and_a_negative_one_has_none(right):
    assert {name for name, positive in right.abnormalities.items() if positive} == set(INJURED)
    middle = centroid_ras(right, "anterior_cruciate_ligament")
    grid = Geometry.from_box(tuple(middle - 40), tuple(middle + 40), 2.0)
    truth = PhantomTruth(right, grid)
    place = grid.to_ras(np.argwhere(truth.lesion("anterior_cruciate_ligament_injury").array)).mean(axis=0)
    assert np.linalg.norm(place - middle) < 15
    assert not truth.lesion("lateral_meniscus_injury").array.any()
    assert truth.lesion("flu") is None


def test_the_same_seed_gives_the_same_pictures(phantom, right):
    again = phantom_study(21, site="clinic_15t_a", side=Side.RIGHT, phantom=phantom)
    for one, other in zip(right.volumes, again.volumes, strict=True):
        assert np.array_equal(one.array, other.array)
        assert one.geometry == other.geometry


def test_a_3d_centre_takes_one_volume_that_serves_every_plane(phantom):
    study = phantom_study(4, site="dess_3t", phantom=phantom)
    assert len(study.volumes) == 1
    assert study.volumes[0].geometry.spacing_mm.max() < 2.0
    assert set(Study.from_volumes(study.volumes, joint="knee").planes) == set(Plane)


def test_some_studies_lack_a_plane(phantom):
    study = phantom_study(4, site="clinic_3t_b", missing_plane=1.0, phantom=phantom)
    assert len(study.volumes) == len(study.labels) == len(study.planes) == 2


def test_the_frozen_cohort_has_seeds_centres_and_an_anatomy_that_no_training_sees():
    cohort = cohort_named("knee-frozen")
    settings = [cohort.setting(number) for number in range(len(cohort))]
    assert all(seed in FROZEN_SEEDS and seed not in TRAINING_SEEDS for seed in cohort.seeds)
    assert {site for _, site in settings} >= set(HELD_OUT_SITES)
    assert {anatomy for anatomy, _ in settings} == {"procedural", *HELD_OUT_ANATOMIES}


def test_the_cohorts_share_no_seed_and_no_name_without_a_version():
    families = [cohort_named(f"knee-{use}") for use in ("frozen", "calibration", "training")]
    for cohort in families:
        assert cohort.name.endswith(f"-v{KNEE_VERSION}")
        assert cohort.version == KNEE_VERSION
    for one, other in itertools.combinations(families, 2):
        assert max(one.seeds.start, other.seeds.start) >= min(one.seeds.stop, other.seeds.stop)


def test_the_frozen_cohort_has_the_prevalences_field_strengths_and_missing_planes_of_a_clinic():
    cohort = cohort_named("knee-frozen")
    sites = [site_named(cohort.setting(number)[1]) for number in range(len(cohort))]
    assert {site.field_strength_t for site in sites} == {0.3, 1.5, 3.0}
    assert sum(site.isotropic for site in sites) > 20
    assert 0.1 < cohort.missing_plane < 0.3
    # 319 of the 1370 exams of MRNet have an anterior cruciate tear, 508 a meniscal one.
    assert cohort.prevalence["anterior_cruciate_ligament_injury"] == pytest.approx(319 / 1370, abs=0.01)
    none = (1 - cohort.prevalence["medial_meniscus_injury"]) * (1 - cohort.prevalence["lateral_meniscus_injury"])
    assert 1 - none == pytest.approx(508 / 1370, abs=0.01)
    # Enough of each to tell good from better: what is expected of 240 studies.
    assert all(chance * len(cohort) >= 29 for chance in cohort.prevalence.values())


@pytest.mark.parametrize("old", [1, 2])
def test_an_older_version_of_a_cohort_says_which_program_makes_it(old):
    with pytest.raises(
        OrthoDiffusionError, match=rf"Version {old} of the cohort knee-frozen.*Choose knee-frozen-v3, or"
    ):
        cohort_named(f"knee-frozen-v{old}")


def test_calibration_sees_nothing_that_is_held_out():
    cohort = cohort_named("knee-calibration")
    assert not set(cohort.sites) & set(HELD_OUT_SITES)
    assert not {name for name, _ in cohort.anatomies} & set(HELD_OUT_ANATOMIES)
    assert not any(seed in FROZEN_SEEDS or seed in TRAINING_SEEDS for seed in cohort.seeds)


@pytest.mark.parametrize(("first", "count"), [(9_000_000, 1), (8_000_000, 1), (7_999_999, 2), (-1, 1)])
def test_reserved_seeds_are_refused_for_training(first, count):
    with pytest.raises(TrainingError, match=r"reserved for calibration and evaluation.*from 0 to 7999999"):
        check_training_seeds(first, count)


def test_an_unknown_cohort_is_refused_with_the_possible_ones():
    with pytest.raises(OrthoDiffusionError, match=r"no cohort called 'dragons'.*knee-frozen-v3"):
        cohort_named("dragons")


def test_an_unknown_centre_is_refused_before_any_work():
    with pytest.raises(OrthoDiffusionError, match="no imaging site called 'mars'"):
        phantom_study(1, site="mars", joint="knee")


@pytest.fixture
def small_studies(monkeypatch, right):
    """Writing is under test here, so one study that is made already serves every seed."""
    made = []

    def ready(seed, **settings):
        made.append(seed)
        return right

    monkeypatch.setattr(study_files, "phantom_study", ready)
    return made


def test_written_studies_read_back_in_their_place_with_a_table_of_findings(tmp_path, right, small_studies):
    (folder,) = write_studies(tmp_path, 1, seed=21, side=Side.RIGHT, joint="knee")
    for plane, volume, labels in zip(right.planes, right.volumes, right.labels, strict=True):
        picture = read_volume(folder / f"{plane.value}.nii.gz")
        assert np.array_equal(picture.array, volume.array)
        assert picture.geometry.is_same_grid(volume.geometry, 1e-2)
        assert np.array_equal(read_volume(folder / f"{plane.value}_labels.nii.gz").array, labels.array)
        assert read_volume(folder / f"{plane.value}_lesions.nii.gz").array.any()
    header, row = [line.split(",") for line in (tmp_path / "findings.csv").read_text(encoding="utf-8").splitlines()]
    table = dict(zip(header, row, strict=True))
    assert table["side"] == "right"
    assert table["joint_effusion"] == "1"
    assert table["joint_effusion_grade"] == "3"
    assert table["posterior_cruciate_ligament_injury"] == "0"
    assert json.loads((folder / "truth.json").read_text(encoding="utf-8"))["field_strength_t"] == 1.5


def test_writing_goes_on_where_it_stopped_and_refuses_other_settings(tmp_path, small_studies):
    write_studies(tmp_path, 1, seed=21, joint="knee")
    write_studies(tmp_path, 2, seed=21, joint="knee")
    assert small_studies == [21, 22]
    assert len((tmp_path / "findings.csv").read_text(encoding="utf-8").splitlines()) == 3
    with pytest.raises(OutputError, match="made with other settings"):
        write_studies(tmp_path, 1, seed=21, site="clinic_3t_a", joint="knee")


@pytest.mark.parametrize(("count", "seed"), [(0, 1), (1, -1)])
def test_no_study_and_a_negative_seed_are_refused(tmp_path, count, seed):
    with pytest.raises(OrthoDiffusionError, match="Ask for 1 study or more, from seed 0"):
        write_studies(tmp_path, count, seed=seed, joint="knee")


@pytest.mark.long
def test_the_gallery_shows_real_series_beside_digital_knees_and_the_abnormalities(tmp_path, monkeypatch, phantom):
    monkeypatch.setattr(gallery, "make_phantom", lambda *args, **settings: phantom)
    names = ("joint_effusion", "patellar_dislocation")
    file = gallery.write_gallery(
        tmp_path / "new" / "gallery.html", sites=("dess_3t",), abnormalities=names, joint="knee"
    )
    page = file.read_text(encoding="utf-8")
    assert "which show no person" in page
    for series in builder_named("knee").real_series:
        section = page.split(f"<h2>{series.title}</h2>")[1].split("<h2>")[0]
        assert section.count("Real: sample data") == 2  # in the picture's description and under it
        assert section.count("<img") == 1 + gallery.BESIDE_REAL
    for abnormality in KNEE_ABNORMALITIES:
        assert (f"<h2>{abnormality.title}</h2>" in page) == (abnormality.name in names)
    with pytest.raises(OrthoDiffusionError, match=r"no abnormality named gout. Choose among: .*joint_effusion"):
        gallery.write_gallery(tmp_path / "gallery.html", abnormalities=("gout",), joint="knee")


def test_a_single_real_slice_is_shown_upright_as_it_was_stored():
    (series,) = builder_named("shoulder").real_series
    figure = gallery._real_figure(series, gallery._real_volume(series))
    assert "Real: sample data" in figure
    encoded = re.search(r"base64,([^\"]+)", figure).group(1)
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))).convert("L"), np.float32)
    head, air, fat = picture[120:150, 120:170].mean(), picture[:40, :40].mean(), picture[:, :120].max()
    assert head > 100 and air < 10 and fat > 150  # humeral head in the middle, air above the lateral skin


def test_dicom_files_read_back_as_the_same_volume_with_its_tags(tmp_path, right, small_studies):
    pydicom = pytest.importorskip("pydicom")
    (folder,) = write_studies(tmp_path, 1, seed=21, dicom=True, joint="knee")
    (again,), notices = read_dicom_folder(folder / "coronal")
    expected = right.volumes[right.planes.index(Plane.CORONAL)].reoriented(again.geometry.axis_codes)
    assert notices == []
    assert np.array_equal(again.array, expected.array)
    assert again.geometry.is_same_grid(expected.geometry, 1e-2)
    assert (again.side, again.body_part) == (Side.RIGHT, "KNEE")
    tags = pydicom.dcmread(next((folder / "coronal").iterdir()))
    assert (float(tags.MagneticFieldStrength), tags.ScanOptions, float(tags.EchoTime)) == (1.5, "FS", 34.0)
