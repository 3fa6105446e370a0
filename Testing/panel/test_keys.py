"""The keys of a reading: they do what they say, only while the panel is shown, and take no key of Slicer's."""

import pytest
import slicer_keys

FINDINGS = ("joint_effusion", "medial_meniscus_injury", "anterior_cruciate_ligament_injury")


@pytest.fixture
def window(slicer):
    """Slicer's main window, as `slicer.util.mainWindow` finds it."""
    import qt
    import slicerhost

    window = qt.QMainWindow()
    window.objectName = "qSlicerMainWindow"
    window.setCentralWidget(qt.QWidget(window))
    window.centralWidget().setFocusPolicy(qt.Qt.StrongFocus)
    yield window
    window.close()
    slicerhost.delete_later(window)


@pytest.fixture
def reader(window, panel, knee, click, wait_for, slicer):
    """The panel in a main window after an analysis; the views have the keyboard."""
    import qt

    panel.session.parameters.show3D = False
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.session.results is not None and not panel.run.busy)
    dock = qt.QDockWidget(window)
    dock.setWidget(panel.parent)
    window.addDockWidget(qt.Qt.LeftDockWidgetArea, dock)
    panel.exit()
    window.show()
    window.activateWindow()
    panel.enter()
    slicer.app.processEvents()
    window.centralWidget().setFocus()
    yield panel
    dock.setWidget(qt.QWidget())
    panel.parent.setParent(None)


@pytest.fixture
def press(window, slicer):
    from PySide6 import QtTest, QtWidgets

    def press(key, widget=None):
        QtTest.QTest.keyClick(widget or QtWidgets.QApplication.focusWidget() or window, key)
        slicer.app.processEvents()

    return press


def chosen(panel):
    return panel.session.finding.key if panel.session.finding is not None else None


def crosshair(slicer):
    return tuple(slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode").GetCrosshairRAS())


def test_next_and_previous_go_through_the_table_and_all_views_jump_to_the_place(slicer, reader, press):
    import handmade

    press("n")
    assert chosen(reader) == "joint_effusion" and crosshair(slicer) == pytest.approx(handmade.EFFUSION_RAS)
    press("n")
    assert chosen(reader) == "anterior_cruciate_ligament_injury" or chosen(reader) == "medial_meniscus_injury"
    order = [row.key for row in reader.sections.findings.table.rows]
    assert reader.ui.findingsTable.currentRow() == order.index(chosen(reader)) == 1
    for name in ("Red", "Yellow", "Green"):
        matrix = slicer.mrmlScene.GetSingletonNode(name, "vtkMRMLSliceNode").GetSliceToRAS()
        place = [matrix.GetElement(axis, 3) for axis in range(3)]
        assert place == pytest.approx(reader.session.finding.pointRAS, abs=1e-6)
    press("p")
    press("p")
    assert chosen(reader) == order[-1], "before the first comes the last"
    press("n")
    assert chosen(reader) == order[0]


def test_heat_map_and_outlines_go_and_come_in_all_planes(slicer, reader, press):
    press("n")
    scene = slicer.mrmlScene
    composites = [scene.GetSingletonNode(name, "vtkMRMLSliceCompositeNode") for name in ("Red", "Yellow", "Green")]
    heat = reader.session.results.heatMap("joint_effusion").GetID()
    assert [each.GetForegroundVolumeID() for each in composites] == [heat] * 3
    press("h")
    assert [each.GetForegroundVolumeID() for each in composites] == [None] * 3
    assert not reader.ui.heatMapCheckBox.checked
    press("h")
    assert [each.GetForegroundVolumeID() for each in composites] == [heat] * 3
    press("j")
    assert composites[0].GetForegroundOpacity() == pytest.approx(0.5)
    for _ in range(9):
        press("k")
    assert composites[0].GetForegroundOpacity() == pytest.approx(1.0) and reader.ui.heatMapSlider.value == 1.0
    display = reader.session.results.segmentation.GetDisplayNode()
    press("o")
    assert not display.GetVisibility2D() and display.GetVisibility3D() and not reader.ui.outlinesCheckBox.checked
    press("o")
    assert display.GetVisibility2D() and reader.ui.outlinesCheckBox.checked


def test_outlines_that_were_hidden_are_seen_in_another_module_and_hidden_again_afterwards(reader, press, click):
    display = reader.session.results.segmentation.GetDisplayNode()
    click(reader.ui.outlinesCheckBox)
    assert not display.GetVisibility2D()
    reader.exit()
    assert display.GetVisibility2D()
    reader.enter()
    assert not display.GetVisibility2D()


def test_the_keys_work_only_while_the_panel_is_shown(reader, press, window):
    import qt

    assert len(window.findChildren(qt.QShortcut)) > len(reader.parent.findChildren(qt.QShortcut))
    reader.exit()
    press("n")
    assert chosen(reader) is None
    reader.enter()
    press("n")
    assert chosen(reader) == "joint_effusion"
    reader.cleanup()
    press("h", window.centralWidget())
    tables = reader.parent.findChildren(qt.QShortcut)
    assert [each for each in window.findChildren(qt.QShortcut) if each not in tables] == []


def test_who_types_a_note_types_it(reader, press):
    press("n")
    reader.ui.acceptButton.click()
    reader.ui.reviewNoteEdit.setFocus()
    for letter in "no hop":
        press(letter)
    assert reader.ui.reviewNoteEdit.text == "no hop"
    assert chosen(reader) == "joint_effusion" and reader.session.parameters.showHeatMap


def test_no_key_of_ours_is_one_of_slicers_or_of_the_findings_table(slicer, reader):
    import qt
    from OrthoDiffusionSlicer.views.Keys import keys

    def normal(sequence):
        return qt.QKeySequence(sequence).toString()

    ours = [normal(key.sequence) for key in keys()]
    assert len(set(ours)) == len(ours) and all(ours)
    taken = {normal(sequence) for sequence in slicer_keys.ALL}
    assert "" not in taken and "Z" in taken and "Shift+1" in taken
    table = {normal(each.key.toString()) for each in reader.ui.findingsTable.findChildren(qt.QShortcut)}
    assert table == {"A", "R", "U", "Z"}
    assert taken.isdisjoint(ours) and table.isdisjoint(ours)


def test_slicers_own_keys_still_arrive_where_they_belong(slicer, reader, press, window):
    """The Segment Editor's shortcuts stand on the main window; were one of them ours as well, Qt would call none."""
    import qt

    heard = []
    shortcuts = []
    for sequence in slicer_keys.SEGMENT_EDITOR:
        shortcut = qt.QShortcut(window)
        shortcut.setKey(qt.QKeySequence(sequence))
        shortcut.connect("activated()", lambda it=sequence: heard.append(it))
        shortcuts.append(shortcut)
    for key in "zyqwi1":
        press(key)
    assert len(heard) == 6
    press("n")
    assert chosen(reader) == "joint_effusion"


def test_the_list_of_keys_names_each_and_tooltips_name_theirs(reader, click):
    from OrthoDiffusionSlicer.views.Keys import keys

    label = reader.ui.keysLabel
    assert not label.isVisibleTo(reader.parent)
    click(reader.ui.keysButton)
    assert label.isVisibleTo(reader.parent)
    lines = label.text.split("\n")
    for key, line in zip(keys(), lines, strict=False):
        assert line.startswith(key.sequence) and key.words in line
    assert "Key O" in reader.ui.outlinesCheckBox.toolTip and "Key H" in reader.ui.heatMapCheckBox.toolTip
    assert "N and P" in reader.ui.findingsTable.toolTip and "J and K" in reader.ui.heatMapSlider.toolTip
