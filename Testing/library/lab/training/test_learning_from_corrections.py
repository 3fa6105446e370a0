"""The whole way: analyse, correct, export, `finetune --table`, without a change by hand; and the run in one piece."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from OrthoDiffusionLib.analysis.study_inputs import read_study
from OrthoDiffusionLib.anatomy import KNEE, Side
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.findings import Analysis, BundleRecord, Segmentation, StudyRecord
from OrthoDiffusionLib.lab.corrections.correction_table import FACTS_FILE, TABLE_FILE
from OrthoDiffusionLib.lab.corrections.export import export_case
from OrthoDiffusionLib.lab.corrections.results_case import case_of_results
from OrthoDiffusionLib.lab.training.tables.case_preparation import prepare_case, study_of
from OrthoDiffusionLib.lab.training.tables.case_table import read_case_table
from OrthoDiffusionLib.lab.training.tables.short_run import ShortRun, learn
from OrthoDiffusionLib.lab.training.tables.vocabulary import vocabulary_of
from OrthoDiffusionLib.progress import Cancelled, Progress
from OrthoDiffusionLib.volumes import Geometry, Volume, write_volume

pytestmark = pytest.mark.long

PATIENTS = 4
LABEL = {structure.name: structure.label for structure in KNEE.structures}
SHAPES = {"sagittal": (12, 40, 40), "axial": (12, 36, 36)}
AXES = {"sagittal": np.eye(3), "axial": np.eye(3)[:, [2, 0, 1]]}
SPACING = {"sagittal": (6.0, 2.0, 2.0), "axial": (6.0, 2.2, 2.2)}


def outlines(grid: Geometry, height: float) -> np.ndarray:
    """A femur above a tibia; the femur begins at some height, mm."""
    ijk = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    x, y, z = np.moveaxis(grid.to_ras(ijk), -1, 0)
    inside = (np.abs(x - 70) < 24) & (np.abs(y) < 24)
    labels = np.zeros(grid.shape, np.uint8)
    labels[inside & (z > height) & (z < 30)] = LABEL["femur"]
    labels[inside & (z < -2) & (z > -30)] = LABEL["tibia"]
    return labels


@pytest.fixture(scope="module")
def corrected(tmp_path_factory) -> Path:
    """Folders `studies` and `results` of some right knees; each result has a correction of the femur beside it."""
    home = tmp_path_factory.mktemp("corrected")
    grid = Geometry.from_box((40.0, -30.0, -36.0), (100.0, 30.0, 36.0), 2.0)
    for number in range(PATIENTS):
        name = f"knee-{number}"
        (home / "studies" / name).mkdir(parents=True)
        rng = np.random.default_rng(number)
        for plane, shape in SHAPES.items():
            geometry = Geometry.from_axes(
                shape, spacing_mm=SPACING[plane], directions=AXES[plane], centre_ras=(70.0, 0.0, 0.0)
            )
            picture = 40 * outlines(geometry, 2.0) + rng.normal(200, 8, shape)
            write_volume(Volume(picture.astype(np.int16), geometry), home / "studies" / name / f"{plane}.nii.gz")
        analysis = Analysis(
            StudyRecord("knee", Side.RIGHT, "tag", {plane: plane for plane in SHAPES}),
            BundleRecord("tiny", "0.0.1", "ab" * 32),
            (),
            Segmentation(Volume(outlines(grid, 8.0), grid), KNEE.structures),
        )
        analysis.save(home / "results" / name)
        write_volume(Volume(outlines(grid, 2.0), grid), home / "results" / name / "corrected.nii.gz")
    return home


@pytest.fixture(scope="module")
def table(corrected, tmp_path_factory) -> Path:
    """What the command exports of them."""
    out = tmp_path_factory.mktemp("exported") / "mine"
    command = ["corrections", "export", str(corrected / "results"), "--studies", str(corrected / "studies")]
    assert main([*command, "--to", str(out), "--reader", "A. Reader"]) == 0
    return out / TABLE_FILE


def test_the_command_says_how_far_a_correction_is_from_the_prediction(corrected, capsys):
    assert main(["corrections", "compare", str(corrected / "results" / "knee-0")]) == 0
    lines = {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines()[1:]}
    assert lines["femur"][0] == "yes" and float(lines["femur"][1]) < 0.95
    assert lines["tibia"][:4] == ["no", "1.000", "0.00", "0.00"]
    assert lines["patella"][:2] == ["no", "–"]


def test_finetune_reads_the_exported_table_as_it_is(table, untrained, capsys):
    assert main(["finetune", "--table", str(table), "--from", str(untrained.folder), "--train", "segmentation",
                 "--check"]) == 0  # fmt: skip
    assert f"cases {PATIENTS}, patients {PATIENTS}, with label maps {PATIENTS}\n  femur: outlined in {PATIENTS}" in (
        capsys.readouterr().out
    )


def test_what_the_network_is_taught_is_the_correction_in_its_place(table, untrained):
    vocabulary = vocabulary_of(untrained.manifest)
    case = read_case_table(table, vocabulary).cases[0]
    assert case.covered == ("femur",) and case.side is Side.RIGHT
    prepared = prepare_case(case, study_of(case, vocabulary), vocabulary, untrained.manifest)
    for view in prepared.views.values():
        femur = view.geometry.to_ras(np.argwhere(view.labels == LABEL["femur"]).astype(float))
        assert len(femur)
        slack = 0.6 * max(view.geometry.spacing_mm)
        assert femur[:, 2].min() == pytest.approx(2.0, abs=slack)  # as corrected, not 8 mm as predicted
        assert not (view.labels == LABEL["tibia"]).any()  # nobody looked at it: it is not taught as background either


def test_a_bundle_that_numbers_structures_otherwise_is_refused(table, untrained, tmp_path):
    facts = json.loads((table.parent / FACTS_FILE).read_text(encoding="utf-8"))
    other = tmp_path / "other"
    other.mkdir()
    facts["labels"]["femur"] = 44
    (other / FACTS_FILE).write_text(json.dumps(facts), encoding="utf-8")
    (other / TABLE_FILE).write_bytes(table.read_bytes())
    with pytest.raises(TrainingError, match="femur is 44 in the label maps and 1 here"):
        read_case_table(other / TABLE_FILE, vocabulary_of(untrained.manifest))


@pytest.fixture(scope="module")
def learned(table, untrained, tmp_path_factory):
    """A short run on the table, and the folder of bundles."""
    torch.manual_seed(1)
    kept = tmp_path_factory.mktemp("kept")
    steps: list[Progress] = []
    run = ShortRun(table, untrained, "mine", steps=6, device="cpu")
    return learn(run, keep_in=kept, progress=steps.append, log=lambda line: None), kept, steps


def test_a_bundle_comes_of_it_that_is_kept_whole_and_remembers_where_it_learned(learned, table):
    done, kept, steps = learned
    bundle = Bundle.open(done.bundle)
    assert done.bundle == kept / "mine-0.1.0" and bundle.manifest.name == "mine"
    record = bundle.manifest.training["finetuning"]
    assert record["table"]["name"] == "corrections" and record["table"]["cases"] == PATIENTS
    assert done.folder == table.parent / "runs" / "mine"
    assert {path.name for path in done.folder.iterdir()} >= {"bundle", "scores.json", "splits.csv", "training"}
    assert not (done.folder / "prepared").exists(), "it holds image data"
    assert list(table.parent.glob(".*unfinished")) == []
    assert "femur" in done.dice and list(done.dice_before) == list(done.dice) == ["femur"]
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions) and any("Step 6 of at most 6" in str(step.message) for step in steps)


def test_a_name_that_is_taken_is_refused_before_anything_is_computed(learned, table, untrained):
    _, kept, _ = learned
    with pytest.raises(TrainingError, match="already"):
        learn(ShortRun(table, untrained, "mine", steps=6, device="cpu"), keep_in=kept)


def test_a_run_that_is_stopped_in_the_middle_leaves_nothing(table, untrained, tmp_path):
    before = sorted(table.parent.rglob("*"))

    def stop(step: Progress) -> None:
        if str(step.message).startswith("Step 3"):
            raise Cancelled

    with pytest.raises(Cancelled):
        learn(ShortRun(table, untrained, "other", steps=6, device="cpu"), keep_in=tmp_path, progress=stop)
    assert sorted(table.parent.rglob("*")) == before and list(tmp_path.iterdir()) == []


def test_the_time_is_measured_and_counted_up(table, untrained, capsys):
    assert main(["corrections", "estimate", str(table), "--bundle", str(untrained.folder), "--steps", "600",
                 "--device", "cpu"]) == 0  # fmt: skip
    words = capsys.readouterr().out
    assert f"for the {PATIENTS} cases of this table" in words and "for 10 cases, with 600 steps on cpu" in words
    assert "Measured on this computer just now" in words


def test_a_second_export_after_more_corrections_is_what_is_learned_from(corrected, table, untrained, tmp_path):
    study = read_study([corrected / "studies" / "knee-1"], side=Side.RIGHT, joint=KNEE)
    case = case_of_results(corrected / "results" / "knee-1", study, reviewed=["tibia"])
    again = export_case(replace(case, name="knee-1"), table.parent)
    assert again.updated
    with table.open(encoding="utf-8") as file:
        rows = {row["case"]: row for row in csv.DictReader(file)}
    assert rows["knee-1"]["covers"] == "femur tibia" and rows["knee-0"]["covers"] == "femur"
    cases = {case.name: case for case in read_case_table(table, vocabulary_of(untrained.manifest)).cases}
    assert cases["knee-1"].covered == ("femur", "tibia")
