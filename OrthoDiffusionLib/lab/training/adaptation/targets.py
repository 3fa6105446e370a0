"""What the planes are taught: the fused outlines of the averaged weights so far, where they are sure; kept on disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.analysis.model import OrthoModel
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.findings.label_resampling import labels_on
from OrthoDiffusionLib.lab.evaluation.scores.segmentation_scores import imaged_region
from OrthoDiffusionLib.lab.training.adaptation.settings import VIEW_SUBSETS, AdaptSettings
from OrthoDiffusionLib.lab.training.adaptation.site_study import SiteStudy
from OrthoDiffusionLib.lab.training.adaptation.study_outlines import outline_study, sure_labels
from OrthoDiffusionLib.lab.training.engine.losses import IGNORED
from OrthoDiffusionLib.lab.training.tables.case_dataset import CaseDraws, DrawSettings
from OrthoDiffusionLib.lab.training.tables.case_preparation import PreparedCase, prepared_case
from OrthoDiffusionLib.lab.training.tables.vocabulary import Vocabulary
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes import Geometry, Volume
from OrthoDiffusionLib.volumes.files.atomic import atomic_path, make_folder

_COMPLETE = "complete"
"""Empty file that says that a round's targets are all there."""


def make_targets(
    teacher: OrthoModel,
    studies: Sequence[SiteStudy],
    spacing_mm: float,
    settings: AdaptSettings,
    folder: Path,
    *,
    report: Callable[[str], None] = print,
) -> None:
    """Outline every study with the teacher and keep where it is sure; what is there already stays.

    Raises:
        TrainingError: if it is sure of no structure in any study.
        OutputError: if a file cannot be written.
    """
    if (folder / _COMPLETE).exists():
        return
    make_folder(folder)
    shares = []
    for study in studies:
        path = folder / study.path.name
        if not path.exists():
            _write(path, targets_of(teacher, prepared_case(study.path), spacing_mm, settings))
        world = _read(path)["world"]
        known = world[world != IGNORED]
        shares.append(float(np.count_nonzero(known) / max(1, world.size)))
    if not any(shares):
        raise TrainingError(Message("adapt", "nothing_sure", {"count": len(studies)}))
    report(f"targets of {len(studies)} studies: structures fill {100 * np.mean(shares):.1f} % of the joint's box")
    (folder / _COMPLETE).touch()


def forget_targets(folder: Path, keep: Path) -> None:
    """Remove the targets of other rounds: they are outlines of patients, and are not needed any more."""
    for other in folder.iterdir() if folder.is_dir() else ():
        if other != keep:
            shutil.rmtree(other, ignore_errors=True)


def targets_of(teacher: OrthoModel, prepared: PreparedCase, spacing_mm: float, settings: AdaptSettings) -> PreparedCase:
    """The study with the sure part of its fused outlines as labels, 255 elsewhere.

    Returns:
        The same views with labels on their own grids, and `world` on the fine grid of the fusion.
    """
    found = outline_study(teacher, prepared.views, spacing_mm)
    world = Volume(sure_labels(found.fused, settings), found.geometry)
    views = {}
    for plane, view in prepared.views.items():
        labels = labels_on(world, view.geometry).array.copy()
        labels[~imaged_region(view.geometry, [found.geometry])] = IGNORED
        views[plane] = replace(view, labels=labels)
    return replace(prepared, views=views, world=world)


def _write(path: Path, targets: PreparedCase) -> None:
    if targets.world is None:
        raise ValueError("targets must have their world grid")
    arrays = {"world": targets.world.array, "affine": targets.world.geometry.affine}
    for plane, view in targets.views.items():
        if view.labels is not None:
            arrays[plane.value] = view.labels
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def _read(path: Path) -> Mapping[str, np.ndarray]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return dict(arrays)
    except (OSError, ValueError, EOFError) as error:
        raise TrainingError(
            "The targets of a study cannot be read",
            where=str(path),
            remedy="Delete the file and run the command again.",
        ) from error


class SiteDraws(CaseDraws):
    """Windows of the site's studies with their targets; sample k is a function of seed, targets and k alone.

    Args:
        studies: that teach.
        targets: the folder that `make_targets` filled for them.
        vocabulary: of the bundle.
        spacing_mm: of the fine grid.
        pixel_ratio: as in `CaseDraws`.
    """

    def __init__(
        self,
        studies: Sequence[SiteStudy],
        targets: Path,
        vocabulary: Vocabulary,
        spacing_mm: float,
        *,
        seed: int,
        pixel_ratio: int,
    ) -> None:
        self.targets = targets
        covered = tuple(structure.name for structure in vocabulary.joint.structures)
        cases = [(replace(study.case, covered=covered), study.path) for study in studies]
        draw = DrawSettings(whole=False)
        super().__init__(
            cases, vocabulary, spacing_mm, draw, seed=seed, pixel_ratio=pixel_ratio, view_subsets=VIEW_SUBSETS
        )

    def read(self, path: Path) -> PreparedCase:
        """The prepared views with their targets."""
        prepared, arrays = prepared_case(path), _read(self.targets / path.name)
        views = {plane: replace(view, labels=arrays[plane.value]) for plane, view in prepared.views.items()}
        world = Volume(arrays["world"], Geometry(arrays["world"].shape, arrays["affine"]))
        return replace(prepared, views=views, world=world)
