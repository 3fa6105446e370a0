"""Report, page, picture and summary in German: no English rest, decimal commas; the data stay as they are."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.cli.main import BAD_INPUT, main
from OrthoDiffusionLib.cli.summary import summary
from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.findings import Finding, Measurement
from OrthoDiffusionLib.messages import Message, language_of
from OrthoDiffusionLib.reports import overview
from OrthoDiffusionLib.reports.html_report import html_report
from OrthoDiffusionLib.reports.overview_picture import _legend_entries
from OrthoDiffusionLib.reports.report import report_of
from OrthoDiffusionLib.reports.report_text import report_text
from OrthoDiffusionLib.reports.theme import drawable
from OrthoDiffusionLib.volumes import Study

GERMAN = language_of("de")
ENGLISH_WORDS = re.compile(
    r"\b(the|of|and|is|are|with|this|from|for|by|has|have|its|it|no|none|which|where|not|to|on|or|left|right|finding)\b"
)


@pytest.fixture
def said(analysis):
    """An analysis with a finding of every word, a measurement in every range, and warnings."""
    missing = Message("not_assessed", "plane_missing", {"planes": ["coronal"]})
    measured = [
        Measurement(
            one.name, 1.5 * one.low if one.low else 8.25, one.unit, (one.low or 0.0, one.high or 5.0), one.source
        )
        for one in KNEE.measurements
    ]
    measured[0] = replace(measured[0], value=None, note=Message("not_measured", "not_found", {"structure": "patella"}))
    return replace(
        analysis,
        findings=(*analysis.findings[:2], Finding.not_assessed("patellar_dislocation", missing)),
        measurements=tuple(measured),
        notices=(Notice("missing_plane", values={"plane": "coronal"}),),
    )


def words_of(page: str) -> str:
    """What a page says, tool tips among it, without names of volumes."""
    page = re.sub(r"<style>.*?</style>|src=\"[^\"]*\"", "", page, flags=re.DOTALL)
    tips = " ".join(re.findall(r'(?:title|alt)="([^"]*)"', page))
    return html.unescape(re.sub(r"<[^>]+>", " ", page) + " " + tips)


def english_in(text: str) -> list[str]:
    return [line for line in text.split("\n") if ENGLISH_WORDS.search(line)]


def test_the_report_is_german(said):
    text = report_text(report_of(said.record), GERMAN)
    assert not (rest := english_in(text)), "\n".join(rest)
    assert text.startswith("KNIEGELENK RECHTS, MRT\nNur für die Forschung, keine Diagnose.\n")
    assert "Gelenkerguss: positiv, Wahrscheinlichkeit 0,91 (Schwelle 0,50)." in text
    assert "Insall-Salvati-Index nicht gemessen. Nicht gefunden: Patella." in text
    assert "Die koronare Ebene fehlt." in text and "TT-TG-Abstand 3,0 mm, üblich 2,0 bis 17,0 mm." in text
    assert not re.search(r"\d\.\d", text.replace("knee-phantom 0.1", "")), "a decimal point"


def test_the_page_is_german_in_every_table_and_tool_tip(said):
    page = html_report(said.record, language=GERMAN)
    assert '<html lang="de">' in page
    assert not (rest := english_in(words_of(page))), "\n".join(rest)
    assert "Schwelle (ihre Werte" in page and "nicht gefunden" in page and "(Hilfsstruktur)" in page
    assert html_report(said.record).count("<tr") == page.count("<tr"), "the rows are the same"


def test_a_prior_exam_is_compared_in_german(said):
    findings = (replace(said.findings[0], probability=0.2), *said.findings[1:])
    text = report_text(report_of(said.record, prior=replace(said, findings=findings).record), GERMAN)
    assert "VERGLEICH MIT DER VORUNTERSUCHUNG" in text and "Gelenkerguss: positiv, zuvor negativ." in text
    assert "(Unterschied 0,0 mm)" in text
    assert not (rest := english_in(text)), "\n".join(rest)


def test_the_summary_is_german(said, planes, tmp_path):
    text = summary(said, Study.from_volumes(list(planes.values()), joint="knee"), tmp_path, language=GERMAN).replace(
        str(tmp_path), ""
    )
    assert not (rest := english_in(text)), "\n".join(rest)
    assert "Kniegelenk rechts (Seite aus der DICOM-Angabe)" in text and "91,0 %  positiv (≥ 50,0 %)" in text


def test_the_picture_is_german_and_has_letters_for_it(said, planes):
    english, german = (np.asarray(overview(said, planes, language)) for language in (language_of("en"), GERMAN))
    assert english.shape == german.shape and (english != german).any()
    headings = [entry.words for entry in _legend_entries(said, GERMAN) if entry.structure is None]
    assert headings == ["Hilfsstrukturen:"]  # of several
    assert drawable("Außenband, Gelenkflüssigkeit") == "Außenband, Gelenkflüssigkeit"


def test_the_command_has_a_language_and_the_data_have_none(said, tmp_path, capsys):
    folder = said.save(tmp_path / "knee", overview=Image.new("RGB", (40, 30)))
    before = (folder / "findings.json").read_bytes()
    assert main(["report", str(folder), "--language", "de"]) == 0
    page = Path(capsys.readouterr().out.strip())
    assert 'lang="de"' in page.read_text(encoding="utf-8")
    assert (folder / "findings.json").read_bytes() == before
    assert json.loads(before)["warnings"][0]["what"] == "The coronal plane is missing"
    assert main(["report", str(folder), "--language", "de"]) == BAD_INPUT
    assert capsys.readouterr().err.startswith("Fehler: Die Seite ist schon vorhanden.\n  Wo: ")


def test_a_german_page_stays_german_when_it_is_written_anew(said, tmp_path, capsys):
    folder = said.save(tmp_path / "knee", page=html_report(said.record, language=GERMAN))
    decided = ["decide", str(folder), "--finding", "joint_effusion", "negative"]
    assert main(decided) == 0
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert not english_in(words_of(page)) and "negativ" in page
    assert "Gelenkerguss: negativ" in capsys.readouterr().out
    assert main([*decided, "--language", "en"]) == 0
    assert '<html lang="en">' in (folder / "report.html").read_text(encoding="utf-8")
    assert main(decided) == 0
    assert '<html lang="en">' in (folder / "report.html").read_text(encoding="utf-8")


def test_a_report_that_is_replaced_keeps_its_language(said, tmp_path):
    folder = said.save(tmp_path / "knee")
    page = tmp_path / "knee.html"
    assert main(["report", str(folder), "--language", "de"]) == 0
    assert main(["report", str(folder), "--overwrite"]) == 0
    assert not english_in(words_of(page.read_text(encoding="utf-8")))
    assert main(["report", str(folder), "--overwrite", "--language", "en"]) == 0
    assert '<html lang="en">' in page.read_text(encoding="utf-8")
    page.unlink()
    assert main(["report", str(folder)]) == 0
    assert '<html lang="en">' in page.read_text(encoding="utf-8"), "a new page is English"
