"""Series that share an identifier, or have none: slices of two series never become one volume."""

from __future__ import annotations

import pytest

from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.volumes import Study, read_dicom_folder, read_inputs

PD = {"SeriesDescription": "SAG PD", "SeriesNumber": 3, "EchoTime": 30.0}
T1 = {"SeriesDescription": "SAG T1", "SeriesNumber": 4, "EchoTime": 10.0}


def first_places(volumes):
    """(x in RAS of the first slice, number of slices, step) of each volume, from right to left."""
    found = [
        (round(float(v.geometry.origin_ras[0])), v.array.shape[2], round(float(v.geometry.spacing_mm[2]), 2))
        for v in volumes
    ]
    return sorted(found, reverse=True)


@pytest.mark.parametrize("first", [-27.0, -40.0, -58.0], ids=["beyond", "half", "between"])
@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"PatientID": "4712", "PatientName": "Other^Person", "study": "1.9"}, "belong to 2 patients"),
        ({"study": "1.9"}, "belong to 2 exams"),
        ({"PatientID": "4712", "PatientName": "Other^Person"}, "belong to 2 patients"),
    ],
    ids=["other patient", "other exam", "other patient of the same study"],
)
def test_two_exams_whose_series_share_an_identifier_are_never_mixed(tmp_path, write_series, other, said, first):
    """As after software that writes the same identifiers into all files."""
    write_series(tmp_path / "a", series="1.2", slices=10, first=(-60.0, -20, 15), SeriesDescription="SAG PD")
    write_series(tmp_path / "b", series="1.2", slices=10, first=(first, -20, 15), SeriesDescription="SAG PD", **other)
    volumes, notices = read_inputs([tmp_path])
    assert first_places(volumes) == [(60, 10, 4.0), (-first, 10, 4.0)]
    with pytest.raises(StudyError, match=said) as refused:
        Study.from_volumes(volumes, notices=notices, joint="knee")
    assert refused.value.code == "several_studies"


@pytest.mark.parametrize("identifier", ["", "1.2"], ids=["none", "the same"])
@pytest.mark.parametrize(
    ("first", "step"), [(-62.0, 4.4), (-20.0, 4.0), (0.0, 4.0), (20.0, 4.0)], ids=["askew", "half", "little", "beyond"]
)
def test_two_sequences_that_share_an_identifier_are_never_mixed(tmp_path, write_series, identifier, first, step):
    write_series(tmp_path / "a", slices=20, first=(-60.0, -20, 15), SeriesInstanceUID=identifier, **PD)
    write_series(tmp_path / "b", slices=20, first=(first, -20, 15), step=step, SeriesInstanceUID=identifier, **T1)
    volumes, notices = read_dicom_folder(tmp_path)
    assert first_places(volumes) == sorted([(60, 20, 4.0), (-first, 20, step)], reverse=True)
    assert {volume.name for volume in volumes} == {"SAG PD", "SAG T1"}
    assert notices == []


def test_slices_of_two_echoes_that_meet_by_chance_are_parted(tmp_path, write_series):
    """Of other steps, two of the positions are the same; both stacks were woven into one of twice as many slices."""
    for number, (first, step) in enumerate([(-60.0, 4.0), (-62.0, 4.4)]):
        write_series(tmp_path, series="1.2", slices=20, prefix=f"{number}_", step=step, first=(first, -20, 15),
                     EchoTime=20.0 + 20 * number, SeriesDescription="SAG")  # fmt: skip
    volumes, notices = read_dicom_folder(tmp_path)
    assert first_places(volumes) == [(62, 20, 4.4), (60, 20, 4.0)]
    assert notices == []


@pytest.mark.parametrize(
    "tags",
    [
        {"StudyInstanceUID": lambda n: f"1.2.9.{n + 1}"},
        {"StudyInstanceUID": lambda n: ("1.2.9", "")[n % 2]},
        {"PatientID": lambda n: f"anonymous {n}"},
        {"PatientName": lambda n: ("Some^Body", "SOME BODY")[n % 2]},
        {"SeriesInstanceUID": "", "SeriesDescription": lambda n: f"image {n}"},
        {"SeriesInstanceUID": "", "SeriesDescription": lambda n: ("sag pd", "SAG PD")[n % 2]},
        {"SeriesInstanceUID": "", "SeriesNumber": lambda n: n + 1},
    ],
    ids=lambda tags: ", ".join(tags),
)
def test_what_is_missing_or_differs_in_each_slice_tears_no_series(tmp_path, write_series, tags):
    write_series(tmp_path, slices=12, **tags)
    (volume,), notices = read_dicom_folder(tmp_path)
    assert volume.array[0, 0].tolist() == list(range(100, 112))
    assert [notice.code for notice in notices if notice.code != "several_studies"] == []
