"""KeptObservations: what was looked at in many studies, a line each, so that hours of work survive an interruption."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.analysis.training_likeness import ViewObservation
from OrthoDiffusionLib.volumes import Plane
from OrthoDiffusionLib.volumes.files.atomic import make_folder


class KeptObservations:
    """Name of a study -> what was looked at in its views.

    Args:
        path: a file that grows by a line a study; None keeps nothing.
        weights: of the bundle; lines of other weights are passed over.
    """

    def __init__(self, path: Path | None, weights: str) -> None:
        self._path, self._weights, self._torn = path, weights, False
        self._known: dict[str, dict[Plane, ViewObservation]] = {}
        if path is not None:
            make_folder(path.parent)
            self._read(path)

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def __getitem__(self, name: str) -> Mapping[Plane, ViewObservation]:
        return self._known[name]

    def add(self, name: str, views: Mapping[Plane, ViewObservation]) -> None:
        """Keep one study more."""
        self._known[name] = dict(views)
        if self._path is None:
            return
        line = {"weights": self._weights, "study": name, "views": {p.value: _plain(view) for p, view in views.items()}}
        with self._path.open("a", encoding="utf-8") as file:
            # A run that was killed may have left half a line: it must not swallow this one.
            file.write(("\n" if self._torn else "") + json.dumps(line) + "\n")
        self._torn = False

    def _read(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        self._torn = bool(text) and not text.endswith("\n")
        for line in text.splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue  # half a line of a run that was killed
            if entry.get("weights") == self._weights:
                self._known[entry["study"]] = {
                    Plane(plane): ViewObservation(view["statistics"], np.array(view["features"], dtype=np.float32))
                    for plane, view in entry["views"].items()
                }


def _plain(view: ViewObservation) -> dict[str, object]:
    return {"statistics": dict(view.statistics), "features": [float(f"{value:.6g}") for value in view.features]}
