"""What one analysis wrote, as the scene wants it: from a worker in small steps, from a results folder in one go."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.findings.array_results import ArrayResults, is_array_results
from OrthoDiffusionLib.findings.results_json import read_findings_json


@dataclass(frozen=True)
class Grid:
    """Labels or evidence: array (K, J, I) as the scene wants it, and index (i, j, k) → RAS mm, (4, 4)."""

    array: np.ndarray
    affine: np.ndarray

    @classmethod
    def ofVolume(cls, volume):
        """The Grid of a Volume (I, J, K); voxels that lie in the scene's order already are not copied."""
        return cls(np.ascontiguousarray(volume.array.transpose(2, 1, 0), np.uint8), volume.geometry.affine)


class ResultsFolder:
    """Findings and grids of one analysis.

    Attributes:
        findings: the content of findings.json.
        labels: Grid of uint8 structure labels, or None before `steps` has come to it.
        evidence: finding name → Grid of uint8 0..100.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.findings = {}
        self.labels = None
        self.evidence = {}

    def steps(self):
        """Read everything; yields after every few milliseconds where a worker handed the results back.

        A results folder of the command line is read in one step: only scripts ask for that.

        Raises:
            OrthoDiffusionError: if the folder is not complete or of an unknown schema.
        """
        if is_array_results(self.folder):
            arrived = ArrayResults(self.folder)
            yield from arrived.steps()
            self._take(arrived.findings, arrived.labels, arrived.evidence)
        else:
            analysis = Analysis.load(self.folder)
            evidence = {finding.name: finding.evidence for finding in analysis.findings if finding.evidence is not None}
            findings = read_findings_json(self.folder / "findings.json")
            self._take(findings, analysis.segmentation.labels, evidence)
            yield

    def _take(self, findings, labels, evidence):
        self.findings, self.labels = findings, Grid.ofVolume(labels)
        self.evidence = {name: Grid.ofVolume(volume) for name, volume in evidence.items()}
