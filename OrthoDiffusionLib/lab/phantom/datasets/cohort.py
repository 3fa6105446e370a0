"""Cohort: many digital studies with known truth, reproducible; figures are measured on the frozen one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.anatomy.joint import Axes
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.phantom.engine.joint_builder import JointBuilder, KnownJoint
from OrthoDiffusionLib.lab.phantom.engine.patient_place import PatientPlace, draw_place
from OrthoDiffusionLib.lab.phantom.engine.placing import Placing
from OrthoDiffusionLib.lab.phantom.engine.pose import Pose, draw_pose
from OrthoDiffusionLib.lab.phantom.engine.sampling import PartBlocks, sample_parts
from OrthoDiffusionLib.lab.phantom.engine.seeds import (
    CALIBRATION_SEEDS,
    FROZEN_SEEDS,
    FROZEN_STUDIES,
    TRAINING_SEEDS,
    check_fresh_seeds,
)
from OrthoDiffusionLib.lab.phantom.engine.view_parts import PartTables, ViewParts, visible_in
from OrthoDiffusionLib.lab.phantom.imaging.acquisition import (
    Acquisition,
    draw_acquisitions,
    draw_volume_acquisition,
    with_field_of_view,
)
from OrthoDiffusionLib.lab.phantom.imaging.contrast import Protocol
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import (
    ImagingSite,
    SeriesSetting,
    draw_field_strength,
    draw_setting,
    draw_subject,
    site_named,
)
from OrthoDiffusionLib.lab.phantom.imaging.scanner import render_view, sample_view
from OrthoDiffusionLib.lab.phantom.phantom import BUILDERS, Phantom, builder_named, make_phantom, patient_of
from OrthoDiffusionLib.volumes.geometry import OPPOSITE, Geometry
from OrthoDiffusionLib.volumes.plane import Plane
from OrthoDiffusionLib.volumes.volume import Volume

_LESION_GRID_MM = 1.0


@dataclass(frozen=True, eq=False)
class Lesion:
    """One abnormality of a study: how severe it is, where it lies, how large it is, and what shows it.

    Attributes:
        grade: 1 (slight) to 3 (severe).
        centre_ras: centre of gravity, patient RAS millimetres.
        extent_mm: length along Right, Anterior and Superior.
        volume_ml: of the whole lesion, whatever the slices show of it.
        seen_in: planes whose volume shows it.
    """

    grade: int
    centre_ras: tuple[float, float, float]
    extent_mm: tuple[float, float, float]
    volume_ml: float
    seen_in: tuple[Plane, ...]


@dataclass(frozen=True, eq=False)
class PhantomStudy:
    """One digital patient's study as a clinic would store it, and everything that is true of it.

    All volumes lie in the patient's own RAS millimetres, left joints on the left.

    Attributes:
        name: unique in its cohort.
        joint: which joint.
        seed: makes the whole study.
        side: of the joint.
        site: name of the imaging site that took it.
        anatomy: what the shape comes from.
        planes: what the volumes were taken as; one may be missing, and a 3D volume is sagittal and alone.
        volumes: int16 pictures, one a plane.
        labels: uint8 structure labels on the same grids.
        lesions: bit masks on the same grids, bit n for the n-th abnormality.
        abnormalities: true where the lesion is visible in one of the volumes.
        grades: how severe each abnormality is, 0 where it is absent or no volume shows it.
        seen_in: the planes whose volumes show each abnormality.
        protocols: sequence of each volume; None where contrast is random.
        slice_thickness_mm: of each volume; the rest of the slice step is gap.
        field_strength_t: of the magnet; of no meaning where contrast is random.
        tables: what the parts mean.
    """

    name: str
    joint: str
    seed: int
    side: Side
    site: str
    anatomy: str
    planes: tuple[Plane, ...]
    volumes: tuple[Volume, ...]
    labels: tuple[Volume, ...]
    lesions: tuple[Volume, ...]
    abnormalities: Mapping[str, bool]
    grades: Mapping[str, int]
    seen_in: Mapping[str, tuple[Plane, ...]]
    protocols: tuple[Protocol | None, ...]
    slice_thickness_mm: tuple[float, ...]
    field_strength_t: float
    tables: PartTables
    _blocks: PartBlocks = field(repr=False)
    _parts: np.ndarray = field(repr=False)
    _parts_geometry: Geometry = field(repr=False)
    _known: KnownJoint | None = field(repr=False)
    _pose: Pose = field(repr=False)
    _place: PatientPlace = field(repr=False)
    _reach_ras: tuple[tuple[float, float, float], tuple[float, float, float]] = field(repr=False)

    @property
    def patient(self) -> str:
        """Who it counts as; see `patient_of`."""
        return patient_of(self.joint, self.seed, self.anatomy, self.name)

    def parts_on(self, geometry: Geometry) -> np.ndarray:
        """(I, J, K) uint8 tissue parts at the voxel centres of any grid in the patient's RAS millimetres."""
        return sample_parts(self._blocks, self._parts_geometry, self._pose, self._place.back(geometry))[0]

    def truth_on(self, geometry: Geometry) -> Volume:
        """Structure labels (uint8) at the voxel centres of any grid in the patient's RAS millimetres."""
        return Volume(self.tables.structure[self.parts_on(geometry)], geometry, name="truth", side=self.side)

    def lesion_records(self) -> dict[str, Lesion]:
        """Grade, place and extent of every abnormality the study has, measured on a grid of 1 mm over the joint."""
        geometry = self._place.of(Geometry.from_box(*self._reach_ras, _LESION_GRID_MM))
        bits = self.tables.lesion[self.parts_on(geometry)]
        records = {}
        for bit, name in enumerate(self.tables.abnormality_names):
            if not self.abnormalities[name]:
                continue
            where = np.argwhere(bits >> bit & 1)
            points = geometry.to_ras(where)
            x, y, z = points.mean(axis=0).tolist()
            width, depth, height = (np.ptp(points, axis=0) + _LESION_GRID_MM).tolist()
            records[name] = Lesion(
                grade=self.grades[name],
                centre_ras=(x, y, z),
                extent_mm=(width, depth, height),
                volume_ml=len(where) * _LESION_GRID_MM**3 / 1000.0,
                seen_in=self.seen_in[name],
            )
        return records

    def known_points(self) -> dict[str, dict[str, tuple[float, float, float]]]:
        """Name of a measurement -> role -> (x, y, z) in the patient's RAS mm, as the joint's construction tells.

        Empty for an anatomy whose construction tells nothing.
        """
        if self._known is None:
            return {}
        pose = self._pose
        points_in_scanner = self._known.points(pose.to_world, pose.to_canonical, pose.scale)
        return {
            name: {role: tuple(self._place.point(point).tolist()) for role, point in points.items()}
            for name, points in points_in_scanner.items()
        }

    def known_values(self) -> dict[str, float]:
        """Name of a measurement that is not drawn from points -> number, as the joint's construction tells."""
        if self._known is None:
            return {}
        return self._known.values(self._parts, self._parts_geometry.voxel_volume_mm3, self._pose.scale)


def phantom_study(
    seed: int,
    *,
    site: str | ImagingSite = "clinic_15t_a",
    anatomy: str | None = None,
    side: Side | None = None,
    abnormalities: Mapping[str, bool | int] | None = None,
    prevalence: float | Mapping[str, float] = 0.3,
    missing_plane: float = 0.0,
    field_of_view_mm: float | None = None,
    joint: str | None = None,
    name: str | None = None,
    phantom: Phantom | None = None,
) -> PhantomStudy:
    """Make one digital patient and take his study.

    Args:
        seed: the same seed and settings give the same study, bit for bit.
        site: where it is taken; see IMAGING_SITES.
        anatomy: what `make_phantom` is asked for.
        side: left or right; drawn if None.
        abnormalities: those settled, true, false or a grade; the others are drawn.
        prevalence: chance of each that is drawn, or one chance a name.
        missing_plane: chance that one of the planes was not taken.
        field_of_view_mm: side of every slice; drawn as technicians choose it if None.
        joint: which joint; may be left out beside a ready phantom.
        name: of the study.
        phantom: a ready one instead of `make_phantom(joint, seed, ...)`.

    Raises:
        OrthoDiffusionError: for an unknown site, joint, anatomy or abnormality, an impossible chance, or a field of
            view too small to show the joint; it names what is possible.
    """
    place = site_named(site)
    _check_chance("chance of a missing plane", missing_plane)
    if phantom is None:
        if joint is None:
            raise ValueError("joint or phantom must be given")
        phantom = make_phantom(joint, seed, anatomy=anatomy, abnormalities=abnormalities, prevalence=prevalence)
    rng = np.random.default_rng([int(seed), 2])
    side = side or (Side.LEFT if rng.random() < 0.5 else Side.RIGHT)
    placing = phantom.placing
    pose = draw_pose(rng, placing.hinge)
    seat = draw_place(rng, side, placing)
    stacks = _draw_stacks(rng, place, placing, missing_plane)
    if field_of_view_mm is not None:
        stacks = [with_field_of_view(stack, field_of_view_mm, placing) for stack in stacks]
    patient = _Patient(phantom, pose, seat)
    return _taken(patient, place, stacks, rng, seed=int(seed), name=name or f"{phantom.joint}_{seed:07d}")


@dataclass(frozen=True, eq=False)
class _Patient:
    """A phantom as it lies in the scanner.

    Attributes:
        pose: of the right joint.
        place: where the joint lies in the patient.
    """

    phantom: Phantom
    pose: Pose
    place: PatientPlace


def _taken(
    patient: _Patient,
    site: ImagingSite,
    stacks: Sequence[Acquisition],
    rng: np.random.Generator,
    *,
    seed: int,
    name: str,
) -> PhantomStudy:
    """Take the stacks of a patient at a site."""
    phantom, tables = patient.phantom, patient.phantom.tables
    views = {stack.plane: sample_view(phantom, patient.pose, stack) for stack in stacks}
    subject = draw_subject(tables.tissue_names, rng)
    field_strength = draw_field_strength(rng) if site.kind in ("physics", "training") else site.field_strength_t
    series = []
    for plane, view in views.items():
        setting = draw_setting(site, plane, tables.tissue_names, rng, subject, field_strength)
        series.append((*_stored(patient, view, setting, rng), setting.protocol))
    volumes, labels, lesions, protocols = zip(*series, strict=True)
    seen_in = visible_in(views)
    return PhantomStudy(
        name=name,
        joint=phantom.joint,
        seed=seed,
        side=patient.place.side,
        site=site.name,
        anatomy=phantom.anatomy,
        planes=tuple(views),
        volumes=volumes,
        labels=labels,
        lesions=lesions,
        abnormalities={abnormality: bool(planes) for abnormality, planes in seen_in.items()},
        grades={abnormality: phantom.grades[abnormality] if planes else 0 for abnormality, planes in seen_in.items()},
        seen_in=seen_in,
        protocols=protocols,
        slice_thickness_mm=tuple(float(stack.geometry.spacing_mm[0]) * stack.thickness_fraction for stack in stacks),
        field_strength_t=field_strength,
        tables=tables,
        _blocks=phantom.blocks,
        _parts=phantom.parts,
        _parts_geometry=phantom.geometry,
        _known=phantom.known,
        _pose=patient.pose,
        _place=patient.place,
        _reach_ras=phantom.placing.reach_ras,
    )


def _stored(
    patient: _Patient, view: ViewParts, setting: SeriesSetting, rng: np.random.Generator
) -> tuple[Volume, Volume, Volume]:
    """Picture, labels and lesions of one view in the patient's world, as a file might store them."""
    plane, side, joint = view.plane.value, patient.place.side, patient.phantom.joint
    description = setting.protocol.name if setting.protocol else "random contrast"
    geometry = patient.place.of(view.geometry)
    axes = builder_named(joint).joint.axes_of(side)
    codes = _draw_storage(rng, view, geometry, axes)
    values = _stored_values(render_view(view, setting, rng), setting, rng)
    picture = Volume(values, geometry, plane, side, "MR", joint.upper(), f"{plane} {description}")
    truth = Volume(view.labels, geometry, f"{plane}_labels", side)
    lesion = Volume(view.lesions, geometry, f"{plane}_lesions", side)
    picture, truth, lesion = (_contiguous(volume.reoriented(codes, axes)) for volume in (picture, truth, lesion))
    return picture, truth, lesion


@dataclass(frozen=True)
class Cohort:
    """A reproducible set of studies.

    Attributes:
        name: with its version at the end, as it is printed beside every figure.
        version: of the engine that makes its studies; another engine makes others from the same seeds.
        seeds: one study a seed.
        anatomies: what is asked of `make_phantom`, with weights.
        sites: names of imaging sites, equally often.
        prevalence: chance of each abnormality.
        missing_plane: chance that a study lacks a plane.
        joint: which joint.
    """

    name: str
    version: int
    seeds: range
    anatomies: tuple[tuple[str, float], ...]
    sites: tuple[str, ...]
    prevalence: float | Mapping[str, float] = 0.3
    missing_plane: float = 0.0
    joint: str = field(kw_only=True)

    def __post_init__(self) -> None:
        for site in self.sites:
            site_named(site)

    def __len__(self) -> int:
        return len(self.seeds)

    def study_name(self, number: int) -> str:
        """Name of a study by its number in the cohort."""
        return f"{self.name}-{number:04d}"

    def patient(self, number: int) -> str:
        """Who the study of a number counts as, without making it; see `patient_of`."""
        return patient_of(self.joint, self.seeds[number], self.setting(number)[0], self.study_name(number))

    def study(self, number: int) -> PhantomStudy:
        """The study of a number, made on the spot in a few seconds."""
        anatomy, site = self.setting(number)
        return phantom_study(
            self.seeds[number], site=site, anatomy=anatomy, prevalence=self.prevalence,
            missing_plane=self.missing_plane, joint=self.joint, name=self.study_name(number),
        )  # fmt: skip

    def __iter__(self) -> Iterator[PhantomStudy]:
        return (self.study(number) for number in range(len(self)))

    def setting(self, number: int) -> tuple[str, str]:
        """(anatomy, imaging site) of a study, without making it."""
        rng = np.random.default_rng([self.seeds[number], 3])
        names, weights = zip(*self.anatomies, strict=True)
        share = np.array(weights) / sum(weights)
        # Imaging sites in turn: even a short cohort has all of them.
        return str(rng.choice(names, p=share)), self.sites[number % len(self.sites)]


_MISSING_PLANE = 0.2
"""Share of the studies of the frozen and the calibration cohort that lack a plane."""


def known_cohorts() -> dict[str, Cohort]:
    """The cohorts of all digital joints, by name; a joint's cohorts carry the version of its simulator."""
    return {cohort.name: cohort for builder in BUILDERS.values() for cohort in _cohorts_of(builder)}


def _cohorts_of(builder: JointBuilder) -> tuple[Cohort, ...]:
    plan, joint, version = builder.cohorts, builder.joint.name, builder.version
    if plan is None:
        return ()
    return (
        Cohort(
            f"{joint}-{FROZEN}-v{version}", version, FROZEN_SEEDS[:FROZEN_STUDIES], plan.frozen_anatomies,
            plan.frozen_sites,
            prevalence=plan.prevalence, missing_plane=_MISSING_PLANE, joint=joint,
        ),
        Cohort(
            f"{joint}-{CALIBRATION}-v{version}", version, CALIBRATION_SEEDS[:2000], plan.training_anatomies,
            plan.calibration_sites, prevalence=plan.prevalence, missing_plane=_MISSING_PLANE, joint=joint,
        ),
        Cohort(
            f"{joint}-{TRAINING}-v{version}", version, TRAINING_SEEDS, plan.training_anatomies, ("training",),
            joint=joint,
        ),
    )  # fmt: skip


FROZEN, CALIBRATION, TRAINING, FRESH = "frozen", "calibration", "training", "fresh"
"""The kinds of cohorts; with the joint before them their names without version."""


def fresh_cohort(joint: str, first_seed: int) -> Cohort:
    """Studies that nobody has seen: the frozen cohort's anatomies, imaging sites and prevalences with other seeds.

    A figure on it shows whether a bundle was chosen by its figures on the frozen cohort.

    Args:
        joint: which joint.
        first_seed: the studies have this seed and those after it, as many as the frozen cohort has.

    Raises:
        OrthoDiffusionError: if seeds among them are not free, or the joint has no cohorts.
    """
    frozen = cohort_named(f"{joint}-{FROZEN}")
    check_fresh_seeds(first_seed, len(frozen))
    seeds = range(first_seed, first_seed + len(frozen))
    return replace(frozen, name=f"{joint}-{FRESH}-{first_seed}", seeds=seeds)


def cohort_named(name: str) -> Cohort:
    """The cohort of a name, with or without its version: "knee-frozen" is the one this engine makes.

    Raises:
        OrthoDiffusionError: naming the cohorts there are; for an older version, why it cannot be made any more.
    """
    joint, _, first_seed = name.rpartition(f"-{FRESH}-")
    if joint and first_seed.isdigit():
        return fresh_cohort(joint, int(first_seed))
    family, _, version = name.rpartition("-v")
    cohorts = known_cohorts()
    for cohort in cohorts.values():
        if name in (cohort.name, cohort.name.rpartition("-v")[0]):
            return cohort
        if version.isdigit() and family == cohort.name.rpartition("-v")[0]:
            raise OrthoDiffusionError(
                f"Version {version} of the cohort {family} was made by another version of the engine",
                remedy=f"Choose {cohort.name}, or install the version of this program that made {name}.",
            )
    raise OrthoDiffusionError(
        f"There is no cohort called {name!r}",
        remedy=f"Choose one of: {', '.join(cohorts)}; or <joint>-{FRESH}-<first seed>.",
    )


def _check_chance(what: str, chance: float) -> None:
    if not 0 <= chance <= 1:
        raise OrthoDiffusionError(
            f"The {what} must be between 0 and 1, got {chance} instead", remedy="Give a share, such as 0.2."
        )


def _draw_stacks(
    rng: np.random.Generator, site: ImagingSite, placing: Placing, missing_plane: float
) -> list[Acquisition]:
    if site.isotropic:
        return [draw_volume_acquisition(rng, placing)]
    stacks = list(draw_acquisitions(rng, placing, style="slices", pixel_mm=None).values())
    if rng.random() < missing_plane:
        del stacks[int(rng.integers(len(stacks)))]
    return stacks


def _draw_storage(rng: np.random.Generator, view: ViewParts, geometry: Geometry, axes: Axes) -> str:
    """Axis codes, of the joint's axes, a file might store the stack in: columns, rows, slices mostly; any order now and
    then."""
    slices, rows, columns = tuple(view.plane.hanging)
    order = [columns, rows, slices]
    if rng.random() < 0.3:
        rng.shuffle(order)
    # Slices run whichever way makes the stored axes right-handed, as scanners write them.
    if not geometry.reoriented("".join(order), axes).is_right_handed:
        order = [OPPOSITE[code] if code == slices else code for code in order]
    return "".join(order)


def _stored_values(picture: np.ndarray, setting: SeriesSetting, rng: np.random.Generator) -> np.ndarray:
    """int16 in 256 steps, as exports from a display have, or in a scanner's own arbitrary unit."""
    gain = 255.0 if rng.random() < setting.strengths["windowed"] else rng.uniform(300.0, 1500.0)
    return np.round(picture * gain).clip(0, 32767).astype(np.int16)


def _contiguous(volume: Volume) -> Volume:
    return volume.with_array(np.ascontiguousarray(volume.array))
