"""Section ‘Segmentation’: the outlined structures, and whether they get surfaces."""

import qt

from OrthoDiffusionSlicer.panel.sections.Section import Section


class Segmentation(Section):
    def setup(self):
        table = self.ui.segmentsTable.findChild(qt.QTableView)
        if table is not None:
            table.tabKeyNavigation = False  # Tab leaves the table; arrows move in it

    def refresh(self):
        results, table = self.session.results, self.ui.segmentsTable
        self.followResults(self.ui.segmentsButton)
        segmentation = results.segmentation if results is not None else None
        if table.segmentationNode() is not segmentation:  # setting it fills the table anew
            table.setSegmentationNode(segmentation)
