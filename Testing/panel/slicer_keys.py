"""The keys of Slicer 5.10 and 5.12, read in the sources of both branches; ours may be none of them.

Paths are those of the repository Slicer/Slicer. The two branches have the same keys. Left out: keys of dialogs and of
menus (Alt with a letter).
"""

# Modules/Loadable/Segmentations/Widgets/qMRMLSegmentEditorWidget.cxx, installKeyboardShortcuts: on the main window
SEGMENT_EDITOR = (
    *"1234567890", *(f"Shift+{number}" for number in "1234567890"), "Esc", "Space", "Z", "Ctrl+Z", "Y", "Ctrl+Y",
    "Ctrl+Shift+Z", "Q", "W", "/", "*", ",", ".", ">", "<", "I",
)  # fmt: skip

# …/Segmentations/EditorEffects: SegmentEditorDrawEffect.py; qSlicerSegmentEditorPaintEffect.cxx, in the slice views
SEGMENT_EDITOR_EFFECTS = ("A", "Return", "X", "+", "=", "-", "_")

# Libs/MRML/DisplayableManager/vtkMRMLSliceIntersectionWidget.cxx; V with any modifier, and the brackets too
SLICE_VIEWS = (
    "G", "T", "Right", "Left", "Up", "Down", "F", "B", "V", "Shift+V", "Ctrl+V", "[", "]", "{", "}", "R", "Shift",
)  # fmt: skip

# Libs/MRML/DisplayableManager/vtkMRMLCameraWidget.cxx, vtkMRMLModelDisplayableManager.cxx (I with a click)
THREE_D_VIEWS = (
    "End", "Shift+End", "PgDown", "Shift+PgDown", "Home", "Shift+Home", "Up", "Down", "Left", "Right", "Shift+Up",
    "Shift+Down", "Shift+Left", "Shift+Right", "+", "-", "Ctrl+B", "Ins", "Clear", "Shift+Clear", "R", "I",
)  # fmt: skip

# Libs/MRML/Widgets/qMRMLPlotView.cxx; Modules/Loadable/Markups/VTKWidgets/vtkSlicerMarkupsWidget.cxx;
# Libs/MRML/DisplayableManager/vtkMRMLInteractionWidget.cxx and vtkMRMLWindowLevelWidget.cxx
OTHER_VIEWS = ("S", "R", "U", "S", "Shift+Del", "Del", "Backspace", "Esc")

# Base/QTApp/qSlicerMainWindow.cxx, Resources/UI/qSlicerMainWindow.ui; Applications/SlicerApp/qSlicerAppMainWindow.cxx;
# Base/QTGUI/qSlicerModuleSelectorToolBar.cxx (Alt+Left and Alt+Right are Qt's Back and Forward);
# Modules/Loadable/Markups/Widgets/qMRMLMarkupsToolBar.cxx;
# Modules/Loadable/Sequences/Widgets/qMRMLSequenceBrowserPlayWidget.cxx
MAIN_WINDOW = (
    "Ctrl+O", "Ctrl+S", "Ctrl+W", "Ctrl+Z", "Ctrl+Y", *(f"Ctrl+{number}" for number in "0123456"), "Ctrl+`", "Ctrl+X",
    "Ctrl+C", "Ctrl+V", "Ctrl+H", "Ctrl+F", "Ctrl+Left", "Ctrl+Right", "Alt+Left", "Alt+Right", "Ctrl+Shift+A",
    "Ctrl+Shift+T", "Ctrl+Shift+Space", "Ctrl+Shift+Down", "Ctrl+Shift+Left", "Ctrl+Shift+Right",
)  # fmt: skip

ALL = {*SEGMENT_EDITOR, *SEGMENT_EDITOR_EFFECTS, *SLICE_VIEWS, *THREE_D_VIEWS, *OTHER_VIEWS, *MAIN_WINDOW}
