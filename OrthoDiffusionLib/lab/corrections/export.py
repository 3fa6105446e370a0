"""A corrected case as files that `finetune --table` reads; an export is there as a whole or not at all.

    corrections.csv, corrections.json       the table, and what its cases have in common
    CASE/images-HASH/PLANE.nii.gz           the volumes; written once, however often the case is exported
    CASE/NUMBER/PLANE_after.nii.gz          label map on the volume's own grid, as corrected; the table names the newest
    CASE/NUMBER/PLANE_before.nii.gz         the same as predicted
    CASE/NUMBER/before.nii.gz, after.nii.gz both on the grid of the prediction, voxel for voxel
    CASE/NUMBER/correction.json             who, when, what; which bundle predicted; the scores of each structure

A label map holds 255 where the prediction's grid does not reach: nothing is known there.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from OrthoDiffusionLib import __version__
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.findings.complete_folder import complete_folder
from OrthoDiffusionLib.findings.label_resampling import labels_on
from OrthoDiffusionLib.lab.corrections.corrected_case import CorrectedCase
from OrthoDiffusionLib.lab.corrections.correction_table import (
    TABLE_FILE,
    TableFacts,
    agreed_facts,
    locked,
    put_row,
    write_facts,
)
from OrthoDiffusionLib.lab.evaluation.scores.segmentation_scores import imaged_region
from OrthoDiffusionLib.moment import now
from OrthoDiffusionLib.progress import ProgressCallback, report
from OrthoDiffusionLib.volumes import Plane, Volume
from OrthoDiffusionLib.volumes.files.volume_file import write_volume

UNKNOWN_LABEL = 255
"""In a label map: nothing is known here. `finetune` leaves such voxels out."""

PROVENANCE_FILE = "correction.json"
PROVENANCE_SCHEMA = 1


@dataclass(frozen=True)
class Exported:
    """What an export wrote.

    Attributes:
        table: the CSV.
        case: its name there.
        number: how often the case was exported, this time included; earlier exports stay beside it.
        updated: whether the case was in the table before.
        edited, covered: names of the structures that were changed, and of those that teach.
    """

    table: Path
    case: str
    number: int
    updated: bool
    edited: tuple[str, ...]
    covered: tuple[str, ...]

    def as_dict(self) -> dict:
        """The same as plain data, for JSON."""
        return {**asdict(self), "table": str(self.table)}


def export_case(case: CorrectedCase, folder: Path, *, progress: ProgressCallback | None = None) -> Exported:
    """Add a corrected case to a folder's table, or bring it up to date there.

    Args:
        case: with at least one structure that a person has edited or reviewed.
        folder: of the table; made if it is not there.

    Raises:
        TrainingError: if nothing of it may teach, or the folder's cases give labels another meaning.
        OutputError: if something cannot be written; table and earlier exports stay as they were then.
    """
    if not case.vouched:
        raise TrainingError(
            "No structure was edited or marked as right, so that there is nothing to learn from",
            where=case.name,
            remedy="Correct an outline, or set the status of those that are right to ‘Completed’"
            " (on the command line: --reviewed), and export again.",
        )
    folder = Path(folder).absolute()
    labels = {structure.name: structure.label for structure in case.structures}
    with locked(folder):
        facts = agreed_facts(folder, TableFacts(case.joint, labels))
        served = _served(case)
        images = _write_images(case, served, folder, progress)
        number = 1 + max([0, *_numbers(folder / case.name)])
        home = folder / case.name / str(number)
        with _whole(home) as temporary:
            _write_maps(case, served, temporary, progress)
            _write_provenance(case, served, images, number, temporary)
        report(progress, "table", 0.97, "Writing the table")
        write_facts(folder, facts)
        updated = put_row(folder / TABLE_FILE, _row(case, served, images, number))
    return Exported(folder / TABLE_FILE, case.name, number, updated, case.edited, case.vouched)


def _whole(home: Path):
    return complete_folder(home, overwrite=False, ours=lambda name: False, marker="", kind="folder of the case")


def _served(case: CorrectedCase) -> dict[Plane, Volume]:
    """Each volume once, for the first plane that it serves: a 3D volume serves the others by itself again."""
    served: dict[Plane, Volume] = {}
    for plane, volume in case.volumes.items():
        if not any(volume is other for other in served.values()):
            served[plane] = volume
    return served


def _numbers(home: Path) -> list[int]:
    """Numbers of the exports of a case that are there."""
    return [int(path.name) for path in home.glob("*") if path.name.isdecimal()] if home.is_dir() else []


def _write_images(
    case: CorrectedCase, served: dict[Plane, Volume], folder: Path, progress: ProgressCallback | None
) -> str:
    """Name of the folder of the case's images, below the case's; written unless the same images are there."""
    digest = hashlib.sha256()
    for plane, volume in served.items():
        digest.update(f"{plane.value} {volume.array.dtype.str} {volume.array.shape}".encode())
        digest.update(volume.geometry.affine.tobytes())
        digest.update(np.ascontiguousarray(volume.array).data)
    name = f"images-{digest.hexdigest()[:12]}"
    home = folder / case.name / name
    if not home.is_dir():
        with _whole(home) as temporary:
            for number, (plane, volume) in enumerate(served.items()):
                report(progress, "images", 0.4 * number / len(served), f"Writing the {plane.value} images")
                write_volume(volume, temporary / f"{plane.value}.nii.gz")
    return name


def _write_maps(
    case: CorrectedCase, served: dict[Plane, Volume], folder: Path, progress: ProgressCallback | None
) -> None:
    for done, (word, labels) in enumerate((("before", case.before()), ("after", case.after()))):
        report(progress, "labels", 0.4 + 0.3 * done, f"Writing the label maps {word} the correction")
        write_volume(labels, folder / f"{word}.nii.gz")
        for plane, volume in served.items():
            write_volume(map_on(labels, volume), folder / f"{plane.value}_{word}.nii.gz")


def map_on(labels: Volume, image: Volume) -> Volume:
    """Labels on the grid of an image: 255 where the labels' own grid does not reach."""
    carried = labels_on(labels, image.geometry).array.copy()
    carried[~imaged_region(image.geometry, [labels.geometry])] = UNKNOWN_LABEL
    return Volume(carried, image.geometry)


def _write_provenance(case: CorrectedCase, served: dict[Plane, Volume], images: str, number: int, folder: Path) -> None:
    content = {
        "schema_version": PROVENANCE_SCHEMA,
        "case": case.name,
        "patient": case.patient,
        "number": number,
        "exported": now(),
        "software": f"OrthoDiffusion {__version__}",
        "reader": case.reader,
        "bundle": asdict(case.bundle),
        "predicted": case.predicted,
        "joint": case.joint,
        "side": case.side.value if case.side else None,
        "edited": list(case.edited),
        "covers": list(case.vouched),
        "images": {plane.value: f"../{images}/{plane.value}.nii.gz" for plane in served},
        "structures": {
            structure.name: {"label": structure.label, "reviewed": structure.reviewed, **structure.change.as_dict()}
            for structure in case.structures
        },
    }
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / PROVENANCE_FILE).write_text(text + "\n", encoding="utf-8")


def _row(case: CorrectedCase, served: dict[Plane, Volume], images: str, number: int) -> dict[str, str]:
    row = {
        "case": case.name,
        "patient": case.patient,
        "side": case.side.value if case.side else "",
        "joint": case.joint,
        "covers": " ".join(case.vouched),
    }
    for plane in Plane:  # a plane that has no volume any more keeps none of an earlier export
        there = plane in served
        row[plane.value] = f"{case.name}/{images}/{plane.value}.nii.gz" if there else ""
        row[f"{plane.value}_labels"] = f"{case.name}/{number}/{plane.value}_after.nii.gz" if there else ""
    return row
