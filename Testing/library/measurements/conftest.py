"""A drawn right knee without injury as it lies in a scanner: its true outlines, and the landmarks it was drawn with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import KNEE, Side
from OrthoDiffusionLib.findings import Segmentation
from OrthoDiffusionLib.lab.phantom.engine.pose import Pose, rotation_matrix
from OrthoDiffusionLib.lab.phantom.engine.sampling import sample_parts
from OrthoDiffusionLib.lab.phantom.phantom import make_phantom
from OrthoDiffusionLib.volumes import Geometry, Volume


@dataclass(frozen=True)
class DrawnKnee:
    """Attributes:
    segmentation: true outlines, RAS mm, 0.7 mm.
    points: name of a measurement -> role -> (x, y, z) RAS mm.
    values: name of a measurement -> number, of those that are not of points.
    """

    segmentation: Segmentation
    points: dict
    values: dict


@pytest.fixture(scope="session")
def right_knee() -> DrawnKnee:
    """Turned by a few degrees, bent by 8°, with an effusion, whose depth is to be measured."""
    only = {abnormality.name: abnormality.name == "joint_effusion" for abnormality in KNEE.abnormalities}
    phantom = make_phantom("knee", 31, anatomy="procedural", abnormalities=only)
    turn = rotation_matrix(np.array([2.0, -3.0, 6.0]))
    pose = Pose(turn, np.array([3.0, -4.0, 2.0]), np.array([1.02, 1.0, 1.01]), 8.0, hinge=phantom.placing.hinge)
    grid = Geometry.from_box((-64.0, -70.0, -78.0), (64.0, 74.0, 92.0), 0.7)
    parts = sample_parts(phantom.blocks, phantom.geometry, pose, grid)[0]
    labels = Volume(phantom.tables.structure[parts], grid)
    return DrawnKnee(
        Segmentation(labels, KNEE.structures),
        phantom.known.points(pose.to_world, pose.to_canonical, pose.scale),
        phantom.known.values(phantom.parts, phantom.geometry.voxel_volume_mm3, pose.scale),
    )


@pytest.fixture(scope="session")
def left_knee(right_knee) -> Segmentation:
    """Its mirror image."""
    return Segmentation(right_knee.segmentation.labels.mirrored(), KNEE.structures)


@pytest.fixture(scope="session")
def measured(right_knee) -> dict:
    """Name -> measurement of the right knee."""
    from OrthoDiffusionLib.measurements import measure

    return {one.name: one for one in measure(right_knee.segmentation, KNEE, Side.RIGHT)}
