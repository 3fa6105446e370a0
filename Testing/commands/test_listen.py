"""The command `listen` as a process of its own, with TLS: a modality sends, the node analyses, a real archive gets."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from commands.archive_study import SLICES, write_study
from commands.certificates import Authority
from commands.orthanc_server import MISSING, PASSWORD, USER, Orthanc, credentials, free_ports, is_installed
from files_below import files_below

pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module", autouse=True)
def _sockets_of_pynetdicom_are_gone():
    """It leaves a socket open whose other side hung up first; its warning must not come in another module's test."""
    yield
    gc.collect()
    gc.collect()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@dataclass
class ListeningNode:
    """The process `orthodiffusion listen` on loopback, with TLS."""

    folder: Path
    authority: Authority
    bundle: Path
    environment: dict[str, str]
    more: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.port,) = free_ports(1)
        self.certificate, self.key = self.authority.issue("localhost")
        self.spool, self.out, self.log = self.folder / "spool", self.folder / "out", self.folder / "log.txt"

    def start(self) -> None:
        command = [
            *(sys.executable, "-m", "OrthoDiffusionLib", "listen", "--allow", "MR1@127.0.0.1", "--aet", "NODE"),
            *("--port", self.port, "--bind", "127.0.0.1", "--spool", self.spool, "--out", self.out, "--quiet", "2"),
            *("--cert", self.certificate, "--key", self.key, "--ca", self.authority.certificate),
            *("--bundle", self.bundle, "--side", "left", "--log", self.log, "--reserve-mb", "10", *self.more),
        ]
        heard = self.said("listening")
        self.process = subprocess.Popen(
            [str(word) for word in command], env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        self.wait("listening", heard + 1)

    def said(self, event: str) -> int:
        """How often the log tells of an event."""
        if not self.log.exists():
            return 0
        return sum(f" {event} " in f"{line} " for line in self.log.read_text(encoding="utf-8").splitlines())

    def wait(self, event: str, times: int = 1, seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while self.said(event) < times:
            assert self.process.poll() is None, self.process.communicate()[1].decode()
            assert time.monotonic() < end, self.log.read_text(encoding="utf-8")
            time.sleep(0.05)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        code = self.process.wait(timeout=60)
        if self.process.stderr is not None:
            self.process.stderr.close()
        return code


@pytest.fixture
def node(tmp_path, authority, small_bundle, quiet_environment):
    made = []

    def start(*more) -> ListeningNode:
        environment = {**quiet_environment, **credentials()}
        one = ListeningNode(tmp_path / "node", authority, small_bundle, environment, [str(word) for word in more])
        made.append(one)
        one.start()
        return one

    yield start
    for one in made:
        if one.process.poll() is None:
            one.end(signal.SIGKILL)


def send(node: ListeningNode, folders, *, aet: str = "MR1", client: bool = True) -> subprocess.CompletedProcess:
    """As a modality does."""
    own = ["--ca", node.authority.certificate, "--aet", aet]
    if client:
        certificate, key = node.authority.issue("modality")
        own += ["--cert", certificate, "--key", key]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ORTHODIFFUSION_PACS")}
    words = ["pacs", "send", f"dicoms://NODE@localhost:{node.port}", *folders, "--patience", "0", *own]
    return subprocess.run(
        [sys.executable, "-m", "OrthoDiffusionLib", *(str(word) for word in words)],
        capture_output=True, text=True, encoding="utf-8", check=False, env=environment, timeout=120,
    )  # fmt: skip


def test_a_study_is_received_and_analysed_and_the_node_ends_when_told(node, tmp_path):
    one = node("--keep")
    uid = write_study(tmp_path / "made", "SECRETPERSON")
    assert send(one, [tmp_path / "made" / "s1", tmp_path / "made" / "s2"]).returncode == 0
    one.wait("finished")
    assert (one.out / uid / "findings.json").exists()
    assert len(list((one.spool / ".done" / uid / "images").iterdir())) == 2 * SLICES
    assert one.end() == 0
    log = one.log.read_text(encoding="utf-8")
    assert " ended" in log and "SECRET" not in log and uid not in log and PASSWORD not in log


def test_unknown_senders_are_refused_and_told_why(node, tmp_path):
    one = node()
    write_study(tmp_path / "made", "P1", series=1)
    nobody = send(one, [tmp_path / "made" / "s1"], client=False)
    assert nobody.returncode == 2 and "wants one and got none" in nobody.stderr
    other = send(one, [tmp_path / "made" / "s1"], aet="MR9")
    assert other.returncode == 2 and "refuses the association" in other.stderr
    assert not list(one.spool.rglob("*.dcm"))
    assert send(one, [tmp_path / "made" / "s1"]).returncode == 0


@pytest.mark.parametrize("moment", ["receiving", "analysing"])
def test_a_node_that_is_killed_goes_on_with_what_it_had_accepted(moment, node, tmp_path):
    one = node()
    uid = write_study(tmp_path / "made", "P1")
    assert send(one, [tmp_path / "made" / "s1", tmp_path / "made" / "s2"]).returncode == 0
    one.wait(moment)
    one.end(signal.SIGKILL)
    assert len(list((one.spool / uid / "images").glob("*.dcm"))) == 2 * SLICES
    finished = one.said("finished")
    one.start()
    one.wait("finished", finished + 1)
    assert (one.out / uid / "findings.json").exists()
    assert one.said("resumed") == 1 and one.end() == 0


def test_a_study_that_holds_no_joint_fails_alone(node, tmp_path):
    one = node()
    write_study(tmp_path / "made", "BAD", series=1)
    bad = next((tmp_path / "made" / "s1").iterdir())
    assert send(one, [bad]).returncode == 0  # a single slice is no volume
    one.wait("failed")
    write_study(tmp_path / "good", "GOOD", series=1)
    assert send(one, [tmp_path / "good" / "s1"]).returncode == 0
    one.wait("finished")
    listed = subprocess.run(
        [sys.executable, "-m", "OrthoDiffusionLib", "listen", "--spool", str(one.spool), "--status"],
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    assert "failed" in listed.stdout and one.end() == 0


def test_a_node_without_tls_or_senders_is_not_started(tmp_path, orthodiffusion, small_bundle):
    here = ["--spool", tmp_path / "spool", "--out", tmp_path / "out", "--bundle", small_bundle]
    for more, said in (
        ([], "who may send"),
        (["--allow", "MR1"], "needs a certificate of its own"),
        (["--allow", "MR1", "--insecure"], "anybody could use its AE title"),
        (["--allow", "MR1@127.0.0.1", "--insecure", "--send-to", "https://a:b@c/d"], "user name or a password"),
    ):
        done = orthodiffusion("listen", *here, *more)
        assert done.returncode == 2 and said in done.stderr, done.stderr


@pytest.mark.skipif(not is_installed(), reason=MISSING)
def test_the_objects_of_an_analysis_reach_a_real_archive(node, authority, tmp_path, monkeypatch):
    """The way of a clinic: a modality sends, the node analyses, segmentation, report and picture lie in the archive."""
    from OrthoDiffusionLib.archive.address import parse_address
    from OrthoDiffusionLib.archive.archive import Caller, open_named_archive
    from OrthoDiffusionLib.archive.query import StudyQuery
    from OrthoDiffusionLib.archive.tls import TlsFiles

    monkeypatch.setenv("ORTHODIFFUSION_PACS_USER", USER)
    monkeypatch.setenv("ORTHODIFFUSION_PACS_PASSWORD", PASSWORD)
    archive = Orthanc(
        tmp_path / "orthanc", tls=(*authority.issue("localhost"), authority.certificate), peers={"NODE": 1}
    )
    archive.start()
    try:
        one = node("--send-to", archive.web)
        uid = write_study(tmp_path / "made", "WHOLEWAY")
        assert send(one, [tmp_path / "made" / "s1", tmp_path / "made" / "s2"]).returncode == 0
        one.wait("finished")
        assert one.end() == 0
        caller = Caller(tls=TlsFiles(authority.certificate), ae_title="NODE")
        with open_named_archive(parse_address(archive.web), caller) as opened:
            (found,) = opened.find_studies(StudyQuery(study_uid=uid), limit=5).studies
            series = opened.find_series(found.study_uid)
        assert sorted(one.modality for one in series) == ["OT", "SEG", "SR"]
    finally:
        archive.stop()


class MadeObject:
    """Stands for the analysis: its result is one DICOM object of the study, written by our own writer."""

    def __call__(self, images: Path, results: Path, side: str | None) -> None:
        import pydicom

        shutil.rmtree(results, ignore_errors=True)
        (results / "dicom").mkdir(parents=True)
        made = pydicom.dcmread(sorted(images.iterdir())[0])
        made.SeriesInstanceUID = pydicom.uid.generate_uid(entropy_srcs=[made.SeriesInstanceUID])
        made.SOPInstanceUID = pydicom.uid.generate_uid(entropy_srcs=[made.SOPInstanceUID])
        made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
        made.SeriesDescription = "OrthoDiffusion"
        made.save_as(results / "dicom" / "report.dcm", enforce_file_format=True)


@pytest.mark.skipif(not is_installed(), reason=MISSING)
@pytest.mark.parametrize("way", ["web", "dimse"])
def test_objects_reach_a_real_archive_that_was_away(way, authority, tmp_path, monkeypatch):
    from OrthoDiffusionLib.archive.address import parse_address
    from OrthoDiffusionLib.archive.archive import Caller
    from OrthoDiffusionLib.archive.node.callers import Callers
    from OrthoDiffusionLib.archive.node.node import Node
    from OrthoDiffusionLib.archive.node.settings import Keeping, Listening, Returning
    from OrthoDiffusionLib.archive.query import StudyQuery
    from OrthoDiffusionLib.archive.tls import TlsFiles

    monkeypatch.setenv("ORTHODIFFUSION_PACS_USER", USER)
    monkeypatch.setenv("ORTHODIFFUSION_PACS_PASSWORD", PASSWORD)
    archive = Orthanc(
        tmp_path / "orthanc", tls=(*authority.issue("localhost"), authority.certificate), peers={"NODE": 1}
    )
    archive.start()
    archive.kill()  # its gateway stays, as a hospital's does
    certificate, key = authority.issue("localhost")
    caller = Caller(tls=TlsFiles(authority.certificate, certificate, key), ae_title="NODE")
    address = parse_address(archive.web if way == "web" else archive.dicom)
    ports: list[int] = []
    node = Node(
        Listening(Callers.parse(["MR1@127.0.0.1"]), "NODE", "127.0.0.1", 0, insecure=True),
        Keeping(tmp_path / "spool", tmp_path / "out", quiet_seconds=0.3, reserve_mb=0),
        Returning(address, caller),
        started=ports.append,
    )
    uid = write_study(tmp_path / "made", f"AWAY{way}", series=1)
    thread = threading.Thread(target=node.run, args=(MadeObject(),))
    thread.start()
    try:
        _wait(lambda: ports)
        sent = subprocess.run(
            [sys.executable, "-m", "OrthoDiffusionLib", "pacs", "send", f"dicom://NODE@127.0.0.1:{ports[0]}",
             str(tmp_path / "made" / "s1"), "--aet", "MR1"],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert sent.returncode == 0, sent.stderr
        state = tmp_path / "spool" / uid / "state.json"
        _wait(lambda: state.exists() and '"attempts": 2' in state.read_text() and "analysed" in state.read_text())
        archive.start()
        _wait(lambda: not files_below(tmp_path / "spool", ".dcm"), 90)
        from OrthoDiffusionLib.archive.archive import open_named_archive

        with open_named_archive(address, caller) as opened:
            (found,) = opened.find_studies(StudyQuery(study_uid=uid), limit=5).studies
            assert [one.description for one in opened.find_series(found.study_uid)] == ["OrthoDiffusion"]
    finally:
        node.end()
        thread.join(30)
        archive.stop()


def _wait(true, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
