"""The page ‘OrthoDiffusion’ of Slicer's application settings.

As Slicer's own module DICOM makes its page (Modules/Scripted/DICOM/DICOM.py): a ctkSettingsPanel whose properties
follow the settings. What is changed takes effect with the next analysis, save or look at the bundles: no restart.
"""

import ctk
import qt
import slicer
from slicer.i18n import tr as _

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.panel import Settings

TITLE = "OrthoDiffusion"


class SettingsPage:
    """Builds the page and keeps it. Of a ctkSettingsPanel nothing is derived: it is a plain one with widgets in it.

    Attributes:
        panel: the ctkSettingsPanel.
        widgets: name of a setting → its widget.
        message: QLabel that says what is wrong.
    """

    def __init__(self):
        self.panel = ctk.ctkSettingsPanel()
        self.widgets = {}
        form = qt.QFormLayout(self.panel)
        # Before they are registered: what is then in a widget is its default, for ‘Restore defaults’.
        self._add(form, Settings.DEVICE, self._choice(Settings.DEVICE))
        self._add(form, Settings.PRECISION, self._choice(Settings.PRECISION))
        self._add(form, Settings.THREADS, self._number(Settings.THREADS, _("all")))
        self._add(form, Settings.AUTOSAVE, self._number(Settings.AUTOSAVE))
        self._addFolder(form, Settings.RESULTS_FOLDER)
        self._addFolder(form, Settings.BUNDLES_FOLDER)
        self._addFolder(form, Settings.DICOM_FOLDER)
        self._add(form, Settings.DICOM_IMPORT, self._choice(Settings.DICOM_IMPORT))
        self.message = qt.QLabel()
        self.message.wordWrap = True
        form.addRow(self.message)
        self._register()
        self._showProblems()

    def addTo(self, dialog):
        """Put the page into a ctkSettingsDialog."""
        dialog.addPanel(TITLE, self.panel)
        dialog.connect("accepted()", self._onClosed)

    def _add(self, form, setting, widget):
        widget.toolTip = toolTipOf(setting)
        widget.accessibleName = Settings.titleOf(setting)
        self.widgets[setting.name] = widget
        label = qt.QLabel(Settings.titleOf(setting) + ":")
        label.setBuddy(widget)
        form.addRow(label, widget)

    def _choice(self, setting):
        box = ctk.ctkComboBox()
        words = {"no": _("no"), "yes": _("yes")}  # the others are terms
        for choice in setting.choices:
            box.addItem(words.get(choice, choice), choice)
        box.currentIndex = setting.choices.index(setting.default)
        return box

    def _number(self, setting, special=""):
        box = qt.QSpinBox()
        box.setRange(setting.least, setting.most)
        box.value = setting.default
        box.suffix = f" {setting.unit}" if setting.unit else ""
        box.specialValueText = special
        return box

    def _addFolder(self, form, setting):
        edit, button = qt.QLineEdit(), qt.QPushButton(_("Browse…"))
        button.autoDefault = False  # else Enter in the field would press it
        edit.toolTip = button.toolTip = toolTipOf(setting)
        edit.accessibleName = Settings.titleOf(setting)
        button.accessibleName = _("Browse for: {title}").format(title=Settings.titleOf(setting))
        row = qt.QWidget()
        layout = qt.QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(edit)
        layout.addWidget(button)
        label = qt.QLabel(Settings.titleOf(setting) + ":")
        label.setBuddy(edit)
        form.addRow(label, row)
        self.widgets[setting.name] = edit
        # Before the settings panel's own slot, which would store anything.
        edit.connect("editingFinished()", self._checked(setting, edit))
        button.connect("clicked(bool)", self._browse(setting, edit))

    def _register(self):
        signals = {
            ctk.ctkComboBox: ("currentUserDataAsString", "currentIndexChanged(int)"),
            qt.QSpinBox: ("value", "valueChanged(int)"),
            qt.QLineEdit: ("text", "editingFinished()"),
        }
        for setting in Settings.ALL:
            widget = self.widgets[setting.name]
            name, signal = next(pair for kind, pair in signals.items() if isinstance(widget, kind))
            self.panel.registerProperty(setting.key, widget, name, str(qt.SIGNAL(signal)), Settings.titleOf(setting))

    def _checked(self, setting, edit):
        def check():
            """A folder that cannot be one is refused: the field shows again what holds."""
            try:
                setting.read(edit.text)
            except ValueError as error:
                self._say(setting, edit.text, error)
                edit.text = self._stored(setting)
            else:
                self.message.text = ""

        return check

    def _browse(self, setting, edit):
        def browse():
            folder = qt.QFileDialog.getExistingDirectory(self.panel, Settings.titleOf(setting), edit.text)
            if folder:
                edit.text = folder
                Settings.store(setting, folder)
                self.message.text = ""

        return browse

    def _stored(self, setting):
        try:
            return Settings.value(setting)
        except OrthoDiffusionError:
            return setting.default

    def _say(self, setting, text, allowed):
        self.message.text = "⚠ " + _("{name}: ‘{value}’ is not used; it must be {allowed}.").format(
            name=Settings.titleOf(setting), value=text, allowed=allowed
        )

    def _showProblems(self):
        self.message.text = "\n".join(f"⚠ {error.words(Words.LANGUAGE).what}." for error in Settings.problems())

    def _onClosed(self):
        """OK or Cancel. What was stored wrongly takes the value that its widget shows."""
        for setting in Settings.ALL:
            widget = self.widgets[setting.name]
            shown = widget.text if setting.isFolder else None
            try:
                Settings.value(setting)
            except OrthoDiffusionError:
                Settings.store(setting, _valueOf(widget))
                continue
            if shown is not None and shown != Settings.value(setting):  # typed, and the field kept the keyboard
                self._checked(setting, widget)()
                Settings.store(setting, widget.text)
        self.message.text = ""


def toolTipOf(setting):
    """What a setting is for."""
    return {
        Settings.DEVICE: _("Where the networks run. auto: on a CUDA GPU if there is one, else on the processor."),
        Settings.PRECISION: _(
            "Number format of the networks. auto: bfloat16 where the computer is fast at it, else float32."
        ),
        Settings.THREADS: _("Threads of the processor that an analysis may use, up to 256. 0: one for each core."),
        Settings.AUTOSAVE: _("Seconds between two automatic saves of work on a case, 5 to 3600."),
        Settings.RESULTS_FOLDER: _("Folder in which results and reports are offered to be saved. Empty: none."),
        Settings.BUNDLES_FOLDER: _(
            "Folder that bundles are installed into and found in. Empty: beside Slicer's settings."
        ),
        Settings.DICOM_FOLDER: _(
            "Folder in which each analysis of series from Slicer's DICOM database leaves its DICOM objects, in a new "
            "folder: segmentations, report and picture. Import them in the module DICOM. Empty: none are written."
        ),
        Settings.DICOM_IMPORT: _(
            "Whether Slicer's DICOM database lists the DICOM objects as soon as they are written. The files stay where "
            "they are."
        ),
    }[setting]


def _valueOf(widget):
    if isinstance(widget, qt.QSpinBox):
        return widget.value
    return widget.currentUserDataAsString if isinstance(widget, ctk.ctkComboBox) else widget.text


def install():
    """Add the page to Slicer's settings dialog; returns the SettingsPage, None where there is no main window."""
    if slicer.util.mainWindow() is None:
        return None
    page = SettingsPage()
    page.addTo(slicer.app.settingsDialog())
    return page
