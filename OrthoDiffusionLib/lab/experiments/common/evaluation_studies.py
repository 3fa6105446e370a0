"""Studies of an experiment as a clinic stores them: each rendered once, prepared, with its truth, for all cells."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.phantom.datasets.cohort import phantom_study
from OrthoDiffusionLib.lab.phantom.phantom import builder_named
from OrthoDiffusionLib.views.preparation import prepare_views
from OrthoDiffusionLib.views.view_grid import ViewGrid
from OrthoDiffusionLib.volumes import Geometry, Plane, Study
from OrthoDiffusionLib.volumes.files.atomic import atomic_path


@dataclass(frozen=True)
class StudySetting:
    """What one study is made of.

    Attributes:
        joint: name of a digital joint.
        seed: makes the patient.
        anatomy, site, prevalence: what `phantom_study` is asked for.
    """

    joint: str
    seed: int
    anatomy: str
    site: str
    prevalence: float | Mapping[str, float] = 0.3


@dataclass(frozen=True)
class EvaluationView:
    """One prepared view with its truth.

    Attributes:
        image: (S, H, W) float32, normalised.
        labels: (S, H, W) uint8 structure labels.
        geometry: index to RAS mm.
        findings: (A,) bool, whether any volume of the study shows each of the joint's abnormalities.
    """

    image: np.ndarray
    labels: np.ndarray
    geometry: Geometry
    findings: np.ndarray


def write_evaluation_study(path: Path, setting: StudySetting, grids: Mapping[Plane, ViewGrid]) -> None:
    """Make one right joint's study at a clinic, unless it is there.

    Args:
        path: the file.
        setting: who is imaged, and where.
        grids: of the prepared views; a plane without one is not kept.
    """
    if path.exists():
        return
    # Which side it is gets settled elsewhere; here it would only add noise.
    study = phantom_study(
        setting.seed, anatomy=setting.anatomy, site=setting.site, side=Side.RIGHT, prevalence=setting.prevalence,
        joint=setting.joint,
    )  # fmt: skip
    joint = builder_named(setting.joint).joint
    members = {"findings": np.array([study.abnormalities[one.name] for one in joint.abnormalities], bool)}
    taken = Study.from_volumes(study.volumes, side=Side.RIGHT, joint=joint)
    for plane, view in prepare_views(taken, grids).items():
        members[f"{plane.value}_image"] = view.array.astype(np.float16)  # noise does not compress
        members[f"{plane.value}_labels"] = study.truth_on(view.geometry).array
        members[f"{plane.value}_affine"] = view.geometry.affine
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
                members[f"{plane.value}_image"].astype(np.float32),
                members[f"{plane.value}_labels"],
                Geometry(members[f"{plane.value}_image"].shape, members[f"{plane.value}_affine"]),
                members["findings"],
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


def dice_by_label(pairs: Iterable[tuple[np.ndarray, np.ndarray]]) -> Mapping[int, float]:
    """Label -> Dice over all pairs of (predicted, true) uint8 arrays together, for labels in either of them."""
    predicted_count, true_count, both = (np.zeros(256) for _ in range(3))
    for predicted, truth in pairs:
        predicted_count += np.bincount(predicted.ravel(), minlength=256)
        true_count += np.bincount(truth.ravel(), minlength=256)
        both += np.bincount(truth[predicted == truth], minlength=256)
    total = predicted_count + true_count
    return {int(label): float(2 * both[label] / total[label]) for label in np.flatnonzero(total) if label}
