"""The test host is as strict as Slicer's own bindings: what would fail or be ignored there must fail here."""

import gc
import subprocess
import sys
from types import SimpleNamespace

import pytest
from nodes import add_volume


def test_a_misspelt_attribute_a_called_property_and_an_unknown_signal_raise(slicer):
    import qt

    button = qt.QPushButton("a")
    with pytest.raises(AttributeError):
        button.enabeld = False
    with pytest.raises(TypeError):
        button.text()
    with pytest.raises(ValueError, match="does not exist"):
        button.connect("clicked(int)", print)


def test_a_slot_gets_as_many_arguments_as_it_takes(slicer):
    import qt

    button, calls = qt.QPushButton("a"), []
    button.connect("clicked(bool)", lambda: calls.append("no argument"))
    button.connect("clicked(bool)", lambda checked: calls.append(checked))
    button.click()
    assert calls == ["no argument", False]


def test_an_unknown_widget_class_in_a_ui_file_raises(slicer, tmp_path):
    path = tmp_path / "x.ui"
    path.write_text('<ui version="4.0"><class>X</class><widget class="ctkNoSuchWidget" name="X"/></ui>')
    with pytest.raises(NotImplementedError, match="ctkNoSuchWidget"):
        slicer.util.loadUI(str(path))


def test_a_parameter_that_is_not_there_and_a_value_out_of_range_raise(panel):
    with pytest.raises(ValueError, match="within"):
        panel.session.parameters.heatMapOpacity = 1.5
    with pytest.raises(ValueError, match="one of"):
        panel.session.parameters.side = "both"


def test_what_slicer_has_and_the_host_has_not_raises(slicer):
    with pytest.raises(AttributeError):
        slicer.app.noSuchThing  # noqa: B018
    with pytest.raises(KeyError):
        slicer.app.connect("noSuchSignal()", print)
    assert not hasattr(slicer, "packaging"), "absent in Slicer 5.10, so the panel may not need it"


def test_nothing_is_collected_while_the_windows_are_listed(slicer, monkeypatch):
    """A window that the garbage collector deletes under PySide6's hands ends the process."""
    lists = SimpleNamespace(topLevelWidgets=lambda: ["collecting" if gc.isenabled() else "not collecting"])
    with monkeypatch.context() as during:
        during.setattr(slicer.app, "_qt", SimpleNamespace(QApplication=lists))
        assert slicer.app.topLevelWidgets() == ["not collecting"]
    assert gc.isenabled()


def test_a_panel_that_is_closed_leaves_no_widget(slicer, module, bundle_folder):
    import qt
    import shiboken6
    import slicerhost

    before = len(qt.QApplication.allWidgets())
    widget = slicerhost.open_panel(module)
    parent = widget.parent
    slicerhost.close_panel(widget)
    assert not shiboken6.isValid(parent)
    assert len(qt.QApplication.allWidgets()) <= before


def test_widgets_follow_their_parameters_both_ways(panel):
    panel.ui.heatMapSlider.value = 0.25
    assert panel.session.parameters.heatMapOpacity == 0.25
    panel.session.parameters.showHeatMap = False
    assert not panel.ui.heatMapCheckBox.checked


def test_what_was_hidden_in_a_collapsed_section_stays_hidden_when_it_opens(slicer):
    """As ctkCollapsibleButton does it: what is said to a child while the section is closed counts when it opens."""
    import ctk
    import qt

    section = ctk.ctkCollapsibleButton("a")
    shown, hidden, later = qt.QLabel("b", section), qt.QLabel("c", section), qt.QLabel("d", section)
    hidden.visible = False
    section.collapsed = True
    later.visible = False
    later.visible = True
    assert shown.isHidden() and later.isHidden()
    section.collapsed = False
    assert not shown.isHidden() and hidden.isHidden() and not later.isHidden()


@pytest.fixture
def selector(slicer):
    """A volume selector as the panel's are, three volumes to choose from, and what it has told."""
    import qt

    box = slicer.qMRMLNodeComboBox()
    box.noneEnabled, box.addEnabled = True, False
    box.nodeTypes = ["vtkMRMLScalarVolumeNode"]
    box.setMRMLScene(slicer.mrmlScene)
    nodes, told = [add_volume(slicer.mrmlScene, name) for name in ("first", "second", "third")], []
    box.connect("nodeActivated(vtkMRMLNode*)", lambda node: told.append(("activated", node)))
    box.connect("currentNodeChanged(vtkMRMLNode*)", lambda node: told.append(("changed", node)))
    assert isinstance(box, qt.QWidget)
    yield SimpleNamespace(box=box, nodes=nodes, told=told)
    box.setMRMLScene(None)


def test_a_node_set_by_a_program_is_activated_as_one_that_a_person_picks(selector):
    """qMRMLNodeComboBox.cxx, setCurrentNodeIDInternal: the view gets an Enter key."""
    first, second, _third = selector.nodes
    selector.box.setCurrentNode(first)
    assert selector.told == [("changed", first), ("activated", first)]
    selector.told.clear()
    selector.box.setCurrentNode(first)
    assert selector.told == [], "nothing has changed"
    selector.box.setCurrentNode(None)
    assert selector.told == [("changed", None)], "None is set without the key"
    selector.told.clear()
    selector.box.pick(second)
    assert selector.told == [("changed", second), ("activated", second)]
    selector.told.clear()
    selector.box.pick(second)
    assert selector.told == [("activated", second)], "a person may choose the same row again"


def test_when_the_selected_node_is_removed_the_row_before_it_is_selected(slicer, selector):
    first, second, _third = selector.nodes
    selector.box.setCurrentNode(second)
    selector.told.clear()
    slicer.mrmlScene.RemoveNode(second)
    assert selector.box.currentNode() is first
    assert selector.told == [("changed", first)]
    slicer.mrmlScene.RemoveNode(first)
    assert selector.box.currentNode() is None, "the row before the first volume is ‘None’"


def test_a_selector_that_is_gone_observes_neither_scene_nor_nodes(slicer):
    """Else it fails in a slot, which fails the test."""
    import qt
    import shiboken6

    parent = qt.QWidget()
    box = slicer.qMRMLNodeComboBox(parent)
    box.nodeTypes = ["vtkMRMLScalarVolumeNode"]
    box.setMRMLScene(slicer.mrmlScene)
    node = add_volume(slicer.mrmlScene, "first")
    shiboken6.delete(parent)
    node.SetName("renamed")
    slicer.mrmlScene.Clear(False)


def test_hidden_node_ids_are_not_offered(selector):
    first, second, third = selector.nodes
    selector.box.setCurrentNode(second)
    selector.box.sortFilterProxyModel().hiddenNodeIDs = (first.GetID(),)
    assert first.GetID() not in selector.box._ids and third.GetID() in selector.box._ids
    assert selector.box.currentNode() is second
    with pytest.raises(AttributeError):
        selector.box.sortFilterProxyModel().hidenNodeIDs = ()


def test_an_update_of_the_gui_within_an_update_is_dropped(slicer, panel):
    """wrapper.py, _updateGUIFromParameterNode: what asks for it in between gets none."""
    nodes = [add_volume(slicer.mrmlScene, name) for name in ("a", "b")]
    parameters, seen = panel.session.parameters, []

    def fillWithinFill(node):
        if not seen:
            seen.append(node)
            parameters.axial = nodes[1]

    panel.sections.inputs.selector("sagittal").connect("currentNodeChanged(vtkMRMLNode*)", fillWithinFill)
    with panel.sections.filling:
        parameters.sagittal = nodes[0]
    assert seen == [nodes[0]] and parameters.axial is nodes[1]
    assert panel.sections.inputs.selector("sagittal").currentNode() is nodes[0]


def test_the_launcher_hides_how_its_child_died_and_passes_exit_codes_on(slicer):
    """ctkAppLauncher.cpp, applicationFinished."""

    def run(program):
        return subprocess.run(["PythonSlicer", "-c", program], capture_output=True, text=True, input="heard")

    killed = run("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert killed.returncode == 1
    assert killed.stderr.strip().splitlines()[-1] == f"error: [{sys.executable}] exit abnormally - Report the problem."
    assert run("raise SystemExit(7)").returncode == 7
    assert run("print(input())").stdout == "heard\n"


@pytest.mark.parametrize("inside", [True, False])
def test_a_program_that_is_not_there_is_told_inside_start_or_later(slicer, wait_for, monkeypatch, inside):
    import qt

    monkeypatch.setattr(qt.QProcess, "failsInsideStart", inside)
    process, told = qt.QProcess(), []
    process.connect("errorOccurred(QProcess::ProcessError)", told.append)
    process.start("/no/such/program", [])
    if inside:
        assert told == [qt.QProcess.FailedToStart]
    wait_for(lambda: told == [qt.QProcess.FailedToStart])


def test_the_layout_manager_fits_the_views(slicer):
    volume = add_volume(slicer.mrmlScene, "a")
    for name in slicer.app.layoutManager().sliceViewNames():
        composite = slicer.mrmlScene.GetSingletonNode(name, "vtkMRMLSliceCompositeNode")
        composite.SetBackgroundVolumeID(volume.GetID())
    red = slicer.mrmlScene.GetSingletonNode("Red", "vtkMRMLSliceNode")
    red.SetFieldOfView(1000, 1000, 1)
    slicer.util.resetSliceViews()
    assert 100 <= red.GetFieldOfView()[0] < 200, "the volume is 104 mm long"


def test_a_widget_that_slicer_has_in_cpp_takes_no_new_attribute(slicer):
    """PythonQtInstanceWrapper.cpp, setattro: CTK's and MRML's widgets are no more Python than Qt's own."""
    import ctk

    for widget in (ctk.ctkCollapsibleButton(), ctk.ctkSliderWidget(), slicer.qMRMLNodeComboBox()):
        with pytest.raises(AttributeError, match="no attribute named 'colapsed'"):
            widget.colapsed = True


def test_none_is_no_value_of_a_property(slicer):
    """PythonQtConversion.cpp, PyObjToQVariant: a label would show the word ‘None’."""
    import ctk
    import qt

    for widget, name in ((qt.QLabel("a"), "text"), (qt.QSpinBox(), "value"), (ctk.ctkCollapsibleButton(), "text")):
        with pytest.raises(AttributeError, match="does not accept None"):
            setattr(widget, name, None)


def test_what_is_destroyed_says_so_as_pythonqt_does(slicer):
    """PythonQtSlot.cpp and PythonQtInstanceWrapper.cpp: a ValueError, and an AttributeError where a property is set."""
    import qt
    import shiboken6

    process, label = qt.QProcess(), qt.QLabel("a")
    for gone in (process, label):
        shiboken6.delete(gone)
    with pytest.raises(ValueError, match="Trying to call 'kill' on a destroyed QProcess"):
        process.kill()
    with pytest.raises(ValueError, match="destroyed"):
        label.text  # noqa: B018
    with pytest.raises(AttributeError, match="Trying to set property 'text' on a destroyed QLabel"):
        label.text = "b"


def test_a_process_takes_bytes_and_nothing_else_that_holds_some(slicer):
    import qt

    for data in (bytearray(b"a"), memoryview(b"a")):
        with pytest.raises(ValueError, match="overload"):
            qt.QProcess().write(data)


def test_a_dialog_for_a_file_gives_its_path_alone(slicer, panel, monkeypatch):
    from PySide6 import QtWidgets

    monkeypatch.setattr(QtWidgets.QFileDialog, "getOpenFileName", lambda *_: ("/cases/list.json", "Worklists (*.json)"))
    assert panel.sections.worklist.askFile("Worklist", "Worklists (*.json)") == "/cases/list.json"
    assert panel.sections.training.askFile("Table of cases") == "/cases/list.json"
    assert panel.sections.bundles.askFile() == "/cases/list.json"


def test_a_section_that_is_as_it_was_says_nothing(slicer):
    """ctkCollapsibleButton.cpp, collapse."""
    import ctk

    section, told = ctk.ctkCollapsibleButton("a"), []
    section.connect("contentsCollapsed(bool)", told.append)
    section.collapsed = False
    section.collapsed = True
    section.collapsed = True
    assert told == [True]


def test_translations_of_the_country_come_before_those_of_the_language(slicer, project_root, tmp_path, monkeypatch):
    """qSlicerCoreApplication.cxx, findTranslationFiles: the general ones are not looked for then."""
    source = project_root / "OrthoDiffusion" / "Resources" / "Translations" / "OrthoDiffusion_de.qm"
    monkeypatch.setattr(slicer.app, "applicationLocaleName", "de_AT")
    installed = len(slicer.app.translators)
    try:
        for name in ("X_de.qm", "X_de-AT.qm"):
            (tmp_path / name).write_bytes(source.read_bytes())
            slicer.app.loadTranslations(str(tmp_path))
        assert len(slicer.app.translators) == installed + 2, "one of them at a time"
        (tmp_path / "A_de-AT.qm").write_bytes(b"no translation")
        slicer.app.loadTranslations(str(tmp_path))
        assert len(slicer.app.translators) == installed + 2, "a bad one ends it"
    finally:
        slicer.app.unloadTranslations()
