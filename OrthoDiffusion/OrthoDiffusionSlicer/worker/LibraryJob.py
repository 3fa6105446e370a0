"""One command of the library in a process of its own: its progress, its log, its result or what went wrong."""

import json
import time

import qt
from slicer.i18n import tr as _

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.service.client import last_line
from OrthoDiffusionLib.service.protocol import Step
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.Signal import Signal
from OrthoDiffusionSlicer.worker import LeavingProcesses
from OrthoDiffusionSlicer.worker.NewProcess import newProcess
from OrthoDiffusionSlicer.worker.WorkerCommand import workerProgram

# After a cancel the process tidies up; it is killed if that takes longer.
PATIENCE_SECONDS = 15
_LOG_LINES = 400


class LibraryJob:
    """Runs `orthodiffusion COMMAND… --events` and hears what `service.one_job` tells.

    Attributes:
        progressed: Signal(fraction, message).
        logged: Signal(line).
        done: Signal(result), plain data.
        failed: Signal(OrthoDiffusionError).
        cancelled: Signal(): it was stopped, and has ended.
        log: the last lines that it said.
        arguments: in front of those of `start`; Python's.
        seconds: how long the last job took.
    """

    def __init__(self, program=None, arguments=("-m", "OrthoDiffusionLib")):
        self.progressed, self.logged, self.done = Signal(), Signal(), Signal()
        self.failed, self.cancelled = Signal(), Signal()
        self.program, self.arguments = program, list(arguments)
        self.log, self.seconds = [], 0.0
        self._process, self._tail, self._answer = None, b"", None
        self._errors, self._stopping, self._begin = "", False, 0.0
        self._clock = qt.QTimer()
        self._clock.setSingleShot(True)
        self._clock.connect("timeout()", self._onTime)

    @property
    def busy(self):
        return self._process is not None

    @property
    def stopping(self):
        """Whether it was asked to stop and has not ended yet."""
        return self._stopping

    def start(self, arguments):
        """Begin; does nothing while another job runs.

        Args:
            arguments: of the command, as texts.

        Raises:
            OrthoDiffusionError: if there is no Python to run it.
        """
        if self.busy:
            return
        program = self.program or workerProgram()
        self.log, self._tail, self._answer, self._errors = [], b"", None, ""
        self._stopping, self._begin = False, time.monotonic()
        process = self._process = newProcess(
            self._onFinished, self._onError, onOutput=self._onOutput, onErrorOutput=self._onErrorOutput
        )
        process.start(program, [*self.arguments, *map(str, arguments), "--events"])

    def cancel(self):
        """Ask it to stop; `cancelled` follows when it has tidied up, or was killed."""
        if self._process is not None and not self._stopping:
            self._stopping = True
            self._process.closeWriteChannel()
            self._clock.start(1000 * PATIENCE_SECONDS)

    def stop(self):
        """End it at once and silently, for a panel that goes away; it tidies up by itself."""
        self._clock.stop()
        process, self._process = self._process, None
        self._stopping = False
        if process is not None:
            process.closeWriteChannel()
            LeavingProcesses.release(process)

    def _onTime(self):
        if self._process is not None:
            self._process.kill()

    def _onOutput(self):
        if self._process is None:
            return
        *lines, self._tail = (self._tail + bytes(self._process.readAllStandardOutput().data())).split(b"\n")
        for line in lines:
            self._hear(line.decode(errors="replace"))

    def _hear(self, line):
        try:
            message = {"id": "", **json.loads(line)}
            kind = message["type"]
        except (ValueError, KeyError, TypeError):
            return  # no message of ours
        if kind == "progress" and not self._stopping:
            step = Step.from_dict(message)
            self.progressed(step.fraction, Words.said(step.said))
        elif kind == "log":
            self._keep(str(message["line"]))
        elif kind in ("done", "error", "cancelled"):
            self._answer = message

    def _keep(self, line):
        self.log = [*self.log[1 - _LOG_LINES :], line]
        self.logged(line)

    def _onErrorOutput(self):
        if self._process is not None:
            text = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
            self._errors = (self._errors + text)[-20000:]

    def _onFinished(self, exitCode, exitStatus):
        if self._process is None or self._process.state() != qt.QProcess.NotRunning:
            return  # one that was asked to end
        self._onOutput()
        self._onErrorOutput()
        wasStopping, answer = self._stopping, self._answer
        self._end()
        if answer is not None and answer["type"] == "done":
            self.done(answer["result"])
        elif wasStopping or (answer is not None and answer["type"] == "cancelled"):
            self.cancelled()
        elif answer is not None:
            self.failed(OrthoDiffusionError.from_dict(answer))
        else:
            for line in self._errors.splitlines():
                self._keep(line)
            self.failed(
                OrthoDiffusionError(
                    _("The process ended without a result"),
                    where=last_line(self._errors),
                    remedy=_("It may have run out of memory: close other programs and try it again."),
                )
            )

    def _onError(self, error):
        if error == qt.QProcess.FailedToStart and self._process is not None:
            program = self._process.program()
            self._end()
            self.failed(
                OrthoDiffusionError(_("The process could not be started"), where=program,
                                    remedy=_("Repair the installation of Slicer."))
            )  # fmt: skip

    def _end(self):
        self._clock.stop()
        process, self._process = self._process, None
        self._stopping = False
        self.seconds = time.monotonic() - self._begin
        LeavingProcesses.release(process)
