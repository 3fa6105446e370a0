"""Training stops when the validation patients gain no more, and a stop of any other kind loses nothing."""

from __future__ import annotations

import errno
import json
import os

import pytest
import torch

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.engine import checkpoint
from OrthoDiffusionLib.lab.training.engine.early_stopping import Patience, train_with_patience

PATIENCE = Patience(steps=200, round_steps=10, rounds=3, warmup=2)


def line(width: int = 3) -> torch.nn.Linear:
    torch.manual_seed(0)
    return torch.nn.Linear(width, 1)


def run(module, folder, *, score=None, patience=PATIENCE, killed_at=None, poison=None):
    """Fit a plane; the score is what the test wants the validation patients to say."""

    def samples(begin, end):
        for step in range(begin, end):
            if step == killed_at:
                raise KeyboardInterrupt
            yield torch.randn(8, module.in_features, generator=torch.Generator().manual_seed(step))

    def loss(x, step):
        value = (module(x) - x.sum(dim=1, keepdim=True)).square().mean()
        return {"loss": value * float("nan") if step == poison else value}

    def distance(trained) -> float:
        return float((trained.weight - 1).square().sum())

    return train_with_patience(
        module, lambda: [{"params": list(module.parameters()), "lr": 0.05}], samples, loss, score or distance, folder,
        patience=patience, ema=0.5, seed=1, report=lambda text: None,
    )  # fmt: skip


def test_it_stops_three_looks_after_the_best_one_and_gives_back_the_best_weights(tmp_path):
    told = iter([5.0, 4.0, 3.0, 3.5, 3.2, 3.1, 9.0])
    module = line()
    stopped = run(module, tmp_path, score=lambda trained: next(told))
    assert stopped.best_step == 20
    assert stopped.last_step == 50
    assert stopped.early
    assert [value for _, value in stopped.scores] == [5.0, 4.0, 3.0, 3.5, 3.2, 3.1]
    assert not torch.equal(stopped.weights["weight"], module.weight)


def test_each_of_several_tasks_keeps_its_own_best_weights_and_training_goes_on_while_one_of_them_gains(tmp_path):
    outlines = [5.0, 4.0, 4.5, 4.5, 4.5, 4.5, 4.5, 4.5, 4.5]
    findings = [1.0, 1.1, 1.1, 0.9, 0.8, 1.0, 1.0, 1.0, 0.1]
    told = iter({"outlines": one, "findings": two} for one, two in zip(outlines, findings, strict=True))
    stopped = run(line(), tmp_path, score=lambda trained: next(told))
    assert {task: (best.step, best.score) for task, best in stopped.best.items()} == {
        "outlines": (10, 4.0),
        "findings": (40, 0.8),
    }
    assert stopped.last_step == 70 and stopped.early
    kept = {task: best.weights["weight"] for task, best in stopped.best.items()}
    assert not torch.equal(kept["outlines"], kept["findings"])
    again = run(line(), tmp_path, score=lambda trained: pytest.fail("it was finished"))
    assert again.history == stopped.history
    assert all(torch.equal(again.best[task].weights["weight"], weight) for task, weight in kept.items())


def test_where_nothing_is_better_than_the_start_the_start_is_kept(tmp_path):
    module = line()
    before = module.weight.detach().clone()
    told = iter([1.0, 2.0, 3.0, 4.0])
    stopped = run(module, tmp_path, score=lambda trained: next(told))
    assert stopped.best_step == 0
    assert torch.equal(stopped.weights["weight"], before)


def test_it_runs_to_the_end_while_it_gains(tmp_path):
    stopped = run(line(), tmp_path, patience=Patience(steps=30, round_steps=10, rounds=3, warmup=2))
    assert stopped.last_step == stopped.best_step == 30
    assert not stopped.early


def test_a_killed_run_goes_on_and_ends_with_the_same_weights(tmp_path, monkeypatch):
    monkeypatch.setattr("OrthoDiffusionLib.lab.training.engine.engine.CHECKPOINT_SECONDS", 0.0)
    patience = Patience(steps=40, round_steps=10, rounds=3, warmup=2)
    whole = run(line(), tmp_path / "whole", patience=patience)
    with pytest.raises(KeyboardInterrupt):
        run(line(), tmp_path / "parts", patience=patience, killed_at=17)
    resumed = run(line(), tmp_path / "parts", patience=patience)
    assert resumed.scores == whole.scores
    assert all(torch.equal(whole.weights[name], resumed.weights[name]) for name in whole.weights)


def test_a_finished_run_is_not_trained_again(tmp_path):
    first = run(line(), tmp_path, patience=Patience(steps=20, round_steps=10, rounds=3, warmup=2))
    again = run(line(), tmp_path, patience=Patience(steps=20, round_steps=10, rounds=3, warmup=2), killed_at=0)
    assert again.scores == first.scores
    assert torch.equal(again.weights["weight"], first.weights["weight"])


def test_a_loss_that_is_not_a_number_keeps_the_best_weights(tmp_path):
    with pytest.raises(TrainingError, match="not a number"):
        run(line(), tmp_path, poison=13)
    assert json.loads((tmp_path / "validation.json").read_text(encoding="utf-8"))[-1][0] == 10
    assert torch.isfinite(checkpoint.load_checkpoint(tmp_path / "best.pt")["weights"]["weight"]).all()


def test_a_validation_loss_that_is_not_a_number_is_said(tmp_path):
    with pytest.raises(TrainingError, match="validation loss after step 0 is not a number"):
        run(line(), tmp_path, score=lambda trained: float("nan"))


def test_weights_of_another_architecture_are_refused(tmp_path):
    run(line(), tmp_path, patience=Patience(steps=10, round_steps=10, rounds=3, warmup=2))
    with pytest.raises(TrainingError, match=r"expected \(1, 4\), found \(1, 3\)"):
        run(line(4), tmp_path)


def test_a_full_disk_leaves_the_last_good_weights(tmp_path, monkeypatch):
    run(line(), tmp_path, patience=Patience(steps=10, round_steps=10, rounds=3, warmup=2))
    kept = {name: (tmp_path / name).read_bytes() for name in ("best.pt", "checkpoint.pt", "validation.json")}

    def full(_content, _file):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(checkpoint.torch, "save", full)
    with pytest.raises(TrainingError, match="No space left") as caught:
        run(line(), tmp_path)
    assert "run the same command again" in caught.value.remedy
    assert {name: (tmp_path / name).read_bytes() for name in kept} == kept
    assert not list(tmp_path.glob("*.tmp"))


@pytest.mark.parametrize("name", ["steps", "round_steps", "rounds"])
def test_numbers_that_cannot_be_are_refused(name):
    with pytest.raises(TrainingError, match=f"{name} must be 1 or more"):
        Patience(**{name: 0})
