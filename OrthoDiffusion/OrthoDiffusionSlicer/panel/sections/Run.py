"""Section without a title: the button of the analysis, its progress, what it came to, what went wrong."""

from slicer.i18n import tr as _

from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.panel.Outcome import Cancelled, Done, NoSurfaces, Progress
from OrthoDiffusionSlicer.panel.sections.Section import Section
from OrthoDiffusionSlicer.scene import FindingsNodes


class Run(Section):
    def setup(self):
        self._problem = None  # the one that is shown
        self.ui.analyzeButton.connect("clicked(bool)", self.session.analyze)
        self.ui.cancelButton.connect("clicked(bool)", self.session.cancel)
        self.ui.detailsButton.connect("toggled(bool)", self.ui.detailsText.setVisible)

    def refresh(self):
        busy, outcome = self.session.analysis.busy, self.session.analysis.outcome
        self.ui.analyzeButton.text = _("Analyze {joint}").format(joint=Words.word(self.session.joint.name))
        self.ui.analyzeButton.enabled = self.session.ready
        self.ui.analyzeButton.toolTip = self._toolTip()
        self.ui.cancelButton.enabled = busy
        self.ui.progressBar.visible = busy
        if isinstance(outcome, Progress):
            self.ui.progressBar.value = round(1000 * outcome.fraction)
        self.ui.stageLabel.text = "\n".join(self._lines())
        self._showProblem()

    def _toolTip(self):
        if self.session.analysis.busy:
            return _("An analysis is running")
        if not self.session.volumes:
            return _("Load a {joint} study, or choose a volume for at least one plane").format(
                joint=Words.word(self.session.joint.name)
            )
        return _("Outline the structures and look for findings") if self.session.bundle else _("No bundle was found")

    def _lines(self):
        """What the analysis came to; before it, that the results on the panel are not to be used."""
        results, outcome = self.session.results, self.session.analysis.outcome
        alarms = results.alarms if results is not None and not self.session.analysis.busy else []
        return [f"⚠ {FindingsNodes.inWords(alarm)}" for alarm in alarms] + ([inWords(outcome)] if outcome else [])

    def _showProblem(self):
        """What is wrong, where, and what to do; the worker's own words in a fold-out."""
        error = self.session.analysis.problem
        self.ui.problemFrame.visible = error is not None
        if error is self._problem:
            return
        self._problem = error
        if error is None:
            return
        words, where = error.words(Words.LANGUAGE), error.where_in(Words.LANGUAGE)
        what = f"{words.what.rstrip('.')} ({where})." if where else f"{words.what.rstrip('.')}."
        self.ui.problemLabel.text = f"{what}\n{words.remedy}" if words.remedy else what
        self.ui.detailsText.setPlainText(self.session.analysis.problemLog)
        self.ui.detailsButton.checked = False
        self.ui.detailsButton.visible = bool(self.session.analysis.problemLog)


def inWords(outcome):
    """A Progress, Done, Cancelled or NoSurfaces as a sentence."""
    match outcome:
        case Progress():
            return outcome.message
        case Done():
            n = Words.number(outcome.seconds, ".1f")
            if not outcome.device:
                return _("Done in {n} s").format(n=n)
            return _("Done in {n} s on {device}").format(n=n, device=outcome.device)
        case Cancelled():
            return outcome.reason or _("Cancelled; nothing in the scene has changed")
        case NoSurfaces():
            return _("No surfaces for the 3D view: {problem}").format(problem=outcome.problem)
