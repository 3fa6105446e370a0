"""A hospital's certificate authority for the tests of TLS: certificates for any host, valid, expired, of others."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

NOW = datetime.datetime.now(datetime.UTC)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Authority:
    """Signs certificates; its own lies in `certificate`."""

    folder: Path
    name: str = "Hospital"

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._key = _new_key()
        built = (
            self._builder(self.name, self._key, days=(-30, 30))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.certificate = self.folder / "authority.pem"
        self.certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))

    def _builder(self, subject: str, key: rsa.RSAPrivateKey, days: tuple[int, int]) -> x509.CertificateBuilder:
        first, last = (NOW + datetime.timedelta(days=day) for day in days)
        return (
            x509.CertificateBuilder()
            .subject_name(_name(subject))
            .issuer_name(_name(self.name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(first)
            .not_valid_after(last)
        )

    def issue(self, host: str = "localhost", *, days: tuple[int, int] = (-1, 10)) -> tuple[Path, Path]:
        """(certificate, key) for a host, valid from so many days to so many days from now."""
        key = _new_key()
        names: list[x509.GeneralName] = [x509.DNSName(host)]
        if host == "localhost":
            names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        built = self._builder(host, key, days).add_extension(x509.SubjectAlternativeName(names), critical=False)
        name = f"{host}_{days[0]}_{days[1]}"
        certificate, secret = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate.write_bytes(built.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return certificate, secret
