"""An experiment can be stopped, resumed and trusted; its tables say how much of it is done."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.experiments.common.cell_result import (
    CellResult,
    ScoreTable,
    read_result,
    result_file,
    write_result,
)
from OrthoDiffusionLib.lab.experiments.common.experiment import Arm, Experiment
from OrthoDiffusionLib.lab.experiments.common.page import BEGIN, update_page
from OrthoDiffusionLib.lab.experiments.common.plot import write_plot
from OrthoDiffusionLib.lab.experiments.common.runner import finished_results, run_experiment
from OrthoDiffusionLib.lab.experiments.common.tables import tables_as_markdown

FRUIT = Experiment(
    "fruit",
    "Which fruit is sweeter",
    "Apples or pears?",
    (Arm("apple", "Apples", {"sugar": 1.0}), Arm("pear", "Pears", {"sugar": 3.0})),
    seeds=(0, 1),
)


def begin(path):
    path.write_text("begun", encoding="utf-8")


@dataclass(frozen=True)
class Tasting:
    """A stand-in for the work of a cell: quick, and it leaves a trace of every call."""

    out: Path
    settings: dict = field(default_factory=lambda: {"spoons": 2})
    fails_on: str = ""

    def preparations(self, cells, parts):
        return [[partial(begin, self.out / f"prepared-{part}") for part in range(parts)]]

    def run(self, cell, folder, report):
        with open(folder / "trace", "a") as trace:
            trace.write("run\n")
        if cell.name == self.fails_on:
            raise KeyboardInterrupt
        sugar = cell.arm.settings["sugar"] + 0.5 * cell.seed
        rows = {"sweetness": {"Anna": sugar, "Ben": sugar + 1}, "smell": {"Anna": 0.5}}
        return CellResult(cell.arm.name, cell.seed, self.settings, (ScoreTable("Taste", rows),))


def silent(line):
    pass


def run(out, **options):
    work = Tasting(out, **{key: options.pop(key) for key in ("settings", "fails_on") if key in options})
    run_experiment(FRUIT, work, out, report=options.pop("report", silent), **options)


def test_done_cells_are_not_run_again(tmp_path):
    run(tmp_path, only=["pear"])
    run(tmp_path)
    run(tmp_path)
    traces = {path.parent.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("cells/*/trace")}
    assert traces == dict.fromkeys(("apple-seed0", "apple-seed1", "pear-seed0", "pear-seed1"), "run\n")


def test_a_stopped_experiment_keeps_what_is_done_and_goes_on_with_the_rest(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, fails_on="apple-seed1")
    assert [(r.arm, r.seed) for r in finished_results(FRUIT, tmp_path)] == [("apple", 0), ("pear", 0)]
    said = []
    run(tmp_path, report=said.append)
    assert said[0] == "2 of 4 runs are finished"
    assert len(finished_results(FRUIT, tmp_path)) == 4
    assert (tmp_path / "cells/apple-seed0/trace").read_text(encoding="utf-8") == "run\n"


@pytest.mark.long
def test_cells_side_by_side_give_the_same_as_one_after_the_other(tmp_path):
    run(tmp_path / "one")
    run(tmp_path / "two", jobs=2)
    assert (tmp_path / "two/prepared-1").exists()
    one, two = (finished_results(FRUIT, tmp_path / name) for name in ("one", "two"))
    assert [r.tables for r in one] == [r.tables for r in two]


def test_an_unknown_arm_names_the_possible_ones(tmp_path):
    with pytest.raises(TrainingError, match="no arm 'plum'") as caught:
        run(tmp_path, only=["plum"])
    assert "apple, pear" in caught.value.remedy


def test_another_setting_in_the_same_folder_is_refused_and_named(tmp_path):
    run(tmp_path, only=["pear"])
    with pytest.raises(TrainingError, match="different settings: spoons") as caught:
        run(tmp_path, settings={"spoons": 3})
    assert "another output folder" in caught.value.remedy
    (tmp_path / "settings.json").write_text("{", encoding="utf-8")
    with pytest.raises(TrainingError, match="settings of the experiment in this folder cannot be read"):
        run(tmp_path)


def test_runs_of_different_settings_are_not_shown_in_one_table(tmp_path):
    run(tmp_path, only=["pear"])
    (tmp_path / "settings.json").unlink()
    run(tmp_path, only=["apple"], settings={"spoons": 3})
    with pytest.raises(TrainingError, match="made with different settings: spoons") as caught:
        finished_results(FRUIT, tmp_path)
    assert caught.value.where.endswith("pear-seed0")


def test_a_damaged_result_is_named_and_may_be_deleted(tmp_path):
    run(tmp_path)
    path = result_file(tmp_path / "cells/pear-seed1")
    path.write_text('{"schema_version": 1, "arm"', encoding="utf-8")
    with pytest.raises(TrainingError, match="cannot be read") as caught:
        finished_results(FRUIT, tmp_path)
    assert str(path) == caught.value.where
    path.unlink()
    run(tmp_path)
    assert len(finished_results(FRUIT, tmp_path)) == 4


def test_the_table_says_how_many_cells_are_done_and_holds_the_arms_against_the_first(tmp_path):
    run(tmp_path, only=["apple"])
    assert tables_as_markdown(FRUIT, finished_results(FRUIT, tmp_path)).startswith("2 of 4 runs finished.")
    run(tmp_path)
    text = tables_as_markdown(FRUIT, finished_results(FRUIT, tmp_path))
    assert text.startswith("4 of 4 runs finished.")
    # seeds are averaged study by study, studies by the mean; the interval of two studies is their range
    assert "| sweetness (n = 2) | 1.750 (1.250 to 2.250) | 3.750 (3.250 to 4.250) |" in text
    assert "| sweetness | +2.000 (+2.000 to +2.000) |" in text


def test_arms_are_held_against_each_other_on_the_seeds_that_both_have(tmp_path):
    """Seed 1 makes every fruit half a point sweeter; of the apples it was not run."""
    run(tmp_path)
    result_file(tmp_path / "cells/apple-seed1").unlink()
    text = tables_as_markdown(FRUIT, finished_results(FRUIT, tmp_path))
    assert text.startswith("3 of 4 runs finished.")
    assert "| sweetness | +2.000 (+2.000 to +2.000) |" in text


def test_a_table_of_nothing_says_so():
    assert tables_as_markdown(FRUIT, ()) == "0 of 4 runs finished."


def test_what_is_no_sample_gets_no_interval():
    tables = (ScoreTable("One exam", {"agreement": {"a": 0.2, "b": 0.4}}, interval=False),)
    text = tables_as_markdown(FRUIT, (CellResult("apple", 0, {}, tables),))
    assert "| agreement | 0.300 |" in text
    assert "bootstrap" not in text


def test_items_of_one_stored_shape_are_no_sample_of_many_and_the_table_says_so():
    rows = {"Dice": {f"study-{number}": 0.5 + 0.01 * number for number in range(8)}}
    plain = CellResult("apple", 0, {}, (ScoreTable("Outlines", rows),))
    shared = replace(plain, patients={f"study-{number}": "a map" for number in range(4)})
    of_one = replace(plain, patients=dict.fromkeys(rows["Dice"], "a map"))
    known, few, one = (tables_as_markdown(FRUIT, (result,)) for result in (plain, shared, of_one))
    assert known.endswith("(bootstrap over studies). They do not cover other random seeds.")
    assert "drawn together: 4 studies of 1 shape)" in few and "intervals may be too narrow" in few
    widths = [float(high) - float(low) for low, high in re.findall(r"\(([0-9.]+) to ([0-9.]+)\)", known + few)]
    assert widths[1] > 1.15 * widths[0]
    assert "| 0.535 |" in one  # without an interval


def test_a_result_keeps_who_its_items_are_of_and_older_files_do_without(tmp_path):
    result = CellResult("apple", 0, {}, (), patients={"study-1": "a map"})
    write_result(tmp_path, result)
    assert read_result(tmp_path).patients == {"study-1": "a map"}
    file = result_file(tmp_path)
    content = json.loads(file.read_text(encoding="utf-8"))
    del content["patients"]
    file.write_text(json.dumps(content), encoding="utf-8")
    assert read_result(tmp_path).patients == {}


def test_a_page_keeps_its_words_and_gets_new_tables(tmp_path):
    page = tmp_path / "fruit.md"
    update_page(page, FRUIT, "first tables")
    page.write_text(page.read_text(encoding="utf-8") + "\nPears, I say.\n", encoding="utf-8")
    update_page(page, FRUIT, "second tables")
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Which fruit is sweeter\n\nApples or pears?\n")
    assert "second tables" in text and "first tables" not in text
    assert text.endswith("\nPears, I say.\n")


def test_a_page_without_its_marks_is_left_alone(tmp_path):
    page = tmp_path / "fruit.md"
    page.write_text("My own words.", encoding="utf-8")
    with pytest.raises(Exception, match="markers for the tables are missing") as caught:
        update_page(page, FRUIT, "tables")
    assert BEGIN in caught.value.remedy
    assert page.read_text(encoding="utf-8") == "My own words."


def test_the_plot_is_drawn_of_what_is_there(tmp_path):
    run(tmp_path, only=["pear"])
    write_plot(tmp_path / "fruit.png", FRUIT, finished_results(FRUIT, tmp_path))
    assert (tmp_path / "fruit.png").read_bytes().startswith(b"\x89PNG")


def test_a_result_is_plain_json_with_its_settings(tmp_path):
    run(tmp_path, only=["pear"])
    content = json.loads(result_file(tmp_path / "cells/pear-seed0").read_text(encoding="utf-8"))
    assert content["settings"] == {"spoons": 2}
    assert content["facts"]["threads"] >= 1
