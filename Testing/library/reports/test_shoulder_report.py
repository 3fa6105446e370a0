"""A shoulder's report, page and row name its own headings, structures and findings, in both languages."""

from __future__ import annotations

import pytest
from handmade_shoulder import parts

from OrthoDiffusionLib.anatomy import SHOULDER
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.messages import language_of, title_of
from OrthoDiffusionLib.reports.csv_rows import study_row
from OrthoDiffusionLib.reports.html_report import html_report
from OrthoDiffusionLib.reports.report import report_of
from OrthoDiffusionLib.reports.report_text import report_text

from .test_german_report import english_in

GERMAN = language_of("de")


@pytest.fixture(scope="module")
def shoulder() -> Analysis:
    return Analysis(**parts())


def test_the_report_says_each_finding_under_its_heading(shoulder):
    text = report_text(report_of(shoulder.record))
    assert text.startswith("RIGHT SHOULDER, MRI\n")
    cuff = text.split("ROTATOR CUFF\n")[1].split("\n\n")[0]
    assert "Supraspinatus injury: positive, probability 0.90 (threshold 0.50)." in cuff
    assert "Supraspinatus tendon 2.9 mL." in cuff and "Not looked for: tendinopathy" in cuff
    assert "Cut off by the field of view: humerus, scapula." in text
    assert "Not looked for: effusion around the long head of biceps." in text
    # A shoulder has no measurements, and nothing of the other joints is said of it.
    for stray in ("eniscus", "femur", "talus", "Other findings", "OTHER FINDINGS"):
        assert stray not in text


def test_the_report_is_german(shoulder):
    text = report_text(report_of(shoulder.record), GERMAN)
    assert not (rest := english_in(text)), "\n".join(rest)
    assert text.startswith("SCHULTERGELENK RECHTS, MRT\n")
    assert "ROTATORENMANSCHETTE\nVerletzung der Supraspinatussehne: positiv" in text
    assert "Labrum glenoidale 0,9 ml." in text


def test_page_and_row_have_every_finding_and_structure(shoulder):
    page, row = html_report(shoulder.record), study_row("one", shoulder)
    for one in (*SHOULDER.abnormalities, *SHOULDER.primary_structures):
        assert title_of(one.name) in page
    assert row["joint"] == "shoulder" and row["supraspinatus_injury"] == "0.9000"
    assert float(row["volume_ml_supraspinatus_tendon"]) == pytest.approx(2.86, abs=0.01)
