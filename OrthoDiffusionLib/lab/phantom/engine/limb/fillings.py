"""What lies in a limb's fat and muscles: sheets of connective tissue, vessels and nerves, random blobs."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.engine.part import PartList
from OrthoDiffusionLib.lab.phantom.engine.shapes import Canvas, capsule, noise, points_box


def paint_septa(
    canvas: Canvas, parts: PartList, rng: np.random.Generator, *, most_thin: float, most_thick: float
) -> None:
    """Sheets of connective tissue in the fat under the skin and between muscles, most of them thin.

    Args:
        most_thin, most_thick: the sheets lie where a random field of standard deviation 1 is nearer to 0 than a number
            that is drawn up to this. What is thick is rare and lies wide apart.
    """
    box = canvas.whole()
    fat = parts.members("subcutaneous_fat", "intermuscular_fat")[canvas.parts]
    for name, scale, most in (("thin_fascia", (2.2, 4.5), most_thin), ("fat_septum", (5.0, 9.0), most_thick)):
        sheet = noise(box, rng, float(rng.uniform(*scale)), sheets=float(rng.uniform(0.01, most)))
        sheet &= fat
        np.copyto(canvas.parts, np.uint8(parts.number(name)), where=sheet)


def paint_vessel(canvas: Canvas, parts: PartList, name: str, line: np.ndarray, onto: np.ndarray) -> None:
    """A vessel or nerve in a sleeve of fat; it pushes aside what is soft.

    Args:
        name: of its part.
        line: (N, 4) canonical RAS mm and radius from end to end.
        onto: look-up table (256,) of what it pushes aside; the sleeve only muscle.
    """
    sleeve, muscle = parts.number("intermuscular_fat"), parts.members("muscle_a", "muscle_b", "muscle_c")
    for a, b in itertools.pairwise(line):
        box = points_box(canvas, [a[:3], b[:3]], 4.0)
        distance = capsule(box, a[:3], b[:3], float(a[3]), float(b[3]))
        canvas.paint(box, distance < 0.8, sleeve, onto=muscle)
        canvas.paint(box, distance < 0, parts.number(name), onto=onto)


def strayed(line: np.ndarray, off_mm: float, rng: np.random.Generator) -> np.ndarray:
    """(4 N, 4) a vessel or nerve of a person: a little beside its usual course, thinner or thicker, and not straight.

    Args:
        line: (N, 4) canonical RAS mm and radius of a usual one.
        off_mm: standard deviation of how far it lies beside it.
    """
    line = np.array(line, dtype=float)
    line[:, :3] += rng.normal(0, off_mm, 3)
    line[:, 3] *= rng.lognormal(0, 0.18)
    fine = np.linspace(0, len(line) - 1, 4 * len(line))
    line = np.column_stack([np.interp(fine, np.arange(len(line)), line[:, n]) for n in range(4)])
    line[1:-1, :3] += rng.normal(0, 0.3, (len(line) - 2, 3))
    return line


@dataclass(frozen=True, eq=False)
class Blobs:
    """Random blobs of any soft tissue, so that no network learns to rely on where a muscle lies.

    Attributes:
        names: of the parts that they may be.
        onto: look-up table (256,) of what they may replace.
        most: of them.
        scales_mm: half of their width.
        above: bounds of what a random field of standard deviation 1 must be above.
    """

    names: tuple[str, ...]
    onto: np.ndarray
    most: int
    scales_mm: tuple[float, ...]
    above: tuple[float, float]


def paint_random_blobs(
    canvas: Canvas, parts: PartList, blobs: Blobs, far: np.ndarray, rng: np.random.Generator
) -> None:
    """Paint at least one, where `far` (bool, the canvas' shape) says that it is away from the joint."""
    box = canvas.whole()
    for _ in range(int(rng.integers(1, blobs.most + 1))):
        mask = noise(box, rng, float(rng.choice(blobs.scales_mm)), above=float(rng.uniform(*blobs.above)))
        canvas.paint(box, mask & far, parts.number(str(rng.choice(blobs.names))), onto=blobs.onto)
