"""A report that follows an earlier one: the same words of the model, and what readers have decided since."""

from __future__ import annotations

import copy
import datetime
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import OrthoDiffusionLib
from OrthoDiffusionLib.dicom_objects.identifiers import NOT_YET, frame_of_reference_from, named_by_content, uid_from
from OrthoDiffusionLib.dicom_objects.objects import import_highdicom
from OrthoDiffusionLib.dicom_objects.provenance import MAKER, made_of
from OrthoDiffusionLib.dicom_objects.readers_words import groups_of, put_readers_words, tracking_identifier
from OrthoDiffusionLib.dicom_objects.report_items import finding_uid
from OrthoDiffusionLib.errors import DicomError
from OrthoDiffusionLib.findings import ResultsRecord
from OrthoDiffusionLib.findings.analysis import DICOM_FOLDER, DICOM_REPORT
from OrthoDiffusionLib.findings.records import read_record
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.dicom.quiet import quiet_pydicom
from OrthoDiffusionLib.volumes.files.atomic import atomic_path, make_folder

if TYPE_CHECKING:
    from pydicom.dataset import Dataset, FileDataset

_CLASS = "1.2.840.10008.5.1.4.1.1.88.34"  # Comprehensive 3D SR
_TRACKING_UNIQUE_IDENTIFIER = "112040"


def write_revised_report(results: Path, *, earlier: Path | None = None) -> Path | None:
    """Write ``dicom/report.dcm`` of a folder of results anew, with what its findings.json says of readers.

    The one before stays beside it as ``report_1.dcm`` and so on: the new one names it as its predecessor.

    Args:
        results: with a findings.json; a results folder, or what the panel saves as a report.
        earlier: the report to follow, where the folder holds none of its own.

    Returns:
        The file; None if readers have said nothing that the report of before does not say.

    Raises:
        DicomError: if there is no report of before, it is of other results, or highdicom is missing.
        OutputError: if findings.json cannot be read, or the file not be written.
    """
    import_highdicom()
    record = read_record(results)
    own = results / DICOM_FOLDER / DICOM_REPORT
    before = own if own.is_file() or earlier is None else earlier
    with quiet_pydicom():
        content = _revised(record, _read(before), where=str(before))
    if content is None:
        return None
    make_folder(own.parent)
    if before == own:
        _keep(own)
    with atomic_path(own) as temporary:
        temporary.write_bytes(content)
    return own


def check_revisable(results: Path) -> None:
    """Refuse now what `write_revised_report` would refuse once a decision is stored.

    Raises:
        DicomError, OutputError: as it does.
    """
    import_highdicom()
    record, own = read_record(results), results / DICOM_FOLDER / DICOM_REPORT
    with quiet_pydicom():
        _check_same_results(record, _read(own), where=str(own))


def _read(path: Path) -> FileDataset:
    import pydicom

    try:
        report = pydicom.dcmread(path)
    except FileNotFoundError:
        raise DicomError(Message("dicom_objects", "no_report"), where=str(path)) from None
    except Exception as error:  # pydicom raises a dozen kinds for damaged files
        raise DicomError(Message("dicom_objects", "no_report_of_ours"), where=str(path)) from error
    if str(report.get("SOPClassUID")) != _CLASS or str(report.get("Manufacturer")) != MAKER:
        raise DicomError(Message("dicom_objects", "no_report_of_ours"), where=str(path))
    return report


def _revised(record: ResultsRecord, earlier: FileDataset, *, where: str) -> bytes | None:
    """The content of the new file; None if nothing would be different."""
    from pydicom.uid import UID

    _check_same_results(record, earlier, where)
    report = copy.deepcopy(earlier)
    stated = record.study.uids.get("frame_of_reference", "")
    of_source = frame_of_reference_from(stated, "") if stated else ""
    put_readers_words(report, record, _frame_of_reference(earlier) or of_source)
    if report.ContentSequence == earlier.ContentSequence:
        return None
    report.PredecessorDocumentsSequence = [_predecessor(earlier)]
    report.InstanceNumber = int(earlier.get("InstanceNumber") or 0) + 1
    if (moment := _last_decision(record)) is not None:
        report.ContentDate, report.ContentTime = f"{moment:%Y%m%d}", f"{moment:%H%M%S}"
    program = f"{MAKER} {OrthoDiffusionLib.__version__}"
    versions = [str(one) for one in earlier.get("SoftwareVersions") or ()]
    if versions[:1] != [program]:  # what wrote a series is one thing for all of it
        report.SeriesInstanceUID = uid_from("revised", str(earlier.SeriesInstanceUID), program)
        report.SoftwareVersions = [program, *versions[1:]]
    report.SOPInstanceUID = report.file_meta.MediaStorageSOPInstanceUID = UID(NOT_YET)
    return named_by_content(report)


def _check_same_results(record: ResultsRecord, report: Dataset, where: str) -> None:
    """Refuse a report of another exam, another side or another bundle: its numbers are not those that were read."""
    study, made = str(report.StudyInstanceUID), made_of(record)
    # Without "study" the volumes are of several; without any identifier they gave no DICOM report at all.
    of_another_exam = record.study.uids.get("study", study) != study or not record.study.uids
    names = {one.name for one in record.findings}
    uids = {name: _tracking_uid(group) for group in groups_of(report) if (name := tracking_identifier(group)) in names}
    if of_another_exam or not uids or any(uid != finding_uid(name, study, made) for name, uid in uids.items()):
        raise DicomError(Message("dicom_objects", "report_of_others"), where=where)


def _tracking_uid(group: Dataset) -> str:
    for item in group.ContentSequence:
        if item.ValueType == "UIDREF" and item.ConceptNameCodeSequence[0].CodeValue == _TRACKING_UNIQUE_IDENTIFIER:
            return str(item.UID)
    return ""


def _frame_of_reference(report: Dataset) -> str:
    """Of the first place that the report states."""
    for item in report.get("ContentSequence", ()):
        if found := str(item.get("ReferencedFrameOfReferenceUID") or "") or _frame_of_reference(item):
            return found
    return ""


def _predecessor(report: Dataset) -> Dataset:
    """An item of the Predecessor Documents Sequence (PS3.3, C.17.2)."""
    from pydicom.dataset import Dataset

    instance, series, study = Dataset(), Dataset(), Dataset()
    instance.ReferencedSOPClassUID, instance.ReferencedSOPInstanceUID = report.SOPClassUID, report.SOPInstanceUID
    series.SeriesInstanceUID, series.ReferencedSOPSequence = report.SeriesInstanceUID, [instance]
    study.StudyInstanceUID, study.ReferencedSeriesSequence = report.StudyInstanceUID, [series]
    return study


def _last_decision(record: ResultsRecord) -> datetime.datetime | None:
    """When a reader said something last, in the time of that place; None if that was not noted."""
    texts = [one.review.time for one in record.findings if one.review is not None]
    texts += [one.reader.time for one in record.measurements if one.reader is not None]
    moments = []
    for text in texts:
        try:
            moments.append(datetime.datetime.fromisoformat(text))
        except ValueError:
            continue
    return max(moments, key=lambda one: one.astimezone(datetime.UTC), default=None)


def _keep(own: Path) -> None:
    """A copy of the report of before under the first free number; none if there is one already."""
    content, number = own.read_bytes(), 1
    while (kept := own.with_name(f"{own.stem}_{number}.dcm")).exists():
        if kept.read_bytes() == content:
            return
        number += 1
    with atomic_path(kept) as temporary:
        shutil.copyfile(own, temporary)
