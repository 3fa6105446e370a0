"""One case, whatever it is given: a record with the stage and the reason, and the batch goes on."""

from __future__ import annotations

import dataclasses
import errno
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import pytest

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.batch.cases.case import Case
from OrthoDiffusionLib.batch.job import Job
from OrthoDiffusionLib.batch.one_case import analyse_case
from OrthoDiffusionLib.batch.settings import BatchSettings
from OrthoDiffusionLib.batch.workers.networks import networks_of
from OrthoDiffusionLib.bundles import Bundle, bundle_path
from OrthoDiffusionLib.errors import BundleError, OutputError
from OrthoDiffusionLib.messages import Message


@pytest.fixture
def settings(tmp_path) -> BatchSettings:
    (tmp_path / "out").mkdir()
    bundle = Bundle.open(bundle_path(joint="knee"))
    return BatchSettings(tmp_path / "out", bundle.folder, bundle.sha256, "0123abcd", side=Side.RIGHT)


@pytest.fixture
def tried(settings, knee):
    """What comes of a folder; the networks fail with an error that is given."""

    def tried(folder: Path, error: Exception | None = None):
        def analyzer():
            raise error or RuntimeError("no networks here")

        job = Job(Case("case", (folder,)))
        outcome = analyse_case(job, settings, joint=knee, analyzer=analyzer)
        (record,) = outcome.records
        assert record.status == "failed" and record.row["stage"] == record.stage
        assert not list(settings.out.iterdir())
        return record, outcome

    return tried


def changed(files: list[Path], **tags: object) -> None:
    for path in files:
        dataset = pydicom.dcmread(path)
        for keyword, value in tags.items():
            setattr(dataset, keyword, value)
        dataset.save_as(path)


def test_truncated_dicom_fails_while_it_is_read(tried, tmp_path, write_exam):
    for path in write_exam(tmp_path / "exam", "P1", "1"):
        path.write_bytes(path.read_bytes()[:500])
    record, outcome = tried(tmp_path / "exam")
    assert record.stage == "read" and "damaged" in record.row["error"] and outcome.stop is None


@pytest.mark.parametrize("orientation", [["0"] * 6, ["1", "0", "0", "1", "0", "0"], ["9", "0", "0", "0", "9", "0"]])
def test_impossible_orientations_fail_while_they_are_read(tried, tmp_path, write_exam, orientation):
    changed(write_exam(tmp_path / "exam", "P1", "1"), ImageOrientationPatient=orientation)
    record, _ = tried(tmp_path / "exam")
    assert record.stage == "read" and record.row["error"] and record.row["remedy"]


def test_a_film_of_volumes_fails_while_it_is_read(tried, tmp_path):
    (tmp_path / "exam").mkdir()
    nibabel.save(nibabel.Nifti1Image(np.ones((12, 12, 6, 5), np.int16), np.eye(4)), tmp_path / "exam" / "4d.nii.gz")
    record, _ = tried(tmp_path / "exam")
    assert record.stage == "read" and "4" in record.row["error"]


def test_series_of_one_uid_and_slices_of_one_uid_are_told_apart_by_where_they_lie(tried, tmp_path, write_exam):
    files = write_exam(
        tmp_path / "exam", "P1", "1", planes=("sagittal", "coronal", "axial"), slices=16, SeriesInstanceUID="1.2.3"
    )
    changed(files, SOPInstanceUID="1.2.3.4")
    record, _ = tried(tmp_path / "exam")
    assert record.stage == "load"  # all that needs no network went well


def test_an_empty_folder_and_one_that_has_gone_fail_with_a_reason(tried, tmp_path):
    (tmp_path / "empty").mkdir()
    assert tried(tmp_path / "empty")[0].stage == "read"
    assert tried(tmp_path / "nowhere")[0].stage == "read"


@pytest.mark.parametrize(
    "error",
    [
        ValueError("Invalid value for VR PN: 'O'Doe^Jane' of 'Doe'"),
        FileNotFoundError(2, "No such file or directory", "/data/Doe_Jane/1.dcm"),
        RuntimeError("cannot open /data/Doe_Jane/1.dcm"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_foreign_error_that_quotes_a_patient_puts_no_name_into_the_tables(tried, tmp_path, write_image, error):
    write_image(tmp_path / "exam" / "sagittal.nii.gz", slices=16)
    record, _ = tried(tmp_path / "exam", error)
    assert type(error).__name__ in record.row["error"] and "Doe" not in record.to_json()


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried …"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
    ],
)
def test_memory_that_ran_out_is_told_so_that_the_study_is_tried_alone(tried, tmp_path, write_image, error):
    write_image(tmp_path / "exam" / "sagittal.nii.gz", slices=16)
    record, outcome = tried(tmp_path / "exam", error)
    assert outcome.out_of_memory and outcome.stop is None
    assert record.row["error_code"] == "out_of_memory"


@pytest.mark.parametrize(
    "error", [OutputError(Message("folder", "disk_full")), BundleError(Message("batch", "bundle_changed"))]
)
def test_a_fault_of_no_study_stops_the_batch(tried, tmp_path, write_image, error):
    write_image(tmp_path / "exam" / "sagittal.nii.gz", slices=16)
    assert tried(tmp_path / "exam", error)[1].stop is error


def test_a_bundle_that_was_exchanged_or_damaged_is_refused_by_every_worker(settings, tmp_path):
    with pytest.raises(BundleError, match="another one than when the batch began"):
        networks_of(dataclasses.replace(settings, sha256="0" * 64))
    with pytest.raises(BundleError):
        networks_of(dataclasses.replace(settings, bundle=tmp_path / "out"))
