"""A knee of balls and plates whose every place is known, and what an analysis might say of it."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import KNEE_ABNORMALITIES, KNEE_STRUCTURES, Side
from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.findings import Analysis, BundleRecord, Finding, OperatingPoint, Segmentation, StudyRecord
from OrthoDiffusionLib.volumes import Geometry, Plane, Volume

HALF = OperatingPoint(0.5, 0.8, 0.9)

BALLS = {  # label: centre RAS mm of a right knee, radius mm
    1: ((0, 0, 28), 22), 2: ((0, 0, -26), 20), 3: ((0, 30, 26), 9), 12: ((26, -10, -34), 8),
    8: ((-16, 0, 1), 5), 9: ((16, 0, 1), 5), 10: ((2, -2, 2), 4),
}  # fmt: skip


def _grid_ras(geometry: Geometry) -> np.ndarray:
    index = np.stack(np.meshgrid(*(np.arange(n) for n in geometry.shape), indexing="ij"), -1)
    return geometry.to_ras(index)


@pytest.fixture(scope="session")
def knee() -> Segmentation:
    """Balls for bones, menisci and a cruciate; a shell of cartilage on the femur; 0.7 mm, a right knee."""
    geometry = Geometry.from_box((-38, -38, -52), (38, 42, 56), 0.7)
    x, y, z = (
        (geometry.origin_ras[axis] + 0.7 * np.arange(size)).reshape(np.roll((-1, 1, 1), axis))
        for axis, size in enumerate(geometry.shape)
    )
    labels = np.zeros(geometry.shape, np.uint8)
    for label, ((r, a, s), radius) in {4: ((0, 0, 28), 24.5), **BALLS}.items():
        labels[(x - r) ** 2 + (y - a) ** 2 + (z - s) ** 2 < radius**2] = label
    return Segmentation(Volume(labels, geometry), KNEE_STRUCTURES)


@pytest.fixture(scope="session")
def planes() -> dict[Plane, Volume]:
    """A grey volume a plane: brighter to superior, hung or not, one of them oblique."""
    volumes = {}
    for plane, codes, spacing in (
        (Plane.SAGITTAL, "PIR", (0.6, 0.6, 3.0)),
        (Plane.CORONAL, "LIP", (0.6, 0.6, 3.0)),
        (Plane.AXIAL, "LPS", (0.6, 0.6, 3.0)),
    ):
        box = {"R": 0, "L": 0, "A": 1, "P": 1, "S": 2, "I": 2}
        spacing_ras = [0.0] * 3
        for code, mm in zip(codes, spacing, strict=True):
            spacing_ras[box[code]] = mm
        geometry = Geometry.from_box((-60, -60, -60), (60, 60, 60), tuple(spacing_ras)).reoriented(codes)
        at = _grid_ras(geometry)
        grain = np.random.default_rng(0).normal(0, 2, geometry.shape)  # without it, flat as a label map
        volumes[plane] = Volume((200 + at[..., 2] + grain).astype(np.int16), geometry, name=f"{plane.value} <pd>")
    return volumes


@pytest.fixture
def analysis(knee) -> Analysis:
    findings = [
        Finding(
            "joint_effusion", True, 0.91, {"sagittal": 0.9, "axial": 0.8}, (10.0, 25.0, 10.0), operating_point=HALF
        ),
        Finding(
            "medial_meniscus_injury",
            True,
            0.62,
            {"sagittal": 0.9, "coronal": 0.3},
            (-16.0, 0.0, 1.0),
            operating_point=HALF,
        ),
    ]
    findings += [
        Finding.not_assessed(a.name, "Cannot be distinguished from chance")
        for a in KNEE_ABNORMALITIES
        if a.name not in ("joint_effusion", "medial_meniscus_injury")
    ]
    return Analysis(
        study=StudyRecord("knee", Side.RIGHT, "tag", {p.value: f"{p.value} <pd>" for p in Plane}),
        bundle=BundleRecord("knee-phantom", "0.1", "ab" * 32),
        findings=tuple(findings),
        segmentation=knee,
        notices=(Notice.stored_as("Few slices", code="few_slices", where="sagittal <pd>", remedy="Scan more."),),
    )
