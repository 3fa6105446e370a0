"""The recogniser is fitted to pictures like those it is asked about, kept in a file, and measured by a command."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.lab.recognition.coarse_tissues import TISSUE_NAMES, shares_of
from OrthoDiffusionLib.lab.recognition.fitting import write_network
from OrthoDiffusionLib.lab.recognition.looks import mirrored, small_field
from OrthoDiffusionLib.lab.recognition.other_scenes import HELD_OUT, TRAINED, made_up_scene, made_up_volume
from OrthoDiffusionLib.lab.recognition.pictures import SIDE, picture_of
from OrthoDiffusionLib.lab.recognition.scoring import Recognised, class_aurocs, kinds_table
from OrthoDiffusionLib.lab.recognition.torch_network import TorchNetwork
from OrthoDiffusionLib.recognition import NONE
from OrthoDiffusionLib.recognition.coarse_picture import coarse_picture
from OrthoDiffusionLib.recognition.network import read_network

CLASSES = ("ankle", "knee", NONE)
FACTS = {"classes": list(CLASSES), "temperature": 1.5, "sure": 0.9}


def test_the_file_says_what_the_trained_network_says(tmp_path):
    torch.manual_seed(0)
    trained = TorchNetwork(3)
    pictures = torch.randn(4, 2, 16, 24, 16)
    pictures[:, 1] = (pictures[:, 1] > -0.5).float()
    trained(pictures)  # the norms take up statistics
    trained.eval()
    write_network(tmp_path, trained, FACTS)
    network = read_network(tmp_path)
    with torch.no_grad():
        wanted = trained(pictures).numpy() / 1.5
    found = np.stack([network.logits(picture) for picture in pictures.numpy()])
    assert np.abs(found - wanted).max() < 0.02  # halves
    assert network.classes == CLASSES
    again = TorchNetwork(3)
    again.begin_with(network.tensors)
    again.eval()
    with torch.no_grad():
        assert np.abs(again(pictures).numpy() / 1.5 - wanted).max() < 0.02


def test_a_made_up_scene_is_shown_as_a_file_of_the_same_would_be():
    scene = made_up_scene("limb", 3)
    assert np.array_equal(scene.shares, made_up_scene("limb", 3).shares)
    assert scene.shares.shape == (len(TISSUE_NAMES), SIDE, SIDE, SIDE)
    assert np.abs(scene.shares.sum(axis=0, dtype=int) - 255).max() < 8
    picture, rng = coarse_picture(made_up_volume("limb", 3)), np.random.default_rng(0)
    for one in (picture, picture_of(scene, rng), picture_of(scene, rng, shuffled=True)):
        signal, imaged = one
        assert one.shape == (2, SIDE, SIDE, SIDE) and set(np.unique(imaged)) <= {0.0, 1.0}
        assert abs(signal[imaged > 0].mean()) < 0.01 and abs(signal[imaged > 0].std() - 1.0) < 0.01
    assert not set(TRAINED) & set(HELD_OUT)


def test_shares_of_tissues_keep_their_place():
    fat, muscle = TISSUE_NAMES.index("subcutaneous_fat"), TISSUE_NAMES.index("muscle")
    tissue = np.full((40, 40, 10), muscle)
    tissue[20:] = fat
    shares = shares_of(tissue, np.array([1.0, 1.0, 4.0]))
    assert shares.shape[1:] == (8, 8, 8)
    assert shares[muscle, 1].min() > 240 and shares[fat, 6].min() > 240


def test_a_small_field_is_the_middle_of_the_volume():
    volume = made_up_volume("head", 1)
    small = small_field(volume)
    assert sorted(small.geometry.extent_mm.tolist())[:2] == pytest.approx([100.0, 100.0])
    assert np.allclose(small.geometry.centre_ras, volume.geometry.centre_ras, atol=2.6)
    picture = coarse_picture(volume)
    assert np.array_equal(mirrored(mirrored(picture)), picture)


def rows():
    def row(truth, kind, name, ankle, knee):
        shares = {"ankle": ankle, "knee": knee, NONE: 1.0 - ankle - knee}
        sure = max(shares, key=shares.get)
        return Recognised(truth, kind, name, shares, sure if shares[sure] >= 0.9 else "")

    good = [row("knee", "whole", f"k{n}", 0.02, 0.95) for n in range(4)]
    good += [row("ankle", "whole", f"a{n}", 0.93, 0.03) for n in range(3)] + [row("ankle", "whole", "a3", 0.3, 0.4)]
    return good + [row(NONE, "hip", f"h{n}", 0.02, 0.03) for n in range(4)]


def test_figures_name_what_is_right_wrong_and_not_recognised():
    values = {one.name: one.value for one in class_aurocs(rows(), CLASSES) if one.looked_at == "studies"}
    assert values["knee"] == 1.0 and values["ankle"] == 1.0 and values[NONE] == 1.0
    ends = [one.low for one in class_aurocs(rows(), CLASSES) if one.looked_at == "studies"]
    assert all(0.5 < end < 0.95 for end in ends)  # of so few studies nothing is known to be perfect
    line = next(line for line in kinds_table(rows()).splitlines() if line.startswith("| ankle"))
    assert [cell.strip() for cell in line.strip("|").split("|")] == ["ankle", "whole", "4", "75%", "0", "0", "1"]


@pytest.mark.long
def test_the_command_measures_scenes_and_images_and_writes_what_it_found(tmp_path, capsys):
    from OrthoDiffusionLib.resources import resource_path

    images = f"a knee={resource_path('SampleData', 'knee_exam')}"
    words = ["recognition", "measure", "--out", str(tmp_path), "--count", "2", "--images", images]
    assert main(words) == 0
    kept = json.loads((tmp_path / "rows.json").read_text(encoding="utf-8"))
    assert {row["kind"] for row in kept} == {*TRAINED, *HELD_OUT, "a knee"}
    assert "not recognised" in capsys.readouterr().out and (tmp_path / "recognition.png").stat().st_size > 1000


def test_fitting_one_joint_alone_is_refused(tmp_path, capsys):
    assert main(["recognition", "fit", "--data", str(tmp_path), "--out", str(tmp_path / "out")]) != 0
    assert "two joints or more" in capsys.readouterr().err
