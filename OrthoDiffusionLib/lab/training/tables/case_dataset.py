"""Draws from prepared cases: sample k of a training is a function of seed and k alone.

The study-level classifier is about the whole study: in a crop that leaves the lesion out it would learn the opposite.
So a case whose findings are taught is always shown with its whole views and the joint's whole box, as the Analyzer sees
it; only where outlines alone are taught is a window enough.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch.utils.data import Dataset

from OrthoDiffusionLib.analysis.inference import FUSION_RATIO
from OrthoDiffusionLib.heads import encode_all
from OrthoDiffusionLib.lab.training.engine.losses import IGNORED
from OrthoDiffusionLib.lab.training.samples.points import Points, box_of, importance, window_of
from OrthoDiffusionLib.lab.training.tables.case_preparation import PreparedCase, PreparedView, prepared_case
from OrthoDiffusionLib.lab.training.tables.case_table import Case
from OrthoDiffusionLib.lab.training.tables.vocabulary import Vocabulary
from OrthoDiffusionLib.volumes import Geometry, Plane

CLINICAL_FORGOTTEN = 0.3
"""How often a clinical value that is known is left out, so that its absence stays something the network has seen."""

VIEW_SUBSETS = (0.6, 0.2, 0.2)
"""How often a case is shown with all, with one less, with two less of its views."""

NEAR_SLICE_MM = 1.1
"""A plane's labels speak for places at most this far from the middle of one of its slices."""


@dataclass(frozen=True)
class DrawSettings:
    """How a case is shown.

    Attributes:
        crop: (S, H, W) of the window into a view where only outlines are taught, in the encoders' voxels: what they
            see of the surroundings has to be as wide as in the training that they come from, or else their features are
            others than those of the whole views in use.
        fusion_size: voxels a side of the fusion grid in such a window.
        points: at how many places the fine outlines are asked.
        whole: show whole views always.
    """

    crop: tuple[int, int, int] = (24, 96, 96)
    fusion_size: int = 36
    points: int = 8192
    whole: bool = True


@dataclass(frozen=True, eq=False)
class CaseSample:
    """What one step sees.

    Attributes:
        views: plane -> view, cut or whole.
        coarse: grid of the fusion.
        coarse_labels: (I, J, K) uint8, 255 where nothing is known; None without labels.
        points: where the fine outlines are taught, None without labels.
        known_classes: (K,) bool: classes that the label maps outline; the others may be anywhere.
        kept_classes: (K,) bool: of the others, those that the starting bundle knows.
        start: row and column of the first of the pixels, every second one, whose labels teach.
        findings: (A,) float32, 1, 0, or NaN where it is not known.
        clinical: column -> number, for those that are known.
    """

    views: Mapping[Plane, PreparedView]
    coarse: Geometry
    coarse_labels: np.ndarray | None
    points: Points | None
    known_classes: np.ndarray
    kept_classes: np.ndarray
    start: tuple[int, int]
    findings: np.ndarray
    clinical: Mapping[str, float]


class CaseDraws(Dataset):
    """Walks the cases in a shuffled order, each once before any comes again.

    Args:
        cases: with the file of each.
        vocabulary: gives classes and findings their numbers.
        fine_spacing_mm: of the fused segmentation.
        settings: how a case is shown.
        seed: of order, windows and variation.
        started: names of the structures that the starting bundle knows.
        pixel_ratio: the encoders' pixel, in pixels of the views.
        view_subsets: how often a case is shown with all, with one less, with two less of its views.
        vary: change contrast and leave out views and clinical values; off for validation.
    """

    def __init__(
        self,
        cases: Sequence[tuple[Case, Path]],
        vocabulary: Vocabulary,
        fine_spacing_mm: float,
        settings: DrawSettings,
        *,
        seed: int,
        started: Collection[str] = (),
        pixel_ratio: int = 1,
        view_subsets: Sequence[float] = VIEW_SUBSETS,
        vary: bool = True,
    ) -> None:
        self.cases = tuple(cases)
        self.vocabulary = vocabulary
        self.spacing_mm = FUSION_RATIO * fine_spacing_mm
        self.settings = settings
        slices, rows, columns = settings.crop
        self.window = (slices, pixel_ratio * rows, pixel_ratio * columns)
        self.seed = seed
        self.started = np.zeros(vocabulary.classes, bool)
        self.started[[s.label for s in vocabulary.joint.structures if s.name in set(started)]] = True
        self.view_subsets = tuple(view_subsets)
        self.vary = vary

    def __len__(self) -> int:
        return 2**31 - 1 if self.vary else len(self.cases)

    def __getitem__(self, step: int) -> CaseSample:
        number = step
        if self.vary:
            epoch, place = divmod(step, len(self.cases))
            number = int(np.random.default_rng([self.seed, 11, epoch]).permutation(len(self.cases))[place])
        case, path = self.cases[number]
        rng = np.random.default_rng([self.seed, 12, step])
        return self.sample(case, self.read(path), rng)

    def read(self, path: Path) -> PreparedCase:
        """What a case's file holds."""
        return prepared_case(path)

    def sample(self, case: Case, prepared: PreparedCase, rng: np.random.Generator) -> CaseSample:
        """One way to see a case."""
        whole = self.settings.whole or not prepared.has_labels
        views = _subset(prepared.views, self.view_subsets, rng) if self.vary else prepared.views
        if whole:
            coarse = _box_grid(prepared.box, self.spacing_mm, rng)
        else:
            focus = _focus(prepared, rng)
            views = {plane: _window(view, focus, self.window) for plane, view in views.items()}
            coarse = Geometry.from_axes(
                (self.settings.fusion_size,) * 3,
                spacing_mm=(self.spacing_mm,) * 3,
                directions=np.eye(3),
                centre_ras=tuple(focus + rng.uniform(-0.5, 0.5, 3) * self.spacing_mm),
            )
        labels = points = None
        if prepared.has_labels:
            labels = coarse_labels_of(prepared, coarse)
            points = _points(prepared, coarse, self.settings.points, rng)
        if self.vary:
            views = {plane: _varied(view, rng) for plane, view in views.items()}
        known = _known_classes(case, self.vocabulary)
        return CaseSample(
            views,
            coarse,
            labels,
            points,
            known,
            self.started & ~known,
            (int(rng.integers(2)), int(rng.integers(2))),
            _findings(case, self.vocabulary),
            self._clinical(case, rng),
        )

    def _clinical(self, case: Case, rng: np.random.Generator) -> dict[str, float]:
        values = encode_all(case.clinical)
        if not self.vary:
            return values
        return {column: value for column, value in values.items() if rng.random() >= CLINICAL_FORGOTTEN}


def coarse_labels_of(prepared: PreparedCase, grid: Geometry) -> np.ndarray:
    """(I, J, K) uint8 labels on an axis-aligned grid; 255 where none is known, or two planes disagree."""
    ijk = np.stack(np.meshgrid(*(np.arange(n) for n in grid.shape), indexing="ij"), axis=-1).reshape(-1, 3)
    places = grid.to_ras(ijk.astype(float))
    if prepared.world is not None:
        found = _nearest(prepared.world.array, prepared.world.geometry, places)
        return found.reshape(grid.shape)
    result = np.full(len(places), IGNORED, np.uint8)
    for view in prepared.views.values():
        if view.labels is None:
            continue
        own = _nearest(view.labels, view.geometry, places, slice_mm=NEAR_SLICE_MM)
        disagree = (result != IGNORED) & (own != IGNORED) & (result != own)
        result = np.where(result == IGNORED, own, result)
        result[disagree] = IGNORED
    return result.reshape(grid.shape)


def _nearest(labels: np.ndarray, geometry: Geometry, places: np.ndarray, slice_mm: float | None = None) -> np.ndarray:
    index = geometry.to_ijk(places)
    nearest = np.rint(index).astype(int)
    inside = ((nearest >= 0) & (nearest < labels.shape)).all(axis=1)
    if slice_mm is not None:
        inside &= np.abs(index[:, 0] - nearest[:, 0]) * geometry.spacing_mm[0] <= slice_mm
    result = np.full(len(places), IGNORED, np.uint8)
    result[inside] = labels[tuple(nearest[inside].T)]
    return result


def _points(prepared: PreparedCase, grid: Geometry, count: int, rng: np.random.Generator) -> Points:
    """Places on the fusion grid whose label is known exactly: voxel centres of the maps, small structures as often."""
    low, high = box_of(grid)
    maps = [(view.labels, view.geometry) for view in prepared.views.values() if view.labels is not None]
    if prepared.world is not None:
        maps = [(prepared.world.array, prepared.world.geometry)]
    return Points.joined(
        _points_of_map(labels, geometry, low, high, count // len(maps), rng) for labels, geometry in maps
    )


def _points_of_map(
    labels: np.ndarray, geometry: Geometry, low: np.ndarray, high: np.ndarray, count: int, rng: np.random.Generator
) -> Points:
    """Half of them anywhere in the map's part of a box, half in its structures in turn."""
    window = window_of(geometry, low, high)
    block = labels[window]
    flat = block.ravel()
    sizes = np.bincount(flat, minlength=256)
    present = [value for value in np.flatnonzero(sizes) if value != IGNORED]
    if not present:
        return Points.joined([])
    each = count // 2 // len(present)
    chosen = [rng.integers(flat.size, size=count - each * len(present))]
    for value in present:
        where = np.flatnonzero(flat == value)
        chosen.append(where[rng.integers(len(where), size=each)])
    index = np.concatenate(chosen)
    ijk = np.stack(np.unravel_index(index, block.shape), axis=1) + [part.start for part in window]
    places, found = geometry.to_ras(ijk.astype(float)), flat[index]
    keep = ((places >= low) & (places <= high)).all(axis=1) & (found != IGNORED)
    places, found = places[keep], found[keep]
    member = np.column_stack([found[:, None] == np.array(present), np.ones(len(found), bool)])
    share = each / count
    shares = [*(share for _ in present), 1.0 - share * len(present)]
    return Points(places, found, importance(member, shares, [*sizes[present], flat.size]))


def _focus(prepared: PreparedCase, rng: np.random.Generator) -> np.ndarray:
    """Somewhere in the joint's box, mostly on a structure that is outlined."""
    labelled = [(view.labels, view.geometry) for view in prepared.views.values() if view.labels is not None]
    if prepared.world is not None:
        labelled = [(prepared.world.array, prepared.world.geometry)]
    labels, geometry = labelled[int(rng.integers(len(labelled)))]
    present = [v for v in np.flatnonzero(np.bincount(labels.ravel(), minlength=256)) if v not in (0, IGNORED)]
    if present and rng.random() < 0.8:
        where = np.flatnonzero(labels.ravel() == present[int(rng.integers(len(present)))])
        ijk = np.array(np.unravel_index(where[int(rng.integers(len(where)))], labels.shape), float)
        return geometry.to_ras(ijk) + rng.normal(0, 8.0, 3)
    return rng.uniform(prepared.box[0], prepared.box[1])


def _window(view: PreparedView, focus_ras: np.ndarray, size: tuple[int, int, int]) -> PreparedView:
    """A window around a place that stays inside the view where the view is large enough."""
    index = np.rint(view.geometry.to_ijk(focus_ras)).astype(int)
    start = [max(0, min(int(i) - n // 2, s - n)) for i, n, s in zip(index, size, view.array.shape, strict=True)]
    stop = [min(a + n, s) for a, n, s in zip(start, size, view.array.shape, strict=True)]
    part = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
    labels = None if view.labels is None else np.ascontiguousarray(view.labels[part])
    return PreparedView(
        np.ascontiguousarray(view.array[part]), labels, view.geometry.cropped(tuple(start), tuple(stop))
    )


def _box_grid(box: np.ndarray, spacing_mm: float, rng: np.random.Generator) -> Geometry:
    count = np.ceil((box[1] - box[0]) / spacing_mm).astype(int)
    # the grid's place against the joint is random, as it is in use
    centre = box.mean(axis=0) + rng.uniform(-0.5, 0.5, 3) * spacing_mm
    i, j, k = count.tolist()
    return Geometry.from_axes((i, j, k), spacing_mm=(spacing_mm,) * 3, directions=np.eye(3), centre_ras=tuple(centre))


def _subset(
    views: Mapping[Plane, PreparedView], shares: Sequence[float], rng: np.random.Generator
) -> dict[Plane, PreparedView]:
    fewer = int(rng.choice(len(shares), p=shares))
    kept = set(rng.permutation(len(views))[: max(1, len(views) - fewer)])
    return {plane: view for number, (plane, view) in enumerate(views.items()) if number in kept}


def _varied(view: PreparedView, rng: np.random.Generator) -> PreparedView:
    """Another day's contrast: the same tissue is never quite as bright."""
    image = view.array * np.float32(rng.uniform(0.85, 1.15)) + np.float32(rng.normal(0.0, 0.07))
    image += rng.normal(0.0, rng.uniform(0.0, 0.08), image.shape).astype(np.float32)
    return PreparedView(image, view.labels, view.geometry)


def _known_classes(case: Case, vocabulary: Vocabulary) -> np.ndarray:
    known = np.zeros(vocabulary.classes, bool)
    known[[0, *(vocabulary.label_of(name) for name in case.covered)]] = True
    return known


def _findings(case: Case, vocabulary: Vocabulary) -> np.ndarray:
    names = [abnormality.name for abnormality in vocabulary.joint.abnormalities]
    return np.array([float(case.findings[name]) if name in case.findings else np.nan for name in names], np.float32)
