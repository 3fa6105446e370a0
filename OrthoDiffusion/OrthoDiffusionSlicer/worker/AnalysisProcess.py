"""The warm worker process behind the panel, in Qt's own process: what happens to it becomes Signals."""

import time
from collections import deque

import qt
from slicer.i18n import tr as _

from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.service import client
from OrthoDiffusionLib.service.command import ARGUMENTS
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.Signal import Signal
from OrthoDiffusionSlicer.worker import LeavingProcesses
from OrthoDiffusionSlicer.worker.NewProcess import newProcess
from OrthoDiffusionSlicer.worker.WorkerCommand import workerProgram


class AnalysisProcess:
    """Keeps one worker alive, gives it one request at a time, and ends it without leaving an orphan.

    What each event means is the library's `Client`; this class has the process and the clock.

    PythonSlicer is a launcher and the worker its child: killing it is not enough, so its standard input is closed
    first, which ends the worker wherever it is.

    Attributes:
        progressed: Signal(stage, fraction, message).
        finished: Signal(results folder).
        failed: Signal(OrthoDiffusionError).
        cancelled: Signal().
        quiet: Signal(seconds): the worker has not said anything for so long.
        patience: how many seconds to wait for what.
    """

    def __init__(self, program=None, arguments=ARGUMENTS):
        self.progressed, self.finished, self.failed = Signal(), Signal(), Signal()
        self.cancelled, self.quiet = Signal(), Signal()
        self.program, self.arguments = program, list(arguments)
        self.patience = client.Patience()
        self._client = client.Client(self.patience, again=Message("again", "panel"))
        self._process = self._request = None
        self._effects = deque()  # what is still to be carried out
        self._performing = False
        self._clock = qt.QTimer()
        self._clock.setSingleShot(True)
        self._clock.connect("timeout()", self._onTime)

    @property
    def busy(self):
        """Whether a request waits for its answer."""
        return self._client.busy

    @property
    def bundle(self):
        """Folder or name of the bundle that the request in work needs, None for none."""
        return self._request.bundle if self.busy and self._request is not None else None

    @property
    def warm(self):
        """Whether a worker runs and has said hello."""
        return self._client.warm

    @property
    def log(self):
        """The end of the worker's error output."""
        return self._client.log

    @property
    def device(self):
        """What it computes on, in its own words; empty before it said so."""
        return self._client.device

    @property
    def processId(self):
        """Of the launcher; 0 if there is none."""
        return int(self._process.processId()) if self._process is not None else 0

    def start(self):
        """Start the worker now, so that the first analysis finds it warm; does nothing if it runs.

        Raises:
            OrthoDiffusionError: if there is no Python to run it.
        """
        self._checkProgram()
        self._perform(self._client.start(time.monotonic()))

    def analyze(self, request):
        """Ask for one analysis; answers arrive by the Signals.

        Args:
            request: Analyze of `service.protocol`.

        Raises:
            OrthoDiffusionError: if there is no Python to run the worker.
            ValueError: if an analysis is running.
        """
        self._checkProgram()
        self._request = request
        self._perform(self._client.ask(request, time.monotonic()))

    def cancel(self):
        """Stop the running analysis: by a message, and by force if that is not answered."""
        self._perform(self._client.cancel(time.monotonic()))

    def stop(self):
        """End the worker and forget the request, silently; for a panel that goes away."""
        self._effects.clear()
        self._perform(self._client.stop())

    def _checkProgram(self):
        if not self._client.running:
            self._program()

    def _program(self):
        return self.program or workerProgram()

    def _perform(self, effects):
        """Carry out effects in their order, also those that listeners and Qt bring about meanwhile."""
        self._effects.extend(effects)
        if self._performing:
            return
        self._performing = True
        try:
            while self._effects:
                self._carryOut(self._effects.popleft())
        finally:
            self._performing = False
            self._setClock()
            if self._effects:  # a listener has raised an exception; the others' news must not wait for the next event
                qt.QTimer.singleShot(0, lambda: self._perform(()))

    def _carryOut(self, effect):
        if isinstance(effect, client.Start):
            self._startProcess()
        elif isinstance(effect, client.Write):
            if self._process is not None:  # Qt keeps what is written before the process has started
                self._process.write(effect.line)
        elif isinstance(effect, client.Abandon):
            self._abandon()
        else:
            self._tell(effect)

    def _tell(self, effect):
        if isinstance(effect, client.Waiting):
            self.progressed("start", 0.0, _waitingFor(effect.what))
        elif isinstance(effect, client.Advanced):
            self.progressed(effect.step.stage, effect.step.fraction, Words.said(effect.step.said))
        elif isinstance(effect, client.Quiet):
            self.quiet(effect.seconds)
        elif isinstance(effect, client.Finished):
            self.finished(effect.answer.folder)
        elif isinstance(effect, client.Failed):
            self.failed(effect.error)
        elif isinstance(effect, client.Stopped):
            self.cancelled()

    def _setClock(self):
        deadline = self._client.deadline
        if deadline is None:
            self._clock.stop()
        else:
            self._clock.start(max(0, int(1000 * (deadline - time.monotonic())) + 1))

    def _startProcess(self):
        process = self._process = newProcess(
            self._onFinished, self._onProcessError, onOutput=self._onOutput, onErrorOutput=self._onErrorOutput
        )
        process.start(self._program(), self.arguments)

    def _abandon(self):
        process, self._process = self._process, None
        if process is not None:
            LeavingProcesses.release(process)
            process.closeWriteChannel()
            process.kill()

    def _onTime(self):
        self._perform(self._client.tick(time.monotonic()))

    def _onOutput(self):
        if self._process is not None:
            data = bytes(self._process.readAllStandardOutput().data())
            self._perform(self._client.received(data, time.monotonic()))

    def _onErrorOutput(self):
        if self._process is not None:
            self._client.error_output(bytes(self._process.readAllStandardError().data()).decode(errors="replace"))

    def _onFinished(self, exitCode, exitStatus):
        if self._process is None or self._process.state() != qt.QProcess.NotRunning:
            return  # one that was asked to end
        self._onOutput()
        self._onErrorOutput()
        process, self._process = self._process, None
        if process is None:
            return
        LeavingProcesses.release(process)
        process.closeWriteChannel()
        self._perform(self._client.ended(exitCode, crashed=exitStatus == qt.QProcess.CrashExit))

    def _onProcessError(self, error):
        """Only a failed start: every other trouble comes through `finished` as well."""
        if error != qt.QProcess.FailedToStart or self._process is None:
            return
        process, self._process = self._process, None
        LeavingProcesses.release(process)
        self._perform(self._client.not_started(process.program()))


def _waitingFor(what):
    """Words for what a request waits for before the worker itself reports."""
    return {
        "start": _("Starting the worker; the first analysis takes some seconds more"),
        "load": _("Loading the networks"),
    }[what]
