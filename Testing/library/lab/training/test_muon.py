"""Muon moves a convolution's weak directions as far as its strong ones, and can be stopped and resumed."""

from __future__ import annotations

import copy

import pytest
import torch

from OrthoDiffusionLib.lab.training.engine.muon import Muon, build_optimizers, orthogonalised


@pytest.mark.parametrize("shape", [(16, 200), (48, 16), (8, 8)])
def test_directions_a_hundred_times_apart_end_at_about_the_same_length(shape):
    torch.manual_seed(0)
    matrix = torch.randn(shape)
    left, values, right = torch.linalg.svd(matrix, full_matrices=False)
    uneven = left @ torch.diag(torch.logspace(0, -2, len(values))) @ right
    found = torch.linalg.svdvals(orthogonalised(uneven))
    assert found.max() < 1.3
    assert found.min() > 0.5


def test_the_directions_themselves_stay():
    torch.manual_seed(0)
    left, _, right = torch.linalg.svd(torch.randn(12, 90), full_matrices=False)
    found = orthogonalised(left @ torch.diag(torch.linspace(1, 0.2, 12)) @ right)
    turned = left.T @ found @ right.T
    assert (turned - torch.diag(turned.diagonal())).abs().max() < 1e-3


def test_a_step_is_as_long_as_the_rate_says_however_small_the_gradient():
    torch.manual_seed(0)
    weight = torch.nn.Parameter(torch.zeros(8, 4, 1, 3, 3))
    weight.grad = torch.randn_like(weight) * 1e-6
    Muon([weight], lr=0.02).step()
    assert torch.linalg.svdvals(weight.detach().flatten(1)).max() == pytest.approx(0.02, rel=0.3)


def test_only_convolutions_between_several_channels_are_given_to_muon():
    network = torch.nn.Sequential(torch.nn.Conv3d(1, 4, 3), torch.nn.Conv3d(4, 4, 3), torch.nn.Linear(4, 4))
    last = torch.nn.Conv3d(4, 2, 1)
    groups = [
        {"params": list(network.parameters()), "lr": 1e-3, "filter_lr": 0.02},
        {"params": list(last.parameters()), "lr": 1e-3},
    ]
    adamw, muon = build_optimizers(groups)
    chosen = [p for group in muon.param_groups for p in group["params"]]
    assert [tuple(p.shape) for p in chosen] == [(4, 4, 3, 3, 3)]
    assert sum(len(group["params"]) for group in adamw.param_groups) == 7


def test_a_resumed_muon_goes_on_as_if_it_had_not_stopped():
    torch.manual_seed(0)
    gradients = torch.randn(6, 8, 4, 1, 3, 3)

    def walk(weight, optimizer, part):
        for gradient in part:
            weight.grad = gradient.clone()
            optimizer.step()

    whole = torch.nn.Parameter(torch.zeros(8, 4, 1, 3, 3))
    walk(whole, Muon([whole], lr=0.01), gradients)
    first = torch.nn.Parameter(torch.zeros(8, 4, 1, 3, 3))
    optimizer = Muon([first], lr=0.01)
    walk(first, optimizer, gradients[:3])
    second = torch.nn.Parameter(first.detach().clone())
    resumed = Muon([second], lr=0.01)
    resumed.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    walk(second, resumed, gradients[3:])
    assert torch.equal(second, whole)
