"""Series that share an identifier: software that removes names may give all series the same one, or none at all."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

from OrthoDiffusionLib.volumes.dicom.slices import DicomSlice

_Fact = Callable[[DicomSlice], Hashable]


def told_apart(slices: Sequence[DicomSlice]) -> list[DicomSlice]:
    """Number the series that share an identifier, so that slices of two never become one volume.

    A series is of one study and one patient (PS3.3, A.1.2). Series of one study are told apart by number and
    description together; where there is no identifier, one of the two is enough.

    Returns:
        All slices, in their order; see `DicomSlice.twin`.
    """
    by_identifier: dict[str, list[DicomSlice]] = {}
    for one in slices:
        by_identifier.setdefault(one.series, []).append(one)
    twins: dict[int, int] = {}
    for identifier, group in by_identifier.items():
        facts: list[_Fact] = [_study, _patient]
        if not identifier or _is_called_by_number(group):
            facts += [_number, _title]
        telling = [fact for fact in facts if _tells(fact, group)]
        known: dict[tuple[Hashable, ...], int] = {}
        for one in group:
            twins[id(one)] = known.setdefault(tuple(fact(one) for fact in telling), len(known))
    return [replace(one, twin=twins[id(one)]) if twins[id(one)] else one for one in slices]


def _study(one: DicomSlice) -> Hashable:
    return one.study


def _patient(one: DicomSlice) -> Hashable:
    return one.patient


def _number(one: DicomSlice) -> Hashable:
    return one.series_number


def _title(one: DicomSlice) -> Hashable:
    return one.title.casefold()


def _is_called_by_number(group: Sequence[DicomSlice]) -> bool:
    """Whether there are several descriptions, and each series number has one of its own."""
    names = {(_number(one), _title(one)) for one in group}
    numbers, titles = {number for number, _ in names}, {title for _, title in names}
    return len(titles) > 1 and len(names) == len(numbers) and None not in numbers


def _tells(fact: _Fact, group: Sequence[DicomSlice]) -> bool:
    """Whether a fact tells series apart: what is missing, or differs in each slice, says nothing."""
    values = {fact(one) for one in group} - {None, ""}
    return len(values) > 1 and not (len(group) > 2 and len(values) >= len(group))
