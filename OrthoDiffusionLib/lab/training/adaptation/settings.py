"""How a bundle is adapted to a site; all numbers in one place."""

from __future__ import annotations

from dataclasses import dataclass, field

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.engine.early_stopping import Patience
from OrthoDiffusionLib.lab.training.tables.table_loss import ALL, SEGMENTATION

TRAINED = (ALL, SEGMENTATION)

VIEW_SUBSETS = (0.3, 0.2, 0.5)
"""How often a study is shown with all, with one less, with two less of its views: mostly one alone, which is to learn
what all of them say together (ours)."""


@dataclass(frozen=True)
class AdaptSettings:
    """How a site's studies are learned from.

    Attributes:
        trained: "all" (encoders, fusion, the outlines' head) or "segmentation" (that head alone, so that findings keep
            weights and calibration).
        learning_rate: of the outlines' head and the fusion. That of fine-tuning on few cases
            (`short_run.LEARNING_RATE`): what is learned from is less certain than a person's outlines, not more.
        encoder_rate: the encoders' rate as a share of that; what a new site changes is what they see (ours).
        patience: when the agreement of the planes is looked at, and when to stop. After each look the averaged
            weights are the next teacher.
        ema: of the averaged weights.
        kept: share of each structure's voxels, the most certain ones, that teach. A share of each class and no common
            limit, since thin structures are never as certain as bones (class-balanced self-training, Zou et al. 2018,
            arXiv 1810.07911).
        least_certain, surely: a voxel less certain than the first never teaches, one as certain as the second always.
        denoising: weight of the diffusion model's own loss on the site's images: the pretraining goes on beside (ours).
        seed: of splits, order and windows.
    """

    trained: str = ALL
    learning_rate: float = 1e-4
    encoder_rate: float = 0.5
    patience: Patience = field(default_factory=lambda: Patience(steps=200, round_steps=50, rounds=2, warmup=20))
    ema: float = 0.98
    kept: float = 0.7
    least_certain: float = 0.6
    surely: float = 0.95
    denoising: float = 0.2
    seed: int = 0

    def __post_init__(self) -> None:
        if self.trained not in TRAINED:
            raise TrainingError(f"What is trained must be one of {', '.join(TRAINED)}, got {self.trained!r} instead")
        if not self.learning_rate > 0:
            raise TrainingError(f"The learning rate must be above 0, got {self.learning_rate} instead")
        if not 0 < self.kept <= 1 or not 0 <= self.least_certain <= self.surely <= 1:
            raise ValueError("shares and certainties must lie in [0, 1], in their order")
