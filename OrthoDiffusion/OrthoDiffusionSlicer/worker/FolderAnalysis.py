"""A folder of studies, one after the other: a bad one is a row, and what is done is not repeated."""

import csv
import json
import os
from pathlib import Path

from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError
from OrthoDiffusionSlicer.scene import FindingsNodes

TABLE = "analyses.csv"
_FIRST = ("study", "state", "side", "problem", "results")


def analyzeFolder(worker, folder, out=None, *, side=None, bundle=None, clinical=None, onStudy=None):
    """Analyze every study below a folder.

    Args:
        worker: a SynchronousWorker.
        folder: holds one sub-folder a study, each with DICOM, NIfTI or NRRD files; volumes that lie directly in
            it are studies of their own only if there is no sub-folder.
        out: folder of the results, one sub-folder a study, and of `analyses.csv`; by default ‘<folder>-results’.
        side: Side for all studies, None for automatic.
        bundle: folder or name of a bundle, None for the default.
        clinical: study's name → what its referral tells; what is done already is not analyzed again for it.
        onStudy: called with (number, count, row) after each study.

    Returns:
        One dict a study, as in `analyses.csv`: study, state (done, failed), side, problem, results, and the
        probability of each finding, empty where it was not assessed.

    Raises:
        OrthoDiffusionError: if the folder holds no study, or the table cannot be written.
    """
    folder = Path(folder)
    out = Path(out) if out else folder.with_name(folder.name + "-results")
    studies = _studies(folder)
    try:
        out.mkdir(parents=True, exist_ok=True)
        rows = []
        for number, study in enumerate(studies, 1):
            told = dict((clinical or {}).get(study.name, {}))
            row = _analyze(worker, study, out / study.name, side, bundle, told)
            rows.append(row)
            _write(out / TABLE, rows)  # after each study: nothing is lost when Slicer is closed
            if onStudy is not None:
                onStudy(number, len(studies), row)
    except OSError as error:
        raise OutputError(
            f"The table of analyses cannot be written: {error.strerror or error}",
            where=str(out),
            remedy="Free some space or choose another folder, and run again; what is done is not repeated.",
        ) from error
    return rows


def _studies(folder):
    if not folder.is_dir():
        raise OrthoDiffusionError("There is no such folder", where=str(folder), remedy="Give a folder of studies.")
    folders = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    if not folders and any(path.is_file() for path in folder.iterdir()):
        return [folder]
    if not folders:
        raise OrthoDiffusionError(
            "The folder holds no study", where=str(folder), remedy="Give a folder with one sub-folder a study."
        )
    return folders


def _analyze(worker, study, results, side, bundle, clinical):
    row = {"study": study.name, "state": "done", "side": "", "problem": "", "results": str(results)}
    try:
        # A results folder that exists is complete: the worker renames it there as its last act.
        if not (results / "findings.json").is_file():
            inputs = {"files": [str(study)]}
            if side is not None:
                inputs["side"] = side.value
            request = {"inputs": inputs, "bundle": str(bundle) if bundle else None, "out": str(results)}
            worker.analyze({**request, "options": {"device": "auto", "overwrite": False, "clinical": clinical}})
        content = json.loads((results / "findings.json").read_text(encoding="utf-8"))
    except OrthoDiffusionError as error:
        return {**row, "state": "failed", "problem": str(error), "results": ""}
    except (OSError, ValueError) as error:
        return {**row, "state": "failed", "problem": f"findings.json cannot be read: {error}"}
    row["side"] = content["study"]["side"] or ""
    alarms = [warning for warning in content.get("warnings", ()) if warning.get("code") in FindingsNodes.ALARMS]
    row["problem"] = " ".join(FindingsNodes.inWords(alarm) for alarm in alarms)
    for finding in content["findings"]:
        row[finding["name"]] = finding["probability"] if finding["assessed"] else ""
    return row


def _write(path, rows):
    columns = list(dict.fromkeys([*_FIRST, *(name for row in rows for name in row)]))
    unfinished = path.with_name(f".{path.name}.unfinished")
    with open(unfinished, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    os.replace(unfinished, path)
