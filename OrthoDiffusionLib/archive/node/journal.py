"""The node's log: one line for each event, with numbers and digests, and nothing that names a patient."""

from __future__ import annotations

import logging

from OrthoDiffusionLib.errors import OrthoDiffusionError

LOGGER = "orthodiffusion.node"
_log = logging.getLogger(LOGGER)


def note(event: str, **values: object) -> None:
    """What happened."""
    _log.info(_line(event, values))


def warn(event: str, **values: object) -> None:
    """What somebody should look at."""
    _log.warning(_line(event, values))


def _line(event: str, values: dict[str, object]) -> str:
    return " ".join([event, *(f"{name}={_plain(value)}" for name, value in values.items())])


def _plain(value: object) -> str:
    """A value that can neither begin a new line nor look like another one: some come from unknown senders."""
    text = "".join(sign if sign.isascii() and sign.isprintable() and sign not in ' "=' else "_" for sign in str(value))
    return text[:80]


def kind_of(error: BaseException) -> str:
    """An error as one word: the key of its message, or its class. Its sentence may name a series or a folder."""
    if isinstance(error, OrthoDiffusionError):
        return error.message.key if error.message is not None else error.code or "error"
    return type(error).__name__
