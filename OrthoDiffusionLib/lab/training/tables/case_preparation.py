"""From a row of the table to what the networks see: views, labels on their grids, the joint's box; kept on disk."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.analysis.study_inputs import read_study
from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.bundles import Manifest
from OrthoDiffusionLib.errors import OrthoDiffusionError, StudyError, TrainingError
from OrthoDiffusionLib.findings.label_resampling import labels_on
from OrthoDiffusionLib.findings.postprocessing import medial_lateral_pairs
from OrthoDiffusionLib.lab.evaluation.scores.segmentation_scores import imaged_region
from OrthoDiffusionLib.lab.training.engine.losses import IGNORED
from OrthoDiffusionLib.lab.training.tables.case_table import WORLD, Case
from OrthoDiffusionLib.lab.training.tables.side_of_labels import side_of_labels
from OrthoDiffusionLib.lab.training.tables.vocabulary import Vocabulary
from OrthoDiffusionLib.views import View, prepare_views
from OrthoDiffusionLib.volumes import Geometry, Plane, Study, Volume, check_study, read_volume
from OrthoDiffusionLib.volumes.files.atomic import atomic_path
from OrthoDiffusionLib.volumes.resampling import grids_overlap

SAME_GRID_MM = 0.1
"""Programs round the numbers of a header; a label map that is off by less lies where its image does."""

BOX_MARGIN_MM = 8.0
MANY_VALUES = 20
"""More values without a name than these are grey values, not labels."""

SMALLEST_BOX_MM = 40.0
LARGEST_BOX_MM = 120.0

REFUSED = {"other_body_part", "not_mr"}
"""Notices of a study for which it is left out of a training."""

FORM = 2


class SkippedCaseError(OrthoDiffusionError):
    """A case that cannot be used; the training goes on without it and says so."""


@dataclass(frozen=True, eq=False)
class PreparedView:
    """One view, with labels where there are any.

    Attributes:
        array: (S, H, W) float32, normalised.
        labels: (S, H, W) uint8, 255 where nothing is known; None without a label map.
        geometry: index to RAS mm in the networks' world, where every joint is a right one.
    """

    array: np.ndarray
    labels: np.ndarray | None
    geometry: Geometry


@dataclass(frozen=True, eq=False)
class PreparedCase:
    """A case as the networks see it.

    Attributes:
        views: plane -> view.
        world: uint8 labels on an axis-aligned RAS grid, 255 where nothing is known; None without a world label map.
        box: (2, 3) lowest and highest corner of the joint, RAS mm.
        side: that was used.
        side_source: who said so.
    """

    views: Mapping[Plane, PreparedView]
    world: Volume | None
    box: np.ndarray
    side: Side
    side_source: str

    @property
    def has_labels(self) -> bool:
        """Whether anything is outlined."""
        return self.world is not None or any(view.labels is not None for view in self.views.values())


def study_of(case: Case, vocabulary: Vocabulary, settle: Callable[[Study], Side] | None = None) -> Study:
    """Read a case's images and choose a volume for each plane, its side settled.

    Args:
        settle: says the side of a study where neither the table nor a tag does; None where nothing can.

    Raises:
        SkippedCaseError: if there is no usable series, it is of another joint, or the side stays unknown.
    """
    try:
        study = read_study(
            [case.folder] if case.folder else [],
            by_plane={plane: [path] for plane, path in case.images.items()},
            side=case.side,
            joint=vocabulary.joint,
            name=case.name,
        )
        for notice in check_study(study):
            if notice.code in REFUSED:
                raise StudyError(notice.what, where=notice.where, remedy=notice.remedy)
        if study.side is None and settle is not None:
            study = study.with_side(settle(study), "anatomy")
    except OrthoDiffusionError as error:
        raise SkippedCaseError(error.what, where=error.where, remedy=error.remedy) from error
    if study.side is None:
        raise SkippedCaseError("The side is not known", remedy="Fill the table's column side.")
    return study


def prepare_case(
    case: Case,
    study: Study,
    vocabulary: Vocabulary,
    manifest: Manifest,
    box_of: Callable[[Mapping[Plane, View]], np.ndarray] | None = None,
) -> PreparedCase:
    """Prepare views and labels the way the Analyzer prepares views.

    Args:
        study: by `study_of`.
        manifest: says the views' grids.
        box_of: finds the joint's box, (2, 3) RAS mm, in views without labels; None takes the middle of the views.

    Raises:
        TrainingError: if a label map does not lie on its image's grid, holds values that have no name, or has medial
            and lateral as in a joint of the other side.
    """
    if study.side is None:
        raise ValueError("the study's side must be settled; see study_of")
    mirror = study.side is Side.LEFT
    views = prepare_views(study, manifest.grids, mirror=mirror)
    maps = label_maps_of(case, study, vocabulary)
    _check_side(case, study.side, maps, vocabulary)
    if mirror:
        maps = {key: volume.mirrored() for key, volume in maps.items()}
    prepared = {}
    for plane, view in views.items():
        own = maps.get(plane.value, maps.get(WORLD))
        prepared[plane] = PreparedView(view.array, None if own is None else _labels_of(view, own), view.geometry)
    world = None
    if WORLD in maps:
        world = _on_world_grid(maps[WORLD], manifest.fusion_spacing_mm)
    box = _label_box(maps)
    if box is None and box_of is not None:
        box = box_of(views)
    if box is None:
        middle = np.mean([view.geometry.centre_ras for view in views.values()], axis=0)
        box = np.stack([middle - SMALLEST_BOX_MM, middle + SMALLEST_BOX_MM])
    return PreparedCase(prepared, world, _bounded(box), study.side, study.side_source)


def label_maps_of(case: Case, study: Study, vocabulary: Vocabulary) -> dict[str, Volume]:
    """The label maps of a case in the patient's world, with this project's labels, 255 for what is not known.

    Returns:
        "sagittal", "coronal", "axial" or "world" -> uint8 labels, on the grid they were drawn on.

    Raises:
        TrainingError: as `prepare_case`.
    """
    found = {}
    for key, path in case.label_maps.items():
        volume = read_volume(path)
        if key == WORLD:
            _check_overlap(volume, study, case, path)
        elif Plane(key) in study.planes:
            volume = _on_image_grid(volume, study.planes[Plane(key)], case, key, path)
        else:
            raise TrainingError(
                f"The case {case.name} has {key} labels and no {key} image", where=str(path), remedy="Name the image."
            )
        found[key] = volume.with_array(_translated(volume.array, case, vocabulary, path))
    return found


def _on_image_grid(labels: Volume, image: Volume, case: Case, key: str, path: Path) -> Volume:
    turned = labels.reoriented(image.geometry.axis_codes)
    if not turned.geometry.is_same_grid(image.geometry, SAME_GRID_MM):
        raise TrainingError(
            f"The {key} label map of the case {case.name} does not lie on the grid of its image: "
            f"labels {labels.geometry!r}, image ‘{image.name}’ {image.geometry!r}",
            where=str(path),
            remedy="Export it on the image's grid, or name it in the column world_labels, "
            "which takes any grid of the same patient space.",
        )
    return Volume(turned.array, image.geometry, name=labels.name)


def _check_overlap(labels: Volume, study: Study, case: Case, path: Path) -> None:
    for volume in study.volumes:
        if not grids_overlap(labels.geometry, volume.geometry):
            raise TrainingError(
                f"The world label map of the case {case.name} does not overlap its image: "
                f"labels {labels.geometry!r}, image ‘{volume.name}’ {volume.geometry!r}",
                where=str(path),
                remedy="Check that both are of the same exam and in the same patient space.",
            )


def _translated(array: np.ndarray, case: Case, vocabulary: Vocabulary, path: Path) -> np.ndarray:
    """Voxel values of the user's maps to this project's labels."""
    values = np.unique(array)
    if (values % 1).any() or values.min() < 0 or values.max() > 65535:
        raise TrainingError(
            f"The label map of the case {case.name} holds values that are no whole numbers from 0 to 65535",
            where=str(path),
            remedy="Give a map of labels, not of probabilities or grey values.",
        )
    table = np.full(int(values.max()) + 1, -1)
    table[0] = 0
    for name, value in vocabulary.values.items():
        if value < len(table):
            # outlined now and then, but not said to be complete: like background, it is none of those that are
            table[value] = vocabulary.label_of(name) if name in case.covered else 0
    if len(table) > IGNORED and table[IGNORED] < 0:
        table[IGNORED] = IGNORED
    unknown = [int(value) for value in values if table[int(value)] < 0]
    if unknown:
        names = ", ".join(f"{value} {name}" for name, value in vocabulary.values.items())
        raise TrainingError(
            f"The label map of the case {case.name} holds values without a name: {_few(unknown)}",
            where=str(path),
            remedy="Is it an image? Give a label map."
            if len(unknown) > MANY_VALUES
            else f"Known are {names}. Name others in [label_maps] values of a vocabulary file.",
        )
    return table.astype(np.uint8)[array.astype(np.int64)]


def _check_side(case: Case, side: Side, maps: Mapping[str, Volume], vocabulary: Vocabulary) -> None:
    """A wrong side mirrors a case: the networks would learn to take medial for lateral."""
    for medial, lateral in medial_lateral_pairs(vocabulary.joint.structures):
        for key, volume in maps.items():
            if side_of_labels(volume, medial.label, lateral.label) is side.opposite:
                raise TrainingError(
                    f"In the {key} labels of the case {case.name}, {medial.name} and {lateral.name} lie as in a "
                    f"{side.opposite.value} {vocabulary.joint.name}, but the case is taken for a {side.value} one",
                    where=str(case.label_maps[key]),
                    remedy="Correct the column side, the two labels, or left and right in the files' headers.",
                )


def _few(values: list[int]) -> str:
    more = f" and {len(values) - MANY_VALUES} more" if len(values) > MANY_VALUES else ""
    return ", ".join(map(str, values[:MANY_VALUES])) + more


def _labels_of(view: View, labels: Volume) -> np.ndarray:
    on_view = labels_on(Volume(labels.array, labels.geometry), view.geometry).array.copy()
    on_view[~imaged_region(view.geometry, [labels.geometry])] = IGNORED
    return on_view


def _on_world_grid(labels: Volume, spacing_mm: float) -> Volume:
    corners = labels.geometry.corners_ras
    grid = Geometry.from_box(tuple(corners.min(axis=0)), tuple(corners.max(axis=0)), spacing_mm)
    array = labels_on(labels, grid).array.copy()
    array[~imaged_region(grid, [labels.geometry])] = IGNORED
    return Volume(array, grid)


def _label_box(maps: Mapping[str, Volume]) -> np.ndarray | None:
    """(2, 3) around everything that is outlined; None if nothing is."""
    places = []
    for volume in maps.values():
        inside = np.argwhere((volume.array > 0) & (volume.array != IGNORED))
        if len(inside):
            ends = np.stack([inside.min(axis=0), inside.max(axis=0)])
            corners = np.array(np.meshgrid(*ends.T, indexing="ij")).reshape(3, 8).T
            places.append(volume.geometry.to_ras(corners.astype(float)))
    if not places:
        return None
    points = np.concatenate(places)
    return np.stack([points.min(axis=0) - BOX_MARGIN_MM, points.max(axis=0) + BOX_MARGIN_MM])


def _bounded(box: np.ndarray) -> np.ndarray:
    """The same middle, with sides that are neither too short to learn from nor too long for the memory."""
    middle = box.mean(axis=0)
    half = np.clip((box[1] - box[0]) / 2, SMALLEST_BOX_MM / 2, LARGEST_BOX_MM / 2)
    return np.stack([middle - half, middle + half])


# -- on disk


def prepared_key(case: Case, vocabulary: Vocabulary, manifest: Manifest) -> str:
    """What a prepared case depends on: its files as they are now, its row, the vocabulary, the views' grids."""
    files = [*case.images.values(), *case.label_maps.values()]
    if case.folder is not None:
        files += sorted(path for path in (case.folder, *case.folder.rglob("*")) if path.is_file())
    stamps = [(str(path), (status := path.stat()).st_size, status.st_mtime_ns) for path in files]
    content = {
        "form": FORM,
        "files": stamps,
        "side": case.side.value if case.side else None,
        "covered": sorted(case.covered),
        "values": dict(vocabulary.values),
        "labels": {structure.name: structure.label for structure in vocabulary.joint.structures},
        "views": {plane.value: view.as_dict() for plane, view in manifest.views.items()},
        "fusion": manifest.fusion_spacing_mm,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def write_prepared(path: Path, case: PreparedCase, key: str) -> None:
    """Keep a prepared case; the file is whole or not there.

    Raises:
        OutputError: if it cannot be written, e.g. because the disk is full.
    """
    arrays: dict[str, np.ndarray] = {"box": case.box}
    for plane, view in case.views.items():
        arrays[f"{plane.value}_image"] = view.array.astype(np.float16)
        arrays[f"{plane.value}_affine"] = view.geometry.affine
        if view.labels is not None:
            arrays[f"{plane.value}_labels"] = view.labels
    if case.world is not None:
        arrays |= {"world_labels": case.world.array, "world_affine": case.world.geometry.affine}
    facts = json.dumps({"key": key, "side": case.side.value, "side_source": case.side_source})
    arrays = {"facts": np.array(facts), **arrays}
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def prepared_case(path: Path) -> PreparedCase:
    """What `write_prepared` kept, as it is.

    Raises:
        TrainingError: if the file is damaged or gone.
    """
    case = read_prepared(path)
    if case is None:
        raise TrainingError(
            "A prepared case is missing", where=str(path), remedy="Run the same command again; it is made anew."
        )
    return case


def read_prepared(path: Path, key: str | None = None) -> PreparedCase | None:
    """What `write_prepared` kept; None if there is none, or it was made of other files or settings.

    Args:
        key: by `prepared_key`; None takes it as it is.
    """
    if not path.exists():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            facts = json.loads(str(arrays["facts"]))
            if key is not None and facts["key"] != key:
                return None
            views = {
                plane: PreparedView(
                    (image := arrays[f"{plane.value}_image"].astype(np.float32)),
                    arrays.get(f"{plane.value}_labels"),
                    Geometry(image.shape, arrays[f"{plane.value}_affine"]),
                )
                for plane in Plane
                if f"{plane.value}_image" in arrays
            }
            world = None
            if "world_labels" in arrays:
                labels = arrays["world_labels"]
                world = Volume(labels, Geometry(labels.shape, arrays["world_affine"]))
            return PreparedCase(views, world, arrays["box"], Side(facts["side"]), facts["side_source"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        if key is not None:
            return None  # damaged: it is made again
        raise TrainingError(
            "A prepared case cannot be read", where=str(path), remedy="Delete the file and run the same command again."
        ) from error
