"""Replacements that fit each other: one key gives one identifier the same new one in every file."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from OrthoDiffusionLib.dicom_objects.identifiers import uid_from
from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.messages import Message

_KEY_BYTES = 32
_MOST_BYTES = 1000  # of a key file with blanks and line ends; a larger file is another one

STANDARDS_OWN = "1.2.840.10008."
"""Identifiers below it name classes and syntaxes of the standard and nobody's images."""


@dataclass(frozen=True)
class Pseudonyms:
    """New identifiers. Without the key nobody can compute which old one belongs to which, nor try them out.

    Attributes:
        key: secret; a new one for each export makes its identifiers fit no other's.
    """

    key: bytes = field(default_factory=lambda: secrets.token_bytes(_KEY_BYTES), repr=False)

    def uid(self, old: str) -> str:
        """The new UID; those of the standard stay."""
        old = old.strip("\0 ")
        if not old or old.startswith(STANDARDS_OWN):
            return old
        return uid_from("pseudonym", hmac.digest(self.key, old.encode(), hashlib.sha256))

    def patient(self, number: object, name: object) -> str:
        """What a patient is called."""
        words = f"{number or ''}|{name or ''}".casefold().encode()
        return f"ANON-{hmac.digest(self.key, words, hashlib.sha256).hex()[:10].upper()}"

    @classmethod
    def of_file(cls, path: Path) -> Pseudonyms:
        """Those of a key file, which is made, for its owner alone, if it is not there.

        Raises:
            OutputError: if it cannot be read or made, or is no key.
        """
        try:
            if not path.exists():
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "w", encoding="ascii") as file:
                    file.write(secrets.token_hex(_KEY_BYTES) + "\n")
            text = path.read_bytes()[:_MOST_BYTES]
        except OSError as error:
            values = {"error": error.strerror or error}
            raise OutputError(Message("deidentify", "no_key", values), where=str(path)) from error
        try:
            key = bytes.fromhex(text.decode("ascii"))
        except ValueError:
            key = b""
        if len(key) != _KEY_BYTES:  # nothing of the file is quoted: it may be a secret of something else
            raise OutputError(Message("deidentify", "other_file", {"digits": 2 * _KEY_BYTES}), where=str(path))
        return cls(key)
