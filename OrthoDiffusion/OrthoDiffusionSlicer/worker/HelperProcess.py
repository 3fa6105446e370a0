"""HelperProcess: one of our modules as a process beside Slicer, which ends with it and leaves no file."""

from pathlib import Path

import qt

from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.service.client import last_line
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.Signal import Signal
from OrthoDiffusionSlicer.worker import LeavingProcesses
from OrthoDiffusionSlicer.worker.NewProcess import newProcess
from OrthoDiffusionSlicer.worker.TemporaryFolder import removeFolder, temporaryFolder
from OrthoDiffusionSlicer.worker.WhileWanted import WHILE_WANTED
from OrthoDiffusionSlicer.worker.WorkerCommand import workerProgram


class HelperProcess:
    """Starts `python -m MODULE --while-wanted …`, and says how it ended.

    Args:
        module: the dotted name of the module; its `main` takes the arguments.
        prefix: of the temporary folder's name.
        program: the Python to run; None for Slicer's.

    Attributes:
        finished: Signal(problem): an empty text, or why there is no result.
        folder: the temporary folder, None before `makeFolder` and after `tidy`.
    """

    def __init__(self, module, prefix, program=None):
        self.finished = Signal()
        self.folder = None
        self._module, self._prefix, self._program = module, prefix, program
        self._process = None

    @property
    def busy(self):
        return self._process is not None

    def makeFolder(self):
        """The temporary folder, made anew.

        Raises:
            OutputError: if it cannot be made.
        """
        self.tidy()
        self.folder = Path(temporaryFolder(self._prefix))
        return self.folder

    def run(self, *arguments):
        """Start it; `finished` follows."""
        module = Path(__file__).resolve().parents[2]
        process = self._process = newProcess(self._onFinished, self._onError, importable=[module])
        process.start(self._program or workerProgram(), ["-m", self._module, WHILE_WANTED, *map(str, arguments)])

    def stop(self):
        """End it, silently."""
        process, self._process = self._process, None
        if process is not None:
            LeavingProcesses.release(process)
            # PythonSlicer is a launcher: killed, it leaves its child, which ends when its standard input closes.
            process.closeWriteChannel()
            process.kill()
        self.tidy()

    def tidy(self):
        """Remove the files."""
        folder, self.folder = self.folder, None
        removeFolder(folder)

    def _onFinished(self, exitCode, exitStatus):
        process, self._process = self._process, None
        if process is None:
            return
        LeavingProcesses.release(process)
        words = last_line(bytes(process.readAllStandardError().data()).decode(errors="replace"))
        failed = exitCode != 0 or exitStatus == qt.QProcess.CrashExit
        self.finished((words or Words.said(Message("surfaces", "stopped"))) if failed else "")

    def _onError(self, error):
        if error == qt.QProcess.FailedToStart and self._process is not None:
            process, self._process = self._process, None
            LeavingProcesses.release(process)
            self.finished(Words.said(Message("surfaces", "not_started")))
