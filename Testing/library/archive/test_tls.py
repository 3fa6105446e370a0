"""TLS between a sender and the node: who is let in, who is told why not, and that nobody blocks the door."""

from __future__ import annotations

import socket
import ssl

import pytest
from commands.certificates import Authority
from library.archive.conftest import make_instance

from OrthoDiffusionLib.archive.address import parse_address
from OrthoDiffusionLib.archive.archive import Caller, open_archive
from OrthoDiffusionLib.archive.bounded_server import Limits
from OrthoDiffusionLib.archive.tls import TlsFiles, client_context
from OrthoDiffusionLib.errors import ArchiveError

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def certificates(authority, tmp_path_factory):
    """(certificate, key) by name."""
    unknown = Authority(tmp_path_factory.mktemp("unknown"), "Unknown")
    return {
        "node": authority.issue("localhost"),
        "modality": authority.issue("modality"),
        "expired": authority.issue("modality", days=(-9, -2)),
        "unknown": unknown.issue("modality"),
        "nobody": (None, None),
    }


@pytest.fixture
def node(ear, authority, certificates):
    tls = TlsFiles(authority.certificate, *certificates["node"])
    return ear(listening={"insecure": False, "tls": tls, "limits": Limits(silence_seconds=3.0)})


def archive_of(node, authority, own=(None, None), host="localhost", scheme="dicoms"):
    address = parse_address(f"{scheme}://NODE@{host}:{node.port}")
    return open_archive(address, Caller(tls=TlsFiles(authority.certificate, *own), ae_title="MR1"))


def test_a_sender_with_a_certificate_of_the_hospital_is_let_in(node, authority, certificates, tmp_path):
    path = tmp_path / "one.dcm"
    make_instance(1).save_as(path, enforce_file_format=True)
    told = []
    with archive_of(node, authority, certificates["modality"]) as archive:
        archive.echo()
        archive.send([path], lambda _, stored: told.append(stored.status))
    assert told == [0] and node.spool.study("1.2.3.4").content()[0] == 1


@pytest.mark.parametrize("who", ["nobody", "unknown", "expired"])
def test_another_one_is_not_and_is_told_what_to_do(who, node, authority, certificates):
    with pytest.raises(ArchiveError, match="does not accept our certificate") as caught:
        archive_of(node, authority, certificates[who]).echo()
    assert "--cert" in str(caught.value)


def test_a_sender_without_tls_gets_no_answer(node, authority):
    with pytest.raises(ArchiveError):
        archive_of(node, authority, scheme="dicom", host="127.0.0.1").echo()
    assert node.spool.studies() == []


def test_the_nodes_own_certificate_is_verified_by_the_sender(node, ear, authority, certificates, tmp_path):
    other = Authority(tmp_path, "Other")
    with pytest.raises(ArchiveError, match="authority that is not known here"):
        archive_of(node, other, certificates["modality"]).echo()
    tls = TlsFiles(authority.certificate, *certificates["node"])
    elsewhere = ear(listening={"insecure": False, "tls": tls, "host": "127.0.0.2"})  # not in the certificate
    with pytest.raises(ArchiveError, match="that of another computer"):
        archive_of(elsewhere, authority, certificates["modality"], host="127.0.0.2").echo()


def test_a_client_that_does_not_shake_hands_keeps_nobody_out(node, authority, certificates):
    silent = [socket.create_connection(("127.0.0.1", node.port), 5) for _ in range(5)]
    try:
        archive_of(node, authority, certificates["modality"]).echo()
    finally:
        for one in silent:
            one.close()


def test_tls_1_1_is_not_spoken(node, authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(authority.certificate)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", node.port), 5) as plain, pytest.raises(OSError):
        context.wrap_socket(plain, server_hostname="localhost").close()


def test_a_certificate_that_is_not_there_is_named_and_not_its_key(authority, certificates, tmp_path):
    certificate, key = certificates["modality"]
    for files, missing in (((tmp_path / "no.pem", key), "no.pem"), ((certificate, tmp_path / "no.key"), "no.key")):
        with pytest.raises(ArchiveError) as refused:
            client_context(TlsFiles(authority.certificate, *files))
        assert refused.value.where.endswith(missing)
