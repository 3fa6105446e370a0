"""Why a bundle does not assess a finding: in its manifest an English sentence, read back here as a message."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from OrthoDiffusionLib.messages.message import Message, note_of

VALIDATION, HELD_OUT = "validation_patients", "held_out_patients"
"""Patients of a table, as the catalogue's words for them."""


def no_label() -> Message:
    """Neither validation nor held-out patients say whether they have it."""
    return Message("no_calibration", "no_label")


def too_few(count: int, least: int, patients: str, *, positive: bool) -> Message:
    """Fewer patients with it, or without it, than its figures need.

    Args:
        count: how many there are.
        least: how many there must be.
        patients: `VALIDATION` or `HELD_OUT`.
        positive: whether these are the patients with it.
    """
    values = {"count": count, "patients": patients, "least": least}
    return Message("no_calibration", "too_few_with" if positive else "too_few_without", values)


def no_auroc() -> Message:
    """Its AUROC could not be measured."""
    return Message("no_calibration", "no_auroc")


def as_by_chance(auroc: float, low: float, high: float) -> Message:
    """Its AUROC on held-out patients and the interval, which includes 0.5."""
    return Message("no_calibration", "as_by_chance", {"auroc": auroc, "low": low, "high": high})


def adapted() -> Message:
    """The encoders have changed since it was calibrated, and nobody had labels to do so again."""
    return Message("no_calibration", "adapted")


def reason_of(text: str) -> Message | str:
    """A reason of a manifest as the message that it was written from; a text of others stays as it is."""
    for sentence, message in _WRITTEN:
        found = re.fullmatch(sentence, text)
        made = message(found) if found else None
        if made is not None and made.text == text:
            return made
    return text


def note_of_finding(entry: Mapping) -> Message:
    """The note of a finding of findings.json; in results of earlier versions its reason is a text of the manifest.

    Raises:
        KeyError, TypeError, ValueError: if it holds none.
    """
    note = note_of(entry)
    reason = note.values.get("reason")
    if note.key != "not_assessed.bundle" or not isinstance(reason, str):
        return note
    return replace(note, values={**note.values, "reason": reason_of(reason)})


def reason_in(figures: Mapping, name: str) -> Message | str | None:
    """Why a bundle does not assess a finding, as the figures of its manifest say; None where they say nothing."""
    findings = figures.get("abnormalities")
    own = findings.get(name) if isinstance(findings, Mapping) else None
    reason = own.get("not_assessed") if isinstance(own, Mapping) else None
    return reason_of(str(reason)) if reason else None


_PATIENTS = {"validation": VALIDATION, "held-out": HELD_OUT}
_SHARE = r"\d\.\d\d"

_WRITTEN: tuple[tuple[str, Callable[[re.Match], Message]], ...] = (
    (re.escape(no_label().text), lambda found: no_label()),
    (re.escape(no_auroc().text), lambda found: no_auroc()),
    (re.escape(adapted().text), lambda found: adapted()),
    (
        r"(\d+) of the table's (validation|held-out) patients (?:is|are) labelled as (with|without) it, "
        r"at least (\d+) must be",
        lambda found: too_few(int(found[1]), int(found[4]), _PATIENTS[found[2]], positive=found[3] == "with"),
    ),
    (
        rf"its AUROC on the table's held-out patients is ({_SHARE}) \(({_SHARE}) to ({_SHARE})\)",
        lambda found: as_by_chance(*map(float, found.groups())),
    ),
)
"""Pattern of a sentence of the catalogue, and the message that says it."""
