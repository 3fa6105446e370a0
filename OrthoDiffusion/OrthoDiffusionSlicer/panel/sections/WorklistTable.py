"""The cases of a worklist on the panel: state, name, uncertainty, note, time."""

import qt
from slicer.i18n import tr as _

from OrthoDiffusionLib.annotation.case import CaseState

_SIGNS = {
    CaseState.NOT_STARTED: "○",
    CaseState.IN_PROGRESS: "◐",
    CaseState.COMPLETED: "✔",
    CaseState.FLAGGED: "⚑",
}


class WorklistTable:
    """Fills a QTableWidget of five columns; only lines that say something else than before are written anew.

    Attributes:
        names: of the cases, by line.
    """

    def __init__(self, table):
        self._table, self.names, self._shown = table, [], []
        table.setHorizontalHeaderLabels([_("State"), _("Case"), _("Unsure"), _("Note"), _("Time")])
        table.verticalHeader().setVisible(False)
        table.verticalHeader().setDefaultSectionSize(22)
        header = table.horizontalHeader()
        for column in (0, 2, 4):  # fixed: to fit 500 lines would take the time of looking at each
            header.setSectionResizeMode(column, qt.QHeaderView.Fixed)
        for column, width in ((0, 42), (2, 52), (4, 52)):
            table.setColumnWidth(column, width)
        header.setSectionResizeMode(1, qt.QHeaderView.Stretch)
        header.setSectionResizeMode(3, qt.QHeaderView.Stretch)

    def show(self, cases, reader, current=None):
        """Show these cases.

        Args:
            cases: Cases, in order.
            reader: whose work is shown.
            current: the Case that is open, None for none.
        """
        table = self._table
        lines = [_line(case, reader, case is current) for case in cases]
        self.names = [case.name for case in cases]
        if table.rowCount != len(lines):
            table.setRowCount(len(lines))
            del self._shown[len(lines) :]
        for row, line in enumerate(lines):
            if row >= len(self._shown) or self._shown[row] != line:
                self._write(row, line)
        moved = current is not None and [row for row, line in enumerate(lines) if line[-1]] != [
            row for row, line in enumerate(self._shown) if line[-1]
        ]
        self._shown = lines
        if moved:
            row = cases.index(current)
            table.setCurrentCell(row, 1)
            table.scrollToItem(table.item(row, 1))

    def _write(self, row, line):
        *texts, toolTip, current = line
        for column, text in enumerate(texts):
            item = qt.QTableWidgetItem(text)
            item.setToolTip(toolTip)
            if current:
                font = item.font()
                font.setBold(True)
                item.setFont(font)
            self._table.setItem(row, column, item)


def _line(case, reader, current):
    """The texts of a line, its tool tip, and whether the case is open."""
    work = case.readers.get(reader)
    state = case.state(reader)
    uncertainty = f"{case.uncertainty:.2f}" if case.uncertainty is not None else ""
    sign = _SIGNS[state] + (" ★" if case.final is not None else "")
    note = work.note if work is not None else ""
    told = [f"{case.name}: {titleOf(state)}"]
    others = sorted(name for name, other in case.readers.items() if name != reader and other.changed)
    if others:
        told.append(_("Also read by {readers}").format(readers=", ".join(others)))
    if case.final is not None:
        told.append(_("Final version by {reader}, {time}").format(
            reader=case.final.reader, time=case.final.time[:16].replace("T", " ")))  # fmt: skip
    if case.problem:
        note = f"⚠ {note}".strip()
        told.append(_("Not analyzed: {problem}").format(problem=case.problem))
    time = _minutes(work.seconds) if work is not None and work.seconds >= 1 else ""
    return (sign, case.name, uncertainty, note, time, "\n".join(told), current)


def titleOf(state):
    """A state in words."""
    return {
        CaseState.NOT_STARTED: _("not started"),
        CaseState.IN_PROGRESS: _("in progress"),
        CaseState.COMPLETED: _("completed"),
        CaseState.FLAGGED: _("flagged"),
    }[state]


def _minutes(seconds):
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
