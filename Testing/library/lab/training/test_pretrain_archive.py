"""A hospital's own folder becomes views to learn from: sorted, reported, resumable, without a word about anybody."""

from __future__ import annotations

import csv
import errno
import shutil

import numpy as np
import pytest
from library.lab.training import dying_work

from OrthoDiffusionLib.anatomy import KNEE, Side
from OrthoDiffusionLib.errors import OutputError, StudyError, TrainingError
from OrthoDiffusionLib.lab.phantom.datasets.study_files import write_studies
from OrthoDiffusionLib.lab.training.pretraining import view_cache
from OrthoDiffusionLib.lab.training.pretraining.archive import ArchiveStudy, find_studies, held_back, list_files
from OrthoDiffusionLib.lab.training.pretraining.many_studies import DIED, each_study
from OrthoDiffusionLib.lab.training.pretraining.view_cache import ViewCache, prepare_archive
from OrthoDiffusionLib.views import ViewGrid
from OrthoDiffusionLib.volumes import Geometry, Plane, Volume, read_dicom_folder, write_volume
from OrthoDiffusionLib.volumes.dicom.writing import write_dicom_series

pytestmark = pytest.mark.long

GRIDS = {plane: ViewGrid(plane, in_plane_mm=2.0) for plane in Plane}


def picture(shape=(20, 40, 40), step=(4.0, 1.5, 1.5), *, description="sag pd fs", body_part="KNEE", low=0):
    """A ball in air, stacked from left to right."""
    places = np.stack(np.meshgrid(*(np.linspace(-1, 1, n) for n in shape), indexing="ij"))
    ball = np.exp(-3 * (places**2).sum(axis=0))
    array = (low + 900 * ball + 20 * np.sin(9 * places[1] + 7 * places[2])).clip(low, None).astype(np.int16)
    affine = np.diag([*step, 1.0])
    return Volume(array, Geometry(shape, affine), description=description, body_part=body_part)


@pytest.fixture(scope="module")
def hospital(tmp_path_factory):
    """Four patients, one of them complete, and what a real archive has beside them."""
    folder = tmp_path_factory.mktemp("archive")
    made = tmp_path_factory.mktemp("made")
    (study,) = write_studies(made, 1, seed=5, dicom=True, anatomy="procedural", side=Side.LEFT, joint="knee")
    shutil.copytree(study, folder / "first" / "visit")
    first = folder / "first" / "visit"
    extra = {"patient": study.name}
    localiser = picture((5, 40, 40), (10.0, 1.5, 1.5), description="localizer")
    write_dicom_series(localiser, first / "scout", series_number=11, **extra)
    write_dicom_series(picture(), first / "ct", series_number=12, tags={"Modality": "CT"}, **extra)
    write_dicom_series(picture(body_part="ANKLE"), first / "other", series_number=13, **extra)
    whole = (first / "sagittal" / "IM0003.dcm").read_bytes()
    (first / "sagittal" / "cut.dcm").write_bytes(whole[:900])
    (first / "garbage.dcm").write_bytes(b"no image at all")

    second = folder / "second"
    for number, volume in enumerate(read_dicom_folder(study)[0]):
        second.mkdir(exist_ok=True)
        write_volume(volume, second / f"series{number}.nii.gz")
    (second / "cut.nii.gz").write_bytes((second / "series0.nii.gz").read_bytes()[:5000])
    ball = picture().array.astype(np.float32)
    grain = 20 * np.sin(np.arange(ball.size).reshape(ball.shape))  # muscle with its grain, a bone, and air
    hounsfield = np.where(ball > 600, 700, np.where(ball > 150, 40, -1000)) + grain
    write_volume(picture().with_array(hounsfield.astype(np.int16)), second / "computed.nii.gz")
    (second / "report.txt").write_text("not for us", encoding="utf-8")

    write_dicom_series(localiser, folder / "third", patient="Nobody^Third")
    for name in ("fourth", "fifth"):
        (folder / name).mkdir()
        write_volume(picture(), folder / name / "sag.nrrd")
    return folder


@pytest.fixture(scope="module")
def prepared(hospital, tmp_path_factory):
    lines = []
    cache = prepare_archive([hospital], tmp_path_factory.mktemp("views"), GRIDS, KNEE, report=lines.append)
    return cache, "\n".join(lines)


def reasons(folder):
    with (folder / "skipped.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows and set(rows[0]) == {"path", "reason"}
    return {row["path"]: row["reason"] for row in rows}


def test_every_usable_series_becomes_a_view_of_its_plane(prepared):
    cache, report = prepared
    counts = {plane: len(cache.of_plane(plane)) for plane in Plane}
    assert counts == {Plane.SAGITTAL: 4, Plane.CORONAL: 2, Plane.AXIAL: 2}
    assert "4 of 5 studies can be learned from" in report
    for view in cache.views:
        array = cache.array(view).astype(np.float32)
        assert array.shape == view.shape and np.isfinite(array).all()
        assert 0.1 < array.std() < 1.5


def test_what_is_not_learned_from_is_named_with_its_reason(prepared):
    why = reasons(prepared[0].folder)
    assert "localizer" in why["first/visit/scout"]
    assert "CT" in why["first/visit/ct"]
    assert "ankle" in why["first/visit/other"]
    assert "damaged" in why["first/visit/garbage.dcm"]
    assert "damaged" in why["first/visit/sagittal/cut.dcm"]
    assert "label map" in why["first/visit/sagittal_labels.nii.gz"]
    assert "damaged" in why["second/cut.nii.gz"]
    assert "computed tomography" in why["second/computed.nii.gz"]
    assert "third" in why
    assert not any(path.endswith(("report.txt", "truth.json")) for path in why)
    last = prepared[1].splitlines()[-1]
    assert last.endswith("files of other kinds are not read (tables, texts and the like)"), "they are in no skipped.csv"
    assert last[0].isdigit(), "not one of the reasons that are listed above it"


def test_an_archive_in_which_everybody_has_the_same_id_is_pointed_out(tmp_path, prepared):
    import pydicom

    for name in ("one", "two"):
        write_dicom_series(picture(), tmp_path / "in" / name, patient=name)
        for path in (tmp_path / "in" / name).iterdir():
            image = pydicom.dcmread(path)
            image.PatientID = "ANONYMOUS"
            image.save_as(path)
    lines = []
    prepare_archive([tmp_path / "in"], tmp_path / "views", GRIDS, KNEE, report=lines.append)
    words = "name the same patient"
    assert "2 of 2 studies" in "\n".join(lines) and words in "\n".join(lines)
    assert words not in prepared[1]


def test_nothing_in_the_cache_tells_who_it_was(prepared, hospital):
    text = b"".join(path.read_bytes() for path in prepared[0].folder.iterdir() if path.suffix != ".npy")
    for word in (b"PHANTOM", b"knee_", b"Nobody", b"pd fs", str(hospital).encode()):
        assert word not in text


def test_a_left_knee_is_mirrored_so_that_the_networks_see_right_ones(prepared):
    cache = prepared[0]
    stored = {path: view_cache._read_json(path) for path in cache.folder.glob("views_*.json")}
    entries = [entry for content in stored.values() for entry in content["views"]]
    assert sum(entry["mirrored"] for entry in entries) == 3  # the three tagged series of the first patient
    # the same series without a tag are taken as they are: slices of the sagittal one then run the other way
    tagged, plain = (
        next(cache.array(v) for v in cache.of_plane(Plane.CORONAL) if (v.study in mirrored))
        for mirrored in (
            {e["study"] for e in entries if e["mirrored"]},
            {e["study"] for e in entries if not e["mirrored"]},
        )
    )
    assert np.abs(tagged[:, :, ::-1].astype(float) - plain).mean() < 0.02


def test_the_studies_of_a_patient_are_never_on_both_sides(hospital, tmp_path):
    second = tmp_path / "archive"
    shutil.copytree(hospital / "first", second / "elsewhere")
    write_dicom_series(picture(), second / "later", patient="knee_0000005", series_number=31)
    studies, _, _ = find_studies(list_files([second]))
    assert len({study.bucket for study in studies if "labels" not in study.path and study.series[0].files}) >= 1
    dicom = {study.bucket for study in studies if study.series[0].files[0].suffix == ".dcm"}
    assert len(dicom) == 1


@pytest.mark.parametrize(
    ("buckets", "percent", "expected"),
    [
        ([3, 40, 99, 3], 5, {3}),
        ([30, 40, 99], 5, {30}),  # nobody falls below: the lowest stands in
        ([30, 30], 5, set()),  # one patient alone is trained on
        ([3, 40], 0, set()),
        ([], 5, set()),
    ],
)
def test_who_is_held_back_depends_on_the_patient_alone(buckets, percent, expected):
    assert held_back(buckets, percent) == expected


def test_the_same_folder_again_is_not_read_again_and_a_new_patient_is_added(hospital, prepared, tmp_path):
    archive, cache = tmp_path / "archive", tmp_path / "views"
    shutil.copytree(hospital / "fourth", archive / "fourth")
    prepare_archive([archive], cache, GRIDS, KNEE, report=lambda line: None)
    shards = set(cache.glob("views_*.npy"))
    lines = []
    prepare_archive([archive], cache, GRIDS, KNEE, report=lines.append)
    assert "prepared before" in lines[0] and set(cache.glob("views_*.npy")) == shards
    shutil.copytree(hospital / "fifth", archive / "fifth")
    lines.clear()
    whole = prepare_archive([archive], cache, GRIDS, KNEE, report=lines.append)
    assert "resuming: 1 of 2" in lines[0]
    assert len(whole.of_plane(Plane.SAGITTAL)) == 2
    shutil.rmtree(archive / "fourth")
    assert len(prepare_archive([archive], cache, GRIDS, KNEE, report=lines.append).views) == 1


def test_a_killed_run_goes_on_and_leaves_nothing_half_written(hospital, tmp_path, monkeypatch):
    monkeypatch.setattr(view_cache, "SHARD_SECONDS", 0.0)
    archive = tmp_path / "archive"
    for name in ("fourth", "fifth"):
        shutil.copytree(hospital / name, archive / name)
    whole, calls = view_cache.study_views, []

    def killed(study, *arguments):
        calls.append(study)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(study, *arguments)

    monkeypatch.setattr(view_cache, "study_views", killed)
    with pytest.raises(KeyboardInterrupt):
        prepare_archive([archive], tmp_path / "views", GRIDS, KNEE, report=lambda line: None)
    with pytest.raises(TrainingError, match="no complete set"):
        ViewCache(tmp_path / "views")
    cache = prepare_archive([archive], tmp_path / "views", GRIDS, KNEE, report=lambda line: None)
    assert len(calls) == 3 and len(cache.views) == 2
    assert not [path for path in (tmp_path / "views").iterdir() if "partial" in path.name]


def test_a_full_disk_is_said_and_costs_nothing_that_was_done(hospital, tmp_path, monkeypatch):
    def full(file, array):
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(view_cache.np, "save", full)
        with pytest.raises(OutputError, match="No space left") as caught:
            prepare_archive([hospital / "fourth"], tmp_path, GRIDS, KNEE, report=lambda line: None)
    assert "free space" in caught.value.remedy
    assert not list(tmp_path.glob("*.npy")) and not list(tmp_path.glob(".*"))
    assert prepare_archive([hospital / "fourth"], tmp_path, GRIDS, KNEE, report=lambda line: None).views


def test_an_archive_without_a_usable_series_is_an_error_that_points_at_the_reasons(hospital, tmp_path):
    with pytest.raises(StudyError, match="None of the 1 studies") as caught:
        prepare_archive([hospital / "third"], tmp_path, GRIDS, KNEE, report=lambda line: None)
    assert "skipped.csv" in caught.value.remedy
    assert reasons(tmp_path)


def test_an_empty_or_missing_folder_is_named(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(StudyError) as caught:
            prepare_archive([folder], tmp_path / "views", GRIDS, KNEE)
        assert str(folder) in caught.value.where


def test_views_prepared_for_another_recipe_are_refused(hospital, tmp_path):
    prepare_archive([hospital / "fourth"], tmp_path, GRIDS, KNEE, report=lambda line: None)
    finer = {plane: ViewGrid(plane, in_plane_mm=1.0) for plane in Plane}
    with pytest.raises(TrainingError, match="grids") as caught:
        prepare_archive([hospital / "fourth"], tmp_path, finer, KNEE, report=lambda line: None)
    assert "--cache" in caught.value.remedy


def test_a_study_that_kills_its_process_costs_itself_alone():
    studies = [ArchiveStudy(f"{n}", n, f"study{n}", ()) for n in range(5)]
    found = dict(each_study(studies, dying_work.dies_on_the_third, (), 2))
    assert [found[study].skipped for study in studies if study.bucket != 2] == [[]] * 4
    assert [one.reason for one in found[studies[2]].skipped] == [DIED]
