"""Public data sets as they are downloaded become tables of cases; what is missing or contradicts itself is reported."""

from __future__ import annotations

import csv
import json
import os
import pickle
import shutil
import sys

import h5py
import numpy as np
import pytest
from library.lab.public_data import replicas
from library.lab.training.conftest import untrained  # noqa: F401  (a fixture)

from OrthoDiffusionLib.analysis.study_inputs import open_bundle
from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.public_data.catalogue import DATA_SETS, prepare_data_set
from OrthoDiffusionLib.lab.public_data.pickled_array import read_pickled_array
from OrthoDiffusionLib.lab.training.tables.case_preparation import label_maps_of, prepare_case, study_of
from OrthoDiffusionLib.volumes import Plane

MAKERS = {
    "mrnet": replicas.mrnet,
    "kneemri": replicas.knee_mri,
    "fastmri+": replicas.fastmri_plus,
    "skm-tea": replicas.skm_tea,
    "oaizib-cm": replicas.oaizib_cm,
    "rsna-2026": replicas.rsna_2026,
}


@pytest.fixture(scope="module")
def manifest():
    """Of the knee's bundle that is shipped."""
    return open_bundle(None, joint="knee").manifest


@pytest.fixture
def read(tmp_path, manifest):
    """Reads a replica, changed or not, and gives what came out and what was told."""

    def reading(name, change=lambda folder: None):
        folder = MAKERS[name](tmp_path / "downloaded")
        change(folder)
        lines: list[str] = []
        done = prepare_data_set(name, folder, tmp_path / "out", manifest, report=lines.append)
        return done, "\n".join(lines)

    return reading


def case_of(done, name):
    return next(case for case in done.table.cases if case.name == name)


def skipped(done) -> dict[str, str]:
    return dict(done.contents.skipped)


def middle_of(volume, value) -> np.ndarray:
    return volume.geometry.to_ras(np.argwhere(volume.array == value).mean(axis=0)[None])[0]


@pytest.mark.parametrize("name", MAKERS)
def test_each_set_says_its_licence_its_access_and_what_its_files_lack(read, tmp_path, name):
    done, told = read(name)
    data_set = DATA_SETS[name]
    assert data_set.licence in told and data_set.access in told and data_set.geometry in told
    assert (data_set.site in told) if data_set.site else "of one site" not in told
    kept = (tmp_path / "out" / "notices.txt").read_text(encoding="utf-8")
    assert data_set.facts in kept and data_set.geometry in kept
    assert done.table.source["licence"] == data_set.licence and done.table.name == name


@pytest.mark.parametrize("name", MAKERS)
def test_every_case_can_be_read_and_prepared_for_the_networks(read, manifest, name):
    done, _ = read(name)
    for case in done.table.cases:
        study = study_of(case, done.vocabulary)
        prepared = prepare_case(case, study, done.vocabulary, manifest)
        assert prepared.side is (case.side or Side.LEFT)  # RSNA's rows name no side, and the header says it
        assert prepared.has_labels == bool(case.label_maps)


@pytest.mark.parametrize("name", MAKERS)
def test_a_folder_of_something_else_is_refused_with_the_layout(tmp_path, manifest, name):
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "nowhere"):
        with pytest.raises(TrainingError, match="is not") as caught:
            prepare_data_set(name, folder, tmp_path / "out", manifest, report=lambda line: None)
        assert DATA_SETS[name].layout in caught.value.remedy
    assert not (tmp_path / "out").exists()


def test_mrnet_keeps_its_own_validation_folder_for_the_figures(read):
    done, told = read("mrnet")
    assert {case.name: case.split for case in done.table.cases if case.split == "test"} == {
        "valid_0000": "test", "valid_0001": "test",
    }  # fmt: skip
    assert {case.split for case in done.table.cases} <= {"train", "validation", "test"}
    assert case_of(done, "train_0001").findings == {
        "abnormal_exam": True, "anterior_cruciate_ligament_injury": False, "meniscal_tear": True,
    }  # fmt: skip
    words = [one.name for one in done.vocabulary.joint.abnormalities]
    assert words[-2:] == ["meniscal_tear", "abnormal_exam"] and "joint_effusion" in words
    study = study_of(case_of(done, "train_0000"), done.vocabulary)
    assert set(study.planes) == set(Plane)
    assert "as if every knee were a right one" in told and "1,088 patients" in told


def test_files_that_are_missing_or_damaged_cost_their_plane_or_their_case(read):
    def change(folder):
        (folder / "train" / "axial" / "0000.npy").unlink()
        np.save(folder / "train" / "axial" / "0002.npy", np.zeros((8, 32, 32), np.uint8))
        for plane in ("axial", "coronal", "sagittal"):
            (folder / "train" / plane / "0001.npy").unlink()
            (folder / "train" / plane / "0003.npy").write_bytes(b"\x93NUMPY")
        np.save(folder / "train" / "sagittal" / "0999.npy", np.zeros((8, 32, 32), np.uint8))

    done, told = read("mrnet", change)
    assert skipped(done)["train_0001"] == "none of its three arrays is there"
    assert "cannot be read" in skipped(done)["train_0003"]
    assert set(case_of(done, "train_0000").images) == {"sagittal", "coronal"}
    assert "train_0000: used without axial" in told and "train_0002: used without axial" in told
    assert "empty" in told and "arrays without a label, not used: 1" in told


def test_labels_that_are_no_labels_are_unknown_and_counted(read):
    def change(folder):
        replicas.write_rows(folder / "valid-meniscus.csv", [(f"{number:04d}", "maybe") for number in range(3)])

    done, told = read("mrnet", change)
    assert "rows of valid-meniscus.csv that are not a number and 0 or 1, not used: 3" in told
    assert all(case.findings.get("meniscal_tear") is None for case in done.table.cases if case.split == "test")


def test_a_relative_folder_for_the_new_bundle_is_as_good_as_any(tmp_path, monkeypatch, capsys):
    replicas.mrnet(tmp_path / "downloaded")
    monkeypatch.chdir(tmp_path)
    assert main(["finetune", "--dataset", "mrnet", "downloaded", "--check", "--out", "runs/mrnet"]) == 0
    assert "Cases: " in capsys.readouterr().out


def test_labels_that_contradict_each_other_leave_a_case_out(read):
    def change(folder):
        replicas.write_rows(folder / "train-abnormal.csv", [(f"{number:04d}", 0) for number in range(6)])

    done, _ = read("mrnet", change)
    assert all("contradict" in why for why in skipped(done).values()) and len(skipped(done)) == 6


def test_arrays_with_code_inside_are_not_run(read, tmp_path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "ran"),)

    def change(folder):
        np.save(folder / "train" / "axial" / "0000.npy", np.array([Evil()], object), allow_pickle=True)

    done, told = read("mrnet", change)
    assert "train_0000: used without axial" in told and not (tmp_path / "ran").exists()
    assert case_of(done, "train_0000").images


def test_kneemri_tells_the_side_the_patient_and_the_ligament(read):
    done, _ = read("kneemri")
    found = {case.name: (case.patient, case.side, case.findings) for case in done.table.cases}
    acl = "anterior_cruciate_ligament_injury"
    assert found == {
        "1-0": ("1", Side.RIGHT, {acl: False}),
        "2-1": ("2", Side.LEFT, {acl: True}),
        "2-2": ("2", Side.LEFT, {acl: True}),
        "3-3": ("3", Side.RIGHT, {acl: False}),
    }


def test_kneemri_leaves_out_what_is_missing_damaged_or_of_another_series(read, tmp_path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "ran"),)

    def change(folder):
        (folder / "vol01" / "1-0.pck").write_bytes(pickle.dumps(Evil()))
        (folder / "vol02" / "2-1.pck").unlink()
        table = folder / "metadata.csv"
        table.write_text(table.read_text(encoding="utf-8").replace("4,5,1,10,12,4,2-2", "4,5,6,10,12,4,2-2"))

    done, _ = read("kneemri", change)
    why = skipped(done)
    assert "mkdir, which an array does not need" in why["1-0"] and not (tmp_path / "ran").exists()
    assert why["2-1"] == "there is no 2-1.pck" and "not of one series" in why["2-2"]
    assert [case.name for case in done.table.cases] == ["3-3"]


@pytest.mark.parametrize("protocol", [0, 2, 3, 4])
@pytest.mark.parametrize("kind", ["<i2", ">i2", "uint8", "float32"])
def test_a_pickled_array_is_read_as_pickle_reads_it(tmp_path, protocol, kind):
    array = np.arange(60).reshape(3, 4, 5).astype(kind)
    for stored in (array, np.asfortranarray(array)):
        path = tmp_path / "array.pck"
        path.write_bytes(pickle.dumps(stored, protocol=protocol))
        assert np.array_equal(read_pickled_array(path), array)


def test_what_is_no_array_or_damaged_is_refused(tmp_path):
    path = tmp_path / "array.pck"
    whole = pickle.dumps(np.arange(60), protocol=2)
    for content in (b"", whole[:40], whole[:-3], pickle.dumps({"a": 1}), pickle.dumps([1]), b"hello", whole[:60] * 2):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="^(it|the array) "):
            read_pickled_array(path)


def test_fastmri_takes_pixel_and_step_from_the_header_and_turns_the_image_as_the_marks_were_drawn(read):
    done, told = read("fastmri+")
    case = case_of(done, "file1000000")
    volume = study_of(case, done.vocabulary).planes[Plane.CORONAL].reoriented("PIL")
    assert np.allclose(volume.geometry.spacing_mm, (4.5, 0.5, 0.5))
    stored = (replicas.stack(0) * 1e-6).astype(np.float32)
    assert np.allclose(volume.array, stored[:, ::-1], rtol=1e-5)
    assert case.findings["anterior_cruciate_ligament_injury"] and not case.findings["joint_effusion"]
    assert "medial_collateral_ligament_injury" not in case.findings and "collateral ligaments are left out" in told
    assert case_of(done, "file1000001").findings["meniscal_tear"]
    assert case_of(done, "file1000003").split == "test" and case.split is None
    assert "artefact" in skipped(done)["file1000002"]
    assert "scanners of one maker: SIEMENS" in told


def test_fastmri_leaves_out_files_that_are_missing_or_damaged_or_whose_marks_lie_outside(read):
    def change(folder):
        (folder / "singlecoil_train" / "file1000001.h5").unlink()
        (folder / "singlecoil_val" / "file1000003.h5").write_bytes(b"\x89HDF no")
        replicas.fastmri_file(folder / "singlecoil_val" / "file1000004.h5", 4, "patient0", "<no/>")
        path = folder / "Annotations" / "knee.csv"
        path.write_text(path.read_text(encoding="utf-8").replace("file1000000,2,", "file1000000,20,"))

    def all_but_one(folder):
        change(folder)
        replicas.fastmri_file(folder / "singlecoil_train" / "file1000002.h5", 2, "patient2")
        path = folder / "Annotations" / "knee.csv"
        path.write_text(path.read_text(encoding="utf-8").replace("artifact", "Bone - Lesion"))

    done, _ = read("fastmri+", all_but_one)
    why = skipped(done)
    assert why["file1000001"] == "there is no such .h5 file" and "damaged" in why["file1000003"]
    assert "field of view" in why["file1000004"] and "outside the image" in why["file1000000"]
    assert [case.name for case in done.table.cases] == ["file1000002"]


def test_a_patient_of_both_folders_of_fastmri_is_not_held_out(read):
    def change(folder):
        replicas.fastmri_file(folder / "singlecoil_val" / "file1000004.h5", 4, "patient0")

    done, told = read("fastmri+", change)
    assert {case.split for case in done.table.cases if case.patient == "patient0"} == {"train"}
    assert "patients of both folders" in told


def test_skm_tea_lies_as_its_annotations_say_and_its_outlines_tell_the_side(read):
    done, told = read("skm-tea")
    sides = {case.name: case.side for case in done.table.cases}
    assert sides == {"MTR_000": Side.RIGHT, "MTR_001": Side.LEFT, "MTR_002": Side.RIGHT}
    for case in done.table.cases:
        study = study_of(case, done.vocabulary)
        labels = label_maps_of(case, study, done.vocabulary)["sagittal"]
        medial, lateral = middle_of(labels, 8), middle_of(labels, 9)  # this project's labels of the menisci
        assert bool(lateral[0] > medial[0]) is (case.side is Side.RIGHT)
        assert np.allclose(sorted(labels.geometry.spacing_mm), (0.5, 0.5, 1.6))
    first, last = case_of(done, "MTR_000"), case_of(done, "MTR_002")
    assert first.findings["lateral_meniscus_injury"] and not first.findings["medial_meniscus_injury"]
    assert first.findings["joint_effusion"] and not first.findings["anterior_cruciate_ligament_injury"]
    assert not last.findings and "in 2 of 3 exams" in told
    assert [case.split for case in done.table.cases] == ["train", "validation", "test"]
    assert first.covered == (
        "patellar_cartilage", "femoral_cartilage", "medial_tibial_cartilage", "lateral_tibial_cartilage",
        "medial_meniscus", "lateral_meniscus",
    )  # fmt: skip


def test_skm_tea_keeps_a_tear_that_is_known_beside_one_whose_meniscus_is_not(read):
    def change(folder):
        path = folder / "annotations" / "v1.0.0" / "train.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        content["annotations"].append({"image_id": 1, "category_id": 1, "tissue_id": 1, "bbox": []})
        path.write_text(json.dumps(content), encoding="utf-8")

    done, _ = read("skm-tea", change)
    findings = case_of(done, "MTR_000").findings
    assert findings["lateral_meniscus_injury"] and "medial_meniscus_injury" not in findings


def test_skm_tea_leaves_out_outlines_that_do_not_fit_their_image(read):
    def change(folder):
        with h5py.File(folder / "image_files" / "MTR_000.h5", "a") as file:
            seg = file["seg"][:]
            del file["seg"]
            file["seg"] = seg[:, :, :-1]
        (folder / "image_files" / "MTR_001.h5").unlink()

    done, _ = read("skm-tea", change)
    assert "contradict" in skipped(done)["MTR_000"]
    assert skipped(done)["MTR_001"] == "there is no image_files/MTR_001.h5"


def test_oaizib_is_used_where_it_is_and_its_test_folder_is_held_out(read, tmp_path):
    done, _ = read("oaizib-cm")
    case = case_of(done, "oaizib_001")
    assert case.images["sagittal"] == (tmp_path / "downloaded" / "imagesTr" / "oaizib_001_0000.nii.gz").resolve()
    assert case.side is Side.RIGHT and case_of(done, "oaizib_004").side is Side.LEFT
    assert case_of(done, "oaizib_004").split == "test" and case.split is None
    labels = label_maps_of(case, study_of(case, done.vocabulary), done.vocabulary)["sagittal"]
    assert middle_of(labels, 1)[2] > middle_of(labels, 2)[2]  # the femur, 1, above the tibia, here 2 and there 3
    assert middle_of(labels, 6)[0] > middle_of(labels, 5)[0]  # lateral cartilage, 6, to the right of a right knee


def test_oaizib_leaves_out_what_contradicts_the_list_of_sides_or_is_missing(read):
    def change(folder):
        replicas.oaizib_case(folder, "Tr", 2, right=False)  # outlined as a left knee, listed as a right one
        (folder / "labelsTr" / "oaizib_003.nii.gz").unlink()
        (folder / "imagesTs" / "oaizib_004_0000.nii.gz").unlink()
        replicas.oaizib_case(folder, "Tr", 5)
        path = folder / "labelsTr" / "oaizib_005.nii.gz"
        path.write_bytes(path.read_bytes()[:200])

    done, _ = read("oaizib-cm", change)
    why = skipped(done)
    assert "contradict" in why["oaizib_002"]
    assert why["oaizib_003"] == "there is no labelsTr/oaizib_003.nii.gz"
    assert why["oaizib_004"] == "there is a label map and no image" and "cannot be read" in why["oaizib_005"]
    assert [case.name for case in done.table.cases] == ["oaizib_001"]


def test_rsna_takes_the_labelled_studies_that_are_there(read, tmp_path):
    done, told = read("rsna-2026")
    (case,) = done.table.cases
    assert case.name == replicas.UIDS[0] and case.side is None
    assert case.folder == (tmp_path / "downloaded" / "train_series" / replicas.UIDS[0]).resolve()
    assert case.findings["anterior_cruciate_ligament_injury"] and not case.findings["medial_collateral_ligament_injury"]
    assert case.findings["medial_osteoarthritis"] and not case.findings["fracture"] and len(case.findings) == 12
    assert "no such folder" in skipped(done)[replicas.UIDS[1]]
    assert "without labels, not used: 1" in told and "the folder lacks: 1" in told


def test_a_conversion_that_was_stopped_goes_on(tmp_path, manifest):
    folder = replicas.mrnet(tmp_path / "downloaded")
    prepare_data_set("mrnet", folder, tmp_path / "out", manifest, report=lambda line: None)
    image = tmp_path / "out" / "images" / "train_0000" / "sagittal.nii.gz"
    before = image.stat().st_mtime_ns
    (tmp_path / "out" / "images" / "train_0001" / "axial.nii.gz").unlink()
    prepare_data_set("mrnet", folder, tmp_path / "out", manifest, report=lambda line: None)
    assert image.stat().st_mtime_ns == before and (tmp_path / "out" / "images" / "train_0001" / "axial.nii.gz").exists()


def test_without_h5py_it_is_said_how_to_get_it(tmp_path, manifest, monkeypatch):
    folder = replicas.fastmri_plus(tmp_path / "downloaded")
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(TrainingError, match="h5py") as caught:
        prepare_data_set("fastmri+", folder, tmp_path / "out", manifest, report=lambda line: None)
    assert "orthodiffusion[data]" in caught.value.remedy


def test_where_no_case_can_be_used_the_first_reason_is_told(tmp_path, manifest):
    folder = replicas.rsna_2026(tmp_path / "downloaded")
    shutil.rmtree(folder / "train_series" / replicas.UIDS[0])
    with pytest.raises(TrainingError, match="No case of RSNA 2026 .* no such folder"):
        prepare_data_set("rsna-2026", folder, tmp_path / "out", manifest, report=lambda line: None)


def test_the_command_reads_a_set_says_what_is_in_it_and_refuses_unknown_ones(tmp_path, capsys):
    folder, out = replicas.mrnet(tmp_path / "downloaded"), tmp_path / "out"
    assert main(["finetune", "--dataset", "mrnet", str(folder), "--check", "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "meniscal_tear: 4 with, 4 without" in told and "licence" in told
    with (out / "dataset" / "cases.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 8
    assert main(["finetune", "--dataset", "mrnot", str(folder), "--check", "--out", str(out)]) == 2
    assert "rsna-2026" in capsys.readouterr().err
    assert main(["finetune", "--dataset", "mrnet", str(folder), "--check"]) == 2
    assert main(["finetune", "--dataset", "mrnet", str(folder), "--recipe", "knee", "--out", str(out)]) == 2
    assert "--recipe cannot be combined with --dataset" in capsys.readouterr().err


@pytest.mark.long
def test_a_bundle_is_fine_tuned_on_it_and_names_the_set_as_its_source(tmp_path, untrained):  # noqa: F811
    folder, out = replicas.mrnet(tmp_path / "downloaded", exams=24), tmp_path / "out"
    words = ["--dataset", "mrnet", str(folder), "--from", str(untrained.folder), "--train", "diagnosis"]
    words += ["--steps", "1", "--device", "cpu"]
    assert main(["finetune", *words, "--out", str(out)]) == 0
    manifest = json.loads((out / "bundle" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["sources"][-1]["name"].startswith("MRNet: 26 cases")
    assert manifest["figures"]["cohort"]["name"] == "table mrnet, held-out patients"
    assert "train_0000" not in json.dumps(manifest)


def test_a_training_that_has_begun_keeps_its_table_whatever_is_asked_for_next(tmp_path, capsys):
    """What a bundle learns from must not change under it; a refusal writes nothing."""
    exams, others = replicas.mrnet(tmp_path / "downloaded"), replicas.knee_mri(tmp_path / "kneemri")
    out = tmp_path / "out"
    words = ["finetune", "--check", "--out", str(out), "--dataset"]
    assert main([*words, "mrnet", str(exams)]) == 0
    (out / "training").mkdir()
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert main([*words, "mrnet", str(exams)]) == 0, "the same once more goes on"
    assert main([*words, "kneemri", str(others)]) == 2
    assert "another run" in capsys.readouterr().err
    (exams / "train-acl.csv").write_text("0000,1\n", encoding="utf-8")
    assert main([*words, "mrnet", str(exams)]) == 2
    assert "begun with other cases" in capsys.readouterr().err
    assert before == {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    of_a_table = tmp_path / "table run"
    (of_a_table / "training").mkdir(parents=True)
    assert main(["finetune", "--check", "--out", str(of_a_table), "--dataset", "mrnet", str(exams)]) == 2
    assert [path.name for path in of_a_table.rglob("*")] == ["training"]
