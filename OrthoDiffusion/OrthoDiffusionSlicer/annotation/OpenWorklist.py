"""One worklist that is open: its lock, its file, and the order in which its cases are shown."""

import qt

from OrthoDiffusionLib.annotation.case_folder import CaseFolder
from OrthoDiffusionLib.annotation.lock import RENEW_SECONDS, WorklistLock
from OrthoDiffusionLib.annotation.worklist import take_up
from OrthoDiffusionLib.annotation.worklist_file import full_path, read_worklist, worklist_text, write_worklist
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.moment import now
from OrthoDiffusionSlicer.Signal import Signal


class OpenWorklist:
    """Holds a worklist from opening to `close`, and writes every change of it.

    Args:
        path: of the worklist's file.
        reader: who works on it.
        process: CaseProcess that writes the file.
        fresh: a Worklist that is new and becomes this file; None for one that is there.

    Attributes:
        path: the same. reader: the same; the reader's own name for others to see.
        worklist: the Worklist.
        problem: the OrthoDiffusionError of the last attempt to write, None if that went well.
        changed: Signal(): the file could be written again, or not any more.

    Raises:
        OrthoDiffusionError: if it is open elsewhere, cannot be read, or the folder cannot be written.
    """

    def __init__(self, path, reader, process, fresh=None):
        self.path, self.reader, self.problem = path, reader, None
        self.changed = Signal()
        self._process, self._writing, self._again, self._afterwards = process, False, False, None
        self._lock = WorklistLock(path, reader)
        try:
            if fresh is not None:
                write_worklist(fresh, path)
            self.worklist = read_worklist(path)
        except BaseException:
            self._lock.release()
            raise
        self._timer = qt.QTimer()
        self._timer.connect("timeout()", self._lock.renew)
        self._timer.start(1000 * RENEW_SECONDS)

    def folder(self, case):
        """The CaseFolder of a case."""
        return CaseFolder(self.path.parent, case.name)

    def fullPath(self, stored):
        """A path of the worklist on this computer, as text."""
        return str(full_path(stored, self.path.parent))

    def ordered(self):
        """The cases in the order that was chosen."""
        return self.worklist.ordered(self.reader)

    def touch(self, case):
        """Something of this reader's work on a case has changed."""
        case.work(self.reader).changed = now()
        self.save()

    def save(self):
        """Write the file in the other process; what changes meanwhile is written right afterwards."""
        if self._writing:
            self._again = True
            return
        try:
            self._takeUp()
        except OrthoDiffusionError as error:
            self._settle(error)
            return
        self._writing = True
        text = worklist_text(self.worklist).encode()
        self._process.ask("write", {"path": str(self.path)}, text, self._onWritten, self._onFailed)

    def close(self, onClosed, onFailed):
        """Write the file once more in the other process, behind all that was asked of it, and let others open it.

        Args:
            onClosed: called without arguments.
            onFailed: called with an OrthoDiffusionError; the worklist is still open then.
        """
        self._afterwards = (onClosed, onFailed)
        self.save()

    def closeNow(self):
        """Write here and now; for Slicer's end, when the other process has ended.

        Raises:
            OrthoDiffusionError: if it cannot be written; it is closed all the same.
        """
        self._timer.stop()
        try:
            self._takeUp()
            write_worklist(self.worklist, self.path)
        finally:
            self._lock.release()

    def _takeUp(self):
        """What others have written while this computer was asleep; else it would be overwritten.

        Raises:
            OrthoDiffusionError: if the worklist is open elsewhere now, or cannot be read.
        """
        if not self._lock.check():
            take_up(self.worklist, read_worklist(self.path), self.reader)

    def _onWritten(self, _answer):
        self._settle(None)

    def _onFailed(self, error):
        self._settle(error)

    def _settle(self, problem):
        told, self.problem = problem is not self.problem, problem
        self._writing = False
        if self._again:
            self._again = False
            self.save()
        elif self._afterwards is not None:
            (onClosed, onFailed), self._afterwards = self._afterwards, None
            if problem is not None:
                onFailed(problem)
            else:
                self._timer.stop()
                self._lock.release()
                onClosed()
        if told:
            self.changed()
