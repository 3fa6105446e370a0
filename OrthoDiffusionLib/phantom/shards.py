"""Shards: sampled studies on disk, one compressed file each, so that a training draws them in milliseconds."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ..errors import TrainingError
from ..volumes.geometry import Geometry
from ..volumes.plane import Plane
from .acquisition import PIXEL_MM
from .atlas import HELD_OUT_ANATOMIES
from .phantom import make_phantom
from .scanner import sample_study
from .seeds import check_request, check_training_seeds
from .view_parts import PartTables, SampledStudy, ViewParts, WorldParts

SCHEMA_VERSION = 1

# Stored in every archive member instead of the clock, so that the same study gives the same bytes.
_ARCHIVE_DATE = (1980, 1, 1, 0, 0, 0)
_COMPRESSION_LEVEL = 4


def write_shards(
    folder: Path | str,
    count: int,
    seed: int,
    *,
    part: int = 1,
    parts: int = 1,
    anatomy: str = "mixed",
    style: str = "mixed",
    joint: str = "knee",
    pixel_mm: float = PIXEL_MM,
) -> int:
    """Make training studies `seed` … `seed + count - 1` and write those that are not there yet.

    Args:
        folder: made if missing; one file `study_<seed>.npz` a study.
        count: how many studies in all.
        seed: of the first; each study is made from its own seed alone, so the folder can grow later.
        part, parts: this process makes every `parts`-th study, the `part`-th of them (1 to `parts`).
        anatomy: what `make_phantom` is asked for.
        style: what `sample_study` is asked for.
        joint: which joint.
        pixel_mm: in-plane pixel of the views; the bundle's view grids must use the same.

    Returns:
        How many studies were written now.

    Raises:
        TrainingError: if a seed or the anatomy is reserved for calibration or evaluation.
        OrthoDiffusionError: for a count below 1.
        ValueError: for an impossible part.
    """
    if not 1 <= part <= parts:
        raise ValueError(f"part must be 1 to {parts}, got {part} instead")
    check_request(count, seed)
    check_training_seeds(seed, count)
    if anatomy in HELD_OUT_ANATOMIES:
        raise TrainingError(
            f"The anatomy {anatomy!r} is held out for evaluation and must not be trained on",
            remedy="Choose “mixed”, “procedural”, “atlas” or another label map.",
        )
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for number in range(seed + part - 1, seed + count, parts):
        path = folder / f"study_{number:07d}.npz"
        if path.exists():
            continue
        study = sample_study(make_phantom(joint, number, anatomy=anatomy), number, style=style, pixel_mm=pixel_mm)
        write_study(path, study)
        written += 1
    return written


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
        "tables": np.stack([tables.tissue, tables.structure, tables.lesion]),
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
            tissue, structure, lesion = archive["tables"]
            tables = PartTables(
                tissue, structure, lesion, tuple(facts["tissue_names"]), tuple(facts["abnormality_names"])
            )
            views = {
                plane: _read_view(archive, plane, tables, facts["blur_mm"][plane.value])
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


def _read_view(archive, plane: Plane, tables: PartTables, blur_mm: float) -> ViewParts:
    centre = archive[f"{plane.value}_centre"]
    parts = archive[f"{plane.value}_parts"]
    parts ^= centre
    geometry = Geometry(centre.shape, archive[f"{plane.value}_affine"])
    return ViewParts(plane, parts, centre, geometry, tables, blur_mm)


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
