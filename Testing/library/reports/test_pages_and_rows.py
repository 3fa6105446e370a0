"""The page stands alone; rows keep their columns."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
from PIL import Image

from OrthoDiffusionLib.anatomy import KNEE, KNEE_ABNORMALITIES, KNEE_STRUCTURES
from OrthoDiffusionLib.cli.main import BAD_INPUT, main
from OrthoDiffusionLib.errors import Notice, StudyError
from OrthoDiffusionLib.findings import Measurement, Segmentation
from OrthoDiffusionLib.findings.measurement_context import VALUE_DIGITS, ReaderValue
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.reports.csv_rows import failure_row, study_columns, study_row
from OrthoDiffusionLib.reports.html_report import html_report, jpeg

COLUMNS = study_columns(KNEE_STRUCTURES, [a.name for a in KNEE_ABNORMALITIES], [m.name for m in KNEE.measurements])

MEASURED = (
    Measurement("insall_salvati_ratio", 1.12, "1", (0.8, 1.3), "somebody", ((1, 2, 3), (4, 5, 6), (7, 8, 9))),
    Measurement("tt_tg_distance", None, "mm", (2.0, 17.0), note=Message("not_measured", "side_unknown")),
)


def test_every_cell_of_a_row_has_its_column_whatever_happened(analysis):
    done = study_row("study 1", replace(analysis, measurements=MEASURED))
    failed = failure_row("study 2", StudyError("Nothing to see", remedy="Look again"))
    assert set(done) <= set(COLUMNS) and set(failed) <= set(COLUMNS) and len(set(COLUMNS)) == len(COLUMNS)
    assert (done["status"], done["side"], done["joint_effusion"]) == ("done", "right", "0.9100")
    assert "patellar_dislocation" not in done  # not assessed: the cell stays empty
    assert float(done["volume_ml_tibia"]) > 30 and "volume_ml_joint_fluid" not in done
    assert 1.5 < float(done["mean_thickness_mm_femoral_cartilage"]) < 3.5
    assert done["insall_salvati_ratio"] == "1.120" and "tt_tg_distance" not in done
    assert done["warnings"] == "few_slices"
    assert failed == {"study": "study 2", "status": "failed", "error": "Nothing to see", "remedy": "Look again"}


def test_without_a_side_no_table_has_the_thickness_of_a_medial_or_lateral_plate(analysis):
    labels = analysis.segmentation.labels.array.copy()
    femur, tibia = (labels == 1), (labels == 2)
    bottom = tibia & ~np.roll(tibia, -1, axis=2)  # the top layer of the tibia
    labels[np.roll(bottom, 1, axis=2) & ~femur] = 5
    outlined = Segmentation(analysis.segmentation.labels.with_array(labels), analysis.segmentation.structures)
    sided = replace(analysis, segmentation=outlined)
    column = "mean_thickness_mm_medial_tibial_cartilage"
    assert float(study_row("a", sided)[column]) > 0
    unknown = study_row("a", replace(sided, study=replace(sided.study, side=None, side_source="unknown")))
    assert column not in unknown and "mean_thickness_mm_femoral_cartilage" in unknown


def test_a_plate_that_the_field_of_view_cuts_off_has_no_thickness_in_a_table(analysis):
    column = "mean_thickness_mm_femoral_cartilage"
    cut = replace(analysis.segmentation, completeness={"femoral_cartilage": False})
    assert column in study_row("a", analysis) and column not in study_row("a", replace(analysis, segmentation=cut))


def test_what_rounds_to_zero_has_no_sign_in_tables_and_files(analysis):
    nothing = Measurement("tt_tg_distance", -0.0003, "mm", (0.0, 17.0))
    assert study_row("a", replace(analysis, measurements=(nothing,)))["tt_tg_distance"] == "0.000"
    assert json.dumps(nothing.as_dict()["value"]) == "0.0"
    assert json.dumps(ReaderValue(-0.0003, "points").as_dict()["value"]) == "0.0"
    assert nothing.outside == 0


def test_a_table_says_the_numbers_of_the_results_files(analysis):
    measured = Measurement("insall_salvati_ratio", 1.123456, "1", (0.8, 1.3), "somebody")
    row, entry = study_row("study", replace(analysis, measurements=(measured,))), measured.as_dict()
    assert float(row["insall_salvati_ratio"]) == entry["value"]
    assert len(row["insall_salvati_ratio"].partition(".")[2]) == VALUE_DIGITS


def test_a_result_of_another_joint_is_not_to_be_used_either(analysis):
    values = {"joint": "knee", "pictured": "ankle", "probability": 0.97}
    other = replace(analysis, notices=(Notice("other_joint_pictured", values=values),))
    assert "look like an ankle" in study_row("a", other)["implausible"]
    assert study_row("a", analysis)["implausible"] == ""


def test_a_name_that_a_spreadsheet_would_calculate_is_kept_as_text(analysis):
    assert study_row('=HYPERLINK("x")', analysis)["study"] == '\'=HYPERLINK("x")'
    assert failure_row("-12.5", RuntimeError())["study"] == "-12.5"
    assert failure_row("a", RuntimeError())["error"] == "RuntimeError"


def test_the_page_loads_nothing_and_shows_names_as_text(analysis):
    analysis = replace(analysis, intended_use="<script>alert(1)</script>", measurements=MEASURED)
    page = html_report(analysis.record, pictures=[jpeg(Image.new("RGB", (40, 30)))])
    assert "<script" not in page and "&lt;script&gt;" in page and "sagittal &lt;pd&gt;" in page
    assert "http://" not in page and "https://" not in page and "data:image/jpeg;base64," in page
    assert "Cannot be distinguished from chance" in page and "Few slices" in page
    assert "Fibula (auxiliary)" in page
    assert "Insall-Salvati ratio" in page and "1.12" in page and "0.80 to 1.30" in page and "not measured" in page
    assert "<td>0.80&nbsp;to&nbsp;1.30</td>" in page, "no line breaks within a range"


def test_a_row_says_that_a_result_of_another_joint_is_not_to_be_used(analysis):
    values = {"pictured": "ankle", "probability": 0.97, "joint": "knee"}
    row = study_row("p1", replace(analysis, notices=(Notice("other_joint_pictured", values=values),)))
    assert row["implausible"] == "The images look like an ankle (97%), but were analysed as the knee"
    assert study_row("p1", analysis)["implausible"] == ""


def test_every_sentence_of_the_page_leads_to_a_row_that_is_there(analysis):
    page = html_report(analysis.record)
    rows, links = (re.findall(pattern, page) for pattern in (r'<tr id="([^"]+)"', r'<a href="#([^"]+)"'))
    assert len(set(rows)) == len(rows)
    assert set(links) <= set(rows) and {"finding-joint_effusion", "structure-tibia"} <= set(links)


def test_the_command_writes_the_page_of_a_results_folder_beside_it_and_replaces_none_unasked(
    analysis, tmp_path, capsys
):
    analysis.save(tmp_path / "knee 1", overview=Image.new("RGB", (40, 30)))
    assert main(["report", str(tmp_path / "knee 1")]) == 0
    page = tmp_path / "knee 1.html"
    assert capsys.readouterr().out.strip() == str(page)
    text = page.read_text(encoding="utf-8")
    assert "data:image/jpeg;base64," in text and "Fibula (auxiliary)" in text and "Not a medical device" in text
    page.write_text("somebody's notes", encoding="utf-8")
    assert main(["report", str(tmp_path / "knee 1")]) == BAD_INPUT
    assert page.read_text(encoding="utf-8") == "somebody's notes" and "--overwrite" in capsys.readouterr().err
    assert main(["report", str(tmp_path / "knee 1"), "--overwrite"]) == 0
    assert page.read_text(encoding="utf-8") == text


def test_a_folder_without_results_has_no_page(tmp_path, capsys):
    assert main(["report", str(tmp_path), "--out", str(tmp_path / "page.html")]) == BAD_INPUT
    assert not (tmp_path / "page.html").exists() and capsys.readouterr().err.startswith("Error")


def test_a_readers_own_text_stands_in_the_place_of_the_sentences_and_the_rows_stay(analysis):
    page = html_report(analysis.record, edited="No <b>tear</b>.\nSecond line.")
    assert "<pre>No &lt;b&gt;tear&lt;/b&gt;.\nSecond line.</pre>" in page and "<h2>Impression</h2>" not in page
    assert '<tr id="finding-joint_effusion">' in page
    assert page.count('<p class="research">Research use only, not a diagnosis.</p>') == 2
