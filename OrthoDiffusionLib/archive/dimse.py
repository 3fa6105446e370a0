"""An archive by DIMSE (PS3.4): C-FIND to search, C-GET or C-MOVE to fetch, C-STORE to store."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from OrthoDiffusionLib.archive.address import Address
from OrthoDiffusionLib.archive.bounded_server import start_server
from OrthoDiffusionLib.archive.dimse_association import Line, comment_of, status_of
from OrthoDiffusionLib.archive.faults import DENIED, GONE
from OrthoDiffusionLib.archive.query import (
    SERIES_KEYS,
    STUDY_KEYS,
    Found,
    SeriesRecord,
    StudyQuery,
    StudyRecord,
    found,
    instances_in,
    series_in,
)
from OrthoDiffusionLib.archive.storage_contexts import (
    MOST_CONTEXTS,
    MR_CLASSES,
    OTHER_CLASSES,
    contexts_to_receive,
    contexts_to_send,
    support,
)
from OrthoDiffusionLib.archive.storage_status import CANNOT_UNDERSTAND, NO_CONTEXT, OUT_OF_RESOURCES, SUCCESS, Stored
from OrthoDiffusionLib.archive.tls import server_context
from OrthoDiffusionLib.errors import ArchiveError, OrthoDiffusionError
from OrthoDiffusionLib.messages import Message

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from pynetdicom.association import Association

    from OrthoDiffusionLib.archive.archive import Caller

_UNKNOWN_DESTINATION = 0xA801
_PENDING = (0xFF00, 0xFF01)
_AT_ONCE = 100
"""Instances named in one request."""

_FIND = "1.2.840.10008.5.1.4.1.2.2.1"
_MOVE = "1.2.840.10008.5.1.4.1.2.2.2"
_GET = "1.2.840.10008.5.1.4.1.2.2.3"
"""Study Root Query/Retrieve Information Model."""

_VERIFICATION = "1.2.840.10008.1.1"


class DimseArchive:
    """See `Archive`.

    Raises:
        ArchiveError: if pynetdicom is not installed, or a certificate cannot be used.
    """

    def __init__(self, address: Address, caller: Caller) -> None:
        self._line = Line(address, caller)
        self.address, self._caller = address, caller

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Every piece of work has ended its association."""

    def echo(self) -> None:
        from pynetdicom import build_context

        with self._line.association([build_context(_VERIFICATION)], service="C-ECHO") as association:
            self._check(association.send_c_echo(), "C-ECHO")

    def find_studies(self, query: StudyQuery, *, limit: int) -> Found:
        answers: dict[str, StudyRecord] = {}
        with self._finding() as association:
            for keys in query.ways_to_ask:
                fitting = 0
                wanted = {**dict.fromkeys(STUDY_KEYS, ""), **keys}
                for record in map(StudyRecord.of, self._find(association, "STUDY", wanted)):
                    answers.setdefault(record.study_uid, record)
                    fitting += query.fits(record)
                    if fitting == limit + 1:  # once; what is on its way still comes
                        association.send_c_cancel(1, query_model=_FIND)
        return found(list(answers.values()), query, limit)

    def find_series(self, study_uid: str) -> Sequence[SeriesRecord]:
        keys = {**dict.fromkeys(SERIES_KEYS, ""), "StudyInstanceUID": study_uid}
        with self._finding() as association:
            return series_in(self._find(association, "SERIES", keys), study_uid)

    def find_instances(self, study_uid: str, series_uid: str) -> Sequence[str] | None:
        keys = {"StudyInstanceUID": study_uid, "SeriesInstanceUID": series_uid, "SOPInstanceUID": ""}
        with self._finding() as association:
            # Some archives search down to series alone.
            return instances_in(self._find(association, "IMAGE", keys)) or None

    def _finding(self) -> Any:
        from pynetdicom import build_context

        return self._line.association([build_context(_FIND)], service="C-FIND")

    def _find(self, association: Association, level: str, keys: dict[str, str]) -> Iterator[Dataset]:
        for answer, identifier in association.send_c_find(_identifier(level, keys), _FIND):
            status = status_of(answer, self.address)
            if status in _PENDING:
                if identifier is not None:
                    yield identifier
            elif status != 0xFE00:  # cancelled, as we asked
                self._check(answer, "C-FIND")

    def _check(self, answer: Dataset, service: str) -> None:
        status = status_of(answer, self.address)
        if status == SUCCESS or 0xB000 <= status <= 0xBFFF:
            return
        where = str(self.address)
        if status == _UNKNOWN_DESTINATION:
            own = {"own": self._caller.ae_title, "port": self._caller.move_port}
            raise ArchiveError(Message("archive", "move_unknown", own), where=where, code=DENIED)
        said = {"service": service, "number": f"{status:04X}", "comments": comment_of(answer)}
        code = GONE if 0xA700 <= status <= 0xA7FF else DENIED
        raise ArchiveError(Message("archive", "failed_status", said), where=where, code=code)

    def fetch(
        self, study_uid: str, series_uid: str, missing: Collection[str] | None, keep: Callable[[Dataset], object]
    ) -> None:
        keys = {"StudyInstanceUID": study_uid, "SeriesInstanceUID": series_uid}
        wanted = [_identifier("SERIES", keys)]
        if missing is not None:
            uids = list(missing)
            wanted = [
                _identifier("IMAGE", {**keys, "SOPInstanceUID": uids[start : start + _AT_ONCE]})
                for start in range(0, len(uids), _AT_ONCE)
            ]
        receiver = _Receiver(study_uid, keep)
        if self._caller.move_port:
            self._move(wanted, receiver)
        else:
            self._get(wanted, receiver)
        receiver.raise_problem()

    def _get(self, wanted: Sequence[Dataset], receiver: _Receiver) -> None:
        from pynetdicom import build_context, build_role, evt

        contexts = [*contexts_to_receive(MR_CLASSES), *contexts_to_receive(OTHER_CLASSES, compressed=False)]
        roles = [build_role(uid, scp_role=True) for uid in (*MR_CLASSES, *OTHER_CLASSES)]
        with self._line.association(
            [build_context(_GET), *contexts],
            service="C-GET",
            extended=roles,
            handlers=[(evt.EVT_C_STORE, receiver.store)],
        ) as association:
            if not any(one.abstract_syntax == _GET for one in association.accepted_contexts):
                where = str(self.address)
                raise ArchiveError(Message("archive", "not_supported", {"service": "C-GET"}), where=where, code=DENIED)
            for identifier in wanted:
                for answer, _ in association.send_c_get(identifier, _GET):
                    if status_of(answer, self.address) not in _PENDING:
                        self._check(answer, "C-GET")

    def _move(self, wanted: Sequence[Dataset], receiver: _Receiver) -> None:
        from pynetdicom import build_context

        with self._receiving(receiver), self._line.association([build_context(_MOVE)], service="C-MOVE") as association:
            for identifier in wanted:
                for answer, _ in association.send_c_move(identifier, self._caller.ae_title, _MOVE):
                    if status_of(answer, self.address) not in _PENDING:
                        self._check(answer, "C-MOVE")

    @contextlib.contextmanager
    def _receiving(self, receiver: _Receiver) -> Iterator[None]:
        """Listen for what the archive sends, as long as the block lasts."""
        from pynetdicom import AE, evt

        entity = AE(ae_title=self._caller.ae_title)
        entity.require_called_aet = True
        support(entity, (*MR_CLASSES, *OTHER_CLASSES))
        context = None
        if self.address.has_tls:
            known = self._caller.tls.authority is not None
            context = server_context(self._caller.tls, known_clients=known)
        host = self._caller.move_host or ("127.0.0.1" if self.address.is_this_computer else "0.0.0.0")
        handlers = [(evt.EVT_C_STORE, receiver.store)]
        server = start_server(entity, host, self._caller.move_port, context=context, handlers=handlers)
        try:
            yield
        finally:
            server.shutdown()

    def send(self, paths: Iterable[Path], tell: Callable[[Path, Stored], object]) -> None:
        import pydicom

        kinds: dict[Path, tuple[str, str]] = {}
        for path in paths:
            head = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=["SOPClassUID"])
            kinds[path] = (str(head.SOPClassUID), str(head.file_meta.TransferSyntaxUID))
        different = list(dict.fromkeys(kinds.values()))
        for start in range(0, len(different), MOST_CONTEXTS):
            some = set(different[start : start + MOST_CONTEXTS])
            self._send({path: kind for path, kind in kinds.items() if kind in some}, tell)

    def _send(self, kinds: dict[Path, tuple[str, str]], tell: Callable[[Path, Stored], object]) -> None:
        import pydicom

        contexts = contexts_to_send(list(kinds.values()))
        with self._line.association(contexts, service="C-STORE") as association:
            for number, path in enumerate(kinds):
                try:
                    answer = association.send_c_store(pydicom.dcmread(path), msg_id=1 + number % 65535)
                except (ValueError, RuntimeError):
                    if not association.is_established:
                        status_of(pydicom.Dataset(), self.address)
                    tell(path, Stored(NO_CONTEXT))
                    continue
                tell(path, Stored(status_of(answer, self.address), "".join(comment_of(answer))))


class _Receiver:
    """Takes what an archive sends after C-GET or C-MOVE; a problem of ours ends the transfer and is raised later."""

    def __init__(self, study_uid: str, keep: Callable[[Dataset], object]) -> None:
        self._study, self._keep = study_uid, keep
        self._problem: BaseException | None = None

    def store(self, event: Any) -> int:
        if self._problem is not None:
            return OUT_OF_RESOURCES
        try:
            dataset = event.dataset
            dataset.file_meta = event.file_meta
        except Exception:  # what cannot be decoded; pydicom raises a dozen kinds
            return CANNOT_UNDERSTAND
        if str(dataset.get("StudyInstanceUID", "")) != self._study:
            return CANNOT_UNDERSTAND  # nothing that we asked for
        try:
            self._keep(dataset)
        except OrthoDiffusionError as error:
            self._problem = error
            return OUT_OF_RESOURCES
        except BaseException as error:
            self._problem = error
            return CANNOT_UNDERSTAND
        return SUCCESS

    def raise_problem(self) -> None:
        if self._problem is not None:
            raise self._problem


def _identifier(level: str, keys: dict[str, Any]) -> Dataset:
    from pydicom.dataset import Dataset

    identifier = Dataset()
    identifier.QueryRetrieveLevel = level
    if any(not str(value).isascii() for value in keys.values()):
        identifier.SpecificCharacterSet = "ISO_IR 192"
    for keyword, value in keys.items():
        setattr(identifier, keyword, value)
    return identifier
