"""Contact sheet: the slices of one volume in rows, each with its outlines, to be looked at one by one."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from OrthoDiffusionLib.anatomy import BODY_AXES, Axes
from OrthoDiffusionLib.findings import Segmentation
from OrthoDiffusionLib.reports.overlay import slice_picture
from OrthoDiffusionLib.reports.theme import write
from OrthoDiffusionLib.volumes import Plane, Volume


def contact_sheet(
    volume: Volume,
    plane: Plane,
    segmentation: Segmentation,
    *,
    columns: int = 5,
    every: int = 1,
    side_px: int = 300,
    axes: Axes = BODY_AXES,
) -> Image.Image:
    """Draws every `every`-th slice of a volume in its own plane, numbered, with the structures outlined.

    Args:
        volume: a stack cut in `plane`, or a 3D volume.
        plane: how to hang it.
        segmentation: what to outline, on any grid.
        columns: pictures in a row.
        every: 2 shows every second slice.
        side_px: of a slice's picture.
        axes: of this side's joint, in RAS.
    """
    geometry = volume.reoriented(plane.hanging, axes).geometry
    count = geometry.shape[0]
    middle = (np.asarray(geometry.shape[1:], dtype=float) - 1) / 2
    shown = range(every // 2, count, every)
    rows = -(-len(shown) // columns)
    sheet = Image.new("RGB", (columns * side_px, rows * side_px), "black")
    pen = ImageDraw.Draw(sheet)
    scale = side_px / max(np.asarray(geometry.shape[1:]) * geometry.spacing_mm[1:])
    for place, index in enumerate(shown):
        through = geometry.to_ras(np.array([index, *middle]))
        picture = slice_picture(
            volume,
            plane,
            (side_px, side_px),
            through_ras=through,
            segmentation=segmentation,
            pixels_per_mm=scale,
            axes=axes,
        )
        x, y = place % columns * side_px, place // columns * side_px
        sheet.paste(picture.image, (x, y))
        words = f"{plane.value} {index + 1} of {count}"
        write(pen, (x + 6, y + 4), words, max(12, side_px // 20), (255, 255, 255), anchor="la")
    return sheet
