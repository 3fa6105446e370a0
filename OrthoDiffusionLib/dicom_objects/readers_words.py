"""What readers say in a report: items beside those of the model, put in anew whenever readers say something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from OrthoDiffusionLib.anatomy.coding import Code, private_code
from OrthoDiffusionLib.dicom_objects import codes
from OrthoDiffusionLib.dicom_objects.codes import coded
from OrthoDiffusionLib.dicom_objects.report_items import (
    MEASUREMENTS,
    evaluation,
    measurement,
    person,
    places,
    text,
    usual,
    without_failed_values,
)
from OrthoDiffusionLib.findings import Analysis, Finding, Measurement, ResultsRecord
from OrthoDiffusionLib.findings.measurement_context import rounded

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_READERS = frozenset(
    code.value for code in (codes.READERS_WORD, codes.READERS_DECISION, codes.READERS_NAME, codes.READERS_NOTE)
)
_IMAGING_MEASUREMENTS, _TRACKING_IDENTIFIER, _METHOD = "126010", "112039", "370129005"
"""Of TID 1500, TID 1501 and TID 300 (PS3.16)."""


def put_readers_words(report: Dataset, said: Analysis | ResultsRecord, frame_of_reference: str) -> None:
    """Replace what readers said by what they say now. What the model said stays as it stands there.

    Args:
        report: a report of this program, new or read from a file.
        said: findings with their reviews, measurements with the readers' values.
        frame_of_reference: of the space of the places; empty for no places.
    """
    findings = {one.name: one for one in said.findings}
    for group in groups_of(report):
        items = [item for item in group.ContentSequence if not _is_readers(item)]
        name = tracking_identifier(group)
        if name == MEASUREMENTS:
            items = list(_with_values(items, said.measurements, frame_of_reference))
        elif name in findings:
            items = list(_with_word(items, findings[name]))
        group.ContentSequence = items
    without_failed_values(report.ContentSequence)


def groups_of(report: Dataset) -> Iterator[Dataset]:
    """The measurement groups of a report."""
    for container in report.get("ContentSequence", ()):
        if _concept(container) == _IMAGING_MEASUREMENTS:
            yield from container.get("ContentSequence", ())


def tracking_identifier(group: Dataset) -> str:
    """The key of the finding, structure or list of measurements that a group is about; empty if it has none."""
    items = (item for item in group.get("ContentSequence", ()) if _concept(item) == _TRACKING_IDENTIFIER)
    found = next(items, None)
    return "" if found is None else str(found.TextValue)


def _with_word(items: Sequence[Dataset], finding: Finding) -> Iterator[Dataset]:
    """The items of a finding's group, with the reader's word after the model's and the note at the end."""
    review = finding.review
    for item in items:
        yield item
        if review is not None and _concept(item) == codes.MODELS_WORD.value:
            yield from evaluation(codes.READERS_WORD, codes.READERS_WORDS[review.word_beside(finding.word)])
            yield from evaluation(codes.READERS_DECISION, codes.DECISIONS[review.decision])
            if review.reader.strip():
                yield person(codes.READERS_NAME, review.reader)
    if review is not None and review.note.strip():  # an item of blanks alone is empty, and invalid
        yield text(codes.READERS_NOTE, review.note)


def _with_values(
    items: Sequence[Dataset], measurements: Iterable[Measurement], frame_of_reference: str
) -> Iterator[Dataset]:
    """The items of the group of all measurements, with the reader's number after the model's."""
    changed = {private_code(one.name, one.name).value: one for one in measurements if one.reader is not None}
    notes = []
    for item in items:
        yield item
        one = changed.get(_concept(item)) if item.ValueType == "NUM" else None
        if one is None or one.reader is None:
            continue
        name = item.ConceptNameCodeSequence[0]
        code = Code(str(name.CodingSchemeDesignator), str(name.CodeValue), str(name.CodeMeaning))
        yield from _value(code, one, frame_of_reference)
        if one.reader.note:
            notes.append(text(codes.READERS_NOTE, f"{code.meaning}: {one.reader.note}"))
    yield from notes


def _value(code: Code, one: Measurement, frame_of_reference: str) -> Sequence[Dataset]:
    assert one.reader is not None  # as its caller has seen
    unit = codes.UNITS[one.unit]
    more: dict[str, Any] = {"method": coded(codes.BY_READER), **places(one.reader.points_ras, frame_of_reference)}
    if one.range is not None:
        more["properties"] = usual(one.range, unit, one.source)
    if one.reader.value is None:  # its zero is taken out by `without_failed_values`
        return measurement(code, 0.0, unit, qualifier=coded(codes.MEASUREMENT_FAILURE), **more)
    return measurement(code, rounded(one.reader.value), unit, **more)


def _is_readers(item: Dataset) -> bool:
    if _concept(item) in _READERS:
        return True
    methods = (inner for inner in item.get("ContentSequence", ()) if _concept(inner) == _METHOD)
    return any(str(one.ConceptCodeSequence[0].CodeValue) == codes.BY_READER.value for one in methods)


def _concept(item: Dataset) -> str:
    """The code value of an item's concept name; empty if it has none."""
    names = item.get("ConceptNameCodeSequence") or ()
    return str(names[0].get("CodeValue", "")) if names else ""
