"""Evaluation studies of an experiment: prepared views with their truth, made once for all cells."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.anatomy import KNEE, Side
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.phantom.datasets.cohort import PhantomStudy, phantom_study
from OrthoDiffusionLib.views.preparation import prepare_views
from OrthoDiffusionLib.views.view_grid import ViewGrid
from OrthoDiffusionLib.volumes import Geometry, Plane, Study
from OrthoDiffusionLib.volumes.files.atomic import atomic_path


@dataclass(frozen=True)
class EvaluationView:
    """One prepared view with its truth.

    Attributes:
        image: (S, H, W) float32, normalised.
        labels: (S, H, W) uint8 structure labels.
        geometry: index to RAS mm.
        findings: (A,) bool, whether the view's own volume shows each of the joint's abnormalities.
    """

    image: np.ndarray
    labels: np.ndarray
    geometry: Geometry
    findings: np.ndarray


def write_evaluation_study(
    path: Path, seed: int, *, anatomy: str, site: str, pixel_mm: float, prevalence: float | Mapping[str, float] = 0.3
) -> None:
    """Make one right knee's study at a clinic, unless it is there.

    Args:
        path: the file.
        seed, anatomy, site, prevalence: what `phantom_study` is asked for.
        pixel_mm: in-plane pixel of the prepared views.
    """
    if path.exists():
        return
    # Which side it is gets settled elsewhere; here it would only add noise.
    study = phantom_study(seed, anatomy=anatomy, site=site, side=Side.RIGHT, prevalence=prevalence, joint=KNEE.name)
    grids = {plane: ViewGrid(plane, in_plane_mm=pixel_mm) for plane in Plane}
    members = {}
    for plane, view in prepare_views(
        Study.from_volumes(study.volumes, side=Side.RIGHT, joint=study.joint), grids
    ).items():
        members[f"{plane.value}_image"] = view.array
        members[f"{plane.value}_labels"] = study.truth_on(view.geometry).array
        members[f"{plane.value}_affine"] = view.geometry.affine
        members[f"{plane.value}_findings"] = _shown(study, plane)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(file, allow_pickle=False, **members)


def read_evaluation_study(path: Path) -> dict[Plane, EvaluationView]:
    """What `write_evaluation_study` wrote.

    Raises:
        TrainingError: if the file cannot be read.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            members = dict(archive)
        return {
            plane: EvaluationView(
                members[f"{plane.value}_image"],
                members[f"{plane.value}_labels"],
                Geometry(members[f"{plane.value}_image"].shape, members[f"{plane.value}_affine"]),
                members[f"{plane.value}_findings"],
            )
            for plane in Plane
            if f"{plane.value}_image" in members
        }
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise TrainingError(
            f"An evaluation study cannot be read: {error}",
            where=str(path),
            remedy="Delete the file and run the command again.",
        ) from error


def _shown(study: PhantomStudy, plane: Plane) -> np.ndarray:
    """(A,) bool: what the volume of a plane shows; a 3D volume, which serves all planes, is alone in its study."""
    taken = plane if plane in study.planes else study.planes[0]
    return np.array([taken in study.seen_in[abnormality.name] for abnormality in KNEE.abnormalities])


def dice_by_label(pairs: Iterable[tuple[np.ndarray, np.ndarray]]) -> Mapping[int, float]:
    """Label -> Dice over all pairs of (predicted, true) uint8 arrays together, for labels in either of them."""
    predicted_count, true_count, both = (np.zeros(256) for _ in range(3))
    for predicted, truth in pairs:
        predicted_count += np.bincount(predicted.ravel(), minlength=256)
        true_count += np.bincount(truth.ravel(), minlength=256)
        both += np.bincount(truth[predicted == truth], minlength=256)
    total = predicted_count + true_count
    return {int(label): float(2 * both[label] / total[label]) for label in np.flatnonzero(total) if label}
