"""MONAI's networks: one that outlines, one that finds."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from OrthoDiffusionLib.anatomy import Joint
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import EvaluationView
from OrthoDiffusionLib.lab.experiments.fixed_images.label_network import (
    FINDINGS,
    OUTLINES,
    Answers,
    LabelNetwork,
    Rates,
    Rows,
    as_batch,
    at_rows,
)
from OrthoDiffusionLib.precision import autocast


class Outliner(LabelNetwork):
    """MONAI's DynUNet, the network of nnU-Net: outlines alone.

    Args:
        width: of our network's finest level, 32 as a rule; with fewer this one has fewer channels, too.
    """

    _FILTERS = (16, 32, 64, 96, 128)
    _STRIDES = ((1, 1, 1), (1, 2, 2), (1, 2, 2), (2, 2, 2), (2, 2, 2))

    def __init__(self, joint: Joint, width: int = 32) -> None:
        from monai.networks.nets import DynUNet

        super().__init__(joint, (OUTLINES,))
        self.network = DynUNet(
            3, 1, self.classes, kernel_size=[(1, 3, 3), *[(3, 3, 3)] * 4], strides=self._STRIDES,
            upsample_kernel_size=self._STRIDES[1:], filters=[n * width // 32 for n in self._FILTERS],
        )  # fmt: skip

    def answers(self, view: EvaluationView, step: int, start: Rows, generator: torch.Generator | None) -> Answers:
        with autocast():
            logits = self.network(as_batch(view.image))[0]
        return Answers(at_rows(logits, step, start), None)

    def groups(self, rates: Rates) -> list[dict]:
        return body_and_last(self, list(self.network.output_block.parameters()), rates)


class Classifier(LabelNetwork):
    """MONAI's DenseNet: findings alone.

    Args:
        width: as above.
    """

    def __init__(self, joint: Joint, width: int = 32) -> None:
        from monai.networks.nets import DenseNet

        super().__init__(joint, (FINDINGS,))
        # With one view a step, statistics of a batch are those of one patient: groups of channels instead.
        self.network = DenseNet(
            3, 1, self.abnormalities, init_features=max(16, width), growth_rate=max(8, width // 2),
            block_config=(6, 16, 24), norm=("group", {"num_groups": 8}),
        )  # fmt: skip

    def answers(self, view: EvaluationView, step: int, start: Rows, generator: torch.Generator | None) -> Answers:
        # Of 32 slices its last block sees two, where torch's bfloat16 gradients are wrong (`sound_gradients`).
        with autocast(precision="float32"):
            return Answers(None, self.network(as_batch(view.image))[0])

    def groups(self, rates: Rates) -> list[dict]:
        return body_and_last(self, list(self.network.class_layers.parameters()), rates)


def body_and_last(network: nn.Module, last: Sequence[nn.Parameter], rates: Rates) -> list[dict]:
    """Two groups: everything but the last layer, and that layer."""
    known = {id(parameter) for parameter in last}
    body = [p for p in network.parameters() if id(p) not in known and p.requires_grad]
    return [rates.group(body), rates.last(last)]
