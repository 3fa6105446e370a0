"""Who may send to the node: AE titles, each with the addresses it may come from."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from OrthoDiffusionLib.archive.address import check_ae_title
from OrthoDiffusionLib.errors import ArchiveError
from OrthoDiffusionLib.messages import Message

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class AllowedCaller:
    """One that may send.

    Attributes:
        ae_title: its calling AE title.
        networks: it may come from these; empty for anywhere.
    """

    ae_title: str
    networks: tuple[_Network, ...] = ()

    @classmethod
    def parse(cls, text: str) -> AllowedCaller:
        """``AET``, ``AET@HOST``, ``AET@10.1.2.3`` or ``AET@10.1.0.0/16``.

        Raises:
            ArchiveError: if it is none of these, or there is no computer of this name.
        """
        title, at, place = text.rpartition("@")
        if not at:
            return cls(check_ae_title(text))
        return cls(check_ae_title(title), _networks(place))

    def is_from(self, host: str) -> bool:
        """Whether it may come from this IP address."""
        return not self.networks or any(_plain(host) in network for network in self.networks)


def _networks(place: str) -> tuple[_Network, ...]:
    try:
        return (ipaddress.ip_network(place, strict=False),)
    except ValueError:
        pass
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(place, None)}
    except (OSError, UnicodeError) as error:
        raise ArchiveError(Message("archive", "unknown_host"), where=place) from error
    return tuple(ipaddress.ip_network(host) for host in sorted(found))


def _plain(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    address = ipaddress.ip_address(host.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)  # as sockets of both families report IPv4
    return mapped or address


@dataclass(frozen=True)
class Callers:
    """All that may send; at least one."""

    allowed: Sequence[AllowedCaller]

    def __post_init__(self) -> None:
        if not self.allowed:
            raise ArchiveError(Message("archive", "nobody_allowed"))

    @classmethod
    def parse(cls, texts: Iterable[str]) -> Callers:
        return cls(tuple(AllowedCaller.parse(text) for text in texts))

    @property
    def ae_titles(self) -> list[str]:
        return sorted({one.ae_title for one in self.allowed})

    def welcomes(self, host: str) -> bool:
        """Whether anybody may come from this IP address; asked before a byte is read."""
        return any(one.is_from(host) for one in self.allowed)

    def allows(self, ae_title: str, host: str) -> bool:
        """Whether this AE title may come from this IP address."""
        return any(one.ae_title == ae_title.strip() and one.is_from(host) for one in self.allowed)
