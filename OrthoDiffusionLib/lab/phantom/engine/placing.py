"""Placing: how one kind of joint lies in a scanner and where technicians put the slices; data of a joint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.volumes.plane import Plane


@dataclass(frozen=True, slots=True)
class Spread:
    """A normal distribution with ends: mean, standard deviation, least, most."""

    mean: float
    deviation: float
    least: float
    most: float

    def __post_init__(self) -> None:
        if not (self.deviation >= 0 and self.least <= self.mean <= self.most):
            raise ValueError(f"a spread needs least ≤ mean ≤ most and a deviation of 0 or more, got {self}")

    def draw(self, rng: np.random.Generator) -> float:
        """One value between `least` and `most`."""
        return float(min(max(rng.normal(self.mean, self.deviation), self.least), self.most))


@dataclass(frozen=True, slots=True)
class Hinge:
    """A joint that bends about a left-right axis; what lies below the origin turns.

    Attributes:
        axis_y_mm, axis_z_mm: where the axis runs, canonical RAS millimetres.
        layer_mm: half width of the layer in which the fixed part passes into the turning one.
        bend_deg: how far patients bend it in the scanner, positive to posterior.
    """

    axis_y_mm: float
    axis_z_mm: float
    layer_mm: float
    bend_deg: Spread


@dataclass(frozen=True, slots=True)
class Focus:
    """Where trainings look at a joint; all in millimetres.

    Attributes:
        middle_ras: canonical RAS place that crops lie about.
        joint_mm: standard deviations of a look at the joint itself, along Right, Anterior and Superior.
        far_mm: of a look that reaches the limb on both sides of it.
        unlabelled_mm: of the one kind of look that pretraining takes.
    """

    middle_ras: tuple[float, float, float]
    joint_mm: tuple[float, float, float]
    far_mm: tuple[float, float, float]
    unlabelled_mm: tuple[float, float, float]


@dataclass(frozen=True)
class Placing:
    """How a joint is placed and imaged.

    Attributes:
        reach_ras: two corners of the box that holds everything the joint is about, canonical RAS millimetres.
        aim_ras: where the middle of a stack is meant to lie.
        coverage_mm: length covered across the slices of each plane.
        field_of_view_mm: side of a slice.
        focus: where trainings look.
        volume_mm: least and most extent of a 3D volume along Right, Anterior and Superior.
        beside_mm: least and most distance from the middle of the magnet, for a joint imaged beside the midline.
        hinge: how it bends; None for a joint that is imaged in one position.
        turn_deg: how far the axes of a right joint, in which its slices are planned, are turned against the body's
            about Right, then Anterior, then Superior; None for a joint whose planes are those of the body.
    """

    reach_ras: tuple[tuple[float, float, float], tuple[float, float, float]]
    aim_ras: tuple[float, float, float]
    coverage_mm: Mapping[Plane, Spread]
    field_of_view_mm: Spread
    focus: Focus
    volume_mm: tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
    beside_mm: tuple[float, float] = (60.0, 120.0)
    hinge: Hinge | None = None
    turn_deg: tuple[Spread, Spread, Spread] | None = None

    def __post_init__(self) -> None:
        if set(self.coverage_mm) != set(Plane):
            raise ValueError("a placing must say what each of the three planes covers")
        if any(low >= high for low, high in zip(*self.reach_ras, strict=True)):
            raise ValueError(f"the corners of reach_ras must grow along every axis, got {self.reach_ras} instead")
