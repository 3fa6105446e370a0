"""Corrected cases as the table that `finetune --table` reads, without a change by hand."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.errors import OutputError, TrainingError
from OrthoDiffusionLib.findings.records import BundleRecord
from OrthoDiffusionLib.lab.corrections import correction_table
from OrthoDiffusionLib.lab.corrections.corrected_case import CorrectedCase, CorrectedStructure, structures_of_maps
from OrthoDiffusionLib.lab.corrections.correction_table import TABLE_FILE, put_row
from OrthoDiffusionLib.lab.corrections.export import export_case
from OrthoDiffusionLib.volumes import Geometry, Plane, Volume, read_volume

LABELS = {"femur": 1, "tibia": 2, "patella": 3}
GRID = Geometry.from_axes((24, 24, 24), spacing_mm=(1.0,) * 3, directions=np.eye(3), centre_ras=(60.0, 0.0, 10.0))
IMAGES = {
    Plane.SAGITTAL: ("LPS", (4.0, 0.8, 0.8), (9, 40, 40)),
    Plane.AXIAL: ("SRP", (4.0, 0.9, 0.9), (9, 36, 36)),
}  # fmt: skip


def image(plane: Plane, seed: int = 0) -> Volume:
    """A stack of thick slices around the prediction's grid, tilted a little."""
    angle = 0.1
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    axes = {Plane.SAGITTAL: np.eye(3)[:, [0, 1, 2]], Plane.AXIAL: np.eye(3)[:, [2, 0, 1]]}[plane]
    _, spacing, shape = IMAGES[plane]
    geometry = Geometry.from_axes(shape, spacing_mm=spacing, directions=turn @ axes, centre_ras=(60.0, 0.0, 10.0))
    values = np.random.default_rng(seed).integers(0, 500, shape).astype(np.int16)
    return Volume(values, geometry, name=f"{plane.value} series")


def maps() -> tuple[Volume, Volume]:
    """A prediction, and a correction that gives the femur four more slices and takes the patella away."""
    before = np.zeros(GRID.shape, np.uint8)
    before[4:20, 4:20, 12:18] = 1
    before[4:20, 4:20, 4:10] = 2
    before[8:14, 20:23, 10:14] = 3
    after = before.copy()
    after[4:20, 4:20, 18:22] = 1
    after[after == 3] = 0
    return Volume(before, GRID), Volume(after, GRID)


def corrected(name: str = "case-1", **changes) -> CorrectedCase:
    before, after = maps()
    case = CorrectedCase(
        name=name,
        patient="p1",
        joint="knee",
        side=Side.LEFT,
        volumes={plane: image(plane) for plane in IMAGES},
        structures=structures_of_maps(before, after, LABELS),
        grid=GRID,
        bundle=BundleRecord("orthodiffusion-knee", "0.2.1", "ab" * 32),
        predicted="2026-01-02T03:04:05+00:00",
        reader="A. Reader",
    )
    return replace(case, **changes)


def rows_of(folder: Path) -> list[dict]:
    with (folder / TABLE_FILE).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def provenance(folder: Path, name: str = "case-1", number: int = 1) -> dict:
    return json.loads((folder / name / str(number) / "correction.json").read_text(encoding="utf-8"))


def test_what_was_edited_is_named_and_what_nobody_looked_at_does_not_teach(tmp_path):
    done = export_case(corrected(), tmp_path)
    assert done.edited == done.covered == ("femur", "patella")
    assert not done.updated
    (row,) = rows_of(tmp_path)
    assert row["covers"] == "femur patella"
    assert (row["case"], row["patient"], row["side"], row["joint"]) == ("case-1", "p1", "left", "knee")


def test_a_structure_that_was_marked_as_right_teaches_though_no_voxel_is_another(tmp_path):
    case = corrected()
    structures = tuple(replace(s, reviewed=s.name == "tibia") for s in case.structures)
    assert export_case(replace(case, structures=structures), tmp_path).covered == ("femur", "tibia", "patella")


def test_each_label_map_lies_on_the_grid_of_its_image_and_the_correction_in_its_place(tmp_path):
    export_case(corrected(), tmp_path)
    (row,) = rows_of(tmp_path)
    for plane in IMAGES:
        stored, labels = read_volume(tmp_path / row[plane.value]), read_volume(tmp_path / row[f"{plane.value}_labels"])
        assert labels.geometry.is_same_grid(stored.geometry)
        assert stored.geometry.is_same_grid(image(plane).geometry, 1e-3)
        np.testing.assert_array_equal(stored.array, image(plane).array)
        places = labels.geometry.to_ras(np.argwhere(labels.array == 1).astype(float))
        assert places[:, 2].max() > 16.0  # what was drawn on top of the femur, 16 to 20 mm
        assert not (labels.array == 3).any()
    assert not row["coronal"] and not row["coronal_labels"]


def test_beyond_the_predictions_grid_nothing_is_known_rather_than_nothing_is_there(tmp_path):
    export_case(corrected(), tmp_path)
    labels = read_volume(tmp_path / rows_of(tmp_path)[0]["sagittal_labels"])
    outside = labels.geometry.to_ras(np.argwhere(labels.array == 255).astype(float))
    assert len(outside)
    assert (np.abs(outside - GRID.centre_ras).max(axis=1) > 11.9).all()


def test_before_and_after_are_kept_voxel_for_voxel_with_who_and_when_and_which_bundle(tmp_path):
    export_case(corrected(), tmp_path)
    home = tmp_path / "case-1" / "1"
    for word, expected in zip(("before", "after"), maps(), strict=True):
        np.testing.assert_array_equal(read_volume(home / f"{word}.nii.gz").array, expected.array)
    facts = provenance(tmp_path)
    assert facts["bundle"] == {"name": "orthodiffusion-knee", "version": "0.2.1", "sha256": "ab" * 32}
    assert (facts["reader"], facts["predicted"]) == ("A. Reader", "2026-01-02T03:04:05+00:00")
    assert facts["structures"]["femur"]["after_ml"] > facts["structures"]["femur"]["before_ml"]
    assert facts["structures"]["patella"]["dice"] == 0.0
    assert facts["structures"]["tibia"]["dice"] == 1.0


def test_a_second_export_brings_the_case_up_to_date_and_loses_nothing(tmp_path):
    export_case(corrected(), tmp_path)
    export_case(corrected("case-2", patient="p2"), tmp_path)
    rows = rows_of(tmp_path)
    rows[0] |= {"split": "test", "joint_effusion": "1"}  # what a person added in a spreadsheet
    with (tmp_path / TABLE_FILE).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys(), restval="", delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    before, _ = maps()
    case = replace(corrected(), structures=structures_of_maps(before, before, LABELS, reviewed=["tibia"]))
    done = export_case(case, tmp_path)
    assert done.updated and done.number == 2
    first, second = rows_of(tmp_path)
    assert (first["covers"], first["split"], first["joint_effusion"]) == ("tibia", "test", "1")
    assert first["sagittal_labels"].startswith("case-1/2/")
    assert second["case"] == "case-2"
    assert provenance(tmp_path, number=1)["edited"] == ["femur", "patella"]  # the first export is still there
    assert len(list((tmp_path / "case-1").glob("images-*"))) == 1  # and its images, once


def test_a_3d_volume_that_serves_three_planes_is_written_once(tmp_path):
    volume = image(Plane.SAGITTAL)
    export_case(corrected(volumes=dict.fromkeys(Plane, volume)), tmp_path)
    (row,) = rows_of(tmp_path)
    assert [plane.value for plane in Plane if row[plane.value]] == ["sagittal"]


def test_where_outlines_overlap_the_edited_one_lies_on_top(tmp_path):
    case = corrected()
    femur, tibia, patella = case.structures
    drawn = np.zeros(GRID.shape, np.uint8)
    drawn[4:20, 4:20, 12:20] = 1  # a patella over the femur
    untouched = replace(femur, after=femur.before)
    case = replace(case, structures=(replace(patella, after=Volume(drawn, GRID)), tibia, untouched))
    assert case.after().array[10, 10, 14] == 3


def test_nothing_is_exported_of_a_case_that_nobody_looked_at(tmp_path):
    before, _ = maps()
    case = corrected(structures=structures_of_maps(before, before, LABELS))
    with pytest.raises(TrainingError, match="nothing to learn from") as refused:
        export_case(case, tmp_path / "out")
    assert "‘Completed’" in refused.value.remedy and "--reviewed" in refused.value.remedy  # panel and command line
    assert not (tmp_path / "out").exists()


def test_cases_of_another_numbering_do_not_come_into_the_same_table(tmp_path):
    export_case(corrected(), tmp_path)
    other = corrected("case-2")
    renumbered = tuple(CorrectedStructure(s.name, 10 + s.label, s.before, s.after) for s in other.structures)
    with pytest.raises(TrainingError, match="other label values"):
        export_case(replace(other, structures=renumbered), tmp_path)
    assert [row["case"] for row in rows_of(tmp_path)] == ["case-1"]


def test_an_export_that_breaks_off_leaves_the_table_and_the_earlier_export_as_they_were(tmp_path, monkeypatch):
    export_case(corrected(), tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def full(*_):
        raise OutputError("The disk is full")

    monkeypatch.setattr(correction_table, "write_text", full)
    with pytest.raises(OutputError):
        export_case(corrected(), tmp_path)
    monkeypatch.undo()
    rows = {path: path.read_bytes() for path in before}
    assert rows == before
    assert export_case(corrected(), tmp_path).updated  # and no lock stays


def test_two_exports_at_once_do_not_lose_a_case(tmp_path):
    with correction_table.locked(tmp_path), pytest.raises(OutputError, match="Another export"):
        export_case(corrected(), tmp_path)


@pytest.mark.parametrize("name", ["", "../other", "a b", "Müller"])
def test_a_name_that_is_no_folders_name_is_refused(name):
    with pytest.raises(TrainingError, match="cannot be named"):
        corrected(name)


def test_a_file_that_is_no_table_of_cases_is_not_overwritten(tmp_path):
    (tmp_path / TABLE_FILE).write_text("name,value\nx,1\n", encoding="utf-8")
    with pytest.raises(TrainingError, match="no table of cases"):
        put_row(tmp_path / TABLE_FILE, {"case": "case-1"})
    assert (tmp_path / TABLE_FILE).read_text(encoding="utf-8") == "name,value\nx,1\n"
