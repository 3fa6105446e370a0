"""Section ‘Findings’: how likely each finding is, where it was seen, and what the reader says of it."""

import qt

from OrthoDiffusionLib.messages import Message
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.panel.sections.FindingsTable import FindingsTable, details, wordOf
from OrthoDiffusionSlicer.panel.sections.Section import Section, say
from OrthoDiffusionSlicer.scene import FindingsNodes


class Findings(Section):
    """Attributes: table: FindingsTable."""

    def setup(self):
        self.table = FindingsTable(self.ui.findingsTable)
        self._rows = self._noteOf = None
        self._chosen = ""  # key of the finding whose line was chosen last
        self.ui.findingsTable.connect("cellClicked(int,int)", self._onRow)
        self.ui.findingsTable.connect("cellActivated(int,int)", self._onRow)
        self.ui.acceptButton.connect("clicked(bool)", self._onAccept)
        self.ui.rejectButton.connect("clicked(bool)", self._onReject)
        self.ui.unsureButton.connect("clicked(bool)", self._onUnsure)
        self.ui.undoReviewButton.connect("clicked(bool)", self.session.undoReview)
        self.ui.reviewNoteEdit.connect("editingFinished()", self._onNote)
        # Only while the table itself has the keyboard: the keys of other editors stay theirs.
        for key, slot in (("A", self._onAccept), ("R", self._onReject), ("U", self._onUnsure),
                          ("Z", self.session.undoReview)):  # fmt: skip
            shortcut = qt.QShortcut(self.ui.findingsTable)
            shortcut.setKey(qt.QKeySequence(key))
            shortcut.setContext(qt.Qt.WidgetShortcut)
            shortcut.connect("activated()", slot)

    def refresh(self):
        results, finding = self.session.results, self.session.finding
        if self.followResults(self.ui.findingsButton):
            self._rows = None
            self.ui.intendedUseLabel.text = results.intendedUse if results is not None else ""
        rows = results.rows if results is not None else []
        chosen = finding.key if finding is not None else ""
        if rows is not self._rows:
            self._fill(results, rows)
            self._chosen = ""
        if chosen != self._chosen:  # not at every refresh: the keyboard may have moved on to another line
            self._chosen = chosen
            if chosen:
                self.ui.findingsTable.setCurrentCell(self.table.rowOf(chosen), 0)
        say(self.ui.findingDetails, details(finding, results.usable) if finding is not None else "")
        self._refreshReview(results, finding)
        warnings = results.warnings if results is not None else []
        say(self.ui.warningsLabel, "\n".join(f"⚠ {FindingsNodes.inWords(warning)}" for warning in warnings))
        missed = results.notLookedFor if results is not None else ()
        say(self.ui.notLookedForLabel, _notLookedFor(missed) if missed else "")

    def close(self):
        self.table.close()

    def _fill(self, results, rows):
        """Show these rows."""
        self._rows = rows
        alarms = results.alarms if results is not None else []
        self.table.show(rows, [FindingsNodes.inWords(alarm) for alarm in alarms])

    def _refreshReview(self, results, finding):
        ui, chosen = self.ui, finding is not None
        accept, reject = _words(finding)
        said = not chosen or finding.word in ("positive", "negative")
        for button, text, word in (
            (ui.acceptButton, "✓ {word}" if said else "{word}", accept),
            (ui.rejectButton, "✗ {word}" if said else "{word}", reject),
            (ui.unsureButton, "? {word}", "unsure"),
        ):
            button.enabled = chosen
            button.text = text.format(word=wordOf(word) if chosen or word == "unsure" else "")
            button.checked = chosen and finding.readerWord == word
            font = button.font
            if font.bold() != button.checked:  # a font that is set lays the section out anew
                font.setBold(button.checked)
                button.font = font
        ui.undoReviewButton.enabled = results is not None and self.session.reviews.canUndo(results)
        review = finding.review if chosen else None
        ui.reviewNoteEdit.enabled = review is not None
        shown = (finding.key, review.note) if review is not None else None
        if shown != self._noteOf:  # not while somebody types
            self._noteOf = shown
            ui.reviewNoteEdit.text = review.note if review is not None else ""

    def _onRow(self, row, column):
        finding = self.table.rowAt(row)
        if finding is not None:
            self.session.chooseFinding(finding)

    def _onAccept(self):
        self._decide(0)

    def _onReject(self):
        self._decide(1)

    def _onUnsure(self):
        self._decide(2)

    def _decide(self, which):
        """About the line that is chosen; the keyboard may have moved on from the one that is shown."""
        if self.ui.findingsTable.hasFocus():
            finding = self.table.rowAt(self.ui.findingsTable.currentRow())
            if finding is not None and finding is not self.session.finding:
                self.session.chooseFinding(finding)
        self.session.review((*_words(self.session.finding), "unsure")[which])
        self.refresh()  # a button that was clicked in vain is pressed in no longer

    def _onNote(self):
        if self._noteOf is not None:
            self.session.noteReview(self._noteOf[0], self.ui.reviewNoteEdit.text.strip())


def _words(finding):
    """The reader's word that the first button stands for, and that of the second: the model's comes first."""
    return ("negative", "positive") if finding is not None and finding.word == "negative" else ("positive", "negative")


def _notLookedFor(names):
    return Words.said(Message("report", "not_looked_for", {"names": names})) + "."
