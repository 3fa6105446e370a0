"""A probe finds what is in features, finds nothing in noise, and says the same twice."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import torch
from torch.nn import functional

from OrthoDiffusionLib.lab.evaluation.scores.diagnosis_scores import auroc
from OrthoDiffusionLib.lab.experiments.common.linear_probe import fit_softmax, ridge_scores
from OrthoDiffusionLib.lab.experiments.representation.feature_probe import blocks_of, pool, probe
from OrthoDiffusionLib.lab.experiments.representation.probe_crops import FINDINGS, ProbeCrop

SHAPE = (8, 16, 16)
BLOCKS = {"1/1": (0,), "1/4": (2,), "all": (0, 1, 2)}


def crop(number):
    """Labels in slabs, the middle four pixels thick and of even borders, and findings by chance."""
    rng = np.random.default_rng(number)
    labels = np.zeros(SHAPE, np.uint8)
    for label in range(1, 12):
        row, column = divmod(label, 4)
        labels[:, 4 * row : 4 * row + 4, 4 * column : 4 * column + 4] = label
    labels = np.roll(labels, int(4 * rng.integers(4)), axis=2)
    present = rng.random(len(FINDINGS)) < 0.5
    return ProbeCrop(rng.normal(size=SHAPE).astype(np.float32), labels, present, np.full((len(FINDINGS), 3), 4))


def answers(number):
    """Features of three taps that contain the labels, and in the finest the findings too."""
    truth = crop(number)
    labels = functional.one_hot(torch.from_numpy(truth.labels).long(), 12).permute(3, 0, 1, 2).float()
    findings = torch.from_numpy(truth.present).float()[:, None, None, None].expand(-1, *SHAPE)
    generator = torch.Generator().manual_seed(number)
    fine = torch.cat([labels, findings]) + 0.01 * torch.randn((20, *SHAPE), generator=generator)
    return [fine, functional.avg_pool3d(labels, (1, 2, 2)), functional.avg_pool3d(labels, (2, 4, 4))]


def noise(number, shapes=((20, 8, 16, 16), (12, 8, 8, 8), (12, 4, 4, 4))):
    generator = torch.Generator().manual_seed(number)
    return [torch.randn(shape, generator=generator) for shape in shapes]


read = partial(probe, crops=crop, blocks=BLOCKS, learn=range(32), ask=range(32, 64), outlines_learn=3, outlines_ask=3)


def mean_dice(found, block):
    return np.mean([value for items in found.dice[block].values() for value in items.values()])


def mean_auroc(found, block):
    return np.mean(
        [
            auroc(np.array(list(items.values())), np.array([crop(n).present[FINDINGS.index(name)] for n in items]))
            for name, items in found.scores[block].items()
        ]
    )


def test_features_that_contain_the_answer_are_read_to_the_full():
    found = read(answers)
    assert mean_dice(found, "1/1") > 0.99
    assert mean_dice(found, "all") > 0.99
    assert mean_auroc(found, "1/1") > 0.99
    assert len(found.scores["1/1"]) == len(FINDINGS)


def test_noise_is_read_as_chance():
    found = read(noise)
    # twelve labels of equal size: a guess that knows nothing reaches one in twelve
    assert mean_dice(found, "all") == pytest.approx(1 / 12, abs=0.04)
    assert mean_auroc(found, "all") == pytest.approx(0.5, abs=0.1)


@pytest.mark.long
def test_a_block_sees_its_own_taps_alone():
    found = read(lambda number: [answers(number)[0], *noise(number)[1:]])
    assert mean_dice(found, "1/1") > 0.99
    assert mean_dice(found, "1/4") < 0.2


@pytest.mark.long
def test_the_same_features_give_the_same_numbers_twice():
    assert read(noise) == read(noise)


@pytest.mark.long
def test_a_finding_that_too_few_studies_show_is_left_out():
    rare = FINDINGS[2]

    def crop_of_rare(number):
        one = crop(number)
        one.present[2] = number == 3
        return one

    found = read(answers, crops=crop_of_rare)
    assert rare not in found.scores["all"]
    assert len(found.scores["all"]) == len(FINDINGS) - 1


def test_blocks_are_named_by_their_in_plane_size():
    strides = [(1, 1, 1), (1, 2, 2), (1, 4, 4), (2, 8, 8), (4, 16, 16)]
    blocks = blocks_of(strides)
    assert list(blocks) == ["1/1", "1/2", "1/4", "1/8", "1/16", "three coarsest", "all"]
    assert blocks["three coarsest"] == (2, 3, 4)


def test_features_are_pooled_where_the_finding_is_looked_for():
    place = np.array([[4, 8, 8]] * len(FINDINGS))
    place[1] = [4, 8, 50]
    labels = np.zeros((8, 64, 64), np.uint8)
    one = ProbeCrop(labels.astype(np.float32), labels, np.zeros(len(FINDINGS), bool), place)
    tap = torch.zeros((1, 4, 16, 16))
    tap[0, :, :, 12:] = 2.0  # the right quarter of the view
    pooled = pool([tap], one)[0]
    assert pooled.shape == (len(FINDINGS), 3)
    assert pooled[0].tolist() == [0, 0, 0]
    assert pooled[1, 0] == pytest.approx(1.0) and pooled[1, 2] == 2.0


def test_a_readout_applies_to_features_of_any_scale():
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(300) % 3
    features = functional.one_hot(labels, 3).float() + 0.1 * torch.randn((300, 3), generator=generator)
    scaled = features * torch.tensor([1e-3, 1.0, 1e3]) + 50
    readout = fit_softmax(scaled, labels, torch.ones(300), 3)
    assert ((scaled @ readout.weight.T + readout.bias).argmax(dim=1) == labels).float().mean() > 0.99


def test_ridge_leaves_alone_what_is_constant_and_bears_more_features_than_studies():
    rng = np.random.default_rng(0)
    present = rng.random(30) < 0.5
    features = np.concatenate([np.full((30, 1), 7.0), rng.normal(size=(30, 100))], axis=1)
    features[:, 5] += 20 * present
    scores = ridge_scores(features, present, features)
    assert np.isfinite(scores).all()
    assert auroc(scores, present) > 0.95


@pytest.mark.parametrize("ridge", [0.01, 1.0, 100.0])
def test_scores_are_those_of_ridge_regression_on_standardised_features(ridge, monkeypatch):
    """With one strength to choose from."""
    from OrthoDiffusionLib.lab.experiments.common import linear_probe

    monkeypatch.setattr(linear_probe, "_RIDGES", [ridge])
    rng = np.random.default_rng(1)
    x, z = rng.normal(size=(20, 4)), rng.normal(size=(6, 4))
    y = rng.random(20) < 0.5
    xs, zs = ((part - x.mean(axis=0)) / x.std(axis=0) / 2 for part in (x, z))  # the root of 4 features
    weights = np.linalg.solve(xs.T @ xs + ridge * np.eye(4), xs.T @ (y - y.mean()))
    assert ridge_scores(x, y, z) == pytest.approx(zs @ weights)
