"""TLS of both sides: certificates are always verified, TLS 1.2 is the least (PS3.15, annex B.9 to B.11, BCP 195)."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from OrthoDiffusionLib.errors import ArchiveError
from OrthoDiffusionLib.messages import Message

KEY_PASSWORD = "ORTHODIFFUSION_TLS_KEY_PASSWORD"


@dataclass(frozen=True)
class TlsFiles:
    """Certificates in PEM files.

    Attributes:
        authority: the certificates that others' are checked against, instead of the system's.
        certificate: our own, with those between it and its authority; None for none.
        key: its private key; None where it lies in the same file.
    """

    authority: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


def client_context(files: TlsFiles, environment: Mapping[str, str] | None = None) -> ssl.SSLContext:
    """For a connection to a server, whose certificate and host name are verified.

    Raises:
        ArchiveError: if a file cannot be used.
    """
    context = _verifying(ssl.Purpose.SERVER_AUTH, files)
    if files.certificate is not None:
        _load_own(context, files, environment)
    return context


def server_context(
    files: TlsFiles, *, known_clients: bool = True, environment: Mapping[str, str] | None = None
) -> ssl.SSLContext:
    """For a server.

    Args:
        files: `certificate` is needed; with `known_clients`, `authority` too: the system's authorities vouch for
            everybody who has a web site.
        known_clients: let in only who shows a certificate that the authority has signed.
        environment: None takes that of the process.

    Raises:
        ArchiveError: if a file is missing or cannot be used.
    """
    if files.certificate is None:
        raise ArchiveError(Message("archive", "no_own_certificate"))
    if not known_clients:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    elif files.authority is None:
        raise ArchiveError(Message("archive", "no_authority_of_clients"))
    else:
        context = _verifying(ssl.Purpose.CLIENT_AUTH, files)
        context.verify_mode = ssl.CERT_REQUIRED
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _load_own(context, files, environment)
    return context


def _verifying(purpose: ssl.Purpose, files: TlsFiles) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(purpose, cafile=None if files.authority is None else str(files.authority))
    except (OSError, ssl.SSLError) as error:
        raise _unusable(error, files.authority) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _load_own(context: ssl.SSLContext, files: TlsFiles, environment: Mapping[str, str] | None) -> None:
    environment = os.environ if environment is None else environment
    # Without a password at hand OpenSSL would ask on the terminal, where a service has nobody.
    password = environment.get(KEY_PASSWORD, "")
    try:
        context.load_cert_chain(str(files.certificate), None if files.key is None else str(files.key), lambda: password)
    except (OSError, ssl.SSLError, ValueError) as error:
        parts = [path for path in (files.certificate, files.key) if path is not None]
        missing = next((path for path in parts if not path.is_file()), None)
        raise _unusable(error, missing or parts[-1]) from None


def _unusable(error: Exception, path: Path | None) -> ArchiveError:
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
    return ArchiveError(
        Message("archive", "certificate_file", {"error": reason, "variable": KEY_PASSWORD}), where=str(path or "")
    )
