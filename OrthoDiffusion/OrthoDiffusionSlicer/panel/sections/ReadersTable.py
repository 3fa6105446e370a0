"""Two readers of a case on the panel: agreement by structure, and whose outline becomes final."""

import qt
from slicer.i18n import tr as _

from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.panel.sections.Section import say


class ReadersTable:
    """The widgets below the cases; shown only while a case is open.

    Args:
        ui: the named widgets of the section.
        worklists: Worklists.
    """

    def __init__(self, ui, worklists):
        self._ui, self._readers, self._worklists = ui, worklists.readers, worklists
        self._names, self._shown = None, None
        table = ui.readersTable
        table.setHorizontalHeaderLabels([_("Structure"), _("Dice"), _("Mean mm"), _("95 % mm"), _("Final from")])
        table.verticalHeader().setVisible(False)
        table.verticalHeader().setDefaultSectionSize(22)
        header = table.horizontalHeader()
        header.setSectionResizeMode(0, qt.QHeaderView.Stretch)
        for column, width in ((1, 44), (2, 60), (3, 60), (4, 80)):
            header.setSectionResizeMode(column, qt.QHeaderView.Fixed)
            table.setColumnWidth(column, width)
        table.connect(
            "cellActivated(int,int)", self._onRow
        )  # a double click or Enter; one click where the desktop says so
        ui.compareReadersButton.connect("clicked(bool)", self._onCompare)
        ui.finalButton.connect("clicked(bool)", self._onFinal)

    def refresh(self):
        ui, readers = self._ui, self._readers
        opened = self._worklists.case is not None
        names = tuple(readers.others()) if opened else ()
        if names != self._names:
            self._names = names
            ui.otherReaderSelector.clear()
            ui.otherReaderSelector.addItems(list(names))
        for widget in (ui.otherReaderSelector, ui.compareReadersButton):
            widget.visible = bool(names)
            widget.enabled = not readers.busy
        ui.finalButton.visible = opened
        ui.finalButton.enabled = opened and not readers.busy
        ui.readersTable.visible = bool(readers.rows) and opened
        self._fill()
        status = f"⚠ {Words.error(readers.problem)}" if readers.problem is not None else readers.message
        say(ui.readersStatus, _("Computing…") if readers.busy else status if opened else "")

    def _fill(self):
        readers, table = self._readers, self._ui.readersTable
        lines = [_line(row, readers.sources.get(row["key"], "")) for row in readers.rows]
        if lines == self._shown:
            return
        self._shown = lines
        table.setRowCount(len(lines))
        for number, line in enumerate(lines):
            for column, text in enumerate(line):
                item = qt.QTableWidgetItem(text)
                item.setToolTip(_("Double click or Enter: take this structure from the other reader, and back."))
                table.setItem(number, column, item)

    def _onRow(self, row, column):
        readers = self._readers
        key, me = readers.rows[row]["key"], self._worklists.list.reader
        readers.choose(key, readers.other if readers.sources.get(key) == me else me)

    def _onCompare(self):
        self._readers.compare(self._ui.otherReaderSelector.currentText)

    def _onFinal(self):
        self._readers.finalise()


def _line(row, source):
    def number(value, form):
        return Words.number(value, form) if value is not None else "–"

    return (
        Words.named(row["key"], row["title"]),
        number(row["dice"], ".2f"),
        number(row["mean_mm"], ".1f"),
        number(row["worst_mm"], ".1f"),
        source,
    )
