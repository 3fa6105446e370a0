"""JointBuilder: what makes digital joints of one kind, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from OrthoDiffusionLib.anatomy import Joint
from OrthoDiffusionLib.lab.phantom.engine.hardware import Hardware
from OrthoDiffusionLib.lab.phantom.engine.placing import Placing
from OrthoDiffusionLib.lab.phantom.engine.shapes import Canvas
from OrthoDiffusionLib.lab.phantom.engine.view_parts import PartTables
from OrthoDiffusionLib.volumes import Plane

SEEN_AND_HELD_OUT_SITES = (
    *("clinic_15t_a", "held_out_15t", "clinic_3t_a", "held_out_3t", "clinic_15t_b", "held_out_03t"),
    *("clinic_3t_b", "low_field_03t"),
)
"""Imaging sites that trainings see and such that none sees, in turn. Frozen cohorts take them: never change it."""


@dataclass(frozen=True)
class CohortPlan:
    """What the cohorts of a joint are made of.

    Attributes:
        prevalence: chance of each abnormality in the frozen and the calibration cohort.
        frozen_anatomies: of the frozen cohort, with weights; those that no training sees among them.
        training_anatomies: of the calibration and the training cohort, with weights.
        frozen_sites: imaging sites of the frozen cohort, in turn.
        calibration_sites: imaging sites of the calibration cohort, in turn.
    """

    prevalence: float | Mapping[str, float]
    frozen_anatomies: tuple[tuple[str, float], ...]
    training_anatomies: tuple[tuple[str, float], ...] = (("mixed", 1.0),)
    frozen_sites: tuple[str, ...] = SEEN_AND_HELD_OUT_SITES
    calibration_sites: tuple[str, ...] = (
        *("low_field_03t", "clinic_15t_a", "clinic_15t_b", "clinic_3t_a", "clinic_3t_b", "dess_3t", "physics"),
    )


@dataclass(frozen=True)
class RealSeries:
    """A real series of the sample data that a gallery shows beside digital joints.

    Attributes:
        title: what the page calls it.
        path: below Resources/SampleData.
        plane: it was taken in.
        level: place of the slice along its axis, 0 to 1, through what is compared.
        site: the imaging site whose digital pictures are the nearest.
        structure: label that the digital slice passes through.
        protocol: settings of the sequence (`contrast.Protocol`), where no imaging site takes such pictures; they are
            taken with the faults of `site`. None for the site's own.
        single: it is one NIfTI slice, which no analysis takes for an exam.
    """

    title: str
    path: str
    plane: Plane
    level: float
    site: str
    structure: int
    protocol: Mapping[str, Any] | None = None
    single: bool = False


class KnownJoint(Protocol):
    """What is known of a joint by its construction, to hold measurements against."""

    def values(self, parts: np.ndarray, voxel_mm3: float, scale: np.ndarray) -> dict[str, float]:
        """Name of a measurement -> number, of those that are not drawn from points.

        Args:
            parts: (I, J, K) uint8 of the canonical joint.
            voxel_mm3: volume of one of them.
            scale: (3,) size of the person against the canonical joint.
        """
        ...

    def points(
        self,
        place: Callable[[np.ndarray], np.ndarray],
        back: Callable[[np.ndarray], np.ndarray],
        scale: np.ndarray,
    ) -> dict[str, dict[str, np.ndarray]]:
        """Name of a measurement -> role -> (3,) mm in the scanner, of a right joint.

        Args:
            place: canonical places (N, 3) -> where they lie in the scanner.
            back: its inverse.
            scale: as above.
        """
        ...


class Built(Protocol):
    """What the builder of a joint hands over: the painted canvas, and where its shape came from.

    It may have an attribute `known`, a KnownJoint.
    """

    @property
    def canvas(self) -> Canvas:
        """What was painted."""

    @property
    def anatomy(self) -> str:
        """Where the shape came from."""


class Build(Protocol):
    """Paints one right joint: all that is drawn follows from the seed; grades are 0 (absent) to 3 (severe)."""

    def __call__(self, seed: int, *, anatomy: str, grades: Mapping[str, int]) -> Built: ...


@dataclass(frozen=True)
class JointBuilder:
    """All that the engine knows of one joint. Another joint is a file that makes one of these, and a line in BUILDERS.

    Attributes:
        joint: its vocabulary.
        version: of its simulator; raised when its studies change, and carried by the names of its cohorts, so that a
            change of one joint leaves the cohorts of the others valid.
        build: paints the joint.
        tables: what its part numbers mean, and its abnormalities in the order of their lesion bits.
        anatomies: what `anatomy` may be; the first is the default.
        placing: how it lies in a scanner.
        held_out_anatomies: those of `anatomies` that no training may see.
        stored_shape: seed, anatomy -> name of the one stored shape (a label map, a scan) that the bones of that study
            come from; None where every seed draws a person of its own.
        effusion_with: chance that an abnormality brings the joint's effusion with it.
        effusion: the name of the effusion among the abnormalities; empty for none.
        hardware: metal that a few of its training studies show; None for none.
        cohorts: what its cohorts are made of; None for a joint without any.
        real_series: real series of the sample data to show beside it.
        sources: what it is made from, each with name, licence and origin, for the manifests of bundles.
    """

    joint: Joint
    version: int
    build: Build
    tables: PartTables
    anatomies: tuple[str, ...]
    placing: Placing
    held_out_anatomies: tuple[str, ...] = ()
    stored_shape: Callable[[int, str], str | None] = lambda seed, anatomy: None
    effusion_with: Mapping[str, float] = field(default_factory=dict)
    effusion: str = ""
    hardware: Hardware | None = None
    cohorts: CohortPlan | None = None
    real_series: tuple[RealSeries, ...] = ()
    sources: tuple[Mapping[str, str], ...] = ()

    @property
    def abnormalities(self) -> tuple[str, ...]:
        """Names in the order of their lesion bits."""
        return self.tables.abnormality_names
