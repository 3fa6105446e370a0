"""Finished runs travel in one small text file, and another machine goes on with them and with nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from OrthoDiffusionLib.cli.main import BAD_INPUT, main
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.experiments.catalogue import (
    Options,
    PreparedExperiment,
    export_runs,
    import_runs,
    prepared_experiment,
)
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult, ScoreTable, result_file, write_result
from OrthoDiffusionLib.lab.experiments.common.experiment import Arm, Experiment
from OrthoDiffusionLib.lab.experiments.common.runner import finished_results
from OrthoDiffusionLib.lab.experiments.common.tables import tables_as_markdown
from OrthoDiffusionLib.lab.experiments.fixed_images.prepared_fixed import FixedOptions
from OrthoDiffusionLib.lab.experiments.fixed_images.rate_tuning import (
    CANDIDATES,
    Tried,
    chosen_rates,
    tuning_folder,
    write_tried,
)
from OrthoDiffusionLib.lab.experiments.labels.label_efficiency import prepared_labels

FACTS = {
    "steps": 120, "reached_budget": False, "training_cpu_seconds": 600.0, "pretraining_cpu_seconds": 0.0,
    "rates": {}, "labelled": 2, "validated": 1,
}  # fmt: skip
FRUIT = Experiment(
    "fruit", "Sweetness", "Apples or pears?", (Arm("apple", "Apples"), Arm("pear", "Pears")), seeds=(0, 1)
)


@dataclass
class Tasting:
    """Work that counts its cells."""

    settings: dict = field(default_factory=lambda: {"spoons": 2, "share": 0.1})
    done: list[str] = field(default_factory=list)

    def preparations(self, cells, parts):
        return []

    def run(self, cell, folder, report):
        self.done.append(cell.name)
        rows = {"sweet": {"Anna": 0.1 + cell.seed, "Ben": 1 / 3}, "smell": {"Anna": 0.5}}
        tables = (ScoreTable("Taste", rows), ScoreTable("Truth", {"ripe": {"Ben": 1.0}}, interval=False))
        return CellResult(cell.arm.name, cell.seed, self.settings, tables, {"parts": 3}, {"Ben": "a family"})


def prepared(out: Path, **settings) -> PreparedExperiment:
    work = Tasting()
    work.settings |= settings
    return PreparedExperiment(FRUIT, work, out)


@pytest.fixture
def half(tmp_path):
    """One arm of two, finished."""
    ready = prepared(tmp_path / "first")
    ready.run(only=["apple"])
    return ready


def test_another_machine_goes_on_where_the_first_one_ended(half, tmp_path):
    assert export_runs(half, tmp_path / "runs.jsonl") == 2
    lines = (tmp_path / "runs.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3 and max(map(len, lines)) < 500
    other = prepared(tmp_path / "second")
    assert import_runs(other, tmp_path / "runs.jsonl") == 2
    assert finished_results(FRUIT, other.out) == finished_results(FRUIT, half.out)
    other.run()
    assert other.work.done == ["pear-seed0", "pear-seed1"]
    half.run()
    here, there = (finished_results(FRUIT, ready.out) for ready in (half, other))
    assert tables_as_markdown(FRUIT, here) == tables_as_markdown(FRUIT, there)


def test_what_is_finished_stays_and_is_not_counted(half, tmp_path):
    export_runs(half, tmp_path / "runs.jsonl")
    other = prepared(tmp_path / "second")
    other.run(only=["apple"])
    before = [path.read_bytes() for path in sorted(other.out.rglob("result.json"))]
    assert import_runs(other, tmp_path / "runs.jsonl") == 0
    assert [path.read_bytes() for path in sorted(other.out.rglob("result.json"))] == before


def test_runs_of_other_settings_are_refused_by_name_and_leave_nothing(half, tmp_path):
    export_runs(half, tmp_path / "runs.jsonl")
    other = prepared(tmp_path / "second", spoons=3)
    with pytest.raises(TrainingError, match="different settings: spoons"):
        import_runs(other, tmp_path / "runs.jsonl")
    assert not other.out.exists()
    begun = prepared(tmp_path / "third", spoons=3)
    begun.run(only=["pear"])
    with pytest.raises(TrainingError, match="different settings: spoons"):
        import_runs(replace(begun, work=Tasting()), tmp_path / "runs.jsonl")


def change(path, old, new):
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"fruit"', '"bread"', "experiment 'bread'"),
        ('"schema_version":1', '"schema_version":9', "version 9"),
        ('"apple"', '"plum"', "no run of the arm 'plum'"),
        ('"seed":1', '"seed":7', "seed 7"),
        ('"tables"', '"chairs"', "cannot be read"),
        ("[0.5,null]", "[0.5]", "cannot be read"),
        ('"spoons":2', '"spoons"', "cannot be read"),
    ],
)
def test_a_file_that_does_not_belong_here_or_is_damaged_says_so(half, tmp_path, old, new, words):
    path = tmp_path / "runs.jsonl"
    export_runs(half, path)
    change(path, old, new)
    with pytest.raises(TrainingError, match=words):
        import_runs(prepared(tmp_path / "second"), path)
    assert not (tmp_path / "second").exists()


def test_a_file_that_was_cut_off_is_refused_and_nothing_is_exported_of_nothing(half, tmp_path):
    path = tmp_path / "runs.jsonl"
    export_runs(half, path)
    path.write_text(path.read_text(encoding="utf-8")[:-40], encoding="utf-8")
    with pytest.raises(TrainingError, match="cut off|cannot be read"):
        import_runs(prepared(tmp_path / "second"), path)
    with pytest.raises(TrainingError, match="No run is finished"):
        export_runs(prepared(tmp_path / "third"), path)


def labels_in(folder: Path):
    return prepared_labels(folder, FixedOptions(studies=20, evaluated=4))


def test_tuned_rates_travel_with_the_runs_so_that_both_machines_learn_alike(tmp_path):
    first, second = labels_in(tmp_path / "first"), labels_in(tmp_path / "second")
    for number, rates in enumerate(CANDIDATES["scratch"]):
        write_tried(tuning_folder(first.out, "scratch", number), Tried("scratch", rates, 1.0 - 0.1 * number, 40, 80))
    result = CellResult("scratch-10", 0, first.work.settings, (ScoreTable("Dice", {"Femur": {"seen-000-a": 0.5}}),))
    write_result(first.out / "cells" / "scratch-10-seed0", result)
    export_runs(first, tmp_path / "labels.jsonl")
    assert import_runs(second, tmp_path / "labels.jsonl") == 1
    assert chosen_rates(second.out, "scratch") == chosen_rates(first.out, "scratch") == CANDIDATES["scratch"][-1]
    assert finished_results(second.experiment, second.out) == (result,)


def test_a_run_of_the_short_form_takes_a_few_thousand_characters(tmp_path):
    """Eighty evaluation studies, eleven structures, eight findings."""
    ready = labels_in(tmp_path / "first")
    studies = [f"{('seen', 'unseen')[n % 2]}-{n:03d}-clinic_15t_a" for n in range(80)]
    dice = {
        f"Structure number {k}": {s: round(0.123456 + n / 100, 5) for n, s in enumerate(studies)} for k in range(11)
    }
    logits = {f"Finding number {k}": {s: round(-1.23456 + n / 30, 5) for n, s in enumerate(studies)} for k in range(8)}
    truth = {name: dict.fromkeys(row, 1.0) for name, row in logits.items()}
    tables = (ScoreTable("Dice", dice), ScoreTable("Logits", logits), ScoreTable("Truth", truth))
    folder = ready.out / "cells" / "scratch-10-seed0"
    write_result(folder, CellResult("scratch-10", 0, ready.work.settings, tables))
    export_runs(ready, tmp_path / "labels.jsonl")
    cell = (tmp_path / "labels.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    assert json.loads(cell)["cell"]["arm"] == "scratch-10"
    assert len(cell) < 24_000 < 0.3 * result_file(folder).stat().st_size


def test_the_command_exports_and_imports(tmp_path, capsys):
    ready = labels_in(tmp_path / "out")
    rows = {"Femur": {"seen-000-a": 0.5, "unseen-001-a": 0.6}}
    result = CellResult("scratch-10", 0, ready.work.settings, (ScoreTable("Dice", rows),), FACTS)
    write_result(ready.out / "cells" / "scratch-10-seed0", result)
    asked = ["experiment", "labels", "--studies", "20", "--evaluated", "4", "--results-only"]
    file = str(tmp_path / "runs.jsonl")
    assert main([*asked, "--out", str(ready.out), "--export", file]) == 0
    assert f"Runs written to {file}: 1" in capsys.readouterr().err
    assert main([*asked, "--out", str(tmp_path / "new"), "--import", file]) == 0
    assert f"Runs taken over from {file}: 1" in capsys.readouterr().err
    assert main([*asked[:-2], "5", "--results-only", "--out", str(tmp_path / "other"), "--import", file]) == BAD_INPUT
    assert "evaluated" in capsys.readouterr().err
    with pytest.raises(TrainingError, match="no runs to export"):
        export_runs(prepared_experiment("centres", Options(tmp_path)), tmp_path / "x")
