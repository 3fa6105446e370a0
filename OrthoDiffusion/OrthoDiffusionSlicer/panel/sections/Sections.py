"""The sections of the panel, one below the other."""

import qt
import slicer

from OrthoDiffusionSlicer.panel.sections.corrections.Corrections import Corrections
from OrthoDiffusionSlicer.panel.sections.corrections.Training import Training
from OrthoDiffusionSlicer.panel.sections.Filling import Filling
from OrthoDiffusionSlicer.panel.sections.Findings import Findings
from OrthoDiffusionSlicer.panel.sections.Inputs import Inputs
from OrthoDiffusionSlicer.panel.sections.Installation import Installation
from OrthoDiffusionSlicer.panel.sections.InstalledBundles import InstalledBundles
from OrthoDiffusionSlicer.panel.sections.Measurements import Measurements
from OrthoDiffusionSlicer.panel.sections.ParameterBinding import ParameterBinding
from OrthoDiffusionSlicer.panel.sections.Report import Report
from OrthoDiffusionSlicer.panel.sections.Run import Run
from OrthoDiffusionSlicer.panel.sections.Segmentation import Segmentation
from OrthoDiffusionSlicer.panel.sections.Viewing import Viewing
from OrthoDiffusionSlicer.panel.sections.Worklist import Worklist


class Sections:
    """All that the panel shows. A new section is a line here, a class and a .ui file.

    Args:
        session: Session.
        folder: where the .ui files are.

    Attributes:
        worklist, inputs, run, viewing, findings, measurements, report, segmentation, corrections, training, bundles,
            installation: the Sections, from top to bottom.
        widget: the column of them.
        ui: the named widgets of all of them; no two have the same name.
        filling: Filling, true while a program sets the selectors of the inputs.
    """

    def __init__(self, session, folder):
        self._session = session
        self.filling = Filling()
        self.worklist = Worklist(session, folder)
        self.inputs = Inputs(session, folder, self.filling)
        self.run = Run(session, folder)
        self.viewing = Viewing(session, folder)
        self.findings = Findings(session, folder)
        self.measurements = Measurements(session, folder)
        self.report = Report(session, folder)
        self.segmentation = Segmentation(session, folder)
        self.corrections = Corrections(session, folder)
        self.training = Training(session, folder)
        self.bundles = InstalledBundles(session, folder)
        self.installation = Installation(session, folder)
        self._all = (
            self.worklist, self.inputs, self.run, self.viewing, self.findings, self.measurements, self.report,
            self.segmentation, self.corrections, self.training, self.bundles, self.installation,
        )  # fmt: skip
        self.widget = qt.QWidget()
        column = qt.QVBoxLayout(self.widget)
        for section in self._all:
            column.addWidget(section.widget)
        column.addStretch(1)
        self.ui = slicer.util.childWidgetVariables(self.widget)
        self._binding = ParameterBinding(self.ui, self.filling)
        session.parametersChanged.connect(self._binding.follow)
        session.changed.connect(self.refresh)

    def refresh(self):
        """Bring everything that is shown in line with the session."""
        for section in self._all:
            section.refresh()

    def close(self):
        """The panel goes away: nothing listens to the session any more."""
        self._session.changed.disconnect(self.refresh)
        self._session.parametersChanged.disconnect(self._binding.follow)
        self._binding.follow(None)
        for section in self._all:
            section.close()
