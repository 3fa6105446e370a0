"""Addresses without TLS are refused, and a password shows itself nowhere but in the one header that needs it."""

from __future__ import annotations

import pickle
import traceback

import pytest

from OrthoDiffusionLib.archive.address import parse_address
from OrthoDiffusionLib.archive.credentials import Credentials, Secret, find_credentials, keyring_service
from OrthoDiffusionLib.archive.http_session import open_session
from OrthoDiffusionLib.archive.tls import TlsFiles, client_context, server_context
from OrthoDiffusionLib.errors import ArchiveError, OrthoDiffusionError
from OrthoDiffusionLib.messages import language_of

PASSWORD = "hunter2-ä"
WEB = parse_address("https://pacs.example.org/dicom-web")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://pacs.example.org/dicom-web/", "https://pacs.example.org:443/dicom-web"),
        ("dicoms://PACS@10.1.2.3", "dicoms://PACS@10.1.2.3:2762"),
        ("dicoms://MY PACS@[fd00::1]:11112", "dicoms://MY PACS@[fd00::1]:11112"),
        ("http://localhost:8042/dicom-web", "http://localhost:8042/dicom-web"),
        ("dicom://PACS@127.0.0.1", "dicom://PACS@127.0.0.1:104"),
    ],
)
def test_an_address_names_protocol_host_port_and_application(text, shown):
    assert str(parse_address(text)) == shown


@pytest.mark.parametrize("text", ["http://pacs.example.org/dicom-web", "dicom://PACS@10.1.2.3:104"])
def test_an_address_of_another_computer_without_tls_must_be_allowed(text):
    with pytest.raises(ArchiveError, match="without TLS") as caught:
        parse_address(text)
    assert "--insecure" in str(caught.value) and "TLS" in caught.value.in_full(language_of("de"))
    assert not parse_address(text, insecure=True).has_tls


@pytest.mark.parametrize("text", ["https://alice:{}@pacs/dicom-web", "https://alice@pacs/x", "dicoms://A:{}@host:1"])
def test_a_password_in_an_address_is_refused_and_not_repeated(text):
    with pytest.raises(ArchiveError, match="user name or a password") as caught:
        parse_address(text.format(PASSWORD))
    assert PASSWORD not in "".join(traceback.format_exception(caught.value)).replace(text, "")


@pytest.mark.parametrize(
    "text",
    ["", "pacs", "ftp://x/y", "https://", "https://h:99999/x", "https://h/x?a=b", "dicoms://host", "dicoms://A@h/x",
     "dicoms://SEVENTEEN-LETTERS@h", "https://[::1/x"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ArchiveError):
        parse_address(text)


def _environment(**values: str) -> dict[str, str]:
    return {f"ORTHODIFFUSION_PACS_{name}": value for name, value in values.items()}


def test_secrets_come_from_the_environment():
    found = find_credentials(WEB, _environment(USER="alice", PASSWORD=f"{PASSWORD}\n"))
    assert found.user == "alice" and found.password.reveal() == PASSWORD
    assert find_credentials(WEB, _environment(TOKEN="abc")).token.reveal() == "abc"
    for wrong, said in (
        (_environment(PASSWORD=PASSWORD), "no user"),
        (_environment(USER="alice", PASSWORD="a\nX-Other: b"), "more than one line"),
        (_environment(TOKEN="a\r\nb"), "more than one line"),
    ):
        with pytest.raises(ArchiveError, match=said) as caught:
            find_credentials(WEB, wrong)
        assert PASSWORD not in str(caught.value)


@pytest.fixture
def keyring_of():
    """Lets the system's keyring hold what a test says."""
    import keyring
    from keyring.backend import KeyringBackend

    before = keyring.get_keyring()

    def hold(entries: dict[tuple[str, str], str]) -> None:
        class Held(KeyringBackend):
            priority = 9.0

            def get_password(self, service, username):
                return entries.get((service, username))

            def get_credential(self, service, username):
                from keyring.credentials import SimpleCredential

                for (known, user), password in entries.items():
                    if known == service and username in (None, user):
                        return SimpleCredential(user, password)
                return None

            def set_password(self, service, username, password):
                raise NotImplementedError

        keyring.set_keyring(Held())

    yield hold
    keyring.set_keyring(before)


def test_secrets_come_from_the_keyring_for_this_archive_alone(keyring_of):
    keyring_of({(keyring_service(WEB), "alice"): PASSWORD})
    assert find_credentials(WEB, {}).password.reveal() == PASSWORD
    assert find_credentials(WEB, _environment(USER="alice")).password.reveal() == PASSWORD
    assert not find_credentials(parse_address("https://other.example.org/dicom-web"), {})
    with pytest.raises(ArchiveError, match="no password"):
        find_credentials(WEB, _environment(USER="bob"))
    keyring_of({(keyring_service(WEB), "token"): "abc"})
    assert find_credentials(WEB, {}).token.reveal() == "abc"


def test_a_secret_is_shown_by_nothing(caplog):
    secret = Secret(PASSWORD)
    credentials = Credentials("alice", secret)
    session = open_session(WEB, credentials, None)
    for shown in (
        *(repr(secret), str(secret), f"{secret}", repr(credentials), str(vars(session)), repr(session.auth)),
        *(repr(session.headers), repr(getattr(session.auth, "__dict__", {}))),
    ):
        assert PASSWORD not in shown and "hunter" not in shown
    with pytest.raises(TypeError):
        pickle.dumps(credentials)


def test_user_and_password_go_into_one_header_as_utf8():
    import base64

    import requests

    session = open_session(WEB, Credentials("alice", Secret(PASSWORD)), None)
    sent = session.prepare_request(requests.Request("GET", WEB.url)).headers["Authorization"]
    assert base64.b64decode(sent.removeprefix("Basic ")).decode() == f"alice:{PASSWORD}"
    session = open_session(WEB, Credentials(token=Secret("abc")), None)
    assert session.prepare_request(requests.Request("GET", WEB.url)).headers["Authorization"] == "Bearer abc"
    assert (
        "Authorization"
        not in open_session(WEB, Credentials(), None).prepare_request(requests.Request("GET", WEB.url)).headers
    )


def test_no_file_of_passwords_and_no_variable_changes_what_is_sent_or_trusted(tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine pacs.example.org login eve password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(netrc))
    session = open_session(WEB, Credentials(), client_context(TlsFiles()))
    import requests

    assert "Authorization" not in session.prepare_request(requests.Request("GET", WEB.url)).headers
    assert not session.trust_env and list(session.adapters) == ["https://"]


def test_certificates_are_always_verified_and_old_tls_is_not_spoken():
    import ssl

    context = client_context(TlsFiles())
    assert context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_a_file_that_is_no_certificate_is_named(tmp_path):
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("nothing")
    for files in (TlsFiles(wrong), TlsFiles(None, wrong), TlsFiles(tmp_path / "missing.pem")):
        with pytest.raises(ArchiveError, match="cannot be used") as caught:
            client_context(files)
        assert ".pem" in str(caught.value)
    with pytest.raises(ArchiveError, match="certificate of its own"):
        server_context(TlsFiles())


def test_the_process_that_reads_images_from_outside_inherits_no_password(monkeypatch, tmp_path):
    """A fault in reading them must not reach the archive's password."""
    from OrthoDiffusionLib.service.pipe import PipeWorker
    from OrthoDiffusionLib.service.protocol import Analyze

    for name, value in _environment(USER="alice", PASSWORD=PASSWORD, TOKEN="abc", OTHER="x").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ORTHODIFFUSION_TLS_KEY_PASSWORD", PASSWORD)
    monkeypatch.setenv("ORTHODIFFUSION_BUNDLES", "kept")
    seen = tmp_path / "seen.txt"
    program = f"import os; open({str(seen)!r}, 'w').write(' '.join(os.environ))"
    with PipeWorker(arguments=["-c", program]) as worker, pytest.raises(OrthoDiffusionError):
        worker.ask(Analyze({"files": []}, "nowhere"))
    names = [name for name in seen.read_text().split() if name.startswith("ORTHODIFFUSION")]
    assert names == ["ORTHODIFFUSION_BUNDLES"]
