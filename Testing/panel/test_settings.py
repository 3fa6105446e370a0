"""The page of settings: what is set there is what the next analysis, save and look at the bundles do."""

import os
import shutil

import handmade_bundle
import pytest

from OrthoDiffusionLib.errors import OrthoDiffusionError


@pytest.fixture(autouse=True)
def fresh(slicer):
    """No setting of ours before and after."""
    import qt

    qt.QSettings().remove("OrthoDiffusion")
    yield
    qt.QSettings().remove("OrthoDiffusion")


@pytest.fixture
def page(slicer, module):
    from OrthoDiffusionSlicer.panel.SettingsPage import SettingsPage

    return SettingsPage()


@pytest.fixture
def dialog(slicer, page):
    """Slicer's settings dialog with our page in it."""
    import ctk

    dialog = ctk.ctkSettingsDialog()
    page.addTo(dialog)
    dialog.show()
    slicer.app.processEvents()
    yield dialog
    dialog.close()


def choose(box, text):
    box.setCurrentIndex(box.findText(text))


def type_into(edit, text, slicer, end=None):
    from PySide6 import QtCore, QtTest

    edit.setFocus()
    edit.selectAll()
    QtTest.QTest.keyClicks(edit, text)
    QtTest.QTest.keyClick(edit, end or QtCore.Qt.Key_Return)
    slicer.app.processEvents()


def test_without_settings_everything_is_as_it_was(slicer, module):
    from OrthoDiffusionSlicer.panel import Settings

    options = Settings.options()
    assert (options.device, options.precision, options.threads) == ("auto", "auto", 0)
    assert Settings.resultsFolder() == "" and Settings.problems() == []
    assert Settings.bundlesFolder().endswith("OrthoDiffusionBundles")
    assert Settings.autosaveSeconds() == 20


def test_what_is_chosen_on_the_page_is_what_the_next_analysis_is_asked_for(
    slicer, panel, knee, dialog, page, standin, click, wait_for
):
    widgets = page.widgets
    choose(widgets["device"], "cpu")
    choose(widgets["precision"], "float32")
    widgets["threads"].value = 3
    dialog.accept()
    panel.session.parameters.show3D = False
    click(panel.ui.analyzeButton)
    wait_for(lambda: not panel.run.busy)
    options = standin.received["options"]
    assert (options["device"], options["precision"], options["threads"]) == ("cpu", "float32", 3)
    assert options["arrays"] is True
    widgets["threads"].value = 5  # the same worker, no restart
    click(panel.ui.analyzeButton)
    wait_for(lambda: not panel.run.busy and standin.received["options"]["threads"] == 5)


def test_the_console_reads_the_same_settings(slicer, panel, knee, dialog, page, tmp_path):
    from OrthoDiffusionSlicer.panel import Settings

    asked = []

    class Worker:
        def ask(self, request, *callbacks, **more):
            asked.append(request)
            raise OrthoDiffusionError("asked")

        def close(self):
            pass

    panel.logic._synchronous().worker = Worker()
    page.widgets["threads"].value = 2
    choose(page.widgets["precision"], "float32")
    with pytest.raises(OrthoDiffusionError, match="asked"):
        panel.logic.analyze(**knee, clinical={"age": 42})
    Settings.store(Settings.RESULTS_FOLDER, str(tmp_path / "out"))
    with pytest.raises(OrthoDiffusionError, match="asked"):
        panel.logic.analyzeFolder(tmp_path / "studies")
    for request in asked:
        assert (request.options.threads, request.options.precision) == (2, "float32")
    assert asked[0].options.clinical == {"age": 42} and asked[0].options.arrays
    assert asked[1].out == str(tmp_path / "out" / "studies-results")


def test_cancel_takes_back_and_a_second_page_shows_what_was_kept(slicer, module, dialog, page):
    from OrthoDiffusionSlicer.panel import Settings
    from OrthoDiffusionSlicer.panel.SettingsPage import SettingsPage

    page.widgets["autosaveSeconds"].value = 90
    dialog.accept()
    page.widgets["autosaveSeconds"].value = 300
    assert Settings.autosaveSeconds() == 300  # stored at once, as Slicer's own pages do
    dialog.reject()
    assert Settings.autosaveSeconds() == 90 and page.widgets["autosaveSeconds"].value == 90
    again, other = SettingsPage(), type(dialog)()
    again.addTo(other)
    assert again.widgets["autosaveSeconds"].value == 90
    dialog.restoreDefaultSettings()
    assert Settings.autosaveSeconds() == 20


def test_a_folder_that_cannot_be_one_is_refused_with_a_message(slicer, module, dialog, page, tmp_path):
    from OrthoDiffusionSlicer.panel import Settings

    edit, message = page.widgets["resultsFolder"], page.message
    type_into(edit, str(tmp_path), slicer)
    assert Settings.resultsFolder() == str(tmp_path) and message.text == ""
    type_into(edit, "results", slicer)
    assert edit.text == str(tmp_path) and Settings.resultsFolder() == str(tmp_path)
    assert "‘results’ is not used; it must be the full path of a folder" in message.text
    (tmp_path / "file.txt").write_text("x")
    type_into(edit, str(tmp_path / "file.txt"), slicer)
    assert "this is a file" in message.text and Settings.resultsFolder() == str(tmp_path)
    type_into(edit, " ", slicer)
    assert Settings.resultsFolder() == "" and message.text == ""


def test_what_is_typed_and_not_yet_left_is_kept_by_ok(slicer, module, dialog, page, tmp_path):
    from OrthoDiffusionSlicer.panel import Settings
    from PySide6 import QtTest

    edit = page.widgets["resultsFolder"]
    edit.setFocus()
    blocked = edit.blockSignals(True)  # as on a Mac, whose buttons do not take the keyboard
    QtTest.QTest.keyClicks(edit, str(tmp_path))
    edit.blockSignals(blocked)
    dialog.accept()
    assert Settings.resultsFolder() == str(tmp_path)


@pytest.mark.parametrize(
    ("name", "stored", "words"),
    [
        ("threads", "many", "a whole number from 0 to 256"),
        ("threads", "-1", "a whole number from 0 to 256"),
        ("autosaveSeconds", "0", "a whole number from 5 to 3600"),
        ("device", "gpu", "one of auto, cpu, cuda"),
        ("precision", "half", "one of auto, bfloat16, float32"),
        ("resultsFolder", "somewhere", "the full path of a folder"),
    ],
)
def test_a_file_of_settings_with_nonsense_is_told_and_never_guessed(slicer, module, name, stored, words):
    import qt
    from OrthoDiffusionSlicer.panel import Settings

    qt.QSettings().setValue(f"OrthoDiffusion/{name}", stored)
    (error,) = Settings.problems()
    assert f"‘{stored}’; it must be {words}" in error.what and error.where == f"OrthoDiffusion/{name}"
    setting = next(each for each in Settings.ALL if each.name == name)
    with pytest.raises(OrthoDiffusionError):
        Settings.value(setting)


def test_nonsense_stops_an_analysis_with_the_reason_and_the_page_mends_it(slicer, panel, knee, click, wait_for, module):
    import ctk
    import qt
    from OrthoDiffusionSlicer.panel import Settings
    from OrthoDiffusionSlicer.panel.SettingsPage import SettingsPage

    qt.QSettings().setValue("OrthoDiffusion/threads", "many")
    click(panel.ui.analyzeButton)
    assert not panel.run.busy and panel.ui.problemFrame.isVisibleTo(panel.parent)
    assert "‘many’; it must be a whole number from 0 to 256 (OrthoDiffusion/threads)" in panel.ui.problemLabel.text
    assert "Application Settings" in panel.ui.problemLabel.text
    with pytest.raises(OrthoDiffusionError, match="‘many’"):
        panel.logic.analyze(**knee)
    dialog, page = ctk.ctkSettingsDialog(), SettingsPage()
    page.addTo(dialog)
    assert "‘many’" in page.message.text
    dialog.accept()
    assert Settings.problems() == [] and Settings.value(Settings.THREADS) == 0
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.session.results is not None and not panel.run.busy)


def test_another_folder_of_bundles_is_looked_into_when_the_dialog_closes(slicer, panel, tmp_path):
    from OrthoDiffusionSlicer.panel import Settings

    handmade_bundle.write(tmp_path / "group" / "b", "knee-group", "2.0.0")
    names = [panel.ui.bundleSelector.itemText(row) for row in range(panel.ui.bundleSelector.count)]
    assert "knee-group 2.0.0" not in names
    Settings.store(Settings.BUNDLES_FOLDER, str(tmp_path / "group"))
    slicer.app.settingsDialog().accept()
    names = [panel.ui.bundleSelector.itemText(row) for row in range(panel.ui.bundleSelector.count)]
    assert "knee-group 2.0.0" in names
    assert str(tmp_path / "group") in os.environ["ORTHODIFFUSION_BUNDLES"].split(os.pathsep)
    Settings.store(Settings.BUNDLES_FOLDER, "")
    slicer.app.settingsDialog().accept()
    assert str(tmp_path / "group") not in os.environ["ORTHODIFFUSION_BUNDLES"].split(os.pathsep)
    names = [panel.ui.bundleSelector.itemText(row) for row in range(panel.ui.bundleSelector.count)]
    assert "knee-group 2.0.0" not in names


def test_the_page_is_added_only_where_there_is_a_window(slicer, module):
    import qt
    import slicerhost
    from OrthoDiffusionSlicer.panel import SettingsPage

    assert SettingsPage.install() is None
    window = qt.QMainWindow()
    window.objectName = "qSlicerMainWindow"
    try:
        page = SettingsPage.install()
        assert page.panel.windowTitle == "OrthoDiffusion"
        assert slicer.app.settingsDialog().isAncestorOf(page.panel)
    finally:
        slicerhost.delete_later(window)


def test_every_widget_of_the_page_has_a_name_a_tooltip_with_its_unit_and_the_keyboard(dialog, page):
    import qt

    for name, widget in page.widgets.items():
        assert widget.toolTip and widget.accessibleName, name
        assert widget.focusPolicy & qt.Qt.TabFocus, name
        label = next(each for each in page.panel.findChildren(qt.QLabel) if each.buddy() is widget)
        assert label.text == f"{widget.accessibleName}:"
    assert "Seconds" in page.widgets["autosaveSeconds"].toolTip and page.widgets["autosaveSeconds"].suffix == " s"


class _Database:
    """Slicer's DICOM database as far as the panel asks it."""

    isOpen = True

    def fileForInstance(self, instance):
        return f"/database/{instance}.dcm"

    def instanceValue(self, instance, tag):
        return ""


class _Importer:
    """Stands for Slicer's DICOMLib.DICOMUtils, which returns whether all went well and raises nothing."""

    def __init__(self):
        self.asked, self.works = [], True

    def importDicom(self, dicomDataDir, dicomDatabase=None, copyFiles=False):
        assert not copyFiles and dicomDatabase.isOpen
        self.asked.append(dicomDataDir)
        return self.works


@pytest.fixture
def importer(monkeypatch):
    """Slicer's function that lists DICOM files in its database."""
    import sys
    import types

    library = types.ModuleType("DICOMLib")
    library.DICOMUtils = _Importer()
    monkeypatch.setitem(sys.modules, "DICOMLib", library)
    return library.DICOMUtils


def test_dicom_objects_are_listed_in_slicers_database_if_that_is_set_and_nothing_fails_where_it_does_not_work(
    slicer, panel, knee, standin, results, click, wait_for, tmp_path, monkeypatch, dialog, page, importer
):
    from OrthoDiffusionSlicer.panel import Settings

    made = tmp_path / "with objects"
    shutil.copytree(results, made)
    (made / "dicom").mkdir()
    (made / "dicom" / "report.dcm").write_bytes(b"report")
    standin.tell(results=str(made))
    panel.session.parameters.show3D = False
    Settings.store(Settings.DICOM_FOLDER, str(tmp_path / "kept"))
    for node in knee.values():
        node.SetAttribute("DICOM.instanceUIDs", "1.1 1.2")
    monkeypatch.setattr(slicer, "dicomDatabase", _Database(), raising=False)

    def analyze():
        before = panel.session.results
        click(panel.ui.analyzeButton)
        wait_for(lambda: not panel.run.busy and panel.session.results not in (None, before))
        return panel.session.analysis.problem

    assert analyze() is None and importer.asked == []
    choose(page.widgets["dicomImport"], "yes")
    assert analyze() is None
    (asked,) = importer.asked
    assert sorted(path.name for path in tmp_path.joinpath("kept").iterdir())[-1] == os.path.basename(asked)
    importer.works = False
    assert "does not list them" in str(analyze()) and panel.ui.findingsTable.rowCount == 8


def test_dicom_objects_are_left_in_a_new_folder_of_the_one_that_was_set(
    slicer, panel, knee, standin, results, click, wait_for, tmp_path, monkeypatch, importer
):
    from OrthoDiffusionSlicer.panel import Settings

    made = tmp_path / "with objects"
    shutil.copytree(results, made)
    (made / "dicom").mkdir()
    (made / "dicom" / "report.dcm").write_bytes(b"report")
    standin.tell(results=str(made))
    kept = tmp_path / "kept"
    kept.mkdir()
    panel.session.parameters.show3D = False

    def analyze():
        click(panel.ui.analyzeButton)
        wait_for(lambda: not panel.run.busy and panel.session.analysis.outcome is not None)
        return standin.received["options"]["dicom"]

    assert analyze() is False
    Settings.store(Settings.DICOM_FOLDER, str(kept))
    assert analyze() is False  # of volumes that come from no DICOM file
    for node in knee.values():
        node.SetAttribute("DICOM.instanceUIDs", "1.1 1.2")
    monkeypatch.setattr(slicer, "dicomDatabase", _Database(), raising=False)
    assert analyze() is True
    wait_for(lambda: len(list(kept.glob("dicom_*/report.dcm"))) >= 1)
    assert importer.asked == []
    # A folder that is gone meanwhile is said; the results are in the scene all the same.
    shutil.rmtree(kept)
    kept.write_text("a file now")
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.session.analysis.problem is not None)
    assert "dicomFolder" in panel.session.analysis.problem.where
    Settings.store(Settings.DICOM_FOLDER, "")
