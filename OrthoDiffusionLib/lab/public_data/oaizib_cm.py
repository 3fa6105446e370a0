"""OAIZIB-CM: sagittal 3D series with outlines of bones and cartilage, in the folders of nnU-Net."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.public_data.data_set import Contents, DataSet, Report
from OrthoDiffusionLib.lab.training.tables.case_splits import TEST
from OrthoDiffusionLib.lab.training.tables.side_of_labels import side_of_labels
from OrthoDiffusionLib.volumes import read_volume

VALUES = {
    "femur": 1,
    "femoral_cartilage": 2,
    "tibia": 3,
    "medial_tibial_cartilage": 4,
    "lateral_tibial_cartilage": 5,
}


def _read(folder: Path, images: Path, report: Report) -> Contents:
    del images  # used where they are
    if not (folder / "imagesTr").is_dir() or not (folder / "labelsTr").is_dir():
        raise OAIZIB_CM.wrong_folder(folder, "there are no imagesTr and labelsTr")
    contents, sides = Contents(), _sides(folder)
    if not sides:
        contents.notices.append("there is no info/kneeSideInfo.csv; the side is told by the outlines alone")
    if not (folder / "imagesTs").is_dir():
        contents.notices.append("there is no imagesTs; the held-out patients are dealt from the others")
    for part, split in (("Tr", ""), ("Ts", TEST)):
        for number, image in enumerate(sorted((folder / f"images{part}").glob("*_0000.nii.gz"))):
            case = image.name.removesuffix("_0000.nii.gz")
            labels = folder / f"labels{part}" / f"{case}.nii.gz"
            if not labels.exists():
                contents.skip(case, f"there is no {labels.parent.name}/{labels.name}")
                continue
            side, fault = _side(labels, sides.get(case))
            if fault or side is None:
                contents.skip(case, fault)
                continue
            contents.rows.append(
                {
                    "case": case,
                    "patient": case,
                    "side": side.value,
                    "split": split,
                    "sagittal": str(image.resolve()),
                    "sagittal_labels": str(labels.resolve()),
                    "covers": " ".join(VALUES),
                }
            )
            if (number + 1) % 50 == 0:
                report(f"{number + 1} label maps read")
        images_there = {path.name.removesuffix("_0000.nii.gz") for path in (folder / f"images{part}").glob("*.nii.gz")}
        for labels in sorted((folder / f"labels{part}").glob("*.nii.gz")):
            if labels.name.removesuffix(".nii.gz") not in images_there:
                contents.skip(labels.name.removesuffix(".nii.gz"), "there is a label map and no image")
    return contents


def _side(path: Path, said: Side | None) -> tuple[Side | None, str]:
    """The side of a case, or why it cannot be used."""
    try:
        volume = read_volume(path)
    except OrthoDiffusionError as error:
        return None, f"the label map cannot be read: {error.what}"
    present = set(np.unique(volume.array).tolist())
    unknown = sorted(present - {0, *VALUES.values()})
    if unknown or present <= {0}:
        return None, f"the label map holds {'the values ' + str(unknown[:5]) if unknown else 'no outline'}"
    shown = side_of_labels(volume, VALUES["medial_tibial_cartilage"], VALUES["lateral_tibial_cartilage"])
    if said is not None and shown is not None and said is not shown:
        return None, (
            f"the list says {said.value}, and the medial and lateral cartilage lie as in a {shown.value} knee: "
            "labels and image, or list and image, contradict each other"
        )
    side = said or shown
    return side, "" if side is not None else "nothing tells the side"


def _sides(folder: Path) -> dict[str, Side]:
    path = folder / "info" / "kneeSideInfo.csv"
    if not path.exists():
        return {}
    found = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file):  # without a header
            side = Side.from_text(row[1].strip()) if len(row) > 1 else None
            if side is not None:
                found[row[0].strip().removesuffix(".nii.gz").removesuffix("_0000")] = side
    return found


OAIZIB_CM = DataSet(
    key="oaizib-cm",
    title="OAIZIB-CM",
    layout="imagesTr, labelsTr, imagesTs, labelsTs and info",
    licence="CC BY-NC 4.0; the images are of the Osteoarthritis Initiative",
    access="a download from Hugging Face",
    size="507 sagittal 3D DESS series",
    address="https://huggingface.co/datasets/YongchengYAO/OAIZIB-CM",
    site="",
    geometry="complete: NIfTI files with spacing and orientation; the side is in info/kneeSideInfo.csv",
    facts="layout, values and licence: programs that read it; four clinics, all with one kind of scanner (assumed)",
    read=_read,
    label_values=VALUES,
)
