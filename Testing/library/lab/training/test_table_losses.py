"""What a label map or a table does not say is not taught, and what nobody outlines is kept."""

from __future__ import annotations

import pytest
import torch

from OrthoDiffusionLib.lab.training.engine.losses import (
    classifier_loss,
    finding_loss,
    keeping_loss,
    lesion_loss,
    segmentation_loss,
)

LABELS = torch.tensor([0, 0, 0, 1, 1, 255], dtype=torch.uint8)
KNOWN = torch.tensor([True, True, False])


def logits(*classes: int) -> torch.Tensor:
    """Sure answers, one a place."""
    values = torch.full((3, len(classes)), -8.0)
    values[list(classes), range(len(classes))] = 8.0
    return values


def test_a_structure_that_the_label_map_does_not_outline_is_no_background():
    sees_it = logits(0, 2, 2, 1, 1, 2)
    assert segmentation_loss(sees_it, LABELS, known_classes=KNOWN) < 0.01
    assert segmentation_loss(sees_it, LABELS) > 3


def test_a_structure_that_the_label_map_outlines_is_taught_where_it_is_and_where_it_is_not():
    right = segmentation_loss(logits(0, 0, 0, 1, 1, 0), LABELS, known_classes=KNOWN)
    assert segmentation_loss(logits(0, 0, 1, 1, 1, 0), LABELS, known_classes=KNOWN) > right + 1
    assert segmentation_loss(logits(0, 0, 0, 1, 2, 0), LABELS, known_classes=KNOWN) > right + 1


def test_no_gradient_pulls_an_unknown_structure_towards_background():
    values = logits(0, 2, 2, 1, 1, 2).requires_grad_()
    segmentation_loss(values, LABELS, known_classes=KNOWN).backward()
    assert values.grad[2, 1:3].abs().max() < 1e-4


def test_with_everything_known_nothing_changes():
    values = torch.randn(3, 6, generator=torch.Generator().manual_seed(0))
    everything = torch.tensor([True, True, True])
    assert segmentation_loss(values, LABELS, known_classes=everything).item() == pytest.approx(
        segmentation_loss(values, LABELS).item()
    )


def test_losing_an_outline_that_nobody_drew_costs_and_keeping_it_does_not():
    labels = torch.zeros(20, dtype=torch.uint8)
    before, kept = logits(*[2] * 8, *[0] * 12), ~KNOWN
    assert keeping_loss(before, before, labels, kept) < 0.01
    assert keeping_loss(logits(*[0] * 20), before, labels, kept) > 3


def test_a_finding_that_is_not_known_is_not_taught():
    values = torch.zeros(3, requires_grad=True)
    finding_loss(values, torch.tensor([1.0, float("nan"), 0.0]), torch.tensor([4.0, 4.0, 4.0])).backward()
    assert values.grad[0] < 0 < values.grad[2]
    assert values.grad[1] == 0
    assert values.grad[0] == pytest.approx(-4 * values.grad[2].item())


def test_a_case_of_which_nothing_is_known_teaches_nothing():
    nothing = torch.full((2,), float("nan"))
    assert finding_loss(torch.tensor([3.0, -3.0]), nothing, torch.ones(2)).item() == 0


def test_the_losses_stay_on_the_device_of_their_answers():
    bits = torch.tensor([0, 1, 2, 0, 3, 0], dtype=torch.uint8)
    answers = torch.randn(3, 6)
    with torch.device("meta"):  # whatever is made without a device lands there and cannot be joined with the rest
        losses = [
            segmentation_loss(answers, LABELS.clamp_max(2), known_classes=KNOWN),
            keeping_loss(answers, answers + 1, LABELS, ~KNOWN),
            lesion_loss(answers, bits),
            classifier_loss(answers[:, 0], bits, least=1),
        ]
    assert all(loss.device.type == "cpu" and loss.isfinite() for loss in losses)
