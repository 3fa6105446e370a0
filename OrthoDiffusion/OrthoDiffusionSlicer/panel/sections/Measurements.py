"""Section ‘Measurements’: the numbers of the analysis, drawn where they were taken, and the reader's own."""

import qt
from slicer.i18n import tr as _

from OrthoDiffusionSlicer.panel.sections.Filling import Filling
from OrthoDiffusionSlicer.panel.sections.MeasurementsTable import MeasurementsTable, details
from OrthoDiffusionSlicer.panel.sections.Section import Section, say


class Measurements(Section):
    """Attributes: table: MeasurementsTable."""

    def setup(self):
        self._filling = Filling()
        self.table = MeasurementsTable(self.ui.measurementsTable)
        self._rows = None
        self._chosen, self._ticked = "", -1
        ui, measurements = self.ui, self.session.measurements
        ui.measurementsTable.connect("cellClicked(int,int)", self._onClicked)
        ui.measurementsTable.connect("cellActivated(int,int)", self._onRow)
        ui.measurementsTable.connect("itemChanged(QTableWidgetItem*)", self._onChecked)
        ui.showMeasurementsButton.connect("clicked(bool)", measurements.showAll)
        ui.restoreMeasurementButton.connect("clicked(bool)", self._onRestore)
        ui.measureAgainButton.connect("clicked(bool)", self._onAgain)
        ui.thicknessButton.connect("clicked(bool)", measurements.colour)
        measurements.moved.connect(self._onMoved)

    def refresh(self):
        measurements, ui = self.session.measurements, self.ui
        if self.followResults(ui.measurementsButton):
            self._rows = None
        # A joint of which nothing is measured has no such section; one that could not be measured says why.
        ui.measurementsButton.visible = bool(measurements.rows) or measurements.defined
        if measurements.rows is not self._rows:
            self._rows = measurements.rows
            with self._filling:
                self.table.show(self._rows)
        if measurements.chosen != self._chosen:  # not at every refresh: the keyboard may have moved on
            self._chosen = measurements.chosen
            if self._chosen:
                ui.measurementsTable.setCurrentCell(self.table.rowOf(self._chosen), 0)
        with self._filling:
            self.table.check(measurements.isShown)
        self._refreshButtons(measurements)
        self._refreshWords(measurements)

    def close(self):
        self.session.measurements.moved.disconnect(self._onMoved)
        self.table.close()

    def _refreshButtons(self, measurements):
        ui, row = self.ui, measurements.row(self._chosen)
        why = measurements.whyNotAgain
        ui.showMeasurementsButton.enabled = any(row.drawn for row in measurements.rows)
        ui.showMeasurementsButton.checked = measurements.allShown
        ui.restoreMeasurementButton.enabled = row is not None and (row.moved or not row.complete)
        ui.measureAgainButton.enabled = bool(measurements.rows) and not why and not measurements.process.busy
        ui.thicknessButton.enabled = not measurements.process.busy and (measurements.coloured or measurements.canColour)
        ui.thicknessButton.checked = measurements.coloured
        bold = ui.measureAgainButton.font
        bold.setBold(measurements.outlinesCorrected)
        ui.measureAgainButton.font = bold

    def _refreshWords(self, measurements):
        ui, row = self.ui, measurements.row(self._chosen)
        say(ui.measurementDetails, details(row) if row is not None else "")
        say(ui.measurementsOffer, self._offer(measurements))
        missed = [row.title for row in measurements.rows if row.value is not None and _missed(row)]
        say(ui.measurementsAims, _("± On phantoms farther off than aimed at: {names}.").format(names=", ".join(missed))
            if missed else "")  # fmt: skip
        say(ui.thicknessLegend, _("Colours: 0 mm (red, bare bone that cartilage surrounds) to 4 mm and more (yellow).")
            if measurements.coloured else "")  # fmt: skip

    def _offer(self, measurements):
        """What is to be known of the outlines that the numbers were taken from."""
        if not measurements.rows:
            return _("These results hold no measurements.") if self.session.results is not None else ""
        if measurements.outlinesCorrected and not measurements.process.busy:
            why = measurements.whyNotAgain or _("‘Measure again’ takes it into account.")
            return _("⚠ An outline was changed since these numbers were taken. {what}").format(what=why)
        return measurements.said or measurements.whyNotAgain

    def _onRow(self, row, column):
        shown = self.table.rowAt(row)
        if shown is not None:
            self.session.measurements.choose(shown.name)

    def _onClicked(self, row, column):
        if row != self._ticked:  # a click on the box of a row shows or hides, and does not choose
            self._onRow(row, column)

    def _onChecked(self, item):
        row = self.table.rowAt(item.row())
        if not self._filling and item.column() == 0 and row is not None:
            self._ticked = item.row()
            qt.QTimer.singleShot(0, self._untick)
            self.session.measurements.show(row.name, item.checkState() == qt.Qt.Checked)

    def _untick(self):
        self._ticked = -1

    def _onMoved(self, row):
        """A point is being moved: this one line, at once."""
        self._rows = self.session.measurements.rows
        with self._filling:
            self.table.renew(row)
        if row.name == self._chosen:
            say(self.ui.measurementDetails, details(row))

    def _onRestore(self):
        self.session.measurements.restore(self._chosen)

    def _onAgain(self):
        self.session.measurements.measureAgain()


def _missed(row):
    return row.accuracy is not None and not row.accuracy.met
