"""The panel in German: every section, no English rest, nothing cut, on a small screen, light and dark."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import handmade
import handmade_bundle
import pytest
from nodes import add_volume
from screenshots import BAR, PANEL_WIDTH, SIZE, dark
from shown_texts import shown_texts
from translation import ts_file
from translation.source_texts import source_texts
from translation.update import ts_path
from worklist_sitting import write_case

from OrthoDiffusionLib.findings import Finding
from OrthoDiffusionLib.messages import Message, language_of

ROOT = Path(__file__).parents[2]

ENGLISH_WORDS = re.compile(
    r"\b(the|of|and|is|are|with|this|from|for|by|has|have|its|it|no|none|which|where|your|not|to|on|or)\b",
    re.IGNORECASE,
)
"""Words that every longer English text has and no German one; ‘was’, ‘an’, ‘in’ are German, too."""

NAMES = ("bundleFacts.", "bundlesTable[", "bundleCard.")
"""Where a bundle speaks for itself: the names of its sources stand in its manifest, and the card is English."""

SLICERS_OWN = {"None"}
"""Texts of Slicer's widgets, which Slicer translates."""


@pytest.fixture(autouse=True)
def german(module, slicer, monkeypatch):
    """Slicer runs in German: its translators are installed, and the library's catalogue was chosen at start."""
    from OrthoDiffusionSlicer import Translation, Words

    monkeypatch.setattr(slicer.app, "applicationLocaleName", "de_DE")
    monkeypatch.setattr(Words, "LANGUAGE", language_of("de"))
    Translation.load(ROOT / "OrthoDiffusion" / "Resources" / "Translations")
    yield
    slicer.app.unloadTranslations()


def translatable_findings():
    """The findings made by hand, with a note of the catalogue where theirs is ready words."""
    missing = Message("not_assessed", "plane_missing", {"planes": ["coronal"]})
    return tuple(one if one.assessed else Finding.not_assessed(one.name, missing) for one in handmade.findings())


@pytest.fixture
def analysed(slicer, panel, knee, click, wait_for, standin, tmp_path):
    """Results with all that may be said of a finding, one of them chosen and reviewed."""
    findings = translatable_findings()
    standin.tell(results=str(handmade.save_results(tmp_path / "results", findings=findings)))
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.findingsTable.rowCount == len(findings) and not panel.run.busy)
    panel.ui.findingsTable.cellClicked.emit(0, 0)
    panel.ui.acceptButton.click()
    panel.ui.reportButton.collapsed = False
    wait_for(lambda: panel.ui.reportText.plainText)
    return panel


def english_rest(widget) -> list[str]:
    """Texts that are a source text with another translation, or have English words in them."""
    translations = ts_file.read(ts_path("de"))
    english = {one.text for one in source_texts() if translations[one.context, one.text] != one.text}
    rest = []
    for where, text in shown_texts(widget):
        if not where.startswith(NAMES) and text not in SLICERS_OWN and (text in english or ENGLISH_WORDS.search(text)):
            rest.append(f"{where}: {text}")
    return rest


def test_english_words_are_seen():
    assert ENGLISH_WORDS.search("The planes disagree; look at each of them.")
    assert not ENGLISH_WORDS.search("Was Sie hier schreiben, bleibt in der Szene; TT-TG-Abstand 8,3 mm")


def test_the_panel_without_a_study_is_german(panel):
    assert panel.ui.analyzeButton.text == "Kniegelenk analysieren"
    assert panel.ui.cancelButton.text == "Abbrechen" and panel.ui.findingsButton.text == "Befunde"
    assert not (rest := english_rest(panel.parent)), "\n".join(rest)


def test_a_study_and_its_reasons_are_german(slicer, panel, wait_for):
    add_volume(slicer.mrmlScene, "sag fat only", "sagittal")
    wait_for(lambda: panel.ui.sagittalSelector.currentNode() is not None and panel.ui.sagittalReason.text)
    assert panel.ui.sagittalReason.text.startswith("26 Schichten von ")
    assert panel.ui.coronalReason.text == "Kein Volumen in dieser Ebene."
    assert "Das sagittale Volumen ist das Fettbild" in panel.ui.noticesLabel.text
    assert not (rest := english_rest(panel.parent)), "\n".join(rest)


def test_findings_review_and_report_are_german_with_decimal_commas(analysed):
    ui = analysed.ui
    titles = {ui.findingsTable.item(row, 0).text() for row in range(ui.findingsTable.rowCount)}
    assert "Patellaluxation" in titles and "Gelenkerguss" in titles
    assert re.search(r"Wahrscheinlichkeit 0,\d\d", ui.findingDetails.text)
    assert ui.acceptButton.text in ("✓ positiv", "✓ negativ") and "(cor_fs)" in ui.warningsLabel.text
    assert "Das Volumen hat nur 12 Schichten (cor_fs)" in ui.warningsLabel.text
    tips = [ui.findingsTable.item(row, 0).toolTip() for row in range(ui.findingsTable.rowCount)]
    assert any("Die Ansicht koronar, die dieser Befund braucht, fehlt." in tip for tip in tips)
    assert ui.reportText.plainText.startswith("KNIEGELENK RECHTS, MRT\nNur für die Forschung, keine Diagnose.")
    assert "BEURTEILUNG" in ui.reportText.plainText
    assert not (rest := english_rest(analysed.parent)), "\n".join(rest)


def test_segments_and_nodes_have_german_names_and_the_data_keep_their_keys(analysed, slicer):
    segmentation = slicer.util.getNode("Kniegelenk, Segmentierung").GetSegmentation()
    assert segmentation.GetSegment("medial_meniscus").GetName() == "Innenmeniskus"
    table = slicer.util.getNode("Kniegelenk, Befunde")
    assert table.GetTable().GetColumnByName("Probability") is not None
    assert table.GetColumnTitle("Probability") == "Wahrscheinlichkeit"
    keys = [table.GetTable().GetColumnByName("Key").GetValue(row) for row in range(table.GetNumberOfRows())]
    assert "joint_effusion" in keys
    assert slicer.util.getNode("Heatmap: Gelenkerguss")


def test_a_scene_of_an_english_slicer_is_german_here(analysed, monkeypatch):
    """What is kept are keys and values; the words are made where they are shown."""
    from OrthoDiffusionSlicer import Words
    from OrthoDiffusionSlicer.scene import FindingsNodes

    table = analysed.session.results.table
    assert "Die Ansicht koronar" in " ".join(row.note for row in FindingsNodes.rowsOf(table))
    monkeypatch.setattr(Words, "LANGUAGE", language_of("en"))
    rows = FindingsNodes.rowsOf(table)
    assert "The coronal view, which this finding needs, is missing." in [row.note for row in rows]
    assert "Joint effusion" in [row.title for row in rows]


def test_trouble_is_said_in_german(panel, knee, click, wait_for, standin):
    standin.tell(mode="crash")
    click(panel.ui.analyzeButton)
    wait_for(lambda: not panel.run.busy)
    assert panel.ui.problemLabel.text.endswith("schließen Sie andere Programme oder Szenen und drücken Sie erneut "
                                               "„Analysieren“; in der Szene hat sich nichts geändert.") or (
        "Der Rechenprozess endete ohne Ergebnis" in panel.ui.problemLabel.text
    )  # fmt: skip
    assert "Analysieren" in panel.ui.problemLabel.text


@pytest.fixture(scope="session")
def measured_results(slicer_host, tmp_path_factory):
    folder = tmp_path_factory.mktemp("measured") / "results"
    return handmade.save_array_results(folder, findings=translatable_findings(), **handmade.measured())


def test_measurements_are_german_also_after_a_point_was_moved(
    panel, knee, standin, measured_results, click, wait_for, small_screen
):
    from OrthoDiffusionSlicer.measuring import MeasurementMarkups

    standin.tell(results=str(measured_results))
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.session.results is not None and not panel.run.busy)
    table, measurements = panel.ui.measurementsTable, panel.session.measurements
    titles = {row.name: row for row in measurements.rows}
    line = panel.sections.measurements.table.rowOf("trochlear_sulcus_angle")
    assert table.item(line, 0).text() == "Sulkuswinkel der Trochlea" and " bis " in table.item(line, 2).text()
    thickness = panel.sections.measurements.table.rowOf("femoral_cartilage_thickness")
    assert re.match(r"\d,\d mm", table.item(thickness, 1).text())
    node = MeasurementMarkups.nodes(panel.session.results.table, titles["trochlear_sulcus_angle"].definition)[-1]
    node.SetNthControlPointPositionWorld(1, *(place - 3 for place in node.GetNthControlPointPositionWorld(1)))
    node.InvokeCustomModifiedEvent(node.PointEndInteractionEvent)
    table.cellClicked.emit(line, 0)
    wait_for(lambda: "bearbeitet; Modell" in table.item(line, 1).text())
    assert "Sulkuswinkel" in node.GetName()
    assert not (rest := english_rest(panel.parent)), "\n".join(rest)
    assert not (faults := small_screen(panel.parent)), "\n".join(faults)


def test_the_settings_page_is_german(slicer):
    from OrthoDiffusionSlicer.panel.SettingsPage import SettingsPage

    page = SettingsPage()
    assert "Gerät:" in [text for _, text in shown_texts(page.panel)]
    assert not (rest := english_rest(page.panel)), "\n".join(rest)


def test_a_worklist_is_german(panel, tmp_path, slicer, wait_for, click, small_screen):
    for name in ("knee1", "knee2"):
        write_case(tmp_path / "studies", name)
    panel.session.worklists.background.wanted = False
    panel.ui.worklistButton.collapsed = False
    panel.parent.show()
    slicer.app.processEvents()
    panel.sections.worklist.askFolder = lambda title: str(tmp_path / "studies")
    click(panel.ui.newFromFolderButton)
    click(panel.ui.nextCaseButton)
    wait_for(lambda: panel.session.worklists.case is not None)
    assert not (rest := english_rest(panel.parent)), "\n".join(rest)
    click(panel.ui.completedButton)
    click(panel.ui.nextCaseButton)
    wait_for(lambda: panel.session.worklists.case is not None and panel.session.worklists.case.name == "knee2")
    assert not (rest := english_rest(panel.parent)), "\n".join(rest)
    assert not (faults := small_screen(panel.parent)), "\n".join(faults)


def test_what_has_no_translation_is_shown_in_english(panel, monkeypatch, slicer):
    from OrthoDiffusionSlicer import Words

    sentences = {key: words for key, words in Words.LANGUAGE.sentences.items() if key != "word.knee"}
    monkeypatch.setattr(Words, "LANGUAGE", replace(Words.LANGUAGE, sentences=sentences))
    panel.session.checkPackages()
    assert panel.ui.analyzeButton.text == "knee analysieren"
    slicer.app.unloadTranslations()
    panel.session.checkPackages()
    assert panel.ui.analyzeButton.text == "Analyze knee"


@pytest.fixture(params=["light", pytest.param("dark", marks=pytest.mark.long)])
def small_screen(request, slicer):
    """Shows a panel as Slicer does on 1366 × 768, with every section open; gives what does not fit."""
    import qt
    import slicerhost

    before, area = qt.QApplication.palette(), qt.QScrollArea()
    qt.QApplication.setStyle("Fusion")
    qt.QApplication.setPalette(dark(qt) if request.param == "dark" else qt.QPalette(qt.QColor(240, 240, 240)))
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(qt.Qt.ScrollBarAlwaysOff)
    area.resize(PANEL_WIDTH, SIZE[1] - BAR)

    def cut(widget):
        if area.widget() is None:
            area.setWidget(widget)
            area.show()
        for section in widget.findChildren(qt.QWidget):
            if hasattr(section, "collapsed") and section.enabled:
                section.collapsed = False
        for _ in range(5):
            slicer.app.processEvents()
        faults = [
            f"{button.objectName}: {button.text!r} needs {button.sizeHint.width()} px of {button.width}"
            for button in widget.findChildren(qt.QAbstractButton)
            if button.isVisible() and button.text and button.sizeHint.width() > button.width
        ]
        if widget.width > area.viewport().width:
            faults.append(f"the panel needs {widget.width} px of {area.viewport().width}")
        return faults

    yield cut
    if (widget := area.takeWidget()) is not None:
        widget.setParent(None)  # else PySide6 takes it for a part of the area still
    slicerhost.delete_later(area)
    qt.QApplication.setPalette(before)


@pytest.mark.long
def test_nothing_is_cut_on_a_small_screen(analysed, small_screen):
    assert not (faults := small_screen(analysed.parent)), "\n".join(faults)


@pytest.mark.long
def test_nothing_is_cut_with_all_that_a_referral_says(panel, knee, bundle_folder, small_screen):
    handmade_bundle.write(bundle_folder / "referral", "knee-referral", clinical=("age", "sex", "trauma"))
    panel.session.findBundles()
    panel.session.chooseBundle(str(bundle_folder / "referral"))
    assert not (faults := small_screen(panel.parent)), "\n".join(faults)
    assert panel.ui.traumaSelector.isVisible() and panel.ui.traumaSelector.itemText(1) == "Nach Trauma"
    assert not (rest := english_rest(panel.parent)), "\n".join(rest)


def test_the_module_is_german_from_its_first_word(slicer):
    import slicerhost

    module = slicerhost.load_module(ROOT / "OrthoDiffusion" / "OrthoDiffusion.py")
    assert "kein Medizinprodukt" in slicer.modules.OrthoDiffusionInstance.parent.helpText
    assert module is not None
