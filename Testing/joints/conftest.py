"""The toy joint, known by name as a real one is, and a bundle that has learned it from nothing but its phantoms."""

from __future__ import annotations

from pathlib import Path

import pytest
from joints.toy_joint import TOY, TOY_JOINT

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def toy():
    """The name of the toy joint, which is known while the tests of one file run, and to nobody after them."""
    from OrthoDiffusionLib.anatomy import registered
    from OrthoDiffusionLib.lab.phantom.phantom import BUILDERS

    with registered(TOY_JOINT), pytest.MonkeyPatch.context() as patch:
        patch.setitem(BUILDERS, TOY_JOINT.name, TOY)
        yield TOY_JOINT.name


def run(*words: object) -> None:
    """One command, as in a shell."""
    from OrthoDiffusionLib.cli.main import main

    status = main([str(word) for word in words])
    assert status == 0, f"{words[0]} ended with {status}"


SHORT = {
    "steps = 400": "steps = 8",
    "steps_alone = 80": "steps_alone = 2",
    "outlines_first = 120": "outlines_first = 4",
}


@pytest.fixture(scope="module")
def trained(toy, tmp_path_factory) -> Path:
    """The folder of a bundle that went the whole way in a few steps: it knows all words, and outlines next to nothing.

    What it outlines is asked of `learned`, which trains for minutes.
    """
    home = tmp_path_factory.mktemp("toy")
    text = (HERE / "toy.toml").read_text(encoding="utf-8")
    for long, short in SHORT.items():
        assert long in text
        text = text.replace(long, short)
    (home / "short.toml").write_text(text, encoding="utf-8")
    return _whole_way(toy, home, home / "short.toml", studies=2, adjusted=1)


@pytest.fixture(scope="module")
def learned(toy, tmp_path_factory) -> Path:
    """The same with as many steps as the recipe says: bones are outlined, roughly."""
    return _whole_way(toy, tmp_path_factory.mktemp("learned"), HERE / "toy.toml", studies=6, adjusted=3)


def _whole_way(toy: str, home: Path, recipe: Path, *, studies: int, adjusted: int) -> Path:
    """Phantoms, pretraining, fine-tuning, calibration; returns the folder of the bundle.

    Args:
        studies: that the calibration scores.
        adjusted: studies whose volumes the outlines are adjusted to.
    """
    run("phantom", "--joint", toy, "--for-training", "--count", 6, "--pixel-mm", 2.0, "--out", home / "shards")
    run("pretrain", "--data", home / "shards", "--recipe", recipe, "--out", home / "pretrained", "--curves-every", 0,
        "--pictures-every", 0)  # fmt: skip
    run("finetune", "--data", home / "shards", "--pretrained", home / "pretrained", "--recipe", recipe, "--device",
        "cpu", "--out", home / "run")  # fmt: skip
    run("publish", home / "run" / "bundle", "--count", studies, "--adjust", adjusted, "--device", "cpu",
        "--out", home / "bundles" / "toy")  # fmt: skip
    return home / "bundles" / "toy"


@pytest.fixture(scope="module")
def studies(toy, tmp_path_factory) -> Path:
    """Two toy studies as files, a right and a left one."""
    folder = tmp_path_factory.mktemp("studies")
    for side, seed in (("right", 5), ("left", 2)):
        run("phantom", "--joint", toy, "--side", side, "--seed", seed, "--prevalence", 0, "--centre", "clinic_3t_a",
            "--out", folder)  # fmt: skip
    return folder
