"""The measurements on the panel: value, what is usual, whose number it is, and why there is none."""

import qt
from slicer.i18n import tr as _

from OrthoDiffusionLib.reports.wording import in_figures, in_unit
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.panel.tables.RowHeights import showAllRows

_FAINT = (128, 128, 128)


class MeasurementsTable:
    """Fills a QTableWidget with MeasurementRows, in the order of a report.

    Args:
        table: a QTableWidget of three columns.

    Attributes:
        rows: the MeasurementRows, from top to bottom.
    """

    def __init__(self, table):
        self._table = table
        self.rows = []
        table.setHorizontalHeaderLabels([_("Measurement"), _("Value"), _("Usual")])
        table.verticalHeader().setVisible(False)
        header = table.horizontalHeader()
        header.setSectionResizeMode(0, qt.QHeaderView.Stretch)
        for column, width in ((1, 124), (2, 84)):  # not by their contents: a reason would leave no room for the names
            header.setSectionResizeMode(column, qt.QHeaderView.Fixed)
            table.setColumnWidth(column, width)
        header.connect("sectionResized(int,int,int)", self._fitLater)
        table.verticalHeader().setSectionResizeMode(qt.QHeaderView.ResizeToContents)
        table.setVerticalScrollBarPolicy(qt.Qt.ScrollBarAlwaysOff)

    def show(self, rows):
        """Show the rows, or none."""
        self.rows = list(rows)
        table = self._table
        table.clearContents()
        table.clearSpans()
        table.setRowCount(len(self.rows))
        for index in range(len(self.rows)):
            self._fill(index)
        self._fitLater()

    def renew(self, row):
        """Show the same measurement with another number."""
        index = self.rowOf(row.name)
        if index >= 0:
            self.rows[index] = row
            shown = self._table.item(index, 0).checkState()
            self._fill(index)
            if row.drawn:
                self._table.item(index, 0).setCheckState(shown)
            self._fitLater()

    def check(self, isShown):
        """Check the measurements whose markups can be seen.

        Args:
            isShown: MeasurementRow → bool.
        """
        for index, row in enumerate(self.rows):
            item = self._table.item(index, 0)
            wanted = qt.Qt.Checked if row.drawn and isShown(row) else qt.Qt.Unchecked
            if row.drawn and item.checkState() != wanted:
                item.setCheckState(wanted)

    def rowOf(self, name):
        """Index of the line of one measurement, -1 if it is not shown."""
        return next((index for index, row in enumerate(self.rows) if row.name == name), -1)

    def rowAt(self, index):
        """The MeasurementRow of one line, None if there is none."""
        return self.rows[index] if 0 <= index < len(self.rows) else None

    def close(self):
        """The widget goes away; a turn of the event loop may still be owed to it."""
        self._table = None

    def _fill(self, index):
        row, table = self.rows[index], self._table
        name = qt.QTableWidgetItem(row.title)
        name.setFlags(qt.Qt.ItemIsEnabled | qt.Qt.ItemIsSelectable | qt.Qt.ItemIsUserCheckable)
        if row.drawn:
            name.setCheckState(qt.Qt.Unchecked)
        cells = [name, qt.QTableWidgetItem(_value(row)), qt.QTableWidgetItem(_usual(row))]
        if row.value is None or not row.complete:
            cells[1].setForeground(qt.QBrush(qt.QColor(*_FAINT)))
        font = cells[1].font()
        font.setBold(row.outside != 0)
        cells[1].setFont(font)
        toolTip = everything(row)
        for column, item in enumerate(cells):
            item.setToolTip(toolTip)
            table.setItem(index, column, item)
        columns = 2 if row.value is None else 1  # the reason is longer than a number
        if table.columnSpan(index, 1) != columns:
            table.setSpan(index, 1, 1, columns)

    def _fitLater(self):
        qt.QTimer.singleShot(0, self._fit)  # the widths of columns are settled then, and with them the rows' heights

    def _fit(self):
        """All rows at once: a list of numbers is read to its end."""
        if self._table is not None:
            showAllRows(self._table)


def details(row):
    """What is to be known of one number in words, for the line under the table."""
    parts = [_("{title}: {value}.").format(title=row.title, value=row.text or _("not measured"))]
    if not row.complete:
        parts.append(_("A point of it has no place; place it anew, or restore it."))
    if row.note:
        parts.append(row.note.rstrip(".") + ".")
    if row.measurement.reader is not None:
        parts.append(_whose(row))
    if row.usual:
        parts.append(_outside(row).format(usual=row.usual))
    if row.accuracy is not None:
        parts.append(_accuracy(row.accuracy))
    return " ".join(parts)


def everything(row):
    """The same with definition and source, for the tooltip."""
    parts = [details(row)]
    if row.definition is not None:
        parts.append(Words.fixed(row.definition.definition))
    if row.measurement.source:
        parts.append(_("Source: {source}.").format(source=Words.fixed(row.measurement.source)))
    return " ".join(parts)


def _whose(row):
    time = row.measurement.reader.time.replace("T", " ")[:16]
    model = row.modelText or _("no value")
    moved = _("Edited by the reader: points were moved, {time}. Model: {model}.")
    again = _("Measured again from corrected outlines, {time}. Model: {model}.")
    return (moved if row.moved else again).format(time=time, model=model)


def _outside(row):
    # One translation, not three: each costs Slicer a look at the disk.
    if row.outside == 0:
        return _("Usual: {usual}.")
    return _("Above the usual {usual}.") if row.outside > 0 else _("Below the usual {usual}.")


def _accuracy(accuracy):
    if accuracy.met:
        text = _("On {n} phantoms it was off by {error} as a median; the aim of {aim} is met.")
    else:
        text = _("On {n} phantoms it was off by {error} as a median: more than the aim of {aim}.")
    return text.format(
        n=accuracy.studies,
        error=in_figures(accuracy.median_abs_error, accuracy.unit, Words.LANGUAGE),
        aim=in_figures(accuracy.aim, accuracy.unit, Words.LANGUAGE),
    )


def _usual(row):
    """Both ends of what is usual, in the unit of the value beside it."""
    limits, unit = row.measurement.range, row.measurement.unit
    if not limits:
        return ""
    low, high = (in_unit(limit, unit, Words.LANGUAGE) for limit in limits)
    return _("{low} to {high}").format(low=low, high=high)


def _value(row):
    """The number with its marks: ▲▼ outside of what is usual, ± far off on phantoms; whose it is, in a second line."""
    if row.value is None:
        text = row.note or _("not measured")
    else:
        marks = {-1: " ▼", 0: "", 1: " ▲"}[row.outside]
        if row.accuracy is not None and not row.accuracy.met:
            marks += " ±"
        text = row.text + marks
    if not row.complete:
        text = _("a point is missing")
    if row.measurement.reader is None:
        return text
    model = row.modelText or _("no value")
    return text + "\n" + (_("edited; model {model}") if row.moved else _("again; model {model}")).format(model=model)
