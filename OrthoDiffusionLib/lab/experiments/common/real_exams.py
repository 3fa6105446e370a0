"""Real exams without truth: what a network draws on them, for the eye, and whether its planes agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from OrthoDiffusionLib.analysis.study_inputs import read_study
from OrthoDiffusionLib.anatomy import KNEE, Side, Structure
from OrthoDiffusionLib.findings import Segmentation
from OrthoDiffusionLib.lab.evaluation.scores.segmentation_scores import imaged_region
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import dice_by_label
from OrthoDiffusionLib.reports.overlay import slice_picture
from OrthoDiffusionLib.views.preparation import prepare_view
from OrthoDiffusionLib.views.view_grid import ViewGrid
from OrthoDiffusionLib.volumes import Geometry, Plane, Study, Volume
from OrthoDiffusionLib.volumes.files.atomic import atomic_path

Outline = Callable[[np.ndarray, Geometry, Plane], np.ndarray]
"""Normalised (S, H, W) image, its geometry and plane to (S, H, W) uint8 labels."""

_SLICES = (0.3, 0.5, 0.7)  # of the stack: in a knee lateral or medial compartment, notch, the other compartment
_AGREEMENT_MM = 1.0
_CAPTION_PX = 24


def read_right_knee(folder: Path) -> Study:
    """An exam that its README calls a right knee."""
    return read_study([folder], side=Side.RIGHT, joint=KNEE)


def outline_exam(study: Study, outline: Outline, pixel_mm: float) -> dict[Plane, Segmentation]:
    """What each plane of an exam alone is taken for."""
    found = {}
    for plane, volume in study.planes.items():
        view = prepare_view(volume, ViewGrid(plane, in_plane_mm=pixel_mm))
        labels = outline(view.array, view.geometry, plane)
        found[plane] = Segmentation(Volume(labels, view.geometry), KNEE.structures)
    return found


def plane_agreement(
    found: Mapping[Plane, Segmentation], structures: Sequence[Structure]
) -> dict[str, dict[str, float]]:
    """Structure's title -> pair of planes -> Dice of the two planes, each alone, where both looked.

    It is no accuracy: planes that agree may be wrong together, and a structure that neither finds has no value.
    """
    result: dict[str, dict[str, float]] = {structure.title: {} for structure in structures}
    for first, second in combinations(found, 2):
        corners = [found[plane].labels.geometry.corners_ras for plane in (first, second)]
        low, high = np.max([c.min(axis=0) for c in corners], axis=0), np.min([c.max(axis=0) for c in corners], axis=0)
        grid = Geometry.from_box(tuple(low), tuple(high), _AGREEMENT_MM)
        counted = np.logical_and.reduce(
            [imaged_region(grid, [found[plane].labels.geometry]) for plane in (first, second)]
        )
        maps = [found[plane].on(grid).array * counted for plane in (first, second)]
        dice = dice_by_label([tuple(maps)])
        for structure in structures:
            if structure.label in dice:
                result[structure.title][f"{first.value} and {second.value}"] = dice[structure.label]
    return {title: values for title, values in result.items() if values}


def exam_strip(exams: Sequence[tuple[Study, Mapping[Plane, Segmentation]]], *, side_px: int) -> Image.Image:
    """One row of pictures: three slices of every plane of every exam, outlined by that plane alone."""
    panels = []
    for study, found in exams:
        for plane, segmentation in found.items():
            geometry = segmentation.labels.geometry
            middle = (np.array(geometry.shape, dtype=float) - 1) / 2
            for share in _SLICES:
                place = np.array([share * (geometry.shape[0] - 1), middle[1], middle[2]])
                picture = slice_picture(
                    study.planes[plane], plane, (side_px, side_px),
                    through_ras=geometry.to_ras(place), segmentation=segmentation,
                )  # fmt: skip
                panels.append(picture.image)
    strip = Image.new("RGB", (side_px * len(panels), side_px))
    for number, panel in enumerate(panels):
        strip.paste(panel, (number * side_px, 0))
    return strip


def write_picture(path: Path, image: Image.Image) -> None:
    """Write a JPEG, whole or not at all."""
    with atomic_path(path) as temporary:
        image.save(temporary, format="JPEG", quality=75)


def montage(strips: Mapping[str, Path]) -> Image.Image:
    """Strips one below the other, each under its title."""
    pictures = {title: Image.open(path).convert("RGB") for title, path in strips.items()}
    width = max(picture.width for picture in pictures.values())
    height = sum(picture.height + _CAPTION_PX for picture in pictures.values())
    sheet = Image.new("RGB", (width, height), "black")
    pen, font, y = ImageDraw.Draw(sheet), ImageFont.load_default(16), 0
    for title, picture in pictures.items():
        pen.text((8, y + 2), title, fill="white", font=font)
        sheet.paste(picture, (0, y + _CAPTION_PX))
        y += picture.height + _CAPTION_PX
    return sheet
