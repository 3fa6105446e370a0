"""How Slicer makes, reloads and unloads the panel: what a user has not saved is never lost on the way."""

import pytest


def test_a_reloaded_panel_that_is_shown_is_a_panel_that_is_shown(slicer, panel, wait_for):
    """Slicer's ‘Reload’ calls `setup`, not `enter` (qSlicerScriptedLoadableModuleWidget.cxx, reload)."""
    import handmade
    import slicerhost
    from nodes import add_volume

    panel.parent.show()
    again = slicerhost.reload_panel(panel)
    assert type(again) is not type(panel)
    slicer.mrmlScene.Clear(False)  # who is not shown waits with its parameters until it is
    nodes = {plane: add_volume(slicer.mrmlScene, name, plane) for plane, name in handmade.PLANES.items()}
    wait_for(lambda: again.session.volumes == nodes)
    assert again.ui.analyzeButton.enabled
    again._onModuleAboutToBeUnloaded("OrthoDiffusion")


def test_a_panel_that_was_reloaded_behind_another_module_is_not_taken_for_shown(slicer, panel):
    import slicerhost

    panel.parent.hide()
    again = slicerhost.reload_panel(panel)
    slicer.mrmlScene.Clear(False)
    assert again.session.parameters is None
    again._onModuleAboutToBeUnloaded("OrthoDiffusion")


def test_a_panel_that_was_left_and_entered_often_hears_no_more_often_of_a_parameter(slicer, panel, monkeypatch):
    """Slicer 5.10 leaves the observer of each connectGui behind (wrapper.py), and each fills the panel once more."""
    node, listening = panel.session.parameters.parameterNode, set()
    add, remove = node.AddObserver, node.RemoveObserver

    def addAndNote(*arguments):
        tag = add(*arguments)
        listening.add(tag)
        return tag

    def removeAndNote(tag):
        listening.discard(tag)
        remove(tag)

    monkeypatch.setattr(node, "AddObserver", addAndNote, raising=False)
    monkeypatch.setattr(node, "RemoveObserver", removeAndNote, raising=False)
    for _time in range(5):
        panel.exit()
        panel.enter()
    assert listening
    panel.ui.heatMapSlider.value = 0.25
    assert panel.session.parameters.heatMapOpacity == 0.25
    panel.exit()
    assert listening == set()


def test_only_the_module_that_is_unloaded_is_cleaned_up(slicer, panel):
    panel._onModuleAboutToBeUnloaded("Volumes")
    assert panel.session.parameters is not None


def test_the_settings_dialog_may_be_gone_before_the_panel(slicer, panel, standin, monkeypatch, wait_for):
    """qSlicerApplication.cxx: its private part deletes the dialog, and only then the modules are unloaded."""
    panel.run.worker.start()
    wait_for(lambda: standin.running)
    monkeypatch.setattr(slicer.app, "settingsDialog", lambda: None)
    panel.cleanup()
    wait_for(lambda: not standin.running)


def test_a_section_that_fails_does_not_keep_the_session_from_closing(slicer, panel, standin, monkeypatch, wait_for):
    panel.run.worker.start()
    wait_for(lambda: standin.running)

    def fail():
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as during:
        during.setattr(panel.sections.report, "close", fail)
        with pytest.raises(RuntimeError, match="a fault of ours"):
            panel.cleanup()
    wait_for(lambda: not standin.running)
    assert panel.session.parameters is None


def test_a_panel_that_could_not_be_set_up_is_unloaded_without_another_error(slicer, module, bundle_folder, monkeypatch):
    import slicerhost

    def fail(session, folder):
        raise RuntimeError("no such file")

    made = []
    widgetClass = module.OrthoDiffusionWidget
    with monkeypatch.context() as during:
        during.setattr(module, "Sections", fail)
        during.setattr(module, "OrthoDiffusionWidget", lambda parent: made.append(widgetClass(parent)) or made[0])
        with pytest.raises(RuntimeError, match="no such file"):
            slicerhost.open_panel(module)
    slicerhost.close_panel(made[0])
    assert made[0].session.parameters is None


def test_a_panel_without_a_parent_observes_the_scene_until_it_is_cleaned_up(slicer, module, bundle_folder):
    """ScriptedLoadableModule.py: `setup` is called before the base class has come to its end."""
    import slicerhost

    widget = module.OrthoDiffusionWidget()
    assert len(widget.Observations) == 7
    slicerhost.close_panel(widget)
    assert widget.Observations == []
    slicer.mrmlScene.Clear(False)  # an observer that is left would fail in a session that is closed
    assert widget.session.parameters is None


def test_a_process_that_qt_has_deleted_is_no_error_when_slicer_ends(slicer, module):
    """Python's own end comes after the modules'; PythonQt says ValueError of what is destroyed (PythonQtSlot.cpp)."""
    import qt
    import shiboken6
    from OrthoDiffusionSlicer.worker import LeavingProcesses

    gone, left = qt.QProcess(), qt.QProcess()
    left.start("sleep", ["60"])
    left.waitForStarted(5000)
    LeavingProcesses._leaving[:] = [gone, left]
    shiboken6.delete(gone)
    LeavingProcesses._endAll()
    assert LeavingProcesses._leaving == []
    assert left.state() == qt.QProcess.NotRunning, "the one behind it is ended as well"
