"""Reads mutants one after the other in a process of its own: read_mutants.py FOLDER SAMPLE FIRST LAST LIMIT_MB.

A line of JSON a mutant: its number, what came of it, and the memory at the peak; a number without its line ended the
process. Nothing is caught that a user would not see caught.
"""

from __future__ import annotations

import json
import resource
import sys
import traceback
import warnings
from pathlib import Path

import numpy as np
from library.volumes.files.mutants import mutant

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.volumes import read_inputs


def outcome(path: Path) -> str:
    """`read`, `refused`, or what is wrong with the reader."""
    try:
        volumes, _notices = read_inputs([path])
    except OrthoDiffusionError as error:
        return "refused" if str(error).strip() and error.where is not None else "refused without saying what or where"
    except Exception:
        return "fault: " + traceback.format_exc(limit=-4)
    for volume in volumes:
        wrong = fault_of(volume)
        if wrong:
            return f"fault: {wrong}"
    return "read" if volumes else "fault: neither a volume nor a refusal"


def fault_of(volume) -> str:
    """What is not valid about a volume that was read; empty if all is well."""
    affine, array = volume.geometry.affine, volume.array
    if array.ndim != 3 or array.shape != tuple(volume.geometry.shape) or 0 in array.shape:
        return f"shape {array.shape}"
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-12:
        return f"affine {affine.tolist()}"
    if array.dtype.kind not in "buif" or not np.isfinite(array).all():
        return f"values of {array.dtype}"
    if not all(0 < mm < 1e4 for mm in volume.geometry.spacing_mm):
        return f"spacing {volume.geometry.spacing_mm}"
    return ""


def main() -> None:
    folder, sample = Path(sys.argv[1]), Path(sys.argv[2])
    first, last, limit_mb = map(int, sys.argv[3:6])
    warnings.simplefilter("error")  # a warning on the console is nobody's message
    if sys.platform == "linux":  # a file that asks for more than this may not get it
        held = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + limit_mb * 2**20,) * 2)
    for number in range(first, last):
        print(json.dumps({"number": number}), flush=True)
        came = outcome(mutant(sample, number, folder))
        print(json.dumps({"number": number, "came": came, "peak_mb": peak_mb()}), flush=True)


def peak_mb() -> float:
    """The most this process held. `ru_maxrss` would count the process that started it, which may be far larger."""
    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
