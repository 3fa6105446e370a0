"""Section ‘Findings’: how likely each finding is, where it was seen, and what to keep in mind."""

from OrthoDiffusionSlicer.panel.sections.FindingsTable import FindingsTable, details
from OrthoDiffusionSlicer.panel.sections.Section import Section, say
from OrthoDiffusionSlicer.scene import FindingsNodes


class Findings(Section):
    """Attributes: table: FindingsTable."""

    def setup(self):
        self.table = FindingsTable(self.ui.findingsTable)
        self.ui.findingsTable.connect("cellClicked(int,int)", self._onRow)
        self.ui.findingsTable.connect("cellActivated(int,int)", self._onRow)

    def refresh(self):
        results, finding = self.session.results, self.session.finding
        if self.followResults(self.ui.findingsButton):
            alarms = results.alarms if results is not None else []
            rows = results.rows if results is not None else []
            self.table.show(rows, [FindingsNodes.inWords(alarm) for alarm in alarms])
            self.ui.intendedUseLabel.text = results.intendedUse if results is not None else ""
        say(self.ui.findingDetails, details(finding) if finding is not None else "")
        warnings = results.warnings if results is not None else []
        say(self.ui.warningsLabel, "\n".join(f"⚠ {FindingsNodes.inWords(warning)}" for warning in warnings))

    def close(self):
        self.table.close()

    def _onRow(self, row, column):
        finding = self.table.rowAt(row)
        if finding is not None:
            self.session.chooseFinding(finding)
