"""Codes of the library as those of DICOM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from OrthoDiffusionLib.anatomy.coding import PRIVATE_SCHEME, Code

if TYPE_CHECKING:
    from highdicom.coding_schemes import CodingSchemeIdentificationItem
    from highdicom.sr import CodedConcept


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
