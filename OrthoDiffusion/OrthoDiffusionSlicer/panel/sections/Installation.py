"""Section ‘Offline installation’: which packages are missing, and a folder to take them and bundles from."""

import qt
from slicer.i18n import tr as _

from OrthoDiffusionSlicer.panel.sections.Section import Section


class Installation(Section):
    def setup(self):
        self.ui.browseButton.connect("clicked(bool)", self._onBrowse)
        self.ui.installButton.connect("clicked(bool)", self._onInstall)

    def refresh(self):
        self.ui.requirementsLabel.text = self._packages()
        self.ui.offlineStatus.text = self._status()

    def _onBrowse(self):
        folder = qt.QFileDialog.getExistingDirectory(self.widget, _("Folder of wheels and bundles"))
        if folder:
            self.ui.offlineFolderEdit.text = folder

    def _onInstall(self):
        self.session.installFrom(self.ui.offlineFolderEdit.text.strip())

    def _packages(self):
        missing = self.session.software.missing
        if missing is None:
            return ""
        if not missing:
            return _("All Python packages are installed.")
        return _("Missing Python packages: {packages}").format(packages=", ".join(missing))

    def _status(self):
        """What the last installation brought."""
        software = self.session.software
        if software.askedFolder is None:
            return ""
        if software.installed is None:
            return _("Choose a folder that exists.")
        if not software.installed:
            return _("Nothing was installed.")
        return _("Installed: {what}").format(what=", ".join(software.installed))
