"""Phantom: one digital joint as a volume of parts, with what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.phantom.ankle.builder import ANKLE_BUILDER
from OrthoDiffusionLib.lab.phantom.engine.hardware import Hardware
from OrthoDiffusionLib.lab.phantom.engine.joint_builder import JointBuilder, KnownJoint
from OrthoDiffusionLib.lab.phantom.engine.placing import Placing
from OrthoDiffusionLib.lab.phantom.engine.sampling import PartBlocks
from OrthoDiffusionLib.lab.phantom.engine.view_parts import PartTables
from OrthoDiffusionLib.lab.phantom.knee.builder import KNEE_BUILDER
from OrthoDiffusionLib.lab.phantom.shoulder.builder import SHOULDER_BUILDER
from OrthoDiffusionLib.volumes.geometry import Geometry


@dataclass(frozen=True)
class Phantom:
    """A digital right joint in the canonical frame. A left one is its mirror image, made when it is scanned.

    Attributes:
        joint: name of the joint.
        parts: (I, J, K) uint8 part numbers of `tables`, axes to Right, Anterior, Superior, read-only.
        geometry: voxel index to RAS mm; the knee's origin lies between the tibial plateaus at the joint line.
        seed: what it was drawn from.
        anatomy: where its bones come from, "procedural" or the name of a label map.
        abnormalities: name to whether the joint has it; which of them a study shows, the study says.
        grades: name to 0 (absent), 1 (slight), 2 or 3 (severe).
        tables: what the part numbers mean.
        placing: how such a joint lies in a scanner.
        hardware: metal that a few training studies of such a joint show; None for none.
        side: always right here.
        known: what its construction tells of its landmarks; None where it tells nothing.
    """

    joint: str
    parts: np.ndarray
    geometry: Geometry
    seed: int
    anatomy: str
    abnormalities: Mapping[str, bool]
    grades: Mapping[str, int]
    tables: PartTables = field(repr=False)
    placing: Placing = field(repr=False)
    hardware: Hardware | None = field(default=None, repr=False)
    side: Side = Side.RIGHT
    known: KnownJoint | None = field(default=None, repr=False)

    @cached_property
    def blocks(self) -> PartBlocks:
        """The parts, ready to be looked up."""
        return PartBlocks(self.parts)

    def structures(self) -> np.ndarray:
        """Structure labels of the contract, (I, J, K) uint8."""
        return self.tables.structure[self.parts]

    def centroid_ras(self, label: int) -> np.ndarray:
        """Centre of a structure, RAS mm; nan if the joint has no voxel of it."""
        where = np.argwhere(self.structures() == label)
        return self.geometry.to_ras(where.mean(0)) if len(where) else np.full(3, np.nan)


BUILDERS: dict[str, JointBuilder] = {
    builder.joint.name: builder for builder in (KNEE_BUILDER, ANKLE_BUILDER, SHOULDER_BUILDER)
}
"""Name of a joint -> what makes digital ones."""


def builder_named(joint: str) -> JointBuilder:
    """What makes phantoms of a joint.

    Raises:
        OrthoDiffusionError: naming the joints there are.
    """
    if joint not in BUILDERS:
        raise OrthoDiffusionError(
            f"There is no digital {joint}", remedy=f"Choose one of: {', '.join(sorted(BUILDERS))}"
        )
    return BUILDERS[joint]


def _draw_grades(builder: JointBuilder, wanted, prevalence, rng: np.random.Generator) -> dict[str, int]:
    """Grades of all abnormalities; drawn where they are not settled."""
    names = builder.abnormalities
    wanted = {} if wanted is None else wanted
    chances = dict(prevalence) if isinstance(prevalence, Mapping) else dict.fromkeys(names, prevalence)
    for name in (*wanted, *chances):
        if name not in names:
            raise OrthoDiffusionError(
                f"There is no abnormality named {name}", remedy=f"Choose among: {', '.join(names)}"
            )
    for name, chance in chances.items():
        if not 0 <= float(chance) <= 1:
            raise OrthoDiffusionError(
                f"The prevalence of {name} must be between 0 and 1, got {chance} instead",
                remedy="Give a share of the studies, such as 0.3",
            )
    grades = {}
    for name in names:
        chance, grade = rng.random(), int(rng.choice([1, 2, 3], p=[0.3, 0.4, 0.3]))
        settled = wanted.get(name)
        if settled is None:
            grades[name] = grade if chance < float(chances.get(name, 0.0)) else 0
        elif isinstance(settled, (bool, np.bool_)):
            grades[name] = grade if settled else 0
        elif settled in (0, 1, 2, 3):
            grades[name] = int(settled)
        else:
            raise OrthoDiffusionError(
                f"{name} must be true, false or a grade from 0 to 3, got {settled!r} instead",
                remedy="Leave it out to have it drawn",
            )
    effusion = builder.effusion
    draw, grade = rng.random(), int(rng.integers(1, 4))
    if effusion and wanted.get(effusion) is None and not grades[effusion] and float(chances.get(effusion, 0)) > 0:
        brings = max((share for name, share in builder.effusion_with.items() if grades[name]), default=0.0)
        if draw < brings:
            grades[effusion] = grade
    return grades


def patient_of(joint: str, seed: int, anatomy: str | None, name: str) -> str:
    """Who a digital study counts as when figures get their intervals.

    Studies whose bones come from the same stored shape are no independent people, whatever was bent, drawn or torn.

    Args:
        joint: one of `BUILDERS`.
        seed, anatomy: of the study, as `make_phantom` takes them.
        name: of the study.

    Returns:
        The name of the stored shape, or the study's own name where its seed has drawn a person.
    """
    builder = builder_named(joint)
    return builder.stored_shape(int(seed), builder.anatomies[0] if anatomy is None else anatomy) or name


def stored_shapes(joint: str, studies: Mapping[str, tuple[int, str | None]]) -> dict[str, str]:
    """Name of a study -> the stored shape that its bones come from, of those that have one.

    Args:
        joint: one of `BUILDERS`.
        studies: name -> seed and anatomy, as `make_phantom` takes them.
    """
    patients = {name: patient_of(joint, seed, anatomy, name) for name, (seed, anatomy) in studies.items()}
    return {name: patient for name, patient in patients.items() if patient != name}


def make_phantom(
    joint: str,
    seed: int = 0,
    *,
    anatomy: str | None = None,
    abnormalities: Mapping[str, bool | int] | None = None,
    prevalence: float | Mapping[str, float] = 0.3,
) -> Phantom:
    """Make one digital joint; the same arguments give the same bytes.

    Args:
        joint: one of `BUILDERS`.
        seed: not negative.
        anatomy: one of the joint's; None for its first. Of the knee, "mixed" draws among procedural knees and the
            label maps that training may see, "procedural" is one, and so is the name of every label map.
        abnormalities: name to true, false or a grade 1 to 3; what is left out is drawn. None draws all.
        prevalence: chance of each abnormality that is drawn, or one chance a name (0 for names left out).

    Raises:
        OrthoDiffusionError: for a joint, anatomy, abnormality or prevalence that is invalid; names the valid ones.
    """
    builder = builder_named(joint)
    anatomy = builder.anatomies[0] if anatomy is None else anatomy
    if anatomy not in builder.anatomies:
        raise OrthoDiffusionError(
            f"There is no anatomy named {anatomy} for the {joint}",
            remedy=f"Choose one of: {', '.join(builder.anatomies)}",
        )
    if int(seed) < 0:
        raise ValueError(f"seed must not be negative, got {seed} instead")
    grades = _draw_grades(builder, abnormalities, prevalence, np.random.default_rng([int(seed), 7]))
    built = builder.build(int(seed), anatomy=anatomy, grades=grades)
    parts = built.canvas.parts
    parts.setflags(write=False)
    frame = built.canvas.frame
    return Phantom(
        joint=joint,
        parts=parts,
        geometry=Geometry(frame.shape, frame.affine),
        seed=int(seed),
        anatomy=built.anatomy,
        abnormalities={name: grade > 0 for name, grade in grades.items()},
        grades=grades,
        tables=builder.tables,
        placing=builder.placing,
        hardware=builder.hardware,
        known=getattr(built, "known", None),
    )
