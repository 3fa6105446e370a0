"""SKM-TEA: sagittal 3D qDESS series in HDF5, with outlines of cartilage and menisci and boxes around lesions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from OrthoDiffusionLib.lab.public_data.assumed_geometry import directions_of, write_once
from OrthoDiffusionLib.lab.public_data.data_set import Contents, DataSet, Report, array_fault
from OrthoDiffusionLib.lab.public_data.findings import (
    ACL,
    CARTILAGE_DEFECT,
    EFFUSION,
    LATERAL_MENISCUS,
    MEDIAL_MENISCUS,
    PCL,
)
from OrthoDiffusionLib.lab.public_data.hdf5 import open_hdf5
from OrthoDiffusionLib.lab.training.tables.case_splits import TEST, TRAIN, VALIDATION
from OrthoDiffusionLib.lab.training.tables.side_of_labels import side_of_labels
from OrthoDiffusionLib.volumes import Geometry, Volume

STRUCTURES = (
    "patellar_cartilage",
    "femoral_cartilage",
    "medial_tibial_cartilage",
    "lateral_tibial_cartilage",
    "medial_meniscus",
    "lateral_meniscus",
)
"""In the order of the channels of `seg`; in the label maps that are written each has its number from 1."""

VALUES = {name: number for number, name in enumerate(STRUCTURES, start=1)}
MEDIAL, LATERAL = VALUES["medial_meniscus"], VALUES["lateral_meniscus"]
_GROWS_TO = {"SI": "I", "IS": "S", "AP": "P", "PA": "A", "LR": "R", "RL": "L"}
_EXTRUSION = "extrusion"
_SPLITS = {"train": TRAIN, "val": VALIDATION, "test": TEST}


def _read(folder: Path, images: Path, report: Report) -> Contents:
    lists = {part: _annotations(folder, part) for part in _SPLITS}
    if not any(lists.values()):
        raise SKM_TEA.wrong_folder(folder, "there are no annotations/v1.0.0/train.json, val.json and test.json")
    place = next((path for path in sorted(folder.rglob("image_files")) if path.is_dir()), None)
    if place is None:
        raise SKM_TEA.wrong_folder(folder, "there is no image_files; unpack image_files.tar.gz first")
    contents, looked_at, done = Contents(), 0, 0
    for part, content in lists.items():
        if content is None:
            contents.notices.append(f"there is no {part}.json; its exams are not used")
            continue
        marks = _marks(content)
        for image in content["images"]:
            case = str(image["scan_id"])
            path = place / str(image["file_name"])
            if not path.exists():
                contents.skip(case, f"there is no image_files/{path.name}")
                continue
            row, fault = _exam(path, image, marks.get(image["id"], []), images / case)
            if fault:
                contents.skip(case, fault)
                continue
            looked_at += bool(image.get("inspected"))
            row |= {"case": case, "patient": f"subject_{image['subject_id']}", "split": _SPLITS[part]}
            contents.rows.append(row)
            done += 1
            if done % 20 == 0:
                report(f"{done} exams converted")
    contents.notices.append(
        f"lesions were looked for in {looked_at} of {len(contents.rows)} exams; in the others findings are not known. "
        "Meniscal extrusion does not count as a tear; a cruciate ligament of any grade counts as injured"
    )
    return contents


def _annotations(folder: Path, part: str) -> dict[str, Any] | None:
    found = sorted(folder.rglob(f"v1.0.0/{part}.json")) or sorted(folder.rglob(f"annotations/{part}.json"))
    if not found:
        return None
    try:
        content = json.loads(found[0].read_text(encoding="utf-8"))
        return content if isinstance(content["images"], list) else None
    except (ValueError, KeyError, TypeError):
        raise SKM_TEA.wrong_folder(folder, f"{part}.json is damaged") from None


def _marks(content: Mapping[str, Any]) -> dict[int, list[dict[str, Any]]]:
    """Image -> marks, each with its category, tissue and box."""
    categories = {one["id"]: one for one in content.get("categories", [])}
    tissues = {one["id"]: str(one["name"]) for one in content.get("tissues", [])}
    found: dict[int, list[dict[str, Any]]] = {}
    for one in content.get("annotations", []):
        category = categories.get(one.get("category_id"), {})
        mark = {
            "kind": str(category.get("supercategory", "")),
            "name": str(category.get("name", "")).lower(),
            "tissue": tissues.get(one.get("tissue_id"), ""),
            "box": [float(value) for value in one.get("bbox", [])],
        }
        found.setdefault(one.get("image_id"), []).append(mark)
    return found


def _exam(
    path: Path, image: Mapping[str, Any], marks: list[dict[str, Any]], target: Path
) -> tuple[dict[str, str], str]:
    """Columns of a row, or why the exam cannot be used."""
    try:
        with open_hdf5(path) as file:
            first, second, seg = (np.asarray(file[name]) for name in ("echo1", "echo2", "seg"))
    except KeyError:
        return {}, "it lacks echo1, echo2 or seg"
    except OSError:
        return {}, "the file is damaged or ends too early"
    fault = array_fault(first) or array_fault(second)
    if fault:
        return {}, fault
    if seg.shape != (*first.shape, len(STRUCTURES)) or second.shape != first.shape:
        return {}, f"its outlines of {seg.shape} are not on the grid of its image, {first.shape}: they contradict it"
    if any(len(mark["box"]) == 6 and not _inside(mark["box"], first.shape) for mark in marks):
        return {}, f"a mark lies outside the image of {first.shape}: labels and image are not of one exam"
    words = "".join(_GROWS_TO.get(str(word), "?") for word in image.get("orientation", ()))
    spacing = tuple(float(value) for value in image.get("voxel_spacing", ()))
    if len(spacing) != 3 or min(spacing) <= 0 or len(words) != 3 or "?" in words:
        return {}, "its annotation names no spacing or no orientation"
    geometry = Geometry.from_axes(
        first.shape, spacing_mm=spacing, directions=directions_of(words), centre_ras=(0.0, 0.0, 0.0)
    )
    labels = np.zeros(first.shape, np.uint8)
    for number in range(len(STRUCTURES)):
        labels[seg[..., number] > 0] = number + 1
    label_map = Volume(labels, geometry)
    side = side_of_labels(label_map, MEDIAL, LATERAL) or side_of_labels(
        label_map, VALUES["medial_tibial_cartilage"], VALUES["lateral_tibial_cartilage"]
    )
    if side is None:
        return {}, "its outlines do not tell the side"
    both = np.sqrt(first.astype(np.float32) ** 2 + second.astype(np.float32) ** 2)
    both = np.clip(np.rint(both * (32767 / max(32767.0, float(both.max())))), 0, 32767).astype(np.int16)
    row = {
        "side": side.value,
        "sagittal": str(write_once(target / "sagittal.nii.gz", Volume(both, geometry))),
        "sagittal_labels": str(write_once(target / "sagittal_labels.nii.gz", label_map)),
        "covers": " ".join(STRUCTURES),
    }
    return row | (_findings(marks, labels) if image.get("inspected") else {}), ""


def _inside(box: list[float], shape: tuple[int, ...]) -> bool:
    return all(
        start >= 0 and start + length <= size for start, length, size in zip(box[:3], box[3:], shape, strict=True)
    )


def _findings(marks: list[dict[str, Any]], labels: np.ndarray) -> dict[str, str]:
    found = dict.fromkeys((MEDIAL_MENISCUS, LATERAL_MENISCUS, ACL, PCL, EFFUSION, CARTILAGE_DEFECT.name), "0")
    for mark in marks:
        if mark["kind"] == "Effusion":
            found[EFFUSION] = "1"
        elif mark["kind"] == "Cartilage Lesion":
            found[CARTILAGE_DEFECT.name] = "1"
        elif mark["kind"] == "Ligament Tear" and mark["tissue"] in ("ACL", "PCL"):
            found[ACL if mark["tissue"] == "ACL" else PCL] = "1"
        elif mark["kind"] == "Meniscal Tear" and _EXTRUSION not in mark["name"]:
            torn = _menisci(mark["box"], labels)
            for name in torn:
                if len(torn) == 1:
                    found[name] = "1"
                elif found.get(name) == "0":  # which of the two is torn is not known
                    found.pop(name)
    return found


def _menisci(box: list[float], labels: np.ndarray) -> tuple[str, ...]:
    """The meniscus whose slices are nearest to a box; both where that cannot be told."""
    if len(box) != 6:
        return MEDIAL_MENISCUS, LATERAL_MENISCUS
    middle = box[2] + box[5] / 2
    places = {}
    for name, value in ((MEDIAL_MENISCUS, MEDIAL), (LATERAL_MENISCUS, LATERAL)):
        slices = np.flatnonzero((labels == value).any(axis=(0, 1)))
        if not len(slices):
            return MEDIAL_MENISCUS, LATERAL_MENISCUS
        places[name] = abs(middle - float(slices.mean()))
    return (min(places, key=lambda name: places[name]),)


SKM_TEA = DataSet(
    key="skm-tea",
    title="SKM-TEA",
    layout="image_files (unpacked) and annotations/v1.0.0",
    licence="of Stanford University, for research (assumed; read it where you register)",
    access="an account at Stanford AIMI",
    size="155 exams; 900 GB packed and 1.6 TB unpacked with the raw data, which are not needed here",
    address="https://stanfordaimi.azurewebsites.net/datasets/4aaeafb9-c6e6-4e3c-9188-3aaaf0e0a9e7",
    site="Stanford Healthcare",
    geometry="spacing and directions are in the annotations, the place is not: exams are centred. The side is told by "
    "the outlines. The image is the root of the sum of the squares of both echoes",
    facts="layout, order of the outlines, spacing, directions, categories, sizes: StanfordMIMI/skm-tea, DATASET.md and "
    "annotations/v1.0.0",
    read=_read,
    new_findings=(CARTILAGE_DEFECT,),
    label_values=VALUES,
)
