"""Hardware: metal that surgeons leave in a joint, which few training studies show and none is graded on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from OrthoDiffusionLib.lab.phantom.phantom import Phantom

Point = tuple[float, float, float]


@dataclass(frozen=True)
class Hardware:
    """Screws that some joints of one kind carry.

    Attributes:
        chance: that a joint carries them.
        tunnels: where they are driven in, from the inner to the outer end, canonical RAS millimetres.
        bones: labels of the structures that give way to them.
    """

    chance: float
    tunnels: tuple[tuple[Point, Point], ...]
    bones: tuple[int, ...]


def with_hardware(phantom: Phantom, seed: int) -> Phantom:
    """The phantom as it is, or, in a few, with the screws of its kind of joint.

    Only bone gives way to a screw; its voxels are no structure. A joint without `hardware` stays as it is.
    """
    rng = np.random.default_rng([int(seed), 8])
    hardware = phantom.hardware
    if hardware is None or rng.random() >= hardware.chance:
        return phantom
    tables = phantom.tables
    metal = int(np.flatnonzero(tables.tissue == tables.tissue_names.index("metal"))[0])
    parts = phantom.parts.copy()
    bone = np.isin(tables.structure, hardware.bones)
    for inner, outer in hardware.tunnels:
        start, stop = (np.array(end) + rng.normal(0.0, 2.0, 3) for end in (inner, outer))
        length, radius = rng.uniform(18.0, 28.0), rng.uniform(3.0, 4.5)
        inside, box = _cylinder(phantom, start, (stop - start) / np.linalg.norm(stop - start), length, radius)
        parts[box][inside & bone[parts[box]]] = metal
    parts.setflags(write=False)
    return replace(phantom, parts=parts)


def _cylinder(
    phantom: Phantom, start: np.ndarray, along: np.ndarray, length: float, radius: float
) -> tuple[np.ndarray, tuple[slice, ...]]:
    """Voxels of a cylinder that begins 4 mm from `start`: a mask, and the box of the joint's parts that it covers."""
    ends = np.stack([start + 4.0 * along, start + (4.0 + length) * along])
    corners = phantom.geometry.to_ijk(np.stack([ends.min(axis=0) - radius, ends.max(axis=0) + radius]))
    lower = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, phantom.parts.shape)
    upper = np.clip(np.ceil(corners.max(axis=0)).astype(int) + 1, lower, phantom.parts.shape)
    box = tuple(slice(a, b) for a, b in zip(lower, upper, strict=True))
    index = np.stack(np.meshgrid(*(np.arange(a, b) for a, b in zip(lower, upper, strict=True)), indexing="ij"), -1)
    away = phantom.geometry.to_ras(index) - ends[0]
    depth = away @ along
    distance = np.linalg.norm(away - depth[..., None] * along, axis=-1)
    return (distance <= radius) & (depth >= 0.0) & (depth <= length), box
