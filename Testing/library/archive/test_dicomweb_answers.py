"""Answers of DICOMweb servers that are not as they should be; a stub on loopback stands for such a server."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from library.archive.conftest import make_instance

from OrthoDiffusionLib.archive.address import parse_address
from OrthoDiffusionLib.archive.archive import Caller, open_archive
from OrthoDiffusionLib.archive.credentials import Credentials, Secret
from OrthoDiffusionLib.archive.faults import DENIED, GONE
from OrthoDiffusionLib.archive.fetching import fetch_study
from OrthoDiffusionLib.archive.query import StudyQuery
from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.errors import ArchiveError, OutputError

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of the stub's sockets

Reply = tuple[int, str, bytes]
STUDY, SERIES = "1.2.3.4", "1.2.3.4.1"


def answer(*entries: dict[str, str]) -> Reply:
    """A QIDO-RS answer of these keywords and values."""
    from pydicom.dataset import Dataset

    made = []
    for entry in entries:
        dataset = Dataset()
        for keyword, value in entry.items():
            setattr(dataset, keyword, value)
        made.append(dataset.to_json_dict())
    return 200, "application/dicom+json", json.dumps(made).encode()


def multipart(*parts: bytes, cut: int = 0) -> Reply:
    body = b"".join(b"--B\r\nContent-Type: application/dicom\r\n\r\n" + part + b"\r\n" for part in parts) + b"--B--"
    return 200, 'multipart/related; type="application/dicom"; boundary=B', body[: len(body) - cut]


def encoded(number: int, **tags: object) -> bytes:
    stream = BytesIO()
    make_instance(number, **tags).save_as(stream, enforce_file_format=True)
    return stream.getvalue()


@pytest.fixture
def server() -> Iterator[Callable]:
    """Gives an archive whose server answers by a function of the request's path."""
    started: list[ThreadingHTTPServer] = []

    def start(reply: Callable[[str, dict[str, str]], Reply]):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, kind, body = reply(self.path, dict(self.headers))
                self.send_response(status)
                if status in (301, 302, 307):
                    self.send_header("Location", kind)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        one = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        one.daemon_threads = True
        threading.Thread(target=one.serve_forever, args=(0.05,), daemon=True).start()
        started.append(one)
        caller = Caller(Credentials("alice", Secret("hunter2")))
        return open_archive(parse_address(f"http://127.0.0.1:{one.server_address[1]}/web"), caller)

    yield start
    for one in started:
        one.shutdown()
        one.server_close()


def small_study(path: str) -> Reply:
    """A server with one series of two instances."""
    path = urlsplit(path).path
    if path.endswith("/studies"):
        return answer({"StudyInstanceUID": STUDY, "PatientID": "SECRETID"})
    if path.endswith("/series"):
        return answer({"SeriesInstanceUID": SERIES, "Modality": "MR"}, {"SeriesInstanceUID": "1.2.9", "Modality": "SR"})
    if path.endswith("/instances"):
        return answer({"SOPInstanceUID": f"{SERIES}.1"}, {"SOPInstanceUID": f"{SERIES}.2"})
    if path.endswith(SERIES):
        return multipart(encoded(1), encoded(2))
    return multipart(encoded(int(path.rpartition(".")[2])))


def test_a_study_comes_complete_and_series_of_other_modalities_are_told(server, tmp_path):
    with server(lambda path, _: small_study(path)) as archive:
        fetched = fetch_study(archive, STUDY, tmp_path)
    assert (fetched.instances, fetched.new, fetched.other_modalities) == (2, 2, ("SR",))
    assert sorted(path.name for path in fetched.folder.rglob("*.dcm")) == [f"{SERIES}.1.dcm", f"{SERIES}.2.dcm"]


def test_what_a_server_cuts_off_is_fetched_again(server, tmp_path):
    asked: list[str] = []

    def reply(path: str, _: dict[str, str]) -> Reply:
        asked.append(path)
        whole = small_study(path)
        return multipart(encoded(1), encoded(2), cut=25) if path.endswith(SERIES) else whole

    with server(reply) as archive:
        assert fetch_study(archive, STUDY, tmp_path).instances == 2
    assert asked[-1].endswith(f"{SERIES}.2")


def test_an_instance_that_stays_cut_off_is_no_part_of_a_study(server, tmp_path):
    def reply(path: str, _: dict[str, str]) -> Reply:
        if path.endswith(SERIES):
            return multipart(encoded(1), encoded(2, PixelData=b"\x01" * 16))
        if path.endswith(".2"):
            return multipart(encoded(2, PixelData=b"\x01" * 16))
        return small_study(path)

    with server(reply) as archive, pytest.raises(ArchiveError, match="has not come") as caught:
        fetch_study(archive, STUDY, tmp_path)
    assert caught.value.code == "archive_incomplete"
    assert [path.name for path in tmp_path.iterdir()] == [f".{STUDY}.partial"]


def test_a_long_series_that_a_server_lists_in_pieces_is_complete_with_its_last_piece(server, tmp_path):
    def reply(path: str, _: dict[str, str]) -> Reply:
        asked, query = urlsplit(path).path, parse_qs(urlsplit(path).query)
        if asked.endswith("/instances"):
            start = int(query.get("offset", ["0"])[0])
            return answer(*[{"SOPInstanceUID": f"{SERIES}.{n}"} for n in range(1, 8)][start : start + 3])
        if asked.endswith(SERIES):
            return multipart(encoded(1), encoded(2))  # cut off there, as on a bad line
        return small_study(path)

    with server(reply) as archive:
        assert fetch_study(archive, STUDY, tmp_path).instances == 7


@pytest.mark.parametrize("stated", [None, "2"])
def test_a_server_that_lists_no_instances_is_asked_for_the_series_and_none_is_not_all_of_it(server, tmp_path, stated):
    sends = []

    def reply(path: str, _: dict[str, str]) -> Reply:
        asked = urlsplit(path).path
        if asked.endswith("/instances"):
            return answer()
        if asked.endswith("/series"):
            count = {"NumberOfSeriesRelatedInstances": stated} if stated else {}
            return answer({"SeriesInstanceUID": SERIES, "Modality": "MR", **count})
        return multipart(*sends) if asked.endswith(SERIES) else small_study(path)

    with server(reply) as archive:
        with pytest.raises(ArchiveError) as caught:
            fetch_study(archive, STUDY, tmp_path)
        assert caught.value.code in ("archive_incomplete", GONE)
        sends += [encoded(1), encoded(2)]
        assert fetch_study(archive, STUDY, tmp_path).instances == 2


def test_instances_of_hostile_names_make_no_file_elsewhere(server, tmp_path):
    import pydicom

    with pydicom.config.disable_value_validation():
        hostile = encoded(1, SOPInstanceUID="../../../evil")
        elsewhere = encoded(1, SeriesInstanceUID="1.9.9")
        another = encoded(3, StudyInstanceUID="1.9.9")

        def reply(path: str, _: dict[str, str]) -> Reply:
            if urlsplit(path).path.endswith("/instances"):
                return answer({"SOPInstanceUID": "../../../evil"}, {"SOPInstanceUID": f"{SERIES}.1"})
            if path.endswith(SERIES):
                return multipart(hostile, elsewhere, another, encoded(1))
            return small_study(path)

        with server(reply) as archive:
            assert fetch_study(archive, STUDY, tmp_path / "in").instances == 1
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {f"{SERIES}.1.dcm"}


def test_a_study_that_grew_is_completed(server, tmp_path):
    with server(lambda path, _: small_study(path)) as archive:
        fetch_study(archive, STUDY, tmp_path)
        (tmp_path / STUDY / SERIES / f"{SERIES}.2.dcm").unlink()
        again = fetch_study(archive, STUDY, tmp_path)
    assert (again.instances, again.new) == (2, 1)


def test_a_full_disk_is_said_and_leaves_no_half_file(server, tmp_path, monkeypatch):
    import errno
    import os

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with server(lambda path, _: small_study(path)) as archive, pytest.raises(OutputError, match="No space left"):
        fetch_study(archive, STUDY, tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("reply", "code", "said"),
    [
        ((302, "http://elsewhere.example.org/", b""), DENIED, "another address"),
        ((403, "text/plain", b"secret words"), DENIED, "does not allow"),
        ((404, "text/plain", b""), DENIED, "HTTP 404"),
        ((502, "text/plain", b""), GONE, "too busy"),
        ((500, "text/plain", b""), GONE, "HTTP 500"),
        ((418, "text/plain", b""), DENIED, "HTTP 418"),
        ((200, "text/html", b"<html>Log in</html>"), GONE, "not that of a DICOMweb"),
        ((200, "application/dicom+json", b'[{"0020000D": 7}]'), GONE, "not that of a DICOMweb"),
        ((200, "application/dicom+json", b'[{"0020000D": {"vr": "UI", "Val'), GONE, "not that of a DICOMweb"),
    ],
)
def test_every_other_answer_is_a_clear_error(server, reply, code, said):
    with server(lambda *_: reply) as archive, pytest.raises(ArchiveError, match=said) as caught:
        archive.find_studies(StudyQuery(patient_id="SECRET"), limit=5)
    assert caught.value.code == code and "SECRET" not in str(caught.value) and "hunter2" not in str(caught.value)


def test_a_server_that_ignores_what_it_is_asked_ends(server):
    entry = {"StudyInstanceUID": "1.2.3", "PatientID": "P1"}

    def reply(path: str, _: dict[str, str]) -> Reply:
        return answer(*[{**entry, "StudyInstanceUID": f"1.2.{number}"} for number in range(500)])

    with server(reply) as archive:
        assert archive.find_studies(StudyQuery(patient_id="P2"), limit=5).studies == ()
        assert archive.find_studies(StudyQuery(), limit=5).cut_off


def test_a_server_that_gives_few_answers_at_once_is_asked_for_the_rest(server):
    def reply(path: str, _: dict[str, str]) -> Reply:
        start = int(parse_qs(urlsplit(path).query)["offset"][0])
        return answer(*[{"StudyInstanceUID": f"1.2.{number}"} for number in range(start, min(start + 3, 8))])

    with server(reply) as archive:
        everything = archive.find_studies(StudyQuery(), limit=50)
        assert len(everything.studies) == 8 and not everything.cut_off


def test_signs_that_an_address_needs_codes_for_are_asked_for_as_any_sign(server):
    asked: list[str] = []

    def reply(path: str, _: dict[str, str]) -> Reply:
        asked.append(path)
        return answer({"StudyInstanceUID": "1.2", "PatientID": "A B"}, {"StudyInstanceUID": "1.3", "PatientID": "A-B"})

    with server(reply) as archive:
        assert [one.study_uid for one in archive.find_studies(StudyQuery(patient_id="A B"), limit=5).studies] == ["1.2"]
    assert "PatientID=A?B" in asked[0]


def test_a_password_is_in_no_log_whatever_is_logged(server, caplog, capfd, tmp_path):
    import logging

    with caplog.at_level(logging.DEBUG), server(lambda path, _: small_study(path)) as archive:
        archive.find_studies(StudyQuery(patient_id="SECRETID"), limit=5)
        fetch_study(archive, STUDY, tmp_path)
    out, err = capfd.readouterr()
    for text in (caplog.text, out, err):
        assert "hunter2" not in text and "aHVudGVyMg" not in text and "SECRETID" not in text


@pytest.fixture
def fetch(server, tmp_path, monkeypatch):
    """Runs `pacs fetch` on an archive of three studies: (exit status, what was fetched)."""
    for name in ("USER", "PASSWORD", "TOKEN"):
        monkeypatch.delenv(f"ORTHODIFFUSION_PACS_{name}", raising=False)
    uids = ["1.2.3.4", "1.2.3.5", "1.2.3.6"]

    def reply(path: str, _: dict[str, str]) -> Reply:
        asked = urlsplit(path).path
        if asked.endswith("/studies"):
            return answer(*[{"StudyInstanceUID": uid, "PatientID": "P1"} for uid in uids])
        uid = asked.split("/")[3]
        if asked.endswith("/series"):
            return answer({"SeriesInstanceUID": f"{uid}.1", "Modality": "MR"})
        if asked.endswith("/instances"):
            return answer({"SOPInstanceUID": f"{uid}.1.1"})
        return multipart(encoded(1, study=uid))

    address = str(server(reply).address)

    def run(*arguments: str) -> tuple[int, set[str]]:
        out = tmp_path / "in"
        status = main(["pacs", "fetch", address, "--out", str(out), *arguments])
        return status, {path.name for path in out.iterdir()} if out.is_dir() else set()

    return run


def test_nothing_is_fetched_where_it_is_not_said_what(fetch, capsys):
    assert fetch() == (2, set())
    assert "--patient-id, --accession, --date, --description, --modality, --study; --all" in capsys.readouterr().err
    assert fetch("--accession", "") == (2, set())  # a variable of a script that was not set
    assert fetch("--modality", "MR", "--study", " ") == (2, set())
    assert "--study is empty" in capsys.readouterr().err
    assert fetch("--all", "--patient-id", "P1") == (2, set())
    assert fetch("--all") == (0, {"1.2.3.4", "1.2.3.5", "1.2.3.6"})


def test_studies_beyond_the_limit_are_a_part_that_was_not_done(fetch, capsys):
    assert fetch("--patient-id", "P1", "--limit", "2") == (3, {"1.2.3.4", "1.2.3.5"})
    assert "There are more than 2 studies" in capsys.readouterr().out
    status, _ = fetch("--patient-id", "P1", "--limit", "2", "--json")
    told = json.loads(capsys.readouterr().out)
    assert status == 3 and told["cut_off"] is True and len(told["fetched"]) == 2
    assert fetch("--patient-id", "P1", "--limit", "3")[0] == 0


def test_a_search_without_a_study_has_fetched_nothing(fetch, capsys):
    assert fetch("--patient-id", "P2") == (4, set())
    assert "No study fits" in capsys.readouterr().err


def test_what_is_asked_of_this_computer_goes_to_no_proxy(server, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody is there
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with server(lambda path, _: small_study(path)) as archive:
        assert len(archive.find_studies(StudyQuery(patient_id="SECRETID"), limit=5).studies) == 1
