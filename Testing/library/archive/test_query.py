"""What is asked for, and what of an archive's answers is taken."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset

from OrthoDiffusionLib.archive.query import (
    DateRange,
    StudyQuery,
    StudyRecord,
    found,
    instances_in,
    is_uid,
    series_in,
)
from OrthoDiffusionLib.archive.storage_status import Stored
from OrthoDiffusionLib.errors import ArchiveError


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("20260131", "20260131"),
        ("2026-01-31", "20260131"),
        ("20260101-20260131", "20260101-20260131"),
        ("2026-01-01..2026-01-31", "20260101-20260131"),
        ("20260101-", "20260101-"),
        ("-20260131", "-20260131"),
    ],
)
def test_days_are_written_as_dicom_does_or_with_dashes(text, key):
    assert DateRange.parse(text).as_dicom == key


@pytest.mark.parametrize("text", ["", "-", "2026", "20261301", "20260131-20260101", "20260101-2026", "tomorrow"])
def test_what_are_no_days_is_refused(text):
    with pytest.raises(ArchiveError):
        DateRange.parse(text)


def test_answers_that_were_not_asked_for_are_left_out():
    """An archive may leave out a key that it does not support, and then answers with more than was asked."""
    query = StudyQuery(patient_id="P1", description="knee", dates=DateRange.parse("20260101-"), modality="MR")
    good = StudyRecord("1.2", "P1", "", "20260105", "", "MR Knee left", ("MR", "SR"))
    others = [
        StudyRecord("1.3", "P2", "", "20260105", "", "MR Knee left", ("MR",)),
        StudyRecord("1.4", "P1", "", "20251231", "", "MR Knee left", ("MR",)),
        StudyRecord("1.5", "P1", "", "20260105", "", "Hip", ("MR",)),
        StudyRecord("1.6", "P1", "", "20260105", "", "Knee", ("CT",)),
        StudyRecord("../1.7", "P1", "", "20260105", "", "Knee", ("MR",)),
    ]
    assert found([good, *others, good], query, 10).studies == (good,)


def test_series_are_those_of_the_study_each_once_whatever_an_archive_adds():
    def answer(**tags: str) -> Dataset:
        dataset = Dataset()
        for keyword, value in tags.items():
            setattr(dataset, keyword, value)
        return dataset

    answers = [
        answer(StudyInstanceUID="1.2", SeriesInstanceUID="1.2.1", Modality="MR", NumberOfSeriesRelatedInstances="12"),
        answer(StudyInstanceUID="1.2", SeriesInstanceUID="1.2.1", Modality="MR", NumberOfSeriesRelatedInstances="12"),
        answer(SeriesInstanceUID="1.2.2"),  # states no study, and was asked for by one
        answer(StudyInstanceUID="1.9", SeriesInstanceUID="1.9.1", Modality="MR"),
        answer(StudyInstanceUID="1.2", SeriesInstanceUID=""),
    ]
    kept = series_in(answers, "1.2")
    assert [(one.series_uid, one.study_uid, one.modality, one.instances) for one in kept] == [
        ("1.2.1", "1.2", "MR", 12),
        ("1.2.2", "1.2", "", None),
    ]
    uids = [answer(SOPInstanceUID=uid) for uid in ("1.5", "1.4", "1.5", "")]
    assert instances_in([*uids, answer()]) == ["1.5", "1.4"]


def test_more_than_the_limit_is_said():
    records = [StudyRecord(f"1.{number}", date=f"2026010{number}") for number in range(5, 0, -1)]
    answer = found(records, StudyQuery(), 3)
    assert answer.cut_off and [one.study_uid for one in answer.studies] == ["1.1", "1.2", "1.3"]
    assert not found(records, StudyQuery(), 5).cut_off


@pytest.mark.parametrize("uid", ["1.2.840.10008", "2.25.123", "1.02.3"])
def test_uids_are_digits_and_dots(uid):
    assert is_uid(uid)


@pytest.mark.parametrize(
    "uid", ["", "1", "1..2", ".1.2", "1.2.", "1.2/3", "..", "1.2\n", "1.2\x00", "\u0661.\u0662", "1." * 33 + "1"]
)
def test_nothing_else_is_a_uid(uid):
    assert not is_uid(uid)


def test_a_backslash_would_be_another_value_and_is_refused():
    with pytest.raises(ArchiveError):
        StudyQuery(patient_id="A\\B")


@pytest.mark.parametrize(
    ("status", "there", "may_pass", "said"),
    [
        (0x0000, True, False, ""),
        (0x0111, True, False, ""),
        (0xB000, True, False, ""),
        (0xA700, False, True, "no room"),
        (0xA900, False, False, "SOP class"),
        (0xC123, False, False, "not understand"),
        (0x0122, False, False, "transfer syntax"),
        (0x0124, False, False, "not allow"),
        (0x0999, False, False, "0999"),
    ],
)
def test_the_status_of_an_instance_says_whether_it_is_there_and_whether_to_try_again(status, there, may_pass, said):
    stored = Stored(status, "quota" if said else "")
    assert (stored.is_there, stored.may_pass) == (there, may_pass)
    if said:
        assert said in str(stored.reason) and "quota" in str(stored.reason)
