"""Section ‘Corrections’: each outline beside its prediction, the way back to either, and the export of the case."""

import qt
from slicer.i18n import tr as _

from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.annotation import CaseOpening
from OrthoDiffusionSlicer.panel.corrections.Comparison import DELETED, DRAWN, EDITED, NOT_HELD
from OrthoDiffusionSlicer.panel.corrections.CorrectionExport import caseNameOf, patientOf
from OrthoDiffusionSlicer.panel.sections.Section import Section, say


class Corrections(Section):
    """Attributes: askFolder: called with a title, returns a folder or an empty text; Slicer's dialog by default."""

    def setup(self):
        ui = self.ui
        self._rows = self._named = None
        self._shown = True
        self.session.shown.connect(self._onShown)
        self.askFolder = lambda title: qt.QFileDialog.getExistingDirectory(self.widget, title)
        table = ui.correctionsTable
        table.setHorizontalHeaderLabels([_("Outline"), _("Dice"), _("mm"), _("mL")])
        table.horizontalHeaderItem(2).setToolTip(_("Distance of the surfaces in mm: mean, 95 %"))
        table.horizontalHeaderItem(3).setToolTip(_("Volume in mL: before, after"))
        table.wordWrap = False
        table.verticalHeader().setVisible(False)
        header = table.horizontalHeader()
        header.setSectionResizeMode(0, qt.QHeaderView.Stretch)
        for column in (1, 2, 3):
            header.setSectionResizeMode(column, qt.QHeaderView.ResizeToContents)
        table.connect("itemSelectionChanged()", self._refreshButtons)
        ui.correctionsButton.connect("contentsCollapsed(bool)", self._onCollapsed)
        ui.differenceCheckBox.connect("toggled(bool)", self._onDifference)
        ui.restorePredictionButton.connect("clicked(bool)", self._onRestorePrediction)
        ui.restoreEditButton.connect("clicked(bool)", self._onRestoreEdit)
        ui.exportBrowseButton.connect("clicked(bool)", self._onBrowse)
        ui.exportButton.connect("clicked(bool)", self._onExport)
        for edit in (ui.exportFolderEdit, ui.exportCaseEdit, ui.exportPatientEdit):
            edit.connect("textChanged(QString)", self._onText)

    def refresh(self):
        corrections, results = self.session.corrections, self.session.results
        if results is not self._results:
            self._follow(results)
        rows = corrections.comparison.rows
        if rows is not self._rows:
            self._fill(rows)
        say(self.ui.correctionsStatus, self._status())
        self.ui.differenceCheckBox.enabled = bool(rows)
        if self.ui.differenceCheckBox.checked != corrections.difference:
            self.ui.differenceCheckBox.checked = corrections.difference
        self._refreshButtons()
        say(self.ui.exportStatus, self._exportStatus())

    def _follow(self, results):
        """Closed without results; as the user left it when others come."""
        button, self._results = self.ui.correctionsButton, results
        button.enabled = results is not None
        if results is None:
            button.collapsed = True
        elif not button.collapsed:
            self._nameCase()

    def _onShown(self, shown):
        """Nothing is compared stroke by stroke while somebody draws in another module."""
        self._shown = shown
        self._onCollapsed(self.ui.correctionsButton.collapsed)

    def _onCollapsed(self, collapsed):
        self.session.corrections.comparison.want(self._shown and not collapsed)
        if not collapsed:
            self._nameCase()

    def _nameCase(self):
        """Propose names for the case that is shown, once; what the user writes over them stays."""
        results = self.session.results
        if results is None or results is self._named:
            return
        self._named = results
        worklists, case = self.session.worklists, self.session.worklists.case
        own = case is not None and CaseOpening.belongsTo(results.table, worklists.mark)
        name = case.name if own else caseNameOf(results)
        self.ui.exportCaseEdit.text = name
        if not self.ui.exportReaderEdit.text and worklists.list is not None:
            self.ui.exportReaderEdit.text = worklists.reader
        self.ui.exportPatientEdit.text = patientOf(results) or name
        self.ui.allReviewedCheckBox.checked = False

    def _fill(self, rows):
        chosen, table = self._chosen(), self.ui.correctionsTable
        self._rows = rows
        table.clearContents()
        table.setRowCount(len(rows))
        for line, row in enumerate(rows):
            for column, text in enumerate(_cells(row)):
                item = qt.QTableWidgetItem(text)
                item.setToolTip(_inWords(row))
                table.setItem(line, column, item)
        ids = [row.segmentId for row in rows]
        if chosen is not None and chosen.segmentId in ids:
            table.setCurrentCell(ids.index(chosen.segmentId), 0)

    def _chosen(self):
        """The OutlineRow whose line is chosen, None for none."""
        rows, line = self._rows or [], self.ui.correctionsTable.currentRow()
        return rows[line] if 0 <= line < len(rows) else None

    def _refreshButtons(self):
        row, export = self._chosen(), self.session.corrections.export
        self.ui.restorePredictionButton.enabled = row is not None and row.state in (EDITED, DELETED, NOT_HELD)
        self.ui.restoreEditButton.enabled = row is not None and row.setAside > 0
        texts = (self.ui.exportFolderEdit, self.ui.exportCaseEdit, self.ui.exportPatientEdit)
        told = all(edit.text.strip() for edit in texts)
        self.ui.exportButton.enabled = bool(self._rows) and told and not export.busy

    def _status(self):
        comparison = self.session.corrections.comparison
        if comparison.node is None:
            return ""
        problem = comparison.problem or self.session.corrections.problem
        if problem is not None:
            return f"⚠ {Words.error(problem)}"
        if not comparison.known:
            return _("These outlines are of an earlier version, and their predictions were not kept. Analyze the study "
                     "again: edits stay, and each new prediction is kept beside them.")  # fmt: skip
        if comparison.busy:
            return _("Comparing…")
        edited = [row for row in comparison.rows if row.change is not None and row.change["changed"]]
        return _("{n} of {all} outlines were edited.").format(n=len(edited), all=len(comparison.rows))

    def _exportStatus(self):
        export = self.session.corrections.export
        if export.busy:
            return export.message
        if export.problem is not None:
            return f"⚠ {Words.error(export.problem)}"
        if export.exported is None:
            return ""
        done = export.exported
        text = _("{case} was brought up to date in {table}") if done["updated"] else _("{case} was added to {table}")
        counts = _("{edited} outlines were edited, {taught} teach.").format(
            edited=len(done["edited"]), taught=len(done["covered"])
        )
        return f"{text.format(case=done['case'], table=done['table'])}. {counts}"

    def _onText(self, text):
        self._refreshButtons()

    def _onDifference(self, shown):
        if shown != self.session.corrections.difference:
            self.session.corrections.showDifference(shown)

    def _onRestorePrediction(self):
        row = self._chosen()
        if row is not None:
            self.session.corrections.restorePrediction(row.segmentId)

    def _onRestoreEdit(self):
        row = self._chosen()
        if row is not None:
            self.session.corrections.restoreEdit(row.segmentId)

    def _onBrowse(self):
        folder = self.askFolder(_("Folder of the corrected cases"))
        if folder:
            self.ui.exportFolderEdit.text = folder

    def _onExport(self):
        ui = self.ui
        self.session.corrections.exportCase(
            ui.exportFolderEdit.text.strip(),
            case=ui.exportCaseEdit.text.strip(),
            patient=ui.exportPatientEdit.text.strip(),
            reader=ui.exportReaderEdit.text.strip(),
            allReviewed=ui.allReviewedCheckBox.checked,
        )


def _cells(row):
    """Title with its state, Dice, distances, volumes; dots while it is being measured."""
    signs = {EDITED: "✎ ", DELETED: "✗ ", DRAWN: "+ "}
    title = signs.get(row.state, "") + row.title + (" ✓" if row.reviewed else "")
    change = row.change
    if change is None:
        return title, "…", "…", "…"
    distances = [_number(change[name], 2) for name in ("mean_mm", "hd95_mm")]
    volumes = [_number(change[name], 2) for name in ("before_ml", "after_ml")]
    return title, _number(change["dice"], 3), ", ".join(distances), "→".join(volumes)


def _number(value, digits):
    return "–" if value is None else Words.number(value, f".{digits}f")


def _inWords(row):
    """Everything about one outline, for its tool tip."""
    states = {
        EDITED: _("edited"), DELETED: _("deleted"), DRAWN: _("drawn where nothing was predicted"),
        NOT_HELD: _("not in the label map that the outlines began with, and so neither taught nor unlearned"),
    }  # fmt: skip
    parts = [_("{title}: {state}.").format(title=row.title, state=states.get(row.state, _("as predicted")))]
    if row.reviewed:
        parts.append(_("Marked as completed."))
    if row.setAside:
        parts.append(_("Edits set aside: {n}.").format(n=row.setAside))
    change = row.change
    if change is not None and change["changed"]:
        parts.append(_("Added {added} mL, removed {removed} mL.").format(
            added=_number(change["added_ml"], 2), removed=_number(change["removed_ml"], 2)))  # fmt: skip
        if change["mean_mm"] is not None:
            parts.append(_("Dice {dice}; distance of the surfaces {mean} mm on average, 95 % within {far} mm.").format(
                dice=_number(change["dice"], 3), mean=_number(change["mean_mm"], 2),
                far=_number(change["hd95_mm"], 2)))  # fmt: skip
    return " ".join(parts)
