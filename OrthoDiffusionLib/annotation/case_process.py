"""The process that reads and writes cases beside Slicer, so that no window waits for a disk.

    python -m OrthoDiffusionLib.annotation.case_process

Requests come as frames on standard input, answers go out as lines of JSON: {"id": 3, "done": {...}} or
{"id": 3, "error": {"what", "where", "remedy"}}. A request that has arrived whole is carried out even if Slicer ends
meanwhile, killed or not; one that was cut off is dropped, and what is on the disk stays as it was.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from OrthoDiffusionLib.annotation.case_folder import READING, SEGMENTATION, SLICES
from OrthoDiffusionLib.annotation.frames import Frame, layers_of, read_frame
from OrthoDiffusionLib.errors import OrthoDiffusionError


def _save(frame: Frame) -> dict[str, Any]:
    """Label layers and the reader's decisions into a folder; then a folder that they replace may go."""
    from OrthoDiffusionLib.annotation.label_layers import settled
    from OrthoDiffusionLib.annotation.layers_file import write_layers
    from OrthoDiffusionLib.volumes.files.atomic import write_text

    facts = frame.facts
    folder = Path(facts["folder"])
    wanted = {str(key): int(label) for key, label in facts["wanted"].items()}
    write_text(folder / READING, json.dumps(facts["reading"], ensure_ascii=False, indent=1) + "\n")
    # The label map last: with it the folder counts as complete.
    write_layers(settled(layers_of(facts, frame.data), wanted), folder / SEGMENTATION)
    if facts.get("replaces"):
        shutil.rmtree(facts["replaces"], ignore_errors=True)
    return {"folder": str(folder)}


def _write(frame: Frame) -> dict[str, Any]:
    """A text file."""
    from OrthoDiffusionLib.volumes.files.atomic import write_text

    write_text(Path(frame.facts["path"]), frame.data.decode("utf-8"))
    return {"path": frame.facts["path"]}


def _drop(frame: Frame) -> dict[str, Any]:
    """Delete the folder of a correction in slices that was applied or discarded, after all that was asked before."""
    folder = Path(frame.facts["folder"])
    if folder.name != SLICES:
        raise ValueError(f"{folder} holds no correction in slices")
    shutil.rmtree(folder, ignore_errors=True)
    return {"folder": str(folder)}


def _bring(frame: Frame) -> dict[str, Any]:
    """A case as arrays."""
    from OrthoDiffusionLib.annotation.case_files import CaseRequest, bring

    bring(CaseRequest.from_dict(frame.facts), Path(frame.facts["out"]))
    return {"folder": frame.facts["out"]}


def _carry(frame: Frame) -> dict[str, Any]:
    """A correction in thick slices, carried to the isotropic grid; the labels lie in a file then."""
    import numpy as np

    from OrthoDiffusionLib.annotation.slice_correction import carry_correction
    from OrthoDiffusionLib.volumes import Geometry, Volume
    from OrthoDiffusionLib.volumes.files.array_steps import write_array_in_steps

    volumes, start = [], 0
    for grid in frame.facts["grids"]:
        shape = tuple(grid["shape"])
        array = np.frombuffer(frame.data, np.uint8, int(np.prod(shape)), start).reshape(shape, order="F")
        start += array.size
        volumes.append(Volume(array, Geometry(shape, np.asarray(grid["affine"], np.float64))))
    done = carry_correction(*volumes)
    path = Path(frame.facts["out"]) / "corrected.npy"
    for _ in write_array_in_steps(path, np.asfortranarray(done.labels.array)):
        pass
    return {"array": str(path), "changed": list(done.changed), "voxels": done.voxels}


def _put_on(frame: Frame) -> dict[str, Any]:
    """The labels of the isotropic grid on a view's own grid."""
    import numpy as np

    from OrthoDiffusionLib.findings.label_resampling import labels_on
    from OrthoDiffusionLib.volumes import Geometry, Volume
    from OrthoDiffusionLib.volumes.files.array_steps import write_array_in_steps

    fused, view = frame.facts["grids"]
    shape = tuple(fused["shape"])
    array = np.frombuffer(frame.data, np.uint8).reshape(shape, order="F")
    labels = Volume(array, Geometry(shape, np.asarray(fused["affine"], np.float64)))
    target = Geometry(tuple(view["shape"]), np.asarray(view["affine"], np.float64))
    path = Path(frame.facts["out"]) / "slices.npy"
    for _ in write_array_in_steps(path, np.asfortranarray(labels_on(labels, target).array)):
        pass
    return {"array": str(path)}


def _arrays(frame: Frame) -> dict[str, Any]:
    """A label map as an analysis hands it over, for the process that makes surfaces."""
    import numpy as np

    from OrthoDiffusionLib.findings.array_results import write_labels
    from OrthoDiffusionLib.volumes import Geometry, Volume

    (grid,) = frame.facts["grids"]
    array = np.frombuffer(frame.data, np.uint8).reshape(tuple(grid["shape"]), order="F")
    geometry = Geometry(tuple(grid["shape"]), np.asarray(grid["affine"], np.float64))
    write_labels(Volume(array, geometry), Path(frame.facts["out"]))
    return {"folder": frame.facts["out"]}


def _compare(frame: Frame) -> dict[str, Any]:
    """Two readers' label maps, structure by structure."""
    from OrthoDiffusionLib.annotation.agreement import compare_files

    rows = compare_files(Path(frame.facts["one"]), Path(frame.facts["other"]))
    return {"rows": [row.as_dict() for row in rows]}


def _finalise(frame: Frame) -> dict[str, Any]:
    """The version that counts, from one reader's or from several."""
    from OrthoDiffusionLib.annotation.merging import write_final

    sources = {str(key): Path(path) for key, path in frame.facts["sources"].items()}
    write_final(Path(frame.facts["base"]), sources, Path(frame.facts["folder"]), frame.facts["record"])
    return {"folder": frame.facts["folder"]}


TASKS: dict[str, Callable[[Frame], dict[str, Any]]] = {
    "save": _save,
    "write": _write,
    "drop": _drop,
    "bring": _bring,
    "carry": _carry,
    "put_on": _put_on,
    "arrays": _arrays,
    "compare": _compare,
    "finalise": _finalise,
}


def perform(frame: Frame) -> dict[str, Any]:
    """Carry out one request; the answer, of whatever kind."""
    try:
        return {"id": frame.id, "done": TASKS[frame.task](frame)}
    except OrthoDiffusionError as error:
        return {"id": frame.id, "error": error.as_dict()}
    except Exception as error:  # the next request may be a save: this process must not end
        what = f"The program stopped because of an internal error: {type(error).__name__}: {error}"
        return {"id": frame.id, "error": {"what": what, "where": "", "remedy": "Please report this."}}


def main() -> None:
    """Serve until standard input ends."""
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # a library that prints must not disturb the answers
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        _answer(answers, perform(frame))


def _answer(answers: Any, answer: Mapping[str, Any]) -> None:
    with contextlib.suppress(OSError):  # nobody listens any more; what was asked for has been done
        answers.write(json.dumps(answer).encode("ascii") + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
