"""Finished cases of a worklist become cases to learn from; unfinished ones do not."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import KNEE, Side
from OrthoDiffusionLib.annotation.case import Case, CaseState, ReaderWork
from OrthoDiffusionLib.annotation.case_folder import CaseFolder
from OrthoDiffusionLib.annotation.label_layers import CREATED_TAG, STRUCTURE_TAG, LabelLayers, SegmentRecord
from OrthoDiffusionLib.annotation.layers_file import read_layers, write_layers
from OrthoDiffusionLib.annotation.merging import merged
from OrthoDiffusionLib.annotation.worklist import Worklist
from OrthoDiffusionLib.annotation.worklist_file import write_worklist
from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.findings import Analysis, BundleRecord, Segmentation, StudyRecord
from OrthoDiffusionLib.lab.commands.corrections import _show_export
from OrthoDiffusionLib.lab.corrections.results_case import case_of_results
from OrthoDiffusionLib.lab.corrections.worklist_cases import cases_of_worklist, structures_of_layers
from OrthoDiffusionLib.volumes import Geometry, Plane, Study, Volume, read_volume, write_volume

GRID = Geometry.from_axes((20, 20, 20), spacing_mm=(1.0,) * 3, directions=np.eye(3), centre_ras=(60.0, 0.0, 0.0))
MADE = "2026-03-01T10:00:00+01:00"
IMAGE = Geometry.from_axes((8, 30, 30), spacing_mm=(4.0, 1.0, 1.0), directions=np.eye(3), centre_ras=(60.0, 0.0, 0.0))


def image() -> Volume:
    return Volume(np.random.default_rng(0).integers(0, 400, IMAGE.shape).astype(np.int16), IMAGE, name="sagittal")


def predicted() -> np.ndarray:
    labels = np.zeros(GRID.shape, np.uint8)
    labels[4:16, 4:16, 10:16] = 1
    labels[4:16, 4:16, 4:8] = 2
    return labels


def analysis() -> Analysis:
    return Analysis(
        StudyRecord("knee", Side.RIGHT, "tag", {"sagittal": "sagittal"}), BundleRecord("tiny", "0.0.1", "ab" * 32), (),
        Segmentation(Volume(predicted(), GRID), KNEE.structures), created=MADE,
    )  # fmt: skip


def drawn(low: int = 8, status: str = "inprogress") -> LabelLayers:
    """The femur grown down; the tibia untouched; a patella drawn under its own name, in a layer of its own."""
    first = predicted()
    first[4:16, 4:16, low:10] = 1
    second = np.zeros(GRID.shape, np.uint8)
    second[8:12, 16:19, 10:14] = 1
    return LabelLayers(
        (first, second),
        GRID,
        (
            SegmentRecord("femur", "Femur", (1, 0, 0), 0, 1, {STRUCTURE_TAG: "femur", "Segmentation.Status": status}),
            SegmentRecord("tibia", "Tibia", (0, 1, 0), 0, 2, {STRUCTURE_TAG: "tibia", CREATED_TAG: MADE}),
            SegmentRecord("Segment_1", "Patella", (0, 0, 1), 1, 1),
        ),
    )


def worklist(home: Path, **cases: dict[str, CaseState]) -> Path:
    """A worklist; case -> reader -> state. Each reader has left one version."""
    made = []
    for name, readers in cases.items():
        folder = CaseFolder(home, name)
        (home / "images" / name).mkdir(parents=True)
        write_volume(image(), home / "images" / name / "sagittal.nii.gz")
        analysis().save(folder.analysis)
        for number, reader in enumerate(readers):
            write_layers(drawn(8 - number), folder.next_version(reader) / "segmentation.seg.nrrd")
        work = {reader: ReaderWork(state) for reader, state in readers.items()}
        made.append(Case(name, (f"images/{name}",), readers=work))
    path = home / "worklist.json"
    write_worklist(Worklist(made), path)
    return path


def test_one_edited_structure_is_one_structure(capsys):
    case = {"case": "p1", "updated": False, "edited": ["patella"], "covered": ["patella"]}
    _show_export({**case, "table": "corrections.csv"})
    assert "p1 added: 1 structure edited, 1 used for training" in capsys.readouterr().out


DONE, OPEN = CaseState.COMPLETED, CaseState.IN_PROGRESS


def test_a_completed_case_teaches_all_of_its_outlines_and_an_open_one_nothing(tmp_path, capsys):
    path = worklist(tmp_path / "list", done={"Ann": DONE}, open={"Ann": OPEN}, untouched={})
    assert main(["corrections", "export", "--worklist", str(path), "--to", str(tmp_path / "out")]) == 0
    assert "done added: 2 structures edited, 18 used for training" in capsys.readouterr().out
    with (tmp_path / "out" / "corrections.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["case"], row["side"]) == ("done", "right")
    labels = read_volume(tmp_path / "out" / row["sagittal_labels"])
    assert labels.geometry.is_same_grid(IMAGE)
    femur = IMAGE.to_ras(np.argwhere(labels.array == 1).astype(float))
    assert femur[:, 2].min() == pytest.approx(-1.5, abs=0.6)
    assert (labels.array == 3).any()


def partial(**tags: str) -> LabelLayers:
    """A patella alone."""
    array = np.zeros(GRID.shape, np.uint8)
    array[8:12, 16:19, 10:14] = 3
    return LabelLayers((array,), GRID, (SegmentRecord("patella", "Patella", (0, 0, 1), 0, 3, {**tags}),))


def test_a_case_that_began_with_a_label_map_of_one_structure_teaches_that_one_alone(tmp_path):
    path = worklist(tmp_path, one={"Ann": DONE})
    write_layers(partial(), CaseFolder(tmp_path, "one").next_version("Ann") / "segmentation.seg.nrrd")
    ((_, case),) = cases_of_worklist(path)
    assert case.edited == case.vouched == ("patella",)
    assert (case.after().array == 1).sum() == (predicted() == 1).sum(), "as it was predicted"
    assert {s.name: s.reviewed for s in case.structures}["femur"] is False


def test_what_was_deleted_of_predicted_outlines_teaches_that_nothing_is_there(tmp_path):
    path = worklist(tmp_path, one={"Ann": DONE})
    version = CaseFolder(tmp_path, "one").next_version("Ann")
    write_layers(partial(**{CREATED_TAG: MADE}), version / "segmentation.seg.nrrd")
    ((_, case),) = cases_of_worklist(path)
    assert case.edited == ("femur", "tibia", "patella") and len(case.vouched) == 18


def test_what_is_missing_beside_a_prediction_without_a_date_does_not_pass_for_deleted(tmp_path):
    layers = partial(**{CREATED_TAG: ""})  # of a batch: of this one or of another, nobody knows
    made = structures_of_layers(replace(analysis(), created=""), layers)
    assert {one.name for one in made if one.vouched} == {"patella"}


def test_a_partial_file_beside_the_results_teaches_what_is_in_it_even_if_all_is_said_to_be_right(tmp_path):
    results = analysis().save(tmp_path / "knee-1")
    write_layers(partial(), results / "corrected.seg.nrrd")
    study = Study.from_volumes([image()], forced={Plane.SAGITTAL: "sagittal"}, side=Side.RIGHT, joint="knee")
    assert case_of_results(results, study, reviewed=[s.name for s in KNEE.structures]).vouched == ("patella",)


def test_a_predicted_outline_in_a_final_version_does_not_make_the_rest_of_it_deleted(tmp_path):
    path = worklist(tmp_path, one={"Ann": DONE})
    final = merged(partial(), {"femur": drawn(), "tibia": drawn()})
    write_layers(final, CaseFolder(tmp_path, "one").next_final() / "segmentation.seg.nrrd")
    ((_, case),) = cases_of_worklist(path)
    assert case.vouched == ("femur", "tibia", "patella")


def test_the_segmentation_of_a_results_folder_says_of_which_prediction_it_is(tmp_path):
    results = analysis().save(tmp_path / "knee-1")
    layers = read_layers(results / "segmentation.seg.nrrd")
    assert {segment.tags[CREATED_TAG] for segment in layers.segments} == {MADE}


def test_two_readers_are_not_mixed(tmp_path):
    path = worklist(tmp_path, both={"Ann": DONE, "Ben": DONE})
    ((_, error),) = cases_of_worklist(path)
    assert isinstance(error, OrthoDiffusionError) and "2 readers have completed the case: Ann, Ben" in str(error)
    ((_, case),) = cases_of_worklist(path, reader="Ben")
    assert case.reader == "Ben" and case.structures[0].change.added_ml == pytest.approx(12 * 12 * 3 / 1000)


def test_the_final_version_counts(tmp_path):
    path = worklist(tmp_path, both={"Ann": DONE, "Ben": OPEN})
    write_layers(drawn(5), CaseFolder(tmp_path, "both").next_final() / "segmentation.seg.nrrd")
    ((_, case),) = cases_of_worklist(path)
    assert case.structures[0].change.added_ml == pytest.approx(12 * 12 * 5 / 1000)


def test_a_case_without_a_prediction_is_named_and_the_others_go_on(tmp_path):
    path = worklist(tmp_path, one={"Ann": DONE}, two={"Ann": DONE})
    (CaseFolder(tmp_path, "one").analysis / "findings.json").unlink()
    found = dict(cases_of_worklist(path))
    assert "was not analyzed" in str(found["one"]) and found["two"].edited == ("femur", "patella")


def test_slicers_own_segmentation_file_beside_the_results_is_read_by_its_names(tmp_path):
    results = analysis().save(tmp_path / "knee-1")
    write_layers(drawn(status="completed"), results / "corrected.seg.nrrd")
    study = Study.from_volumes([image()], forced={Plane.SAGITTAL: "sagittal"}, side=Side.RIGHT, joint="knee")
    case = case_of_results(results, study)
    assert case.edited == ("femur", "patella") and case.vouched == ("femur", "patella")
    assert case.patient == case.name == "knee-1"
    assert next(s for s in case.structures if s.name == "femur").reviewed


def test_the_side_that_a_person_gives_is_exported_and_not_the_one_that_was_analysed(tmp_path):
    """Outlines are corrected because the side was wrong; a table with the wrong side would mirror them again."""
    results = analysis().save(tmp_path / "out" / "knee-1")
    write_layers(drawn(status="completed"), results / "corrected.seg.nrrd")
    (tmp_path / "images").mkdir()
    write_volume(image(), tmp_path / "images" / "sagittal.nii.gz")
    export = [
        "corrections",
        "export",
        str(results),
        "--studies",
        str(tmp_path / "images"),
        "--to",
        str(tmp_path / "to"),
    ]
    sides = []
    for said in ([], ["--side", "left"]):
        assert main([*export, *said]) == 0
        with (tmp_path / "to" / "corrections.csv").open(encoding="utf-8") as file:
            sides += [row["side"] for row in csv.DictReader(file)]
    assert sides == ["right", "left"]


def test_a_label_map_of_another_program_under_the_name_of_slicers_files_is_read_by_its_values(tmp_path):
    """SimpleITK and pynrrd write labels alone, which Slicer opens as well; the corrections were left out unsaid."""
    results = analysis().save(tmp_path / "knee-1")
    corrected = predicted()
    corrected[4:16, 4:16, 8:10] = 1
    write_volume(Volume(corrected, GRID), tmp_path / "corrected.nrrd")
    (tmp_path / "corrected.nrrd").rename(results / "corrected.seg.nrrd")
    study = Study.from_volumes([image()], forced={Plane.SAGITTAL: "sagittal"}, side=Side.RIGHT, joint="knee")
    case = case_of_results(results, study)
    assert case.edited == ("femur",)
    assert case.structures[0].change.added_ml == pytest.approx(12 * 12 * 2 / 1000)


@pytest.mark.parametrize("off_mm", [70.0, 9000.0])
def test_a_corrected_map_that_lost_its_place_in_the_patient_is_refused_and_teaches_nothing(tmp_path, off_mm):
    """Converters drop the origin; each structure would be wiped out here, and drawn anew where nothing is."""
    results = analysis().save(tmp_path / "knee-1")
    affine = GRID.affine.copy()
    affine[0, 3] += off_mm
    write_volume(Volume(predicted(), Geometry(GRID.shape, affine)), results / "corrected.nii.gz")
    study = Study.from_volumes([image()], forced={Plane.SAGITTAL: "sagittal"}, side=Side.RIGHT, joint="knee")
    with pytest.raises(OrthoDiffusionError, match="does not lie where the prediction lies") as caught:
        case_of_results(results, study)
    assert caught.value.where == str(results / "corrected.nii.gz") and "place" in caught.value.remedy
    assert main(["corrections", "compare", str(results)]) == 2
