"""Section ‘Bundles’: the trained networks of this computer, their model cards, how more come and some go."""

import qt
import slicer
from slicer.i18n import tr as _

from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.panel.sections.Section import Section, say


class InstalledBundles(Section):
    """Attributes:
    ask: called with a question, returns True for yes; Slicer's dialog unless a test gives another.
    askFolder, askFile: called without arguments, return a path or an empty text.
    """

    def setup(self):
        self._bundles, self._shown, self._problem, self._path = None, None, None, ""
        self.session.installation.ended.connect(self._onInstalled)
        self.ask = lambda text: slicer.util.confirmOkCancelDisplay(text, windowTitle="OrthoDiffusion")
        self.askFolder = lambda: qt.QFileDialog.getExistingDirectory(self.widget, _("Folder of a bundle"))
        self.askFile = self._askFile
        table = self.ui.bundlesTable
        table.setHorizontalHeaderLabels([_("Bundle"), _("Joint"), _("From")])
        table.verticalHeader().setVisible(False)
        table.horizontalHeader().setSectionResizeMode(0, qt.QHeaderView.Stretch)
        for column in (1, 2):
            table.horizontalHeader().setSectionResizeMode(column, qt.QHeaderView.ResizeToContents)
        table.connect("currentCellChanged(int,int,int,int)", self._onRow)
        self.ui.bundleFolderButton.connect("clicked(bool)", self._onFolder)
        self.ui.bundleFileButton.connect("clicked(bool)", self._onFile)
        self.ui.bundleRemoveButton.connect("clicked(bool)", self._onRemove)
        self.ui.bundlesButton.connect("contentsCollapsed(bool)", lambda collapsed: self.refresh())

    def refresh(self):
        bundles = self.session.software.bundles
        if bundles is not self._bundles:  # another list after each look
            self._fill(bundles)
        self._showCard()
        chosen = self._chosen()
        installing = self.session.installation.busy
        removable = chosen is not None and chosen.removable and not self.session.isInUse(chosen) and not installing
        self.ui.bundleRemoveButton.enabled = removable
        self.ui.bundleFolderButton.enabled = self.ui.bundleFileButton.enabled = not installing
        self.ui.bundleRemoveButton.toolTip = self._whyNotRemoved(chosen)
        say(self.ui.bundlesStatus, self._status())

    def _fill(self, bundles):
        table, chosen = self.ui.bundlesTable, self._chosen()
        self._bundles = bundles
        was = table.blockSignals(True)
        table.clearContents()
        table.setRowCount(len(bundles))
        for row, bundle in enumerate(bundles):
            origin = _("came with the program") if bundle.shipped else _("installed")
            texts = (
                bundle.title,
                Words.title(bundle.joint.name) if bundle.usable else "–",
                origin if bundle.usable else "⚠",
            )
            for column, text in enumerate(texts):
                item = qt.QTableWidgetItem(text)
                item.setToolTip(f"{bundle.facts}\n{bundle.folder}")
                table.setItem(row, column, item)
        folders = [bundle.folder for bundle in bundles]
        if chosen is not None and chosen.folder in folders:
            table.setCurrentCell(folders.index(chosen.folder), 0)
        elif bundles:
            table.setCurrentCell(0, 0)
        table.blockSignals(was)
        rows = sum(table.rowHeight(row) for row in range(min(5, table.rowCount)))
        table.setFixedHeight(table.horizontalHeader().sizeHint.height() + rows + 6)

    def _chosen(self):
        row = self.ui.bundlesTable.currentRow()
        return self._bundles[row] if self._bundles and 0 <= row < len(self._bundles) else None

    def _showCard(self):
        """The model card of the row that is chosen; not made while the section is closed."""
        chosen = self._chosen()
        if self.ui.bundlesButton.collapsed or chosen is self._shown:
            return
        self._shown = chosen
        card = chosen.card() if chosen is not None else ""
        browser = self.ui.bundleCard
        if hasattr(browser, "setMarkdown"):  # from Qt 5.14 on
            browser.setMarkdown(_harmless(card))
        else:
            browser.setPlainText(card)

    def _whyNotRemoved(self, chosen):
        if chosen is not None and not chosen.removable:
            return _(
                "This bundle came with the program, or lies in a folder that is not yours; it is not removed here."
            )
        if chosen is not None and self.session.isInUse(chosen):
            return _("An analysis or a fine-tuning is using this bundle.")
        return _("Delete the chosen bundle from this computer, after a question.")

    def _status(self):
        software, installation = self.session.software, self.session.installation
        if installation.busy:
            return f"{installation.message} ({installation.fraction:.0%})"
        if self._problem is not None:
            return f"⚠ {Words.error(self._problem)}"
        if software.removed:
            return _("Removed: {title}").format(title=software.removed)
        return _("Installed: {what}").format(what=", ".join(software.added)) if software.added else ""

    def _onRow(self, row, column, rowBefore, columnBefore):
        self.refresh()

    def _onFolder(self):
        self._install(self.askFolder())

    def _onFile(self):
        self._install(self.askFile())

    def _askFile(self):
        return qt.QFileDialog.getOpenFileName(self.widget, _("A bundle"), "", _("Bundles (*.zip)"))

    def _install(self, path):
        if path:
            self._path, self._problem = path, None
            self.session.installBundle(path)

    def _onInstalled(self, problem):
        path, self._path = self._path, ""
        self._problem = problem
        if path and problem is not None and problem.code == "bundle_exists":
            question = _("{problem}.\n\nReplace it?").format(problem=problem.words(Words.LANGUAGE).what)
            if self.ask(question):
                self._problem = None
                self.session.installBundle(path, overwrite=True)
        self.refresh()

    def _tellProblem(self):
        """The problem of the last action, here as well: the one at the top of the panel may be out of sight."""
        self._problem = self.session.analysis.problem
        self.refresh()

    def _onRemove(self):
        chosen = self._chosen()
        if chosen is None:
            return
        question = _(
            "Delete the bundle {title} from this computer?\n\n{folder}\n\nResults that were made with it stay."
        )
        if self.ask(question.format(title=chosen.title, folder=chosen.folder)):
            self.session.removeBundle(chosen)
            self._tellProblem()


def _harmless(markdown):
    """A card without HTML and pictures: a text browser would load what they name, also from other computers."""
    return markdown.replace("<", "&lt;").replace("![", "!&#91;")
