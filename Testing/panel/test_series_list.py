"""The best series of each plane is proposed with the reason; the others are in a list, each with its own."""

import numpy as np
import pytest
from nodes import AXES, add_volume, affine_around_origin


def add_series(slicer, name, plane, slices=26, pixel=1.0):
    shape = (100, 100, slices)
    affine = affine_around_origin(AXES[plane], (pixel, pixel, 104.0 / slices), shape)
    array = (np.arange(np.prod(shape)) % 500).astype(np.int16).reshape(shape[::-1])
    return add_volume(slicer.mrmlScene, name, affine=affine, array=array)


@pytest.fixture
def several(slicer, panel, wait_for):
    """Two sagittal series and a localizer, one coronal series."""
    nodes = {
        name: add_series(slicer, name, plane, slices)
        for name, plane, slices in (
            ("sag T1", "sagittal", 30),
            ("sag PD fs", "sagittal", 26),
            ("scout", "sagittal", 5),
            ("cor PD fs", "coronal", 26),
        )
    }
    wait_for(lambda: panel.session.settled and panel.ui.sagittalSeries.count == 3)
    return nodes


def rows(box):
    return [box.itemText(row) for row in range(box.count)]


def tip(box, row):
    import qt

    return box.itemData(row, qt.Qt.ToolTipRole)


def test_the_proposed_series_is_first_and_chosen(panel, several):
    box = panel.ui.sagittalSeries
    assert [text.split(":")[0] for text in rows(box)] == ["sag PD fs (proposed)", "sag T1", "scout"]
    assert "26 slices of 1 × 1 mm" in rows(box)[0] and "fat suppressed" in rows(box)[0]
    assert "104 mm covered" in rows(box)[0] and "T1-weighted" in rows(box)[1]
    assert box.currentIndex == 0 and panel.sections.inputs.selector("sagittal").currentNode() is several["sag PD fs"]
    assert "shows fluid best" in panel.ui.sagittalReason.text
    assert "‘sag PD fs’ is preferred because the other one looks like a localizer" in tip(box, 2)


def test_a_list_is_shown_only_where_there_is_something_to_choose(panel, several):
    assert panel.ui.sagittalSeries.isVisibleTo(panel.parent)
    assert not panel.ui.coronalSeries.isVisibleTo(panel.parent)
    assert not panel.ui.axialSeries.isVisibleTo(panel.parent)


def test_another_series_is_chosen_from_the_list_and_the_reason_against_it_stays_in_sight(panel, several, slicer):
    from PySide6 import QtCore, QtTest

    box = panel.ui.sagittalSeries
    panel.parent.show()
    box.setFocus()
    QtTest.QTest.keyClick(box, QtCore.Qt.Key_Down)  # a real choice by keyboard: Qt says `activated`
    slicer.app.processEvents()
    assert panel.session.volumes["sagittal"] is several["sag T1"]
    assert panel.sections.inputs.selector("sagittal").currentNode() is several["sag T1"]
    text = panel.ui.sagittalReason.text
    assert text.startswith("Chosen by hand. 30 slices")
    assert "‘sag PD fs’ is preferred because" in text
    panel.ui.chooseButton.click()
    assert panel.session.volumes["sagittal"] is several["sag PD fs"] and box.currentIndex == 0


def test_a_deleted_series_leaves_the_list(panel, several, slicer, wait_for):
    slicer.mrmlScene.RemoveNode(several["sag PD fs"])
    wait_for(lambda: panel.session.settled and panel.ui.sagittalSeries.count == 2)
    assert [text.split(":")[0] for text in rows(panel.ui.sagittalSeries)] == ["sag T1 (proposed)", "scout"]
    assert panel.session.volumes["sagittal"] is several["sag T1"]


def test_no_other_series_can_be_chosen_while_an_analysis_runs(panel, several, click, standin, wait_for):
    standin.tell(pause=5)
    click(panel.ui.analyzeButton)
    assert not panel.ui.sagittalSeries.enabled
    click(panel.ui.cancelButton)
    wait_for(lambda: not panel.run.busy)
    assert panel.ui.sagittalSeries.enabled
