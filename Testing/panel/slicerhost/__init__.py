"""A test host: runs a scripted module, unchanged, on the real MRML scene and real Qt widgets.

``start()`` once per process, then ``open_panel(load_module(path))``. The scene, ``slicer.util`` and
every vtkMRML class are Slicer's own (package ``slicer-core``); ``qt``, ``ctk``, the MRML widgets, the
parameter node wrapper and the module base classes are the stand-ins here. What the host does not have
raises AttributeError: nothing is mocked.
"""

import functools
import gc
import importlib.util
import os
import pathlib
import re
import sys
import types

from . import original

LOGICS = {
    "Colors": "vtkSlicerColorLogic",
    "Volumes": "vtkSlicerVolumesLogic",  # volumes need the colours
    "Segmentations": "vtkSlicerSegmentationsModuleLogic",
    "Markups": "vtkSlicerMarkupsLogic",
    "Models": "vtkSlicerModelsLogic",
    "Tables": "vtkSlicerTablesLogic",
    "Terminologies": "vtkSlicerTerminologiesModuleLogic",
}
_modules = {}
_PLACEHOLDER = r"(?<!\{)\{([^\{\}]+)\}(?!\})"  # slicer.i18n.tr, findBracedStrings


class LayoutManager:
    """Slicer's qMRMLLayoutManager as far as the panel calls it, on Slicer's own slice logic."""

    SIZE = (300, 300)  # of a slice view, in pixels
    threeDViewCount = 1

    def __init__(self):
        self.threeDResets = 0
        self.views = None

    def sliceViewNames(self):
        return ("Red", "Green", "Yellow")

    def resetSliceViews(self):
        """Fit every view to its volumes."""
        import slicer

        for name in self.sliceViewNames():
            node = slicer.mrmlScene.GetSingletonNode(name, "vtkMRMLSliceNode")
            if node is None:
                continue
            logic = slicer.vtkMRMLSliceLogic()
            logic.SetMRMLApplicationLogic(slicer.app.applicationLogic())
            logic.SetMRMLScene(slicer.mrmlScene)
            logic.SetSliceNode(node)
            logic.SetSliceCompositeNode(slicer.mrmlScene.GetSingletonNode(name, "vtkMRMLSliceCompositeNode"))
            logic.FitSliceToAll(*self.SIZE)
            logic.SetSliceCompositeNode(None)
            logic.SetSliceNode(None)
            logic.SetMRMLScene(None)

    def resetThreeDViews(self):
        self.threeDResets += 1

    def viewport(self):
        """The widget that holds the views; a test that has a window puts it there."""
        return self.views


class ModuleManager:
    """Slicer's qSlicerModuleManager: tells when a module is unloaded."""

    SIGNALS = ("moduleLoaded(QString)", "moduleAboutToBeUnloaded(QString)", "moduleUnloaded(QString)")

    def __init__(self):
        self._slots = {signal: [] for signal in self.SIGNALS}

    def connect(self, signal, slot):
        self._slots[signal].append(slot)

    def disconnect(self, signal, slot):
        if slot in self._slots[signal]:  # else PythonQt returns False
            self._slots[signal].remove(slot)


class App:
    """The few members of ``slicer.app`` that the module may use in tests."""

    SIGNALS = ("startupCompleted()", "aboutToQuit()")

    def __init__(self, qt, logic, folder):
        self._qt, self._logic, self.temporaryPath = qt, logic, str(folder)
        self.slicerUserSettingsFilePath = str(pathlib.Path(folder) / "Slicer.ini")
        self._slots = {signal: [] for signal in self.SIGNALS}
        self._layouts, self._modules, self._settingsDialog = LayoutManager(), ModuleManager(), None
        self.applicationLocaleName, self.translators = "en_US", []

    def connect(self, signal, slot):
        self._slots[signal].append(slot)  # KeyError for a signal that Slicer's application does not have

    def completeStartup(self):
        """What Slicer does once its window is there; a test says when."""
        for slot in self._slots["startupCompleted()"]:
            slot()

    def applicationLogic(self):
        return self._logic

    def processEvents(self):
        self._qt.QApplication.processEvents()

    def translate(self, context, text):
        return self._qt.QCoreApplication.translate(context, text)

    def loadTranslations(self, folder):
        """Install the translators of the application's language from a folder; see qSlicerCoreApplication.cxx.

        Files of the language and country, only if there are none those of the language; the first bad one ends it.
        """
        locale, folder = self.applicationLocaleName, pathlib.Path(folder)
        found = [*folder.glob(f"*{locale.replace('-', '_')}.qm"), *folder.glob(f"*{locale.replace('_', '-')}.qm")]
        for path in sorted({*found} or folder.glob(f"*{locale.split('_')[0]}.qm")):
            translator = self._qt.QTranslator()
            if not translator.load(str(path)):
                return
            self._qt.QCoreApplication.installTranslator(translator)
            self.translators.append(translator)

    def unloadTranslations(self):
        """A test ends; Slicer has no such call, its language stays until it is closed."""
        while self.translators:
            self._qt.QCoreApplication.removeTranslator(self.translators.pop())

    def testingEnabled(self):
        return True

    def topLevelWidgets(self):
        # PySide6 makes the Python list while it holds bare pointers: a widget that the garbage collector deletes
        # meanwhile, such as the panel of an earlier test with its pop-up lists, ends the process.
        collecting = gc.isenabled()
        gc.disable()
        try:
            return self._qt.QApplication.topLevelWidgets()
        finally:
            if collecting:
                gc.enable()

    def layoutManager(self):
        return self._layouts

    def moduleManager(self):
        return self._modules

    def settingsDialog(self):
        if self._settingsDialog is None:
            self._settingsDialog = sys.modules["ctk"].ctkSettingsDialog()
        return self._settingsDialog

    def userSettings(self):
        return self._qt.QSettings()


def start(folder):
    """Build the host; settings and temporary files go to ``folder``. Returns the module ``slicer``."""
    import slicer

    from . import pythonqt as qt

    if hasattr(slicer, "app"):
        return slicer
    qt.QSettings.setPath(qt.QSettings.NativeFormat, qt.QSettings.UserScope, str(folder))
    qt.QApplication.setOrganizationName("slicerhost")
    slicer.qapp = qt.QApplication.instance() or qt.QApplication(["slicerhost"])
    sys.modules["qt"] = qt
    from . import ctkwidgets, mrmlwidgets

    sys.modules["ctk"] = ctkwidgets

    slicer.modules = types.SimpleNamespace()
    scene = slicer.mrmlScene = slicer.vtkMRMLScene()
    logic = slicer.vtkSlicerApplicationLogic()
    logic.SetMRMLScene(scene)
    (pathlib.Path(folder) / "ColorFiles").mkdir(exist_ok=True)
    logic.SetHomeDirectory(str(folder))  # where Slicer keeps its colour files
    logic.SetShareDirectory(".")
    for name, kind in LOGICS.items():
        part = getattr(slicer, kind)()
        part.SetMRMLApplicationLogic(logic)
        if name != "Terminologies":  # it would look for Slicer's own files, which the package does not have
            part.SetMRMLScene(scene)
        logic.SetModuleLogic(name, part)
        setattr(slicer.modules, name.lower(), types.SimpleNamespace(logic=lambda it=part: it))
    slicer.app = App(qt, logic, folder)
    slicer.app.layoutLogic = slicer.vtkMRMLLayoutLogic()  # knows Slicer's layouts, and makes their view nodes
    slicer.app.layoutLogic.SetMRMLScene(scene)
    _make_readable(slicer, scene, folder)
    from .subjecthierarchy import Plugins

    slicer.app.subjectHierarchyPlugins = Plugins(scene)

    for name, cls in {**vars(ctkwidgets), **vars(mrmlwidgets)}.items():
        if isinstance(cls, type) and name.startswith(("ctk", "qMRML")):
            qt.QUiLoader.custom_widgets.append(cls)
            setattr(slicer if name.startswith("qMRML") else ctkwidgets, name, cls)

    if original.folder() is not None:
        original.install(slicer, original.folder(), qt, ctkwidgets)
    else:
        _install_standins(slicer)
    slicer.add_slice_views = add_slice_views
    slicer.util.modulePath = lambda name: _modules[name.lower()]
    return slicer


def _install_standins(slicer):
    from . import parameternode, scriptedmodule

    words = types.ModuleType("slicer.i18n")
    words.tr, words.translate = _tr, slicer.app.translate
    for name, module in {
        "parameterNodeWrapper": parameternode,
        "ScriptedLoadableModule": scriptedmodule,
        "i18n": words,
    }.items():
        sys.modules[f"slicer.{name}"] = module
        setattr(slicer, name, module)


def _tr(text):
    """Slicer's `_`: the context is the caller's file, with its package in front if it lies in one.

    Where a translation has other placeholders than the text, Slicer shows the text and logs it; here that fails.
    """
    import slicer

    context = _context(sys._getframe(1).f_code.co_filename)
    translated = slicer.app.translate(context, text)
    if translated != text and set(re.findall(_PLACEHOLDER, text)) != set(re.findall(_PLACEHOLDER, translated)):
        raise ValueError(f"in context {context}, the placeholders of {text!r} and {translated!r} do not match")
    return translated


@functools.cache
def _context(file):
    path = pathlib.Path(file)
    in_package = (path.parent / "__init__.py").is_file()
    return f"{path.parent.name}.{path.stem}" if in_package else path.stem


def _make_readable(slicer, scene, folder):
    """Scene files can be read only with a data manager and a cache, which Slicer's start-up makes."""
    (pathlib.Path(folder) / ".slicer-cache").touch()
    cache = slicer.vtkCacheManager()
    cache.SetRemoteCacheDirectory(str(folder))
    cache.SetMRMLScene(scene)
    data = slicer.vtkDataIOManager()
    data.SetCacheManager(cache)
    scene.SetDataIOManager(data)
    slicer.app.kept = (cache, data)  # the scene does not own them


# ctkAppLauncher.cpp, applicationFinished: an exit code is passed on; a crash of the child, whatever ended it, becomes
# exit code 1 and this line. Standard input is the child's.
_LAUNCHER = """#!/bin/sh
"{python}" "$@"
code=$?
if [ $code -gt 128 ]; then
  echo "error: [{python}] exit abnormally - Report the problem." >&2
  exit 1
fi
exit $code
"""


def make_launcher(folder):
    """Put a ``PythonSlicer`` on the path: like Slicer's, a launcher that starts the Python as its child."""
    launcher = pathlib.Path(folder) / "PythonSlicer"
    launcher.write_text(_LAUNCHER.format(python=sys.executable))
    launcher.chmod(0o755)
    os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}"


def add_slice_views():
    """The layout that Slicer starts with, and the nodes of its slice views; they survive the closing of a scene."""
    import slicer

    scene = slicer.mrmlScene
    slicer.vtkMRMLSliceNode.AddDefaultSliceOrientationPresets(scene)
    layout = scene.GetFirstNodeByClass("vtkMRMLLayoutNode")
    layout.SetViewArrangement(layout.SlicerLayoutConventionalView)  # what Slicer starts with
    for name, orientation in (("Red", "Axial"), ("Yellow", "Sagittal"), ("Green", "Coronal")):
        for kind in ("vtkMRMLSliceNode", "vtkMRMLSliceCompositeNode"):
            if scene.GetSingletonNode(name, kind) is None:
                node = scene.CreateNodeByClass(kind)
                node.UnRegister(None)
                node.SetSingletonTag(name)
                node.SetLayoutName(name)
                scene.AddNode(node)
        view, composite = (scene.GetSingletonNode(name, f"vtkMRMLSlice{kind}Node") for kind in ("", "Composite"))
        view.SetOrientation(orientation)
        composite.SetLinkedControl(False)
    if scene.GetFirstNodeByClass("vtkMRMLCrosshairNode") is None:
        crosshair = slicer.vtkMRMLCrosshairNode()
        crosshair.SetSingletonTag("default")
        scene.AddNode(crosshair)


def load_module(path):
    """Import a scripted module's file as Slicer does: its own folder is on the path, no other."""
    import slicer

    path = pathlib.Path(path).resolve()
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = sys.modules[path.stem] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    _modules[path.stem.lower()] = str(path)
    parent = types.SimpleNamespace(path=str(path), title="", categories=[], dependencies=[])
    setattr(slicer.modules, path.stem + "Instance", getattr(module, path.stem)(parent))
    return module


def open_panel(module):
    """Show the module's panel as Slicer does when the user first selects the module."""
    import slicer

    parent = slicer.qMRMLWidget()
    parent.setLayout(sys.modules["qt"].QVBoxLayout())
    parent.setMRMLScene(slicer.mrmlScene)
    widget = getattr(module, module.__name__ + "Widget")(parent)
    widget.setup()
    getattr(widget, "enter", lambda: None)()  # the base class has none
    return widget


def delete_later(widget):
    """Delete a widget now, as Slicer's event loop does after ``deleteLater``; ``processEvents`` alone never does."""
    from PySide6 import QtCore

    widget.deleteLater()
    QtCore.QCoreApplication.processEvents()
    QtCore.QCoreApplication.sendPostedEvents(None, QtCore.QEvent.DeferredDelete)


def close_panel(widget):
    """What Slicer does with a panel when the module is unloaded; nothing of it stays for the tests that follow."""
    widget._onModuleAboutToBeUnloaded(widget.moduleName)
    delete_later(widget.parent)


def reload_panel(widget):
    """Slicer's button ‘Reload’: a new panel in the place of the old one, whose widgets stay, hidden.

    As slicer.util.reloadScriptedModule and qSlicerScriptedLoadableModuleWidget::reload do it: `setup` is called, and
    `enter` is not.
    """
    import slicer

    module = load_module(slicer.util.modulePath(widget.moduleName))
    for child in widget.parent.children():
        if hasattr(child, "hide"):
            child.hide()
    widget.cleanup()
    slicer.app.moduleManager().disconnect("moduleAboutToBeUnloaded(QString)", widget._onModuleAboutToBeUnloaded)
    layout = widget.parent.layout()
    while layout.count():
        layout.removeItem(layout.itemAt(0))
    new = getattr(module, module.__name__ + "Widget")(widget.parent)
    new.setup()
    return new
