"""Cells of an experiment on fixed images, in the smallest form that still trains, reads and compares every arm."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import torch
from joints.toy_joint import TOY_JOINT
from library.lab.experiments.tiny_hospital import results_folder, silent, tiny, toy_known

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.diffusion import signal_share
from OrthoDiffusionLib.encoders import build_view_encoder
from OrthoDiffusionLib.errors import OrthoDiffusionError, TrainingError
from OrthoDiffusionLib.lab.experiments.catalogue import NAMES, Options, prepared_experiment
from OrthoDiffusionLib.lab.experiments.common import runner
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import EvaluationView
from OrthoDiffusionLib.lab.experiments.common.runner import finished_results
from OrthoDiffusionLib.lab.experiments.fixed_images import labelled_views, rate_tuning
from OrthoDiffusionLib.lab.experiments.fixed_images.cell_training import build_network, ranking_loss, tasks_of
from OrthoDiffusionLib.lab.experiments.fixed_images.fixed_work import DICE, LOGITS, TRUTH
from OrthoDiffusionLib.lab.experiments.fixed_images.label_network import Answers, DenoiserReadout, LabelNetwork, Rates
from OrthoDiffusionLib.lab.experiments.fixed_images.prepared_fixed import FixedOptions
from OrthoDiffusionLib.lab.experiments.fixed_images.published_recipe import small_unet
from OrthoDiffusionLib.lab.experiments.fixed_images.rate_tuning import Tried
from OrthoDiffusionLib.lab.experiments.fixed_images.self_pretraining import masked_loss
from OrthoDiffusionLib.lab.experiments.fixed_images.self_training import taught_view
from OrthoDiffusionLib.lab.experiments.labels.label_efficiency import EXPERIMENT, prepared_labels
from OrthoDiffusionLib.lab.training.engine import engine
from OrthoDiffusionLib.lab.training.engine.losses import IGNORED
from OrthoDiffusionLib.lab.training.engine.recipe import load_recipe
from OrthoDiffusionLib.lab.training.pretraining.pretrain import pretrained_file
from OrthoDiffusionLib.volumes import Geometry, Plane

KINDS = ("ours", "scratch", "dynunet", "densenet", "masked", "frozen", "published")
LONGER = ("scratch-long", "taught", "scratch-taught")
TENTHS = tuple(f"{kind}-10" for kind in (*KINDS, *LONGER))


@pytest.fixture(scope="module", autouse=True)
def small():
    """One thread, one candidate of each rate, and the toy joint: on a busy machine more would take minutes."""
    with toy_known(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "_cores", lambda: 1)
        for network in rate_tuning.CANDIDATES:
            readings = 3 if network == "ours" else 0
            patch.setitem(rate_tuning.CANDIDATES, network, (Rates(1e-3, 0.0, reading_steps=readings),))
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The first seed of every arm at a tenth, one at all labels, and one at the fewest."""
    ready = tiny(prepared_labels(tmp_path_factory.mktemp("whole"), FixedOptions(seeds=(0,))))
    ready.run(only=[*TENTHS, "scratch-100", "ours-1"], report=silent)
    return ready


def results_of(ready):
    return {result.arm: result for result in finished_results(ready.experiment, ready.work.out)}


@pytest.mark.long
def test_every_arm_outlines_or_finds_and_says_what_it_cost(whole):
    results = results_of(whole)
    assert set(results) == {*TENTHS, "scratch-100", "ours-1"}
    for arm, result in results.items():
        titles = [table.title for table in result.tables]
        assert (DICE in titles) == (not arm.startswith("densenet"))
        assert (LOGITS in titles) == (TRUTH in titles) == (not arm.startswith("dynunet") and arm != "ours-1")
        assert result.facts["steps"] == 4 and result.facts["reached_budget"]
        assert result.facts["labelled"] == (20 if arm.endswith("100") else 2)
        assert result.facts["training_cpu_seconds"] > 0
        pretrained = not arm.startswith(("scratch-1", "scratch-long", "dynunet", "densenet"))
        assert (result.facts["pretraining_cpu_seconds"] > 0) == pretrained
    (dice, logits, _) = results["ours-10"].tables
    assert set(dice.rows) == {"Upper bone", "Lower bone", "Lateral nodule"} and set(logits.rows) == {"Swelling"}
    assert all(0 <= value <= 1 for row in dice.rows.values() for value in row.values())
    assert {name.partition("-")[0] for name in dice.rows["Upper bone"]} == {"seen", "unseen"}


@pytest.mark.long
def test_frozen_arms_keep_their_encoder_and_the_others_start_from_it_and_change_it(whole):
    start = {
        name: value.float()
        for name, value in _weights(pretrained_file(whole.work.pretrained("diffusion"), Plane.SAGITTAL)).items()
    }
    for cell, same in (("frozen-10-seed0", True), ("ours-10-seed0", False)):
        trained = torch.load(results_folder(whole, cell) / "checkpoint.pt", weights_only=True)["module"]
        kept = {name.removeprefix("encoder."): v for name, v in trained.items() if name.startswith("encoder.")}
        assert kept.keys() == start.keys()
        assert all(torch.equal(value, start[name]) for name, value in kept.items()) == same
    masked = _weights(pretrained_file(whole.work.pretrained("masked"), Plane.SAGITTAL))
    assert any(not torch.equal(value.float(), start[name]) for name, value in masked.items())


def _weights(path):
    from safetensors.torch import load_file

    return load_file(path)


@pytest.mark.long
def test_readings_learn_first_while_the_pretrained_encoder_stays_as_it_is(whole):
    start = _weights(pretrained_file(whole.work.pretrained("diffusion"), Plane.SAGITTAL))
    folder = results_folder(whole, "ours-10-seed0")
    read = torch.load(folder / "readings" / "checkpoint.pt", weights_only=True)["module"]
    assert all(torch.equal(read[f"encoder.{name}"], value.float()) for name, value in start.items())
    assert float(read["outlines.read.0.weight"].abs().sum()) > 0
    trained = torch.load(folder / "checkpoint.pt", weights_only=True)["module"]
    assert any(not torch.equal(trained[f"encoder.{name}"], read[f"encoder.{name}"]) for name in start)
    # what the readings are given has one scale, and it stays that of the pretrained features
    assert not torch.equal(read["scales.deviation_0"], torch.ones_like(read["scales.deviation_0"]))
    assert torch.equal(read["scales.deviation_0"], trained["scales.deviation_0"])
    assert not (results_folder(whole, "masked-10-seed0") / "readings").exists()


@pytest.mark.long
@pytest.mark.parametrize("arm", ["ours-10", "masked-10"])  # killed while the readings learn, and while all does
def test_a_cell_that_was_killed_gives_the_same_numbers_when_it_is_run_again(whole, tmp_path, monkeypatch, arm):
    monkeypatch.setattr(engine, "CHECKPOINT_SECONDS", 0.0)
    again = tiny(prepared_labels(tmp_path, FixedOptions(seeds=(0,))))
    for part in ("archive", "evaluation", "pretrained", "tuning"):
        shutil.copytree(whole.work.out / part, tmp_path / part)
    asked = labelled_views.LabelledViews.__getitem__
    killed = []

    def dies(self, step):
        if step == 2 and len(killed) < 2:  # once while scales are measured or not, once in the training
            killed.append(step)
            if len(killed) == 2:
                raise KeyboardInterrupt
        return asked(self, step)

    monkeypatch.setattr(labelled_views.LabelledViews, "__getitem__", dies)
    with pytest.raises(KeyboardInterrupt):
        again.run(only=[arm], report=silent)
    assert results_of(again) == {}
    said = []
    again.run(only=[arm], report=said.append)
    assert any("resuming at step 2" in line for line in said)
    assert results_of(again)[arm].tables == results_of(whole)[arm].tables


@pytest.mark.long
def test_an_arm_sees_the_labels_of_its_own_studies_alone(whole, monkeypatch):
    """A study without labels is removed from the archive: training does not miss it."""
    opened = []
    read = labelled_views.read_evaluation_study
    monkeypatch.setattr(labelled_views, "read_evaluation_study", lambda path: opened.append(path) or read(path))
    cell = whole.experiment.cells(["scratch-10"])[0]
    folder = whole.work.out / "again"
    whole.work.run(cell, folder, silent)
    chosen = labelled_views.labelled_studies(whole.work.archive, 0.1, 0)
    of_archive = {path for path in opened if path.parent.name == "archive"}
    assert of_archive == {*chosen.training, *chosen.validation} and len(of_archive) == 2


@pytest.mark.long
def test_the_page_holds_set_up_tables_plot_and_caveats_and_says_what_was_not_run(whole, tmp_path):
    text = whole.publish(tmp_path / "labels.md")
    assert text.startswith("12 of 21 runs finished.")
    assert {path.name for path in tmp_path.iterdir()} == {"labels.md", "labels.png"}
    page = (tmp_path / "labels.md").read_text(encoding="utf-8")
    assert page.startswith("# How many labels pretraining saves\n")
    for part in (
        "## Set-up", "--planes sagittal --studies 20 --evaluated 4 --steps 4", "Phantom numbers", "labels.png",
        "not run", "reached its budget", "**Aims**", "pretraining counted as training time", "Learning rates tried",
        "each rendered once at one of the imaging sites clinic_3t_a, clinic_15t_a", "(held_out_3t)",
    ):  # fmt: skip
        assert part in page, part


@pytest.mark.long
def test_results_can_be_shown_by_the_command_without_running_anything(whole, tmp_path):
    ready = prepared_experiment("labels", Options(whole.work.out))
    assert ready.publish(tmp_path / "labels.md").startswith("12 of 41 runs finished.")


def test_what_was_not_run_at_all_is_shown_as_not_run(tmp_path):
    text = prepared_labels(tmp_path).publish(tmp_path / "labels.md")
    assert text.startswith("0 of 41 runs finished.")
    assert text.count("not run") > 40 and not (tmp_path / "labels.md").exists()


def test_an_unknown_arm_names_the_possible_ones(tmp_path):
    with pytest.raises(TrainingError, match="no arm 'ours-5'") as caught:
        prepared_labels(tmp_path).run(only=["ours-5"], report=silent)
    assert "ours-10" in caught.value.remedy


def test_several_planes_and_too_few_studies_are_refused(tmp_path):
    with pytest.raises(TrainingError, match="uses one plane"):
        prepared_experiment("labels", Options(tmp_path, planes=(Plane.SAGITTAL, Plane.AXIAL)))
    with pytest.raises(TrainingError, match="studies 2 or more"):
        prepared_experiment("labels", Options(tmp_path, studies=1))


@pytest.mark.long
def test_networks_of_the_shipped_recipe_have_three_million_parameters_at_most():
    recipe = load_recipe("labels")
    for name in ("scratch-10", "dynunet-10", "densenet-10"):
        settings = EXPERIMENT.cells([name])[0].arm.settings
        built = build_network(settings, KNEE, Plane.SAGITTAL, recipe.network, start=None, seed=0)
        assert 1.5e6 < built.in_use() < 3e6, name
    assert sum(parameter.numel() for parameter in small_unet().parameters()) < 3e6


@pytest.mark.long
def test_in_the_short_form_all_networks_are_narrower_together():
    recipe = load_recipe("labels-short")
    for name in ("scratch-10", "dynunet-10", "densenet-10", "published-10"):
        settings = EXPERIMENT.cells([name])[0].arm.settings
        built = build_network(settings, KNEE, Plane.SAGITTAL, recipe.network, start=None, seed=0)
        assert 0.3e6 < built.in_use() < 0.9e6, name


def test_the_size_of_a_view_is_the_user_s(tmp_path):
    assert prepared_experiment("labels", Options(tmp_path, size=(24, 80, 80))).work.size == (24, 80, 80)
    assert prepared_experiment("labels", Options(tmp_path)).work.size == (32, 112, 112)
    with pytest.raises(TrainingError, match="must be multiples of"):
        prepared_experiment("labels", Options(tmp_path, size=(24, 80, 90)))


def test_dynunet_outlines_densenet_finds_and_all_others_do_both_but_for_the_fewest_labels():
    tasks = {arm.name: tasks_of(arm.settings) for arm in EXPERIMENT.arms}
    assert tasks["dynunet-10"] == ("outlines",) and tasks["densenet-100"] == ("findings",)
    assert tasks["ours-10"] == tasks["published-100"] == ("outlines", "findings")
    assert all(found == ("outlines",) for name, found in tasks.items() if name.endswith("-1"))


@pytest.mark.long
def test_what_is_masked_is_hidden_from_the_network_and_alone_is_asked():
    recipe = load_recipe("labels")
    network = {**recipe.network, "channels": [8, 8, 8, 8], "stem_channels": 8, "embedding": 8}
    torch.manual_seed(0)
    encoder = build_view_encoder(Plane.SAGITTAL, network)
    views = torch.randn(1, 1, 12, 32, 32)
    seen = []
    encoder.network.register_forward_hook(lambda module, inputs, output: seen.append((inputs[0], output)))
    torch.manual_seed(1)
    loss = masked_loss(encoder, views)
    shown, answer = seen[0]
    hidden = (shown == 0) & (views != 0)
    assert 0.3 < float(hidden.float().mean()) < 0.9
    assert torch.equal(
        hidden, hidden[:, :, ::4, ::16, ::16].repeat_interleave(4, 2).repeat_interleave(16, 3).repeat_interleave(16, 4)
    )
    expected = (answer.float() - views).abs()[hidden].mean()
    assert float(loss.detach()) == pytest.approx(float(expected.detach()), rel=1e-4)


def test_validation_asks_how_a_network_ranks_studies_and_not_how_sure_it_is():
    rng = np.random.default_rng(0)
    present = rng.random((14, 8)) < 0.3
    present[0], present[1] = True, False
    ranks_well = 10.0 * (present + rng.normal(0, 0.3, present.shape))
    guesses, alike = rng.normal(0, 1, present.shape), np.full(present.shape, -1.0)
    assert ranking_loss(ranks_well, present) < 0.4 < ranking_loss(alike, present) < ranking_loss(guesses, present)
    assert ranking_loss(alike, present) == pytest.approx(np.log(2))
    assert ranking_loss(0.1 * ranks_well - 3, present) == pytest.approx(ranking_loss(ranks_well, present))
    # where all studies have it, no ranking can be asked for
    every = np.ones((3, 1), bool)
    assert ranking_loss(np.full((3, 1), 2.0), every) < ranking_loss(np.full((3, 1), 1.0), every)


def test_the_noise_schedule_is_the_published_cosine():
    share = signal_share(torch.tensor([0, 99, 499, 999]))
    # Nichol and Dhariwal 2021: cos^2((t/T + 0.008) / 1.008 * pi/2) over its value at 0
    assert share.tolist() == pytest.approx([0.99996, 0.9721, 0.4938, 0.0], abs=2e-4)


@pytest.fixture(scope="module")
def knee_encoder(tmp_path_factory):
    """A folder as `orthodiffusion pretrain` leaves it."""
    from dataclasses import replace

    from library.lab.experiments.tiny_hospital import tiny_recipe
    from safetensors.torch import save_file

    folder = tmp_path_factory.mktemp("pre")
    recipe = tiny_recipe()
    recipe = replace(recipe, network={**recipe.network, "target": "edm"})
    torch.manual_seed(3)
    weights = build_view_encoder(Plane.SAGITTAL, recipe.network).state_dict()
    save_file(
        {name: value.half() for name, value in weights.items()}, pretrained_file(folder, Plane.SAGITTAL),
        metadata={"plane": "sagittal", "recipe": json.dumps(recipe.as_dict())},
    )  # fmt: skip
    return folder


@pytest.mark.long
def test_transfer_compares_the_knee_s_encoder_with_fresh_ones_and_the_joint_s_own(knee_encoder, tmp_path):
    options = Options(tmp_path, joint="toy", pretrained=knee_encoder)
    ready = tiny(prepared_experiment("transfer", options, seeds=(0,)))
    assert ready.work.recipe.network["target"] == "edm"  # the network is the knee's, for every arm
    names = ("finetuned-10", "frozen-10", "scratch-10", "own-10")
    ready.run(only=names, report=silent)
    results = results_of(ready)
    assert set(results) == set(names)
    assert results["finetuned-10"].facts["pretraining_cpu_seconds"] is None
    trained = torch.load(results_folder(ready, "frozen-10-seed0") / "checkpoint.pt", weights_only=True)["module"]
    start = _weights(pretrained_file(knee_encoder, Plane.SAGITTAL))
    assert all(np.array_equal(trained[f"encoder.{name}"], value.float()) for name, value in start.items())
    text = ready.publish(tmp_path / "transfer.md")
    assert text.startswith("4 of 8 runs finished.") and "not known" in text and "not run" in text
    page = (tmp_path / "transfer.md").read_text(encoding="utf-8")
    assert page.startswith("# Transfer of the knee encoder: toy joint\n")
    assert "**Learning rates**, not tuned" in page and "Learning rates are not tuned here" in page
    # shown later without the knee's encoder at hand
    later = prepared_experiment("transfer", Options(tmp_path, joint="toy"))
    assert later.publish(tmp_path / "later.md").startswith("4 of 16 runs finished.")


def test_transfer_needs_a_joint_that_is_known_and_an_encoder_from_elsewhere(knee_encoder, tmp_path):
    assert "transfer" in NAMES
    with pytest.raises(TrainingError, match="needs the new joint"):
        prepared_experiment("transfer", Options(tmp_path))
    with pytest.raises(OrthoDiffusionError, match="no digital elbow"):
        prepared_experiment("transfer", Options(tmp_path, joint="elbow"))
    with pytest.raises(TrainingError, match="needs an encoder that was pretrained on another joint"):
        prepared_experiment("transfer", Options(tmp_path, joint="toy")).run(report=silent)
    with pytest.raises(TrainingError, match="no pretrained weights for the sagittal plane"):
        prepared_experiment("transfer", Options(tmp_path, joint="toy", pretrained=tmp_path))
    with pytest.raises(TrainingError, match="no pretrained weights for the axial plane"):
        prepared_experiment("transfer", Options(tmp_path, joint="toy", pretrained=knee_encoder, planes=(Plane.AXIAL,)))
    with pytest.raises(TrainingError, match="given twice"):
        prepared_experiment("transfer", Options(tmp_path, joint="toy", pretrained=knee_encoder, bundle="x"))
    assert not (tmp_path / "archive").exists()


@pytest.mark.long
def test_the_shipped_bundle_s_own_joint_is_no_other_joint_and_its_encoder_fits(tmp_path):
    with pytest.raises(TrainingError, match="was trained on the knee itself"):
        prepared_experiment("transfer", Options(tmp_path, joint="knee", bundle="orthodiffusion-knee"))
    work = prepared_experiment("transfer", Options(tmp_path, joint="toy", bundle="orthodiffusion-knee")).work
    assert work.recipe.encoder_pixel_mm == pytest.approx(1.2)
    settings = {"network": "ours", "start": "given", "labels": 0.1}
    build_network(settings, work.vocabulary, work.plane, work.recipe.network, start=work.source.path, seed=0)


@pytest.mark.long
def test_self_training_goes_on_from_its_teacher_and_counts_what_that_cost(whole, monkeypatch):
    shown = []
    loss = DenoiserReadout.loss
    monkeypatch.setattr(DenoiserReadout, "loss", lambda self, view: shown.append(view) or loss(self, view))
    cell = whole.experiment.cells(["taught-10"])[0]
    folder = whole.work.out / "cells" / "taught-once-more"
    result = whole.work.run(cell, folder, silent)
    assert [bool(view.findings.size) for view in shown] == [True, False, True, False]
    before = results_of(whole)["ours-10"].facts
    assert result.facts["pretraining_cpu_seconds"] == pytest.approx(
        before["pretraining_cpu_seconds"] + before["training_cpu_seconds"], abs=0.2
    )
    start = torch.load(folder / "best_outlines.pt", weights_only=True)
    assert start["step"] > 0 or start["score"] == pytest.approx(before["validation"]["outlines"])


def test_without_its_teacher_on_this_machine_a_second_training_is_refused(tmp_path):
    ready = tiny(prepared_labels(tmp_path, FixedOptions(seeds=(0,))))
    cell = ready.experiment.cells(["scratch-taught-10"])[0]
    rate_tuning.keep_tried(tmp_path, Tried("scratch", rate_tuning.CANDIDATES["scratch"][0], 0.5, 1, 1))
    with pytest.raises(TrainingError, match="needs the network of the arm scratch-10") as refused:
        ready.work.run(cell, results_folder(ready, cell.name), silent)
    assert "on this machine" in refused.value.remedy


def test_a_teacher_teaches_where_it_is_sure_and_says_nothing_of_findings():
    """Of two voxels in three the teacher is sure; the third is ignored by the loss."""

    class Teacher(LabelNetwork):
        def answers(self, view, step, start, generator):
            logits = torch.zeros(3, *view.image.shape)
            logits[2, 0], logits[1, 1] = 5.0, 5.0
            return Answers(logits, None)

    shape = (3, 4, 4)
    view = EvaluationView(np.zeros(shape, np.float32), np.ones(shape, np.uint8), Geometry(shape, np.eye(4)), np.ones(1))
    taught = taught_view(view, Teacher(TOY_JOINT, ["outlines"]))
    assert [set(np.unique(part)) for part in taught.labels] == [{2}, {1}, {IGNORED}]
    assert taught.findings.size == 0 and set(np.unique(view.labels)) == {1}
