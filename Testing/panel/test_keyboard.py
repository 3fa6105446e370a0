"""Everything on the panel by keyboard: reached by Tab, called by a name, explained by a tooltip; and narrow enough."""

import json
import os
import subprocess
import sys
from pathlib import Path

import panel_width
import pytest

WIDEST = 480  # of 1366 points; the views get the rest


@pytest.fixture
def open_panel(panel, knee, click, wait_for, slicer):
    """The panel with results and every section open, in a window of its own."""
    panel.session.parameters.show3D = False
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.session.results is not None and not panel.run.busy)
    panel.session.chooseFinding(panel.sections.findings.table.rows[0])
    panel.session.review("positive")
    panel_width.open_sections(panel)
    panel.parent.resize(430, 3000)
    panel.parent.show()
    panel.parent.activateWindow()
    slicer.app.processEvents()
    return panel


def controls(panel):
    """Name in the .ui file → widget, of everything that a user can act on."""
    import ctk
    import qt
    import slicer

    kinds = (
        qt.QAbstractButton, qt.QComboBox, qt.QLineEdit, qt.QTextEdit, qt.QPlainTextEdit, qt.QAbstractSpinBox,
        qt.QAbstractItemView, qt.QAbstractSlider, slicer.qMRMLNodeComboBox, slicer.qMRMLSegmentsTableView,
        ctk.ctkSliderWidget, ctk.ctkCollapsibleButton,
    )  # fmt: skip
    found = {name: widget for name, widget in vars(panel.ui).items() if isinstance(widget, kinds)}
    return {name: widget for name, widget in found.items() if not name.startswith("qt_")}


def inner(widget):
    """What takes the keyboard: a widget of Slicer's has another one in it."""
    import qt

    if widget.focusPolicy & qt.Qt.TabFocus:
        return widget
    parts = [each for each in widget.findChildren(qt.QWidget) if each.focusPolicy & qt.Qt.TabFocus]
    return parts[0] if parts else None


def name_of(widget):
    """What a screen reader says: its own name, that of the label whose buddy it is, or the words on a button."""
    import ctk
    import qt

    label = next((each for each in widget.window().findChildren(qt.QLabel) if each.buddy() is widget), None)
    words = widget.text if isinstance(widget, (qt.QAbstractButton, ctk.ctkCollapsibleButton)) else ""
    return widget.accessibleName or (label.text if label is not None else words)


def test_every_control_takes_the_keyboard(open_panel):
    assert len(controls(open_panel)) > 40
    assert [name for name, widget in controls(open_panel).items() if inner(widget) is None] == []


def test_every_control_has_a_name(open_panel):
    assert [name for name, widget in controls(open_panel).items() if not name_of(widget).strip()] == []


def test_every_control_explains_itself_and_numbers_name_their_unit(open_panel):
    import ctk

    silent = [
        name
        for name, widget in controls(open_panel).items()
        if not widget.toolTip and not isinstance(widget, ctk.ctkCollapsibleButton)
    ]
    assert silent == []
    assert "years" in open_panel.ui.ageSpinBox.toolTip and "0 (not seen) to 1" in open_panel.ui.heatMapSlider.toolTip
    for plane in ("sagittal", "coronal", "axial"):
        assert "mm" in getattr(open_panel.ui, f"{plane}Series").toolTip


def test_tab_comes_to_every_control_that_is_shown(open_panel, slicer):
    from PySide6 import QtCore, QtTest, QtWidgets

    # A button of a group that excludes others, or a table, takes Tab for itself; none of ours does.
    wanted = {
        name: widget for name, widget in controls(open_panel).items() if widget.isVisible() and widget.isEnabled()
    }
    reached = set()
    first = inner(wanted["inputsButton"])
    first.setFocus(QtCore.Qt.TabFocusReason)
    for _ in range(200):
        focus = QtWidgets.QApplication.focusWidget()
        step = focus
        while step is not None:
            reached |= {name for name, widget in wanted.items() if widget is step}
            step = step.parentWidget()
        QtTest.QTest.keyClick(focus, QtCore.Qt.Key_Tab)
        if QtWidgets.QApplication.focusWidget() is first:
            break
    assert sorted(set(wanted) - reached) == []


def test_a_section_opens_and_closes_by_the_space_bar(open_panel, slicer):
    from PySide6 import QtCore, QtTest

    button = open_panel.ui.bundlesButton
    button.setFocus()
    QtTest.QTest.keyClick(button, QtCore.Qt.Key_Space)
    assert button.collapsed
    QtTest.QTest.keyClick(button, QtCore.Qt.Key_Space)
    assert not button.collapsed


@pytest.mark.parametrize("scale", ["1", pytest.param("2", marks=pytest.mark.long)])
def test_the_panel_is_narrow_enough_for_a_small_screen_at_any_scaling(scale):
    """1366 × 768 at 100 % and at 200 %: there a point is two pixels, and the widgets are as many points wide."""
    environment = {**os.environ, "QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "offscreen"}
    script = Path(panel_width.__file__)
    run = subprocess.run([sys.executable, str(script)], env=environment, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr[-2000:]
    said = json.loads(run.stdout.splitlines()[-1])
    assert said["scale"] == pytest.approx(float(scale))
    assert said["panel"] <= WIDEST, said
