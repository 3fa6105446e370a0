"""The probe of one reading: outlines by a linear readout of single pixels, findings by one of pooled features."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import dice_by_label
from OrthoDiffusionLib.lab.experiments.common.linear_probe import LinearReadout, fit_softmax, ridge_scores
from OrthoDiffusionLib.lab.experiments.representation.probe_crops import FINDINGS, ProbeCrop

SCORED = tuple(structure for structure in KNEE.structures if structure.label <= 11)
"""The structures that are outlined; all else is background here."""

_TITLES = {structure.label: structure.title for structure in SCORED}

LEAST_OF_EACH = 5
"""A finding is probed where at least so many studies have it and so many do not, in both halves."""

_PIXELS = 400  # of each structure and study that the readout of outlines learns from
_BOX = (8, 32, 32)  # voxels around a finding's place: about 32 x 38 x 38 mm of a sagittal view

Blocks = Mapping[str, tuple[int, ...]]
"""Name of a set of taps -> their numbers, finest 0."""

Features = Callable[[int], list[Tensor]]
"""Number of a study -> its features, (C, S', H', W') a tap."""


@dataclass(frozen=True)
class ProbeScores:
    """What was read from features, block by block.

    Attributes:
        dice: block -> structure's title -> number of the study -> Dice.
        scores: block -> finding -> number of the study -> score, higher where it is more likely.
    """

    dice: Mapping[str, Mapping[str, Mapping[int, float]]]
    scores: Mapping[str, Mapping[str, Mapping[int, float]]]


def blocks_of(tap_strides: Sequence[Sequence[int]]) -> Blocks:
    """Each tap alone, the three coarsest side by side, and all of them."""
    names = [f"1/{stride[2]}" for stride in tap_strides]
    last = len(names) - 1
    single = {name: (tap,) for tap, name in enumerate(names)}
    return {**single, "three coarsest": tuple(range(last - 2, last + 1)), "all": tuple(range(last + 1))}


def probe(
    features: Features,
    crops: Callable[[int], ProbeCrop],
    blocks: Blocks,
    *,
    learn: range,
    ask: range,
    outlines_learn: int,
    outlines_ask: int,
) -> ProbeScores:
    """Fit readouts on some studies and ask them of others; each study's features are taken once.

    Args:
        features, crops: of a study by number.
        blocks: the sets of taps to read from.
        learn, ask: numbers of the studies.
        outlines_learn, outlines_ask: how many of each, from the first on, serve the outlines; at most all.
    """
    outlines_learn, outlines_ask = min(outlines_learn, len(learn)), min(outlines_ask, len(ask))
    taps_used = sorted({tap for taps in blocks.values() for tap in taps})
    pooled: dict[int, list[np.ndarray]] = {}
    present: dict[int, np.ndarray] = {}
    points: list[list[Tensor]] = []
    labels: list[np.ndarray] = []
    readouts: dict[str, LinearReadout] = {}
    pixels = np.zeros(len(SCORED) + 1)
    dice: dict[str, dict[str, dict[int, float]]] = {block: {} for block in blocks}
    for place, number in enumerate([*learn, *ask]):
        taps, crop = features(number), crops(number)
        pooled[number], present[number] = pool(taps, crop), crop.present
        truth = np.where(crop.labels <= SCORED[-1].label, crop.labels, 0)
        if place < outlines_learn:
            where = sample_pixels(truth, seed=number)
            points.append([_at_full_size(taps[tap], truth.shape).flatten(1)[:, where].T for tap in taps_used])
            labels.append(truth.ravel()[where])
            pixels += np.bincount(truth.ravel(), minlength=len(pixels))
            if place == outlines_learn - 1:
                readouts = _fit_outlines(points, labels, pixels, blocks, taps_used)
        elif len(learn) <= place < len(learn) + outlines_ask:
            for block, predicted in _outline(taps, readouts, blocks, truth.shape).items():
                for label, value in dice_by_label([(predicted, truth)]).items():
                    if (truth == label).any():
                        dice[block].setdefault(_TITLES[label], {})[number] = value
    return ProbeScores(dice, _findings(pooled, present, blocks, learn, ask))


def sample_pixels(labels: np.ndarray, *, seed: int) -> np.ndarray:
    """Flat indices of up to 400 pixels of each label, the same for all features."""
    rng = np.random.default_rng([seed, 3])
    flat = labels.ravel()
    chosen = [rng.permutation(np.flatnonzero(flat == label))[:_PIXELS] for label in np.unique(flat)]
    return np.sort(np.concatenate(chosen))


def pool(taps: Sequence[Tensor], crop: ProbeCrop) -> list[np.ndarray]:
    """(F, 3 C) a tap: mean, standard deviation and maximum in a box around each finding's place.

    The box has the same size in every study, so that it says nothing of the finding itself.
    """
    result = []
    for tap in taps:
        ratio = np.array(crop.labels.shape) / np.array(tap.shape[1:])
        rows = []
        for place in crop.places:
            start = np.clip(place - np.array(_BOX) // 2, 0, np.maximum(np.array(crop.labels.shape) - _BOX, 0))
            first = np.floor(start / ratio).astype(int)
            stop = np.maximum(np.ceil((start + _BOX) / ratio).astype(int), first + 1)
            box = tap[(slice(None), *(slice(a, b) for a, b in zip(first, stop, strict=True)))].flatten(1)
            rows.append(torch.cat([box.mean(dim=1), box.std(dim=1, correction=0), box.amax(dim=1)]).numpy())
        result.append(np.stack(rows))
    return result


def _fit_outlines(
    points: Sequence[Sequence[Tensor]],
    labels: Sequence[np.ndarray],
    pixels: np.ndarray,
    blocks: Blocks,
    taps_used: Sequence[int],
) -> dict[str, LinearReadout]:
    """A readout a block. A structure weighs the square root of its pixels: thin ones are seen, bones still rule."""
    y = torch.from_numpy(np.concatenate(labels).astype(np.int64))
    sampled = np.bincount(y.numpy(), minlength=len(pixels))
    weights = torch.from_numpy(np.sqrt(pixels) / np.maximum(sampled, 1)).float()[y]
    columns = {tap: torch.cat([study[n] for study in points]) for n, tap in enumerate(taps_used)}
    return {
        block: fit_softmax(torch.cat([columns[tap] for tap in taps], dim=1), y, weights, len(SCORED) + 1)
        for block, taps in blocks.items()
    }


def _outline(
    taps: Sequence[Tensor], readouts: Mapping[str, LinearReadout], blocks: Blocks, shape: tuple[int, int, int]
) -> dict[str, np.ndarray]:
    """Block -> (S, H, W) uint8. Logits are read at each tap's own size and enlarged, which comes to the same."""
    result = {}
    for block, chosen in blocks.items():
        parts = readouts[block].split([len(taps[tap]) for tap in chosen])
        logits = readouts[block].bias[:, None, None, None]
        for tap, weight in zip(chosen, parts, strict=True):
            logits = logits + _at_full_size(torch.einsum("kc,cshw->kshw", weight, taps[tap]), shape)
        result[block] = logits.argmax(dim=0).to(torch.uint8).numpy()
    return result


def _at_full_size(tap: Tensor, shape: tuple[int, int, int]) -> Tensor:
    if tuple(tap.shape[1:]) == tuple(shape):
        return tap
    return functional.interpolate(tap[None], size=shape, mode="trilinear", align_corners=False)[0]


def _findings(
    pooled: Mapping[int, list[np.ndarray]], present: Mapping[int, np.ndarray], blocks: Blocks, learn: range, ask: range
) -> dict[str, dict[str, dict[int, float]]]:
    truth = {part: np.stack([present[number] for number in part]) for part in (learn, ask)}
    scores: dict[str, dict[str, dict[int, float]]] = {block: {} for block in blocks}
    for place, finding in enumerate(FINDINGS):
        counts = [truth[part][:, place].sum() for part in (learn, ask)]
        if any(min(n, len(part) - n) < LEAST_OF_EACH for n, part in zip(counts, (learn, ask), strict=True)):
            continue
        for block, taps in blocks.items():
            known, asked = (
                np.stack([np.concatenate([pooled[number][tap][place] for tap in taps]) for number in part])
                for part in (learn, ask)
            )
            values = ridge_scores(known, truth[learn][:, place], asked)
            scores[block][finding] = {number: float(value) for number, value in zip(ask, values, strict=True)}
    return scores
