"""This moment, as files hold it."""

from __future__ import annotations

import datetime


def now() -> str:
    """ISO 8601 to the second, local time with its zone."""
    return datetime.datetime.now().astimezone().isoformat(timespec="seconds")
