"""The commands `pacs` against a real archive, Debian's Orthanc: with passwords, with TLS, killed and back again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time

import pytest
from commands.archive_study import SLICES, pixels, write_study
from commands.certificates import Authority
from commands.orthanc_server import MISSING, PASSWORD, Orthanc, credentials, free_ports, is_installed
from files_below import files_below

pytestmark = [pytest.mark.long, pytest.mark.skipif(not is_installed(), reason=MISSING)]

NOBODY = ("ORTHODIFFUSION_PACS_USER", "ORTHODIFFUSION_PACS_PASSWORD", "ORTHODIFFUSION_PACS_TOKEN")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def tls(authority):
    """(certificate, key, authority) of an archive on this computer."""
    return (*authority.issue("localhost"), authority.certificate)


@pytest.fixture(scope="module")
def own(authority):
    """What our commands need to speak TLS with it, and to show who they are."""
    certificate, key = authority.issue("orthodiffusion.hospital")
    return ["--ca", authority.certificate, "--cert", certificate, "--key", key]


@pytest.fixture(scope="module")
def move_port():
    return free_ports(1)[0]


@pytest.fixture(scope="module")
def archive(tmp_path_factory, tls, move_port):
    """An archive that wants a password, by HTTPS and DICOM TLS, and holds one study."""
    server = Orthanc(tmp_path_factory.mktemp("orthanc"), tls=tls, peers={"ORTHODIFFUSION": move_port})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def pacs(quiet_environment):
    """Runs `orthodiffusion pacs ARGUMENTS`; `secret` is what the environment says of user and password."""

    def run(*arguments, secret=None, timeout=120) -> subprocess.CompletedProcess:
        environment = {name: value for name, value in quiet_environment.items() if name not in NOBODY}
        return subprocess.run(
            [sys.executable, "-m", "OrthoDiffusionLib", "pacs", *(str(one) for one in arguments)],
            capture_output=True, text=True, encoding="utf-8", check=False, timeout=timeout,
            env={**environment, **(credentials() if secret is None else secret)},
        )  # fmt: skip

    return run


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    return folder, write_study(folder, "P1")


def _addresses(server, way):
    return server.web if way == "web" else server.dicom


@pytest.mark.parametrize("way", ["web", "dimse"])
def test_a_study_goes_to_the_archive_is_found_and_comes_back_with_the_same_pixels(way, archive, pacs, own, tmp_path):
    patient = f"ROUND{way}"
    uid = write_study(tmp_path / "made", patient)
    address = _addresses(archive, way)
    sent = pacs("send", address, tmp_path / "made" / "s1", tmp_path / "made" / "s2", "--json", *own)
    assert sent.returncode == 0, sent.stderr
    answers = json.loads(sent.stdout)["sent"]
    assert len(answers) == 2 * SLICES and all(one["stored"] for one in answers)

    found = pacs("query", address, "--patient-id", patient, "--description", "knee", "--modality", "mr", "--date",
                 "1999-12-31..2000-01-01", "--series", "--json", *own)  # fmt: skip
    (record,) = json.loads(found.stdout)["studies"]
    assert record["study_uid"] == uid and record["accession_number"] == f"ACC{patient}"
    assert sorted(one["description"] for one in record["series_records"]) == ["sag PD FS 1", "sag PD FS 2"]
    assert {one["instances"] for one in record["series_records"]} == {SLICES}
    for missed in (["--patient-id", "ROUND?", "--date", "2001"], ["--description", "ankle"], ["--modality", "CT"]):
        if missed[-1] != "2001":
            assert json.loads(pacs("query", address, *missed, "--json", *own).stdout)["studies"] == []
    assert "These are no days" in pacs("query", address, "--date", "2001", *own).stderr

    fetched = pacs("fetch", address, "--study", uid, "--out", tmp_path / "in", *own)
    assert fetched.returncode == 0, fetched.stderr
    assert pixels(tmp_path / "in" / uid) == pixels(tmp_path / "made")
    again = pacs("fetch", address, "--study", uid, "--out", tmp_path / "in", *own)
    assert again.returncode == 0 and "0 of them new" in again.stdout
    assert sorted(os.listdir(tmp_path / "in")) == [uid], "nothing half-written stays"
    twice = pacs("send", address, tmp_path / "made" / "s1", *own)
    assert twice.returncode == 0, "to send again does no harm"
    assert json.loads(pacs("query", address, "--study", uid, "--json", *own).stdout)["studies"][0]["instances"] in (
        2 * SLICES,
        None,
    )


@pytest.mark.parametrize("way", ["web", "dimse"])
def test_more_studies_than_the_limit_are_said(way, archive, pacs, own, tmp_path):
    for number in range(3):
        write_study(tmp_path / f"made{number}", f"MANY{way}{number}", series=1)
        assert pacs("send", archive.web, tmp_path / f"made{number}" / "s1" / "IM0001.dcm", *own).returncode == 0
    asked = ["query", _addresses(archive, way), "--patient-id", f"MANY{way}*", "--json", *own]
    found = pacs(*asked, "--limit", "2")
    assert found.returncode == 3, found.stderr
    answer = json.loads(found.stdout)
    assert len(answer["studies"]) == 2 and answer["cut_off"]
    answer = json.loads(pacs(*asked, "--limit", "3").stdout)
    assert len(answer["studies"]) == 3 and not answer["cut_off"]


def test_an_archive_with_c_move_sends_to_us(archive, pacs, own, study, move_port, tmp_path):
    folder, uid = study
    assert pacs("send", archive.web, folder / "s1", folder / "s2", *own).returncode == 0
    # The archive must accept our certificate's name for 127.0.0.1.
    moved = pacs("fetch", archive.dicom, "--study", uid, "--out", tmp_path, "--move", move_port, *own)
    assert moved.returncode == 0, moved.stderr
    assert pixels(tmp_path / uid) == pixels(folder)


def test_a_fetched_study_can_be_analysed(archive, pacs, own, study, tmp_path, orthodiffusion, small_bundle):
    folder, uid = study
    pacs("send", archive.web, folder / "s1", *own)
    assert pacs("fetch", archive.web, "--study", uid, "--out", tmp_path / "in", *own).returncode == 0
    done = orthodiffusion(
        "batch", tmp_path / "in", "--out", tmp_path / "out", "--bundle", small_bundle, "--side", "left"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "out" / uid / "findings.json").exists()


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ({}, "wants them and got none"),
        ({**credentials(), "ORTHODIFFUSION_PACS_PASSWORD": "guess-4711"}, "does not accept user and password"),
        ({"ORTHODIFFUSION_PACS_TOKEN": "guess-4711"}, "does not accept user and password"),
    ],
)
def test_without_the_right_password_nothing_is_let_out(secret, said, archive, pacs, own):
    done = pacs("query", archive.web, *own, secret=secret)
    assert done.returncode == 2 and said in done.stderr and "ORTHODIFFUSION_PACS_USER" in done.stderr
    assert "guess-4711" not in done.stdout + done.stderr and PASSWORD not in done.stdout + done.stderr


def test_an_ae_title_that_the_archive_does_not_know_is_refused_clearly(archive, pacs, own):
    done = pacs("query", archive.dicom, "--aet", "UNKNOWN", *own)
    assert done.returncode == 2 and "UNKNOWN" in done.stderr and "refuses the association" in done.stderr
    wrong = archive.dicom.replace("ARCHIVE@", "OTHER@")
    done = pacs("echo", wrong, *own)
    assert done.returncode == 2 and "refuses the association" in done.stderr


def test_an_archive_that_knows_clients_by_certificate_says_that_it_wants_one(archive, pacs, authority):
    done = pacs("echo", archive.dicom, "--ca", authority.certificate)
    assert done.returncode == 2 and "wants one and got none" in done.stderr and "--cert" in done.stderr


@pytest.mark.parametrize("way", ["web", "dimse"])
def test_an_authority_that_is_not_known_here_is_not_trusted(way, archive, pacs, own):
    done = pacs("echo", _addresses(archive, way), *own[2:])
    assert done.returncode == 2 and "authority that is not known here" in done.stderr and "--ca" in done.stderr


@pytest.mark.parametrize("way", ["web", "dimse"])
def test_a_certificate_of_another_host_is_not_trusted(way, archive, pacs, own):
    # On loopback too: 127.0.0.2 is this computer, and not in the certificate.
    address = _addresses(archive, way).replace("localhost", "127.0.0.2")
    done = pacs("echo", address, *own)
    assert done.returncode == 2 and "that of another computer" in done.stderr


@pytest.mark.parametrize("way", ["web", "dimse"])
def test_an_expired_certificate_is_not_trusted(way, authority, pacs, own, tmp_path):
    expired = Orthanc(tmp_path, tls=(*authority.issue("localhost", days=(-20, -2)), authority.certificate))
    expired.start()
    try:
        done = pacs("echo", _addresses(expired, way), *own)
    finally:
        expired.stop()
    assert done.returncode == 2 and "has expired" in done.stderr and "renew" in done.stderr


@pytest.mark.parametrize("way", ["web", "dimse"])
def test_an_archive_without_tls_behind_an_address_with_it_is_refused(way, pacs, tmp_path, own):
    plain = Orthanc(tmp_path)
    plain.start()
    try:
        address = _addresses(plain, way).replace("http:", "https:").replace("dicom:", "dicoms:")
        done = pacs("echo", address, *own)
    finally:
        plain.stop()
    assert done.returncode == 2 and "no TLS at this address" in done.stderr, done.stderr


def test_what_the_archive_refuses_is_named_with_its_reason(archive, pacs, own, tmp_path):
    import pydicom

    write_study(tmp_path / "made", "BAD", series=1)
    path = tmp_path / "made" / "s1" / "IM0001.dcm"
    dataset = pydicom.dcmread(path)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = "1.2.3.4.5"  # no archive knows it
    dataset.save_as(path)
    done = pacs("send", archive.dicom, tmp_path / "made" / "s1", *own)
    assert done.returncode == 3 and f"The archive has {SLICES - 1} objects" in done.stdout
    assert "IM0001.dcm" in done.stderr and "SOP class" in done.stderr


@pytest.mark.parametrize("way", ["web", "dimse"])
def test_an_archive_that_is_killed_in_the_middle_of_a_fetch_and_comes_back_loses_nothing(
    way, tmp_path, pacs, move_port
):
    server = Orthanc(tmp_path / "orthanc", peers={"ORTHODIFFUSION": move_port})
    server.start()
    uid = write_study(tmp_path / "made", "KILL", series=12)
    assert pacs("send", server.web, *sorted((tmp_path / "made").iterdir())).returncode == 0
    result = []
    address = _addresses(server, way)
    fetching = threading.Thread(
        target=lambda: result.append(pacs("fetch", address, "--study", uid, "--out", tmp_path / "in"))
    )
    fetching.start()
    growing = tmp_path / "in" / f".{uid}.partial"
    end = time.monotonic() + 60
    while not files_below(growing, ".dcm") and time.monotonic() < end:
        time.sleep(0.002)
    server.kill()
    kept = len(files_below(growing, ".dcm"))
    time.sleep(1.0)
    assert not (tmp_path / "in" / uid).exists(), "half a study does not look like a whole one"
    server.start()
    fetching.join(timeout=100)
    server.stop()
    assert result[0].returncode == 0, result[0].stderr
    assert pixels(tmp_path / "in" / uid) == pixels(tmp_path / "made")
    assert 0 < kept < 12 * SLICES, f"the archive was killed too early or too late: {kept}"


@pytest.mark.parametrize("way", ["web", "dimse"])
def test_an_archive_that_is_killed_in_the_middle_of_sending_gets_the_rest_when_it_is_back(
    way, tmp_path, pacs, move_port
):
    server = Orthanc(tmp_path / "orthanc", peers={"ORTHODIFFUSION": move_port})
    server.start()
    uid = write_study(tmp_path / "made", "KILL", series=12)
    result = []
    address = _addresses(server, way)
    sending = threading.Thread(
        target=lambda: result.append(pacs("send", address, *sorted((tmp_path / "made").iterdir())))
    )
    sending.start()
    storage = tmp_path / "orthanc" / "storage"
    end = time.monotonic() + 60
    while len(files_below(storage)) < 20 and time.monotonic() < end:
        time.sleep(0.002)
    server.kill()
    assert sending.is_alive(), "killed in the middle"
    time.sleep(1.0)
    server.start()
    sending.join(timeout=100)
    assert result[0].returncode == 0, result[0].stderr
    back = pacs("fetch", server.web, "--study", uid, "--out", tmp_path / "in")
    server.stop()
    assert back.returncode == 0, back.stderr
    assert pixels(tmp_path / "in" / uid) == pixels(tmp_path / "made")


def test_an_archive_that_stays_away_is_an_error_in_time(pacs):
    (port,) = free_ports(1)
    start = time.monotonic()
    for address in (f"http://localhost:{port}/dicom-web", f"dicom://ARCHIVE@localhost:{port}"):
        done = pacs("query", address)
        assert done.returncode == 2 and "nobody listens at this address" in done.stderr
    assert time.monotonic() - start < 20
