"""From what a user names to cases: whatever the folder looks like, and nothing is passed over in silence."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import warnings
from pathlib import Path

import pydicom
import pytest
from pydicom.fileset import FileSet

from OrthoDiffusionLib.batch.cases.plan import plan_of
from OrthoDiffusionLib.batch.cases.plan_text import plan_lines, write_unused
from OrthoDiffusionLib.errors import StudyError, VolumeFileError
from OrthoDiffusionLib.messages import language_of
from OrthoDiffusionLib.volumes import read_inputs


def names(plan) -> list[str]:
    return [case.name for case in plan.cases]


def reasons(plan) -> dict[str, str]:
    return {one.path.name: one.reason.variant for one in plan.unused}


def pool(folder: Path, files: list[Path]) -> None:
    """All files in one folder, under names that say nothing."""
    folder.mkdir(exist_ok=True)
    for path in files:
        number = len(list(folder.iterdir()))
        shutil.move(path, folder / f"I{number:05d}")


def test_a_folder_for_each_study_gives_the_folders_names_in_their_natural_order(tmp_path, write_image):
    for name in ("knee 10", "knee 2", ".hidden", "out"):
        write_image(tmp_path / name / "sagittal.nii.gz")
    plan = plan_of(tmp_path, out=tmp_path / "out")
    assert names(plan) == ["knee 2", "knee 10"]
    assert [case.inputs for case in plan.cases] == [(tmp_path / "knee 2",), (tmp_path / "knee 10",)]


def test_one_dicom_exam_in_a_folder_is_called_after_the_folder(tmp_path, write_exam, knee):
    write_exam(tmp_path / "berta", "P2", "7")
    write_exam(tmp_path / "anna", "P1", "8", StudyDate="20210101")
    plan = plan_of(tmp_path, joint=knee)
    assert names(plan) == ["anna", "berta"]
    assert [(case.series, case.files) for case in plan.cases] == [(2, 10), (2, 10)]


def test_files_of_many_patients_and_exams_in_one_heap_are_sorted_by_patient_and_date(tmp_path, write_exam, knee):
    files = [
        *write_exam(tmp_path / "a", "P10", "1"),
        *write_exam(tmp_path / "a", "P2", "2", StudyDate="20210505"),
        *write_exam(tmp_path / "a", "P2", "3", StudyDate="20200505"),
    ]
    heap = tmp_path / "heap"
    pool(heap, files)
    plan = plan_of(heap, joint=knee)
    assert [(case.patient, case.date, case.files) for case in plan.cases] == [
        ("P2", "20200505", 10), ("P2", "20210505", 10), ("P10", "20200102", 10),
    ]  # fmt: skip
    assert names(plan_of(heap, joint=knee)) == names(plan)
    assert not any("P2" in name or "P10" in name for name in names(plan))


def test_names_stay_when_more_exams_come(tmp_path, write_exam, knee):
    pool(tmp_path / "heap", write_exam(tmp_path / "a", "P1", "1"))
    before = set(names(plan_of(tmp_path / "heap", joint=knee)))
    pool(tmp_path / "heap", write_exam(tmp_path / "a", "P0", "2", StudyDate="19990101"))
    after = names(plan_of(tmp_path / "heap", joint=knee))
    assert before < set(after) and len(after) == 2


def test_the_series_of_one_exam_in_folders_of_their_own_are_one_case_and_copies_are_not(tmp_path, write_exam, knee):
    write_exam(tmp_path / "series", "P1", "1")  # a folder for each plane
    assert [case.files for case in plan_of(tmp_path / "series", joint=knee).cases] == [10]
    for name in ("first", "second"):
        write_exam(tmp_path / "copies" / name, "P1", "1")
    assert names(plan_of(tmp_path / "copies", joint=knee)) == ["first", "second"]


def test_two_exams_of_one_uid_and_two_patients_stay_two(tmp_path, write_exam, knee):
    pool(tmp_path / "heap", [*write_exam(tmp_path / "a", "P1", "5"), *write_exam(tmp_path / "b", "P2", "5")])
    plan = plan_of(tmp_path / "heap", joint=knee)
    assert [case.files for case in plan.cases] == [10, 10] and len(set(names(plan))) == 2


def test_what_a_case_is_made_of_follows_the_images_and_neither_place_nor_name(tmp_path, write_exam, write_image, knee):
    def source(folder):
        return plan_of(folder, joint=knee).cases[0].source

    write_exam(tmp_path / "one" / "a", "P1", "11")
    write_exam(tmp_path / "two" / "b", "P1", "11")
    write_exam(tmp_path / "three" / "a", "P2", "11")
    assert source(tmp_path / "one") == source(tmp_path / "two") != source(tmp_path / "three")
    write_exam(tmp_path / "two" / "b", "P1", "11", planes=("axial",))
    assert source(tmp_path / "one") != source(tmp_path / "two"), "a series came"
    for name, slices in (("x", 5), ("y", 5), ("z", 6)):
        write_image(tmp_path / name / "case" / "sagittal.nii", slices=slices)
    assert source(tmp_path / "x") == source(tmp_path / "y") != source(tmp_path / "z")


def test_several_exams_in_a_folder_are_a_case_each_but_right_and_left_stay_together(tmp_path, write_exam, knee):
    for study, date in (("1", "20200101"), ("2", "20210101")):
        write_exam(tmp_path / "site", "P1", study, StudyDate=date)
    for study, side in (("3", "R"), ("4", "L")):
        write_exam(tmp_path / "both", "P9", study, Laterality=side)
    found = names(plan_of(tmp_path, joint=knee))
    assert [name.rpartition("_")[0] for name in found[:2]] == ["site", "site"] and found[2] == "both"


def test_a_folder_called_after_the_patient_gives_no_name_to_the_case(tmp_path, write_exam, knee):
    write_exam(tmp_path / "Mueller_Hans_1956", "4711", "1", PatientName="Mueller^Hans")
    write_exam(tmp_path / "OAI9001", "OAI9001", "2", PatientName="OAI9001")  # no name, the number once more
    for path in write_exam(tmp_path / "山田太郎", "4712", "3", PatientName="Yamada^Tarou"):
        dataset = pydicom.dcmread(path)
        dataset.SpecificCharacterSet, dataset.PatientName = ["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎"
        dataset.save_as(path)
    found = names(plan_of(tmp_path, joint=knee))
    assert "OAI9001" in found and len(found) == 3
    assert not any(part in name.lower() for name in found for part in ("mueller", "hans", "山田", "太郎"))


def test_what_of_a_study_cannot_be_read_is_no_study_with_less_in_it(tmp_path, write_image, monkeypatch):
    write_image(tmp_path / "whole" / "sagittal.nii.gz")
    write_image(tmp_path / "linked" / "sagittal.nii.gz")
    (tmp_path / "linked" / "coronal.nii.gz").symlink_to("/not/mounted/coronal.nii.gz")
    write_image(tmp_path / "locked" / "sagittal.nii.gz")
    (tmp_path / "locked" / "coronal").mkdir()
    (tmp_path / "loose").symlink_to("/not/mounted/study")
    for home in (tmp_path, tmp_path / "whole"):  # of a whole disk
        (home / "lost+found").mkdir()
    scan = os.scandir

    def locked(path):
        if str(path).endswith(("locked/coronal", "lost+found")):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", locked)  # whoever runs the tests as root may read everything
    plan = plan_of(tmp_path)
    assert names(plan) == ["linked", "locked", "whole"] and reasons(plan) == {"loose": "no_file"}
    for name, words in (("linked", "link leads to nothing"), ("locked", "Permission denied")):
        with pytest.raises(VolumeFileError, match=words):
            read_inputs([tmp_path / name])
    monkeypatch.setattr(Path, "iterdir", lambda self: locked("locked/coronal"))
    with pytest.raises(StudyError, match="cannot be read"):
        plan_of(tmp_path)


def test_a_folder_whose_patient_cannot_be_known_gives_no_name_to_the_case(tmp_path, write_exam, knee, monkeypatch):
    """What cannot be read may be called after its patient; names of cases go into the tables."""
    write_exam(tmp_path / "closed Maier", "P1", "1", PatientName="Maier^Eva")
    write_exam(tmp_path / "half Huber", "P2", "2", PatientName="Huber^Ida")
    write_exam(tmp_path / "half OAI9001", "OAI9001", "3", PatientName="OAI9001")
    for path in write_exam(tmp_path / "broken Weber", "P3", "4", PatientName="Weber^Udo"):
        path.write_bytes(path.read_bytes()[:140])
    for name in ("half Huber", "half OAI9001"):
        (tmp_path / name / "axial").symlink_to("/not/mounted/axial")
    scan = os.scandir

    def closed(path):
        if str(path).endswith("closed Maier"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", closed)  # whoever runs the tests as root may read everything
    found = names(plan_of(tmp_path, joint=knee))
    assert len(found) == 4 and "half OAI9001" in found
    assert not any(part in name for name in found for part in ("Maier", "Huber", "Weber"))
    assert found == names(plan_of(tmp_path, joint=knee)), "the next run knows which is which"


def test_image_files_beside_an_exam_count_and_are_part_of_what_the_case_is_made_of(
    tmp_path, write_exam, write_image, knee
):
    def planned():
        plan = plan_of(tmp_path / "studies", joint=knee)
        return list(plan_lines(plan))[1], plan.cases[0].source

    write_exam(tmp_path / "studies" / "a", "P1", "1")
    assert "10 files, 2 series" in planned()[0]
    write_image(tmp_path / "studies" / "a" / "axial.nii.gz")
    line, source = planned()
    assert "11 files, 2 series" in line
    write_image(tmp_path / "studies" / "a" / "axial.nii.gz", slices=7)
    assert planned() == (line, planned()[1]) and planned()[1] != source, "other images under the same name"


def test_what_cannot_be_analysed_is_listed_with_its_reason(tmp_path, write_exam, write_image, knee):
    heap = tmp_path / "heap"
    pool(heap, write_exam(tmp_path / "a", "P1", "1"))
    for study, tags in (("2", {"Modality": "CT", "SOPClassUID": "1.2.840.10008.5.1.4.1.1.2"}),
                        ("3", {"BodyPartExamined": "SHOULDER"})):  # fmt: skip
        for number, path in enumerate(write_exam(tmp_path / "b", "P2", study, **tags)):
            shutil.move(path, heap / f"other_{study}_{number}")
    (heap / "broken.dcm").write_bytes(bytes(64))
    (heap / "notes.txt").write_text("no image")
    write_image(heap / "loose.nii.gz")
    plan = plan_of(heap, joint=knee)
    assert [case.patient for case in plan.cases] == ["P1"]
    found = reasons(plan)
    assert found["other_2_0"] == "no_mr" and found["other_3_0"] == "other_part"
    assert found["broken.dcm"] == "damaged" and found["notes.txt"] == "" and found["loose.nii.gz"] == "no_study"
    lines = "\n".join(plan_lines(plan))
    assert lines.startswith("study  side  what it holds  where\n")
    assert "1 study; 23 files and folders belong to none of them" in lines and "SHOULDER" in lines
    write_unused(plan, tmp_path / "unused.csv")
    assert len((tmp_path / "unused.csv").read_text(encoding="utf-8").splitlines()) == 1 + 23


@pytest.mark.parametrize("part", ["LKNEE", "KNIE LINKS"])
def test_a_part_of_the_body_is_the_joints_in_a_batch_where_it_is_in_an_analysis(tmp_path, write_exam, knee, part):
    heap = tmp_path / "heap"
    pool(heap, write_exam(tmp_path / "a", "P1", "1", BodyPartExamined=part))
    pool(heap, write_exam(tmp_path / "b", "P2", "2", BodyPartExamined="OSG"))
    plan = plan_of(heap, joint=knee)
    assert [case.patient for case in plan.cases] == ["P1"] and len(plan.unused) > 0


def test_a_dicomdir_gives_its_exams_and_names_the_files_that_are_missing(tmp_path, write_exam, knee):
    medium = FileSet()
    for path in [*write_exam(tmp_path / "a", "P1", "1"), *write_exam(tmp_path / "a", "P2", "2")]:
        dataset = pydicom.dcmread(path)
        dataset.StudyID, dataset.StudyTime = "1", "120000"
        medium.add(dataset)
    medium.write(tmp_path / "cd")
    with warnings.catch_warnings():  # pydicom leaves its folder to the garbage collector, which complains
        warnings.simplefilter("ignore")
        del medium, dataset
        gc.collect()
    plan = plan_of(tmp_path / "cd" / "DICOMDIR", joint=knee)
    assert [(case.patient, case.files) for case in plan.cases] == [("P1", 10), ("P2", 10)]
    gone = sorted(path for path in (tmp_path / "cd").rglob("*") if path.is_file() and path.name != "DICOMDIR")[:3]
    for path in gone:
        path.unlink()
    plan = plan_of(tmp_path / "cd" / "DICOMDIR", joint=knee)
    assert sum(case.files for case in plan.cases) == 17
    assert [one.reason.variant for one in plan.unused] == ["missing"] * 3


def test_image_files_whose_names_go_together_are_a_study(tmp_path, write_image):
    for name in ("p1_sag", "p1_cor_T2", "p1_PD_ax", "p2_left_sagittal", "p2_right_sagittal", "p2_left_seg", "stray"):
        write_image(tmp_path / f"{name}.nii.gz")
    plan = plan_of(tmp_path)
    assert {case.name: len(case.inputs) for case in plan.cases} == {"p1": 3, "p2_left": 1, "p2_right": 1}
    assert set(reasons(plan)) == {"p2_left_seg.nii.gz", "stray.nii.gz"}


def test_studies_further_down_are_not_mixed(tmp_path, write_image):
    for patient in ("a", "b"):
        for plane in ("sagittal", "coronal"):
            write_image(tmp_path / "site" / patient / f"{plane}.nii.gz", plane)
    write_image(tmp_path / "one" / "series 1" / "first.nii.gz")
    write_image(tmp_path / "one" / "series 2" / "second.nii.gz")
    assert names(plan_of(tmp_path)) == ["one", "site_a", "site_b"]


def test_the_layout_of_bids(tmp_path, write_image):
    (tmp_path / "dataset_description.json").write_text("{}")
    write_image(tmp_path / "sub-02" / "anat" / "sub-02_acq-sag_PDw.nii.gz")
    for session in ("ses-1", "ses-2"):
        write_image(tmp_path / "sub-01" / session / "anat" / f"sub-01_{session}_acq-sag_T2w.nii.gz")
    write_image(tmp_path / "sub-03" / "anat" / "sub-03_hemi-L_PDw.nii.gz")
    write_image(tmp_path / "sub-03" / "anat" / "sub-03_hemi-R_PDw.nii.gz")
    write_image(tmp_path / "sub-03" / "func" / "sub-03_bold.nii.gz")
    plan = plan_of(tmp_path)
    assert names(plan) == ["sub-01_ses-1", "sub-01_ses-2", "sub-02", "sub-03_left", "sub-03_right"]
    assert [case.side.value if case.side else None for case in plan.cases] == [None, None, None, "left", "right"]
    assert reasons(plan) == {"dataset_description.json": "not_anat", "func": "not_anat"}


def test_a_table_names_paths_planes_sides_and_referrals(tmp_path, write_image):
    write_image(tmp_path / "data" / "s.nii.gz")
    table = tmp_path / "cases.csv"
    table.write_text("name,path,sagittal,side,age\nb,data,,left,40\na,,data/s.nii.gz,,\n", encoding="utf-8")
    plan = plan_of(table)
    assert names(plan) == ["b", "a"]  # the table's own order
    first, second = plan.cases
    assert first.inputs == (tmp_path / "data",) and first.side.value == "left" and first.clinical == {"age": "40"}
    assert second.by_plane == {"sagittal": (tmp_path / "data" / "s.nii.gz",)} and second.side is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name\na\n", "needs the column"),
        ("name,path\na,x\nA,y\n", "is in the table twice"),
        ("name,path\n../a,x\n", "cannot be the name of a folder"),
        ("name,path\nCON,x\n", "cannot be the name of a folder"),
        ("name,path\na,\n", "has no path"),
        ("name,path,side\na,x,both\n", "The side is ‘both’"),
        ("name,path\n", "names no study"),
    ],
)
def test_a_bad_table_is_refused_with_its_line(tmp_path, text, words):
    table = tmp_path / "cases.csv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=words) as caught:
        plan_of(table)
    assert "cases.csv" in caught.value.where


def test_no_two_cases_share_a_name_and_none_has_that_of_the_batchs_own_files(tmp_path, write_image):
    write_image(tmp_path / "p1" / "sagittal.nii.gz")
    write_image(tmp_path / "p1_sag.nii.gz")
    write_image(tmp_path / "results.csv" / "sagittal.nii.gz")
    found = names(plan_of(tmp_path))
    assert len({name.casefold() for name in found}) == 3
    assert "p1" in found and "results.csv" not in found


@pytest.mark.skipif(sys.platform != "linux", reason="macOS and Windows have no such names; it runs on Linux")
def test_names_in_another_character_set_are_written_as_far_as_they_can_be(tmp_path, write_image):
    for name in (b"knie_\xe4", b"knie_\xf6"):
        folder = tmp_path / os.fsdecode(name)
        write_image(folder / os.fsdecode(b"sagittal_\xdf.nii.gz"))
    write_image(tmp_path / "DICOM\\IM 1\n" / "sagittal.nii.gz")  # as some programs unpack archives
    (tmp_path / os.fsdecode(b"\xfcbrig.txt")).touch()
    plan = plan_of(tmp_path)
    assert not any(set("\\\n") & set(name) for name in names(plan))
    first, second = names(plan)[1:]
    assert first == "knie__" and second.startswith("knie___") and names(plan_of(tmp_path))[1:] == [first, second]
    write_unused(plan, tmp_path / "unused.csv")
    assert "?brig.txt,no_image" in (tmp_path / "unused.csv").read_text(encoding="utf-8")
    "\n".join(plan_lines(plan)).encode()
    (volume,), _ = read_inputs(plan.cases[1].inputs)
    volume.name.encode()


@pytest.mark.parametrize(
    ("files", "studies"),
    [
        (["S04_ax_fs", "S09_sag_fs", "S12_cor_fs"], {"exam": 3}),  # the sample exam
        (["3_pd_sag", "4_t1_sag", "5_pd_cor", "6_pd_tra"], {"exam": 4}),
        (["3_pd_sag_left", "4_pd_cor"], {"exam_left": 2}),
        (["3_sag_left", "4_cor_right"], {"3_left": 1, "4_right": 1}),
        (["001_sag", "002_sag"], {"001": 1, "002": 1}),
        (["001_sag", "001_cor", "002_sag"], {"001": 2, "002": 1}),
        (["anna_sag", "berta_cor"], {"anna": 1, "berta": 1}),
    ],
)
def test_numbers_of_series_before_the_plane_make_one_exam_and_those_of_studies_several(
    tmp_path, write_image, files, studies
):
    for name in files:
        write_image(tmp_path / "exam" / f"{name}.nii.gz")
    assert {case.name: len(case.inputs) for case in plan_of(tmp_path / "exam").cases} == studies


def test_an_empty_or_missing_folder_is_refused(tmp_path, write_image):
    with pytest.raises(StudyError, match="There is no such folder"):
        plan_of(tmp_path / "nowhere")
    with pytest.raises(StudyError, match="holds no folders"):
        plan_of(tmp_path)
    write_image(tmp_path / "loose.nii.gz")
    with pytest.raises(StudyError, match="holds 1 image file, but no folders"):
        plan_of(tmp_path)
    with pytest.raises(StudyError, match="neither a table"):
        plan_of(tmp_path / "loose.nii.gz")


def test_a_plan_counts_the_image_files_of_a_study_and_no_series_where_there_are_none(tmp_path, write_image, knee):
    for name in ("sagittal", "coronal"):
        write_image(tmp_path / "p1" / f"{name}.nii.gz")
    write_image(tmp_path / "p2" / "sagittal.nii.gz")
    lines = list(plan_lines(plan_of(tmp_path, joint=knee)))
    assert lines[1:3] == ["p1  ?  2 image files  p1", "p2  ?  1 image file  p2"]


def test_a_plan_says_which_rows_of_a_table_lead_nowhere(tmp_path, write_image, knee):
    write_image(tmp_path / "here" / "knee.nii.gz")
    table = tmp_path / "studies.csv"
    table.write_text("name,path,side\na,here,left\nb,nowhere,\n", encoding="utf-8")
    lines = list(plan_lines(plan_of(table, joint=knee), language_of("de")))
    assert lines[1:3] == ["a  links  ?  here", "b  ?  nicht vorhanden  nowhere"]
