"""The deep fascia round a limb's contents, and fat and skin round the fascia."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.part import PartList
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Canvas, CoarseField, signed_distance

COARSE = 4
"""Voxels along each edge of a block of the grid that wrapping is worked out on."""

Widths = tuple[tuple[int, int], tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Beyond:
    """What lies beyond the faces of the canvas, in blocks before and after it along each axis.

    Attributes:
        air: where the limb ends.
        limb: where it goes on as it is at the face.
    """

    air: Widths
    limb: Widths = ((0, 0), (0, 0), (0, 0))


def deep_fascia(canvas: Canvas, beyond: Beyond, closing_mm: float, inset_mm: float) -> np.ndarray:
    """Where the deep fascia lies: it spans the hollows of a limb instead of following each muscle.

    Args:
        closing_mm: radius of the ball that does not fall into the hollows.
        inset_mm: how far it is drawn tighter.

    Returns:
        float32 on the coarse grid: mm outside the fascia, negative inside.
    """
    step = canvas.frame.spacing_mm * COARSE
    filled = canvas.parts[1::COARSE, 1::COARSE, 1::COARSE] > 0
    padded = np.pad(np.pad(filled, beyond.air), beyond.limb, mode="edge")
    fascia = closing_mm - signed_distance(signed_distance(padded, step) > closing_mm, step)
    added = [(a[0] + b[0], a[1] + b[1]) for a, b in zip(beyond.air, beyond.limb, strict=True)]
    fascia = fascia[tuple(slice(low, n - high) for (low, high), n in zip(added, fascia.shape, strict=True))]
    for axis in range(3):
        padded = np.pad(fascia, [(1, 1) if n == axis else (0, 0) for n in range(3)], mode="edge")
        taken = [np.take(padded, np.arange(n, n + fascia.shape[axis]), axis=axis) for n in range(3)]
        fascia = taken[0] * FLOAT(0.25) + taken[1] * FLOAT(0.5) + taken[2] * FLOAT(0.25)
    return fascia - FLOAT(inset_mm)


@dataclass(frozen=True, eq=False)
class Wrapping:
    """What is wrapped round a limb; arrays are on the coarse grid.

    Attributes:
        fascia: mm outside the deep fascia, float32.
        fat: mm of subcutaneous fat outside it, float32.
        skin: mm of skin outside the fat; one number, or float32.
        sheet_mm: how far outside it the sheet of the fascia reaches.
        sheets: part number of the sheet; one, or uint8.
    """

    fascia: np.ndarray
    fat: np.ndarray
    skin: float | np.ndarray
    sheet_mm: float
    sheets: int | np.ndarray


def wrap(canvas: Canvas, parts: PartList, wrapping: Wrapping) -> CoarseField:
    """Fill what is empty: loose fat inside the fascia, outside it the sheet, subcutaneous fat and skin.

    Returns:
        mm outside the deep fascia, negative inside.
    """
    shape = canvas.parts.shape
    depth = CoarseField(wrapping.fascia, shape, COARSE)
    fat = CoarseField(wrapping.fat, shape, COARSE)
    edge = None
    if isinstance(wrapping.skin, np.ndarray):
        edge = CoarseField(wrapping.fat + wrapping.skin, shape, COARSE)
    inner, soft, skin = parts.numbers("intermuscular_fat", "subcutaneous_fat", "skin")
    for i, plane in enumerate(canvas.parts):
        below, fat_here = depth.plane(i), fat.plane(i)
        layer = np.where(below < fat_here, soft, skin)
        np.copyto(layer, _sheet(wrapping.sheets, i, plane.shape), where=below < wrapping.sheet_mm)
        layer[below < 0] = inner
        outside = fat_here + FLOAT(wrapping.skin) if edge is None else edge.plane(i)
        np.copyto(plane, layer, where=(plane == 0) & (below < outside))
    return depth


def _sheet(sheets: int | np.ndarray, i: int, shape: tuple[int, ...]) -> np.ndarray | np.uint8:
    """Part numbers of the sheet on one plane of the fine grid: whole blocks, as a sheet is as thick as a voxel."""
    if not isinstance(sheets, np.ndarray):
        return np.uint8(sheets)
    here = sheets[min(i // COARSE, len(sheets) - 1)].repeat(COARSE, 0).repeat(COARSE, 1)
    here = np.pad(here, [(0, max(0, n - m)) for n, m in zip(shape, here.shape, strict=True)], mode="edge")
    return here[: shape[0], : shape[1]]
