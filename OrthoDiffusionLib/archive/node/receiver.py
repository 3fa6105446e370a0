"""The node's ear: takes instances of MR from those who are allowed, and answers each with a status of DICOM."""

from __future__ import annotations

import errno
import threading
from collections import defaultdict
from io import BytesIO
from typing import TYPE_CHECKING, Any

from OrthoDiffusionLib.archive.bounded_server import start_server
from OrthoDiffusionLib.archive.instance_file import Damaged
from OrthoDiffusionLib.archive.node import journal
from OrthoDiffusionLib.archive.node.settings import Keeping, Listening
from OrthoDiffusionLib.archive.node.spool import SameUidOtherContent, Spool, key_of
from OrthoDiffusionLib.archive.query import is_uid
from OrthoDiffusionLib.archive.quiet import silence_packages
from OrthoDiffusionLib.archive.storage_contexts import MR_CLASSES, support
from OrthoDiffusionLib.archive.storage_status import (
    CANNOT_UNDERSTAND,
    DUPLICATE,
    NOT_AUTHORISED,
    OUT_OF_RESOURCES,
    PROCESSING_FAILURE,
    SUCCESS,
    WRONG_CLASS,
)
from OrthoDiffusionLib.archive.tls import server_context
from OrthoDiffusionLib.errors import ArchiveError
from OrthoDiffusionLib.messages import Message

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from pynetdicom.transport import ThreadedAssociationServer

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_MEGABYTE = 1024 * 1024
_NEEDED = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID")


class Receiver:
    """A DICOM storage provider for MR, with C-ECHO.

    Args:
        listening: where, and to whom.
        keeping: what is kept.
        spool: open.

    Raises:
        ArchiveError: if pynetdicom is not installed, a certificate cannot be used, or the port not be opened.
    """

    def __init__(self, listening: Listening, keeping: Keeping, spool: Spool) -> None:
        try:
            import pynetdicom  # noqa: F401 - asked for now
        except ImportError as error:
            raise ArchiveError(Message("archive", "not_installed", {"package": "pynetdicom"})) from error
        silence_packages()
        self._listening, self._keeping, self._spool = listening, keeping, spool
        self._lock = threading.Lock()
        self._open: defaultdict[str, set[int]] = defaultdict(set)  # study -> associations that bring it
        self._counts: dict[str, int] = {}
        self._server: ThreadedAssociationServer | None = None

    def start(self) -> int:
        """Listen, in threads of its own.

        Returns:
            The port.
        """
        from pynetdicom import AE, evt

        listening = self._listening
        context = None
        if not listening.insecure:
            context = server_context(listening.tls, known_clients=not listening.any_client)
        entity = AE(ae_title=listening.ae_title)
        entity.require_called_aet = True
        entity.require_calling_aet = listening.callers.ae_titles
        entity.maximum_associations = listening.limits.connections
        entity.add_supported_context("1.2.840.10008.1.1")
        support(entity, MR_CLASSES)
        ended = [(event, self._ended) for event in (evt.EVT_RELEASED, evt.EVT_ABORTED, evt.EVT_CONN_CLOSE)]
        handlers = [(evt.EVT_C_STORE, self._store), (evt.EVT_C_ECHO, self._echo), *ended]
        self._server = start_server(
            entity,
            listening.host,
            listening.port,
            context=context,
            handlers=handlers,
            limits=listening.limits,
            welcome=listening.callers.welcomes,
        )
        return int(self._server.server_address[1])

    def stop(self) -> None:
        """Listen no more, and end what is open; an instance that has been answered is on the disk."""
        server, self._server = self._server, None
        if server is None:
            return
        running = server.active_associations
        server.shutdown()
        for association in running:
            association.abort()

    def is_open(self, study_uid: str) -> bool:
        """Whether an association is open that has brought instances of a study."""
        running = {id(one) for one in self._server.active_associations} if self._server is not None else set()
        with self._lock:
            self._open[study_uid] &= running  # one that ended without a word
            if not self._open[study_uid]:
                del self._open[study_uid]
                self._counts.pop(study_uid, None)
                return False
        return True

    def _ended(self, event: Any) -> None:
        with self._lock:
            for associations in self._open.values():
                associations.discard(id(event.assoc))

    def _allows(self, event: Any) -> bool:
        requestor = event.assoc.requestor
        return self._listening.callers.allows(str(requestor.ae_title), str(requestor.address))

    def _echo(self, event: Any) -> int:
        return SUCCESS if self._allows(event) else NOT_AUTHORISED

    def _store(self, event: Any) -> Dataset:
        """The status of one instance. Whatever happens, an answer is given and the node goes on."""
        try:
            status, comment = self._kept(event)
        except Damaged:
            status, comment = CANNOT_UNDERSTAND, "UIDs must be digits and dots"
        except SameUidOtherContent:
            status, comment = DUPLICATE, "another instance has this UID"
        except OSError as error:
            full = error.errno in _NO_SPACE
            status, comment = (OUT_OF_RESOURCES, "disk full") if full else (PROCESSING_FAILURE, "cannot be written")
        except Exception as error:
            journal.warn("fault", kind=type(error).__name__)
            status, comment = PROCESSING_FAILURE, "internal error"
        if status != SUCCESS:
            caller, address = event.assoc.requestor.ae_title, event.assoc.requestor.address
            journal.warn("refused", status=f"{status:04X}", why=comment, caller=caller, address=address)
        return _answer(status, comment)

    def _kept(self, event: Any) -> tuple[int, str]:
        if not self._allows(event):
            return NOT_AUTHORISED, "not from this address"
        content = event.encoded_dataset()
        head = _head_of(content)
        if head is None:
            return CANNOT_UNDERSTAND, "data set cannot be read"
        study_uid, series_uid, sop_uid, sop_class = head
        if not (is_uid(study_uid) and is_uid(series_uid) and is_uid(sop_uid)):
            raise Damaged
        request = event.request
        if sop_uid != str(request.AffectedSOPInstanceUID) or sop_class != str(request.AffectedSOPClassUID):
            return WRONG_CLASS, "UIDs of message and data set differ"
        if self._spool.free_bytes() - len(content) < self._keeping.reserve_mb * _MEGABYTE:
            return OUT_OF_RESOURCES, "disk full"
        with self._lock:
            first = study_uid not in self._counts
            if first:
                self._counts[study_uid] = self._spool.study(study_uid).content()[0]
            if self._counts[study_uid] >= self._keeping.most_instances:
                return OUT_OF_RESOURCES, "too many instances in study"
            self._open[study_uid].add(id(event.assoc))
        if self._spool.store(study_uid, sop_uid, content):
            with self._lock:
                self._counts[study_uid] = self._counts.get(study_uid, 0) + 1
        if first:
            journal.note("receiving", study=key_of(study_uid), caller=event.assoc.requestor.ae_title)
        return SUCCESS, ""


def _head_of(content: bytes) -> list[str] | None:
    """The values of the elements `_NEEDED`, empty where missing; None if the data set cannot be read."""
    import pydicom

    try:
        head = pydicom.dcmread(BytesIO(content), stop_before_pixels=True, specific_tags=list(_NEEDED))
        return [str(head.get(name, "")) for name in _NEEDED]  # only now are values decoded
    except Exception:  # pydicom raises a dozen kinds for damaged files, RecursionError among them
        return None


def _answer(status: int, comment: str) -> Dataset:
    from pydicom.dataset import Dataset

    answer = Dataset()
    answer.Status = status
    if comment:
        answer.ErrorComment = comment[:64]
    return answer
