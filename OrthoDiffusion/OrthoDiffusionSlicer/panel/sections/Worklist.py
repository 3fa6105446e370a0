"""Section ‘Worklist’: the cases of an annotator, one after the other."""

import time

import qt
from slicer.i18n import tr as _

from OrthoDiffusionLib.annotation.case import CaseState
from OrthoDiffusionLib.annotation.worklist import Order
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.annotation.Worklists import LEAVING, OPENING
from OrthoDiffusionSlicer.panel.sections.ReadersTable import ReadersTable
from OrthoDiffusionSlicer.panel.sections.Section import Section, say
from OrthoDiffusionSlicer.panel.sections.WorklistTable import WorklistTable

_ORDERS = (Order.NAME, Order.UNCERTAIN_FIRST, Order.STATE)
NEXT_KEY, PREVIOUS_KEY = "Ctrl+PgDown", "Ctrl+PgUp"


class Worklist(Section):
    """Attributes:
    table: WorklistTable. readers: ReadersTable.
    askFile, askFolder: called with a title (and a filter), return a path or an empty text; Slicer's dialogs by default.
    """

    def setup(self):
        self.table = WorklistTable(self.ui.casesTable)
        self._worklists, self._opened, self._noteOf = self.session.worklists, None, None
        self.askFolder = lambda title: qt.QFileDialog.getExistingDirectory(self.widget, title)
        self.askFile = lambda title, kinds: qt.QFileDialog.getOpenFileName(self.widget, title, "", kinds)
        ui, worklists = self.ui, self._worklists
        self.readers = ReadersTable(ui, worklists)
        ui.orderSelector.addItems([_("By name"), _("Most uncertain first"), _("By state")])
        ui.readerEdit.text = worklists.reader
        for button, slot in (
            (ui.newFromFolderButton, self._onNewFromFolder),
            (ui.newFromTableButton, self._onNewFromTable),
            (ui.openWorklistButton, self._onOpen),
            (ui.closeWorklistButton, self._onClose),
            (ui.nextCaseButton, self._onNext),
            (ui.previousCaseButton, self._onPrevious),
            (ui.completedButton, self._onCompleted),
            (ui.flaggedButton, self._onFlagged),
            (ui.inProgressButton, self._onInProgress),
            (ui.addStructureButton, self._onAddStructure),
            (ui.retrySavingButton, worklists.retry),
        ):
            button.connect("clicked(bool)", slot)
        ui.worklistButton.connect("contentsCollapsed(bool)", self._onCollapsed)
        ui.orderSelector.connect("activated(int)", self._onOrder)
        ui.backgroundCheckBox.connect("toggled(bool)", worklists.setBackground)
        # A double click or Enter; a single click on a desktop whose style says so.
        ui.casesTable.connect("cellActivated(int,int)", self._onRow)
        ui.caseNoteEdit.connect("editingFinished()", self._onNote)
        ui.readerEdit.connect("editingFinished()", self._onReader)
        ui.ownStructureEdit.connect("returnPressed()", self._onAddStructure)
        self._keys = [self._key(NEXT_KEY, self._onNext), self._key(PREVIOUS_KEY, self._onPrevious)]
        worklists.changed.connect(self._onChanged)

    def _key(self, key, slot):
        """Works while the panel is shown: a hidden widget's shortcut is off, and with it that of another module."""
        shortcut = qt.QShortcut(self.widget)
        shortcut.setKey(qt.QKeySequence(key))
        shortcut.connect("activated()", slot)
        return shortcut

    def close(self):
        self._worklists.changed.disconnect(self._onChanged)

    def _onChanged(self):
        self.session.changed()  # what else is shown may follow, and this section with it

    def _onCollapsed(self, collapsed):
        if not collapsed:
            self.refresh()

    def refresh(self):
        ui, worklists = self.ui, self._worklists
        opened, case = worklists.list, worklists.case
        if opened is not self._opened:
            self._opened = opened
            ui.worklistButton.collapsed = opened is None and not ui.worklistButton.collapsed
        if ui.readerEdit.text != worklists.reader and not ui.readerEdit.hasFocus():
            ui.readerEdit.text = worklists.reader
        there, idle = opened is not None, not worklists.busy
        for widget in (ui.casesTable, ui.orderSelector, ui.backgroundCheckBox, ui.nextCaseButton, ui.previousCaseButton,
                       ui.closeWorklistButton, ui.caseNoteEdit, ui.completedButton, ui.flaggedButton,
                       ui.inProgressButton, ui.ownStructureEdit, ui.addStructureButton):  # fmt: skip
            widget.visible = there
        for widget in (ui.nextCaseButton, ui.previousCaseButton, ui.closeWorklistButton):
            widget.enabled = idle
        for shortcut in self._keys:
            shortcut.setEnabled(there and self.session.parameters is not None)
        if not ui.worklistButton.collapsed:  # 500 lines are not made anew where nobody sees them
            self.table.show(opened.ordered() if there else [], opened.reader if there else "", case)
        if there:
            ui.orderSelector.currentIndex = _ORDERS.index(opened.worklist.order)
        self._showCase(opened, case)
        self.readers.refresh()
        say(ui.worklistEnd, self._end(opened))
        say(ui.worklistStatus, self._status(opened))
        problem = self._problem(opened)
        say(ui.worklistProblem, f"⚠ {Words.error(problem)}" if problem is not None else "")
        ui.retrySavingButton.visible = problem is not None and (
            problem is worklists.saving.problem or (there and problem is opened.problem)
        )

    def _showCase(self, opened, case):
        ui = self.ui
        state = case.state(opened.reader) if case is not None else None
        for button, own in ((ui.completedButton, CaseState.COMPLETED), (ui.flaggedButton, CaseState.FLAGGED),
                            (ui.inProgressButton, CaseState.IN_PROGRESS)):  # fmt: skip
            button.enabled = case is not None and not self._worklists.busy
            button.checked = state is own
        ui.caseNoteEdit.enabled = case is not None
        shown = (case.name, case.work(opened.reader).note) if case is not None else None
        if shown != self._noteOf:  # not while somebody types
            self._noteOf = shown
            ui.caseNoteEdit.text = shown[1] if shown is not None else ""

    def _problem(self, opened):
        worklists = self._worklists
        return worklists.problem or worklists.saving.problem or (opened.problem if opened is not None else None)

    def _end(self, opened):
        """The clear end."""
        worklists = self._worklists
        if opened is None or not (worklists.done or opened.worklist.all_done(opened.reader)):
            return ""
        counts = opened.worklist.counts(opened.reader)
        text = _("✔ All cases ({n}) are done: {completed} completed, {flagged} flagged.").format(
            n=len(opened.worklist.cases),
            completed=counts[CaseState.COMPLETED],
            flagged=counts[CaseState.FLAGGED],
        )
        return text + " " + _("A double click opens one again.")

    def _status(self, opened):
        worklists = self._worklists
        if opened is None:
            return worklists.message
        parts = []
        if worklists.state == OPENING:
            parts.append(_("Opening…"))
        elif worklists.state == LEAVING:
            parts.append(_("Saving…"))
        elif worklists.message:
            parts.append(worklists.message)
        if worklists.case is not None and worklists.saving.savedAt is not None:
            when = time.strftime("%H:%M:%S", time.localtime(worklists.saving.savedAt))
            parts.append(_("Saved at {time}.").format(time=when))
        counts = opened.worklist.counts(opened.reader)
        done = counts[CaseState.COMPLETED] + counts[CaseState.FLAGGED]
        parts.append(_("{done} of {n} done.").format(done=done, n=len(opened.worklist.cases)))
        running = worklists.background.running
        if running is not None:
            parts.append(_("Analyzing ‘{case}’ in the background.").format(case=running.name))
        return " ".join(parts)

    def _onNewFromFolder(self):
        folder = self.askFolder(_("Folder that holds a folder for each study"))
        if folder:
            self._onNote()
            self._worklists.new(folder)

    def _onNewFromTable(self):
        table = self.askFile(_("Table of cases"), _("Tables (*.csv *.tsv *.txt)"))
        if table:
            self._onNote()
            self._worklists.new(table)

    def _onOpen(self):
        path = self.askFile(_("Worklist"), _("Worklists (*.json)"))
        if path:
            self._onNote()
            self._worklists.open(path)

    def _onClose(self):
        self._onNote()
        self._worklists.close()

    def _onNext(self):
        self._onNote()  # a key or, on some desktops, a button leaves the focus in the note that is being written
        self._worklists.next()

    def _onPrevious(self):
        self._onNote()
        self._worklists.previous()

    def _onRow(self, row, column):
        if row < len(self.table.names):
            self._onNote()
            self._worklists.openCase(self.table.names[row])

    def _onOrder(self, index):
        self._worklists.setOrder(_ORDERS[index])

    def _onCompleted(self):
        self._worklists.setState(CaseState.COMPLETED)

    def _onFlagged(self):
        self._worklists.setState(CaseState.FLAGGED)

    def _onInProgress(self):
        self._worklists.setState(CaseState.IN_PROGRESS)

    def _onNote(self):
        """Only what stands beside the open case: the line may not have followed to the next one yet."""
        case = self._worklists.case
        if case is not None and self._noteOf is not None and self._noteOf[0] == case.name:
            self._worklists.setNote(self.ui.caseNoteEdit.text.strip())

    def _onReader(self):
        self._onNote()
        self._worklists.setReader(self.ui.readerEdit.text)

    def _onAddStructure(self):
        name = self.ui.ownStructureEdit.text
        if name.strip():
            self._worklists.addStructure(name)
            self.ui.ownStructureEdit.text = ""
