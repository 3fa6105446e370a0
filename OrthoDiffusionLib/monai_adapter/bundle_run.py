"""What the configs of a MONAI Bundle name as `_target_`: the analysis of one study, and the network alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.volumes import Plane

if TYPE_CHECKING:
    from OrthoDiffusionLib.analysis.model import OrthoModel

WEIGHTS_FOLDER = "models"
"""Where a MONAI Bundle keeps weights (MONAI Bundle Specification); ours is a whole bundle of this project."""

OUTPUT_FOLDER = "eval"
"""Where MONAI's bundles write, below their own folder, if nothing else is said."""

StudyPaths = str | Sequence[str]
"""One file or folder, or several; "" for none, since a config has no better word for it."""


def analyze_study(
    *,
    bundle_root: str,
    study: StudyPaths,
    planes: Mapping[str, StudyPaths],
    clinical: Mapping[str, object],
    output: Mapping[str, object],
    device: str = "auto",
    side: str = "",
) -> str:
    """Analyse one study as the command `analyze` does, and write the same results folder.

    Args:
        bundle_root: the folder of the MONAI Bundle.
        study: files or folders whose planes are recognised.
        planes: "sagittal", "coronal" or "axial" -> the file or series that must serve it.
        clinical: "age", "sex" and "trauma", as far as the referral says; "" for what it does not say.
        output: "dir" for the results folder, "" for `OUTPUT_FOLDER`; "overwrite" to replace an earlier one;
            "on_inputs" for the labels on the grid of every input volume as well.
        device: "auto", "cpu" or "cuda".
        side: "right", "left", or "" where tag or anatomy shall say it.

    Returns:
        The results folder.

    Raises:
        OrthoDiffusionError: for what the command refuses, in the same words.
        ValueError: for a plane that there is none of.
    """
    from OrthoDiffusionLib.analysis.analysis_run import Outputs, analyze_to_folder, open_analyzer
    from OrthoDiffusionLib.analysis.study_inputs import open_bundle, read_study
    from OrthoDiffusionLib.findings.analysis import check_results_folder

    folder = Path(str(output.get("dir") or Path(bundle_root) / OUTPUT_FOLDER))
    overwrite = bool(output.get("overwrite"))
    check_results_folder(folder, overwrite=overwrite)
    bundle = open_bundle(Path(bundle_root) / WEIGHTS_FOLDER)
    by_plane = {Plane(plane).value: paths for plane, named in planes.items() if (paths := _paths(named))}
    given = read_study(_paths(study), by_plane=by_plane, side=side or None, joint=bundle.manifest.as_joint())
    analyze_to_folder(
        given,
        folder,
        analyzer=open_analyzer(bundle, device=device),
        outputs=Outputs(overwrite=overwrite, on_inputs=bool(output.get("on_inputs"))),
        clinical={name: value for name, value in clinical.items() if value not in ("", None)},
    )
    return str(folder)


def network(*, bundle_root: str) -> OrthoModel:
    """The network with its weights, in evaluation mode, for programs that look at it; `analyze_study` needs it not.

    Raises:
        BundleError: if the weights are damaged or do not fit.
    """
    from OrthoDiffusionLib.analysis.model import load_model
    from OrthoDiffusionLib.bundles import Bundle

    return load_model(Bundle.open(Path(bundle_root) / WEIGHTS_FOLDER))


def _paths(named: StudyPaths) -> list[Path]:
    # On a command line a name of digits alone arrives as a number.
    several = [named] if isinstance(named, (str, int)) else list(named)
    return [Path(str(one)) for one in several if one != ""]
