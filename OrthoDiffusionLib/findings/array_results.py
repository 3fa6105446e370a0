"""Results on their way back to who handed the volumes in: findings.json and the grids as arrays, as they lie in memory.

A results folder is for people and for other programs; compressing its files and drawing its picture takes longer than
handing results over. What is handed back lies in a temporary folder::

    findings.json                   as in the results folder
    arrays/arrays.json              {"schema_version": 1, "segmentation": GRID, "evidence": {FINDING: GRID}}
    arrays/segmentation.npy         uint8 labels (I, J, K)
    arrays/evidence/<finding>.npy   uint8 0 to 100 (I, J, K)

A GRID is ``{"array": path below arrays, "affine": index → RAS mm, 4 × 4}``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError
from OrthoDiffusionLib.findings.analysis import DICOM_FOLDER, Analysis, write_findings_json
from OrthoDiffusionLib.findings.complete_folder import complete_folder
from OrthoDiffusionLib.findings.results_json import read_findings_json
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes import Geometry, Volume
from OrthoDiffusionLib.volumes.files.array_steps import read_array_in_steps, write_array_in_steps

SCHEMA_VERSION = 1
FOLDER, FILE_NAME = "arrays", "arrays.json"


def write_array_results(
    analysis: Analysis,
    folder: str | Path,
    *,
    overwrite: bool = False,
    beside: Callable[[Path], object] | None = None,
) -> Path:
    """Write what the other side needs to show an analysis; the folder appears complete or not at all.

    Args:
        analysis: what was found.
        folder: to be made.
        overwrite: replace an older folder of this kind.
        beside: writes its own files, into ``dicom`` below the folder that it gets, before the folder is complete.

    Returns:
        The folder.

    Raises:
        OutputError: if the folder exists, cannot be written, or the disk is full; nothing is left behind.
    """
    with complete_folder(
        Path(folder),
        overwrite=overwrite,
        ours={"findings.json", FOLDER, DICOM_FOLDER}.__contains__,
        marker="findings.json",
    ) as temporary:
        write_findings_json(analysis, temporary)
        (temporary / FOLDER / "evidence").mkdir(parents=True)
        content = {
            "schema_version": SCHEMA_VERSION,
            "segmentation": _write(temporary, "segmentation.npy", analysis.segmentation.labels),
            "evidence": {
                finding.name: _write(temporary, f"evidence/{finding.name}.npy", finding.evidence)
                for finding in analysis.findings
                if finding.evidence is not None
            },
        }
        (temporary / FOLDER / FILE_NAME).write_text(json.dumps(content, indent=1), encoding="utf-8")
        if beside is not None:
            beside(temporary)
    return Path(folder)


def write_labels(labels: Volume, folder: Path) -> None:
    """Write a label map alone, without findings, into a folder that is there.

    Raises:
        OSError: if it cannot be written.
    """
    (folder / FOLDER).mkdir(exist_ok=True)
    grid = _write(folder, "segmentation.npy", labels)
    content = {"schema_version": SCHEMA_VERSION, "segmentation": grid, "evidence": {}}
    (folder / FOLDER / FILE_NAME).write_text(json.dumps(content, indent=1), encoding="utf-8")


def is_array_results(folder: str | Path) -> bool:
    """Whether a folder holds arrays; else it is a results folder, or none."""
    return (Path(folder) / FOLDER / FILE_NAME).is_file()


@dataclass
class ArrayResults:
    """What `write_array_results` wrote, read in steps of a few milliseconds.

    Attributes:
        folder: where it is.
        findings: the content of findings.json.
        labels: uint8 structure labels; None before `steps` has come to them.
        evidence: finding's name → heat map of uint8 0 to 100.
    """

    folder: Path
    findings: dict = field(default_factory=dict)
    labels: Volume | None = None
    evidence: dict[str, Volume] = field(default_factory=dict)

    def steps(self) -> Generator[None, None, None]:
        """Read everything.

        Raises:
            OutputError: if the folder is not complete, or of another schema.
        """
        self.findings = read_findings_json(self.folder / "findings.json")
        grids = self._grids()
        yield
        self.labels = yield from self._read("segmentation", grids.get("segmentation"))
        evidence = grids["evidence"]
        for finding in self.findings["findings"]:
            name = finding["name"]
            if finding["evidence"]:
                self.evidence[name] = yield from self._read(f"evidence of {name}", evidence.get(name))

    def segmentation_steps(self) -> Generator[None, None, Volume]:
        """Read and return the labels alone."""
        self.labels = yield from self._read("segmentation", self._grids().get("segmentation"))
        return self.labels

    def _grids(self) -> dict:
        path = self.folder / FOLDER / FILE_NAME
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            version = content["schema_version"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise self._unreadable(FILE_NAME, error) from error
        if version != SCHEMA_VERSION or not isinstance(content.get("evidence"), dict):
            values = {"name": FILE_NAME, "version": str(version), "needed": SCHEMA_VERSION}
            raise OutputError(Message("results", "array_version", values), where=str(self.folder))
        return content

    def _read(self, name: str, grid: object) -> Generator[None, None, Volume]:
        """One grid; the name is for messages."""
        grid = grid if isinstance(grid, dict) else {}
        file_name = str(grid.get("array", ""))
        home = self.folder / FOLDER
        path = home / file_name
        try:
            # A folder from elsewhere must not point out of itself.
            if not file_name or not path.resolve().is_relative_to(home.resolve()):
                raise ValueError("it is not in the folder")
            array = yield from read_array_in_steps(path)
            if array.dtype != np.uint8 or array.ndim != 3:
                raise ValueError("it does not hold one 3D image of uint8 voxels")
            return Volume(array, Geometry(array.shape, np.asarray(grid["affine"], np.float64)), name=name)
        except (OSError, ValueError, KeyError, TypeError, OrthoDiffusionError) as error:
            raise self._unreadable(file_name or name, error) from error

    def _unreadable(self, name: str, error: Exception) -> OutputError:
        return OutputError(
            Message("results", "array_unreadable", {"name": name, "error": error}), where=str(self.folder)
        )


def _write(folder: Path, name: str, volume: Volume) -> dict:
    # In Fortran order, which is the order of a scene's memory: it needs no reordering.
    array = np.asfortranarray(volume.array, np.uint8)
    for _ in write_array_in_steps(folder / FOLDER / name, array):
        pass
    return {"array": name, "affine": volume.geometry.affine.tolist()}
