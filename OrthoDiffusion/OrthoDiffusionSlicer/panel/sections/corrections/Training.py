"""Section ‘Fine-tuning’: a new bundle from a table of corrected cases."""

import os

import qt
from slicer.i18n import tr as _

from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.panel.corrections.FineTuning import ALL, HEADS, SEGMENTATION, Wish
from OrthoDiffusionSlicer.panel.sections.Section import Section, say


class Training(Section):
    """Attributes: askFile: called with a title, returns a path or an empty text; Slicer's dialog by default."""

    def setup(self):
        ui = self.ui
        self._exported, self._log = None, None
        self.askFile = lambda title: qt.QFileDialog.getOpenFileName(self.widget, title, "", "*.csv")
        self._kinds = (SEGMENTATION, HEADS, ALL)
        ui.trainedSelector.addItems([
            _("the outlines' head"), _("both heads and the fusion"), _("everything"),
        ])  # fmt: skip
        ui.trainingTableEdit.connect("textChanged(QString)", self._onText)
        ui.trainingNameEdit.connect("textChanged(QString)", self._onText)
        ui.trainingBrowseButton.connect("clicked(bool)", self._onBrowse)
        ui.estimateButton.connect("clicked(bool)", self._onEstimate)
        ui.learnButton.connect("clicked(bool)", self._onLearn)
        ui.stopTrainingButton.connect("clicked(bool)", self.session.corrections.fineTuning.cancel)
        ui.useBundleButton.connect("clicked(bool)", self._onUse)
        ui.trainingLogButton.connect("toggled(bool)", ui.trainingLog.setVisible)

    def refresh(self):
        session = self.session
        tuning, exported = session.corrections.fineTuning, session.corrections.export.exported
        if exported is not None and exported is not self._exported:
            self._exported = exported
            self.ui.trainingTableEdit.text = exported["table"]
        bundle = session.bundle
        start = _("Begins with the chosen bundle, {title}.").format(title=bundle.title) if bundle else ""
        say(self.ui.trainingStart, start)
        self.ui.trainingBar.visible = tuning.busy
        self.ui.trainingBar.value = round(1000 * tuning.fraction)
        say(self.ui.trainingStatus, self._status())
        self.ui.useBundleButton.visible = tuning.result is not None
        if tuning.job.log is not self._log:
            self._log = tuning.job.log
            self.ui.trainingLog.setPlainText("\n".join(tuning.job.log))
        self._refreshButtons()

    def _refreshButtons(self):
        tuning, bundle = self.session.corrections.fineTuning, self.session.bundle
        ready = bundle is not None and bundle.usable and not tuning.busy and bool(self._table())
        self.ui.estimateButton.enabled = ready
        self.ui.learnButton.enabled = ready and bool(self.ui.trainingNameEdit.text.strip())
        self.ui.stopTrainingButton.enabled = tuning.busy and not tuning.job.stopping

    def _table(self):
        return self.ui.trainingTableEdit.text.strip()

    def _wish(self):
        trained = self._kinds[max(0, self.ui.trainedSelector.currentIndex)]
        return Wish(self._table(), self.session.bundle.folder, self.ui.trainingNameEdit.text.strip(), trained)

    def _status(self):
        tuning = self.session.corrections.fineTuning
        if tuning.busy:
            return tuning.message
        if tuning.problem is not None:
            return f"⚠ {Words.error(tuning.problem)}"
        if tuning.stopped:
            return _("Stopped; nothing of the run was kept.")
        if tuning.result is not None:
            return _outcome(tuning.result, tuning.job.seconds)
        return _duration(tuning.estimate[0]) if tuning.estimate is not None else _beforehand()

    def _onText(self, text):
        self._refreshButtons()

    def _onBrowse(self):
        path = self.askFile(_("Table of cases"))
        if path:
            self.ui.trainingTableEdit.text = path

    def _onEstimate(self):
        self.session.corrections.fineTuning.measure(self._wish())

    def _onLearn(self):
        self.session.corrections.fineTuning.learn(self._wish())

    def _onUse(self):
        result = self.session.corrections.fineTuning.result
        if result is not None:
            self.session.chooseBundle(os.path.normpath(result["bundle"]))


def _beforehand():
    """Until it was measured on this computer, and where it comes from."""
    return _("Ten cases take about a quarter of an hour of one processor core, counted up from 40 steps with the "
             "shipped bundle; ‘How long?’ measures it on this computer.")  # fmt: skip


def _duration(estimate):
    return _(
        "At most {table} min for the cases of this table ({n}), {ten} min for ten cases, in {steps} steps on {device}. "
        "Measured here: one case prepared ({prepare} s) and analyzed ({analyze} s), a step of the training {step} s; "
        "it ends earlier if nothing more is gained."
    ).format(
        table=_minutes(estimate["seconds_this_table"]), n=estimate["cases"],
        ten=_minutes(estimate["seconds_ten_cases"]), steps=estimate["steps"], device=estimate["device"],
        prepare=Words.number(estimate["prepare"], ".0f"), analyze=Words.number(estimate["analyze"], ".0f"),
        step=Words.number(estimate["step"], ".1f"),
    )  # fmt: skip


def _minutes(seconds):
    return max(1, round(seconds / 60))


def _onHeldOutCases(after, before):
    """What it reaches on the held-out cases, beside the bundle it began with; said aloud where it is worse."""
    names = [name for name in after if name in before]
    if not names:
        mean = sum(after.values()) / len(after)
        return [_("Mean Dice on the held-out cases of the table: {dice}.").format(dice=Words.number(mean, ".3f"))]
    now, then = (sum(dice[name] for name in names) / len(names) for dice in (after, before))
    parts = [_("Mean Dice on the held-out cases of the table: {dice}, before {before}.").format(
        dice=Words.number(now, ".3f"), before=Words.number(then, ".3f"))]  # fmt: skip
    if now < then:
        parts.append(
            _("⚠ On them it is worse than the bundle it began with: export more cases, or stay with that one.")
        )
    return parts


def _outcome(result, seconds):
    """What came of the run, in a few sentences."""
    parts = [_("{name} {version} was made in {n} min.").format(
        name=result["name"], version=result["version"], n=_minutes(seconds))]  # fmt: skip
    if result["best_step"] == 0:
        parts.append(_("Nothing it learned helped the validation cases: it has the weights it began with."))
    if result["dice"]:
        parts += _onHeldOutCases(result["dice"], result["dice_before"])
    if result["skipped"]:
        parts.append(_("Cases left out: {n}; skipped.csv says why.").format(n=len(result["skipped"])))
    parts.append(_("Figures and splits: {folder}").format(folder=result["folder"]))
    return " ".join(parts)
