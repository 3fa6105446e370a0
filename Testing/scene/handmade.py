"""A results folder made by hand: shapes whose places are known in RAS mm, written by the library's own code."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.anatomy import KNEE, Side
from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.findings import (
    Accuracy,
    Analysis,
    BundleRecord,
    FieldOfView,
    Finding,
    Measurement,
    OperatingPoint,
    Segmentation,
    StudyRecord,
)
from OrthoDiffusionLib.findings.array_results import write_array_results
from OrthoDiffusionLib.measurements import definitions, measure, value_from_points
from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.volumes import Geometry, Volume, read_volume, resample_to

# Where the hand-made structures lie: centre in RAS mm, and half their size.
BOXES = {
    "femur": ((0.0, 0.0, 30.0), 12.0),
    "tibia": ((0.0, 0.0, -30.0), 12.0),
    "patella": ((0.0, 40.0, 20.0), 8.0),
    "medial_meniscus": ((-15.0, 0.0, 0.0), 4.0),
    "lateral_meniscus": ((15.0, 0.0, 0.0), 4.0),
    "anterior_cruciate_ligament": ((0.0, 5.0, 0.0), 5.0),
    "joint_fluid": ((0.0, 25.0, 35.0), 6.0),
}
EFFUSION_RAS = (0.0, 25.0, 35.0)
TEAR_RAS = (-15.0, -4.0, 0.0)
OPERATING_POINTS = {"anterior_cruciate_ligament_injury": OperatingPoint(0.3, 0.85, 0.9)}
PLANES = {"sagittal": "sag_fs", "coronal": "cor_fs", "axial": "ax_fs"}


def grid(spacing_mm=1.0, half_mm=55.0):
    """An isotropic grid around the origin, as the fused one."""
    return Geometry.from_box((-half_mm,) * 3, (half_mm,) * 3, spacing_mm)


def box_labels(geometry, boxes=None):
    """uint8 labels (I, J, K) of boxes around known places."""
    labels = np.zeros(geometry.shape, np.uint8)
    axes = [geometry.to_ras(np.eye(3)[axis] * np.arange(n)[:, None])[:, axis] for axis, n in enumerate(geometry.shape)]
    known = {structure.name: structure.label for structure in KNEE.structures}
    for name, (centre, half) in (boxes or BOXES).items():
        inside = [np.abs(values - middle) <= half for values, middle in zip(axes, centre, strict=True)]
        labels[np.ix_(*inside)] = known[name]
    return Volume(labels, geometry, name="segmentation")


def evidence(hottest, spacing_mm=3.0, half_mm=45.0, centre=(0.0, 0.0, 0.0)):
    """A heat map that is hottest at one place."""
    lo, hi = np.subtract(centre, half_mm), np.add(centre, half_mm)
    geometry = Geometry.from_box(lo, hi, spacing_mm)
    ijk = np.stack(np.meshgrid(*map(np.arange, geometry.shape), indexing="ij"), axis=-1)
    distance = np.linalg.norm(geometry.to_ras(ijk) - hottest, axis=-1)
    return Volume((100 * np.exp(-((distance / 12) ** 2))).astype(np.uint8), geometry, name="evidence")


def findings():
    """The eight findings of the knee: some likely, one on which the planes disagree, two not assessed."""
    chance = "The bundle cannot distinguish this finding from chance (AUROC interval 0.46 to 0.71)"
    told = {
        "joint_effusion": (0.93, {"sagittal": 0.95, "coronal": 0.86, "axial": 0.91}, EFFUSION_RAS),
        "medial_meniscus_injury": (0.71, {"sagittal": 0.88, "coronal": 0.41, "axial": 0.52}, TEAR_RAS),
        "anterior_cruciate_ligament_injury": (
            0.34,
            {"sagittal": 0.40, "coronal": 0.31, "axial": 0.22},
            (0.0, 5.0, 0.0),
        ),
        "lateral_meniscus_injury": (0.12, {"sagittal": 0.10, "coronal": 0.15, "axial": 0.14}, (15.0, 0.0, 0.0)),
        "medial_collateral_ligament_injury": (0.08, {"coronal": 0.08, "axial": 0.11}, (-30.0, 0.0, 0.0)),
        "posterior_cruciate_ligament_injury": (0.03, {"sagittal": 0.03, "coronal": 0.05, "axial": 0.04}, None),
    }
    made = []
    for abnormality in KNEE.abnormalities:
        if abnormality.name in told:
            probability, planes, point = told[abnormality.name]
            heat = evidence(point) if point is not None else None
            made.append(
                Finding(
                    abnormality.name, True, probability, planes, point, heat, "",
                    operating_point=OPERATING_POINTS.get(abnormality.name, OperatingPoint(0.5, 0.8, 0.9)),
                )
            )  # fmt: skip
        else:
            made.append(Finding.not_assessed(abnormality.name, chance))
    return tuple(made)


def analysis(labels=None, **changes):
    """An Analysis with all the parts a scene can show."""
    fields = {
        "study": StudyRecord("knee", Side.RIGHT, "tag", dict(PLANES)),
        "bundle": BundleRecord("knee-small", "0.1.0", "ab" * 32),
        "findings": findings(),
        "segmentation": Segmentation(labels or box_labels(grid()), KNEE.structures),
        "notices": (Notice("few_slices", where="cor_fs", values={"slices": 12}),),
    }
    return Analysis(**{**fields, **changes})


def save_results(folder, **changes):
    """A complete results folder; returns its path."""
    return Path(analysis(**changes).save(folder))


def save_array_results(folder, **changes):
    """The same as a worker hands it to the panel; returns its path."""
    return write_array_results(analysis(**changes), folder)


def save_implausible(folder):
    """What is handed back of an analysis that says not to use it."""
    few = analysis().notices
    return save_array_results(
        folder,
        notices=(
            *few,
            Notice.stored_as(
                "The femur measures 3 ml", code="implausible_result", where="femur", remedy="Do not use this result."
            ),
        ),
    )


def atlas_labels(spacing_mm=0.7):
    """A real knee's outlines on a grid like the fused one, from Resources/Anatomy, moved to the origin."""
    import json

    source = resource_path("Anatomy", "mskt_dess_right_10labels.nrrd")
    volume = read_volume(source)
    labels = {structure.name: structure.label for structure in KNEE.structures}
    named = json.loads(source.with_suffix(".json").read_text())["labels"]
    lut = np.zeros(256, np.uint8)
    for entry in named:
        lut[entry["value"]] = labels.get(entry["name"], 0)
    volume = Volume(lut[volume.array.astype(np.uint8)], volume.geometry)
    occupied = np.argwhere(volume.array[::2, ::2, ::2] > 0) * 2
    corners = volume.geometry.to_ras(np.array([occupied.min(axis=0), occupied.max(axis=0)]))
    lo, hi = corners.min(axis=0) - 4, corners.max(axis=0) + 4
    return resample_to(volume, Geometry.from_box(lo, hi, spacing_mm), labels=True)


def measured(labels=None):
    """What an Analysis of a real knee's outlines holds beside its findings: outlines, measurements, what was imaged."""
    return dict(_measured_atlas()) if labels is None else _measured(labels)


@cache
def _measured_atlas():
    return _measured(atlas_labels(0.8))


def _measured(labels):
    segmentation = Segmentation(labels, KNEE.structures)
    shown = FieldOfView({"sagittal": labels.geometry}, {"sagittal": 0.8, "coronal": 0.8, "axial": 0.8}, 2)
    missed = Accuracy(3.1, 3.0, "deg", 60, "knee-frozen")
    measurements = tuple(
        replace(one, accuracy=missed) if one.name == "trochlear_sulcus_angle" else one
        for one in measure(segmentation, KNEE, Side.RIGHT, slice_steps_mm=shown.slice_steps_mm)
    )
    study = StudyRecord("knee", Side.RIGHT, "tag", dict(PLANES), field_of_view=shown)
    return {"labels": labels, "measurements": measurements, "study": study}


def drawn_anywhere(geometry):
    """Measurements whose points lie anywhere on a grid, as many as a knee has, and that all of the grid was imaged."""
    places = np.random.default_rng(5)
    low, high = geometry.corners_ras.min(axis=0) / 2, geometry.corners_ras.max(axis=0) / 2
    measurements = []
    for definition in definitions(KNEE):
        points = [tuple(places.uniform(low, high)) for _ in definition.points]
        value = value_from_points(definition, points) if points else 2.0
        measurements.append(
            Measurement(definition.name, value, definition.unit, definition.range, definition.source, tuple(points))
        )
    shown = FieldOfView({"sagittal": geometry}, dict.fromkeys(PLANES, 0.7), 2)
    study = StudyRecord("knee", Side.RIGHT, "tag", dict(PLANES), field_of_view=shown)
    return {"measurements": tuple(measurements), "study": study}
