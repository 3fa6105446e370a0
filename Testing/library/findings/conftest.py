"""A right knee drawn by others, on the fused grid, and an analysis of it."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import KNEE_ABNORMALITIES, KNEE_STRUCTURES, Side
from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.findings import (
    Analysis,
    BundleRecord,
    Finding,
    Measurement,
    OperatingPoint,
    Review,
    Segmentation,
    StudyRecord,
)
from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.volumes import Geometry, Volume, resample_to
from OrthoDiffusionLib.volumes.files.volume_file import read_volume

# Value in the label map -> our label; see Resources/Anatomy/README.md.
ATLAS_LABELS = {1: 4, 2: 5, 3: 6, 4: 7, 5: 1, 6: 2, 7: 3, 8: 12, 9: 9, 10: 8}


@pytest.fixture(scope="session")
def right_knee() -> Segmentation:
    """Bones, cartilages and menisci of one right knee, 0.7 mm, RAS."""
    drawn = read_volume(resource_path("Anatomy", "mskt_dess_right_10labels.nrrd"))
    renamed = np.zeros(256, dtype=np.uint8)
    renamed[list(ATLAS_LABELS)] = list(ATLAS_LABELS.values())
    corners = drawn.geometry.corners_ras
    grid = Geometry.from_box(corners.min(axis=0), corners.max(axis=0), 0.7)
    labels = resample_to(Volume(renamed[drawn.array], drawn.geometry), grid, labels=True)
    return Segmentation(labels, KNEE_STRUCTURES)


@pytest.fixture
def analysis(right_knee) -> Analysis:
    """What an analysis of that knee might say."""
    heat = Volume(np.full((8, 9, 10), 7, np.uint8), Geometry.from_box((-12, -14, -15), (12, 13, 15), 3.0))
    findings = [
        Finding(
            "joint_effusion",
            assessed=True,
            probability=0.91,
            by_plane={"sagittal": 0.9, "axial": 0.8},
            point_ras=(12.1, 30.4, -8.0),
            evidence=heat,
            note="Fluid, “plenty”; seen in two planes",
            operating_point=OperatingPoint(0.4, 0.8, 0.9),
            review=Review("accepted", "seen", "2026-01-01T10:00:00+01:00"),
        )
    ]
    findings += [
        Finding.not_assessed(a.name, "Cannot be distinguished from chance")
        for a in KNEE_ABNORMALITIES
        if a.name != "joint_effusion"
    ]
    return Analysis(
        study=StudyRecord("knee", Side.RIGHT, "tag", {"sagittal": "sag pd fs", "axial": "ax ‘T2’"}, {"study": "1.2.3"}),
        bundle=BundleRecord("knee-phantom", "0.1", "ab" * 32),
        findings=tuple(findings),
        segmentation=right_knee,
        measurements=(
            Measurement("insall_salvati_ratio", 1.12, "1", (0.8, 1.3), "somebody", ((1, 2, 3), (4, 5, 6))),
            Measurement("tt_tg_distance", None, "mm", note="The tibia is cut off below its tuberosity."),
        ),
        notices=(Notice("missing_plane", where="study", values={"plane": "coronal"}),),
    )
