"""The findings on the panel: probabilities as bars, the planes' agreement, and what was not assessed."""

import qt
from slicer.i18n import tr as _

from OrthoDiffusionLib.findings.finding import DISAGREEMENT
from OrthoDiffusionLib.reports.wording import decimals_of_probability
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.panel.ShownResults import inOrder
from OrthoDiffusionSlicer.panel.tables.RowHeights import showAllRows


class FindingsTable:
    """Fills a QTableWidget with FindingRows: positive ones first, the likeliest first, what was not assessed last.

    Args:
        table: a QTableWidget of four columns.
    """

    def __init__(self, table):
        self._table = table
        self.rows, self.alarms = [], []
        table.setHorizontalHeaderLabels([_("Finding"), _("Model"), _("Reader"), _("Sag cor ax")])
        table.verticalHeader().setVisible(False)
        header = table.horizontalHeader()
        header.setSectionResizeMode(0, qt.QHeaderView.Stretch)
        header.setSectionResizeMode(1, qt.QHeaderView.Fixed)
        header.setSectionResizeMode(2, qt.QHeaderView.ResizeToContents)
        header.setSectionResizeMode(3, qt.QHeaderView.ResizeToContents)
        header.connect("sectionResized(int,int,int)", self._fitLater)
        table.verticalHeader().setSectionResizeMode(qt.QHeaderView.ResizeToContents)
        table.setColumnWidth(1, 66)
        table.setVerticalScrollBarPolicy(qt.Qt.ScrollBarAlwaysOff)

    def show(self, rows, alarms=()):
        """Show the rows, or none.

        Args:
            rows: FindingRows, in any order.
            alarms: sentences that say not to use these findings; each fills a line of its own above them, and none of
                them is shown as positive or negative then.
        """
        self.rows = inOrder(rows)
        self.alarms = list(alarms)
        table = self._table
        table.clearContents()
        table.setRowCount(len(self.alarms) + len(self.rows))
        table.clearSpans()
        for index, text in enumerate(self.alarms):
            table.removeCellWidget(index, 1)
            table.setItem(index, 0, _alarm(text))
            table.setSpan(index, 0, 1, 4)
        for index, row in enumerate(self.rows, len(self.alarms)):
            self._fill(index, row)
        self._fitLater()

    def _fill(self, index, row):
        table, usable = self._table, not self.alarms
        toolTip = details(row, usable)
        name = _name(row, usable)
        name.setToolTip(toolTip)
        table.setItem(index, 0, name)
        table.setItem(index, 2, _reader(row, toolTip))
        if row.assessed:
            table.setCellWidget(index, 1, _bar(row, toolTip, usable))
            table.setItem(index, 3, _item(row, toolTip))
        else:
            table.removeCellWidget(index, 1)
            table.setItem(index, 1, _faint(_("not assessed"), toolTip))
            table.setItem(index, 3, _faint("–", toolTip))

    def _fitLater(self):
        qt.QTimer.singleShot(0, self._fit)  # the widths of columns are settled then, and with them the rows' heights

    def _fit(self):
        """All rows at once: a list of findings is read to its end."""
        if self._table is not None:
            showAllRows(self._table)

    def close(self):
        """The widget goes away; a turn of the event loop may still be owed to it."""
        self._table = None

    def rowOf(self, key):
        """Index of the line of one finding, -1 if it is not shown."""
        lines = enumerate(self.rows, len(self.alarms))
        return next((index for index, row in lines if row.key == key), -1)

    def rowAt(self, index):
        """The FindingRow of one line, None if it holds none."""
        place = index - len(self.alarms)
        return self.rows[place] if 0 <= place < len(self.rows) else None


def details(row, usable):
    """Everything about one finding in words, for the line under the table.

    Args:
        row: its FindingRow.
        usable: False where a warning says not to use the result; it is neither positive nor negative then.
    """
    if not row.assessed:
        parts = [_("{title}: not assessed.").format(title=row.title)]
    else:
        p = _number(row.probability, _digits(row))
        parts = [_("{title}: probability {p}.").format(title=row.title, p=p)]
        if usable:
            parts.append(_operatingPoint(row))
    if row.byPlane:
        planes = ", ".join(f"{Words.word(plane)} {_number(value)}" for plane, value in row.byPlane.items())
        parts.append(_("Planes alone: {planes}.").format(planes=planes))
    if disagrees(row):
        parts.append(_("The planes disagree; look at each of them."))
    if row.note:
        parts.append(row.note.rstrip(".") + ".")
    if row.assessed and row.pointRAS is None:
        parts.append(_("No place can be shown for it."))
    if row.review is not None:
        parts.append(_reviewInWords(row))
    return " ".join(parts)


def _reviewInWords(row):
    """What the reader said and when; on which result, if on an earlier one; the note."""
    review = row.review
    said = _("Reader: {word}, {time}.").format(word=wordOf(row.readerWord), time=review.time.replace("T", " ")[:16])
    parts = [said]
    if row.reviewIsEarlier:
        parts.append(_("Made on an earlier result, in which the model said {word}.").format(
            word=wordOf(review.model_word)))  # fmt: skip
    if review.note:
        parts.append(_("Note: {note}").format(note=review.note))
    return " ".join(parts)


def wordOf(word):
    """The reader's or the model's word in the language of the application."""
    words = {
        "positive": _("positive"), "negative": _("negative"), "unsure": _("unsure"), "not_assessed": _("not assessed"),
        "not_called": _("neither positive nor negative"),
    }  # fmt: skip
    return words.get(word, word)


def _operatingPoint(row):
    """The side of the threshold that the probability lies on, and how good that threshold is."""
    if row.positive is None:
        return _("The bundle names no threshold: neither positive nor negative.")
    if row.positive:
        text = _("Positive: at or above the threshold of {p} (sensitivity {sens}, specificity {spec} in calibration).")
    else:
        text = _("Negative: below the threshold of {p} (sensitivity {sens}, specificity {spec} in calibration).")
    threshold = _number(row.threshold, _digits(row))
    return text.format(p=threshold, sens=_number(row.sensitivity), spec=_number(row.specificity))


def disagrees(row):
    """Whether the planes' own probabilities differ much."""
    return len(row.byPlane) > 1 and max(row.byPlane.values()) - min(row.byPlane.values()) >= DISAGREEMENT


def _name(row, usable):
    """The title; bold where the finding counts as positive, and the result may be used."""
    item = qt.QTableWidgetItem(row.title)
    font = item.font()
    font.setBold(usable and row.positive is True)
    item.setFont(font)
    return item


def _bar(row, toolTip, usable):
    bar = qt.QProgressBar()
    bar.setRange(0, 100)
    bar.setValue(round(100 * row.probability))
    bar.setFormat(_number(row.probability) + (" +" if usable and row.positive else ""))
    bar.setAlignment(qt.Qt.AlignCenter)
    bar.setToolTip(toolTip)
    return bar


def _item(row, toolTip):
    item = qt.QTableWidgetItem(_planes(row))
    item.setToolTip(toolTip)
    return item


def _reader(row, toolTip):
    """The reader's word beside the model's: ✓ the same, ✗ another one; ‘earlier’ if the model has changed its own."""
    if row.review is None:
        return _faint("–", _("Not reviewed"))
    said = row.word in ("positive", "negative")
    sign = {"accepted": "✓ ", "unsure": "? "}.get(row.review.decision, "✗ " if said else "")
    text = sign + wordOf(row.readerWord)
    item = qt.QTableWidgetItem(_("{word}\n(earlier result)").format(word=text) if row.reviewIsEarlier else text)
    item.setToolTip(toolTip)
    font = item.font()
    font.setBold(row.readerWord == "positive")
    item.setFont(font)
    return item


def _alarm(text):
    item = qt.QTableWidgetItem("⚠ " + text)
    item.setBackground(qt.QBrush(qt.QColor(178, 34, 34)))
    item.setForeground(qt.QBrush(qt.QColor(255, 255, 255)))
    item.setToolTip(text)
    return item


def _faint(text, toolTip):
    item = qt.QTableWidgetItem(text)
    item.setForeground(qt.QBrush(qt.QColor(128, 128, 128)))
    item.setToolTip(toolTip)
    return item


def _planes(row):
    """The three planes' probabilities in the header's order; a dash where there was none, ‘!’ where they disagree."""
    planes = ("sagittal", "coronal", "axial")
    shown = [_number(row.byPlane[plane]).removeprefix("0") if plane in row.byPlane else "  –" for plane in planes]
    return "  ".join(shown) + (" !" if disagrees(row) else "")


def _number(value, digits=2):
    return Words.number(value, f".{digits}f")


def _digits(row):
    """With how many decimals probability and threshold are told apart."""
    return decimals_of_probability(row.probability, row.threshold)
