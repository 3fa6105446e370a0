"""SegmentationHead: which structure a point belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn
from torch.nn import functional

from OrthoDiffusionLib.fusion import FusedGrid
from OrthoDiffusionLib.volumes import Plane


class SegmentationHead(nn.Module):
    """Logits per Structure: on the coarse grid, at fine points, and by each plane alone.

    The plane's own map serves training (each encoder is told at its own voxels what it should see) and
    the agreement between planes; the answer is the fused one.

    Args:
        classes: structures and background; class 0 is background, class n the structure of label n.
    """

    def __init__(self, planes: tuple[Plane, ...], *, width: int, finest_channels: int, classes: int) -> None:
        super().__init__()
        self.coarse = nn.Conv3d(width, classes, 1)
        self.hidden = nn.Linear(width, width)
        self.fine = nn.Linear(width, classes)
        self.by_plane = nn.ModuleDict({p.value: nn.Conv3d(finest_channels, classes, 1) for p in planes})

    def on_grid(self, grid: FusedGrid) -> Tensor:
        """(K, I, J, K') logits on the coarse grid."""
        return self.coarse(grid.features[None])[0]

    def at_points(self, fused: Tensor) -> Tensor:
        """Fused features (N, C) to logits (N, K)."""
        return self.fine(functional.silu(self.hidden(functional.silu(fused))))

    def of_planes(self, finest: Mapping[Plane, Tensor]) -> dict[Plane, Tensor]:
        """Finest features (1, C, S, H, W) of each view to logits (1, K, S, H, W)."""
        return {plane: self.by_plane[plane.value](features) for plane, features in finest.items()}
