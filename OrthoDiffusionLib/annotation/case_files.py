"""A case on its way into the scene: images, analysis and label map as arrays that a window can take up in steps.

case.json       {"volumes": [{"array", "affine", "name", "plane"}], "layers": {"array", ... } or null,
                 "origin": "autosave" | "version" | "label map" | "", "notices": [...], "results": true}
volumes/0.npy   the voxels of each image (I, J, K)
layers.npy      the voxels of the label map's layers, one after the other
results/        the analysis as `findings.array_results` hands it over, with the reader's decisions of before
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from OrthoDiffusionLib.annotation.frames import layers_data, layers_facts
from OrthoDiffusionLib.annotation.label_layers import KnownStructure, LabelLayers, layers_of_labels
from OrthoDiffusionLib.annotation.layers_file import read_layers
from OrthoDiffusionLib.errors import Notice, OrthoDiffusionError, VolumeFileError
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.findings.array_results import write_array_results
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes import Volume, read_volume
from OrthoDiffusionLib.volumes.files.array_steps import write_array_in_steps
from OrthoDiffusionLib.volumes.inputs import read_inputs

CASE, LAYERS, RESULTS = "case.json", "layers.npy", "results"


@dataclass(frozen=True)
class CaseRequest:
    """What to bring.

    Attributes:
        images: files and folders of the study.
        planes: plane's name -> an image that must serve it.
        segmentation: the label map to open; empty for none.
        origin: where that comes from, one word: "autosave", "version", "label map".
        reading: the reader's decisions of before; empty for none.
        analysis: results folder of the analysis; empty for none.
        known: what the values of a label map mean.
    """

    images: tuple[str, ...]
    planes: Mapping[str, str] = field(default_factory=dict)
    segmentation: str = ""
    origin: str = ""
    reading: str = ""
    analysis: str = ""
    known: tuple[KnownStructure, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain values for a frame."""
        known = [[one.name, one.title, one.label, list(one.colour)] for one in self.known]
        return {**vars_of(self), "images": list(self.images), "planes": dict(self.planes), "known": known}

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> CaseRequest:
        """The reverse of `as_dict`."""
        known = tuple(
            KnownStructure(str(name), str(title), int(label), (float(colour[0]), float(colour[1]), float(colour[2])))
            for name, title, label, colour in facts["known"]
        )
        texts = {key: str(facts[key]) for key in ("segmentation", "origin", "reading", "analysis")}
        return cls(tuple(map(str, facts["images"])), dict(facts["planes"]), known=known, **texts)


def vars_of(request: CaseRequest) -> dict[str, str]:
    """The fields that are texts."""
    return {key: getattr(request, key) for key in ("segmentation", "origin", "reading", "analysis")}


def bring(request: CaseRequest, out: Path) -> None:
    """Read a case and write it as arrays.

    An analysis that cannot be read is left out with a notice: the images and the reader's own label map matter more.

    Args:
        request: what to bring.
        out: an empty folder.

    Raises:
        OrthoDiffusionError: if there is no image, or the label map cannot be read. A label map that cannot be read is
            never passed over: what is drawn anew would take its place.
    """
    layers = _layers(request) if request.segmentation else None
    volumes, notices = _volumes(request)
    (out / "volumes").mkdir(parents=True, exist_ok=True)
    entries = []
    for number, (volume, plane) in enumerate(volumes):
        name = f"volumes/{number}.npy"
        _write(out / name, _for_the_scene(volume.array))
        entries.append({"array": name, "affine": volume.geometry.affine.tolist(), "name": volume.name, "plane": plane})
    content: dict[str, Any] = {"volumes": entries, "origin": request.origin if layers is not None else ""}
    content["layers"] = None
    if layers is not None:
        _write(out / LAYERS, np.frombuffer(layers_data(layers), np.uint8))
        content["layers"] = layers_facts(layers)
    content["results"] = False
    if request.analysis:
        try:
            _bring_analysis(Path(request.analysis), request.reading, out / RESULTS)
            content["results"] = True
        except OrthoDiffusionError as error:
            notices = [*notices, str(error)]
    content["reading"] = _reading(request.reading)
    content["notices"] = notices
    (out / CASE).write_text(json.dumps(content), encoding="utf-8")


def _volumes(request: CaseRequest) -> tuple[list[tuple[Volume, str]], list[str]]:
    """(volume, plane that it must serve or an empty text) of each image, and what was noticed."""
    found: list[tuple[Volume, str]] = []
    notices: list[Notice] = []
    loose = [path for path in request.images if path not in request.planes.values()]
    if loose:
        volumes, noticed = read_inputs(loose)
        found += [(volume, "") for volume in volumes]
        notices += noticed
    for plane, path in request.planes.items():
        volumes, noticed = read_inputs([path])
        found += [(volume, plane) for volume in volumes]
        notices += noticed
    return found, [str(notice) for notice in notices]


def _layers(request: CaseRequest) -> LabelLayers:
    return read_label_map(Path(request.segmentation), request.known)


def read_label_map(path: Path, known: Sequence[KnownStructure]) -> LabelLayers:
    """A label map of ours, of Slicer's, or of anybody's in an image file.

    Raises:
        OrthoDiffusionError: if it cannot be read, or is an image.
    """
    if path.name.lower().endswith(".seg.nrrd"):
        layers = read_layers(path)
        if not layers.names_nothing:
            return layers
    try:
        return layers_of_labels(read_volume(path), known)
    except ValueError as error:
        raise VolumeFileError(Message("worklist", "no_label_map", {"error": error}), where=str(path)) from error


def _for_the_scene(array: np.ndarray) -> np.ndarray:
    """Of a type that VTK has; whole numbers as short as they are, others as float."""
    if array.dtype.kind in "iu" and array.dtype.itemsize <= 4:
        return np.asfortranarray(array, array.dtype.newbyteorder("="))
    if array.dtype.kind == "b":
        return np.asfortranarray(array, np.uint8)
    return np.asfortranarray(array, np.float32)


def _write(path: Path, array: np.ndarray) -> None:
    for _ in write_array_in_steps(path, array):
        pass


def _bring_analysis(folder: Path, reading: str, out: Path) -> None:
    write_array_results(Analysis.load(folder), out)
    told = _reading(reading)
    reviews, values = told.get("reviews", {}), told.get("measurements", {})
    path = out / "findings.json"
    findings = json.loads(path.read_text(encoding="utf-8"))
    for finding in findings["findings"]:
        if finding["name"] in reviews:
            finding["review"] = reviews[finding["name"]]
    for measurement in findings.get("measurements", ()):
        if measurement["name"] in values:
            measurement["reader"] = values[measurement["name"]]
    path.write_text(json.dumps(findings), encoding="utf-8")


def _reading(path: str) -> dict[str, Any]:
    """The reader's decisions; nothing if there is no such file."""
    if not path or not Path(path).is_file():
        return {}
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        return content if isinstance(content, dict) else {}
    except (OSError, ValueError) as error:
        raise VolumeFileError(Message("worklist", "reading_damaged", {"error": error}), where=path) from error
