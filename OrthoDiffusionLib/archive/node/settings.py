"""What a node is told: who it is, whom it lets in, where it keeps and sends things."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from OrthoDiffusionLib.archive.address import Address, check_ae_title, is_loopback
from OrthoDiffusionLib.archive.archive import OWN_AE_TITLE, Caller
from OrthoDiffusionLib.archive.bounded_server import Limits
from OrthoDiffusionLib.archive.node.callers import Callers
from OrthoDiffusionLib.archive.tls import TlsFiles
from OrthoDiffusionLib.errors import ArchiveError
from OrthoDiffusionLib.messages import Message


@dataclass(frozen=True)
class Listening:
    """Where and to whom the node listens.

    Attributes:
        callers: who may send.
        ae_title: the node's own; who calls it otherwise is refused.
        host, port: where it listens; host empty for every address of this computer.
        tls: its certificate, and the authority of the senders'.
        insecure: listen without TLS.
        any_client: with TLS, let in senders that show no certificate.
        limits: of connections and sizes.
    """

    callers: Callers
    ae_title: str = OWN_AE_TITLE
    host: str = ""
    port: int = 2762
    tls: TlsFiles = field(default_factory=TlsFiles)
    insecure: bool = False
    any_client: bool = False
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        check_ae_title(self.ae_title)
        if self.insecure and not is_loopback(self.host) and any(not one.networks for one in self.callers.allowed):
            # Without TLS an AE title proves nothing: it is a word that anybody can say.
            raise ArchiveError(Message("archive", "insecure_from_anywhere"))


@dataclass(frozen=True)
class Keeping:
    """What the node keeps, and when.

    Attributes:
        spool: the folder of what was received.
        out: where results folders go.
        quiet_seconds: a study is complete when nothing of it came for so long and no association is open on it.
        keep_images: keep the images of finished studies; else they are deleted.
        reserve_mb: megabytes of disk that stay free; less, and instances are refused.
        most_instances: of one study.
    """

    spool: Path
    out: Path
    quiet_seconds: float = 60.0
    keep_images: bool = False
    reserve_mb: int = 2048
    most_instances: int = 20000

    def __post_init__(self) -> None:
        if self.spool.resolve() == self.out.resolve():  # both hold folders that are called after studies
            raise ArchiveError(Message("archive", "spool_is_out"), where=str(self.out))


@dataclass(frozen=True)
class Returning:
    """Where the objects go.

    Attributes:
        address: of the archive.
        caller: who we are towards it; credentials are looked up again for every attempt, so that one that was
            corrected in the keyring is used.
    """

    address: Address
    caller: Caller
