"""Section ‘Report’: the text to paste, a prior exam beside it, and the page to save."""

import os

import qt
from slicer.i18n import tr as _

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionSlicer.panel import Settings
from OrthoDiffusionSlicer.panel.sections.Filling import Filling
from OrthoDiffusionSlicer.panel.sections.Section import Section, say
from OrthoDiffusionSlicer.views import LayoutPicture


class Report(Section):
    """Attributes: askFolder: called with a title, returns a folder or an empty text; Slicer's dialog by default."""

    def setup(self):
        self._filling, self._priors = Filling(), None
        self._saved, self._wasOpen = "", False
        self.askFolder = self._askFolder
        self.ui.reportButton.connect("contentsCollapsed(bool)", self._onCollapsed)
        self.ui.reportText.connect("textChanged()", self._onEdited)
        self.ui.reportText.connect("cursorPositionChanged()", self._onCursor)
        self.ui.priorSelector.connect("activated(int)", self._onPrior)
        self.ui.priorFolderButton.connect("clicked(bool)", self._onPriorFolder)
        self.ui.copyReportButton.connect("clicked(bool)", self._onCopy)
        self.ui.renewReportButton.connect("clicked(bool)", self._onRenew)
        self.ui.saveReportButton.connect("clicked(bool)", self._onSave)

    def refresh(self):
        session = self.session
        if session.results is not self._results:
            self._follow(session.results)
        if not self.ui.reportButton.collapsed or session.results is None:
            self._show(session.report)

    def _follow(self, results):
        """Closed without results; as the user left it when others come, such as those of a second analysis."""
        button, came = self.ui.reportButton, self._results in (self, None)
        self._results, self._saved = results, ""
        button.enabled = results is not None
        if results is None:
            self._wasOpen = not button.collapsed
            button.collapsed = True
        elif came:
            button.collapsed = not self._wasOpen

    def _show(self, report):
        if report is not None:
            self._fillPriors(report)
        text = report.text if report is not None else ""
        if text != self.ui.reportText.plainText:
            with self._filling:
                self.ui.reportText.setPlainText(text)
        for button in (self.ui.copyReportButton, self.ui.saveReportButton):
            button.enabled = report is not None
        self.ui.reportText.readOnly = report is None
        self.ui.renewReportButton.enabled = report is not None and text != report.made
        say(self.ui.reportStatus, self._status(report))

    def _status(self, report):
        """What the reader should know of this text before it is used."""
        if self.session.results is not None and report is None:
            return _("These results are of an earlier version. Analyze again for a report.")
        if report is not None and report.outdated:
            return _("⚠ The findings have changed since this text was edited. ‘Write anew’ replaces it.")
        return self._saved

    def _fillPriors(self, report):
        """No prior exam, the tables of the scene, and the folder that was chosen."""
        prior = self.session.prior
        sources = [None, *self.session.priorTables]
        if prior is not None and prior.source not in sources:
            sources.append(prior.source)
        names = [_("none"), *(self._nameOf(source) for source in sources[1:])]
        if (sources, names) != self._priors:
            self._priors = (sources, names)
            self.ui.priorSelector.clear()
            self.ui.priorSelector.addItems(names)
        self.ui.priorSelector.currentIndex = sources.index(prior.source if prior is not None else None)

    def _nameOf(self, source):
        if isinstance(source, str):
            return os.path.basename(source)
        created = source.GetAttribute("OrthoDiffusion.Created") or ""
        if not created:  # of a batch, whose results hold no date
            return source.GetName()
        return _("{name}, {date}").format(name=source.GetName(), date=created[:16].replace("T", " "))

    def _onCollapsed(self, collapsed):
        if not collapsed:
            self.refresh()

    def _onPrior(self, index):
        self.session.choosePrior(self._priors[0][index])

    def _askFolder(self, title):
        try:
            return qt.QFileDialog.getExistingDirectory(self.widget, title, Settings.resultsFolder())
        except OrthoDiffusionError as error:
            self.session.analysis.fail(error)
            return ""

    def _onPriorFolder(self):
        folder = self.askFolder(_("Results of the prior exam"))
        if folder:
            self.session.choosePrior(folder)

    def _onEdited(self):
        report = self.session.report
        if not self._filling and report is not None:
            report.edit(self.ui.reportText.plainText)
            self._show(report)

    def _onCursor(self):
        """A click on a line about a finding chooses the finding's row."""
        session = self.session
        if self._filling or session.report is None:
            return
        line = self.ui.reportText.textCursor().blockNumber()
        lines = self.ui.reportText.plainText.split("\n")
        key = session.report.findingOf(lines[line]) if line < len(lines) else ""
        if key and (session.finding is None or session.finding.key != key):
            session.chooseFinding(session.results.row(key))

    def _onCopy(self):
        qt.QApplication.clipboard().setText(self.ui.reportText.plainText)
        self._say(_("The text is on the clipboard."))

    def _onRenew(self):
        self.session.report.edit(self.session.report.made)
        self._show(self.session.report)

    def _onSave(self):
        parent = self.askFolder(_("Folder in which the report gets a folder of its own"))
        folder = self.session.saveReport(parent, LayoutPicture.grab()) if parent else None
        if folder:
            self._say(_("Saved in {folder}").format(folder=folder))

    def _say(self, text):
        self._saved = text
        self._show(self.session.report)
