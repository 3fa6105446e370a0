"""De-identified copies: nothing that names a person survives in any place, and what is left still fits together."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pydicom
import pytest
from pydicom.datadict import DicomDictionary

from OrthoDiffusionLib.dicom_objects.deidentification import deidentify_files
from OrthoDiffusionLib.dicom_objects.deidentification.pseudonyms import Pseudonyms
from OrthoDiffusionLib.errors import DicomError, Notice, OutputError
from OrthoDiffusionLib.findings import Review
from OrthoDiffusionLib.reports import overview
from OrthoDiffusionLib.resources import resource_path

from .conftest import analysis_of, faults, read_by_dcmqi, study_of, write_objects

MARKS = {
    **dict.fromkeys(("LO", "SH", "LT", "ST", "UT", "UC", "PN", "AE"), "Zyxomma"),
    "DA": "19831224", "TM": "235811", "DT": "19831224235811", "AS": "083Y", "UI": "1.9.9.83.1224", "UR": "http://zyxomma/",
    **dict.fromkeys(("OB", "OW", "UN", "OF", "OD", "OL", "OV"), b"Zyxomma!"),
}  # fmt: skip
"""What is written into every element of a kind; none of it may be found again."""

TRACES = (b"zyxomma", b"19831224", b"235811", b"083y", b"1.9.9.83.1224")

KEPT = {"PixelData", "SOPClassUID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"}
"""Without these it is no image; the identifiers are replaced, which is tested apart."""


def _marked(dataset, keywords=None) -> int:
    """Write a mark into every element of the standard's dictionary that can hold one."""
    count = 0
    for tag, (representation, multiplicity, _, _, keyword) in DicomDictionary.items():
        mark = MARKS.get(representation.split(" or ")[-1])
        if mark is None or not keyword or keyword in KEPT or tag >> 16 < 8 or tag & 0xFFFF == 0:
            continue
        if keywords is not None and keyword not in keywords:
            continue
        del multiplicity
        dataset.add_new(tag, representation.split(" or ")[-1], mark)
        count += 1
    return count


def _every_value(dataset) -> Iterator[tuple[str, object]]:
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                yield from _every_value(item)
        else:
            yield element.keyword or str(element.tag), element.value


def _new_faults(path, original) -> list[str]:
    """What is wrong with a copy and was not with the original: made-up series lack what only a scanner knows."""
    before = set(faults(original))
    return [fault for fault in faults(path) if fault not in before]


def _traces(path) -> list[str]:
    """Where a mark is found, in the decoded values and in the bytes of the file."""
    found = [key for key, value in _every_value(pydicom.dcmread(path))
             if any(trace in str(value).lower().encode() for trace in TRACES)]  # fmt: skip
    content = path.read_bytes().lower()
    return found + [trace.decode() for trace in TRACES if trace in content]


@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom, of what the test writes
def test_a_mark_in_any_element_of_the_dictionary_is_gone(exam, tmp_path):
    counts = []

    def change(index, dataset):
        counts.append(_marked(dataset))
        nested, item = pydicom.Dataset(), pydicom.Dataset()
        _marked(nested)
        _marked(item)
        item.EchoTime = "11"
        nested.MREchoSequence = [item]
        for keyword in ("RequestAttributesSequence", "MRTransmitCoilSequence", "SharedFunctionalGroupsSequence",
                        "ReferencedImageSequence", "OriginalAttributesSequence"):  # fmt: skip
            setattr(dataset, keyword, [nested])
        block = dataset.private_block(0x0009, "ZYXOMMA 1", create=True)
        block.add_new(1, "LO", "Zyxomma")
        block.add_new(2, "UN", b"Zyxomma!")
        block.add_new(3, "SQ", [nested])
        dataset.add_new((0x6000, 0x3000), "OW", b"Zyxomma!")  # an overlay
        dataset.preamble = b"Zyxomma!" * 16
        dataset.file_meta.SourceApplicationEntityTitle = "ZYXOMMA"

    folder = exam("sagittal", np.eye(3), (3.3, 0.9, 0.8), (6, 48, 54), change=change)
    assert counts[0] > 1000
    assert len(_traces(next(folder.iterdir()))) > 2000  # so that the search would find what is left

    deidentify_files([folder], tmp_path / "out")

    paths = sorted((tmp_path / "out").rglob("*.dcm"))
    assert len(paths) == 6
    assert [trace for path in paths for trace in _traces(path)] == []
    kept = pydicom.dcmread(paths[0])
    assert float(kept.SharedFunctionalGroupsSequence[0].MREchoSequence[0].EchoTime) == 11


def test_every_attribute_of_the_standards_own_table_is_gone_or_replaced(exam, tmp_path):
    """Against another program's copy of PS3.15, table E.1-1."""
    table = pytest.importorskip("dicomanonymizer.dicom_anonymization_databases.dicomfields_2026c", reason="test extra")
    tags = {tag for name in dir(table) if name.endswith("_TAGS") for tag in getattr(table, name) if len(tag) == 2}
    assert len(tags) > 500
    numbers = {
        "DS": "71.25",
        "IS": "7125",
        "US": 7125,
        "FD": 7125.5,
        "FL": 7125.5,
        "UL": 7125,
        "SL": 7125,
        "CS": "NINE",
    }
    numeric = {}

    def change(index, dataset):
        for tag in (tag for tag in tags if tag[0] >= 8):  # the others belong to messages, not to files
            try:
                keyword, representation = (
                    DicomDictionary[tag[0] << 16 | tag[1]][4],
                    DicomDictionary[tag[0] << 16 | tag[1]][0],
                )
            except KeyError:
                continue  # newer than pydicom's dictionary: unknown keywords never stay
            if keyword in KEPT or keyword == "ContentSequence":
                continue
            if representation in numbers:
                numeric[keyword] = numbers[representation]
                dataset.add_new(tag, representation, numbers[representation])
            elif representation == "SQ":
                item = pydicom.Dataset()
                item.CodeValue, item.PatientWeight = "Zyxomma", "71.25"
                dataset.add_new(tag, "SQ", [item])
            elif representation in MARKS:
                dataset.add_new(tag, representation, MARKS[representation])

    folder = exam("sagittal", np.eye(3), (3.3, 0.9, 0.8), (3, 48, 54), change=change)
    deidentify_files([folder], tmp_path / "out")

    assert {"PatientWeight", "PregnancyStatus", "SmokingStatus"} <= set(numeric)
    for path in (tmp_path / "out").rglob("*.dcm"):
        assert _traces(path) == []
        left = dict(_every_value(pydicom.dcmread(path)))
        assert {key for key, value in numeric.items() if str(left.get(key)) == str(value)} == set()


def _everything(sagittal_exam, tmp_path):
    """Objects with a reader's words in them, and the exam that they were made of."""
    study = study_of(sagittal_exam)
    before = analysis_of(study, notices=(Notice("duplicate_slices", where="Zyxomma", values={"count": 3}),))
    decided = Review("rejected", "says Zyxomma", "1983-12-24T10:00:00+01:00", "negative", "positive")
    analysis = replace(before, findings=(replace(before.findings[0], review=decided), *before.findings[1:]))
    return write_objects(study, tmp_path / "results", analysis, overview=overview(analysis, study))


def _exported(*inputs, out, **options):
    deidentify_files(inputs, out, **options)
    return [pydicom.dcmread(path) for path in sorted(out.rglob("*.dcm"))]


def _name(index, dataset):
    dataset.PatientName, dataset.PatientID = "Zyxomma^Zita", "19831224-235811"
    dataset.StudyDate, dataset.StudyTime, dataset.StudyDescription = "19831224", "235811", "Zyxomma's knee"
    dataset.SeriesDescription = "sag Zyxomma"


def test_our_objects_and_their_source_still_fit_together(exam, tmp_path):
    folder = exam("sagittal", np.eye(3), (3.3, 0.9, 0.8), (12, 48, 54), change=_name)
    _everything(folder, tmp_path)
    made = _exported(tmp_path / "results" / "dicom", folder, out=tmp_path / "out", patient="K-17")

    images = {d.SOPInstanceUID: d for d in made if d.Modality == "MR"}
    (seg,) = [d for d in made if d.Modality == "SEG"]
    (report,) = [d for d in made if d.Modality == "SR"]
    (picture,) = [d for d in made if d.Modality == "OT"]
    assert len(images) == 12
    assert {(str(d.PatientName), d.PatientID, d.PatientIdentityRemoved) for d in made} == {("K-17", "K-17", "YES")}
    assert len({d.StudyInstanceUID for d in made}) == 1
    assert seg.FrameOfReferenceUID == next(iter(images.values())).FrameOfReferenceUID
    for frame in seg.PerFrameFunctionalGroupsSequence:
        source = images[frame.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID]
        place = frame.PlanePositionSequence[0].ImagePositionPatient
        assert np.allclose(place, source.ImagePositionPatient, atol=1e-4)
    cited = {item.ReferencedSOPInstanceUID
             for evidence in report.CurrentRequestedProcedureEvidenceSequence
             for series in evidence.ReferencedSeriesSequence for item in series.ReferencedSOPSequence}  # fmt: skip
    assert cited == {*images, seg.SOPInstanceUID}
    assert picture.pixel_array.shape == (1256, 1800, 3)
    for path in (tmp_path / "out").rglob("*.dcm"):
        assert _traces(path) == []
        told = faults(path) if pydicom.dcmread(path).Modality != "MR" else _new_faults(path, next(folder.iterdir()))
        assert [one for one in told if "Retired Person Name form" not in one] == []
        assert "Zyx" not in str(path.relative_to(tmp_path / "out"))


def test_outlines_and_numbers_stay_and_words_about_the_exam_go(sagittal_exam, tmp_path):
    files = _everything(sagittal_exam, tmp_path)
    made = _exported(*files.values(), out=tmp_path / "out")
    (report,) = [d for d in made if d.Modality == "SR"]
    text = " ".join(str(value) for _, value in _every_value(report))

    for kept in ("0.91", "11.5", "joint_effusion", "TT-TG distance", "Research use only", "ab" * 32, "Rejected"):
        assert kept in text
    assert _traces(files["report"])
    # whole dates: the new identifiers are long random numbers, in which four digits often stand by chance
    for gone in ("Zyxomma", "19831224", "1983-12-24", "PD FS", "Reader's note", "Notice", "Comment"):
        assert gone not in text
    (path,) = [path for path in (tmp_path / "out").rglob("*.dcm") if pydicom.dcmread(path).Modality == "SEG"]
    before = read_by_dcmqi(files["seg_sagittal"], tmp_path / "before")
    after = read_by_dcmqi(path, tmp_path / "after")
    assert before.keys() == after.keys()
    assert all(np.allclose(before[name], after[name]) for name in before)


def test_the_real_series_keeps_its_pixels_and_its_big_endian_syntax(tmp_path):
    folder = resource_path("SampleData", "dicom_echo")
    made = _exported(folder, out=tmp_path / "out")

    sources = [pydicom.dcmread(path) for path in sorted(folder.iterdir())]
    assert len(made) == len(sources)
    for one, source in zip(made, sources, strict=True):
        assert (one.pixel_array == source.pixel_array).all()
        assert one.file_meta.TransferSyntaxUID == source.file_meta.TransferSyntaxUID
        assert one.ImagePositionPatient == source.ImagePositionPatient
        assert one.SOPInstanceUID != source.SOPInstanceUID
        assert not {"InstitutionName", "StationName", "DeviceSerialNumber", "ProtocolName"} & set(one.dir())
    study = study_of(tmp_path / "out")  # still an exam that can be read
    assert study.volumes[0].array.shape == study_of(folder).volumes[0].array.shape


def test_one_key_gives_the_same_identifiers_again_and_another_does_not(sagittal_exam, tmp_path):
    def uids(name, key=None):
        pseudonyms = Pseudonyms.of_file(tmp_path / key) if key else None
        return [d.SOPInstanceUID for d in _exported(sagittal_exam, out=tmp_path / name, pseudonyms=pseudonyms)]

    assert uids("one", "key") == uids("two", "key")
    assert not set(uids("three", "key")) & set(uids("four"))
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert (tmp_path / "key").read_text() not in str(Pseudonyms.of_file(tmp_path / "key"))


@pytest.mark.parametrize("content", [b"not a key", b"\x00\xffDICM", b"", b"ab" * 20, b"ab" * 5000])
def test_a_file_that_is_no_key_is_called_that_and_neither_changed_nor_quoted(tmp_path, content):
    path = tmp_path / "none"
    path.write_bytes(content)
    with pytest.raises(
        OutputError, match="holds no secret of an earlier export, which is 64 hexadecimal digits"
    ) as told:
        Pseudonyms.of_file(path)
    assert path.read_bytes() == content and "not a key" not in str(told.value)
    with pytest.raises(OutputError, match="neither be read nor made: Is a directory"):
        Pseudonyms.of_file(tmp_path)


def test_a_file_that_is_cut_off_is_left_out_and_named(sagittal_exam, tmp_path):
    whole = sorted(sagittal_exam.iterdir())
    cut = tmp_path / "cut.dcm"
    cut.write_bytes(whole[0].read_bytes()[:-300])

    done = deidentify_files([cut, *whole[1:]], tmp_path / "out")

    assert done.series == {"series_001": len(whole) - 1}
    assert [(notice.variant, notice.where) for notice in done.left_out] == [("", "cut.dcm")]


def test_what_may_hold_words_in_its_pixels_is_left_out_and_named(exam, sagittal_exam, tmp_path):
    def burned(index, dataset):
        dataset.BurnedInAnnotation = "YES"

    def captured(index, dataset):
        dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
        dataset.Modality = "OT"

    folders = [exam(change.__name__, np.eye(3), (3.3, 0.9, 0.8), (3, 48, 54), change=change)
               for change in (burned, captured)]  # fmt: skip
    (tmp_path / "note.txt").write_text("no image")

    done = deidentify_files([*folders, tmp_path / "note.txt", sagittal_exam], tmp_path / "out")

    assert done.series == {"series_001": 12}
    assert {(notice.variant, notice.values["count"]) for notice in done.left_out} == {
        ("burned_in", 3), ("kind", 3), ("", 1)
    }  # fmt: skip
    with pytest.raises(DicomError, match="writing in the picture"):
        deidentify_files(folders, tmp_path / "none")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "tags",
    [
        {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"},
        {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7.4"},
        {"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]},
        {"PhotometricInterpretation": "RGB"},
    ],
    ids=lambda tags: next(iter(tags)),
)
def test_a_picture_of_a_screen_is_left_out_though_it_calls_itself_mr(tags, exam, sagittal_exam, tmp_path):
    def captured(index, dataset):
        for keyword, value in tags.items():
            setattr(dataset, keyword, value)

    screen = exam("screen", np.eye(3), (3.3, 0.9, 0.8), (2, 48, 54), change=captured)
    done = deidentify_files([screen, sagittal_exam], tmp_path / "out")
    assert done.series == {"series_001": 12}
    assert [(notice.variant, notice.values["count"]) for notice in done.left_out] == [("kind", 2)]


def test_one_name_for_several_patients_is_refused(exam, tmp_path):
    folders = [exam(who, np.eye(3), (3.3, 0.9, 0.8), (2, 48, 54), patient=who) for who in ("Adam", "Eve")]
    with pytest.raises(DicomError, match="several patients"):
        deidentify_files(folders, tmp_path / "out", patient="K-17")
    assert not (tmp_path / "out").exists()
    done = deidentify_files(folders, tmp_path / "out")
    names = {pydicom.dcmread(path).PatientID for path in (tmp_path / "out").rglob("*.dcm")}
    assert len(done.series) == len(names) == 2


def test_a_folder_that_is_there_is_not_touched(sagittal_exam, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")

    with pytest.raises(OutputError):
        deidentify_files([sagittal_exam], tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]


def test_a_path_that_is_not_there_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(DicomError, match="no such file or folder") as refused:
        deidentify_files([tmp_path / "nowhere"], tmp_path / "out")
    assert refused.value.remedy and not (tmp_path / "out").exists()
