"""A study's outlines before and after a correction, on their way from the panel to a process, as a folder of arrays.

correction.json     what the arrays are: see HandedCorrection
N.npy               uint8 (I, J, K) voxels of one structure, not 0 inside, in the smallest box around them
study/              its volumes (`volumes.files.study_folder`), where they are asked for
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError, StudyError
from OrthoDiffusionLib.volumes import Geometry, Volume
from OrthoDiffusionLib.volumes.files.array_steps import write_array_in_steps

SCHEMA_VERSION = 1
FILE_NAME, STUDY_FOLDER = "correction.json", "study"


@dataclass(frozen=True, eq=False)
class HandedStructure:
    """One structure.

    Attributes:
        name: its key.
        label: its value in label maps; 0 where that is of no interest.
        before, after: (I, J, K) voxels, not 0 inside; None for none.
        reviewed: whether a person says that it is right.
    """

    name: str
    label: int
    before: Volume | None
    after: Volume | None
    reviewed: bool = False


@dataclass(frozen=True, eq=False)
class HandedCorrection:
    """What the panel hands over.

    Attributes:
        structures: those of the study.
        facts: plain data about the study: name, patient, joint, side, bundle, predicted, reader, planes; may be empty.
        grid: of the prediction; None where it is of no interest.
    """

    structures: tuple[HandedStructure, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    grid: Geometry | None = None


def write_correction_in_steps(folder: str | Path, correction: HandedCorrection) -> Generator[None, None, None]:
    """Write it in steps of a few milliseconds; `correction.json` comes last: where it is, all is.

    Raises:
        OutputError: if the folder cannot be written.
    """
    folder = Path(folder)
    entries, count = [], 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for structure in correction.structures:
            entry: dict[str, Any] = {
                "name": structure.name, "label": structure.label, "reviewed": structure.reviewed,
            }  # fmt: skip
            for word, volume in (("before", structure.before), ("after", structure.after)):
                entry[word] = None
                if volume is None:
                    continue
                entry[word] = {"array": f"{count}.npy", "affine": volume.geometry.affine.tolist()}
                for _ in write_array_in_steps(folder / f"{count}.npy", volume.array):
                    yield
                count += 1
                yield
            entries.append(entry)
        grid = correction.grid
        content = {
            "schema_version": SCHEMA_VERSION,
            "facts": dict(correction.facts),
            "grid": {"shape": list(grid.shape), "affine": grid.affine.tolist()} if grid is not None else None,
            "structures": entries,
        }
        temporary = folder / f".{FILE_NAME}.partial"
        temporary.write_text(json.dumps(content), encoding="utf-8")
        temporary.replace(folder / FILE_NAME)
    except OSError as error:
        raise OutputError(
            f"The outlines cannot be handed over: {error.strerror or error}",
            where=str(folder),
            remedy="Free some disk space, or choose another folder for temporary files.",
        ) from error


def read_correction(folder: str | Path) -> HandedCorrection:
    """What `write_correction_in_steps` wrote.

    Raises:
        StudyError: if the folder is not complete, or of another version.
    """
    folder = Path(folder)
    try:
        content = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        if content["schema_version"] != SCHEMA_VERSION:
            raise ValueError(f"schema version {content['schema_version']}; {SCHEMA_VERSION} is needed")
        structures = tuple(
            HandedStructure(
                str(entry["name"]), int(entry["label"]), _mask(folder, entry["before"]),
                _mask(folder, entry["after"]), bool(entry["reviewed"]),
            )
            for entry in content["structures"]
        )  # fmt: skip
        grid = content["grid"]
        return HandedCorrection(
            structures,
            dict(content["facts"]),
            Geometry(tuple(grid["shape"]), np.asarray(grid["affine"], float)) if grid is not None else None,
        )
    except (OSError, ValueError, KeyError, TypeError, EOFError, OrthoDiffusionError) as error:
        raise StudyError(
            f"The outlines that were handed over cannot be read: {error}", where=str(folder), remedy="Try it again."
        ) from error


def _mask(folder: Path, entry: Mapping[str, Any] | None) -> Volume | None:
    if entry is None:
        return None
    name = str(entry["array"])
    if Path(name).name != name:
        raise ValueError("an array lies outside of the folder")
    array = np.load(folder / name, allow_pickle=False)  # a pickle could carry code
    return Volume(array, Geometry(array.shape, np.asarray(entry["affine"], float)))
