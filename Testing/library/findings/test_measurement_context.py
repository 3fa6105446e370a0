"""A reader's number beside the model's, the accuracy on phantoms, and what was imaged: kept in findings.json."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from OrthoDiffusionLib.findings import Accuracy, FieldOfView, Measurement, ReaderValue, ResultsRecord
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.messages.languages import language_of
from OrthoDiffusionLib.reports.html_report import html_report
from OrthoDiffusionLib.reports.report import report_of
from OrthoDiffusionLib.reports.report_text import report_text
from OrthoDiffusionLib.volumes import Geometry

TT_TG = Measurement("tt_tg_distance", 9.8, "mm", range=(2.0, 17.0), points_ras=((0, 0, 0), (1, 2, 3)))
MOVED = ReaderValue(18.0, "points", ((0.0, 0.0, 0.0), (9.0, 2.0, 3.0)), "2026-01-02T03:04:05+00:00")


def text(analysis, measurement):
    return report_text(report_of(replace(analysis, measurements=(measurement,)).record))


def test_the_readers_number_rules_and_the_models_is_kept():
    both = replace(TT_TG, reader=MOVED)
    assert (both.value, both.ruling_value, both.ruling_points) == (9.8, 18.0, MOVED.points_ras)
    assert Measurement.from_dict(both.as_dict()) == both
    assert (TT_TG.ruling_value, "reader" in TT_TG.as_dict()) == (9.8, False)


def test_corrected_outlines_may_give_no_number_and_say_why():
    gone = ReaderValue(None, "outlines", note=Message("not_measured", "not_found", {"structure": "patella"}))
    both = replace(TT_TG, reader=gone)
    assert both.ruling_value is None and "patella" in both.ruling_note.text
    assert Measurement.from_dict(both.as_dict()) == both


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": None, "basis": "points"},
        {"value": float("nan"), "basis": "points"},
        {"value": 1.0, "basis": "guess"},
        {"value": 1.0, "basis": "points", "points_ras": ((1.0, 2.0),)},
    ],
)
def test_a_readers_number_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError):
        ReaderValue(**wrong)


def test_the_report_says_the_readers_number_the_models_and_how_it_came(analysis):
    moved = text(analysis, replace(TT_TG, reader=MOVED))
    assert "TT-TG distance 18.0 mm, above the usual 2.0 to 17.0 mm." in moved
    assert "The reader moved points of it; the model's value was 9.8 mm." in moved
    assert "Outside the usual range: TT-TG distance 18.0 mm." in moved
    again = text(analysis, replace(TT_TG, reader=replace(MOVED, basis="outlines")))
    assert "Measured again after outlines were corrected; the model's value was 9.8 mm." in again
    assert "1 measurement is of corrected outlines, and marked so." in again
    told = replace(analysis, measurements=(replace(TT_TG, reader=replace(MOVED, basis="outlines")),)).as_dict()
    edited = ResultsRecord.from_dict({**told, "outlines_corrected": True})
    assert "Outlines were changed after the last measurement" in report_text(report_of(edited))
    assert "Nach der letzten Messung wurden Konturen geändert" in report_text(report_of(edited), language_of("de"))
    assert "Outlines were changed" not in again
    without = text(analysis, Measurement("tt_tg_distance", None, "mm", note="No tendon.", reader=MOVED))
    assert "The reader moved points of it; the model gave no value." in without
    page = html_report(replace(analysis, measurements=(replace(TT_TG, reader=MOVED),)).record)
    assert "18.0 mm (points moved by the reader; model: 9.8 mm)" in page


def test_the_report_names_the_measurements_that_miss_their_aim_but_not_those_a_reader_set(analysis):
    missed = replace(TT_TG, accuracy=Accuracy(2.14, 1.5, "mm", 60, "knee-frozen"))
    said = "farther off than aimed at, as a median: TT-TG distance by 2.14 mm (aim 1.50 mm)."
    assert said in text(analysis, missed)
    assert said not in text(analysis, replace(missed, reader=MOVED))
    assert said not in text(analysis, replace(TT_TG, accuracy=Accuracy(1.2, 1.5, "mm", 60)))
    assert Measurement.from_dict(missed.as_dict()) == missed


def test_the_accuracy_is_read_from_the_figures_of_a_bundle():
    figures = {
        "cohort": {"name": "knee-frozen"},
        "measurements": {
            "tt_tg_distance": {"median_abs_error_predicted": 2.0, "aim": 1.5, "unit": "mm", "n": 58},
            "patellar_tilt": {"median_abs_error_predicted": None, "aim": 3.0, "unit": "deg", "n": 0},
        },
    }
    assert Accuracy.in_figures(figures, "tt_tg_distance") == Accuracy(2.0, 1.5, "mm", 58, "knee-frozen")
    assert not Accuracy.in_figures(figures, "tt_tg_distance").met
    assert Accuracy.in_figures(figures, "patellar_tilt") is None
    assert Accuracy.in_figures({}, "tt_tg_distance") is None


def test_what_was_imaged_is_inside_one_of_the_views_by_the_blocks_that_were_looked_at():
    grid = Geometry.from_box((0.0, 0.0, 0.0), (16.0, 16.0, 16.0), 1.0)
    slab = Geometry.from_axes((4, 40, 40), spacing_mm=(2.0, 1.0, 1.0), directions=np.eye(3), centre_ras=(4.0, 8.0, 8.0))
    seen = FieldOfView({"sagittal": slab}, {"sagittal": 2.0}, ratio=2)
    found = seen.imaged(grid)
    x = grid.to_ras(np.argwhere(found).astype(float))[:, 0]
    assert found.shape == grid.shape and x.min() == pytest.approx(0.5) and x.max() == pytest.approx(7.5)
    other = Geometry.from_axes(
        (40, 40, 4), spacing_mm=(1.0, 1.0, 2.0), directions=np.eye(3), centre_ras=(8.0, 8.0, 14.0)
    )
    both = FieldOfView({"sagittal": slab, "axial": other}, ratio=2).imaged(grid)
    assert both[15, 8, 15] and both[0, 8, 0] and not both[15, 8, 0]


def test_what_was_imaged_travels_with_the_results(analysis):
    grid = Geometry.from_box((0.0, 0.0, 0.0), (16.0, 16.0, 16.0), 1.0)
    shown = FieldOfView({"sagittal": grid}, {"sagittal": 3.5}, 2)
    told = replace(analysis, study=replace(analysis.study, field_of_view=shown)).as_dict()
    back = ResultsRecord.from_dict(told).study.field_of_view
    assert (back.slice_steps_mm, back.ratio) == ({"sagittal": 3.5}, 2) and back.views["sagittal"].is_same_grid(grid)
    assert ResultsRecord.from_dict(analysis.as_dict()).study.field_of_view is None
