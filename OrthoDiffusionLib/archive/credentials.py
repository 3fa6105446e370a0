"""User, password and token of an archive: from the environment or the keyring, never from arguments or files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from OrthoDiffusionLib.archive.address import Address
from OrthoDiffusionLib.errors import ArchiveError
from OrthoDiffusionLib.messages import Message

USER = "ORTHODIFFUSION_PACS_USER"
PASSWORD = "ORTHODIFFUSION_PACS_PASSWORD"
TOKEN = "ORTHODIFFUSION_PACS_TOKEN"
KEYRING_USER_OF_TOKENS = "token"


class Secret:
    """A text that is shown nowhere by accident: not by print, repr, logging, a traceback's locals, or pickling."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """The text, for the one place that sends it."""
        return self.__text

    def __bool__(self) -> bool:
        return bool(self.__text)

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> str:
        raise TypeError("a secret must not be pickled")


@dataclass(frozen=True)
class Credentials:
    """How to say to an archive who asks. All empty: nobody in particular.

    Attributes:
        user: name.
        password: of the user.
        token: a bearer token (OAuth 2.0) instead of both.
    """

    user: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    token: Secret = field(default_factory=lambda: Secret(""))

    def __bool__(self) -> bool:
        return bool(self.user or self.token)


def keyring_service(address: Address) -> str:
    """Under which name an archive's password lies in the keyring."""
    return f"orthodiffusion:{address.host}:{address.port}"


def find_credentials(address: Address, environment: Mapping[str, str] | None = None) -> Credentials:
    """What the environment says, else what the keyring holds for this archive, else nothing.

    Args:
        address: of the archive.
        environment: None takes that of the process.

    Raises:
        ArchiveError: if the environment gives a password without a user, or a user whose password is nowhere.
    """
    environment = os.environ if environment is None else environment
    user, password, token = (environment.get(name, "") for name in (USER, PASSWORD, TOKEN))
    if token:
        return Credentials(token=_one_line(token, TOKEN))
    if password and not user:
        raise ArchiveError(Message("archive", "password_without_user", {"variable": USER}))
    if password:
        return Credentials(user, _one_line(password, PASSWORD))
    found = _from_keyring(address, user)
    if user and not found:
        values = {"variable": PASSWORD, "service": keyring_service(address)}
        raise ArchiveError(Message("archive", "user_without_password", values))
    return found


def _one_line(text: str, variable: str) -> Secret:
    """A secret as it was meant: files that are read into variables end in a line break."""
    text = text.rstrip("\r\n")
    if any(ord(sign) < 32 for sign in text):
        raise ArchiveError(Message("archive", "secret_of_lines", {"variable": variable}))
    return Secret(text)


def _from_keyring(address: Address, user: str) -> Credentials:
    """What the keyring holds; nothing where there is no keyring."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return Credentials()
    service = keyring_service(address)
    try:
        token = keyring.get_password(service, KEYRING_USER_OF_TOKENS)
        if token:
            return Credentials(token=Secret(token))
        found = keyring.get_credential(service, user or None)
    except (KeyringError, RuntimeError):  # none that works, or it is locked and nobody can be asked
        return Credentials()
    if found is None or not found.password:
        return Credentials()
    return Credentials(found.username, Secret(found.password))
