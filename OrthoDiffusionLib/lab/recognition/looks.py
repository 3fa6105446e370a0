"""What the recogniser is measured on: digital studies as they are and altered, made-up scenes, images of the user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.lab.evaluation.unlike.alterations import ALTERATIONS, altered_volume
from OrthoDiffusionLib.lab.phantom.datasets.cohort import Cohort, PhantomStudy
from OrthoDiffusionLib.lab.recognition.other_scenes import made_up_volume
from OrthoDiffusionLib.recognition.coarse_picture import coarse_picture
from OrthoDiffusionLib.volumes import Volume
from OrthoDiffusionLib.volumes.files.atomic import atomic_path
from OrthoDiffusionLib.volumes.plane import slice_axis

WHOLE, SMALL, MIRRORED = "whole", "small_field", "mirrored"
SHUFFLED, INVERTED, TOMOGRAPHY = "shuffled_slices", "inverted", "ct_like"
SMALL_FIELD_MM = 100.0

Pictures = Mapping[str, Sequence[np.ndarray]]
"""Kind -> one coarse picture a volume."""


@dataclass(frozen=True)
class KeptLooks:
    """Coarse pictures on disk: a study is made once, whatever network looks at it then.

    Attributes:
        folder: one file a study.
    """

    folder: Path

    def of_study(self, cohort: Cohort, number: int) -> Pictures:
        """The pictures of a study of a cohort, by kind."""
        name = cohort.study_name(number)
        path = self.folder / f"{name}.npz"
        if not path.exists():
            _write(path, pictures_of(cohort.study(number), number))
        return _read(path)


def pictures_of(phantom: PhantomStudy, number: int) -> dict[str, list[np.ndarray]]:
    """The pictures of a study by kind: as it is, in small fields of view, and altered.

    The mirror image, of which no file needs to be kept, is made by `mirrored`.
    """
    volumes = phantom.volumes
    return {
        WHOLE: [coarse_picture(volume) for volume in volumes],
        SMALL: [coarse_picture(small_field(volume)) for volume in volumes],
        **{kind: [_altered(volume, phantom, kind, number) for volume in volumes] for kind in (SHUFFLED, INVERTED)},
        TOMOGRAPHY: [_altered(volumes[0], phantom, TOMOGRAPHY, number)],
    }


def mirrored(picture: np.ndarray) -> np.ndarray:
    """The picture of a joint of the other side."""
    return np.ascontiguousarray(picture[:, ::-1])


def small_field(volume: Volume) -> Volume:
    """The middle of a volume, 100 mm wide across its slices' rows and columns; all slices."""
    geometry = volume.geometry
    start, stop = [0, 0, 0], list(geometry.shape)
    for axis in range(3):
        if axis == slice_axis(geometry):
            continue
        count = min(geometry.shape[axis], round(SMALL_FIELD_MM / float(geometry.spacing_mm[axis])))
        start[axis] = (geometry.shape[axis] - count) // 2
        stop[axis] = start[axis] + count
    box = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
    return replace(volume, array=volume.array[box], geometry=geometry.cropped(start, stop))


def made_up(family: str, count: int, seed: int) -> Iterator[np.ndarray]:
    """Pictures of scenes of a family, each through the same steps as a file's volume."""
    for number in range(count):
        yield coarse_picture(made_up_volume(family, seed + number))


def _altered(volume: Volume, phantom: PhantomStudy, kind: str, number: int) -> np.ndarray:
    rng = np.random.default_rng([number, list(ALTERATIONS).index(kind)])
    return coarse_picture(altered_volume(volume, phantom, ALTERATIONS[kind], rng))


def _write(path: Path, pictures: Pictures) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {f"{kind}.{n}": one.astype(np.float16) for kind, rows in pictures.items() for n, one in enumerate(rows)}
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # names of arrays, none of which is a setting


def _read(path: Path) -> Pictures:
    found: dict[str, list[np.ndarray]] = {}
    with np.load(path, allow_pickle=False) as archive:
        for name in archive.files:
            found.setdefault(name.rpartition(".")[0], []).append(archive[name].astype(np.float32))
    return found
