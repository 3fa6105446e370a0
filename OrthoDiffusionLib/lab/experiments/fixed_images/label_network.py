"""What an arm trains and reads: one interface, whatever network is inside; and ours, the diffusion network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from OrthoDiffusionLib.anatomy import Joint
from OrthoDiffusionLib.encoders import build_view_encoder
from OrthoDiffusionLib.heads import DiagnosisHead
from OrthoDiffusionLib.heads.segmentation_head import PlaneReadout
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import EvaluationView
from OrthoDiffusionLib.lab.training.engine.losses import added, finding_loss, segmentation_loss
from OrthoDiffusionLib.precision import autocast
from OrthoDiffusionLib.volumes import Geometry, Plane

OUTLINES, FINDINGS = TASKS = ("outlines", "findings")

READING_RATE = 5.0
"""Of linear readings that are trained alone, as a multiple of the rate: they tolerate and need it."""

Rows = tuple[int, int]


@dataclass(frozen=True)
class Rates:
    """How fast a network learns.

    Attributes:
        learning_rate: of AdamW.
        filter_rate: of Muon, which trains the convolutions; 0 leaves them to AdamW.
        encoder_rate: a pretrained encoder's rates as a share of the others'.
        reading_steps: in which the readings alone learn before the encoder does, so that gradients of readings that
            know nothing do not spoil what was pretrained (Kumar et al. 2022, arXiv 2202.10054).
    """

    learning_rate: float
    filter_rate: float
    encoder_rate: float = 1.0
    reading_steps: int = 0

    def group(self, parameters: Sequence[nn.Parameter], share: float = 1.0) -> dict:
        """A group for `build_optimizers`, with Muon."""
        return {"params": list(parameters), "lr": share * self.learning_rate, "filter_lr": share * self.filter_rate}

    def last(self, parameters: Sequence[nn.Parameter], share: float = 1.0) -> dict:
        """A group of last layers, which Muon does not suit."""
        return {"params": list(parameters), "lr": share * self.learning_rate}


@dataclass(frozen=True)
class Answers:
    """What a network says of one view, as logits.

    Attributes:
        outlines: (K, S, H', W') at the rows and columns asked for; None of a network that outlines nothing.
        findings: (A,); None of a network that finds nothing.
    """

    outlines: Tensor | None
    findings: Tensor | None


@dataclass(frozen=True)
class Reading:
    """The same, ready to be scored.

    Attributes:
        labels: (S, H, W) uint8.
        logits: (A,).
    """

    labels: np.ndarray | None
    logits: np.ndarray | None


class LabelNetwork(nn.Module):
    """What an arm trains and reads.

    Args:
        joint: whose structures and findings are learned.
        tasks: of `TASKS`, what is asked of it.
    """

    def __init__(self, joint: Joint, tasks: Sequence[str]) -> None:
        super().__init__()
        self.tasks = tuple(tasks)
        self.classes = 1 + max(structure.label for structure in joint.structures)
        self.abnormalities = len(joint.abnormalities)

    def answers(self, view: EvaluationView, step: int, start: Rows, generator: torch.Generator | None) -> Answers:
        """Logits of one view.

        Args:
            step, start: every `step`-th row and column from `start` is outlined.
            generator: of a network that draws noise; None draws from torch's own.
        """
        raise NotImplementedError

    def groups(self, rates: Rates) -> list[dict]:
        """Parameters with their rates; see `build_optimizers`."""
        raise NotImplementedError

    def prepare(self, views: Sequence[EvaluationView]) -> None:
        """Measure what must be known before the first step; nothing, as a rule."""

    def in_use(self) -> int:
        """Parameters that its answers depend on."""
        return sum(parameter.numel() for parameter in self.parameters())

    def loss(self, view: EvaluationView) -> dict[str, Tensor]:
        """Named terms of one view; "loss" is minimised. A view without findings teaches outlines alone."""
        number = int(torch.randint(4, ()))
        # Every second row and column, from a random one: they teach as much as all, at a quarter of the cost.
        start = (number // 2, number % 2)
        found, terms = self.answers(view, 2, start, None), {}
        if found.outlines is not None:
            labels = at_rows(torch.from_numpy(view.labels), 2, start)
            terms[OUTLINES] = segmentation_loss(found.outlines.flatten(1), labels.flatten())
        if found.findings is not None and view.findings.size:
            present = torch.from_numpy(view.findings.astype(np.float32))
            terms[FINDINGS] = finding_loss(found.findings, present, torch.ones_like(present))
        return {**terms, "loss": added(terms.values())}

    @torch.inference_mode()
    def read(self, view: EvaluationView) -> Reading:
        """What it says of a view; the same whenever it is asked."""
        found = self.answers(view, 1, (0, 0), torch.Generator().manual_seed(_READING_SEED))
        return Reading(
            None if found.outlines is None else found.outlines.argmax(dim=0).to(torch.uint8).numpy(),
            None if found.findings is None else found.findings.float().numpy(),
        )


_READING_SEED = 100


class ChannelScales(nn.Module):
    """Brings every channel of an encoder's levels to mean 0 and standard deviation 1, as measured once at the start.

    A linear reading of frozen features learns at the pace of their size, which says nothing of their worth. Where the
    features learn from the first step on, they find their own size, and scales taken at the start would only disturb
    fresh ones.
    """

    def __init__(self, channels: Sequence[int]) -> None:
        super().__init__()
        for level, count in enumerate(channels):
            self.register_buffer(f"mean_{level}", torch.zeros(count))
            self.register_buffer(f"deviation_{level}", torch.ones(count))

    def forward(self, levels: Sequence[Tensor]) -> list[Tensor]:
        """(B, C, S, H, W) a level, to the same."""
        return [
            (value - _over_places(getattr(self, f"mean_{n}"), value))
            / _over_places(getattr(self, f"deviation_{n}"), value)
            for n, value in enumerate(levels)
        ]

    def measure(self, samples: Sequence[Sequence[Tensor]]) -> None:
        """Take mean and deviation over the levels of some views."""
        for level in range(len(samples[0])):
            values = torch.cat([levels[level][0].float().flatten(1) for levels in samples], dim=1)
            getattr(self, f"mean_{level}").copy_(values.mean(dim=1))
            getattr(self, f"deviation_{level}").copy_(values.std(dim=1).clamp_min(1e-3))


class DenoiserReadout(LabelNetwork):
    """Ours: a plane's diffusion network, a linear reading of its outlines, and the head that marks lesions.

    The head is the product's; here it learns from what the study has alone, without a map of any lesion.

    Args:
        plane: of the views.
        network: a recipe's `network`.
        frozen: train the readings alone, as long as it is set.
        pretrained: whether the encoder will be; what starts from nothing learns at the full rate.
    """

    def __init__(
        self, joint: Joint, tasks: Sequence[str], plane: Plane, network: Mapping, *, frozen: bool, pretrained: bool
    ) -> None:
        super().__init__(joint, tasks)
        self.plane, self.pretrained = plane, pretrained
        self.encoder = build_view_encoder(plane, dict(network))
        unet = self.encoder.network
        self.scales = ChannelScales(unet.tap_channels)
        if OUTLINES in tasks:
            self.outlines = PlaneReadout(unet.tap_channels[:3], unet.tap_strides[:3], self.classes)
        if FINDINGS in tasks:
            head = DiagnosisHead((plane,), unet.tap_channels, width=1, abnormalities=self.abnormalities)
            head.fused.requires_grad_(False)  # one plane alone is not fused
            self.findings = head
        self.freeze(frozen)

    def freeze(self, frozen: bool) -> None:
        """Let the encoder learn, or not."""
        self.frozen = frozen
        self.encoder.requires_grad_(not frozen)

    def answers(self, view: EvaluationView, step: int, start: Rows, generator: torch.Generator | None) -> Answers:
        outlines = findings = None
        with autocast():
            pyramid = self._pyramid(view.image, view.geometry)
            if OUTLINES in self.tasks:
                outlines = self.outlines(pyramid, step=step, start=start)
            if FINDINGS in self.tasks:
                findings = self.findings.of_planes({self.plane: pyramid})[1][self.plane]
        return Answers(outlines, findings)

    def groups(self, rates: Rates) -> list[dict]:
        heads = [p for name in self.tasks for p in getattr(self, name).parameters() if p.requires_grad]
        readings = rates.last(heads, READING_RATE if self.frozen else 1.0)
        if self.frozen:
            return [readings]
        return [rates.group(list(self.encoder.parameters()), rates.encoder_rate if self.pretrained else 1.0), readings]

    def _pyramid(self, image: np.ndarray, geometry: Geometry):
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.frozen):
            return self.encoder.pyramid(self.scales(self.encoder(as_batch(image))), geometry)

    @torch.no_grad()
    def prepare(self, views: Sequence[EvaluationView]) -> None:
        """Measure the scales of frozen features."""
        if self.frozen:
            with autocast():
                samples = [self.encoder(as_batch(view.image)) for view in views]
            self.scales.measure(samples)


def as_batch(image: np.ndarray) -> Tensor:
    """(S, H, W) to (1, 1, S, H, W)."""
    return torch.from_numpy(image)[None, None].contiguous(memory_format=torch.channels_last_3d)


def at_rows(array: Tensor, step: int, start: Rows) -> Tensor:
    """Every `step`-th row and column of (..., H, W)."""
    return array[..., start[0] :: step, start[1] :: step]


def _over_places(values: Tensor, like: Tensor) -> Tensor:
    """(C,) as it meets (B, C, S, H, W)."""
    return values.to(like.dtype)[None, :, None, None, None]
