"""Series that lost their identifier: software that removes names may give every slice a series of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np

from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.volumes.dicom.names import series_title
from OrthoDiffusionLib.volumes.dicom.slices import DicomSlice
from OrthoDiffusionLib.volumes.dicom.stacks import depths_of, fact_values, out_of_line_mm, stacks_of

FEWEST = 5
"""Fewer single slices than these may well be single images (ours)."""

_TIMING = ("echo", "repetition_time", "flip", "inversion", "b_value")


def joined_fragments(slices: list[DicomSlice], notices: list[Notice]) -> list[DicomSlice]:
    """Put slices together that each have a series identifier of their own but are one series by all else.

    They must agree in patient, study, description, protocol, series number, matrix, kind of picture, echo and
    repetition time, and flip angle, and must form even stacks without two slices at one position that nothing
    distinguishes. Two sequences are never mixed.

    Returns:
        All slices; those that were put together share the series identifier of their first.
    """
    counts = Counter(one.own_series for one in slices)
    single = [one for one in slices if counts[one.own_series] == 1]
    if len(single) < FEWEST:
        return slices
    # An identifier that differs in each slice says nothing, neither of the study nor of the space.
    keeps_study = len({one.study for one in single}) < len(single)
    keeps_frame = len({one.frame_of_reference for one in single}) < len(single)
    timing = list(zip(*(fact_values(single, name) for name in _TIMING), strict=True))
    groups: dict[Hashable, list[DicomSlice]] = {}
    for one, numbers in zip(single, timing, strict=True):
        shared = (one.study if keeps_study else "", one.frame_of_reference if keeps_frame else "")
        groups.setdefault((_sequence(one), numbers, *shared), []).append(one)
    renamed: dict[int, DicomSlice] = {}
    for group in groups.values():
        study = group[0].study if keeps_study else ""
        frame = group[0].frame_of_reference if keeps_frame else ""
        series, twin = group[0].own_series
        together = [replace(one, series=series, twin=twin, study=study, frame_of_reference=frame) for one in group]
        if len(group) < FEWEST or not _is_a_series(together):
            continue
        renamed.update({id(one): new for one, new in zip(group, together, strict=True)})
        notices.append(Notice("series_joined", where=series_title(group[0]), values={"slices": len(group)}))
    return [renamed.get(id(one), one) for one in slices]


def _sequence(one: DicomSlice) -> tuple[Hashable, ...]:
    return (
        one.patient,
        one.series_number,
        one.title,
        one.description,
        one.size,
        one.image_type,
        one.facts["sequence"],
        one.shows,
    )


def _is_a_series(group: list[DicomSlice]) -> bool:
    """Whether slices form stacks as a scanner makes them: even, in line, and none doubled."""
    stacks = stacks_of(group)
    return all(not stack.dropped and len(stack.slices) >= 3 and _is_even(stack.slices) for stack in stacks)


def _is_even(slices: Sequence[DicomSlice]) -> bool:
    gaps = np.diff(depths_of(slices))
    steps = gaps / np.median(gaps)
    even = np.abs(steps - np.rint(steps)).max() < 0.1 and np.count_nonzero(steps > 1.5) <= 0.2 * len(steps)
    return bool(even) and out_of_line_mm(slices) < 1.0
