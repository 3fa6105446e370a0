"""Measures: what a series looks like in numbers, the same for a real one and for a digital knee."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from OrthoDiffusionLib.lab.evaluation.realism.regions import BONE_CARTILAGE_EDGE, Disc
from OrthoDiffusionLib.lab.evaluation.realism.texture import (
    correlation_length_mm,
    edge_widths_mm,
    gradient_magnitude,
    spectrum_slope,
)
from OrthoDiffusionLib.views.intensity import body_scale

# Radii in millimetres from which a disc holds enough pixels for its spread, and for its texture.
_SPREAD_FROM_MM, _TEXTURE_FROM_MM = 1.4, 5.0
_DARK = ("air", "cortical_bone", "patellar_tendon", "posterior_cruciate_ligament", "meniscus")


@dataclass(frozen=True, order=True)
class Measure:
    """What a number is: its group, the tissue it is about, and its name with unit."""

    group: str
    tissue: str
    name: str

    def __str__(self) -> str:
        return f"{self.tissue.replace('_', ' ')}: {self.name}" if self.tissue else self.name


def measure(
    image: np.ndarray, spacing_mm: Sequence[float] | np.ndarray, discs: Mapping[str, Sequence[Disc]]
) -> dict[Measure, float]:
    """All measures of one series.

    Args:
        image: (S, H, W) hung, of any unit.
        spacing_mm: slice step, row and column pixel.
        discs: of each tissue; "muscle" must be among them, as it is the reference.

    Returns:
        Measure to value. Levels are in units of `views.intensity` (body mean 0, standard deviation 0.5), ratios are
        against the median of muscle, lengths in millimetres. What has no disc is left out.
    """
    pixel = float(spacing_mm[1])
    image = image.astype(np.float32)
    centre, gain = body_scale(image)
    muscle = float(np.median([disc.values(image).mean() for disc in discs["muscle"]]))
    found: dict[Measure, float] = {}
    for tissue, placed in discs.items():
        if tissue == BONE_CARTILAGE_EDGE or not placed:
            continue
        means = np.array([disc.values(image).mean() for disc in placed])
        deviations = np.array([disc.values(image).std() for disc in placed])
        mean = float(np.median(means))
        if tissue == "air":
            found[Measure("noise", tissue, "mean, share of muscle")] = mean / muscle
            found[Measure("noise", tissue, "deviation, share of muscle")] = float(np.median(deviations)) / muscle
            continue
        found[Measure("level", tissue, "level, body units")] = (mean - centre) * gain
        if tissue != "muscle":
            found[Measure("ratio", tissue, "ratio to muscle")] = mean / muscle
        large = np.array([disc.radius * pixel >= _SPREAD_FROM_MM for disc in placed])
        if large.any() and tissue not in _DARK:
            share = deviations[large] / np.maximum(means[large], 1e-6)
            found[Measure("spread", tissue, "variation within a disc")] = float(np.median(share))
        found.update(_texture(image, tissue, placed, pixel))
    found.update(_edges(image, pixel, centre, gain, discs.get(BONE_CARTILAGE_EDGE, ()), muscle))
    return found


def _texture(image: np.ndarray, tissue: str, placed: Sequence[Disc], pixel: float) -> dict[Measure, float]:
    patches = [disc.patch(image) for disc in placed if disc.radius * pixel >= _TEXTURE_FROM_MM]
    if not patches or tissue not in ("femur_marrow", "tibia_marrow", "muscle"):
        return {}
    slopes = [spectrum_slope(patch) for patch in patches]
    lengths = [correlation_length_mm(patch, pixel) for patch in patches]
    return {
        Measure("texture", tissue, "spectrum slope"): float(np.median(slopes)),
        Measure("texture", tissue, "correlation length, mm"): float(np.nanmedian(lengths)),
    }


def _edges(
    image: np.ndarray, pixel: float, centre: float, gain: float, borders: Sequence[Disc], muscle: float
) -> dict[Measure, float]:
    """Edge widths in the middle half of the slices, and gradients across the border of bone and cartilage."""
    found: dict[Measure, float] = {}
    quarter = len(image) // 4
    chosen = range(quarter, len(image) - quarter, 2)
    # Body by the same rule that scales intensities: brighter than a body's darkest percent or so.
    body = (image - centre) * gain > -0.9
    widths = np.concatenate([edge_widths_mm(image[n], pixel, body=body[n], seed=n) for n in chosen])
    if widths.size:
        found[Measure("edges", "", "steepest edges, 10-90 % width, median, mm")] = float(np.median(widths))
        found[Measure("edges", "", "steepest edges, 10-90 % width, sharpest tenth, mm")] = float(
            np.percentile(widths, 10)
        )
    slopes = {disc.slice: gradient_magnitude(image[disc.slice], pixel) for disc in borders}
    if borders:
        values = np.concatenate([replace(disc, slice=0).values(slopes[disc.slice][None]) for disc in borders]) / muscle
        for percent, words in ((50, "median"), (90, "steepest tenth")):
            name = f"gradient, {words}, muscle levels a mm"
            found[Measure("edges", "bone_to_cartilage", name)] = float(np.percentile(values, percent))
    return found
