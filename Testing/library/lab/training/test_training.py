"""Training can be killed, resumed and trusted; its settings are checked before hours are spent."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.engine.checkpoint import load_checkpoint, save_checkpoint
from OrthoDiffusionLib.lab.training.engine.engine import Schedule, train
from OrthoDiffusionLib.lab.training.engine.losses import classifier_loss, lesion_loss, segmentation_loss, unpack_bits
from OrthoDiffusionLib.lab.training.engine.recipe import load_recipe
from OrthoDiffusionLib.resources import resource_path

ROOT = Path(__file__).parents[4]


def line():
    torch.manual_seed(0)
    return torch.nn.Linear(3, 1)


def run(module, folder, steps, stop_after=None, poison=None, **limits):
    """Fit a plane to numbers that depend on the step alone, with noise that does too."""

    def samples(start):
        for step in itertools.count(start):
            if step == stop_after:
                raise KeyboardInterrupt
            generator = torch.Generator().manual_seed(step)
            yield torch.randn(8, 3, generator=generator)

    def loss(x, step):
        y = x @ torch.tensor([[1.0], [-2.0], [0.5]]) + 0.1 * torch.randn(8, 1)
        value = (module(x) - y).square().mean()
        return {"loss": value * float("nan") if step == poison else value}

    groups = [{"params": list(module.parameters()), "lr": 0.05}]
    limits = {"report": lambda text: None, **limits}
    return train(module, groups, Schedule(steps, 5), samples, loss, folder, ema=0.9, seed=3, **limits)


def test_a_run_that_was_killed_and_resumed_ends_with_the_same_weights(tmp_path, monkeypatch):
    monkeypatch.setattr("OrthoDiffusionLib.lab.training.engine.engine.CHECKPOINT_SECONDS", 0.0)
    whole = run(line(), tmp_path / "whole", 40)
    with pytest.raises(KeyboardInterrupt):
        run(line(), tmp_path / "parts", 40, stop_after=17)
    resumed = run(line(), tmp_path / "parts", 40)
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_a_run_whose_time_is_over_says_so_and_goes_on_as_if_it_had_not_stopped(tmp_path):
    whole, said = run(line(), tmp_path / "whole", 12), []
    for _ in range(3):
        run(line(), tmp_path / "parts", 12, seconds=0.0, report=said.append)
    assert [text for text in said if "time is over" in text] == [
        f"stopped after step {step} of 12, as the time is over" for step in (1, 2, 3)
    ]
    resumed = run(line(), tmp_path / "parts", 12)
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_a_loss_that_is_not_a_number_stops_and_keeps_the_last_good_checkpoint(tmp_path, monkeypatch):
    monkeypatch.setattr("OrthoDiffusionLib.lab.training.engine.engine.CHECKPOINT_SECONDS", 0.0)
    with pytest.raises(TrainingError, match="not a number"):
        run(line(), tmp_path, 40, poison=12)
    kept = load_checkpoint(tmp_path / "checkpoint.pt")
    assert kept["step"] == 12
    assert all(torch.isfinite(value).all() for value in kept["module"].values())


def test_a_checkpoint_of_another_architecture_is_refused_with_both_shapes(tmp_path):
    run(line(), tmp_path, 5)
    with pytest.raises(TrainingError, match=r"expected \(1, 4\), found \(1, 3\)"):
        run(torch.nn.Linear(4, 1), tmp_path, 10)


def test_a_damaged_checkpoint_is_named(tmp_path):
    save_checkpoint(tmp_path / "checkpoint.pt", {"step": 1})
    (tmp_path / "checkpoint.pt").write_bytes(b"half a file")
    with pytest.raises(TrainingError, match="cannot be read") as caught:
        load_checkpoint(tmp_path / "checkpoint.pt")
    assert "Delete the file" in caught.value.remedy


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no limit on the size of files; it runs on Linux and macOS"
)
def test_a_disk_that_is_full_leaves_the_last_checkpoint_and_says_so(tmp_path):
    """Not a mock: the system refuses more bytes, and torch's writer reports that in its own way."""
    code = """
import resource, signal, sys
from pathlib import Path
import torch
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.engine.checkpoint import save_checkpoint
path = Path(sys.argv[1])
save_checkpoint(path, {"step": 1})
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    save_checkpoint(path, {"step": 2, "weights": torch.zeros(1_000_000)})
except TrainingError as error:
    print(error)
"""
    path = tmp_path / "checkpoint.pt"
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "The checkpoint could not be written" in done.stdout and "Free some space" in done.stdout
    assert [entry.name for entry in tmp_path.iterdir()] == ["checkpoint.pt"]
    assert load_checkpoint(path) == {"step": 1}


def test_the_log_is_a_line_of_json_now_and_then(tmp_path):
    run(line(), tmp_path, 40)
    lines = [json.loads(text) for text in (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [entry["step"] for entry in lines] == [20, 40]
    assert lines[1]["loss"] < lines[0]["loss"]


def test_an_unknown_key_in_a_recipe_is_refused_and_the_known_ones_are_named(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[finetune]\nstepps = 10\n", encoding="utf-8")
    with pytest.raises(TrainingError, match="stepps") as caught:
        load_recipe(path)
    assert "steps" in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b"name = 'M\xfcnchen'", "not valid TOML"),
        (b"data = 3", "must be a table of keys, got 3"),
        (b"[data]\ncrop = 24", "crop must be a list of 3 whole numbers, got 24"),
        (b"[data]\ncrop = [24, 96]", "crop must be a list of 3 whole numbers"),
        (b"[finetune]\nsteps = 0", "steps must be 1 or more, got 0"),
        (b"[network]\ntarget = 'x0'", "target must be one of edm, epsilon"),
    ],
)
def test_what_cannot_be_in_a_recipe_is_named_with_its_place(tmp_path, text, what):
    path = tmp_path / "mine.toml"
    path.write_bytes(text)
    with pytest.raises(TrainingError, match=what) as caught:
        load_recipe(path)
    assert str(path) in caught.value.where


def test_a_missing_recipe_names_those_there_are():
    with pytest.raises(TrainingError) as caught:
        load_recipe("elbow")
    assert "knee" in caught.value.remedy


def test_a_perfect_outline_costs_next_to_nothing_and_a_wrong_one_much():
    labels = torch.tensor([0, 0, 1, 1, 2, 255], dtype=torch.uint8)
    good = torch.full((4, 6), -12.0)
    for place, label in enumerate([0, 0, 1, 1, 2, 3]):
        good[label, place] = 12.0
    wrong = good.roll(1, dims=0)
    assert segmentation_loss(good, labels).item() < 0.01
    assert segmentation_loss(wrong, labels).item() > 10


def test_what_is_ignored_does_not_change_the_loss():
    labels = torch.tensor([0, 1, 255], dtype=torch.uint8)
    logits = torch.randn(3, 3, generator=torch.Generator().manual_seed(0))
    changed = logits.clone()
    changed[:, 2] = torch.tensor([5.0, -5.0, 0.0])
    assert segmentation_loss(logits, labels).item() == pytest.approx(segmentation_loss(changed, labels).item())


def test_bits_say_which_lesions_a_voxel_shows():
    assert unpack_bits(torch.tensor([0, 1, 6], dtype=torch.uint8), 3).tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 1]]


def test_a_lesion_found_costs_less_than_a_lesion_missed():
    bits = torch.tensor([0, 0, 1, 1], dtype=torch.uint8)
    found = torch.tensor([[-6.0, -6.0, 6.0, 6.0]])
    assert lesion_loss(found, bits) < 0.1 * lesion_loss(-found, bits)


def test_a_lesion_cut_off_by_the_crop_is_neither_positive_nor_negative():
    bits = torch.tensor([0, 0, 0, 1], dtype=torch.uint8)
    assert classifier_loss(torch.tensor([4.0]), bits, least=3).item() == 0.0
    assert classifier_loss(torch.tensor([-4.0]), bits, least=1).item() > 3.9


def test_a_misspelt_key_of_the_network_is_refused_before_hours_are_spent(tmp_path):
    text = resource_path("Recipes", "knee.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text.replace("detail = true", "detial = true"), encoding="utf-8")
    with pytest.raises(TrainingError, match="network of the recipe: detial") as caught:
        load_recipe(path)
    assert "detail" in caught.value.remedy


@pytest.mark.parametrize("pixels", [0, 94, 400])
def test_a_detail_window_that_does_not_fit_its_crop_is_refused(tmp_path, pixels):
    text = resource_path("Recipes", "knee.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text.replace("fusion_size", f"detail_crop = {pixels}\nfusion_size"), encoding="utf-8")
    with pytest.raises(TrainingError, match="multiple of 4 up to 192"):
        load_recipe(path)
