"""The outlines of the scene as files for a process that measures them: label maps as they lie in memory, and a request.

request.json: structures, joint, side, field of view and grid of the analysis; layers of labels, each
`{"array": file, "affine": index (i, j, k) → RAS mm, "structures": {structure: voxel value}}`; plates to be coloured.
"""

import json

import numpy as np

from OrthoDiffusionLib.volumes.files.array_steps import write_array_in_steps
from OrthoDiffusionSlicer.scene import FindingsNodes, Provenance
from OrthoDiffusionSlicer.scene.corrections.HandedOutlines import toWorldOf
from OrthoDiffusionSlicer.scene.SegmentationWriter import LABELMAP, STRUCTURE, tag
from OrthoDiffusionSlicer.scene.VoxelHash import labelsOfSegment

REQUEST = "request.json"
_GRID = Provenance.PREFIX + "Grid"


def noteGrid(table, grid):
    """Keep the grid of an analysis on its table: a Grid, whose labels may leave the scene."""
    table.SetAttribute(_GRID, json.dumps({"shape": list(grid.array.shape[::-1]), "affine": grid.affine.tolist()}))


def segmentationOf(table):
    """The segmentation node of an analysis, None if it was deleted."""
    return table.GetNodeReference(Provenance.SEGMENTATION_ROLE)


def sayWhatWasImaged(table):
    """Whether the results know which part was imaged: a landmark at its border is none."""
    content = FindingsNodes.resultsOf(table)
    return content is not None and "field_of_view" in content["study"] and bool(table.GetAttribute(_GRID))


def write(table, folder, plates=()):
    """Write the request; a generator of steps of a few milliseconds.

    Args:
        table: the findings table.
        folder: an empty folder.
        plates: names of the cartilages whose thickness is to be coloured.

    Raises:
        OrthoDiffusionError: if the segmentation is under a transform that bends space.
        OSError: if a file cannot be written.
    """
    node = segmentationOf(table)
    toWorld = toWorldOf(node)
    content = FindingsNodes.resultsOf(table)
    layers = []
    for number, (segment, structures) in enumerate(_layers(node)):
        array, affine = labelsOfSegment(segment)
        name = f"layer{number}.npy"
        layers.append({"array": name, "affine": (toWorld @ affine).tolist(), "structures": structures})
        # A copy: the voxels could change between two steps.
        yield from write_array_in_steps(folder / name, np.array(array))
    request = {
        "study": content["study"],
        "structures": [{key: entry[key] for key in ("name", "label")} for entry in content["structures"]],
        "grid": json.loads(table.GetAttribute(_GRID)),
        "layers": layers,
        "plates": list(plates),
    }
    (folder / REQUEST).write_text(json.dumps(request), encoding="utf-8")
    yield


def _layers(node):
    """(a segment of it, structure → voxel value) of each label map; what lies in one of its own comes last and counts.

    Of two segments of one structure the one that an analysis wrote first counts: a prediction beside it is hidden.
    """
    segmentation = node.GetSegmentation()
    chosen = {}
    for segmentId in segmentation.GetSegmentIDs():
        segment = segmentation.GetSegment(segmentId)
        name = tag(segment, STRUCTURE)
        if name and (name not in chosen or segmentId == name):
            chosen[name] = segment
    layers = []
    for name, segment in chosen.items():
        if labelsOfSegment(segment) is None:
            continue  # emptied by hand
        image = segment.GetRepresentation(LABELMAP)
        layer = next((layer for layer in layers if layer[0] is image), None)
        if layer is None:
            layer = (image, segment, {})
            layers.append(layer)
        layer[2][name] = segment.GetLabelValue()
    layers.sort(key=lambda layer: -len(layer[2]))
    return [(segment, structures) for _image, segment, structures in layers]
