"""Shards: sampled studies on disk, one compressed file each, so that a training draws them in milliseconds."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.anatomy import Joint
from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError, TrainingError
from OrthoDiffusionLib.lab.phantom.engine.joint_builder import JointBuilder
from OrthoDiffusionLib.lab.phantom.engine.placing import Focus
from OrthoDiffusionLib.lab.phantom.engine.seeds import check_request, check_training_seeds
from OrthoDiffusionLib.lab.phantom.engine.view_parts import PartTables, SampledStudy, ViewParts, WorldParts
from OrthoDiffusionLib.lab.phantom.imaging.acquisition import PIXEL_MM
from OrthoDiffusionLib.lab.phantom.imaging.scanner import sample_study
from OrthoDiffusionLib.lab.phantom.phantom import builder_named, make_phantom
from OrthoDiffusionLib.volumes.files.atomic import atomic_path
from OrthoDiffusionLib.volumes.geometry import Geometry
from OrthoDiffusionLib.volumes.plane import Plane

SCHEMA_VERSION = 1
SETTINGS_FILE = "settings.json"
LEAST_PIXEL_MM, MOST_PIXEL_MM = 0.3, 2.0

# Stored in every archive member instead of the clock, so that the same study gives the same bytes.
_ARCHIVE_DATE = (1980, 1, 1, 0, 0, 0)
_COMPRESSION_LEVEL = 4


class TrainingStudies:
    """Training studies by index, each made when it is asked for: what a `ShardReader` gives, without touching the disk.

    Args:
        count: how many studies.
        seed: of the first; each study is made from its own seed alone.
        joint: which joint.
        anatomy: what `make_phantom` is asked for.
        style: what `sample_study` is asked for.
        pixel_mm: in-plane pixel of the views; the bundle's view grids must use the same.

    Raises:
        TrainingError: if a seed or the anatomy is reserved for calibration or evaluation.
        OrthoDiffusionError: for a count below 1 or an unknown joint.
    """

    def __init__(
        self,
        count: int,
        seed: int = 0,
        *,
        joint: str,
        anatomy: str | None = None,
        style: str = "mixed",
        pixel_mm: float = PIXEL_MM,
    ) -> None:
        check_request(count, seed)
        check_training_seeds(seed, count)
        builder = builder_named(joint)
        if anatomy in builder.held_out_anatomies:
            possible = [name for name in builder.anatomies if name not in builder.held_out_anatomies]
            raise TrainingError(
                f"The anatomy {anatomy!r} is held out for evaluation and must not be trained on",
                remedy=f"Choose one of: {', '.join(possible)}.",
            )
        if not LEAST_PIXEL_MM <= pixel_mm <= MOST_PIXEL_MM:
            raise TrainingError(
                f"The pixel must be {LEAST_PIXEL_MM} to {MOST_PIXEL_MM} mm, got {pixel_mm:g} instead",
                remedy="Take the pixel of the grids that the bundle is to have.",
            )
        self.seeds = range(seed, seed + count)
        self.joint, self.anatomy, self.style, self.pixel_mm = joint, anatomy or builder.anatomies[0], style, pixel_mm

    def __len__(self) -> int:
        return len(self.seeds)

    def __getitem__(self, index: int) -> SampledStudy:
        seed = self.seeds[index]
        phantom = make_phantom(self.joint, seed, anatomy=self.anatomy)
        return sample_study(phantom, seed, style=self.style, pixel_mm=self.pixel_mm)

    def __iter__(self) -> Iterator[SampledStudy]:
        return (self[index] for index in range(len(self)))

    def view(self, index: int, plane: Plane) -> ViewParts:
        """One view of one study."""
        return self[index].views[plane]

    def settings(self) -> dict:
        """What every study of a folder must have been made with."""
        return {
            "engine": builder_named(self.joint).version,
            "joint": self.joint,
            "anatomy": self.anatomy,
            "style": self.style,
            "pixel_mm": self.pixel_mm,
        }


def write_shards(
    folder: Path | str,
    count: int,
    seed: int,
    *,
    part: int = 1,
    parts: int = 1,
    anatomy: str | None = None,
    style: str = "mixed",
    joint: str,
    pixel_mm: float = PIXEL_MM,
) -> int:
    """Make training studies `seed` … `seed + count - 1` and write those that are not there yet.

    Args:
        folder: made if missing; one file `study_<seed>.npz` a study, and `settings.json`.
        count, seed, joint, anatomy, style, pixel_mm: see `TrainingStudies`; the folder can grow later.
        part, parts: this process makes every `parts`-th study, the `part`-th of them (1 to `parts`).

    Returns:
        How many studies were written now.

    Raises:
        TrainingError: if a seed or the anatomy is reserved for calibration or evaluation, or the folder holds
            studies that were made with other settings or by another engine.
        OrthoDiffusionError: for a count below 1, an unknown joint, or a folder that cannot be written.
        ValueError: for an impossible part.
    """
    if not 1 <= part <= parts:
        raise ValueError(f"part must be 1 to {parts}, got {part} instead")
    studies = TrainingStudies(count, seed, joint=joint, anatomy=anatomy, style=style, pixel_mm=pixel_mm)
    folder = Path(folder)
    _settle(folder, studies.settings())
    written = 0
    for index in range(part - 1, count, parts):
        path = _study_path(folder, studies.seeds[index])
        if path.exists():
            continue
        write_study(path, studies[index])
        written += 1
    return written


class StreamedStudies:
    """Training studies in a folder, each made when it is first asked for: a training need not wait for all of them.

    Several processes may share a folder: a study that two of them make at once is the same twice, and each file
    appears complete.

    Args:
        folder: made if missing; those that `write_shards` wrote there with the same settings are used.
        studies: what is made.

    Raises:
        TrainingError: if the folder holds studies that were made with other settings or by another engine.
        OutputError: if it cannot be written.
    """

    def __init__(self, folder: Path | str, studies: TrainingStudies) -> None:
        self.folder, self.studies = Path(folder), studies
        _settle(self.folder, studies.settings())

    def __len__(self) -> int:
        return len(self.studies)

    def __getitem__(self, index: int) -> SampledStudy:
        path = _study_path(self.folder, self.studies.seeds[index])
        if not path.exists():
            write_study(path, self.studies[index])
        return read_study(path)


def _study_path(folder: Path, seed: int) -> Path:
    return folder / f"study_{seed:07d}.npz"


def _settle(folder: Path, settings: dict) -> None:
    """Make the folder and note what its studies are made with, or refuse to mix them."""
    path = folder / SETTINGS_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        there = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    except (OSError, ValueError) as error:
        raise OutputError(
            "The folder cannot take studies to train on", where=str(folder), remedy="Choose a new folder."
        ) from error
    if there is None and not any(folder.glob("study_*.npz")):
        with atomic_path(path) as temporary:
            temporary.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    elif there != settings:
        given = ", ".join(f"{name} {value}" for name, value in (there or {"engine": "before 2"}).items())
        raise TrainingError(
            f"The folder holds studies that were made with other settings ({given})",
            where=str(folder),
            remedy="Choose another folder, or ask for the same settings.",
        )


def write_study(path: Path | str, study: SampledStudy) -> None:
    """Write one sampled study, about 1 MB, whole or not at all."""
    tables = study.tables
    facts = {
        "schema_version": SCHEMA_VERSION,
        "seed": study.seed,
        "anatomy": study.anatomy,
        "style": study.style,
        "abnormalities": {name: bool(value) for name, value in study.abnormalities.items()},
        "grades": dict(study.grades),
        "blur_mm": {plane.value: view.blur_mm for plane, view in study.views.items()},
        "tissue_names": list(tables.tissue_names),
        "abnormality_names": list(tables.abnormality_names),
    }
    members: dict[str, np.ndarray] = {
        "facts": np.frombuffer(json.dumps(facts, sort_keys=False).encode(), np.uint8),
        "tables": np.stack([tables.tissue, tables.structure]),
        "lesions": tables.lesion,
    }
    for plane, view in study.views.items():
        members[f"{plane.value}_affine"] = view.geometry.affine
        members[f"{plane.value}_centre"] = view.centre
        # Nearly everywhere the same as the centre: the exclusive-or is mostly zero and packs to almost nothing.
        members[f"{plane.value}_parts"] = view.parts ^ view.centre
    if study.world is not None:
        members["world_affine"] = study.world.geometry.affine
        members["world_centre"] = study.world.centre
    _write_archive(Path(path), members)


def read_study(path: Path | str, planes: Iterable[Plane] | None = None) -> SampledStudy:
    """Read a study written by `write_study`.

    Args:
        path: the file.
        planes: read only these views, without the world's grid; everything if None.

    Raises:
        TrainingError: if the file cannot be read or was written by another version.
    """
    path = Path(path)
    try:
        # Opened here: numpy leaves its own file open when the archive is damaged.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            facts = json.loads(archive["facts"].tobytes().decode())
            version = facts.get("schema_version")
            if version != SCHEMA_VERSION:
                raise TrainingError(
                    f"The training study has version {version}, this program reads {SCHEMA_VERSION}",
                    where=str(path),
                    remedy="Write the training studies again with `orthodiffusion phantom`.",
                )
            tissue, structure, *older = archive["tables"]
            lesion = older[0] if older else archive["lesions"]  # up to version 0.2.0 in one table
            tables = PartTables(
                tissue, structure, lesion, tuple(facts["tissue_names"]), tuple(facts["abnormality_names"])
            )
            views = {
                plane: _read_view(archive, plane, tables, facts["blur_mm"][plane.value], facts["seed"])
                for plane in (Plane if planes is None else planes)
                if plane.value in facts["blur_mm"]
            }
            world = None
            if planes is None and "world_centre" in archive:
                centre = archive["world_centre"]
                world = WorldParts(centre, Geometry(centre.shape, archive["world_affine"]), tables)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise TrainingError(
            f"A training study cannot be read: {error}", where=str(path), remedy="Delete the file and write it again."
        ) from error
    return SampledStudy(
        facts["seed"], facts["anatomy"], facts["style"], views, facts["abnormalities"], facts["grades"], world
    )


def joint_of_shards(folder: Path | str) -> Joint:
    """The joint that the training studies of a folder show.

    Raises:
        TrainingError: if the folder does not say, or there is no digital joint of that name.
    """
    return _builder_of_shards(folder).joint


def focus_of_shards(folder: Path | str) -> Focus:
    """Where trainings look at the joint that the training studies of a folder show.

    Raises:
        TrainingError: as above.
    """
    return _builder_of_shards(folder).placing.focus


def _builder_of_shards(folder: Path | str) -> JointBuilder:
    path = Path(folder) / SETTINGS_FILE
    try:
        name = json.loads(path.read_text(encoding="utf-8"))["joint"]
        return builder_named(name)
    except (OSError, ValueError, KeyError, TypeError, OrthoDiffusionError) as error:
        raise TrainingError(
            "The folder of training studies does not say which joint it shows",
            where=str(path),
            remedy="Make the studies again with `orthodiffusion phantom --for-training`.",
        ) from error


class ShardReader:
    """The studies of a folder by index.

    Args:
        folder: where `write_shards` wrote.

    Raises:
        TrainingError: if there is no study in the folder.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.paths = sorted(self.folder.glob("study_*.npz"))
        if not self.paths:
            raise TrainingError(
                "There are no training studies in the folder",
                where=str(folder),
                remedy="Write some first with `orthodiffusion phantom`.",
            )

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> SampledStudy:
        return read_study(self.paths[index])

    def view(self, index: int, plane: Plane) -> ViewParts:
        """One view of one study; a third of the work of reading all."""
        return read_study(self.paths[index], (plane,)).views[plane]


def _read_view(archive, plane: Plane, tables: PartTables, blur_mm: float, seed: int) -> ViewParts:
    centre = archive[f"{plane.value}_centre"]
    parts = archive[f"{plane.value}_parts"]
    parts ^= centre
    geometry = Geometry(centre.shape, archive[f"{plane.value}_affine"])
    return ViewParts(plane, parts, centre, geometry, tables, blur_mm, texture_seed=seed)


def _write_archive(path: Path, members: dict[str, np.ndarray]) -> None:
    """An .npz that `numpy.load` reads, of fixed dates and compression, renamed into place when complete."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with zipfile.ZipFile(temporary, "w") as archive:
            for name, array in members.items():
                buffer = io.BytesIO()
                np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
                info = zipfile.ZipInfo(f"{name}.npy", _ARCHIVE_DATE)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, buffer.getvalue(), compresslevel=_COMPRESSION_LEVEL)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
