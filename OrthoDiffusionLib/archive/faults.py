"""What a failed connection means: one clear error for each way in which an archive cannot be reached."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

from OrthoDiffusionLib.archive.address import Address
from OrthoDiffusionLib.errors import ArchiveError
from OrthoDiffusionLib.messages import Message

GONE = "archive_gone"
"""Code of errors that may pass by themselves: the archive does not answer, or went away in the middle."""

DENIED = "archive_denied"
"""Code of errors that last until somebody changes something: it does not let us in, or is not who it should be."""

# Of OpenSSL's x509_vfy.h.
_NOT_YET_VALID, _EXPIRED, _HOST_MISMATCH, _ADDRESS_MISMATCH = 9, 10, 62, 64
_NO_AUTHORITY = (2, 18, 19, 20, 21)
_OUR_CERTIFICATE = (
    "CERTIFICATE_REQUIRED",
    "BAD_CERTIFICATE",
    "UNKNOWN_CA",
    "CERTIFICATE_EXPIRED",
    "CERTIFICATE_UNKNOWN",
)


def connection_error(error: BaseException, address: Address) -> ArchiveError:
    """What to say of an exception of a connection. Texts of exceptions are not repeated: they may quote a query."""
    where = str(address)
    causes = list(_causes(error))
    for one in causes:
        if isinstance(one, ssl.SSLCertVerificationError):
            return ArchiveError(_of_certificate(one), where=where, code=DENIED)
    for one in causes:
        if isinstance(one, ssl.SSLError) and one.reason:
            return ArchiveError(_of_handshake(one), where=where, code=DENIED)
    if any(isinstance(one, socket.gaierror) for one in causes):
        return ArchiveError(Message("archive", "unknown_host"), where=where, code=GONE)
    if any(isinstance(one, ConnectionRefusedError) for one in causes):
        return ArchiveError(Message("archive", "nobody_listens"), where=where, code=GONE)
    if any(isinstance(one, TimeoutError) or "Timeout" in type(one).__name__ for one in causes):
        return ArchiveError(Message("archive", "silent"), where=where, code=GONE)
    return dropped(address)


def dropped(address: Address) -> ArchiveError:
    """The archive went away in the middle."""
    return ArchiveError(Message("archive", "dropped"), where=str(address), code=GONE)


def _of_certificate(error: ssl.SSLCertVerificationError) -> Message:
    code = getattr(error, "verify_code", 0)
    if code == _EXPIRED:
        return Message("archive", "certificate_expired")
    if code == _NOT_YET_VALID:
        return Message("archive", "certificate_not_yet_valid")
    if code in (_HOST_MISMATCH, _ADDRESS_MISMATCH):
        return Message("archive", "certificate_of_another_host")
    if code in _NO_AUTHORITY:
        return Message("archive", "unknown_authority")
    return Message("archive", "certificate_refused", {"error": getattr(error, "verify_message", "") or "?"})


def _of_handshake(error: ssl.SSLError) -> Message:
    reason = str(error.reason)
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNEXPECTED_MESSAGE", "RECORD_LAYER_FAILURE"):
        return Message("archive", "speaks_no_tls")
    if any(sign in reason for sign in _OUR_CERTIFICATE):
        return Message("archive", "wants_our_certificate")
    return Message("archive", "handshake", {"error": reason.replace("_", " ").lower()})


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and those it was made from; urllib3 and requests hide them in `args` and `reason`."""
    waiting, seen = [error], set()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        others = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting += [other for other in others if isinstance(other, BaseException)]
