"""A DICOM server that an unknown sender cannot stop: limits on connections, silence, lengths before all reading.

pynetdicom 3.0 alone does the TLS handshake where it accepts connections, so that one silent client keeps all others
out; it believes any length that a PDU states, and it waits for ever for the rest.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from OrthoDiffusionLib.errors import ArchiveError
from OrthoDiffusionLib.messages import Message

if TYPE_CHECKING:
    from pynetdicom import AE
    from pynetdicom.transport import RequestHandler, ThreadedAssociationServer

MAXIMUM_PDU = 128 * 1024
"""Bytes of a data PDU that we announce to take."""

_LONGEST_PDU = 1024 * 1024
"""Bytes; a request for an association may list many contexts and is longer than that of data."""

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What one server allows.

    Attributes:
        connections: at once, associations or not yet.
        of_one_host: of these from one address.
        silence_seconds: a peer that sends nothing for so long in the middle of something is dropped.
        instance_mb: megabytes of one DIMSE message.
    """

    connections: int = 20
    of_one_host: int = 10
    silence_seconds: float = 30.0
    instance_mb: int = 512


def start_server(
    entity: AE,
    host: str,
    port: int,
    *,
    context: ssl.SSLContext | None,
    handlers: Sequence[tuple[Any, Callable[..., Any]]],
    limits: Limits | None = None,
    welcome: Callable[[str], bool] = lambda host: True,
) -> ThreadedAssociationServer:
    """Start to listen, in threads of its own.

    Args:
        entity: AE title, contexts and whom it lets in.
        host, port: where.
        context: of TLS; None without it.
        handlers: (event, function) as pynetdicom wants them.
        limits: of everybody together.
        welcome: whether an IP address may connect.

    Raises:
        ArchiveError: if the port cannot be opened.
    """
    from pynetdicom import evt

    limits = limits or Limits()
    entity.maximum_pdu_size = MAXIMUM_PDU
    entity.network_timeout = entity.acse_timeout = entity.dimse_timeout = limits.silence_seconds
    server_class = _server_class(limits, welcome)
    bound: list[Any] = [*handlers, (evt.EVT_DIMSE_RECV, _begin_counting_anew)]
    try:
        server = entity.make_server((host, port), ssl_context=context, evt_handlers=bound, server_class=server_class)
    except OSError as error:
        values = {"port": port, "error": error.strerror or error}
        raise ArchiveError(Message("archive", "port_taken", values)) from error
    entity._servers.append(server)  # as AE.start_server does; its shutdown looks for it there
    threading.Thread(target=server.serve_forever, args=(0.2,), name="dicom-server", daemon=True).start()
    return server


def _begin_counting_anew(event: Any) -> None:
    """A message is complete."""
    wrapped = event.assoc.dul.socket
    if isinstance(getattr(wrapped, "received", None), int):
        wrapped.received = 0


def _handler_class(limits: Limits) -> type[RequestHandler]:
    from pynetdicom.transport import AssociationSocket, RequestHandler

    class BoundedSocket(AssociationSocket):
        """Reads no more than it may."""

        received = 0

        def recv(self, nr_bytes: int) -> bytearray:
            self.received += nr_bytes
            if nr_bytes > _LONGEST_PDU or self.received > limits.instance_mb * _MEGABYTE:
                self._shutdown_socket()
                raise OSError("more than is allowed")
            return super().recv(nr_bytes)

        def _shutdown_socket(self) -> None:
            """Close it in every case; pynetdicom does not where the peer has hung up before."""
            super()._shutdown_socket()
            if self.socket is not None:
                self.socket.close()

    class Handler(RequestHandler):
        def _create_association(self) -> Any:
            association = super()._create_association()
            # pynetdicom makes the socket itself, and it has announced the connection already.
            association.dul.socket.__class__ = BoundedSocket
            return association

    return Handler


def _server_class(limits: Limits, welcome: Callable[[str], bool]) -> type[ThreadedAssociationServer]:
    from pynetdicom.transport import ThreadedAssociationServer

    handler = _handler_class(limits)

    class BoundedServer(ThreadedAssociationServer):
        """Counts its connections, and shakes hands in a thread for each."""

        daemon_threads = True
        request_queue_size = 20

        def __init__(self, *args: Any, **options: Any) -> None:
            self._shaking: list[str] = []  # addresses whose handshake is not done
            self._counting = threading.Lock()
            super().__init__(*args, **{**options, "request_handler": handler})

        def get_request(self) -> tuple[socket.socket, Any]:
            assert self.socket is not None
            connection, address = self.socket.accept()
            connection.settimeout(limits.silence_seconds)
            return connection, address

        def verify_request(self, request: Any, client_address: Any) -> bool:
            host = str(client_address[0])
            running = [str(one.requestor.address) for one in self.active_associations]
            with self._counting:
                open_now = [*self._shaking, *running]
                if (
                    not welcome(host)
                    or len(open_now) >= limits.connections
                    or open_now.count(host) >= limits.of_one_host
                ):
                    return False
                self._shaking.append(host)
            return True

        def process_request_thread(self, request: Any, client_address: Any) -> None:
            try:
                if self.ssl_context is not None:
                    request = self.ssl_context.wrap_socket(request, server_side=True)
                self.finish_request(request, client_address)
            except Exception:  # an unknown sender's mistake is no event of ours
                self.shutdown_request(request)
            finally:
                with self._counting:
                    self._shaking.remove(str(client_address[0]))

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Nothing is printed."""

    return BoundedServer
