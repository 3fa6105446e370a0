"""Losses of the fine-tuning: outlines, lesion maps, study-level classifier."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from functools import reduce

import torch
from torch import Tensor
from torch.nn import functional

IGNORED = 255
LEAST_KEPT = 3.0  # voxels; less of a structure is noise that need not be kept
LESION_WEIGHT = 6.0  # a lesion's voxels are few; without weight the map stays empty for long


def added(terms: Iterable[Tensor]) -> Tensor:
    """The sum of terms, one or more, in their order."""
    return reduce(operator.add, terms)


def segmentation_loss(
    logits: Tensor, labels: Tensor, *, weights: Tensor | None = None, known_classes: Tensor | None = None
) -> Tensor:
    """Cross entropy and soft Dice over the classes that are there.

    Written with sums instead of one-hot tensors: at 19 classes those cost more than the network's last layer.

    Args:
        logits: (K, N).
        labels: (N,) uint8; 255 is ignored.
        weights: (N,) how much each place counts, 1 on average; None if all count the same.
        known_classes: (K,) bool, the classes that the labels outline, background always among them; None means all.
            Where the labels say background, any of the others may be: only the sum of their probabilities is taught
            (marginal loss, Shi et al. 2021, arXiv 2007.03868).
    """
    if known_classes is not None:
        logits = _others_with_background(logits.float(), known_classes)
    labels = labels.long()
    known = labels != IGNORED
    if not known.any():
        return logits.sum() * 0
    counts = known.float() if weights is None else weights * known
    logarithm = logits.float().log_softmax(dim=0)
    each = functional.nll_loss(logarithm.T, labels, ignore_index=IGNORED, reduction="none")
    cross = (each * counts).sum() / counts.sum()
    probability = logarithm.exp() * counts
    safe = labels.masked_fill(~known, 0)
    chosen = probability.gather(0, safe[None])[0]
    overlap = torch.zeros(len(logits), device=logits.device).index_add(0, safe, chosen)
    truth = torch.zeros(len(logits), device=logits.device).index_add(0, safe, counts)
    dice = 1 - (2 * overlap + 1e-3) / (probability.sum(dim=1) + truth + 1e-3)
    present = truth > 0
    present[0] = False  # background is large and easy; its Dice says nothing
    return cross + (dice[present].mean() if present.any() else 0)


def _others_with_background(logits: Tensor, known: Tensor) -> Tensor:
    """(K, N) logits in which background stands for itself and every class that the labels do not outline."""
    joined = torch.cat([logits[:1], logits[~known]]).logsumexp(dim=0, keepdim=True)
    return torch.cat([joined, logits[1:].masked_fill(~known[1:, None], -1e4)])


def keeping_loss(logits: Tensor, before: Tensor, labels: Tensor, kept_classes: Tensor) -> Tensor:
    """How far an answer has moved from an earlier one about classes that the labels do not outline.

    Masking alone is not enough: the features move under rows that nothing holds, and where the labels say background,
    background wins. So, where they do, the earlier network's division between background and these classes is taught
    on (distillation as in Cermelli et al. 2020, arXiv 2002.00718, and a Dice that counts small structures as much).

    Args:
        logits, before: (K, N) now and by the earlier network.
        labels: (N,) uint8; only the places labelled 0 are looked at.
        kept_classes: (K,) bool, the classes to keep; background is added.
    """
    where = labels == 0
    if not where.any() or not kept_classes.any():
        return logits.sum() * 0
    group = kept_classes.clone()
    group[0] = True
    logarithm = logits.float()[group][:, where].log_softmax(dim=0)
    target = before.float()[group][:, where].softmax(dim=0)
    cross = -(target * logarithm).sum(dim=0).mean()
    now, then = logarithm.exp()[1:], target[1:]
    squares = (now.square() + then.square()).sum(dim=1)
    dice = 1 - (2 * (now * then).sum(dim=1) + 1e-3) / (squares + 1e-3)
    present = then.square().sum(dim=1) > LEAST_KEPT
    return cross + (dice[present].mean() if present.any() else 0)


def lesion_loss(logits: Tensor, bits: Tensor, *, dice_weight: float = 0.2) -> Tensor:
    """Weighted binary cross entropy of lesion maps, and soft Dice where there is a lesion.

    Args:
        logits: (A, N).
        bits: (N,) bit mask, bit n for abnormality n.
        dice_weight: of the Dice beside the cross entropy, whose gradient is small where lesions are rare.
    """
    logits = logits.float()
    truth = unpack_bits(bits, len(logits))
    cross = functional.binary_cross_entropy_with_logits(
        logits, truth, pos_weight=torch.tensor(LESION_WEIGHT, device=logits.device)
    )
    present = truth.sum(dim=1) > 0
    if not present.any():
        return cross
    probability = logits[present].sigmoid()
    overlap = 2 * (probability * truth[present]).sum(dim=1) + 1
    dice = 1 - overlap / (probability.sum(dim=1) + truth[present].sum(dim=1) + 1)
    return cross + dice_weight * dice.mean()


def classifier_loss(logits: Tensor, bits: Tensor, *, least: int) -> Tensor:
    """Binary cross entropy of "is there such a lesion here", (A,) logits; "verdict" in the logs, as it always was.

    A lesion cut down to fewer than `least` voxels by the crop's border is neither, and not counted.
    """
    voxels = unpack_bits(bits, len(logits)).sum(dim=1)
    known = (voxels == 0) | (voxels >= least)
    if not known.any():
        return logits.sum() * 0
    return functional.binary_cross_entropy_with_logits(logits[known].float(), (voxels[known] > 0).float())


def finding_loss(logits: Tensor, present: Tensor, positive_weight: Tensor) -> Tensor:
    """Binary cross entropy of the findings of a whole study; those that are not known are left out.

    Args:
        logits: (A,).
        present: (A,) 1, 0, or NaN where it is not known.
        positive_weight: (A,) how much more a positive counts than a negative.
    """
    known = ~present.isnan()
    if not known.any():
        return logits.sum() * 0
    return functional.binary_cross_entropy_with_logits(
        logits[known].float(), present[known], pos_weight=positive_weight[known]
    )


def unpack_bits(bits: Tensor, count: int) -> Tensor:
    """(N,) bit mask to (count, N) float32 of 0 and 1."""
    return torch.stack([(bits & (1 << bit)) > 0 for bit in range(count)]).float()
