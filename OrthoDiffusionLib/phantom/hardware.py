"""Hardware: metal that surgeons leave in a joint, which few training studies show and none is graded on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .phantom import Phantom

# One knee in forty had its anterior cruciate ligament rebuilt with metal screws (assumed).
_CHANCE = 0.025
# Where the tunnels run in a right knee, canonical RAS millimetres: from the joint into the bone (assumed).
_TUNNELS = (((0.0, 2.0, -6.0), (-10.0, 18.0, -38.0)), ((4.0, -10.0, 14.0), (22.0, 2.0, 40.0)))
_BONES = (1, 2)


def with_hardware(phantom: Phantom, seed: int) -> Phantom:
    """The phantom as it is, or, in a few, with screws in the tunnels of a rebuilt cruciate ligament.

    Only bone gives way to a screw; its voxels are no structure. Other joints than the knee stay as they are.
    """
    rng = np.random.default_rng([int(seed), 8])
    if phantom.joint != "knee" or rng.random() >= _CHANCE:
        return phantom
    tables = phantom.tables
    metal = int(np.flatnonzero(tables.tissue == tables.tissue_names.index("metal"))[0])
    parts = phantom.parts.copy()
    for inner, outer in _TUNNELS:
        start, stop = (np.array(end) + rng.normal(0.0, 2.0, 3) for end in (inner, outer))
        length, radius = rng.uniform(18.0, 28.0), rng.uniform(3.0, 4.5)
        _drive(parts, phantom, start, (stop - start) / np.linalg.norm(stop - start), length, radius, metal)
    parts.setflags(write=False)
    return replace(phantom, parts=parts)


def _drive(
    parts: np.ndarray, phantom: Phantom, start: np.ndarray, along: np.ndarray, length: float, radius: float, metal: int
) -> None:
    """Replace the bone in a cylinder that begins 4 mm from `start`."""
    ends = np.stack([start + 4.0 * along, start + (4.0 + length) * along])
    corners = phantom.geometry.to_ijk(np.stack([ends.min(axis=0) - radius, ends.max(axis=0) + radius]))
    lower = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, parts.shape)
    upper = np.clip(np.ceil(corners.max(axis=0)).astype(int) + 1, lower, parts.shape)
    box = tuple(slice(a, b) for a, b in zip(lower, upper, strict=True))
    index = np.stack(np.meshgrid(*(np.arange(a, b) for a, b in zip(lower, upper, strict=True)), indexing="ij"), -1)
    away = phantom.geometry.to_ras(index) - ends[0]
    depth = away @ along
    distance = np.linalg.norm(away - depth[..., None] * along, axis=-1)
    inside = (distance <= radius) & (depth >= 0.0) & (depth <= length)
    inside &= np.isin(phantom.tables.structure[parts[box]], _BONES)
    parts[box][inside] = metal
