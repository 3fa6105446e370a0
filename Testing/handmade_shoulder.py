"""A shoulder of simple shapes whose places are known in RAS mm, and an analysis of it, for tests of what is said."""

from __future__ import annotations

import numpy as np

from OrthoDiffusionLib.anatomy import SHOULDER, Side
from OrthoDiffusionLib.findings import BundleRecord, Finding, OperatingPoint, Segmentation, StudyRecord
from OrthoDiffusionLib.volumes import Geometry, Volume

# Of a right shoulder: centre and radii in mm, from the middle of the glenoid to lateral, to the front and upwards.
SHAPES = {
    "deltoid_muscle": [((45, 0, -5), (12, 34, 45))],
    "scapula": [
        ((-12, 0, 0), (11, 10, 18)), ((-45, -12, -15), (40, 5, 50)), ((15, -12, 38), (22, 14, 5)),
        ((-20, -18, 28), (34, 5, 9)), ((0, 26, 20), (8, 12, 8)),
    ],
    "clavicle": [((-25, 10, 44), (34, 8, 6))],
    "glenohumeral_cartilage": [((26, 0, 0), (25, 25, 25))],
    "humerus": [((26, 0, 0), (23, 23, 23)), ((32, 0, -50), (13, 13, 60))],
    "glenoid_labrum": [((-1, 14, 0), (3, 3, 12)), ((-1, -14, 0), (3, 3, 12))],
    "supraspinatus_tendon": [((20, 0, 29), (20, 11, 3))],
    "infraspinatus_tendon": [((20, -28, 8), (18, 3, 13))],
    "subscapularis_tendon": [((15, 28, 0), (18, 3, 17))],
    "long_head_of_biceps_tendon": [((38, 26, -15), (3, 3, 26))],
    "joint_fluid": [((10, 0, -27), (8, 8, 3))],
    "subacromial_subdeltoid_bursa": [((30, 0, 33), (12, 10, 2))],
}  # fmt: skip
TEAR_RAS = (34.0, 2.0, 28.0)
"""In the supraspinatus tendon of a right shoulder."""


def grid(low=(-70.0, -50.0, -75.0), high=(62.0, 50.0, 62.0), spacing_mm: float = 1.5) -> Geometry:
    """An isotropic grid in RAS that holds a right shoulder."""
    return Geometry.from_box(low, high, spacing_mm)


def segmentation(geometry: Geometry | None = None, *, side: Side = Side.RIGHT, arm_up: bool = False, left_out=()):
    """The outlines: a left shoulder mirrored at x = 0, an arm above the head with its shaft upwards."""
    geometry = geometry or (grid() if side is Side.RIGHT else grid((-62.0, -50.0, -75.0), (70.0, 50.0, 62.0)))
    x, y, z = (axis * 1.0 for axis in np.meshgrid(*_axes(geometry), indexing="ij", sparse=True))
    labels = np.zeros(geometry.shape, np.uint8)
    numbers = {structure.name: structure.label for structure in SHOULDER.structures}
    for name, shapes in SHAPES.items():
        for (right, front, up), radii in shapes if name not in left_out else ():
            right = right if side is Side.RIGHT else -right
            up = -up if arm_up and name == "humerus" else up
            inside = sum(((a - c) / r) ** 2 for a, c, r in zip((x, y, z), (right, front, up), radii, strict=True)) < 1
            labels[inside] = numbers[name]
    return Segmentation(Volume(labels, geometry, name="segmentation"), SHOULDER.structures, np.ones(labels.shape, bool))


def _axes(geometry: Geometry) -> list[np.ndarray]:
    """Places in RAS mm along each axis of a grid that is not turned."""
    return [geometry.to_ras(np.eye(3)[axis] * np.arange(n)[:, None])[:, axis] for axis, n in enumerate(geometry.shape)]


def findings() -> tuple[Finding, ...]:
    """The seven findings, a torn supraspinatus tendon likely."""
    made = []
    for one in SHOULDER.abnormalities:
        probability = 0.9 if one.name == "supraspinatus_injury" else 0.1
        made.append(
            Finding(
                one.name, True, probability, {"coronal": probability}, TEAR_RAS,
                operating_point=OperatingPoint(0.5, 0.8, 0.9),
            )
        )  # fmt: skip
    return tuple(made)


def parts() -> dict[str, object]:
    """What an analysis is made of."""
    return {
        "study": StudyRecord("shoulder", Side.RIGHT, "tag", {"coronal": "cor_fs"}),
        "bundle": BundleRecord("shoulder-small", "0.1.0", "ef" * 32),
        "findings": findings(),
        "segmentation": segmentation(),
        "measurements": (),
        "notices": (),
    }
