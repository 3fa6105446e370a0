"""What goes to the process that reads and writes cases: a line of JSON, then so many bytes; answers are lines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import numpy as np

from OrthoDiffusionLib.annotation.label_layers import LabelLayers, SegmentRecord
from OrthoDiffusionLib.volumes import Geometry

ARGUMENTS = ("-m", "OrthoDiffusionLib.annotation.case_process")
"""How Python starts the process."""

_LONGEST_LINE = 16 << 20


@dataclass(frozen=True)
class Frame:
    """One request.

    Attributes:
        id: given by the client.
        task: one of those of `case_process`.
        facts: what the task wants to know; plain values for JSON.
        data: voxels.
    """

    id: int
    task: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    data: bytes = b""

    def head(self) -> bytes:
        """The line that announces the data."""
        facts = {**self.facts, "id": self.id, "task": self.task, "bytes": len(self.data)}
        return json.dumps(facts).encode("ascii") + b"\n"


def read_frame(stream: BinaryIO) -> Frame | None:
    """The next request; None when the other side has ended, also in the middle of one.

    Raises:
        ValueError: if what comes is no request; nothing behind it can be trusted.
    """
    line = stream.readline(_LONGEST_LINE)
    if not line.endswith(b"\n"):
        return None
    facts = json.loads(line)
    number, task, size = int(facts.pop("id")), str(facts.pop("task")), int(facts.pop("bytes"))
    data = stream.read(size) if size else b""
    return Frame(number, task, facts, data) if len(data) == size else None


def layers_facts(layers: LabelLayers) -> dict[str, Any]:
    """What a frame says of label layers whose voxels follow as its data, see `layers_data`."""
    return {
        "shape": list(layers.geometry.shape),
        "affine": layers.geometry.affine.tolist(),
        "types": [array.dtype.str for array in layers.arrays],
        "segments": [segment_facts(one) for one in layers.segments],
    }


def segment_facts(segment: SegmentRecord) -> dict[str, Any]:
    """One segment as plain values."""
    return {
        "id": segment.id,
        "name": segment.name,
        "colour": list(segment.colour),
        "layer": segment.layer,
        "label": segment.label,
        "tags": dict(segment.tags),
    }


def segment_of(facts: Mapping[str, Any]) -> SegmentRecord:
    """The reverse of `segment_facts`."""
    red, green, blue = (float(value) for value in facts["colour"])
    tags = {str(key): str(value) for key, value in facts["tags"].items()}
    return SegmentRecord(
        str(facts["id"]), str(facts["name"]), (red, green, blue), int(facts["layer"]), int(facts["label"]), tags
    )


def layers_data(layers: LabelLayers) -> bytes:
    """The voxels of all layers, one after the other, the first axis running fastest: a copy."""
    return b"".join(array.tobytes(order="F") for array in layers.arrays)


def layers_of(facts: Mapping[str, Any], data: bytes) -> LabelLayers:
    """The reverse of `layers_facts` and `layers_data`.

    Raises:
        KeyError, ValueError: if they do not belong together.
    """
    size = [int(n) for n in facts["shape"]]
    shape = (size[0], size[1], size[2])
    arrays, start = [], 0
    for kind in facts["types"]:
        array = np.frombuffer(data, np.dtype(kind), int(np.prod(shape)), start).reshape(shape, order="F")
        arrays.append(array)
        start += array.nbytes
    if start != len(data):
        raise ValueError("there are more voxels than the layers hold")
    segments = tuple(map(segment_of, facts["segments"]))
    return LabelLayers(tuple(arrays), Geometry(shape, np.asarray(facts["affine"], np.float64)), segments)
