"""From a calibration cohort to a bundle's logit adjustment: outlines that are as large as the structures are.

Training draws small structures and their borders more often than they occur, and soft Dice favours outlines that are
too large where the border is unsure. A constant for each structure, added to its logits, takes both back together
(logit adjustment, Menon et al. 2021, arXiv 2007.07314; here the constant is found on volumes, not from frequencies).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.analysis.inference import FUSION_RATIO, asked_finely, fine_geometry, fine_indices, fine_places
from OrthoDiffusionLib.anatomy import Side, Structure
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.bundles.manifest import ADJUSTED_GRIDS
from OrthoDiffusionLib.lab.evaluation.cohorts.cohort_run import choose_studies
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import run_key
from OrthoDiffusionLib.precision import autocast
from OrthoDiffusionLib.progress import ProgressCallback, part_of, report
from OrthoDiffusionLib.volumes import Geometry, Study
from OrthoDiffusionLib.volumes.files.atomic import write_text

if TYPE_CHECKING:
    from OrthoDiffusionLib.lab.phantom.datasets.cohort import Cohort, PhantomStudy

COARSE, FINE = ADJUSTED_GRIDS
SAMPLED_SHARE = 0.15
LEAST_VOXELS = 20.0  # of a structure in a study; fewer say nothing about its volume
ROUNDS, RATE, LARGEST_STEP = 60, 0.7, 0.5
MISSED = float(np.log(2.0))
LARGEST = 4.0
"""No adjustment is larger, in logits: one that wants to be speaks of a structure that the network does not know."""


@dataclass(frozen=True)
class SampledLogits:
    """What the networks said at some places of one study, and what is true there.

    Attributes:
        logits: (N, K) float16.
        truth: (N,) uint8 labels.
        weight: voxels that each place stands for.
        further: (K,) voxels of each label elsewhere, where the answer does not depend on these logits.
        further_true: (K,) true voxels of each label there.
    """

    logits: np.ndarray
    truth: np.ndarray
    weight: float
    further: np.ndarray
    further_true: np.ndarray

    def volumes(self, adjustment: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(K,) voxels outlined with an adjustment (K,), and true ones."""
        classes = self.logits.shape[1]
        chosen = (self.logits + adjustment.astype(np.float16)).argmax(axis=1)
        outlined = self.weight * np.bincount(chosen, minlength=classes) + self.further
        true = self.weight * np.bincount(self.truth, minlength=classes)[:classes] + self.further_true
        return outlined, true


def fit_logit_adjustment(studies: Sequence[SampledLogits]) -> np.ndarray:
    """(K,) what to add to the logits so that outlines have the true volume on average; 0 for background.

    The mean over studies of ln(true / outlined) is brought to 0 for all structures at once, step by step. A study
    in which a structure is missed counts as one with half its volume; a structure that fewer than half of the studies
    show is left as it is.
    """
    classes = studies[0].logits.shape[1]
    adjustment = np.zeros(classes)
    for _ in range(ROUNDS):
        outlined, true = (np.stack(values) for values in zip(*(s.volumes(adjustment) for s in studies), strict=True))
        shown = true >= LEAST_VOXELS
        ratio = np.log(np.maximum(true, 1.0) / np.maximum(outlined, 1.0)).clip(-MISSED, MISSED)
        mean = np.where(shown, ratio, 0.0).sum(axis=0) / np.maximum(shown.sum(axis=0), 1)
        mean[shown.sum(axis=0) < max(1, len(studies) / 2)] = 0.0
        mean[0] = 0.0
        adjustment = np.clip(adjustment + np.clip(RATE * mean, -LARGEST_STEP, LARGEST_STEP), -LARGEST, LARGEST)
        if np.abs(mean).max() < 2e-3:
            break
    return adjustment


def adjusted_for_volume(
    bundle: Bundle,
    cohort: Cohort,
    *,
    count: int,
    kept: Path | None = None,
    device: str = "auto",
    progress: ProgressCallback | None = None,
) -> Bundle:
    """The bundle with a logit adjustment fitted on the first studies of a cohort that no figure is printed for.

    First the coarse grid's, then, with that in place, the fine grid's: what is outlined finely follows from the coarse.

    Args:
        bundle: an adjustment that it has already is forgotten.
        count: how many studies, from the first on.
        kept: a file that holds the adjustment once it is fitted; taken from there if it is of the same weights,
            cohort and count. None keeps nothing.
        device: "auto", "cpu" or "cuda".
        progress: gets every study; may raise `Cancelled`.

    Raises:
        OrthoDiffusionError: if the cohort has fewer studies.
    """
    numbers = choose_studies(len(cohort), count, None, where=cohort.name)
    plain = replace(bundle, manifest=replace(bundle.manifest, logit_adjustment={}))
    key = {**run_key(plain, cohort, kind="adjustment").as_dict(), "count": count}
    if (adjustment := _kept(kept, key)) is not None:
        return replace(plain, manifest=replace(plain.manifest, logit_adjustment=adjustment))
    for number, grid in enumerate(ADJUSTED_GRIDS):
        part = part_of(progress, number / len(ADJUSTED_GRIDS), (number + 1) / len(ADJUSTED_GRIDS))
        sampled = list(_sampled(Analyzer(plain, device=device), cohort, grid, numbers, part))
        values = _by_name(fit_logit_adjustment(sampled), plain.manifest.structures)
        adjustment = {**plain.manifest.logit_adjustment, grid: values}
        plain = replace(plain, manifest=replace(plain.manifest, logit_adjustment=adjustment))
    if kept is not None:
        write_text(kept, json.dumps({"key": key, "logit_adjustment": plain.manifest.logit_adjustment}, indent=1))
    return plain


def _kept(path: Path | None, key: Mapping) -> dict | None:
    """The adjustment in a file, if it was fitted for the same key."""
    if path is None or not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    return content["logit_adjustment"] if content["key"] == key else None


def _by_name(adjustment: np.ndarray, structures: Sequence[Structure]) -> dict[str, float]:
    return {structure.name: round(float(adjustment[structure.label]), 3) for structure in structures}


def _sampled(
    analyzer: Analyzer, cohort: Cohort, grid: str, numbers: Sequence[int], progress: ProgressCallback | None
) -> Iterator[SampledLogits]:
    sample: Mapping[str, Callable] = {COARSE: _sampled_coarse, FINE: _sampled_fine}
    for done, number in enumerate(numbers):
        words = f"Volumes on the {grid} grid, study {done + 1} of {len(numbers)}"
        report(progress, "adjust", done / len(numbers), words)
        yield sample[grid](analyzer, cohort.study(number), np.random.default_rng([number, 21]))


@torch.inference_mode()
def _sampled_coarse(analyzer: Analyzer, phantom: PhantomStudy, rng: np.random.Generator) -> SampledLogits:
    """Every voxel of the coarse grid that a view shows."""
    fused = analyzer.fused(_study_of(analyzer, phantom))
    imaged = fused.grid.imaged.cpu().numpy()
    with autocast(analyzer.device, analyzer.precision):
        predicted = analyzer.model.coarse_logits(fused.grid)
    logits = predicted.float().cpu().numpy()
    truth = _truth(phantom, fused.grid.geometry)[imaged]
    nothing = np.zeros(len(logits))
    return SampledLogits(logits[:, imaged].T.astype(np.float16), truth, 1.0, nothing, nothing)


@torch.inference_mode()
def _sampled_fine(analyzer: Analyzer, phantom: PhantomStudy, rng: np.random.Generator) -> SampledLogits:
    """Some of the places that are asked on the fine grid; elsewhere the coarse grid's answer stays."""
    fused = analyzer.fused(_study_of(analyzer, phantom))
    model, spacing, coarse = analyzer.model, analyzer.bundle.manifest.fusion_spacing_mm, fused.grid.geometry
    asked = asked_finely(model, fused.grid, fused.labels)
    voxels = asked.nonzero()
    chosen = rng.permutation(len(voxels))[: max(1, int(SAMPLED_SHARE * len(voxels)))]
    taken = voxels[torch.from_numpy(chosen).to(voxels.device)]
    with autocast(analyzer.device, analyzer.precision):
        logits = model.fine_logits(fused.pyramids, fused.grid, fine_places(coarse, taken, spacing))
    truth = _truth(phantom, fine_geometry(coarse, spacing))
    elsewhere = (fused.grid.imaged & ~asked).cpu().numpy()
    classes, inside = logits.shape[1], FUSION_RATIO**3
    counts = [
        inside * np.bincount(labels[elsewhere], minlength=classes)[:classes]
        for labels in (fused.labels.cpu().numpy(), _truth(phantom, coarse))
    ]
    return SampledLogits(
        logits.float().cpu().numpy().astype(np.float16),
        truth[tuple(fine_indices(taken).cpu().numpy().T)],
        len(voxels) / len(taken),
        *counts,
    )


def _study_of(analyzer: Analyzer, phantom: PhantomStudy) -> Study:
    return Study.from_volumes(phantom.volumes, side=phantom.side, joint=analyzer.joint)


def _truth(phantom: PhantomStudy, geometry: Geometry) -> np.ndarray:
    """(I, J, K) uint8 labels on a grid of the world that the networks see."""
    return phantom.truth_on(geometry.mirrored() if phantom.side is Side.LEFT else geometry).array
