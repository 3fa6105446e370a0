"""The same worker for the Python console: waits for the answer, without Qt."""

import contextlib
import json
import os
import queue
import subprocess
import threading

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.progress import Cancelled

from .WorkerCommand import (
    ARGUMENTS,
    checkHello,
    errorFrom,
    notStartedError,
    stoppedError,
    workerEnvironment,
    workerProgram,
)


class SynchronousWorker:
    """One worker process, kept warm between calls. Use it as a context, or `close` it."""

    helloSeconds = 60.0
    quietSeconds = 600.0
    cancelSeconds = 2.0

    def __init__(self, program=None, arguments=ARGUMENTS):
        self.program, self.arguments = program, list(arguments)
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
            OrthoDiffusionError: what the worker said, or that it stopped or stayed silent.
            Cancelled: if ``onProgress`` raised it. Ctrl-C stops the analysis as well and goes on upwards.
        """
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
        try:
            message = self._messages.get(timeout=seconds)
        except queue.Empty:
            self.close()
            raise OrthoDiffusionError(
                f"The worker did not answer within {seconds:.0f} s",
                remedy="Call analyze again; if it stays silent, restart Slicer.",
            ) from None
        if message is None:
            self._process.wait()
            self._errorReader.join(1.0)
            crashed = not 0 <= self._process.returncode < 128
            self.close()
            raise stoppedError(crashed, "".join(self._errors))
        return message

    def _cancel(self, identifier):
        """By a message; without an answer in time the worker goes, and the next call starts another."""
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
