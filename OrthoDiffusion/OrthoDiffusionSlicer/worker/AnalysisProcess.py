"""The warm worker process behind the panel: requests go in, progress and results come out as Signals."""

import json

import qt
from slicer.i18n import tr as _

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionSlicer.Signal import Signal
from OrthoDiffusionSlicer.worker import LeavingProcesses
from OrthoDiffusionSlicer.worker.WorkerCommand import (
    ARGUMENTS,
    checkHello,
    endedFromOutside,
    errorFrom,
    notStartedError,
    stoppedError,
    workerEnvironment,
    workerProgram,
)

_LOG_CHARACTERS = 20000


class AnalysisProcess:
    """Keeps one worker alive, gives it one request at a time, and ends it without leaving an orphan.

    PythonSlicer is a launcher and the worker its child: killing it is not enough, so its standard input is closed
    first, which ends the worker wherever it is.

    Attributes:
        progressed: Signal(stage, fraction, message).
        finished: Signal(results folder).
        failed: Signal(OrthoDiffusionError).
        cancelled: Signal().
        quiet: Signal(seconds): the worker has not said anything for so long.
        log: the end of the worker's error output.
        device: what it computes on, in its own words; empty before it said so.
    """

    cancelSeconds = 2.0  # from the message to the kill
    helloSeconds = 60.0  # from the start to the first word; a cold disk may take many
    quietSeconds = 30.0  # without a word during an analysis

    def __init__(self, program=None, arguments=ARGUMENTS):
        self.progressed, self.finished, self.failed = Signal(), Signal(), Signal()
        self.cancelled, self.quiet = Signal(), Signal()
        self.program, self.arguments = program, list(arguments)
        self._process = None
        self._buffer = b""
        self._request = None  # the request that waits for its answer
        self._greeted = self._cancelling = False
        self._count = 0
        self.log = self.device = ""
        self._watch = qt.QTimer()
        self._watch.setSingleShot(True)
        self._watch.connect("timeout()", self._onSilence)

    @property
    def busy(self):
        return self._request is not None

    @property
    def warm(self):
        """Whether a worker runs and has said hello."""
        return self._process is not None and self._greeted

    @property
    def processId(self):
        """Of the launcher; 0 if there is none."""
        return int(self._process.processId()) if self._process is not None else 0

    def start(self):
        """Start the worker now, so that the first analysis finds it warm; does nothing if it runs.

        After it there may be no process: a start can fail at once, and `failed` has then told so.
        """
        if self._process is not None:
            return
        program = self.program or workerProgram()
        self._buffer, self._greeted, self.log, self.device = b"", False, "", ""
        environment = qt.QProcessEnvironment.systemEnvironment()
        for name, value in workerEnvironment().items():
            environment.insert(name, value)
        process = self._process = qt.QProcess()
        process.setProcessEnvironment(environment)
        process.connect("readyReadStandardOutput()", self._onOutput)
        process.connect("readyReadStandardError()", self._onErrorOutput)
        process.connect("finished(int,QProcess::ExitStatus)", self._onFinished)
        process.connect("errorOccurred(QProcess::ProcessError)", self._onProcessError)
        self._arm(self.helloSeconds)
        process.start(program, self.arguments)

    def analyze(self, request):
        """Ask for one analysis; answers arrive by the Signals.

        Args:
            request: inputs, bundle, out and options of the worker's `analyze` message.

        Raises:
            OrthoDiffusionError: if the worker cannot be started at all.
            ValueError: if an analysis is running.
        """
        if self.busy:
            raise ValueError("an analysis is running already")
        self._count += 1
        self._request = {"type": "analyze", "id": str(self._count), **request}
        self._cancelling = False
        try:
            self.start()
        except OrthoDiffusionError:
            self._request = None
            raise
        if self._process is None:
            return  # on Windows Qt tells of a failed start inside `start`, and that was passed on already
        # Qt keeps what is written before the process has started.
        self._write(self._request)
        if self._greeted:
            self._arm(self.quietSeconds)
        else:
            self.progressed("start", 0.0, _("Starting the worker; the first analysis takes some seconds more"))

    def cancel(self):
        """Stop the running analysis: by a message, and by force if that is not answered."""
        if not self.busy or self._cancelling:
            return
        self._cancelling = True
        identifier = self._request["id"]
        self._write({"type": "cancel", "id": identifier})

        def insist():
            if self.busy and self._cancelling and self._request["id"] == identifier:
                self._abandon()
                self._end(self.cancelled)

        qt.QTimer.singleShot(int(1000 * self.cancelSeconds), insist)

    def stop(self):
        """End the worker and forget the request, silently; for a panel that goes away."""
        self._request = None
        self._abandon()

    def _write(self, message):
        self._process.write((json.dumps(message) + "\n").encode())

    def _arm(self, seconds):
        self._watch.start(int(1000 * seconds))

    def _end(self, signal, *args):
        """The request has had its answer."""
        self._request, self._cancelling = None, False
        self._watch.stop()
        signal(*args)

    def _abandon(self):
        """Let go of the process; it ends by itself when its standard input closes, and is killed as well."""
        self._watch.stop()
        process, self._process, self._greeted = self._process, None, False
        if process is None:
            return
        LeavingProcesses.release(process)
        process.closeWriteChannel()
        process.kill()

    def _onOutput(self):
        if self._process is None:
            return
        self._buffer += bytes(self._process.readAllStandardOutput().data())
        *lines, self._buffer = self._buffer.split(b"\n")
        for line in lines:
            try:
                message = json.loads(line.decode(errors="replace"))
            except ValueError:
                self._note(line.decode(errors="replace") + "\n")
                continue
            if isinstance(message, dict):
                self._onMessage(message)

    def _onErrorOutput(self):
        if self._process is not None:
            self._note(bytes(self._process.readAllStandardError().data()).decode(errors="replace"))

    def _note(self, text):
        self.log = (self.log + text)[-_LOG_CHARACTERS:]

    def _onMessage(self, message):
        kind = message.get("type")
        if kind == "hello":
            self._onHello(message)
        elif kind == "ready":
            self.device = str(message.get("device") or "")
        if not self.busy:
            return
        self._arm(self.quietSeconds)
        if message.get("id") != self._request["id"]:
            return
        if kind == "progress" and not self._cancelling:
            self.progressed(message.get("stage", ""), float(message.get("fraction", 0.0)), message.get("message", ""))
        elif kind == "cancelled" or (self._cancelling and kind in ("result", "error")):
            self._end(self.cancelled)
        elif kind == "result":
            self._end(self.finished, message["folder"])
        elif kind == "error":
            self._end(self.failed, errorFrom(message))

    def _onHello(self, message):
        try:
            checkHello(message)
        except OrthoDiffusionError as error:
            self._abandon()
            if self.busy:
                self._end(self.failed, error)
            return
        self._greeted, self.device = True, str(message.get("device") or "")
        self._watch.stop()
        if self.busy and not self._cancelling:
            self.progressed("start", 0.0, _("Loading the networks"))

    def _onFinished(self, exitCode, exitStatus):
        if self._process is None or self._process.state() != qt.QProcess.NotRunning:
            return  # one that was told to go
        self._onOutput()
        self._onErrorOutput()
        process, self._process, self._greeted = self._process, None, False
        if process is None:
            return
        LeavingProcesses.release(process)
        process.closeWriteChannel()
        if not self.busy:
            self._watch.stop()
        elif self._cancelling:
            self._end(self.cancelled)
        else:
            crashed = exitStatus == qt.QProcess.CrashExit or endedFromOutside(exitCode, self.log)
            self._end(self.failed, stoppedError(crashed, self.log))

    def _onProcessError(self, error):
        """Only a failed start: every other trouble comes through `finished` as well."""
        if error != qt.QProcess.FailedToStart or self._process is None:
            return
        process, self._process, self._greeted = self._process, None, False
        LeavingProcesses.release(process)
        self._watch.stop()
        if self.busy:
            self._end(self.failed, notStartedError(process.program()))

    def _onSilence(self):
        if not self._greeted:
            self._abandon()
            if self.busy:
                error = OrthoDiffusionError(
                    f"The worker did not answer within {self.helloSeconds:.0f} s of its start",
                    remedy="Press ‘Analyze knee’ again; if it stays silent, look at the details and restart Slicer.",
                )
                self._end(self.failed, error)
            return
        if self.busy:
            self.quiet(self.quietSeconds)
            self._arm(self.quietSeconds)
