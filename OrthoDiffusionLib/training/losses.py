"""Losses of the fine-tuning: outlines, lesions, verdicts."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

IGNORED = 255
LESION_WEIGHT = 6.0  # a lesion's voxels are few; without weight the map stays empty for long



def segmentation_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross entropy and soft Dice over the classes that are there.

    Args:
        logits: (K, N).
        labels: (N,) uint8; 255 is ignored.
    """
    known = labels != IGNORED
    logits, labels = logits[:, known].float(), labels[known].long()
    if not len(labels):
        return logits.sum() * 0
    cross = functional.cross_entropy(logits.T, labels)
    present = torch.bincount(labels, minlength=len(logits)) > 0
    present[0] = True  # background, left out of the mean below
    probability = logits.softmax(dim=0)[present]
    truth = functional.one_hot(labels, len(logits)).T[present].to(probability)
    overlap = 2 * (probability * truth).sum(dim=1) + 1e-3
    dice = 1 - overlap / (probability.sum(dim=1) + truth.sum(dim=1) + 1e-3)
    return cross + (dice[1:].mean() if len(dice) > 1 else 0)


def lesion_loss(logits: Tensor, bits: Tensor) -> Tensor:
    """Weighted binary cross entropy of lesion maps, and soft Dice where there is a lesion.

    Args:
        logits: (A, N).
        bits: (N,) uint8 bit mask, bit n for abnormality n.
    """
    truth = unpack_bits(bits, len(logits)).to(logits)
    logits = logits.float()
    weight = 1 + (LESION_WEIGHT - 1) * truth
    cross = functional.binary_cross_entropy_with_logits(logits, truth, weight=weight)
    present = truth.sum(dim=1) > 0
    if not present.any():
        return cross
    probability = logits[present].sigmoid()
    overlap = 2 * (probability * truth[present]).sum(dim=1) + 1
    dice = 1 - overlap / (probability.sum(dim=1) + truth[present].sum(dim=1) + 1)
    return cross + 0.2 * dice.mean()


def verdict_loss(logits: Tensor, bits: Tensor, *, least: int) -> Tensor:
    """Binary cross entropy of "is there such a lesion here", (A,) logits.

    A lesion cut down to fewer than `least` voxels by the crop's border is neither, and not counted.
    """
    voxels = unpack_bits(bits, len(logits)).sum(dim=1)
    known = (voxels == 0) | (voxels >= least)
    if not known.any():
        return logits.sum() * 0
    return functional.binary_cross_entropy_with_logits(logits[known].float(), (voxels[known] > 0).float())


def unpack_bits(bits: Tensor, count: int) -> Tensor:
    """(N,) uint8 bit mask to (count, N) of 0 and 1."""
    shifts = torch.arange(count, device=bits.device)[:, None]
    return (bits.long()[None] >> shifts) & 1
