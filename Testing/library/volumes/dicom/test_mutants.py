"""Damaged and hostile DICOM is read or refused with a word: never a traceback, a standstill or all the memory."""

from __future__ import annotations

import pytest
from library.volumes.dicom.mutants import search


@pytest.mark.parametrize(("count", "first"), [(40, 0), pytest.param(1000, 20000, marks=pytest.mark.long)])
def test_every_mutant_is_read_or_refused_with_a_word(count, first):
    found = search(count, first=first)
    assert not found.faults, found.faults[0]
    assert found.tried == count and found.outcomes["read"] > 0 and found.outcomes["DicomError"] > 0
