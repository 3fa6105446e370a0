"""What the worker does with one request, with the networks of the last bundles kept warm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.progress import ProgressCallback, part_of, report

if TYPE_CHECKING:
    from OrthoDiffusionLib.anatomy import Joint

BUNDLES_KEPT_WARM = 2


class WarmAnalysis:
    """Carries out analyze requests; an Analyzer is built once for each bundle and device."""

    def __init__(self) -> None:
        self._analyzers: dict[tuple[str, str], Any] = {}

    def prepare(self) -> str:
        """Load torch and the rooms that need it, and name the device the work will run on."""
        import torch

        import OrthoDiffusionLib.analysis.analysis_run  # noqa: F401 - its seconds are spent here, before the first click

        return f"cuda ({torch.cuda.get_device_name()})" if torch.cuda.is_available() else "cpu"

    def __call__(self, request: dict[str, Any], progress: ProgressCallback) -> str:
        """Analyse what one request names, and give the folder that holds the results.

        Raises:
            OrthoDiffusionError: if an input, the bundle or the results folder is not as it should be.
            Cancelled: if `progress` asked for it.
        """
        inputs, out = request.get("inputs"), request.get("out")
        options = request.get("options") or {}
        if not isinstance(inputs, dict) or not isinstance(out, str) or not out:
            raise OrthoDiffusionError(
                "The request names no inputs or no results folder",
                remedy="The panel and the worker may be of different versions.",
            )
        report(progress, "load", 0.01, "Loading the networks")
        from OrthoDiffusionLib.analysis.analysis_run import analyze_to_folder
        from OrthoDiffusionLib.findings.analysis import check_results_folder

        overwrite = bool(options.get("overwrite", False))
        clinical = options.get("clinical") or {}
        if not isinstance(clinical, dict):
            raise OrthoDiffusionError("The request's clinical values are no object of columns and values")
        check_results_folder(Path(out), overwrite=overwrite)
        analyzer = self._analyzer(request.get("bundle"), str(options.get("device", "auto")))
        report(progress, "read", 0.02, "Reading the volumes")
        study = _read(inputs, analyzer.joint)
        analyze_to_folder(
            study,
            Path(out),
            analyzer=analyzer,
            overwrite=overwrite,
            clinical=clinical,
            progress=part_of(progress, 0.04, 1.0),
        )
        return out

    def _analyzer(self, bundle: str | None, device: str):
        from OrthoDiffusionLib.analysis.analysis_run import open_analyzer
        from OrthoDiffusionLib.analysis.study_inputs import open_bundle

        opened = open_bundle(bundle)
        # The hash is of the manifest, which holds the weights' own: a bundle changed on disk is loaded anew.
        key = (opened.sha256, device)
        analyzer = self._analyzers.pop(key, None) or open_analyzer(opened, device=device)
        self._analyzers[key] = analyzer
        while len(self._analyzers) > BUNDLES_KEPT_WARM:
            self._analyzers.pop(next(iter(self._analyzers)))
        return analyzer


def _read(inputs: dict[str, Any], joint: Joint):
    if "study" in inputs:
        from OrthoDiffusionLib.volumes.files.study_folder import read_study_folder

        return read_study_folder(Path(inputs["study"]), joint=joint)
    from OrthoDiffusionLib.analysis.study_inputs import read_study

    planes = {plane: [Path(inputs[plane])] for plane in ("sagittal", "coronal", "axial") if inputs.get(plane)}
    files = [Path(path) for path in inputs.get("files", ())]
    return read_study(files, by_plane=planes, side=inputs.get("side"), joint=joint)
