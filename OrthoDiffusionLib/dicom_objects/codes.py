"""Codes of the library as those of DICOM, and the project's own ones for what has no public code.

What a public terminology has was looked up in pydicom.sr.codedict; nothing is from memory, a test compares them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from OrthoDiffusionLib.anatomy.coding import PRIVATE_SCHEME, Code

if TYPE_CHECKING:
    from highdicom.coding_schemes import CodingSchemeIdentificationItem
    from highdicom.sr import CodedConcept

PROBABILITY = Code("DCM", "122157", "Probability")
COMMENT = Code("DCM", "121106", "Comment")
MEASUREMENT_FAILURE = Code("DCM", "114006", "Measurement failure")
ARTIFICIAL_INTELLIGENCE = Code("DCM", "123110", "Artificial Intelligence")
VOLUME = Code("SCT", "118565006", "Volume")
PRESENT = Code("SCT", "52101004", "Present")
ABSENT = Code("SCT", "272519000", "Absent")
USUAL_FROM = Code("SCT", "385524004", "Normal Range Lower Limit")
USUAL_TO = Code("SCT", "371933006", "Normal Range Upper Limit")
MR_PROCEDURE = Code("LN", "25056-3", "MRI unspecified body region")
CT_PROCEDURE = Code("LN", "25045-6", "CT unspecified body region")
ANY_PROCEDURE = Code("SCT", "363679005", "Imaging procedure")

UNITS = {
    "1": Code("UCUM", "1", "no units"),
    "mm": Code("UCUM", "mm", "mm"),
    "mL": Code("UCUM", "mL", "mL"),
    "deg": Code("UCUM", "deg", "deg"),
}
"""Unit of a measurement -> its code; UCUM is free to be used and checked as a whole, not word by word."""


def _own(value: str, meaning: str) -> Code:
    return Code(PRIVATE_SCHEME, value, meaning)


THRESHOLD = _own("OP-THRESHOLD", "Operating point, probability from which on positive")
SENSITIVITY = _own("OP-SENSITIVITY", "Operating point, sensitivity in the bundle's calibration")
SPECIFICITY = _own("OP-SPECIFICITY", "Operating point, specificity in the bundle's calibration")
NOT_CALLED = _own("NOT-CALLED", "No operating point to compare the probability with")
NOT_ASSESSED = _own("NOT-ASSESSED", "Not assessed")
MODELS_WORD = _own("MODELS-WORD", "What the model says")
READERS_WORD = _own("READERS-WORD", "What a reader says")
READERS_DECISION = _own("READERS-DECISION", "Reader's decision on the model's word")
ACCEPTED = _own("ACCEPTED", "Accepted")
REJECTED = _own("REJECTED", "Rejected")
UNSURE = _own("UNSURE", "Unsure")
READERS_NOTE = _own("READERS-NOTE", "Reader's note")
READERS_NAME = Code("DCM", "121008", "Person Observer Name")
BY_READER = _own("BY-READER", "Taken from a reader's points or outlines")
PARTIAL = _own("PARTIAL", "Reaches the border of what was imaged")
QUANTITIES = _own("QUANTITIES", "Measurements of the joint")
INTENDED_USE = _own("INTENDED-USE", "Intended use")
BUNDLE = _own("BUNDLE", "Bundle of weights")
BUNDLE_SHA256 = _own("BUNDLE-SHA256", "SHA-256 of the bundle's manifest")
PROGRAM = _own("PROGRAM", "Program")
NOTICE = _own("NOTICE", "Notice")

EVALUATIONS = Code("UMLS", "C0034375", "Qualitative Evaluations")
"""The container of what is said of the whole exam (PS3.16, TID 1500, row 12)."""

DECISIONS = {"accepted": ACCEPTED, "rejected": REJECTED, "unsure": UNSURE}
MODELS_WORDS = {
    "positive": _own("ABOVE-POINT", "Probability at or above the operating point"),
    "negative": _own("BELOW-POINT", "Probability below the operating point"),
    "not_called": NOT_CALLED,
    "not_assessed": NOT_ASSESSED,
}
"""Word of a finding -> its code. A model says nothing of presence or absence; a reader does."""

READERS_WORDS = {"positive": PRESENT, "negative": ABSENT, "unsure": UNSURE, "not_assessed": NOT_ASSESSED}
"""Word of a reader -> its code."""


def coded(code: Code) -> CodedConcept:
    """A code as an item of a code sequence."""
    from highdicom.sr import CodedConcept

    return CodedConcept(code.value, code.scheme, code.meaning)


def own_scheme() -> CodingSchemeIdentificationItem:
    """Who is responsible for this project's own codes."""
    from highdicom.coding_schemes import CodingSchemeIdentificationItem

    return CodingSchemeIdentificationItem(
        designator=PRIVATE_SCHEME,
        name="OrthoDiffusion, structures, findings and measurements of joints",
        responsible_organization="OrthoDiffusion",
    )
