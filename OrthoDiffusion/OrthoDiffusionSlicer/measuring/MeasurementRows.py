"""The measurements of a findings table as lines of the panel: the number that counts, the model's, what is usual."""

from dataclasses import dataclass, replace

from OrthoDiffusionLib.anatomy import MeasurementDefinition
from OrthoDiffusionLib.findings.measurement import Measurement
from OrthoDiffusionLib.findings.measurement_context import POINTS
from OrthoDiffusionLib.reports.wording import judged_outside, usual_words, value_words, with_unit
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.measuring import MeasurementMarkups
from OrthoDiffusionSlicer.scene import FindingsNodes

THICKNESS = "cartilage_thickness"  # key of the method that a colour map can show


@dataclass(frozen=True)
class MeasurementRow:
    """One measurement.

    Attributes:
        measurement: the Measurement, with what a reader made of it.
        definition: its MeasurementDefinition, None where our anatomy does not know it.
        complete: whether every point of its markups has a place.
        usable: whether no warning says not to use the result.
    """

    measurement: Measurement
    definition: MeasurementDefinition | None = None
    complete: bool = True
    usable: bool = True

    @property
    def name(self):
        return self.measurement.name

    @property
    def title(self):
        if self.definition is not None:
            return MeasurementMarkups.titleOf(self.definition)
        return Words.title(self.name)

    @property
    def value(self):
        """The number that counts, None if there is none."""
        return self.measurement.ruling_value

    @property
    def text(self):
        """That number with its unit, empty if there is none."""
        return value_words(self.measurement, Words.LANGUAGE)

    @property
    def modelText(self):
        """The model's number with its unit, empty if there is none."""
        value, unit = self.measurement.value, self.measurement.unit
        return with_unit(value, unit, Words.LANGUAGE) if value is not None else ""

    @property
    def usual(self):
        """What is usual, in words; empty if nothing is known."""
        return usual_words(self.measurement, Words.LANGUAGE)

    @property
    def outside(self):
        """−1 below what is usual, 1 above, 0 else; see `judged_outside`."""
        return judged_outside(self.measurement, usable=self.usable)

    @property
    def note(self):
        """Why there is no number, or how far to trust it."""
        note = self.measurement.ruling_note
        return Words.said(note) if note else ""

    @property
    def moved(self):
        """Whether a reader has moved points of it."""
        return self.measurement.reader is not None and self.measurement.reader.basis == POINTS

    @property
    def again(self):
        """Whether it was taken again from corrected outlines."""
        return self.measurement.reader is not None and not self.moved

    @property
    def pointsRAS(self):
        return self.measurement.ruling_points

    @property
    def drawn(self):
        """Whether it can be drawn."""
        return self.definition is not None and bool(self.definition.points) and bool(self.pointsRAS)

    @property
    def accuracy(self):
        """The Accuracy on phantoms, None if the bundle was not evaluated; it says nothing of points set by hand."""
        return None if self.moved else self.measurement.accuracy

    @property
    def plate(self):
        """The structure whose thickness it is, empty for any other measurement."""
        known = self.definition
        return known.parts.get("plate", "") if known is not None and known.method == THICKNESS else ""

    @property
    def structure(self):
        """A structure that it is about, where it has no points; empty if it has."""
        if self.drawn or self.definition is None:
            return ""
        return next(iter(self.definition.parts.values()), "")


def rowsOf(table):
    """MeasurementRow of each measurement, in the order of a report; none of tables of an earlier version."""
    content = FindingsNodes.resultsOf(table)
    known = MeasurementMarkups.definitionsOf(table)
    entries = content["measurements"] if content is not None else []
    rows, usable = [], not FindingsNodes.alarmsOf(table)
    for entry in entries:
        row = MeasurementRow(Measurement.from_dict(entry), known.get(entry["name"]), usable=usable)
        if row.definition is not None and len(row.pointsRAS) not in (0, len(row.definition.points)):
            row = replace(row, definition=None)  # of a version whose points were others
        rows.append(row)
    return rows


def withReader(row, value):
    """The same row after a reader moved points of it: value is the ReaderValue."""
    return replace(row, measurement=replace(row.measurement, reader=value), complete=True)


def drawAll(scene, table):
    """Draw every measurement that has points; yields the markups nodes of each."""
    for row in rowsOf(table):
        if row.drawn:
            yield MeasurementMarkups.draw(scene, table, row.definition, row.pointsRAS, row.text)
