"""One DICOM data set without what identifies a person; see `rules`."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import OrthoDiffusionLib
from OrthoDiffusionLib.dicom_objects.deidentification import rules
from OrthoDiffusionLib.dicom_objects.deidentification.pseudonyms import Pseudonyms
from OrthoDiffusionLib.dicom_objects.patient_and_study import UNKNOWN_DATE, UNKNOWN_TIME
from OrthoDiffusionLib.dicom_objects.provenance import MAKER
from OrthoDiffusionLib.volumes.dicom.kinds import CAPTURE, Picture, modality_of, picture_of

if TYPE_CHECKING:
    from pydicom.dataelem import DataElement
    from pydicom.dataset import Dataset, FileDataset

_OWN_CLASSES = {
    "1.2.840.10008.5.1.4.1.1.66.4": "SEG",
    "1.2.840.10008.5.1.4.1.1.88.34": "SR",
    "1.2.840.10008.5.1.4.1.1.7": "OT",
}

_IMAGES = ("MR", "CT", "PT")
"""Modalities of cross-sections, in whose pixels no words stand unless the header says so."""

_MISSING_DATE = ("ContentDate", "ContentTime")

METHOD = f"{MAKER} {OrthoDiffusionLib.__version__}: list of what stays"


def is_ours(dataset: Dataset) -> bool:
    """Whether this program wrote it."""
    return str(dataset.get("SOPClassUID")) in _OWN_CLASSES and str(dataset.get("Manufacturer")) == MAKER


def why_not(dataset: Dataset) -> str:
    """Why a file cannot be de-identified: a variant of the notice; empty if it can."""
    if is_ours(dataset):
        return ""
    if str(dataset.get("BurnedInAnnotation") or "").strip().upper() == "YES":
        return "burned_in"
    modality = str(dataset.get("Modality") or "").strip()
    if modality not in _IMAGES or rules.PIXELS not in dataset or _is_capture(dataset, modality):
        return "kind"
    if not dataset.get("StudyInstanceUID") or not dataset.get("SOPInstanceUID"):
        return "identifiers"
    return ""


def _is_capture(dataset: Dataset, modality: str) -> bool:
    """Whether it shows a screen with the words on it, whatever modality it names; or colours, as screens do."""
    image_type = dataset.get("ImageType") or ()
    values = [image_type] if isinstance(image_type, str) else list(image_type)
    return (
        modality_of(str(dataset.SOPClassUID), modality) == CAPTURE
        or picture_of(values) is Picture.SCREEN_CAPTURE
        or not str(dataset.get("PhotometricInterpretation") or "MONOCHROME2").startswith("MONOCHROME")
    )


def deidentified(dataset: FileDataset, pseudonyms: Pseudonyms, *, patient: str = "") -> Dataset:
    """A copy of a data set, in its own transfer syntax, without what `rules` do not let stay.

    Args:
        dataset: of a whole file; for which `why_not` gives no reason.
        pseudonyms: replace identifiers, the same in every file.
        patient: what the patient is called; else a pseudonym.
    """
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import UID

    own = is_ours(dataset)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = dataset.file_meta.TransferSyntaxUID
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = UID(pseudonyms.uid(str(dataset.SOPInstanceUID)))
    copy = _cleaned(dataset, pseudonyms, own)
    copy.file_meta, copy.preamble = meta, b"\0" * 128
    copy.SpecificCharacterSet = "ISO_IR 192"
    _name_patient(copy, patient or pseudonyms.patient(dataset.get("PatientID"), dataset.get("PatientName")))
    if own:
        for keyword, value in zip(_MISSING_DATE, (UNKNOWN_DATE, UNKNOWN_TIME), strict=True):
            setattr(copy, keyword, value)
        told = str(dataset.get("SeriesDescription") or "")
        copy.SeriesDescription = told if re.fullmatch(rules.OWN_SERIES, told) else MAKER
    return copy


def _name_patient(copy: Dataset, patient: str) -> None:
    copy.PatientName = copy.PatientID = patient
    copy.PatientIdentityRemoved, copy.DeidentificationMethod = "YES", METHOD
    copy.LongitudinalTemporalInformationModified = "REMOVED"
    for keyword in (*rules.EMPTY_IN_EVERY_FILE, *(rules.EMPTY_WITH_A_PLACE if "FrameOfReferenceUID" in copy else ())):
        if keyword not in copy:
            setattr(copy, keyword, "")


def _cleaned(dataset: Dataset, pseudonyms: Pseudonyms, own: bool) -> Dataset:
    from pydicom.dataset import Dataset

    kept = Dataset()
    for element in _elements(dataset):
        if element.VR == "SQ":
            if _sequence_stays(element, own):
                items = [_cleaned(item, pseudonyms, own) for item in element.value if not own or _item_stays(item)]
                items = [item for item in items if len(item)]
                if items or (own and not element.value):
                    kept.add_new(element.tag, "SQ", items)
        elif element.VR == "UI":
            kept.add_new(element.tag, "UI", _new_uids(element.value, pseudonyms))
        elif element.keyword == rules.PIXELS:
            kept.add(element)  # as it is, compressed or not
        elif _stays(element, own):
            kept.add_new(element.tag, element.VR, element.value)
    return kept


def _elements(dataset: Dataset) -> list[DataElement]:
    """Those that can be decoded; what cannot is not known to be harmless."""
    found = []
    for tag in list(dataset.keys()):  # the keys alone: to iterate over a data set stops at a damaged element
        try:
            element = dataset[tag]
        except Exception:  # each kind of damaged element fails in its own way
            continue
        if not element.tag.is_private and element.keyword:
            found.append(element)
    return found


def _new_uids(value: Any, pseudonyms: Pseudonyms) -> Any:
    if value is None or isinstance(value, str):
        return pseudonyms.uid(str(value or ""))
    return [pseudonyms.uid(str(one)) for one in value]


def _stays(element: DataElement, own: bool) -> bool:
    keyword, group = element.keyword, element.tag.group
    if own and keyword in rules.OWN_TEXT:
        return True
    if element.VR not in rules.NUMBERS_AND_CODES or keyword in rules.NEVER or not _is_what_it_says(element):
        return False
    return group in (rules.OWN_GROUPS if own else rules.IMAGE_GROUPS) or (
        own and keyword in rules.OWN_CODES_AND_NUMBERS
    )


def _is_what_it_says(element: DataElement) -> bool:
    """Whether numbers are numbers and codes are codes: other things are written into these fields, too."""
    values = element.value if element.VM > 1 else [element.value]
    if element.VR == "CS":
        return all(re.fullmatch(r"[A-Z0-9_ ]{0,16}", str(one or "")) for one in values)
    try:
        return all(math.isfinite(float(one)) for one in values if one not in (None, ""))
    except (TypeError, ValueError):
        return False


def _sequence_stays(element: DataElement, own: bool) -> bool:
    if own and element.keyword in rules.OWN_SEQUENCES:
        return True
    if element.keyword in rules.NEVER:
        return False
    if own:
        return element.tag.group in rules.OWN_GROUPS and element.keyword != "ContributingEquipmentSequence"
    return element.tag.group in rules.IMAGE_GROUPS - {0x0008}


def _item_stays(item: Dataset) -> bool:
    """Of a report's content items; items of other sequences stay."""
    if "ValueType" not in item:
        return True
    if item.ValueType not in rules.OWN_ITEMS:
        return False
    if item.ValueType != "TEXT":
        return True
    names = item.get("ConceptNameCodeSequence") or [{}]
    return str(names[0].get("CodeValue")) in rules.OWN_WORDS
