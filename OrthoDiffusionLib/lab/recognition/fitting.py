"""Fits the recogniser and writes its two files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.recognition.examples import Examples, examples_of
from OrthoDiffusionLib.lab.recognition.torch_network import TorchNetwork
from OrthoDiffusionLib.recognition.network import FACTS_FILE, SCHEMA_VERSION, WEIGHTS_FILE, read_network
from OrthoDiffusionLib.volumes.files.atomic import atomic_path

BATCH = 32
LEARNING_RATE = 3e-3
SMOOTHING = 0.02  # of the labels: no picture is worth infinite certainty
HELD_BACK_PICTURES = 768
REPORT_EVERY = 50
SURE = 0.9
"""A class is named from this probability on (ours; what it does is measured in Docs/joint_recognition.md)."""

LEAST_TEMPERATURE = 1.0  # phantoms alone must not make it surer than it is


@dataclass(frozen=True)
class Fitting:
    """How the network is fitted.

    Attributes:
        steps: of 32 pictures.
        most: studies of each joint.
        seed: of everything that is drawn.
        begin: folder of a network of the same joints to go on with; None for a new one.
    """

    steps: int
    most: int
    seed: int = 0
    begin: Path | None = None


def fit(folders: Sequence[Path], out: Path, settings: Fitting, *, report: Callable[[str], None] = print) -> dict:
    """Fit the network to training studies and write it.

    Args:
        folders: of training studies, each of one joint.
        out: gets ``joint.safetensors`` and ``joint.json``.
        settings: how.

    Returns:
        What stands in ``joint.json``.

    Raises:
        TrainingError: if the network to go on with knows other joints.
    """
    steps, most, seed = settings.steps, settings.most, settings.seed
    before = None if settings.begin is None else read_network(settings.begin)
    learned, held = examples_of(folders, most=most, seed=seed, report=report)
    torch.manual_seed(seed)
    network = TorchNetwork(len(learned.classes))
    if before is not None:
        if before.classes != learned.classes:
            raise TrainingError(
                f"The network to go on with knows {', '.join(before.classes)}; the studies show"
                f" {', '.join(learned.classes)}",
                where=str(settings.begin),
                remedy="Begin anew, without --begin.",
            )
        network.begin_with(before.tensors)
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps, pct_start=0.1)
    losses: list[float] = []
    # One process makes pictures while another learns from them; a single one, so that their order is the seed's.
    stream = DataLoader(_Batches(learned, seed, steps), batch_size=None, num_workers=1, prefetch_factor=8)
    for step, (pictures, labels) in enumerate(stream):
        loss = functional.cross_entropy(network(pictures), labels, label_smoothing=SMOOTHING)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(float(loss.detach()))
        if (step + 1) % REPORT_EVERY == 0:
            report(f"step {step + 1} of {steps}, loss {np.mean(losses[-REPORT_EVERY:]):.3f}")
    network.eval()
    temperature, right = _temperature(network, held, np.random.default_rng([seed, 2]))
    report(f"of the held-back pictures {right:.1%} are right; temperature {temperature:.2f}")
    facts = {
        "classes": list(learned.classes),
        "temperature": temperature,
        "sure": SURE,
        "studies": {name: len(views) // 3 for name, views in learned.joints.items()},
        "steps": steps,
        "seed": seed,
        "begun_with": None if settings.begin is None else network_record(settings.begin),
        "held_back_right": round(right, 4),
    }
    return write_network(out, network, facts)


def network_record(folder: Path) -> dict:
    """Steps and checksum of a network that another went on with."""
    facts = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
    return {name: facts[name] for name in ("sha256", "steps", "seed") if name in facts}


class _Batches(IterableDataset):
    """Batches of pictures, as many as there are steps."""

    def __init__(self, examples: Examples, seed: int, steps: int) -> None:
        self._examples, self._seed, self._steps = examples, seed, steps

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        rng = np.random.default_rng([self._seed, 1])
        return (_batch(self._examples, rng, BATCH) for _ in range(self._steps))


def write_network(out: Path, network: TorchNetwork, facts: dict) -> dict:
    """Write weights and facts, each whole or not at all."""
    out.mkdir(parents=True, exist_ok=True)
    content = save(network.tensors())
    facts = {"schema_version": SCHEMA_VERSION, "sha256": hashlib.sha256(content).hexdigest(), **facts}
    with atomic_path(out / WEIGHTS_FILE) as temporary:
        temporary.write_bytes(content)
    with atomic_path(out / FACTS_FILE) as temporary:
        temporary.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return facts


def _batch(examples: Examples, rng: np.random.Generator, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    pictures, labels = zip(*(examples.draw(rng) for _ in range(size)), strict=True)
    return torch.from_numpy(np.stack(pictures)), torch.tensor(labels)


@torch.no_grad()
def _temperature(network: TorchNetwork, held: Examples, rng: np.random.Generator) -> tuple[float, float]:
    """The temperature of the least loss on what was held back (Guo et al. 2017), and the share that is right."""
    parts = [_batch(held, rng, BATCH) for _ in range(HELD_BACK_PICTURES // BATCH)]
    # Each with its mirror image, as the fitted network looks at a picture.
    logits = torch.cat([0.5 * (network(pictures) + network(pictures.flip(2))) for pictures, _ in parts])
    labels = torch.cat([labels for _, labels in parts])
    tried = np.geomspace(LEAST_TEMPERATURE, 4.0, 40)
    losses = [float(functional.cross_entropy(logits / value, labels)) for value in tried]
    right = float((logits.argmax(dim=1) == labels).float().mean())
    return float(tried[int(np.argmin(losses))]), right
