"""The same worker for the Python console: waits for the answer, without Qt."""

import contextlib
import json
import os
import queue
import subprocess
import threading
import time

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.progress import Cancelled
from OrthoDiffusionSlicer.worker.WorkerCommand import (
    ARGUMENTS,
    checkHello,
    endedFromOutside,
    errorFrom,
    notStartedError,
    stoppedError,
    withoutWindow,
    workerEnvironment,
    workerProgram,
)


class SynchronousWorker:
    """One worker process, kept warm between calls. Use it as a context, or `close` it.

    Args:
        program, arguments: what to start; by default the library's worker on Slicer's Python.
        idle: called some twenty times a second while an answer is waited for, so that a window can repaint.
    """

    helloSeconds = 60.0
    quietSeconds = 600.0
    cancelSeconds = 2.0
    idleSeconds = 0.05

    def __init__(self, program=None, arguments=ARGUMENTS, idle=None):
        self.program, self.arguments = program, list(arguments)
        self._idle = idle
        self._asked = False
        self._process = None
        self._messages = None
        self._errors = []
        self._count = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def analyze(self, request, onProgress=None):
        """Run one analysis and return its results folder.

        Args:
            request: inputs, bundle, out and options of the worker's `analyze` message.
            onProgress: called with (stage, fraction, message); may raise Cancelled.

        Raises:
            OrthoDiffusionError: what the worker said, or that it stopped or stayed silent; or that another call
                is waiting for its answer, which can happen where ``idle`` lets the user click.
            Cancelled: if ``onProgress`` raised it. Ctrl-C stops the analysis as well and goes on upwards.
        """
        if self._asked:
            raise OrthoDiffusionError(
                "An analysis is running already", remedy="Wait until it is done, or stop it with Ctrl-C."
            )
        self._asked = True
        try:
            return self._analyze(request, onProgress)
        finally:
            self._asked = False

    def _analyze(self, request, onProgress):
        self._start()
        self._count += 1
        identifier = str(self._count)
        self._write({"type": "analyze", "id": identifier, **request})
        try:
            while True:
                message = self._next(self.quietSeconds)
                if message.get("id") != identifier:
                    continue
                if message["type"] == "result":
                    return message["folder"]
                if message["type"] == "error":
                    raise errorFrom(message)
                if message["type"] == "cancelled":
                    raise Cancelled
                if message["type"] == "progress" and onProgress is not None:
                    onProgress(message["stage"], message["fraction"], message["message"])
        except (Cancelled, KeyboardInterrupt):
            self._cancel(identifier)
            raise

    def close(self):
        """End the worker; the end of its standard input ends it, whatever it does."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(self.cancelSeconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        process.stderr.close()

    def _start(self):
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        program = self.program or workerProgram()
        try:
            self._process = subprocess.Popen(
                [program, *self.arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, **workerEnvironment()},
                **withoutWindow(),
            )
        except OSError as error:
            raise notStartedError(program) from error
        self._messages, self._errors = queue.Queue(), []
        self._errorReader = threading.Thread(target=self._readErrors, args=(self._process.stderr,), daemon=True)
        self._errorReader.start()
        threading.Thread(target=self._readMessages, args=(self._process.stdout,), daemon=True).start()
        hello = self._next(self.helloSeconds)
        try:
            checkHello(hello)
        except OrthoDiffusionError:
            self.close()
            raise

    def _readMessages(self, stream):
        messages = self._messages
        with contextlib.suppress(ValueError, OSError):
            for line in stream:
                with contextlib.suppress(ValueError):
                    messages.put(json.loads(line.decode(errors="replace")))
        messages.put(None)

    def _readErrors(self, stream):
        with contextlib.suppress(ValueError, OSError):
            for line in stream:
                self._errors = [*self._errors[-200:], line.decode(errors="replace")]

    def _next(self, seconds):
        process = self._process
        try:
            message = self._wait(seconds)
        except queue.Empty:
            self.close()
            raise OrthoDiffusionError(
                f"The worker did not answer within {seconds:.0f} s",
                remedy="Call analyze again; if it stays silent, restart Slicer.",
            ) from None
        if message is None:
            if self._process is not process:  # closed while the window was repainted
                raise Cancelled
            process.wait()
            self._errorReader.join(1.0)
            errors = "".join(self._errors)
            self.close()
            raise stoppedError(endedFromOutside(process.returncode, errors), errors)
        return message

    def _wait(self, seconds):
        """The next message; raises queue.Empty if there is none in time. Lets the window live meanwhile."""
        messages, end = self._messages, time.monotonic() + seconds
        while self._idle is not None:
            self._idle()
            try:
                return messages.get(timeout=min(self.idleSeconds, max(0.0, end - time.monotonic())))
            except queue.Empty:
                if time.monotonic() >= end:
                    raise
        return messages.get(timeout=seconds)

    def _cancel(self, identifier):
        """By a message; without an answer in time the worker goes, and the next call starts another."""
        if self._process is None:
            return
        try:
            self._write({"type": "cancel", "id": identifier})
            while True:
                message = self._messages.get(timeout=self.cancelSeconds)
                if message is None or (message.get("id") == identifier and message["type"] != "progress"):
                    return
        except (queue.Empty, OSError):
            self.close()

    def _write(self, message):
        try:
            self._process.stdin.write((json.dumps(message) + "\n").encode())
            self._process.stdin.flush()
        except OSError as error:
            self.close()
            raise stoppedError(False, "".join(self._errors)) from error
