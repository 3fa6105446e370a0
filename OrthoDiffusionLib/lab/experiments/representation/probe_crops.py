"""Fixed crops that features are probed on: one of each phantom study, rendered once for all cells."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.phantom.engine.view_parts import MIN_LESION_VOXELS
from OrthoDiffusionLib.lab.phantom.imaging.scanner import sample_study
from OrthoDiffusionLib.lab.phantom.phantom import make_phantom
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
from OrthoDiffusionLib.lab.training.samples.crops import crop_view
from OrthoDiffusionLib.volumes import Plane
from OrthoDiffusionLib.volumes.files.atomic import atomic_path

ANATOMY = "mixed"
"""Of the phantom studies."""

FINDINGS = tuple(abnormality.name for abnormality in KNEE.abnormalities)

# The middle of the joint, where training's crops lie as well; RAS mm of the right-knee world.
_FOCUS_RAS = np.array([0.0, 0.0, 4.0])
# Chance of the contrast; no training draws from this stream.
_CONTRAST = 11


@dataclass(frozen=True)
class ProbeCrop:
    """One view's crop with what is true of it.

    Attributes:
        image: (S, H, W) float32, normalised.
        labels: (S, H, W) uint8 structure labels.
        present: (F,) bool, which of `FINDINGS` the crop shows.
        places: (F, 3) voxel index of where each finding would be looked for.
    """

    image: np.ndarray
    labels: np.ndarray
    present: np.ndarray
    places: np.ndarray


def write_probe_crop(path: Path, seed: int, plane: Plane, recipe: Recipe) -> None:
    """Make the phantom study of a seed, take one picture of a plane and keep its middle, unless it is there.

    A finding is present if its lesion covers enough voxels of the crop to be seen, whatever the study is said to have.
    """
    if path.exists():
        return
    study = sample_study(make_phantom(KNEE.name, seed, anatomy=ANATOMY), seed, pixel_mm=recipe.encoder_pixel_mm)
    view = study.views[plane]
    crop = crop_view(view, _FOCUS_RAS, recipe.data, np.random.default_rng([seed, _CONTRAST]))
    start = np.rint(view.geometry.to_ijk(crop.geometry.to_ras(np.zeros(3)))).astype(int)
    counts = view.cropped(tuple(start), recipe.data.crop).lesion_voxels()
    present = np.array([counts[name] >= MIN_LESION_VOXELS for name in FINDINGS])
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(
            file, image=crop.image.astype(np.float16), labels=crop.labels, present=present, places=_places(crop.labels)
        )


def read_probe_crop(path: Path) -> ProbeCrop:
    """What `write_probe_crop` wrote.

    Raises:
        TrainingError: if the file cannot be read.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            image, labels, present, places = (archive[name] for name in ("image", "labels", "present", "places"))
    except (OSError, ValueError, EOFError, KeyError) as error:
        raise TrainingError(
            f"A crop to probe features on cannot be read: {error}",
            where=str(path),
            remedy="Delete the file and run the command again.",
        ) from error
    return ProbeCrop(image.astype(np.float32), labels, present, places)


def _places(labels: np.ndarray) -> np.ndarray:
    """Middle of the structure that each finding speaks of first; of the crop where it is not seen."""
    values = {structure.name: structure.label for structure in KNEE.structures}
    middle = (np.array(labels.shape) - 1) // 2
    found = [np.argwhere(labels == values[abnormality.structures[0]]) for abnormality in KNEE.abnormalities]
    return np.stack([np.rint(where.mean(axis=0)).astype(int) if len(where) else middle for where in found])
