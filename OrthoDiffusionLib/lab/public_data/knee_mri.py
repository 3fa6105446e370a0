"""KneeMRI of Rijeka: sagittal series as pickled arrays, and the state of the anterior cruciate ligament."""

from __future__ import annotations

from pathlib import Path

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.public_data.assumed_geometry import placed, write_once
from OrthoDiffusionLib.lab.public_data.data_set import Contents, DataSet, Report, array_fault
from OrthoDiffusionLib.lab.public_data.findings import ACL
from OrthoDiffusionLib.lab.public_data.pickled_array import read_pickled_array
from OrthoDiffusionLib.table_file import read_table
from OrthoDiffusionLib.volumes import Plane

FIELD_OF_VIEW_MM, STEP_MM = 160.0, 3.6
"""Assumed."""

_NEEDED = ("examId", "aclDiagnosis", "kneeLR", "volumeFilename")
_BOX = ("roiX", "roiY", "roiZ", "roiWidth", "roiHeight", "roiDepth")


def _read(folder: Path, images: Path, report: Report) -> Contents:
    table = next(iter(sorted(folder.rglob("metadata.csv"))), None)
    if table is None:
        raise KNEE_MRI.wrong_folder(folder, "there is no metadata.csv")
    rows, columns = read_table(table, error=TrainingError)
    lacking = [column for column in _NEEDED if column not in columns]
    if lacking:
        raise KNEE_MRI.wrong_folder(folder, f"metadata.csv lacks the columns {', '.join(lacking)}")
    files = {path.name: path for path in sorted(folder.rglob("*.pck"))}
    if not files:
        raise KNEE_MRI.wrong_folder(folder, "there is no .pck file; unpack the .7z archives first")
    contents = Contents()
    for number, (_, row) in enumerate(rows):
        name = row["volumeFilename"]
        case = Path(name).stem
        if name not in files:
            contents.skip(case, f"there is no {name}")
            continue
        if row["aclDiagnosis"] not in ("0", "1", "2") or row["kneeLR"] not in ("0", "1"):
            contents.skip(case, "its diagnosis or its side is none of the numbers that the set uses")
            continue
        try:
            array = read_pickled_array(files[name])
            fault = array_fault(array) or _box_fault(row, array.shape)
        except ValueError as error:
            fault = f"the file is no pickled array: {error}"
        if fault:
            contents.skip(case, fault)
            continue
        pixel = FIELD_OF_VIEW_MM / max(array.shape[1:])
        volume = placed(array, Plane.SAGITTAL, pixel_mm=pixel, step_mm=STEP_MM)
        target = write_once(images / case / "sagittal.nii.gz", volume)
        contents.rows.append(
            {
                "case": case,
                "patient": row["examId"],
                "side": "left" if row["kneeLR"] == "1" else "right",
                "sagittal": str(target),
                ACL: "0" if row["aclDiagnosis"] == "0" else "1",
            }
        )
        if (number + 1) % 100 == 0:
            report(f"{number + 1} series converted")
    contents.notices.append("partial and complete ruptures count as the one finding, as in this project's list")
    return contents


def _box_fault(row: dict[str, str], shape: tuple[int, ...]) -> str:
    """Whether the region that goes with the label lies outside the array: then they are not of one series."""
    if not all(row.get(column, "").isdigit() for column in _BOX):
        return ""
    x, y, z, width, height, depth = (int(row[column]) for column in _BOX)
    if z + depth > shape[0] or y + height > shape[1] or x + width > shape[2]:
        return f"its region of interest lies outside the array of {shape}: label and image are not of one series"
    return ""


KNEE_MRI = DataSet(
    key="kneemri",
    title="KneeMRI (Štajduhar et al. 2017)",
    layout="metadata.csv and folders vol01 to vol10 of .pck files",
    licence="CC BY-NC-ND (as a guide to a competition names it; read it where you download)",
    access="a download without registration",
    size="917 sagittal series",
    address="https://zenodo.org/records/14789903",
    site="Clinical Hospital Centre Rijeka, one Siemens Avanto of 1.5 T",
    geometry=(
        "spacing and place are not in the files. Read with a field of view of 160 mm and slices 3.6 mm apart, hung as "
        "a sagittal series: places, outlines and measurements cannot be trusted. The side is in metadata.csv"
    ),
    facts="numbers, scanner and labels: the set's card at easymed.ai; layout: nicholasbien/MRNet; 1 = left: a program "
    "that reads it; the order slice, row, column of the arrays is assumed",
    read=_read,
)
