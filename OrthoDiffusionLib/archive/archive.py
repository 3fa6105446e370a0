"""What can be done with an archive, whichever protocol it speaks, and how one is opened."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from OrthoDiffusionLib.archive.address import Address
from OrthoDiffusionLib.archive.credentials import Credentials, find_credentials
from OrthoDiffusionLib.archive.query import Found, SeriesRecord, StudyQuery
from OrthoDiffusionLib.archive.storage_status import Stored
from OrthoDiffusionLib.archive.tls import TlsFiles

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

OWN_AE_TITLE = "ORTHODIFFUSION"


@dataclass(frozen=True)
class Caller:
    """Who we are towards an archive.

    Attributes:
        credentials: user and password, or token.
        tls: certificates.
        ae_title: our own, of DIMSE.
        move_port: of DIMSE: fetch by C-MOVE, and listen on this port for what the archive sends; 0 for C-GET.
        move_host: the address of this computer on which C-MOVE listens.
    """

    credentials: Credentials = field(default_factory=Credentials)
    tls: TlsFiles = field(default_factory=TlsFiles)
    ae_title: str = OWN_AE_TITLE
    move_port: int = 0
    move_host: str = ""


class Archive(Protocol):
    """An open archive. Use it as a context.

    Every method raises ArchiveError with the code `faults.GONE` or `faults.DENIED` where the archive cannot be
    reached or does not let us in.
    """

    def __enter__(self) -> Self: ...

    def __exit__(self, *_error: object) -> None: ...

    def find_studies(self, query: StudyQuery, *, limit: int) -> Found:
        """The studies that fit."""

    def find_series(self, study_uid: str) -> Sequence[SeriesRecord]:
        """All series of a study."""

    def find_instances(self, study_uid: str, series_uid: str) -> Sequence[str] | None:
        """The SOP Instance UIDs of a series; None if the archive does not answer at this level."""

    def fetch(
        self, study_uid: str, series_uid: str, missing: Collection[str] | None, keep: Callable[[Dataset], object]
    ) -> None:
        """Fetch instances of a series.

        Args:
            study_uid, series_uid: which.
            missing: the SOP Instance UIDs that are wanted; None for all. More may come.
            keep: gets each one as it comes, with its file meta information.
        """

    def send(self, paths: Iterable[Path], tell: Callable[[Path, Stored], object]) -> None:
        """Send DICOM files; `tell` gets the archive's answer on each one."""

    def echo(self) -> None:
        """Ask whether it is there and lets us in."""


def open_archive(address: Address, caller: Caller) -> Archive:
    """An archive, ready to be asked; nothing is sent yet.

    Raises:
        ArchiveError: if the packages that speak the protocol are not installed, or a certificate cannot be used.
    """
    if address.is_dicomweb:
        from OrthoDiffusionLib.archive.dicomweb import DicomWebArchive

        return DicomWebArchive(address, caller)
    from OrthoDiffusionLib.archive.dimse import DimseArchive

    return DimseArchive(address, caller)


def open_named_archive(address: Address, caller: Caller) -> Archive:
    """The same with the credentials that environment or keyring hold for it."""
    return open_archive(address, replace(caller, credentials=find_credentials(address)))
