"""Small DICOM instances, a node on loopback that analyses nothing, and a sender, all in this process."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from OrthoDiffusionLib.archive.bounded_server import Limits
from OrthoDiffusionLib.archive.node.callers import Callers
from OrthoDiffusionLib.archive.node.receiver import Receiver
from OrthoDiffusionLib.archive.node.settings import Keeping, Listening
from OrthoDiffusionLib.archive.node.spool import Spool

MR, EXPLICIT = "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.1.2.1"


@pytest.fixture(scope="module", autouse=True)
def _sockets_of_pynetdicom_are_gone():
    """It leaves a socket open whose other side hung up first; its warning must not come in another module's test."""
    yield
    gc.collect()
    gc.collect()


def make_instance(number: int = 1, study: str = "1.2.3.4", *, pixels: int = 1, **tags: object):
    """A data set of one MR image of 4 × 4 pixels."""
    from pydicom.dataset import Dataset, FileMetaDataset

    image = Dataset()
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = EXPLICIT
    image.file_meta.MediaStorageSOPClassUID = image.SOPClassUID = MR
    image.StudyInstanceUID, image.SeriesInstanceUID = study, f"{study}.1"
    image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = f"{study}.1.{number}"
    image.PatientName, image.PatientID, image.Modality = "SECRET^PERSON", "SECRET-ID", "MR"
    image.Rows = image.Columns = 4
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 16, 15, 0
    image.PixelData = bytes([pixels]) * 32
    for keyword, value in tags.items():
        setattr(image, keyword, value)
    return image


@dataclass
class Ear:
    """A receiver with its spool."""

    folder: Path
    listening: Listening
    keeping: Keeping
    port: int = 0
    spool: Spool = field(init=False)
    receiver: Receiver = field(init=False)

    def start(self) -> None:
        self.spool = Spool(self.keeping.spool)
        self.spool.open()
        self.receiver = Receiver(self.listening, self.keeping, self.spool)
        self.port = self.receiver.start()

    def sender(self, ae_title: str = "MR1", called: str = "NODE", **options):
        """An association as a modality opens it."""
        from pynetdicom import AE

        entity = AE(ae_title=ae_title)
        entity.connection_timeout = entity.acse_timeout = entity.dimse_timeout = 10
        entity.add_requested_context(MR, EXPLICIT)
        entity.add_requested_context("1.2.840.10008.1.1")
        return entity.associate("127.0.0.1", self.port, ae_title=called, **options)

    def send(self, *instances, **options) -> list[int]:
        """The status of each instance."""
        association = self.sender(**options)
        assert association.is_established
        statuses = [int(association.send_c_store(one).Status) for one in instances]
        association.release()
        return statuses


@pytest.fixture
def ear(tmp_path):
    """Starts a receiver on a free port of loopback, without TLS; ends it."""
    started: list[Ear] = []

    def start(*, listening: dict | None = None, keeping: dict | None = None) -> Ear:
        heard = Listening(Callers.parse(["MR1@127.0.0.1"]), "NODE", "127.0.0.1", 0, insecure=True, limits=Limits())
        kept = Keeping(tmp_path / "spool", tmp_path / "out", quiet_seconds=0.0, reserve_mb=0)
        one = Ear(tmp_path, replace(heard, **(listening or {})), replace(kept, **(keeping or {})))
        one.start()
        started.append(one)
        return one

    yield start
    for one in started:
        one.receiver.stop()


def wait_until(true, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
