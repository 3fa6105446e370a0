"""Where a finding was seen: a heat map of 0 to 100 on a coarse RAS grid, and one point."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.volumes import Geometry, Volume, resample_to

EVIDENCE_SPACING_MM = 3.0  # ours: coarse enough for a small file, finer than what is seen
_CORE = 0.6  # ours; the point is the centre of what reaches this share of the maximum around the maximum


def evidence_from_weights(
    weights: Volume, *, spacing_mm: float = EVIDENCE_SPACING_MM, name: str = ""
) -> tuple[Volume, tuple[float, float, float] | None]:
    """Turns a network's attention into a heat map and the point it speaks of.

    Args:
        weights: (I, J, K) 0 or more, any unit and any geometry; what is negative counts as 0.
        spacing_mm: of the heat map's grid, whose axes are R, A, S.
        name: of the heat map's volume, the finding's key.

    Returns:
        The heat map (uint8, maximum 100; all 0 where there is no weight), and the point in RAS mm: the weighted
        centre of the strongest spot, found on the finer of the two grids; None where there is no weight.
    """
    array = np.maximum(np.asarray(weights.array, dtype=np.float32), 0.0)
    corners = weights.geometry.corners_ras
    grid = Geometry.from_box(corners.min(axis=0), corners.max(axis=0), spacing_mm)
    peak = float(array.max())
    if peak <= 0.0:
        return Volume(np.zeros(grid.shape, dtype=np.uint8), grid, name=name), None

    array = array / peak
    coarse = resample_to(Volume(array, weights.geometry), grid).array
    highest = float(coarse.max())
    if highest <= 0.0:  # a spot smaller than the grid's step falls between its points
        coarse = np.zeros(grid.shape, dtype=np.float32)
        highest = 1.0
        nearest = np.rint(grid.to_ijk(_strongest_spot(array, weights.geometry))).astype(int)
        coarse[tuple(np.clip(nearest, 0, np.array(grid.shape) - 1))] = 1.0
    heat = np.clip(np.rint(coarse * (100.0 / highest)), 0, 100).astype(np.uint8)
    return Volume(heat, grid, name=name), _strongest_spot(array, weights.geometry)


def _strongest_spot(array: np.ndarray, geometry: Geometry) -> tuple[float, float, float]:
    """Weighted centre, RAS mm, of the voxels near the maximum that reach `_CORE` of it."""
    peak = np.array(np.unravel_index(int(array.argmax()), array.shape))
    reach = np.maximum(1, np.rint(2 * EVIDENCE_SPACING_MM / np.asarray(geometry.spacing_mm))).astype(int)
    low = np.maximum(0, peak - reach)
    high = np.minimum(array.shape, peak + reach + 1)
    near = array[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]
    weight = np.where(near >= _CORE * near.max(), near, 0.0)
    index = np.stack(np.meshgrid(*(np.arange(a, b) for a, b in zip(low, high, strict=True)), indexing="ij"), -1)
    centre = (index * weight[..., None]).reshape(-1, 3).sum(axis=0) / weight.sum()
    x, y, z = geometry.to_ras(centre).tolist()
    return x, y, z
