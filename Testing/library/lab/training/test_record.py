"""A bundle tells how it was made, and nothing about the computer it was made on."""

from __future__ import annotations

import json

import numpy as np
from safetensors.numpy import save_file

from OrthoDiffusionLib.lab.training.engine.record import data_record, pretraining_record, this_command, with_command
from OrthoDiffusionLib.volumes import Plane


def test_a_command_is_kept_with_its_paths_told_from_the_working_folder(tmp_path):
    words = [
        "finetune",
        "--data",
        str(tmp_path / "runs" / "my studies"),
        "--recipe",
        "knee",
        "--out",
        "/disk/anna/knee",
    ]
    assert this_command(words, folder=tmp_path) == (
        "orthodiffusion finetune --data 'runs/my studies' --recipe knee --out knee"
    )


def test_an_older_record_becomes_a_list_of_commands_without_folders():
    older = {"recipe": {"seed": 0}, "command": "orthodiffusion finetune --data /disk/anna/runs/studies"}
    record = with_command(older, "orthodiffusion publish runs/bundle")
    assert record == {
        "commands": ["orthodiffusion finetune --data studies", "orthodiffusion publish runs/bundle"],
        "recipe": {"seed": 0},
    }
    assert with_command(record, "orthodiffusion publish runs/bundle") == record


def test_the_seeds_of_the_studies_are_read_off_their_files(tmp_path):
    assert data_record(tmp_path) == {"studies": 0}
    for seed in (40, 7, 12):
        (tmp_path / f"study_{seed:07d}.npz").touch()
    (tmp_path / "notes.txt").touch()
    assert data_record(tmp_path) == {"studies": 3, "first_seed": 7, "last_seed": 40}


def test_pretrained_weights_say_how_they_were_made(tmp_path):
    facts = {
        "plane": "axial",
        "recipe": json.dumps({"seed": 3, "pretrain": {"steps": 600}}),
        "command": "orthodiffusion pretrain --plane axial",
        "data": json.dumps({"studies": 5}),
    }
    save_file({"a": np.zeros(2, np.float16)}, tmp_path / "axial.safetensors", metadata=facts)
    save_file({"a": np.zeros(2, np.float16)}, tmp_path / "old.safetensors")
    record = pretraining_record(
        {Plane.AXIAL: tmp_path / "axial.safetensors", Plane.CORONAL: tmp_path / "old.safetensors"}
    )
    assert record == {
        "axial": {
            "command": "orthodiffusion pretrain --plane axial",
            "data": {"studies": 5},
            "seed": 3,
            "pretrain": {"steps": 600},
        },
        "coronal": {},
    }
