"""Section ‘Segmentation’: the outlined structures, the way into the Segment Editor, corrections in slices."""

import qt
from slicer.i18n import tr as _

from OrthoDiffusionSlicer.panel.ParameterNode import PLANES
from OrthoDiffusionSlicer.panel.sections.Section import Section, say


class Segmentation(Section):
    def setup(self):
        table = self.ui.segmentsTable.findChild(qt.QTableView)
        if table is not None:
            table.tabKeyNavigation = False  # Tab leaves the table; arrows move in it
        self._outlines = None
        self.ui.editOutlinesButton.connect("clicked(bool)", self._onEdit)
        self.ui.slicesSelector.addItems([_("Sagittal"), _("Coronal"), _("Axial")])
        self.ui.correctSlicesButton.connect("clicked(bool)", self._onCorrect)
        self.ui.applySlicesButton.connect("clicked(bool)", self._onApply)
        self.ui.discardSlicesButton.connect("clicked(bool)", self._onDiscard)

    def refresh(self):
        outlines, table = self.session.outlines, self.ui.segmentsTable
        if outlines is not self._outlines:
            self._outlines = outlines
            self.ui.segmentsButton.enabled = outlines is not None
            self.ui.segmentsButton.collapsed = outlines is None
        if table.segmentationNode() is not outlines:  # setting it fills the table anew
            table.setSegmentationNode(outlines)
        correction = self.session.worklists.correction
        active, busy = correction.active, correction.busy
        self.ui.editOutlinesButton.enabled = outlines is not None and not busy
        for widget in (self.ui.slicesSelector, self.ui.correctSlicesButton):
            widget.enabled = outlines is not None and not active and not busy
        for button in (self.ui.applySlicesButton, self.ui.discardSlicesButton):
            button.visible = active
            button.enabled = active and not busy
        say(self.ui.slicesStatus, self._status(correction))

    def _status(self, correction):
        if correction.problem is not None:
            return f"⚠ {correction.problem}"
        if correction.busy:
            return _("Computing…")
        if correction.active:
            return _("Draw in these slices, then press ‘Apply’: what you drew is carried to the outlines.")
        return correction.message

    def _chosen(self):
        """Id of the segment whose line is chosen, empty for none."""
        ids = self.ui.segmentsTable.selectedSegmentIDs()
        return ids[0] if ids else ""

    def _onEdit(self):
        self.session.editOutlines(self._chosen())

    def _onCorrect(self):
        self.session.correctSlices(PLANES[self.ui.slicesSelector.currentIndex], self._chosen())

    def _onApply(self):
        self.session.worklists.correction.apply()

    def _onDiscard(self):
        self.session.worklists.correction.discard()
