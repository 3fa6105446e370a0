"""Where an archive is and how it is spoken to: one address names the protocol, the computer and the application."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from OrthoDiffusionLib.errors import ArchiveError
from OrthoDiffusionLib.messages import Message

_PORTS = {"https": 443, "http": 80, "dicoms": 2762, "dicom": 104}
"""Of IANA: 104 is `acr-nema`, 2762 is `dicom-tls`."""

_AE_TITLE = re.compile(r"[\x21-\x5b\x5d-\x7e](?:[\x20-\x5b\x5d-\x7e]{0,14}[\x21-\x5b\x5d-\x7e])?")
"""PS3.5, table 6.2-1, AE: 1 to 16 characters, no backslash, no control characters, no spaces around."""


@dataclass(frozen=True)
class Address:
    """An archive's address.

    Attributes:
        scheme: "https", "http", "dicoms" or "dicom".
        host: name or IP address.
        port: TCP port.
        path: of DICOMweb, e.g. ``/dicom-web``; empty for DIMSE.
        ae_title: the archive's AE title; empty for DICOMweb.
    """

    scheme: str
    host: str
    port: int
    path: str = ""
    ae_title: str = ""

    @property
    def is_dicomweb(self) -> bool:
        """DICOMweb; else DIMSE, the older protocol of DICOM."""
        return self.scheme in ("https", "http")

    @property
    def has_tls(self) -> bool:
        """Whether what is sent is encrypted, and the archive proves who it is."""
        return self.scheme in ("https", "dicoms")

    @property
    def is_this_computer(self) -> bool:
        """Whether nothing leaves this computer."""
        return is_loopback(self.host)

    @property
    def url(self) -> str:
        """The base address of DICOMweb."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}"

    def __str__(self) -> str:
        if self.is_dicomweb:
            return self.url
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{self.ae_title}@{host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this computer itself."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def parse_address(text: str, *, insecure: bool = False) -> Address:
    """An address as a user writes it.

    Args:
        text: ``https://HOST[:PORT]/PATH`` for DICOMweb; ``dicoms://AET@HOST[:PORT]`` for DIMSE; ``http`` and ``dicom``
            without TLS.
        insecure: whether the user allows an address of another computer without TLS.

    Raises:
        ArchiveError: if it is no such address, holds a password, or is without TLS and not of this computer.
    """
    parts = _split(text)
    if parts.password is not None or (parts.username is not None and parts.scheme in ("https", "http")):
        # `text` is not repeated: it holds a secret.
        raise ArchiveError(Message("archive", "secret_in_address"))
    if parts.query or parts.fragment:
        raise ArchiveError(Message("archive", "no_address"))
    address = Address(
        scheme=parts.scheme,
        host=str(parts.hostname),
        port=parts.port or _PORTS[parts.scheme],
        path=parts.path.rstrip("/"),
        ae_title=parts.username or "",
    )
    if not address.is_dicomweb:
        check_ae_title(address.ae_title)
        if address.path:
            raise ArchiveError(Message("archive", "no_address"), where=text)
    if not (address.has_tls or address.is_this_computer or insecure):
        raise ArchiveError(Message("archive", "no_tls", {"scheme": f"{address.scheme}s"}), where=str(address))
    return address


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text.strip())
        good = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number; brackets that do not close
        good = False
    if not good:
        # An address of a wrong form is not repeated either: what stands before an @ may be a password.
        raise ArchiveError(Message("archive", "no_address"))
    return parts


def check_ae_title(title: str) -> str:
    """An AE title as it is.

    Raises:
        ArchiveError: if it is none.
    """
    if not _AE_TITLE.fullmatch(title):
        raise ArchiveError(Message("archive", "no_ae_title"), where=title)
    return title
