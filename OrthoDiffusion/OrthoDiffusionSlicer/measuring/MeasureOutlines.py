"""Outlines → measurements and surfaces coloured by thickness. Run as a process, so that Slicer's window does not wait:

python -m OrthoDiffusionSlicer.measuring.MeasureOutlines --while-wanted FOLDER

FOLDER holds what `OutlineFiles` wrote; `measurements.json` and `<cartilage>.vtp` are added to it.
"""

import json
import sys
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.anatomy import Side, find_joint
from OrthoDiffusionLib.findings import Segmentation
from OrthoDiffusionLib.findings.field_of_view import FieldOfView
from OrthoDiffusionLib.findings.results_json import structure_of
from OrthoDiffusionLib.measurements import measure
from OrthoDiffusionLib.volumes import Geometry, Volume, resample_to
from OrthoDiffusionSlicer.worker.WhileWanted import WHILE_WANTED, endWithInput, writing

MEASUREMENTS = "measurements.json"
_REQUEST = "request.json"


def segmentationIn(folder, request):
    """The Segmentation that the layers make on the grid of the analysis.

    Args:
        folder: Path of the folder.
        request: the content of request.json.
    """
    grid = Geometry(tuple(request["grid"]["shape"]), np.array(request["grid"]["affine"]))
    structures = tuple(structure_of(entry, request["study"]["joint"]) for entry in request["structures"])
    labelOf = {structure.name: structure.label for structure in structures}
    labels = np.zeros(grid.shape, np.uint8)
    for layer in request["layers"]:
        array = np.load(folder / layer["array"], allow_pickle=False)  # (K, J, I)
        lut = np.zeros(int(array.max()) + 1, np.uint8)
        for name, value in layer["structures"].items():
            if value < len(lut) and name in labelOf:
                lut[value] = labelOf[name]
        own = Volume(np.ascontiguousarray(lut[array].transpose(2, 1, 0)), _geometry(array.shape, layer["affine"]))
        _paste(labels, grid, own)
    shown = FieldOfView.from_dict(request["study"]["field_of_view"])
    return Segmentation(Volume(labels, grid, name="segmentation"), structures, imaged=shown.imaged(grid))


def _geometry(shape, affine):
    return Geometry(tuple(shape[::-1]), np.array(affine))


def _paste(labels, grid, own):
    """Lay a label map over another one: voxel by voxel where it lies on the same grid, else by the nearest voxel."""
    offset = grid.to_ijk(own.geometry.to_ras(np.zeros(3)))
    aligned = np.allclose(own.geometry.affine[:3, :3], grid.affine[:3, :3], atol=1e-5)
    if not aligned or np.abs(offset - np.rint(offset)).max() > 0.05:
        own = resample_to(own, grid, labels=True)
        offset = np.zeros(3)
    start = np.rint(offset).astype(int)
    low, high = np.maximum(start, 0), np.minimum(start + own.array.shape, labels.shape)
    if (low >= high).any():
        return
    target = labels[tuple(map(slice, low, high))]
    part = own.array[tuple(map(slice, low - start, high - start))]
    target[part > 0] = part[part > 0]


def measurementsOf(segmentation, study):
    """The entries of findings.json, measured by the function that an analysis uses.

    Args:
        segmentation: of the whole joint.
        study: the entry of findings.json.
    """
    joint = find_joint(study["joint"])
    side = Side(study["side"]) if study["side"] else None
    steps = study["field_of_view"]["slice_steps_mm"]
    found = measure(segmentation, joint, side, slice_steps_mm=steps) if joint is not None else ()
    return [one.as_dict() for one in found]


def main(*arguments):
    from OrthoDiffusionSlicer.measuring.ThicknessSurface import writeSurface

    *wanted, folder = arguments
    if WHILE_WANTED in wanted:
        endWithInput(folder)
    folder = Path(folder)
    request = json.loads((folder / _REQUEST).read_text(encoding="utf-8"))
    segmentation = segmentationIn(folder, request)
    found = json.dumps(measurementsOf(segmentation, request["study"]))
    with writing:
        (folder / MEASUREMENTS).write_text(found, encoding="utf-8")
    for plate in request["plates"]:
        writeSurface(segmentation, plate, folder / f"{plate}.vtp", writing)


if __name__ == "__main__":
    main(*sys.argv[1:])
