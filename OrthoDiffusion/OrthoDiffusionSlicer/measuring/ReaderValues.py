"""What readers made of the measurements of one analysis, kept on its findings table and with it in the scene file."""

import json
from dataclasses import dataclass

from OrthoDiffusionLib.findings.measurement_context import OUTLINES, POINTS, ReaderValue
from OrthoDiffusionSlicer.scene import Provenance

_VALUES = Provenance.PREFIX + "ReaderValues"
_CORRECTED = Provenance.PREFIX + "OutlinesCorrected"


@dataclass(frozen=True)
class Both:
    """One measurement after readers' work, by what they changed; None where they did not."""

    points: ReaderValue | None = None
    outlines: ReaderValue | None = None

    @property
    def ruling(self):
        """The ReaderValue that counts: points set by hand before anything else; None if there is none."""
        return self.points or self.outlines


def read(table):
    """Name of a measurement → Both, of those that a reader has changed."""
    found = {}
    for name, told in json.loads(table.GetAttribute(_VALUES) or "{}").items():
        found[name] = Both(*(ReaderValue.from_dict(told[basis]) if told.get(basis) else None
                             for basis in (POINTS, OUTLINES)))  # fmt: skip
    return found


def put(table, name, value):
    """Keep a ReaderValue; it takes the place of an earlier one of its basis."""
    _change(table, {name: {value.basis: value.as_dict()}})


def drop(table, name, basis):
    """Forget the ReaderValue of one basis."""
    _change(table, {name: {basis: None}})


def putAll(table, values):
    """Take over what was measured again: name → ReaderValue of the outlines, None where the model's number holds."""
    _change(table, {name: {OUTLINES: value.as_dict() if value is not None else None}
                    for name, value in values.items()})  # fmt: skip


def pointsIn(table):
    """Name → ReaderValue of the points that were set by hand, for the next analysis of the study; None for no table.

    What was measured of corrected outlines is left behind: the outlines of the new analysis are others.
    """
    known = read(table) if table is not None else {}
    return {name: both.points for name, both in known.items() if both.points is not None}


def fromResults(table, content):
    """Take up those that came with results: the content of findings.json; those that are there already stay."""
    known = read(table)
    for entry in content["measurements"]:
        if entry.get("reader") and entry["name"] not in known:
            put(table, entry["name"], ReaderValue.from_dict(entry["reader"]))


def beside(table, content):
    """The content of findings.json with today's ReaderValues beside the model's numbers, and whether all still hold."""
    if corrected(table):
        content["outlines_corrected"] = True
    known = read(table)
    for entry in content["measurements"]:
        entry.pop("reader", None)
        both = known.get(entry["name"])
        if both is not None and both.ruling is not None:
            entry["reader"] = both.ruling.as_dict()


def corrected(table):
    """Whether an outline was changed since the measurements were taken."""
    return table.GetAttribute(_CORRECTED) == "1"


def setCorrected(table, whether):
    """Note it, so that it is still known in a scene that was saved and opened."""
    if corrected(table) != whether:
        table.SetAttribute(_CORRECTED, "1" if whether else None)


def _change(table, changes):
    told = json.loads(table.GetAttribute(_VALUES) or "{}")
    for name, byBasis in changes.items():
        kept = {basis: value for basis, value in {**told.get(name, {}), **byBasis}.items() if value is not None}
        told.pop(name, None)
        if kept:
            told[name] = kept
    table.SetAttribute(_VALUES, json.dumps(told) if told else None)
