"""A real archive for the tests: Debian's Orthanc with DICOMweb, on loopback, with a password, with or without TLS."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

USER, PASSWORD = "alice", "wonder-land 7&ü"
PROGRAM = shutil.which("Orthanc") or shutil.which("Orthanc", path="/usr/sbin")
GATEWAY = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
MISSING = "Debian's packages orthanc, orthanc-dicomweb and nginx-light are missing: .ci/test-tools installs them"


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody holds."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@dataclass
class Orthanc:
    """One archive; `start`, `kill` and start again keep what it has stored.

    Attributes:
        folder: of its database and settings.
        tls: (certificate, key, authority) as PEM files, for HTTPS and DICOM TLS; None without TLS.
        settings: more of Orthanc's configuration.
        peers: AE title -> port of those that it sends to by C-MOVE; they may ask for anything.
    """

    folder: Path
    tls: tuple[Path, Path, Path] | None = None
    settings: dict[str, object] = field(default_factory=dict)
    peers: dict[str, int] = field(default_factory=dict)
    http: int = 0
    dimse: int = 0

    def __post_init__(self) -> None:
        self.http, self.dimse, plain = free_ports(3)
        self._plain = plain if self.tls else self.http
        self._process: subprocess.Popen[bytes] | None = None
        self._gateway: subprocess.Popen[bytes] | None = None

    @property
    def web(self) -> str:
        return f"{'https' if self.tls else 'http'}://localhost:{self.http}/dicom-web"

    @property
    def dicom(self) -> str:
        return f"{'dicoms' if self.tls else 'dicom'}://ARCHIVE@localhost:{self.dimse}"

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "orthanc.json"
        path.write_text(json.dumps(self._configuration()), encoding="utf-8")
        log = (self.folder / "log.txt").open("ab")
        self._process = subprocess.Popen([str(PROGRAM), str(path)], stdout=log, stderr=log)
        log.close()
        end = time.monotonic() + 60
        while not (_listens(self._plain) and _listens(self.dimse)):
            if self._process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"Orthanc did not start:\n{self.log()[-3000:]}")
            time.sleep(0.1)
        if self.tls is not None and self._gateway is None:
            self._start_gateway()

    def _start_gateway(self) -> None:
        """HTTPS by nginx, as hospitals set it up; Debian 12's Orthanc ends at the first request of its own HTTPS.

        It stays when the archive is killed, and answers 502 then.
        """
        certificate, key, _ = self.tls or ()
        path = self.folder / "nginx.conf"
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "".join(f"{kind}_temp_path {self.folder}/{kind};\n" for kind in kinds)
        path.write_text(
            f"daemon off; master_process off; pid {self.folder}/nginx.pid; error_log {self.folder}/nginx.txt;\n"
            f"events {{}} http {{ access_log off; {temporary} client_max_body_size 1g;\n"
            f"server {{ listen 127.0.0.1:{self.http} ssl; listen 127.0.0.2:{self.http} ssl;\n"
            f"ssl_certificate {certificate}; ssl_certificate_key {key};\n"
            f"location / {{ proxy_pass http://127.0.0.1:{self._plain}; proxy_request_buffering off; }} }} }}\n",
            encoding="utf-8",
        )
        command = [str(GATEWAY), "-c", str(path), "-e", str(self.folder / "nginx.txt")]
        self._gateway = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while not _listens(self.http):
            assert time.monotonic() < end, (self.folder / "nginx.txt").read_text(encoding="utf-8")
            time.sleep(0.05)

    def _configuration(self) -> dict[str, object]:
        storage = str(self.folder / "storage")
        configuration: dict[str, object] = {
            "Name": "tests", "StorageDirectory": storage, "IndexDirectory": storage,
            "HttpPort": self._plain, "DicomPort": self.dimse, "DicomAet": "ARCHIVE",
            "RemoteAccessAllowed": False, "AuthenticationEnabled": True, "RegisteredUsers": {USER: PASSWORD},
            "Plugins": [str(PLUGIN)], "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
            "DicomCheckCalledAet": True, "DicomAlwaysAllowStore": False, "DicomAlwaysAllowEcho": False,
            "DicomModalities": {
                title: {"AET": title, "Host": "127.0.0.1", "Port": port, "AllowGet": True,
                        "UseDicomTls": self.tls is not None}
                for title, port in self.peers.items()
            },
        }  # fmt: skip
        if self.tls is not None:
            certificate, key, authority = self.tls
            configuration.update({
                "DicomTlsEnabled": True, "DicomTlsCertificate": str(certificate), "DicomTlsPrivateKey": str(key),
                "DicomTlsTrustedCertificates": str(authority),
            })  # fmt: skip
        return {**configuration, **self.settings}

    def kill(self) -> None:
        """As by a power cut."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)
        gateway, self._gateway = self._gateway, None
        if gateway is not None:
            gateway.kill()
            gateway.wait(timeout=30)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait(timeout=30)

    def log(self) -> str:
        return (self.folder / "log.txt").read_text(encoding="utf-8", errors="replace")


def credentials() -> dict[str, str]:
    """The environment of those who may in."""
    return {"ORTHODIFFUSION_PACS_USER": USER, "ORTHODIFFUSION_PACS_PASSWORD": PASSWORD}


def _listens(port: int) -> bool:
    with socket.socket() as one:
        one.settimeout(0.5)
        return one.connect_ex(("127.0.0.1", port)) == 0


def is_installed() -> bool:
    return PROGRAM is not None and GATEWAY is not None and PLUGIN.exists() and os.name == "posix"
