"""What a case teaches a network, step by step: with partial label maps it learns and forgets nothing."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch

from OrthoDiffusionLib.analysis.model import ViewTensor, build_model
from OrthoDiffusionLib.lab.training.tables.case_dataset import CaseDraws, DrawSettings
from OrthoDiffusionLib.lab.training.tables.case_preparation import prepare_case, study_of
from OrthoDiffusionLib.lab.training.tables.table_loss import Lesson, case_loss, parts_to_train
from OrthoDiffusionLib.lab.training.tables.transfer import transferred_model, with_vocabulary
from OrthoDiffusionLib.volumes import Plane

UPPER, LOWER = 1, 2


@pytest.fixture(scope="module")
def samples(archive, vocabulary, untrained):
    """One case twice: with label maps of everything, and with label maps of the upper bone alone."""
    from OrthoDiffusionLib.lab.training.tables.case_table import read_case_table

    whole = read_case_table(archive.table("one.csv", archive.rows()), vocabulary).cases[1]
    draws = CaseDraws(
        [(whole, None)], vocabulary, 0.7, DrawSettings(points=600), seed=0, vary=False,
        started=[structure.name for structure in vocabulary.joint.structures],
    )  # fmt: skip
    found = []
    for case in (whole, replace(whole, covered=("upper_bone",))):
        prepared = prepare_case(case, study_of(case, vocabulary), vocabulary, untrained.manifest)
        axial = replace(prepared, views={Plane.AXIAL: prepared.views[Plane.AXIAL]})
        found.append(draws.sample(case, axial, np.random.default_rng(0)))
    return tuple(found)


def fit(model, sample, lesson, steps: int, rate: float, before=None):
    _, others = parts_to_train(model, "heads")
    parameters = [*others, *parts_to_train(model, "all")[0]]
    optimizer = torch.optim.Adam(parameters, rate)
    for step in range(steps):
        torch.manual_seed(step)
        optimizer.zero_grad()
        case_loss(model, sample, lesson, before)["loss"].backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()


@torch.no_grad()
def dice(model, sample, truth, label: int) -> float:
    """Of what the view alone says."""
    view = sample.views[Plane.AXIAL]
    pyramid = model.encode(ViewTensor(torch.from_numpy(view.array)[None, None], view.geometry), Plane.AXIAL)
    found = model.plane_logits(pyramid, Plane.AXIAL).argmax(dim=0).numpy() == label
    wanted = truth.views[Plane.AXIAL].labels == label
    return 2 * (found & wanted).sum() / (found.sum() + wanted.sum())


@pytest.mark.long
def test_a_structure_that_the_label_maps_leave_out_keeps_its_outline(samples, untrained, vocabulary):
    whole, partly = samples
    torch.manual_seed(1)
    model = transferred_model(untrained, with_vocabulary(untrained.manifest, vocabulary.joint))
    lesson = Lesson(True, False, torch.ones(1))
    fit(model, whole, lesson, 50, 1e-2)
    learned = {label: dice(model, whole, whole, label) for label in (UPPER, LOWER)}
    assert min(learned.values()) > 0.6
    before = copy.deepcopy(model).requires_grad_(False)
    fit(model, partly, lesson, 15, 5e-3, before)
    assert dice(model, whole, whole, UPPER) > learned[UPPER] - 0.05
    assert dice(model, whole, whole, LOWER) > learned[LOWER] - 0.1


def test_label_maps_and_findings_each_teach_their_own(samples, untrained, vocabulary):
    whole, partly = samples
    model = transferred_model(untrained, with_vocabulary(untrained.manifest, vocabulary.joint))
    outlines = case_loss(model, whole, Lesson(True, False, torch.ones(1)))
    assert set(outlines) == {"planes", "coarse", "fine", "loss"}
    assert outlines["loss"].item() == pytest.approx(sum(outlines[k].item() for k in ("planes", "coarse", "fine")))
    assert set(case_loss(model, whole, Lesson(False, True, torch.ones(1)))) == {"verdict", "planes_verdict", "loss"}
    assert "kept" in case_loss(model, partly, Lesson(True, False, torch.ones(1)), model)
    nothing = replace(whole, findings=np.array([np.nan], np.float32), coarse_labels=None)
    assert case_loss(model, nothing, Lesson(True, True, torch.ones(1)))["loss"].item() == 0


@pytest.mark.long
def test_the_finer_look_learns_the_label_map_at_its_own_pixels(archive, vocabulary, untrained, tmp_path):
    from OrthoDiffusionLib.analysis.inference import sharpened
    from OrthoDiffusionLib.lab.training.tables.case_table import read_case_table

    network = {**untrained.manifest.network, "detail": True, "detail_labels": [1, 2, 3], "solid_labels": []}
    manifest = with_vocabulary(replace(untrained.manifest, network=network), vocabulary.joint)
    case = read_case_table(archive.table("close.csv", archive.rows()), vocabulary).cases[1]
    prepared = prepare_case(case, study_of(case, vocabulary), vocabulary, manifest)
    prepared = replace(prepared, views={Plane.AXIAL: prepared.views[Plane.AXIAL]})
    draws = CaseDraws([(case, None)], vocabulary, 0.7, DrawSettings(points=600), seed=0, vary=False)
    sample = draws.sample(case, prepared, np.random.default_rng(0))
    torch.manual_seed(1)
    model = build_model(manifest)
    lesson = Lesson(True, False, torch.ones(1))
    fit(model, sample, lesson, 60, 1e-2)
    assert "detail" in case_loss(model, sample, lesson)

    view = sample.views[Plane.AXIAL]
    with torch.no_grad():
        tensor = ViewTensor(torch.from_numpy(view.array)[None, None], view.geometry)
        pyramids = {Plane.AXIAL: model.encode(model.at_encoder_pixels(tensor), Plane.AXIAL)}
        grid = model.fuse(pyramids, sample.coarse)
        winner = model.coarse_logits(grid).argmax(dim=0).to(torch.uint8)
        pyramid = sharpened(model, sample.views, pyramids, winner, sample.coarse, device="cpu")[Plane.AXIAL]
        found = model.detail_logits(pyramid, Plane.AXIAL).argmax(dim=0).numpy()
    corner = pyramid.detail.start
    truth = view.labels[tuple(slice(a, a + n) for a, n in zip(corner, found.shape, strict=True))]
    for label in (UPPER, LOWER):
        assert 2 * ((found == label) & (truth == label)).sum() > 0.6 * ((found == label).sum() + (truth == label).sum())


@pytest.mark.parametrize(
    ("trained", "moving"),
    [
        ("segmentation", {"segmentation"}),
        ("diagnosis", {"diagnosis", "clinical"}),
        ("heads", {"fusion", "segmentation", "diagnosis", "clinical"}),
        ("all", {"encoders", "fusion", "segmentation", "diagnosis", "clinical"}),
    ],
)
def test_only_what_is_named_is_trained(untrained, vocabulary, trained, moving):
    model = transferred_model(untrained, with_vocabulary(untrained.manifest, vocabulary.joint, ("age",)))
    encoders, others = parts_to_train(model, trained)
    names = {name.split(".")[0] for name, parameter in model.named_parameters() if parameter.requires_grad}
    assert names == moving
    assert bool(encoders) == (trained == "all")
    assert sum(p.numel() for p in (*encoders, *others)) == sum(p.numel() for p in model.parameters() if p.requires_grad)
