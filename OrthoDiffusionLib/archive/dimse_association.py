"""An association with an archive by DIMSE, or a clear error why there is none."""

from __future__ import annotations

import contextlib
import queue
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from OrthoDiffusionLib.archive.address import Address
from OrthoDiffusionLib.archive.bounded_server import MAXIMUM_PDU
from OrthoDiffusionLib.archive.faults import DENIED, connection_error, dropped
from OrthoDiffusionLib.archive.quiet import silence_packages
from OrthoDiffusionLib.archive.tls import client_context
from OrthoDiffusionLib.errors import ArchiveError
from OrthoDiffusionLib.messages import Message

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from pynetdicom.association import Association
    from pynetdicom.presentation import PresentationContext

    from OrthoDiffusionLib.archive.archive import Caller

CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 120.0
_LOOKING_SECONDS = 0.2


class Line:
    """How to reach one archive: an association for each piece of work.

    Raises:
        ArchiveError: if pynetdicom is not installed, or a certificate cannot be used.
    """

    def __init__(self, address: Address, caller: Caller) -> None:
        try:
            import pynetdicom  # noqa: F401 - asked for now, not in the middle of the work
        except ImportError as error:
            raise ArchiveError(Message("archive", "not_installed", {"package": "pynetdicom"})) from error
        silence_packages()
        self.address, self.caller = address, caller
        self._context = client_context(caller.tls) if address.has_tls else None

    @contextlib.contextmanager
    def association(
        self,
        contexts: Sequence[PresentationContext],
        *,
        service: str,
        extended: Sequence[Any] = (),
        handlers: Sequence[tuple[Any, Callable[..., Any]]] = (),
    ) -> Iterator[Association]:
        """An association with these contexts, released at the end.

        Args:
            contexts: to ask for.
            service: what for, in words of DICOM, for the error.
            extended: items of extended negotiation.
            handlers: of events.

        Raises:
            ArchiveError: if there is none, or the archive accepts none of the contexts.
        """
        from pynetdicom import AE

        entity = AE(ae_title=self.caller.ae_title)
        entity.connection_timeout = CONNECT_SECONDS
        entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = ANSWER_SECONDS
        entity.requested_contexts = list(contexts)
        try:
            association = entity.associate(
                self.address.host,
                self.address.port,
                ae_title=self.address.ae_title,
                max_pdu=MAXIMUM_PDU,
                ext_neg=[*extended, *self._identity()],
                tls_args=(self._context, self.address.host) if self._context is not None else None,
                evt_handlers=list(handlers),
            )
        except OSError as error:
            raise connection_error(error, self.address) from None
        if not association.is_established:
            raise self._why_not(association, service)
        association.dimse.msg_queue = _Answers(association.dul.is_alive)
        try:
            yield association
        except BaseException:
            association.abort()
            raise
        if association.is_established:
            association.release()

    def _identity(self) -> list[Any]:
        """User and password, or token, PS3.7, annex D.3.3.7; archives that do not know it pass over it."""
        from pynetdicom.pdu_primitives import UserIdentityNegotiation

        credentials = self.caller.credentials
        if not credentials:
            return []
        item = UserIdentityNegotiation()
        if credentials.token:
            item.user_identity_type, item.primary_field = 5, credentials.token.reveal().encode()
        else:
            item.user_identity_type, item.primary_field = 2, credentials.user.encode()
            item.secondary_field = credentials.password.reveal().encode()
        return [item]

    def _why_not(self, association: Association, service: str) -> ArchiveError:
        where = str(self.address)
        if association.is_rejected:
            answer = association.acceptor.primitive
            values = {"reason": getattr(answer, "reason_str", "") or "?", "own": self.caller.ae_title}
            return ArchiveError(Message("archive", "rejected", values), where=where, code=DENIED)
        problem = self._problem_of_connection()
        if problem is not None:
            return problem
        if association.rejected_contexts and not association.accepted_contexts:
            return ArchiveError(Message("archive", "not_supported", {"service": service}), where=where, code=DENIED)
        return dropped(self.address)

    def _problem_of_connection(self) -> ArchiveError | None:
        """Connect once more, without DICOM: pynetdicom keeps the cause to itself."""
        try:
            with socket.create_connection((self.address.host, self.address.port), CONNECT_SECONDS) as plain:
                return None if self._context is None else self._problem_of_tls(plain, self._context)
        except OSError as error:
            return connection_error(error, self.address)

    def _problem_of_tls(self, plain: socket.socket, context: ssl.SSLContext) -> ArchiveError | None:
        try:
            secured = context.wrap_socket(plain, server_hostname=self.address.host)
        except (ssl.SSLEOFError, ConnectionError, TimeoutError):
            # It does not understand the first words of TLS, and hangs up or waits for others.
            return ArchiveError(Message("archive", "speaks_no_tls"), where=str(self.address), code=DENIED)
        with secured:
            secured.settimeout(1.0)
            with contextlib.suppress(TimeoutError):
                secured.recv(1)  # TLS 1.3 tells a client only now that its certificate is not accepted
        return None


class _Answers(queue.Queue):
    """What an archive answers; nobody waits for one that is gone.

    pynetdicom puts one empty message here when a connection ends, and its own thread may take it while the next request
    is still being encoded: that request, sent to nobody, would then wait for as long as an archive may think.

    Args:
        is_connected: whether the connection is still served.
    """

    def __init__(self, is_connected: Callable[[], bool]) -> None:
        super().__init__()
        self._is_connected = is_connected

    def get(self, block: bool = True, timeout: float | None = None) -> tuple[int | None, Any]:
        """As a queue's, but (None, None), pynetdicom's message of an ended connection, once it has ended."""
        if not block:
            return super().get(block=False)
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            is_connected = self._is_connected()  # asked first: what came before the end is in the queue then
            left = _LOOKING_SECONDS if end is None else min(_LOOKING_SECONDS, end - time.monotonic())
            with contextlib.suppress(queue.Empty):
                return super().get(timeout=max(0.0, left) if is_connected else 0.0)
            if not is_connected:
                return None, None
            if end is not None and time.monotonic() >= end:
                raise queue.Empty


def status_of(answer: Dataset, address: Address) -> int:
    """The status of a response; the empty one that stands for a broken connection is an error.

    Raises:
        ArchiveError: if the connection broke off or the archive did not answer in time.
    """
    status = answer.get("Status")
    if status is None:
        raise dropped(address)
    return int(status)


def comment_of(answer: Dataset) -> list[str]:
    """The archive's own words on a status, if any."""
    comment = str(answer.get("ErrorComment") or "").strip()[:64]
    return [comment] if comment else []
