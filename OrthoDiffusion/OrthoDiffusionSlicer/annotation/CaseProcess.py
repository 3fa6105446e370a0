"""The process that reads and writes cases, asked from Qt's event loop: Slicer's window waits for no disk."""

import contextlib
import json
import time

import qt

from OrthoDiffusionLib.annotation.frames import ARGUMENTS, Frame
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.service.client import last_line
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.worker import LeavingProcesses
from OrthoDiffusionSlicer.worker.NewProcess import newProcess
from OrthoDiffusionSlicer.worker.WorkerCommand import workerProgram


class CaseProcess:
    """Takes requests and calls back with their answers, in the order in which they were asked.

    Attributes:
        program: path of the Python; None for Slicer's own.
        longestAskMs: how long the longest `ask` took; what the window waited for.
    """

    def __init__(self, program=None):
        self.program = program
        self.longestAskMs = 0.0
        self._process = None
        self._asked = {}  # id → (Frame, onDone, onError)
        self._count, self._buffer, self._log = 0, b"", ""

    @property
    def busy(self):
        """Whether an answer is waited for."""
        return bool(self._asked)

    @property
    def processId(self):
        """Of the launcher; 0 if there is none."""
        return int(self._process.processId()) if self._process is not None else 0

    def start(self):
        """Start the process now, so that the first request finds it warm.

        Raises:
            OrthoDiffusionError: if there is no Python to run it.
        """
        if self._process is not None:
            return
        self._buffer = b""
        process = self._process = newProcess(
            self._onFinished, self._onProcessError, onOutput=self._onOutput, onErrorOutput=self._onErrorOutput
        )
        process.start(self.program or workerProgram(), list(ARGUMENTS))

    def ask(self, task, facts, data=b"", onDone=None, onError=None):
        """Ask for one task of `case_process`.

        Args:
            task: its name.
            facts: plain values.
            data: voxels, as bytes.
            onDone: called with the answer's values.
            onError: called with an OrthoDiffusionError.

        Returns:
            The request's number.
        """
        begin = time.perf_counter()
        self._count += 1
        frame = Frame(self._count, task, facts, data)
        self._asked[frame.id] = (frame, onDone, onError)
        try:
            self.start()
        except OrthoDiffusionError as error:
            self._answer(frame.id, error=error)
            return frame.id
        if self._process is not None:  # a program that is not there has told so inside `start`
            self._process.write(frame.head())
            if data:
                self._process.write(data)
        self.longestAskMs = max(self.longestAskMs, 1000 * (time.perf_counter() - begin))
        return frame.id

    def unanswered(self, task):
        """The Frames of one task that have no answer yet."""
        return [frame for frame, _done, _error in self._asked.values() if frame.task == task]

    def forget(self, number):
        """Nobody waits for this answer any more."""
        if number in self._asked:
            self._asked[number] = (self._asked[number][0], None, None)

    def finish(self, seconds=3):
        """Slicer ends: let the process carry out all that it was asked for; answers that come meanwhile are heard."""
        if self._process is not None:
            process = self._process
            process.closeWriteChannel()
            process.waitForFinished(int(1000 * seconds))

    def stop(self):
        """End the process, silently; it carries out what has reached it."""
        process, self._process = self._process, None
        self._asked.clear()
        if process is not None:
            LeavingProcesses.release(process)
            process.closeWriteChannel()

    def _answer(self, number, done=None, error=None):
        _frame, onDone, onError = self._asked.pop(number, (None, None, None))
        callback, value = (onError, error) if error is not None else (onDone, done)
        if callback is not None:
            callback(value)

    def _onOutput(self):
        if self._process is None:
            return
        *lines, self._buffer = (self._buffer + bytes(self._process.readAllStandardOutput().data())).split(b"\n")
        with contextlib.ExitStack() as answers:  # each is heard, also when what another one led to has failed
            for line in reversed(lines):
                answers.callback(self._take, line)

    def _take(self, line):
        answer = json.loads(line)
        error = answer.get("error")
        self._answer(answer["id"], answer.get("done"), OrthoDiffusionError.from_dict(error) if error else None)

    def _onErrorOutput(self):
        if self._process is not None:
            words = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
            self._log = (self._log + words)[-4000:]

    def _onFinished(self, exitCode, exitStatus):
        if self._process is None or self._process.state() != qt.QProcess.NotRunning:
            return  # one that was asked to end
        self._onOutput()
        self._onErrorOutput()
        self._ended(last_line(self._log) or Words.said(Message("surfaces", "stopped")))

    def _onProcessError(self, error):
        if error == qt.QProcess.FailedToStart and self._process is not None:
            self._ended(Words.said(Message("surfaces", "not_started")))

    def _ended(self, reason):
        """Every request that has no answer fails; the next one starts the process anew."""
        process, self._process = self._process, None
        if process is not None:
            LeavingProcesses.release(process)
        error = OrthoDiffusionError(Message("worklist", "process_ended", {"reason": reason}))
        with contextlib.ExitStack() as answers:
            for number in reversed(list(self._asked)):
                answers.callback(self._answer, number, error=error)
