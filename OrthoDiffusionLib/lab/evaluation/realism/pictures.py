"""Pictures: real slices beside those of digital knees, and the regions drawn where they were placed."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw

from OrthoDiffusionLib.lab.evaluation.realism.regions import BONE_CARTILAGE_EDGE, TISSUES, RealSeries

SIDE = 300
_MOST_SLICES = 6
_NAMES = (*TISSUES, BONE_CARTILAGE_EDGE)
_COLOURS = {
    name: tuple(round(255 * part) for part in colorsys.hsv_to_rgb(0.382 * n % 1.0, 0.7, 1.0))
    for n, name in enumerate(_NAMES)
}


def pairs_picture(pictures: Mapping[str, Sequence[np.ndarray]]) -> Image.Image:
    """A row a series: a slice of the real one, then of digital knees, each from black to its own 99.7 %.

    Args:
        pictures: of each series (H, W) arrays of any unit, the real one first.
    """
    sheet = Image.new("L", (max(len(row) for row in pictures.values()) * SIDE, len(pictures) * SIDE))
    for y, row in enumerate(pictures.values()):
        for x, picture in enumerate(row):
            small, left, top = tile(picture)
            sheet.paste(small, (x * SIDE + left, y * SIDE + top))
    return sheet


def regions_picture(series: Sequence[RealSeries]) -> Image.Image:
    """A row a series: its slices with the most discs, the discs in colour; below, what the colours mean."""
    line = 16
    sheet = Image.new("RGB", (_MOST_SLICES * SIDE, len(series) * SIDE + 3 * line))
    draw = ImageDraw.Draw(sheet)
    for y, one in enumerate(series):
        volume = one.volume()
        discs = [(tissue, disc) for tissue, found in one.discs(volume.geometry).items() for disc in found]
        numbers = [disc.slice for _, disc in discs]
        chosen = sorted(sorted(set(numbers), key=lambda n: -numbers.count(n))[:_MOST_SLICES])
        for x, number in enumerate(chosen):
            small, left, top = tile(volume.array[number], gamma=0.6)
            left, top = left + x * SIDE, top + y * SIDE
            sheet.paste(small.convert("RGB"), (left, top))
            scale = small.size[0] / volume.array.shape[2]
            for tissue, disc in discs:
                if disc.slice == number:
                    middle = np.array([left + (disc.column + 0.5) * scale, top + (disc.row + 0.5) * scale])
                    box = (*(middle - disc.radius * scale), *(middle + disc.radius * scale))
                    draw.ellipse(box, outline=_COLOURS[tissue])
    for n, name in enumerate(_NAMES):
        place = (4 + n % 6 * SIDE, len(series) * SIDE + n // 6 * line + 2)
        draw.text(place, name.replace("_", " "), fill=_COLOURS[name])
    return sheet


def tile(picture: np.ndarray, gamma: float = 1.0) -> tuple[Image.Image, int, int]:
    """The picture at the size of a square, and where its left upper corner goes in it."""
    unit = np.clip(picture / max(float(np.percentile(picture, 99.7)), 1e-6), 0.0, 1.0)
    scale = SIDE / max(unit.shape)
    size = (round(unit.shape[1] * scale), round(unit.shape[0] * scale))
    small = Image.fromarray((unit**gamma * 255.0).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    return small, (SIDE - size[0]) // 2, (SIDE - size[1]) // 2
